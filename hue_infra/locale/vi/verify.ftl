### Những gì được kiểm chứng.

resolve = DNS của chính tỉnh phân giải được tên miền
page = trang mở được qua HTTPS, với chứng thư do CA của tỉnh cấp
log = dòng nhật ký ghi tại máy này đến được máy chủ nhật ký
tenant = đơn vị mở được cơ sở dữ liệu của mình qua TLS và PostGIS trả lời
copy = bản sao cơ sở dữ liệu có dữ liệu trước khi lệnh ghi được xác nhận
backup = cơ sở dữ liệu có bản sao lưu còn mới như đã hứa
stream = trục thông điệp có luồng thông điệp như đã khai báo
replicas = mọi bản sao của các luồng thông điệp đều đã cập nhật
watched = mọi thứ cần theo dõi đều cho đọc số đo
pages = mọi trang đã công bố đều mở được như người dùng mở
alerts = cảnh báo đến được nơi chuyển tiếp
message = trục thông điệp xác nhận một thông điệp và trả lại đúng thông điệp đó
reading = số đo của thiết bị được xác nhận và lưu lại
copies = mọi bản sao của các số đo đều đã cập nhật
provider = cổng chia sẻ dữ liệu kết nối được với bên cung cấp dịch vụ và được nhận diện
contract = bên không có hợp đồng bị từ chối dịch vụ
bucket = kho đối tượng có ngăn (bucket) và thời hạn khóa như đã khai báo
object = kho đối tượng lưu một đối tượng và trả lại đúng đối tượng đó
lock = đối tượng đang khóa không ai xóa được
clock = đồng hồ đã đồng bộ
flow = luồng đã khai báo được cho qua
no-flow = kết nối không thuộc luồng nào bị chặn
machine = máy được cấu hình đúng theo các vai trò
