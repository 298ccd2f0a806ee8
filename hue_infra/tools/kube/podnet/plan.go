package podnet

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"

	"hue-infra/kube/keeping"
)

// Table is the name of the one table of nftables that is ours.
const Table = "kube_pod_network"

// Bytes of the headers that VXLAN adds: Ethernet, VXLAN, UDP and IP.
const (
	overhead4 = 50
	overhead6 = 70
)

// member is a node with pods of its own.
type member struct {
	name  string
	outer netip.Addr     // where the other nodes reach it
	pods  []netip.Prefix // of each family
}

// tunnels are the node's addresses among the pods: what it sends to pods of others comes from them.
func (m member) tunnels() []netip.Addr {
	var found []netip.Addr
	for _, prefix := range m.pods {
		found = append(found, prefix.Masked().Addr())
	}
	return found
}

// hardware is the address of the node's end of the tunnel; it follows from the name alone.
func (m member) hardware() net.HardwareAddr {
	sum := sha256.Sum256([]byte(m.name))
	sum[0] = sum[0]&^1 | 2 // one machine's, and locally given
	return sum[:6]
}

// members are the nodes of which both the address and the pods' ranges are known, by name.
func members(nodes []*core.Node) []member {
	var found []member
	for _, node := range nodes {
		outer, known := address(node)
		pods, err := keeping.Prefixes(strings.Join(node.Spec.PodCIDRs, ","))
		if known && err == nil {
			found = append(found, member{node.Name, outer, pods})
		}
	}
	slices.SortFunc(found, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return found
}

// address is the node's first own address; IPv4 comes first where it has both.
func address(node *core.Node) (netip.Addr, bool) {
	for _, one := range node.Status.Addresses {
		if one.Type == core.NodeInternalIP {
			found, err := netip.ParseAddr(one.Address)
			return found, err == nil
		}
	}
	return netip.Addr{}, false
}

func parted(all []member, name string) (*member, []member) {
	var own *member
	var others []member
	for _, one := range all {
		if one.name == name {
			own = &one
		} else {
			others = append(others, one)
		}
	}
	return own, others
}

// Tunnels are the addresses of the nodes among the pods; policies must know them.
func Tunnels(nodes []*core.Node) []netip.Addr {
	var found []netip.Addr
	for _, one := range members(nodes) {
		found = append(found, one.tunnels()...)
	}
	return found
}

func innerMTU(outer int, address netip.Addr) int {
	if address.Is4() {
		return outer - overhead4
	}
	return outer - overhead6
}

// rules are the chains of our table.
func rules(ranges []netip.Prefix) string {
	var text strings.Builder
	text.WriteString("\tchain postrouting {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n")
	for _, one := range ranges {
		family := "ip6"
		if one.Addr().Is4() {
			family = "ip"
		}
		fmt.Fprintf(&text, "\t\t%s saddr %s %s daddr != %s fib daddr type unicast masquerade\n", family, one, family, one)
	}
	text.WriteString("\t}\n")
	return text.String()
}

// configuration is the container network's: point-to-point links, so that every packet of a pod
// passes the node's routing, where the network policies are enforced.
func configuration(own member, mtu int) []byte {
	var ranges [][]map[string]string
	var routes []map[string]string
	for _, prefix := range own.pods {
		ranges = append(ranges, []map[string]string{{"subnet": prefix.String()}})
		everywhere := "::/0"
		if prefix.Addr().Is4() {
			everywhere = "0.0.0.0/0"
		}
		routes = append(routes, map[string]string{"dst": everywhere})
	}
	ipam := map[string]any{
		"type": "host-local", "dataDir": "/run/cni-ipam", "ranges": ranges, "routes": routes,
	}
	text, err := json.MarshalIndent(map[string]any{
		"cniVersion": "1.0.0",
		"name":       "pods",
		"plugins": []map[string]any{
			{"type": "ptp", "mtu": mtu, "ipam": ipam},
			{"type": "portmap", "capabilities": map[string]bool{"portMappings": true}},
		},
	}, "", "  ")
	if err != nil {
		panic(err) // strings and numbers alone
	}
	return append(text, '\n')
}
