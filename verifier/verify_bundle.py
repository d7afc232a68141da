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
from collections.abc import Callable, Iterable, Iterator, Sequence
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
__all__ = ["main"]
Doc = dict[str, Any]
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
    def result(self, trust: "Trust | None", pins: Pins, depth: Sequence[str]) -> Doc:
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
def lp(part: bytes) -> bytes:  # with its length before it
    return len(part).to_bytes(4, "big") + part
def domain_hash(name: str, *parts: bytes) -> bytes:  # D(name, a, b, ...)
    return sha256(name.encode() + b"\0" + b"".join(map(lp, parts))).digest()
def unbase64(text: bytes, what: str) -> bytes:  # it must encode back to itself
    with suppress(ValueError):
        if binascii.b2a_base64(data := binascii.a2b_base64(text), newline=False) == text:
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
    """Refuse a value that is not of a form.

    A form is {member: form} for an object with exactly these members; (form, least, most, order, by) for a
    list, "sorted" (and none twice), "unique" or in "any" order by a member of its items or by the items; a
    pattern that the value as a literal must match, texts in quotes; or [form if no list, form if a list].
    """
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
TEXT, HEX32, INTEGER, MANY = '(?s:".*")', '"[0-9a-f]{64}"', "0|[1-9][0-9]*", 65_534
TEXT1, TEXT200, POSITIVE, HEX32_NULL = '(?s:".+")', '(?s:".{1,200}")', "[1-9][0-9]*", f"None|{HEX32}"
POWERS, INSTANT = [str(2**n) for n in range(23)], '"[0-9]{4}(-[0-9]{2}){2}T(?!24)[0-9]{2}(:[0-9]{2}){2}Z"'
PARTY, TREATY, NAME = '"[A-Z][A-Z0-9-]{0,31}"', '"[a-z0-9.-]{1,64}"', '"[!-*,-~]{1,255}"'
ANY, OPT, AUDIENCE = "(?s:.*)", f"None|{TEXT}", ('"[A-Za-z0-9.-]{1,64}"', 1, 64, "sorted", None)
# ---- 3. Keys and signatures --------------------------------------------------------------------------------
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
Y1 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
Y2 = 55188659117513257062467267217118295137698188065244968500265048394206261417927
LOADED, KEY_SIZES = dict[bytes, Any](), {"ed25519": 32, "ml-dsa-44": 1312, "mlkem768-x25519": 1184 + 32}
KINDS: dict[int, Any] = {32: (Ed25519PublicKey, 64, "Ed25519"), 1312: (MLDSA44PublicKey, 2420, "ML-DSA-44"),
    1952: (MLDSA65PublicKey, 3309, "ML-DSA-65")}
def check_point(point: bytes, what: str) -> None:  # no point of small order, and others in one encoding only
    y = int.from_bytes(point, "little") & (2**255 - 1)
    need(y not in {0, 1, Y1, Y2, P - 1, P, P + 1}, f"{what} is a point of small order")
    need(y < P, f"{what} is not in its only encoding")
def key_id(public: bytes, algorithm: str = "ed25519") -> str:
    return domain_hash("counterseal/key/v1", algorithm.encode(), public).hex()
def load_key(public: bytes) -> Any:  # one of Ed25519 must be one that the strict rule allows
    if public not in LOADED:
        if len(public) == 32:
            check_point(public, "the public key")
        LOADED[public] = KINDS[len(public)][0].from_public_bytes(public)
    return LOADED[public]
def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Verify one signature: Ed25519 under the strict rule, or ML-DSA, as the length of the key says."""
    key, (_, size, name) = load_key(public), KINDS[len(public)]
    need(len(signature) == size, f"the {name} signature is not {size} bytes", len(signature))
    if size == 64:
        check_point(signature[:32], "R of the signature")
        need(int.from_bytes(signature[32:], "little") < L, "S of the signature is not below the group order")
    try:
        key.verify(signature, message)
    except InvalidSignature:
        raise Refused(f"the {name} signature does not verify") from None
def check_roots(report: Report, file: Any, groups: list[Any], check: str) -> None:
    """Check that all signatures of a file are by roots of the groups, and enough for each."""
    given, valid = [i for i, _ in file.signatures], set[str]()
    known = {i: keys for group in groups for i, keys in group.roots.items()}
    report.need(given == sorted(set(given)), check, file.path, "root signatures are unsorted or twice")
    for keyid, signature in file.signatures:
        with report.rule(check, file.path, f"root signature by {keyid}: "):
            need(keyid in known, "the key is the root of no party that is asked")
            halves = (signature[:64], signature[64:]) if len(known[keyid]) == 2 else (signature,)
            for public, half in zip(known[keyid], halves, strict=True):
                verify(public, half, file.signed)
            valid.add(keyid)
    for group in groups:
        rule = f"a root signature of {group.code} is missing; it takes {group.threshold}"
        report.need(len(valid & group.roots.keys()) >= group.threshold, check, file.path, rule)
# ---- 4. Envelope (DSSE): no text in it needs an escape, so a pattern can be exactly its canonical JSON -----
SIGNATURE = rb'\{"keyid":"([0-9a-f]{64})","sig":"([^"]*)"\}'
ENVELOPE = rb'\{"payload":"([^"]*)","payloadType":"([^"]*)","signatures":\[((?:%b(?:,%b)*)?)\]\}'
ENVELOPE %= (SIGNATURE.replace(b"(", b"(?:"),) * 2
def open_envelope(data: bytes, use: bytes) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Return the payload, the bytes signed (PAE), and key ids with signatures that are not verified yet."""
    kind, match = b"application/vnd.counterseal.%b+json" % use, re.fullmatch(ENVELOPE, data)
    if match is None:
        raise Refused("it is not an envelope in canonical JSON")
    need(match[2] == kind, f"the payload type is not {kind.decode()}", match[2])
    payload = unbase64(match[1], "the payload")
    signatures = [(i.decode(), unbase64(s, "a signature")) for i, s in re.findall(SIGNATURE, match[3])]
    many = use.startswith((b"trust", b"keys"))
    need(many or len(signatures) == 1, "it has not exactly one signature", len(signatures))
    return payload, b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload), signatures
# ---- 5. Records --------------------------------------------------------------------------------------------
KIND = r'(?=.{3,66}\Z)"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*"'
BODY = {"commit": HEX32, "parts": "|".join(POWERS[:7]), "size_class": "|".join(POWERS[10:21])}
HEADER: Doc = {"alg": '"S1"', "audience": AUDIENCE, "author": PARTY, "body": BODY, "claimed_time": INSTANT,
    "feed": HEX32, "kind": KIND, "not_before": (HEX32, 0, 16, "unique", None), "prev": HEX32_NULL, "v": "1",
    "refs": (HEX32, 0, 64, "unique", None), "seq": INTEGER, "treaty": TEXT}
PART: Any = (TEXT, 3, 3, "any", None)
OPENING, PARTIAL = ({"parts": (part, 1, 64, "any", None), "v": "1"} for part in (PART, [HEX32, PART]))
MEANING, LEAVES = '"(received|agreed|agreed-with-reservation|objects)"', "|".join(POWERS)
FIELDS, SAMPLES = ((TEXT, 2, 2, "any", None), 0, 2**22, "any", None), (INTEGER, 0, 100_000, "unique", None)
STRATA = ({"count": POSITIVE, "name": TEXT200, "sample": INTEGER}, 1, 256, "unique", "name")
POOL, PROOF = ["None", (TEXT200, 0, 2**32, "unique", None)], (HEX32, 0, 22, "any", None)
STATEMENTS: dict[str, tuple[str, str, Doc]] = {  # by kind: check, member that refs repeat, form
    "countersignature": ("countersignatures", "record", {"meaning": MEANING, "note": OPT, "record": HEX32}),
    "disclosure": ("disclosures", "record", {"opening": ANY, "reason": TEXT1, "record": HEX32, "stage": OPT}),
    "escrow.commitment": ("escrows", "", {"leaves": LEAVES, "root": HEX32, "title": TEXT}),
    "escrow.opening": ("escrows", "commitment", {"commitment": HEX32, "fields": FIELDS, "first": INTEGER,
        "leaves": LEAVES, "proof": PROOF, "reason": TEXT1, "seed": HEX32, "stage": TEXT1}),
    "draw.opening": ("draws", "", {"algorithm": '"counterseal/draw/v1"', "deadline": INSTANT, "pool": POOL,
        "participants": (PARTY, 2, 64, "sorted", None), "pool_root": HEX32, "strata": STRATA, "title": TEXT}),
    "draw.commitment": ("draws", "draw", {"commitment": HEX32, "draw": HEX32}),
    "draw.reveal": ("draws", "draw", {"draw": HEX32, "of": PARTY, "value": HEX32}),
    "draw.result": ("draws", "draw", {"draw": HEX32, "forfeited": (PARTY, 0, 64, "sorted", None),
        "positions": (SAMPLES, 1, 256, "any", None), "seed": HEX32_NULL}),
    "keys.change": ("trust-logged", "", {"id": HEX32, "party": PARTY, "version": POSITIVE}),
    "trust.change": ("trust-logged", "", {"id": HEX32, "version": POSITIVE}),
}
DRAWN = [kind for kind in STATEMENTS if kind.startswith("draw.")]
def check_header(data: bytes, treaty: str, party: str) -> Doc:
    """Return a header in the form of section 5.2, of this treaty and by the party whose log it is in."""
    need(len(data) <= 16_384, "the header is larger than 16,384 bytes", len(data))
    header: Doc = canonical(data, "the header")
    conform(header, HEADER, "header")
    need((header["prev"] is None) == (header["seq"] == 0), "header.prev is not null exactly at seq 0")
    need(header["treaty"] == treaty, "the header names another treaty than the trust file", header["treaty"])
    need(header["author"] == party, f"the author is not {party}, whose log this is", header["author"])
    return header
def part_leaf(name: str, value: str, salt: bytes) -> bytes:  # of a field in escrow too
    return sha256(b"\0part/v1" + lp(name.encode()) + lp(value.encode()) + salt).digest()
def check_opening(data: bytes, body: bytes, *, partial: bool = False) -> dict[str, str]:
    """Return the statement, name to canonical text, if the opening opens the body (section 5.1).

    The body is packed: 32 bytes of commitment, the number of parts, the bits of the size class.
    """
    need(len(data) <= 2**20, "the opening is larger than 1,048,576 bytes", len(data))
    conform(opening := canonical(data, "the opening"), PARTIAL if partial else OPENING, "opening")
    parts, shown = opening["parts"], [part for part in opening["parts"] if isinstance(part, list)]
    said = [(name, value) for name, value, _ in shown if name or value]
    names, size = [name for name, _ in said], sum(len((name + value).encode()) for name, value in said)
    need(len(parts) == body[32], "the number of parts is not the header's", len(parts))
    need(names, "the opening has no part that is not a dummy")
    need(not any(name or value for name, value, _ in shown[len(names) :]), "a dummy stands before a part")
    need(names == sorted(set(names)), "the parts are not in order of name, or a name stands twice", names)
    for name, value in said:
        need(re.fullmatch("[a-z][a-z0-9_]{0,63}", name), "a part's name is not as section 5.1 asks", name)
        canonical(value.encode(), "the value of a part")
    for *_, salt in shown:
        need(re.fullmatch("[0-9a-f]{64}", salt), "a salt is not 64 hexadecimal digits", salt)
    same = len(shown) < len(parts) or max(1024, 1 << (size - 1).bit_length()).bit_length() == body[33]
    need(same, "the size class is another", size)
    leaves = [x if isinstance(x, str) else part_leaf(x[0], x[1], bytes.fromhex(x[2])).hex() for x in parts]
    root = tree_root([bytes.fromhex("".join(leaves))])
    need(root == body[:32], "the parts do not give the header's commitment")
    return dict(said)
def escrow_root(seed: bytes, leaves: int, fields: Iterator[list[str]]) -> bytes:
    """Return the root over the next fields, or dummies where they end, with salts grown from the seed."""
    if leaves == 1:
        name, value = next(fields, ["", ""])
        return part_leaf(name, value, seed)
    seeds = (domain_hash("counterseal/escrow/seed/v1", seed, half) for half in (b"\0", b"\1"))
    return sha256(b"\1" + b"".join(escrow_root(half, leaves // 2, fields) for half in seeds)).digest()
def check_escrow(value: Doc, escrow: Doc) -> None:
    """Check an escrow's opening: it leads to the commitment's root, if that can be read (section 5.6)."""
    first, leaves, fields, proof = value["first"], value["leaves"], value["fields"], value["proof"]
    need(first % leaves == 0, f"first is not a multiple of {leaves} leaves", first)
    need(len(fields) <= leaves, f"the fields are more than {leaves}", len(fields))
    need(leaves <= max(4096, 64 * len(fields)), "the leaves are above 4,096 and 64 for each field", leaves)
    need(not fields or any(fields[-1]), "the last of the fields is a dummy")
    for name, text in filter(any, fields):
        need(1 <= len(name) <= 200, "the name of a field is not 1 to 200 characters", name)
        canonical(text.encode(), "the value of a field")
    if escrow:
        need(first + leaves <= escrow["leaves"], f"the escrow ends at {escrow['leaves']}", first + leaves)
        levels = escrow["leaves"].bit_length() - leaves.bit_length()
        need(len(proof) == levels, f"the proof is not {levels} hashes", len(proof))
        node = escrow_root(bytes.fromhex(value["seed"]), leaves, iter(fields))
        for level, sibling in enumerate(map(bytes.fromhex, proof)):
            right = first // leaves >> level & 1
            node = sha256(b"\1" + (sibling + node if right else node + sibling)).digest()
        need(node.hex() == escrow["root"], "fields, seed and proof do not give the root of the escrow")
def drawn(seed: bytes, strata: list[Doc]) -> list[list[int]]:  # the positions that follow from a seed
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
        self.opened, self.others = dict[bytes, Any](), list[Any]()
    def open(self, one: Any, value: Doc, parties: Iterable[str]) -> None:  # and keep the opening of a draw
        pool, one.strata, one.participants = value["pool"], value["strata"], {*value["participants"]}
        one.agreed, one.fixed, one.values, one.reveals = set[str](), Doc(), dict[str, bytes](), list[Any]()
        need(one.party in one.participants, "the author of the draw is none of its participants", one.party)
        strangers = one.participants - {*parties}
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
    def check(self, report: Report) -> None:
        """Check all that was done: first what parties are committed to, then reveals, then results."""
        for one in sorted(self.others, key=lambda one: DRAWN.index(one.header["kind"])):
            draw, one.known[one.party] = self.opened.get(bytes.fromhex(one.value["draw"])), one.index
            with report.rule("draws", one.file, one.which):
                need(draw, "it names no opening of a draw that can be read", one.value["draw"])
                self.judge(draw, one)
    def judge(self, draw: Any, one: Any) -> None:
        """Keep a first commitment, or check a reveal or result; `known` is what its author had seen."""
        need(one.party in draw.participants, "its author is not a participant of the draw", one.party)
        if "commitment" in one.value:
            draw.fixed.setdefault(one.party, one)
            return
        if "of" not in one.value:
            self.check_result(draw, one, one.value["seed"], {*one.value["forfeited"]})
            return
        of, secret = one.value["of"], bytes.fromhex(one.value["value"])
        draw.reveals.append((of, one.party, one.index))
        need(of in draw.participants, "what is revealed is not of a participant", of)
        need(draw.fixed.keys() >= draw.participants, "a participant is not committed", sorted(draw.fixed))
        late = [code for code in sorted(draw.participants) if one.known[code] <= draw.fixed[code].index]
        need(not late, "a commitment is not fixed by not_before, or does not stand before it", late)
        commitment = domain_hash("counterseal/draw/commit/v1", draw.id, of.encode(), secret).hex()
        need(commitment == draw.fixed[of].value["commitment"], f"this is not what {of} is committed to")
        draw.values[of] = secret
    def check_result(self, draw: Any, one: Any, seed: str | None, forfeited: set[str]) -> None:
        """Check that a result follows from the reveals, or from the want of them."""
        claim, deadline, start = one.header["claimed_time"], draw.value["deadline"], 0
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
        need(claim > deadline, f"it claims no time after the deadline {deadline}", claim)
        told = [of for of, party, index in draw.reveals if of in forfeited and index < one.known[party]]
        need(not told, "one whose reveal its author had seen forfeits", told)
        for (_, low, high), stratum in zip(one.shape, draw.strata, strict=True):
            need(start <= low and high < start + stratum["count"], "a position is not in its stratum", low)
            start += stratum["count"]
# ---- 6. Trust ----------------------------------------------------------------------------------------------
ROOT: Any = {"alg": '"ed25519"', "public": HEX32}
ROOT2 = {"alg": '"r2"', "ed25519": HEX32, "id": HEX32, "ml_dsa_65": '"[0-9a-f]{3904}"'}
MEMBER: Any = {"code": PARTY, "kind": '"(state|auditor|observer)"', "name": TEXT200}
MEMBER2 = MEMBER | {"keys": {"id": HEX32, "version": POSITIVE}, "log": NAME, "threshold": POSITIVE,
    "roots": (ROOT2, 1, 16, "sorted", "id")}
SIDE, SIZES = (PARTY, 1, MANY, "sorted", None), {"origin": NAME, "size": INTEGER}
SIDES, SIDES2 = (SIDE, 2, MANY, "sorted", 0), ({"parties": SIDE, "threshold": POSITIVE}, 2, MANY, "any", None)
LOG, ROLE = {"keyid": HEX32, "origin": NAME, "party": PARTY}, {"role": '"(author|log|seal|witness)"'}
KEY = ROOT | {"id": HEX32, "name": NAME, "party": PARTY, "role": '"(author|log|witness)"'}
KEY2 = {"alg": f'"({"|".join(KEY_SIZES)})"', "public": '"([0-9a-f]{2})+"', "id": HEX32, "name": NAME}
RETIRED = {"accepted": f"None|{INTEGER}", "heads": (SIZES, 0, 16, "sorted", "origin"), "id": HEX32}
TRUST: Doc = {"keys": (KEY, 1, MANY, "sorted", "id"), "logs": (LOG, 1, MANY, "sorted", "origin"), "v": "1",
    "parties": (MEMBER | {"root": ROOT}, 1, MANY, "sorted", "code"), "previous": "None", "treaty": TREATY,
    "policy": {"rule": '"every-side"', "sides": SIDES}, "version": "1"}
TRUST2: Doc = {"parties": (MEMBER2, 1, 16, "sorted", "code"), "treaty": TREATY, "previous": HEX32_NULL,
    "policy": {"rule": '"every-side"', "sides": SIDES2}, "v": "2", "version": POSITIVE}
KEYS: Doc = {"at": INTEGER, "keys": (KEY2 | ROLE, 1, MANY, "sorted", "id"), "previous": HEX32_NULL, "v": "1",
    "retired": (RETIRED | ROLE, 0, MANY, "sorted", "id"), "treaty": TREATY, "version": "[1-9][0-9]{0,5}",
    "party": PARTY}
HINTS = {("log", "ed25519"): b"\n\1", ("witness", "ed25519"): b"\n\4", ("log", "ml-dsa-44"): b"\n\6",
    ("witness", "ml-dsa-44"): b"\n\6"}
CHAINED, NEVER = b'"payloadType":"application/vnd.counterseal.trust.v2+json"', 2**53
def open_file(data: bytes, use: bytes, form: Any, what: str) -> Any:
    """Return a trust file or key file: its document, its id, and signatures that are not verified yet."""
    payload, signed, signatures = open_envelope(data, use)
    conform(doc := canonical(payload, f"the payload of the {what}"), form, what)
    name = sha256((b"counterseal/key-file/v1\0" if form is KEYS else b"counterseal/trust-file/v2\0") + signed)
    return SimpleNamespace(doc=doc, id=name.hexdigest(), signed=signed, signatures=signatures, members={})
def place_of(origin: str) -> str:  # up to and with the last /
    return origin[: origin.rfind("/") + 1]
def open_trust(data: bytes) -> Any:  # of version 2, in its own form (section 6.2), with its members by code
    file, publics, pairs = open_file(data, b"trust.v2", TRUST2, "trust file"), list[bytes](), list[bytes]()
    doc, treaty = file.doc, file.doc["treaty"].encode()
    for party in doc["parties"]:
        code, roots = party["code"], dict[str, list[bytes]]()
        for root in party["roots"]:
            keys = roots[root["id"]] = [bytes.fromhex(root[half]) for half in ("ed25519", "ml_dsa_65")]
            name = domain_hash("counterseal/root/v2", *keys).hex()
            need(root["id"] == name, "a root's id is not that of its keys", root["id"])
            load_key(keys[0])
            publics += keys
        need(party["threshold"] <= len(roots), f"the threshold of {code} is above its roots")
        parts = (code.encode(), str(party["threshold"]).encode(), *map(bytes.fromhex, roots))
        pairs += [parts[0], domain_hash("counterseal/party/v2", treaty, *parts)]
        more = {"roots": roots, "version": doc["version"], "fingerprint": pairs[-1].hex()}
        file.members[code] = SimpleNamespace(**party | more)
    file.fingerprint = domain_hash("counterseal/trust/v2", treaty, *pairs).hex()
    file.sides = [(side["parties"], side["threshold"]) for side in doc["policy"]["sides"]]
    need(len(publics) == len({*publics}), "a key of a root stands twice in the trust file")
    logs = [party["log"] for party in doc["parties"]]
    need(all("/" in log for log in logs), "the origin of a log has no /")
    places = sum(log.startswith(place_of(one)) for one in logs for log in logs)
    need(places == len(logs), "the origin of a log begins with the place of another")
    firsts, named = [side[0] for side, _ in file.sides], [code for side, _ in file.sides for code in side]
    need(firsts == sorted(firsts), "the sides are not sorted by their first party", firsts)
    known = len({*named} & file.members.keys())
    need(len(named) == known, "the sides name one twice, or one who is no party", named)
    need(all(n <= len(side) for side, n in file.sides), "the threshold of a side is above its parties")
    return file
class Trust:
    """Who is who, and whose keys are in force: one trust file of version 1, or a chain with its key files."""
    def __init__(self, *, lone: object = False) -> None:  # in a fork proof each key file stands by itself
        self.treaty, self.fingerprint, self.root_ids, self.ids = "", "", dict[str, str](), list[str]()
        self.sides, self.logs, self.pins = list[tuple[list[str], int]](), list[Any](), set[str]()
        self.lone, self.versions, self.files = lone, list[Any](), dict[str, list[Any]]()
        self.keys, self.lines = dict[tuple[str, str], Any](), defaultdict[Any, list[Any]](list)
        self.stages = defaultdict[str, list[tuple[int, dict[str, Any], list[Any]]]](list)
    def add_key(self, entry: dict[str, str], party: str) -> Any:  # one that signs notes is found by its lines
        public, name, kind = bytes.fromhex(entry["public"]), entry["name"], (entry["role"], entry["alg"])
        need(entry["id"] == key_id(public, kind[1]), "a key's id is not that of its public key", entry["id"])
        if (place := (party, entry["id"])) not in self.keys:
            feed = domain_hash("counterseal/feed/v1", self.treaty.encode(), party.encode(), public).hex()
            key = SimpleNamespace(**entry | {"party": party, "public": public, "feed": feed, "line": None})
            key.accepted, key.heads, key.mates, self.keys[place] = NEVER, None, {key.id}, key
            if kind in HINTS:
                key.line = name, sha256(name.encode() + HINTS[kind] + public).digest()[:4]
                self.lines[key.line].append(key)
        return self.keys[place]
    def add_stage(self, party: str, at: int, keys: Iterable[Any]) -> None:  # in force from there on
        authors, logs = ([key for key in keys if key.role == role] for role in ("author", "log"))
        self.stages[party].append((at, {key.id: key for key in authors}, logs))
    def in_force(self, party: str, index: int) -> tuple[dict[str, Any], list[Any]]:  # at -1: the first ones
        stages = self.stages.get(party) or [(0, {}, [])]
        return stages[max(0, bisect_right(stages, index, key=lambda stage: stage[0]) - 1)][1:]
    def take_alone(self, path: str, data: bytes) -> None:  # of version 1 of the format (section 6.1)
        file = open_file(data, b"trust.v1", TRUST, "trust")
        doc, members, file.path, self.versions = file.doc, file.members, path, [file]
        self.treaty, file.sides = doc["treaty"], [(side, 1) for side in doc["policy"]["sides"]]
        publics = {party["code"]: bytes.fromhex(party["root"]["public"]) for party in doc["parties"]}
        pairs = (part for code, public in publics.items() for part in (code.encode(), public))
        file.fingerprint = domain_hash("counterseal/trust/v1", self.treaty.encode(), *pairs).hex()
        for code, public in publics.items():
            more = {"roots": {key_id(public): (public,)}, "threshold": 1, "fingerprint": key_id(public)}
            members[code] = SimpleNamespace(code=code, **more)
        for entry in doc["keys"]:
            need(entry["party"] in members, "a key belongs to no party of the trust file", entry["party"])
        keys = {entry["id"]: self.add_key(entry, entry["party"]) for entry in doc["keys"]}
        need({log["keyid"] for log in doc["logs"]} <= keys.keys(), "a log's key is not in this file")
        for entry in doc["logs"]:
            key, party = keys[entry["keyid"]], entry["party"]
            need(key.role == "log", "a log's key has another role than log", key.role)
            need(key.party == party, "a log's key belongs to another party than the log", key.party)
            need(key.name == entry["origin"], "the name of a log's key is not the log's origin", key.name)
            members[party].log = key.name
            authors = [k for k in keys.values() if (k.party, k.role) == (party, "author")]
            self.add_stage(party, 0, [key, *authors])
        every = [*publics.values(), *(key.public for key in keys.values())]
        loaded = {public: load_key(public) for public in every}
        need(len(loaded) == len(every), "a public key stands twice in the trust file")
        held = {(key.party, key.role) for key in keys.values()}
        need(len(held) == 3 * len(members), "a party has no key of a role", sorted(held))
        need(sorted(log["party"] for log in doc["logs"]) == [*members], "a party has not exactly one log")
        named = sorted(code for side, _ in file.sides for code in side)
        need(named == [*members], "the sides do not name every party exactly once", named)
    def take(self, file: Any, path: str, files: list[Any]) -> Any:
        """Put a file at the end of the trust files, or of a party's key files; return the one before it."""
        none = SimpleNamespace(id=None, members={}, keys={}, past={}, doc={"at": -1})
        last, doc, file.path = files[-1] if files else none, file.doc, path
        self.treaty = self.treaty or doc["treaty"]
        need(doc["version"] == len(files) + 1, "its version is not its place in the chain", doc["version"])
        follows = doc["previous"] == last.id or (self.lone and "at" in doc)
        need(follows, "previous is not the id of the file before it", doc["previous"])
        need(doc["treaty"] == self.treaty, "it names another treaty than the first trust file", doc["treaty"])
        files.append(file)
        return last
    def take_trust(self, path: str, data: bytes) -> None:  # the next one of a chain (section 6.2)
        last = self.take(file := open_trust(data), path, self.versions).members
        need(last.keys() <= file.members.keys(), "a party of the version before is missing")
        for code, now in file.members.items():
            old, at = last.get(code, now), now.keys["version"]
            need((now.kind, now.log) == (old.kind, old.log), f"{code} has another kind or log than before")
            need(at >= old.keys["version"], f"{code} has an earlier key file than before", at)
            need(at == 1 or code in last, f"{code} is new and its key file is not version 1", at)
        self.ids.append(file.id)
    def take_keys(self, path: str, data: bytes) -> None:  # in order of party and version (section 6.3)
        need(len(data) <= 2**20, "the key file is larger than 1,048,576 bytes", len(data))
        file = open_file(data, b"keys.v1", KEYS, "key file")
        doc, party, member = file.doc, file.doc["party"], self.versions[-1].members.get(file.doc["party"])
        need(member, "the key file is of no party of the trust file", party)
        need(party >= max(self.files, default=party), "the key files are not in order of party", party)
        file.version, row = doc["version"], self.files.setdefault(party, [])
        for one in doc["retired"]:
            need(one["role"] == "author" or one["accepted"] is None, "accepted is given for no author key")
            need(one["role"] == "witness" or not one["heads"], "heads are given for no witness key")
        if self.lone:
            need((doc["previous"] is None) == (file.version == 1), "previous is not null in version 1 alone")
            need(not row or file.version > row[-1].version, "the key files are not in order of version")
            doc |= {"version": len(row) + 1, "at": len(row) or doc["at"] * (file.version == 1), "retired": []}
        last = self.take(file, path, row)
        need(doc["at"] > last.doc["at"] - (doc["version"] == 2), "at is not larger than before", doc["at"])
        need(doc["at"] == 0 or doc["version"] > 1, "at is not 0 in version 1", doc["at"])
        keys = [self.take_key(entry, party, last) for entry in doc["keys"]]
        file.keys, made = {key.id: key for key in keys}, Counter((key.role, key.alg) for key in keys)
        need(1 <= made.pop(("author", "ed25519"), 0) <= 16, "there are not 1 to 16 author keys")
        due = Counter([*HINTS, ("seal", "mlkem768-x25519")])
        need(made == due, "log, witness and seal keys are not 2, 2 and 1", made)
        for role, name in (("log", member.log), ("witness", None)):
            names = {key.name for key in keys if key.role == role}
            need(names == {name or max(names)}, f"the {role} keys are not named as they must be", names)
            placed = max(names).startswith(place_of(member.log))
            need(placed, f"the names of the {role} keys do not begin with the party's place", names)
        for key in keys:
            key.mates = (key.mates | {other.id for other in keys if other.role == key.role}) - {key.id}
        file.past = ({} if self.lone else last.past) | {key.id: key.role for key in keys}
        told = [(one["id"], one["role"]) for one in doc["retired"]] + [(key.id, key.role) for key in keys]
        need(sorted(told) == sorted(file.past.items()), "retired is not exactly what was before")
        for entry in doc["retired"]:
            key, heads = self.keys[party, entry["id"]], {h["origin"]: h["size"] for h in entry["heads"]}
            accepted = NEVER if entry["accepted"] is None else entry["accepted"]
            need(accepted <= key.accepted, "accepted is larger than before", accepted)
            more = key.heads is not None and [o for o in heads if heads[o] > key.heads.get(o, -1)]
            need(not more, "heads reach further than before", more)
            key.accepted, key.heads = accepted, heads
        self.add_stage(party, doc["at"], keys)
    def take_key(self, entry: dict[str, str], party: str, last: Any) -> Any:  # new, or as it was before
        public, known = bytes.fromhex(entry["public"]), (party, entry["id"]) in self.keys
        need(len(public) == KEY_SIZES[entry["alg"]], "a key has not the length of its algorithm", len(public))
        if entry["alg"] == "ed25519":
            load_key(public)
        key = self.add_key(entry, party)
        need(key.role == entry["role"], "a public key has two roles", entry["role"])
        need(key.name == entry["name"], "a key has another name than before", entry["name"])
        need(not known or key.id in last.keys or self.lone, "a key that was missing comes back", key.id)
        same = [one for one in self.lines.get(key.line, ()) if one.party == party]
        need(len(same) < 2, "two keys share name and key hash", key.line)
        return key
    def settle(self, report: Report, check: str = "trust-signatures") -> None:
        """Check that the trust files name these key files, and who signed all; the newest one decides."""
        newest, before = self.versions[-1], list[Any]()
        need(self.lone or not self.ids or self.files.keys() == newest.members.keys(), "a party has no keys")
        naming = {code: [f.members[code] for f in self.versions if code in f.members] for code in self.files}
        for code, member in ((code, member) for code, members in naming.items() for member in members):
            ids, at = [file.id for file in self.files[code]], member.keys["version"]
            named = self.lone or ids[at - 1 : at] == [member.keys["id"]]
            need(named, f"the key file of {code} that trust file {member.version} names is not here")
        for file in self.versions:
            members = [*file.members.values()]
            self.pins |= {file.fingerprint, *(member.fingerprint for member in members)}
            check_roots(report, file, [*members, *before], check)
            before = members
        for code, members in naming.items():
            for file in self.files[code]:
                smaller = bisect_left(members, file.version, key=lambda member: int(member.keys["version"]))
                check_roots(report, file, [members[max(0, smaller - 1)]], check)
        self.fingerprint, self.sides = newest.fingerprint, newest.sides
        self.root_ids = {member.code: member.fingerprint for member in newest.members.values()}
        for member in sorted(newest.members.values(), key=lambda member: str(member.log)):
            folder = sha256(member.log.encode()).hexdigest()
            self.logs.append(SimpleNamespace(party=member.code, name=member.log, folder=folder))
    def check_pins(self, report: Report, pins: Pins) -> None:  # each must ask for this trust
        for pin in pins:
            with report.rule("trust-pinned", "--trust"):
                if isinstance(pin, str):
                    need(pin in self.pins, f"the trust file is not the one with the pinned fingerprint {pin}")
                elif CHAINED in pin:
                    need(open_trust(pin).id in self.ids, "the trust file given is none of the chain")
                else:
                    (other := Trust()).take_alone("--trust", pin)
                    other.settle(report, "trust-pinned")
                    need(other.fingerprint == self.fingerprint, "the trust file is not the one given")
def read_trust(report: Report, read: Callable[[str], bytes], trusts: list[str], keys: list[str]) -> Any:
    """Return the trust of a bundle or fork proof, or None if not all is in its form; check who signed."""
    alone, trust = CHAINED not in (data := read(trusts[-1])), Trust(lone=keys and "fork" in report.failures)
    if alone:
        trust.take_alone(trusts[-1], data)
    for number, path in enumerate(() if alone else trusts + keys):
        if not report.refused["trust-form"]:
            with report.rule("trust-form", path):
                (trust.take_trust if number < len(trusts) else trust.take_keys)(path, read(path))
    if report.refused["trust-form"]:
        return None
    trust.settle(report)
    return trust
# ---- 7. Logs -----------------------------------------------------------------------------------------------
TILE, END_OF_TIME = 256, 253_402_300_799
def tree_root(levels: Iterable[bytes]) -> bytes:  # of RFC 6962, from the last tiles, lowest level first
    root = b""
    for hashes in levels:
        root = hashes + root
        while len(root) > 32:
            pairs = [root[at : at + 64] for at in range(0, len(root), 64)]
            root = b"".join([sha256(b"\1" + pair).digest() if len(pair) == 64 else pair for pair in pairs])
    return root or sha256(b"").digest()
def tile_name(index: int, width: int) -> str:  # `<N>[.p/<W>]`
    *above, last = [group.zfill(3) for group in f"{index:,}".split(",")]
    return "".join(f"x{group}/" for group in above) + last + (f".p/{width}" if width < TILE else "")
def tiles(count: int) -> Iterator[tuple[str, int]]:  # name and width of each that so many items call for
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
def read_length(stream: BinaryIO, at: int) -> int:  # 4 bytes, big-endian
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
        self.file, self.cosigned, self.lines = file, dict[str, int](), dict[tuple[str, bytes], bytes]()
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
        for line in tail[:-1].split("\n"):
            need(re.fullmatch(r"— [^\s+]+ \S+", line), "a signature line is no dash, name, base64", line)
            _, name, base64 = line.split(" ")
            blob = unbase64(base64.encode(), "a signature line")
            need(len(blob) > 4, "a signature line holds no signature", line)
            need((name, blob[:4]) not in self.lines, "two signature lines share name and key hash", line)
            self.lines[name, blob[:4]] = blob[4:]
        need(len(self.lines) <= 32, "the note has more than 32 signature lines", len(self.lines))
    def verify(self, log: Any, trust: Trust, pairs: Iterable[list[Any]]) -> None:
        """Verify every line of a known key, and that all of a pair of log keys signed; find who cosigned."""
        need(self.origin == log.name, f"the checkpoint's origin is not {log.name}", self.origin)
        signed = any(all(key.line in self.lines for key in pair) for pair in pairs)
        need(signed, "the checkpoint is not signed by the log's key")
        times, tree = dict[tuple[str, str], int](), bytes(8) + self.size.to_bytes(8, "big") + self.root
        origin = bytes([len(log.name)]) + log.name.encode()
        known = ((key, blob) for line, blob in self.lines.items() for key in trust.lines.get(line, ()))
        for key, blob in known:
            time, signature = int.from_bytes(blob[:8], "big"), blob[8:]
            if key.alg != "ed25519":
                need(key.role == "witness" or not time, "an ML-DSA-44 line of a log states a time", time)
                need(time < 2**63, "an ML-DSA-44 line states a time of 2^63 or more", time)
                name = bytes([len(key.name)]) + key.name.encode()
                verify(key.public, signature, b"subtree/v1\n\0" + name + blob[:8] + origin + tree)
            elif key.role == "log":
                verify(key.public, blob, self.text)
            else:
                need(len(blob) == 72, "a cosignature is not an 8-byte time and 64 bytes", len(blob))
                verify(key.public, signature, b"cosignature/v1\ntime %d\n%b" % (time, self.text))
            reaches = key.heads is None or key.heads.get(log.name, -1) >= self.size
            if key.role == "witness" and key.party != log.party and reaches:
                times[key.party, key.id] = time
                mates = [mate for mate in key.mates if times.get((key.party, mate)) == time]
                if mates and (time or key.id in mates):
                    self.cosigned[key.party] = min(time, self.cosigned.get(key.party, time))
# ---- 8. Bundle: all names are in lower case, so that no two differ in case only ----------------------------
H, LEVEL = "[0-9a-f]{64}", "(?:entries|[0-9]|[1-5][0-9]|6[0-3])"
PACK = r"(?:x(?!000)[0-9]{3}/(?:x[0-9]{3}/)*)?[0-9]{3}(?:\.p/(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
FILE = rf"bundle\.json|(?:bodies|sealed)/{H}/{PACK}|view/[a-z0-9][a-z0-9._-]{{0,99}}"
FILE += r"|trust/(?:trust|history/[1-9][0-9]{0,5}|keys/[a-z][a-z0-9-]{0,31}/[1-9][0-9]{0,5})\.json"
FILE += rf"|logs/{H}/(?:checkpoint|checkpoints/(?:{INTEGER})|tile/{LEVEL}/{PACK})"
LISTED, HEAD = {"path": TEXT, "sha256": HEX32, "size": INTEGER}, SIZES | {"root": HEX32}
MANIFEST: dict[str, Any] = {"created": INSTANT, "files": (LISTED, 0, MANY, "sorted", "path"), "from": PARTY,
    "heads": (HEAD, 0, MANY, "sorted", "origin"), "purpose": '"record"', "sequence": INTEGER,
    "to": AUDIENCE, "treaty": TEXT, "v": "1"}
# ---- 9. Verification ---------------------------------------------------------------------------------------
CAPS = {"view/": 2**28, "bodies/": 256 * (4 + 2**20), "sealed/": 2**30, "trust/keys/": 2**20, "": 2**24}
CHAIN = ["names", "manifest", "listing", "file-hashes", "trust-form", "trust-signatures", "trust-pinned",
    "manifest-signature", "checkpoints", "settled", "tiles", "roots"]
FULL = ["envelopes", "headers", "signatures", "duplicates", "feeds", "references", "bodies",
    "countersignatures", "disclosures", "escrows", "draws", "trust-logged"]
class Bundle:
    """A bundle and its checks. A file is compared with the manifest whenever it is read."""
    def __init__(self, root: Path, pins: Pins, *, full: bool) -> None:
        self.root, self.full, self.report = root, full, Report(CHAIN + FULL)
        self.counts, self.warnings = Counter(files=0, logs=0, records=0, bodies=0, checkpoints=0), list[str]()
        self.files, self.unread, self.known = dict[str, bool](), set[str](), dict[str, tuple[int, str]]()
        self.heads, self.notes = dict[str, Checkpoint](), dict[str, tuple[str, Checkpoint]]()
        self.claims, self.owner, self.pending = dict[str, str](), dict[bytes, bytes](), list[Any]()
        self.draws, self.escrows, self.logged = Draws(), dict[bytes, Doc](), set[tuple[Any, ...]]()
        self.seen = defaultdict[str, Counter[str]](Counter)
        start = {"seq": -1, "last": None, "claim": "", "floor": ""}
        self.feeds = defaultdict[str, Any](lambda: SimpleNamespace(**start, gaps=[], late=set[int]()))
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
    def check_names(self) -> None:  # find every file; each has one of the names of section 8, and is no link
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
        report.need(len(self.files) <= MANY, "names", None, "there are more than 65,534 files")
        self.counts["files"] = len(self.files)
    def read(self, path: str) -> bytes:  # what is in a file
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
            for path in sorted({"bundle.json", *self.known} ^ self.files.keys()):
                rule = "not in the manifest" if path in self.files else "in the manifest and not here"
                self.report.need(False, "listing", path, f"the file is {rule}")
            return manifest
        self.report.cut |= {"file-hashes", "manifest-signature", "roots"}
        return {}
    def read_trust(self) -> Trust | None:
        """Return the trust file or the chain of this bundle, whose files must be in their places."""
        paths = [path for path in self.files if re.match("trust/(history|keys)/", path)]
        paths.sort(key=lambda path: (path.rpartition("/")[0], len(path), path))
        past = [path for path in paths if path.startswith("trust/history/")]
        trusts, keys = [*past, "trust/trust.json"], paths[len(past) :]
        trust: Trust | None = read_trust(self.report, self.read, trusts, keys)
        if trust:
            due = [f"trust/history/{n}.json" for n in range(1, len(trust.versions))]
            for code, files in trust.files.items():
                due += [f"trust/keys/{code.lower()}/{n}.json" for n in range(1, len(files) + 1)]
            wrong = {*paths} ^ {*due}
            need(not wrong, "there are other files under trust/ than the chain has", wrong)
        return trust
    def check_logs(self, trust: Trust, manifest: dict[str, Any]) -> None:  # and who signed the manifest
        report, heads = self.report, self.heads
        if manifest:
            with report.rule("manifest-signature", "bundle.json"):
                (keyid, signature), sender, treaty = self.signatures[0], manifest["from"], manifest["treaty"]
                authors, _ = trust.in_force(sender, NEVER)
                need(keyid in authors, f"the signer is no author key of {sender}", keyid)
                verify(authors[keyid].public, signature, self.signed)
                need(treaty == trust.treaty, "the manifest names another treaty", treaty)
        known = {f"{top}/{log.folder}" for log in trust.logs for top in ("logs", "bodies", "sealed")}
        here = {found[0] for path in self.files if (found := re.match("(logs|bodies|sealed)/[^/]+", path))}
        for folder in sorted(here - known):
            report.need(False, "names", folder, "the folder belongs to no log of the trust file")
        for log in trust.logs:
            self.check_checkpoints(log, trust)
        if len(heads) < len(trust.logs):
            report.cut |= {"settled", "tiles"}
        else:
            due = [{"origin": n.origin, "root": n.root.hex(), "size": n.size} for n in heads.values()]
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
            which, own = f"entry {index}: the record {ref.hex()}", self.owner.get(ref, b"")[34:].decode()
            report.need(ref in self.owner, "references", file, f"{which} in refs is not in this bundle")
            report.need(not own or signer != own, "countersignatures", file, f"{which} is the signer's own")
            if agreed and ref in self.draws.opened:
                self.draws.opened[ref].agreed.add(signer)
        if self.full and not report.cut & {*FULL}:
            self.draws.check(report)
            self.check_logged(trust)
        self.counts["logs"], self.counts["records"] = len(trust.logs), sum(heads[g.party].size for g in whole)
    def check_logged(self, trust: Trust) -> None:  # changes of keys and trust (section 6.4)
        for party, files in trust.files.items():
            for version, file in enumerate(files[1:], 2):
                told, at = (party, version, file.doc["at"]) in self.logged, file.doc["at"]
                rule = f"entry {at} of the log of {party} is no keys.change to it that is here"
                self.report.need(told, "trust-logged", file.path, rule)
        for version in range(2, len(trust.ids) + 1):
            rule = f"no log holds a trust.change to version {version} that is here"
            self.report.need(("", version) in self.logged, "trust-logged", None, rule)
    def check_checkpoints(self, log: Any, trust: Trust) -> None:  # and whether the newest is settled
        newest = f"logs/{log.folder}/checkpoint"
        for path in [newest, *sorted(path for path in self.files if path.startswith(f"{newest}s/"))]:
            with self.report.rule("checkpoints", path):
                note = Checkpoint(self.read(path), path)
                note.verify(log, trust, [trust.in_force(log.party, note.size - 1)[1]])
                self.heads |= {log.party: note} if path == newest else {}
                head, self.notes[note.id] = self.heads.get(log.party, note), (log.party, note)
                self.counts["checkpoints"] += 1
                holds = note.size or note.root == tree_root([])
                self.report.need(holds, "roots", path, "the root at size 0 is not that of nothing")
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
        notes = [note for owner, note in self.notes.values() if owner == log.party and 0 < note.size <= size]
        notes.sort(key=lambda note: -note.size)
        for index, (name, width) in enumerate(tiles(size)):
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
        for path in sorted(here & self.unread):
            report.need(False, "tiles", path, f"a log of {size} entries has no such tile")
        return True
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
                with self.report.rule("bodies", pack):
                    openings = split_items(self.read(pack), width, 4)
                    need(any(openings), "the pack holds no opening")
            if (pack := tops[1] + name) in packs:
                with self.report.rule("bodies", pack), (self.root / pack).open("rb") as stream:
                    need(self.files[pack], "the pack is too large to be read")
                    sealed = sealed_lengths(stream, width)
                    need(any(sealed), "the pack holds no sealed body")
            packs -= {tops[0] + name, tops[1] + name}
            with self.report.rule("envelopes", file := f"logs/{log.folder}/tile/entries/{name}"):
                for n, entry in enumerate(split_items(self.read(file), width, 2)):
                    while self.limits[-1][0] <= index:
                        self.limits.pop()
                    one = SimpleNamespace(party=log.party, file=file, index=index, which=f"entry {index}: ")
                    self.check_record(one, trust, entry, openings[n], sealed[n])
                    index += 1
        for pack in sorted(packs):
            self.report.need(False, "bodies", pack, "it stands beside no entry tile of its name and width")
    def check_record(self, one: Any, trust: Trust, entry: bytes, opening: bytes, sealed: list[int]) -> None:
        """Check a record, and its body: the opening and the lengths of what is sealed."""
        report, file, which, header, statement = self.report, one.file, one.which, Doc(), dict[str, str]()
        with report.rule("envelopes", file, which):
            need(len(entry) <= 60_000, "the envelope is larger than 60,000 bytes", len(entry))
            payload, signed, signatures = open_envelope(entry, b"header.v1")
            with report.rule("headers", file, which):
                one.header = header = check_header(payload, trust.treaty, one.party)
        if not header:
            report.cut |= {*FULL[1:]}
            return
        keyid, signature = signatures[0]
        with report.rule("signatures", file, which):
            authors, _ = trust.in_force(one.party, one.index)
            need(keyid in authors, f"the key is no author key of {one.party}", keyid)
            key = authors[keyid]
            report.need(header["feed"] == key.feed, "feeds", file, f"{which}the feed is not that of the key")
            verify(key.public, signature, signed)
            if header["seq"] >= key.accepted:
                doubt = f"disputed: its party stands by {key.accepted} records of this feed"
                self.warnings.append(f"{file}: {which}{doubt}")
        one.id = sha256(b"counterseal/record/v1\0" + signed).digest()
        if one.id in self.owner:
            report.need(False, "duplicates", file, f"{which}the record {one.id.hex()} stands twice")
            return
        body = header["body"]
        sizes = bytes([body["parts"], body["size_class"].bit_length()])
        self.owner[one.id] = bytes.fromhex(body["commit"]) + sizes + one.party.encode()
        self.check_feed(one)
        one.known, seen = Counter[str](), self.seen[one.party]  # the largest sizes named, here and so far
        for name in header["not_before"]:
            report.need(name in self.notes, "references", file, f"{which}the checkpoint {name} is not here")
            party, note = self.notes.get(name, ("", SimpleNamespace(size=0)))
            one.known |= {party: note.size}
        seen |= one.known
        one.known = Counter(seen) if header["kind"] == "draw.result" else one.known
        with report.rule("bodies", file, which):
            if sealed:
                check_sealed(sealed, header, trust)
            if opening:
                self.counts["bodies"] += 1
                statement = check_opening(opening, self.owner[one.id])
            due = "public" in header["audience"] and (trust.ids or header["kind"] != "countersignature")
            due = due and header["kind"] in STATEMENTS
            need(opening or not due, "the body must be in the bundle and is not", header["kind"])
        agreed = self.check_statement(one, statement, trust)
        told = (statement or trust.ids) and header["kind"] == "countersignature"
        signer = one.party if told else ""
        pending = [(bytes.fromhex(ref), file, one.index, signer, agreed) for ref in header["refs"]]
        self.pending += [ref for ref in pending if signer or ref[0] not in self.owner]
    def check_statement(self, one: Any, statement: dict[str, str], trust: Trust) -> bool:
        """Check a statement that section 5 gives a form; tell whether it agrees to what it countersigns."""
        header, kind, party = one.header, one.header["kind"], one.party
        check, member, form = STATEMENTS.get(kind, ("", "", {}))
        if check in {"draws", "trust-logged"}:
            public = header["audience"] == ["public"]
            self.report.need(public, check, one.file, f"{one.which}a {kind} is not for public alone")
        if kind == "countersignature" and trust.ids and len(header["refs"]) != 1:
            self.report.need(False, check, one.file, f"{one.which}the header has not exactly one id in refs")
        if kind == "escrow.commitment":
            self.escrows[one.id] = {}
        if not check or not statement:
            return False
        with self.report.rule(check, one.file, one.which):
            one.value = value = {name: json.loads(text) for name, text in statement.items()}
            conform(value, form, kind)
            about = bytes.fromhex(value[member]) if member else b""
            same, before = not member or header["refs"] == [value[member]], self.owner.get(about, b"")
            need(same, "refs is not exactly the record that it is about", header["refs"])
            here = before[34:] == party.encode()
            if kind == "countersignature":
                agreed: bool = value["meaning"] == "agreed"
                reason = value["note"] or agreed or value["meaning"] == "received"
                need(reason, "a reservation or objection has no note", value["meaning"])
                return agreed and "public" in header["audience"]
            if kind == "disclosure":
                need(here, "what is disclosed does not stand before it in the same log", value["record"])
                check_opening(statement["opening"].encode(), before[:34], partial=True)
            elif kind == "escrow.commitment":
                self.escrows[one.id] = value
            elif kind == "escrow.opening":
                here = here and about in self.escrows
                need(here, "its commitment does not stand before it in the same log", value["commitment"])
                check_escrow(value, self.escrows[about])
            elif kind == "draw.opening":
                self.draws.open(one, value, trust.root_ids)
            elif check == "draws":
                positions = value.pop("positions", [])  # they may be many, and so are not kept
                one.shape = [(len(p), min(p, default=NEVER), max(p, default=-1)) for p in positions]
                one.digest = sha256(statement.get("positions", "").encode()).digest()
                self.draws.others.append(one)
            else:
                whose, version = value.get("party", ""), value["version"]
                need(whose in {"", party}, "it names the keys of another party", whose)
                ids = [file.id for file in trust.files.get(whose, ())] if whose else trust.ids
                same = ids[version - 1 : version] == [value["id"]]
                need(same, "it names a file that is not here: something newer was held back", version)
                self.logged |= {(whose, version), (whose, version, one.index)}
        return False
    def check_feed(self, one: Any) -> None:
        """Check the place of a record in its feed; warn of a claimed time that section 7.5 doubts."""
        header, file, which = one.header, one.file, one.which
        seq, claim, feed = header["seq"], header["claimed_time"], self.feeds[header["feed"]]
        seen = [n for n in header["not_before"] if n in self.claims and self.notes[n][0] != one.party]
        feed.floor = max([feed.floor, *(self.claims[name] for name in seen)])
        limit = f"{datetime.fromtimestamp(self.limits[-1][1], UTC):%Y-%m-%dT%H:%M:%SZ}"
        doubts = {f"before {feed.floor}, the claim in a checkpoint that it has seen": claim < feed.floor}
        doubts |= {f"after {limit}, when another party cosigned it": claim > limit}
        doubts |= {f"before {feed.claim}, the claim of the record before it": claim < feed.claim}
        self.warnings += [f"{file}: {which}it claims {claim}, {doubt}" for doubt in doubts if doubts[doubt]]
        feed.claim = claim
        if seq <= feed.seq:
            late = seq not in feed.late and any(seq in gap for gap in feed.gaps)
            feed.late.add(seq)
            self.report.need(late, "duplicates", file, f"{which}another record of its feed has seq {seq}")
            self.report.need(not late, "feeds", file, f"{which}seq {seq} stands after seq {feed.seq}")
            return
        if seq > feed.seq + 1:
            feed.gaps.append(range(feed.seq + 1, seq))
            self.report.need(False, "feeds", file, f"{which}a gap: seq {seq} follows on seq {feed.seq}")
        elif header["prev"] != feed.last:
            self.report.need(False, "feeds", file, f"{which}prev is not the record before it in the feed")
        feed.seq, feed.last = seq, one.id.hex()
# ---- 11. Fork proof ----------------------------------------------------------------------------------------
FORK_TYPE, FORK_CHECKS = rb'"type":"counterseal/fork-proof/v[12]"', ["form", "trust-form", "trust-signatures",
    "trust-pinned", "signatures", "fork"]
FORK: dict[str, Any] = {"consistency": (HEX32, 0, 128, "any", None), "first": TEXT, "origin": NAME,
    "prefix_root": HEX32, "second": TEXT, "trust": TEXT, "type": '"counterseal/fork-proof/v1"'}
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
def check_fork(path: str, data: bytes, pins: Pins) -> Doc:  # the result for a fork proof
    report, proof, proven = Report(FORK_CHECKS), dict[str, Any](), False
    trust: Trust | None = None
    with report.rule("form", path):
        checked = canonical(data, "the fork proof")
        chained = isinstance(checked, dict) and isinstance(checked.get("trust"), list)
        conform(checked, FORK2 if chained else FORK, "fork proof")
        notes = [Checkpoint(checked[name].encode(), path) for name in ("first", "second")]
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
                    for note in notes:
                        note.verify(logs[0], trust, [pair for *_, pair in trust.stages[logs[0].party]])
        with report.rule("fork", path):
            (one, other), nodes = notes, [*map(bytes.fromhex, proof["consistency"])]
            prefix = bytes.fromhex(proof["prefix_root"])
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
def read_pin(text: str) -> str | bytes:  # a fingerprint, or what is in a trust file
    digits = text.replace(" ", "").replace(":", "").lower()
    if re.fullmatch("[0-9a-f]{64}", digits):
        return digits
    with suppress(OSError, ValueError):
        return Path(text).read_bytes()
    raise ArgumentTypeError(f"{text!r} is neither a fingerprint nor a file that can be read")
def as_text(result: dict[str, Any]) -> Iterator[str]:  # a result as lines for people
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
        elif root.is_file():
            with root.open("rb") as stream:
                data = stream.read(2**26 + 1)
            if len(data) <= 2**26 and re.search(FORK_TYPE, data):
                result = check_fork(options.bundle, data, pins)
    if not result:
        print("verify_bundle: the path is neither a bundle nor a fork proof", file=sys.stderr)
        return 3
    text = ("".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in line) for line in as_text(result))
    print(json.dumps(result) if options.json else "\n".join(text))
    return 0 if result["verified"] else 1
if __name__ == "__main__":
    sys.exit(main())
