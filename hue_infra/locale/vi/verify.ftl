### Những gì được kiểm chứng.

resolve = DNS của chính tỉnh phân giải được tên miền
page = trang mở được qua HTTPS, với chứng thư do CA của tỉnh cấp
log = dòng nhật ký ghi tại máy này đến được máy chủ nhật ký
clock = đồng hồ đã đồng bộ
flow = luồng đã khai báo được cho qua
no-flow = kết nối không thuộc luồng nào bị chặn
machine = máy được cấu hình đúng theo các vai trò
