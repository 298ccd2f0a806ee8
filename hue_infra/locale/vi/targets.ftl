### Những gì engine nói khi chỉ được phép đụng tới một số tài nguyên.

circle = { $name } sẽ phụ thuộc vào { $other }, nhưng lần chạy này để yên tài nguyên đó và theo trạng thái đã ghi thì chính nó phụ thuộc vào { $name }; hãy để lần chạy đụng tới cả hai
left-out = { $name } phụ thuộc vào { $other }, là tài nguyên mới và không nằm trong các mục tiêu
unknown = mục tiêu { $target } không có trong stack lẫn trong chương trình; có thể shell đã nuốt mất ký tự "$"
unnamed = { $name } sẽ bị xóa theo thứ nó phụ thuộc vào, nhưng không nằm trong các mục tiêu: { $urn }. Hãy nêu cả nó, hoặc yêu cầu tính cả các tài nguyên phụ thuộc
