"""The page in a real browser, from a file: it loads in silence, fits a phone, prints, opens its links."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.report.report_world import report_input, three_parties
from counterseal.app.report.build import build_report

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--allow-file-access-from-files",
)

MEASURE = """<!DOCTYPE html><title>frame</title><body><iframe src="report.html" style="width:{width}px;height:900px"></iframe>
<script>
addEventListener("load", () => {{
  const page = document.querySelector("iframe").contentDocument;
  page.querySelectorAll("details").forEach((one) => {{ one.open = true; }});
  const root = page.documentElement;
  const wide = [...page.querySelectorAll("body *")].filter((one) => !one.closest(".box, pre, .unseen")
    && one.getBoundingClientRect().right > root.clientWidth + 1).map((one) => one.tagName + "." + one.className);
  const small = [...page.querySelectorAll("svg text")].filter((one) => one.getBoundingClientRect().height > 0
    && one.getBoundingClientRect().height < 10).length;
  document.body.innerHTML = "<p id='said'>" + [root.scrollWidth, root.clientWidth, wide.length, small].join(" ")
    + " " + wide.slice(0, 5).join(" ") + "</p>";
}});
</script>"""


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise AssertionError(
        "no Chromium on this machine; the browser tests need one (Debian: apt install chromium)"
    )


def _run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [_chromium(), *QUIET, f"--user-data-dir={folder / 'profile'}", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@pytest.fixture(scope="module", params=["two-parties", "three-parties"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp(request.param)
    given = report_input() if request.param == "two-parties" else three_parties()
    (made / "report.html").write_text(build_report(given), encoding="utf-8")
    return made


def test_it_loads_from_a_file_without_a_word_on_the_console(folder: Path) -> None:
    done = _run(folder, "--dump-dom", (folder / "report.html").as_uri())
    assert "What to look at" in done.stdout
    assert re.findall(r".*CONSOLE.*", done.stderr) == []


@pytest.mark.parametrize("width", [360, 820, 1280])
def test_nothing_is_wider_than_the_screen_and_no_label_too_small(folder: Path, width: int) -> None:
    frame = folder / f"frame-{width}.html"
    frame.write_text(MEASURE.format(width=width), encoding="utf-8")
    done = _run(folder, "--window-size=1400,1000", "--virtual-time-budget=5000", "--dump-dom", frame.as_uri())
    said = re.search(r"id=\"said\">(\d+) (\d+) (\d+) (\d+) ?([^<]*)<", done.stdout)
    assert said is not None, done.stdout[-500:]
    scroll, client, too_wide, too_small = (int(said[number]) for number in range(1, 5))
    assert (scroll <= client, too_wide, too_small) == (True, 0, 0), said[5]


def test_it_prints(folder: Path) -> None:
    target = folder / "report.pdf"
    _run(folder, "--no-pdf-header-footer", f"--print-to-pdf={target}", (folder / "report.html").as_uri())
    assert target.read_bytes().startswith(b"%PDF")
