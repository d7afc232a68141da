"""Everything that reads bytes of strangers: what it is given in the fuzz, and what must be true of what it reads."""

import base64
import json
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from counterseal.app.storage.bundle_zip import open_bundle_zip
from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.sharing import parse_share, split_secret
from counterseal.errors import CountersealError
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.note import parse_note
from counterseal.log.policy_file import parse_policy
from counterseal.log.proof import parse_log_proof
from counterseal.log.tiles import read_entries, write_entries
from counterseal.log.witness import parse_add_checkpoint, parse_answer
from counterseal.records.body import open_body
from counterseal.records.card import read_card
from counterseal.records.envelope import HEADER_TYPE, parse_envelope
from counterseal.records.fork import verify_fork_proof
from counterseal.records.header import parse_header
from counterseal.records.manifest import parse_manifest
from counterseal.records.trust_chain import read_key_file, read_trust_version
from counterseal.records.trust_v1 import parse_trust
from counterseal.records.verification.packs import read_pack, write_pack
from fuzz import instruments, measuring
from fuzz.choices import Choices, change_bytes, change_document, text_of
from fuzz.score import Files, score_of
from fuzz.worlds import WORLDS
from vectors.corpus import BUNDLES
from verifier.builder import Signer, b64, sha

Reader = Callable[[bytes], object]
MOST_BYTES = 1 << 24
WIDTH = 4
NEWLINE = b"\n"


def same(made: bytes, given: bytes) -> None:
    """Refuse a reader that took for right what is not in its only spelling."""
    if made != given:
        raise AssertionError(f"{given!r} was read, and is written {made!r}")


def canonical(data: bytes) -> None:
    """Canonical JSON."""
    same(encode_canonical(decode_canonical(data)), data)


def note(data: bytes) -> None:
    """A signed note, and the checkpoint in it."""
    found = parse_note(data)
    same(found.to_bytes(), data)
    same(parse_checkpoint(found.text).text().encode(), found.text.encode())


def proof(data: bytes) -> None:
    """An inclusion proof."""
    found = parse_log_proof(data)
    same(found.to_bytes(), data)
    found.require_entry(b"entry")


def request(data: bytes) -> None:
    """What a log asks of a witness."""
    same(parse_add_checkpoint(data).to_bytes(), data)


def answer(data: bytes) -> None:
    """What a witness answers."""
    parse_answer(data)


def policy(data: bytes) -> None:
    """A policy file."""
    parse_policy(data)


def envelope(data: bytes) -> None:
    """A record's envelope, and the header in it."""
    found = parse_envelope(data, payload_type=HEADER_TYPE, what="record")
    same(found.to_bytes(), data)
    header(found.payload)


def header(data: bytes) -> None:
    """A header."""
    same(parse_header(data).to_bytes(), data)


def opening(data: bytes) -> None:
    """An opening, of a header that is always the same."""
    open_body(data, **bound())


def manifest(data: bytes) -> None:
    """A manifest."""
    parse_manifest(data)


def trust(data: bytes) -> None:
    """A trust file of version 1."""
    parse_trust(data)


def trust2(data: bytes) -> None:
    """A trust file of version 2."""
    read_trust_version(data, path="trust/trust.json")


def keys(data: bytes) -> None:
    """A key file."""
    read_key_file(data, path="trust/keys/us/1.json")


def card(data: bytes) -> None:
    """A party card."""
    read_card(data)


def fork(data: bytes) -> None:
    """A fork proof."""
    verify_fork_proof(data)


def tile(data: bytes) -> None:
    """An entry tile."""
    same(write_entries(read_entries(data, width=WIDTH)), data)


def pack(data: bytes) -> None:
    """A pack of openings."""
    same(write_pack(list(read_pack(data, count=WIDTH))), data)


def share(data: bytes) -> None:
    """A share of a secret."""
    parse_share(data.decode("utf-8", "replace"))


def packed(data: bytes) -> None:
    """A bundle in one ZIP."""
    path = scratch() / "bundle.zip"
    path.write_bytes(data)
    bundle = open_bundle_zip(path)
    for found in bundle.names():
        if len(bundle.read(found.path, most=MOST_BYTES)) != found.size:
            raise AssertionError(f"{found.path}: another size than the ZIP says")


READERS: tuple[Reader, ...] = (
    canonical,
    note,
    proof,
    request,
    answer,
    policy,
    envelope,
    header,
    opening,
    manifest,
    trust,
    trust2,
    keys,
    card,
    fork,
    tile,
    pack,
    share,
    packed,
    *instruments.READERS,
    *measuring.READERS,
)


@cache
def scratch() -> Path:
    """Return a folder for files; whoever starts the fuzz takes it away."""
    return Path(tempfile.mkdtemp(prefix="counterseal-fuzz-"))


def read(data: bytes) -> None:
    """Let the reader that the first byte names read the rest: it may refuse, and nothing else."""
    try:
        READERS[data[0] % len(READERS) if data else 0](data[1:])
    except CountersealError:
        return


# ---- what they start from ----


@cache
def _score() -> Any:
    return score_of(WORLDS["said_much"]())


@cache
def bound() -> dict[str, Any]:
    """Return what a header binds; the opening of it is among the seeds."""
    said = _score().logs[1].said[0]
    return dict(said.header["body"])


def payload(data: bytes) -> bytes:
    """Return what is in an envelope."""
    return base64.b64decode(json.loads(data)["payload"])


def seeds() -> dict[Reader, list[bytes]]:
    """Return, for each reader, something that it accepts or nearly does."""
    first: Files = _score().play()
    entry, chain = _score().logs[1].entries[0], score_of(WORLDS["short_chain"]()).play()
    place = f"logs/{_score().logs[1].folder}"
    head = first[f"{place}/checkpoint"]
    tiles = [data for path, data in first.items() if "/entries/" in path]
    forks = sorted(BUNDLES.glob("fork*/fork.json"))
    shares = split_secret(b"0123456789abcdef", shares=3, threshold=2, randomness=bytes)
    return {
        canonical: [payload(entry), b'[0,-1,true,null,"\\u001f\\\\\xc3\xa9",{"a":{},"b":[]}]'],
        note: [head],
        proof: [b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"A" * 43 + b"=\n\n" + head],
        request: [b"old 0\n\n" + head, b"old 1\n" + b"A" * 43 + b"=\n\n" + head],
        answer: [head.partition(b"\n\n")[2], b"4\n"],
        policy: [policy_text()],
        envelope: [entry],
        header: [payload(entry)],
        opening: [_score().logs[1].openings[0]],
        manifest: [payload(first["bundle.json"])],
        trust: [payload(first["trust/trust.json"])],
        trust2: [chain["trust/trust.json"]],
        keys: [chain["trust/keys/us/1.json"]],
        card: [chain["trust/keys/us/1.json"]],
        fork: [path.read_bytes() for path in forks if path.stat().st_size < 8_000][:3],
        tile: [data for data in tiles if len(data) < 20_000] + [bytes(2 * WIDTH)],
        pack: [b"\0\0\0\1x" * WIDTH, bytes(4 * WIDTH)],
        share: [one.text().encode() for one in shares],
        packed: [zipped({"bundle.json": b"{}", "view/a": b"text"})],
        **instruments.seeds(),
        **measuring.seeds(),
    }


def policy_text() -> bytes:
    """Return a policy file of a log and two witnesses."""
    us, ru = _score().world.parties["US"], _score().world.parties["RU"]
    rows = [
        f"log {vkey(us.log, 1)}",
        f"witness one {vkey(ru.witness, 4)}",
        f"witness two {vkey(us.witness, 4)}",
    ]
    return "\n".join([*rows, "group every all one two", "quorum every", ""]).encode()


def vkey(signer: Signer, kind: int) -> str:
    """Return a verifier key as text."""
    public = bytes([kind]) + signer.public
    return f"{signer.name}+{sha(signer.name.encode() + NEWLINE + public)[:4].hex()}+{b64(public)}"


def zipped(files: Files) -> bytes:
    """Return files as one ZIP, stored."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), data)
    return made.getvalue()


def changed(data: bytes, size: int, seed: bytes) -> bytes:
    """Return an input of which the JSON, or the bytes, were changed: the fuzz's own mutation."""
    choices = Choices(seed)
    content = data[1:]
    if choices.chance(2):
        return (data[:1] + change_bytes(choices, content))[:size]
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return (data[:1] + change_bytes(choices, content))[:size]
    change_document(choices, document)
    return (data[:1] + text_of(document))[:size]
