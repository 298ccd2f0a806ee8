"""What the Kubernetes role needs of our own making: the program, the images, the versions."""

from collections.abc import Callable, Sequence
from itertools import groupby

from hue_infra.tools import artefacts, images, platform_images
from hue_infra.tools.pins import pins

Progress = Callable[[str], None]


def content_key(platforms: Sequence[str] = ()) -> str:
    """Names every program and image of `role_variables` by content, without building any."""
    programs = (artefacts.key(program) for program in pins().program.values())
    return " ".join((*programs, *map(platform_images.key, platforms)))


def role_variables(
    progress: Progress = lambda _line: None, platforms: Sequence[str] = ()
) -> dict[str, object]:
    """Variables of ``roles/kubernetes`` that say what to install, not where.

    Builds what is not there yet, which can take minutes: start
    `artefacts.ensure_all_in_background` first.

    Args:
        progress: Told, in the operator's language, what takes time.
        platforms: Images of platforms that the cluster needs beside those of every cluster.
    """
    cluster = pins().cluster
    pause = images.pause(progress)
    every = (*images.control_plane(progress), pause, images.portal(progress))
    every += tuple(platform_images.ensure(name, progress) for name in platforms)
    types = str(artefacts.beside("envoy-gateway", progress)) if "ingress" in platforms else ""
    return {
        "kubernetes_types": types,
        "kubernetes_program": str(artefacts.binary("kube", progress)),
        "kubernetes_version": cluster.kubernetes,
        "kubernetes_registry": cluster.registry,
        "kubernetes_etcd_tag": cluster.etcd,
        "kubernetes_coredns_tag": cluster.coredns,
        "kubernetes_metrics_server_tag": cluster.metrics_server,
        "kubernetes_pause_image": pause.by_digest,
        "kubernetes_images": [
            {
                "archive": str(archive),
                "references": [name for image in some for name in image.references],
            }
            for archive, some in groupby(every, key=lambda image: image.archive)
        ],
    }
