"""A template on its way into the closed room: its file and a salt, which give the agreed commitment."""

from collections.abc import Sequence

from counterseal.barrier.errors import BarrierError
from counterseal.barrier.protocol import Asked
from counterseal.crypto.hashing import domain_hash


def template_commitment(template: bytes, *, salt: bytes) -> str:
    """Return the commitment to a template [64 hexadecimal digits], which tells nothing of it.

    Args:
        template: Bytes of its file.
        salt: 32 random bytes, kept as secret as the template.
    """
    return domain_hash("counterseal/measurement/template/v1", salt, template).hex()


TEMPLATE_INPUTS = 2
"""The salt of the commitment, and the template."""


def require_template(asked: Asked, files: Sequence[bytes]) -> None:
    """Refuse a template that is not the one that a protocol commits to.

    Args:
        asked: What the protocol says of it.
        files: Salt and template.

    Raises:
        BarrierError: they are not two, or do not give the commitment.
    """
    if len(files) != TEMPLATE_INPUTS:
        raise BarrierError(f"template: {len(files)} files are given; it takes its salt and itself")
    if template_commitment(files[1], salt=files[0]) != asked.commitment:
        raise BarrierError("template: file and salt do not give the commitment in the protocol")
