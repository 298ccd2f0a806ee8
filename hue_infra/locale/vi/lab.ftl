### Phòng thí nghiệm: các máy dựng bằng không gian tên trên một máy chủ.

not-root = phòng thí nghiệm cần quyền root để tạo không gian tên và gắn kết hệ thống tệp: hãy chạy lại lệnh này với sudo
no-capability = root thiếu đặc quyền { $names }: hãy chạy trên máy thật hoặc máy ảo của mình, hoặc khởi động container với --privileged
no-program = không tìm thấy { $names }: hãy chạy apt-get install { $packages }
no-cgroup2 = không có cây cgroup2 ghi được: hãy gắn bằng "mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified", hoặc khởi động container với --privileged
no-overlay = nhân hệ điều hành không có hệ thống tệp overlay: hãy nạp bằng "modprobe overlay"
bad-file-system = không thể đặt ổ đĩa của phòng thí nghiệm tại { $path } vì đó là hệ thống tệp loại { $kind }: hãy chỉ ra một thư mục trên ổ đĩa cục bộ bằng HUE_INFRA_HOME
no-namespaces = nhân hệ điều hành từ chối tạo không gian tên ({ $said }): hãy chạy trên máy thật hoặc máy ảo của mình, hoặc khởi động container với --privileged
bad-name = "{ $name }" không thể làm tên trong phòng thí nghiệm: chỉ dùng a-z, 0-9 và dấu gạch nối, tối đa 63 ký tự
no-base = ảnh nền { $base } không còn trong bộ nhớ đệm: hãy chạy lại "up" để dựng lại
no-boot = máy { $machine } không khởi động được; màn hình điều khiển của máy ghi:
no-machine = không có máy "{ $machine }" nào đang chạy trong phòng thí nghiệm này; các máy: { $known }
no-file = { $path } trong máy { $machine } không phải là tệp thường
link-end-gone = không thể nối đường truyền { $link }: máy { $machine } không chạy
no-forward = chuyển tiếp { $name } không lắng nghe được trên cổng { $port }: có thể chương trình khác đang giữ cổng này
cannot-kill = các tiến trình trong { $group } không kết thúc khi bị buộc dừng; xem "cat { $group }/cgroup.procs"
