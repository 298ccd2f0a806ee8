package netpol

import (
	"net/netip"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// The cast: a web pod and a database in "app", a client in "office" (a namespace labelled
// team: green), each with an address of both families, and one pod on the node's own network.
const cast = `
- {metadata: {name: app, labels: {team: blue}}}
- {metadata: {name: office, labels: {team: green}}}
`

func pod(space, name, number string, labels map[string]string) *core.Pod {
	return &core.Pod{
		ObjectMeta: meta.ObjectMeta{Namespace: space, Name: name, Labels: labels},
		Spec: core.PodSpec{Containers: []core.Container{{
			Ports: []core.ContainerPort{{Name: "main", ContainerPort: 8443, Protocol: core.ProtocolTCP}},
		}}},
		Status: core.PodStatus{
			Phase:  core.PodRunning,
			PodIPs: []core.PodIP{{IP: "10.60.0." + number}, {IP: "fd60::" + number}},
		},
	}
}

func world(t *testing.T, policies string) State {
	t.Helper()
	var spaces []*core.Namespace
	if err := yaml.UnmarshalStrict([]byte(cast), &spaces); err != nil {
		t.Fatal(err)
	}
	var specs []networking.NetworkPolicySpec
	if err := yaml.UnmarshalStrict([]byte(policies), &specs); err != nil {
		t.Fatal(err)
	}
	host := pod("app", "host", "9", nil)
	host.Spec.HostNetwork = true
	done := pod("app", "done", "8", nil)
	done.Status.Phase = core.PodSucceeded
	state := State{
		Ranges:     []netip.Prefix{netip.MustParsePrefix("10.60.0.0/24"), netip.MustParsePrefix("fd60::/64")},
		Namespaces: spaces,
		Pods: []*core.Pod{
			pod("app", "web", "2", map[string]string{"app": "web"}),
			pod("app", "database", "3", map[string]string{"app": "database"}),
			pod("office", "client", "4", map[string]string{"app": "client"}), host, done,
		},
	}
	for _, spec := range specs {
		state.Policies = append(state.Policies, &networking.NetworkPolicy{
			ObjectMeta: meta.ObjectMeta{Namespace: "app", Name: "p"}, Spec: spec,
		})
	}
	return state
}

// rules are the lines of the chain of a pod in one direction; nil when it is not isolated.
func rules(t *testing.T, state State, way, space, name string) []string {
	t.Helper()
	chain := "chain " + way + "_" + digest(pod(space, name, "1", nil)) + " {"
	_, rest, found := strings.Cut(Render(state), chain)
	if !found {
		return nil
	}
	body, _, _ := strings.Cut(rest, "}\n\t")
	body, _, _ = strings.Cut(body, "\n\t}")
	var lines []string
	for _, line := range strings.Split(body, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestRules(t *testing.T) {
	cases := []struct {
		name, policies, way, space, pod string
		want                            []string
	}{
		{"no policy isolates nobody", `[]`, "ingress", "app", "web", nil},
		{
			"default deny", `[{podSelector: {}, policyTypes: [Ingress, Egress]}]`,
			"egress", "app", "database", []string{"counter drop"},
		},
		{
			"a policy holds in its own namespace only", `[{podSelector: {}, policyTypes: [Ingress]}]`,
			"ingress", "office", "client", nil,
		},
		{
			"ingress alone leaves egress open", `[{podSelector: {}, policyTypes: [Ingress]}]`,
			"egress", "app", "web", nil,
		},
		{
			"an empty rule lets all in", `[{podSelector: {}, policyTypes: [Ingress], ingress: [{}]}]`,
			"ingress", "app", "web", []string{"accept", "counter drop"},
		},
		{
			"pods of the same namespace, by number of the port",
			`[{podSelector: {matchLabels: {app: database}}, policyTypes: [Ingress], ingress:
			  [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]}]`,
			"ingress", "app", "database", []string{
				"ip saddr { 10.60.0.2 } tcp dport 5432 accept",
				"ip6 saddr { fd60::2 } tcp dport 5432 accept", "counter drop",
			},
		},
		{
			"another namespace, by the name of the port",
			`[{podSelector: {}, policyTypes: [Ingress], ingress:
			  [{from: [{namespaceSelector: {matchLabels: {team: green}}}], ports: [{port: main}]}]}]`,
			"ingress", "app", "web", []string{
				"ip saddr { 10.60.0.4 } tcp dport 8443 accept",
				"ip6 saddr { fd60::4 } tcp dport 8443 accept", "counter drop",
			},
		},
		{
			"both selectors must hold", `[{podSelector: {}, policyTypes: [Ingress], ingress:
			  [{from: [{namespaceSelector: {matchLabels: {team: green}}, podSelector: {matchLabels: {app: web}}}]}]}]`,
			"ingress", "app", "web", []string{"counter drop"},
		},
		{
			"blocks with exceptions, ranges and protocols",
			`[{podSelector: {}, policyTypes: [Egress], egress:
			  [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.9.0.0/16]}}],
			    ports: [{port: 53, protocol: UDP}, {port: 8000, endPort: 8010}, {protocol: SCTP}]}]}]`,
			"egress", "app", "web", []string{
				"ip daddr 10.0.0.0/8 ip daddr != { 10.9.0.0/16 } udp dport 53 accept",
				"ip daddr 10.0.0.0/8 ip daddr != { 10.9.0.0/16 } tcp dport 8000-8010 accept",
				"ip daddr 10.0.0.0/8 ip daddr != { 10.9.0.0/16 } meta l4proto sctp accept", "counter drop",
			},
		},
		{
			"egress to a named port is each peer's own number",
			`[{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress:
			  [{to: [{podSelector: {matchLabels: {app: database}}}], ports: [{port: main}]}]}]`,
			"egress", "app", "web", []string{
				"ip daddr { 10.60.0.3 } tcp dport 8443 accept",
				"ip6 daddr { fd60::3 } tcp dport 8443 accept", "counter drop",
			},
		},
		{
			"policies add up", `[{podSelector: {}, policyTypes: [Ingress]},
			 {podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 443}]}]}]`,
			"ingress", "app", "web", []string{"tcp dport 443 accept", "counter drop"},
		},
	}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) {
			got := rules(t, world(t, one.policies), one.way, one.space, one.pod)
			if strings.Join(got, "\n") != strings.Join(one.want, "\n") {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(one.want, "\n"))
			}
		})
	}
}

func TestOnlyLivingPodsOfTheirOwnNetworkAreKnown(t *testing.T) {
	text := Render(world(t, `[]`))
	if !strings.Contains(text, "elements = { 10.60.0.2, 10.60.0.3, 10.60.0.4 }") {
		t.Error(text)
	}
}

func TestTheNodesEndsOfTheTunnelMayTalk(t *testing.T) {
	state := world(t, `[]`)
	state.Tunnels = []netip.Addr{netip.MustParseAddr("10.60.0.0"), netip.MustParseAddr("fd60::")}

	text := Render(state)

	for _, want := range []string{"10.60.0.3, 10.60.0.4, 10.60.0.0 }", "fd60::4, fd60:: }"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %s", text, want)
		}
	}
}

func TestTheSameStateGivesTheSameText(t *testing.T) {
	state := world(t, `[{podSelector: {}, policyTypes: [Ingress, Egress]}]`)
	first := Render(state)
	state.Pods[0], state.Pods[2] = state.Pods[2], state.Pods[0]
	if Render(state) != first {
		t.Error("the order of the pods shows")
	}
}
