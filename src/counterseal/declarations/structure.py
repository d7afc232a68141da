"""Holds a JSON document against the schema of its format, in words that name path, found and rule."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from counterseal.declarations.problems import Problems
from counterseal.declarations.strict_json import member_path
from counterseal.declarations.wording import shown

_TYPES = {
    dict: "an object", list: "a list", str: "a text", int: "a number",
    bool: "true or false", type(None): "null",
}  # fmt: skip


def schema_text(name: str) -> str:
    """Return the JSON Schema of a format of this room, such as ``declaration-1``."""
    return files(__package__).joinpath("schema", f"{name}.json").read_text(encoding="utf-8")


def is_sound(
    document: Any, *, schema: str, definition: str, path: str, where: str, problems: Problems
) -> bool:
    """Note in ``problems`` where ``document`` departs from its format; return whether it does not.

    Args:
        document: The parsed document.
        schema: Name of the schema.
        definition: Which of its definitions the document must follow.
        path: JSON path of the document in its file.
        where: Name of the file.
        problems: Gathers what is wrong.
    """
    before = len(problems)
    for error in _validator(schema, definition).iter_errors(document):
        for place, text in _told(error):
            problems.add(f"{where}, {_path(path, error)}{place}", text)
    return len(problems) == before


@cache
def _validator(schema: str, definition: str) -> Draft202012Validator:
    content = json.loads(schema_text(schema))
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": content["$defs"]})


def _path(start: str, error: ValidationError) -> str:
    path = start
    for step in error.absolute_path:
        path = f"{path}[{step}]" if isinstance(step, int) else member_path(path, step)
    return path


def _told(error: ValidationError) -> list[tuple[str, str]]:
    rule: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        return [
            (member_path("", key), f"unknown key; the keys here are {', '.join(known)}")
            for key in instance
            if key not in known
        ]
    if error.validator == "required":
        # jsonschema reports each missing key by itself, and names it in its message alone.
        missing = [key for key in rule if error.message.startswith(f"{key!r} is a required")]
        return [("", f"key {key!r} is missing; required here: {', '.join(rule)}") for key in missing]
    return [("", _sentence(error, rule, schema))]


def _sentence(error: ValidationError, rule: Any, schema: Mapping[str, Any]) -> str:
    about = f" ({schema['description']})" if "description" in schema else ""
    if error.validator in {"type", "const", "enum"}:
        wanted = rule if error.validator != "enum" else " or ".join(str(each) for each in rule)
        wanted = " or ".join(wanted) if isinstance(wanted, list) else wanted
        return f"found {_found(error.instance)}, must be {wanted}{about}"
    return f"found {_found(error.instance)}, must have {error.validator} {rule}{about}"


def _found(value: Any) -> str:
    if isinstance(value, (str, int)):
        return shown(value)
    kind = next((name for each, name in _TYPES.items() if isinstance(value, each)), "something else")
    return f"{kind} of {len(value)}" if isinstance(value, (dict, list)) else kind
