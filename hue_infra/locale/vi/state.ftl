# Trạng thái của stack: có nhất quán không, và sửa chữa thế nào.

broken = Trạng thái không nhất quán nên không được sử dụng:
broken-hint = Lệnh “hue-infra engine state repair” cho biết sửa được những gì và chỉ sửa khi bạn đồng ý. Hoặc khôi phục từ { $backups }, hay từ tệp có đuôi .bak bên cạnh tệp trạng thái.
broken-more = … và { $count } chỗ khác
broken-magic = phiên bản trong bản kê không khớp với mã kiểm tra: tệp đã bị sửa tay hoặc bị hỏng
broken-type = { $urn } không kết thúc bằng loại { $type } của nó
broken-id = { $urn } là component nhưng lại có id
broken-provider = { $urn } cần provider { $provider }, nhưng provider này không đứng trước
broken-order = { $urn } cần { $other } ({ $place }), nhưng tài nguyên đó lại đứng sau
broken-missing = { $urn } cần { $other } ({ $place }), nhưng tài nguyên đó không có trong trạng thái
broken-twice = { $urn } xuất hiện hai lần mà không bản nào được đánh dấu chờ xóa
circle = các tài nguyên này cần lẫn nhau thành vòng tròn: { $urns }
repair-move = { $urn } được chuyển lên trước { $other } vì tài nguyên sau cần đến nó
repair-drop = { $urn } không còn tham chiếu đến { $other } ({ $place }) vì tài nguyên đó không có trong trạng thái
repair-rename = { $urn } từ nay mang tên { $new } vì tài nguyên cha đã mất hoặc đổi tên
not-mended = Không thể sửa trạng thái mà không phải đoán; chưa có gì bị thay đổi. Những chỗ vẫn còn sai:
not-mended-hint = Hãy khôi phục từ { $backups }, hoặc sao chép rồi sửa tay { $file } và chạy lại lệnh này.
unknown = trạng thái không có tài nguyên { $urn }
unknown-hint = có lẽ bạn muốn nói { $urn }
twice = { $urn } ứng với hai tài nguyên, trong đó một tài nguyên đang chờ xóa
twice-hint = chạy “up” hoặc “destroy” sẽ xóa nó; hoặc xuất trạng thái, sửa rồi nhập lại
needed = có tài nguyên khác phụ thuộc vào những gì cần bỏ:
needed-hint = hãy nêu cả chúng, hoặc thêm --target-dependents
protected = các tài nguyên sau đang được bảo vệ:
protected-hint = hãy bỏ bảo vệ bằng “hue-infra engine state unprotect”, hoặc thêm --force
