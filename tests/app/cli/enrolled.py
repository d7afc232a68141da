"""Three parties that sit apart, each with its own folder, and what they carry to each other."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from counterseal.app.bootstrap import SystemClock, SystemRandomness
from counterseal.app.party_node import Keepers, add_cards, draft_here, enrol, make_party_node
from counterseal.app.storage.bundle_folder import new_bundle
from counterseal.app.storage.key_files import read_keeper
from counterseal.app.storage.node_folder import open_node, open_place
from counterseal.app.storage.party_papers import card_from
from counterseal.services.checkpointing import publish_head
from counterseal.services.draft import Draft
from counterseal.services.exchange import Taken, take_bundle
from counterseal.services.export_bundle import export_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node import Node
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from counterseal.treaty.load import packaged_pack, packaged_pack_text
from counterseal.treaty.pack import Party

TREATY = "new-start"
PACK = packaged_pack(TREATY)
PACK_TEXT = packaged_pack_text(TREATY)
CODES = ("AUD", "RU", "US")
AUDITOR = Party(code=PartyCode("AUD"), name="Auditor", kind="auditor")
OBSERVER = Party(code=PartyCode("OBS"), name="Observer", kind="observer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """A folder with a node ``CODE`` and keepers' files ``keepers-CODE`` for each party."""

    folder: Path

    def node(self, code: str) -> Path:
        return self.folder / code

    def card(self, code: str) -> Path:
        return self.folder / code / f"{code}.card"

    def fingerprint(self, code: str) -> str:
        return card_from(self.card(code)).fingerprint

    def keepers(self, code: str, count: int = 2) -> list[Path]:
        return sorted((self.folder / f"keepers-{code}").glob("*.key"))[:count]

    def keeper_options(self, code: str, count: int = 2) -> list[str | Path]:
        return [part for path in self.keepers(code, count) for part in ("--keeper", path)]

    def copy(self, target: Path) -> "Parties":
        return Parties(folder=Path(shutil.copytree(self.folder, target)))

    def say(self, code: str, *texts: str, audience: tuple[str, ...] = ("public",)) -> tuple[str, ...]:
        node = open_node(self.node(code))
        said = [Statement(kind="test.note", members={"text": text}, audience=audience) for text in texts]
        ids = submit(node, said, clock=SystemClock(), randomness=SystemRandomness())
        publish_head(node)
        node.store.close()
        return ids

    def carry(self, sender: str, receiver: str) -> Taken:
        """One stick from one party to another, which takes it as `counterseal bundle import` does."""
        return self.give(self.stick(sender), receiver)

    def stick(self, sender: str) -> MemoryBundle:
        with self.open(sender) as node:
            return stick_of(node)

    def give(self, bundle: MemoryBundle, receiver: str) -> Taken:
        with self.open(receiver) as node:
            return take_bundle(node, bundle, clock=SystemClock(), randomness=SystemRandomness())

    @contextmanager
    def open(self, code: str) -> Iterator[Node]:
        node = open_node(self.node(code))
        try:
            yield node
        finally:
            node.store.close()

    def rounds(self, count: int, codes: Iterable[str] = ("US", "RU", "AUD")) -> None:
        """Everybody gives everybody a stick; US begins, whose agreement is the first record of all."""
        with ExitStack() as stack:
            nodes = {code: stack.enter_context(self.open(code)) for code in codes}
            for _ in range(count):
                for sender, receiver in permutations(nodes, 2):
                    bundle = stick_of(nodes[sender])
                    take_bundle(nodes[receiver], bundle, clock=SystemClock(), randomness=SystemRandomness())

    def bundle(self, code: str, folder: Path) -> Path:
        node = open_node(self.node(code))
        with new_bundle(folder) as sink:
            export_bundle(node, sink, clock=SystemClock())
        node.store.close()
        return folder


def stick_of(node: Node) -> MemoryBundle:
    bundle = MemoryBundle()
    publish_head(node)
    export_bundle(node, bundle, clock=SystemClock())
    return bundle


def party_named(code: str) -> Party:
    extra = {"AUD": AUDITOR, "OBS": OBSERVER}
    return extra.get(code) or next(party for party in PACK.parties if party.code == code)


def make(folder: Path, code: str, *, keepers: int = 3, threshold: int = 2) -> None:
    make_party_node(
        folder / code,
        pack=PACK,
        pack_text=PACK_TEXT,
        party=party_named(code),
        keepers=Keepers(
            passphrases=(None,) * keepers, threshold=threshold, folder=folder / f"keepers-{code}"
        ),
        passphrase=None,
    )


def exchange_cards(parties: Parties, codes: Sequence[str]) -> None:
    for one, other in permutations(codes, 2):
        place = open_place(parties.node(one))
        card = card_from(parties.card(other))
        add_cards(place, [card], {other: card.fingerprint})
        place.store.close()


def enrol_all(parties: Parties, codes: Sequence[str]) -> None:
    """Everybody signs in turn; then the whole draft goes to everybody."""
    drafts: list[Draft] = []
    for code in codes:
        place = open_place(parties.node(code))
        keys = [read_keeper(path, ask=None) for path in parties.keepers(code)]
        done = enrol(place, draft_here(place, drafts=drafts, sides=None), keepers=keys)
        drafts = [done.draft]
        place.store.close()
    for code in codes[:-1]:
        place = open_place(parties.node(code))
        assert enrol(place, draft_here(place, drafts=drafts, sides=None), keepers=()).trust is not None
        place.store.close()


def three_parties(folder: Path) -> Parties:
    """Three parties, enrolled; their keys in the clear, so that tests are quick."""
    for code in CODES:
        make(folder, code)
    parties = Parties(folder=folder)
    exchange_cards(parties, CODES)
    enrol_all(parties, CODES)
    return parties
