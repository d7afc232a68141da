"""The protocol of a measurement: all that two parties agree on before anything is measured.

It says what is asked of an item and with which thresholds, by which code and nuclear data, how long, how
often, against which check source and background, what the answer may be, and how many bits it may
disclose about one item. It is signed as canonical JSON, without any fraction of a machine: numbers are
whole or decimal text. Nothing in it has a default.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from counterseal.barrier.equipment_rule import EquipmentRule
from counterseal.barrier.protocol_form import Part, ProtocolError
from counterseal.crypto.hashing import domain_hash

UNBOUND = "unbound"
"""In place of a code hash, in a rehearsal: whatever code is here answers. No node takes it."""
TEMPLATE = "template"
"""The name under which a comparison with a template counts as an attribute."""

MAX_ATTRIBUTES = 8
MAX_FILES = 32
MAX_LINES = 16
MAX_REPEATS = 1_000
MAX_TIME_S = 10_000_000
MAX_TICK_S = 86_400
MAX_BITS = 1_000

_FIRST = (
    "treaty title host inspector question measuring check_source background nuclear_data code tick_s answer"
)
_MEMBERS = MappingProxyType({1: _FIRST, 2: f"{_FIRST} equipment"})
"""The members of each version: the first has no word on the equipment, and keeps its meaning."""
_ITEM = r"(?=.{1,100}\Z)[A-Za-z0-9][A-Za-z0-9._+()-]*(?: [A-Za-z0-9._+()-]+)*"
_PARTY = r"[A-Z][A-Z0-9-]{0,31}"
_NAME = r"[a-z][a-z0-9-]{0,63}"


class Form(StrEnum):
    """What a file of measured data holds."""

    SPECTRUM = "spectrum"
    PULSES = "pulses"
    REPORT = "report"


class Preset(StrEnum):
    """Which time of a measurement is fixed beforehand."""

    LIVE = "live"
    REAL = "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One attribute that is asked for, or a template.

    Attributes:
        name: The attribute, or ``template``.
        settings: What the parties agreed on for it, thresholds included, as data.
        cross_check: Settings of the second implementation that must agree, or None.
        commitment: Salted commitment to the template [64 hexadecimal digits]; None for an attribute.
        path: Where its settings stand in the protocol.
    """

    name: str
    settings: Mapping[str, Any]
    cross_check: Mapping[str, Any] | None = None
    commitment: str | None = None
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """How an item is measured.

    Attributes:
        files: What each file of the item holds, in order.
        preset: Which time is fixed, so that it tells nothing.
        time_s: That time [s].
        tolerance_s: How far a file's time may be from it [s].
        repeats: How often one item may be measured with these thresholds.
    """

    files: tuple[Form, ...]
    preset: Preset
    time_s: Fraction
    tolerance_s: Fraction
    repeats: int

    @property
    def forms(self) -> tuple[Form, ...]:
        """The kinds of files, each once, in order: a background has one file of each."""
        return tuple(dict.fromkeys(self.files))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A line of the check source, and what it must look like.

    Attributes:
        energy_kev: Its energy [keV].
        fwhm_kev: Its agreed full width at half maximum [keV].
        largest_shift_ev: How far its centre may be from its energy [eV].
        largest_width_permille: How far its width may be from the agreed one [per mille of that].
        least_counts: Net counts that it must have.
    """

    energy_kev: Fraction
    fwhm_kev: Fraction
    largest_shift_ev: int
    largest_width_permille: int
    least_counts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSource:
    """A known source that is measured first; without it the equipment says nothing about an item."""

    nuclide: str
    lines: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundRule:
    """What the place must be like without the item.

    Attributes:
        least_time_s: How long the background must have been counted, live [s].
        most_rate_per_s: Largest total rate that is a background [1/s].
    """

    least_time_s: Fraction
    most_rate_per_s: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRule:
    """What may be answered, and how much that may tell.

    Attributes:
        shows_no_decision: Whether *no decision* is shown as itself, or as *not confirmed*.
        budget_millibits: What may be disclosed about one item, in all [thousandths of a bit].
    """

    shows_no_decision: bool
    budget_millibits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A measurement as two parties agreed it.

    Attributes:
        treaty: Id of the treaty.
        title: One line for people.
        host: Code of the party that owns the items.
        inspector: Code of the party that wants to know.
        asked: What is asked; all of it must be answered yes.
        measuring: How an item is measured.
        check_source: The check source, or None.
        background: The rule for the background, or None where none is taken.
        nuclear_data: Edition and SHA-256 of the nuclear data.
        code: Hash of the code that answers [64 hexadecimal digits], or ``unbound``.
        tick_s: Time from the closing of the room to the answer [s].
        answer: What may be answered.
        equipment: What must be on the record of the equipment; None in version 1, which does not say.
        document: The protocol as data: what is signed.
    """

    treaty: str
    title: str
    host: str
    inspector: str
    asked: tuple[Asked, ...]
    measuring: Measuring
    check_source: CheckSource | None
    background: BackgroundRule | None
    nuclear_data: tuple[str, str]
    code: str
    tick_s: int
    answer: AnswerRule
    equipment: EquipmentRule | None
    document: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """What names this protocol [64 hexadecimal digits]."""
        return domain_hash("counterseal/measurement/protocol/v1", self.to_bytes()).hex()

    @property
    def template(self) -> Asked | None:
        """The template that is asked for, or None."""
        return next((asked for asked in self.asked if asked.name == TEMPLATE), None)

    def threshold_set(self, asked: Asked) -> str:
        """Return what tells one set of thresholds from another [64 hexadecimal digits].

        All that the answer depends on is in it, beside the item and the code: how long is measured, and
        against what, moves a threshold as well as its value does.
        """
        own = {"commitment": asked.commitment, "cross_check": asked.cross_check, "settings": asked.settings}
        agreed = {name: self.document[name] for name in ("background", "check_source", "nuclear_data")}
        measuring = {name: one for name, one in self.document["measuring"].items() if name != "repeats"}
        whole = written(own | agreed | {"measuring": measuring})
        return domain_hash("counterseal/measurement/thresholds/v1", asked.name, whole).hex()

    def to_bytes(self) -> bytes:
        """Return what is signed and goes into the closed room: canonical JSON."""
        return written(self.document)


def written(document: Any) -> bytes:
    """Return a document in form as canonical JSON, by the standard library alone.

    All keys are ASCII and all numbers whole below 2**53, so this is what RFC 8785 asks for.
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def read_protocol(data: bytes) -> Protocol:
    """Return the protocol in canonical bytes.

    Raises:
        ProtocolError: not canonical JSON, or not in form.
    """
    try:
        document = json.loads(data, parse_float=_no_fraction, parse_constant=_no_fraction)
        same = written(document) == data
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"protocol of {len(data)} bytes: is not JSON without fractions") from error
    if not same:
        raise ProtocolError(f"protocol of {len(data)} bytes: is not in its canonical form")
    return parse_protocol(document)


def _no_fraction(text: str) -> float:
    raise ValueError(text)


def parse_protocol(document: Any) -> Protocol:
    """Return the protocol that a document states.

    Raises:
        ProtocolError: naming the place, what was found and the rule.
    """
    _, parts = Part(value=document).versioned("protocol", _MEMBERS)
    host, inspector = (
        parts[name].matching(_PARTY, rule="must be a party code such as ARD")
        for name in ("host", "inspector")
    )
    if host == inspector:
        raise parts["inspector"].refusal("must not be the host: nobody inspects itself")
    measuring = _measuring(parts["measuring"])
    data = parts["nuclear_data"].members("version sha256")
    return Protocol(
        treaty=parts["treaty"].matching(r"[a-z0-9.-]{1,64}", rule="must be the id of a treaty"),
        title=parts["title"].text(),
        host=host,
        inspector=inspector,
        asked=_question(parts["question"]),
        measuring=measuring,
        check_source=parts["check_source"].or_none(_check_source),
        background=parts["background"].or_none(_background),
        nuclear_data=(data["version"].text(most=16), data["sha256"].hex32()),
        code=_code(parts["code"]),
        tick_s=parts["tick_s"].whole(least=1, most=MAX_TICK_S),
        answer=_answer(parts["answer"]),
        equipment=EquipmentRule(parts["equipment"].one_of(EquipmentRule)) if "equipment" in parts else None,
        document=document,
    )


def parse_item(text: Any) -> str:
    """Return the id of an item.

    Raises:
        ProtocolError: it is none.
    """
    rule = (
        "the id of an item must be 1 to 100 letters, digits, single blanks or any of . _ + ( ) -, "
        "a letter or digit first and no blank last"
    )
    return Part(value=text, path=("item",)).matching(_ITEM, rule=rule)


def _code(part: Part) -> str:
    return UNBOUND if part.value == UNBOUND else part.hex32()


def _question(part: Part) -> tuple[Asked, ...]:
    if isinstance(part.value, dict) and set(part.value) == {TEMPLATE}:
        return (_template(part.members(TEMPLATE)[TEMPLATE]),)
    listed = part.members("attributes")["attributes"].items(least=1, most=MAX_ATTRIBUTES)
    asked = tuple(map(_attribute, listed))
    names = [one.name for one in asked]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise ProtocolError(f"{name} is asked for twice; two thresholds of one", path=listed[at].path)
    return asked


def _attribute(part: Part) -> Asked:
    members = part.members("attribute settings cross_check")
    name = members["attribute"].matching(_NAME, rule="must be the name of an attribute")
    if name == TEMPLATE:
        raise members["attribute"].refusal("a template is asked for by question.template, alone")
    return Asked(
        name=name,
        settings=_mapping(members["settings"]),
        cross_check=members["cross_check"].or_none(_mapping),
        path=members["settings"].path,
    )


def _template(part: Part) -> Asked:
    members = part.members("commitment settings")
    return Asked(
        name=TEMPLATE,
        settings=_mapping(members["settings"]),
        commitment=members["commitment"].hex32(),
        path=members["settings"].path,
    )


def _mapping(part: Part) -> Mapping[str, Any]:
    if not isinstance(part.value, dict):
        raise part.refusal("must be a mapping of settings")
    return part.value


def _measuring(part: Part) -> Measuring:
    members = part.members("files preset time_s tolerance_s repeats")
    files = members["files"].items(least=1, most=MAX_FILES)
    return Measuring(
        files=tuple(Form(file.one_of(Form)) for file in files),
        preset=Preset(members["preset"].one_of(Preset)),
        time_s=members["time_s"].decimal(above=0, most=MAX_TIME_S),
        tolerance_s=members["tolerance_s"].decimal(least=0, most=MAX_TIME_S),
        repeats=members["repeats"].whole(least=1, most=MAX_REPEATS),
    )


def _check_source(part: Part) -> CheckSource:
    members = part.members("nuclide lines")
    return CheckSource(
        nuclide=members["nuclide"].matching(
            r"[A-Z][a-z]?-[0-9]{1,3}m?", rule="must be a nuclide such as Cs-137"
        ),
        lines=tuple(map(_line, members["lines"].items(least=1, most=MAX_LINES))),
    )


def _line(part: Part) -> CheckLine:
    members = part.members("energy_kev fwhm_kev largest_shift_ev largest_width_permille least_counts")
    line = CheckLine(
        energy_kev=members["energy_kev"].decimal(above=0),
        fwhm_kev=members["fwhm_kev"].decimal(above=0),
        largest_shift_ev=members["largest_shift_ev"].whole(least=1),
        largest_width_permille=members["largest_width_permille"].whole(least=1, most=1_000),
        least_counts=members["least_counts"].whole(least=1),
    )
    if line.largest_shift_ev > line.fwhm_kev * 1_000:
        raise members["largest_shift_ev"].refusal("must not be more than the line's fwhm_kev")
    return line


def _background(part: Part) -> BackgroundRule:
    members = part.members("least_time_s most_rate_per_s")
    return BackgroundRule(
        least_time_s=members["least_time_s"].decimal(above=0, most=MAX_TIME_S),
        most_rate_per_s=members["most_rate_per_s"].decimal(above=0),
    )


def _answer(part: Part) -> AnswerRule:
    members = part.members("no_decision budget_bits")
    shown = members["no_decision"].one_of(("shown", "as-not-confirmed"))
    millibits = members["budget_bits"].decimal(above=0, most=MAX_BITS) * 1_000
    if millibits.denominator != 1:
        raise members["budget_bits"].refusal("must have at most three decimals")
    return AnswerRule(shows_no_decision=shown == "shown", budget_millibits=millibits.numerator)
