// Package podnet joins the pods of a cluster's nodes into one network: it watches the nodes and
// keeps, on its own, the container network's configuration and a tunnel to the pods of the others.
//
// The tunnel is VXLAN over the nodes' own addresses, so that nodes may stand in different zones:
// a firewall between them sees one conversation of two machines.  Everything follows from what the
// API server says of the nodes; no node tells another anything.
package podnet

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/netip"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/tools/cache"

	"hue-infra/kube/keeping"
)

const look = 10 * time.Second // how often all is put right again, whoever touched it

// Main runs until it is told to stop; what it laid stays, so that pods talk on meanwhile.
func Main(arguments []string) error {
	flags := flag.NewFlagSet("pod-network", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "file that says how to reach the API server")
	node := flags.String("node", "", "name of this node in the cluster")
	pods := flags.String("pod-cidrs", "", "address ranges of the cluster's pods, separated by commas")
	file := flags.String("cni", "/etc/cni/net.d/10-pods.conflist", "where the container network's configuration goes")
	_ = flags.Parse(arguments)
	ranges, err := keeping.Prefixes(*pods)
	if err != nil {
		return err
	}
	context, stop := keeping.Context()
	defer stop()
	factory, err := keeping.Factory(*kubeconfig)
	if err != nil {
		return err
	}
	keeper := &keeper{node: *node, ranges: ranges, file: *file}
	nodes := factory.Core().V1().Nodes()
	watched := []cache.SharedIndexInformer{nodes.Informer()}
	return keeping.Run(context, "pod-network", factory, watched, look, func(bool) error {
		found, err := nodes.Lister().List(labels.Everything())
		if err != nil {
			return err
		}
		return keeper.keep(context, members(found))
	})
}

type keeper struct {
	node   string
	ranges []netip.Prefix
	file   string
	told   string
}

// keep makes the node as it follows from all members.
func (k *keeper) keep(context context.Context, all []member) error {
	own, others := parted(all, k.node)
	if own == nil {
		return fmt.Errorf("node %s has no pod range yet", k.node)
	}
	outer, err := outerLink(own.outer)
	if err != nil {
		return err
	}
	err = errors.Join(
		masquerade(context, k.ranges),
		keepTunnel(outer, *own, others),
		keepFile(k.file, configuration(*own, innerMTU(outer.Attrs().MTU, own.outer))),
	)
	if said := fmt.Sprintf("%v and %d more", own.pods, len(others)); err == nil && said != k.told {
		k.told = said
		log.Printf("pod-network: pods of %s", said)
	}
	return err
}

// masquerade lets pods leave the cluster in the node's name; among themselves they keep their own.
func masquerade(context context.Context, ranges []netip.Prefix) error {
	if keeping.Stands(context, Table, "postrouting") {
		return nil
	}
	table := "inet " + Table
	text := fmt.Sprintf("table %s\ndelete table %s\ntable %s {\n%s}\n", table, table, table, rules(ranges))
	return keeping.Apply(context, text)
}
