"""Mends the pickling of dynamic providers in the SDK, which slows down and then breaks.

``pulumi.dynamic.dynamic.serialize_provider`` (3.272) wraps a method of the standard pickler anew
at each call and never unwraps it, so that the n-th dynamic resource pays for n layers and
a program of a few hundred dies of a RecursionError. Here each call starts from the bare
pickler and leaves it bare. What is pickled stays the same.
"""

import pickle
import threading
from typing import Final

from pulumi.dynamic import ResourceProvider, dynamic

_ORIGINAL: Final = dynamic.serialize_provider
_BARE: Final = {
    name: pickle._Pickler.__dict__[name]  # noqa: SLF001 - what the SDK patches
    for name in ("_batch_setitems", "save_dict")
}
_lock = threading.Lock()


def mend() -> None:
    """Have the SDK use the mended function; once or many times is the same."""
    dynamic.serialize_provider = serialize_provider


def serialize_provider(provider: ResourceProvider) -> str:
    """The provider pickled as the SDK does, in base64."""
    with _lock:
        try:
            return str(_ORIGINAL(provider))
        finally:
            for name, function in _BARE.items():
                setattr(pickle._Pickler, name, function)  # noqa: SLF001
