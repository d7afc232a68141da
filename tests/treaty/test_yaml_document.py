"""The YAML subset: what it means, and every refusal with its place."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from counterseal.treaty.errors import PackError
from counterseal.treaty.yaml_document import MAX_BYTES, load_yaml_document, read_yaml_document

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "description": "lower-case letters"},
        "count": {"type": "integer", "minimum": 0, "maximum": 9},
        "kind": {"enum": ["once", "twice"]},
        "list": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "integer"}},
        "format": {"const": "x/1"},
    },
}


def load(text: str | bytes, schema: dict[str, Any] | None = None) -> Any:
    return load_yaml_document(text, schema=schema, where="f.yaml")


def test_plain_scalars_follow_the_core_schema_of_yaml_1_2() -> None:
    text = "a: NO\nb: 2031-02-05\nc: 12\nd: -3\ne: true\nf: null\ng: '12'\nh: ~\ni: 1:30\nj: 1_000\nk: II.1(a)\nl: 0\n"
    assert load(text) == {
        "a": "NO",
        "b": "2031-02-05",
        "c": 12,
        "d": -3,
        "e": True,
        "f": None,
        "g": "12",
        "h": None,
        "i": "1:30",
        "j": "1_000",
        "k": "II.1(a)",
        "l": 0,
    }


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "f.yaml: the file is empty"),
    "blank": ("\n  \n", "f.yaml: the file is empty"),
    "comments": ("# a\n", "f.yaml: only comments"),
    "binary": (b"a: \x00b", "f.yaml: zero byte at offset 3"),
    "latin-1": (b"a: 1\nb: caf\xe9", "f.yaml:2: byte 0xe9 is not UTF-8"),
    "utf-16": ("a: 1".encode("utf-16"), "f.yaml: UTF-16 text"),
    "huge": (b"a: " + b"x" * MAX_BYTES, f"must be at most {MAX_BYTES}"),
    "control": ("a: 1\nb: \x07", "f.yaml:2: character U+0007 is not allowed"),
    "anchor": ("a: &x 1\nb: 2", "f.yaml:1:4: a: an anchor (&x)"),
    "alias": ("a: *x", "f.yaml:1:4: a: an alias (*x)"),
    "tag": ("a: !!python/name:os.system x", "f.yaml:1:4: a: a tag"),
    "merge": ("<<: {a: 1}", "f.yaml:1:1: the document: a merge key"),
    "two documents": ("a: 1\n---\nb: 1", "f.yaml:2:1: the document: a second document"),
    "directive": ("%YAML 1.1\n---\na: 1", "a %YAML or %TAG directive"),
    "duplicate": ("a:\n  b: 1\n  b: 2", "f.yaml:3:3: a: key 'b' a second time, first on line 2"),
    "fraction": ("a: 1.5", "f.yaml:1:4: a: found 1.5; numbers with a fraction"),
    "exponent": ("a: 1e3", "found 1e3; numbers with a fraction"),
    "infinity": ("a: .inf", "found .inf; numbers with a fraction"),
    "octal": ("a: 0o17", "found 0o17; a whole number is decimal"),
    "leading zero": ("a: 007", "found 007; a whole number is decimal"),
    "long number": ("a: 1234567890123456", "more than 15 digits"),
    "other case": ("a: True", "found True; write true"),
    "nothing": ("a:\nb: 1", "f.yaml:1:3: a: nothing after the colon"),
    "number as key": ("2018: 1", "key '2018' is not text"),
    "list as key": ("[a]: 1", "a list or mapping as a key"),
    "deep": ("[" * 30 + "]" * 30, "nested deeper than 24 levels"),
    "syntax": ("a: [1, 2\nb: 3", "f.yaml:2:2: not YAML"),
    "tab": ("a:\n\tb: 1", "f.yaml:2:1: not YAML"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_says_where_and_why(case: str) -> None:
    text, message = REFUSED[case]
    with pytest.raises(PackError) as refused:
        load(text)
    assert message in str(refused.value)


AGAINST_SCHEMA = {
    "name: a\nkount: 1": "f.yaml:2:1: kount: unknown key 'kount'; did you mean 'count'?",
    "name: a\nzzz: 1": "f.yaml:2:1: zzz: unknown key 'zzz'; expected one of: count, format, kind, list, name",
    "count: 1": "f.yaml:1:1: the document: key 'name' is missing; required here: name",
    "name: 7": "f.yaml:1:7: name: found 7, expected text: lower-case letters",
    "name: A": "f.yaml:1:7: name: found 'A', expected lower-case letters",
    "name: a\ncount: -1": "f.yaml:2:8: count: found -1, expected a whole number of at least 0",
    "name: a\ncount: 10": "f.yaml:2:8: count: found 10, expected a whole number of at most 9",
    "name: a\ncount: true": "f.yaml:2:8: count: found true, expected a whole number",
    "name: a\nkind: thrice": "f.yaml:2:7: kind: found 'thrice', expected one of: once, twice",
    "name: a\nlist: []": "f.yaml:2:7: list: found a list of 0 items, expected at least 1",
    "name: a\nlist: [1, x]": "f.yaml:2:11: list[1]: found 'x', expected a whole number",
    "name: a\nlist: [1, 1]": "f.yaml:2:7: list: found the same item twice",
    "name: a\nformat: x/2": "f.yaml:2:9: format: found 'x/2', expected exactly 'x/1'",
    "- a": "f.yaml:1:1: the document: found a list of 1 items, expected a mapping",
}


@pytest.mark.parametrize("text", AGAINST_SCHEMA)
def test_the_schema_is_reported_with_line_found_and_expected(text: str) -> None:
    with pytest.raises(PackError) as refused:
        load(text, SCHEMA)
    assert str(refused.value).startswith(AGAINST_SCHEMA[text])


def test_all_problems_are_listed_in_the_order_of_the_file() -> None:
    with pytest.raises(PackError) as refused:
        load("kind: x\nname: B\nother: 1\n", SCHEMA)
    assert [line.split(":")[1] for line in str(refused.value).splitlines()] == ["1", "2", "3"]


def test_a_value_knows_its_line() -> None:
    document = read_yaml_document("a:\n  - b: 1\n  - b: 2\n", schema=None, where="f.yaml")
    assert document.line_of("a", 1, "b") == 3
    assert document.line_of("a", 1, "missing") == 3


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.text(st.characters(codec="ascii"), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text("abcxyz<~", min_size=1, max_size=5).filter(lambda key: key != "<<"), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_what_a_strict_writer_writes_is_read_back(data: Any) -> None:
    text = yaml.dump(data, default_style='"', Dumper=_Quoting)
    assert load(text) == data


class _Quoting(yaml.SafeDumper):
    """Quotes text and nothing else, and repeats instead of aliasing."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _plain(dumper: yaml.SafeDumper, tag: str, text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(f"tag:yaml.org,2002:{tag}", text, style="")


_Quoting.add_representer(int, lambda dumper, value: _plain(dumper, "int", str(value)))
_Quoting.add_representer(bool, lambda dumper, value: _plain(dumper, "bool", str(value).lower()))
_Quoting.add_representer(type(None), lambda dumper, value: _plain(dumper, "null", "null"))


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes | str) -> None:
    with suppress(PackError):
        load(data, SCHEMA)


def test_where_estimates_are_held_a_number_may_have_a_fraction() -> None:
    text = "a: 0.9\nb: 1e-6\nc: -2.50\nd: 3\ne: '0.9'\n"
    data = read_yaml_document(text, schema=None, where="f.yaml", fractions=True).data
    assert data == {"a": Decimal("0.9"), "b": Decimal("1e-6"), "c": Decimal("-2.50"), "d": 3, "e": "0.9"}


@pytest.mark.parametrize("text", [".5", "1.", ".inf", "0.1234567890123456789012345678901", "00.5"])
def test_but_not_any_spelling_of_one(text: str) -> None:
    with pytest.raises(PackError, match="digit on both sides"):
        read_yaml_document(f"a: {text}", schema=None, where="f.yaml", fractions=True)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"type": "number", "maximum": 1}, "found 1.5, expected a number of at most 1"),
        ({"type": "number", "exclusiveMinimum": 2}, "found 1.5, expected a number above 2"),
        ({"type": "number", "exclusiveMaximum": 1}, "found 1.5, expected a number below 1"),
        ({"type": "integer"}, "found 1.5, expected a whole number"),
    ],
)
def test_a_number_is_held_against_its_schema(rule: dict[str, Any], message: str) -> None:
    schema = {"type": "object", "properties": {"a": rule}}
    with pytest.raises(PackError, match=message):
        read_yaml_document("a: 1.5", schema=schema, where="f.yaml", fractions=True)
