"""A report of a regime, run again from its JSON and checked by anybody.

The JSON holds the texts that a report was made from, so that a third party can run it again from that alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from counterseal.app.report.design_document import document_of
from counterseal.app.report.design_source import source_of
from counterseal.app.report.design_study import FORMAT, Begin, Study, nobody, study_of
from counterseal.design.campaigns.seeds import MAX_SEED
from counterseal.errors import RefusedInputError

_CLOSE, _TINY = 1e-9, 1e-12
_LINE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A part of a report, run again.

    Attributes:
        name: Which part.
        differs: Where it differs first, and how; None where it is the same.
    """

    name: str
    differs: str | None


def report_json(study: Study) -> dict[str, Any]:
    """Return the JSON of a report: what was worked out, and what is shown of it.

    Args:
        study: What was worked out.
    """
    return {**study.document(), "document": document_of(study).document()}


def run_again(given: Any, *, begin: Begin = nobody) -> tuple[Study, tuple[Again, ...]]:
    """Return a study made anew from the JSON of a report, and which of its parts came out the same.

    Args:
        given: The JSON of a report.
        begin: Told what is worked out next.

    Raises:
        RefusedInputError: it is none, or its text does not hold together.
    """
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise RefusedInputError(f"not a report of a regime as JSON: 'format' must be {FORMAT!r}")
    seed, then = _seed(given), {one["name"]: one for one in listed(given, "figures")}
    source = source_of(given.get("effort", {}))
    study = study_of(source, seed=seed, begin=begin)
    made = study.document()
    now = {one["name"]: one for one in made["figures"]}
    parts = [(name, given.get(name), made[name]) for name in ("power", "changes", "left_out", "checks")]
    parts += [(f"figure {name}", then.get(name), now.get(name)) for name in dict.fromkeys([*then, *now])]
    parts.append(("document", given.get("document"), _shown_then(study, given)))
    return study, tuple(Again(name=name, differs=difference(was, is_)) for name, was, is_ in parts)


def _seed(given: Mapping[str, Any]) -> int:
    seed = given.get("seed")
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise RefusedInputError(f"seed: found {seed!r}, must be a whole number")
    if not 0 <= seed <= MAX_SEED:
        raise RefusedInputError(f"seed: found {seed}, must be from 0 to {MAX_SEED}")
    return seed


def _shown_then(study: Study, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown, with the versions of then: others may come to the same, and are no difference."""
    told = given.get("made_with")
    versions = told if isinstance(told, dict) else {}
    then = {name: str(versions.get(name, one)) for name, one in study.made_with.items()}
    return document_of(replace(study, made_with=then)).document()


def listed(held: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of named things of a JSON report.

    Raises:
        RefusedInputError: it is none.
    """
    found = held.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) and "name" in one for one in found):
        raise RefusedInputError(f"{name}: must be a list of things with a name")
    return found


def difference(was: Any, now: Any, where: str = "") -> str | None:
    """Return where two JSON values differ first; figures may differ by what another machine rounds.

    Examples:
        >>> difference({"a": [1.0, 2.0]}, {"a": [1.0, 2.5]})
        'a[1]: was 2.0, is 2.5'
        >>> difference([0.1 + 0.2], [0.3]) is None
        True
    """
    if isinstance(was, dict) and isinstance(now, dict):
        pairs = [
            (f"{where}.{key}" if where else str(key), was.get(key), now.get(key)) for key in {**was, **now}
        ]
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = [(f"{where}[{place}]", *both) for place, both in enumerate(zip(was, now, strict=True))]
    else:
        return None if _same(was, now) else f"{where}: was {_short(was)}, is {_short(now)}"
    return next((found for at, one, two in pairs if (found := difference(one, two, at))), None)


def _same(was: Any, now: Any) -> bool:
    if isinstance(was, float) or isinstance(now, float):
        if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (was, now)):
            return False
        return bool(abs(was - now) <= _TINY + _CLOSE * max(abs(was), abs(now)))
    return type(was) is type(now) and bool(was == now)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LINE else f"{text[: _LINE - 3]}…"
