"""`counterseal barrier` on the command line: what is refused, what is said, and that nothing else comes out."""

import fcntl
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from counterseal.app import sealed
from counterseal.app.cli import barrier_steps, main, measurement_store
from counterseal.app.cli.measurement_store import LEDGER, open_ledger
from counterseal.barrier.answers import Answer
from counterseal.barrier.code_hash import code_hash
from counterseal.barrier.ledger import read_ledger
from counterseal.barrier.wire import MAX_INPUT_BYTES, MAX_PROTOCOL_BYTES, Request, Role
from counterseal.errors import WorkplaceError
from counterseal.terms.outcomes import MeasurementOutcome
from program import Program, Ran
from shared_data import shared
from strategies.measurement_dossiers import dossier_document
from strategies.measurement_protocols import CHECKED, asking, document, settings, spe
from strategies.measuring import OpenRoom
from strategies.sealing import require_sealing


@dataclass(slots=True)
class Bench:
    """The program, a folder with a protocol, and files of an instrument."""

    program: Program
    folder: Path

    def __call__(self, *arguments: object) -> Ran:
        return self.program("barrier", *arguments)

    def protocol(self, name: str = "protocol.yaml", **changes: Any) -> Path:
        return self.yaml(name, document(**({"code": "unbound"} | changes)))

    def yaml(self, name: str, whole: Mapping[str, Any]) -> Path:
        path = self.folder / name
        path.write_text(yaml.safe_dump(dict(whole), sort_keys=False), encoding="utf-8")
        return path

    def file(self, name: str, **of: Any) -> Path:
        path = self.folder / name
        path.write_bytes(spe(**of))
        return path

    def run(self, protocol: Path, item: Path, *more: object) -> Ran:
        return self("run", protocol, "--item", item, *more, "--json")


@pytest.fixture
def bench(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setitem(main._COMMANDS, "barrier", ("barrier", "Measure behind the information barrier."))
    return Bench(program=program, folder=tmp_path)


@pytest.fixture
def open_room(monkeypatch: pytest.MonkeyPatch) -> OpenRoom:
    """Decide in this process, at once: for what is not about sealing."""
    room = OpenRoom()

    class Instead:
        def __init__(self, **_: object) -> None:
            pass

        def probe(self) -> None:
            return None

        def run(self, request: Request, *, hold_ns: int, alphabet: tuple[MeasurementOutcome, ...]) -> Answer:
            return room.run(request, hold_ns=hold_ns, alphabet=alphabet)

    monkeypatch.setattr(barrier_steps, "SealedProcess", Instead)
    monkeypatch.setattr(barrier_steps, "require_closed", lambda _: None)
    return room


def test_a_run_prints_exactly_outcome_health_and_attempt(bench: Bench) -> None:
    require_sealing()
    protocol = bench.protocol(**CHECKED)
    source, place = bench.file("source.spe"), bench.file("place.spe", height=0, under=1)
    more = ("--check-source", source, "--background", place)
    first = bench.run(protocol, bench.file("A-1.spe"), *more)
    assert first.code == 0, first.err
    assert json.loads(first.out) == {"outcome": "confirmed", "health": first_health(first), "attempt": 1}
    second = bench.run(protocol, bench.file("A-2.spe", height=0), *more)
    assert json.loads(second.out) | {"outcome": ""} == json.loads(first.out) | {"outcome": ""}
    assert json.loads(second.out)["outcome"] == "not-confirmed"
    assert (first.err, second.err) == ("", "")
    assert len(first.out) + len("not-") == len(second.out), "nothing but the outcome differs"


def first_health(ran: Ran) -> str:
    """The health is a word about the room that is known before any secret."""
    health: str = json.loads(ran.out)["health"]
    assert health in ("well", "reduced")
    return health


def test_for_people_it_says_the_same(bench: Bench, open_room: OpenRoom) -> None:
    ran = bench("run", bench.protocol(), "--item", bench.file("A-1.spe"))
    assert ran.out == "confirmed  (equipment: well; attempt 1)\n"
    assert len(open_room.ran) == 1


@pytest.mark.usefixtures("open_room")
def test_every_attempt_is_kept_beside_the_protocol_and_the_budget_holds(bench: Bench) -> None:
    protocol, item = bench.protocol(), bench.file("A-1.spe", height=0)
    for number in (1, 2, 3):
        assert json.loads(bench.run(protocol, item).out)["attempt"] == number
    refused = bench.run(protocol, item)
    assert refused.code == 3
    assert "has 3 attempts with these thresholds; 3 were agreed" in refused.err
    again = bench.protocol("again.yaml", title="another protocol on the same item")
    past = bench.run(again, item)
    assert (past.code, past.out) == (3, "")
    assert "has 3 attempts with these thresholds; 3 were agreed" in past.err
    ledger = read_ledger((bench.folder / LEDGER).read_bytes(), where="l")
    assert [one.number for one in ledger.opened] == [1, 2, 3]
    assert ledger.unanswered() == ()
    assert stat.S_IMODE((bench.folder / LEDGER).stat().st_mode) == 0o600
    assert bench.run(again, item, "--item-name", "B 2").code == 0, "another item has its own budget"


@pytest.mark.usefixtures("open_room")
def test_a_second_threshold_set_on_the_same_item_is_refused(bench: Bench) -> None:
    item = bench.file("A-1.spe")
    assert bench.run(bench.protocol(), item).code == 0
    other = bench.protocol("other.yaml", question=asking(least_rate_per_s="10.6"))
    refused = bench.run(other, item)
    assert refused.code == 3
    assert "one attribute of one item has one threshold set" in refused.err


@pytest.mark.usefixtures("open_room")
def test_a_ledger_that_was_tampered_with_stops_everything(bench: Bench) -> None:
    protocol, item = bench.protocol(), bench.file("A-1.spe")
    for _ in range(2):
        assert bench.run(protocol, item).code == 0
    ledger = bench.folder / LEDGER
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[1:]))
    refused = bench.run(protocol, item)
    assert refused.code == 3
    assert f"{ledger}:1: prev" in refused.err
    elsewhere = bench.folder / "elsewhere.ledger"
    assert bench.run(protocol, item, "--ledger", elsewhere).code == 0
    assert elsewhere.exists()


def test_where_the_machine_cannot_seal_nothing_is_run_and_no_attempt_is_used_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object, **__: object) -> None:
        raise WorkplaceError("cannot seal: made up")

    monkeypatch.setattr(sealed.SealedProcess, "probe", cannot)
    monkeypatch.setattr(sealed.SealedProcess, "run", cannot)
    refused = bench.run(bench.protocol(), bench.file("A-1.spe"))
    assert (refused.code, refused.out) == (4, "")
    assert "cannot seal" in refused.err
    assert not (bench.folder / LEDGER).exists()


def test_an_attempt_is_written_down_before_it_runs(bench: Bench, open_room: OpenRoom) -> None:
    seen: list[int] = []
    open_room.before = lambda: seen.append(len((bench.folder / LEDGER).read_bytes().splitlines()))
    assert bench.run(bench.protocol(), bench.file("A-1.spe")).code == 0
    assert seen == [1]


@pytest.mark.usefixtures("open_room")
@pytest.mark.parametrize(
    ("data", "outcome"),
    [(b"", "malfunction"), (b"\x00\xff" * 50, "malfunction"), (b"$SPEC_ID:\n", "malfunction")],
)
def test_a_file_that_cannot_be_read_is_a_malfunction_and_nothing_is_said_of_it(
    bench: Bench, data: bytes, outcome: str
) -> None:
    item = bench.folder / "broken.spe"
    item.write_bytes(data)
    ran = bench.run(bench.protocol(), item)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == {"outcome": outcome, "health": "fault", "attempt": 1}


@pytest.mark.usefixtures("open_room")
@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--background", "item"), "background: 1 files are given, the protocol asks for 0"),
        (("--check-source", "item"), "check source: 1 files are given, the protocol asks for 0"),
        (("--item", "item"), "item: 2 files are given, the protocol asks for 1"),
        (("--template", "item"), "template: 1 files are given, the protocol asks for 0"),
        (("--item-name", "../A"), "the id of an item"),
    ],
)
def test_files_that_the_protocol_does_not_ask_for_are_refused(
    bench: Bench, more: tuple[str, ...], why: str
) -> None:
    item = bench.file("A-1.spe")
    refused = bench.run(bench.protocol(), item, *(item if word == "item" else word for word in more))
    assert (refused.code, refused.out) == (3, "")
    assert why in refused.err
    assert not (bench.folder / LEDGER).exists() or not (bench.folder / LEDGER).read_bytes()


@pytest.mark.usefixtures("open_room")
@pytest.mark.parametrize("limit", ["MAX_INPUT_BYTES", "MEASURED_BYTES"])
def test_a_file_that_is_too_large_is_a_malfunction_of_an_attempt_that_counts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    item = bench.file("A-1.spe")
    protocol = bench.protocol()
    monkeypatch.setattr(measurement_store, limit, item.stat().st_size)
    assert json.loads(bench.run(protocol, item).out)["outcome"] == "confirmed"
    monkeypatch.setattr(measurement_store, limit, item.stat().st_size - 1)
    ran = bench.run(protocol, item)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == {"outcome": "malfunction", "health": "fault", "attempt": 2}


def test_all_files_that_are_let_in_fit_into_one_request(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(MAX_INPUT_BYTES)
    inputs = measurement_store.read_inputs([(Role.ITEM, huge)] * 5)
    assert [len(one.data) for one in inputs] == [MAX_INPUT_BYTES] * 3 + [0, 0]
    Request(attempt=1, protocol=bytes(MAX_PROTOCOL_BYTES), inputs=inputs)


@pytest.mark.usefixtures("open_room")
def test_a_ledger_that_keeps_nothing_is_refused(bench: Bench) -> None:
    protocol, item, pipe = bench.protocol(), bench.file("A-1.spe"), bench.folder / "pipe"
    os.mkfifo(pipe)
    for ledger in (Path(os.devnull), pipe):
        refused = bench.run(protocol, item, "--ledger", ledger)
        assert (refused.code, refused.out) == (4, "")
        assert f"{ledger}: the ledger of attempts must be a file" in refused.err


@pytest.mark.usefixtures("open_room")
def test_another_spelling_of_an_item_is_no_other_item(bench: Bench) -> None:
    protocol, item = bench.protocol(), bench.file("A-1.spe")
    assert bench.run(protocol, item).code == 0
    for name, why in (("a-1", "is on the record as A-1"), ("A-1 ", "the id of an item")):
        refused = bench.run(protocol, item, "--item-name", name)
        assert (refused.code, refused.out) == (3, "")
        assert why in refused.err


def test_a_file_that_is_not_there_is_refused(bench: Bench) -> None:
    refused = bench.run(bench.protocol(), bench.folder / "none.spe")
    assert refused.code == 3
    assert "none.spe: cannot be read" in refused.err
    assert bench.run(bench.folder / "none.yaml", bench.folder / "none.spe").code == 3


def test_prepare_says_what_was_agreed_and_what_it_discloses(bench: Bench) -> None:
    ran = bench("prepare", bench.protocol(), "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert said["code"] == code_hash()
    assert said["code_bound"] is False
    assert said["answers"] == ["confirmed", "not-confirmed", "no-decision", "malfunction"]
    assert (said["bits_per_attempt"], said["budget_bits"], said["attempts_per_item"]) == ("2.000", "6.000", 3)
    bound = json.loads(bench("prepare", bench.protocol(code=code_hash()), "--json").out)
    assert bound["code_bound"] is True
    assert bound["protocol"] != said["protocol"]
    text = bench("prepare", bench.protocol()).out
    assert said["protocol"] in text
    assert "2.000 bits an attempt" in text


def test_other_code_than_agreed_is_refused(bench: Bench) -> None:
    protocol, item = bench.protocol(code="ab" * 32), bench.file("A-1.spe")
    for ran in (bench("prepare", protocol), bench.run(protocol, item)):
        assert ran.code == 3
        assert f"code: {'ab' * 32} was agreed, this program's is {code_hash()}" in ran.err


def test_other_nuclear_data_than_agreed_are_refused(bench: Bench) -> None:
    refused = bench("prepare", bench.protocol(nuclear_data={"version": "1", "sha256": "ab" * 32}))
    assert refused.code == 3
    assert "nuclear data: edition 1" in refused.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tick_s: 1", "tick_s: 0", "protocol.yaml:{line}:9: tick_s: found 0"),
        ("tick_s: 1", "tick_s: 1.5", "protocol.yaml:{line}"),
        ("tick_s: 1", "ticks: 1", "unknown key 'ticks'; did you mean 'tick_s'?"),
        ("host: ARD", "host: BEL", "nobody inspects itself"),
        ("coverage: 2", "coverage: 0", "settings: presence: both factors must be above 0"),
        ("coverage: 2", "coverage: two", "settings.coverage: found 'two'"),
        ("coverage: 2", "cover: 2", "settings: coverage missing"),
        ("attribute: plutonium-presence", "attribute: colour", "attribute 'colour' is not known"),
    ],
)
def test_a_wrong_protocol_is_refused_with_file_line_field_and_rule(
    bench: Bench, old: str, new: str, said: str
) -> None:
    path = bench.protocol()
    text = path.read_text("utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    refused = bench("prepare", path)
    assert refused.code == 3
    assert said.format(line=line) in refused.err
    assert f"{path}:" in refused.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("prepare", "P", "--item", "A"),
        ("prepare", "P", "--parts", "F"),
        ("prepare", "P", "--node", "N", "--parts", "F"),
        ("prepare", "P", "--node", "N", "--item", "A", "--copy", "box-1"),
        ("prepare", "P", "--node", "N", "--item", "A", "--draw", "ab"),
        ("run", "P", "--item", "F", "--node", "N"),
        ("run", "P", "--item", "F", "--attempt", "ab"),
        ("run", "P", "--item", "F", "--node", "N", "--attempt", "ab"),
        ("run", "P"),
        ("template", "--out", "F"),
    ],
)
def test_wrong_use_is_told_apart_from_wrong_input(bench: Bench, arguments: tuple[str, ...]) -> None:
    protocol = bench.protocol()
    assert bench(*(protocol if word == "P" else word for word in arguments)).code == 2


def test_a_dossier_is_checked_and_shown(bench: Bench) -> None:
    path = bench.yaml("dossier.yaml", dossier_document())
    said = json.loads(bench("dossier", path, "--json").out)
    assert [one["tested"] for one in said["copies"]] == [True, True, False]
    assert "copy box-3: TESTS NOT PASSED" in bench("dossier", path).out
    wrong = bench.yaml("wrong.yaml", dossier_document(copies=["b", "a"]))
    assert "copies must be sorted" in bench("dossier", wrong).err


@pytest.fixture
def genuine(bench: Bench) -> tuple[Path, ...]:
    """Runs of a genuine item, as many as a template and its limits need."""
    return tuple(bench.file(f"run-{seed}.spe", seed=seed) for seed in range(30))


@pytest.mark.usefixtures("open_room")
def test_a_template_is_made_of_runs_with_limits_from_repeats_and_an_item_is_held_against_it(
    bench: Bench, genuine: tuple[Path, ...]
) -> None:
    out, salt = bench.folder / "template.n42", bench.folder / "template.salt"
    repeats = [word for path in genuine[10:] for word in ("--repeat", path)]
    energies = ("--from-kev", "1", "--to-kev", "510")
    made = bench("template", *genuine[:10], *repeats, *energies, "--out", out, "--salt", salt, "--json")
    assert made.code == 0, made.err
    assert stat.S_IMODE(out.stat().st_mode) == stat.S_IMODE(salt.stat().st_mode) == 0o600
    assert len(salt.read_bytes()) == 32
    protocol = bench.protocol("like.yaml", question=json.loads(made.out))
    secrets = ("--template", out, "--template-salt", salt)
    like = bench.run(protocol, bench.file("A-1.spe", seed=99), *secrets)
    assert json.loads(like.out) == {"outcome": "confirmed", "health": "well", "attempt": 1}
    unlike = bench.run(protocol, bench.file("A-2.spe", seed=99, height=600), *secrets)
    assert json.loads(unlike.out)["outcome"] == "not-confirmed"
    swapped = bench.run(protocol, bench.file("A-3.spe"), "--template", genuine[0], "--template-salt", salt)
    assert swapped.code == 3
    assert "do not give the commitment" in swapped.err
    assert bench.run(protocol, bench.file("A-4.spe"), "--template", out).code == 3


def test_a_salt_and_a_template_are_never_written_over(bench: Bench, genuine: tuple[Path, ...]) -> None:
    given = ("template", *genuine[:6], "--from-kev", "1", "--to-kev", "510")
    first = bench(*given, "--out", bench.folder / "t", "--salt", bench.folder / "s", "--json")
    settings = json.loads(first.out)["template"]["settings"]
    assert settings["chi_square_limit"] is None, "without repeats the parties bring their own limits"
    assert bench(*given, "--out", bench.folder / "t", "--salt", bench.folder / "s2").code == 4
    assert bench(*given, "--out", bench.folder / "t2", "--salt", bench.folder / "s").code == 4
    other = bench(*given, "--out", bench.folder / "t3", "--salt", bench.folder / "s3", "--json")
    assert json.loads(other.out)["template"]["commitment"] != json.loads(first.out)["template"]["commitment"]
    few = bench(
        "template", *genuine[:2], *given[7:], "--out", bench.folder / "x", "--salt", bench.folder / "y"
    )
    assert few.code == 3
    assert (
        bench(*given, "--edges", "0,x", "--out", bench.folder / "x", "--salt", bench.folder / "y").code == 3
    )


def test_what_can_be_asked_is_listed_with_its_settings(bench: Bench) -> None:
    said = {one["attribute"]: one for one in json.loads(bench("attributes", "--json").out)}
    assert set(said["plutonium-presence"]["settings"]) == set(settings())
    assert said["plutonium-presence"]["settings"]["least_rate_per_s"] == "number?"
    assert said["plutonium-ratio"]["cross_check"] is not None
    text = bench("attributes").out
    assert all(f"{name}: asked of" in text for name in said)


EXAMPLES = Path(__file__).parents[3] / "examples" / "measurement"


def test_the_examples_are_in_form(bench: Bench) -> None:
    for ran in (
        bench("prepare", EXAMPLES / "plutonium.yaml", "--json"),
        bench("dossier", EXAMPLES / "dossier.yaml"),
    ):
        assert ran.code == 0, ran.err


def test_the_example_confirms_the_public_reference_material(bench: Bench) -> None:
    require_sealing()
    item = shared("spectra", "cbnm", "48xmDT-CBNMPu70-10cm-Fe16-Cd00-0.spe")
    place = shared("spectra", "cbnm", "mDT-BKG-2017-09-20_summed.n42")
    protocol = bench.folder / "plutonium.yaml"
    protocol.write_bytes((EXAMPLES / "plutonium.yaml").read_bytes())
    ran = bench.run(protocol, item, "--background", place)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["outcome"] == "confirmed"


def test_a_ledger_is_held_by_one_program_at_a_time(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "l") as ledger:
        ledger.append(b"")
        descriptor = os.open(tmp_path / "l", os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(descriptor)


def test_a_check_without_any_measurement_is_not_accepted(bench: Bench, nodes: Path) -> None:
    ran = bench("check", "--node", nodes / "US", "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["accepted"] is False
    assert json.loads(ran.out)["attempts"] == []


@dataclass(slots=True)
class Parties:
    """Two nodes with a way to hand each other a stick."""

    bench: Bench
    nodes: Path
    sticks: int = 0

    def __call__(self, party: str, *arguments: object) -> dict[str, Any]:
        ran = self.bench(*arguments, "--node", self.nodes / party, "--json")
        assert ran.code == 0, ran.err
        said: dict[str, Any] = json.loads(ran.out)
        return said

    def give(self, sender: str, taker: str) -> None:
        self.sticks += 1
        stick = self.bench.folder / f"stick-{self.sticks}"
        assert self.bench.program("bundle", "export", stick, "--node", self.nodes / sender).code == 0
        assert self.bench.program("bundle", "import", stick, "--node", self.nodes / taker).code == 0

    def agree(self, party: str, record: str) -> None:
        said = ("log", "countersign", record, "--meaning", "agreed", "--node", self.nodes / party)
        assert self.bench.program(*said).code == 0


def test_two_nodes_prepare_run_and_check_a_measurement(
    bench: Bench, nodes: Path, open_room: OpenRoom
) -> None:
    party = Parties(bench=bench, nodes=nodes)
    protocol = bench.protocol(treaty="new-start", host="RU", inspector="US", code=code_hash())
    item = bench.file("item.spe")

    stated = party("RU", "prepare", protocol)
    assert stated["next"] == f"US: counterseal log countersign {stated['record']} --meaning agreed"
    party.give("RU", "US")
    party.agree("US", stated["record"])
    party.give("US", "RU")

    opened = party("RU", "prepare", protocol, "--item", "TEL-7")
    assert (opened["attempt"], opened["number"]) == (opened["record"], 1)
    early = ("run", protocol, "--item", item, "--node", nodes / "RU", "--attempt", opened["attempt"])
    party.give("RU", "US")
    parts = bench.folder / "parts.json"
    joined = party("US", "prepare", protocol, "--item", "TEL-7", "--parts", parts)
    assert joined["attempt"] == opened["attempt"]
    assert stat.S_IMODE(parts.stat().st_mode) == 0o600
    assert json.loads(parts.read_text())["party"] == "US"
    party.give("US", "RU")
    refused = bench(*early, "--inspector-parts", parts)
    assert (refused.code, refused.out) == (3, "")
    assert "RU has not countersigned the join" in refused.err
    assert open_room.ran == []
    party.agree("RU", joined["record"])

    other = bench.protocol(
        "other.yaml", treaty="new-start", host="RU", inspector="US", code=code_hash(), tick_s=2
    )
    wrong = bench("run", other, *early[2:], "--inspector-parts", parts)
    assert "is not the protocol of item TEL-7, attempt 1" in wrong.err
    ran = bench(*early, "--inspector-parts", parts, "--json")
    assert json.loads(ran.out) == {"outcome": "confirmed", "health": "well", "attempt": 1}
    assert "was run already" in bench(*early, "--inspector-parts", parts).err
    assert party("RU", "outcome", opened["attempt"][:12])["countersigned"] is None
    party.give("RU", "US")
    signed = party("US", "outcome", opened["attempt"][:12])
    assert (signed["outcome"], signed["item"]) == ("confirmed", "TEL-7")
    assert signed["countersigned"]
    party.give("US", "RU")
    checked = bench("check", "--node", nodes / "RU")
    assert checked.code == 0, checked.out
    assert "item TEL-7, attempt 1: confirmed (equipment well, signed by RU and US)" in checked.out
    assert checked.out.rstrip().endswith("ACCEPTED")
