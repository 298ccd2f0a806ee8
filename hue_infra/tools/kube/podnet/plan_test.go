package podnet

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func node(name, address string, ranges ...string) *core.Node {
	return &core.Node{
		ObjectMeta: meta.ObjectMeta{Name: name},
		Spec:       core.NodeSpec{PodCIDRs: ranges},
		Status: core.NodeStatus{Addresses: []core.NodeAddress{
			{Type: core.NodeHostName, Address: name}, {Type: core.NodeInternalIP, Address: address},
		}},
	}
}

func TestANodeWithoutARangeOrAnAddressIsNoMember(t *testing.T) {
	nodes := []*core.Node{
		node("b", "10.1.0.2", "10.60.1.0/24", "fd60:0:0:1::/64"),
		node("late", "10.1.0.3"),
		node("nowhere", "", "10.60.2.0/24"),
		node("a", "10.1.0.1", "10.60.0.0/24", "fd60::/64"),
	}

	own, others := parted(members(nodes), "a")

	if own == nil || own.outer != netip.MustParseAddr("10.1.0.1") {
		t.Errorf("own: %v", own)
	}
	if len(others) != 1 || others[0].name != "b" {
		t.Errorf("others: %v", others)
	}
}

func TestTunnelsAreTheFirstAddressesOfTheRanges(t *testing.T) {
	found := Tunnels([]*core.Node{node("a", "10.1.0.1", "10.60.3.0/24", "fd60:0:0:3::/64")})

	want := []netip.Addr{netip.MustParseAddr("10.60.3.0"), netip.MustParseAddr("fd60:0:0:3::")}
	if len(found) != 2 || found[0] != want[0] || found[1] != want[1] {
		t.Errorf("%v", found)
	}
}

func TestEndsAreToldApartByTheNodesName(t *testing.T) {
	one, other := member{name: "a"}.hardware(), member{name: "b"}.hardware()

	if one.String() == other.String() || one[0]&3 != 2 || other[0]&3 != 2 {
		t.Errorf("%s %s", one, other)
	}
}

func TestOnlyWhatLeavesTheClusterIsMasqueraded(t *testing.T) {
	text := rules([]netip.Prefix{netip.MustParsePrefix("10.60.0.0/16"), netip.MustParsePrefix("fd60::/56")})

	for _, want := range []string{
		"ip saddr 10.60.0.0/16 ip daddr != 10.60.0.0/16 fib daddr type unicast masquerade",
		"ip6 saddr fd60::/56 ip6 daddr != fd60::/56 fib daddr type unicast masquerade",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %s", text, want)
		}
	}
}

func TestTheConfigurationNamesTheNodesOwnRanges(t *testing.T) {
	own := members([]*core.Node{node("a", "10.1.0.1", "10.60.3.0/24", "fd60:0:0:3::/64")})[0]

	text := configuration(own, innerMTU(1500, own.outer))

	var told struct {
		Plugins []struct {
			Type string
			MTU  int
			IPAM struct{ Ranges [][]map[string]string }
		}
	}
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	first := told.Plugins[0]
	if first.Type != "ptp" || first.MTU != 1450 || first.IPAM.Ranges[1][0]["subnet"] != "fd60:0:0:3::/64" {
		t.Errorf("%s", text)
	}
}
