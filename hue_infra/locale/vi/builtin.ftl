### Những gì engine nói về gói có sẵn “pulumi”.

no-function = gói pulumi không có hàm { $token }
no-resource = chương trình không có tài nguyên { $urn }, hoặc chưa có
no-stack = không có stack { $name }; stack của backend tệp được gọi là organization/<dự án>/<stack>
no-text = { $key } phải là một chuỗi ký tự
no-type = gói pulumi không có tài nguyên loại { $type }
not-imported = không thể nhập { $type } vào stack
