"""What names the code that answers: a hash over every file of this program that the closed room may use.

The closed room reads modules from their source alone (`counterseal.app.sealed` gives it a cache that cannot
exist), and beside the files that count nothing may lie that Python would load in their place.
"""

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
RELEASING = (
    "app/sealed.py",
    "app/sealed_outside.py",
    "services/measurement_alone.py",
    "services/measurement_run.py",
)
"""Files of the parent's side that start the room and let the answer out."""
_OWN = ("__init__.py", "errors.py")
_ENDINGS = (".py", ".json")
_SILENT_ENDINGS = (".md", ".typed")
_CACHE = "__pycache__"


@cache
def code_hash() -> str:
    """Return the hash of the code that this program would answer with [64 hexadecimal digits].

    It covers the name and the bytes of every module and table of the rooms in ``FOLDERS``, and of the files
    in ``RELEASING``, in the order of their names; Python and NumPy are in the dossier of the equipment.

    Raises:
        BarrierError: something lies among them that Python could load instead, or whose meaning is not known.
    """
    fields = [field for name, data in code_files() for field in (name, data)]
    return domain_hash("counterseal/measurement/code/v1", *fields).hex()


def code_files() -> tuple[tuple[str, bytes], ...]:
    """Return the files that count: name inside the package and bytes, sorted by name.

    Raises:
        BarrierError: a file of another ending lies among them, or beside the modules of the package itself.
    """
    package = files("counterseal")
    for entry in package.iterdir():
        _require_harmless(entry, path=entry.name)
    found = [(name, package.joinpath(name).read_bytes()) for name in (*_OWN, *RELEASING)]
    for folder in FOLDERS:
        found += _inside(package.joinpath(folder), name=folder)
    return tuple(sorted(found))


def _inside(folder: Traversable, *, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if path in OUTSIDE or entry.name == _CACHE:
            continue
        _require_harmless(entry, path=path)
        if entry.is_dir():
            yield from _inside(entry, name=path)
        elif entry.name.endswith(_ENDINGS):
            yield path, entry.read_bytes()


def _require_harmless(entry: Traversable, *, path: str) -> None:
    """Refuse a file that Python would load instead of a module beside it, and any of unknown meaning."""
    if not entry.is_dir() and not entry.name.endswith((*_ENDINGS, *_SILENT_ENDINGS)):
        raise BarrierError(
            f"code: {path} lies among the modules, where only {', '.join((*_ENDINGS, *_SILENT_ENDINGS))} may:"
            " the code hash would not cover it"
        )


def require_code(agreed: str) -> None:
    """Refuse a protocol that is bound to other code than that of this program.

    Raises:
        BarrierError: it is; names both hashes.
    """
    if agreed not in (UNBOUND, code_hash()):
        raise BarrierError(f"code: {agreed} was agreed, this program's is {code_hash()}")
