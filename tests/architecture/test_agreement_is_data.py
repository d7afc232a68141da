"""No line of code knows an agreement, and none pronounces judgement."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "counterseal"
PACKS = sorted(PACKAGE.glob("treaty/packs/*/pack.yaml"))
DEMO = PACKAGE / "app" / "cli" / "demo.py"
CODE = sorted(PACKAGE.rglob("*.py"))
SMALL = 100
"""Numbers below this are too common to be told from an agreement's own."""


def _pack(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def _names(pack: dict[str, Any], folder: str) -> set[str]:
    words = {
        folder,
        str(pack.get("id", folder)),
        str(pack.get("title", folder)),
        str(pack.get("short_title", folder)),
    }
    for party in pack.get("parties", []):
        if party.get("kind") == "state":
            words |= {str(party["code"]), str(party["name"])}
    return words


def _numbers(thing: object) -> Iterator[int]:
    if isinstance(thing, dict):
        for value in thing.values():
            yield from _numbers(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _numbers(value)
    elif isinstance(thing, int) and not isinstance(thing, bool):
        yield thing


def _constants(path: Path) -> list[object]:
    """Every constant of a file but docstrings, and but the demonstration's default pack."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    if path == DEMO:
        texts |= {
            id(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        }
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in texts]


def test_there_is_a_pack_to_look_for() -> None:
    assert PACKS


def _offenders(
    find: Callable[[Path], Sequence[object]], paths: Iterable[Path] = CODE
) -> dict[str, list[object]]:
    found = {path.relative_to(PACKAGE).as_posix(): list(find(path)) for path in paths}
    return {path: things for path, things in found.items() if things}


def test_no_code_holds_a_name_of_an_agreement_or_of_its_states() -> None:
    names = set().union(*(_names(_pack(pack), pack.parent.name) for pack in PACKS))
    either = re.compile(
        "|".join(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" for name in sorted(names))
    )
    assert (
        _offenders(lambda path: [it for it in _constants(path) if isinstance(it, str) and either.search(it)])
        == {}
    )


def test_no_docstring_or_comment_names_an_agreement_or_its_states() -> None:
    """Short codes are left out; the demonstration may say which agreement it replays."""
    folders = {pack.parent.name for pack in PACKS}
    names = set().union(*(_names(_pack(pack), pack.parent.name) for pack in PACKS)) - folders
    titles = [name for name in names if len(name) > 3]
    others = [path for path in CODE if path != DEMO]
    assert _offenders(lambda path: [name for name in titles if name in path.read_text("utf-8")], others) == {}


def test_no_code_holds_a_limit_of_an_agreement() -> None:
    limits = {
        number
        for pack in PACKS
        for part in ("limits", "interpretations")
        for number in _numbers(_pack(pack).get(part, []))
        if number >= SMALL
    }
    assert limits
    assert _offenders(lambda path: [it for it in _constants(path) if type(it) is int and it in limits]) == {}


def _dates(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"date", "datetime"}
        and call.args
        and all(isinstance(argument, ast.Constant) for argument in call.args)
        and ast.literal_eval(call.args[0]) in range(1900, 2200)
    ]


def test_no_code_makes_a_date_of_its_own() -> None:
    """But the day on which the cited texts were read."""
    assert _offenders(_dates, [path for path in CODE if path.name != "citations.py"]) == {}


def test_no_code_holds_a_date_of_an_agreement() -> None:
    days = set().union(*(re.findall(r"\b\d{4}-\d\d-\d\d\b", pack.read_text("utf-8")) for pack in PACKS))
    assert _offenders(lambda path: [day for day in days if day in path.read_text("utf-8")]) == {}


JUDGEMENT = re.compile(
    r"\b(violat\w*|breach\w*|comply|complies|complied|complying|compliant|cheat\w*)\b", re.IGNORECASE
)
SPOKEN = {".py", ".html", ".j2", ".jinja", ".yaml", ".yml", ".json", ".css", ".txt", ".csv"}


def test_the_program_has_no_word_of_judgement() -> None:
    spoken = [path for path in sorted(PACKAGE.rglob("*")) if path.suffix in SPOKEN]
    assert _offenders(lambda path: JUDGEMENT.findall(path.read_text("utf-8")), spoken) == {}
