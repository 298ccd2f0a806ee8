"""The province in a box: machines and links made of namespaces.

A machine is an overlay on one base image, with systemd as process 1 in namespaces of its
own; a segment is a bridge in the lab's switch namespace; a link is a shaped cable between
two machines.  Nothing of a lab is seen on the host but processes, named network
namespaces, cgroups and one directory.

The machines' root is the host's root: the lab keeps machines apart, it does not protect
the host from hostile code inside them.
"""

from hue_infra.lab.base import BaseImage
from hue_infra.lab.entry import RunningMachine
from hue_infra.lab.lab import Lab
from hue_infra.lab.machines import MachineState
from hue_infra.lab.preflight import missing_packages
from hue_infra.lab.specs import LinkEnd, LinkSpec, MachineSpec, Nic

__all__ = [
    "BaseImage",
    "Lab",
    "LinkEnd",
    "LinkSpec",
    "MachineSpec",
    "MachineState",
    "Nic",
    "RunningMachine",
    "missing_packages",
]
