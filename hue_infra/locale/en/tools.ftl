failed = { $program } failed with code { $code }:
repeat = to see it again: { $command }
timeout = { $program } did not finish within { $seconds } s and was stopped
