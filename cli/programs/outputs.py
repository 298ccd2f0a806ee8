"""The outputs of a stack, as its state has them."""

import json
import shlex

from hue_infra.cli.programs.opening import Opened
from hue_infra.engine.encoding import Encoder
from hue_infra.engine.reporter import MASK
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.engine.values import Sealed, Secret, Value, transform


def of_stack(opened: Opened, *, show_secrets: bool) -> dict[str, object]:
    """The outputs by name, as JSON; without secrets nobody is asked for the passphrase."""
    crypter = opened.store.crypter(opened.passphrase) if show_secrets else None
    resources = opened.store.load(crypter).resources
    found = next((item.outputs for item in resources if item.type == ROOT_TYPE), {})
    return Encoder(None).properties({key: transform(found[key], _plain) for key in found})


def text(value: object) -> str:
    """An output as a person reads it: a text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def assignment(name: str, value: object) -> str:
    """An output as a line of a shell script."""
    return f"{name}={shlex.quote(text(value))}\n"


def _plain(value: Value) -> Value:
    if isinstance(value, Secret):
        return value.value
    return MASK if isinstance(value, Sealed) else value
