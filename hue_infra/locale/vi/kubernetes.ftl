### Đối tượng Kubernetes: đang chờ gì, và các lời từ chối được kể lại.

refused = Máy chủ API từ chối ({ $code } { $reason }): { $message }
unreachable = Máy chủ API { $server } không trả lời: { $why }
bad-kubeconfig = Tệp kubeconfig không có cụm, người dùng hoặc ngữ cảnh mà nó nhắc đến: { $what }
no-kubeconfig = Chưa biết kubeconfig của cụm này.
no-kind = cụm không có { $kind } thuộc { $version }
missing = thiếu { $key }
list = danh sách không phải một đối tượng: hãy viết mỗi đối tượng một tài nguyên
unobserved = chờ bộ điều khiển nhận phiên bản mới
deadline = việc triển khai không tiến triển trong thời hạn
replicas = { $ready } trên { $wanted } bản sao đã sẵn sàng
pod-starting = pod { $pod } đang khởi động
job-running = tác vụ đang chạy
job-failed = tác vụ thất bại: { $why }
claim = yêu cầu ổ đĩa đang ở trạng thái { $phase }
namespace = không gian tên đang ở trạng thái { $phase }
definition = chờ máy chủ API phục vụ loại đối tượng mới
balancer = chờ bộ cân bằng tải cấp địa chỉ
refused-pods = các pod bị từ chối: { $why }
unschedulable = pod { $pod } không tìm được nút: { $why }
container = pod { $pod }, vùng chứa { $container }: { $reason } { $why }
event = pod { $pod }: { $reason } { $why }
deleting = đang xóa; finalizer: { $finalizers }
not-deleted = { $name } không xóa xong trong thời hạn; finalizer đang giữ: { $finalizers }
left-unreachable = bỏ qua { $name }: cụm không trả lời và sắp bị gỡ
