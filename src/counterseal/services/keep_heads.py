"""Keep heads: of the checkpoints that a verified bundle carries, what is worth carrying on."""

from counterseal.log.checkpoint import Checkpoint
from counterseal.log.note import Note, NoteLine, find_line, parse_note
from counterseal.records.manifest import size_cap
from counterseal.records.trust import Trust
from counterseal.records.trusted import TrustedLog, Witness
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.source import BundleSource
from counterseal.services.node import Node

_TIME_BYTES = 8


def take_heads(node: Node, heads: LogHeads, source: BundleSource, *, trust: Trust) -> None:
    """Keep every checkpoint of one log of a verified bundle, with the lines that count on it.

    Args:
        node: Who takes them.
        heads: What verification read of the log's checkpoints.
        source: The bundle.
        trust: What is known of keys, this bundle's included.
    """
    for seen in heads.seen:
        note = parse_note(source.read(seen.path, most=size_cap(seen.path)))
        lines = lines_that_count(note, seen.checkpoint, log=heads.log, trust=trust)
        kept = Note(text=note.text, lines=lines)
        node.store.add_checkpoint(heads.log.origin, size=seen.checkpoint.size, note=kept)


def lines_that_count(note: Note, head: Checkpoint, *, log: TrustedLog, trust: Trust) -> tuple[NoteLine, ...]:
    """Return the log's own lines, and one whole word of each other party, all of them verified before.

    Lines of nobody's keys go no further: a carrier could fill a head with them until no line of a witness
    has room. Half a word, of one of a witness's two keys, would keep its place against the whole one that
    comes later.
    """
    lines = [find_line(note, key.note_key) for key in trust.log_keys(log.origin, head.size)]
    spoken = {log.party}
    for witness in trust.witnesses:
        word = [find_line(note, key.note_key) for key in witness.keys]
        if witness.party not in spoken and _counts(witness, word, head):
            spoken.add(witness.party)
            lines += word
    return tuple(line for line in lines if line is not None)


def _counts(witness: Witness, word: list[NoteLine | None], head: Checkpoint) -> bool:
    times = {None if line is None else _stated(line) for line in word}
    vouching = all(key.vouches_for(head.origin, head.size) for key in witness.keys)
    return vouching and len(times) == 1 and None not in times


def _stated(line: NoteLine) -> int:
    return int.from_bytes(line.signature[:_TIME_BYTES], "big")
