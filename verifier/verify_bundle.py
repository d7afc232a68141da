"""Verify a Counterseal bundle, or a fork proof: one file, the standard library and `cryptography` alone.

    python verify_bundle.py BUNDLE [--depth chain|full] [--trust FILE|FINGERPRINT]... [--json]

It says what was checked, what held, and what did not and why (file and rule). It was written from
docs/reference/formats.md alone, shares no code with the program that makes bundles, and follows the order and
the section numbers of that page. Nothing is believed before it is checked, and nothing is repaired.
Exit status: 0 verified; 1 not accepted; 2 wrong use; 3 no bundle at all. Needs Python 3.11, cryptography 48.
"""
# fmt: off

import binascii
import json
import os
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

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
        for check, count in self.refused.items():
            self.failures[check] += [{"file": None, "rule": f"and {count - 50} more failures"}] * (count > 50)
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
    # a pattern that the value as a Python literal must match, texts in double quotes.
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
INSTANT = '"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"'
PARTY, TREATY, NAME = '"[A-Z][A-Z0-9-]{0,31}"', '"[a-z0-9.-]{1,64}"', '"[!-*,-~]{1,255}"'
AUDIENCE = ('"[A-Za-z0-9.-]{1,64}"', 1, 64, "sorted", None)
# ---- 3. Keys and signatures --------------------------------------------------------------------------------
LOADED: dict[bytes, Ed25519PublicKey] = {}
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
Y1 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
Y2 = 55188659117513257062467267217118295137698188065244968500265048394206261417927
def check_point(point: bytes, what: str) -> None:
    """Refuse points of small order, and all but the only encoding of others."""
    y = int.from_bytes(point, "little") & (2**255 - 1)
    need(y not in {0, 1, Y1, Y2, P - 1, P, P + 1}, f"{what} is a point of small order")
    need(y < P, f"{what} is not in its only encoding")
def key_id(public: bytes) -> str:
    """Return the key id of a public key."""
    return domain_hash("counterseal/key/v1", b"ed25519", public).hex()
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
# ---- 4. Envelope (DSSE): no text in it needs an escape, so a pattern can be exactly its canonical JSON -----
SIGNATURE = rb'\{"keyid":"([0-9a-f]{64})","sig":"([^"]*)"\}'
ENVELOPE = rb'\{"payload":"([^"]*)","payloadType":"([^"]*)","signatures":\[((?:%b(?:,%b)*)?)\]\}'
ENVELOPE %= (SIGNATURE.replace(b"(", b"(?:"),) * 2
def open_envelope(data: bytes, use: bytes) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Return the payload, the bytes signed (PAE), and key ids with signatures that are not verified yet."""
    kind = b"application/vnd.counterseal.%b.v1+json" % use
    match = re.fullmatch(ENVELOPE, data)
    if match is None:
        raise Refused("it is not an envelope in canonical JSON")
    need(match[2] == kind, f"the payload type is not {kind.decode()}", match[2])
    payload = unbase64(match[1], "the payload")
    signatures = [(i.decode(), unbase64(s, "a signature")) for i, s in re.findall(SIGNATURE, match[3])]
    need(len(signatures) == 1 or use == b"trust", "it has not exactly one signature", len(signatures))
    return payload, b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload), signatures
# ---- 5. Records --------------------------------------------------------------------------------------------
SIZE_CLASS = "|".join(str(2**n) for n in range(10, 21))
KIND = r'(?=.{3,66}\Z)"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*"'
BODY = {"commit": HEX32, "parts": "1|2|4|8|16|32|64", "size_class": SIZE_CLASS}
HEADER: dict[str, Any] = {"alg": '"S1"', "audience": AUDIENCE, "author": PARTY, "body": BODY, "kind": KIND}
HEADER |= {"claimed_time": INSTANT, "feed": HEX32, "not_before": (HEX32, 0, 16, "unique", None), "v": "1"}
HEADER |= {"prev": f"None|{HEX32}", "refs": (HEX32, 0, 64, "unique", None), "seq": INTEGER, "treaty": TEXT}
OPENING = {"parts": ((TEXT, 3, 3, "any", None), 1, 64, "any", None), "v": "1"}
MEANING = '"(received|agreed|agreed-with-reservation|objects)"'
COUNTERSIGNATURE = {"meaning": MEANING, "note": f"None|{TEXT}", "record": HEX32}
def check_header(data: bytes, treaty: str, party: str) -> dict[str, Any]:
    """Return a header in the form of section 5.2, of this treaty and by the party whose log it is in."""
    need(len(data) <= 16_384, "the header is larger than 16,384 bytes", len(data))
    header: dict[str, Any] = canonical(data, "the header")
    conform(header, HEADER, "header")
    need((header["prev"] is None) == (header["seq"] == 0), "header.prev is not null exactly at seq 0")
    need(header["treaty"] == treaty, "the header names another treaty than the trust file", header["treaty"])
    need(header["author"] == party, f"the author is not {party}, whose log this is", header["author"])
    return header
def check_opening(data: bytes, body: dict[str, Any]) -> dict[str, str]:
    """Return the statement, name to canonical text, if the opening opens the header's body (section 5.1)."""
    need(len(data) <= 2**20, "the opening is larger than 1,048,576 bytes", len(data))
    opening = canonical(data, "the opening")
    conform(opening, OPENING, "opening")
    parts, leaves, size = opening["parts"], b"", 0
    need(len(parts) == body["parts"], "the number of parts is not the header's", len(parts))
    names = [name for name, value, _ in parts if name or value]
    need(names, "the opening has no part that is not a dummy")
    need(not any(name or value for name, value, _ in parts[len(names) :]), "a dummy stands before a part")
    need(names == sorted(set(names)), "the parts are not in order of name, or a name stands twice", names)
    for name, value, salt in parts:
        need(re.fullmatch("[0-9a-f]{64}", salt), "a salt is not 64 hexadecimal digits", salt)
        leaf = lp(name.encode()) + lp(value.encode())
        leaves += sha256(b"\0part/v1" + leaf + bytes.fromhex(salt)).digest()
        size += len(leaf) - 8
        if name or value:
            need(re.fullmatch("[a-z][a-z0-9_]{0,63}", name), "a part's name is not as section 5.1 asks", name)
            canonical(value.encode(), "the value of a part")
    need(max(1024, 1 << (size - 1).bit_length()) == body["size_class"], "the size class is another", size)
    need(tree_root([leaves]).hex() == body["commit"], "the parts do not give the header's commitment")
    return {name: value for name, value, _ in parts if name}
# ---- 6. Trust file -----------------------------------------------------------------------------------------
ROOT: Any = {"alg": '"ed25519"', "public": HEX32}
KEY = ROOT | {"id": HEX32, "name": NAME, "party": PARTY, "role": '"(author|log|witness)"'}
LOG = {"keyid": HEX32, "origin": NAME, "party": PARTY}
MEMBER = {"code": PARTY, "kind": '"(state|auditor|observer)"', "name": '(?s:".{1,200}")', "root": ROOT}
POLICY = {"rule": '"every-side"', "sides": ((PARTY, 1, MANY, "sorted", None), 2, MANY, "sorted", 0)}
TRUST: dict[str, Any] = {"keys": (KEY, 1, MANY, "sorted", "id"), "policy": POLICY, "previous": "None"}
TRUST |= {"logs": (LOG, 1, MANY, "sorted", "origin"), "parties": (MEMBER, 1, MANY, "sorted", "code")}
TRUST |= {"treaty": TREATY, "v": "1", "version": "1"}
class Trust:
    """A trust file in the form of section 6 (`trust-form`). A log is its key, whose name is the origin."""
    def __init__(self, data: bytes) -> None:
        payload, self.signed, self.signatures = open_envelope(data, b"trust")
        doc = canonical(payload, "the trust payload")
        conform(doc, TRUST, "trust")
        self.treaty, self.sides = str(doc["treaty"]), doc["policy"]["sides"]
        self.roots = {party["code"]: bytes.fromhex(party["root"]["public"]) for party in doc["parties"]}
        self.root_ids = {code: key_id(public) for code, public in self.roots.items()}
        pairs = (part for code, public in self.roots.items() for part in (code.encode(), public))
        self.fingerprint = domain_hash("counterseal/trust/v1", self.treaty.encode(), *pairs).hex()
        self.keys: dict[str, Any] = {}
        for entry in doc["keys"]:
            public, party, name = bytes.fromhex(entry["public"]), entry["party"], entry["name"].encode()
            need(entry["id"] == key_id(public), "a key's id is not that of its public key", entry["id"])
            need(party in self.roots, "a key belongs to no party of the trust file", party)
            kind = {"author": b"", "log": b"\n\1", "witness": b"\n\4"}[entry["role"]]
            feed = domain_hash("counterseal/feed/v1", self.treaty.encode(), party.encode(), public).hex()
            more = {"feed": feed, "hint": sha256(name + kind + public).digest()[:4], "public": public}
            self.keys[entry["id"]] = SimpleNamespace(**entry | more, folder=sha256(name).hexdigest())
        self.authors = {(i, key.party): key for i, key in self.keys.items() if key.role == "author"}
        need({log["keyid"] for log in doc["logs"]} <= self.keys.keys(), "a log's key is not in this file")
        self.logs = [self.keys[log["keyid"]] for log in doc["logs"]]
        for entry, key in zip(doc["logs"], self.logs, strict=True):
            need(key.role == "log", "a log's key has another role than log", key.role)
            need(key.party == entry["party"], "a log's key belongs to another party than the log", key.party)
            need(key.name == entry["origin"], "the name of a log's key is not the log's origin", key.name)
        publics = {*self.roots.values(), *(key.public for key in self.keys.values())}
        LOADED.update((public, load_key(public)) for public in publics)
        need(len(publics) == len(self.roots) + len(self.keys), "a public key stands twice in the trust file")
        held = {(key.party, key.role) for key in self.keys.values()}
        need(len(held) == 3 * len(self.roots), "a party has no key of a role", sorted(held))
        need(sorted(log.party for log in self.logs) == [*self.roots], "a party has not exactly one log")
        named = sorted(code for side in self.sides for code in side)
        need(named == [*self.roots], "the sides do not name every party exactly once", named)
    def check(self, report: Report, file: str, pins: Pins = (), check: str = "trust-signatures") -> None:
        """Check the root signatures, and that every pin (a fingerprint or a trust file) asks for this one."""
        given, owners = [i for i, _ in self.signatures], {i: code for code, i in self.root_ids.items()}
        report.need(given == sorted(set(given)), check, file, "root signatures are unsorted or twice")
        for keyid in owners.keys() - set(given):
            report.need(False, check, file, f"the root signature of {owners[keyid]} is missing")
        for keyid, signature in self.signatures:
            with report.rule(check, file, f"root signature by {keyid}: "):
                need(keyid in owners, "the key is the root of no party")
                strict_verify(self.roots[owners[keyid]], signature, self.signed)
        for pin in pins:
            with report.rule("trust-pinned", "--trust"):
                if isinstance(pin, bytes):
                    (other := Trust(pin)).check(report, "--trust", check="trust-pinned")
                    need(other.fingerprint == self.fingerprint, "the trust file is not the one given")
                elif pin not in {self.fingerprint, *self.root_ids.values()}:
                    raise Refused(f"the trust file is not the one with the pinned fingerprint {pin}")
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
        """Verify every line of a known key, and that the log's key signed."""
        need(self.origin == log.name, f"the checkpoint's origin is not {log.name}", self.origin)
        need((log.name, log.hint) in self.lines, "the checkpoint is not signed by the log's key")
        for key in trust.keys.values():
            signature = self.lines.get((key.name, key.hint)) if key.role != "author" else None
            if signature is not None and key.role == "log":
                strict_verify(key.public, signature, self.text)
            elif signature is not None:
                need(len(signature) == 72, "a cosignature is not an 8-byte time and 64 bytes", len(signature))
                time = int.from_bytes(signature[:8], "big")
                strict_verify(key.public, signature[8:], b"cosignature/v1\ntime %d\n%b" % (time, self.text))
                if key.party != log.party:
                    self.cosigned[key.party] = min(time, self.cosigned.get(key.party, time))
# ---- 8. Bundle: all names are in lower case, so that no two differ in case only ----------------------------
H, LEVEL = "[0-9a-f]{64}", "(?:entries|0|[1-9][0-9]?)"
PACK = r"(?:x(?!000)[0-9]{3}/(?:x[0-9]{3}/)*)?[0-9]{3}(?:\.p/(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
FILE = rf"bundle\.json|trust/trust\.json|bodies/{H}/{PACK}|view/[a-z0-9][a-z0-9._-]{{0,99}}"
FILE += rf"|logs/{H}/(?:checkpoint|checkpoints/(?:{INTEGER})|tile/{LEVEL}/{PACK})"
LISTED = {"path": TEXT, "sha256": HEX32, "size": INTEGER}
HEAD = {"origin": NAME, "root": HEX32, "size": INTEGER}
MANIFEST: dict[str, Any] = {"created": INSTANT, "files": (LISTED, 0, MANY, "sorted", "path"), "from": PARTY}
MANIFEST |= {"heads": (HEAD, 0, MANY, "sorted", "origin"), "purpose": '"record"', "sequence": INTEGER}
MANIFEST |= {"to": AUDIENCE, "treaty": TEXT, "v": "1"}
# ---- 9. Verification ---------------------------------------------------------------------------------------
CAPS = (("bundle.json", 2**26), ("view/", 2**28), ("bodies/", 256 * (4 + 2**20)), ("", 2**24))
CHAIN = ["names", "manifest", "listing", "file-hashes", "trust-form", "trust-signatures", "trust-pinned"]
CHAIN += ["manifest-signature", "checkpoints", "settled", "tiles", "roots"]
FULL = ["envelopes", "headers", "signatures", "duplicates", "feeds", "references", "bodies"]
FULL += ["countersignatures"]

class Bundle:
    """A bundle and its checks. A file is compared with the manifest whenever it is read."""

    def __init__(self, root: Path, pins: Pins, *, full: bool) -> None:
        self.root, self.full, self.report = root, full, Report(CHAIN + FULL)
        self.counts, self.warnings = Counter(files=0, logs=0, records=0, bodies=0, checkpoints=0), list[str]()
        self.files, self.unread, self.known = dict[str, bool](), set[str](), dict[str, tuple[int, str]]()
        self.heads, self.notes = dict[str, Checkpoint](), dict[str, tuple[str, Checkpoint]]()
        self.claims, self.owner = dict[str, str](), dict[bytes, str]()
        start = {"seq": -1, "last": None, "claim": "", "floor": "", "gap": False}
        self.feeds = defaultdict[str, Any](lambda: SimpleNamespace(**start))
        self.pending = list[tuple[bytes, str, int, str]]()
        self.trust: Trust | None = None
        self.check_names()
        manifest = self.check_manifest()
        with self.report.rule("trust-form", "trust/trust.json"):
            self.trust = Trust(self.read("trust/trust.json"))
            self.trust.check(self.report, "trust/trust.json", pins)
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
                        cap = next(size for start, size in CAPS if path.startswith(start))
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
            payload, self.signed, self.signatures = open_envelope(self.read("bundle.json"), b"manifest")
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
    def check_logs(self, trust: Trust, manifest: dict[str, Any]) -> None:
        """Check who signed the manifest, and all logs."""
        report, heads = self.report, self.heads
        if manifest:
            with report.rule("manifest-signature", "bundle.json"):
                (keyid, signature), sender, treaty = self.signatures[0], manifest["from"], manifest["treaty"]
                need((keyid, sender) in trust.authors, f"the signer is no author key of {sender}", keyid)
                strict_verify(trust.authors[keyid, sender].public, signature, self.signed)
                need(treaty == trust.treaty, "the manifest names another treaty", treaty)
        known = {f"{top}/{log.folder}" for log in trust.logs for top in ("logs", "bodies")}
        here = {found[0] for path in self.files if (found := re.match("(logs|bodies)/[^/]+", path))}
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
        for ref, file, index, signer in self.pending:
            which, own = f"entry {index}: the record {ref.hex()}", signer and self.owner.get(ref) == signer
            report.need(ref in self.owner, "references", file, f"{which} in refs is not in this bundle")
            report.need(not own, "countersignatures", file, f"{which} is the signer's own")
        self.counts["logs"], self.counts["records"] = len(trust.logs), sum(heads[g.party].size for g in whole)
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
        for side in trust.sides if log.party in self.heads else ():
            signed = log.party in side or self.heads[log.party].cosigned.keys() & set(side)
            rule = f"no cosignature of the side {', '.join(side)}, which the policy asks for"
            self.report.need(signed, "settled", newest, rule)
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
                    payload, *_ = open_envelope(entries[first - 1] if self.full else b"", b"header")
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
        packs, index = {path for path in self.files if path.startswith(f"bodies/{log.folder}/")}, 0
        for name, width in tiles(size):
            openings = [b""] * width
            if (pack := f"bodies/{log.folder}/{name}") in packs:
                packs.remove(pack)
                with self.report.rule("bodies", pack):
                    openings = split_items(self.read(pack), width, 4)
                    need(any(openings), "the pack holds no opening")
            with self.report.rule("envelopes", file := f"logs/{log.folder}/tile/entries/{name}"):
                for opening, entry in zip(openings, split_items(self.read(file), width, 2), strict=True):
                    while self.limits[-1][0] <= index:
                        self.limits.pop()
                    self.check_record(log, trust, (file, index), entry, opening)
                    index += 1
        for pack in sorted(packs):
            self.report.need(False, "bodies", pack, "it stands beside no entry tile of its name and width")
    def check_record(self, log: Any, trust: Trust, at: tuple[str, int], entry: bytes, opening: bytes) -> None:
        """Check a record, which stands at a place (file and index), and its opening if that is here."""
        report, (file, index), header = self.report, at, dict[str, Any]()
        which, statement, signer = f"entry {index}: ", dict[str, str](), ""
        with report.rule("envelopes", file, which):
            need(len(entry) <= 60_000, "the envelope is larger than 60,000 bytes", len(entry))
            payload, signed, signatures = open_envelope(entry, b"header")
            with report.rule("headers", file, which):
                header = check_header(payload, trust.treaty, log.party)
        if not header:
            report.cut |= {*FULL[1:]}
            return
        (keyid, signature), refs = signatures[0], header["refs"]
        with report.rule("signatures", file, which):
            need((keyid, log.party) in trust.authors, f"the key is no author key of {log.party}", keyid)
            same = header["feed"] == trust.keys[keyid].feed
            report.need(same, "feeds", file, f"{which}the feed is not that of the key")
            strict_verify(trust.keys[keyid].public, signature, signed)
        record = sha256(b"counterseal/record/v1\0" + signed).digest()
        if record in self.owner:
            report.need(False, "duplicates", file, f"{which}the record {record.hex()} stands twice")
            return
        self.owner[record] = log.party
        self.check_feed(header, record.hex(), file, which)
        for name in header["not_before"]:
            report.need(name in self.notes, "references", file, f"{which}the checkpoint {name} is not here")
        if opening:
            self.counts["bodies"] += 1
            with report.rule("bodies", file, which):
                statement = check_opening(opening, header["body"])
        if statement and header["kind"] == "countersignature":
            signer = log.party
            with report.rule("countersignatures", file, which):
                value = {name: json.loads(text) for name, text in statement.items()}
                conform(value, COUNTERSIGNATURE, "countersignature")
                reason = value["note"] or value["meaning"] in {"received", "agreed"}
                need(reason, "a reservation or objection has no note", value["meaning"])
                need(refs == [value["record"]], "refs is not exactly the record that is countersigned", refs)
        pending = [(bytes.fromhex(ref), file, index, signer) for ref in refs]
        self.pending += [one for one in pending if signer or one[0] not in self.owner]
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
FORK_TYPE = b'"type":"counterseal/fork-proof/v1"'
FORK_CHECKS = ["form", "trust-form", "trust-signatures", "trust-pinned", "signatures", "fork"]
FORK |= {"prefix_root": HEX32, "second": TEXT, "trust": TEXT, "type": '"counterseal/fork-proof/v1"'}
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
    report, trust, proof, proven = Report(FORK_CHECKS), None, dict[str, Any](), False
    with report.rule("form", path):
        checked = canonical(data, "the fork proof")
        conform(checked, FORK, "fork proof")
        one, other = (Checkpoint(checked[name].encode(), path) for name in ("first", "second"))
        proof = checked
    if proof:
        with report.rule("trust-form", path):
            trust = Trust(proof["trust"].encode())
            trust.check(report, path, pins)
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
    yield ", ".join(f"{count} {what}" for what, count in result.get("counts", {}).items())
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
        elif root.is_file() and root.stat().st_size < 2**26 and FORK_TYPE in (data := root.read_bytes()):
            result = check_fork(options.bundle, data, pins)
    if not result:
        print("verify_bundle: the path is neither a bundle nor a fork proof", file=sys.stderr)
        return 3
    text = ("".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in line) for line in as_text(result))
    print(json.dumps(result) if options.json else "\n".join(text))
    return 0 if result["verified"] else 1
if __name__ == "__main__":
    sys.exit(main())
