### Looking after a cluster that stands: its state, its snapshots, its version, the way into it.

## Help

status-short = Show how a cluster stands, and why what hangs does
status-help = Shows whether the API server answers, the nodes, the workloads that do not do their job and why, when certificates end, and the newest snapshot. Exits with code 7 when something is not well.
status-example =
    hue-infra cluster status
    hue-infra cluster status --verbose
kubeconfig-short = Print a way into the cluster for you alone
kubeconfig-help = Prints a kubeconfig with a certificate in your name that ends by itself. Without --admin it may look at workloads, settings and nodes, not at secrets, and change nothing. It holds a private key: keep it to yourself.
kubeconfig-example =
    (umask 077; hue-infra cluster kubeconfig > kubeconfig)
    (umask 077; hue-infra cluster kubeconfig --admin --hours 1 > kubeconfig)
snapshot-short = Take a snapshot of the cluster, or list them
snapshot-help = Takes a snapshot of all that the cluster knows, beside those that are taken by themselves every few hours. They lie on the machine of the control plane.
snapshot-example =
    hue-infra cluster snapshot
    hue-infra cluster snapshot --list
restore-short = Bring the cluster back to a snapshot
restore-help = Brings the cluster back to what it was when the snapshot was taken: what came since is gone, what was removed since comes back. A snapshot of the present is taken first. If the cluster does not come up, it is put back as it was. SNAPSHOT is a name or “latest”.
restore-example =
    hue-infra cluster snapshot --list
    hue-infra cluster restore 20261126T060000Z
upgrade-short = Bring the cluster to the Kubernetes version of this release
upgrade-help = Brings one machine after the other, those in control first, to the version that this release of hue-infra carries: a snapshot is taken, its pods move to other nodes where there are any, its programs are exchanged, and it takes pods again. A machine that does not come up is put back as it was, and the command ends there; a second run goes on. From one minor version only the next can be reached.
upgrade-example =
    hue-infra cluster upgrade
    hue-infra cluster upgrade --yes --json
rotate-key-short = Encrypt the cluster's secrets by a new key
rotate-key-help = Makes a new key, has every machine in control know it before one writes with it, writes every secret anew, and forgets the old key; the API server goes on to answer. It takes some minutes, for each API server looks for changes once a minute. What was cut off is gone on with by the same command. Snapshots from before hold the old key: they stay as they are.
rotate-key-example =
    hue-infra cluster rotate-key

option-cluster = The cluster, where the province has several.
option-admin = May change everything.
option-hours = How long it serves.
option-list = List what there is, and take none.

## What is told

fact-cluster = Cluster
fact-server = API server
fact-workloads = Workloads
fact-certificates = Certificate that ends first
fact-snapshot = Snapshots
table-node = Node
table-version = Version
table-to = Comes to
table-state = State
table-workload = Workload
table-kind = Kind
table-name = Snapshot
table-taken = Taken
table-keys = Keys
table-size = Size
table-why = Why
answers = answers
fine = in order
is-damaged = damaged
page = page
closed = does not open
whole-of = { $whole } of { $every } in order
newest = { $count }, the newest of { $moment }
certificates = Certificates
until = { $moment } ({ $days ->
    [one] { $days } day
   *[other] { $days } days
})
soon = the certificate “{ $name }” ends in less than { $days } days: see “systemctl status kubernetes-certificates” on the control plane, which should have renewed it
secret = this holds a private key and serves for { $hours } h; keep it to yourself
restoring = Bringing the cluster back to { $name }; its API server is away for about a minute.
restore-warning = Everything that changed in { $cluster } after { $taken } will be undone.
type-name = Type { $cluster } to confirm:
at-version = Every node of { $name } runs { $version }.
keys-known = { $machine }: the new key can be read with
keys-first = { $machine }: the new key is written with
keys-rewritten = every secret is written anew
keys-forgotten = { $machine }: the old key is forgotten
key-changed = The secrets of { $name } are encrypted by { $key } alone. Snapshots from before still hold the old key.
upgrade-warning = Every machine of { $cluster } will be taken out in turn and brought to { $version }. What runs on one machine only is away meanwhile.
turn = { $name }: { $runs } → { $to }
upgraded = { $name } runs { $version }. “hue-infra up” brings everything else to this release.
hangs = { $name } hangs already: { $why }

## Errors

no-cluster = this stack has no cluster “{ $name }”
which-cluster = name the cluster with --cluster
clusters = clusters of this stack: { $names }
no-clusters = the province file declares no cluster that this stack builds
no-snapshot = there is no snapshot “{ $name }”
several = Cluster { $name } is not brought back to a snapshot: { $machines } keep its data together, and the others would go on with theirs
several-hint = etcd's own way is to restore on one and to join the others anew. The snapshots lie on each of them.
no-snapshots = there are no snapshots yet; “hue-infra cluster snapshot” takes one
snapshots = the newest ones: { $names }
damaged = the snapshot “{ $name }” is damaged: its files are not those that were written
damaged-hint = choose another: “hue-infra cluster snapshot --list”
unwell = not everything in { $name } is in order
unwell-hint = what hangs, and why, stands in the table above
restored-unwell = the snapshot is in place; what is not in order yet stands in the table above, and “hue-infra cluster status” asks again
too-long = { $hours } hours are too long for a certificate that cannot be taken back; ask for at most { $longest }
not-ready = { $name } is not in a state to be upgraded: { $why }
not-ready-hint = put that right first; “hue-infra cluster status” says more
not-upgraded-hint = machines that had their turn before run the new version; once the cause is removed, the same command goes on
upgraded-unwell = every machine runs the new version; what is not in order yet stands in the table above, and “hue-infra cluster status” asks again
other-version = the cluster { $name } runs Kubernetes { $runs }, and this release of hue-infra brings { $to }
other-version-hint = “hue-infra cluster upgrade --cluster { $name }” takes it there, one machine at a time; the release that built it leaves it as it is
