"""Checks 21 to 24: what several records say together: disclosures, escrow, draws, changes of trust."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Countersignature, Meaning
from counterseal.records.envelope import HEADER_TYPE, pre_authentication, split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import header_document, signed_record_id
from counterseal.records.said import Heard, Placed, Said
from counterseal.records.trust import Trust
from counterseal.records.verification.disclosures import judge_disclosures
from counterseal.records.verification.draws import DRAW_KINDS, judge_draws
from counterseal.records.verification.escrows import judge_escrows
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.logged import HEARD_CHANGES, judge_changes
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import Tally
from counterseal.records.verification.trees import entry_tiles

DISCLOSURE, ESCROW_OPENING = "disclosure", "escrow.opening"
OF_AN_EARLIER_ONE = (DISCLOSURE, ESCROW_OPENING)
"""Kinds that are of a record which stands before them in the same log."""
HEARD = frozenset(
    (
        DISCLOSURE,
        "escrow.commitment",
        ESCROW_OPENING,
        *DRAW_KINDS,
        *HEARD_CHANGES,
    )
)
"""Kinds of records that are kept until all logs were walked; of the others nothing is."""


def must_be_there(header: Mapping[str, Any], *, chained: bool) -> bool:
    """Whether a record is judged by its body in every bundle, so that nobody may leave the body out.

    Args:
        header: The header's document.
        chained: Whether the trust files are of the second form; before, receipts could lack their body.
    """
    kind = header["kind"]
    return "public" in header["audience"] and (kind in HEARD or (chained and kind == COUNTERSIGNATURE))


class Hearing:
    """Gathers what the rules across records need, while the logs are walked, and judges it at the end."""

    def __init__(self, trust: Trust, logs: tuple[LogHeads, ...]) -> None:
        self._trust, self._logs = trust, logs
        self._said: list[Said] = []
        self._agreed: dict[str, set[str]] = {}

    def note(self, said: Said) -> None:
        """Keep a record of a kind that others build on."""
        self._said.append(said)

    def note_agreed(self, said: Countersignature, party: str) -> None:
        """Keep that a party agreed to a record, in words that everybody can read."""
        if said.meaning is Meaning.AGREED:
            self._agreed.setdefault(said.record, set()).add(party)

    def judge(self, source: BundleSource, tally: Tally) -> None:
        """Run the four checks."""
        heard = Heard(
            said=tuple(self._said),
            agreed={record: frozenset(parties) for record, parties in self._agreed.items()},
            covered={
                seen.checkpoint.checkpoint_id: (heads.log.origin, seen.checkpoint.size)
                for heads in self._logs
                for seen in heads.seen
            },
            parties=frozenset(str(party.code) for party in self._trust.parties),
        )
        wanted = {ref for said in heard.said if said.kind in OF_AN_EARLIER_ONE for ref in said.refs}
        heard = replace(heard, placed=_placed(source, self._logs, wanted))
        for check, judge in (
            ("disclosures", judge_disclosures),
            ("escrows", judge_escrows),
            ("draws", judge_draws),
        ):
            for said, rule in judge(heard):
                tally.refuse(check, f"record {said.index}: {rule}", file=said.path)
        for path, rule in judge_changes(heard, self._trust, sizes={h.log.origin: h.size for h in self._logs}):
            tally.refuse("trust-logged", rule, file=path)


def _placed(source: BundleSource, logs: tuple[LogHeads, ...], wanted: set[str]) -> dict[str, Placed]:
    """Find records by id in a second walk, which only bundles with disclosures or openings need."""
    found: dict[str, Placed] = {}
    for heads in logs if wanted else ():
        for address, _, entries in entry_tiles(source, heads):
            for number, entry in enumerate(entries):
                place = _place_of(entry, wanted)
                if place is not None:
                    record, header = place
                    found[record] = Placed(
                        origin=heads.log.origin,
                        index=address.number * 256 + number,
                        kind=header["kind"],
                        **header["body"],
                    )
    return found


def _place_of(entry: bytes, wanted: set[str]) -> tuple[str, dict[str, Any]] | None:
    try:
        header = split_record(entry)[0]
        record = signed_record_id(pre_authentication(HEADER_TYPE, header))
        return (record, header_document(header)) if record in wanted else None
    except RecordError:
        return None  # another check says what is wrong with it
