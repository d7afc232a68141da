"""Build the pages that follow from the code: map, commands, citations, effort file, interface.

Usage: ``python docs/tools/build_pages.py --write`` after a change, ``--check`` in the tests.
"""

import argparse
import ast
import importlib
import inspect
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from counterseal.reference.citations import SOURCES

ROOT = Path(__file__).parents[2]
_LARGE = 1e9
"""From here on a number is written with an exponent."""
PACKAGE = ROOT / "src" / "counterseal"
BUILT = (
    "<!-- Built from the code by docs/tools/build_pages.py; change the code or the template there. -->\n\n"
)


def _page(template: str, **parts: str) -> str:
    """Fill the places ``{{name}}`` of a template beside this script."""
    text = (Path(__file__).parent / f"{template}.in.md").read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    return BUILT + text


# ---- the map ----------------------------------------------------------------------------------


def _plate(package: Path) -> str | None:
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    return ast.get_docstring(tree)


def _floors() -> list[list[str]]:
    """Rooms by floor, the highest first, as the import contract in pyproject.toml names them."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[name.strip().removeprefix("counterseal.") for name in layer.split("|")] for layer in layers]


def _first_line(room: str) -> str:
    path = PACKAGE / room
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    doc = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) if source.exists() else None
    return doc.splitlines()[0].removeprefix(f"{room.capitalize()}: ") if doc else ""


def _floor_table() -> Iterator[str]:
    floors = _floors()
    yield "| floor | room | in a line |"
    yield "|---|---|---|"
    for height, rooms in zip(range(len(floors) - 1, -1, -1), floors, strict=True):
        for room in rooms:
            yield f"| {height} | `{room}` | {_first_line(room)} |"


def _rooms_with_plates() -> Iterator[tuple[str, str]]:
    for rooms in _floors():
        for room in rooms:
            inside = sorted(path.parent for path in (PACKAGE / room).rglob("__init__.py"))
            for package in inside:
                plate = _plate(package)
                if plate:
                    yield package.relative_to(PACKAGE).as_posix(), plate


def architecture() -> str:
    """Return the text of ``ARCHITECTURE.md``."""
    plates = "\n\n".join(f"### {name}\n\n{plate}" for name, plate in _rooms_with_plates())
    return _page("architecture", floors="\n".join(_floor_table()), plates=plates.replace("``", "`"))


# ---- the commands -----------------------------------------------------------------------------


def _root_command() -> click.Command:
    module = importlib.import_module("counterseal.app.cli.main")

    found = [thing for thing in vars(module).values() if isinstance(thing, click.Group)]
    if not found:
        sys.exit("build_pages: counterseal.app.cli.main holds no click group")
    return found[0]


def _parameter_rows(ctx: click.Context, command: click.Command) -> Iterator[str]:
    for parameter in command.get_params(ctx):
        if isinstance(parameter, click.Argument):
            yield f"| `{parameter.make_metavar(ctx)}` | {'needed' if parameter.required else 'optional'} |"
        elif isinstance(parameter, click.Option) and not parameter.hidden and parameter.name != "help":
            record = parameter.get_help_record(ctx)
            if record:
                names, text = (" ".join(part.split()).replace("|", "\\|") for part in record)
                yield f"| `{names}` | {text} |"


def _describe(ctx: click.Context, command: click.Command) -> Iterator[str]:
    yield f"{'#' * min(2 + ctx.command_path.count(' '), 4)} {ctx.command_path}\n"
    yield f"{_help(command)}\n"
    rows = list(_parameter_rows(ctx, command))
    if rows:
        yield "| argument or option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            child = command.get_command(ctx, name)
            if child is not None and not child.hidden:
                yield from _describe(click.Context(child, info_name=name, parent=ctx), child)


def _help(command: click.Command) -> str:
    text = (command.help or "").split("\f")[0].strip()
    return text.replace("\b\n", "")


def commands() -> str:
    """Return the text of ``docs/reference/cli.md``."""
    root = _root_command()
    text = "\n".join(_describe(click.Context(root, info_name="counterseal"), root))
    return _page("cli", commands=text.rstrip())


# ---- the citations ----------------------------------------------------------------------------


def citations() -> str:
    """Return the text of ``docs/reference/citations.md``."""
    rows = "\n".join(
        f"| [{source.key}] | {source.text} | {source.kind.value} | {source.known_as.value} "
        f"| {source.read_on or ''} |"
        for source in SOURCES
    )
    return _page("citations", rows=rows)


# ---- the effort file ---------------------------------------------------------------------------


def efforts() -> str:
    """Return the text of ``docs/reference/effort-files.md``, from the schema that the reader uses."""
    from counterseal.design.effort import effort_schema  # noqa: PLC0415 - for this page alone

    schema = effort_schema()
    needed = set(schema["required"])
    sections = "\n".join(
        _section(name, part, needed=name in needed) for name, part in schema["properties"].items()
    )
    return _page("effort-files", sections=sections.rstrip(), limits="\n".join(_limits()))


def _limits() -> Iterator[str]:
    """Yield a row for each limit that is not of one field."""
    from counterseal.design.effort_plan import MAX_OPTIONS  # noqa: PLC0415 - for this page alone
    from counterseal.design.states import MAX_COMMON, MAX_UNKNOWN  # noqa: PLC0415 - the same
    from counterseal.treaty import yaml_document as form  # noqa: PLC0415 - the same

    yield f"| size of the file | {form.MAX_BYTES} bytes |"
    yield f"| mappings and lists inside each other | {form.MAX_DEPTH} levels |"
    yield f"| a whole number | {form.MAX_DIGITS} digits |"
    yield f"| a number with a fraction or exponent | {form.MAX_DECIMAL} characters, an exponent of 3 digits |"
    yield f"| options at one place of `plan`, doing nothing among them | {MAX_OPTIONS} |"
    yield f"| techniques and monitors with `common_mode_p` above 0 that bear on one strategy | {MAX_COMMON} |"
    yield f"| tests with `detect_beta` that bear on one strategy | {MAX_UNKNOWN} |"


def _section(name: str, part: dict[str, Any], *, needed: bool) -> str:
    head = (
        f"## `{name}`\n\n{_sentence(part)} {_values(part).capitalize()}. {_left_out(part, needed=needed)}.\n"
    )
    rows = list(_fields(part))
    if not rows:
        return head
    return "\n".join([head, "| field | value | left out | meaning |", "|---|---|---|---|", *rows, ""])


def _left_out(part: dict[str, Any], *, needed: bool) -> str:
    """Return what stands for a field that a file leaves out."""
    if needed:
        return "Needed"
    return f"Left out: {_plain(part['default'])}" if "default" in part else "Optional"


def _plain(value: Any) -> str:
    """Return a value as a person writes it in the file."""
    if isinstance(value, bool | str):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        return "none" if not value else ", ".join(_plain(one) for one in value)
    if abs(value) < _LARGE:
        return f"{value:.15g}"
    digits, _, exponent = f"{value:.9e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"


def _sentence(part: dict[str, Any]) -> str:
    text = part.get("description", part.get("title", ""))
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _fields(part: dict[str, Any], under: str = "") -> Iterator[str]:
    """Yield a row for each field, those inside it after it, with its place as the file has it."""
    if part.get("type") == "array":
        yield from _fields(part["items"], f"{under}[]")
        return
    needed = set(part.get("required", ()))
    for name, one in part.get("properties", {}).items():
        place = f"{under}.{name}".lstrip(".").removeprefix("[].")
        said = "needed" if name in needed else _plain(one["default"]) if "default" in one else "optional"
        yield f"| `{place}` | {_values(one)} | {said} | {one.get('description', '')} |"
        yield from _fields(one, place)


def _values(part: dict[str, Any]) -> str:
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return ", ".join(f"`{one}`" for one in part["enum"])
    kind = part.get("type")
    if kind == "array":
        return _list(part)
    if kind in {"number", "integer"}:
        return " ".join(filter(None, ["whole number" if kind == "integer" else "number", _range(part)]))
    if kind == "string":
        return _text(part)
    return {"boolean": "`true` or `false`", "object": "mapping"}.get(kind or "", "")


def _list(part: dict[str, Any]) -> str:
    least, most = part.get("minItems", 0), part["maxItems"]
    number = f"{most}" if least == most else f"{least} to {most}"
    unlike = ", all different" if part.get("uniqueItems") else ""
    entry = "" if "properties" in part["items"] else f": {_values(part['items'])}"
    return f"list of {number}{unlike}{entry}"


def _text(part: dict[str, Any]) -> str:
    if part.get("pattern", "").startswith("^[a-z0-9]["):
        return "name"
    return f"text of {part['minLength']} to {part['maxLength']} characters" if "maxLength" in part else "text"


def _range(part: dict[str, Any]) -> str:
    signs = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    return " ".join(f"{sign} {_plain(part[name])}" for name, sign in signs.items() if name in part)


# ---- the Python interface ---------------------------------------------------------------------


def interface() -> str:
    """Return the text of ``docs/reference/python-interface.md``, from what the door plates name."""
    rooms = ("stats", "design")
    report = importlib.import_module("counterseal.app.report.regime_report").report
    parts = {room: "\n".join(_names_of(room)) for room in rooms}
    return _page("python-interface", **parts, report=_row("report", report))


def _names_of(room: str) -> Iterator[str]:
    plate = importlib.import_module(f"counterseal.{room}")
    for name in plate._NAMES:  # noqa: SLF001 - the plate's own list is what this page shows
        thing = getattr(plate, name)
        yield _row(name, thing)


def _row(name: str, thing: Any) -> str:
    line = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    call = f"{name}{_call(thing)}" if inspect.isfunction(thing) else name
    return f"| `{call}` | {line} |"


def _default(value: Any) -> str:
    return value.__name__ if inspect.isfunction(value) else repr(value)


def _call(function: Any) -> str:
    parameters = inspect.signature(function).parameters.values()
    shown = [
        one.name if one.default is inspect.Parameter.empty else f"{one.name}={_default(one.default)}"
        for one in parameters
    ]
    places = [place for place, one in enumerate(parameters) if one.kind is inspect.Parameter.KEYWORD_ONLY]
    if places:
        shown.insert(places[0], "*")
    return f"({', '.join(shown)})"


# ---- all of them ------------------------------------------------------------------------------

PAGES = {
    "ARCHITECTURE.md": architecture,
    "docs/reference/cli.md": commands,
    "docs/reference/citations.md": citations,
    "docs/reference/effort-files.md": efforts,
    "docs/reference/python-interface.md": interface,
}


def main() -> int:
    """Write the pages, or say which of them no longer say what the code says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the pages")
    what.add_argument(
        "--check", action="store_true", help="exit 1 if a page differs from what the code gives"
    )
    parser.add_argument("page", nargs="*", metavar="PAGE", help="only these pages; all of them by default")
    wanted = parser.parse_args()
    stale = []
    for name in wanted.page or PAGES:
        path, text = ROOT / name, PAGES[name]()
        if wanted.write:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        print(
            f"out of date: {', '.join(stale)}; run: python docs/tools/build_pages.py --write", file=sys.stderr
        )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
