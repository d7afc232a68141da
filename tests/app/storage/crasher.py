"""A program that does one thing to a store again and again, and is killed at the first write, the second, …

It is started by ``test_crashes.py`` as a process of its own, which forks a child for every death. For each one it
says, on a line of JSON: how many calls the child had left when it ended, whether it lived to acknowledge, and
what the program finds after the restart; then it does the same thing once more, to the end, and says what it finds.
"""

import json
import os
import sys
from ast import literal_eval
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from app.storage import node_deeds
from app.storage.old_store import make_old_store, rows_of, schema_of, version_of
from app.storage.world import entry, note
from app.storage.write_boundary import Death
from app.storage.zips import GOOD
from counterseal.app.storage.bundle_zip import open_bundle_zip, write_bundle_zip
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.secrets_folder import open_secrets
from counterseal.app.storage.sqlite_store import SqliteStore, open_store
from counterseal.services.memory_bundle import MemoryBundle

ORIGIN = "example.org/first/log"
STORE = "store.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is prepared, done under threat, and looked at afterwards (a text that names the state found)."""

    prepare: Callable[[Path], None]
    do: Callable[[Path], None]
    look: Callable[[Path], str]


def new_store(folder: Path) -> None:
    with closing(open_store(folder / STORE, create=True)) as store:
        store.append(ORIGIN, [entry(number, opening=b"o" * 300) for number in range(5)])
        store.add_witnessed(ORIGIN, size=5, text="five")


def sound(store: SqliteStore) -> str:
    assert store.problems() == ()
    assert len(list(store.leaves(ORIGIN))) == store.size(ORIGIN)
    return str(store.size(ORIGIN))


def append(folder: Path) -> None:
    with closing(open_store(folder / STORE)) as store:
        start = store.size(ORIGIN)
        store.append(ORIGIN, [entry(start + number, opening=b"o" * 3000) for number in range(5)])


def appended(folder: Path) -> str:
    with closing(open_store(folder / STORE)) as store:
        return sound(store)


def take_over(folder: Path) -> None:
    """All that an import writes, in one transaction."""
    with closing(open_store(folder / STORE)) as store, store.transaction():
        size = store.size(ORIGIN)
        store.append(ORIGIN, [entry(size + number) for number in range(3)])
        store.append("other", [entry(900 + size, feed="bb" * 32, opening=b"o" * 9000)])
        store.add_openings([(entry(size).record_id, b"opening")])
        store.add_sealed([(entry(size + 1).record_id, b"sealed" * 1000)], by_author=True)
        store.add_checkpoint(ORIGIN, size=size + 3, note=note(ORIGIN, size=size + 3, signers=("a", "b")))
        store.add_received("PEER", to="ME", sequence=size, manifest_id="ab" * 32)
        store.add_trust_documents({f"trust/history/{size}.json": b"trust"})
        store.add_witnessed(ORIGIN, size=size + 3, text="more")


def taken_over(folder: Path) -> str:
    """All of it or none: every part tells the same number of turns."""
    with closing(open_store(folder / STORE)) as store:
        turns = (store.size(ORIGIN) - 5) // 3
        assert sound(store) == str(5 + 3 * turns)
        assert store.size("other") == len(store.checkpoints(ORIGIN)) == len(store.received("PEER")) == turns
        assert len(store.trust_documents()) == len(store.sealed_of(ORIGIN, 0, 99)) == turns
        assert [len(kept.lines) for kept in store.checkpoints(ORIGIN)] == [2] * turns
        assert store.witnessed(ORIGIN) == ("more" if turns else "five")
        return str(turns)


def migrate(folder: Path) -> None:
    open_store(folder / STORE).close()


def migrated(folder: Path) -> str:
    """Read as a stranger would, before the program opens it and finishes the work."""
    version, tables = version_of(folder / STORE), len(schema_of(folder / STORE))
    assert rows_of(folder / STORE) == json_rows(folder)
    return f"{version} {tables}"


def old_store(folder: Path) -> None:
    make_old_store(folder / STORE)
    (folder / "rows").write_text(repr(rows_of(folder / STORE)))


def json_rows(folder: Path) -> object:
    return literal_eval((folder / "rows").read_text())


def snapshot(folder: Path) -> None:
    with closing(open_store(folder / STORE)) as store, suppress(StorageError):
        store.snapshot(folder / "copy.sqlite")


def copied(folder: Path) -> str:
    assert appended(folder) == "5"
    if not (folder / "copy.sqlite").exists():
        return "none"
    with closing(open_store(folder / "copy.sqlite")) as copy:
        return sound(copy)


def keep_secret(folder: Path) -> None:
    open_secrets(folder).keep("draw/abc", b"secret" * 1000)


def kept_secret(folder: Path) -> str:
    secrets = open_secrets(folder)
    found = secrets.fetch("draw/abc")
    assert found in (None, b"secret" * 1000)
    assert secrets.names() == (("draw/abc",) if found else ())
    return "kept" if found else "none"


def pack(folder: Path) -> None:
    files = {part.name.decode(): part.data * 3000 for part in GOOD}
    with suppress(StorageError):
        write_bundle_zip(MemoryBundle(files=files), folder / "bundle.zip")


def packed(folder: Path) -> str:
    if not (folder / "bundle.zip").exists():
        return "none"
    found = open_bundle_zip(folder / "bundle.zip")
    return str(
        {name.path for name in found.names() if found.read(name.path, most=10**6) is not None} != set()
    )


def witness(folder: Path) -> None:
    with closing(open_store(folder / STORE)) as store:
        store.add_witnessed(ORIGIN, size=6, text="six")


def witnessed(folder: Path) -> str:
    with closing(open_store(folder / STORE)) as store:
        assert sound(store) == "5"
        return str(store.witnessed(ORIGIN))


def nothing(_: Path) -> None:
    """A secret and a ZIP need no store."""


DEEDS = {
    "append": Deed(prepare=new_store, do=append, look=appended),
    "import": Deed(prepare=new_store, do=take_over, look=taken_over),
    "witness": Deed(prepare=new_store, do=witness, look=witnessed),
    "migrate": Deed(prepare=old_store, do=migrate, look=migrated),
    "snapshot": Deed(prepare=new_store, do=snapshot, look=copied),
    "secret": Deed(prepare=nothing, do=keep_secret, look=kept_secret),
    "zip": Deed(prepare=nothing, do=pack, look=packed),
    "restore": Deed(prepare=node_deeds.backed_up, do=node_deeds.restore_it, look=node_deeds.restored),
    "enrol": Deed(prepare=node_deeds.signed_by_others, do=node_deeds.enrol_it, look=node_deeds.enrolled),
}


def die_at(number: int, *, deed: Deed, folder: Path) -> bool:
    """Do the deed in a child that dies at its ``number``-th write; return whether it lived to the end."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            death = Death(number)
            death.arm()
            deed.do(folder)
            os._exit(0)
        os._exit(70)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"death {number}: the child failed instead")
    return os.WIFEXITED(status)


def main() -> None:
    deed, place = DEEDS[sys.argv[1]], Path(sys.argv[2])
    number, lived = 0, False
    while not lived:
        number += 1
        folder = place / str(number)
        folder.mkdir()
        deed.prepare(folder)
        before = deed.look(folder)
        lived = die_at(number, deed=deed, folder=folder)
        found = deed.look(folder)
        deed.do(folder)
        row = {"lived": lived, "before": before, "found": found, "after": deed.look(folder)}
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
