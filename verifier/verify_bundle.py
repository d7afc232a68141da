"""Verify a Counterseal bundle, or a fork proof: one file, the standard library and `cryptography` alone.

    python verify_bundle.py BUNDLE [--depth chain|full] [--trust FILE|FINGERPRINT]... [--json]

It says what was checked, what held, and what did not and why (file and rule). It was written from
docs/reference/formats.md alone, shares no code with the program that makes bundles, and follows the order and
the section numbers of that page. Nothing is believed before it is checked, and nothing is repaired.
Exit status: 0 verified; 1 not accepted; 2 wrong use, or its one library is missing; 3 no bundle at all.
Needs Python 3.11 and cryptography 48.0.1.
"""
# fmt: off

import binascii
import json
import os
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from itertools import count, takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey, MLDSA65PublicKey
except ImportError:
    print("verify_bundle: it needs the Python package cryptography, 48.0.1 or newer", file=sys.stderr)
    sys.exit(2)

Pins = Sequence[str | bytes]

class Refused(ValueError):  # noqa: N818 - the word of formats.md
    """Something is not as formats.md asks: the text says the rule and what was found instead."""
def need(holds: object, rule: str, found: object = None) -> None:
    """Refuse, with the rule and what was found, unless it holds."""
    if not holds:
        raise Refused(rule if found is None else f"{rule}; found {ascii(found)[:100]}")
class Report:
    """What was refused. A check holds if it was begun, was not cut short and refused nothing."""

    def __init__(self, checks: Sequence[str]) -> None:
        self.failures: dict[str, list[dict[str, str | None]]] = {check: [] for check in checks}
        self.refused, self.begun, self.cut = Counter[str](), set[str](), set[str]()
    def need(self, holds: object, check: str, file: str | None, rule: str) -> None:
        """Begin a check, or go on with it: it fails unless the rule holds; 50 failures are told."""
        self.begun.add(check)
        self.refused[check] += not holds
        if not holds and self.refused[check] <= 50:
            self.failures[check].append({"file": file, "rule": rule})
    @contextmanager
    def rule(self, check: str, file: str | None = None, at: str = "") -> Iterator[None]:
        """Begin a check, or go on with it: what is refused or cannot be read within is a failure of it."""
        self.begun.add(check)
        try:
            yield
        except (ValueError, OSError, MemoryError, UnsupportedAlgorithm) as error:
            what = "" if isinstance(error, ValueError) else f"it cannot be read: {type(error).__name__} "
            self.need(False, check, file, f"{at}{what}{error}")
    def result(self, trust: "Trust | None", pins: Pins, depth: Sequence[str]) -> dict[str, Any]:
        """Return what all results for programs have in common (section 9)."""
        held = {c: False if bad else c in self.begun - self.cut or None for c, bad in self.failures.items()}
        for check, bad in self.refused.items():
            self.failures[check] += [{"file": None, "rule": f"and {bad - 50} more failures"}] * (bad > 50)
        return {
            "verified": all(held[check] for check in depth if pins or check != "trust-pinned"),
            "checks": [{"check": c, "held": held[c], "failures": bad} for c, bad in self.failures.items()],
            "fingerprints": {"trust": trust and trust.fingerprint, "roots": trust.root_ids if trust else {}},
            "pinned": bool(held["trust-pinned"]),
        }
# ---- 1. Notation -------------------------------------------------------------------------------------------
def lp(part: bytes) -> bytes:
    """Prefix a part with its length: 4 bytes, big-endian."""
    return len(part).to_bytes(4, "big") + part
def domain_hash(name: str, *parts: bytes) -> bytes:
    """D(name, a, b, ...): the hash of a domain string and length-prefixed parts."""
    return sha256(name.encode() + b"\0" + b"".join(map(lp, parts))).digest()
def unbase64(text: bytes, what: str) -> bytes:
    """Decode base64 that encodes back to itself."""
    with suppress(ValueError):
        data = binascii.a2b_base64(text)
        if binascii.b2a_base64(data, newline=False) == text:
            return data
    raise Refused(f"{what} is not base64 in its only spelling; found {ascii(text)[:100]}")
# ---- 2. Canonical JSON, and the forms of documents ---------------------------------------------------------
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
def canonical(data: bytes, what: str) -> Any:
    """Parse canonical JSON: parse, walk the profile, encode again, and refuse unless the bytes are equal."""
    try:
        value = json.loads(data.decode())
        level, depth = [value], 0
        while level:
            wrong = [x for x in level if type(x) is float or (type(x) is int and abs(x) >= 2**53)]
            need(not wrong, "a number is not an integer below 2^53 in magnitude", wrong)
            level, depth = [item for item in level if isinstance(item, dict | list)], depth + 1
            need(depth <= 16 or not level, "it has more than 16 levels")
            keys = [key for item in level if isinstance(item, dict) for key in item]
            need("".join(keys).isascii(), "a key is not ASCII", keys)
            level = [inner for x in level for inner in (x.values() if isinstance(x, dict) else x)]
        need(ENCODER.encode(value).encode() == data, "it does not encode back to the same bytes")
    except (RecursionError, ValueError) as error:
        raise Refused(f"{what} is not canonical JSON: {error}") from None
    return value
def conform(value: Any, form: Any, where: str) -> None:
    """Refuse a value that is not of a form."""
    # A form is {member: form} for an object with exactly these members; (form, least, most, order, by) for a
    # list, "sorted" (and none twice), "unique" or in "any" order by a member of its items or by the items; or
    # a pattern that the value as a Python literal must match, texts in double quotes; or [form, form], for
    # what is no list and for a list.
    form = form[isinstance(value, list)] if isinstance(form, list) else form
    if isinstance(form, dict):
        need(isinstance(value, dict), f"{where} is not an object", value)
        need(value.keys() == form.keys(), f"{where} has not exactly the members {', '.join(form)}", [*value])
        for name, inner in form.items():
            conform(value[name], inner, f"{where}.{name}")
    elif isinstance(form, tuple):
        inner, least, most, order, by = form
        need(isinstance(value, list), f"{where} is not a list", value)
        need(least <= len(value) <= most, f"{where} is too short or too long a list", len(value))
        for place, item in enumerate(value):
            conform(item, inner, f"{where}[{place}]")
        keys = value if by is None else [item[by] for item in value]
        need(order == "any" or len(set(keys)) == len(keys), f"{where} has an item twice", value)
        need(order != "sorted" or keys == sorted(keys), f"{where} is not sorted", value)
    else:
        text = f'"{value}"' if isinstance(value, str) else repr(value)
        need(re.fullmatch(form, text), f"{where} is not of the form {form}", value)
        try:
            need(form != INSTANT or datetime.fromisoformat(value), "")
        except ValueError:
            raise Refused(f"{where} is no real date and time; found {value}") from None
TEXT, HEX32, INTEGER, MANY = '(?s:".*")', '"[0-9a-f]{64}"', "0|[1-9][0-9]*", 1_000_000
TEXT1, TEXT200, POSITIVE = '(?s:".+")', '(?s:".{1,200}")', "[1-9][0-9]*"
POWER = [str(2**n) for n in range(23)]
INSTANT = '"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"'
PARTY, TREATY, NAME = '"[A-Z][A-Z0-9-]{0,31}"', '"[a-z0-9.-]{1,64}"', '"[!-*,-~]{1,255}"'
AUDIENCE = ('"[A-Za-z0-9.-]{1,64}"', 1, 64, "sorted", None)
# ---- 3. Keys and signatures --------------------------------------------------------------------------------
LOADED: dict[bytes, Ed25519PublicKey] = {}
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
ML_DSA: dict[int, Any] = {1312: (MLDSA44PublicKey, 2420), 1952: (MLDSA65PublicKey, 3309)}
KEY_SIZES = {"ed25519": 32, "ml-dsa-44": 1312, "mlkem768-x25519": 1184 + 32}
Y1 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
Y2 = 55188659117513257062467267217118295137698188065244968500265048394206261417927
def check_point(point: bytes, what: str) -> None:
    """Refuse points of small order, and all but the only encoding of others."""
    y = int.from_bytes(point, "little") & (2**255 - 1)
    need(y not in {0, 1, Y1, Y2, P - 1, P, P + 1}, f"{what} is a point of small order")
    need(y < P, f"{what} is not in its only encoding")
def key_id(public: bytes, algorithm: str = "ed25519") -> str:
    """Return the key id of a public key."""
    return domain_hash("counterseal/key/v1", algorithm.encode(), public).hex()
def load_key(public: bytes) -> Ed25519PublicKey:
    """Return a public key that the strict rule allows."""
    check_point(public, "the public key")
    return LOADED.setdefault(public, Ed25519PublicKey.from_public_bytes(public))
def strict_verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Verify one Ed25519 signature under the strict rule of suite S1."""
    key = LOADED.get(public) or load_key(public)
    need(len(signature) == 64, "the signature is not 64 bytes", len(signature))
    check_point(signature[:32], "R of the signature")
    need(int.from_bytes(signature[32:], "little") < L, "S of the signature is not below the group order")
    try:
        key.verify(signature, message)
    except InvalidSignature:
        raise Refused("the signature does not verify") from None
def verify_ml_dsa(public: bytes, signature: bytes, message: bytes) -> None:
    """Verify one ML-DSA signature, 44 or 65 as the length of the key says: pure, empty context."""
    kind, size = ML_DSA[len(public)]
    need(len(signature) == size, f"the ML-DSA signature is not {size} bytes", len(signature))
    try:
        kind.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        raise Refused("the ML-DSA signature does not verify") from None
def check_roots(report: Report, file: Any, groups: list[Any], check: str = "trust-signatures") -> None:
    """Check that all signatures of a file are by roots of the groups, and enough for each."""
    given, valid = [i for i, _ in file.signatures], set[str]()
    known = {i: keys for group in groups for i, keys in group.roots.items()}
    report.need(given == sorted(set(given)), check, file.path, "root signatures are unsorted or twice")
    for keyid, signature in file.signatures:
        with report.rule(check, file.path, f"root signature by {keyid}: "):
            need(keyid in known, "the key is the root of no party that is asked")
            ed25519, *ml_dsa_65 = known[keyid]
            strict_verify(ed25519, signature[:64] if ml_dsa_65 else signature, file.signed)
            for public in ml_dsa_65:
                verify_ml_dsa(public, signature[64:], file.signed)
            valid.add(keyid)
    for group in groups:
        rule = f"a root signature of {group.who} is missing; it takes {group.threshold}"
        report.need(len(valid & group.roots.keys()) >= group.threshold, check, file.path, rule)
# ---- 4. Envelope (DSSE): no text in it needs an escape, so a pattern can be exactly its canonical JSON -----
SIGNATURE = rb'\{"keyid":"([0-9a-f]{64})","sig":"([^"]*)"\}'
ENVELOPE = rb'\{"payload":"([^"]*)","payloadType":"([^"]*)","signatures":\[((?:%b(?:,%b)*)?)\]\}'
ENVELOPE %= (SIGNATURE.replace(b"(", b"(?:"),) * 2
def open_envelope(data: bytes, use: bytes) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Return the payload, the bytes signed (PAE), and key ids with signatures that are not verified yet."""
    kind = b"application/vnd.counterseal.%b+json" % use
    match = re.fullmatch(ENVELOPE, data)
    if match is None:
        raise Refused("it is not an envelope in canonical JSON")
    need(match[2] == kind, f"the payload type is not {kind.decode()}", match[2])
    payload = unbase64(match[1], "the payload")
    signatures = [(i.decode(), unbase64(s, "a signature")) for i, s in re.findall(SIGNATURE, match[3])]
    many = use.startswith((b"trust", b"keys"))
    need(many or len(signatures) == 1, "it has not exactly one signature", len(signatures))
    return payload, b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload), signatures
# ---- 5. Records --------------------------------------------------------------------------------------------
SIZE_CLASS = "|".join(POWER[10:21])
KIND = r'(?=.{3,66}\Z)"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*"'
BODY = {"commit": HEX32, "parts": "|".join(POWER[:7]), "size_class": SIZE_CLASS}
HEADER: dict[str, Any] = {"alg": '"S1"', "audience": AUDIENCE, "author": PARTY, "body": BODY, "kind": KIND}
HEADER |= {"claimed_time": INSTANT, "feed": HEX32, "not_before": (HEX32, 0, 16, "unique", None), "v": "1"}
HEADER |= {"prev": f"None|{HEX32}", "refs": (HEX32, 0, 64, "unique", None), "seq": INTEGER, "treaty": TEXT}
PART: Any = (TEXT, 3, 3, "any", None)
OPENING, PARTIAL = ({"parts": (part, 1, 64, "any", None), "v": "1"} for part in (PART, [HEX32, PART]))
MEANING = '"(received|agreed|agreed-with-reservation|objects)"'
FIELDS, SAMPLES = ((TEXT, 2, 2, "any", None), 0, 2**22, "any", None), (INTEGER, 0, 100_000, "unique", None)
STRATA = ({"count": POSITIVE, "name": TEXT200, "sample": INTEGER}, 1, 256, "unique", "name")
STATEMENTS: dict[str, dict[str, Any]] = {
    "countersignature": {"meaning": MEANING, "note": f"None|{TEXT}", "record": HEX32},
    "disclosure": {"opening": "(?s:.*)", "reason": TEXT1, "record": HEX32, "stage": f"None|{TEXT}"},
    "escrow.commitment": {"leaves": "|".join(POWER), "root": HEX32, "title": TEXT},
    "escrow.opening": {"commitment": HEX32, "fields": FIELDS, "first": INTEGER, "leaves": "|".join(POWER),
        "proof": (HEX32, 0, 22, "any", None), "reason": TEXT1, "seed": HEX32, "stage": TEXT1},
    "draw.opening": {"algorithm": '"counterseal/draw/v1"', "deadline": INSTANT, "pool_root": HEX32,
        "participants": (PARTY, 2, 64, "sorted", None), "pool": ["None", (TEXT200, 0, 2**32, "unique", None)],
        "strata": STRATA, "title": TEXT},
    "draw.commitment": {"commitment": HEX32, "draw": HEX32},
    "draw.reveal": {"draw": HEX32, "of": PARTY, "value": HEX32},
    "draw.result": {"draw": HEX32, "forfeited": (PARTY, 0, 64, "sorted", None), "seed": f"None|{HEX32}",
        "positions": (SAMPLES, 1, 256, "any", None)},
    "keys.change": {"id": HEX32, "party": PARTY, "version": POSITIVE},
    "trust.change": {"id": HEX32, "version": POSITIVE},
}
# By the first word of the kind: the check, and the member that refs must repeat.
SPOKEN = {"countersignature": ("countersignatures", "record"), "disclosure": ("disclosures", "record")}
SPOKEN |= {"escrow": ("escrows", "commitment"), "draw": ("draws", "draw")}
SPOKEN |= dict.fromkeys(("keys", "trust"), ("trust-logged", ""))
def check_header(data: bytes, treaty: str, party: str) -> dict[str, Any]:
    """Return a header in the form of section 5.2, of this treaty and by the party whose log it is in."""
    need(len(data) <= 16_384, "the header is larger than 16,384 bytes", len(data))
    header: dict[str, Any] = canonical(data, "the header")
    conform(header, HEADER, "header")
    need((header["prev"] is None) == (header["seq"] == 0), "header.prev is not null exactly at seq 0")
    need(header["treaty"] == treaty, "the header names another treaty than the trust file", header["treaty"])
    need(header["author"] == party, f"the author is not {party}, whose log this is", header["author"])
    return header
def check_opening(data: bytes, body: bytes, *, partial: bool = False) -> dict[str, str]:
    """Return the statement, name to canonical text, if the opening opens the body (section 5.1)."""
    # The body is packed: 32 bytes of commitment, the number of parts, the bits of the size class.
    need(len(data) <= 2**20, "the opening is larger than 1,048,576 bytes", len(data))
    opening = canonical(data, "the opening")
    conform(opening, PARTIAL if partial else OPENING, "opening")
    parts, leaves, size = opening["parts"], b"", 0
    need(len(parts) == body[32], "the number of parts is not the header's", len(parts))
    shown = [part for part in parts if isinstance(part, list)]
    names = [name for name, value, _ in shown if name or value]
    need(names, "the opening has no part that is not a dummy")
    need(not any(name or value for name, value, _ in shown[len(names) :]), "a dummy stands before a part")
    need(names == sorted(set(names)), "the parts are not in order of name, or a name stands twice", names)
    for part in parts:
        if isinstance(part, str):
            leaves += bytes.fromhex(part)
            continue
        name, value, salt = part
        need(re.fullmatch("[0-9a-f]{64}", salt), "a salt is not 64 hexadecimal digits", salt)
        leaves += part_leaf(name, value, bytes.fromhex(salt))
        size += len(name.encode()) + len(value.encode())
        if name or value:
            need(re.fullmatch("[a-z][a-z0-9_]{0,63}", name), "a part's name is not as section 5.1 asks", name)
            canonical(value.encode(), "the value of a part")
    same = len(shown) < len(parts) or max(1024, 1 << (size - 1).bit_length()).bit_length() == body[33]
    need(same, "the size class is another", size)
    need(tree_root([leaves]) == body[:32], "the parts do not give the header's commitment")
    return {name: value for name, value, _ in shown if name}
def part_leaf(name: str, value: str, salt: bytes) -> bytes:
    """Return the leaf hash of a part, or of a field in escrow."""
    return sha256(b"\0part/v1" + lp(name.encode()) + lp(value.encode()) + salt).digest()
def escrow_root(seed: bytes, leaves: int, fields: Iterator[list[str]]) -> bytes:
    """Return the root over the next fields, or dummies where they end, with salts grown from the seed."""
    if leaves == 1:
        name, value = next(fields, ["", ""])
        return part_leaf(name, value, seed)
    seeds = (domain_hash("counterseal/escrow/seed/v1", seed, half) for half in (b"\0", b"\1"))
    return sha256(b"\1" + b"".join(escrow_root(half, leaves // 2, fields) for half in seeds)).digest()
def check_escrow(value: dict[str, Any], escrow: dict[str, Any]) -> None:
    """Check an escrow's opening: it leads to the commitment's root, if that can be read (section 5.6)."""
    first, leaves, fields, node = value["first"], value["leaves"], value["fields"], b""
    need(first % leaves == 0, f"first is not a multiple of {leaves} leaves", first)
    need(len(fields) <= leaves, f"the fields are more than {leaves}", len(fields))
    for name, text in fields:
        need(1 <= len(name) <= 200, "the name of a field is not 1 to 200 characters", name)
        canonical(text.encode(), "the value of a field")
    if escrow:
        need(first + leaves <= (most := escrow["leaves"]), f"the escrow ends at {most}", first + leaves)
        levels = most.bit_length() - leaves.bit_length()
        need(len(value["proof"]) == levels, f"the proof is not {levels} hashes", len(value["proof"]))
        node = escrow_root(bytes.fromhex(value["seed"]), leaves, iter(fields))
        for level, sibling in enumerate(map(bytes.fromhex, value["proof"])):
            right = first // leaves >> level & 1
            node = sha256(b"\1" + (sibling + node if right else node + sibling)).digest()
        need(node.hex() == escrow["root"], "fields, seed and proof do not give the root of the escrow")
def drawn(seed: bytes, strata: list[dict[str, Any]]) -> list[list[int]]:
    """Return the positions that follow from a seed (section 5.7)."""
    positions, start = list[list[int]](), 0
    for number, stratum in enumerate(strata):
        places = ((number.to_bytes(4, "big"), block.to_bytes(8, "big")) for block in count())
        blocks = (domain_hash("counterseal/draw/stream/v1", seed, *place) for place in places)
        words = (int.from_bytes(block[at : at + 8], "big") for block in blocks for at in range(0, 32, 8))
        moved, picked = dict[int, int](), list[int]()
        for i in range(stratum["sample"]):
            bits = (below := stratum["count"] - i - 1).bit_length()
            j = i + (next(w >> 64 - bits for w in words if w >> 64 - bits <= below) if bits else 0)
            moved[i], moved[j] = moved.get(j, j), moved.get(i, i)
            picked.append(start + moved[i])
        positions.append(picked)
        start += stratum["count"]
    return positions
class Draws:
    """The records of joint draws, which stand in several logs: judged when all are read (section 5.7)."""
    def __init__(self) -> None:
        self.opened, self.others = dict[bytes, Any](), defaultdict[str, list[Any]](list)
    def open(self, one: Any, value: dict[str, Any], parties: set[str]) -> None:
        """Check and keep the opening of a draw."""
        pool, one.strata, one.deadline = value["pool"], value["strata"], value["deadline"]
        one.participants, one.agreed, one.reveals = {*value["participants"]}, set[str](), list[Any]()
        one.fixed, one.values = dict[str, Any](), dict[str, bytes]()
        need(one.party in one.participants, "the author of the draw is none of its participants", one.party)
        strangers = one.participants - parties
        need(not strangers, "a participant is no party of the trust file", strangers)
        size, samples = (sum(stratum[what] for stratum in one.strata) for what in ("count", "sample"))
        need(all(s["sample"] <= s["count"] for s in one.strata), "a sample is larger than its stratum")
        need(size <= 2**32, "the pool is larger than 2^32", size)
        need(1 <= samples <= 100_000, "the samples are not 1 to 100,000 together", samples)
        if pool is not None:
            need(len(pool) == size, f"the pool has not the {size} items of its strata", len(pool))
            root = tree_root([b"".join([sha256(b"\0" + name.encode()).digest() for name in pool])])
            need(root.hex() == value["pool_root"], "pool_root is not the root of the pool")
        self.opened[one.id] = one
    def check(self, report: Report, notes: Mapping[str, Any]) -> None:
        """Check all that was done: first what parties are committed to, then reveals, then results."""
        for kind in ("draw.commitment", "draw.reveal", "draw.result"):
            for one in self.others[kind]:
                draw, one.known = self.opened.get(bytes.fromhex(one.draw)), Counter()
                for party, note in (notes[name] for name in one.seen if name in notes):
                    one.known[party] = max(one.known[party], note.size)
                one.known[one.party] = one.index
                with report.rule("draws", one.file, one.which):
                    need(draw or not one.read, "it names no opening of a draw that can be read", one.draw)
                    if draw:
                        member = one.party in draw.participants or not one.read
                        need(member, "its author is not a participant of the draw", one.party)
                        self.judge(kind, draw, one)
    def judge(self, kind: str, draw: Any, one: Any) -> None:
        """Keep a first commitment, or check a reveal or result; `known` is what its author had seen."""
        if kind == "draw.commitment":
            draw.fixed.setdefault(one.party, one)
        elif kind == "draw.reveal":
            of, secret = one.value["of"], bytes.fromhex(one.value["value"])
            draw.reveals.append((of, one.party, one.index))
            need(of in draw.participants, "what is revealed is not of a participant", of)
            need(draw.fixed.keys() >= draw.participants, "a participant is not committed", sorted(draw.fixed))
            late = [code for code in sorted(draw.participants) if one.known[code] <= draw.fixed[code].index]
            need(not late, "a commitment is not fixed by not_before, or does not stand before it", late)
            need(draw.fixed[of].read, f"the commitment of {of} that counts cannot be read here")
            commitment = domain_hash("counterseal/draw/commit/v1", draw.id, of.encode(), secret).hex()
            need(commitment == draw.fixed[of].value["commitment"], f"this is not what {of} is committed to")
            draw.values[of] = secret
        else:
            self.check_result(draw, one, one.value["seed"], {*one.value["forfeited"]})
    def check_result(self, draw: Any, one: Any, seed: str | None, forfeited: set[str]) -> None:
        """Check that a result follows from the reveals, or from the want of them."""
        need(draw.agreed >= draw.participants - {draw.party}, "not all have agreed to the draw", draw.agreed)
        numbers = [stratum["sample"] for stratum in draw.strata]
        need([n for n, _, _ in one.shape] == numbers, "the positions are not as many as each sample")
        if not forfeited:
            need(draw.values.keys() == draw.participants, "not all have revealed", sorted(draw.values))
            pairs = [(draw.fixed[code].id, draw.values[code]) for code in sorted(draw.participants)]
            made = domain_hash("counterseal/draw/seed/v1", draw.id, *(p for pair in pairs for p in pair))
            need(seed == made.hex(), "the seed is not that of the reveals", seed)
            digest = sha256(ENCODER.encode(drawn(made, draw.strata)).encode()).digest()
            need(digest == one.digest, "the positions are not those that follow from the seed")
            return
        need(forfeited <= draw.participants - {one.party}, "who forfeits is no other participant", forfeited)
        need(seed is None, "a result after a forfeit has a seed", seed)
        need(one.claim > draw.deadline, f"it claims no time after the deadline {draw.deadline}", one.claim)
        told = [of for of, party, index in draw.reveals if of in forfeited and index < one.known[party]]
        need(not told, "one whose reveal its author had seen forfeits", told)
        start = 0
        for (_, low, high), stratum in zip(one.shape, draw.strata, strict=True):
            need(start <= low and high < start + stratum["count"], "a position is not in its stratum", low)
            start += stratum["count"]
# ---- 6. Trust ----------------------------------------------------------------------------------------------
ROOT: Any = {"alg": '"ed25519"', "public": HEX32}
ROOT2 = {"alg": '"r2"', "ed25519": HEX32, "id": HEX32, "ml_dsa_65": '"[0-9a-f]{3904}"'}
MEMBER: Any = {"code": PARTY, "kind": '"(state|auditor|observer)"', "name": TEXT200}
MEMBER2 = MEMBER | {"keys": {"id": HEX32, "version": POSITIVE}, "log": NAME, "threshold": POSITIVE}
MEMBER2 |= {"roots": (ROOT2, 1, 16, "sorted", "id")}
SIDE: Any = (PARTY, 1, MANY, "sorted", None)
SIDES, SIDES2 = (SIDE, 2, MANY, "sorted", 0), ({"parties": SIDE, "threshold": POSITIVE}, 2, MANY, "any", None)
KEY = ROOT | {"id": HEX32, "name": NAME, "party": PARTY, "role": '"(author|log|witness)"'}
KEY2 = {"alg": f'"({"|".join(KEY_SIZES)})"', "id": HEX32, "name": NAME, "public": '"([0-9a-f]{2})+"'}
ROLE2 = KEY2["role"] = '"(author|log|seal|witness)"'
HEADS = ({"origin": NAME, "size": INTEGER}, 0, MANY, "sorted", "origin")
RETIRED = {"accepted": f"None|{INTEGER}", "heads": HEADS, "id": HEX32, "role": ROLE2}
LOG = {"keyid": HEX32, "origin": NAME, "party": PARTY}
TRUST: dict[str, Any] = {"keys": (KEY, 1, MANY, "sorted", "id"), "logs": (LOG, 1, MANY, "sorted", "origin")}
TRUST |= {"parties": (MEMBER | {"root": ROOT}, 1, MANY, "sorted", "code"), "treaty": TREATY, "v": "1"}
TRUST |= {"policy": {"rule": '"every-side"', "sides": SIDES}, "previous": "None", "version": "1"}
TRUST2: dict[str, Any] = {"parties": (MEMBER2, 1, MANY, "sorted", "code"), "treaty": TREATY, "v": "2"}
TRUST2 |= {"policy": {"rule": '"every-side"', "sides": SIDES2}, "previous": f"None|{HEX32}"}
TRUST2 |= {"version": POSITIVE}
KEYS: dict[str, Any] = {"at": INTEGER, "keys": (KEY2, 1, MANY, "sorted", "id"), "party": PARTY, "v": "1"}
KEYS |= {"previous": f"None|{HEX32}", "retired": (RETIRED, 0, MANY, "sorted", "id"), "treaty": TREATY}
KEYS |= {"version": POSITIVE}
HINTS = {("log", "ed25519"): b"\n\1", ("witness", "ed25519"): b"\n\4"}
HINTS |= {(role, "ml-dsa-44"): b"\n\6" for role in ("log", "witness")}
CHAINED, NEVER = b'"payloadType":"application/vnd.counterseal.trust.v2+json"', 2**53
class Trust:
    """Who is who, and whose keys are in force, whichever version of the format says so."""
    def __init__(self) -> None:
        self.treaty, self.fingerprint, self.root_ids, self.ids = "", "", dict[str, str](), list[str]()
        self.sides, self.logs, self.pins = list[tuple[list[str], int]](), list[Any](), set[str]()
        self.files, self.keys = dict[str, list[Any]](), dict[str, Any]()
        self.lines = defaultdict[tuple[str, bytes], list[Any]](list)
        self.stages = defaultdict[str, list[tuple[int, dict[str, Any], list[Any]]]](list)
    def add_key(self, entry: dict[str, str], party: str) -> Any:
        """Return a key of a party; one that signs notes is found by its lines."""
        public, name, kind = bytes.fromhex(entry["public"]), entry["name"], (entry["role"], entry["alg"])
        need(entry["id"] == key_id(public, kind[1]), "a key's id is not that of its public key", entry["id"])
        if entry["id"] not in self.keys:
            feed = domain_hash("counterseal/feed/v1", self.treaty.encode(), party.encode(), public).hex()
            key = SimpleNamespace(**entry | {"party": party, "public": public, "feed": feed})
            key.accepted, key.heads, key.mates, self.keys[key.id] = None, None, {key.id}, key
            if kind in HINTS:
                key.hint = sha256(name.encode() + HINTS[kind] + public).digest()[:4]
                self.lines[name, key.hint].append(key)
        return self.keys[entry["id"]]
    def add_log(self, party: str, origin: str) -> None:
        """Add the log of a party."""
        folder = sha256(origin.encode()).hexdigest()
        self.logs.append(SimpleNamespace(party=party, name=origin, folder=folder))
    def add_stage(self, party: str, at: int, keys: Iterable[Any]) -> None:
        """Put keys of a party in force from an index of its log on."""
        authors, logs = ([key for key in keys if key.role == role] for role in ("author", "log"))
        self.stages[party].append((at, {key.id: key for key in authors}, logs))
    def in_force(self, party: str, index: int) -> tuple[dict[str, Any], list[Any]]:
        """Return the author and log keys of a party at an index of its log; at -1 the first ones."""
        stages = self.stages.get(party) or [(0, {}, [])]
        return stages[max(0, bisect_right(stages, index, key=lambda stage: stage[0]) - 1)][1:]
    def check_pins(self, report: Report, pins: Pins) -> None:
        """Check that every pin (a fingerprint or a trust file) asks for this trust."""
        for pin in pins:
            with report.rule("trust-pinned", "--trust"):
                if isinstance(pin, str):
                    need(pin in self.pins, f"the trust file is not the one with the pinned fingerprint {pin}")
                elif CHAINED in pin:
                    need(open_trust(pin).id in self.ids, "the trust file given is none of the chain")
                else:
                    (other := TrustFile(pin, "--trust")).check(report, "trust-pinned")
                    need(other.fingerprint == self.fingerprint, "the trust file is not the one given")
class TrustFile(Trust):
    """A trust file of version 1, in the form of section 6.1 (`trust-form`)."""
    def __init__(self, data: bytes, path: str) -> None:
        super().__init__()
        self.path, (payload, self.signed, self.signatures) = path, open_envelope(data, b"trust.v1")
        doc = canonical(payload, "the trust payload")
        conform(doc, TRUST, "trust")
        self.treaty, self.sides = doc["treaty"], [(side, 1) for side in doc["policy"]["sides"]]
        self.roots = {party["code"]: bytes.fromhex(party["root"]["public"]) for party in doc["parties"]}
        self.root_ids = {code: key_id(public) for code, public in self.roots.items()}
        pairs = (part for code, public in self.roots.items() for part in (code.encode(), public))
        self.fingerprint = domain_hash("counterseal/trust/v1", self.treaty.encode(), *pairs).hex()
        self.pins = {self.fingerprint, *self.root_ids.values()}
        for entry in doc["keys"]:
            need(entry["party"] in self.roots, "a key belongs to no party of the trust file", entry["party"])
            self.add_key(entry, entry["party"])
        need({log["keyid"] for log in doc["logs"]} <= self.keys.keys(), "a log's key is not in this file")
        for entry in doc["logs"]:
            key, party = self.keys[entry["keyid"]], entry["party"]
            need(key.role == "log", "a log's key has another role than log", key.role)
            need(key.party == party, "a log's key belongs to another party than the log", key.party)
            need(key.name == entry["origin"], "the name of a log's key is not the log's origin", key.name)
            self.add_log(party, key.name)
            authors = [k for k in self.keys.values() if (k.party, k.role) == (party, "author")]
            self.add_stage(party, 0, [key, *authors])
        publics = {*self.roots.values(), *(key.public for key in self.keys.values())}
        LOADED.update((public, load_key(public)) for public in publics)
        need(len(publics) == len(self.roots) + len(self.keys), "a public key stands twice in the trust file")
        held = {(key.party, key.role) for key in self.keys.values()}
        need(len(held) == 3 * len(self.roots), "a party has no key of a role", sorted(held))
        need(sorted(log.party for log in self.logs) == [*self.roots], "a party has not exactly one log")
        named = sorted(code for side, _ in self.sides for code in side)
        need(named == [*self.roots], "the sides do not name every party exactly once", named)
    def check(self, report: Report, check: str = "trust-signatures") -> None:
        """Check the root signatures: one of every party."""
        roots = [(code, {key_id(public): (public,)}) for code, public in self.roots.items()]
        check_roots(report, self, [SimpleNamespace(who=w, roots=r, threshold=1) for w, r in roots], check)
def open_file(data: bytes, use: bytes, form: Any, what: str) -> Any:
    """Return a trust file or key file of a chain: its document, its id, and signatures not verified yet."""
    payload, signed, signatures = open_envelope(data, use)
    conform(doc := canonical(payload, f"the payload of the {what}"), form, what)
    domain = b"counterseal/%b\0" % (b"key-file/v1" if form is KEYS else b"trust-file/v2")
    name = sha256(domain + signed).hexdigest()
    return SimpleNamespace(doc=doc, id=name, signed=signed, signatures=signatures)
def open_trust(data: bytes) -> Any:
    """Return a trust file of version 2, in its own form: its members by code (section 6.2)."""
    file = open_file(data, b"trust.v2", TRUST2, "trust file")
    file.members, publics, pairs, treaty = {}, list[bytes](), list[bytes](), file.doc["treaty"].encode()
    for party in file.doc["parties"]:
        code, roots = party["code"], dict[str, tuple[bytes, bytes]]()
        for root in party["roots"]:
            keys = roots[root["id"]] = bytes.fromhex(root["ed25519"]), bytes.fromhex(root["ml_dsa_65"])
            name = domain_hash("counterseal/root/v2", *keys).hex()
            need(root["id"] == name, "a root's id is not that of its keys", root["id"])
            load_key(keys[0])
            publics += keys
        need(party["threshold"] <= len(roots), f"the threshold of {code} is above its roots")
        parts = (code.encode(), str(party["threshold"]).encode(), *map(bytes.fromhex, roots))
        pairs += [parts[0], domain_hash("counterseal/party/v2", treaty, *parts)]
        more = {"roots": roots, "who": code, "fingerprint": pairs[-1].hex()}
        file.members[code] = SimpleNamespace(**party | more)
    file.fingerprint = domain_hash("counterseal/trust/v2", treaty, *pairs).hex()
    need(len(publics) == len(set(publics)), "a key of a root stands twice in the trust file")
    logs, sides = {party["log"] for party in file.doc["parties"]}, file.doc["policy"]["sides"]
    need(len(logs) == len(file.members), "a log stands twice in the trust file", sorted(logs))
    firsts, named = [s["parties"][0] for s in sides], [code for s in sides for code in s["parties"]]
    need(firsts == sorted(firsts), "the sides are not sorted by their first party", firsts)
    known = {*named} & file.members.keys()
    need(len(named) == len(known), "the sides name one twice, or one who is no party", named)
    enough = all(s["threshold"] <= len(s["parties"]) for s in sides)
    need(enough, "the threshold of a side is above its parties")
    return file
class Chain(Trust):
    """Trust files of version 2 and key files: taken one by one (`trust-form`), then checked together."""
    def __init__(self) -> None:
        super().__init__()
        self.versions, self.root_keys = list[Any](), set[bytes]()
        self.none = SimpleNamespace(id=None, members={}, keys={}, past={}, doc={"at": -1})
    def take(self, file: Any, path: str, files: list[Any]) -> Any:
        """Put a file at the end of the trust files, or of a party's key files; return the one before it."""
        last, doc, file.path = files[-1] if files else self.none, file.doc, path
        self.treaty = self.treaty or doc["treaty"]
        need(doc["version"] == len(files) + 1, "its version is not its place in the chain", doc["version"])
        need(doc["previous"] == last.id, "previous is not the id of the file before it", doc["previous"])
        need(doc["treaty"] == self.treaty, "it names another treaty than the first trust file", doc["treaty"])
        files.append(file)
        return last
    def take_trust(self, path: str, data: bytes) -> None:
        """Take the next trust file of the chain (section 6.2)."""
        last = self.take(file := open_trust(data), path, self.versions).members
        need(last.keys() <= file.members.keys(), "a party of the version before is missing")
        for code, now in file.members.items():
            old, at = last.get(code, now), now.keys["version"]
            need((now.kind, now.log) == (old.kind, old.log), f"{code} has another kind or log than before")
            need(at >= old.keys["version"], f"{code} has an earlier key file than before", at)
            need(at == 1 or code in last, f"{code} is new and its key file is not version 1", at)
            self.root_keys |= {ed25519 for ed25519, _ in now.roots.values()}
    def take_keys(self, path: str, data: bytes) -> None:
        """Take the next key file, in order of party and version (section 6.3)."""
        file = open_file(data, b"keys.v1", KEYS, "key file")
        doc, party, member = file.doc, file.doc["party"], self.versions[-1].members.get(file.doc["party"])
        need(member, "the key file is of no party of the trust file", party)
        need(party >= max(self.files, default=party), "the key files are not in order of party", party)
        last = self.take(file, path, self.files.setdefault(party, []))
        need(doc["at"] > last.doc["at"] - (doc["version"] == 2), "at is not larger than before", doc["at"])
        need(doc["at"] == 0 or doc["version"] > 1, "at is not 0 in version 1", doc["at"])
        keys = [self.take_key(entry, party, last) for entry in doc["keys"]]
        file.keys = {key.id: key for key in keys}
        made = Counter((key.role, key.alg) for key in keys)
        need(1 <= made.pop(("author", "ed25519"), 0) <= 16, "there are not 1 to 16 author keys")
        due = Counter([*HINTS, ("seal", "mlkem768-x25519")])
        need(made == due, "log, witness and seal keys are not 2, 2 and 1", made)
        for role, name in (("log", member.log), ("witness", None)):
            names = {key.name for key in keys if key.role == role}
            same = len(names) == 1 and name in {None, *names}
            need(same, f"the {role} keys are not named as they must be", names)
        for key in keys:
            key.mates = (key.mates | {other.id for other in keys if other.role == key.role}) - {key.id}
        file.past = last.past | {key.id: key.role for key in keys}
        told = {entry["id"]: entry["role"] for entry in doc["retired"]} | {key.id: key.role for key in keys}
        same = told == file.past and len(told) == len(doc["retired"]) + len(keys)
        need(same, "retired is not exactly what was before")
        for entry in doc["retired"]:
            key, heads = self.keys[entry["id"]], entry["heads"]
            given = entry["accepted"] is not None
            need(not given or key.role == "author", "accepted is given for no author key", key.role)
            need(not heads or key.role == "witness", "heads are given for no witness key", key.role)
            key.accepted, key.heads = entry["accepted"], {head["origin"]: head["size"] for head in heads}
        self.add_stage(party, doc["at"], keys)
    def take_key(self, entry: dict[str, str], party: str, last: Any) -> Any:
        """Return a key of a key file: new, or as it was in the version before."""
        public, known = bytes.fromhex(entry["public"]), entry["id"] in self.keys
        need(len(public) == KEY_SIZES[entry["alg"]], "a key has not the length of its algorithm", len(public))
        need(public not in self.root_keys, "a working key is a root's Ed25519 key", entry["id"])
        if entry["alg"] == "ed25519":
            load_key(public)
        key = self.add_key(entry, party)
        same = (key.party, key.role) == (party, entry["role"])
        need(same, "a public key has two parties or two roles", key.id)
        need(key.name == entry["name"], "a key has another name than before", entry["name"])
        need(not known or key.id in last.keys, "a key that was missing comes back", key.id)
        return key
    def settle(self, report: Report) -> None:
        """Check that the trust files name these key files, and who signed all; the newest one decides."""
        newest, before = self.versions[-1], list[Any]()
        need(self.files.keys() == newest.members.keys(), "a party has no key file", sorted(self.files))
        for file in self.versions:
            self.ids, self.pins = [*self.ids, file.id], self.pins | {file.fingerprint}
            for code, member in file.members.items():
                ids = [keys.id for keys in self.files[code]][: member.keys["version"]]
                named = ids[-1] == member.keys["id"] and len(ids) == member.keys["version"]
                need(named, f"the key file of {code} that trust file {file.doc['version']} names is not here")
                self.pins.add(member.fingerprint)
            check_roots(report, file, [*file.members.values(), *before])
            before = [*file.members.values()]
        for code, files in self.files.items():
            naming = [file.members[code] for file in self.versions if code in file.members]
            for version, file in enumerate(files, 1):
                smaller = bisect_left(naming, version, key=lambda member: int(member.keys["version"]))
                check_roots(report, file, [naming[max(0, smaller - 1)]])
        self.fingerprint = newest.fingerprint
        self.root_ids = {member.code: member.fingerprint for member in newest.members.values()}
        self.sides = [(side["parties"], side["threshold"]) for side in newest.doc["policy"]["sides"]]
        for member in sorted(newest.members.values(), key=lambda member: str(member.log)):
            self.add_log(member.code, member.log)
def read_trust(report: Report, read: Callable[[str], bytes], trusts: list[str], keys: list[str]) -> Any:
    """Return the trust of a bundle or fork proof if all is in its form, or None; check who signed."""
    if CHAINED not in (data := read(trusts[-1])):
        (trust := TrustFile(data, trusts[-1])).check(report)
        return trust
    chain = Chain()
    for number, path in enumerate(trusts + keys):
        if not report.refused["trust-form"]:
            with report.rule("trust-form", path):
                (chain.take_trust if number < len(trusts) else chain.take_keys)(path, read(path))
    if report.refused["trust-form"]:
        return None
    chain.settle(report)
    return chain
# ---- 7. Logs -----------------------------------------------------------------------------------------------
TILE, END_OF_TIME = 256, 253_402_300_799
def tree_root(levels: Iterable[bytes]) -> bytes:
    """Return the RFC 6962 root from the hashes in the last tile of each level, lowest level first."""
    root = b""
    for hashes in levels:
        root = hashes + root
        while len(root) > 32:
            pairs = [root[at : at + 64] for at in range(0, len(root), 64)]
            root = b"".join([sha256(b"\1" + pair).digest() if len(pair) == 64 else pair for pair in pairs])
    return root or sha256(b"").digest()
def tile_name(index: int, width: int) -> str:
    """Return `<N>[.p/<W>]`."""
    *above, last = [group.zfill(3) for group in f"{index:,}".split(",")]
    return "".join(f"x{group}/" for group in above) + last + (f".p/{width}" if width < TILE else "")
def tiles(count: int) -> Iterator[tuple[str, int]]:
    """Yield name and width of each tile that this many items call for."""
    for index in range(-(-count // TILE)):
        yield tile_name(index, width := min(TILE, count - TILE * index)), width
def split_items(data: bytes, width: int, prefix: int) -> list[bytes]:
    """Split a tile of entries or a pack of openings: a length of `prefix` bytes stands before each item."""
    items, at = [], 0
    for _ in range(width):
        start = at + prefix
        at = start + int.from_bytes(data[at:start], "big")
        items.append(data[start:at])
    need(at <= len(data), f"the file ends before its item {width} does", len(data))
    need(at == len(data), f"the file goes on after its {width} items", len(data))
    return items
def sealed_lengths(stream: BinaryIO, width: int) -> list[list[int]]:
    """Return, for each record of a pack, how much is sealed to each reader; what is sealed is passed over."""
    rows, at, size = list[list[int]](), 0, stream.seek(0, 2)
    for _ in range(width):
        row, end = list[int](), at + 4 + read_length(stream, at)
        at += 4
        while at < end and len(row) < 64:
            row.append(read_length(stream, at))
            at += 4 + row[-1]
        need(at == end, "a sealed body does not end where the last of its ciphertexts does")
        rows.append(row)
    need(at == size, f"the pack does not end with its sealed body {width}", size)
    return rows
def read_length(stream: BinaryIO, at: int) -> int:
    """Read 4 bytes, big-endian."""
    stream.seek(at)
    return int.from_bytes(stream.read(4), "big")
def check_sealed(lengths: list[int], header: dict[str, Any], trust: Trust) -> None:
    """Check number and lengths of what is sealed to the readers of a record (section 8.3)."""
    body, readers = header["body"], header["audience"]
    due = 1120 + 2 * body["size_class"] + 80 * body["parts"] + 32 + 16
    need("public" not in readers, "a sealed body stands for a record for public")
    need(len(lengths) == len(readers), "the ciphertexts are not as many as the audience", len(lengths))
    need(any(lengths), "nothing is sealed to anybody")
    wrong = [r for r, length in zip(readers, lengths, strict=True) if length and r not in trust.files]
    need(not wrong, "something is sealed to a reader that has no seal key", wrong)
    need({*lengths} <= {0, due}, f"a ciphertext is not {due} bytes", lengths)
class Checkpoint:
    """A signed note whose text is a checkpoint; `cosigned` maps other parties to when they cosigned it."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file, self.cosigned = file, dict[str, int]()
        need(len(data) <= 65_536, "the note is larger than 65,536 bytes", len(data))
        text, gap, tail = data.decode().partition("\n\n")
        need(not re.search(rb"[\x00-\x09\x0b-\x1f]", data), "the note holds a control character")
        need(gap and tail.endswith("\n"), "the note is not a text, an empty line and signature lines")
        need(text.count("\n") == 2, "the checkpoint has not exactly three lines", text)
        self.text = f"{text}\n".encode()
        self.id = domain_hash("counterseal/checkpoint/v1", self.text).hex()
        self.origin, size, root = text.split("\n")
        need(re.fullmatch("0|[1-9][0-9]{0,14}", size), "the checkpoint's size is no plain decimal", size)
        self.size, self.root = int(size), unbase64(root.encode(), "the checkpoint's root")
        need(len(self.root) == 32, "the checkpoint's root is not 32 bytes", root)
        self.lines: dict[tuple[str, bytes], bytes] = {}
        for line in tail[:-1].split("\n"):
            need(re.fullmatch(r"— [^\s+]+ \S+", line), "a signature line is no dash, name, base64", line)
            _, name, base64 = line.split(" ")
            blob = unbase64(base64.encode(), "a signature line")
            need(len(blob) > 4, "a signature line holds no signature", line)
            need((name, blob[:4]) not in self.lines, "two signature lines share name and key hash", line)
            self.lines[name, blob[:4]] = blob[4:]
        need(len(self.lines) <= 32, "the note has more than 32 signature lines", len(self.lines))
    def verify(self, log: Any, trust: Trust) -> None:
        """Verify every line of a known key, and that the log's keys in force signed; find who cosigned."""
        need(self.origin == log.name, f"the checkpoint's origin is not {log.name}", self.origin)
        for key in trust.in_force(log.party, self.size - 1)[1]:
            need((key.name, key.hint) in self.lines, "the checkpoint is not signed by the log's key", key.id)
        times, tree = dict[str, int](), bytes(8) + self.size.to_bytes(8, "big") + self.root
        origin = bytes([len(log.name)]) + log.name.encode()
        known = ((key, blob) for line, blob in self.lines.items() for key in trust.lines.get(line, ()))
        for key, blob in known:
            time, signature = int.from_bytes(blob[:8], "big"), blob[8:]
            if key.alg != "ed25519":
                need(key.role == "witness" or not time, "an ML-DSA-44 line of a log states a time", time)
                name = bytes([len(key.name)]) + key.name.encode()
                verify_ml_dsa(key.public, signature, b"subtree/v1\n\0" + name + blob[:8] + origin + tree)
            elif key.role == "log":
                strict_verify(key.public, blob, self.text)
            else:
                need(len(blob) == 72, "a cosignature is not an 8-byte time and 64 bytes", len(blob))
                strict_verify(key.public, signature, b"cosignature/v1\ntime %d\n%b" % (time, self.text))
            counts = key.heads is None or key.heads.get(log.name, -1) >= self.size
            if key.role == "witness" and key.party != log.party and counts:
                times[key.id] = time
                if any(times.get(mate) == time for mate in key.mates):
                    self.cosigned[key.party] = min(time, self.cosigned.get(key.party, time))
# ---- 8. Bundle: all names are in lower case, so that no two differ in case only ----------------------------
H, LEVEL = "[0-9a-f]{64}", "(?:entries|0|[1-9][0-9]?)"
PACK = r"(?:x(?!000)[0-9]{3}/(?:x[0-9]{3}/)*)?[0-9]{3}(?:\.p/(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
FILE = rf"bundle\.json|(?:bodies|sealed)/{H}/{PACK}|view/[a-z0-9][a-z0-9._-]{{0,99}}"
FILE += r"|trust/(?:trust|history/[1-9][0-9]{0,5}|keys/[a-z][a-z0-9-]{0,31}/[1-9][0-9]{0,5})\.json"
FILE += rf"|logs/{H}/(?:checkpoint|checkpoints/(?:{INTEGER})|tile/{LEVEL}/{PACK})"
LISTED = {"path": TEXT, "sha256": HEX32, "size": INTEGER}
HEAD = {"origin": NAME, "root": HEX32, "size": INTEGER}
MANIFEST: dict[str, Any] = {"created": INSTANT, "files": (LISTED, 0, MANY, "sorted", "path"), "from": PARTY}
MANIFEST |= {"heads": (HEAD, 0, MANY, "sorted", "origin"), "purpose": '"record"', "sequence": INTEGER}
MANIFEST |= {"to": AUDIENCE, "treaty": TEXT, "v": "1"}
# ---- 9. Verification ---------------------------------------------------------------------------------------
CAPS = {"bundle.json": 2**26, "view/": 2**28, "bodies/": 256 * (4 + 2**20), "sealed/": 2**30, "": 2**24}
NOBODY = b" " * 35
CHAIN = ["names", "manifest", "listing", "file-hashes", "trust-form", "trust-signatures", "trust-pinned"]
CHAIN += ["manifest-signature", "checkpoints", "settled", "tiles", "roots"]
FULL = ["envelopes", "headers", "signatures", "duplicates", "feeds", "references", "bodies"]
FULL += ["countersignatures", "disclosures", "escrows", "draws", "trust-logged"]

class Bundle:
    """A bundle and its checks. A file is compared with the manifest whenever it is read."""

    def __init__(self, root: Path, pins: Pins, *, full: bool) -> None:
        self.root, self.full, self.report = root, full, Report(CHAIN + FULL)
        self.counts, self.warnings = Counter(files=0, logs=0, records=0, bodies=0, checkpoints=0), list[str]()
        self.files, self.unread, self.known = dict[str, bool](), set[str](), dict[str, tuple[int, str]]()
        self.heads, self.notes = dict[str, Checkpoint](), dict[str, tuple[str, Checkpoint]]()
        self.claims, self.owner = dict[str, str](), dict[bytes, bytes]()
        self.draws, self.escrows, self.logged = Draws(), dict[bytes, Any](), set[tuple[Any, ...]]()
        start = {"seq": -1, "last": None, "claim": "", "floor": "", "gap": False}
        self.feeds = defaultdict[str, Any](lambda: SimpleNamespace(**start))
        self.pending = list[tuple[bytes, str, int, str, bool]]()
        self.trust: Trust | None = None
        self.check_names()
        manifest = self.check_manifest()
        with self.report.rule("trust-form", "trust/trust.json"):
            self.trust = self.read_trust()
            if self.trust:
                self.trust.check_pins(self.report, pins)
                self.check_logs(self.trust, manifest)
        for path in sorted(self.unread):
            with self.report.rule("file-hashes", path), (root / path).open("rb") as stream:
                need(self.files[path], "it is too large to be hashed")
                digest = file_digest(stream, "sha256").hexdigest()
                self.compare(path, stream.tell(), digest)
    def check_names(self) -> None:
        """Find every file; each must have one of the names of section 8, and be no link."""
        folders, report = [""], self.report
        while folders and len(self.files) <= MANY:
            with report.rule("names", folder := folders.pop()), os.scandir(self.root / folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
                need(entries, "the folder is empty")
                for entry in entries:
                    with report.rule("names", path := folder + entry.name):
                        need(not entry.is_symlink(), "it is a link")
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(f"{path}/")
                            continue
                        need(entry.is_file(follow_symlinks=False), "it is neither a file nor a folder")
                        cap = next(size for start, size in CAPS.items() if path.startswith(start))
                        self.files[path] = entry.stat(follow_symlinks=False).st_size <= cap
                        need(re.fullmatch(FILE, path), "no file of a bundle has this name")
                        self.unread.add(path)
                        need(self.files[path], f"it is larger than {cap:,} bytes")
        report.need(len(self.files) <= MANY, "names", None, "there are more than 1,000,000 files")
        self.counts["files"] = len(self.files)
    def read(self, path: str) -> bytes:
        """Return what is in a file."""
        need(path in self.files, "the file is missing")
        need(self.files[path], "the file is too large to be read")
        data = (self.root / path).read_bytes()
        self.compare(path, len(data), sha256(data).hexdigest())
        return data
    def compare(self, path: str, size: int, digest: str) -> None:
        """Compare a file with the manifest, or with what it was when read before (`file-hashes`)."""
        listed, self.known[path] = self.known.get(path, (size, digest)), (size, digest)
        self.unread.discard(path)
        with self.report.rule("file-hashes", path):
            need(size == listed[0], f"its size is not the {listed[0]} bytes of the manifest", size)
            need(digest == listed[1], f"its SHA-256 is not the {listed[1]} of the manifest", digest)
    def check_manifest(self) -> dict[str, Any]:
        """Check the form of the manifest, and that it lists exactly the files that are here (`listing`)."""
        with self.report.rule("manifest", "bundle.json"):
            payload, self.signed, self.signatures = open_envelope(self.read("bundle.json"), b"manifest.v1")
            manifest: dict[str, Any] = canonical(payload, "the manifest")
            conform(manifest, MANIFEST, "manifest")
            self.known = {file["path"]: (file["size"], file["sha256"]) for file in manifest["files"]}
            need("bundle.json" not in self.known, "the manifest lists itself")
            self.report.begun.add("listing")
            listed, here = self.known.keys(), self.files.keys() - {"bundle.json"}
            for path in sorted(here ^ listed):
                rule = "not in the manifest" if path in here else "in the manifest and not here"
                self.report.need(False, "listing", path, f"the file is {rule}")
            return manifest
        self.report.cut |= {"file-hashes", "manifest-signature", "roots"}
        return {}
    def read_trust(self) -> Trust | None:
        """Return the trust file or the chain of this bundle, whose files must be in their places."""
        found, due = (path for path in self.files if re.match("trust/(history|keys)/", path)), list[str]()
        paths = sorted(found, key=lambda path: (path.rpartition("/")[0], len(path), path))
        past = [path for path in paths if path.startswith("trust/history/")]
        newest, keys = "trust/trust.json", paths[len(past) :]
        trust: Trust | None = read_trust(self.report, self.read, [*past, newest], keys)
        if isinstance(trust, Chain):
            due = [f"trust/history/{n}.json" for n in range(1, len(trust.versions))]
            for code, files in trust.files.items():
                due += [f"trust/keys/{code.lower()}/{n}.json" for n in range(1, len(files) + 1)]
        wrong = {*paths} ^ {*due} if trust else {}
        need(not wrong, "there are other files under trust/ than the chain has", wrong)
        return trust
    def check_logs(self, trust: Trust, manifest: dict[str, Any]) -> None:
        """Check who signed the manifest, and all logs."""
        report, heads = self.report, self.heads
        if manifest:
            with report.rule("manifest-signature", "bundle.json"):
                (keyid, signature), sender, treaty = self.signatures[0], manifest["from"], manifest["treaty"]
                authors, _ = trust.in_force(sender, NEVER)
                need(keyid in authors, f"the signer is no author key of {sender}", keyid)
                strict_verify(authors[keyid].public, signature, self.signed)
                need(treaty == trust.treaty, "the manifest names another treaty", treaty)
        known = {f"{top}/{log.folder}" for log in trust.logs for top in ("logs", "bodies", "sealed")}
        here = {found[0] for path in self.files if (found := re.match("(logs|bodies|sealed)/[^/]+", path))}
        for folder in sorted(here - known):
            report.need(False, "names", folder, "the folder belongs to no log of the trust file")
        for log in trust.logs:
            self.check_checkpoints(log, trust)
        due = [{"origin": n.origin, "root": n.root.hex(), "size": n.size} for n in heads.values()]
        if len(heads) < len(trust.logs):
            report.cut |= {"settled", "tiles"}
        else:
            same = not manifest or manifest["heads"] == due
            report.need(same, "roots", "bundle.json", "heads are not the newest checkpoints")
            report.need(any(n.size for n in heads.values()), "tiles", None, "no log has an entry")
        whole = [g for g in trust.logs if g.party in heads and self.check_tiles(g, heads[g.party], trust)]
        if len(whole) < len(trust.logs):
            report.cut |= {"roots", *FULL}
        for log in whole if self.full else ():
            report.begun |= {*FULL}
            self.check_records(log, heads[log.party].size, trust)
        for ref, file, index, signer, agreed in self.pending:
            which, own = f"entry {index}: the record {ref.hex()}", self.owner.get(ref, NOBODY)[34:].decode()
            report.need(ref in self.owner, "references", file, f"{which} in refs is not in this bundle")
            report.need(signer != own, "countersignatures", file, f"{which} is the signer's own")
            if agreed and ref in self.draws.opened:
                self.draws.opened[ref].agreed.add(signer)
        if self.full and not report.cut & {*FULL}:
            self.draws.check(report, self.notes)
            self.check_logged(trust)
        self.counts["logs"], self.counts["records"] = len(trust.logs), sum(heads[g.party].size for g in whole)
    def check_logged(self, trust: Trust) -> None:
        """Check that every change of keys and trust stands in a log (section 6.4)."""
        for party, files in trust.files.items():
            for version, file in enumerate(files[1:], 2):
                told = (party, version, file.doc["at"]) in self.logged
                rule = f"entry {file.doc['at']} of the log of {party} is no keys.change to it that is here"
                self.report.need(told, "trust-logged", file.path, rule)
        for version in range(2, len(trust.ids) + 1):
            rule = f"no log holds a trust.change to version {version} that is here"
            self.report.need(("", version) in self.logged, "trust-logged", None, rule)
    def check_checkpoints(self, log: Any, trust: Trust) -> None:
        """Check the checkpoints of a log, and whether the newest is settled."""
        newest = f"logs/{log.folder}/checkpoint"
        for path in [newest, *sorted(path for path in self.files if path.startswith(f"{newest}s/"))]:
            with self.report.rule("checkpoints", path):
                note = Checkpoint(self.read(path), path)
                note.verify(log, trust)
                self.heads |= {log.party: note} if path == newest else {}
                head = self.heads.get(log.party, note)
                self.notes[note.id] = log.party, note
                self.counts["checkpoints"] += 1
                root_holds = note.size or note.root == tree_root([])
                self.report.need(root_holds, "roots", path, "the root at size 0 is not that of nothing")
                need(path in {newest, f"{newest}s/{note.size}"}, "its size is not in its name", note.size)
                need(head is note or note.size < head.size, "it is not smaller than the newest one")
        for side, threshold in trust.sides if log.party in self.heads else ():
            signed = len(self.heads[log.party].cosigned.keys() & set(side))
            rule = f"{signed or 'no'} cosignature of the side {', '.join(side)}, which the policy asks for"
            rule += f" ({threshold} of them)" if threshold > 1 else ""
            self.report.need(log.party in side or signed >= threshold, "settled", newest, rule)
    def check_tiles(self, log: Any, head: Checkpoint, trust: Trust) -> bool:
        """Check the tiles of a log against its entries, and the root at the size of every checkpoint."""
        place, size, report = f"logs/{log.folder}/tile/", head.size, self.report
        here, levels = {path for path in self.files if path.startswith(place)}, [b""] * 8
        if size > TILE * len(here):
            report.need(False, "tiles", place, f"{len(here)} tiles are too few for {size} entries")
            return False
        due = {f"{place}entries/{name}" for name, _ in tiles(size)}
        due |= {f"{place}{n}/{name}" for n in range(8) for name, _ in tiles(size >> 8 * n)}
        for path in sorted(due ^ here):
            rule = "the tile is missing" if path in due else f"a log of {size} entries has no such tile"
            report.need(False, "tiles", path, rule)
        notes = [note for owner, note in self.notes.values() if owner == log.party and 0 < note.size <= size]
        notes.sort(key=lambda note: -note.size)
        for index, (name, width) in enumerate(tiles(size) if due <= here else ()):
            entries: list[bytes] = []
            with report.rule("tiles", path := f"{place}entries/{name}"):
                entries = split_items(self.read(path), width, 2)
            if not entries:
                return False
            levels[0] = b"".join([sha256(b"\0" + entry).digest() for entry in entries])
            while notes and notes[-1].size <= TILE * index + width:
                first = (note := notes.pop()).size - TILE * index
                root = tree_root([levels[0][: 32 * first], *levels[1:]])
                rule = f"the root at size {note.size} is not that of the entries, {root.hex()}"
                report.need(root == note.root, "roots", note.file, rule)
                with suppress(Refused):
                    payload, *_ = open_envelope(entries[first - 1] if self.full else b"", b"header.v1")
                    self.claims[note.id] = check_header(payload, trust.treaty, log.party)["claimed_time"]
            for level in range(8):
                full = len(levels[level]) == 32 * TILE
                if full or (levels[level] and TILE * index + width == size):
                    path = f"{place}{level}/{tile_name(index >> 8 * level, len(levels[level]) // 32)}"
                    with report.rule("tiles", path):
                        need(self.read(path) == levels[level], "its hashes are not what the entries give")
                if full:
                    levels[level + 1] += tree_root([levels[level]])
                    levels[level] = b""
        return due <= here
    def check_records(self, log: Any, size: int, trust: Trust) -> None:
        """Check the records of a log, and that body packs stand beside its entry tiles."""
        notes, self.limits = [n for o, n in self.notes.values() if o == log.party], [(2**53, END_OF_TIME)]
        for note in sorted(notes, key=lambda note: -note.size):
            self.limits.append((note.size, min([self.limits[-1][1], *note.cosigned.values()])))
        tops, index = (f"bodies/{log.folder}/", f"sealed/{log.folder}/"), 0
        packs = {path for path in self.files if path.startswith(tops)}
        for name, width in tiles(size):
            openings, sealed = [b""] * width, [list[int]()] * width
            if (pack := tops[0] + name) in packs:
                packs.remove(pack)
                with self.report.rule("bodies", pack):
                    openings = split_items(self.read(pack), width, 4)
                    need(any(openings), "the pack holds no opening")
            if (pack := tops[1] + name) in packs:
                packs.remove(pack)
                with self.report.rule("bodies", pack), (self.root / pack).open("rb") as stream:
                    need(self.files[pack], "the pack is too large to be read")
                    sealed = sealed_lengths(stream, width)
                    need(any(sealed), "the pack holds no sealed body")
            with self.report.rule("envelopes", file := f"logs/{log.folder}/tile/entries/{name}"):
                for n, entry in enumerate(split_items(self.read(file), width, 2)):
                    while self.limits[-1][0] <= index:
                        self.limits.pop()
                    self.check_record(log, trust, (file, index), entry, (openings[n], sealed[n]))
                    index += 1
        for pack in sorted(packs):
            self.report.need(False, "bodies", pack, "it stands beside no entry tile of its name and width")
    def check_record(self, log: Any, trust: Trust, at: tuple[str, int], entry: bytes, body: Any) -> None:
        """Check a record at a place (file and index), and its body: opening and lengths of what is sealed."""
        report, (file, index), header, statement = self.report, at, dict[str, Any](), dict[str, str]()
        opening, sealed = body
        which = f"entry {index}: "
        with report.rule("envelopes", file, which):
            need(len(entry) <= 60_000, "the envelope is larger than 60,000 bytes", len(entry))
            payload, signed, signatures = open_envelope(entry, b"header.v1")
            with report.rule("headers", file, which):
                header = check_header(payload, trust.treaty, log.party)
        if not header:
            report.cut |= {*FULL[1:]}
            return
        keyid, signature = signatures[0]
        with report.rule("signatures", file, which):
            authors, _ = trust.in_force(log.party, index)
            need(keyid in authors, f"the key is no author key of {log.party}", keyid)
            key, seq = authors[keyid], header["seq"]
            report.need(header["feed"] == key.feed, "feeds", file, f"{which}the feed is not that of the key")
            strict_verify(key.public, signature, signed)
            if key.accepted is not None and seq >= key.accepted:
                doubt = f"disputed: its party stands by {key.accepted} records of this feed"
                self.warnings.append(f"{file}: {which}{doubt}")
        record = sha256(b"counterseal/record/v1\0" + signed).digest()
        if record in self.owner:
            report.need(False, "duplicates", file, f"{which}the record {record.hex()} stands twice")
            return
        body = header["body"]
        sizes = bytes([body["parts"], body["size_class"].bit_length()])
        self.owner[record] = bytes.fromhex(body["commit"]) + sizes + log.party.encode()
        self.check_feed(header, record.hex(), file, which)
        for name in header["not_before"]:
            report.need(name in self.notes, "references", file, f"{which}the checkpoint {name} is not here")
        if sealed:
            with report.rule("bodies", file, which):
                check_sealed(sealed, header, trust)
        if opening:
            self.counts["bodies"] += 1
            with report.rule("bodies", file, which):
                statement = check_opening(opening, self.owner[record])
        agreed = self.check_statement(header, statement, trust, SimpleNamespace(
            file=file, which=which, party=log.party, index=index, id=record, claim=header["claimed_time"],
            seen=header["not_before"], draw="".join(header["refs"][:1]), read=False))
        signer = log.party if statement and header["kind"] == "countersignature" else ""
        pending = [(bytes.fromhex(ref), file, index, signer, agreed) for ref in header["refs"]]
        self.pending += [one for one in pending if signer or one[0] not in self.owner]
    def check_statement(self, header: Any, statement: dict[str, str], trust: Trust, one: Any) -> bool:
        """Check a statement that section 5 gives a form; tell whether it agrees to what it countersigns."""
        kind, value, agreed = header["kind"], dict[str, Any](), False
        check, member = SPOKEN.get(kind.split(".")[0], ("", ""))
        if kind == "escrow.commitment":
            self.escrows[one.id] = one.party, {}
        if statement and kind in STATEMENTS:
            with self.report.rule(check, one.file, one.which):
                value = {name: json.loads(text) for name, text in statement.items()}
                conform(value, STATEMENTS[kind], kind)
                same = member not in value or header["refs"] == [value[member]]
                need(same, "refs is not exactly the record that it is about", header["refs"])
                if kind == "countersignature":
                    reason = value["note"] or value["meaning"] in {"received", "agreed"}
                    need(reason, "a reservation or objection has no note", value["meaning"])
                    agreed = value["meaning"] == "agreed"
                elif kind == "disclosure":
                    target = self.owner.get(bytes.fromhex(value["record"]), b"")
                    here = target[34:] == one.party.encode()
                    need(here, "what is disclosed does not stand before it in the same log", value["record"])
                    check_opening(statement["opening"].encode(), target[:34], partial=True)
                elif kind == "escrow.commitment":
                    self.escrows[one.id] = one.party, value
                elif kind == "escrow.opening":
                    party, escrow = self.escrows.get(bytes.fromhex(value["commitment"]), ("", {}))
                    need(party == one.party, "its commitment does not stand before it in the same log", party)
                    check_escrow(value, escrow)
                elif kind == "draw.opening":
                    self.draws.open(one, value, {*trust.root_ids})
                elif kind == "draw.result":
                    drawn = value.pop("positions")
                    one.shape = [(len(p), min(p, default=NEVER), max(p, default=-1)) for p in drawn]
                    one.digest = sha256(statement["positions"].encode()).digest()
                elif check == "trust-logged":
                    party, version = value.get("party", ""), value["version"]
                    need(party in {"", one.party}, "it names the keys of another party", party)
                    ids = [file.id for file in trust.files.get(party, ())] if party else trust.ids
                    same = ids[version - 1 : version] == [value["id"]]
                    need(same, "it names a file that is not here: something newer was held back", version)
                    self.logged |= {(party, version), (party, version, one.index)}
                one.read, one.value = True, value
        if check == "draws" and one.draw and (one.read or kind == "draw.commitment"):
            self.draws.others[kind].append(one)
        return agreed
    def check_feed(self, header: dict[str, Any], record: str, file: str, which: str) -> None:
        """Check the place of a record in its feed; warn of a claimed time that section 7.5 doubts."""
        seq, claim, feed = header["seq"], header["claimed_time"], self.feeds[header["feed"]]
        seen = [n for n in header["not_before"] if n in self.claims and self.notes[n][0] != header["author"]]
        feed.floor = max([feed.floor, *(self.claims[name] for name in seen)])
        limit = f"{datetime.fromtimestamp(self.limits[-1][1], UTC):%Y-%m-%dT%H:%M:%SZ}"
        doubts = {f"before {feed.floor}, the claim in a checkpoint that it has seen": claim < feed.floor}
        doubts |= {f"after {limit}, when another party cosigned it": claim > limit}
        doubts |= {f"before {feed.claim}, the claim of the record before it": claim < feed.claim}
        self.warnings += [f"{file}: {which}it claims {claim}, {doubt}" for doubt in doubts if doubts[doubt]]
        feed.claim = claim
        if seq <= feed.seq:
            self.report.need(feed.gap, "duplicates", file, f"{which}another record of its feed has seq {seq}")
            self.report.need(not feed.gap, "feeds", file, f"{which}seq {seq} stands after seq {feed.seq}")
            return
        if seq > feed.seq + 1:
            feed.gap = True
            self.report.need(False, "feeds", file, f"{which}a gap: seq {seq} follows on seq {feed.seq}")
        elif header["prev"] != feed.last:
            self.report.need(False, "feeds", file, f"{which}prev is not the record before it in the feed")
        feed.seq, feed.last = seq, record
# ---- 11. Fork proof ----------------------------------------------------------------------------------------
FORK: dict[str, Any] = {"consistency": (HEX32, 0, 128, "any", None), "first": TEXT, "origin": NAME}
FORK_TYPE, FORK_CHECKS = rb'"type":"counterseal/fork-proof/v[12]"', ["form", "trust-form", "trust-signatures"]
FORK_CHECKS += ["trust-pinned", "signatures", "fork"]
FORK |= {"prefix_root": HEX32, "second": TEXT, "trust": TEXT, "type": '"counterseal/fork-proof/v1"'}
FORK2 = FORK | {"trust": (TEXT, 1, MANY, "any", None), "type": '"counterseal/fork-proof/v2"'}
def subproof_roots(first: int, second: int, prefix: bytes, proof: list[bytes]) -> tuple[bytes, bytes]:
    """Return both roots, from the end of a proof as SUBPROOF of RFC 6962, section 2.1.2, lays it out."""
    if first == second:
        return (root := prefix or proof.pop()), root
    node, left = proof.pop(), 1 << (second - 1).bit_length() - 1
    if first <= left:
        old, new = subproof_roots(first, left, prefix, proof)
        return old, sha256(b"\1" + new + node).digest()
    old, new = subproof_roots(first - left, second - left, b"", proof)
    return sha256(b"\1" + node + old).digest(), sha256(b"\1" + node + new).digest()
def check_fork(path: str, data: bytes, pins: Pins) -> dict[str, Any]:
    """Return the result for a fork proof."""
    report, proof, proven = Report(FORK_CHECKS), dict[str, Any](), False
    trust: Trust | None = None
    with report.rule("form", path):
        checked = canonical(data, "the fork proof")
        chained = isinstance(checked, dict) and isinstance(checked.get("trust"), list)
        conform(checked, FORK2 if chained else FORK, "fork proof")
        one, other = (Checkpoint(checked[name].encode(), path) for name in ("first", "second"))
        proof = checked
    if proof:
        with report.rule("trust-form", path):
            texts, trusts = {path: proof["trust"]}, [path]
            if chained:
                texts = {f"{path}: trust[{n}]": text for n, text in enumerate(proof["trust"])}
                trusts = [*takewhile(lambda name: CHAINED in texts[name].encode(), texts)]
                need(trusts, "the list does not begin with a trust file of version 2 of the format")
            trust = read_trust(report, lambda name: texts[name].encode(), trusts, [*texts][len(trusts) :])
            if trust:
                trust.check_pins(report, pins)
                with report.rule("signatures", path):
                    logs = [log for log in trust.logs if log.name == proof["origin"]]
                    need(logs, "the origin is that of no log of the trust file", proof["origin"])
                    one.verify(logs[0], trust)
                    other.verify(logs[0], trust)
        with report.rule("fork", path):
            prefix, *nodes = (bytes.fromhex(n) for n in (proof["prefix_root"], *proof["consistency"]))
            need(0 < one.size <= other.size or one.size == other.size, "sizes are not 0 < first <= second")
            need(prefix != one.root, "prefix_root is the root of first, and so no fork")
            if one.size == other.size:
                need(not nodes, "a consistency proof stands between trees of one size")
                need(prefix == other.root, "prefix_root is not the root of second")
            else:
                with suppress(IndexError):
                    proven = subproof_roots(one.size, other.size, prefix, nodes) == (prefix, other.root)
                need(proven and not nodes, "the consistency proof is not valid")
    return {"fork_proof": path, "origin": proof.get("origin")} | report.result(trust, pins, FORK_CHECKS)
# ---- The command -------------------------------------------------------------------------------------------
def read_pin(text: str) -> str | bytes:
    """Return a fingerprint, or what is in a trust file."""
    digits = text.replace(" ", "").replace(":", "").lower()
    if re.fullmatch("[0-9a-f]{64}", digits):
        return digits
    with suppress(OSError, ValueError):
        return Path(text).read_bytes()
    raise ArgumentTypeError(f"{text!r} is neither a fingerprint nor a file that can be read")
def as_text(result: dict[str, Any]) -> Iterator[str]:
    """Yield a result as lines for people."""
    for check in result["checks"]:
        yield {True: "    held  ", False: "  FAILED  ", None: " not run  "}[check["held"]] + check["check"]
        yield from (f"{'':10}- {bad['file'] or '(all)'}: {bad['rule']}" for bad in check["failures"])
    yield from (f"warning: {warning}" for warning in result.get("warnings", ()))
    yield ", ".join(f"{number} {what}" for what, number in result.get("counts", {}).items())
    for what, root in [*result["fingerprints"]["roots"].items(), ("trust", result["fingerprints"]["trust"])]:
        yield f"fingerprint of {what}: {root}"
    if result["verified"] and not result["pinned"]:
        yield "The keys were taken from the bundle itself: it is only shown to be consistent with itself."
    yield "VERIFIED" if result["verified"] else "NOT VERIFIED"
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("bundle", metavar="BUNDLE", help="a bundle's folder, or a fork proof's file")
    parser.add_argument("--depth", choices=("chain", "full"), default="full")
    parser.add_argument("--trust", metavar="FILE|FINGERPRINT", type=read_pin, action="append", default=[])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options, result = parser.parse_args(arguments), dict[str, Any]()
    root, pins, full = Path(options.bundle), options.trust, options.depth == "full"
    with suppress(OSError, ValueError):
        if any(os.path.lexists(root / name) for name in ("bundle.json", "logs", "trust")):
            bundle = Bundle(root, pins, full=full)
            common = bundle.report.result(bundle.trust, pins, CHAIN + FULL if full else CHAIN)
            result = {"bundle": options.bundle, "depth": options.depth, **common}
            result |= {"counts": bundle.counts, "warnings": bundle.warnings}
        elif root.is_file() and root.stat().st_size < 2**26:
            data = root.read_bytes()
            result = check_fork(options.bundle, data, pins) if re.search(FORK_TYPE, data) else {}
    if not result:
        print("verify_bundle: the path is neither a bundle nor a fork proof", file=sys.stderr)
        return 3
    text = ("".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in line) for line in as_text(result))
    print(json.dumps(result) if options.json else "\n".join(text))
    return 0 if result["verified"] else 1
if __name__ == "__main__":
    sys.exit(main())
