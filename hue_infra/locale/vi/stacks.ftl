### Stack: những gì được dựng và cách mở.

passphrase-ask = Cụm mật khẩu của stack { $stack }:
passphrase-missing = Trạng thái của stack { $stack } đã được mã hóa nhưng không có cụm mật khẩu để mở.
passphrase-missing-hint = đặt cụm mật khẩu vào biến môi trường { $variable }, hoặc đưa tệp khóa trở lại { $path }
passphrase-made = Đã tạo khóa mới cho các bí mật của stack này: { $path }. Hãy sao lưu khóa ở nơi khác: mất khóa thì không đọc lại được bí mật.
no-authority = tỉnh này chưa có CA
no-authority-hint = gán vai trò pki cho một máy trong tệp mô tả tỉnh, rồi chạy “hue-infra up”
endpoint-note = (cần dòng “{ $address } { $host }” trong /etc/hosts; trong mạng của tỉnh: https://{ $host }/)
config-date = cấu hình hue-infra:date không phải là một ngày: { $value }; hãy viết năm-tháng-ngày, ví dụ 2022-01-05
pack-configs = có { $packs } gói chính sách nhưng { $configs } tệp thiết lập; hãy nêu mỗi gói một tệp, hoặc không nêu tệp nào
