"""What must be refused. Root signatures, pins, and who signed the manifest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from verifier.builder import (
    MANIFEST,
    TRUST,
    Signer,
    World,
    b64,
    canon,
    envelope,
    pae,
    small_world,
    write,
)
from verifier.casebook import (
    WORLD,
    P,
    case,
    plus_order,
    setter,
)


def roots_case(name: str, rule: str, change: Callable[[list[dict[str, str]], World, bytes], Any]) -> None:
    def make() -> Any:
        world = small_world()
        payload = canon(world.trust_doc())
        signatures = [
            {"keyid": root.id, "sig": b64(root.sign(pae(TRUST, payload)))}
            for root in sorted((party.root for party in world.parties.values()), key=lambda root: root.id)
        ]
        signatures = change(signatures, world, payload) or signatures
        data = canon({"payload": b64(payload), "payloadType": TRUST, "signatures": signatures})
        return world.files(lambda files: files.update({"trust/trust.json": data}))

    case(f"roots: {name}", "trust-signatures", rule)(make)


roots_case("one missing", "is missing", lambda signatures, *_: signatures[:1])


roots_case("out of order", "root signatures are unsorted", lambda signatures, *_: signatures[::-1])


roots_case("one twice", "root signatures are unsorted or twice", lambda s, *_: [s[0], *s])


roots_case("one changed", "the Ed25519 signature does not verify", lambda s, *_: s[0].update(sig=s[1]["sig"]))


roots_case(
    "one short", "the Ed25519 signature is not 64 bytes", lambda s, *_: s[0].update(sig=b64(bytes(63)))
)


roots_case(
    "one of a stranger",
    "the key is the root of no party",
    lambda s, world, payload: sorted(
        [*s, {"keyid": Signer("x").id, "sig": b64(Signer("x").sign(pae(TRUST, payload)))}],
        key=lambda one: str(one["keyid"]),
    ),
)


def strict_case(name: str, rule: str, change: Callable[[bytes], bytes]) -> None:
    roots_case(
        f"strict rule, {name}",
        rule,
        lambda s, world, payload: [
            {"keyid": one["keyid"], "sig": b64(change(_sign(world, one["keyid"], payload)))} for one in s
        ],
    )


def _sign(world: World, keyid: str, payload: bytes) -> bytes:
    root = next(party.root for party in world.parties.values() if party.root.id == keyid)
    return root.sign(pae(TRUST, payload))


strict_case("S not reduced", "S of the signature is not below the group order", plus_order)


strict_case(
    "R of small order",
    "R of the signature is a point of small order",
    lambda s: (1).to_bytes(32, "little") + s[32:],
)


strict_case(
    "R not reduced",
    "R of the signature is not in its only encoding",
    lambda s: (P + 3).to_bytes(32, "little") + s[32:],
)


def key_case(name: str, rule: str, public: int) -> None:
    """A root key of a party that no honest party has."""

    def make() -> Any:
        world = small_world()
        root = world.parties["RU"].root
        root.public = public.to_bytes(32, "little")
        root.id = small_world().parties["RU"].root.id
        from verifier.builder import dom  # noqa: PLC0415

        root.id = dom("counterseal/key/v1", b"ed25519", root.public).hex()
        return world.files()

    case(f"roots: {name}", "trust-form", f"the public key {rule}")(make)


key_case("a key of small order", "is a point of small order", 0)


key_case("a key of small order, sign bit set", "is a point of small order", 1 + 2**255)


key_case("a key not reduced", "is not in its only encoding", P + 3)


def pin_case(name: str, rule: str, pin: Callable[[Path], str]) -> None:
    def make(folder: Path) -> list[str]:
        return [str(write(folder / "bundle", small_world().files())), "--trust", pin(folder)]

    case(f"pin: {name}", "trust-pinned", rule)(make)


def pin_file(folder: Path, data: bytes) -> str:
    (folder / "pin.json").write_bytes(data)
    return str(folder / "pin.json")


pin_case("another fingerprint", "is not the one with the pinned fingerprint", lambda _: "0" * 64)


pin_case(
    "another trust file",
    "the trust file is not the one given",
    lambda f: pin_file(f, World(seed="x").trust()),
)


pin_case("no trust file", "the payload type is not", lambda f: pin_file(f, World().files()["bundle.json"]))


pin_case("any bytes", "it is not an envelope", lambda f: pin_file(f, b"\xff\x00"))


pin_case(
    "a trust file without a root signature",
    "is missing",
    lambda f: pin_file(f, envelope(TRUST, canon(World().trust_doc()), [World().parties["RU"].root])),
)


@case(
    "everything made again with other root keys", "trust-pinned", "is not the one with the pinned fingerprint"
)
def _(folder: Path) -> list[str]:
    world = World(seed="other")
    world.fill("US", 3)
    return [str(write(folder / "bundle", world.files())), "--trust", small_world().trust_fingerprint()]


def sender_case(name: str, rule: str, **edits: Any) -> None:
    case(f"sender: {name}", "manifest-signature", rule)(lambda: small_world().files(**edits))


sender_case("another party", "the signer is no author key of RU", signer=WORLD.parties["US"].author)


sender_case("a witness key", "the signer is no author key of RU", signer=WORLD.parties["RU"].witness)


sender_case("a root key", "the signer is no author key of RU", signer=WORLD.parties["RU"].root)


sender_case("a stranger", "the signer is no author key of RU", signer=Signer("x"))


sender_case(
    "of a party that is not there", "the signer is no author key of ZZ", manifest=setter("from", "ZZ")
)


sender_case("another treaty", "the manifest names another treaty", manifest=setter("treaty", "other"))


@case("sender: a changed manifest", "manifest-signature", "the Ed25519 signature does not verify")
def _() -> Any:
    world = small_world()
    files = world.files()
    payload = canon(
        world.manifest_doc({p: d for p, d in files.items() if p != "bundle.json"}) | {"sequence": 1}
    )
    signature = files["bundle.json"].split(b'"signatures":')[1]
    head = canon({"payload": b64(payload), "payloadType": MANIFEST})[:-1]
    return files | {"bundle.json": head + b',"signatures":' + signature}
