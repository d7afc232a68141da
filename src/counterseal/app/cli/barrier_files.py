"""What ``counterseal barrier`` reads on paper: protocols and dossiers, each by the schema of its version."""

from pathlib import Path

from counterseal.app.cli.measurement_store import packaged_schema, read_capped, refusals_of
from counterseal.barrier.dossier import Dossier, parse_dossier
from counterseal.barrier.protocol import Protocol, parse_protocol
from counterseal.treaty.document import Document
from counterseal.treaty.schema_check import require_schema
from counterseal.treaty.yaml_document import read_yaml_document

MAX_YAML = 2**20
_VERSIONS = (1, 2)
"""Of both papers. A new meaning has a new version; what was written in an old one keeps its own."""


def read_protocol_file(path: Path) -> tuple[Protocol, Document]:
    """Return the protocol in a YAML file, and the file with its lines.

    Raises:
        RefusedInputError: it cannot be read, or is not in form; names file, line, place, finding and rule.
    """
    document = paper(read_capped(path, most=MAX_YAML), what="protocol", where=str(path))
    with refusals_of(document):
        return parse_protocol(document.data), document


def read_dossier_file(path: Path) -> Dossier:
    """Return the dossier in a YAML file.

    Raises:
        RefusedInputError: it cannot be read, or is not in form; names file, line, place, finding and rule.
    """
    document = paper(read_capped(path, most=MAX_YAML), what="dossier", where=str(path))
    with refusals_of(document):
        return parse_dossier(document.data)


def paper(data: bytes, *, what: str, where: str) -> Document:
    """Return a paper that meets the schema of the version that it says it has, or else of the newest.

    Args:
        data: The file.
        what: ``protocol`` or ``dossier``: its kind, and the member that says which version it is.
        where: Its name, for messages.

    Raises:
        PackError: it does not; names file, line, place, finding and rule.
    """
    document = read_yaml_document(data, schema=None, where=where)
    stated = document.data.get(what) if isinstance(document.data, dict) else None
    version = stated if type(stated) is int and stated in _VERSIONS else _VERSIONS[-1]
    require_schema(document, packaged_schema(f"{what}-{version}.json"))
    return document
