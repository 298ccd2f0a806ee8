### What follows from the province file: addresses, names, flows, sizes.

## Errors

lock-unreadable = { $path } is not a lock of this program: { $reason }
lock-unreadable-hint = Take the file back from version control; without it every address would be given anew.
lock-outside = The lock keeps { $prefix } for { $name }, which lies outside the ranges allocated to the province
lock-outside-hint = Put the range back into allocations, or remove the entry from province.lock to give it new addresses.
lock-twice = The lock gives { $prefix } to both { $other } and { $name }; two branches may have been merged
lock-twice-hint = Remove { $name } from province.lock: it gets new addresses, everything else keeps its own.
sites-exhausted = No IPv{ $version } prefix is left for site { $site }: there are { $sites } sites
sites-exhausted-hint = { $version ->
    [4] Each site takes one /22: add a range to allocations.ipv4.
   *[6] Each site takes one /56: ask for a larger range in allocations.ipv6.
}
zone-exhausted = No room for zone { $zone } of site { $site } with its { $hosts } machines, cameras and rooms
zone-exhausted-hint = All zones of a site share one /22 (1,022 addresses): lower hosts in some zone, or move things to another site.
zone-cannot-grow = Zone { $zone } of site { $site } must grow for { $hosts } machines, cameras and rooms, but its neighbour's addresses are taken
zone-cannot-grow-hint = Lower hosts again, or remove zone { $zone } of site { $site } from province.lock: its machines then get new addresses.
transit-exhausted = No addresses are left for link { $name }
transit-exhausted-hint = Each link takes two addresses: enlarge allocations.transit.
published-exhausted = No address is left to publish { $name } at
published-exhausted-hint = Enlarge allocations.published.
name-twice = Two things would be named { $name }; the other is { $other }
name-twice-hint = Rename one: a name is the site's and its own joined by a hyphen.
no-zone-of-machine = Machine { $machine } of site { $site } stands in zone { $zone }, which the site does not have
zones-there = The site's zones are { $zones }.
no-zone-of-kind = Site { $site } has { $part } but no zone of kind { $kind }
no-zone-of-kind-hint = Add a zone of kind { $kind } to site class { $class_ }.
no-router = Site { $site } needs a machine with role router for the link of { $link }
no-router-hint = Add a machine with roles: [router] to the site or its class.
link-overloaded = Link { $link } would carry { $load } of { $capacity } at the busy hour, { $percent } %; a TSLCD link carries at most 90 % (TT 06/2026 Đ5.6)
link-overloaded-hint = Order at least { $need } (60 % used, so that growth fits), or lower what the site sends.
no-node = Cluster { $cluster } names machine { $machine }, which site { $site } does not have
control-in-zones = The machines in control of cluster { $cluster } stand in several zones: { $zones }
control-in-zones-hint = They share one address, which goes from one to the other: put them into one zone. Workers may stand elsewhere.
host-outside = { $host } is not a name under { $domain }
host-outside-hint = The province's name servers answer for { $domain } only: write a name that ends in .{ $domain }.

## Why a conversation is allowed

flow-resolve = names are resolved by the province's own servers
flow-time = clocks are kept by the province's own servers
flow-log = log lines go to the log server over TLS
flow-enrol = machines get and renew their certificates from the province CA
flow-shell = administrators reach machines from the management zone only
flow-cluster = the cluster's interface is reached by administrators from the management zone and by the cluster's own nodes
flow-figures = what watches the province asks each machine for its figures
flow-kubelet = the control plane looks after the cluster's nodes
flow-pods = pods of the cluster's nodes reach each other through a tunnel
flow-etcd = the machines in control keep the cluster's data together
flow-address = the machines in control agree which of them bears the cluster's address
flow-diagnose = administrators see from the management zone whether a machine answers
flow-published = staff and the public open the published service
flow-routing = routers ask whether the line to their neighbour is alive
flow-meeting = meeting rooms reach the conference bridge
flow-recording = cameras send their pictures to the recorder
flow-database = servers of the site reach its databases
flow-declared = the province file allows it

## Bill of materials

item-rack = Rack
item-server = Server
item-terminal-level-1 = TSLCD terminal, access level I
item-terminal-level-2 = TSLCD terminal, access level II
item-terminal-data-centre = TSLCD terminal, data centre
item-switch = Access switch
item-phone = IP telephone
item-camera = Camera
item-codec = Meeting-room codec
item-bridge-port = Port of the conference bridge
item-disk = Disk for recordings
