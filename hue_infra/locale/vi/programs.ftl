### Các lệnh chạy mọi thư mục chương trình Pulumi: trợ giúp, câu hỏi, hiển thị, từ chối.

## Trợ giúp

preview-short = Xem trước những gì up sẽ làm; không đụng tài nguyên
preview-help = Chạy chương trình và cho biết up sẽ tạo, cập nhật, thay thế và xóa những gì. Không đụng đến tài nguyên nào.
preview-example =
    hue-infra engine preview --diff
    hue-infra engine preview --cwd site --stack dev --json
up-short = Tạo hoặc cập nhật tài nguyên của stack
up-help = Chạy chương trình trong thư mục dự án Pulumi và đưa stack về đúng như chương trình nêu: xem trước, hỏi lại, rồi tạo, cập nhật, thay thế và xóa. Stack chưa có sẽ được tạo. Nếu bị ngắt ở bất kỳ lúc nào, lần chạy sau sẽ làm tiếp. Với --json, các sự kiện được in theo dạng của Pulumi, mỗi dòng một đối tượng JSON.
up-example =
    hue-infra engine up --cwd site --stack dev
    hue-infra engine up --yes --target '**::database'
refresh-short = Ghi nhận tài nguyên của stack đúng như thực tế
refresh-help = Hỏi các provider xem từng tài nguyên hiện ra sao rồi ghi vào trạng thái. Không thay đổi tài nguyên nào.
refresh-example = hue-infra engine refresh --preview-only
destroy-short = Xóa các tài nguyên của stack
destroy-help = Xóa mọi tài nguyên có trong trạng thái của stack, tài nguyên phụ thuộc trước. Bản thân stack và cấu hình vẫn còn, trừ khi có --remove. Tài nguyên có hook khi xóa cần --run-program.
destroy-example = hue-infra engine destroy --stack dev --yes
stack-short = Các stack của dự án và những gì chúng chứa
stack-help = Liệt kê, tạo và gỡ các stack của dự án; xem, xuất và nhập những gì chúng chứa.
stack-example =
    hue-infra engine stack ls
    hue-infra engine stack output endpoint
stack-ls-short = Liệt kê các stack của dự án
stack-ls-help = Liệt kê các stack của dự án kèm lần chạy gần nhất và số tài nguyên, hoặc của mọi dự án trong backend.
stack-ls-example = hue-infra engine stack ls --all
stack-init-short = Tạo một stack trống
stack-init-help = Tạo một stack chưa có tài nguyên và ghi giá trị kiểm tra của cụm mật khẩu vào trạng thái và vào Pulumi.<stack>.yaml.
stack-init-example = hue-infra engine stack init dev
stack-rm-short = Gỡ một stack cùng cấu hình của nó
stack-rm-help = Gỡ trạng thái của stack cùng các bản sao lưu, lịch sử và tệp Pulumi.<stack>.yaml. Từ chối khi stack còn tài nguyên, trừ khi bắt buộc.
stack-rm-example = hue-infra engine stack rm dev --yes
stack-export-short = In trạng thái dạng JSON
stack-export-help = In trạng thái theo dạng của pulumi stack export. Bí mật vẫn được mã hóa, trừ khi yêu cầu hiện rõ.
stack-export-example = hue-infra engine stack export --file state.json
stack-import-short = Thay trạng thái bằng bản đã xuất
stack-import-help = Thay trạng thái bằng một bản đã xuất, từ tệp hoặc đầu vào chuẩn, sau khi kiểm tra rằng bản đó nhất quán và đúng là của stack này.
stack-import-example = hue-infra engine stack import --file state.json
stack-history-short = Xem các lần chạy trước đã làm gì
stack-history-help = Cho biết các lần chạy trước của stack đã làm gì, lần gần nhất đứng đầu.
stack-history-example = hue-infra engine stack history --page-size 5
stack-output-short = Xem các giá trị đầu ra, hoặc một giá trị
stack-output-help = Hiện các giá trị đầu ra của stack theo lần ghi gần nhất, hoặc giá trị được nêu tên. Bí mật được che, trừ khi yêu cầu hiện rõ.
stack-output-example =
    hue-infra engine stack output endpoint
    hue-infra engine stack output --json --show-secrets
config-short = Cấu hình của stack
config-help = Xem và sửa các thiết lập trong Pulumi.<stack>.yaml. Khóa không ghi không gian tên là của chính dự án; --path trỏ vào bên trong đối tượng và danh sách.
config-example =
    hue-infra engine config set region hue
    hue-infra engine config set --secret token < token.txt
config-ls-short = Liệt kê mọi thiết lập
config-ls-help = Liệt kê các thiết lập của stack, kể cả của dự án. Bí mật được che, trừ khi yêu cầu hiện rõ.
config-ls-example = hue-infra engine config ls --show-secrets
config-get-short = In một thiết lập
config-get-help = In rõ giá trị của một thiết lập.
config-get-example = hue-infra engine config get --path 'servers[0].name'
config-set-short = Đặt giá trị cho một thiết lập
config-set-help = Ghi giá trị của một thiết lập. Nếu dòng lệnh không nêu giá trị thì đọc từ đầu vào chuẩn, hoặc hỏi, không hiện chữ nếu là bí mật. Bên trong đối tượng hay danh sách, số nguyên, true và false được ghi đúng kiểu; giá trị ngoài cùng luôn là văn bản.
config-set-example =
    hue-infra engine config set region hue
    hue-infra engine config set --secret token < token.txt
    hue-infra engine config set --path 'servers[0].name' web
config-rm-short = Bỏ các thiết lập
config-rm-help = Bỏ các thiết lập khỏi Pulumi.<stack>.yaml.
config-rm-example = hue-infra engine config rm region
state-short = Sửa trạng thái bằng tay
state-help = Sửa trạng thái của stack mà không đụng đến tài nguyên nào. Bản trước khi sửa được giữ lại.
state-example = hue-infra engine state repair
state-repair-short = Sửa chữa trạng thái không nhất quán
state-repair-help = Cho biết trạng thái sai ở đâu và sửa thế nào: sắp lại để mỗi tài nguyên đứng sau những gì nó cần, bỏ các tham chiếu đến thứ không còn. Chỉ sửa khi bạn đồng ý hoặc khi có --yes.
state-repair-example =
    hue-infra engine state repair
    hue-infra engine state repair --yes
state-unprotect-short = Cho phép xóa tài nguyên đang được bảo vệ
state-unprotect-help = Bỏ bảo vệ các tài nguyên được nêu bằng URN, hoặc tất cả.
state-unprotect-example = hue-infra engine state unprotect --all --yes
state-delete-short = Bỏ tài nguyên khỏi trạng thái, không đụng đến nó
state-delete-help = Bỏ các tài nguyên được nêu bằng URN khỏi trạng thái; tài nguyên thật vẫn để nguyên. Từ chối khi có tài nguyên khác phụ thuộc hoặc khi được bảo vệ, trừ khi có yêu cầu khác.
state-delete-example = hue-infra engine state delete 'urn:pulumi:dev::site::cloud:index:Disk::old'

option-cwd = Thư mục của dự án, hoặc một thư mục bên trong. Nếu không nêu: thư mục này.
option-stack = Tên stack. Nếu không nêu: PULUMI_STACK, không có thì stack duy nhất hiện có.
option-backend = Nơi lưu trạng thái, file://THƯ_MỤC. Nếu không nêu: PULUMI_BACKEND_URL, rồi đến của dự án, sau cùng là file://~.
option-yes = Không hỏi lại.
option-skip-preview = Làm ngay, không xem trước và không hỏi.
option-preview-only = Chỉ cho biết sẽ làm gì.
option-continue-on-error = Gặp lỗi thì làm tiếp những gì không phụ thuộc vào chỗ lỗi.
option-run-program = Chạy cả chương trình, để có provider và hook của nó.
option-remove = Gỡ stack và cấu hình khi stack đã trống.
option-target = URN, hoặc mẫu URN, cần xử lý, để yên các tài nguyên khác. Có thể lặp lại.
option-target-dependents = Xử lý cả những gì phụ thuộc vào đích.
option-exclude = URN, hoặc mẫu URN, cần để yên. Có thể lặp lại.
option-exclude-dependents = Để yên cả những gì phụ thuộc vào tài nguyên bị loại ra.
option-replace = URN, hoặc mẫu URN, cần thay thế dù không có gì khác. Có thể lặp lại.
option-target-replace = Như --target và --replace cùng lúc.
option-refresh = Xem thực tế từng tài nguyên trước khi so sánh. Nếu không nêu: theo dự án.
option-parallel = Số bước chạy đồng thời.
option-expect-no-changes = Thoát với mã 6 nếu có thay đổi.
option-config = Thiết lập cần ghi trước khi chạy, KHÓA=GIÁ_TRỊ. Có thể lặp lại.
option-config-path = Coi các khóa của --config là đường dẫn.
option-policy-pack = Thư mục gói chính sách dùng để kiểm tra mọi tài nguyên. Có thể lặp lại.
option-policy-pack-config = Tệp JSON cấu hình cho gói chính sách ở cùng vị trí. Có thể lặp lại.
option-diff = Hiện thay đổi đến từng thuộc tính.
option-show-sames = Hiện cả tài nguyên giữ nguyên.
option-show-reads = Hiện cả tài nguyên chỉ được đọc.
option-show-secrets = Hiện rõ các bí mật.
option-suppress-outputs = Không hiện các giá trị đầu ra của stack.
option-debug = Hiện cả những gì chương trình và SDK báo để gỡ lỗi.
option-all = Tất cả.
option-force = Vẫn làm dù có điều ngăn cản.
option-preserve-config = Giữ lại tệp Pulumi.<stack>.yaml.
option-file = Tệp thay cho đầu vào hoặc đầu ra chuẩn.
option-page = Trang số mấy.
option-page-size = Số lần chạy mỗi trang.
option-shell = In thành các dòng mà shell đọc được.
option-path = Coi khóa là đường dẫn vào đối tượng hay danh sách.
option-secret = Mã hóa giá trị.
option-plaintext = Lưu giá trị không mã hóa, không cảnh báo.
option-raw = Giữ nguyên ký tự xuống dòng ở cuối đầu vào chuẩn.

## Stack, thư mục, cụm mật khẩu

backend = engine này không có backend { $url }
backend-hint = trạng thái được lưu trong một thư mục: hãy viết file:// kèm đường dẫn, ví dụ file:///srv/states
no-folder = không có thư mục { $folder }
no-stack = dự án { $project } không có stack { $stack }
no-stack-hint = lệnh “hue-infra engine stack init { $stack }” sẽ tạo; hiện có: { $names }
no-stacks = dự án { $project } chưa có stack nào và dòng lệnh không nêu tên
no-stacks-hint = hãy nêu tên bằng --stack; “up” và “stack init” sẽ tạo stack
which-stack = dự án { $project } có nhiều stack mà dòng lệnh không nêu tên
which-stack-hint = hãy chọn bằng --stack: { $names }
other-project = { $stack } không phải là stack của dự án { $project }; hãy chỉ viết tên stack, hoặc organization/{ $project }/TÊN
stack-exists = đã có stack { $stack }
stack-made = Đã tạo stack { $stack }.
stack-kept = Tài nguyên đã xóa hết; stack { $stack }, lịch sử và cấu hình vẫn còn. Lệnh “hue-infra engine stack rm { $stack }” sẽ gỡ chúng.
stack-removed = Đã gỡ stack { $stack }.
stack-rm-warning = Stack { $stack } cùng cấu hình và lịch sử sẽ bị gỡ, không khôi phục được.
stack-not-empty = stack { $stack } còn { $count } tài nguyên
stack-not-empty-hint = lệnh “hue-infra engine destroy --stack { $stack }” sẽ xóa chúng; --force bỏ chúng khỏi trạng thái mà không xóa thật
stack-name = Tên
stack-updated = Lần chạy gần nhất
stack-resources = Tài nguyên
init-name = stack mới cần có tên
passphrase-missing = không biết cụm mật khẩu của stack { $stack } và không có màn hình để hỏi
passphrase-missing-hint = hãy đặt biến { $variable }, hoặc đặt { $file_variable } thành đường dẫn tệp chứa cụm mật khẩu
passphrase-ask = Cụm mật khẩu của stack { $stack }:
passphrase-new = Cụm mật khẩu cho các bí mật của stack mới { $stack }:
passphrase-again = Gõ lại cụm mật khẩu đó:
passphrase-differs = hai lần gõ cụm mật khẩu không giống nhau
passphrase-file = { $variable } trỏ đến một tệp không đọc được: { $problem }
target-and-exclude = không dùng --target cùng với --exclude
pack-configs = có { $packs } gói chính sách nhưng { $configs } cấu hình; hãy nêu mỗi gói một cấu hình, theo đúng thứ tự
setting-form = “{ $text }” không phải là thiết lập; hãy viết KHÓA=GIÁ_TRỊ
not-read = không đọc được { $file }: { $problem }
not-written = không ghi được tệp: { $problem }
import-foreign = { $file } chứa tài nguyên không thuộc stack { $stack }, ví dụ { $urn }
import-foreign-hint = hãy xuất từ đúng stack, hoặc thêm --force
imported = Đã thay trạng thái của { $stack }.
no-output = stack { $stack } không có giá trị đầu ra “{ $name }”.
output-name = Đầu ra
output-value = Giá trị
history-none = Stack { $stack } chưa chạy lần nào.
history-kind = Loại
history-ended = Kết thúc
history-took = Thời gian
history-result = Kết quả
history-changes = Thay đổi
config-key = Khóa
config-value = Giá trị
config-none = stack { $stack } không có thiết lập { $key }
config-ask = Giá trị của { $key }:
config-clear = { $key } có vẻ là bí mật mà được lưu không mã hóa; --secret sẽ mã hóa

## Sửa trạng thái bằng tay

state-whole = Trạng thái của { $stack } nhất quán; không có gì cần sửa.
state-problems = Những chỗ sai:
state-repairs = Cách sửa:
state-mend = Sửa chứ?
state-mended = Đã sửa trạng thái. Bản trước khi sửa: { $copy }
state-which = hãy nêu URN của tài nguyên, hoặc dùng --all
state-edit = Trong trạng thái của { $stack }:
state-forgets = bỏ { $urn }
state-frees = bỏ bảo vệ { $urn }
state-same = Không có gì thay đổi.
state-question = Sửa trạng thái như vậy?
state-edited = Đã sửa trạng thái. Bản trước khi sửa: { $copy }

## Các lần chạy

previewing =
    { $kind ->
        [refresh] Đang xem trước việc ghi nhận thực tế của { $stack } …
        [destroy] Đang xem trước việc xóa { $stack } …
       *[up] Đang xem trước { $stack } …
    }
performing =
    { $kind ->
        [refresh] Đang ghi nhận thực tế của { $stack } …
        [destroy] Đang xóa { $stack } …
       *[up] Đang cập nhật { $stack } …
    }
question =
    { $kind ->
        [refresh] Ghi những điều trên vào trạng thái của { $stack }? Không tài nguyên nào bị thay đổi.
        [destroy] Xóa hẳn các tài nguyên trên của { $stack }?
       *[up] Thực hiện các thay đổi trên cho { $stack }?
    }
choices = [c/K, d để xem chi tiết]
details = d
run-failed =
    { $preview ->
        [True] xem trước không thành công; chưa có gì bị thay đổi
       *[False] chưa làm được hết; những gì đã làm đều được ghi lại
    }
policies-broken =
    { $preview ->
        [True] vi phạm chính sách bắt buộc; chưa có gì bị thay đổi
       *[False] vi phạm chính sách bắt buộc; những gì đã làm trước đó đều được ghi lại
    }
unexpected = có thay đổi trong khi không mong đợi thay đổi nào

## Hiển thị

heading-type = Loại
heading-name = Tên
heading-plan = Dự kiến
heading-status = Tình trạng
heading-info = Chi tiết
running = đang chạy
unknown = [chưa biết]
plan =
    { $op ->
        [create] tạo
        [update] cập nhật
        [delete] xóa
        [replace] thay thế
        [create-replacement] tạo bản thay thế
        [delete-replaced] xóa bản cũ
        [read] đọc
        [read-replacement] đọc để thay thế
        [read-discard] bỏ
        [discard-replaced] bỏ bản cũ
        [refresh] xem thực tế
        [import] nhập
        [import-replacement] nhập bản thay thế
       *[same] { "" }
    }
doing =
    { $op ->
        [create] đang tạo
        [update] đang cập nhật
        [delete] đang xóa
        [replace] đang thay thế
        [create-replacement] đang tạo bản thay thế
        [delete-replaced] đang xóa bản cũ
        [read] đang đọc
        [read-replacement] đang đọc để thay thế
        [read-discard] đang bỏ
        [discard-replaced] đang bỏ bản cũ
        [refresh] đang xem thực tế
        [import] đang nhập
        [import-replacement] đang nhập bản thay thế
       *[same] { "" }
    }
did =
    { $op ->
        [create] đã tạo
        [update] đã cập nhật
        [delete] đã xóa
        [replace] đã thay thế
        [create-replacement] đã tạo bản thay thế
        [delete-replaced] đã xóa bản cũ
        [read] đã đọc
        [read-replacement] đã đọc để thay thế
        [read-discard] đã bỏ
        [discard-replaced] đã bỏ bản cũ
        [refresh] đã xem thực tế
        [import] đã nhập
        [import-replacement] đã nhập bản thay thế
       *[same] { "" }
    }
failed =
    { $op ->
        [create] không tạo được
        [update] không cập nhật được
        [delete] không xóa được
        [replace] không thay thế được
        [create-replacement] không tạo được bản thay thế
        [delete-replaced] không xóa được bản cũ
        [read] không đọc được
        [read-replacement] không đọc được
        [read-discard] không bỏ được
        [discard-replaced] không bỏ được
        [refresh] không xem được thực tế
        [import] không nhập được
        [import-replacement] không nhập được
       *[same] gặp lỗi
    }
said-error = { $count } lỗi
said-warning = { $count } cảnh báo
said-info = { $count } thông báo
said-debug = { $count } thông báo gỡ lỗi
said-policy = vi phạm { $count } chính sách
severity-debug = gỡ lỗi
severity-error = lỗi
severity-warning = cảnh báo
diff-hidden = (thay đổi do chương trình giấu: { $paths })
changes = Thay đổi:
policies = Chính sách:
own-rules = quy tắc của chương trình này
mended = ({ $count } tài nguyên)
diagnostics = Thông báo:
outputs = Đầu ra:
resources = Tài nguyên:
would =
    { $op ->
        [create] { $count } sẽ được tạo
        [update] { $count } sẽ được cập nhật
        [delete] { $count } sẽ bị xóa
        [replace] { $count } sẽ được thay thế
        [import] { $count } sẽ được nhập
       *[other] { $count } sẽ { $op }
    }
done =
    { $op ->
        [create] { $count } đã tạo
        [update] { $count } đã cập nhật
        [delete] { $count } đã xóa
        [replace] { $count } đã thay thế
        [import] { $count } đã nhập
       *[other] { $count } { $op }
    }
changed-all = { $count } thay đổi
unchanged = { $count } giữ nguyên
errored = { $count } gặp lỗi
duration = Thời gian:
