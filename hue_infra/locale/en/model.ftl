### What is wrong with a province file, and what to write instead.

## The YAML itself

syntax-tab = a tab is not allowed here; indent with spaces
syntax-colon = a ":" is not expected here; put text that holds ": " in quotes, and one key on a line
syntax-no-colon = the ":" after the key is missing; write "key: value"
syntax-indent = this line is not in line with those around it; indent all keys of one part by the same number of spaces
syntax-bracket = a "," or the closing bracket is missing before this; the bracket was opened in line { $line }
syntax-quote = the closing quote of a text is missing
syntax-alias = no "&" anchor of that name stands above; define it before it is used
syntax-documents = a second document begins here; keep one province in one file
syntax = the YAML cannot be read: { $words }
syntax-recursion = the anchor holds itself; write the part out
duplicate-key = "{ $key }" is given twice; it already stands in line { $line }, remove one of them
key-not-text = a key must be a word; write "key: value"
merge-not-mapping = "<<" takes an anchored mapping, such as <<: *office
tag = the tag { $tag } is not known; remove it
empty = the file is empty; begin with "province:", or make one with hue-infra new
not-utf8 = { $path }: the file is not UTF-8 text (byte { $byte }); save it as UTF-8
unreadable = { $path }: the file cannot be read: { $words }
unreadable-hint = name an existing province file, or make one with hue-infra new
count = { $count ->
    [one] one error
   *[other] { $count } errors
}

## Keys and values

unknown-key = "{ $key }" is not a key here; { $near ->
    [none] known keys: { $known }
   *[other] did you mean "{ $near }"?
}
missing-key = "{ $key }" is missing; add "{ $key }: { $example }"
pair = two ranges are needed, IPv4 then IPv6; write [10.0.0.0/16, "fd00::/56"]
nothing = nothing stands after the colon; write a value ({ $example }) or remove the key
choice = "{ $value }" is not among the choices; { $near ->
    [none] write one of: { $known }
   *[other] did you mean "{ $near }"? The choices: { $known }
}
quantity = "{ $value }" is not a quantity; write a number with one of the units { $units }, such as { $example }
network-4 = "{ $value }" is not an IPv4 range; write one such as 10.46.0.0/16
network-6 = "{ $value }" is not an IPv6 range; write one such as 2001:db8::/44
network-host-bits = { $value } is an address inside a range; write the range itself: { $right }
text = text is needed, not { $value }; put it in quotes: "{ $value }"
whole = a whole number is needed, not "{ $value }"; write digits only
number = a number is needed, not "{ $value }"
truth = true or false is needed, not "{ $value }"
mapping = "key: value" lines are needed here, not "{ $value }"; write { $example }
list = a list is needed here, not "{ $value }"; write [{ $value }]
at-least-one = the list is empty; write at least one
date = "{ $value }" is not a date; write year-month-day, such as 2022-01-05
above = { $value } is too small; write more than { $gt }
least = { $value } is too small; write at least { $ge }
most = { $value } is too large; write at most { $le }
form-code = "{ $value }" is not a province code; write its two digits in quotes, such as "46"
form-domain = "{ $value }" is not a province's domain; write one under gov.vn, such as hue.gov.vn
form-organ = "{ $value }" is not an organisation code; write a letter A to Y and two digits, such as H57
form-country = "{ $value }" is not a country code; write two capital letters, such as VN
form-name = "{ $value }" is not a name; write at most 31 lower-case letters without accents, digits and hyphens, beginning with a letter
form = "{ $value }" does not have the form that is needed here
other = "{ $value }" does not fit: { $words }

## Names that must stand elsewhere in the file

unknown-name = there is no { $thing ->
    [site-class] site class
    [camera-class] camera class
    [room-class] room class
    [site] site
    [zone] zone
    [machine] machine
    [rack] rack
    [cluster] cluster
    [flow-source] zone (<site>/<zone> or <class>:<zone>)
   *[other] { $thing }
} "{ $name }"; { $near ->
    [none] known: { $known }
   *[other] did you mean "{ $near }"?
}

## Administrative units

province-unknown = no province has or had the code { $code }; Huế is "46"
province-not-then = { $title } is known { $until ->
    [now] since { $from }
   *[other] from { $from } to { $until }
}, not on { $date }; write "date:" under "province:" with a day of that time
tier = "{ $tier }" is not a tier that sites are made for; write { $near ->
    [none] district or commune
   *[other] { $near }
}
unit-unknown = the province has no unit "{ $unit }" in this tier at any date; { $near ->
    [none] write a code with its name, such as 19753 Phường Phú Xuân
   *[other] did you mean "{ $near }"?
}
unit-ambiguous = { $code } has been the code of more than one unit; write "{ $first }" or "{ $last }"
unit-title = { $code } was never the code of "{ $title }"; write "{ $right }"{ $other ->
    [none] {""}
   *[other] {" "}or "{ $other }"
}
unit-both = "{ $unit }" is both overridden and without a site; remove one of the two
name-taken = "{ $name }" is also the name of the site of { $title }; choose another

## Sites

no-data-centre = no site is the data centre; give one site a class with "access: data-centre"
second-data-centre = "{ $first }" is the data centre already; give "{ $name }" a class of another access
unit-data-centre = the class "{ $kind }" has the access of a data centre, of which there is one; name another class
no-uplink = "{ $site }" has no line to the data centre; add "uplink: { "{" }capacity: 200 Mbps{ "}" }" here or in the class "{ $kind }"
two-routes = access { $access } needs two physical routes ({ $clause }); write "routes: 2"
no-zone = { $count } { $thing ->
    [cameras] cameras
    [rooms] meeting rooms
   *[other] telephones
} have no zone to stand in; add a zone of kind { $kind } to the class
zone-full = { $count } { $thing ->
    [cameras] cameras
    [rooms] meeting rooms
   *[other] telephones
} do not fit in the zones of kind { $kind }, which hold { $room }; raise "hosts" there
vlan-twice = VLAN { $vlan } carries the zone "{ $first }" already; give "{ $zone }" another
listed-twice = "{ $name }" is listed twice; remove one
lab-without-centre = the lab needs the data centre, which all lines lead to; add "{ $name }"

## Machines

no-router = the class "{ $kind }" has no gateway; give one machine "roles: [router]"
second-router = "{ $first }" is the router already; remove the role from "{ $name }"
rack-height = { $needed }U stand in rack { $rack }, which has { $units }U; move a server to another rack
rack-power = { $needed } are drawn in rack { $rack }, which has { $power }; move a server or give the rack more power
address-twice = { $address } is the address of "{ $first }" already; give each machine its own
control-plane-even = { $count } machines in control survive no more failures than { $fewer }; write 1, 3 or 5
worker-in-control = "{ $name }" is in the control plane already; remove it from the workers
node-twice = "{ $name }" stands in { $first } already; a machine belongs to one group of its cluster
pool-above-cluster = the cluster is for level { $highest } at most, so it has no machines for level { $level }; raise the cluster's level or lower the pool's
pool-level-twice = the pool "{ $first }" is for level { $level } already; put the machines into one pool
not-kubernetes = "{ $name }" does not have the role kubernetes; add it to its "roles"

## Addresses

overlap = { $one } overlaps { $other } of line { $line }; give each use a range of its own
range-small = { $value } is too small; ask for a range of { $largest } or larger

## Services

level-too-high = level { $level } cannot run on the cluster "{ $name }", which is of level { $lower }; raise that level or choose another cluster
platform-name-taken = a platform cannot be called "{ $name }", as its namespace would be: that one belongs to the cluster; choose another name
published-unseen = what is published is led to by HTTPS, and the chart "{ $chart }" does not speak it; take "published" away and let a flow of "flows:" lead to it
published-without-host = "{ $name }" is published under no name; add "hosts:"
published-without-dmz = what is published must run in a DMZ, and no machine of the cluster "{ $cluster }" that takes workloads stands in one; move one to a zone of kind dmz
host-form = "{ $host }" is not a host name; write one such as portal.{ $domain }
host-elsewhere = { $host } does not lie in the province's domain; write a name under { $domain }
host-twice = { $host } is a name of "{ $first }" already; give each platform its own
registry-form = "{ $value }" is not a registry as images name it; write a host without https://, such as registry.hue.gov.vn
