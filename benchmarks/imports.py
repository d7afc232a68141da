"""Import: taking over a large bundle, beside verifying it and nothing more."""

import sys
from pathlib import Path

from benchmarks.bundles import reader_of
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes
from benchmarks.verification import HEADERS, PARTS, require_verified

from counterseal.app.storage.bundle_folder import open_bundle
from counterseal.app.storage.node_folder import open_node
from counterseal.records.verification.verify import FULL, verify_bundle
from counterseal.services.import_bundle import import_bundle


def import_headers(work: Path, sizes: Sizes) -> list[Figure]:
    return _import(work / HEADERS, sizes, what="bodies withheld")


def import_parts(work: Path, sizes: Sizes) -> list[Figure]:
    return _import(work / PARTS, sizes, what="with 16-part bodies")


def _import(bundle: Path, sizes: Sizes, *, what: str) -> list[Figure]:
    node, source = open_node(reader_of(bundle)), open_bundle(bundle)
    limit, own = Stopwatch(), Stopwatch()
    with limit.span(sizes.full):
        require_verified(verify_bundle(source, depth=FULL))
    with own.span(sizes.full):
        report = import_bundle(node, source)
    with limit.span(sizes.full):
        require_verified(verify_bundle(source, depth=FULL))
    node.store.close()
    if len(report.records) != sizes.full:
        sys.exit(f"the benchmark's own bundle brought {len(report.records)} records")
    return [
        Figure(
            name=f"import-{bundle.name}",
            what=f"importing a bundle of {sizes.full:,} records into a node that has none of them, {what}",
            reached=own.rate,
            unit="records/s",
            limit=limit.rate,
            limit_is="full verification of the same bundle and nothing more, once before and once after",
            at_least=0.5,
            cpu_s=own.cpu_s + limit.cpu_s,
            wall_s=own.wall_s + limit.wall_s,
        )
    ]
