### Lời của bộ máy về tên cũ, việc tiếp nhận, tra cứu và thay thế tài nguyên.

alias-taken = { $urn } khai rằng trước đây mang tên { $alias }, nhưng tài nguyên đó đang là { $other } trong chương trình
alias-was-taken = { $urn } đã thuộc về { $other }, vốn khai tên này là tên cũ của mình
ignore-missed = không thể bỏ qua thay đổi ở { $paths } vì có phần được thêm vào hoặc bỏ đi
import-missing = không thể tiếp nhận { $name }: không có gì mang mã { $id }
import-replaced = { $name } đã được tiếp nhận, nay lại phải thay mới và sẽ mang mã khác, do { $keys }; hãy bỏ import_ khỏi chương trình trước
import-unsupported = không thể tiếp nhận { $name }: nhà cung cấp của { $type } không cho biết nó được tạo từ gì
trigger-unknown = replacement_trigger của { $name } chưa biết được giá trị
