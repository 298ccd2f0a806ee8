### Những gì bộ máy triển khai nói về các gói chính sách.

config = Không dùng được cấu hình { $file } của gói chính sách: { $problem }
config-object = nội dung không phải là một đối tượng JSON
config-environments = Cấu hình { $file } nhắc tới các môi trường của Pulumi Cloud, thứ mà bộ máy này không hỗ trợ; hãy ghi thẳng các giá trị vào tệp.
config-value = { $policy } phải là một mức hoặc một đối tượng
config-level = { $level } không phải là mức áp dụng ({ $policy }); hãy dùng advisory, mandatory, remediate hoặc disabled
config-invalid = kiểm tra cấu hình chính sách: { $pack } { $version }
failed = gói chính sách { $pack } gặp lỗi:
no-config = Gói chính sách { $pack } không nhận cấu hình.
no-info = gói chính sách { $pack } không cho biết nó chứa những gì
not-begun = gói chính sách { $pack } bị hỏi trước khi được khởi động
no-project = { $folder } không chứa gói chính sách nào: thiếu tệp { $file }.
no-python = Gói chính sách { $pack } cần môi trường ảo { $path } nhưng môi trường này không có.
runtime = bộ máy này chạy các gói chính sách viết bằng Python, không chạy { $runtime }
main = bộ máy này không hỗ trợ main trong gói chính sách: hãy đặt tên chương trình là __main__.py
start = gói chính sách { $pack } không khởi động được:
