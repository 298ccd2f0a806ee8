### Kubernetes objects: what they wait for, and refusals retold.

refused = The API server refused ({ $code } { $reason }): { $message }
unreachable = The API server { $server } does not answer: { $why }; run “hue-infra up” again to bring the cluster back
bad-kubeconfig = The kubeconfig names no cluster, user or context that it holds: { $what }
no-kubeconfig = No kubeconfig is known for this cluster; run “hue-infra up” to build it first.
no-kind = the cluster knows no { $kind } of { $version }
missing = { $key } is missing
list = a list of objects is no object: write one resource for each
unobserved = waiting for the controller to see the new version
replicas = { $ready } of { $wanted } replicas are ready
pod-starting = pod { $pod } is starting
job-running = the job is running
job-failed = the job failed: { $why }
claim = the volume claim is { $phase }
namespace = the namespace is { $phase }
definition = waiting for the API server to serve the new kind
balancer = waiting for a load balancer to give an address
gateway = waiting for the gateway to open: { $why }
route = waiting for the gateway to take the route: { $why }
container = pod { $pod }, container { $container }: { $reason } { $why }
event = pod { $pod }: { $reason } { $why }
deleting = being deleted; finalizers: { $finalizers }
not-deleted = { $name } was not deleted in time; finalizers that hold it: { $finalizers }
left-unreachable = { $name } is forgotten: its cluster does not answer and is going away
