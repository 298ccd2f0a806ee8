### Providers: what is being waited for, and what went wrong.

booting = booting { $machine }
signing = asking the province's authority to sign the certificate of { $name }
not-running = Machine { $machine } is not running; run “hue-infra up” to bring it back.
draining = { $node } leaves its cluster: what runs on it goes elsewhere
not-drained = What runs on { $node } could not go elsewhere: { $why }
not-drained-hint = Give it room or let it be ended (a PodDisruptionBudget may forbid it), then run again. { $node } takes nothing new meanwhile.
not-converged = { $machine } could not be configured: { $message }
server-awaited = waiting for the API server to answer
server-silent = The API server did not answer within { $seconds } s; look at “systemctl status kubelet” on its machine, then run “hue-infra up” again.
not-looked = { $machine } could not be looked at: { $message }
amiss = it is not as it was made
stopped = it does not run
closed = it is closed
no-segments = zones that are missing: { $names }
not-cached = missing in the cache: { $names }
other-cluster = the control plane is of another cluster than before
other-authority = the province's authority is not the one that issued it
