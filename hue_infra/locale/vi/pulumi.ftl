### Lời nói khi dùng chính chương trình dòng lệnh của Pulumi làm bộ máy.

missing = không có “pulumi” trên đường dẫn, mà nó được chọn làm bộ máy
missing-hint = cài chương trình dòng lệnh của Pulumi, hoặc chọn bộ máy đi kèm: --engine embedded
old = “pulumi” quá cũ: phiên bản { $found }
wanted = hãy cài chương trình dòng lệnh của Pulumi phiên bản { $oldest } trở lên
silent = “pulumi version” không trả lời:
failed = “{ $command }” không chạy được:
locked = một lần chạy khác đang giữ stack này:
no-stack = chương trình dòng lệnh của Pulumi không tìm thấy stack này:
no-events = “{ $command }” kết thúc êm, nhưng chương trình dòng lệnh của Pulumi không cho biết đã làm gì
event = có điều chương trình dòng lệnh của Pulumi báo về mà không hiểu được; việc nó đã làm nằm trong trạng thái
unread = có điều chương trình dòng lệnh của Pulumi báo về mà bộ SDK không đọc được: phần hiển thị của lần chạy này có thể thiếu một bước
no-reason = hỏng mà không nêu lý do
program = chương trình dòng lệnh của Pulumi chạy một thư mục dự án hoặc một hàm, không chạy { $kind }
config = cấu hình { $key } của lần chạy này khác với { $file }; chương trình dòng lệnh của Pulumi lấy cấu hình từ tệp ấy
option = Automation API của Pulumi ({ $method }) không có cách nói với chương trình dòng lệnh điều này: { $options }
