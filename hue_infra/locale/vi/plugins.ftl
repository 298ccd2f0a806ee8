# Plugin: chương trình provider riêng mà engine khởi chạy và gọi tới.

ambient = dùng { $program } tìm thấy trên PATH: { $path }
bad-attach = Biến { $variable } phải có dạng tên:cổng, nhiều mục thì cách nhau bằng dấu phẩy; hiện đang ghi { $given }.
bad-port = Plugin { $name } phải in cổng của mình trước tiên, là một con số; nhưng lại in: { $said }
died = Plugin { $name } kết thúc với mã { $code } khi chưa báo cổng của mình.
ended = Plugin { $name } kết thúc với mã { $code } giữa lúc đang chạy.
input-problem = thuộc tính { $path } có vấn đề: { $reason }
missing = Không có plugin nào phục vụ gói { $name } phiên bản { $version }: ở đây không tải gì về.
missing-hint = Đã tìm trong mục plugins.providers và packages của Pulumi.yaml, chương trình pulumi-resource-{ $name } trên PATH, và { $folder }/resource-{ $name }-v{ $version }. Hãy đặt plugin vào một trong các nơi đó.
missing-setting = Thiếu thiết lập { $key }: { $description } Hãy đặt bằng lệnh: pulumi config set { $key } <giá trị>
no-answer = Plugin { $name } không trả lời như một provider: { $problem }
no-folder = Không có thư mục { $folder }.
no-parameters = Plugin { $name } không phục vụ được gói { $package }: { $problem }
no-plugin = { $folder } không chứa plugin nào: không có chương trình { $program }, cũng không có { $file }.
no-secrets = Plugin { $name } tạo thành phần (component) nhưng không nhận giá trị bí mật, là điều bắt buộc.
no-virtualenv = Không có môi trường ảo { $folder }; plugin chạy bằng Python của chương trình này.
not-ready = tài nguyên đã có nhưng chưa sẵn sàng
not-runnable = Không chạy được plugin trong { $folder }: không có __main__.py, cũng không có pyproject.toml dựng thành gói.
not-started = Không khởi chạy được plugin { $name } ({ $command }): { $problem }
old = Plugin { $name } cần phiên bản { $wanted } trở lên, nhưng tự báo là { $found }.
other-package = Plugin { $name } lẽ ra phục vụ gói { $wanted }, nhưng lại báo phục vụ { $found }.
silent = Plugin { $name } không báo cổng của mình trong { $seconds } giây.
unknown = Provider { $name } để đầu ra { $key } chưa xác định, là điều chỉ được phép khi xem trước.
unknown-reference = Chương trình dùng tham chiếu gói { $ref } nhưng chưa khai báo gói nào với tham chiếu đó.
unreachable = không có gì nghe ở cổng đã báo trong { $seconds } giây
value-problem = thuộc tính { $path } có giá trị '{ "{" }{ $value }{ "}" }' có vấn đề: { $reason }
