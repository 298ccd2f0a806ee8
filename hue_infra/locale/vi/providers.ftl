### Provider: đang chờ gì, và lỗi gì xảy ra.

booting = đang khởi động { $machine }
signing = xin CA của tỉnh ký chứng thư cho { $name }
not-running = Máy { $machine } không chạy; hãy chạy “hue-infra up” để khôi phục.
not-converged = không cấu hình được { $machine }: { $message }
server-awaited = chờ máy chủ API trả lời
server-silent = Máy chủ API không trả lời trong { $seconds } giây; hãy xem “systemctl status kubelet” trên máy điều khiển rồi chạy lại “hue-infra up”.
