### Những gì được kiểm chứng.

resolve = tên miền được phân giải bởi DNS của chính tỉnh
page = trang mở qua HTTPS, được cơ quan chứng thực của tỉnh xác nhận
log = dòng nhật ký ghi tại đây đến được máy chủ nhật ký
clock = đồng hồ đã đồng bộ
flow = luồng đã khai báo đi qua được
no-flow = những gì không luồng nào khai báo đều bị chặn
machine = máy đúng như các vai trò quy định
