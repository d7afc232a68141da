"""Where the report of a regime comes from: the text of an effort file and of the treaty packs that it names.

The texts travel inside the JSON beside the report, so that whoever has only that can run it again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from counterseal.design.effort import Effort, read_effort
from counterseal.errors import RefusedInputError
from counterseal.treaty.load import load_pack, packaged_pack
from counterseal.treaty.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortSource:
    """An effort file as it was read.

    Attributes:
        name: Name of the file, as messages show it.
        text: What it says.
        packs: ``name: text`` of the treaty packs that it names; others are the program's own.
    """

    name: str
    text: str
    packs: Mapping[str, str] = field(default_factory=dict)

    def effort(self) -> Effort:
        """Return what it says, refused where it does not hold together."""
        return read_effort(self.text, where=self.name, pack_of=self.pack)

    @property
    def sha256(self) -> str:
        """SHA-256 of the text [64 hexadecimal digits]."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def pack(self, name: str) -> Pack:
        """Return a treaty pack that the effort file names."""
        if name in self.packs:
            return _pack(self.packs[name], name)
        return packaged_pack(name)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"name": self.name, "text": self.text, "sha256": self.sha256, "packs": dict(self.packs)}


@lru_cache(maxsize=8)
def _pack(text: str, where: str) -> Pack:
    """Return a pack, read once for the hundreds of variants of one effort file."""
    return load_pack(text, where=where)


def source_of(given: Mapping[str, Any]) -> EffortSource:
    """Return the source that a JSON report holds.

    Args:
        given: Its ``effort``.

    Raises:
        RefusedInputError: it is none, or its text is not what its digest says.
    """
    try:
        name, text, packs, told = (given[key] for key in ("name", "text", "packs", "sha256"))
        made = EffortSource(
            name=str(name), text=str(text), packs={str(key): str(value) for key, value in packs.items()}
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise RefusedInputError(
            f"effort: no effort file in it ({error}); give the JSON of a report"
        ) from error
    if made.sha256 != told:
        raise RefusedInputError(f"effort.text: SHA-256 {made.sha256}, the file says {told}; it was changed")
    return made
