"""Keep the byte code of modules imported from zip files, inside a machine of the lab.

Ansible sends each module as a zip file, and Python compiles what it imports from
one anew each time: most of a task's time.  This file is a machine's
``sitecustomize``; it keeps the compiled code under the hash of its source.
Root's alone: another user neither reads nor writes the cache.
"""

import contextlib
import marshal
import os
import zipimport
from importlib.util import MAGIC_NUMBER

# The C module itself: hashlib would load OpenSSL into every Python that starts.
from _sha1 import sha1  # type: ignore[import-not-found,unused-ignore]

KEPT = "/var/cache/ansible-bytecode"

_compile = getattr(zipimport, "_compile_source")  # noqa: B009 - a private name has no type


def _compile_once(path: str, source: bytes) -> object:
    kept = f"{KEPT}/{sha1(MAGIC_NUMBER + source).hexdigest()}"
    # A cache must never be why a module fails: whatever is wrong, compile.
    with contextlib.suppress(Exception), open(kept, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
        return marshal.load(file)  # noqa: S302 - root wrote it for root
    code = _compile(path, source)
    with contextlib.suppress(Exception):
        _keep(kept, code)
    return code


def _keep(kept: str, code: object) -> None:
    os.makedirs(KEPT, 0o700, exist_ok=True)  # noqa: PTH103 - as above
    new = f"{kept}.{os.getpid()}"
    with open(new, "wb") as file:  # noqa: PTH123 - as above
        marshal.dump(code, file)
    os.replace(new, kept)  # noqa: PTH105 - as above


if os.geteuid() == 0:
    setattr(zipimport, "_compile_source", _compile_once)  # noqa: B010 - as above
