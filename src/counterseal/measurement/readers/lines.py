"""Text files from instruments: bytes to text, without a guess at their encoding."""

from counterseal.measurement.errors import ReadingError

_UTF8_MARK = b"\xef\xbb\xbf"


def text_of(data: bytes, *, form: str) -> str:
    """Return a text file as text, every byte above ASCII as one sign; numbers are in ASCII anyhow.

    Line ends are those of Unix or of DOS, also both in one file.

    Raises:
        ReadingError: it holds a byte that no text has.
    """
    data = data.removeprefix(_UTF8_MARK)
    if b"\0" in data:
        raise ReadingError(f"{form}: byte {data.index(0)} is 0, which no text has")
    return data.decode("latin-1").replace("\r\n", "\n")
