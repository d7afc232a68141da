"""``counterseal declaration check`` and ``diff``, on files alone."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from counterseal.app.cli.declaration import declaration
from counterseal.declarations.errors import DeclarationError
from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.treaty.errors import PackError

HEADER = "as_of,party,deployed_delivery_systems,deployed_warheads,deployed_and_nondeployed_launchers,status,source\n"
OLD = "2020-03-01,US,4,10,6,recalled,made up\n"
NEW = "2020-09-01,US,5,10,6,recalled,made up\n"
BREAKDOWN = """category,system,count
deployed ICBMs,MM-III,2
deployed SLBMs,Trident II,2
deployed heavy bombers,B-52H,1
deployed launchers of ICBMs,MM-III,2
non-deployed launchers of ICBMs,MM-III,0
deployed launchers of SLBMs,Trident II,2
non-deployed launchers of SLBMs,Trident II,0
non-deployed heavy bombers,B-52H,1
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("totals.csv").write_text(HEADER + OLD + NEW, encoding="utf-8")
    Path("breakdown.csv").write_text(BREAKDOWN, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(declaration, [*arguments, "--treaty", "new-start"])


def check_breakdown(*more: str) -> Result:
    return run("check", "totals.csv", "breakdown.csv", "--party", "US", "--as-of", "2020-09-01", *more)


def test_check_says_what_a_file_holds_and_that_it_closes(files: Path) -> None:
    result = check_breakdown()
    assert result.exit_code == 0
    assert "3 declarations read" in result.output
    assert "closes: deployed_delivery_systems" in result.output
    assert "2 + 2 + 1 = 5, declared 5" in result.output
    assert "recalled" in result.output


def test_check_as_json_is_one_document(files: Path) -> None:
    document = json.loads(check_breakdown("--json").stdout)
    assert document["treaty"] == "new-start"
    assert [each["known_as"] for each in document["declarations"]] == ["recalled", "recalled", "confirmed"]
    (closure,) = document["closures"]
    assert [each["outcome"] for each in closure["results"]] == ["closes", "closes"]
    assert closure["results"][0]["lines_sum"] == 5


def test_check_ends_with_1_where_a_breakdown_does_not_add_up(files: Path) -> None:
    Path("breakdown.csv").write_text(BREAKDOWN.replace("MM-III,2", "MM-III,3"), encoding="utf-8")
    result = check_breakdown()
    assert result.exit_code == 1
    assert "differs: deployed_delivery_systems" in result.output


def test_check_without_totals_says_so(files: Path) -> None:
    result = run("check", "breakdown.csv", "--party", "US", "--as-of", "2020-09-01")
    assert result.exit_code == 0
    assert "no totals of this party and date were given" in result.output


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (("check", "breakdown.csv"), DeclarationError, "its party and date must be given"),
        (("check", "totals.csv", "--until", "2020-03-01"), DeclarationError, "totals.csv:3, column as_of"),
        (("check", "totals.csv", "totals.csv"), RefusedInputError, "declared in two of the files"),
        (("check", "absent.csv"), WorkplaceError, "absent.csv: cannot be read"),
        (("check", "."), WorkplaceError, "cannot be read"),
        (
            ("check", "breakdown.csv", "--party", "XX", "--as-of", "2020-09-01"),
            DeclarationError,
            "must be a party to new-start: US, RU",
        ),
        (
            ("diff", "totals.csv", "breakdown.csv", "--party", "US", "--between", "2020-03-01", "2020-09-01"),
            RefusedInputError,
            "must be of one form",
        ),
    ],
)
def test_what_is_refused(files: Path, arguments: tuple[str, ...], error: type[Exception], says: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, error)
    assert says in str(result.exception)


def test_an_unknown_treaty_is_refused(files: Path) -> None:
    result = CliRunner().invoke(declaration, ["check", "totals.csv", "--treaty", "no-such"])
    assert isinstance(result.exception, PackError)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("diff", "totals.csv", "totals.csv"),
        ("diff", "totals.csv", "totals.csv", "--between", "today", "2020-09-01"),
    ],
)
def test_what_is_a_mistake_of_use_ends_with_2(files: Path, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def notices(change: int) -> str:
    effects = [{"category": "deployed ICBMs", "system": "MM-III", "change": change}]
    return json.dumps(
        {
            "format": "counterseal.notification/1",
            "treaty": "new-start",
            "id": "N-1",
            "party": "US",
            "kind": "data-change",
            "event_date": "2020-05-05",
            "effects": effects,
        }
    )


def test_diff_names_the_notification_that_explains_a_change(files: Path) -> None:
    Path("notices.json").write_text(notices(1), encoding="utf-8")
    arguments = ("diff", "totals.csv", "totals.csv", "--between", "2020-03-01", "2020-09-01")
    alone = run(*arguments)
    assert (alone.exit_code, "open-question: No notification" in alone.output) == (0, True)
    told = run(*arguments, "--notifications", "notices.json")
    assert "~ changed: deployed_delivery_systems: 4 → 5 (+1)" in told.output
    assert "    Explained by N-1." in told.output
    assert "limit 700 on deployed_delivery_systems" in told.output
    document = json.loads(run(*arguments, "--notifications", "notices.json", "--json").stdout)
    assert document["open_questions"] == 0
    assert document["changes"][0]["notifications"] == ["N-1"]
