"""The packages that a program announces before it uses them, each by a reference.

Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go, RegisterPackage.
"""

import threading
import uuid

from pulumi.runtime.proto import resource_pb2

from hue_infra.engine import refusals
from hue_infra.engine.packages import Package, Parameters
from hue_infra.errors import EngineError
from hue_infra.words import say


class PackageRefs:
    """The announced packages of one run."""

    def __init__(self) -> None:
        self._packages: dict[str, Package] = {}
        self._lock = threading.Lock()

    def add(self, request: resource_pb2.RegisterPackageRequest) -> str:
        """The reference of a package; the same package has the same.

        Raises:
            UnsupportedError: The package extends another one, which this engine cannot do.
        """
        if request.HasField("extension"):
            raise refusals.feature_error(f"extension parameterization ({request.extension.name})")
        package = _package(request)
        with self._lock:
            for ref, known in self._packages.items():
                if known == package:
                    return ref
            ref = str(uuid.uuid4())
            self._packages[ref] = package
            return ref

    def get(self, ref: str) -> Package:
        """The package of a reference.

        Raises:
            EngineError: No package was announced by it.
        """
        with self._lock:
            package = self._packages.get(ref)
        if package is None:
            raise EngineError(say("plugins.unknown-reference", ref=ref))
        return package


def _package(request: resource_pb2.RegisterPackageRequest) -> Package:
    parameters = None
    if request.HasField("parameterization"):
        given = request.parameterization
        parameters = Parameters(given.name, given.version, given.value)
    return Package(
        plugin=request.name,
        version=request.version,
        url=request.download_url,
        checksums={platform: raw.hex() for platform, raw in request.checksums.items()},
        parameters=parameters,
    )
