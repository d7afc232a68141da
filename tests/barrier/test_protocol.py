"""A protocol is all that was agreed: strict in form, without a default, with one digest for one agreement."""

import json
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.app.cli.barrier_files import read_protocol_file
from counterseal.app.cli.measurement_store import packaged_schema
from counterseal.barrier.attribute_table import ATTRIBUTES, questions_of
from counterseal.barrier.equipment_rule import EquipmentRule, agreed_words
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
from strategies.measurement_protocols import CHECKED, asking, document, first_document, protocol


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


@pytest.mark.parametrize("rule", EquipmentRule)
def test_what_is_asked_of_the_equipment_is_said_and_is_part_of_the_agreement(rule: EquipmentRule) -> None:
    found = protocol(equipment=rule.value)
    assert found.equipment is rule
    assert len({protocol(equipment=other.value).digest for other in EquipmentRule}) == len(EquipmentRule)
    assert found.threshold_set(found.asked[0]) == protocol().threshold_set(protocol().asked[0])
    assert read_protocol(found.to_bytes()).equipment is rule


def test_a_protocol_of_the_first_version_keeps_its_meaning_and_its_digest() -> None:
    """The digest was computed before there was a second version."""
    fixed = {"code": "ab" * 32, "nuclear_data": {"version": "1", "sha256": "cd" * 32}}
    first = parse_protocol(first_document(**fixed))
    assert first.digest == "29506cdf079297d569ebebc1306c8c85cb7c2faf3ab95327ca9f05da4ea40063"
    assert first.equipment is None
    assert agreed_words(first.equipment).startswith("not agreed: a protocol of version 1")
    assert read_protocol(first.to_bytes()) == first
    second = parse_protocol(document(**fixed))
    assert second.threshold_set(second.asked[0]) == first.threshold_set(first.asked[0])


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
    "another version": (_set("protocol", to=3), "protocol: found 3; must be a version that is known: 1, 2"),
    "no version": (_set("protocol", to="2"), "protocol: found '2'; must be a version"),
    "a truth for a version": (_set("protocol", to=True), "protocol: found True; must be a version"),
    "equipment in the first version": (_set("protocol", to=1), "equipment: 'equipment' is not known here"),
    "equipment as one likes": (_set("equipment", to="some"), "must be one of none, dossier, drawn"),
    "equipment left open": (_set("equipment", to=None), "equipment: found None"),
    "a member too many": (_set("threshold", to=1), "threshold: 'threshold' is not known here"),
    "host inspects itself": (_set("inspector", to="ARD"), "nobody inspects itself"),
    "a fraction": (_set("measuring", "time_s", to=0.5), "measuring.time_s: found 0.5"),
    "yes for a number": (_set("tick_s", to=True), "tick_s: found True"),
    "a number in other digits": (_set("measuring", "time_s", to="٣"), "measuring.time_s"),
    "a tolerance below none": (_set("measuring", "tolerance_s", to="-0.5"), "must be at least 0"),
    "a number without end": (_set("measuring", "time_s", to=10**400), "found a number of"),
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


@pytest.mark.parametrize(
    "text", ["", " a", "a ", "a  b", "-a", "a/b", "a\nb", "a\n", "é", "x" * 101, 7, None]
)
def test_what_cannot_name_an_item_is_refused(text: object) -> None:
    with pytest.raises(ProtocolError, match="the id of an item"):
        parse_item(text)


def _threshold_set(**changes: Any) -> str:
    made = protocol(**changes)
    return made.threshold_set(made.asked[0])


def test_the_threshold_set_is_all_that_an_answer_depends_on_but_item_and_code() -> None:
    first = _threshold_set()
    measuring = document()["measuring"] | {"repeats": 7}
    answer = {"no_decision": "as-not-confirmed", "budget_bits": 1}
    same = _threshold_set(title="x", tick_s=9, treaty="sea", measuring=measuring, answer=answer)
    assert same == first
    assert _threshold_set(question=asking(coverage=3)) != first
    assert _threshold_set(measuring=document()["measuring"] | {"time_s": 101}) != first


@pytest.mark.parametrize("text", ["a" * 100, "A-1 (left) 2", "7"])
def test_what_names_an_item_is_taken(text: str) -> None:
    assert parse_item(text) == text


@pytest.mark.parametrize("code", [0x00, 0x1B, 0x7F, 0x85, 0xA0, 0xAD, 0x200B, 0x202E, 0x2028, 0x2066, 0x3000])
@pytest.mark.parametrize("more", [0xD800, 0xE000, 0xFEFF, 0xFFFE, 0xE0041, 0x10FFFF])
def test_text_that_hides_or_steers_is_refused(code: int, more: int) -> None:
    for one in (code, more):
        with pytest.raises(ProtocolError, match="printable text"):
            Part(value=f"a{chr(one)}b").text()


@pytest.mark.parametrize("code", [0x20, 0x7E, 0xA1, 0xE9, 0x416, 0x4E2D, 0xFFFD, 0x1F600, 0x1FAE9, 0x2FFFD])
def test_whether_a_text_is_taken_does_not_depend_on_the_unicode_tables_of_a_python(code: int) -> None:
    """The last two are assigned late or not at all."""
    assert Part(value=f"a{chr(code)}b").text()


@pytest.mark.parametrize(
    "number", [2**53, -(2**53), 10**400, -(10**5000)], ids=["one", "two", "long", "longer"]
)
def test_a_number_too_large_to_be_signed_is_refused_in_few_words(number: int) -> None:
    for read in (Part.decimal, Part.whole, Part.text, Part.hex32):
        with pytest.raises(ProtocolError, match=r"found a number of \d+ bits"):
            read(Part(value=number))


def test_a_number_that_can_be_signed_is_taken() -> None:
    assert Part(value=2**53 - 1).decimal() == 2**53 - 1


@pytest.mark.parametrize(
    ("path", "to", "said"),
    [
        (("settings", "threshold", "value"), 0, "threshold 0 must be above 0"),
        (("settings", "threshold", "value"), "-0.5", "must be above 0"),
        (("cross_check", "systematic_per_mille"), 0, "systematic_per_mille 0 must be at least 1"),
        (("cross_check", "fraction_641_per_mille"), -1, "fraction_641_per_mille -1 must be at least 1"),
        (("cross_check", "fractions", "of_641"), 0, r"fractions\.of_641 0 must be at least 1"),
        (("cross_check", "fractions", "ratio"), -5, r"fractions\.ratio -5 must be at least 1"),
    ],
)
def test_a_ratio_has_a_threshold_and_a_check_that_mean_something(
    path: tuple[str, ...], to: object, said: str
) -> None:
    example = Path(__file__).parents[2] / "examples" / "measurement" / "plutonium.yaml"
    whole: Any = deepcopy(read_protocol_file(example)[0].document)
    questions_of(parse_protocol(whole))
    (asked,) = (one for one in whole["question"]["attributes"] if one["attribute"] == "plutonium-ratio")
    _set(*path, to=to)(asked)
    with pytest.raises(ProtocolError, match=said):
        questions_of(parse_protocol(whole))


def test_a_commitment_to_a_template_hides_it_and_binds_it() -> None:
    salt, other = bytes(32), bytes([1]) * 32
    made = template_commitment(b"template", salt=salt)
    assert made != template_commitment(b"template", salt=other)
    assert made != template_commitment(b"Template", salt=salt)


def test_the_published_schema_takes_what_is_in_form_and_refuses_what_is_not() -> None:
    first = jsonschema.Draft202012Validator(packaged_schema("protocol-1.json"))
    assert first.is_valid(first_document(**CHECKED))
    assert not first.is_valid(document(**CHECKED))
    schema = jsonschema.Draft202012Validator(packaged_schema("protocol-2.json"))
    assert not schema.is_valid(first_document(**CHECKED))
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
        word in said
        for word in (
            "inspects itself",
            "above 0",
            "at least 0",
            "bits",
            "decimals",
            "template is",
            "printable",
        )
    )


def test_every_attribute_has_settings_that_a_protocol_can_hold() -> None:
    for name, attribute in ATTRIBUTES.items():
        assert attribute.method.members(), name


def test_written_is_what_json_says() -> None:
    assert written({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
