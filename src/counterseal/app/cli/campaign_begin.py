"""What must hold before ``counterseal campaign run`` makes a folder: a place to write, a scheduler there."""

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from counterseal.app.cli.bundle_view import printable
from counterseal.errors import WorkplaceError

_BY_SOCKET = ("tcp", "tls", "ws", "wss")
_PATIENCE_S = 10.0


def require_place(folder: Path) -> None:
    """Require that the folder of a campaign can be made, or written into where it is there.

    Args:
        folder: The folder.

    Raises:
        WorkplaceError: it is in, or is, a place that takes nothing.
    """
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    if there.is_dir() and not os.access(there, os.W_OK | os.X_OK):
        raise WorkplaceError(
            f"--out {folder}: {printable(str(there))} takes no new file (it is read-only, or not yours); "
            "name a folder where you may write"
        )


def require_scheduler(address: str | None) -> None:
    """Require that something answers at the address of a Dask scheduler.

    Args:
        address: Where it should be; None where none was named.

    Raises:
        WorkplaceError: nothing does.
    """
    if address is None or urlsplit(address).scheme not in _BY_SOCKET:
        return
    try:
        found = urlsplit(address)
        with socket.create_connection((found.hostname or "", found.port or 0), timeout=_PATIENCE_S):
            return
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise WorkplaceError(
            f"--address {address}: no scheduler answers there ({why}); no campaign was begun"
        ) from error
