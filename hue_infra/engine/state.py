"""The state of a stack: its resources, what was under way, and who wrote it.

The fields are those of Pulumi's checkpoint (apitype ``ResourceV3``), in snake case.
Everything here is immutable: a change is `dataclasses.replace`.

Not here: the JSON form (`checkpoint`), files (`backend`), the checks (`integrity`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from hue_infra.engine.values import PropertyMap, Value

ENGINE_VERSION = "v3.272.0"
"""Version of Pulumi whose checkpoint this is; its CLI checks the magic made from it."""

HOOKS: Final = (
    "before_create",
    "after_create",
    "before_update",
    "after_update",
    "before_delete",
    "after_delete",
    "on_error",
)
"""The occasions of hooks."""

OperationKind: TypeAlias = Literal["creating", "updating", "deleting", "reading", "importing"]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds a provider may take for one operation; None leaves it to the provider."""

    create: float | None = None
    update: float | None = None
    delete: float | None = None
    read: float | None = None


@dataclass(frozen=True, slots=True)
class ResourceState:
    """One resource as the stack remembers it."""

    urn: str
    type: str
    custom: bool = False
    """Managed by a provider; a component otherwise."""
    delete: bool = False
    """Already replaced: to be deleted at the next chance. Its URN may occur twice."""
    id: str = ""
    inputs: PropertyMap = field(default_factory=dict)
    outputs: PropertyMap = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    taint: bool = False
    """Marked by the operator: the next run replaces it."""
    external: bool = False
    """Only read, never changed or deleted by this stack."""
    dependencies: tuple[str, ...] = ()
    init_errors: tuple[str, ...] = ()
    """Why a resource that exists is not ready; the next run updates it."""
    provider: str = ""
    """Reference ``<urn>::<id>`` of the provider resource."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pending_replacement: bool = False
    """Deleted by delete-before-replace, not created again yet."""
    additional_secret_outputs: tuple[str, ...] = ()
    custom_timeouts: Timeouts | None = None
    import_id: str = ""
    retain_on_delete: bool = False
    deleted_with: str = ""
    """URN of a resource whose deletion takes this one with it."""
    replace_with: tuple[str, ...] = ()
    """URNs of resources whose replacement replaces this one too."""
    created: str | None = None
    """RFC 3339, as `now` gives it."""
    modified: str | None = None
    source_position: str = ""
    ignore_changes: tuple[str, ...] = ()
    hide_diffs: tuple[str, ...] = ()
    """Paths whose changes are not shown."""
    replace_on_changes: tuple[str, ...] = ()
    replacement_trigger: Value = None
    """A value of the program's: another one replaces the resource; None when there is none."""
    refresh_before_update: bool = False
    """The provider wants the resource read before each update."""
    view_of: str = ""
    """URN of the resource whose provider shows this one as part of it."""
    hooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the program's hooks by occasion (`HOOKS`)."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Keys that say nothing to this engine (``stackTrace``, ``snippetID``), kept verbatim."""

    @property
    def name(self) -> str:
        """Last part of the URN."""
        return self.urn.split("::", 3)[-1]


@dataclass(frozen=True, slots=True)
class Operation:
    """A step that was begun and whose end is not recorded."""

    resource: ResourceState
    kind: OperationKind


@dataclass(frozen=True, slots=True)
class Manifest:
    """When a snapshot was made, and by which version."""

    time: str
    version: str = ENGINE_VERSION
    plugins: tuple[Mapping[str, object], ...] = ()
    magic: str = ""

    @property
    def expected_magic(self) -> str:
        """SHA-256 of the version in hex, or nothing without a version, as upstream."""
        return hashlib.sha256(self.version.encode()).hexdigest() if self.version else ""


def now() -> str:
    """This moment as RFC 3339 in UTC, the form of every time in state."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def new_manifest() -> Manifest:
    """A manifest of this moment and this engine."""
    manifest = Manifest(now())
    return replace(manifest, magic=manifest.expected_magic)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a stack knows: resources so ordered that each follows what it depends on."""

    resources: tuple[ResourceState, ...] = ()
    pending: tuple[Operation, ...] = ()
    manifest: Manifest = field(default_factory=new_manifest)
    salt: str = ""
    """State of the passphrase secrets provider; empty when the stack has none yet."""
    metadata: Mapping[str, object] = field(default_factory=dict)

    def by_urn(self) -> dict[str, ResourceState]:
        """The live resources (not those awaiting deletion) by URN."""
        return {item.urn: item for item in self.resources if not item.delete}

    def renewed(self) -> "Snapshot":
        """The same snapshot with a manifest of this moment and this engine."""
        return replace(self, manifest=new_manifest())
