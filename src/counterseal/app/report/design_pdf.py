"""The same report as PDF, set by typst, which comes with the extra ``report``."""

import json
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl

from counterseal.app.report.design_blocks import Report
from counterseal.errors import WorkplaceError

_TEMPLATE = "design_report.typ"


def require_typst() -> None:
    """Require what sets a PDF.

    Raises:
        WorkplaceError: it is not installed; the message says how to install it.
    """
    if find_spec("typst") is None:
        raise WorkplaceError(
            "a PDF needs typst, which is not installed: pip install 'counterseal[report]'; the HTML file "
            "can be printed without it"
        )


def pdf_of(report: Report, *, paper: str = "a4") -> bytes:
    """Return the report as PDF; the same report gives the same bytes.

    Args:
        report: What it says.
        paper: ``a4`` or ``us-letter``.

    Raises:
        WorkplaceError: typst is not installed.
    """
    require_typst()
    import typst  # noqa: PLC0415 - comes with an extra

    inputs = {"report": json.dumps(report.document()), "paper": paper}
    inputs |= {f"figure-{one.name}": one.svg.decode("utf-8") for one in report.pictures}
    template = resources.files("counterseal.app.report").joinpath("templates", _TEMPLATE).read_bytes()
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])
    made: bytes = typst.compile(template, font_paths=fonts, sys_inputs=inputs, timestamp=0)
    return made
