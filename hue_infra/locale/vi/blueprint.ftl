### Những gì suy ra từ tệp mô tả tỉnh: địa chỉ, tên, luồng, dung lượng.

## Lỗi

lock-unreadable = { $path } không phải tệp khóa địa chỉ của chương trình này: { $reason }
lock-unreadable-hint = Hãy lấy lại tệp từ kho quản lý phiên bản; thiếu tệp này thì mọi địa chỉ sẽ bị cấp lại từ đầu.
lock-outside = Tệp khóa giữ { $prefix } cho { $name }, nhưng dải này nằm ngoài các dải được cấp cho tỉnh
lock-outside-hint = Hãy khai lại dải đó trong allocations, hoặc xóa mục này khỏi province.lock để cấp địa chỉ mới.
lock-twice = Tệp khóa cấp { $prefix } cho cả { $other } và { $name }; có thể hai nhánh đã được trộn vào nhau
lock-twice-hint = Hãy xóa { $name } khỏi province.lock: mục này sẽ nhận địa chỉ mới, còn lại giữ nguyên.
sites-exhausted = Hết dải IPv{ $version } để cấp cho điểm { $site }: toàn tỉnh có { $sites } điểm
sites-exhausted-hint = { $version ->
    [4] Mỗi điểm dùng một dải /22: hãy thêm dải vào allocations.ipv4.
   *[6] Mỗi điểm dùng một dải /56: hãy xin dải lớn hơn cho allocations.ipv6.
}
zone-exhausted = Không đủ chỗ cho vùng { $zone } của điểm { $site } với { $hosts } máy, camera và phòng họp
zone-exhausted-hint = Mọi vùng của một điểm dùng chung một dải /22 (1.022 địa chỉ): hãy giảm hosts ở một vùng hoặc chuyển bớt thiết bị sang điểm khác.
zone-cannot-grow = Vùng { $zone } của điểm { $site } phải mở rộng cho { $hosts } máy, camera và phòng họp, nhưng dải liền kề đã có nơi dùng
zone-cannot-grow-hint = Hãy giảm hosts như cũ, hoặc xóa vùng { $zone } của điểm { $site } khỏi province.lock: các máy trong vùng sẽ nhận địa chỉ mới.
transit-exhausted = Hết địa chỉ cho đường truyền { $name }
transit-exhausted-hint = Mỗi đường truyền dùng hai địa chỉ: hãy mở rộng allocations.transit.
published-exhausted = Hết địa chỉ để công bố { $name }
published-exhausted-hint = Hãy mở rộng allocations.published.
name-twice = Có hai đối tượng cùng tên { $name }; đối tượng kia là { $other }
name-twice-hint = Hãy đổi một tên: tên đầy đủ gồm tên điểm và tên riêng nối bằng dấu gạch ngang.
no-zone-of-machine = Máy { $machine } của điểm { $site } khai ở vùng { $zone }, nhưng điểm này không có vùng đó
zones-there = Các vùng của điểm: { $zones }.
no-zone-of-kind = Điểm { $site } có { $part } nhưng không có vùng loại { $kind }
no-zone-of-kind-hint = Hãy thêm một vùng loại { $kind } vào lớp điểm { $class_ }.
no-router = Điểm { $site } cần một máy có vai trò router cho đường truyền của { $link }
no-router-hint = Hãy thêm một máy có roles: [router] vào điểm hoặc lớp của điểm.
link-overloaded = Đường truyền { $link } phải tải { $load } trên { $capacity } vào giờ cao điểm, tức { $percent } %; kênh TSLCD chỉ được dùng tối đa 90 % (TT 06/2026 Đ5.6)
link-overloaded-hint = Hãy thuê ít nhất { $need } (dùng 60 %, còn chỗ để tăng trưởng) hoặc giảm lưu lượng của điểm.
no-node = Cụm { $cluster } nêu máy { $machine }, nhưng điểm { $site } không có máy đó
control-in-zones = Các máy điều khiển của cụm { $cluster } nằm ở nhiều vùng: { $zones }
control-in-zones-hint = Chúng dùng chung một địa chỉ chuyển từ máy này sang máy khác: hãy đặt chúng vào cùng một vùng. Máy chạy tải có thể ở vùng khác.
host-outside = { $host } không phải tên miền thuộc { $domain }
host-outside-hint = Máy chủ tên miền của tỉnh chỉ trả lời cho { $domain }: hãy dùng tên kết thúc bằng .{ $domain }.

## Vì sao một luồng được phép

flow-resolve = tên miền do máy chủ của tỉnh phân giải
flow-time = đồng hồ đồng bộ theo máy chủ thời gian của tỉnh
flow-log = nhật ký gửi về máy chủ nhật ký qua TLS
flow-enrol = máy xin cấp và gia hạn chứng thư từ CA của tỉnh
flow-shell = quản trị viên chỉ truy cập máy từ vùng quản trị
flow-cluster = chỉ quản trị viên từ vùng quản trị và các nút của chính cụm được vào giao diện điều khiển của cụm
flow-figures = nơi giám sát của tỉnh đọc số đo của từng máy
flow-kubelet = mặt phẳng điều khiển trông coi các nút của cụm
flow-pods = các pod trên những nút khác nhau của cụm liên lạc qua đường hầm
flow-etcd = các máy điều khiển cùng giữ dữ liệu của cụm
flow-address = các máy điều khiển thống nhất máy nào đang giữ địa chỉ của cụm
flow-diagnose = quản trị viên kiểm tra máy còn phản hồi từ vùng quản trị
flow-published = cán bộ và người dân mở dịch vụ đã công bố
flow-routing = bộ định tuyến kiểm tra đường nối tới bộ láng giềng còn hoạt động
flow-meeting = phòng họp kết nối tới cầu truyền hình trung tâm
flow-recording = camera gửi hình về máy ghi
flow-database = máy chủ của điểm truy cập cơ sở dữ liệu cùng điểm
flow-declared = tệp mô tả tỉnh cho phép

## Dự toán vật tư, thiết bị

item-rack = Tủ rack
item-server = Máy chủ
item-terminal-level-1 = Thiết bị đầu cuối TSLCD, truy nhập cấp I
item-terminal-level-2 = Thiết bị đầu cuối TSLCD, truy nhập cấp II
item-terminal-data-centre = Thiết bị đầu cuối TSLCD, trung tâm dữ liệu
item-switch = Bộ chuyển mạch truy nhập
item-phone = Điện thoại IP
item-camera = Camera
item-codec = Thiết bị đầu cuối hội nghị truyền hình
item-bridge-port = Cổng của thiết bị điều khiển đa điểm (MCU)
item-disk = Ổ đĩa lưu hình camera
