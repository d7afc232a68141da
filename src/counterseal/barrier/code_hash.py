"""What names the code that answers: a hash over every file of this program that the closed room may use."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from counterseal.barrier.errors import BarrierError
from counterseal.barrier.protocol import UNBOUND
from counterseal.crypto.hashing import domain_hash

FOLDERS = ("barrier", "crypto", "measurement", "reference", "stats", "terms")
"""Rooms whose files count, beside the two of the package itself."""
OUTSIDE = ("barrier/operating_curve",)
"""Folders in them whose code never answers: it tries the rest on made-up items."""
_OWN = ("__init__.py", "errors.py")
_ENDINGS = (".py", ".json")


@cache
def code_hash() -> str:
    """Return the hash of the code that this program would answer with [64 hexadecimal digits].

    It covers the name and the bytes of every module and table of the rooms in ``FOLDERS``, in the order
    of their names; Python and NumPy are in the dossier of the equipment.
    """
    fields = [field for name, data in code_files() for field in (name, data)]
    return domain_hash("counterseal/measurement/code/v1", *fields).hex()


def code_files() -> tuple[tuple[str, bytes], ...]:
    """Return the files that count: name inside the package and bytes, sorted by name."""
    package = files("counterseal")
    found = [(name, package.joinpath(name).read_bytes()) for name in _OWN]
    for folder in FOLDERS:
        found += _inside(package.joinpath(folder), name=folder)
    return tuple(sorted(found))


def _inside(folder: Traversable, *, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if path in OUTSIDE:
            continue
        if entry.is_dir():
            yield from _inside(entry, name=path)
        elif entry.name.endswith(_ENDINGS):
            yield path, entry.read_bytes()


def require_code(agreed: str) -> None:
    """Refuse a protocol that is bound to other code than that of this program.

    Raises:
        BarrierError: it is; names both hashes.
    """
    if agreed not in (UNBOUND, code_hash()):
        raise BarrierError(f"code: {agreed} was agreed, this program's is {code_hash()}")
