"""Holds a document against its JSON Schema, in words that name line, found and expected."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from counterseal.treaty.document import Document, Path
from counterseal.treaty.errors import PackError

MAX_PROBLEMS = 20
"""How many problems one message lists."""
MAX_COMPARED = 1000
"""Longest list whose items are compared with each other where its schema sets no bound [items]."""

_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def _unique_if_short(
    validator: Validator, wanted: bool, instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    """Compare the items of a list with each other, unless it is too long anyway: mixed ones cost a square."""
    if isinstance(instance, list) and len(instance) <= schema.get("maxItems", MAX_COMPARED):
        yield from Draft202012Validator.VALIDATORS["uniqueItems"](validator, wanted, instance, schema)


_extend: Callable[..., type[Validator]] = validators.extend  # which has no types of its own
_BOUNDED = _extend(Draft202012Validator, {"uniqueItems": _unique_if_short})


def require_schema(document: Document, schema: dict[str, Any]) -> None:
    """Require that ``document`` meets ``schema``.

    Args:
        document: A strict YAML document.
        schema: A JSON Schema, Draft 2020-12; descriptions in it serve as "expected".

    Raises:
        PackError: it does not; one line for each problem, in the order of the file.
    """
    errors = list(_BOUNDED(schema).iter_errors(document.data))
    of_no_kind = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    problems: list[tuple[int, int, str]] = []
    for error in errors:
        if error.validator == "type" or tuple(error.absolute_path) not in of_no_kind:
            problems.extend(_problems(document, error))
    if problems:
        lines = list(dict.fromkeys(text for _, _, text in sorted(problems)))
        more = len(lines) - MAX_PROBLEMS
        tail = [f"{document.where}: and {more} more problems"] if more > 0 else []
        raise PackError("\n".join(lines[:MAX_PROBLEMS] + tail))


def _problems(document: Document, error: ValidationError) -> Iterator[tuple[int, int, str]]:
    path: Path = tuple(error.absolute_path)
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {})) if isinstance(error.schema, dict) else []
        for key in instance:
            if key not in known:
                yield _located(document, (*path, key), _unknown_key(key, known), on_key=True)
        return
    if error.validator == "required" and isinstance(error.validator_value, list):
        missing = [repr(key) for key in error.validator_value if key not in instance]
        said = f"key {missing[0]} is" if len(missing) == 1 else f"keys {', '.join(missing)} are"
        needed = ", ".join(error.validator_value)
        yield _located(document, path, f"{said} missing; required here: {needed}")
        return
    wording = _WORDINGS.get(str(error.validator))
    text = wording(error) if wording else f"{error.message}; {_expected(error)}"
    yield _located(document, path, text)


def _located(document: Document, path: Path, text: str, *, on_key: bool = False) -> tuple[int, int, str]:
    line = document.problem(*path, text=text, on_key=on_key)
    row, column = line[len(document.where) + 1 :].split(":", 2)[:2]
    return int(row), int(column), line


def _unknown_key(key: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"expected one of: {', '.join(known)}"
    return f"unknown key {key!r}; {hint}"


def _schema(error: ValidationError) -> dict[str, Any]:
    return error.schema if isinstance(error.schema, dict) else {}


def _expected(error: ValidationError) -> str:
    return f"expected {_schema(error).get('description', 'what the schema says')}"


def _about(error: ValidationError) -> str:
    schema = _schema(error)
    return f": {schema['description']}" if "description" in schema else ""


def found(value: Any) -> str:
    """Return ``value`` as a message shows what was found: short, and with its kind."""
    if isinstance(value, dict):
        return f"a mapping of {len(value)} keys"
    if isinstance(value, list):
        return f"a list of {len(value)} items"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - width of a message


def _wrong_type(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    names = [wanted] if isinstance(wanted, str) else wanted
    kinds = " or ".join(_KINDS.get(str(name), str(name)) for name in names)
    hint = _chance_hint(error, before=";") or _spelling_hint(error)
    return f"found {found(error.instance)}, expected {kinds}{_about(error)}{hint}"


def _chance_hint(error: ValidationError, *, before: str = ":") -> str:
    """Return how a number from 0 to 1 is written; people write per cent. Empty for other values."""
    schema = _schema(error)
    low, high = (
        schema.get(name, schema.get(f"exclusive{name.capitalize()}")) for name in ("minimum", "maximum")
    )
    if schema.get("type") != "number" or (low, high) != (0, 1):
        return ""
    words = [word for word in ("chance", "share") if word in schema.get("description", "")]
    return f"{before} a {(*words, 'number')[0]} between 0 and 1, such as 0.8; 80 % is 0.8"


def _spelling_hint(error: ValidationError) -> str:
    """Return how a number is written, where text was found that may be meant as one."""
    plain = {"number": "1234.5, with a point", "integer": "1234"}.get(str(error.validator_value))
    if plain is None or not isinstance(error.instance, str) or not any(map(str.isdigit, error.instance)):
        return ""
    return f"; write it like {plain}, without quotes, units or other signs"


def _one_of(error: ValidationError) -> str:
    values = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    choices = ", ".join("null" if value is None else str(value) for value in values)
    return f"found {found(error.instance)}, expected one of: {choices}"


def _exactly(error: ValidationError) -> str:
    return f"found {found(error.instance)}, expected exactly {error.validator_value!r}"


def _shape(error: ValidationError) -> str:
    return f"found {found(error.instance)}, {_expected(error)}"


def _minimum(error: ValidationError) -> str:
    least = f"expected {_number_kind(error)} of at least {_plain(error.validator_value)}"
    return f"found {found(error.instance)}, {least}{_chance_hint(error)}"


def _maximum(error: ValidationError) -> str:
    most = f"expected {_number_kind(error)} of at most {_plain(error.validator_value)}"
    return f"found {found(error.instance)}, {most}{_chance_hint(error)}"


def _above(error: ValidationError) -> str:
    above = f"expected a number above {_plain(error.validator_value)}"
    return f"found {found(error.instance)}, {above}{_chance_hint(error)}"


def _below(error: ValidationError) -> str:
    below = f"expected a number below {_plain(error.validator_value)}"
    return f"found {found(error.instance)}, {below}{_chance_hint(error)}"


def _plain(limit: object) -> str:
    """Return a limit as a person writes it: the schema may have it as 1000000000000.0."""
    return f"{limit:.0f}" if isinstance(limit, float) and limit.is_integer() else str(limit)


def _number_kind(error: ValidationError) -> str:
    return "a number" if _schema(error).get("type") == "number" else "a whole number"


def _too_few(error: ValidationError) -> str:
    return f"found {found(error.instance)}, expected at least {error.validator_value}{_about(error)}"


def _too_many(error: ValidationError) -> str:
    return f"found {found(error.instance)}, expected at most {error.validator_value}{_about(error)}"


def _too_long(error: ValidationError) -> str:
    size = f"text of {len(str(error.instance))} characters"
    return f"found {size}, expected at most {error.validator_value}{_about(error)}"


def _repeats(error: ValidationError) -> str:
    seen: list[tuple[bool, Any]] = []  # true is not 1, though Python says that they are equal
    for item in error.instance if isinstance(error.instance, list) else ():
        one = (isinstance(item, bool), item)
        if one in seen:
            where = f"at [{seen.index(one)}] and [{len(seen)}]"
            return f"found the same item twice: {found(item)}, {where}; items must differ"
        seen.append(one)
    return "found the same item twice; items must differ"


_WORDINGS: dict[str, Callable[[ValidationError], str]] = {
    "type": _wrong_type,
    "enum": _one_of,
    "const": _exactly,
    "pattern": _shape,
    "anyOf": _shape,
    "minLength": _shape,
    "maxLength": _too_long,
    "minimum": _minimum,
    "maximum": _maximum,
    "exclusiveMinimum": _above,
    "exclusiveMaximum": _below,
    "minItems": _too_few,
    "minProperties": _too_few,
    "maxItems": _too_many,
    "uniqueItems": _repeats,
}
