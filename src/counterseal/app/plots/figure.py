"""A figure without a screen, and its bytes as SVG or PNG: the same figure gives the same bytes."""

from contextlib import AbstractContextManager
from io import BytesIO

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

FORMS = ("svg", "png")
WIDTH_IN, HEIGHT_IN, DPI = 6.4, 4.2, 160
"""Small, with large letters: read on a phone, and in one column of a page."""


def styled() -> AbstractContextManager[None]:
    """Return the setting in which a figure is drawn and written, whatever the user's own setting is."""
    return mpl.rc_context(
        {
            "font.family": "DejaVu Sans",
            "font.size": 11.0,
            "axes.linewidth": 0.8,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.formatter.use_locale": False,
            "path.simplify": False,
            "svg.fonttype": "path",
            "svg.hashsalt": "counterseal",
        }
    )


def new_figure() -> Figure:
    """Return an empty figure; draw into it, and write it, within ``styled()``."""
    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def figure_bytes(figure: Figure, form: str) -> bytes:
    """Return a figure as a file.

    Args:
        figure: The figure.
        form: ``svg`` or ``png``.
    """
    held = BytesIO()
    metadata = {"Date": None, "Creator": "Counterseal"} if form == "svg" else {"Software": "Counterseal"}
    with styled():
        figure.savefig(held, format=form, metadata=metadata)
    return held.getvalue()
