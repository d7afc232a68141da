"""Pictures of spectra: the same bytes every time, readable, and right without colour."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

from counterseal.app.plots.spectrum_plot import PeakLabel, View, plot_spectrum
from counterseal.measurement.spectrum import Spectrum
from strategies.known_sources import made

SPECTRUM = made("nai", {"Cs-137": 30_000.0}, seed=2)
LABELS = (
    PeakLabel(energy_kev=661.7, text="662 Cs-137", significance=50.0),
    PeakLabel(energy_kev=668.0, text="668", significance=5.0),
    PeakLabel(energy_kev=1460.8, text="1461 K-40", significance=9.0),
)


def picture(form: str = "svg", *, background: Spectrum | None = None, view: View | None = None) -> bytes:
    return plot_spectrum(
        SPECTRUM, title="a title", form=form, labels=LABELS, background=background, view=view
    )


@pytest.mark.parametrize("form", ["svg", "png"])
def test_the_same_data_give_the_same_bytes_whatever_the_users_own_style(form: str) -> None:
    first = picture(form=form)
    with mpl.rc_context({"font.size": 20.0, "svg.hashsalt": "mine", "lines.linewidth": 5.0}):
        assert picture(form=form) == first


def test_it_has_no_date_and_no_colour() -> None:
    text = picture().decode()
    assert "dc:date" not in text
    colours = {colour.lower() for colour in re.findall(r"#[0-9a-fA-F]{6}", text)}
    assert all(len({colour[1:3], colour[3:5], colour[5:7]}) == 1 for colour in colours)


def test_a_colliding_label_gives_way_to_the_stronger_one() -> None:
    shown = picture().decode()
    assert "662 Cs-137" in shown
    assert "1461 K-40" in shown
    assert "<!-- 668 -->" not in shown


def test_a_background_is_told_apart_by_its_line() -> None:
    text = picture(background=replace(SPECTRUM, live_time_ns=SPECTRUM.live_time_ns // 2)).decode()
    assert "stroke-dasharray" in text
    assert "background, same time" in text
    assert "stroke-dasharray" not in picture().decode()


def test_it_is_a_drawing_of_the_size_of_a_phone() -> None:
    root = ET.fromstring(picture())
    width, height = (float(root.attrib[side].removesuffix("pt")) for side in ("width", "height"))
    assert width == pytest.approx(6.4 * 72)
    assert height == pytest.approx(4.2 * 72)


@pytest.mark.parametrize(
    "view", [View(), View(from_kev=100.0, to_kev=200.0), View(linear=True), View(from_kev=5.0, to_kev=1.0)]
)
def test_every_view_can_be_drawn(view: View) -> None:
    assert picture(view=view).startswith(b"<?xml")


def test_without_a_scale_channels_are_shown() -> None:
    text = plot_spectrum(replace(SPECTRUM, scale=None), title="t", form="svg").decode()
    assert "channel (no energy calibration)" in text


def test_an_empty_spectrum_can_be_drawn() -> None:
    empty = replace(SPECTRUM, counts=np.zeros(1024, dtype=np.int64))
    assert plot_spectrum(empty, title="nothing", form="png").startswith(b"\x89PNG")


def test_matplotlib_is_loaded_only_to_draw() -> None:
    program = (
        "import sys, counterseal.app.cli.spectrum, counterseal.measurement.identify,"
        " counterseal.measurement.line_calibration;"
        " print(sorted({'matplotlib', 'scipy', 'numba'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
