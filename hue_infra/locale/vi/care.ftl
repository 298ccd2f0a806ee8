### Chăm sóc một cụm đang chạy: tình trạng, bản chụp, đường vào.

## Trợ giúp

status-short = Cho biết tình trạng của cụm, và vì sao có phần bị treo
status-help = Cho biết máy chủ API có trả lời không, các nút, các tải công việc chưa chạy đúng và lý do, hạn của chứng thư, bản chụp mới nhất. Thoát với mã 7 khi có phần chưa ổn.
status-example =
    hue-infra cluster status
    hue-infra cluster status --verbose
kubeconfig-short = In ra đường vào cụm dành riêng cho bạn
kubeconfig-help = In ra kubeconfig với chứng thư mang tên bạn, tự hết hạn. Không có --admin thì xem được tải công việc, thiết lập và các nút, không xem được bí mật, và không sửa được gì. Trong đó có khóa riêng: hãy giữ kín.
kubeconfig-example =
    (umask 077; hue-infra cluster kubeconfig > kubeconfig)
    (umask 077; hue-infra cluster kubeconfig --admin --hours 1 > kubeconfig)
snapshot-short = Chụp lại cụm, hoặc liệt kê các bản chụp
snapshot-help = Chụp lại mọi điều cụm đang biết, ngoài các bản tự chụp vài giờ một lần. Các bản chụp nằm trên máy điều khiển của cụm.
snapshot-example =
    hue-infra cluster snapshot
    hue-infra cluster snapshot --list
restore-short = Đưa cụm trở về một bản chụp
restore-help = Đưa cụm trở về đúng lúc chụp: những gì có thêm sau đó sẽ mất, những gì bị gỡ sau đó sẽ trở lại. Hiện trạng được chụp lại trước. Nếu cụm không chạy lên được, mọi thứ được đặt lại như cũ. SNAPSHOT là tên bản chụp hoặc “latest”.
restore-example =
    hue-infra cluster snapshot --list
    hue-infra cluster restore 20261126T060000Z

option-cluster = Tên cụm, khi tỉnh có nhiều cụm.
option-admin = Được sửa mọi thứ.
option-hours = Dùng được trong bao lâu.
option-list = Chỉ liệt kê, không chụp.

## Những điều được cho biết

fact-cluster = Cụm
fact-server = Máy chủ API
fact-workloads = Tải công việc
fact-certificates = Chứng thư hết hạn sớm nhất
fact-snapshot = Bản chụp
table-node = Nút
table-version = Phiên bản
table-state = Tình trạng
table-workload = Tải công việc
table-kind = Loại
table-name = Bản chụp
table-taken = Lúc chụp
table-keys = Số khóa
table-size = Cỡ
table-why = Lý do
answers = có trả lời
fine = ổn
is-damaged = bị hỏng
whole-of = { $whole } trên { $every } đang ổn
newest = { $count }, mới nhất lúc { $moment }
certificates = Chứng thư
until = { $moment } ({ $days } ngày)
soon = chứng thư “{ $name }” còn chưa đầy { $days } ngày: hãy xem “systemctl status kubernetes-certificates” trên máy điều khiển, lẽ ra dịch vụ này đã gia hạn
secret = trong này có khóa riêng, dùng được trong { $hours } giờ; hãy giữ kín
restoring = Đang đưa cụm trở về { $name }; máy chủ API vắng khoảng một phút.
restore-warning = Mọi thay đổi trong { $cluster } sau { $taken } sẽ bị hủy.
restore-question = Gõ { $cluster } để xác nhận:

## Lỗi

no-cluster = hệ thống này không có cụm “{ $name }”
which-cluster = hãy nêu tên cụm bằng --cluster
clusters = các cụm của hệ thống này: { $names }
no-clusters = tệp của tỉnh không khai báo cụm nào mà hệ thống này dựng
no-snapshot = không có bản chụp “{ $name }”
no-snapshots = chưa có bản chụp nào; “hue-infra cluster snapshot” sẽ chụp một bản
snapshots = các bản mới nhất: { $names }
damaged = bản chụp “{ $name }” bị hỏng: các tệp không còn như lúc được ghi
damaged-hint = hãy chọn bản khác: “hue-infra cluster snapshot --list”
unwell = chưa phải mọi phần của { $name } đều ổn
unwell-hint = phần bị treo và lý do nằm trong bảng trên
restored-unwell = bản chụp đã vào chỗ; phần chưa ổn nằm trong bảng trên, “hue-infra cluster status” sẽ hỏi lại
too-long = { $hours } giờ là quá dài với một chứng thư không thu hồi được; hãy xin nhiều nhất { $longest } giờ
