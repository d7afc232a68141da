"""A small builder of bundles for the tests of the second verifier, written from docs/reference/formats.md alone.

Everything is deterministic: keys come from their names. A `World` holds parties and their logs; `world.files()`
gives a bundle as {path: bytes}. Whatever a corrupt party could do is done through the edits that `files` takes.
"""

import base64
import contextlib
import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HEADER = "application/vnd.counterseal.header.v1+json"
TRUST = "application/vnd.counterseal.trust.v1+json"
MANIFEST = "application/vnd.counterseal.manifest.v1+json"
TREATY = "example-treaty"
ROLES = ("author", "log", "witness")


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def lp(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def dom(name: str, *parts: bytes) -> bytes:
    return sha(name.encode() + b"\x00" + b"".join(lp(part) for part in parts))


def canon(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@functools.cache
def ed25519_pair(seed: str) -> tuple[Ed25519PrivateKey, bytes]:
    private = Ed25519PrivateKey.from_private_bytes(sha(seed.encode()))
    return private, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@functools.lru_cache(100_000)
def ed25519_signature(seed: str, message: bytes) -> bytes:
    return ed25519_pair(seed)[0].sign(message)


class Signer:
    """A key made from a seed; what it signed once is not signed again."""

    def __init__(self, seed: str) -> None:
        self.seed = self.name = seed
        self.public = ed25519_pair(seed)[1]
        self.id = dom("counterseal/key/v1", b"ed25519", self.public).hex()

    def sign(self, message: bytes) -> bytes:
        return ed25519_signature(self.seed, message)


def pae(kind: str, payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def envelope(kind: str, payload: bytes, signers: list[Signer]) -> bytes:
    signatures = [{"keyid": s.id, "sig": b64(s.sign(pae(kind, payload)))} for s in signers]
    return canon({"payload": b64(payload), "payloadType": kind, "signatures": signatures})


def record_id(header: bytes) -> str:
    return sha(b"counterseal/record/v1\x00" + pae(HEADER, header)).hex()


# ---- RFC 6962, by its recursive definitions ----


def leaf(data: bytes) -> bytes:
    return sha(b"\x00" + data)


def split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha(b"\x01" + root_of(leaves[:k]) + root_of(leaves[k:]))


def consistency(first: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [root_of(leaves)]
    k = split(len(leaves))
    if first <= k:
        return [*consistency(first, leaves[:k], whole=whole), root_of(leaves[k:])]
    return [*consistency(first - k, leaves[k:], whole=False), root_of(leaves[:k])]


# ---- tiles ----


def tile_name(index: int, width: int) -> str:
    groups: list[str] = []
    while True:
        groups.insert(0, f"{index % 1000:03d}")
        index //= 1000
        if not index:
            break
    path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return path if width == 256 else f"{path}.p/{width}"


def chunks(items: list[bytes]) -> list[tuple[str, list[bytes]]]:
    parts = [items[at : at + 256] for at in range(0, len(items), 256)]
    return [(tile_name(index, len(part)), part) for index, part in enumerate(parts)]


def tile_files(entries: list[bytes]) -> dict[str, bytes]:
    files = {}
    for name, part in chunks(entries):
        files[f"entries/{name}"] = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
    level, hashes = 0, [leaf(entry) for entry in entries]
    while hashes:
        for name, part in chunks(hashes):
            files[f"{level}/{name}"] = b"".join(part)
        hashes = [root_of(part) for _, part in chunks(hashes) if len(part) == 256]
        level += 1
    return files


# ---- bodies ----


def part_leaf(name: str, value: str, salt: bytes) -> bytes:
    return sha(b"\x00part/v1" + lp(name.encode()) + lp(value.encode()) + salt)


def make_parts(statement: dict[str, Any], seed: str = "") -> list[list[str]]:
    parts = [[name, canon(value).decode(), ""] for name, value in sorted(statement.items())]
    while len(parts) & (len(parts) - 1):
        parts.append(["", "", ""])
    for place, part in enumerate(parts):
        part[2] = sha(f"salt {seed} {place}".encode()).hex()
    return parts


def body_of(parts: list[list[str]]) -> dict[str, Any]:
    size = sum(len(name.encode()) + len(value.encode()) for name, value, _ in parts)
    size_class = 1024
    while size_class < size:
        size_class *= 2
    commit = root_of([part_leaf(name, value, bytes.fromhex(salt)) for name, value, salt in parts])
    return {"commit": commit.hex(), "parts": len(parts), "size_class": size_class}


def opening_of(parts: list[list[str]]) -> bytes:
    return canon({"parts": parts, "v": 1})


# ---- notes ----


def note_text(origin: str, size: int, root: bytes) -> bytes:
    return f"{origin}\n{size}\n{b64(root)}\n".encode()


def checkpoint_id(text: bytes) -> str:
    return dom("counterseal/checkpoint/v1", text).hex()


def note_line(name: str, kind: int, public: bytes, signature: bytes) -> bytes:
    key_hash = sha(name.encode() + b"\n" + bytes([kind]) + public)[:4]
    return f"— {name} {b64(key_hash + signature)}\n".encode()


def log_line(log: Signer, text: bytes) -> bytes:
    return note_line(log.name, 1, log.public, log.sign(text))


def cosign_line(witness: Signer, text: bytes, time: int) -> bytes:
    message = b"cosignature/v1\ntime %d\n" % time + text
    return note_line(witness.name, 4, witness.public, time.to_bytes(8, "big") + witness.sign(message))


@dataclass
class Party:
    """A party, its keys, and what it logged: entries, openings (b"" where not in the bundle), sizes of checkpoints."""

    code: str
    world: str
    kind: str = "state"
    entries: list[bytes] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    openings: list[bytes] = field(default_factory=list)
    earlier: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        base = f"{self.world}.example/{self.code.lower()}"
        self.root = Signer(f"{base}/root")
        self.author = Signer(f"{base}/author")
        self.log = Signer(f"{base}/log")
        self.witness = Signer(f"{base}/witness")
        self.folder = sha(self.log.name.encode()).hex()

    @property
    def place(self) -> str:
        return f"logs/{self.folder}"

    def signer(self, role: str) -> Signer:
        return {"author": self.author, "log": self.log, "witness": self.witness}[role]


class World:
    """Parties under one trust file."""

    def __init__(self, codes: str = "RU US", sides: list[list[str]] | None = None, seed: str = "w") -> None:
        self.parties = {code: Party(code, seed) for code in sorted(codes.split())}
        self.sides = sides or [[code] for code in self.parties]
        self.treaty = TREATY
        self.time = 1_600_000_000
        self.trust_keys: list[tuple[Party, str, Signer]] = []

    # -- records --

    def header(self, code: str, parts: list[list[str]], **changes: Any) -> dict[str, Any]:
        """Return the next header of a party, changed as asked."""
        party = self.parties[code]
        seq = len(party.entries)
        return {
            "alg": "S1",
            "audience": ["public"],
            "author": code,
            "body": body_of(parts),
            "claimed_time": f"2020-01-01T{seq // 3600 % 24:02d}:{seq // 60 % 60:02d}:{seq % 60:02d}Z",
            "feed": dom(
                "counterseal/feed/v1", self.treaty.encode(), code.encode(), party.author.public
            ).hex(),
            "kind": "declaration.baseline",
            "not_before": [],
            "prev": party.ids[-1] if party.ids else None,
            "refs": [],
            "seq": seq,
            "treaty": self.treaty,
            "v": 1,
        } | changes

    def add(
        self,
        code: str,
        statement: dict[str, Any] | None = None,
        *,
        opened: bool = True,
        opening: bytes | None = None,
        entry: Callable[[bytes, Signer], bytes] | None = None,
        signer: Signer | None = None,
        parts: list[list[str]] | None = None,
        header: bytes | None = None,
        **changes: Any,
    ) -> str:
        """Log a record of a party and return its id; every byte of it can be given instead of made."""
        party = self.parties[code]
        made = parts or make_parts(
            statement or {"count": len(party.entries), "site": "A"}, f"{code}{len(party.entries)}"
        )
        payload = header if header is not None else canon(self.header(code, made, **changes))
        signer = signer or party.author
        data = entry(payload, signer) if entry else envelope(HEADER, payload, [signer])
        return self.log(
            code,
            data,
            record_id(payload),
            (opening_of(made) if opening is None else opening) if opened else b"",
        )

    def log(self, code: str, data: bytes, name: str, opening: bytes = b"") -> str:
        """Log an entry as it stands."""
        party = self.parties[code]
        party.entries.append(data)
        party.ids.append(name)
        party.openings.append(opening)
        return name

    def countersign(
        self, code: str, record: str, meaning: str = "received", note: str | None = None, **more: Any
    ) -> str:
        statement = {"meaning": meaning, "note": note, "record": record} | more.pop("statement", {})
        return self.add(code, statement, **({"kind": "countersignature", "refs": [record]} | more))

    def fill(self, code: str, count: int) -> None:
        """Log records until there are so many."""
        while len(self.parties[code].entries) < count:
            self.add(code, opened=len(self.parties[code].entries) % 7 == 0)

    # -- checkpoints --

    def text(self, code: str, size: int | None = None) -> bytes:
        party = self.parties[code]
        entries = party.entries[:size]
        return note_text(party.log.name, len(entries), root_of([leaf(entry) for entry in entries]))

    def note(self, code: str, size: int | None = None, *, time: int | None = None) -> bytes:
        """Return a checkpoint of a log, cosigned by the witnesses of all other parties."""
        text = self.text(code, size)
        lines = [log_line(self.parties[code].log, text)]
        lines += [
            cosign_line(other.witness, text, time or self.time)
            for other in self.parties.values()
            if other.code != code
        ]
        return text + b"\n" + b"".join(lines)

    def checkpoint(self, code: str, time: int | None = None) -> str:
        """Make the present state of a log one of its earlier checkpoints; return its id."""
        party = self.parties[code]
        party.earlier.append((len(party.entries), time or self.time))
        return checkpoint_id(self.text(code))

    # -- trust file --

    def trust_doc(self) -> dict[str, Any]:
        keys, logs, parties = [], [], []
        for code, party in self.parties.items():
            every = [(role, party.signer(role)) for role in ROLES]
            every += [(role, signer) for owner, role, signer in self.trust_keys if owner is party]
            keys += [
                {
                    "alg": "ed25519",
                    "id": key.id,
                    "name": key.name,
                    "party": code,
                    "public": key.public.hex(),
                    "role": role,
                }
                for role, key in every
            ]
            logs.append({"keyid": party.log.id, "origin": party.log.name, "party": code})
            root = {"alg": "ed25519", "public": party.root.public.hex()}
            parties.append({"code": code, "kind": party.kind, "name": f"Party {code}", "root": root})
        return {
            "keys": sorted(keys, key=lambda key: key["id"]),
            "logs": sorted(logs, key=lambda log: log["origin"]),
            "parties": parties,
            "policy": {"rule": "every-side", "sides": self.sides},
            "previous": None,
            "treaty": self.treaty,
            "v": 1,
            "version": 1,
        }

    def trust(self, edit: Callable[[dict[str, Any]], Any] | None = None) -> bytes:
        doc = self.trust_doc()
        if edit:
            edit(doc)
        return self.sign_trust(canon(doc))

    def sign_trust(self, payload: bytes) -> bytes:
        roots = sorted((party.root for party in self.parties.values()), key=lambda root: root.id)
        return envelope(TRUST, payload, roots)

    def trust_fingerprint(self) -> str:
        parts = [part for code, party in self.parties.items() for part in (code.encode(), party.root.public)]
        return dom("counterseal/trust/v1", self.treaty.encode(), *parts).hex()

    # -- bundle --

    def log_files(self, code: str) -> dict[str, bytes]:
        party = self.parties[code]
        files = {f"{party.place}/checkpoint": self.note(code)}
        for size, time in party.earlier:
            files[f"{party.place}/checkpoints/{size}"] = self.note(code, size, time=time)
        for name, data in tile_files(party.entries).items():
            files[f"{party.place}/tile/{name}"] = data
        for name, pack in chunks(party.openings):
            if any(pack):
                data = b"".join(len(opening).to_bytes(4, "big") + opening for opening in pack)
                files[f"bodies/{party.folder}/{name}"] = data
        return files

    def manifest_doc(self, files: dict[str, bytes]) -> dict[str, Any]:
        heads = []
        for party in self.parties.values():
            lines = files.get(f"{party.place}/checkpoint", b"").split(b"\n")
            with contextlib.suppress(ValueError, IndexError):
                root = base64.b64decode(lines[2]).hex()
                heads.append({"origin": party.log.name, "root": root, "size": int(lines[1])})
        return {
            "created": "2020-02-01T00:00:00Z",
            "files": [
                {"path": path, "sha256": sha(data).hex(), "size": len(data)}
                for path, data in sorted(files.items())
            ],
            "from": next(iter(self.parties)),
            "heads": sorted(heads, key=lambda head: head["origin"]),
            "purpose": "record",
            "sequence": 0,
            "to": ["public"],
            "treaty": self.treaty,
            "v": 1,
        }

    def files(
        self,
        edit: Callable[[dict[str, bytes]], Any] | None = None,
        manifest: Callable[[dict[str, Any]], Any] | None = None,
        signer: Signer | None = None,
        trust: Callable[[dict[str, Any]], Any] | None = None,
    ) -> dict[str, bytes]:
        """Return a bundle; `edit` changes its files before the manifest is made, `manifest` the manifest."""
        files = {"trust/trust.json": self.trust(trust), "view/index.html": b"<p>for people</p>\n"}
        for code in self.parties:
            files |= self.log_files(code)
        if edit:
            edit(files)
        doc = self.manifest_doc(files)
        if manifest:
            manifest(doc)
        sender = self.parties[next(iter(self.parties))].author
        return files | {"bundle.json": envelope(MANIFEST, canon(doc), [signer or sender])}


def write(root: Path, files: dict[str, bytes]) -> Path:
    """Write a bundle into a folder."""
    for folder in sorted({path.rpartition("/")[0] for path in files}):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        (root / path).write_bytes(data)
    return root


def small_world(*, us: int = 3, ru: int = 2) -> World:
    """Return a world whose parties have declared, countersigned and seen each other's checkpoints."""
    world = World()
    world.fill("US", us)
    seen = world.checkpoint("US", 1_590_000_000)
    world.fill("RU", ru)
    world.countersign("RU", world.parties["US"].ids[0], not_before=[seen])
    world.countersign("US", world.parties["RU"].ids[0], "agreed-with-reservation", "the site is B")
    return world


def fork_proof(world: World, code: str, first: int, other: list[bytes], **changes: Any) -> dict[str, Any]:
    """Return a proof that a log, seen at a size, is no prefix of the log with other entries."""
    party = world.parties[code]
    mine = root_of([leaf(entry) for entry in party.entries[:first]])
    leaves = [leaf(entry) for entry in other]
    one, two = note_text(party.log.name, first, mine), note_text(party.log.name, len(other), root_of(leaves))
    proof = consistency(first, leaves) if 0 < first < len(leaves) else []
    return {
        "consistency": [node.hex() for node in proof],
        "first": (one + b"\n" + log_line(party.log, one)).decode(),
        "origin": party.log.name,
        "prefix_root": root_of(leaves[:first]).hex(),
        "second": (two + b"\n" + log_line(party.log, two)).decode(),
        "trust": world.trust().decode(),
        "type": "counterseal/fork-proof/v1",
    } | changes
