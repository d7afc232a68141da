"""The verifier is one file beside the project's packages: it is imported from its folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "verifier"))
