// Command kube is every program of the cluster in one file: it becomes the one whose name it is
// called by.  One link step and one image layer serve them all, and shared libraries lie in
// memory and on disk once.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	_ "time/tzdata" // schedules of CronJobs name time zones

	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/forward"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/loadbalance"
	_ "github.com/coredns/coredns/plugin/log"
	_ "github.com/coredns/coredns/plugin/loop"
	_ "github.com/coredns/coredns/plugin/metrics"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/reload"
	"github.com/spf13/cobra"
	"go.etcd.io/etcd/etcdctl/v3/ctlv3"
	"go.etcd.io/etcd/etcdutl/v3/etcdutl"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/apiserver/pkg/server"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app"
	kubeadmutil "k8s.io/kubernetes/cmd/kubeadm/app/util/errors"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
	metrics "sigs.k8s.io/metrics-server/cmd/metrics-server/app"

	"hue-infra/kube/netpol"
	"hue-infra/kube/podnet"
	"hue-infra/kube/volumes"
)

var programs = map[string]func(){
	"coredns":                 runCoreDNS,
	"etcd":                    func() { etcdmain.Main(os.Args) },
	"etcdctl":                 ctlv3.MustStart,
	"etcdutl":                 func() { os.Exit(cli.Run(etcdUtility())) },
	"kube-apiserver":          func() { os.Exit(cli.Run(apiserver.NewAPIServerCommand())) },
	"kube-controller-manager": func() { os.Exit(cli.Run(controllers.NewControllerManagerCommand())) },
	"kube-proxy":              func() { os.Exit(cli.Run(proxy.NewProxyCommand())) },
	"kube-scheduler":          func() { os.Exit(cli.Run(scheduler.NewSchedulerCommand())) },
	"kubeadm":                 func() { kubeadmutil.HandleError(kubeadm.Run()) },
	"kubectl":                 runKubectl,
	"kubernetes-volumes":      func() { run("kubernetes-volumes", volumes.Main) },
	"metrics-server":          func() { os.Exit(cli.Run(metrics.NewMetricsServerCommand(server.SetupSignalHandler()))) },
	"network-policy":          func() { run("network-policy", netpol.Main) },
	"pod-network":             func() { run("pod-network", podnet.Main) },
	"kubelet":                 func() { os.Exit(cli.Run(kubelet.NewKubeletCommand(context.Background()))) },
}

func main() {
	name := filepath.Base(os.Args[0])
	program, known := programs[name]
	if !known {
		names := make([]string, 0, len(programs))
		for one := range programs {
			names = append(names, one)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "kube: call me as one of: %s\n", strings.Join(names, " "))
		os.Exit(2)
	}
	if name != "coredns" {
		forgetCoreDNSFlags()
	}
	// etcdctl turns on abbreviated subcommands for every program that it is linked with.
	cobra.EnablePrefixMatching = name == "etcdctl"
	program()
}

// CoreDNS registers its flags for all the process when it is linked in, --version among them,
// where they would hide those of the program that runs.
func forgetCoreDNSFlags() {
	all := flag.CommandLine
	flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	all.VisitAll(func(one *flag.Flag) {
		switch one.Name {
		case "conf", "plugins", "pidfile", "version", "quiet", "dns.port", "p":
		default:
			flag.CommandLine.Var(one.Value, one.Name, one.Usage)
		}
	})
}

// CoreDNS runs its plugins in this order, whatever the order in the Corefile.
func runCoreDNS() {
	dnsserver.Directives = []string{
		"reload", "health", "ready", "prometheus", "errors", "log", "cache", "loadbalance",
		"kubernetes", "loop", "forward",
	}
	coremain.Run()
}

// The part of etcdutl that a cluster's snapshots need; its own root command is in no package.
func etcdUtility() *cobra.Command {
	root := &cobra.Command{Use: "etcdutl", Short: "Work on etcd's files, with no etcd running"}
	root.PersistentFlags().StringVarP(
		&etcdutl.OutputFormat, "write-out", "w", "simple", "fields, json, protobuf, simple or table")
	root.AddCommand(etcdutl.NewSnapshotCommand(), etcdutl.NewVersionCommand())
	return root
}

// run is for programs of our own: they tell why they end.
func run(name string, program func([]string) error) {
	if err := program(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// kubectl reads its verbosity before it parses flags: plugins and .kuberc are loaded in between.
func runKubectl() {
	logs.GlogSetter(kubectl.GetLogVerbosity(os.Args))
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err)
	}
}
