### Đối tượng Kubernetes: đang chờ gì, và các lời từ chối được kể lại.

refused = Máy chủ API từ chối ({ $code } { $reason }): { $message }
unreachable = Máy chủ API { $server } không trả lời: { $why }; hãy chạy lại “hue-infra up” để khôi phục cụm
bad-kubeconfig = Tệp kubeconfig không có cụm, người dùng hoặc ngữ cảnh mà nó nhắc đến: { $what }
no-kubeconfig = Chưa biết kubeconfig của cụm này; hãy chạy “hue-infra up” để dựng cụm trước.
no-kind = cụm không có { $kind } thuộc { $version }
missing = thiếu { $key }
list = một danh sách không phải là một đối tượng: hãy viết mỗi đối tượng thành một tài nguyên
unobserved = chờ bộ điều khiển nhận phiên bản mới
replicas = { $ready } trên { $wanted } bản sao đã sẵn sàng
pod-starting = pod { $pod } đang khởi động
job-running = tác vụ đang chạy
job-failed = tác vụ thất bại: { $why }
claim = yêu cầu ổ đĩa đang ở trạng thái { $phase }
namespace = namespace đang ở trạng thái { $phase }
definition = chờ máy chủ API phục vụ loại đối tượng mới
balancer = chờ bộ cân bằng tải cấp địa chỉ
gateway = chờ cổng vào (gateway) mở: { $why }
route = chờ cổng vào (gateway) nhận tuyến: { $why }
container = pod { $pod }, container { $container }: { $reason } { $why }
event = pod { $pod }: { $reason } { $why }
deleting = đang xóa; finalizer còn giữ: { $finalizers }
not-deleted = { $name } không xóa xong trong thời hạn; finalizer đang giữ: { $finalizers }
left-unreachable = bỏ qua { $name }: cụm không trả lời và sắp được gỡ bỏ
