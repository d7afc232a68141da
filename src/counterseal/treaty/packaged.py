"""What ships in the package: the schemas, and the folders of treaty packs."""

import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from counterseal.treaty.errors import PackError

_HERE = "counterseal.treaty"


@cache
def packaged_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of that file name, such as ``pack-1.json``."""
    schema: dict[str, Any] = json.loads(files(_HERE).joinpath("schema", name).read_bytes())
    return schema


def packaged_names() -> tuple[str, ...]:
    """Return the names of the treaty packs that ship in the package, sorted."""
    folders = (entry for entry in files(_HERE).joinpath("packs").iterdir() if entry.is_dir())
    return tuple(sorted(folder.name for folder in folders if folder.joinpath("pack.yaml").is_file()))


def packaged_bytes(name: str, *path: str) -> bytes:
    """Return the bytes of one file of a packaged treaty pack.

    Args:
        name: Name of the pack.
        path: The file's path inside the pack's folder.

    Raises:
        PackError: no such pack ships, or it has no such file.
    """
    entry = packaged_folder(name).joinpath(*path)
    if not entry.is_file():
        raise PackError(f"packaged treaty {name!r} has no file {'/'.join(path)}")
    return entry.read_bytes()


def packaged_folder(name: str) -> Traversable:
    """Return the folder of a packaged treaty pack.

    Raises:
        PackError: no pack of that name ships.
    """
    names = packaged_names()
    if name not in names:
        raise PackError(f"no packaged treaty {name!r}; there is {', '.join(names)}")
    return files(_HERE).joinpath("packs", name)


def template_files() -> tuple[tuple[str, bytes], ...]:
    """Return the files of the template of a pack: path inside its folder, and bytes, pack first."""
    folder = files(_HERE).joinpath("template")
    paths = ("pack.yaml", "published.yaml", "situations/example.yaml")
    return tuple((path, folder.joinpath(*path.split("/")).read_bytes()) for path in paths)
