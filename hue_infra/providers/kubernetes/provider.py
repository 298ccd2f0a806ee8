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
from hue_infra.providers.kubernetes import objects, ownership, renewal
from hue_infra.providers.kubernetes.api import (
    CONFLICT,
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

    def __init__(self, patience: float = 0.0) -> None:
        """Know no cluster yet.

        Args:
            patience: Seconds that a look waits for an API server which does not answer.
        """
        self._api: Api | None = None
        self._namespace = "default"
        self._delete_unreachable = False
        self._patience = patience
        self._silent = ""
        """Why the API server does not answer a look, once that is known."""
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
        return Checked(_sealed(self._placed(made, old)))

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
        """Apply the object again, over what people wrote into it by hand."""
        if request.preview:
            return self._foretold(request.inputs, ours=True)
        return self._applied(request.inputs, request.timeout, request.status, ours=True)

    def read(self, request: ReadRequest) -> State | None:
        """The live object; None only when the server itself says that there is none."""
        recorded = _plain(
            request.inputs or cast("PropertyMap", request.outputs.get("__inputs", {}))
        )
        before = _plain(request.outputs)
        namespace, name = objects.parted(request.id)
        version, kind, _, _ = objects.identity(recorded or before)
        api = self._known()
        live = self._looked_at(api, (version, kind, namespace, name), request.status)
        if live is None:
            return None
        inputs = recorded and _as_found(api, recorded, live, before)
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
            _await_finalizers(live, request.id, deadline, request.status)

    def _looked_at(
        self, api: Api, name: tuple[str, str, str, str], status: StatusSink
    ) -> Object | None:
        """The live object; a server that does not answer is waited for once, for all of a run."""
        if not self._silent:
            try:
                return api.get(*name)
            except UnreachableError as error:
                with self._lock:
                    if not self._silent and not _answers(api, self._patience, status):
                        self._silent = str(error)
        if self._silent:
            raise UnreachableError(self._silent)
        return api.get(*name)

    def _applied(
        self, inputs: PropertyMap, timeout: float | None, status: StatusSink, *, ours: bool = False
    ) -> State:
        api, wanted = self._known(), _plain(inputs)
        deadline = time.monotonic() + (timeout or PATIENCE)
        before = _prepare(api, wanted, deadline, status, ours=ours)
        live = api.apply(renewal.spared(wanted, before))
        version, kind, namespace, name = objects.identity(live)
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

    def _foretold(self, inputs: PropertyMap, *, ours: bool = False) -> State:
        """What a dry run of the server makes of *inputs*, or they themselves."""
        if self._api is None or has_unknown(inputs):
            return State("", inputs)
        wanted = _plain(inputs)
        try:
            live = _tried(self._api, wanted, ours=ours)
        except UnreachableError:
            # Its machine may be started by this very run: then the apply itself will tell.
            return State(objects.id_of(wanted), inputs)
        except ApiError as error:
            if error.code == NOT_FOUND:  # its namespace or its kind is still to come
                return State(objects.id_of(wanted), inputs)
            raise
        return self._state(live, wanted, inputs)

    def _placed(self, inputs: Object, old: Object | None) -> Object:
        """*inputs* with the default namespace, where the kind lives in one."""
        metadata = inputs["metadata"]
        if metadata.get("namespace") or self._api is None:
            return inputs
        namespace = self._namespace
        try:
            namespaced = self._api.is_namespaced(str(inputs["apiVersion"]), str(inputs["kind"]))
        except ApiError:
            return inputs  # a custom kind that is still to come says its namespace itself
        except UnreachableError:
            # Its machine may be about to start: until then the object lives where it lived.
            namespace = str((old or {}).get("metadata", {}).get("namespace", ""))
            namespaced = bool(namespace)
        if not namespaced:
            return inputs
        return {**inputs, "metadata": {**metadata, "namespace": namespace}}

    def _partial(self, live: Object, inputs: PropertyMap, why: str) -> PartialFailure:
        state = self._state(live, _plain(inputs), inputs)
        return PartialFailure(state.id, state.outputs, [why], inputs)

    def _state(self, live: Object, inputs: Object, given: PropertyMap) -> State:
        made = cast("PropertyMap", objects.outputs(live, inputs))
        recorded = cast("PropertyMap", _remarked(cast("Value", inputs), cast("Value", given)))
        if str(live.get("kind")) == "Secret":
            made, recorded = _with_secret_content(made), _with_secret_content(recorded)
        made["__inputs"] = recorded
        return State(objects.id_of(live), made, recorded)

    def _known(self) -> Api:
        if self._api is None:
            raise InputError(say("kubernetes.no-kubeconfig"))
        return self._api


def _sealed(inputs: Object) -> PropertyMap:
    """*inputs* with the content of a Secret marked as secret, however the program gave it."""
    sealed = cast("PropertyMap", dict(inputs))
    return _with_secret_content(sealed) if inputs["kind"] == "Secret" else sealed


def _with_secret_content(properties: PropertyMap) -> PropertyMap:
    return {
        key: Secret(value) if key in SECRET_CONTENT and not isinstance(value, Secret) else value
        for key, value in properties.items()
    }


def _answers(api: Api, patience: float, status: StatusSink) -> bool:
    """Whether the API server answers within *patience* seconds."""
    deadline = time.monotonic() + patience
    while not api.is_ready():
        if time.monotonic() >= deadline:
            return False
        status(say("providers.server-awaited"))
        time.sleep(PAUSE)
    return True


def _as_found(api: Api, recorded: Object, live: Object, before: Object) -> Object:
    """*recorded* with all that somebody has changed since it was applied.

    Args:
        api: Asked for a dry run only where *live* differs from *before*: a newer server may have
            filled in what an older one did not.
        recorded: What was asked for.
        live: The object as it is.
        before: The object as the last apply, or look, has found it.
    """
    live = renewal.as_applied(live, recorded)
    found = recorded
    if objects.drifted(recorded, live, before) != recorded:
        found = objects.drifted(recorded, live, _wished(api, recorded, before or live))
    paths = ownership.by_hand(live)
    if "deletionTimestamp" in live["metadata"]:
        paths.append(("f:metadata", "f:deletionTimestamp"))
    for path in paths:
        value = ownership.value_at(live, path)
        # Who writes back what stood there already has changed nothing.
        if value != ownership.value_at(before, path):
            found = ownership.with_value(found, path, value)
    return found


def _wished(api: Api, recorded: Object, otherwise: Object) -> Object:
    try:
        return api.apply(recorded, dry_run=True, force=True)
    except ApiError:
        return otherwise


def _tried(api: Api, wanted: Object, *, ours: bool) -> Object:
    """What a dry run makes of *wanted*, over what people wrote into an object of *ours*."""
    try:
        return api.apply(wanted, dry_run=True)
    except ApiError as error:
        hands = error.owners and all(map(ownership.is_hand, error.owners))
        if not (ours and error.code == CONFLICT and hands):
            raise
    return api.apply(wanted, dry_run=True, force=True)


def _prepare(
    api: Api, wanted: Object, deadline: float, status: StatusSink, *, ours: bool
) -> Object | None:
    """Let what is on its way out go, and take back what people wrote into an object of *ours*.

    Returns:
        The object as it was found; None where there is none.
    """
    name = objects.identity(wanted)
    while (live := api.get(*name)) is not None:
        if "deletionTimestamp" not in live["metadata"]:
            if ours and ownership.is_touched(live):
                api.note_owners(live, ownership.taken_over(live))
            return live
        _await_finalizers(live, objects.id_of(wanted), deadline, status)
    return None


def _await_finalizers(live: Object, name: str, deadline: float, status: StatusSink) -> None:
    """Give those who hold up the end of *live* a moment more.

    Raises:
        InputError: The deadline is past.
    """
    finalizers = ", ".join(live["metadata"].get("finalizers") or ()) or "-"
    status(say("kubernetes.deleting", finalizers=finalizers))
    if time.monotonic() > deadline:
        raise InputError(say("kubernetes.not-deleted", name=name, finalizers=finalizers))
    time.sleep(PAUSE)


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
