"""What is known about undeclared items, as an effort file says it, and what each party holds beforehand."""

from dataclasses import dataclass
from typing import Any

from counterseal.design.completeness_evidence import CountPrior, Evidence, Region
from counterseal.design.effort_parts import made, numbers
from counterseal.design.errors import EffortError
from counterseal.design.undeclared_items import Posterior, posterior
from counterseal.treaty.document import Document, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessInput:
    """The evidence, the priors of the parties, and the confidence of the bounds.

    Attributes:
        evidence: What bears on the number of undeclared items; the same for every party.
        priors: ``(party, what it holds beforehand)``.
        confidence: Of the bounds [above 0, below 1].
    """

    evidence: Evidence
    priors: tuple[tuple[str, CountPrior], ...]
    confidence: float

    def by_party(self) -> tuple[tuple[str, Posterior], ...]:
        """Return what each party holds after the evidence."""
        return tuple(
            (party, posterior(self.evidence, prior, confidence=self.confidence))
            for party, prior in self.priors
        )


def read_completeness(document: Document) -> CompletenessInput | None:
    """Return what an effort file says of undeclared items; None where it says nothing.

    Raises:
        EffortError: the numbers do not hold together.
    """
    entry = document.data.get("completeness")
    if entry is None:
        return None
    given: dict[str, Any] = {"declared": entry["declared"], **numbers(entry, "kg_per_item")}
    given |= _production(document) | _sightings(document) | _search(document)
    priors: list[tuple[str, CountPrior]] = []
    for index, one in enumerate(entry["priors"]):
        path = ("completeness", "priors", index)
        if one["party"] in dict(priors):
            raise EffortError(document.problem(*path, "party", text=f"prior of {one['party']} a second time"))
        priors.append((one["party"], made(document, path, CountPrior, **numbers(one, "zero_p tail_p"))))
    evidence = made(document, ("completeness",), Evidence, **given)
    return CompletenessInput(evidence=evidence, priors=tuple(priors), confidence=float(entry["confidence"]))


def _production(document: Document) -> dict[str, Any]:
    entry = document.data["completeness"].get("production")
    if entry is None:
        return {}
    if set(entry) == {"mean_kg", "sd_kg"}:
        return {"production": (float(entry["mean_kg"]), float(entry["sd_kg"]))}
    if set(entry) == {"samples_kg"}:
        return {"production_samples": tuple(float(one) for one in entry["samples_kg"])}
    text = "give mean_kg and sd_kg, or samples_kg alone"
    raise EffortError(document.problem("completeness", "production", text=text))


def _sightings(document: Document) -> dict[str, Any]:
    entry = document.data["completeness"].get("sightings")
    if entry is None:
        return {}
    bias = {"sighting_bias": float(entry["bias"])} if "bias" in entry else {}
    return {"sightings": (entry["seen"], entry["missing"]), **bias}


def _search(document: Document) -> dict[str, Any]:
    entry = document.data["completeness"].get("search")
    if entry is None:
        return {}
    regions: dict[str, Region] = {}
    for index, one in enumerate(entry["regions"]):
        path: Path = ("completeness", "search", "regions", index)
        if one["name"] in regions:
            text = f"region {one['name']} a second time; each region once"
            raise EffortError(document.problem(*path, "name", text=text))
        given = numbers(one, "here_p effort")
        regions[one["name"]] = made(document, path, Region, name=one["name"], **given)
    return {"search": tuple(regions.values()), "found": entry.get("found", 0)}
