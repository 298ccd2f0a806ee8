### Bảng biểu và sơ đồ lập từ bản thiết kế.

## Dung lượng

totals = Toàn tỉnh qua các con số
links = Đường truyền vào giờ cao điểm, tính bằng Mbps, gộp các đường giống nhau
storage = Lưu trữ hình ảnh camera
materials = Dự toán vật tư, thiết bị
sources = Công thức và nguồn
and-others = { $names } và { $count } nơi khác

column-what = Nội dung
column-value = Giá trị
column-site = Điểm
column-links = Số kênh
column-capacity = Băng thông
column-conference = Họp
column-cameras = Camera
column-users = Cán bộ
column-voice = Thoại
column-total = Tổng
column-share = Mức tải
column-class = Loại camera
column-count = Số lượng
column-days = Số ngày lưu
column-raw = Dữ liệu thô
column-installed = Cần lắp đặt
column-item = Hạng mục
column-detail = Thông số
column-formula = Công thức
column-source = Nguồn

total-sites = Điểm
total-links = Kênh TSLCD
total-machines = Máy
total-segments = Vùng mạng (VLAN)
total-users = Cán bộ làm việc đồng thời
total-voice-lines = Đường điện thoại
total-cameras = Camera
total-camera-rate = Tổng luồng camera về máy ghi
total-rooms = Phòng họp trực tuyến
total-conference-rate = Mọi phòng họp cùng một cuộc, mỗi chiều
total-bridge-ports = Cổng MCU (quy đổi 720p)
total-raw = Hình ảnh lưu trữ, dữ liệu thô
total-installed = Hình ảnh lưu trữ, cần lắp đặt (RAID 8+2, dư 20 %)
total-busiest = Đường truyền tải nặng nhất

formula-camera = camera = 2 Mbps × megapixel × fps/15 × (H.264: 1; H.265: 0,5)
source-camera = các công cụ tính camera công khai, mức chuyển động trung bình; lớp camera có thể khai bitrate riêng
formula-recording = lưu trữ = Mbps × 10,8 GB/ngày × số ngày; lắp đặt × 1,25 (RAID 8+2) × 1,2
source-recording = 86.400 giây ÷ 8 bit; phần dư là giá trị mặc định khi thiết kế
formula-room = phòng họp = tốc độ × 1,2 + 1,5 Mbps chia sẻ màn hình
source-room = hướng dẫn QoS cho video của Cisco (phần đầu gói 20 %); 1080p 4 Mbps, 720p 2 Mbps
formula-user = cán bộ = 1 Mbps vào giờ cao điểm
source-user = thực tế: 0,5–1 Mbps cho mỗi người dùng đồng thời
formula-voice = đường điện thoại = 0,1 Mbps
source-voice = G.711 kèm phần đầu gói, 87 kbps, làm tròn lên
formula-limit = tải ≤ 90 % băng thông; thiết kế ≤ 60 %
source-limit = TT 06/2026/TT-BKHCN Đ5.6; mức thiết kế là giá trị mặc định
formula-bridge = số cổng = (2 × 1080p + 720p) × 1,1; quá 100 điểm cầu thì ghép tầng MCU
source-bridge = thông lệ của các hãng MCU
formula-terminal = cấp I: 8 cổng LAN + 4 cổng WAN; cấp II: 4 cổng LAN + 1 cổng WAN
source-terminal = TT 06/2026/TT-BKHCN, Phụ lục I

## Sơ đồ

diagram-title = { $province }: hạ tầng số
diagram-facts = { $sites } điểm · { $links } kênh TSLCD · { $machines } máy · { $cameras } camera · { $rooms } phòng họp · { $regime }, { $date }
diagram-about = Trên cùng là trung tâm dữ liệu với các vùng mạng, kế đến là các điểm của tỉnh, rồi từng đơn vị hành chính với đường truyền và tải vào giờ cao điểm.
regime-four-level = bốn cấp hành chính
regime-three-level = ba cấp hành chính
network = Mạng truyền số liệu chuyên dùng của cơ quan Đảng, Nhà nước (TSLCD)
gateway = định tuyến và tường lửa: có cổng ở mọi vùng, mặc định chặn
published = công bố
cameras = { $count } camera
units-commune = { $count } phường, xã
load-of = { $load } trên { $capacity }
routes = { $count } tuyến
in-lab = dựng trong phòng lab
legend-load = Tải vào giờ cao điểm
legend-zones = Vùng mạng
legend-line = Đường nối: mức tải so với băng thông
legend-below = dưới 60 %
legend-above = 60–90 %
zone-border = biên
zone-dmz = DMZ
zone-server = máy chủ
zone-database = cơ sở dữ liệu
zone-management = quản trị
zone-internal = nội bộ
zone-wireless = không dây
zone-conference = hội nghị
zone-camera = camera
zone-voice = thoại
