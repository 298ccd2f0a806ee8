### Quy tắc: tên gọi, lý do và cách khắc phục.

breach = { $message } { $mend } ({ $where })

net-001-title = Đủ các vùng mạng tối thiểu theo cấp độ
net-001-why = Hệ thống thông tin thuộc một cấp độ chỉ được vận hành nơi có đủ các vùng mạng tách biệt mà cấp độ đó yêu cầu.
net-001-mend = Bổ sung các vùng còn thiếu vào loại điểm của trung tâm dữ liệu (mục zones của loại điểm đó trong site_classes), hoặc chuyển hệ thống đến nơi có đủ vùng.
net-001-breach = hệ thống “{ $system }” có cấp độ { $level } nhưng trung tâm dữ liệu không có vùng loại { $zones }.

net-004-title = Mặc định chặn giữa các vùng
net-004-why = Những gì không được khai báo thì phải bị chặn, để dịch vụ bị bỏ quên không trở thành cửa mở.
net-004-mend = Chỉ khai báo đúng nguồn, đích và cổng cần thiết; phần còn lại sẽ bị chặn.
net-004-breach-flow = luồng “{ $flow }” mở mọi cổng hoặc mọi đích cho tất cả các vùng.
net-004-breach-none = máy { $machine } được cấu hình mà không có vai trò firewall.
net-004-breach-open = tường lửa của { $machine } cho qua cả những gì không luồng nào khai báo.

dat-001-title = Dữ liệu cơ quan nhà nước chỉ lưu tại Việt Nam
dat-001-why = Dữ liệu của cơ quan nhà nước sử dụng dịch vụ trung tâm dữ liệu, điện toán đám mây chỉ được lưu trữ tại Việt Nam.
dat-001-mend = Chuyển dữ liệu về nơi đặt tại Việt Nam và ghi country: VN.
dat-001-breach = “{ $place }” lưu dữ liệu tại { $country }.

sup-001-title = Ảnh container lấy từ kho được phép, ghi theo mã băm
sup-001-why = Nhãn có thể bị trỏ sang nội dung khác, mã băm thì không. Kho ngoài danh sách thì không kiểm soát được.
sup-001-mend = Ghi ảnh theo dạng <kho>/<tên>@sha256:<mã băm> từ một kho trong images.allowed.
sup-001-breach-tag = ảnh { $image } không được ghi theo mã băm.
sup-001-breach-own = ảnh do chính hue-infra dựng mang tên { $registry } mà tên này chưa có trong các kho được phép; hãy thêm vào.
sup-001-breach-registry = ảnh { $image } không đến từ kho được phép ({ $allowed }).

k8s-001-title = Pod chạy theo mức restricted
k8s-001-why = Pod có quyền nhiều hơn mức cần thiết sẽ gây rủi ro cho nút và các pod bên cạnh.
k8s-001-mend = Bổ sung phần còn thiếu vào securityContext của pod (chuẩn Pod Security “restricted”).
k8s-001-breach = container { $container } vi phạm “{ $setting }”.
