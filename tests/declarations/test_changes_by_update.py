"""Where the agreement says that a figure changes by the periodic update alone, no notification is asked for."""

import json
from pathlib import Path

import pytest

from counterseal.treaty.errors import PackError
from counterseal.treaty.load import load_pack, packaged_pack_text
from program import Program

HEADER = (
    "as_of,party,deployed_delivery_systems,deployed_warheads,deployed_and_nondeployed_launchers,status,source"
)


def test_warhead_figures_of_new_start_need_no_notification_and_the_others_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Warhead data changes are notified in the six-monthly update alone (New START Protocol, Part Four)."""
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(f"{HEADER}\n2020-03-01,US,655,1373,800,confirmed,x\n", encoding="utf-8")
    new.write_text(f"{HEADER}\n2020-09-01,US,675,1457,800,confirmed,x\n", encoding="utf-8")
    ran = Program(capsys, monkeypatch)("declaration", "diff", old, new, "--treaty", "new-start", "--json")
    standing = {change["subject"]: change["standing"] for change in json.loads(ran.out)["changes"]}
    assert standing == {"deployed_delivery_systems": "open-question", "deployed_warheads": "none-due"}


def test_the_clock_that_is_named_must_be_one_of_the_pack() -> None:
    text = packaged_pack_text("new-start").replace(b"changes_by: six-monthly-update", b"changes_by: yearly")
    with pytest.raises(PackError, match="yearly"):
        load_pack(text, where="pack.yaml")
