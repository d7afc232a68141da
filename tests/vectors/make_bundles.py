"""Make the bundles of the conformance corpus that are not there yet; by hand, once for each new kind.

    python tests/vectors/make_bundles.py [NAME ...] [--into FOLDER]

What is in tests/vectors/bundles is never made again: a bundle that a release made must verify, or be refused,
for ever in the same way. Everything grows from names, so that two runs give the same bytes; ML-DSA signatures and
sealed bodies are random and are the exception.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]

from vectors.chapters import ALL  # noqa: E402 - the path is set above
from vectors.corpus import BUNDLES, VECTORS, write  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what is missing."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--into", type=Path, default=BUNDLES)
    options = parser.parse_args(arguments)
    names = options.names or VECTORS
    if unknown := sorted(set(names) - VECTORS.keys()):
        parser.error(f"no such vector: {', '.join(unknown)}")
    made = [write(VECTORS[name], options.into) for name in names if not (options.into / name).exists()]
    sys.stderr.write(f"{len(made)} of {len(VECTORS)} written, from {len(ALL)} chapters\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
