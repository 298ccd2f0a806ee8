### Tệp mô tả tỉnh sai ở đâu, và cần viết lại thế nào.

## Cú pháp YAML

syntax-tab = không dùng ký tự tab ở đây; hãy thụt dòng bằng dấu cách
syntax-colon = dấu ":" không đúng chỗ; đặt đoạn chữ có ": " trong ngoặc kép, và mỗi khóa viết một dòng
syntax-no-colon = thiếu dấu ":" sau khóa; hãy viết "khóa: giá trị"
syntax-indent = dòng này thụt vào không khớp với các dòng lân cận; các khóa cùng một phần phải thụt vào như nhau
syntax-bracket = thiếu dấu "," hoặc dấu ngoặc đóng trước chỗ này; dấu ngoặc được mở ở dòng { $line }
syntax-quote = thiếu dấu ngoặc kép đóng của một đoạn chữ
syntax-alias = phía trên không có điểm neo "&" nào tên như vậy; hãy khai báo trước khi dùng
syntax-documents = tài liệu thứ hai bắt đầu từ đây; mỗi tệp chỉ mô tả một tỉnh
syntax = không đọc được YAML: { $words }
syntax-recursion = điểm neo chứa chính nó; hãy viết đầy đủ phần này
duplicate-key = khóa "{ $key }" bị viết hai lần; đã có ở dòng { $line }, hãy bỏ bớt một
key-not-text = khóa phải là một từ; hãy viết "khóa: giá trị"
merge-not-mapping = sau "<<" phải là một điểm neo có các khóa, ví dụ <<: *office
tag = không có thẻ { $tag }; hãy bỏ đi
empty = tệp trống; hãy bắt đầu bằng "province:", hoặc tạo tệp mẫu bằng hue-infra new
not-utf8 = { $path }: tệp không phải văn bản UTF-8 (byte thứ { $byte }); hãy lưu lại theo UTF-8
unreadable = { $path }: không đọc được tệp: { $words }
unreadable-hint = hãy chỉ đúng một tệp mô tả tỉnh đã có, hoặc tạo tệp mẫu bằng hue-infra new
count = { $count } lỗi

## Khóa và giá trị

unknown-key = ở đây không có khóa "{ $key }"; { $near ->
    [none] các khóa dùng được: { $known }
   *[other] có phải bạn định viết "{ $near }"?
}
missing-key = thiếu khóa "{ $key }"; hãy thêm "{ $key }: { $example }"
pair = cần đúng hai dải địa chỉ, IPv4 rồi đến IPv6; hãy viết [10.0.0.0/16, "fd00::/56"]
nothing = sau dấu hai chấm không có gì; hãy viết một giá trị ({ $example }) hoặc bỏ khóa này
choice = "{ $value }" không nằm trong các lựa chọn; { $near ->
    [none] hãy viết một trong các từ: { $known }
   *[other] có phải bạn định viết "{ $near }"? Các lựa chọn: { $known }
}
quantity = "{ $value }" không phải số lượng có đơn vị; hãy viết một số kèm đơn vị { $units }, ví dụ { $example }
network-4 = "{ $value }" không phải dải địa chỉ IPv4; hãy viết dạng 10.46.0.0/16
network-6 = "{ $value }" không phải dải địa chỉ IPv6; hãy viết dạng 2001:db8::/44
network-host-bits = { $value } là một địa chỉ nằm trong dải; hãy viết chính dải đó: { $right }
text = ở đây cần chữ, không phải { $value }; hãy đặt trong ngoặc kép: "{ $value }"
whole = ở đây cần số nguyên, không phải "{ $value }"; chỉ viết chữ số
number = ở đây cần một số, không phải "{ $value }"
truth = ở đây cần true hoặc false, không phải "{ $value }"
mapping = ở đây cần các dòng "khóa: giá trị", không phải "{ $value }"; hãy viết { $example }
list = ở đây cần một danh sách, không phải "{ $value }"; hãy viết [{ $value }]
at-least-one = danh sách trống; hãy viết ít nhất một mục
date = "{ $value }" không phải ngày; hãy viết năm-tháng-ngày, ví dụ 2022-01-05
above = { $value } quá nhỏ; hãy viết số lớn hơn { $gt }
least = { $value } quá nhỏ; ít nhất phải là { $ge }
most = { $value } quá lớn; nhiều nhất là { $le }
form-code = "{ $value }" không phải mã tỉnh; hãy viết hai chữ số trong ngoặc kép, ví dụ "46"
form-domain = "{ $value }" không phải tên miền của tỉnh; hãy viết tên miền dưới gov.vn, ví dụ hue.gov.vn
form-organ = "{ $value }" không phải mã định danh cơ quan; hãy viết một chữ cái từ A đến Y và hai chữ số, ví dụ H57
form-country = "{ $value }" không phải mã quốc gia; hãy viết hai chữ in hoa, ví dụ VN
form-name = "{ $value }" không phải tên hợp lệ; tên có tối đa 31 ký tự, gồm chữ thường không dấu, chữ số và gạch nối, bắt đầu bằng chữ cái
form = "{ $value }" không đúng dạng cần có ở đây
other = "{ $value }" không phù hợp: { $words }

## Tên phải có ở chỗ khác trong tệp

unknown-name = không có { $thing ->
    [site-class] loại điểm
    [camera-class] loại camera
    [room-class] loại phòng họp
    [site] điểm
    [zone] vùng mạng
    [machine] máy
    [rack] tủ rack
    [cluster] cụm Kubernetes
    [flow-source] vùng mạng (<điểm>/<vùng> hoặc <loại điểm>:<vùng>)
   *[other] { $thing }
} "{ $name }"; { $near ->
    [none] hiện có: { $known }
   *[other] có phải bạn định viết "{ $near }"?
}

## Đơn vị hành chính

province-unknown = không có tỉnh, thành phố nào mang mã { $code }; Huế là "46"
province-not-then = { $title } có trong dữ liệu từ { $from } đến { $until ->
    [now] nay
   *[other] { $until }
}, không có vào ngày { $date }; hãy ghi "date:" trong phần "province:" một ngày thuộc khoảng đó
tier = "{ $tier }" không phải cấp hành chính có điểm; hãy viết { $near ->
    [none] district (cấp huyện) hoặc commune (cấp xã)
   *[other] { $near }
}
unit-unknown = tỉnh không có đơn vị "{ $unit }" ở cấp này vào bất kỳ thời điểm nào; { $near ->
    [none] hãy viết mã kèm tên, ví dụ 19753 Phường Phú Xuân
   *[other] có phải bạn định viết "{ $near }"?
}
unit-ambiguous = mã { $code } từng thuộc về nhiều đơn vị; hãy viết "{ $first }" hoặc "{ $last }"
unit-title = mã { $code } chưa từng là mã của "{ $title }"; hãy viết "{ $right }"{ $other ->
    [none] {""}
   *[other] {" "}hoặc "{ $other }"
}
unit-both = "{ $unit }" vừa được khai riêng vừa bị loại khỏi danh sách điểm; hãy bỏ một trong hai
name-taken = "{ $name }" cũng là tên điểm của { $title }; hãy chọn tên khác

## Điểm

no-data-centre = chưa có điểm nào là trung tâm dữ liệu; hãy xếp một điểm vào loại có "access: data-centre"
second-data-centre = "{ $first }" đã là trung tâm dữ liệu; hãy xếp "{ $name }" vào loại điểm khác
unit-data-centre = loại điểm "{ $kind }" dành cho trung tâm dữ liệu, mà tỉnh chỉ có một; hãy chọn loại khác
no-uplink = "{ $site }" chưa có đường truyền về trung tâm dữ liệu; hãy thêm "uplink: { "{" }capacity: 200 Mbps{ "}" }" ở đây hoặc trong loại điểm "{ $kind }"
two-routes = điểm có access { $access } phải có hai tuyến vật lý khác nhau ({ $clause }); hãy viết "routes: 2"
no-zone = { $count } { $thing ->
    [cameras] camera
    [rooms] phòng họp
   *[other] máy điện thoại
} chưa có vùng mạng để đặt; hãy thêm vùng loại { $kind } vào loại điểm
zone-full = { $count } { $thing ->
    [cameras] camera
    [rooms] phòng họp
   *[other] máy điện thoại
} không đủ chỗ trong các vùng loại { $kind }, vốn chỉ chứa được { $room }; hãy tăng "hosts" của vùng
vlan-twice = VLAN { $vlan } đã dùng cho vùng "{ $first }"; hãy cho vùng "{ $zone }" một VLAN khác
listed-twice = "{ $name }" được liệt kê hai lần; hãy bỏ bớt một
lab-without-centre = phòng lab phải có trung tâm dữ liệu vì mọi đường truyền đều về đó; hãy thêm "{ $name }"

## Máy

no-router = loại điểm "{ $kind }" chưa có bộ định tuyến; hãy gán cho một máy "roles: [router]"
second-router = "{ $first }" đã là bộ định tuyến; hãy bỏ vai trò này ở "{ $name }"
rack-height = thiết bị trong tủ { $rack } cao { $needed }U mà tủ chỉ có { $units }U; hãy chuyển bớt máy chủ sang tủ khác
rack-power = thiết bị trong tủ { $rack } cần { $needed } mà tủ chỉ có { $power }; hãy chuyển bớt máy chủ hoặc tăng công suất tủ
address-twice = { $address } đã là địa chỉ của "{ $first }"; mỗi máy phải có địa chỉ riêng
control-plane-even = { $count } máy điều khiển không chịu lỗi tốt hơn { $fewer } máy; hãy dùng 1, 3 hoặc 5 máy
worker-in-control = "{ $name }" đã là máy điều khiển; hãy bỏ khỏi danh sách máy chạy tải
node-twice = "{ $name }" đã nằm trong { $first }; mỗi máy chỉ thuộc một nhóm của cụm
pool-above-cluster = cụm chỉ dành cho cấp độ { $highest } trở xuống nên không có máy cho cấp độ { $level }; hãy nâng cấp độ của cụm hoặc hạ cấp độ của nhóm máy
pool-level-twice = nhóm máy "{ $first }" đã dành cho cấp độ { $level }; hãy gộp các máy vào một nhóm
not-kubernetes = "{ $name }" chưa có vai trò kubernetes; hãy thêm vào "roles" của máy

## Địa chỉ

overlap = { $one } chồng lên { $other } ở dòng { $line }; mỗi mục đích phải có dải địa chỉ riêng
range-small = { $value } quá nhỏ; hãy xin cấp dải { $largest } hoặc lớn hơn

## Dịch vụ

level-too-high = cấp độ { $level } không được chạy trên cụm "{ $name }" cấp độ { $lower }; hãy nâng cấp độ của cụm hoặc chọn cụm khác
platform-name-taken = không thể đặt tên nền tảng là "{ $name }" vì không gian tên đó thuộc về cụm; hãy chọn tên khác
published-unseen = dịch vụ công bố ra ngoài đi qua HTTPS, mà chart "{ $chart }" không dùng giao thức này; hãy bỏ "published" và khai một luồng trong "flows:"
published-without-host = "{ $name }" được công bố mà chưa có tên miền; hãy thêm "hosts:"
published-without-dmz = dịch vụ công bố ra ngoài phải chạy trong vùng DMZ, mà cụm "{ $cluster }" chưa có máy chạy tải nào ở đó; hãy chuyển một máy sang vùng loại dmz
host-form = "{ $host }" không phải tên máy chủ; hãy viết dạng portal.{ $domain }
host-elsewhere = { $host } không thuộc tên miền của tỉnh; hãy viết tên dưới { $domain }
host-twice = { $host } đã là tên của "{ $first }"; mỗi nền tảng phải có tên riêng
registry-form = "{ $value }" không phải tên kho ảnh như ghi trong tên ảnh; hãy viết tên máy chủ không có https://, ví dụ registry.hue.gov.vn
