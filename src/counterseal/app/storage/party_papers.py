"""The papers of enrolment in a node's folder: cards, compared fingerprints, the draft with signatures."""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import orjson

from counterseal.app.storage.bundle_folder import clear_folder, sync
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.key_files import write_new
from counterseal.crypto.encoding import is_hex32
from counterseal.records.card import MAX_CARD_BYTES, Card, read_card
from counterseal.records.errors import CardError
from counterseal.services.draft import MAX_DRAFT_BYTES, Draft, parse_draft
from counterseal.services.errors import EnrolmentError

CARDS = "cards"
COMPARED = "compared.json"
DRAFT = "trust.draft"
_CARD = re.compile(r"[A-Z][A-Z0-9-]{0,31}\.card", re.ASCII)


def read_limited(path: Path, *, most: int) -> bytes:
    """Return the bytes of a file that somebody handed over.

    Raises:
        EnrolmentError: it cannot be read, or is longer than ``most``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise EnrolmentError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(data) > most:
        raise EnrolmentError(f"{path}: longer than {most} bytes")
    return data


def card_from(path: Path) -> Card:
    """Return the card in a file.

    Raises:
        EnrolmentError: it cannot be read.
        CardError: it is none, or something in it does not hold.
    """
    try:
        return read_card(read_limited(path, most=MAX_CARD_BYTES))
    except CardError as error:
        raise CardError(f"{path}: {error}") from error


def draft_from(path: Path) -> Draft:
    """Return the draft in a file.

    Raises:
        EnrolmentError: it cannot be read, is none, or something in it does not hold.
    """
    data = read_limited(path, most=MAX_DRAFT_BYTES)
    try:
        return parse_draft(data)
    except EnrolmentError as error:
        raise EnrolmentError(f"{path}: {error}") from error


class PartyPapers:
    """What a node keeps while trust is being made: all of it public, none of it in force."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep_card(self, card: Card) -> None:
        """Keep a card that was compared; it replaces an earlier one of that party."""
        self._replace(self.card_path(card.party.code), card.data)

    def card_path(self, party: str) -> Path:
        """Return where the card of a party that waits to be enrolled lies."""
        return self._folder / CARDS / f"{party}.card"

    def cards(self) -> tuple[Card, ...]:
        """Return the cards that wait to be enrolled, by party code."""
        folder = self._folder / CARDS
        found = sorted(path for path in folder.glob("*.card") if _CARD.fullmatch(path.name))
        return tuple(card_from(path) for path in found)

    def own_card(self, party: str) -> Card | None:
        """Return the node's own first card, or None on a node that was founded side by side."""
        path = self._folder / f"{party}.card"
        return card_from(path) if path.exists() else None

    def compared(self) -> dict[str, str]:
        """Return the fingerprints that were compared, by party code."""
        path = self._folder / COMPARED
        if not path.exists():
            return {}
        try:
            listed = orjson.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise StorageError(f"{path}: cannot be read: {type(error).__name__}") from error
        if not isinstance(listed, dict) or not all(is_hex32(value) for value in listed.values()):
            raise StorageError(f"{path}: must have a fingerprint of 64 hexadecimal digits for each party")
        return listed

    def keep_compared(self, fingerprints: Mapping[str, str]) -> None:
        """Keep fingerprints as compared."""
        listed = self.compared() | dict(fingerprints)
        data = orjson.dumps(listed, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
        self._replace(self._folder / COMPARED, data)

    def draft(self) -> Draft | None:
        """Return the draft with the signatures gathered here, or None."""
        path = self._folder / DRAFT
        return draft_from(path) if path.exists() else None

    def keep_draft(self, draft: Draft) -> Path:
        """Keep a draft; return its path."""
        self._replace(self._folder / DRAFT, draft.to_bytes())
        return self._folder / DRAFT

    def clear_cards(self) -> None:
        """Put the cards away: they are enrolled. The draft stays, for those who have not seen it whole."""
        with suppress(OSError):
            clear_folder(self._folder / CARDS)

    def _replace(self, path: Path, data: bytes) -> None:
        part = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(exist_ok=True)
            part.unlink(missing_ok=True)
            write_new(part, data)
            part.replace(path)
            sync(path.parent)
        except OSError as error:
            raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from error
