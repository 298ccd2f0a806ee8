package netpol

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Table is the name of the one table that is ours.
const Table = "kube_network_policy"

// State is what the rules follow from.
type State struct {
	Ranges     []netip.Prefix // of the cluster's pods, IPv4 and IPv6
	Namespaces []*core.Namespace
	Pods       []*core.Pod
	Policies   []*networking.NetworkPolicy
	Tunnels    []netip.Addr // of the nodes among the pods
}

// endpoint is a pod with addresses of its own.
type endpoint struct {
	pod       *core.Pod
	addresses []netip.Addr
}

// frame is the part of the table that is always the same.  Answers pass; so does what IPv6 needs
// to find its neighbours.  An address of the pods' range that neither a known pod nor a node's
// tunnel holds is a pod that is just starting: it waits until its rules stand.  What the node itself sends (the kubelet's
// probes) leaves by the output hook and is not held up.
const frame = `	chain answers {
		ct state established,related accept
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept
	}
	chain egress {
		jump answers
		ip saddr @range4 ip saddr != @pods4 counter drop
		ip6 saddr @range6 ip6 saddr != @pods6 counter drop
		ip saddr vmap @egress4
		ip6 saddr vmap @egress6
	}
	chain ingress {
		jump answers
		ip daddr @range4 ip daddr != @pods4 counter drop
		ip6 daddr @range6 ip6 daddr != @pods6 counter drop
		ip daddr vmap @ingress4
		ip6 daddr vmap @ingress6
	}
	chain egress_to_node {
		type filter hook input priority -20; policy accept;
		jump egress
	}
	chain egress_forward {
		type filter hook forward priority -20; policy accept;
		jump egress
	}
	chain ingress_forward {
		type filter hook forward priority -10; policy accept;
		jump ingress
	}
`

// Render writes the whole table as one transaction of nft: it replaces the one before at once.
func Render(state State) string {
	ends := endpoints(state.Pods)
	var chains strings.Builder
	verdicts := map[string][]string{}
	for _, end := range ends {
		for _, way := range []direction{ingress, egress} {
			if !way.isolates(state, end) {
				continue
			}
			chain := way.name + "_" + digest(end.pod)
			writeChain(&chains, chain, way, state, ends, end)
			for _, address := range end.addresses {
				name := way.name + family(address)
				verdicts[name] = append(verdicts[name], fmt.Sprintf("%s : jump %s", address, chain))
			}
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "table inet %s\ndelete table inet %s\ntable inet %s {\n", Table, Table, Table)
	for _, version := range []string{"4", "6"} {
		kind := map[string]string{"4": "ipv4_addr", "6": "ipv6_addr"}[version]
		writeSet(&text, "set range"+version, kind+"; flags interval", ranges(state.Ranges, version))
		writeSet(&text, "set pods"+version, kind, append(known(ends, version), of(state.Tunnels, version)...))
		for _, way := range []direction{ingress, egress} {
			writeSet(&text, "map "+way.name+version, kind+" : verdict", verdicts[way.name+version])
		}
	}
	return text.String() + chains.String() + frame + "}\n"
}

func writeSet(text *strings.Builder, what, kind string, elements []string) {
	fmt.Fprintf(text, "\t%s {\n\t\ttype %s\n", what, strings.Replace(kind, "; ", "\n\t\t", 1))
	if len(elements) > 0 {
		fmt.Fprintf(text, "\t\telements = { %s }\n", strings.Join(elements, ", "))
	}
	text.WriteString("\t}\n")
}

func writeChain(
	text *strings.Builder, chain string, way direction, state State, ends []endpoint, end endpoint,
) {
	fmt.Fprintf(text, "\tchain %s {\n", chain)
	for _, policy := range state.Policies {
		if !way.applies(policy, end.pod) {
			continue
		}
		for _, rule := range way.rules(policy) {
			for _, match := range way.matches(state, ends, policy, rule, end) {
				fmt.Fprintf(text, "\t\t%saccept\n", match)
			}
		}
	}
	text.WriteString("\t\tcounter drop\n\t}\n")
}

// direction is one of the two ways that a policy speaks of.
type direction struct {
	name string
	kind networking.PolicyType
	side string // which address of a packet is the peer's
}

// rule is a rule of either direction.
type rule struct {
	peers []networking.NetworkPolicyPeer
	ports []networking.NetworkPolicyPort
}

var (
	ingress = direction{"ingress", networking.PolicyTypeIngress, "saddr"}
	egress  = direction{"egress", networking.PolicyTypeEgress, "daddr"}
)

func (d direction) isolates(state State, end endpoint) bool {
	return slices.ContainsFunc(state.Policies, func(policy *networking.NetworkPolicy) bool {
		return d.applies(policy, end.pod)
	})
}

func (d direction) applies(policy *networking.NetworkPolicy, pod *core.Pod) bool {
	return policy.Namespace == pod.Namespace && slices.Contains(policy.Spec.PolicyTypes, d.kind) &&
		selects(&policy.Spec.PodSelector, pod.Labels)
}

func (d direction) rules(policy *networking.NetworkPolicy) []rule {
	var found []rule
	if d.kind == networking.PolicyTypeIngress {
		for _, one := range policy.Spec.Ingress {
			found = append(found, rule{one.From, one.Ports})
		}
		return found
	}
	for _, one := range policy.Spec.Egress {
		found = append(found, rule{one.To, one.Ports})
	}
	return found
}

// matches are the conditions under which one rule lets a packet of the pod pass.
func (d direction) matches(
	state State, ends []endpoint, policy *networking.NetworkPolicy, r rule, end endpoint,
) []string {
	if len(r.peers) == 0 {
		return cross([]string{""}, ports(r.ports, d.holders(ends, end)))
	}
	var found []string
	for _, peer := range r.peers {
		if peer.IPBlock != nil {
			found = append(found, cross(block(d.side, peer.IPBlock), ports(r.ports, d.holders(nil, end)))...)
			continue
		}
		chosen := choose(state, ends, policy, peer)
		if !named(r.ports) || d.kind == networking.PolicyTypeIngress {
			found = append(found, cross(addresses(d.side, chosen), ports(r.ports, []endpoint{end}))...)
			continue
		}
		for _, one := range chosen { // a named port is another number in each peer
			single := []endpoint{one}
			found = append(found, cross(addresses(d.side, single), ports(r.ports, single))...)
		}
	}
	return found
}

// holders are the pods whose containers say what number a named port has.
func (d direction) holders(peers []endpoint, end endpoint) []endpoint {
	if d.kind == networking.PolicyTypeIngress {
		return []endpoint{end}
	}
	return peers
}

func choose(
	state State, ends []endpoint, policy *networking.NetworkPolicy, peer networking.NetworkPolicyPeer,
) []endpoint {
	spaces := map[string]bool{policy.Namespace: peer.NamespaceSelector == nil}
	for _, space := range state.Namespaces {
		if peer.NamespaceSelector != nil {
			spaces[space.Name] = selects(peer.NamespaceSelector, space.Labels)
		}
	}
	var chosen []endpoint
	for _, end := range ends {
		if spaces[end.pod.Namespace] &&
			(peer.PodSelector == nil || selects(peer.PodSelector, end.pod.Labels)) {
			chosen = append(chosen, end)
		}
	}
	return chosen
}

func addresses(side string, ends []endpoint) []string {
	var found []string
	for version, word := range map[string]string{"4": "ip", "6": "ip6"} {
		if list := known(ends, version); len(list) > 0 {
			found = append(found, fmt.Sprintf("%s %s { %s } ", word, side, strings.Join(list, ", ")))
		}
	}
	slices.Sort(found)
	return found
}

func block(side string, ip *networking.IPBlock) []string {
	prefix, err := netip.ParsePrefix(ip.CIDR)
	if err != nil {
		return nil // the API server lets none in
	}
	word := map[string]string{"4": "ip", "6": "ip6"}[family(prefix.Addr())]
	match := fmt.Sprintf("%s %s %s ", word, side, prefix.Masked())
	if len(ip.Except) > 0 {
		match += fmt.Sprintf("%s %s != { %s } ", word, side, strings.Join(ip.Except, ", "))
	}
	return []string{match}
}

func ports(wanted []networking.NetworkPolicyPort, holders []endpoint) []string {
	if len(wanted) == 0 {
		return []string{""}
	}
	var found []string
	for _, port := range wanted {
		protocol := core.ProtocolTCP
		if port.Protocol != nil {
			protocol = *port.Protocol
		}
		word := strings.ToLower(string(protocol))
		switch {
		case port.Port == nil:
			found = append(found, "meta l4proto "+word+" ")
		case port.Port.Type == intstr.String:
			for _, number := range numbers(port.Port.StrVal, protocol, holders) {
				found = append(found, fmt.Sprintf("%s dport %d ", word, number))
			}
		case port.EndPort != nil:
			found = append(found, fmt.Sprintf("%s dport %d-%d ", word, port.Port.IntVal, *port.EndPort))
		default:
			found = append(found, fmt.Sprintf("%s dport %d ", word, port.Port.IntVal))
		}
	}
	return found
}

func named(wanted []networking.NetworkPolicyPort) bool {
	return slices.ContainsFunc(wanted, func(port networking.NetworkPolicyPort) bool {
		return port.Port != nil && port.Port.Type == intstr.String
	})
}

func numbers(name string, protocol core.Protocol, holders []endpoint) []int32 {
	var found []int32
	for _, end := range holders {
		for _, container := range end.pod.Spec.Containers {
			for _, port := range container.Ports {
				if port.Name == name && (port.Protocol == protocol || port.Protocol == "") {
					found = append(found, port.ContainerPort)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// endpoints are the pods that run in a network of their own, in a settled order.
func endpoints(pods []*core.Pod) []endpoint {
	var found []endpoint
	for _, pod := range pods {
		over := pod.Status.Phase == core.PodSucceeded || pod.Status.Phase == core.PodFailed
		if pod.Spec.HostNetwork || over {
			continue
		}
		end := endpoint{pod: pod}
		for _, ip := range pod.Status.PodIPs {
			if address, err := netip.ParseAddr(ip.IP); err == nil {
				end.addresses = append(end.addresses, address)
			}
		}
		if len(end.addresses) > 0 {
			found = append(found, end)
		}
	}
	slices.SortFunc(found, func(a, b endpoint) int { return strings.Compare(full(a.pod), full(b.pod)) })
	return found
}

func known(ends []endpoint, version string) []string {
	var all []netip.Addr
	for _, end := range ends {
		all = append(all, end.addresses...)
	}
	return of(all, version)
}

// of are the addresses of one family, each once.
func of(addresses []netip.Addr, version string) []string {
	var found []string
	for _, address := range addresses {
		if family(address) == version {
			found = append(found, address.String())
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func ranges(prefixes []netip.Prefix, version string) []string {
	var found []string
	for _, prefix := range prefixes {
		if family(prefix.Addr()) == version {
			found = append(found, prefix.Masked().String())
		}
	}
	return found
}

func cross(first, second []string) []string {
	var found []string
	for _, a := range first {
		for _, b := range second {
			found = append(found, a+b)
		}
	}
	return found
}

func selects(selector *meta.LabelSelector, of map[string]string) bool {
	compiled, err := meta.LabelSelectorAsSelector(selector)
	return err == nil && compiled.Matches(labels.Set(of))
}

func family(address netip.Addr) string {
	if address.Is4() {
		return "4"
	}
	return "6"
}

func full(pod *core.Pod) string { return pod.Namespace + "/" + pod.Name }

func digest(pod *core.Pod) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(full(pod))))[:16]
}
