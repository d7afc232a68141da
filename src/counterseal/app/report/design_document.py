"""The report of a regime, section by section, in wording that is always the same and claims nothing more."""

from counterseal.app.report import design_sections_first as first
from counterseal.app.report import design_sections_last as last
from counterseal.app.report import design_sections_results as results
from counterseal.app.report.design_annex import annex, limits_of_this_report
from counterseal.app.report.design_blocks import Report, Section
from counterseal.app.report.design_pictures import Pictures
from counterseal.app.report.design_study import Study


def document_of(study: Study) -> Report:
    """Return the report of a study.

    Args:
        study: What was worked out.
    """
    pictures = Pictures(study)
    written = (
        ("answer", "The question, and the answer on one page", first.answer(study)),
        ("regime", "Treaty, declaration and regime as they were understood", first.regime(study)),
        ("strategies", "Strategies that were considered, and those that were not", first.strategies(study)),
        ("results", "Results", results.results(study, pictures)),
        ("weakest", "The weakest link, and what would raise it", results.weakest(study, pictures)),
        ("completeness", "Completeness: items that nobody declared", results.completeness(pictures)),
        ("alarms", "False alarms, and how they would be resolved", results.alarms(study, pictures)),
        ("sensitivity", "What the answer hangs on", last.sensitivity(study, pictures)),
        ("assumptions", "What is taken for granted, and common causes of failure", last.assumptions(study)),
        ("change", "What evidence would change the conclusion", last.change(study)),
        ("annex", "Annex for those who check it", annex(study)),
        ("limits", "What this report does not say", limits_of_this_report(study)),
    )
    sections = tuple(
        Section(number=number, anchor=anchor, title=title, blocks=blocks)
        for number, (anchor, title, blocks) in enumerate(written, start=1)
    )
    return Report(
        title=study.effort.title,
        lead="How likely, how soon and at what cost would a departure from what is agreed be seen?",
        sections=sections,
        generated_by=f"Counterseal {study.made_with['counterseal']}",
        digest=study.effort.sha256,
    )
