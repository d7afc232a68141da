"""Figures of a regime's report: the same bytes each time, told apart without colour, nothing cut off."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread

from app.report.design_world import full_study
from counterseal.app.plots.design_alarms import AlarmPicture, draw_alarms
from counterseal.app.plots.design_defect import draw_defect
from counterseal.app.plots.design_delay import draw_delay
from counterseal.app.plots.design_deterrence import draw_deterrence
from counterseal.app.plots.design_effort import EffortPicture, draw_effort, shown
from counterseal.app.plots.design_frame import LETTERS, LINES, Curve
from counterseal.app.plots.design_frontier import draw_frontier
from counterseal.app.plots.design_pace import draw_done, draw_flow
from counterseal.app.plots.design_posterior import draw_posterior
from counterseal.app.plots.design_race import draw_race
from counterseal.app.plots.design_roc import draw_roc
from counterseal.app.plots.design_size import draw_size
from counterseal.app.plots.design_tornado import draw_tornado

DRAW: dict[str, Callable[..., bytes]] = {
    "effort": draw_effort, "size": draw_size, "delay": draw_delay, "defect": draw_defect, "race": draw_race,
    "flow": draw_flow, "done": draw_done, "frontier": draw_frontier, "deterrence": draw_deterrence,
    "belief": draw_posterior, "alarms": draw_alarms, "roc": draw_roc, "tornado": draw_tornado,
}  # fmt: skip
DPI, FONT_PT, PHONE_PX, LEAST_PX = 160, 9.0, 328, 8.5


def picture(name: str) -> Any:
    figure = full_study().figure(name)
    assert figure is not None
    return figure.picture


def pixels(png: bytes) -> np.ndarray[Any, np.dtype[np.float64]]:
    found: np.ndarray[Any, np.dtype[np.float64]] = np.asarray(imread(BytesIO(png), format="png"))[
        ..., :3
    ].mean(axis=2)
    return found


@pytest.mark.parametrize("name", DRAW)
def test_the_same_picture_gives_the_same_bytes(name: str) -> None:
    svg = DRAW[name](picture(name))
    assert svg == DRAW[name](picture(name))
    figure = full_study().figure(name)
    assert figure is not None
    assert figure.svg == svg


@pytest.mark.parametrize("name", DRAW)
def test_letters_are_large_enough_on_a_phone(name: str) -> None:
    svg = DRAW[name](picture(name)).decode()
    width = re.search(r'<svg[^>]*?width="([0-9.]+)pt"', svg)
    assert width is not None
    assert FONT_PT / float(width[1]) * PHONE_PX >= LEAST_PX
    assert "<text" not in svg  # letters are paths: no font is asked for


@pytest.mark.parametrize("name", DRAW)
def test_nothing_is_cut_off_at_the_edges(name: str) -> None:
    grey = pixels(DRAW[name](picture(name), form="png"))
    edges = (grey[0], grey[-1], grey[:, 0], grey[:, -1])
    assert all(float(edge.min()) > 0.95 for edge in edges)


def test_a_long_unit_is_not_cut_off() -> None:
    asked = replace(picture("deterrence"), unit="times what it gains unseen", loss_range=None)
    grey = pixels(draw_deterrence(asked, form="png"))
    assert all(float(edge.min()) > 0.95 for edge in (grey[0], grey[-1], grey[:, 0], grey[:, -1]))


def test_lines_differ_in_style_and_mark_and_not_only_in_colour() -> None:
    assert len({str(style) for style, _, _ in LINES}) == len(LINES)
    assert len({mark for _, mark, _ in LINES}) == len(LINES)


def many(number: int) -> EffortPicture:
    x = (0.0, 50.0, 100.0)
    curves = tuple(
        Curve(name=f"strategy-{place}", x=x, y=(0.0, 0.01 * place, 0.02 * place)) for place in range(number)
    )
    return EffortPicture(
        curves=curves,
        effort_pd_per_y=x,
        worst=(0.0, 0.0, 0.0),
        quota_pd_per_y=100.0,
        quota="quota: 12",
        goal_p=0.95,
    )


def test_of_many_strategies_the_least_seen_are_drawn() -> None:
    assert [one.name for one in shown(many(30).curves)] == [
        f"strategy-{place}" for place in range(len(LINES))
    ]
    assert draw_effort(many(30))
    assert len(LINES) <= len(LETTERS)


def test_a_regime_without_false_alarms_is_drawn() -> None:
    none = AlarmPicture(sources=(("count", 0.0),), total=0.0, accusations=None, budget=None)
    assert draw_alarms(none)
    assert draw_alarms(none, form="png").startswith(b"\x89PNG")


def test_the_user_s_own_settings_change_nothing() -> None:
    drawn = partial(draw_size, picture("size"))
    plain = drawn()
    with mpl.rc_context({"font.size": 30.0, "axes.facecolor": "red", "lines.linewidth": 9.0}):
        assert drawn() == plain
