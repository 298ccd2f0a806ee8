### Provider: đang chờ gì, và lỗi gì xảy ra.

booting = đang khởi động { $machine }
signing = xin CA của tỉnh ký chứng thư cho { $name }
not-running = Máy { $machine } không chạy; hãy chạy “hue-infra up” để khôi phục.
draining = { $node } rời cụm: những gì đang chạy trên đó được chuyển sang nút khác
not-drained = Không chuyển hết được những gì đang chạy trên { $node }: { $why }
not-drained-hint = Hãy thêm chỗ trên các nút khác hoặc cho phép dừng chúng (có thể PodDisruptionBudget đang cấm), rồi chạy lại. Trong lúc đó { $node } không nhận thêm gì.
not-converged = không cấu hình được { $machine }: { $message }
server-awaited = chờ máy chủ API trả lời
server-silent = Máy chủ API không trả lời trong { $seconds } giây; hãy xem “systemctl status kubelet” trên máy điều khiển rồi chạy lại “hue-infra up”.
not-looked = không xem được hiện trạng của { $machine }: { $message }
amiss = không còn như khi dựng
stopped = không chạy
closed = đã đóng
no-segments = thiếu vùng mạng: { $names }
not-cached = bộ nhớ đệm thiếu: { $names }
other-cluster = máy điều khiển nay thuộc một cụm khác
other-authority = CA hiện nay của tỉnh không phải CA đã cấp chứng thư này
