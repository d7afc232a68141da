"""From the bytes of a file to its text: what is not UTF-8 is refused, and named for what it looks like."""

from counterseal.declarations.errors import DeclarationError

LARGEST_FILE_BYTES = 8 * 1024 * 1024
"""Largest file that is read [bytes]."""

_BOM = b"\xef\xbb\xbf"
_LOOKS = (
    (b"\xff\xfe", "UTF-16 or UTF-32 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"\x00\x00\xfe\xff", "UTF-32 text"),
    (b"PK\x03\x04", "a spreadsheet or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet of an older kind"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
)


def decode_text(data: bytes, *, where: str) -> str:
    """Return the text of a file; a UTF-8 byte order mark at its start is dropped.

    Args:
        data: The whole file.
        where: Name of the file, as the reader of the message knows it.

    Raises:
        DeclarationError: it is empty, larger than 8 MiB, binary, or not UTF-8.
    """
    if len(data) > LARGEST_FILE_BYTES:
        raise DeclarationError(
            f"{where}: found {len(data)} bytes, must be at most {LARGEST_FILE_BYTES} (8 MiB)"
        )
    for start, kind in _LOOKS:
        if data.startswith(start):
            raise DeclarationError(
                f"{where}:1: looks like {kind}; must be plain text in UTF-8, so save it as that"
            )
    content = data.removeprefix(_BOM)
    if not content.strip():
        raise DeclarationError(f"{where}:1: found an empty file, must hold at least one declaration")
    _require_no_zero_byte(content, where=where)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DeclarationError(
            f"{where}:{line}: found byte 0x{content[error.start]:02X}, which is not UTF-8; "
            "the file must be saved as UTF-8"
        ) from error


def _require_no_zero_byte(content: bytes, *, where: str) -> None:
    position = content.find(b"\x00")
    if position < 0:
        return
    head = content[:64]
    if position < len(head) and (not any(head[0::2]) or not any(head[1::2])):
        raise DeclarationError(
            f"{where}:1: every second byte is 0, as in UTF-16; the file must be saved as UTF-8"
        )
    line = content.count(b"\n", 0, position) + 1
    raise DeclarationError(f"{where}:{line}: found a byte 0, as in a binary file; must be plain text")
