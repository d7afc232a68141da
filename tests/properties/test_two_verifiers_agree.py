"""Two programs written apart judge alike whatever a hostile party signs with its real keys.

Each change is sealed again with real keys (the records, the head with every witness, the trust file with every
root, the manifest), so that it reaches the checks behind the hashes. The two verifiers must agree on whether the
bundle is accepted, and on which checks refuse it.
"""

import json
import os
import shutil
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.crypto.commitment import Part, commit, power_of_two_from, size_class
from counterseal.crypto.merkle import EMPTY_ROOT
from counterseal.crypto.mldsa import ML_DSA_44
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import _message, cosign_mldsa, cosigned_message
from counterseal.log.note import Note, NoteLine, sign_note
from counterseal.records.envelope import (
    HEADER_TYPE,
    KEYS_TYPE,
    MANIFEST_TYPE,
    TRUST_TYPE,
    TRUST_TYPE_V2,
    Signer,
    parse_envelope,
    seal_envelope,
    split_record,
)
from counterseal.records.key_file import key_file_id
from counterseal.records.manifest import log_folder
from counterseal.records.trust_chain import keys_path
from counterseal.services.memory_bundle import MemoryBundle
from strategies.forgery import Forgery, roots, trust_document
from strategies.mutations import Draw, mutate_bytes, mutate_document, text_of
from strategies.verdicts import READ_BY_BOTH, ask_both, common_refusals, write_folder
from strategies.worlds import AUD, PARTIES, START, sealed_bundle, settled_bundle, spoken

WORLD = spoken()
KEYS = WORLD.keys
SOAK = "COUNTERSEAL_SOAK" in os.environ
EXAMPLES = 2_000 if SOAK else 60
AUTHOR = KEYS[ARD].working.author


def judge(bundle: MemoryBundle, folder: Path) -> None:
    """Ask both of a bundle, laid out over the last one."""
    shutil.rmtree(folder, ignore_errors=True)
    first, second = ask_both(write_folder(bundle, folder))
    note(f"{first.failures}\n{second.failures}")
    common_refusals(first, second)


def signed(payload_type: str, payload: bytes, *keys: Signer) -> bytes:
    return seal_envelope(payload_type, payload, keys=keys).to_bytes()


def reheaded(forgery: Forgery, *parties: Any) -> MemoryBundle:
    for party in parties:
        forgery.rehead(party, KEYS, cosigners=PARTIES)
    return forgery.build(ARD, KEYS)


def a_bundle(draw: Draw) -> Forgery:
    """The settled bundle under trust files of one form or the other."""
    return Forgery.of(settled_bundle(form=draw(st.sampled_from(READ_BY_BOTH))))


def a_header(draw: Draw) -> MemoryBundle:
    """Another header, signed by the author's key."""
    forgery = a_bundle(draw)
    log = forgery.log(ARD)
    index = draw(st.integers(0, 3))
    header = log.header(index)
    for _ in range(draw(st.integers(1, 2))):
        mutate_document(draw, header)
    log.entries[index] = signed(HEADER_TYPE, text_of(header), AUTHOR)
    return reheaded(forgery, ARD)


def header_bytes(draw: Draw) -> MemoryBundle:
    forgery = a_bundle(draw)
    log = forgery.log(ARD)
    index = draw(st.integers(0, 3))
    payload = split_record(log.entries[index])[0]
    log.entries[index] = signed(HEADER_TYPE, mutate_bytes(draw, payload), AUTHOR)
    return reheaded(forgery, ARD)


def an_envelope(draw: Draw) -> MemoryBundle:
    forgery = a_bundle(draw)
    log = forgery.log(ARD)
    index = draw(st.integers(0, 3))
    if draw(st.booleans()):
        log.entries[index] = mutate_bytes(draw, log.entries[index])
    else:
        document = json.loads(log.entries[index])
        mutate_document(draw, document)
        log.entries[index] = text_of(document)
    return reheaded(forgery, ARD)


def an_opening(draw: Draw) -> MemoryBundle:
    """Another opening of a record or of a countersignature; the header commits to it or not."""
    forgery = a_bundle(draw)
    party = draw(st.sampled_from((ARD, BEL)))
    log = forgery.log(party)
    index = draw(st.integers(0, 3))
    if draw(st.booleans()):
        log.openings[index] = mutate_bytes(draw, log.openings[index])
        return forgery.build(ARD, KEYS)
    opening = json.loads(log.openings[index])
    mutate_document(draw, opening)
    log.openings[index] = text_of(opening)
    return forgery.build(ARD, KEYS)


def a_statement(draw: Draw) -> MemoryBundle:
    """Another statement under the last countersignature of Belmar, committed to and signed anew."""
    forgery = a_bundle(draw)
    log = forgery.log(BEL)
    statement = log.statement(3)
    mutate_document(draw, statement)
    names = draw(st.permutations(sorted(statement))) if draw(st.booleans()) else sorted(statement)
    rows = [(name, text_of(statement[name]).decode()) for name in names]
    rows += [("", "")] * (power_of_two_from(len(rows)) - len(rows))
    rows = [
        (name, draw(st.sampled_from((value, value, value, value + " ", "", "[1", "1,2"))))
        for name, value in rows
    ]
    parts = [Part(name=name.encode(), value=value.encode(), salt=bytes(32)) for name, value in rows]
    log.openings[3] = text_of({"parts": [[name, value, "00" * 32] for name, value in rows], "v": 1})
    size = size_class(sum(len(part.name) + len(part.value) for part in parts))
    body = {"commit": commit(parts).hex(), "parts": len(parts), "size_class": size}
    header = {**log.header(3), "body": body}
    log.entries[3] = signed(HEADER_TYPE, text_of(header), KEYS[BEL].working.author)
    return reheaded(forgery, BEL)


def a_trust_file(draw: Draw) -> MemoryBundle:
    forgery = a_bundle(draw)
    document = trust_document(forgery)
    mutate_document(draw, document)
    signers = draw(st.sampled_from((PARTIES, PARTIES, PARTIES[:2])))
    given = roots({party: KEYS[party] for party in signers}, form=forgery.form)
    kind = TRUST_TYPE if forgery.form == 1 else TRUST_TYPE_V2
    forgery.trust_bytes = signed(kind, text_of(document), *given)
    if draw(st.integers(0, 4)) == 0:
        forgery.trust_bytes = mutate_bytes(draw, forgery.trust_bytes)
    return forgery.build(ARD, KEYS)


def a_key_file(draw: Draw) -> MemoryBundle:
    """Another key file of a party; the trust file names it, or still the old one."""
    forgery = Forgery.of(settled_bundle(form=2))
    party = draw(st.sampled_from(PARTIES))
    path = keys_path(party, 1)
    envelope = parse_envelope(forgery.trust_files[path], payload_type=KEYS_TYPE, what="key file")
    document = json.loads(envelope.payload)
    mutate_document(draw, document)
    payload = text_of(document)
    signer = draw(st.sampled_from((party, party, party, ARD)))
    forgery.trust_files[path] = signed(KEYS_TYPE, payload, *KEYS[signer].keepers)
    if draw(st.booleans()):
        trust = trust_document(forgery)
        next(item for item in trust["parties"] if item["code"] == party)["keys"]["id"] = key_file_id(payload)
        forgery.sign_trust(trust, roots(KEYS, form=2))
    if draw(st.integers(0, 4)) == 0:
        forgery.trust_files[path] = mutate_bytes(draw, forgery.trust_files[path])
    return forgery.build(ARD, KEYS)


def a_sealed_pack(draw: Draw) -> MemoryBundle:
    """Something else in the place of sealed bodies."""
    forgery = Forgery.of(sealed_bundle())
    made = forgery.files()
    path = draw(st.sampled_from([path for path in made if path.startswith("sealed/")]))
    act = draw(st.sampled_from(("bytes", "bytes", "items", "drop", "open")))
    if act == "bytes":
        made[path] = mutate_bytes(draw, made[path])
    elif act == "drop":
        del made[path]
    elif act == "open":
        made[path.replace("sealed/", "bodies/")] = made[path]
    else:
        log = forgery.log(ARD)
        index = draw(st.sampled_from(sorted(log.sealed)))
        body = log.sealed[index]
        cut = len(body) // 2
        log.sealed[draw(st.integers(0, len(log.entries) - 1))] = draw(
            st.sampled_from(
                (b"", body, body[cut:], body[:-1], bytes(8), bytes(4) + body[4:], body + bytes(4))
            )
        )
        made = forgery.files()
    return forgery.build(ARD, KEYS, files=made)


def a_manifest(draw: Draw) -> MemoryBundle:
    forgery = a_bundle(draw)
    bundle = forgery.build(ARD, KEYS)
    files = bundle.files
    document = json.loads(b64decode(json.loads(files["bundle.json"])["payload"]))
    mutate_document(draw, document)
    files["bundle.json"] = signed(MANIFEST_TYPE, text_of(document), AUTHOR)
    if draw(st.integers(0, 4)) == 0:
        files["bundle.json"] = mutate_bytes(draw, files["bundle.json"])
    return bundle


def a_note(draw: Draw) -> MemoryBundle:
    """Another head, or other lines under it."""
    forgery = a_bundle(draw)
    party = draw(st.sampled_from((ARD, BEL)))
    log = forgery.log(party)
    size = draw(st.sampled_from(sorted(log.notes)))
    kept = log.notes[size]
    lines = list(kept.lines)
    text = kept.text
    act = draw(
        st.sampled_from(
            ("drop", "repeat", "swap", "stranger", "odd name", "plain", "lasting", "late", "head", "bytes")
        )
    )
    if act == "drop":
        lines.pop(draw(st.integers(0, len(lines) - 1)))
    elif act == "repeat":
        lines.append(draw(st.sampled_from(lines)))
    elif act == "swap":
        lines = draw(st.permutations(lines))
    elif act == "stranger":
        lines.append(
            NoteLine(
                name="stranger.example", key_hash=b"abcd", signature=draw(st.binary(min_size=1, max_size=80))
            )
        )
    elif act == "odd name":
        name = draw(
            st.sampled_from(
                ("é", "a\u00a0b", "a\u3000b", "a+b", "", "x" * 300, "\u2028", "a\tb", "\x7f", "\x85")
            )
        )
        lines.append(NoteLine(name=name, key_hash=b"abcd", signature=b"s" * 64))
    elif act == "plain":
        signer = draw(st.sampled_from(PARTIES))
        names = [key.name for key in forgery.trust.keys if key.party == signer]
        role = draw(st.sampled_from(("log", "witness", "author")))
        name = draw(st.sampled_from(names))
        line = sign_note(
            draw(st.sampled_from((text, "other\n"))), getattr(KEYS[signer].working, role), name=name
        )
        lines = _with(lines, line)
    elif act == "lasting":
        signer = draw(st.sampled_from(PARTIES))
        key = draw(st.sampled_from((KEYS[signer].working.log_pq, KEYS[signer].working.witness_pq)))
        assert key is not None
        name = draw(st.sampled_from([key.name for key in forgery.trust.keys if key.party == signer]))
        at = draw(st.sampled_from((None, WORLD.clock.at, START)))
        lines = _with(lines, cosign_mldsa(parse_checkpoint(text), key, name=name, at=at))
    elif act == "late":
        seconds = draw(st.sampled_from((0, 1, 253_402_300_799, 253_402_300_800, 2**63 - 1, 2**63, 2**64 - 1)))
        lines = _at(forgery, lines, text, seconds, both=draw(st.booleans()))
    elif act == "head":
        head = Checkpoint(
            origin=draw(st.sampled_from((log.origin, "elsewhere.example/log", forgery.log(AUD).origin))),
            size=draw(st.sampled_from((0, 1, 2, 3, 4, 5, 256, 257, 10**6, 10**12, 10**17, 10**18))),
            root=draw(st.sampled_from((bytes(32), bytes(31), EMPTY_ROOT))),
        )
        text = draw(
            st.sampled_from((head.text(), head.text() + "more\n", head.text().replace("\n", "\n0", 1)))
        )
        lines = forgery.own_lines(party, head, KEYS)
        for code in PARTIES:
            if code != party:
                lines += forgery.cosignatures(code, head, KEYS)
    if act == "bytes":
        made = forgery.files()
        path = draw(st.sampled_from([path for path in made if "checkpoint" in path]))
        made[path] = mutate_bytes(draw, made[path])
        return forgery.build(ARD, KEYS, files=made)
    if not lines:
        return forgery.build(ARD, KEYS)
    made = forgery.files()
    place = "checkpoint" if size == max(log.notes) else f"checkpoints/{size}"
    made[f"logs/{log_folder(log.origin)}/{place}"] = Note(text=text, lines=tuple(lines)).to_bytes()
    return forgery.build(ARD, KEYS, files=made)


def _with(lines: list[NoteLine], line: NoteLine) -> list[NoteLine]:
    """The lines with one more, instead of that of the same key."""
    kept = [old for old in lines if (old.name, old.key_hash) != (line.name, line.key_hash)]
    return [*kept, line]


def _at(forgery: Forgery, lines: list[NoteLine], text: str, seconds: int, *, both: bool) -> list[NoteLine]:
    """The last witness's word at another time, in one of its lines or in both."""
    last = lines[-1].name
    keys = {key.note_key.key_hash: key for key in forgery.trust.keys if key.name == last}
    changed = 0
    for line in reversed(lines):
        if line.name != last or (changed and not both):
            continue
        key = keys[line.key_hash]
        working = KEYS[key.party].working
        if key.algorithm == ML_DSA_44:
            assert working.witness_pq is not None
            message = cosigned_message(parse_checkpoint(text), name=last, seconds=seconds)
            signature = working.witness_pq.sign(message)
        else:
            signature = working.witness.sign(_message(text, seconds))
        stamp = seconds.to_bytes(8, "big")
        lines = _with(lines, NoteLine(name=last, key_hash=line.key_hash, signature=stamp + signature))
        changed += 1
    return lines


def entries(draw: Draw) -> MemoryBundle:
    """Records dropped, doubled, moved, emptied, made too long; the head signed anew by everybody."""
    forgery = a_bundle(draw)
    log = forgery.log(draw(st.sampled_from((ARD, BEL))))
    party = next(code for code, item in forgery.logs.items() if item is log)
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(log.entries) - 1))
        act = draw(st.sampled_from(("drop", "double", "swap", "put", "move")))
        if act == "drop" and len(log.entries) > 1:
            del log.entries[index], log.openings[index]
        elif act == "double":
            log.entries.append(log.entries[index])
            log.openings.append(log.openings[index])
        elif act == "swap":
            for items in (log.entries, log.openings):
                items[index], items[0] = items[0], items[index]
        elif act == "put":
            log.entries.insert(index, draw(st.sampled_from((b"", b"{}", b"x" * 60_001, b'{"payload":""}'))))
            log.openings.insert(index, b"")
        elif act == "move":
            other = forgery.log(AUD)
            log.entries.insert(index, other.entries[0])
            log.openings.insert(index, other.openings[0])
    return reheaded(forgery, party)


def files(draw: Draw) -> MemoryBundle:
    """Files changed, dropped, added or renamed, under a manifest that says so."""
    forgery = a_bundle(draw)
    made = forgery.files()
    path = draw(st.sampled_from(sorted(made)))
    act = draw(st.sampled_from(("change", "change", "drop", "add", "rename", "swap")))
    if act == "change":
        made[path] = mutate_bytes(draw, made[path])
    elif act == "drop":
        del made[path]
    elif act == "swap":
        other = draw(st.sampled_from(sorted(made)))
        made[path], made[other] = made[other], made[path]
    else:
        name = draw(
            st.one_of(
                st.sampled_from(
                    (
                        path + "x",
                        path + ".p/1",
                        path.replace("000.p/4", "000.p/3"),
                        path.replace("000.p/4", "000"),
                        path.replace("000.p/4", "x000/000.p/4"),
                        path.replace("/tile/0/", "/tile/9/"),
                        path.replace("/tile/0/", "/tile/00/"),
                        path.replace("/tile/0/", "/tile/64/"),
                        path.replace("bodies", "Bodies"),
                        path.replace("checkpoints/0", "checkpoints/00"),
                        "view/" + "a" * 101,
                        "view/UPPER",
                        f"logs/{'0' * 64}/checkpoint",
                        f"bodies/{'0' * 64}/000.p/1",
                        "trust/x",
                        "trust/history/1.json",
                        "trust/history/0.json",
                        "trust/keys/ard/2.json",
                        "trust/keys/ARD/1.json",
                        "trust/keys/ard/0001.json",
                        f"sealed/{'0' * 64}/000.p/1",
                        path.replace("bodies", "sealed"),
                        "x",
                    )
                ),
                st.text("abAB0.-_/", min_size=1, max_size=12).map(lambda text: f"view/{text.strip('/.')}z"),
            )
        )
        if name in made or any(name.startswith(f"{old}/") or old.startswith(f"{name}/") for old in made):
            return forgery.build(ARD, KEYS)
        made[name] = made.pop(path) if act == "rename" else made[path]
        if "//" in name or "/." in name:
            return forgery.build(ARD, KEYS)
    return forgery.build(ARD, KEYS, files=made)


KINDS: dict[str, Callable[[Draw], MemoryBundle]] = {
    make.__name__: make
    for make in (
        a_header,
        header_bytes,
        an_envelope,
        an_opening,
        a_statement,
        a_trust_file,
        a_key_file,
        a_sealed_pack,
        a_manifest,
        a_note,
        entries,
        files,
    )
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("agree") / "bundle"


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=EXAMPLES,
    derandomize=not SOAK,
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
@given(data=st.data())
def test_both_judge_alike(kind: str, folder: Path, data: st.DataObject) -> None:
    judge(KINDS[kind](data.draw), folder)
