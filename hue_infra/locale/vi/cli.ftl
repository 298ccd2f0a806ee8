### Dòng lệnh: trợ giúp, câu hỏi, tiến độ, kết quả.

## Trợ giúp

main-help =
    Xây dựng và vận hành hạ tầng số của một tỉnh từ một tệp mô tả duy nhất: trung tâm dữ liệu, mạng, máy chủ, Kubernetes, các nền tảng dùng chung.

    Nếu thư mục hiện tại không có province.yaml, chương trình dùng tỉnh mẫu Thừa Thiên Huế.
main-example =
    hue-infra preview
    hue-infra up
    hue-infra --lang en up --help
help-usage = Cách dùng:
help-options = Tùy chọn
help-common = Tùy chọn chung của mọi lệnh
help-example = Ví dụ
help-default = mặc định: { $value }
help-options-word = [TÙY CHỌN]
help-command-word = LỆNH [THAM SỐ]…
section-describe = Mô tả tỉnh
section-build = Xây dựng
section-operate = Vận hành
section-see = Xem
section-snapshots = Bản chụp
section-keeping = Giữ cho cụm ổn
section-program = Chương trình
section-pulumi = Chạy mọi chương trình Pulumi
section-run = Chạy chương trình
section-keep = Quản lý các stack
section-stacks = Các stack
section-held = Nội dung của stack
section-settings = Thiết lập
section-edits = Sửa

metavar-province = ĐƯỜNG_DẪN|TÊN
metavar-stack = TÊN
metavar-date = NGÀY
metavar-count = N
metavar-file = TỆP
metavar-directory = THƯ_MỤC
metavar-cluster = CỤM
metavar-snapshot = BẢN_CHỤP
metavar-machine = MÁY
metavar-shell = SHELL
metavar-words = [-- LỆNH…]
metavar-url = URL
metavar-urn = URN
metavar-setting = KHÓA=GIÁ_TRỊ
metavar-key = KHÓA
metavar-keys = KHÓA…
metavar-value = [GIÁ_TRỊ]
metavar-stack_name = [TÊN]
metavar-property_name = [ĐẦU_RA]
metavar-urns = [URN…]

option-help = Hiện trợ giúp này rồi thoát.
option-verbose = Hiện chi tiết hơn; lặp hai lần để gỡ lỗi.
option-quiet = Chỉ báo lỗi.
option-json = In kết quả thành một tài liệu JSON ra đầu ra chuẩn.
option-lang = Ngôn ngữ hiển thị; nếu không nêu thì theo HUE_INFRA_LANG hoặc LANG.
option-color = Màu: tự động trên màn hình, luôn dùng, không dùng. Tuân theo NO_COLOR.
option-version = Xem phiên bản, như lệnh cùng tên.
option-province = Tệp, thư mục hoặc tên tỉnh mẫu. Nếu không nêu: province.yaml tại đây, không có thì hue.
option-stack = Tên stack. Nếu không nêu: mã tên của tỉnh kèm -lab.
option-date = Ngày áp dụng quy định và địa giới, ví dụ 2022-01-05. Nếu không nêu: theo tệp, không có thì hôm nay.
option-target = Dựng phòng lab trên máy này, hoặc cấu hình máy thật qua SSH.
option-scope = Chỉ các điểm của phòng lab, hay toàn tỉnh. Nếu không nêu: theo đích triển khai.
option-parallel = Số bước chạy đồng thời.
option-engine = Bộ máy triển khai: bộ máy đi kèm, hoặc chương trình dòng lệnh của Pulumi trên đường dẫn. Nếu không nêu: theo tệp mô tả tỉnh.
option-policy-pack = Thư mục của một gói chính sách được hỏi thêm bên cạnh các quy tắc sẵn có; có thể nêu nhiều lần.
option-policy-pack-config = Tệp JSON chứa thiết lập của gói chính sách nêu ở cùng thứ tự; mỗi gói một tệp, hoặc không nêu tệp nào.
option-yes = Không hỏi lại.
option-expect-no-changes = Thoát với mã 6 nếu còn thay đổi chưa áp dụng.
option-refresh = Trước hết xem hiện trạng của mọi thứ, kể cả bên trong các máy; mất một phút hoặc hơn.
option-from = Tỉnh mẫu cần sao chép.
option-output = Tệp kết quả; nếu không nêu thì ra đầu ra chuẩn, hoặc một tệp tại đây khi chạy trên màn hình.

new-short = Khởi tạo một tỉnh mới từ tỉnh mẫu
new-help = Sao chép tỉnh mẫu vào một thư mục mới để sửa thành tỉnh của mình.
new-example = hue-infra new quang-tri --from hue
validate-short = Kiểm tra tệp mô tả tỉnh, báo mọi lỗi một lượt
validate-help = Kiểm tra tệp mô tả tỉnh: cú pháp, đơn vị đo, tham chiếu, địa chỉ, quy tắc. Mọi lỗi được báo một lượt kèm tệp, dòng, cột và cách viết đúng. Không thay đổi gì.
validate-example = hue-infra validate --province provinces/hue --date 2022-01-05
size-short = Tính đường truyền, lưu trữ, số máy, vật tư
size-help = Tính nhu cầu của tỉnh: tải từng đường truyền, dung lượng lưu trữ hình ảnh, số máy, bảng kê thiết bị.
size-example = hue-infra size --json
diagram-short = Vẽ sơ đồ tỉnh dạng SVG
diagram-help = Vẽ sơ đồ SVG gồm các cấp, các điểm, vùng mạng và đường truyền kèm mức tải.
diagram-example = hue-infra diagram --output hue.svg
schema-short = In JSON Schema của tệp mô tả tỉnh
schema-help = In JSON Schema của tệp mô tả tỉnh để trình soạn thảo gợi ý và kiểm tra khi gõ.
schema-example = hue-infra schema > province.schema.json
preview-short = Xem trước những gì up sẽ làm; không thay đổi gì
preview-help = Liệt kê những gì up sẽ tạo, sửa, thay thế và gỡ bỏ, đến từng thuộc tính, rồi đối chiếu với bộ quy tắc. Không thay đổi gì.
preview-example =
    hue-infra preview
    hue-infra preview --scope province --date 2022-01-05
up-short = Xây dựng tỉnh, hoặc cập nhật theo tệp mô tả
up-help = Xem trước, đối chiếu quy tắc, hỏi lại một lần, xây dựng theo từng lớp, kiểm chứng, rồi cho biết các địa chỉ truy cập. Nếu bị ngắt giữa chừng thì chạy lại là tiếp tục từ chỗ dở.
up-example =
    hue-infra up
    hue-infra up --yes --json > up.json
    hue-infra up --refresh
destroy-short = Gỡ bỏ toàn bộ những gì stack đã dựng
destroy-help = Gỡ bỏ toàn bộ những gì stack đã dựng. Phải gõ lại tên stack để xác nhận, trừ khi có --yes. Chạy lại nhiều lần cũng an toàn.
destroy-example = hue-infra destroy --stack hue-lab
status-short = Xem tình trạng của stack
status-help = Cho biết tài nguyên theo lớp, các máy, lần chạy gần nhất, ai đang giữ khóa và các địa chỉ truy cập. Chỉ đọc tệp nên có kết quả ngay.
status-example = hue-infra status --json
verify-short = Kiểm chứng hệ thống hoạt động đúng yêu cầu
verify-help = Kiểm tra từng máy và các dịch vụ liên thông giữa các máy, lưu lại bằng chứng. Thoát với mã 7 nếu có mục không đạt.
verify-example = hue-infra verify --verbose
drift-short = Xem những gì đã lệch so với khi dựng
drift-help = Xem hiện trạng của mọi thứ đang có: đối tượng trong các cụm, máy và bên trong máy, mạng, chứng thư; nêu rõ thứ gì bị sửa hoặc bị xóa ngoài chương trình và thứ gì không xem được. Không thay đổi gì; lần up kế tiếp sẽ đưa về đúng. Thoát với mã 6 nếu có sai lệch, mã 5 nếu không thấy sai lệch nhưng có thứ không xem được.
drift-example =
    hue-infra drift
    hue-infra drift --json > drift.json
cluster-short = Chăm sóc một cụm Kubernetes
cluster-help = Chăm sóc các cụm Kubernetes mà hệ thống đã dựng: tình trạng, đường vào, bản chụp, phiên bản.
cluster-example =
    hue-infra cluster status
    hue-infra cluster snapshot
shell-short = Mở dòng lệnh trên một máy của phòng lab
shell-help = Mở dòng lệnh trên một máy của phòng lab, hoặc chạy một lệnh tại đó.
shell-example =
    hue-infra shell dc-core1
    hue-infra shell dc-core1 -- systemctl --failed
ca-short = In chứng thư gốc của tỉnh
ca-help = In chứng thư gốc của cơ quan chứng thực (CA) của tỉnh, dạng PEM. Nạp chứng thư này vào trình duyệt hoặc đưa cho curl thì các trang của tỉnh được tin cậy. Máy giữ CA phải đang chạy.
ca-example = hue-infra ca > province-ca.crt
engine-short = Chạy một thư mục dự án Pulumi
engine-help = Chạy chương trình Python trong thư mục dự án Pulumi bất kỳ bằng engine nhúng, không cần công cụ dòng lệnh của Pulumi. Trạng thái, cấu hình và bí mật theo đúng định dạng của Pulumi.
engine-example =
    hue-infra engine stack init dev --cwd site
    hue-infra engine up --cwd site --stack dev
    hue-infra engine destroy --cwd site --stack dev --yes
completion-short = In mã gợi ý lệnh cho shell
completion-help = In đoạn mã để shell gợi ý tên lệnh và tùy chọn khi nhấn Tab. Shell là bash, zsh hoặc fish.
completion-example =
    eval "$(hue-infra completion bash)"    # ~/.bashrc
    eval "$(hue-infra completion zsh)"     # ~/.zshrc
    hue-infra completion fish | source     # ~/.config/fish/config.fish
version-short = Xem phiên bản
version-help = Cho biết phiên bản của chương trình và của các thành phần nền.
version-example = hue-infra version --json

## Lỗi

error-title = Lỗi:
hint-title = Gợi ý:
warning-title = Lưu ý:
error-help = xem cách dùng bằng “{ $command } --help”
error-command = không có lệnh “{ $name }”.
error-nearest = Có phải ý bạn là “{ $name }”?
error-option = không có tùy chọn “{ $name }”.
error-missing = thiếu “{ $name }”.
error-value = “{ $name }”: { $problem }
error-needs-value = tùy chọn “{ $name }” cần một giá trị đi kèm.
error-no-value = tùy chọn “{ $name }” không nhận giá trị.
error-extra = thừa tham số: { $words }
error-choice = “{ $value }” không thuộc các giá trị cho phép: { $choices }
error-date = “{ $value }” không phải là ngày; hãy viết năm-tháng-ngày, ví dụ 2022-01-05
error-count = “{ $value }” không phải là số nguyên từ 1 trở lên
interrupted = Đã ngắt.
bug = Có trục trặc bên trong hue-infra; đây là lỗi của chương trình, không phải của bạn.
bug-hint = chi tiết được ghi tại { $path }; xin gửi kèm khi báo lỗi
no-province = không tìm thấy tỉnh “{ $name }”: không phải tệp, không phải thư mục có province.yaml, cũng không phải tên tỉnh mẫu
no-province-hint = các tỉnh mẫu hiện có: { $names }; muốn tạo tỉnh mới thì dùng “hue-infra new”
nobody-to-ask = không có màn hình tương tác để hỏi xác nhận
nobody-to-ask-hint = thêm --yes để thực hiện mà không hỏi

## Câu hỏi

confirm-choices = [c/K]
confirm-yes = c co có y yes
up-question = Thực hiện các thay đổi trên cho { $stack }?
nothing-done = Chưa thực hiện thay đổi nào.
destroy-warning = Toàn bộ { $stack } sẽ bị gỡ bỏ, không khôi phục được:
destroy-question = Gõ { $stack } để xác nhận:

## Đối chiếu quy tắc

preflight-failed = máy này còn thiếu điều kiện cần thiết; chưa thay đổi gì
gate-failed = vi phạm { $count } quy tắc bắt buộc; chưa thay đổi gì
gate-mend = cách khắc phục: { $mend }
gate-hint = sửa tệp mô tả tỉnh theo cách khắc phục nêu trên, rồi chạy lại lệnh
preview-failed = không lập được kế hoạch; chưa thay đổi gì

## Xem trước

previewing = Đang xem trước { $stack } …
no-changes = Không có thay đổi: hệ thống đúng như tệp mô tả ({ $span }).
changes-pending = còn thay đổi chưa áp dụng, trái với mong đợi
changes-pending-hint = chạy “hue-infra up” để áp dụng, hoặc khắc phục phần sai lệch
diff-unknown = có sau khi áp dụng
diff-replaces = (phải thay thế vì: { $properties })
diff-many = × { $count }
diff-file = tệp { $hash }
diff-more = … và { $count } mục nữa (-v để xem tất cả)
diff-role = vai trò { $role }
diff-content = các tệp của vai trò đã thay đổi
diff-instance = máy được dựng lại từ đầu
count-create = tạo mới { $count }
count-update = sửa { $count }
count-replace = thay thế { $count }
count-delete = gỡ bỏ { $count }
count-same = giữ nguyên { $count }

## Lớp và loại tài nguyên

layer-network = Mạng
layer-machines = Máy
layer-configuration = Cấu hình
layer-cluster = Cụm Kubernetes
layer-platforms = Nền tảng
layer-verification = Kiểm chứng
kind-network = Mạng
kind-link = Đường truyền
kind-forward = Cổng mở ra máy này
kind-base = Ảnh nền
kind-machine = Máy
kind-configuration = Cấu hình máy
kind-artefacts = Bộ chương trình Kubernetes
kind-access = Truy cập cụm
kind-certificate = Chứng thư
kind-stack = Stack
kind-provider = Provider

## Tiến độ

# Forms of a day and a moment, for strftime.
day = %d/%m/%Y
moment = %H:%M ngày %d/%m/%Y
# Before tenths, and between thousands.
decimal = { "," }
thousands = { "." }
span-short = { $seconds } giây
span-seconds = { $seconds } giây
span-minutes = { $minutes } phút { $seconds } giây
progress-more = và { $count } mục nữa
progress-waits = { $name } đang chờ: { $what }
progress-failed = thất bại: { $problem }
doing-create = đang tạo
doing-update = đang sửa
doing-replace = đang thay thế
doing-delete = đang gỡ bỏ
did-create = đã tạo
did-update = đã sửa
did-replace = đã thay thế
did-delete = đã gỡ bỏ
stopping = Đang dừng: các bước dở dang được làm cho xong, không bắt đầu bước mới. Nhấn Ctrl-C lần nữa để dừng ngay.
resume = chạy lại “{ $command }”: công việc sẽ tiếp tục từ chỗ dở
run-failed = chưa hoàn thành toàn bộ; phần đã làm được ghi lại
done = Hoàn thành sau { $span }.
verifying = Đang kiểm chứng …
unproved = Không có thay đổi, nhưng hệ thống chưa qua kiểm chứng nào kể từ khi dựng. Đang kiểm chứng …

## Kết quả

verdict-passed = đạt
verdict-failed = không đạt
verdict-skipped = bỏ qua
table-verdict = Kết quả
table-where = Nơi kiểm tra
table-check = Nội dung
table-seen = Ghi nhận
evidence = Bằng chứng: { $path }
table-layer = Lớp
table-resources = Tài nguyên
verify-summary = Kiểm chứng: { $passed } đạt, { $failed } không đạt, { $skipped } bỏ qua.
verify-failed = có { $count } mục kiểm chứng không đạt
verify-hint = xem tệp bằng chứng để biết đã chạy lệnh gì và nhận được gì; khắc phục rồi chạy lại “hue-infra verify”
drift-looking = Đang xem hiện trạng mọi thứ trong { $stack } …
drift-unseen-title = Không xem được
drift-summary = Đã xem { $seen } tài nguyên trong { $span }: { $differing } bị sửa, { $gone } không còn, { $unseen } không xem được.
drift-found = { $count } tài nguyên không còn như khi dựng
drift-hint = “{ $command }” sẽ đưa về đúng; thay đổi nào muốn giữ thì phải ghi vào tệp mô tả tỉnh hoặc vào role
drift-unseen = không xem được { $count } tài nguyên nên chưa biết chúng ra sao
drift-unseen-hint = hãy khôi phục nơi không trả lời (bằng “{ $command }” nếu thuộc phòng lab) rồi xem lại
endpoints = Địa chỉ truy cập
try = Mở thử từ máy này
next = Tiếp theo
next-validate = kiểm tra tệp mô tả tỉnh
next-size = tính nhu cầu
next-up = xây dựng
next-status = xem tình trạng
next-verify = kiểm chứng lại
next-destroy = gỡ bỏ toàn bộ
destroy-done = Đã gỡ bỏ { $stack }.
destroy-nothing = { $stack } không còn gì để gỡ bỏ.
status-empty = { $stack } chưa có gì.
fact-home = Thư mục
fact-last-run = Lần chạy gần nhất
fact-engine = Bộ máy triển khai
engine-embedded = đi kèm
engine-pulumi = chương trình dòng lệnh của Pulumi
fact-lock = Khóa
fact-machines = Máy
lock-free = không ai giữ
lock-held = { $who } giữ từ { $since }
last-run-none = chưa có
last-run = { $kind }, { $result }, { $started } ({ $span })
run-update = xây dựng
run-destroy = gỡ bỏ
run-refresh = đối chiếu thực tế
run-import = nạp trạng thái
result-in-progress = chưa kết thúc
result-succeeded = thành công
result-failed = thất bại
machines-running = { $running } đang chạy, { $stopped } đã dừng
machine-runs = đang chạy
machine-stopped = đã dừng
diagram-done = Đã vẽ sơ đồ vào { $path }.
new-done = Đã tạo { $path }: hãy mở ra và sửa thành tỉnh của mình.
new-exists = { $path } đã có và không trống
new-exists-hint = hãy chọn một thư mục mới; chương trình không bao giờ ghi đè
shell-unknown = phòng lab không có máy “{ $name }”.
shell-machines = các máy của phòng lab: { $names }
shell-none = phòng lab chưa có máy nào; hãy dựng bằng “hue-infra up”
version-hue-infra = hue-infra
version-state = Định dạng trạng thái
version-pulumi = Pulumi SDK
version-ansible-core = Ansible
version-python = Python
version-unknown = chưa cài đặt
fact-province = Tỉnh
count-sites = Điểm
count-segments = Vùng mạng
count-links = Đường truyền
count-machines = Máy
count-cameras = Camera
count-rooms = Phòng họp
count-platforms = Nền tảng
count-flows = Luồng cho phép
validate-done = { $path } hợp lệ.
validate-title = { $title }, tại ngày { $date }
install-question = Máy này còn thiếu { $packages }. Cài đặt bằng apt?
installing = Đang cài đặt { $packages } …
