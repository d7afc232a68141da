"""Odd cases, one by one, on which two readers of one specification could differ: both judge alike."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.crypto.ed25519 import key_id
from counterseal.log.cosignature import COSIGNATURE, _message
from counterseal.log.note import Note, NoteKey, NoteLine, sign_note
from counterseal.records.envelope import TRUST_TYPE, seal_envelope
from counterseal.records.manifest import log_folder
from counterseal.services.memory_bundle import MemoryBundle
from strategies.forgery import Forgery, resign, roots, trust_document
from strategies.lies import STRANGER, WORLD
from strategies.mutations import text_of
from strategies.verdicts import (
    READ_BY_BOTH,
    both_accept,
    both_refuse,
    common_refusals,
    statuses,
    write_folder,
)
from strategies.worlds import AUD, PARTIES, founded, settled_bundle, spoken_world

KEYS = WORLD.keys


FORMS = pytest.mark.parametrize("form", READ_BY_BOTH)


def judged(bundle: MemoryBundle, folder: Path, *, refused: Sequence[str] = ()) -> None:
    path = write_folder(bundle, folder / "bundle")
    if not refused:
        both_accept(path)
    else:
        assert common_refusals(*both_refuse(path)) == set(refused)


def with_line(line: NoteLine, *, form: int) -> MemoryBundle:
    """One more line on the newest head of Ardania's log."""
    forgery = Forgery.of(settled_bundle(form=form))
    log = forgery.log(ARD)
    kept = [old for old in log.newest.lines if (old.name, old.key_hash) != (line.name, line.key_hash)]
    log.notes[4] = Note(text=log.newest.text, lines=(*kept, line))
    return forgery.build(ARD, KEYS)


@FORMS
@pytest.mark.parametrize("name", ["é", "x" * 300, "\u200b", "\x7f", "\ufeff", "stranger.example"])
def test_a_line_of_a_stranger_is_ignored_whatever_its_name(name: str, form: int, tmp_path: Path) -> None:
    """C2SP signed-note: names hold no Unicode space and no plus; unknown lines are ignored."""
    judged(with_line(NoteLine(name=name, key_hash=b"abcd", signature=b"s" * 64), form=form), tmp_path)


@FORMS
@pytest.mark.parametrize("name", ["a\u00a0b", "a\u3000b", "a\x85b", "a\u2028b", "a+b", "", "a\tb"])
def test_a_line_whose_name_no_key_can_have_is_refused(name: str, form: int, tmp_path: Path) -> None:
    bundle = with_line(NoteLine(name=name, key_hash=b"abcd", signature=b"s" * 64), form=form)
    first, second = both_refuse(write_folder(bundle, tmp_path / "bundle"))
    assert "checkpoints" in common_refusals(first, second)


@FORMS
def test_a_line_of_another_log_must_hold_as_every_line_of_a_known_key(form: int, tmp_path: Path) -> None:
    trust = WORLD.founding.trust
    key, name = KEYS[BEL].working.log, trust.log_of(BEL).origin
    text = Forgery.of(settled_bundle(form=form)).log(ARD).newest.text
    judged(with_line(sign_note(text, key, name=name), form=form), tmp_path / "holds")
    bundle = with_line(sign_note("another text\n", key, name=name), form=form)
    first, second = both_refuse(write_folder(bundle, tmp_path / "bundle"))
    assert "checkpoints" in common_refusals(first, second)


@FORMS
def test_a_line_of_the_logs_own_witness_must_hold_though_it_does_not_count(form: int, tmp_path: Path) -> None:
    own = founded(form=form).trust.present(ARD, "witness")
    assert len(own) == form
    for key in own:
        signature = b"s" * (72 if key.algorithm == "ed25519" else 2_428)
        line = NoteLine(name=key.name, key_hash=key.note_key.key_hash, signature=signature)
        bundle = with_line(line, form=form)
        first, second = both_refuse(write_folder(bundle, tmp_path / key.algorithm))
        assert "checkpoints" in common_refusals(first, second)


@pytest.mark.parametrize("seconds", [0, 253_402_300_799, 253_402_300_800, 2**63 - 1, 2**64 - 1])
def test_any_time_that_a_witness_signs_is_a_time(seconds: int, tmp_path: Path) -> None:
    """It may lie past all calendars; then it bounds nothing."""
    trust = WORLD.founding.trust
    text = Forgery.of(settled_bundle()).log(ARD).newest.text
    key = KEYS[BEL].working.witness
    trusted = trust.key(BEL, key.key_id)
    assert trusted is not None
    note_key = NoteKey(name=trusted.name, public=key.public, algorithm=COSIGNATURE)
    signature = seconds.to_bytes(8, "big") + key.sign(_message(text, seconds))
    line = NoteLine(name=trusted.name, key_hash=note_key.key_hash, signature=signature)
    judged(with_line(line, form=1), tmp_path)


@FORMS
@pytest.mark.parametrize(
    ("claimed", "refused"),
    [
        ("0001-01-01T00:00:00Z", ()),
        ("9999-12-31T23:59:59Z", ()),
        ("2032-02-29T00:00:00Z", ()),
        ("0000-01-01T00:00:00Z", ("headers",)),
        ("2031-02-29T00:00:00Z", ("headers",)),
        ("2030-01-10T24:00:00Z", ("headers",)),
        ("2030-01-10T23:59:60Z", ("headers",)),
        ("2030-01-10T12:00:00z", ("headers",)),
        ("２030-01-10T12:00:00Z", ("headers",)),
    ],
)
def test_only_real_times_are_claimed(
    claimed: str, refused: tuple[str, ...], form: int, tmp_path: Path
) -> None:
    forgery = Forgery.of(settled_bundle(form=form))
    resign(forgery.log(ARD), 3, KEYS[ARD].working.author, claimed_time=claimed)
    forgery.rehead(ARD, KEYS, cosigners=PARTIES)
    judged(forgery.build(ARD, KEYS), tmp_path, refused=refused)


def unread_countersignature(refs: list[str], *, form: int) -> MemoryBundle:
    """Belmar's newest record says it is a countersignature; its body is withheld, its refs are as given."""
    world = spoken_world(form=form)
    world.say(BEL, 302)
    world.round()
    forgery = Forgery.of(world.export(ARD))
    log = forgery.log(BEL)
    resign(log, 4, KEYS[BEL].working.author, kind="countersignature", refs=refs)
    log.openings[4] = b""
    forgery.rehead(BEL, KEYS, cosigners=PARTIES)
    return forgery.build(ARD, KEYS)


@FORMS
@pytest.mark.parametrize("refs", [[], [WORLD.said[0], WORLD.said[1]], [WORLD.said[3]]])
def test_a_countersignature_is_judged_where_it_can_be_read(
    refs: list[str], form: int, tmp_path: Path
) -> None:
    """Under the first form nobody asks for its body; under a chain whoever carries it must show it (5.9)."""
    path = write_folder(unread_countersignature(refs, form=form), tmp_path / "bundle")
    if form == 1:
        both_accept(path)
        return
    for verdict in both_refuse(path):
        assert {"bodies", "countersignatures"} <= set(verdict.refused)


def trusting(change: Callable[[dict[str, Any]], None]) -> MemoryBundle:
    forgery = Forgery.of(settled_bundle(form=1))
    document = trust_document(forgery)
    change(document)
    forgery.trust_bytes = seal_envelope(TRUST_TYPE, text_of(document), keys=roots(KEYS, form=1)).to_bytes()
    return forgery.build(ARD, KEYS)


def with_key(role: str, name: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        public = STRANGER.public
        key = {"alg": "ed25519", "id": key_id(public), "name": name, "party": "BEL", "public": public.hex()}
        document["keys"] = sorted(
            [*document["keys"], {**key, "role": role}], key=lambda item: str(item["id"])
        )

    return change


@pytest.mark.parametrize(
    ("role", "name", "refused"),
    [
        ("author", "second", ()),
        ("witness", "second", ()),
        ("log", "second", ()),
        ("log", "lake.example/bel/log", ()),
        ("author", "n" * 255, ()),
        ("author", "n" * 256, ("trust-form",)),
        ("author", "n n", ("trust-form",)),
        ("root", "second", ("trust-form",)),
    ],
)
def test_more_keys_of_a_role_are_allowed(
    role: str, name: str, refused: tuple[str, ...], tmp_path: Path
) -> None:
    judged(trusting(with_key(role, name)), tmp_path, refused=refused)


def lists_itself(manifest: dict[str, Any]) -> None:
    manifest["files"].insert(0, {"path": "bundle.json", "sha256": "00" * 32, "size": 1})
    manifest["files"].sort(key=lambda item: str(item["path"]))


def lists_the_absent(manifest: dict[str, Any]) -> None:
    manifest["files"].insert(0, {"path": "../../etc/passwd", "sha256": "00" * 32, "size": 1})


@FORMS
@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lists_itself, "manifest"),
        (lists_the_absent, "listing"),
        (lambda manifest: manifest.update(treaty="sea-treaty"), "manifest-signature"),
        (lambda manifest: manifest["heads"][0].update(size=3), "roots"),
        (lambda manifest: manifest["heads"].pop(), "roots"),
        (lambda manifest: manifest.update(to=[f"a{n:02d}" for n in range(65)]), "manifest"),
        (lambda manifest: manifest.update(v=True), "manifest"),
    ],
)
def test_a_manifest_that_says_something_else(
    change: Callable[[dict[str, Any]], None], check: str, form: int, tmp_path: Path
) -> None:
    bundle = Forgery.of(settled_bundle(form=form)).build(ARD, KEYS, change=change)
    first, second = both_refuse(write_folder(bundle, tmp_path / "bundle"))
    assert common_refusals(first, second) == {check}


@FORMS
@pytest.mark.parametrize("kind", ["logs", "bodies"])
def test_a_folder_of_no_log_is_refused(kind: str, form: int, tmp_path: Path) -> None:
    forgery = Forgery.of(settled_bundle(form=form))
    name = "checkpoint" if kind == "logs" else "000.p/1"
    files = {**forgery.files(), f"{kind}/{'0' * 64}/{name}": b"x"}
    judged(forgery.build(ARD, KEYS, files=files), tmp_path, refused=["names"])


@FORMS
def test_a_log_without_a_checkpoint_is_refused(form: int, tmp_path: Path) -> None:
    forgery = Forgery.of(settled_bundle(form=form))
    origin = forgery.log(AUD).origin
    files = {path: data for path, data in forgery.files().items() if not _newest(path, origin)}
    first, second = both_refuse(write_folder(forgery.build(ARD, KEYS, files=files), tmp_path / "bundle"))
    assert "checkpoints" in common_refusals(first, second)


def _newest(path: str, origin: str) -> bool:
    return path == f"logs/{log_folder(origin)}/checkpoint"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 3),
        (b"hello", 3),
        (b'{"type":"counterseal/fork-proof/v2"}', 1),
        (b'{"type":"counterseal/fork-proof/v3"}', 3),
        (b'{"type":"counterseal/fork-proof/v1"}', 1),
        (b'{"type":"counterseal/fork-proof/v1","x":"' + b"y" * 300 + b'"}', 1),
        (b' {"type":"counterseal/fork-proof/v1"}', 1),
        (b'{"type":"counterseal/fork-proof/v1"}\xff', 1),
    ],
)
def test_a_file_is_a_fork_proof_or_nothing(data: bytes, status: int, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(data)
    assert statuses(path) == (status, status)
