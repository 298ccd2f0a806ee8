"""Keep the byte code of modules imported from zip files, inside a machine of the lab.

Ansible sends each module as a zip file, and Python compiles what it imports from
one anew each time: most of a task's time.  This file is a machine's
``sitecustomize``; it keeps the compiled code under the hash of its source.
Root's alone: another user neither reads nor writes the cache.

It runs at each start of Python, so it imports only what is loaded already.
"""

import marshal
import os
import sys
import zipimport
from _sha1 import sha1  # type: ignore[import-not-found,unused-ignore]

KEPT = f"/var/cache/ansible-bytecode/{sys.implementation.cache_tag}"

_compile = getattr(zipimport, "_compile_source")  # noqa: B009 - a private name has no type


def _compile_once(path: str, source: bytes) -> object:
    kept = f"{KEPT}/{sha1(source).hexdigest()}"
    try:
        with open(kept, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            return marshal.load(file)  # noqa: S302 - root wrote it for root
    except Exception:  # noqa: BLE001 - a cache must never be why a module fails
        code = _compile(path, source)
    try:  # noqa: SIM105 - contextlib is slow to import
        _keep(kept, marshal.dumps(code))
    except OSError:
        pass
    return code


def _keep(kept: str, code: bytes) -> None:
    os.makedirs(KEPT, 0o700, exist_ok=True)  # noqa: PTH103 - as above
    new = f"{kept}.{os.getpid()}"
    with open(new, "wb") as file:  # noqa: PTH123 - as above
        file.write(code)
    os.rename(new, kept)  # noqa: PTH104 - as above


if os.geteuid() == 0:
    setattr(zipimport, "_compile_source", _compile_once)  # noqa: B010 - as above
