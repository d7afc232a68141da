"""Files that a command is given to read, up to a size."""

from pathlib import Path

from counterseal.errors import RefusedInputError, WorkplaceError


def read_input(path: Path, *, most: int, what: str = "file") -> bytes:
    """Return the bytes of a file of at most so many, without reading more of a larger one.

    Args:
        path: The file.
        most: Its largest size [bytes].
        what: What it should be, for the message.

    Raises:
        RefusedInputError: there is no such file, or it is larger.
        WorkplaceError: it cannot be opened or read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError as error:
        raise RefusedInputError(f"{path}: there is no such {what}") from error
    except OSError as error:
        raise WorkplaceError(f"{path}: the {what} cannot be read: {error.strerror or error}") from error
    if len(data) > most:
        raise RefusedInputError(f"{path}: larger than {most} bytes, the most for one ({what})")
    return data
