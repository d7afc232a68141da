"""The draw that the docs replay in a shell gives what the docs say, and what the program says."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from counterseal.stats.selection import picks_from
from stats import naive_draw

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "why-a-draw-is-never-restarted.md"
TEXT = PAGE.read_text(encoding="utf-8")
CASE = json.loads((naive_draw.VECTORS / "by_hand.json").read_text(encoding="utf-8"))
LINES = [*(row["commitment"] for row in CASE["participants"]), CASE["seed"], CASE["block"]]


def test_the_page_prints_what_the_program_computes() -> None:
    assert "\n".join(LINES) in TEXT
    (picks,) = picks_from(bytes.fromhex(CASE["seed"]), [(5, 2)])
    assert [[len(pick.words), pick.answer, pick.position] for pick in picks] == [[2, 1, 1], [1, 1, 2]]
    first = [f"{word:016x}"[:2] for pick in picks for word in pick.words]
    assert first == re.findall(r"begins with\s+`(\w\w)`", TEXT)
    assert "Drawn are positions **1** and **2**" in TEXT


@pytest.mark.skipif(shutil.which("basenc") is None, reason="needs basenc of the coreutils, 8.31 or later")
def test_the_shell_of_the_page_prints_it_too() -> None:
    (script,) = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == LINES
