# Thư mục dự án chạy bằng Python riêng, và các tệp của chúng.

bad-key = { $key } không phải là khóa cấu hình; hãy viết tên hoặc không_gian:tên
config-default = giá trị mặc định của { $key } không thuộc kiểu { $kind }
config-foreign = { $key } thuộc gói khác: dự án chỉ có thể đặt giá trị cho nó
config-items = { $key } là danh sách nên phải nêu kiểu phần tử ở “items”
config-kind = { $key } không thể có kiểu { $kind }; các kiểu: { $kinds }
config-misfit = { $key } phải thuộc kiểu { $kind }
config-missing = stack { $stack } thiếu thiết lập { $key }; lệnh “hue-infra engine config set { $key }” đặt giá trị cho nó
config-secure = { $key }: đối tượng chỉ có một khóa “secure” sẽ bị hiểu là giá trị đã mã hóa
config-through = { $key } đi qua một chỗ không phải đối tượng hay danh sách, hoặc vượt quá cuối danh sách
config-unencrypted = { $key } phải được mã hóa; lệnh “hue-infra engine config set --secret { $key }” sẽ mã hóa
no-main = dự án không có thư mục hay tệp { $main }
no-mapping = giá trị ngoài cùng phải gồm các khóa và giá trị
no-project = { $folder } và các thư mục bên trên không chứa dự án Pulumi nào
no-project-hint = dự án là thư mục có tệp Pulumi.yaml; hãy chỉ ra bằng --cwd
no-project-name = dự án phải có tên
no-typechecker = Tùy chọn typechecker là { $checker }, nhưng { $checker } chưa được cài. Hãy thêm { $checker } vào requirements.txt rồi cài vào môi trường của chương trình.
no-virtualenv = Không có môi trường ảo { $folder }; chương trình chạy bằng Python của engine này.
not-a-list = { $key } phải là danh sách
not-a-mapping = { $key } phải gồm các khóa và giá trị
not-a-text = { $key } phải là văn bản
plugin-incomplete = mỗi provider trong plugins phải có tên và đường dẫn
program-exited = chương trình kết thúc với mã { $code } mà không nêu lý do
toolchain = không có bộ công cụ { $name }; các bộ công cụ: { $known }
typechecker = không có bộ kiểm tra kiểu { $name }; các bộ kiểm tra: { $known }
types-wrong = { $checker } thấy chương trình sai kiểu nên chương trình không được chạy
