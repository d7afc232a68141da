"""What must be refused. The chain of trust files (section 6.2), its signatures, its pins and its places."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from verifier.builder import TREATY, b64, canon, envelope, pae, small_world, write
from verifier.casebook import SOMEBODY, Edit, P, case, setter
from verifier.chains import TRUST2, ChainWorld, Root, chain_world, long_world


def trust2_case(name: str, rule: str, edit: Edit, label: str = "trust/1", check: str = "trust-form") -> None:
    """Every party signs a trust file that is not in its form; `trust/2` is that of a world with history."""

    def make() -> Any:
        make_world = chain_world if label in {"trust/1", "trust/1 signatures"} else long_world
        return make_world(edits={label: edit}).files()

    case(f"trust 2: {label}: {name}", check, rule)(make)


for path, value, rule in (
    ("v", 1, "trust file.v is not of the form"),
    ("v", "2", "trust file.v is not of the form"),
    ("version", 0, "trust file.version is not of the form"),
    ("version", None, "trust file.version is not of the form"),
    ("version", 2, "its version is not its place in the chain"),
    ("version", 2**53 - 1, "its version is not its place in the chain"),
    ("previous", SOMEBODY, "previous is not the id of the file before it"),
    ("previous", "", "trust file.previous is not of the form"),
    ("treaty", "Treaty", "trust file.treaty is not of the form"),
    ("more", 1, "trust file has not exactly the members"),
    ("keys", [], "trust file has not exactly the members"),
    ("parties", [], "trust file.parties is too short or too long a list"),
    ("parties", {}, "trust file.parties is not a list"),
    ("parties.0", None, "trust file.parties[0] is not an object"),
    ("parties.0.code", "ZZ", "trust file.parties is not sorted"),
    ("parties.0.code", "US", "trust file.parties has an item twice"),
    ("parties.0.code", "ru", "trust file.parties[0].code is not of the form"),
    ("parties.0.kind", "person", "trust file.parties[0].kind is not of the form"),
    ("parties.0.name", "", "trust file.parties[0].name is not of the form"),
    ("parties.0.name", "x" * 201, "trust file.parties[0].name is not of the form"),
    ("parties.0.root", {}, "trust file.parties[0] has not exactly the members"),
    ("parties.0.log", "a b", "trust file.parties[0].log is not of the form"),
    ("parties.0.log", "c.example/us/log", "the origin of a log begins with the place of another"),
    ("parties.0.log", "c.example/us/other", "the origin of a log begins with the place of another"),
    ("parties.0.log", "c.example/log", "the origin of a log begins with the place of another"),
    ("parties.0.log", "c.example", "the origin of a log has no /"),
    ("parties.0.threshold", 0, "trust file.parties[0].threshold is not of the form"),
    ("parties.0.threshold", 3, "the threshold of RU is above its roots"),
    ("parties.0.threshold", True, "trust file.parties[0].threshold is not of the form"),
    ("parties.0.keys", SOMEBODY, "trust file.parties[0].keys is not an object"),
    ("parties.0.keys.id", SOMEBODY, "the key file of RU that trust file 1 names is not here"),
    ("parties.0.keys.id", "x", "trust file.parties[0].keys.id is not of the form"),
    ("parties.0.keys.version", 0, "trust file.parties[0].keys.version is not of the form"),
    ("parties.0.keys.version", 2, "RU is new and its key file is not version 1"),
    ("parties.0.roots", [], "trust file.parties[0].roots is too short or too long a list"),
    ("parties.0.roots.0.alg", "ed25519", "trust file.parties[0].roots[0].alg is not of the form"),
    ("parties.0.roots.0.id", "0" * 64, "a root's id is not that of its keys"),
    ("parties.0.roots.0.ed25519", SOMEBODY, "a root's id is not that of its keys"),
    ("parties.0.roots.0.ml_dsa_65", "ab" * 1952, "a root's id is not that of its keys"),
    ("parties.0.roots.0.ml_dsa_65", "ab" * 1312, "roots[0].ml_dsa_65 is not of the form"),
    ("parties.0.roots.0.more", 1, "trust file.parties[0].roots[0] has not exactly the members"),
    ("policy.rule", "any", "trust file.policy.rule is not of the form"),
    ("policy.sides", [["RU"], ["US"]], "trust file.policy.sides[0] is not an object"),
    ("policy.sides.0.threshold", 2, "the threshold of a side is above its parties"),
    ("policy.sides.0.threshold", 0, "trust file.policy.sides[0].threshold is not of the form"),
    ("policy.sides.0.parties", [], "trust file.policy.sides[0].parties is too short or too long a list"),
    ("policy.sides.0.parties", ["US"], "the sides name one twice, or one who is no party"),
    ("policy.sides.0.parties", ["GB"], "the sides name one twice, or one who is no party"),
    ("policy.sides.0.parties", ["US", "RU"], "trust file.policy.sides[0].parties is not sorted"),
):
    trust2_case(f"{path} {str(value)[:20]!r} {len(str(value))}", rule, setter(path, value))


def both(doc: Any) -> Any:
    return doc["parties"][0]["roots"], doc["parties"][1]["roots"]


trust2_case(
    "one side", "policy.sides is too short or too long a list", lambda doc: doc["policy"]["sides"].pop()
)
trust2_case(
    "sides out of order",
    "the sides are not sorted by their first",
    lambda doc: doc["policy"]["sides"].reverse(),
)
trust2_case("roots out of order", "roots is not sorted", lambda doc: both(doc)[0].reverse())
trust2_case("a root twice", "roots has an item twice", lambda doc: both(doc)[0].insert(0, both(doc)[0][0]))
trust2_case(
    "17 roots",
    "roots is too short or too long a list",
    lambda doc: doc["parties"][0].update(
        roots=sorted((Root(f"root {n}").doc for n in range(17)), key=lambda root: root["id"])
    ),
)
trust2_case(
    "17 parties",
    "trust file.parties is too short or too long a list",
    lambda doc: doc.update(parties=[doc["parties"][0] | {"code": f"P{n:02d}"} for n in range(17)]),
)
trust2_case(
    "a root of two parties",
    "a key of a root stands twice in the trust file",
    lambda doc: doc["parties"][0].update(roots=both(doc)[1]),
)


def half_shared(half: str) -> Edit:
    """Two roots of which one key is the same."""

    def edit(doc: Any) -> None:
        one, other = Root("one"), Root("other")
        setattr(other, half, getattr(one, half))
        from verifier.builder import dom  # noqa: PLC0415

        other.id = dom("counterseal/root/v2", other.ed25519.public, other.ml_dsa.public).hex()
        doc["parties"][0]["roots"] = sorted([one.doc, other.doc], key=lambda root: root["id"])

    return edit


for half in ("ed25519", "ml_dsa"):
    trust2_case(f"one {half} in two roots", "a key of a root stands twice", half_shared(half))


def weak_root(public: int) -> Edit:
    def edit(doc: Any) -> None:
        root = Root("weak")
        root.ed25519.public = public.to_bytes(32, "little")
        from verifier.builder import dom  # noqa: PLC0415

        root.id = dom("counterseal/root/v2", root.ed25519.public, root.ml_dsa.public).hex()
        doc["parties"][0] |= {"roots": [root.doc]}

    return edit


trust2_case("a root of small order", "the public key is a point of small order", weak_root(1))
trust2_case("a root not reduced", "the public key is not in its only encoding", weak_root(P + 3))

for path, value, rule in (
    ("version", 3, "its version is not its place in the chain"),
    ("version", 1, "its version is not its place in the chain"),
    ("previous", None, "previous is not the id of the file before it"),
    ("previous", SOMEBODY, "previous is not the id of the file before it"),
    ("treaty", "other", "it names another treaty than the first trust file"),
    ("parties.1.kind", "observer", "RU has another kind or log than before"),
    ("parties.1.log", "else/where", "RU has another kind or log than before"),
    ("parties.0.keys.version", 2, "AUD is new and its key file is not version 1"),
    ("parties.2.keys.version", 3, "the key file of US that trust file 2 names is not here"),
    ("parties.2.keys.version", 1, "the key file of US that trust file 2 names is not here"),
):
    trust2_case(f"{path} {value!r}"[:60], rule, setter(path, value), "trust/2")


def without_ru(doc: Any) -> None:
    del doc["parties"][1]
    doc["policy"]["sides"] = [side for side in doc["policy"]["sides"] if side["parties"] != ["RU"]]


trust2_case("a party missing", "a party of the version before is missing", without_ru, "trust/2")


@case("trust 2: an earlier key file than before", "trust-form", "US has an earlier key file than before")
def _() -> Any:
    def edit(doc: Any) -> None:
        doc["parties"][2]["keys"] = {"id": world.key_files["US"][0].id, "version": 1}

    world = long_world({"trust/3": edit})
    world.add_trust()
    return world.files()


# ---- signatures ----


def signatures_case(
    name: str, rule: str, edit: Callable[[list[Any]], Any], label: str = "trust/1 signatures"
) -> None:
    trust2_case(name, rule, edit, label, "trust-signatures")


def cut(old: slice, new: bytes = b"") -> Callable[[list[Any]], Any]:
    """Return an edit of the bytes of the first signature."""
    import base64  # noqa: PLC0415

    def edit(signatures: list[Any]) -> None:
        data = bytearray(base64.b64decode(signatures[0]["sig"]))
        data[old] = new
        signatures[0]["sig"] = b64(bytes(data))

    return edit


signatures_case("none", "a root signature of RU is missing", lambda s: s.clear())
signatures_case("out of order", "root signatures are unsorted or twice", lambda s: s.reverse())
signatures_case("one twice", "root signatures are unsorted or twice", lambda s: s.insert(0, s[0]))
signatures_case(
    "one of another", "the Ed25519 signature does not verify", lambda s: s[0].update(sig=s[1]["sig"])
)
signatures_case("Ed25519 alone", "the ML-DSA-65 signature is not 3309 bytes", cut(slice(64, None)))
signatures_case(
    "one byte too long", "the ML-DSA-65 signature is not 3309 bytes", cut(slice(3373, None), b"x")
)
signatures_case("nothing", "the Ed25519 signature is not 64 bytes", cut(slice(None)))
signatures_case("Ed25519 changed", "the Ed25519 signature does not verify", cut(slice(40, 41), b"\0"))
signatures_case("ML-DSA changed", "the ML-DSA-65 signature does not verify", cut(slice(3000, 3002), b"no"))
signatures_case(
    "ML-DSA of zeros", "the ML-DSA-65 signature does not verify", cut(slice(64, None), bytes(3309))
)


def stranger(signatures: list[Any]) -> None:
    root = Root("stranger")
    signatures.append({"keyid": root.id, "sig": b64(root.sign(b"anything"))})
    signatures.sort(key=lambda one: str(one["keyid"]))


signatures_case("one of a stranger", "the key is the root of no party", stranger)


def only(code: str, roots: Callable[[ChainWorld], list[Root]], version: int = 2) -> Callable[[], Any]:
    """Leave of a party's signatures on a trust file those of some roots."""

    def make() -> Any:
        kept: list[str] = []

        def edit(signatures: list[Any]) -> list[Any]:
            mine = {r.id for w in worlds for r in [*w.trusts[0].roots[code], *w.roots[code]]}
            return [one for one in signatures if one["keyid"] not in mine or one["keyid"] in kept]

        worlds: list[ChainWorld] = []
        world = chain_world(edits={f"trust/{version} signatures": edit})
        worlds.append(world)
        world.roots["RU"] = [Root(f"new root {n} of RU") for n in range(2)]
        kept += [root.id for root in roots(world)]
        world.add_trust()
        return world.files()

    return make


RU_MISSING = "a root signature of RU is missing"
case("trust 2: new roots alone", "trust-signatures", RU_MISSING)(only("RU", lambda w: w.roots["RU"]))
case("trust 2: old roots alone", "trust-signatures", RU_MISSING)(
    only("RU", lambda w: w.trusts[0].roots["RU"])
)


@case("trust 2: one of two", "trust-signatures", "a root signature of RU is missing; it takes 2")
def _() -> Any:
    ids = {root.id for root in ChainWorld().roots["RU"]}
    keep: list[str] = []

    def edit(signatures: list[Any]) -> list[Any]:
        keep.extend(one["keyid"] for one in signatures if one["keyid"] in ids)
        return [one for one in signatures if one["keyid"] not in keep[1:]]

    return chain_world(threshold=2, edits={"trust/1 signatures": edit}).files()


# ---- places ----


def place_case(
    name: str, rule: str, edit: Callable[[dict[str, bytes]], Any], check: str = "trust-form"
) -> None:
    case(f"trust places: {name}", check, rule)(lambda: long_world().files(edit))


def moved(old: str, new: str) -> Callable[[dict[str, bytes]], Any]:
    return lambda files: files.update({f"trust/{new}.json": files.pop(f"trust/{old}.json")})


OTHER = "there are other files under trust/ than the chain has"
place_case("no history", "its version is not its place", lambda files: files.pop("trust/history/1.json"))
place_case("no key file", "a party has no keys", lambda files: files.pop("trust/keys/aud/1.json"))
place_case(
    "no first key file", "its version is not its place", lambda files: files.pop("trust/keys/us/1.json")
)
place_case(
    "no newest key file", "that trust file 2 names is not here", lambda f: f.pop("trust/keys/us/2.json")
)
place_case("history from 2", OTHER, moved("history/1", "history/2"))
place_case("keys from 2", OTHER, moved("keys/aud/1", "keys/aud/2"))
place_case("keys in another folder", OTHER, moved("keys/aud/1", "keys/b/1"))
place_case("order of folders", "the key files are not in order of party", moved("keys/aud/1", "keys/zz/1"))
place_case(
    "the oldest as the newest",
    "its version is not its place",
    lambda f: f.update({"trust/trust.json": f["trust/history/1.json"]}),
)
place_case(
    "the newest twice",
    "its version is not its place",
    lambda files: files.update({"trust/history/2.json": files["trust/trust.json"]}),
)
place_case(
    "a key file in the history",
    "the payload type is not",
    lambda files: files.update({"trust/history/1.json": files["trust/keys/us/1.json"]}),
)
place_case(
    "a trust file among the keys",
    "the payload type is not",
    lambda files: files.update({"trust/keys/us/1.json": files["trust/trust.json"]}),
)
place_case(
    "keys of nobody",
    "the key file is of no party of the trust file",
    lambda files: files.update({"trust/keys/zz/1.json": ChainWorld("GB ZZ").key_files["ZZ"][0].data}),
)
place_case(
    "seven digits",
    "no file of a bundle has this name",
    lambda files: files.update({"trust/history/1000000.json": b"{}"}),
    "names",
)
place_case(
    "a zero in front",
    "no file of a bundle has this name",
    lambda files: files.update({"trust/keys/us/01.json": b"{}"}),
    "names",
)
place_case("capitals", "no file of a bundle has this name", moved("keys/us/1", "keys/US/1"), "names")
place_case("any bytes", "it is not an envelope", lambda f: f.update({"trust/keys/us/2.json": b"\xff"}))


@case("trust places: history beside version 1 of the format", "trust-form", OTHER)
def _() -> Any:
    return small_world().files(
        lambda files: files.update({"trust/history/1.json": files["trust/trust.json"]})
    )


@case("trust places: keys beside version 1 of the format", "trust-form", OTHER)
def _() -> Any:
    data = ChainWorld().key_files["US"][0].data
    return small_world().files(lambda files: files.update({"trust/keys/us/1.json": data}))


@case("trust places: version 1 of the format in the history", "trust-form", "the payload type is not")
def _() -> Any:
    return long_world().files(lambda files: files.update({"trust/history/1.json": small_world().trust()}))


# ---- pins ----


def pin2_case(name: str, rule: str, pin: Callable[[Path, ChainWorld], str]) -> None:
    def make(folder: Path) -> list[str]:
        world = long_world()
        return [str(write(folder / "bundle", world.files())), "--trust", pin(folder, world)]

    case(f"pin 2: {name}", "trust-pinned", rule)(make)


def pin_file(folder: Path, data: bytes) -> str:
    (folder / "pin.json").write_bytes(data)
    return str(folder / "pin.json")


pin2_case("another fingerprint", "is not the one with the pinned fingerprint", lambda f, w: "0" * 64)
pin2_case("a trust id", "is not the one with the pinned fingerprint", lambda f, w: w.trusts[0].id)
pin2_case(
    "a trust file of others",
    "the trust file given is none of the chain",
    lambda f, w: pin_file(f, ChainWorld(seed="x").trust()),
)
pin2_case(
    "version 1 of the format",
    "the trust file is not the one given",
    lambda f, w: pin_file(f, small_world().trust()),
)
pin2_case("a key file", "the payload type is not", lambda f, w: pin_file(f, w.key_files["US"][0].data))


@case("pin 2: a form that is none", "trust-pinned", "trust file has not exactly the members")
def _(folder: Path) -> list[str]:
    payload = canon({"treaty": TREATY, "v": 2})
    pin = pin_file(folder, envelope(TRUST2, payload, []))
    assert pae(TRUST2, payload)
    return [str(write(folder / "bundle", chain_world().files())), "--trust", pin]


@case("pin 2: a chain for a bundle of version 1", "trust-pinned", "the trust file given is none of the chain")
def _(folder: Path) -> list[str]:
    pin = pin_file(folder, ChainWorld().trust())
    return [str(write(folder / "bundle", small_world().files())), "--trust", pin]
