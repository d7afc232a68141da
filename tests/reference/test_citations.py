"""Every [KEY] that the code or a page cites resolves, and the registry holds nothing unused."""

import ast
import re
from pathlib import Path

import pytest

from counterseal.reference.citations import SOURCES, cited
from counterseal.reference.errors import UnknownCitationError
from counterseal.reference.source import SourceKind
from counterseal.terms.outcomes import KnownAs

ROOT = Path(__file__).parents[2]
KEY = re.compile(r"\[([A-Z][A-Z0-9]{2,}(?:-[A-Z0-9]+)*)\](?!\()")
REFERENCES = re.compile(r"^ *References:\n((?: +.*\n?)+)", re.MULTILINE)
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
NOT_A_CITATION = {"OPTIONS", "ARGS", "COMMAND", "KEY", "CARDS", "DRAW", "PARTY"}


def _keys(text: str) -> set[str]:
    return set(KEY.findall(text)) - NOT_A_CITATION


def _docstrings(path: Path) -> str:
    """All texts in a Python file that are statements of their own: docstrings, and those under attributes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return "\n".join(
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _python_files() -> list[Path]:
    return [path for folder in ("src", "verifier") for path in sorted((ROOT / folder).rglob("*.py"))]


def _pages() -> list[Path]:
    docs = (path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)
    return sorted([*docs, *ROOT.glob("*.md")])


def test_every_key_that_a_text_cites_is_in_the_registry() -> None:
    texts = [_docstrings(path) for path in _python_files()] + [
        path.read_text(encoding="utf-8") for path in _pages()
    ]
    assert set().union(*map(_keys, texts)) - {source.key for source in SOURCES} == set()


def test_every_registered_text_is_cited_or_is_a_source_document() -> None:
    used = set().union(*(_keys(_docstrings(path)) for path in _python_files()))
    listed = ROOT / "docs" / "reference" / "citations.md"
    used |= set().union(*(_keys(path.read_text(encoding="utf-8")) for path in _pages() if path != listed))
    unused = {source.key for source in SOURCES if source.kind is not SourceKind.SOURCE_DOCUMENT} - used
    assert not unused


def test_references_name_their_texts_by_key_alone() -> None:
    """Authors, journal and year stand once, in the registry."""
    spelt_out = {
        path.relative_to(ROOT).as_posix(): YEAR.findall(KEY.sub("", said))
        for path in _python_files()
        for said in REFERENCES.findall(_docstrings(path))
        if YEAR.search(KEY.sub("", said))
    }
    assert spelt_out == {}


def test_keys_are_unique_and_texts_end_as_sentences() -> None:
    keys = [source.key for source in SOURCES]
    assert len(keys) == len(set(keys))
    assert all(source.text.endswith(".") for source in SOURCES)


def test_a_text_is_confirmed_exactly_when_the_day_it_was_read_is_known() -> None:
    for source in SOURCES:
        assert (source.known_as is KnownAs.CONFIRMED) == (source.read_on is not None), source.key


def test_an_unknown_key_is_refused_by_name() -> None:
    with pytest.raises(UnknownCitationError, match=r"\[NOBODY-1900\]"):
        cited("NOBODY-1900")
