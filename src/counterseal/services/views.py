"""What a reader is shown of one record: where it stands in a log, and what bounds its time."""

from dataclasses import dataclass

from counterseal.terms.times import TimeInterval


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """One record as reports and ``explain`` show it.

    Attributes:
        record_id: 64-hex id.
        kind: Statement kind, such as ``declaration.aggregate``.
        title: One line for people.
        author: Code of the party that signed it.
        feed: 64-hex id of the signing key's feed; ``seq`` is its position there, from 0.
        log_origin: Origin line of the log that it stands in; ``index`` its position, from 0.
        tree_size: Size of the checkpoint that the proof leads to.
        root: 64-hex root of that checkpoint.
        leaf_hash: 64-hex RFC 6962 leaf hash.
        proof: 64-hex hashes of the inclusion proof, from the leaf upwards.
        state: ``issued``, ``logged`` or ``settled``.
        cosigners: Codes of the parties whose cosignatures stand on that checkpoint.
        time: When it came to be, as an interval.
        statement: The opened statement, name to JSON value; empty where the body is withheld.
    """

    record_id: str
    kind: str
    title: str
    author: str
    feed: str
    seq: int
    log_origin: str
    index: int
    tree_size: int
    root: str
    leaf_hash: str
    proof: tuple[str, ...]
    state: str
    cosigners: tuple[str, ...]
    time: TimeInterval
    statement: dict[str, object]
