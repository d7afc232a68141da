"""A pack of one's own, from a commented template that is whole and passes its own check."""

import re

from counterseal.treaty.errors import PackError
from counterseal.treaty.packaged import template_files

_ID = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_TEMPLATE_ID = b"my-treaty"


def new_pack_files(pack_id: str) -> tuple[tuple[str, bytes], ...]:
    """Return the files of a new pack: path inside its folder, and bytes, the pack itself first.

    Args:
        pack_id: Id of the new pack.

    Raises:
        PackError: the id is not lower-case letters, digits and hyphens, led by a letter.
    """
    if not _ID.fullmatch(pack_id):
        raise PackError(
            f"pack id {pack_id!r}: must be 1 to 64 of a-z, 0-9 and '-', beginning with a letter (option --id)"
        )
    return tuple((path, text.replace(_TEMPLATE_ID, pack_id.encode())) for path, text in template_files())
