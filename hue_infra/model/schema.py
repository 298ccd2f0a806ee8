"""The JSON Schema of a province file, so that editors complete and explain its keys."""

import ast
import inspect
import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from hue_infra.model import province
from hue_infra.units import Quantity

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """Writes a default as the file would: a quantity is a text with its unit."""

    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401 - pydantic's signature
        return str(dft) if isinstance(dft, Quantity) else super().encode_default(dft)


def province_schema() -> str:
    """The schema as ``provinces/province.schema.json`` holds it."""
    schema = province.Province.model_json_schema(schema_generator=_Generator)
    for name, docs in _field_docs().items():
        part = schema if name == "Province" else schema["$defs"].get(name, {})
        for field, spec in part.get("properties", {}).items():
            if text := docs.get(field):
                spec["description"] = text
            spec.pop("title", None)
    document = {"$schema": DIALECT, **schema}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _field_docs() -> dict[str, dict[str, str]]:
    """Docstrings of fields, by class and by the key the file uses.

    Read here from the source, not by pydantic at import: every command would
    pay for it.
    """
    tree = ast.parse(inspect.getsource(province))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    docs: dict[str, dict[str, str]] = {}
    for name, node in classes.items():
        inherited = (docs.get(base.id, {}) for base in node.bases if isinstance(base, ast.Name))
        docs[name] = {key: text for found in inherited for key, text in found.items()}
        for field, text in zip(node.body, node.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                docs[name] |= {field.target.id.rstrip("_"): _text(text)}
    return docs


def _text(node: ast.stmt) -> str:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    value = node.value.value if is_text else ""  # type: ignore[attr-defined]  # just asked
    return inspect.cleandoc(str(value)).replace("``", "`")
