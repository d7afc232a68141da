"""Decisions, changelog, schemas and locks keep the form that others rely on."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

import counterseal

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "counterseal"
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
SCHEMAS = sorted(path for path in PACKAGE.rglob("*.json") if "schema" in path.as_posix().lower())
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("py" + "pi", "org"),
        ("python" + "hosted", "org"),
        ("npm" + "js", "org"),
        ("npm" + "js", "com"),
    )
)
LOCKS = ("requirements.lock", "requirements-dev.lock")
NOT_OURS = {
    ".git",
    ".venv",
    "_build",
    "demo",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}


def _tree() -> Iterator[Path]:
    for folder, inside, names in os.walk(ROOT):
        inside[:] = sorted(name for name in inside if name not in NOT_OURS)
        paths = (Path(folder) / name for name in sorted(names))
        yield from (path for path in paths if path.is_file() and path.stat().st_size < 2_000_000)


def test_decisions_are_numbered_from_1_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_fits_a_page_and_has_its_four_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Options", "Decision", "Consequences"]
    assert re.search(r"^\*20\d\d-\d\d-\d\d · ", text, re.MULTILINE)
    assert len(text.splitlines()) <= 60


def test_the_newest_entry_of_the_changelog_is_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.findall(r"^## (\S+) ", text, re.MULTILINE)
    assert entries[0] == counterseal.__version__
    newest = text.split("\n## ")[1]
    parts = re.findall(r"^### (.+)$", newest, re.MULTILINE)
    assert parts == ["Code", "Statement types", "Treaty packs and reference data"]


def test_schemas_ship_with_the_package() -> None:
    assert SCHEMAS
    assert (PACKAGE / "py.typed").exists()


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_valid_draft_2020_12_and_its_id_has_a_version(path: Path) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    assert re.search(r"[/.:-]v?\d+(\.\d+)*(\.schema)?(\.json)?$", schema["$id"])


def test_ids_of_schemas_are_unique() -> None:
    ids = [json.loads(path.read_text(encoding="utf-8"))["$id"] for path in SCHEMAS]
    assert len(ids) == len(set(ids))


def test_no_file_names_a_host_of_a_package_registry() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in _tree()
        if any(host.encode() in path.read_bytes() for host in REGISTRY_HOSTS)
    ]
    assert found == []


def test_every_text_file_is_utf_8_with_unix_line_ends() -> None:
    texts = {".py", ".md", ".yaml", ".yml", ".json", ".toml", ".csv", ".lock", ".css", ".html", ".j2", ""}
    for path in _tree():
        if path.suffix in texts and not {"vectors", "found"} & set(path.parts):
            data = path.read_bytes()
            data.decode("utf-8")
            assert b"\r" not in data, path


@pytest.mark.parametrize(
    ("lock", "extra"), [("requirements.lock", "build"), ("requirements-dev.lock", "dev")]
)
def test_a_lock_pins_by_hash_every_package_that_the_project_asks_for(lock: str, extra: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"][extra]]
    names = {re.sub(r"[._]", "-", re.split(r"[<>=!~\[; ]", line)[0]).lower() for line in asked}
    assert names <= pinned
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        assert not block.strip() or "--hash=sha256:" in block


def test_both_locks_pin_the_same_versions() -> None:
    pins = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in LOCKS
    ]
    assert pins[0] <= pins[1]
