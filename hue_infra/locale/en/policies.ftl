### Rules: what each is called, why it stands, how to mend a breach.

breach = { $message } { $mend } ({ $where })

net-001-title = Minimum network zones for the level
net-001-why = A system of a security level may only run where the zones that the level asks for are kept apart.
net-001-mend = Add the missing zones to the data centre's site class (its site class under site_classes, zones), or put the system where they exist.
net-001-breach = system “{ $system }” is of level { $level }, but the data centre has no zone of kind { $zones }.

net-004-title = Default deny between zones
net-004-why = What no flow names must be dropped, so that a forgotten service is not an open one.
net-004-mend = Name the sources, targets and ports that are needed and let the rest be dropped.
net-004-breach-flow = flow “{ $flow }” opens every port or every target to every zone.
net-004-breach-none = machine { $machine } is configured without the firewall role.
net-004-breach-open = the firewall of { $machine } lets pass what no flow names.

dat-001-title = State data is stored only in Viet Nam
dat-001-why = Data of state bodies that use data-centre or cloud services may only be stored in Viet Nam.
dat-001-mend = Move it to a place in Viet Nam and write country: VN.
dat-001-breach = “{ $place }” keeps its data in { $country }.

sup-001-title = Images from allowed registries, by digest
sup-001-why = A tag can be moved to other content; a digest cannot. A registry outside the list is not controlled.
sup-001-mend = Name the image as <registry>/<name>@sha256:<digest> from a registry of images.allowed.
sup-001-breach-tag = image { $image } is not named by digest.
sup-001-breach-own = images made by hue-infra itself bear the name { $registry }, which is not among the allowed registries; add it.
sup-001-breach-registry = image { $image } does not come from an allowed registry ({ $allowed }).

k8s-001-title = Pods are restricted
k8s-001-why = A pod with more rights than it needs puts the node and its neighbours at risk.
k8s-001-mend = Set what is missing in the pod's securityContext (Pod Security Standard “restricted”).
k8s-001-breach = container { $container } breaks “{ $setting }”.
