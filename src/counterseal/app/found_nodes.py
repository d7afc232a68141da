"""Founding nodes on disk: keys, one trust file, the treaty pack agreed to as the first record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from counterseal.app.bootstrap import SeededRandomness, SystemClock, SystemRandomness
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.node_folder import NodeContent, create_node
from counterseal.errors import RefusedInputError
from counterseal.records.trust import Trust
from counterseal.services.found import found
from counterseal.services.ports import Randomness
from counterseal.services.replay import Replay, ReplayClock, agreement_event
from counterseal.terms.parties import PartyCode, parse_party_code
from counterseal.treaty.pack import Pack, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundedNodes:
    """The nodes that were made, and the trust file that they share."""

    trust: Trust
    folders: tuple[tuple[PartyCode, Path], ...]


def found_nodes(
    folder: Path, *, pack: Pack, pack_text: bytes, auditor: str, seed: int | None
) -> FoundedNodes:
    """Make a node below ``folder`` for every party of a treaty and for an auditor.

    Args:
        folder: New or empty folder.
        pack: The treaty.
        pack_text: The bytes that it was read from, which become the first record.
        auditor: Code of the auditor.
        seed: Number from which all keys grow, or None for keys that nobody can guess.

    Raises:
        StorageError: ``folder`` is not empty.
        RefusedInputError: the auditor's code is not allowed, or is a party's.
    """
    parties = _parties(pack, auditor)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StorageError(f"{folder}: is not a new or empty folder; nodes are made in a folder of their own")
    randomness = _randomness(pack, parties, seed)
    clock = ReplayClock(at=SystemClock().now(), stride=timedelta(0))
    founding = found(pack, parties, randomness=randomness, clock=clock)
    nodes = {
        party.code: create_node(
            folder / party.code,
            NodeContent(
                party=party.code,
                trust=founding.trust,
                pack_bytes=pack_text,
                keys=founding.keys[party.code],
                first_heads=founding.first_heads,
            ),
        )
        for party in parties
    }
    replay = Replay(nodes=nodes, randomness=randomness, clock=clock)
    replay.play([agreement_event(pack, pack_text=pack_text.decode(), day=clock.at.date())])
    replay.settle()
    for node in nodes.values():
        node.store.close()
    return FoundedNodes(
        trust=founding.trust, folders=tuple((party.code, folder / party.code) for party in parties)
    )


def _parties(pack: Pack, auditor: str) -> tuple[Party, ...]:
    try:
        code = parse_party_code(auditor)
    except ValueError as error:
        raise RefusedInputError(f"--auditor: {error}") from error
    if code in {party.code for party in pack.parties}:
        raise RefusedInputError(f"--auditor {code}: is a party of the treaty already")
    return (*pack.parties, Party(code=code, name="Auditor", kind="auditor"))


def _randomness(pack: Pack, parties: tuple[Party, ...], seed: int | None) -> Mapping[PartyCode, Randomness]:
    if seed is None:
        return {party.code: SystemRandomness() for party in parties}
    return {party.code: SeededRandomness(seed=seed, name=f"{pack.id}/{party.code}") for party in parties}
