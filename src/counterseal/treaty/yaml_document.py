"""Strict YAML: one document, plain data, and the line of every value in it.

The accepted subset is what a person who is no programmer can read without surprises: mappings
with text keys, lists, text, whole numbers, ``true``/``false`` and ``null``. Plain scalars follow the
core schema of YAML 1.2, so ``NO`` and ``2031-05-01`` are text. Anchors, aliases, tags, merge keys,
directives, several documents, duplicate keys and numbers with a fraction are refused. Where a document
holds estimates and is signed by nobody (``fractions``), a number may have one, and is read as a decimal.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml

from counterseal.treaty.document import Document, Path, Place, format_path
from counterseal.treaty.errors import PackError
from counterseal.treaty.schema_check import require_schema

MAX_BYTES = 1_048_576
"""Largest accepted file [bytes]."""
MAX_DEPTH = 24
"""Deepest accepted nesting of mappings and lists [levels]."""
MAX_DIGITS = 15
"""Longest accepted whole number [digits]."""
MAX_DECIMAL = 30
"""Longest accepted number with a fraction [characters]."""

_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_CANONICAL_INTEGER = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", re.ASCII
)
_DECIMAL = re.compile(
    r"-?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]{1,3})?|-?[1-9][0-9]*[eE][-+]?[0-9]{1,3}", re.ASCII
)
_WORDS = {"true": True, "false": False, "null": None, "~": None}
_OTHER_CASE = {"True", "TRUE", "False", "FALSE", "Null", "NULL"}


def load_yaml_document(text: str | bytes, *, schema: dict[str, Any] | None, where: str) -> Any:
    """Return the data of one strict YAML document.

    Args:
        text: The file as it was read; bytes must be UTF-8.
        schema: JSON Schema (Draft 2020-12) that the data must meet; None for none.
        where: Name of the file, as messages show it.

    Returns:
        Mappings, lists, text, whole numbers, booleans and None.

    Raises:
        PackError: the text is not such a document; the message names file, line, column, the
            path in the document, what was found and what was expected.
    """
    return read_yaml_document(text, schema=schema, where=where).data


def read_yaml_document(
    text: str | bytes, *, schema: dict[str, Any] | None, where: str, fractions: bool = False
) -> Document:
    """Return one strict YAML document with the places of its values; see ``load_yaml_document``.

    Args:
        text: The file as it was read.
        schema: JSON Schema that the data must meet; None for none.
        where: Name of the file, as messages show it.
        fractions: Whether ``0.9`` and ``1e-6`` are accepted, as ``Decimal``; for documents that hold
            estimates, never for what is signed.
    """
    document = _Builder(where=where, fractions=fractions).build(_decode(text, where=where))
    if schema is not None:
        require_schema(document, schema)
    return document


def _decode(text: str | bytes, *, where: str) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise PackError(f"{where}: {size} bytes, must be at most {MAX_BYTES}")
    if isinstance(text, bytes):
        if text.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise PackError(f"{where}: UTF-16 text, must be saved as UTF-8")
        if b"\0" in text:
            raise PackError(f"{where}: zero byte at offset {text.index(0)}: binary data, must be YAML text")
        text = _decode_utf8(text, where=where)
    if not text.strip("\ufeff \t\r\n"):
        raise PackError(f"{where}: the file is empty, must hold one YAML document")
    return text


def _decode_utf8(data: bytes, *, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise PackError(f"{where}:{line}: byte 0x{byte:02x} is not UTF-8; save the file as UTF-8") from error


class _Builder:
    """Turns parser events into plain data, refusing what the subset leaves out."""

    def __init__(self, *, where: str, fractions: bool) -> None:
        self._document = Document(where=where, data=None)
        self._fractions = fractions

    def build(self, text: str) -> Document:
        where = self._document.where
        try:
            events = self._events(text)
            first = next(events, None)
            if first is None:
                raise PackError(f"{where}: only comments in it, must hold one YAML document")
            data = self._value(first, events, ())
            self._expect_end(events)
        except yaml.MarkedYAMLError as error:
            raise self._syntax(error) from error
        except yaml.reader.ReaderError as error:
            raise self._character(error, text) from error
        return Document(where=where, data=data, values=self._document.values, keys=self._document.keys)

    def _events(self, text: str) -> Iterator[yaml.Event]:
        documents = 0
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refuse(event, "a second document begins here; a file must hold one document")
                if event.version or event.tags:
                    raise self._refuse(event, "a %YAML or %TAG directive; directives are not accepted")
            elif not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
                yield event

    def _expect_end(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            raise self._refuse(event, "content after the end of the document")

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> Any:
        self._refuse_extras(event, path)
        if len(path) >= MAX_DEPTH:
            raise self._refuse(event, f"nested deeper than {MAX_DEPTH} levels", path)
        self._document.values[path] = _place_of(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(events, path)
        return self._mapping(events, path)

    def _list(self, events: Iterator[yaml.Event], path: Path) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._value(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[yaml.Event], path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, path)
            if key in mapping:
                line = self._document.keys[(*path, key)][0]
                raise self._refuse(
                    event, f"key {key!r} a second time, first on line {line}; keys must differ", path
                )
            self._document.keys[(*path, key)] = _place_of(event)
            mapping[key] = self._value(next(events), events, (*path, key))
        return mapping

    def _key(self, event: yaml.Event, path: Path) -> str:
        self._refuse_extras(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refuse(event, "a list or mapping as a key; a key must be text", path)
        if event.value == "<<":
            raise self._refuse(event, "a merge key (<<); not accepted, write the values out", path)
        key = self._scalar(event, path)
        if not isinstance(key, str):
            comma = "; a number is written with a point, not with a comma" if self._fractions else ""
            raise self._refuse(event, f"key {event.value!r} is not text; put it in quotes{comma}", path)
        return key

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> str | int | bool | Decimal | None:
        text = str(event.value)
        if not event.implicit[0]:
            return text
        if self._fractions and _DECIMAL.fullmatch(text) and len(text) <= MAX_DECIMAL:
            return Decimal(text)
        problem = _plain_problem(text, fractions=self._fractions)
        if problem and not text and path and " " in str(path[-1]):
            problem += "; a text with a comma in it, within braces, stands in quotes"
        if problem:
            raise self._refuse(event, problem, path)
        if text in _WORDS:
            return _WORDS[text]
        return int(text) if _CANONICAL_INTEGER.fullmatch(text) else text

    def _refuse_extras(self, event: yaml.Event, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise self._refuse(event, f"an alias (*{event.anchor}); not accepted, repeat the value", path)
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            raise self._refuse(event, f"an anchor (&{event.anchor}); not accepted", path)
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self._refuse(event, f"a tag ({tag}); tags are not accepted", path)

    def _refuse(self, event: yaml.Event, text: str, path: Path = ()) -> PackError:
        line, column = _place_of(event)
        return PackError(f"{self._document.where}:{line}:{column}: {format_path(path)}: {text}")

    def _character(self, error: yaml.reader.ReaderError, text: str) -> PackError:
        line = text.count("\n", 0, error.position) + 1
        code = error.character if isinstance(error.character, int) else ord(text[error.position])
        return PackError(f"{self._document.where}:{line}: character U+{code:04X} is not allowed in YAML text")

    def _syntax(self, error: yaml.MarkedYAMLError) -> PackError:
        mark = error.problem_mark or error.context_mark
        place = "" if mark is None else f":{mark.line + 1}:{mark.column + 1}"
        context = f" ({error.context})" if error.context else ""
        return PackError(f"{self._document.where}{place}: not YAML: {error.problem}{context}")


def _plain_problem(text: str, *, fractions: bool) -> str | None:
    """Return what is wrong with an unquoted scalar, or None."""
    if not text:
        return "nothing after the colon or dash; write a value, or null if there is none"
    if text in _OTHER_CASE:
        return f"found {text}; write {text.lower()}, or put it in quotes if it is text"
    if _CANONICAL_INTEGER.fullmatch(text):
        too_long = len(text.lstrip("-")) > MAX_DIGITS
        return f"a whole number of more than {MAX_DIGITS} digits" if too_long else None
    if _INTEGER.fullmatch(text) or _OTHER_BASE.fullmatch(text):
        return f"found {text}; a whole number is decimal, without leading zeros or +; quote it if it is text"
    return _fraction_problem(text, fractions=fractions) if _FLOAT.fullmatch(text) else None


def _fraction_problem(text: str, *, fractions: bool) -> str:
    if not fractions:
        return f"found {text}; numbers with a fraction or exponent are not accepted; quote it if it is text"
    return (
        f"found {text}; a number is finite, with a digit on both sides of the point and at most "
        f"{MAX_DECIMAL} characters"
    )


def _place_of(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
