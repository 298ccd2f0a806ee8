"""What lies in an image of a platform, for tests that run it here."""

import tarfile
from collections.abc import Iterable
from pathlib import Path

from hue_infra.tools import platform_images


def taken_out(image: str, names: Iterable[str], directory: Path) -> Path:
    """Lay files of *image* into *directory*, which is returned; the image is made if need be."""
    with tarfile.open(platform_images.ensure(image).archive) as archive:
        largest = max(archive.getmembers(), key=lambda entry: entry.size)
        with tarfile.open(fileobj=archive.extractfile(largest)) as layer:
            for name in names:
                layer.extract(name, directory)
    return directory
