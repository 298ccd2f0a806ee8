"""Certificates that a cluster renews by itself: what it wrote is as good as what was applied.

The stack labels the Secret, and a program on the machines in control writes a later certificate
into it (role ``kubernetes``, its ``kubernetes_renewal.py``).  That is no drift, and the older one
is not put back over it.
"""

import base64
from collections.abc import Mapping

from hue_infra.providers import chains
from hue_infra.providers.kubernetes import ownership
from hue_infra.providers.kubernetes.api import MANAGER, Object

LABEL, VALUE = "hue-infra/renewed-by", "est"
WRITER = "hue-infra-renewal"
"""The name under which the cluster writes what it renews."""
CERTIFICATE, KEY = "tls.crt", "tls.key"


def is_renewed(live: Object, asked: Object) -> bool:
    """Whether the cluster itself wrote a later certificate than was *asked* for into *live*."""
    labels = (asked.get("metadata") or {}).get("labels") or {}
    if asked.get("kind") != "Secret" or labels.get(LABEL) != VALUE:
        return False
    writers = {
        name
        for key in (CERTIFICATE, KEY)
        for name in ownership.writers(live, ("f:data", f"f:{key}"))
    }
    # Ours too: an apply that left it there may have made it ours.
    if not writers <= {MANAGER, WRITER}:
        return False
    new, old = _pair(live), _pair(asked)
    return chains.is_successor(new[CERTIFICATE], new[KEY], old[CERTIFICATE])


def as_applied(live: Object, recorded: Object) -> Object:
    """*live* as if nothing had been renewed since *recorded* was applied."""
    return _with_pair(live, _pair(recorded)) if is_renewed(live, recorded) else live


def spared(wanted: Object, live: Object | None) -> Object:
    """*wanted* with the later certificate that *live* has, if the cluster wrote one."""
    if live is None or not is_renewed(live, wanted):
        return wanted
    return _with_pair(wanted, _pair(live))


def _pair(secret: Object) -> dict[str, str]:
    kept, given = secret.get("data") or {}, secret.get("stringData") or {}
    return {
        key: str(given[key])
        if key in given
        else base64.b64decode(kept.get(key, "")).decode("utf-8", "replace")
        for key in (CERTIFICATE, KEY)
    }


def _with_pair(secret: Object, pair: Mapping[str, str]) -> Object:
    if "stringData" in secret:
        return {**secret, "stringData": {**secret["stringData"], **pair}}
    coded = {key: base64.b64encode(text.encode()).decode() for key, text in pair.items()}
    return {**secret, "data": {**secret["data"], **coded}}
