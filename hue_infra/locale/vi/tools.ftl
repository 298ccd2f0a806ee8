failed = { $program } thất bại với mã { $code }:
repeat = để chạy lại: { $command }
timeout = { $program } không xong trong { $seconds } giây nên đã bị dừng
