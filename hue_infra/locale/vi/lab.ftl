### Phòng lab: các máy dựng bằng namespace trên một máy chủ.

not-root = phòng lab cần quyền root để tạo namespace và gắn hệ thống tệp: hãy chạy lại lệnh này với sudo
no-capability = tài khoản root thiếu đặc quyền { $names }: hãy chạy trên máy thật hoặc máy ảo của mình, hoặc khởi động container với --privileged
no-program = không tìm thấy { $names }: hãy chạy “apt-get install { $packages }”
no-cgroup2 = không có cây cgroup2 ghi được: hãy gắn bằng “mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified”, hoặc khởi động container với --privileged
no-overlay = nhân hệ điều hành không có hệ thống tệp overlay: hãy nạp bằng “modprobe overlay”
bad-file-system = không thể đặt ổ đĩa của phòng lab tại { $path } vì đó là hệ thống tệp loại { $kind }: hãy chỉ một thư mục trên ổ đĩa cục bộ bằng biến HUE_INFRA_HOME
no-namespaces = nhân hệ điều hành từ chối tạo namespace ({ $said }): hãy chạy trên máy thật hoặc máy ảo của mình, hoặc khởi động container với --privileged
bad-name = “{ $name }” không dùng làm tên trong phòng lab được: chỉ dùng a-z, 0-9 và dấu gạch nối, tối đa 63 ký tự
no-base = ảnh nền { $base } không còn trong bộ nhớ đệm: hãy chạy lại “hue-infra up” để dựng lại
no-boot = máy { $machine } không khởi động được. Hãy chạy lại “hue-infra up”; nếu vẫn vậy, xem những dòng cuối trên console của máy:
no-machine = phòng lab không có máy “{ $machine }” nào đang chạy; các máy đang chạy: { $known }
no-file = { $path } trong máy { $machine } không phải là tệp thường
link-end-gone = không nối được đường truyền { $link } vì máy { $machine } không chạy; hãy chạy lại “hue-infra up”
no-forward = chuyển tiếp { $name } không lắng nghe được trên cổng { $port }: có thể chương trình khác đang giữ cổng này, hãy dừng chương trình đó rồi chạy lại
cannot-kill = các tiến trình trong { $group } không kết thúc khi bị buộc dừng; xem danh sách bằng “cat { $group }/cgroup.procs”
