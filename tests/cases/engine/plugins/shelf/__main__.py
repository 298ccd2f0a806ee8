"""A provider of books, written with the SDK's own classes; it remembers what it was asked."""

import os
import sys
from pathlib import Path

from pulumi.provider.experimental import provider as api
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import main

KIND = api.PropertyDiffKind
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SEEN = []


def bare(values):
    """Values as JSON could hold them; secrets and unknowns are told as texts."""
    return {key: plain(value) for key, value in (values or {}).items()}


def plain(value):
    if not isinstance(value, PropertyValue):
        return value
    inner = value.value
    if hasattr(inner, "items"):
        inner = bare(inner)
    elif isinstance(inner, tuple):
        inner = [plain(item) for item in inner]
    elif inner == UNKNOWN:
        inner = "unknown"
    if value.dependencies:
        return "an output"
    return f"secret {inner}" if value.is_secret else inner


def wrapped(value):
    if isinstance(value, dict):
        return PropertyValue({key: wrapped(item) for key, item in value.items()})
    if isinstance(value, list):
        return PropertyValue([wrapped(item) for item in value])
    return PropertyValue(float(value) if type(value) is int else value)


def note(call, request, **more):
    told = {"call": call, "urn": getattr(request, "urn", "")}
    told |= {key: bare(item) if isinstance(item, dict) else item for key, item in more.items()}
    SEEN.append(told)


class Shelf(api.Provider):
    def __init__(self):
        self.package = "shelf"

    async def parameterize(self, request):
        given = request.parameters
        value = given.value.decode()
        if value == "broken":
            raise ValueError("this value makes no package")
        self.package = "another" if value == "liar" else given.name
        version = "none" if value == "nameless" else given.version
        return api.ParameterizeResponse(self.package, version)

    async def check_config(self, request):
        note("CheckConfig", request, old=request.old_inputs, new=request.new_inputs)
        failures = []
        if plain(request.new_inputs.get("room", PropertyValue(""))) == "attic":
            failures = [api.CheckFailure("room", "is too damp")]
        return api.CheckResponse({"lamp": PropertyValue("on"), **request.new_inputs}, failures)

    async def diff_config(self, request):
        note("DiffConfig", request, old=request.old_state, new=request.new_inputs)
        moved = bare(request.old_state).get("room") != bare(request.new_inputs).get("room")
        return api.DiffResponse(changes=None, replaces=["room"] if moved else [])

    async def configure(self, request):
        note("Configure", request, args=request.args, variables=dict(request.variables))
        settings = bare(request.args)
        if settings.get("room") == "cellar":
            raise ValueError("the cellar is locked")
        trusts = settings.get("trusts") != "no"
        return api.ConfigureResponse(
            accept_secrets=trusts,
            accept_outputs=True,
            supports_preview=settings.get("foretells") != "no",
        )

    async def check(self, request):
        note("Check", request, old=request.old_inputs, new=request.new_inputs)
        inputs = {"pages": PropertyValue(100.0), **request.new_inputs}
        failures = []
        if inputs["title"].value == "":
            failures.append(api.CheckFailure("title", "is empty"))
        return api.CheckResponse(inputs, failures)

    async def diff(self, request):
        old, new = bare(request.old_state), bare(request.new_inputs)
        note("Diff", request, old=request.old_state, new=request.new_inputs)
        kind = new.get("how", "unknown")
        if kind == "unknown":
            return api.DiffResponse()
        if kind == "none":
            return api.DiffResponse(changes=False, stables=["mark"])
        if kind == "named":
            return api.DiffResponse(
                changes=True,
                replaces=["title"],
                diffs=["title", "pages"],
                delete_before_replace=True,
            )
        detailed = {item.name.lower(): api.PropertyDiff(item, True) for item in KIND}
        return api.DiffResponse(changes=old != new, detailed_diff=detailed)

    async def create(self, request):
        note(
            "Create",
            request,
            timeout=request.timeout,
            preview=request.preview,
            new=request.properties,
        )
        title = request.properties["title"].value
        if title == "cursed":
            raise ValueError("nobody dares to touch it")
        if title == "heavy":
            sys.stderr.write("the shelf breaks\n")
            sys.stderr.flush()
            os._exit(7)
        mark = UNKNOWN if request.preview or title == "vague" else "A-1"
        outputs = {**request.properties, "mark": PropertyValue(mark)}
        return api.CreateResponse(None if request.preview else "book-1", outputs)

    async def read(self, request):
        note("Read", request, old=request.properties, inputs=request.inputs)
        if request.resource_id == "lost":
            return api.ReadResponse(None)
        outputs = {**request.properties, "mark": PropertyValue("A-1")}
        return api.ReadResponse(
            request.resource_id, outputs, {**request.inputs, "pages": PropertyValue(7.0)}
        )

    async def update(self, request):
        note(
            "Update",
            request,
            timeout=request.timeout,
            preview=request.preview,
            old=request.olds,
            new=request.news,
            ignored=list(request.ignore_changes),
        )
        return api.UpdateResponse({**request.news, "mark": PropertyValue("A-2")})

    async def delete(self, request):
        note("Delete", request, timeout=request.timeout, old=request.properties)
        if request.resource_id == "stuck":
            raise ValueError("it is stuck")

    async def invoke(self, request):
        match request.tok.rpartition(":")[2]:
            case "seen":
                seen = [wrapped(item) for item in SEEN]
                SEEN.clear()
                return api.InvokeResponse({"seen": PropertyValue(seen)})
            case "count":
                return api.InvokeResponse(
                    {"books": PropertyValue(3.0), "of": PropertyValue(self.package)}
                )
            case "lend":
                failures = [
                    api.CheckFailure("to", "is nobody"),
                    api.CheckFailure("days", "is too long"),
                ]
                return api.InvokeResponse(failures=failures)
            case "echo":
                return api.InvokeResponse({**request.args, "more": PropertyValue("x")})
            case "environment":
                names = bare(request.args)["names"]
                found = {name: PropertyValue(os.environ.get(name, "")) for name in names}
                found["cwd"] = PropertyValue(str(Path.cwd()))
                return api.InvokeResponse(found)
        raise ValueError(f"no function {request.tok}")


if __name__ == "__main__":
    main(sys.argv[1:], "1.2.0", Shelf())
