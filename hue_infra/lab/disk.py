"""A machine's disk: what an installer leaves on it before the first boot."""

import contextlib
import os
import shutil
import uuid
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from hue_infra.lab import base, layout
from hue_infra.lab.specs import MachineSpec

VOLUMES = ("containerd", "kubelet")  # under /var/lib
WHOLE = "whole"
PYTHON = "python3.11"  # the base image's own
BYTECODE_CACHE = Path(__file__).parent / "bytecode_cache.py"


def prepare(directory: Path, spec: MachineSpec) -> None:
    """Give the machine in *directory* a disk made for *spec*; keep one that already is.

    Raises:
        FileNotFoundError: The base image is not in the cache.
    """
    image = base.path_of(spec.base)
    if not image.is_dir():
        raise FileNotFoundError(image)
    mark = directory / "disk" / WHOLE
    if not is_made_for(directory, spec):
        remove(directory)
        _write(directory / "disk", spec)
        layout.write(mark, _identity(spec))
    link = directory / "base"
    link.unlink(missing_ok=True)
    link.symlink_to(image.absolute())


def is_made_for(directory: Path, spec: MachineSpec, name: str = "disk") -> bool:
    """Whether the disk *name* in *directory* is whole and of *spec*'s base, name and kind."""
    try:
        return (directory / name / WHOLE).read_text("utf-8") == _identity(spec)
    except FileNotFoundError:
        return False


def remove(directory: Path) -> None:
    """Wipe the disk; fine when there is none."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(directory / "disk")


def _identity(spec: MachineSpec) -> str:
    return f"{spec.base} {spec.hostname} {'kubernetes' if spec.kubernetes else 'plain'}\n"


def _write(disk: Path, spec: MachineSpec) -> None:
    upper = disk / "upper"
    etc = upper / "etc"
    for folder in (upper, disk / "work", etc, etc / "ssh", etc / PYTHON):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    short = spec.hostname.partition(".")[0]
    names = spec.hostname if short == spec.hostname else f"{spec.hostname} {short}"
    _file(etc / "hostname", f"{short}\n")
    _file(etc / "hosts", f"127.0.0.1 localhost\n127.0.1.1 {names}\n::1 localhost ip6-localhost\n")
    _file(etc / "machine-id", f"{uuid.uuid4().hex}\n", 0o444)
    _file(etc / PYTHON / "sitecustomize.py", BYTECODE_CACHE.read_text("utf-8"))
    _host_keys(etc / "ssh", short)
    if spec.kubernetes:
        for volume in VOLUMES:
            (disk / "volumes" / volume).mkdir(parents=True)


def _host_keys(folder: Path, comment: str) -> None:
    """Each machine proves itself by keys of its own, made here and nowhere else."""
    keys: dict[str, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey] = {
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "ecdsa": ec.generate_private_key(ec.SECP256R1()),
    }
    for kind, key in keys.items():
        private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        _file(folder / f"ssh_host_{kind}_key", private.decode(), 0o600)
        _file(folder / f"ssh_host_{kind}_key.pub", f"{public.decode()} root@{comment}\n")


def _file(path: Path, text: str, mode: int = 0o644) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as open_file:
        open_file.write(text)
        os.fchmod(open_file.fileno(), mode)
