// Package keeping is what the node's own services have in common: each watches the API server and
// keeps something on the node equal to what follows from it.
package keeping

import (
	"context"
	"errors"
	"log"
	"net/netip"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	gather = 50 * time.Millisecond // changes that come together are kept up with together
	pause  = time.Second           // before what failed is tried again
)

// Context ends when the service is told to.
func Context() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
}

// Client speaks to the cluster that the file *kubeconfig* leads to.
func Client(kubeconfig string) (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(config)
}

// Factory makes informers of the cluster that the file *kubeconfig* leads to.
func Factory(kubeconfig string) (informers.SharedInformerFactory, error) {
	client, err := Client(kubeconfig)
	if err != nil {
		return nil, err
	}
	return informers.NewSharedInformerFactory(client, 0), nil
}

// Run calls *keep* at each change of what is watched, and again at every turn of the clock, until
// the context ends.  What fails is told and tried again.
func Run(
	context context.Context,
	name string,
	factory informers.SharedInformerFactory,
	watched []cache.SharedIndexInformer,
	every time.Duration,
	keep func(again bool) error,
) error {
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
	for _, one := range watched {
		if _, err := one.AddEventHandler(handler); err != nil {
			return err
		}
	}
	factory.Start(context.Done())
	factory.WaitForCacheSync(context.Done())
	clock := time.NewTicker(every)
	defer clock.Stop()
	for {
		again := false
		select {
		case <-context.Done():
			return nil
		case <-changed:
			time.Sleep(gather)
		case <-clock.C:
			again = true
		}
		if err := keep(again); err != nil {
			log.Printf("%s: %v", name, err)
			time.AfterFunc(pause, tell)
		}
	}
}

// Apply has nft carry out *text* as one transaction.
func Apply(context context.Context, text string) error {
	nft := exec.CommandContext(context, "nft", "-f", "-")
	nft.Stdin = strings.NewReader(text)
	if said, err := nft.CombinedOutput(); err != nil {
		return errors.Join(err, errors.New(string(said)))
	}
	return nil
}

// Stands tells whether the chain is there, in a table of both families.
func Stands(context context.Context, table, chain string) bool {
	return exec.CommandContext(context, "nft", "list", "chain", "inet", table, chain).Run() == nil
}

// Prefixes are the address ranges that a list separates by commas.
func Prefixes(list string) ([]netip.Prefix, error) {
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
