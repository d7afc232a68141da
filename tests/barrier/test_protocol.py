"""A protocol is all that was agreed: strict in form, without a default, with one digest for one agreement."""

import json
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.app.cli.measurement_store import packaged_schema
from counterseal.barrier.attribute_table import ATTRIBUTES, questions_of
from counterseal.barrier.protocol import (
    Form,
    Preset,
    parse_item,
    parse_protocol,
    read_protocol,
    written,
)
from counterseal.barrier.protocol_form import Part, ProtocolError
from counterseal.barrier.template_file import template_commitment
from counterseal.crypto.canonical import encode_canonical
from strategies.measurement_protocols import CHECKED, asking, document, protocol


def test_a_protocol_says_what_was_agreed() -> None:
    found = protocol(**CHECKED)
    assert (found.host, found.inspector, found.treaty) == ("ARD", "BEL", "lake-treaty")
    assert found.measuring.files == (Form.SPECTRUM,)
    assert found.measuring.preset is Preset.LIVE
    assert found.measuring.tolerance_s == Fraction(1, 2)
    assert found.answer.budget_millibits == 6000
    assert found.check_source is not None
    assert found.check_source.lines[0].fwhm_kev == Fraction("7.06")
    assert found.template is None


def test_the_digest_names_all_of_it_and_does_not_depend_on_the_order_of_members() -> None:
    first = protocol()
    turned = parse_protocol(dict(reversed(document().items())))
    assert turned.digest == first.digest
    for name in ("title", "tick_s", "treaty"):
        changed = {"title": "another", "tick_s": 2, "treaty": "sea-treaty"}[name]
        assert protocol(**{name: changed}).digest != first.digest


def test_its_bytes_are_the_canonical_json_that_a_record_would_sign() -> None:
    made = protocol(title="Éclair \u2028 \x7f".replace("\u2028", "").replace("\x7f", "~"))
    assert made.to_bytes() == encode_canonical(made.document)
    assert read_protocol(made.to_bytes()).digest == made.digest


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[" * 100_000,
        b'{"protocol":1.0}',
        b'{"protocol":NaN}',
        json.dumps(document()).encode(),
        document().__repr__().encode(),
    ],
    ids=["nothing", "deep", "fraction", "nan", "not canonical", "not json"],
)
def test_bytes_that_are_not_its_canonical_form_are_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_protocol(data)


def _set(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(whole: dict[str, Any]) -> None:
        place: Any = whole
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


WRONG: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "another version": (_set("protocol", to=2), "protocol: found 2"),
    "a member too many": (_set("threshold", to=1), "threshold: 'threshold' is not known here"),
    "host inspects itself": (_set("inspector", to="ARD"), "nobody inspects itself"),
    "a fraction": (_set("measuring", "time_s", to=0.5), "measuring.time_s: found 0.5"),
    "yes for a number": (_set("tick_s", to=True), "tick_s: found True"),
    "a number in other digits": (_set("measuring", "time_s", to="٣"), "measuring.time_s"),
    "no time": (_set("measuring", "time_s", to=0), "must be above 0"),
    "no repeats": (_set("measuring", "repeats", to=0), "measuring.repeats"),
    "no file": (_set("measuring", "files", to=[]), "measuring.files"),
    "an unknown file": (
        _set("measuring", "files", 0, to="picture"),
        "must be one of spectrum, pulses, report",
    ),
    "no tick": (_set("tick_s", to=0), "tick_s"),
    "no budget": (_set("answer", "budget_bits", to=0), "answer.budget_bits"),
    "too fine a budget": (_set("answer", "budget_bits", to="1.0001"), "at most three decimals"),
    "a lamp of its own": (_set("answer", "no_decision", to="blue"), "answer.no_decision"),
    "half a hash": (_set("code", to="ab"), "code: found 'ab'"),
    "no question": (_set("question", to={"attributes": []}), "question.attributes"),
    "two questions": (_set("question", to={"attributes": [], "template": {}}), "question"),
    "template as attribute": (
        _set("question", "attributes", 0, "attribute", to="template"),
        "a template is asked for by question.template",
    ),
    "text that steers a terminal": (_set("title", to="a\x1b[31m"), "title"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_not_in_form_is_refused_with_place_and_rule(what: str) -> None:
    change, said = WRONG[what]
    whole = document()
    change(whole)
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(whole)
    assert said in str(refused.value)


@pytest.mark.parametrize("name", document())
def test_nothing_is_filled_in_silently(name: str) -> None:
    whole = document()
    del whole[name]
    with pytest.raises(ProtocolError, match=f"{name} missing"):
        parse_protocol(whole)


def _mappings(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        found = [(*path, name) for name in value]
        return found + [one for name, inner in value.items() for one in _mappings(inner, (*path, name))]
    if isinstance(value, list):
        return [one for at, inner in enumerate(value) for one in _mappings(inner, (*path, at))]
    return []


@pytest.mark.parametrize("path", _mappings(document(**CHECKED)), ids=str)
def test_every_member_at_every_depth_must_be_there_and_is_part_of_the_agreement(
    path: tuple[str | int, ...],
) -> None:
    whole = document(**CHECKED)
    place: Any = whole
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    with pytest.raises(ProtocolError):
        questions_of(parse_protocol(whole))


def test_one_attribute_cannot_be_asked_for_twice_in_one_protocol() -> None:
    twice = asking()
    twice["attributes"] += asking(coverage=3)["attributes"]
    with pytest.raises(ProtocolError, match="two thresholds of one"):
        protocol(question=twice)


def test_an_attribute_that_is_not_known_or_has_no_such_file_is_refused() -> None:
    other = asking()
    other["attributes"][0]["attribute"] = "colour"
    with pytest.raises(ProtocolError, match="attribute 'colour' is not known"):
        questions_of(protocol(question=other))
    measuring = document()["measuring"] | {"files": ["spectrum", "spectrum"]}
    with pytest.raises(ProtocolError, match="exactly one spectrum; there are 2 of them"):
        questions_of(protocol(measuring=measuring))
    checked = asking()
    checked["attributes"][0]["cross_check"] = {}
    with pytest.raises(ProtocolError, match="has no second implementation"):
        questions_of(protocol(question=checked))


def test_settings_that_the_attribute_refuses_are_refused_at_their_place() -> None:
    with pytest.raises(
        ProtocolError, match=r"question\.attributes\[0\]\.settings: presence: least net counts"
    ):
        questions_of(protocol(question=asking(least_net_counts=0)))


def test_settings_are_read_exactly() -> None:
    (question,) = questions_of(protocol())
    assert question.settings.least_rate_per_s == Fraction(21, 2)
    assert question.settings.lines[0].width_gate == Fraction(1, 2)
    assert questions_of(protocol(question=asking(least_rate_per_s=None)))[0].settings.least_rate_per_s is None


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=1000))
def test_a_decimal_text_is_the_number_it_says(number: Fraction) -> None:
    thousandths = round(number * 1000)
    text = f"{'-' if thousandths < 0 else ''}{abs(thousandths) // 1000}.{abs(thousandths) % 1000:03}"
    assert Part(value=text).decimal() == Fraction(thousandths, 1000)


@pytest.mark.parametrize(
    "text", ["1e3", "+1", ".5", "1.", "01", "0x1", "1_0", " 1", "1 ", "inf", "nan", "1/2", ""]
)
def test_other_spellings_of_a_number_are_refused(text: str) -> None:
    with pytest.raises(ProtocolError, match="decimal number in quotes"):
        Part(value=text).decimal()


@pytest.mark.parametrize("text", ["", " a", "-a", "a/b", "a\nb", "é", "x" * 101, 7, None])
def test_what_cannot_name_an_item_is_refused(text: object) -> None:
    with pytest.raises(ProtocolError, match="the id of an item"):
        parse_item(text)


def test_the_threshold_set_is_that_of_the_settings_alone() -> None:
    first = protocol().asked[0].threshold_set
    assert protocol(title="x", tick_s=9, treaty="sea").asked[0].threshold_set == first
    assert protocol(question=asking(coverage=3)).asked[0].threshold_set != first


def test_a_commitment_to_a_template_hides_it_and_binds_it() -> None:
    salt, other = bytes(32), bytes([1]) * 32
    made = template_commitment(b"template", salt=salt)
    assert made != template_commitment(b"template", salt=other)
    assert made != template_commitment(b"Template", salt=salt)


def test_the_published_schema_takes_what_is_in_form_and_refuses_what_is_not() -> None:
    schema = jsonschema.Draft202012Validator(packaged_schema("protocol-1.json"))
    assert schema.is_valid(document(**CHECKED))
    for change, _ in WRONG.values():
        whole = deepcopy(document())
        change(whole)
        refused = not schema.is_valid(whole)
        assert refused or what_only_code_refuses(whole), whole


def what_only_code_refuses(whole: dict[str, Any]) -> bool:
    """Rules over several members, and of numbers in text, that a schema does not say."""
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(whole)
    said = str(refused.value)
    return any(
        word in said for word in ("inspects itself", "above 0", "decimals", "template is", "printable")
    )


def test_every_attribute_has_settings_that_a_protocol_can_hold() -> None:
    for name, attribute in ATTRIBUTES.items():
        assert attribute.method.members(), name


def test_written_is_what_json_says() -> None:
    assert written({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
