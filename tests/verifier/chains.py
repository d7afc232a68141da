"""Worlds under a chain of trust files (version 2) for the tests of the second verifier, from formats.md alone.

A `ChainWorld` makes every document when it is asked for, so that ids are known at once; what a corrupt party could
write is done by `edits`: {"trust/2": edit of the document, "US/1": of a key file, "US/1 signatures": of its signatures}.
ML-DSA signatures are random, and dear: each is made once and kept.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA65PrivateKey

from verifier.builder import (
    Party,
    Signer,
    World,
    b64,
    body_of,
    canon,
    chunks,
    cosign_line,
    dom,
    leaf,
    log_line,
    note_line,
    note_text,
    pae,
    record_id,
    root_of,
    sha,
)

TRUST2 = "application/vnd.counterseal.trust.v2+json"
KEYS = "application/vnd.counterseal.keys.v1+json"
ALGORITHMS = {
    "author": ("ed25519",),
    "log": ("ed25519", "ml-dsa-44"),
    "witness": ("ed25519", "ml-dsa-44"),
    "seal": ("mlkem768-x25519",),
}
Edits = Mapping[str, Callable[[Any], Any]]


MlKind = type[MLDSA44PrivateKey] | type[MLDSA65PrivateKey]


@functools.cache
def ml_pair(seed: str, kind: MlKind) -> tuple[MLDSA44PrivateKey | MLDSA65PrivateKey, bytes]:
    private = kind.from_seed_bytes(sha(seed.encode()))
    return private, private.public_key().public_bytes_raw()


@functools.lru_cache(20_000)
def ml_signature(seed: str, kind: MlKind, message: bytes) -> bytes:
    return ml_pair(seed, kind)[0].sign(message)


class MlSigner:
    """An ML-DSA key made from a seed."""

    def __init__(self, seed: str, kind: MlKind) -> None:
        self.seed = self.name = seed
        self.kind = kind
        self.public = ml_pair(seed, kind)[1]

    def sign(self, message: bytes) -> bytes:
        return ml_signature(self.seed, self.kind, message)


class Root:
    """A root of suite R2."""

    def __init__(self, name: str) -> None:
        self.ed25519, self.ml_dsa = Signer(f"{name} ed25519"), MlSigner(f"{name} ml-dsa", MLDSA65PrivateKey)
        self.id = dom("counterseal/root/v2", self.ed25519.public, self.ml_dsa.public).hex()

    def sign(self, message: bytes) -> bytes:
        return self.ed25519.sign(message) + self.ml_dsa.sign(message)

    @property
    def doc(self) -> dict[str, str]:
        public = self.ml_dsa.public.hex()
        return {"alg": "r2", "ed25519": self.ed25519.public.hex(), "id": self.id, "ml_dsa_65": public}


class Key:
    """A working key of any algorithm, made from a seed text."""

    def __init__(self, seed: str, name: str, role: str, alg: str) -> None:
        self.name, self.role, self.alg = name, role, alg
        self.signer: Any = None
        if alg == "ed25519":
            self.signer = Signer(seed)
        elif alg == "ml-dsa-44":
            self.signer = MlSigner(seed, MLDSA44PrivateKey)
        self.public = self.signer.public if self.signer else (sha(seed.encode()) * 38)
        if self.signer:
            self.signer.name = name
        self.id = dom("counterseal/key/v1", alg.encode(), self.public).hex()

    @property
    def doc(self) -> dict[str, str]:
        public = self.public.hex()
        return {"alg": self.alg, "id": self.id, "name": self.name, "public": public, "role": self.role}


@dataclass
class File:
    """A trust file or key file that was made."""

    doc: Any
    data: bytes
    id: str
    keys: list[Key]
    roots: dict[str, list[Root]]


def ml_line(key: Key, text: bytes, time: int, name: str = "") -> bytes:
    """Return an ML-DSA-44 line in the form of section 7.3."""
    origin, size, root = text.split(b"\n")[:3]
    import base64  # noqa: PLC0415

    who = (name or key.name).encode()
    tree = bytes(8) + int(size).to_bytes(8, "big") + base64.b64decode(root)
    message = b"subtree/v1\n\x00" + bytes([len(who)]) + who + time.to_bytes(8, "big")
    message += bytes([len(origin)]) + origin + tree
    return note_line(key.name, 6, key.public, time.to_bytes(8, "big") + bytes(key.signer.sign(message)))


class ChainWorld(World):
    """Parties under a chain of trust files, with two roots each, of which `threshold` must sign."""

    def __init__(
        self,
        codes: str = "RU US",
        *,
        seed: str = "c",
        sides: list[tuple[list[str], int]] | None = None,
        threshold: int = 1,
        edits: Edits | None = None,
    ) -> None:
        super().__init__("", seed=seed)
        self.seed, self.threshold = seed, threshold
        self.edits: dict[str, Callable[[Any], Any]] = dict(edits or {})
        self.roots: dict[str, list[Root]] = {}
        self.trusts: list[File] = []
        self.key_files: dict[str, list[File]] = {}
        self.feeds: dict[str, list[str]] = {}
        self.sealed: dict[str, dict[int, bytes]] = {}
        for code in codes.split():
            self.join(code)
        self.add_trust(sides or [([code], 1) for code in codes.split()], log=False)

    def base(self, code: str) -> str:
        return f"{self.seed}.example/{code.lower()}"

    def join(self, code: str) -> None:
        """Make a party with its roots and first key file; the next trust file has it."""
        self.parties[code] = Party(code, self.seed)
        self.parties = dict(sorted(self.parties.items()))
        self.roots[code] = [Root(f"{self.base(code)}/root {n}") for n in range(2)]
        self.key_files[code], self.sealed[code] = [], {}
        keys = [self.key(code, role, alg, 1) for role in ALGORITHMS for alg in ALGORITHMS[role]]
        self.put_keys(code, keys, 0, [])

    def key(self, code: str, role: str, alg: str, version: int) -> Key:
        name = f"{self.base(code)}/{role}"
        return Key(f"{name} {alg} {version}", name, role, alg)

    def get(self, code: str, role: str, alg: str = "ed25519", version: int = 0) -> Key:
        """Return a key of a key file; of the newest one without a version."""
        keys = self.key_files[code][version - 1].keys
        return next(key for key in keys if (key.role, key.alg) == (role, alg))

    # -- documents --

    def edited(self, label: str, doc: Any) -> Any:
        edit = self.edits.get(label)
        return edit(doc) if edit else None

    def sign(self, kind: str, domain: str, label: str, doc: Any, roots: list[Root]) -> tuple[bytes, str]:
        self.edited(label, doc)
        payload = canon(doc)
        signed = pae(kind, payload)
        unique = sorted({root.id: root for root in roots}.items())
        signatures = [{"keyid": keyid, "sig": b64(root.sign(signed))} for keyid, root in unique]
        signatures = self.edited(f"{label} signatures", signatures) or signatures
        data = canon({"payload": b64(payload), "payloadType": kind, "signatures": signatures})
        return data, sha(domain.encode() + b"\x00" + signed).hex()

    def put_keys(self, code: str, keys: list[Key], at: int, retired: list[dict[str, Any]]) -> File:
        files = self.key_files[code]
        doc = {
            "at": at,
            "keys": sorted((key.doc for key in keys), key=lambda key: key["id"]),
            "party": code,
            "previous": files[-1].id if files else None,
            "retired": sorted(retired, key=lambda key: str(key["id"])),
            "treaty": self.treaty,
            "v": 1,
            "version": len(files) + 1,
        }
        roots = self.trusts[-1].roots[code] if files else self.roots[code]
        label = f"{code}/{len(files) + 1}"
        data, name = self.sign(KEYS, "counterseal/key-file/v1", label, doc, roots)
        files.append(File(doc, data, name, keys, {}))
        party = self.parties[code]
        party.author, party.log = self.get(code, "author").signer, self.get(code, "log").signer
        party.witness = self.get(code, "witness").signer
        return files[-1]

    def rotate(
        self,
        code: str,
        roles: str = "author log witness seal",
        *,
        accepted: int | None = None,
        heads: list[dict[str, Any]] | None = None,
        at: int | None = None,
        log: bool = True,
        more: list[Key] | None = None,
        **record: Any,
    ) -> File:
        """Put new keys of some roles in force, with a `keys.change` logged at the very entry."""
        files = self.key_files[code]
        version = len(files) + 1
        keys = [
            self.key(code, key.role, key.alg, version) if key.role in roles.split() else key
            for key in files[-1].keys
        ] + (more or [])
        past = {key.id: key for file in files for key in file.keys}
        retired = [
            {
                "accepted": accepted if key.role == "author" else None,
                "heads": (heads or []) if key.role == "witness" else [],
                "id": key.id,
                "role": key.role,
            }
            for key in past.values()
            if key.id not in {key.id for key in keys}
        ]
        entries = self.parties[code].entries
        file = self.put_keys(code, keys, len(entries) if at is None else at, retired)
        if log:
            statement = {"id": file.id, "party": code, "version": version}
            self.add(code, statement | record.pop("statement", {}), **({"kind": "keys.change"} | record))
        return file

    def add_trust(
        self,
        sides: list[tuple[list[str], int]] | None = None,
        *,
        log: bool = True,
        via: str = "",
        statement: dict[str, Any] | None = None,
    ) -> File:
        """Make the next trust file, with the roots and key files of now; say so in a log."""
        last = self.trusts[-1] if self.trusts else None
        if sides is None:
            assert last
            rule: list[Any] = last.doc["policy"]["sides"]
        else:
            rule = [{"parties": codes, "threshold": threshold} for codes, threshold in sides]
        parties = [
            {
                "code": code,
                "keys": {"id": self.key_files[code][-1].id, "version": len(self.key_files[code])},
                "kind": party.kind,
                "log": f"{self.base(code)}/log",
                "name": f"Party {code}",
                "roots": sorted((root.doc for root in self.roots[code]), key=lambda root: root["id"]),
                "threshold": self.threshold,
            }
            for code, party in self.parties.items()
        ]
        version = len(self.trusts) + 1
        doc = {
            "parties": parties,
            "policy": {"rule": "every-side", "sides": rule},
            "previous": last.id if last else None,
            "treaty": self.treaty,
            "v": 2,
            "version": version,
        }
        now = {code: list(roots) for code, roots in self.roots.items()}
        signers = [
            root for roots in [*now.values(), *(last.roots.values() if last else ())] for root in roots
        ]
        data, name = self.sign(TRUST2, "counterseal/trust-file/v2", f"trust/{version}", doc, signers)
        self.trusts.append(File(doc, data, name, [], now))
        if log:
            said = {"id": name, "version": version} | (statement or {})
            self.add(via or next(iter(self.parties)), said, kind="trust.change")
        return self.trusts[-1]

    def root_fingerprint(self, code: str, version: int = 0) -> str:
        file = self.trusts[version - 1]
        party = next(party for party in file.doc["parties"] if party["code"] == code)
        ids = sorted(bytes.fromhex(root["id"]) for root in party["roots"])
        parts = [self.treaty.encode(), code.encode(), str(party["threshold"]).encode(), *ids]
        return dom("counterseal/party/v2", *parts).hex()

    def chain_fingerprint(self, version: int = 0) -> str:
        codes = [party["code"] for party in self.trusts[version - 1].doc["parties"]]
        pairs = [(code.encode(), bytes.fromhex(self.root_fingerprint(code, version))) for code in codes]
        return dom("counterseal/trust/v2", self.treaty.encode(), *(p for pair in pairs for p in pair)).hex()

    def chain_files(self) -> dict[str, bytes]:
        files = {f"trust/history/{n}.json": file.data for n, file in enumerate(self.trusts[:-1], 1)}
        for code, keys in self.key_files.items():
            files |= {f"trust/keys/{code.lower()}/{n}.json": file.data for n, file in enumerate(keys, 1)}
        return files

    def trust(self, edit: Callable[[dict[str, Any]], Any] | None = None) -> bytes:
        assert edit is None, "a chain is edited where it is made"
        return self.trusts[-1].data

    # -- records --

    def header(self, code: str, parts: list[list[str]], **changes: Any) -> dict[str, Any]:
        author = self.parties[code].author
        ids = self.feeds.setdefault(author.id, [])
        place = {"seq": len(ids), "prev": ids[-1] if ids else None}
        moment = f"2020-01-01T00:{len(self.parties[code].entries):02d}:00Z"
        return super().header(code, parts, **({"claimed_time": moment} | place | changes))

    def log(self, code: str, data: bytes, name: str, opening: bytes = b"") -> str:
        self.feeds.setdefault(self.parties[code].author.id, []).append(name)
        return super().log(code, data, name, opening)

    def seal(
        self, code: str, parts: list[list[str]], audience: list[str], edit: Any = None, **more: Any
    ) -> str:
        """Log a record whose body is here only sealed to those of its audience that are parties."""
        body = body_of(parts)
        due = 1120 + 2 * body["size_class"] + 80 * body["parts"] + 32 + 16
        texts = [b"s" * due if reader in self.parties else b"" for reader in audience]
        texts = (edit(texts) if edit else None) or texts
        sealed = b"".join(len(text).to_bytes(4, "big") + text for text in texts)
        self.sealed[code][len(self.parties[code].entries)] = sealed
        return self.add(code, parts=parts, audience=audience, **({"opened": False} | more))

    # -- checkpoints and files --

    def log_keys(self, code: str, size: int) -> list[Key]:
        files = [file for file in self.key_files[code] if int(file.doc["at"]) <= size - 1] if size else []
        keys = (files or self.key_files[code][:1])[-1].keys
        return [key for key in keys if key.role == "log"]

    def log_lines(self, code: str, text: bytes) -> bytes:
        ed25519, ml_dsa = self.log_keys(code, int(text.split(b"\n")[1]))
        return log_line(ed25519.signer, text) + ml_line(ml_dsa, text, 0)

    def cosign_lines(self, code: str, text: bytes, time: int, version: int = 0) -> bytes:
        line = cosign_line(self.get(code, "witness", version=version).signer, text, time)
        return line + ml_line(self.get(code, "witness", "ml-dsa-44", version), text, time)

    def note(
        self,
        code: str,
        size: int | None = None,
        *,
        time: int | None = None,
        versions: dict[str, int] | None = None,
    ) -> bytes:
        """Return a checkpoint, cosigned by all others with the witness keys of these versions of their key files."""
        text = self.text(code, size)
        lines = [self.log_lines(code, text)]
        for other in self.parties:
            if other != code:
                version = (versions or {}).get(other, 0)
                lines.append(self.cosign_lines(other, text, time or self.time, version))
        return text + b"\n" + b"".join(lines)

    def log_files(self, code: str) -> dict[str, bytes]:
        party, files = self.parties[code], super().log_files(code)
        bodies = [self.sealed[code].get(n, b"") for n in range(len(party.entries))]
        for name, pack in chunks(bodies):
            if any(pack):
                data = b"".join(len(body).to_bytes(4, "big") + body for body in pack)
                files[f"sealed/{party.folder}/{name}"] = data
        return files

    def files(
        self,
        edit: Callable[[dict[str, bytes]], Any] | None = None,
        manifest: Callable[[dict[str, Any]], Any] | None = None,
        signer: Signer | None = None,
        trust: Callable[[dict[str, Any]], Any] | None = None,
    ) -> dict[str, bytes]:
        def both(files: dict[str, bytes]) -> None:
            files |= self.chain_files()
            if edit:
                edit(files)

        return super().files(both, manifest, signer, trust)


def chain_world(**more: Any) -> ChainWorld:
    """Return a small world under one trust file of version 2."""
    world = ChainWorld(**more)
    world.fill("US", 3)
    seen = world.checkpoint("US", 1_590_000_000)
    world.fill("RU", 2)
    world.countersign("RU", world.parties["US"].ids[0], not_before=[seen])
    world.countersign("US", world.parties["RU"].ids[0])
    return world


class SharedKeys(ChainWorld):
    """A world whose parties list the same log, witness and seal keys, each under its own names."""

    def key(self, code: str, role: str, alg: str, version: int) -> Key:
        whose = code if role == "author" else "all"
        return Key(f"{whose} {role} {alg} {version}", f"{self.base(code)}/{role}", role, alg)


def long_world(edits: Edits | None = None) -> ChainWorld:
    """Return a world in which everything changed once: all keys of US, a new party, and roots of RU."""
    world = chain_world(edits=edits)
    world.rotate("US")
    world.fill("US", 6)
    world.join("AUD")
    world.roots["RU"] = [world.roots["RU"][0], Root("another root of RU")]
    world.add_trust([(["AUD"], 1), (["RU"], 1), (["US"], 1)])
    world.fill("AUD", 2)
    return world


def fork_proof2(
    world: ChainWorld, code: str, first: int, other: list[bytes], **changes: Any
) -> dict[str, Any]:
    """Return a fork proof under a chain of trust files."""
    from verifier.builder import consistency  # noqa: PLC0415

    origin = f"{world.base(code)}/log"
    mine = root_of([leaf(entry) for entry in world.parties[code].entries[:first]])
    leaves = [leaf(entry) for entry in other]
    one, two = note_text(origin, first, mine), note_text(origin, len(other), root_of(leaves))
    proof = consistency(first, leaves) if 0 < first < len(leaves) else []
    keys = [file for code in sorted(world.key_files) for file in world.key_files[code]]
    return {
        "consistency": [node.hex() for node in proof],
        "first": (one + b"\n" + world.log_lines(code, one)).decode(),
        "origin": origin,
        "prefix_root": root_of(leaves[:first]).hex(),
        "second": (two + b"\n" + world.log_lines(code, two)).decode(),
        "trust": [file.data.decode() for file in [*world.trusts, *keys]],
        "type": "counterseal/fork-proof/v2",
    } | changes


__all__ = ["ChainWorld", "chain_world", "fork_proof2", "long_world", "record_id"]
