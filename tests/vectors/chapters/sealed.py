"""Sealed bodies: really sealed, with the seeds of the seal keys beside them; and packs that are not in form (I12)."""

import json
from collections.abc import Callable
from hashlib import shake_256

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite

from vectors.chapters.chains import ShortChain
from vectors.chapters.sound import plain_world
from vectors.corpus import Files, Made, fail, ok
from verifier.builder import canon, dom, lp, make_parts, opening_of, record_id, sha
from verifier.chains import Key

PARTS = make_parts({"secret": 7, "site": "A", "third": []})
DUE = 1120 + 2 * 1024 + 80 * 4 + 32 + 16
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
Edit = Callable[[list[bytes]], list[bytes] | None]


def seal_publics(seed: bytes) -> tuple[MLKEM768PublicKey, X25519PublicKey]:
    """Return the public keys that grow from X-Wing's 32 bytes."""
    grown = shake_256(seed).digest(96)
    lattice = MLKEM768PrivateKey.from_seed_bytes(grown[:64]).public_key()
    return lattice, X25519PrivateKey.from_private_bytes(grown[64:]).public_key()


class SealedWorld(ShortChain):
    """A chain whose seal keys are real."""

    def key(self, code: str, role: str, alg: str, version: int) -> Key:
        key = super().key(code, role, alg, version)
        if role == "seal":
            lattice, curve = seal_publics(self.seal_seed(code))
            key.public = lattice.public_bytes_raw() + curve.public_bytes_raw()
            key.id = dom("counterseal/key/v1", alg.encode(), key.public).hex()
        return key

    def seal_seed(self, code: str) -> bytes:
        return sha(f"{self.base(code)}/seal".encode())

    def seal_for(self, code: str, audience: list[str]) -> str:
        """Log a record whose body is here only sealed, to those of its audience that are parties."""
        header = canon(self.header(code, PARTS, audience=audience))
        name, opening = record_id(header), opening_of(PARTS)
        filled = lp(opening).ljust(2 * 1024 + 80 * 4 + 32, b"\0")

        def edit(texts: list[bytes]) -> list[bytes]:
            pairs = zip(audience, texts, strict=True)
            return [self.seal_to(reader, name, filled) if text else b"" for reader, text in pairs]

        return self.seal(code, PARTS, audience, edit)

    def seal_to(self, reader: str, record: str, filled: bytes) -> bytes:
        fields = (self.treaty.encode(), record.encode(), reader.encode())
        info = b"counterseal/sealed/v1\0" + b"".join(lp(field) for field in fields)
        public = MLKEM768X25519PublicKey(*seal_publics(self.seal_seed(reader)))
        return SUITE.encrypt(filled, public, info)


def sealed_world(audience: list[str] | None = None, edit: Edit | None = None) -> ShortChain:
    """Return a chain in which US sealed a body that nobody can open, for its length alone."""
    world = ShortChain()
    world.add("US")
    world.seal("US", PARTS, audience or ["RU", "US"], edit)
    return world


@ok(
    "sealed",
    "Two bodies are sealed to their readers, one of whom (a journal) is no party, and one also travels open. The "
    "seeds of the seal keys are in seal-seeds.json, for those who would open them.",
    of="I12 I11",
    section="8.3",
)
def _() -> Made:
    world = SealedWorld()
    world.add("US")
    world.seal_for("US", ["Journal.1", "RU", "US"])
    world.seal_for("US", ["RU"])
    seeds = {code: world.seal_seed(code).hex() for code in world.parties}
    beside = {"seal-seeds.json": (json.dumps(seeds, indent=2, sort_keys=True) + "\n").encode()}
    return Made(bundle=world.files(), beside=beside)


SPOILT: tuple[tuple[str, str, Edit | None, list[str] | None], ...] = (
    (
        "sealed-one-byte-short",
        "A ciphertext is a byte shorter than the header asks.",
        lambda t: [t[0][:-1], t[1]],
        None,
    ),
    (
        "sealed-though-public",
        "A sealed body stands for a record for everybody.",
        lambda t: [b"s" * DUE],
        ["public"],
    ),
    (
        "sealed-to-a-stranger",
        "Something is sealed to a reader that is no party of the trust files.",
        lambda t: [b"s" * DUE, b"s" * DUE],
        ["Journal.1", "RU"],
    ),
)
for _what, _why, _edit, _audience in SPOILT:

    @fail(_what, _why, of="I12", section="8.3", refused=["bodies"])
    def _(edit: Edit | None = _edit, audience: list[str] | None = _audience) -> Files:
        return sealed_world(audience, edit).files()


@fail(
    "sealed-under-version-1",
    "Something is sealed under a trust file of version 1 of the format, which has no seal keys.",
    of="I10",
    section="8.3",
    refused=["bodies"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", parts=PARTS, audience=["RU"], opened=False)
    pack = bytes(16) + lp(lp(b"s" * DUE))
    return world.files(lambda files: files.update({f"sealed/{world.parties['US'].folder}/000.p/5": pack}))
