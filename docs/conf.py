"""How the documentation is built: offline, with nothing loaded from elsewhere, warnings as errors."""

import re
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_PACKAGE = (_ROOT / "src" / "counterseal" / "__init__.py").read_text(encoding="utf-8")

project = "Counterseal"
author = "The Counterseal authors"
copyright = "The Counterseal authors, Apache-2.0"
version = re.findall(r'__version__ = "(.+)"', _PACKAGE)[0]
release = version

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "tools"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"Counterseal {version}"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
html_theme_options = {"footer_icons": []}
