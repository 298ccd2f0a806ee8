// Package netpol enforces NetworkPolicies on a node whose pods are routed: it watches pods,
// namespaces, nodes and policies and keeps one nftables table equal to what follows from them.
package netpol

import (
	"context"
	"errors"
	"flag"
	"log"
	"net/netip"
	"slices"
	"strings"
	"time"

	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"hue-infra/kube/keeping"
	"hue-infra/kube/podnet"
)

const watch = 5 * time.Second // how often it is looked whether the table still stands

// Main runs until it is told to stop; the table stays, so that nothing opens meanwhile.
func Main(arguments []string) error {
	flags := flag.NewFlagSet("network-policy", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "file that says how to reach the API server")
	pods := flags.String("pod-cidrs", "", "address ranges of the cluster's pods, separated by commas")
	_ = flags.Parse(arguments)
	ranges, err := keeping.Prefixes(*pods)
	if err != nil {
		return err
	}
	context, stop := keeping.Context()
	defer stop()
	enforcer := &enforcer{ranges: ranges}
	if !standing(context) { // until the API server has spoken, no pod may talk
		if err := keeping.Apply(context, Render(State{Ranges: ranges})); err != nil {
			return err
		}
	}
	factory, err := keeping.Factory(*kubeconfig)
	if err != nil {
		return err
	}
	return enforcer.run(context, factory)
}

type enforcer struct {
	ranges  []netip.Prefix
	applied string
}

func (e *enforcer) run(context context.Context, factory informers.SharedInformerFactory) error {
	pods, spaces := factory.Core().V1().Pods(), factory.Core().V1().Namespaces()
	nodes, policies := factory.Core().V1().Nodes(), factory.Networking().V1().NetworkPolicies()
	watched := []cache.SharedIndexInformer{
		pods.Informer(), spaces.Informer(), nodes.Informer(), policies.Informer(),
	}
	return keeping.Run(context, "network-policy", factory, watched, watch, func(again bool) error {
		if again {
			if standing(context) {
				return nil
			}
			e.applied = "" // somebody flushed it
		}
		podList, podErr := pods.Lister().List(labels.Everything())
		spaceList, spaceErr := spaces.Lister().List(labels.Everything())
		nodeList, nodeErr := nodes.Lister().List(labels.Everything())
		policyList, policyErr := policies.Lister().List(labels.Everything())
		if err := errors.Join(podErr, spaceErr, nodeErr, policyErr); err != nil {
			return err
		}
		return e.enforce(context, State{
			Ranges: e.ranges, Namespaces: spaceList, Pods: podList, Policies: policyList,
			Tunnels: podnet.Tunnels(nodeList),
		})
	})
}

func (e *enforcer) enforce(context context.Context, state State) error {
	slices.SortFunc(state.Policies, func(a, b *networking.NetworkPolicy) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	text := Render(state)
	if text == e.applied {
		return nil
	}
	if err := keeping.Apply(context, text); err != nil {
		return err
	}
	e.applied = text
	log.Printf("network-policy: %d policies hold for %d pods", len(state.Policies), len(endpoints(state.Pods)))
	return nil
}

func standing(context context.Context) bool {
	return keeping.Stands(context, Table, "ingress")
}
