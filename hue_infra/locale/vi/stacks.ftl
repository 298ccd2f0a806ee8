### Ngăn xếp: những gì được dựng và cách mở.

passphrase-ask = Mật khẩu của ngăn xếp { $stack }
passphrase-missing = Trạng thái của ngăn xếp { $stack } đã mã hóa mà không có mật khẩu để mở.
passphrase-missing-hint = đặt biến { $variable }, hoặc đưa tệp khóa trở lại { $path }
passphrase-made = Đã tạo khóa mới cho các bí mật của ngăn xếp này: { $path }. Hãy sao giữ ở nơi khác: mất khóa thì không đọc lại được bí mật.
no-authority = tỉnh này không có cơ quan chứng thực
no-authority-hint = gán vai trò pki cho một máy trong tệp mô tả tỉnh, rồi chạy “hue-infra up”
endpoint-note = (trong mạng của tỉnh: https://{ $host }/)
