"""Every rule of the second verifier refuses what breaks it, with its own words, and no rule can be taken away."""

import ast
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import verify_bundle
from verifier.cases import CASES, Case
from verifier.running import refusals, run

SOURCE = Path(str(verify_bundle.__file__)).read_text(encoding="utf-8")


def is_refused(case: Case, arguments: list[str], module: types.ModuleType, patch: pytest.MonkeyPatch) -> bool:
    with patch.context() as patched:
        for attribute, value in case.patch.items():
            patched.setattr(module, attribute, value)
        status, result = run(arguments, module)
    return status == 1 and any(case.rule in rule for rule in refusals(result)[case.check])


@pytest.mark.parametrize("name", CASES)
def test_what_breaks_a_rule_is_refused_by_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES[name]
    for attribute, value in case.patch.items():
        monkeypatch.setattr(verify_bundle, attribute, value)
    status, result = run(case.make(tmp_path))
    assert (status, result["verified"]) == (1, False)
    assert any(case.rule in rule for rule in refusals(result)[case.check]), refusals(result)


def is_rule(node: ast.AST) -> bool:
    """Tell whether a statement is one that refuses: a call of `need`, or `raise Refused`."""
    if isinstance(node, ast.Raise):
        return isinstance(node.exc, ast.Call) and getattr(node.exc.func, "id", "") == "Refused"
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    function = node.value.func
    return getattr(function, "id", getattr(function, "attr", "")) == "need"


class Without(ast.NodeTransformer):
    """Takes the rule on a line away."""

    def __init__(self, line: int) -> None:
        self.line = line

    def generic_visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.stmt) and is_rule(node) and node.lineno == self.line:
            return ast.copy_location(ast.Pass(), node)
        return super().generic_visit(node)


def rule_lines() -> set[int]:
    """Return the lines of all rules but those of the machinery that reports them."""
    tops = [top for top in ast.parse(SOURCE).body if getattr(top, "name", "") not in {"need", "Report"}]
    nodes = [node for top in tops for node in ast.walk(top) if isinstance(node, ast.stmt) and is_rule(node)]
    return {node.lineno for node in nodes if "form != INSTANT" not in ast.unparse(node)}


WHOLE = compile(SOURCE, "whole", "exec")


def module_of(code: types.CodeType) -> types.ModuleType:
    module = types.ModuleType("copy")
    exec(code, vars(module))
    return module


def met_rules(arguments: list[str], case: Case, patch: pytest.MonkeyPatch) -> set[int]:
    """Return the lines whose rule gives a case its words."""
    met: set[int] = set()
    module = module_of(WHOLE)
    need, refuse, report_need = module.need, module.Refused.__init__, module.Report.need

    def line_above(depth: int) -> int:
        return sys._getframe(depth).f_lineno

    def traced_need(holds: object, rule: str, found: object = None) -> None:
        if not holds and case.rule in (rule if found is None else f"{rule}; found {ascii(found)[:100]}"):
            met.add(line_above(2))
        need(holds, rule, found)

    def traced_refuse(self: Any, text: str) -> None:
        if case.rule in text:
            met.add(line_above(2))
        refuse(self, text)

    def traced_report(self: Any, holds: object, check: str, file: str | None, rule: str) -> None:
        if not holds and case.rule in rule:
            met.add(line_above(2))
        report_need(self, holds, check, file, rule)

    vars(module)["need"] = traced_need
    patch.setattr(module.Refused, "__init__", traced_refuse)
    patch.setattr(module.Report, "need", traced_report)
    assert is_refused(case, arguments, module, patch)
    return met


@pytest.mark.soak
def test_no_rule_can_be_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its statement, each rule's own case is no longer refused by it: so every rule has one, and is needed."""
    by_line: dict[int, list[str]] = {}
    made = {}
    for number, (name, case) in enumerate(CASES.items()):
        (tmp_path / str(number)).mkdir()
        made[name] = case.make(tmp_path / str(number))
        for line in met_rules(made[name], case, monkeypatch):
            by_line.setdefault(line, []).append(name)
    lines = SOURCE.splitlines()
    untested = [f"{line}: {lines[line - 1].strip()}" for line in sorted(rule_lines() - by_line.keys())]
    assert not untested
    needless = []
    for line in sorted(rule_lines()):
        module = module_of(compile(Without(line).visit(ast.parse(SOURCE)), "mutant", "exec"))
        if all(still_refused(CASES[name], made[name], module, monkeypatch) for name in by_line[line][:3]):
            needless.append(f"{line}: {lines[line - 1].strip()}")
    assert not needless


def words_of(node: ast.AST) -> list[str]:
    """Return what a rule always says: the constant pieces of its words, longest first."""
    call = node.value if isinstance(node, ast.Expr) else getattr(node, "exc", None)
    assert isinstance(call, ast.Call)
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    words = call.args[{"need": 3 if len(call.args) == 4 else 1, "Refused": 0}[name]]
    pieces = [piece.value for piece in ast.walk(words) if isinstance(piece, ast.Constant)]
    return sorted((piece for piece in pieces if isinstance(piece, str)), key=len, reverse=True)


def sampled_rules() -> list[tuple[int, list[str]]]:
    """Return every eighth rule that says something of its own, with cases that seem to be its."""
    tops = [top for top in ast.parse(SOURCE).body if getattr(top, "name", "") not in {"need", "Report"}]
    found = {}
    for node in (
        node for top in tops for node in ast.walk(top) if isinstance(node, ast.stmt) and is_rule(node)
    ):
        piece = next(iter(words_of(node)), "")
        names = [name for name, case in CASES.items() if piece in case.rule or case.rule in piece]
        if len(piece) > 20 and names:
            found[node.lineno] = names[:8]
    assert len(found) > 100
    return sorted(found.items())[::8]


@pytest.mark.parametrize(("line", "names"), sampled_rules(), ids=str)
def test_a_rule_cannot_be_taken_away(
    line: int, names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sample of the long form above: without its statement, one of its cases is no longer refused by it."""
    module = module_of(compile(Without(line).visit(ast.parse(SOURCE)), "mutant", "exec"))
    for number, name in enumerate(names):
        (tmp_path / str(number)).mkdir()
        arguments = CASES[name].make(tmp_path / str(number))
        if not still_refused(CASES[name], arguments, module, monkeypatch):
            return
    pytest.fail(f"{SOURCE.splitlines()[line - 1].strip()} is in line {line} for nothing: {names}")


def still_refused(
    case: Case, arguments: list[str], module: types.ModuleType, patch: pytest.MonkeyPatch
) -> bool:
    try:
        return is_refused(case, arguments, module, patch)
    except Exception:  # noqa: BLE001 - a verifier without one of its rules may fail in any way
        return False


def test_no_two_rules_have_the_same_words() -> None:
    calls = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Call)]
    words = []
    for call in calls:
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        place = {"need": 3 if len(call.args) == 4 else 1, "Refused": 0}.get(name)
        if place is not None and not isinstance(call.args[place], ast.Name | ast.IfExp):
            words.append(ast.unparse(call.args[place]))
    assert len(words) > 100
    assert sorted(set(words)) == sorted(words)
