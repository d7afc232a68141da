"""Reports of a regime, made once for all tests of a process."""

from functools import cache

from counterseal.app.report.design_blocks import Report
from counterseal.app.report.design_document import document_of
from counterseal.app.report.design_source import EffortSource
from counterseal.app.report.design_study import Study, study_of
from strategies.efforts import QUOTA
from strategies.full_effort import full_text

BARE_CUTS = ("timeliness:", "utilities:", "plan:", "completeness:", "sensitivity:")


def bare_text() -> str:
    """Return an effort file with nothing that could be left away."""
    kept, skipped = [], False
    for line in QUOTA.splitlines():
        if not line.startswith(" "):
            skipped = line.startswith(BARE_CUTS)
        if not skipped:
            kept.append(line.replace(", gain: 1", "").replace(", rebuild_stages_d: [30, 60]", ""))
    return "\n".join(kept) + "\n"


@cache
def full_study() -> Study:
    return study_of(EffortSource(name="full.yaml", text=full_text()), seed=1)


@cache
def bare_study() -> Study:
    return study_of(EffortSource(name="bare.yaml", text=bare_text()), seed=1)


@cache
def full_report() -> Report:
    return document_of(full_study())


@cache
def bare_report() -> Report:
    return document_of(bare_study())
