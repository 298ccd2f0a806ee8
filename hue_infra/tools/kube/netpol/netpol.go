// Package netpol enforces NetworkPolicies on a node whose pods are routed: it watches pods,
// namespaces and policies and keeps one nftables table equal to what follows from them.
package netpol

import (
	"context"
	"errors"
	"flag"
	"log"
	"net/netip"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	gather = 50 * time.Millisecond // changes that come together are applied together
	watch  = 5 * time.Second       // how often it is looked whether the table still stands
)

// Main runs until it is told to stop; the table stays, so that nothing opens meanwhile.
func Main(arguments []string) error {
	flags := flag.NewFlagSet("network-policy", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "file that says how to reach the API server")
	pods := flags.String("pod-cidrs", "", "address ranges of the cluster's pods, separated by commas")
	_ = flags.Parse(arguments)
	ranges, err := prefixes(*pods)
	if err != nil {
		return err
	}
	context, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	enforcer := &enforcer{ranges: ranges}
	if !standing(context) { // until the API server has spoken, no pod may talk
		if err := apply(context, Render(State{Ranges: ranges})); err != nil {
			return err
		}
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	return enforcer.run(context, informers.NewSharedInformerFactory(client, 0))
}

type enforcer struct {
	ranges  []netip.Prefix
	applied string
}

func (e *enforcer) run(context context.Context, factory informers.SharedInformerFactory) error {
	changed := make(chan struct{}, 1)
	tell := func() {
		select {
		case changed <- struct{}{}:
		default: // it is told already
		}
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { tell() },
		UpdateFunc: func(any, any) { tell() },
		DeleteFunc: func(any) { tell() },
	}
	pods, spaces := factory.Core().V1().Pods(), factory.Core().V1().Namespaces()
	policies := factory.Networking().V1().NetworkPolicies()
	for _, one := range []cache.SharedIndexInformer{pods.Informer(), spaces.Informer(), policies.Informer()} {
		if _, err := one.AddEventHandler(handler); err != nil {
			return err
		}
	}
	factory.Start(context.Done())
	factory.WaitForCacheSync(context.Done())
	look := time.NewTicker(watch)
	defer look.Stop()
	for {
		select {
		case <-context.Done():
			return nil
		case <-changed:
			time.Sleep(gather)
		case <-look.C:
			if standing(context) {
				continue
			}
			e.applied = "" // somebody flushed it
		}
		podList, podErr := pods.Lister().List(labels.Everything())
		spaceList, spaceErr := spaces.Lister().List(labels.Everything())
		policyList, policyErr := policies.Lister().List(labels.Everything())
		if err := errors.Join(podErr, spaceErr, policyErr); err != nil {
			return err
		}
		if err := e.enforce(context, podList, spaceList, policyList); err != nil {
			log.Printf("network-policy: %v", err)
			time.AfterFunc(time.Second, tell)
		}
	}
}

func (e *enforcer) enforce(
	context context.Context,
	pods []*core.Pod,
	spaces []*core.Namespace,
	policies []*networking.NetworkPolicy,
) error {
	slices.SortFunc(policies, func(a, b *networking.NetworkPolicy) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	text := Render(State{Ranges: e.ranges, Namespaces: spaces, Pods: pods, Policies: policies})
	if text == e.applied {
		return nil
	}
	if err := apply(context, text); err != nil {
		return err
	}
	e.applied = text
	log.Printf("network-policy: %d policies hold for %d pods", len(policies), len(endpoints(pods)))
	return nil
}

func apply(context context.Context, text string) error {
	nft := exec.CommandContext(context, "nft", "-f", "-")
	nft.Stdin = strings.NewReader(text)
	if said, err := nft.CombinedOutput(); err != nil {
		return errors.Join(err, errors.New(string(said)))
	}
	return nil
}

func standing(context context.Context) bool {
	return exec.CommandContext(context, "nft", "list", "chain", "inet", Table, "ingress").Run() == nil
}

func prefixes(list string) ([]netip.Prefix, error) {
	var found []netip.Prefix
	for _, text := range strings.Split(list, ",") {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		found = append(found, prefix)
	}
	return found, nil
}
