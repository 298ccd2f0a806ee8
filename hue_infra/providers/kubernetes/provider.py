"""The provider of ``kubernetes:*`` resources for the embedded engine."""

import copy
import threading
import time
from pathlib import Path
from typing import Any, cast

from hue_infra.engine.provider import (
    Checked,
    CheckFailure,
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    Diff,
    DiffRequest,
    PartialFailure,
    Provider,
    ReadRequest,
    State,
    StatusSink,
    UpdateRequest,
)
from hue_infra.engine.values import (
    PropertyMap,
    Secret,
    Value,
    has_unknown,
    without_secrets,
)
from hue_infra.errors import InputError
from hue_infra.providers.kubernetes import objects
from hue_infra.providers.kubernetes.api import (
    NOT_FOUND,
    Api,
    ApiError,
    Object,
    UnreachableError,
    access,
)
from hue_infra.providers.kubernetes.readiness import StuckError, waits_for
from hue_infra.words import say

PATIENCE = 300.0
"""Seconds an object may take to become ready, where its resource says nothing else."""
PAUSE = 0.5
SECRET_CONTENT = ("data", "stringData")


class KubernetesProvider(Provider):
    """Objects of one cluster, or a refusal that says what is missing."""

    def __init__(self) -> None:
        self._api: Api | None = None
        self._namespace = "default"
        self._delete_unreachable = False
        self._lock = threading.Lock()

    def configure(self, inputs: PropertyMap) -> None:
        """Take ``kubeconfig`` (its text or its path), ``namespace``, ``deleteUnreachable``."""
        known = cast("dict[str, Any]", without_secrets(inputs))
        self._namespace = str(known.get("namespace") or "default")
        self._delete_unreachable = str(known.get("deleteUnreachable", "")).lower() == "true"
        if text := str(known.get("kubeconfig") or ""):
            is_path = "\n" not in text and Path(text).is_file()
            self._api = Api(access(Path(text).read_text("utf-8") if is_path else text))

    def close(self) -> None:
        """Let go of connections."""
        if self._api is not None:
            self._api.close()

    def diff_config(self, old: PropertyMap, new: PropertyMap) -> Diff:
        """Another way into the same cluster is no other cluster."""
        return Diff(changes=without_secrets(old) != without_secrets(new))

    def check(self, request: CheckRequest) -> Checked:
        """Give the object a name and a namespace; lists are refused."""
        inputs = dict(request.inputs)
        missing = [key for key in ("apiVersion", "kind") if not inputs.get(key)]
        if missing:
            failures = [CheckFailure(key, say("kubernetes.missing", key=key)) for key in missing]
            return Checked(inputs, tuple(failures))
        if str(inputs["kind"]).endswith("List"):
            return Checked(inputs, (CheckFailure("kind", say("kubernetes.list")),))
        name = request.urn.rpartition("::")[2].rpartition("/")[2]
        old = cast("Object | None", request.old_inputs)
        made = objects.named(cast("Object", inputs), old, name, request.random_seed)
        return Checked(_sealed(self._placed(made)))

    def diff(self, request: DiffRequest) -> Diff:
        """Compare what was asked for with what is asked for now."""
        old, new = _plain(request.old_inputs), _plain(request.inputs)
        paths = dict(objects.differences(old, new))
        fixed = objects.replacing(str(new["kind"]), paths)
        detailed = {
            path: f"{kind}-replace" if path in fixed else kind for path, kind in paths.items()
        }
        same_name = objects.id_of(old) == objects.id_of(new)
        return Diff(
            changes=bool(paths),
            replaces=fixed,
            delete_before_replace=bool(fixed) and same_name and not objects.is_autonamed(new),
            detailed=detailed,
        )

    def create(self, request: CreateRequest) -> State:
        """Apply a new object and wait until it does its job."""
        if request.preview:
            return self._foretold(request.inputs)
        return self._applied(request.inputs, request.timeout, request.status)

    def update(self, request: UpdateRequest) -> State:
        """Apply the object again."""
        if request.preview:
            return self._foretold(request.inputs)
        return self._applied(request.inputs, request.timeout, request.status)

    def read(self, request: ReadRequest) -> State | None:
        """The live object; None only when the server itself says that there is none."""
        recorded = _plain(
            request.inputs or cast("PropertyMap", request.outputs.get("__inputs", {}))
        )
        namespace, name = objects.parted(request.id)
        source = recorded or _plain(request.outputs)
        version, kind, _, _ = objects.identity(source)
        api = self._known()
        live = api.get(version, kind, namespace, name)
        if live is None:
            return None
        inputs = recorded and objects.drifted(recorded, live, _wished(api, recorded, live))
        return self._state(live, inputs or live, request.inputs)

    def delete(self, request: DeleteRequest) -> None:
        """Delete it and wait until it is gone."""
        source = _plain(request.outputs if "apiVersion" in request.outputs else request.inputs)
        version, kind, _, _ = objects.identity(source)
        namespace, name = objects.parted(request.id)
        try:
            self._gone(version, kind, (namespace, name), request)
        except UnreachableError:
            if not self._delete_unreachable:
                raise
            request.status(say("kubernetes.left-unreachable", name=request.id))

    def _gone(self, version: str, kind: str, name: tuple[str, str], request: DeleteRequest) -> None:
        api = self._known()
        deadline = time.monotonic() + (request.timeout or PATIENCE)
        try:
            api.delete(version, kind, *name)
        except ApiError as error:
            if error.code != NOT_FOUND:  # a kind that is gone took its objects with it
                raise
            return
        while (live := api.get(version, kind, *name)) is not None:
            finalizers = ", ".join(live["metadata"].get("finalizers") or ()) or "-"
            request.status(say("kubernetes.deleting", finalizers=finalizers))
            if time.monotonic() > deadline:
                raise InputError(
                    say("kubernetes.not-deleted", name=request.id, finalizers=finalizers)
                )
            time.sleep(PAUSE)

    def _applied(self, inputs: PropertyMap, timeout: float | None, status: StatusSink) -> State:
        api, wanted = self._known(), _plain(inputs)
        live = api.apply(wanted)
        version, kind, namespace, name = objects.identity(live)
        deadline = time.monotonic() + (timeout or PATIENCE)
        while True:
            try:
                why = waits_for(api, live)
            except StuckError as stuck:
                raise self._partial(live, inputs, str(stuck)) from stuck
            if not why:
                return self._state(live, wanted, inputs)
            status(why)
            if time.monotonic() > deadline:
                raise self._partial(live, inputs, why)
            time.sleep(PAUSE)
            live = api.get(version, kind, namespace, name) or live

    def _foretold(self, inputs: PropertyMap) -> State:
        """What a dry run of the server makes of *inputs*, or they themselves."""
        if self._api is None or has_unknown(inputs):
            return State("", inputs)
        wanted = _plain(inputs)
        try:
            live = self._api.apply(wanted, dry_run=True)
        except ApiError as error:
            if error.code == NOT_FOUND:  # its namespace or its kind is still to come
                return State(objects.id_of(wanted), inputs)
            raise
        return self._state(live, wanted, inputs)

    def _placed(self, inputs: Object) -> Object:
        """*inputs* with the default namespace, where the kind lives in one."""
        metadata = inputs["metadata"]
        if metadata.get("namespace") or self._api is None:
            return inputs
        try:
            namespaced = self._api.is_namespaced(str(inputs["apiVersion"]), str(inputs["kind"]))
        except ApiError:
            return inputs  # a custom kind that is still to come says its namespace itself
        if not namespaced:
            return inputs
        return {**inputs, "metadata": {**metadata, "namespace": self._namespace}}

    def _partial(self, live: Object, inputs: PropertyMap, why: str) -> PartialFailure:
        state = self._state(live, _plain(inputs), inputs)
        return PartialFailure(state.id, state.outputs, [why], inputs)

    def _state(self, live: Object, inputs: Object, given: PropertyMap) -> State:
        made = cast("PropertyMap", objects.outputs(live, inputs))
        recorded = cast("PropertyMap", _remarked(cast("Value", inputs), cast("Value", given)))
        made["__inputs"] = recorded
        for key in SECRET_CONTENT:
            if key in made and str(live.get("kind")) == "Secret":
                made[key] = Secret(made[key])
        return State(objects.id_of(live), made, recorded)

    def _known(self) -> Api:
        if self._api is None:
            raise InputError(say("kubernetes.no-kubeconfig"))
        return self._api


def _sealed(inputs: Object) -> PropertyMap:
    """*inputs* with the content of a Secret marked as secret, however the program gave it."""
    sealed = cast("PropertyMap", dict(inputs))
    for key in SECRET_CONTENT:
        if inputs["kind"] == "Secret" and key in sealed and not isinstance(sealed[key], Secret):
            sealed[key] = Secret(sealed[key])
    return sealed


def _wished(api: Api, recorded: Object, live: Object) -> Object:
    try:
        return api.apply(recorded, dry_run=True, force=True)
    except ApiError:
        return live


def _plain(inputs: PropertyMap) -> Object:
    """Inputs without marks of secrecy and bookkeeping, whole numbers as such."""
    opened = copy.deepcopy(without_secrets(inputs))
    return {
        key: _whole(value)
        for key, value in cast("Object", opened).items()
        if not key.startswith("__")
    }


def _whole(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _remarked(value: Value, given: Value) -> Value:
    """*value* with secrets marked where *given* had them."""
    if isinstance(given, Secret):
        return Secret(value)
    if isinstance(value, dict) and isinstance(given, dict):
        return {key: _remarked(item, given.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(given, list) and len(value) == len(given):
        return [_remarked(item, mark) for item, mark in zip(value, given, strict=True)]
    return value
