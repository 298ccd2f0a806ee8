### Chăm sóc một cụm đang chạy: tình trạng, bản chụp, phiên bản, đường vào.

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
upgrade-short = Nâng cụm lên phiên bản Kubernetes của bản phát hành này
upgrade-help = Lần lượt nâng từng máy, máy điều khiển trước, lên phiên bản đi kèm bản hue-infra này: chụp lại cụm, chuyển các pod sang nút khác nếu có, thay chương trình, rồi cho nút nhận pod trở lại. Máy nào không chạy lên được thì được đặt lại như cũ và lệnh dừng ở đó; chạy lại lệnh sẽ làm tiếp. Từ một phiên bản phụ chỉ lên được phiên bản phụ kế tiếp.
upgrade-example =
    hue-infra cluster upgrade
    hue-infra cluster upgrade --yes --json
rotate-key-short = Mã hóa các bí mật của cụm bằng khóa mới
rotate-key-help = Tạo khóa mới, cho mọi máy điều khiển biết khóa trước khi có máy ghi bằng khóa đó, ghi lại mọi bí mật, rồi bỏ khóa cũ; máy chủ API vẫn trả lời suốt quá trình. Mất vài phút, vì mỗi máy chủ API chỉ xem thay đổi mỗi phút một lần. Nếu bị cắt ngang, chạy lại lệnh này sẽ làm tiếp. Các bản chụp trước đó vẫn giữ khóa cũ và để nguyên.
rotate-key-example =
    hue-infra cluster rotate-key

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
table-to = Sẽ lên
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
page = trang
closed = không mở được
whole-of = { $whole } trên { $every } đang ổn
newest = { $count }, mới nhất lúc { $moment }
certificates = Chứng thư
until = { $moment } ({ $days } ngày)
soon = chứng thư “{ $name }” còn chưa đầy { $days } ngày: hãy xem “systemctl status kubernetes-certificates” trên máy điều khiển, lẽ ra dịch vụ này đã gia hạn
secret = trong này có khóa riêng, dùng được trong { $hours } giờ; hãy giữ kín
restoring = Đang đưa cụm trở về { $name }; máy chủ API vắng khoảng một phút.
restore-warning = Mọi thay đổi trong { $cluster } sau { $taken } sẽ bị hủy.
type-name = Gõ { $cluster } để xác nhận:
at-version = Mọi nút của { $name } đều chạy { $version }.
keys-known = { $machine }: đã đọc được bằng khóa mới
keys-first = { $machine }: từ nay ghi bằng khóa mới
keys-rewritten = đang ghi lại mọi bí mật
keys-forgotten = { $machine }: đã bỏ khóa cũ
key-changed = Các bí mật của { $name } nay chỉ được mã hóa bằng { $key }. Các bản chụp trước đó vẫn giữ khóa cũ.
upgrade-warning = Từng máy của { $cluster } sẽ lần lượt được đưa ra khỏi cụm và nâng lên { $version }. Phần nào chỉ chạy trên một máy sẽ tạm vắng.
turn = { $name }: { $runs } → { $to }
upgraded = { $name } đang chạy { $version }. “hue-infra up” sẽ đưa mọi phần còn lại lên bản phát hành này.
hangs = { $name } vốn đang bị treo: { $why }

## Lỗi

no-cluster = hệ thống này không có cụm “{ $name }”
which-cluster = hãy nêu tên cụm bằng --cluster
clusters = các cụm của hệ thống này: { $names }
no-clusters = tệp của tỉnh không khai báo cụm nào mà hệ thống này dựng
no-snapshot = không có bản chụp “{ $name }”
several = Không khôi phục được cụm { $name } từ bản chụp: { $machines } cùng giữ dữ liệu của cụm, các máy còn lại sẽ chạy tiếp với dữ liệu cũ
several-hint = Cách của etcd là khôi phục trên một máy rồi cho các máy khác gia nhập lại. Mỗi máy đều có các bản chụp.
no-snapshots = chưa có bản chụp nào; “hue-infra cluster snapshot” sẽ chụp một bản
snapshots = các bản mới nhất: { $names }
damaged = bản chụp “{ $name }” bị hỏng: các tệp không còn như lúc được ghi
damaged-hint = hãy chọn bản khác: “hue-infra cluster snapshot --list”
unwell = chưa phải mọi phần của { $name } đều ổn
unwell-hint = phần bị treo và lý do nằm trong bảng trên
restored-unwell = bản chụp đã vào chỗ; phần chưa ổn nằm trong bảng trên, “hue-infra cluster status” sẽ hỏi lại
too-long = { $hours } giờ là quá dài với một chứng thư không thu hồi được; hãy xin nhiều nhất { $longest } giờ
not-ready = chưa nâng cấp được { $name }: { $why }
not-ready-hint = hãy xử lý việc đó trước; “hue-infra cluster status” cho biết thêm
not-upgraded-hint = các máy đã đến lượt đang chạy phiên bản mới; khi đã trừ được nguyên nhân, chạy lại lệnh này sẽ làm tiếp
upgraded-unwell = mọi máy đã chạy phiên bản mới; phần chưa ổn nằm trong bảng trên, “hue-infra cluster status” sẽ hỏi lại
other-version = cụm { $name } chạy Kubernetes { $runs }, còn bản hue-infra này mang theo { $to }
other-version-hint = “hue-infra cluster upgrade --cluster { $name }” nâng cụm lên, mỗi lần một máy; bản hue-infra đã dựng cụm thì giữ nguyên cụm
