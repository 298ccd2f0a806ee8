"""A program's dynamic provider, pickled as the SDK does it, printed for the tests to hand on."""

import asyncio
import sys

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime._serialization import _serialize

LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)
PASSWORD = pulumi.Output.secret("swordfish")


class Ledger(ResourceProvider):
    def configure(self, req):
        self.owner = req.config.require("owner")
        self.pin = req.config.get("pin")

    def check(self, olds, news):
        failures = [CheckFailure("line", "is empty")] if not news.get("line") else []
        return CheckResult({**news, "checked": True}, failures)

    def diff(self, id_, olds, news):
        changed = olds["line"] != news["line"]
        if news["line"] == "whatever":
            return DiffResult()
        return DiffResult(changed, ["line"] if news["line"] == "new" else [], None, True)

    def create(self, props):
        if props["line"] == "torn":
            raise ValueError("the page is torn")
        known = {"owner": self.owner, "pin": self.pin, "length": len(PASSWORD.get())}
        return CreateResult("page-1", {**props, **known})

    def read(self, id_, props):
        if id_ == "lost":
            return ReadResult(None, {})
        return ReadResult(id_, {**props, "line": "as it is"}, {"line": "as it is"})

    def update(self, id_, olds, news):
        return UpdateResult({**news, "was": olds["line"]})

    def delete(self, id_, props):
        if id_ != "page-1":
            raise ValueError(f"no page {id_}")


async def pickled():
    await PASSWORD.future()
    return _serialize(True, serialize_provider, Ledger())[0]


sys.stdout.write(LOOP.run_until_complete(pickled()))
