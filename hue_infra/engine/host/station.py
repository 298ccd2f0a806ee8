"""What a run offers to other processes: its monitor and its engine service, at one address."""

from pulumi.runtime.proto import engine_pb2, resource_pb2

from hue_infra.engine.deployment import Deployment
from hue_infra.engine.host.rpc import Server
from hue_infra.engine.monitor import EngineService, MonitorService


class Station:
    """Serves one run on the loopback; one for a run, by `Deployment.shared`."""

    def __init__(self, deployment: Deployment) -> None:
        self._server = Server()
        monitor = deployment.shared(MonitorService)
        self._server.serve(monitor, resource_pb2.DESCRIPTOR.services_by_name["ResourceMonitor"])
        engine = deployment.shared(EngineService)
        self._server.serve(engine, engine_pb2.DESCRIPTOR.services_by_name["Engine"])
        self._server.start()

    @property
    def address(self) -> str:
        """Where programs, plugins and components reach the engine."""
        return self._server.address

    def close(self) -> None:
        """Answer nothing more."""
        self._server.close()
