"""Kubernetes objects under the embedded engine: applied by the server, awaited with reasons.

=============================  ====================================================
Asked                          Done
=============================  ====================================================
create, update                 server-side apply under our own field manager, then
                               waiting until the object does its job
preview                        the same apply as a dry run of the server
read                           the live object; a difference from what was applied
                               appears among the inputs
delete                         foreground deletion, awaited
=============================  ====================================================

The state has the shape that Pulumi's own provider gives it: ``<namespace>/<name>``
as id, the live object with ``__inputs``, ``__initialApiVersion`` and
``__fieldManager`` as outputs.  Not here: charts (`hue_infra.tools.helm` renders
them), patches, lists of objects.
"""

from hue_infra.providers.kubernetes.provider import KubernetesProvider

__all__ = ["KubernetesProvider"]
