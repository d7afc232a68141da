"""What must be refused. Key files (section 6.3), and which keys are in force where."""

from collections.abc import Callable
from typing import Any

from verifier.builder import Signer, b64, dom
from verifier.casebook import SOMEBODY, Edit, P, case, setter
from verifier.chains import ChainWorld, Key, Root, chain_world, long_world


def keys_case(name: str, rule: str, edit: Edit, label: str = "US/1", check: str = "trust-form") -> None:
    """A key file as its own party's roots sign it; `US/2` follows on another one."""

    def make() -> Any:
        make_world = long_world if label.startswith("US/2") else chain_world
        return make_world(edits={label: edit}).files()

    case(f"key file: {label}: {name}", check, rule)(make)


for path, value, rule in (
    ("v", 2, "key file.v is not of the form"),
    ("version", 2, "its version is not its place in the chain"),
    ("version", 0, "key file.version is not of the form"),
    ("previous", SOMEBODY, "previous is not the id of the file before it"),
    ("previous", 1, "key file.previous is not of the form"),
    ("treaty", "other", "it names another treaty than the first trust file"),
    ("treaty", None, "key file.treaty is not of the form"),
    ("party", "GB", "the key file is of no party of the trust file"),
    ("party", "RU", "its version is not its place in the chain"),
    ("party", "us", "key file.party is not of the form"),
    ("at", 1, "at is not 0 in version 1"),
    ("at", -1, "key file.at is not of the form"),
    ("at", "0", "key file.at is not of the form"),
    ("more", 1, "key file has not exactly the members"),
    ("keys", [], "key file.keys is too short or too long a list"),
    ("keys.0", 7, "key file.keys[0] is not an object"),
    ("keys.0.alg", "ml-dsa-65", "key file.keys[0].alg is not of the form"),
    ("keys.0.id", "0" * 64, "a key's id is not that of its public key"),
    ("keys.0.name", "a b", "key file.keys[0].name is not of the form"),
    ("keys.0.name", "", "key file.keys[0].name is not of the form"),
    ("keys.0.role", "root", "key file.keys[0].role is not of the form"),
    ("keys.0.public", "", "key file.keys[0].public is not of the form"),
    ("keys.0.public", "AB" * 32, "key file.keys[0].public is not of the form"),
    ("keys.0.public", "abc", "key file.keys[0].public is not of the form"),
    ("keys.0.public", "ab" * 31, "a key has not the length of its algorithm"),
    ("keys.0.public", "ab" * 1952, "a key has not the length of its algorithm"),
    ("keys.0.party", "US", "key file.keys[0] has not exactly the members"),
    ("retired", None, "key file.retired is not a list"),
    ("retired", [SOMEBODY], "key file.retired[0] is not an object"),
    (
        "retired",
        [{"accepted": None, "heads": [], "id": SOMEBODY, "role": "author"}],
        "retired is not exactly what was before",
    ),
):
    keys_case(f"{path} {str(value)[:20]!r} {len(str(value))}", rule, setter(path, value))


def find(doc: Any, role: str, alg: str = "ed25519") -> Any:
    return next(key for key in doc["keys"] if (key["role"], key["alg"]) == (role, alg))


def drop(role: str, alg: str = "ed25519") -> Edit:
    return lambda doc: doc["keys"].remove(find(doc, role, alg))


def put(*keys: Key) -> Edit:
    def edit(doc: Any) -> None:
        doc["keys"] = sorted([*doc["keys"], *(key.doc for key in keys)], key=lambda key: str(key["id"]))

    return edit


def extra(role: str, alg: str = "ed25519", name: str = "", seed: str = "extra") -> Key:
    return Key(f"{seed} {role} {alg}", name or f"c.example/us/{role}", role, alg)


TWO = "log, witness and seal keys are not 2, 2 and 1"
AUTHORS = "there are not 1 to 16 author keys"
keys_case("no author", AUTHORS, drop("author"))
keys_case("17 authors", AUTHORS, put(*(extra("author", seed=str(n)) for n in range(16))))
for role, alg in (("log", "ed25519"), ("log", "ml-dsa-44"), ("witness", "ed25519"), ("witness", "ml-dsa-44")):
    keys_case(f"no {role} {alg}", TWO, drop(role, alg))
    keys_case(f"one more {role} {alg}", TWO, put(extra(role, alg)))
keys_case("no seal", TWO, drop("seal", "mlkem768-x25519"))
keys_case("two seals", TWO, put(extra("seal", "mlkem768-x25519")))
keys_case("an author by ML-DSA", TWO, put(extra("author", "ml-dsa-44")))
keys_case("a seal by Ed25519", TWO, put(extra("seal")))
keys_case("keys out of order", "key file.keys is not sorted", lambda doc: doc["keys"].reverse())
keys_case("a key twice", "key file.keys has an item twice", lambda doc: doc["keys"].insert(0, doc["keys"][0]))
LOG_NAMES, WITNESS_NAMES = (f"the {role} keys are not named as they must be" for role in ("log", "witness"))
keys_case("a log of another name", LOG_NAMES, lambda d: find(d, "log").update(name="c.example/ru/log"))
keys_case("another ML-DSA log name", LOG_NAMES, lambda d: find(d, "log", "ml-dsa-44").update(name="x"))
keys_case("two witness names", WITNESS_NAMES, lambda d: find(d, "witness").update(name="x"))


def as_public(role: str, alg: str, public: bytes) -> Edit:
    def edit(doc: Any) -> None:
        name = dom("counterseal/key/v1", alg.encode(), public).hex()
        find(doc, role, alg).update(public=public.hex(), id=name)
        doc["keys"].sort(key=lambda key: str(key["id"]))

    return edit


keys_case(
    "of small order", "the public key is a point of small order", as_public("author", "ed25519", bytes(32))
)
keys_case(
    "not reduced",
    "the public key is not in its only encoding",
    as_public("witness", "ed25519", (P + 3).to_bytes(32, "little")),
)
TWO_ROLES = "a public key has two roles"


@case("key file: two keys of one name and key hash", "trust-form", "two keys share name and key hash")
def _() -> Any:
    """Two witness keys of one party whose key hashes are the same 4 bytes, found by search."""
    old, new = Signer("collision 16973").public, Signer("collision 95038").public
    as_old, as_new = (as_public("witness", "ed25519", public) for public in (old, new))

    def second(doc: Any) -> None:
        as_new(doc)
        for entry in doc["retired"]:
            if entry["id"] == replaced:
                entry["id"] = dom("counterseal/key/v1", b"ed25519", old).hex()
        doc["retired"].sort(key=lambda entry: str(entry["id"]))

    replaced = ChainWorld().get("US", "witness").id
    world = chain_world(edits={"US/1": as_old, "US/2": second})
    world.rotate("US", "witness")
    return world.files()


def named_witness(name: str) -> Edit:
    return lambda doc: [find(doc, "witness", alg).update(name=name) for alg in ("ed25519", "ml-dsa-44")]


NOT_PLACED = "the names of the witness keys do not begin with the party's place"
for name in ("w", "c.example/ru/witness", "c.example/us", "c.example/usa/witness", "x/c.example/us/witness"):
    keys_case(f"a witness named {name}", NOT_PLACED, named_witness(name))


# ---- the second key file ----

AT = "at is not larger than before"
for place, wrong, said in (
    ("version", 1, "its version is not its place in the chain"),
    ("version", 3, "its version is not its place in the chain"),
    ("previous", None, "previous is not the id of the file before it"),
    ("treaty", "other", "it names another treaty than the first trust file"),
    ("retired", [], "retired is not exactly what was before"),
    ("retired.0.accepted", -1, "key file.retired[0].accepted is not of the form"),
    ("retired.0.accepted", "all", "key file.retired[0].accepted is not of the form"),
    ("retired.0.heads", None, "key file.retired[0].heads is not a list"),
    ("retired.0.heads", [{"origin": "x"}], "key file.retired[0].heads[0] has not exactly the members"),
    ("retired.0.heads", [{"origin": "x", "size": -1}], "retired[0].heads[0].size is not of the form"),
    ("retired.0.heads", [{"origin": "x", "size": 1}] * 2, "retired[0].heads has an item twice"),
    (
        "retired.0.heads",
        [{"origin": "y", "size": 1}, {"origin": "x", "size": 1}],
        "retired[0].heads is not sorted",
    ),
    ("retired.0.role", "root", "key file.retired[0].role is not of the form"),
    ("retired.0.id", "x", "key file.retired[0].id is not of the form"),
    ("retired.0.more", 1, "key file.retired[0] has not exactly the members"),
):
    keys_case(f"{place} {str(wrong)[:40]!r} {len(str(wrong))}", said, setter(place, wrong), "US/2")


def told(doc: Any, role: str) -> Any:
    return next(entry for entry in doc["retired"] if entry["role"] == role)


def tell(role: str, **more: Any) -> Edit:
    return lambda doc: told(doc, role).update(more)


NOT_EXACTLY = "retired is not exactly what was before"
keys_case("one retired missing", NOT_EXACTLY, lambda doc: doc["retired"].pop(), "US/2")
keys_case("another role", NOT_EXACTLY, lambda doc: told(doc, "author").update(role="seal"), "US/2")
keys_case("retired out of order", "retired is not sorted", lambda doc: doc["retired"].reverse(), "US/2")
keys_case(
    "retired twice", "retired has an item twice", lambda d: d["retired"].insert(0, d["retired"][0]), "US/2"
)


def retire_present(doc: Any) -> None:
    entry = {"accepted": None, "heads": [], "id": find(doc, "author")["id"], "role": "author"}
    doc["retired"] = sorted([*doc["retired"], entry], key=lambda one: str(one["id"]))


keys_case("one that is in force", NOT_EXACTLY, retire_present, "US/2")
for role in ("log", "witness", "seal"):
    keys_case(
        f"accepted for a {role} key",
        "accepted is given for no author key",
        tell(role, accepted=3),
        "US/2",
    )
for role in ("log", "author", "seal"):
    keys_case(
        f"heads for a {role} key",
        "heads are given for no witness key",
        tell(role, heads=[{"origin": "x", "size": 1}]),
        "US/2",
    )


def third(edit: Callable[[ChainWorld, Any], Any], roles: str = "seal") -> Callable[[], Any]:
    """A third key file of US, edited."""

    def make() -> Any:
        worlds = list[ChainWorld]()
        world = chain_world(edits={"US/3": lambda doc: edit(worlds[0], doc)})
        worlds.append(world)
        world.rotate("US", "author seal")
        world.rotate("US", roles)
        return world.files()

    return make


case("key file: US/3: as early as before", "trust-form", AT)(
    third(lambda w, doc: doc.update(at=w.key_files["US"][1].doc["at"]))
)
case("key file: US/3: at 0", "trust-form", AT)(third(lambda w, doc: doc.update(at=0)))


def shrink_case(name: str, rule: str, role: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    """What the second key file of US says of a retired key, and what the third one says of it."""

    def make() -> Any:
        world = chain_world()
        world.rotate("US", role, **first)
        world.rotate("US", "seal", **second)
        return world.files()

    case(f"key file: US/3: {name}", "trust-form", rule)(make)


def reaching(*sizes: tuple[str, int]) -> dict[str, Any]:
    return {"heads": [{"origin": origin, "size": size} for origin, size in sizes]}


GROWS, REACH = "accepted is larger than before", "heads reach further than before"
shrink_case("accepted grows", GROWS, "author", {"accepted": 2}, {"accepted": 3})
shrink_case("accepted grows from none", GROWS, "author", {"accepted": 0}, {"accepted": 1})
shrink_case("accepted grows to all", GROWS, "author", {"accepted": 2**53 - 1}, {"accepted": None})
shrink_case("a head grows", REACH, "witness", reaching(("x", 3)), reaching(("x", 4)))
shrink_case("a head from none", REACH, "witness", reaching(), reaching(("x", 0)))
shrink_case("an origin more", REACH, "witness", reaching(("y", 3)), reaching(("x", 1), ("y", 3)))


def comes_back(world: ChainWorld, doc: Any) -> None:
    old, new = world.get("US", "author", version=1), find(doc, "author")
    doc["keys"] = sorted(
        [key for key in doc["keys"] if key is not new] + [old.doc], key=lambda key: str(key["id"])
    )
    entry = {"accepted": None, "heads": [], "id": new["id"], "role": "author"}
    others = [one for one in doc["retired"] if one["id"] != old.id]
    doc["retired"] = sorted([*others, entry], key=lambda one: str(one["id"]))


case("key file: US/3: a key comes back", "trust-form", "a key that was missing comes back")(third(comes_back))
case("key file: US/3: another name", "trust-form", "a key has another name than before")(
    third(lambda w, doc: find(doc, "author").update(name="another"))
)


@case("key file: US/3: another role", "trust-form", TWO_ROLES)
def _() -> Any:
    def edit(doc: Any) -> None:
        old = find(doc, "author")
        old["role"] = "seal"

    world = chain_world(edits={"US/2": edit})
    world.rotate("US", "seal")
    return world.files()


# ---- signatures ----


def signed_case(name: str, rule: str, edit: Callable[[list[Any]], Any], label: str = "US/1") -> None:
    keys_case(name, rule, edit, f"{label} signatures", "trust-signatures")


signed_case("none", "a root signature of US is missing", lambda s: s.clear())
signed_case("out of order", "root signatures are unsorted or twice", lambda s: s.reverse())
signed_case("changed", "the Ed25519 signature does not verify", lambda s: s[0].update(sig=s[1]["sig"]))
signed_case("short", "the Ed25519 signature is not 64 bytes", lambda s: s[0].update(sig=b64(bytes(63))))
signed_case("none", "a root signature of US is missing", lambda s: s.clear(), "US/2")


def by(roots: Callable[[], list[Root]]) -> Callable[[list[Any]], Any]:
    def edit(signatures: list[Any]) -> list[Any]:
        keys = sorted(roots(), key=lambda root: root.id)
        return [{"keyid": root.id, "sig": signatures[0]["sig"]} for root in keys]

    return edit


signed_case("by another party", "the key is the root of no party", by(lambda: ChainWorld().roots["RU"]))


@case(
    "key file: signed by roots of a later trust file", "trust-signatures", "the key is the root of no party"
)
def _() -> Any:
    """Version 2 of the key file is named by trust file 2, so roots of version 1 had to sign it."""
    world = chain_world()
    old, world.roots["US"] = world.roots["US"], [Root("new root of US")]
    world.trusts[0].roots["US"] = world.roots["US"]
    world.rotate("US")
    world.trusts[0].roots["US"] = old
    world.add_trust()
    return world.files()


@case(
    "key file: signed by roots of an earlier trust file",
    "trust-signatures",
    "the key is the root of no party",
)
def _() -> Any:
    """Trust file 2 names version 1 still, so its roots had to sign version 2."""
    world = chain_world()
    world.roots["US"] = [Root("new root of US")]
    world.add_trust()
    world.trusts[1].roots["US"] = world.trusts[0].roots["US"]
    world.rotate("US")
    return world.files()


@case("key file: one of two", "trust-signatures", "a root signature of US is missing; it takes 2")
def _() -> Any:
    return chain_world(threshold=2, edits={"US/1 signatures": lambda s: s[:1]}).files()


# ---- in force ----


def force_case(name: str, check: str, rule: str) -> Callable[[Callable[[ChainWorld], Any]], Any]:
    def register(change: Callable[[ChainWorld], Any]) -> Any:
        def make() -> Any:
            world = chain_world()
            return change(world) or world.files()

        case(f"in force: {name}", check, rule)(make)
        return change

    return register


NO_AUTHOR = "the key is no author key of US"


@force_case("a record by a retired key", "signatures", NO_AUTHOR)
def _(world: ChainWorld) -> None:
    old = world.parties["US"].author
    world.rotate("US", "author")
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"US", old.public).hex()
    ids = world.feeds[old.id]
    world.add("US", signer=old, feed=feed, seq=len(ids), prev=ids[-1])


@force_case("a record by a key that is not yet in force", "signatures", NO_AUTHOR)
def _(world: ChainWorld) -> None:
    world.rotate("US", "author", log=False, at=len(world.parties["US"].entries) + 1)
    file = world.key_files["US"][1]
    world.add("US")
    world.add("US", {"id": file.id, "party": "US", "version": 2}, kind="keys.change")


@force_case("a change announced by the old key", "signatures", NO_AUTHOR)
def _(world: ChainWorld) -> None:
    old, ids = world.parties["US"].author, world.feeds[world.parties["US"].author.id]
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"US", old.public).hex()
    world.rotate("US", "author", signer=old, feed=feed, seq=len(ids), prev=ids[-1])


@force_case("a record by an author of another party", "signatures", NO_AUTHOR)
def _(world: ChainWorld) -> None:
    world.add("US", signer=world.parties["RU"].author)


@force_case("a record by a log key", "signatures", NO_AUTHOR)
def _(world: ChainWorld) -> None:
    world.add("US", signer=world.parties["US"].log)


@force_case("a bundle by a retired key", "manifest-signature", "the signer is no author key of RU")
def _(world: ChainWorld) -> Any:
    old = world.parties["RU"].author
    world.rotate("RU", "author")
    return world.files(signer=old)


@force_case("a bundle of no party", "manifest-signature", "the signer is no author key of ZZ")
def _(world: ChainWorld) -> Any:
    return world.files(manifest=setter("from", "ZZ"))
