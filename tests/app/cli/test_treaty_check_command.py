"""``counterseal treaty check``: what it counts as a rule of a pack."""

from pathlib import Path

from counterseal.treaty.load import packaged_names, packaged_pack
from program import Program


def told(program: Program, pack: object) -> str:
    ran = program("treaty", "check", pack)
    assert ran.code == 0, ran.err
    return ran.out.splitlines()[0]


def test_every_rule_of_a_new_pack_is_counted_its_budget_of_disclosure_too(
    program: Program, tmp_path: Path
) -> None:
    made = program("treaty", "new", tmp_path / "widgets")
    assert made.code == 0, made.err
    assert "(7 rules)" in told(program, tmp_path / "widgets")
    pack = tmp_path / "widgets" / "pack.yaml"
    text = pack.read_text(encoding="utf-8")
    start, end = text.index("disclosure_budgets:"), text.index("# Lines of a breakdown")
    pack.write_text(text[:start] + text[end:], encoding="utf-8")
    assert "(6 rules)" in told(program, tmp_path / "widgets")


def test_a_packaged_pack_has_as_many_rules_as_it_lists(program: Program) -> None:
    for name in packaged_names():
        pack = packaged_pack(name)
        lists = (pack.limits, pack.closures, pack.clocks, pack.quotas, pack.disclosure_budgets)
        assert f"({sum(map(len, lists))} rules)" in told(program, name)
