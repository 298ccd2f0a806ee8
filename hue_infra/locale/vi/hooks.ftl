### Những gì engine nói về các hook mà chương trình gắn vào tài nguyên.

after-failed = hook chạy sau { $name } thất bại:
again = hook xử lý lỗi yêu cầu thử lại (lần { $time } trên { $times })
before-failed = hook chạy trước { $name } thất bại:
error-failed = hook xử lý lỗi { $name } thất bại:
missing = hook { $name } chưa được đăng ký
nameless = hook phải có tên
taken = đã có hook tên { $name } được đăng ký
too-often = đã thử { $times } lần, là số lần nhiều nhất mà hook xử lý lỗi được yêu cầu
