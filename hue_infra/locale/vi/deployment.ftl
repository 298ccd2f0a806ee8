### Những gì engine nói khi triển khai.

bad-duration = { $text } không phải là khoảng thời gian; hãy viết như 5m hoặc 1h30m
bad-path = { $path } không phải là đường dẫn tới thuộc tính; hãy viết như spec.ports[0].name
cascade-failed = không xóa được hết các tài nguyên phụ thuộc vào tài nguyên cần thay thế
check-failed = { $name }: thuộc tính { $property } bị từ chối:
defaults-disabled = gói { $package } phải có provider khai báo rõ, vì provider mặc định đã bị tắt
duplicate = hai tài nguyên trong chương trình trùng tên: { $urn }
cut-off = lần chạy trước bị cắt ngang khi đang tạo
dynamic-missing = tài nguyên này đã mất provider đóng gói kèm (__provider) nên không quản lý được nữa
dynamic-value = dynamic provider trả về kiểu { $kind } tại { $path }, Pulumi không lưu được kiểu này
feature-refused = engine này không hỗ trợ { $feature }
import-source = bản triển khai được nhập
interrupted = đã nhận lệnh ngắt: đang chờ các bước dở dang rồi dừng; ngắt lần nữa để dừng ngay
not-looked = không xem được hiện trạng của { $name }; lấy theo bản ghi:
not-configured = không thiết lập được provider { $name }:
no-id = provider không cho biết id của tài nguyên vừa tạo
no-parent = tài nguyên cha không có trong chương trình: { $parent }
no-provider = không có provider cho gói { $package }
option-refused = engine này không hỗ trợ tùy chọn { $option } ({ $resource })
pending = lần chạy trước bị cắt ngang khi đang { $kind ->
    [creating] tạo { $name }
    [updating] cập nhật { $name }
    [deleting] xóa { $name }
    [reading] đọc { $name }
   *[other] xử lý { $name }
}; lần này sẽ làm tiếp
program-failed = chương trình gặp lỗi:
protected-cascade = phải xóa { $name } thì mới thay thế được { $root }, nhưng { $name } đang được bảo vệ; hãy bỏ protect rồi triển khai một lần trước đã
protected-delete = { $name } ({ $type }) đang được bảo vệ nên không xóa; hãy bỏ protect rồi triển khai một lần trước đã
protected-replace = { $name } cần được thay thế nhưng đang được bảo vệ; hãy bỏ protect rồi triển khai một lần trước đã
provider-unknown = trạng thái không có provider { $provider }
read-missing = { $name } với id { $id } không tồn tại
sealed = có một bí mật chưa được giải mã trước khi cần dùng
stopped = lần chạy đã dừng; bước này chưa được bắt đầu
stopped-outside = lần chạy đã dừng theo yêu cầu: bước đã bắt đầu thì làm xong và được ghi lại, phần còn lại chưa bắt đầu
not-a-provider = { $name } không phải là provider, mà chỉ provider mới nhận env_var_mappings
unknown-resource = chương trình không có tài nguyên { $urn }, hoặc chưa có
version = chương trình cần Pulumi { $wanted }; engine này hoạt động như bản { $version }
version-range = { $wanted } không phải là khoảng phiên bản; ví dụ: >=3.200.0 <4.0.0
component-failed = thành phần '{ $name }' loại { $type } gặp lỗi:
call-failed = gọi hàm '{ $token }' thất bại:
invoke-failed = hàm { $token } trả về lỗi:
