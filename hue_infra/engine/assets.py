"""Hashes of assets and archives, byte for byte those of Pulumi, so that a hand-over shows no diff.

An asset's hash is SHA-256 of its content. An archive that is a file is hashed as it is; a
directory or a map is hashed as the tar that Go's archive/tar makes of it: mode 0600, no owner,
no time, members in the order of their names, PAX headers only for names that need them.

Source: pulumi/pulumi, sdk/go/common/resource/archive/archive.go; Go, archive/tar/writer.go.
"""

import hashlib
import os
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from hue_infra.engine.values import Archive, Asset, Value, parts, transform
from hue_infra.errors import EngineError
from hue_infra.words import say

ZIPS = (".zip", ".jar")
TARS = (".tar", ".tgz", ".tar.gz")
BOOKKEEPING = ".pulumi"
"""A directory that upstream leaves out of every archive."""
FILE_SCHEME = "file://"
BLOCK = 512
NAME_BYTES = 100
PREFIX_BYTES = 155
CHUNK = 1 << 20

Member: TypeAlias = tuple[str, bytes | Path]
"""Name in the archive, and the content or where it lies."""


def hashed(value: Value, base: Path) -> Value:
    """*value* with the hash of every asset and archive in it filled in.

    Args:
        value: Any value; what has a hash already keeps it.
        base: Directory that relative paths start from: the program's.

    Raises:
        EngineError: A file is missing, or of a kind that is not supported.
    """
    if not any(isinstance(part, Asset | Archive) for part in parts(value)):
        return value
    return transform(value, lambda part: _with_hash(part, base))


def content(asset: Asset, base: Path) -> bytes:
    """The bytes of an asset.

    Raises:
        EngineError: It cannot be read.
    """
    if asset.text is not None:
        return asset.text.encode()
    return _read(_local(asset, base))


def members(archive: Archive, base: Path) -> Iterator[Member]:
    """What an archive holds, file by file, in the order it is hashed in.

    Raises:
        EngineError: Part of it cannot be read.
    """
    if archive.assets is not None:
        yield from _assets_members(archive.assets, base)
        return
    path = _local(archive, base)
    try:
        yield from _path_members(path)
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as problem:
        raise _missing(path, problem) from problem


def archive_hash(archive: Archive, base: Path) -> str:
    """SHA-256 of an archive in hex, as upstream reckons it."""
    result = hashlib.sha256()
    if archive.assets is None and (path := _local(archive, base)).name.endswith(ZIPS + TARS):
        return hashlib.sha256(_read(path)).hexdigest()
    seen: set[str] = set()
    for name, body in members(archive, base):
        # An archive may meet a file twice; upstream takes the first.
        if name not in seen:
            seen.add(name)
            for piece in _tar_entry(name, body):
                result.update(piece)
    result.update(bytes(2 * BLOCK))
    return result.hexdigest()


def _with_hash(value: Value, base: Path) -> Value:
    if isinstance(value, Asset) and not value.hash:
        return replace(value, hash=hashlib.sha256(content(value, base)).hexdigest())
    if isinstance(value, Archive) and not value.hash:
        assets = value.assets
        if assets is not None:
            assets = {name: _member_hashed(item, base) for name, item in assets.items()}
        return replace(value, assets=assets, hash=archive_hash(value, base))
    return value


def _member_hashed(item: Asset | Archive, base: Path) -> Asset | Archive:
    value = _with_hash(item, base)
    return value if isinstance(value, Asset | Archive) else item


def _local(item: Asset | Archive, base: Path) -> Path:
    uri = item.uri or ""
    if item.path is None and not uri.startswith(FILE_SCHEME):
        raise EngineError(say("engine.asset-remote", uri=uri))
    return base / (item.path if item.path is not None else uri.removeprefix(FILE_SCHEME))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise _missing(path, problem) from problem


def _missing(path: Path, problem: Exception) -> EngineError:
    reason = getattr(problem, "strerror", None) or str(problem)
    return EngineError(say("engine.asset-missing", path=str(path), problem=reason))


def _assets_members(assets: Mapping[str, Asset | Archive], base: Path) -> Iterator[Member]:
    for name in sorted(assets):
        item = assets[name]
        if isinstance(item, Asset):
            yield name, content(item, base)
        else:
            for inner, body in members(item, base):
                yield str(PurePosixPath(name, inner)), body


def _path_members(path: Path) -> Iterator[Member]:
    if path.name.endswith(ZIPS):
        with zipfile.ZipFile(path) as packed:
            yield from (
                (item.filename, packed.read(item))
                for item in packed.infolist()
                if not item.is_dir()
            )
    elif path.name.endswith(TARS):
        with tarfile.open(path) as packed:
            for item in packed:
                file = packed.extractfile(item) if item.isreg() else None
                if file is not None:
                    yield item.name, file.read()
    elif path.is_dir():
        yield from _walk(path, "")
    elif path.exists():
        raise EngineError(say("engine.archive-format", path=str(path)))
    else:
        raise FileNotFoundError(2, os.strerror(2))


def _walk(folder: Path, prefix: str) -> Iterator[Member]:
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 - names to sort, as Go's Walk does
        path = folder / name
        if name == BOOKKEEPING:
            continue
        if path.is_dir():
            # A link to a directory is left out, a link to a file is followed.
            if not path.is_symlink():
                yield from _walk(path, f"{prefix}{name}/")
        else:
            yield prefix + name, path


def _tar_entry(name: str, body: bytes | Path) -> Iterator[bytes]:
    size = len(body) if isinstance(body, bytes) else body.stat().st_size
    split = _split(name)
    if split is None:
        yield from _pax(name)
        yield _header(_ascii(name), size)
    else:
        yield _header(split[1], size, prefix=split[0])
    if isinstance(body, bytes):
        yield body
    else:
        with body.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece
    yield bytes(-size % BLOCK)


def _split(name: str) -> tuple[bytes, bytes] | None:
    """The prefix and the name field of a USTAR header; None when only PAX can hold it."""
    if not name.isascii() or "\0" in name:
        return None
    raw = name.encode()
    if len(raw) <= NAME_BYTES:
        return b"", raw
    cut = raw[: PREFIX_BYTES + 1].rfind(b"/")
    rest = raw[cut + 1 :]
    return (raw[:cut], rest) if cut > 0 and 0 < len(rest) <= NAME_BYTES else None


def _pax(name: str) -> Iterator[bytes]:
    """The extra header that carries a name USTAR cannot hold."""
    folder, _, last = name.rpartition("/")
    record = _record("path", name)
    title = "/".join(part for part in (folder, "PaxHeaders.0", last) if part)
    field = _ascii(title)[:NAME_BYTES].rstrip(b"/")
    yield _header(field, len(record), kind=b"x", mode=0, devices=False)
    yield record + bytes(-len(record) % BLOCK)


def _record(key: str, value: str) -> bytes:
    """A PAX record: its length counts the digits of the length itself."""
    body = f" {key}={value}\n".encode()
    size = len(body) + len(str(len(body)))
    if len(str(size)) + len(body) != size:
        size = len(body) + len(str(size))
    return str(size).encode() + body


def _ascii(name: str) -> bytes:
    return bytes(ord(letter) for letter in name if letter.isascii() and letter != "\0")


def _header(
    name: bytes,
    size: int,
    *,
    prefix: bytes = b"",
    kind: bytes = b"0",
    mode: int = 0o600,
    devices: bool = True,
) -> bytes:
    device = _octal(0, 8) if devices else bytes(8)
    head = name[:NAME_BYTES].ljust(NAME_BYTES, b"\0") + _octal(mode, 8) + _octal(0, 8) * 2
    middle = _octal(size, 12) + _octal(0, 12)
    tail = kind + bytes(100) + b"ustar\x0000" + bytes(64) + device * 2
    tail += prefix.ljust(PREFIX_BYTES, b"\0") + bytes(12)
    total = sum(head) + sum(middle) + sum(tail) + 8 * ord(" ")
    return head + middle + f"{total:06o}\0 ".encode() + tail


def _octal(number: int, width: int) -> bytes:
    return f"{number:0{width - 1}o}\0".encode()
