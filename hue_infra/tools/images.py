"""Container images made here from files: no registry, no builder, the same digest every time.

An image is one layer, an OCI layout in a tar file that ``ctr images import`` takes.  Every image
may be named by its digest, which is what the policies ask of the workloads.
"""

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hue_infra.tools import artefacts, store
from hue_infra.tools.pins import pins

FORMAT = 2  # raise it when what is written here changes
NOBODY = "65532:65532"
CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an image runs, and under which tags it is known.

    Args:
        repository: Name with its registry, such as ``hue-infra.internal/web``.
        tags: At least one.
        entrypoint: Program and first arguments; empty when whoever runs it says.
        user: ``uid:gid``; empty is root.
    """

    repository: str
    tags: tuple[str, ...]
    entrypoint: tuple[str, ...] = ()
    user: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """An image as made: its names, its digest and the archive that holds it."""

    repository: str
    tags: tuple[str, ...]
    digest: str
    archive: Path = field(compare=False)

    @property
    def by_digest(self) -> str:
        """The reference that can mean nothing else."""
        return f"{self.repository}@{self.digest}"

    @property
    def references(self) -> tuple[str, ...]:
        """Every name under which the archive brings it."""
        return (*(f"{self.repository}:{tag}" for tag in self.tags), self.by_digest)


def control_plane(progress: Progress = lambda _line: None) -> tuple[Image, ...]:
    """The images kubeadm asks for and those of the add-ons, in one archive over one layer.

    API server, controller manager, scheduler, etcd, CoreDNS and metrics-server are one binary with
    a link each.
    """
    cluster = pins().cluster
    names = [(name, cluster.kubernetes) for name in CONTROL_PLANE] + [("etcd", cluster.etcd)]
    recipes = [Recipe(f"{cluster.registry}/{name}", (tag,)) for name, tag in names]
    addons = {"coredns": cluster.coredns, "metrics-server": cluster.metrics_server}
    recipes += [
        Recipe(f"{cluster.registry}/{name}", (tag,), (name,), user=NOBODY)
        for name, tag in addons.items()
    ]
    links = dict.fromkeys((*CONTROL_PLANE, "etcd", *addons), "/usr/bin/kube")
    return _made("kube", recipes, links, progress)


def pause(progress: Progress = lambda _line: None) -> Image:
    """The image that holds a pod's namespaces."""
    cluster = pins().cluster
    recipe = Recipe(f"{cluster.registry}/pause", (cluster.pause,), ("/usr/bin/pause",), NOBODY)
    return _made("pause", [recipe], {}, progress)[0]


def portal(progress: Progress = lambda _line: None) -> Image:
    """The image of the portal's pods: a web server that serves mounted files over HTTPS."""
    cluster = pins().cluster
    recipe = Recipe(f"{cluster.registry}/web", (cluster.web,), ("/usr/bin/web",), NOBODY)
    return _made("web", [recipe], {}, progress)[0]


def write(
    directory: Path, recipes: Sequence[Recipe], files: Mapping[str, Path], links: Mapping[str, str]
) -> tuple[Image, ...]:
    """Write ``image.tar`` into *directory*: the images *recipes* over one layer.

    Args:
        directory: Must exist.
        recipes: The images; each has the same files.
        files: Path in the image to the file here; each is made executable.
        links: Path in the image to what it points at.
    """
    return write_filled(directory, recipes, lambda tar: _fill_layer(tar, files, links))


def write_filled(
    directory: Path, recipes: Sequence[Recipe], fill: Callable[[tarfile.TarFile], None]
) -> tuple[Image, ...]:
    """Write ``image.tar`` into *directory*: the images *recipes* over the layer that *fill* fills.

    Args:
        directory: Must exist.
        recipes: The images; each has the same files.
        fill: Given the layer, empty; the same call must lay the same bytes into it.
    """
    layer = directory / "layer.tar"
    with tarfile.open(layer, "w", format=tarfile.GNU_FORMAT) as tar:
        fill(tar)
    layer_digest = store.sha256(layer)
    sized = layer_digest, layer.stat().st_size
    blobs: dict[str, bytes] = {}
    images = []
    for recipe in recipes:
        config = _blob(blobs, _config(recipe, layer_digest))
        parts = _descriptor(CONFIG, config, len(blobs[config])), _descriptor(LAYER, *sized)
        manifest = _blob(blobs, _manifest(*parts))
        image = Image(recipe.repository, recipe.tags, f"sha256:{manifest}", directory / "image.tar")
        images.append((image, _descriptor(MANIFEST, manifest, len(blobs[manifest]))))
    _write_archive(directory / "image.tar", layer, layer_digest, blobs, _index(images))
    layer.unlink()
    return tuple(image for image, _ in images)


def _made(
    program: str, recipes: Sequence[Recipe], links: Mapping[str, str], progress: Progress
) -> tuple[Image, ...]:
    binary = artefacts.binary(program, progress)
    said = json.loads((binary.parent / artefacts.PROVENANCE).read_text("utf-8"))
    targets = {f"usr/local/bin/{link}": target for link, target in links.items()}
    return stored(
        {"sha256": said["sha256"], "links": dict(links)},
        recipes,
        lambda part: write(part, recipes, {f"usr/bin/{program}": binary}, targets),
    )


def stored(
    made_of: Mapping[str, object],
    recipes: Sequence[Recipe],
    write_into: Callable[[Path], Sequence[Image]],
) -> tuple[Image, ...]:
    """The images *recipes* from the cache, or written into it by *write_into*.

    Args:
        made_of: All that the layer follows from.
        recipes: The images.
        write_into: Writes them into the directory it is given.
    """
    rows = [asdict(recipe) for recipe in recipes]
    name = store.key({"format": FORMAT, "recipes": rows, **made_of})

    def make(part: Path) -> None:
        images = write_into(part)
        digests = json.dumps([image.digest for image in images])
        (part / "digests.json").write_text(digests, "utf-8")

    place = store.made("images", name, make)
    digests: list[str] = json.loads((place / "digests.json").read_text("utf-8"))
    return tuple(
        Image(recipe.repository, recipe.tags, digest, place / "image.tar")
        for recipe, digest in zip(recipes, digests, strict=True)
    )


def _fill_layer(tar: tarfile.TarFile, files: Mapping[str, Path], links: Mapping[str, str]) -> None:
    directories = {str(up) for path in (*files, *links) for up in Path(path).parents} - {"."}
    for name in sorted({*directories, "tmp"}):
        tar.addfile(_entry(name, tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755))
    for name, path in sorted(files.items()):
        add_file(tar, name, path)
    for name, target in sorted(links.items()):
        entry = _entry(name, tarfile.SYMTYPE, 0o777)
        entry.linkname = target
        tar.addfile(entry)


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    """An entry that tells nothing of where and when it was made."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.mtime = kind, mode, 0
    return entry


def add_file(tar: tarfile.TarFile, name: str, path: Path) -> None:
    """Lay the program *path* into *tar* as *name*."""
    entry = _entry(name, tarfile.REGTYPE, 0o755)
    entry.size = path.stat().st_size
    with path.open("rb") as stream:
        tar.addfile(entry, stream)


def add_text(tar: tarfile.TarFile, entry: tarfile.TarInfo, text: str) -> None:
    """Lay *text* into *tar* as the file that *entry* is."""
    content = text.encode()
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _config(recipe: Recipe, layer_digest: str) -> dict[str, object]:
    run: dict[str, object] = {"Env": ["PATH=/usr/local/bin:/usr/bin"], "WorkingDir": "/"}
    if recipe.entrypoint:
        run["Entrypoint"] = list(recipe.entrypoint)
    if recipe.user:
        run["User"] = recipe.user
    return {
        "architecture": ARCHITECTURES[platform.machine()],
        "os": "linux",
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer_digest}"]},
    }


def _manifest(config: Mapping[str, object], layer: Mapping[str, object]) -> dict[str, object]:
    return {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}


def _index(images: Sequence[tuple[Image, Mapping[str, object]]]) -> bytes:
    named = [
        {**descriptor, "annotations": {"io.containerd.image.name": reference}}
        for image, descriptor in images
        for reference in image.references
    ]
    return _json({"schemaVersion": 2, "mediaType": INDEX, "manifests": named})


def _descriptor(media: str, digest: str, size: int) -> dict[str, object]:
    return {"mediaType": media, "digest": f"sha256:{digest}", "size": size}


def _blob(blobs: dict[str, bytes], content: Mapping[str, object]) -> str:
    text = _json(content)
    digest = hashlib.sha256(text).hexdigest()
    blobs[digest] = text
    return digest


def _json(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _write_archive(
    path: Path, layer: Path, layer_digest: str, blobs: Mapping[str, bytes], index: bytes
) -> None:
    texts = {"oci-layout": _json({"imageLayoutVersion": "1.0.0"}), "index.json": index}
    texts |= {f"blobs/sha256/{digest}": text for digest, text in blobs.items()}
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name in ("blobs", "blobs/sha256"):
            tar.addfile(_entry(name, tarfile.DIRTYPE, 0o755))
        for name, text in sorted(texts.items()):
            entry = _entry(name, tarfile.REGTYPE, 0o644)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text))
        entry = _entry(f"blobs/sha256/{layer_digest}", tarfile.REGTYPE, 0o644)
        entry.size = layer.stat().st_size
        with layer.open("rb") as stream:
            tar.addfile(entry, stream)
