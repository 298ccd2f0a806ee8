### Tables and drawings made from the blueprint.

## Sizes

totals = The province in figures
links = Links at the busy hour, in Mbps, alike ones together
storage = Recordings
materials = Materials
sources = Formulas and where they come from
and-others = { $names } and { $count } more

column-what = What
column-value = Value
column-site = Site
column-links = Links
column-capacity = Capacity
column-conference = Meetings
column-cameras = Cameras
column-users = Users
column-voice = Voice
column-total = Total
column-share = Used
column-class = Camera class
column-count = Count
column-days = Days kept
column-raw = Raw
column-installed = To install
column-item = Item
column-detail = Detail
column-formula = Formula
column-source = Source

total-sites = Sites
total-links = TSLCD links
total-machines = Machines
total-segments = Network zones (VLANs)
total-users = People at work at once
total-voice-lines = Telephone lines
total-cameras = Cameras
total-camera-rate = All cameras at the recorders
total-rooms = Meeting rooms
total-conference-rate = All rooms in one meeting, each direction
total-bridge-ports = Conference bridge ports (720p)
total-raw = Recordings, raw
total-installed = Recordings, to install (RAID 8+2, 20 % free)
total-busiest = Busiest link

formula-camera = camera = 2 Mbps × megapixels × fps/15 × (H.264 1, H.265 0.5)
source-camera = public camera calculators, medium activity; a class overrides it by bitrate
formula-recording = storage = Mbps × 10.8 GB/day × days; installed × 1.25 (RAID 8+2) × 1.2
source-recording = 86,400 s ÷ 8 bits; headroom is a planner's default
formula-room = room = rate × 1.2 + 1.5 Mbps of shared screen
source-room = Cisco QoS for video (20 % headers); 1080p 4 Mbps, 720p 2 Mbps
formula-user = user = 1 Mbps at the busy hour
source-user = practice: 0.5–1 Mbps a concurrent user
formula-voice = telephone line = 0.1 Mbps
source-voice = G.711 with headers, 87 kbps, rounded up
formula-limit = load ≤ 90 % of a link; design for ≤ 60 %
source-limit = TT 06/2026/TT-BKHCN Đ5.6; design share is a planner's default
formula-bridge = ports = (2 × 1080p + 720p) × 1.1; cascade above 100 endpoints
source-bridge = practice of bridge makers
formula-terminal = level I: 8 LAN + 4 WAN ports; level II: 4 LAN + 1 WAN
source-terminal = TT 06/2026/TT-BKHCN, Appendix I

## Diagram

diagram-title = { $province }: digital infrastructure
diagram-facts = { $sites } sites · { $links } TSLCD links · { $machines } machines · { $cameras } cameras · { $rooms } meeting rooms · { $regime }, { $date }
diagram-about = The data centre with its zones on top, the province's own sites below it, then every unit with its link and what the link carries at the busy hour.
regime-four-level = four levels of government
regime-three-level = three levels of government
network = Specialised data network of Party and State bodies (TSLCD)
gateway = routing and firewall: a port in every zone, default deny
published = published
cameras = { $count ->
    [one] 1 camera
   *[other] { $count } cameras
}
units-commune = { $count } wards and communes
load-of = { $load } of { $capacity }
routes = { $count ->
    [one] one route
   *[other] { $count } routes
}
in-lab = in the lab
legend-load = Load at the busy hour
legend-zones = Zones
legend-line = Line: share of the capacity used
legend-below = below 60 %
legend-above = 60–90 %
zone-border = border
zone-dmz = DMZ
zone-server = servers
zone-database = databases
zone-management = admin
zone-internal = staff
zone-wireless = wireless
zone-conference = meetings
zone-camera = cameras
zone-voice = voice
