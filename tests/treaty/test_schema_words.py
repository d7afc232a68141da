"""How a value that breaks its schema is put into words: one line a value, with how it is written."""

from typing import Any

import pytest

from counterseal.treaty.errors import PackError
from counterseal.treaty.yaml_document import read_yaml_document

CHANCE = {"type": "number", "minimum": 0, "maximum": 1, "description": "chance that it is seen"}
SHARE = {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "share of an item"}
GOAL = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
MASS = {"type": "number", "minimum": 0, "maximum": 1e12, "description": "mass [kg]"}
COUNT = {"type": "integer", "minimum": 0, "maximum": 9, "description": "how many"}
LINE = {"type": "string", "maxLength": 10, "description": "a line"}
LIST = {"type": "array", "maxItems": 3, "uniqueItems": True, "description": "some"}
PAIR = {"type": "object", "required": ["x", "y"]}
BETWEEN = "between 0 and 1, such as 0.8; 80 % is 0.8"
BARE = "without quotes, units or other signs"

SAID: dict[str, tuple[dict[str, Any], str, str]] = {
    "per-cent": (CHANCE, "80", f"found 80, expected a number of at most 1: a chance {BETWEEN}"),
    "share-negative": (SHARE, "-0.5", f"found -0.5, expected a number above 0: a share {BETWEEN}"),
    "goal": (GOAL, "1", f"found 1, expected a number below 1: a number {BETWEEN}"),
    "below": (
        CHANCE,
        "-1",
        f"found -1, expected a number of at least 0: a chance {BETWEEN}",
    ),
    "sign": (CHANCE, "80%", f"found '80%', expected a number: chance that it is seen; a chance {BETWEEN}"),
    "comma": (CHANCE, "0,8", f"found '0,8', expected a number: chance that it is seen; a chance {BETWEEN}"),
    "unit": (
        MASS,
        "4 kg",
        f"found '4 kg', expected a number: mass [kg]; write it like 1234.5, with a point, {BARE}",
    ),
    "thousand": (
        COUNT,
        "1_000",
        f"found '1_000', expected a whole number: how many; write it like 1234, {BARE}",
    ),
    "word": (MASS, "high", "found 'high', expected a number: mass [kg]"),
    "limit": (MASS, "1e13", "found 1E+13, expected a number of at most 1000000000000"),
    "of-no-kind": (COUNT, "1e400", "found 1E+400, expected a whole number: how many"),
    "fraction": (COUNT, "-0.5", "found -0.5, expected a whole number: how many"),
    "long": (LINE, "x" * 99, "found text of 99 characters, expected at most 10: a line"),
    "list": (LIST, "[1, 2, 3, 4]", "found a list of 4 items, expected at most 3: some"),
    "twice": (LIST, "[true, 1, 1]", "found the same item twice: 1, at [1] and [2]; items must differ"),
    "missing": (PAIR, "{z: 1}", "keys 'x', 'y' are missing; required here: x, y"),
}


@pytest.mark.parametrize("case", SAID)
def test_a_value_out_of_its_rule_is_one_line_that_says_how_to_write_it(case: str) -> None:
    rule, value, words = SAID[case]
    schema = {"type": "object", "properties": {"a": rule}}
    with pytest.raises(PackError) as refused:
        read_yaml_document(f"a: {value}", schema=schema, where="f.yaml", fractions=True)
    assert str(refused.value) == f"f.yaml:1:4: a: {words}"


def test_a_comma_in_a_text_within_braces_leads_to_quotes() -> None:
    text = "strategies: [{name: c, text: Eight kilograms, thirty percent of each item., parts: []}]\n"
    with pytest.raises(PackError, match="a text with a comma in it, within braces, stands in quotes"):
        read_yaml_document(text, schema=None, where="e.yaml", fractions=True)
