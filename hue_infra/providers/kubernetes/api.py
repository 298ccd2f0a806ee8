"""A small client of the Kubernetes API: discovery, apply, get, list, delete."""

import base64
import json
import os
import re
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import httpx
from ruamel.yaml import YAML

from hue_infra.errors import InputError, RemoteError
from hue_infra.words import say

Object = dict[str, Any]
"""A Kubernetes object as JSON."""

MANAGER = "hue-infra"
"""Our field manager: fixed, so that a run resumed after a crash owns what it applied before."""
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
NOT_FOUND, CONFLICT = 404, 409


class ApiError(RemoteError):
    """The API server refused."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(say("kubernetes.refused", code=code, reason=reason, message=message))
        self.code = code
        self.reason = reason
        self.message = message

    @property
    def owners(self) -> tuple[str, ...]:
        """Those who wrote the fields that a conflict is about."""
        return tuple(re.findall(r'conflicts? with "([^"]+)"', self.message))


class UnreachableError(RemoteError):
    """The API server did not answer: nothing is known about what it holds."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where an API server is and how it knows us."""

    server: str
    server_name: str
    tls: ssl.SSLContext
    token: str


def access(kubeconfig: str) -> Access:
    """Read the current context of *kubeconfig*.

    Raises:
        InputError: It names no cluster or user, or keeps them in files of its own.
    """
    content = YAML(typ="safe", pure=True).load(kubeconfig) or {}
    try:
        context = _named(content["contexts"], content["current-context"])["context"]
        cluster = _named(content["clusters"], context["cluster"])["cluster"]
        user = _named(content["users"], context["user"])["user"]
    except (KeyError, TypeError, StopIteration) as error:
        raise InputError(say("kubernetes.bad-kubeconfig", what=str(error))) from error
    tls = ssl.create_default_context(cadata=_pem(cluster, "certificate-authority-data"))
    _identify(tls, user)
    server_name = str(cluster.get("tls-server-name", ""))
    return Access(str(cluster["server"]), server_name, tls, str(user.get("token", "")))


class Api:
    """One API server."""

    def __init__(self, access_: Access) -> None:
        headers = {"Authorization": f"Bearer {access_.token}"} if access_.token else {}
        self._client = httpx.Client(
            base_url=access_.server, verify=access_.tls, headers=headers, timeout=TIMEOUT
        )
        self._extensions = {"sni_hostname": access_.server_name} if access_.server_name else {}
        self._kinds: dict[str, dict[str, tuple[str, bool]]] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def is_ready(self) -> bool:
        """Whether the server answers and calls itself ready."""
        try:
            self._ask("GET", "/readyz")
        except (ApiError, UnreachableError):
            return False
        return True

    def is_namespaced(self, version: str, kind: str) -> bool:
        """Whether objects of *kind* live in namespaces.

        Raises:
            ApiError: The server does not know the kind.
        """
        return self._kind(version, kind)[1]

    def apply(self, obj: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        """Apply *obj* and return it as it lives.

        Raises:
            ApiError: It was refused; a conflict names the fields and who owns them.
        """
        parameters = {"fieldManager": MANAGER, "force": str(force).lower()}
        if dry_run:
            parameters["dryRun"] = "All"
        path = self._path(obj)
        headers = {"Content-Type": "application/apply-patch+yaml"}
        return self._ask("PATCH", path, parameters, json.dumps(obj), headers)

    def note_owners(self, live: Object, owners: list[Object]) -> None:
        """Have the server note *owners* of the fields of *live*, which nobody changed meanwhile."""
        metadata = {"managedFields": owners, "resourceVersion": live["metadata"]["resourceVersion"]}
        deeds = [
            {"op": "replace", "path": f"/metadata/{key}", "value": value}
            for key, value in metadata.items()
        ]
        headers = {"Content-Type": "application/json-patch+json"}
        self._ask("PATCH", self._path(live), None, json.dumps(deeds), headers)

    def get(self, version: str, kind: str, namespace: str, name: str) -> Object | None:
        """The object, or None when the API server itself says that there is none."""
        try:
            return self._ask("GET", self._path_of(version, kind, namespace, name))
        except ApiError as error:
            # Whatever stands before a server may answer 404 as well, in words of its own.
            if error.code == NOT_FOUND and error.reason == "NotFound":
                return None
            raise

    def find(self, version: str, kind: str, namespace: str, **selectors: str) -> list[Object]:
        """Objects of *kind* in *namespace* that a ``labelSelector`` or ``fieldSelector`` names."""
        answer = self._ask("GET", self._path_of(version, kind, namespace, ""), selectors)
        return cast("list[Object]", answer.get("items", []))

    def everywhere(self, version: str, kind: str) -> list[Object]:
        """Every object of *kind*, in whatever namespace."""
        answer = self._ask("GET", f"{_root(version)}/{self._kind(version, kind)[0]}")
        # The items of a list do not say what they are.
        return [{"apiVersion": version, "kind": kind, **item} for item in answer.get("items", [])]

    def log(self, namespace: str, pod: str, **parameters: str) -> str:
        """What a container of *pod* has written, with the parameters that ``pods/log`` takes."""
        path = self._path_of("v1", "Pod", namespace, pod)
        return self._answer("GET", f"{path}/log", parameters).text

    def delete(self, version: str, kind: str, namespace: str, name: str) -> None:
        """Ask for its deletion with all that it owns; nothing to do when it is gone."""
        options = json.dumps({"propagationPolicy": "Foreground"})
        headers = {"Content-Type": "application/json"}
        try:
            path = self._path_of(version, kind, namespace, name)
            self._ask("DELETE", path, None, options, headers)
        except ApiError as error:
            if error.code != NOT_FOUND:
                raise

    def _path(self, obj: Object) -> str:
        metadata = obj["metadata"]
        namespace = str(metadata.get("namespace", ""))
        return self._path_of(obj["apiVersion"], obj["kind"], namespace, metadata["name"])

    def _path_of(self, version: str, kind: str, namespace: str, name: str) -> str:
        plural, namespaced = self._kind(version, kind)
        inside = f"/namespaces/{quote(namespace or 'default')}" if namespaced else ""
        return f"{_root(version)}{inside}/{plural}" + (f"/{quote(name)}" if name else "")

    def _kind(self, version: str, kind: str) -> tuple[str, bool]:
        with self._lock:
            if kind not in self._kinds.get(version, {}):
                # A kind may have come since: a custom resource of this very deployment.
                self._kinds[version] = self._discovered(version)
            if kind not in self._kinds[version]:
                raise ApiError(
                    NOT_FOUND, "NotFound", say("kubernetes.no-kind", kind=kind, version=version)
                )
            return self._kinds[version][kind]

    def _discovered(self, version: str) -> dict[str, tuple[str, bool]]:
        try:
            resources = self._ask("GET", _root(version)).get("resources", [])
        except ApiError as error:
            if error.code != NOT_FOUND or "gitVersion" not in self._ask("GET", "/version"):
                raise
            resources = []
        return {
            item["kind"]: (item["name"], bool(item["namespaced"]))
            for item in resources
            if "/" not in item["name"]
        }

    def _ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Object:
        return _content(self._answer(method, path, parameters, body, headers))

    def _answer(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        try:
            answer = self._client.request(
                method,
                path,
                params=dict(parameters or {}),
                content=body,
                headers=dict(headers or {}),
                extensions=self._extensions,
            )
        except httpx.TransportError as error:
            raise UnreachableError(
                say("kubernetes.unreachable", server=str(self._client.base_url), why=str(error))
            ) from error
        if answer.is_error:
            content = _content(answer)
            reason, message = str(content.get("reason", "")), str(content.get("message", ""))
            raise ApiError(answer.status_code, reason, message or answer.text[:300])
        return answer


def _content(answer: httpx.Response) -> Object:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _named(items: Any, name: str) -> Object:  # noqa: ANN401 - parsed YAML
    return cast("Object", next(item for item in items if item["name"] == name))


def _pem(holder: Mapping[str, Any], key: str) -> str | None:
    found = holder.get(key)
    return base64.b64decode(found).decode() if found else None


def _identify(tls: ssl.SSLContext, user: Mapping[str, Any]) -> None:
    certificate, key = _pem(user, "client-certificate-data"), _pem(user, "client-key-data")
    if certificate is None or key is None:
        return
    # The library loads a key from a file only; this one lies in memory and dies with this process.
    with os.fdopen(os.memfd_create("identity"), "w", encoding="utf-8") as file:
        file.write(f"{certificate}\n{key}")
        file.flush()
        tls.load_cert_chain(f"/proc/self/fd/{file.fileno()}")
