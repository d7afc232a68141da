"""Keep heads: of the checkpoints that a verified bundle carries, what is worth keeping and carrying on."""

from collections.abc import Container, Sequence

from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
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
    comes later. Of a party that spoke under several keys, the earliest word bounds the time, and the others
    add nothing: with one from each party, a note is never larger than a note may be.
    """
    lines = [find_line(note, key.note_key) for key in trust.log_keys(log.origin, head.size)]
    lines += [line for word in words_that_count(note, head, log=log, trust=trust) for line in word]
    return tuple(line for line in note.lines if line in lines)


def words_that_count(
    note: Note, head: Checkpoint, *, log: TrustedLog, trust: Trust
) -> tuple[tuple[NoteLine, ...], ...]:
    """Return the earliest whole word of each other party on a head, all of them verified before."""
    found: dict[str, tuple[float, tuple[NoteLine, ...]]] = {}
    for witness in trust.witnesses:
        lines = (find_line(note, key.note_key) for key in witness.keys)
        word = tuple(line for line in lines if line is not None)
        if witness.party != log.party and _counts(witness, word, head):
            spoken = _stated(word[0]), word
            found[witness.party] = min(found.get(witness.party, spoken), spoken, key=lambda one: one[0])
    return tuple(word for _, word in found.values())


def _counts(witness: Witness, word: tuple[NoteLine, ...], head: Checkpoint) -> bool:
    """Whether all keys of a witness that may vouch for a head have signed it, at one time."""
    whole = len(word) == len(witness.keys) and len({_stated(line) for line in word}) == 1
    timed = whole and (len(word) == 1 or _stated(word[0]) != 0)  # a pair that states time 0 says nothing
    return timed and all(key.vouches_for(head.origin, head.size) for key in witness.keys)


def needed_heads(
    notes: Sequence[Note], *, log: TrustedLog, trust: Trust, named: Container[str]
) -> tuple[tuple[Checkpoint, Note], ...]:
    """Return the heads of a log that a reader needs, smallest first, with the lines that count on each.

    Those are the newest, those that records name as seen, and those that another party has vouched for. The
    others bound no time and settle nothing; a log that signs one at every size must not fill a bundle.

    Args:
        notes: All of its heads, smallest first.
        log: The log.
        trust: Whose words count.
        named: Ids of the checkpoints that records name.
    """
    found = []
    for place, note in enumerate(notes, start=1):
        head = parse_checkpoint(note.text)
        vouched = words_that_count(note, head, log=log, trust=trust)
        if vouched or place == len(notes) or head.checkpoint_id in named:
            lines = lines_that_count(note, head, log=log, trust=trust)
            found.append((head, Note(text=note.text, lines=lines)))
    return tuple(found)


def _stated(line: NoteLine) -> int:
    return int.from_bytes(line.signature[:_TIME_BYTES], "big")
