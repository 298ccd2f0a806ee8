### Providers: what is being waited for, and what went wrong.

booting = booting { $machine }
signing = asking the province's authority to sign the certificate of { $name }
not-running = Machine { $machine } is not running; run “hue-infra up” to bring it back.
not-converged = { $machine } could not be configured: { $message }
server-awaited = waiting for the API server to answer
server-silent = The API server did not answer within { $seconds } s; look at “systemctl status kubelet” on its machine, then run “hue-infra up” again.
