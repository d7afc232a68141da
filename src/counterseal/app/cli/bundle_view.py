"""What ``counterseal bundle`` prints."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterseal.app.cli.options import counted
from counterseal.terms.times import format_instant

if TYPE_CHECKING:
    from counterseal.records.manifest import Manifest
    from counterseal.services.exchange import Taken
    from counterseal.services.import_bundle import ImportReport
    from counterseal.services.inspect_bundle import SealedBodies
    from counterseal.services.node import Node
    from counterseal.services.record_book import RecordBook


def manifest_json(manifest: "Manifest") -> dict[str, Any]:
    """Return what a manifest says, without its list of files."""
    from counterseal.records.manifest import manifest_id

    return {
        "treaty": manifest.treaty,
        "from": manifest.sender,
        "to": list(manifest.to),
        "created": format_instant(manifest.created),
        "sequence": manifest.sequence,
        "manifest": manifest_id(manifest.payload()),
        "files": len(manifest.files),
        "bytes": sum(item.size for item in manifest.files),
        "heads": [{"origin": h.origin, "size": h.size, "root": h.root} for h in manifest.heads],
    }


def exported_json(manifest: "Manifest") -> dict[str, Any]:
    """Return what ``export --json`` prints."""
    return manifest_json(manifest)


def exported_text(manifest: "Manifest", target: Path) -> str:
    """Return what ``export`` prints for people."""
    records = sum(head.size for head in manifest.heads)
    return (
        f"{target}: bundle no. {manifest.sequence} to {', '.join(manifest.to)}: "
        f"{counted(records, 'record')} in "
        f"{counted(len(manifest.heads), 'log')}, {counted(len(manifest.files), 'file')} and the manifest"
    )


def taken_json(node: "Node", taken: "Taken") -> dict[str, Any]:
    """Return what ``import --json`` prints."""
    report = taken.report
    return {
        "from": report.sender,
        "to": list(report.to),
        "sequence": report.sequence,
        "manifest": report.manifest_id,
        "came_before": report.known,
        "new_records": list(report.records),
        "recovered": report.recovered,
        "missing": [list(gap) for gap in report.missing],
        "missing_for_us": _is_for(node, report.to),
        "twice": list(report.twice),
        "unreadable": list(report.unreadable),
        "trust": {
            "version": report.trust_version,
            "changed": report.trust_changed,
            "key_files": [{"party": party, "version": version} for party, version in report.keys_changed],
        },
        "receipts": list(taken.receipts),
        "acknowledged": list(taken.acknowledged),
        "acknowledgements_postponed": taken.postponed,
        "cosigned": taken.cosigned,
        "warnings": list(taken.warnings),
    }


def taken_text(node: "Node", taken: "Taken") -> str:
    """Return what ``import`` prints for people."""
    report = taken.report
    again = ", which had come before" if report.known else ""
    lines = [
        f"bundle no. {report.sequence} from {report.sender} to {', '.join(report.to)}{again}",
    ]
    lines.append(
        f"  {counted(len(report.records), 'new record')}, "
        f"{len(taken.receipts)} countersigned as received, "
        f"{counted(len(taken.acknowledged), 'bundle')} acknowledged, "
        f"{counted(taken.cosigned, 'head')} cosigned"
    )
    if report.recovered:
        lines.append(f"  {report.recovered} of the new records are this node's own: taken back")
    if taken.postponed:
        lines.append(f"  {counted(taken.postponed, 'bundle')} to be acknowledged together with the next news")
    if report.missing:
        lines.append(f"  {_missing_text(node, report.missing, report.sender, report.to)}")
    if report.twice:
        lines.append(f"  look at  no. {_listed(report.twice)} was used twice, for different bundles")
    lines += [f"  {line}" for line in _trust_lines(report)]
    lines += [f"  look at  {record}: sealed to this party, and does not open" for record in report.unreadable]
    lines += [f"  look at  {printable(warning)}" for warning in taken.warnings]
    return "\n".join(lines)


def _trust_lines(report: "ImportReport") -> Iterator[str]:
    if report.trust_version != report.trust_before:
        yield f"trust changed: version {report.trust_version} of the trust file is in force"
    for party, version in report.keys_changed:
        yield f"trust changed: version {version} of the key file of {party} is in force"


def _missing_text(
    node: "Node", missing: tuple[tuple[int, int], ...], sender: str, to: tuple[str, ...]
) -> str:
    numbers = f"no. {gaps_text(missing)} from {sender} to {', '.join(to)}"
    if _is_for(node, to):
        return f"look at  {numbers} never came: lost, withheld, under way, or stopped while it was made"
    return f"{numbers} were not seen here"


def _is_for(node: "Node", to: tuple[str, ...]) -> bool:
    """Whether a missing number is this party's loss; what was made for everybody need not come here."""
    return str(node.party) in to


def inspected_json(
    manifest: "Manifest", book: "RecordBook", sealed: "tuple[SealedBodies, ...]"
) -> dict[str, Any]:
    """Return what ``inspect --json`` prints."""
    counted = Counter(
        (
            str(entry.header.author),
            entry.header.kind,
            entry.statement is not None,
            book.state(entry.origin, entry.index)[0],
        )
        for entry in book.entries
    )
    return manifest_json(manifest) | {
        "records": [
            {"author": author, "kind": kind, "opened": opened, "state": state, "count": count}
            for (author, kind, opened, state), count in sorted(counted.items())
        ],
        "sealed": [
            {
                "author": item.author,
                "audience": list(item.audience),
                "size_class": item.size_class,
                "count": item.count,
                "readable": item.readable,
            }
            for item in sealed
        ],
        "verified": None,
    }


def inspected_text(document: dict[str, Any], stick: Path) -> str:
    """Return what ``inspect`` prints for people."""
    lines = [
        f"{stick}: bundle no. {document['sequence']} from {document['from']} to {', '.join(document['to'])}",
        f"  treaty {printable(document['treaty'])}, made {document['created']}",
        f"  {counted(document['files'], 'file')}, {document['bytes']} bytes",
        f"  manifest {document['manifest']}",
    ]
    lines += [
        f"  log {item['origin']}: {counted(item['size'], 'record')}, root {item['root']}"
        for item in document["heads"]
    ]
    for item in document["records"]:
        body = "" if item["opened"] else ", body not open here"
        lines.append(f"  {item['count']:>6} {item['kind']} by {item['author']}: {item['state']}{body}")
    lines += [_sealed_text(item) for item in document["sealed"]]
    return "\n".join((*lines, "Not verified by this command: see counterseal verify."))


def _sealed_text(item: dict[str, Any]) -> str:
    readable = "" if item["readable"] is None else f"; {item['readable']} of them open with this node's keys"
    return (
        f"  {item['count']:>6} sealed by {item['author']} for {', '.join(item['audience'])}, "
        f"at most {item['size_class']} bytes each{readable}"
    )


def gaps_text(gaps: Iterable[tuple[int, int]]) -> str:
    """Return rows of numbers as people write them.

    >>> gaps_text([(1, 2), (5, 5)])
    '1-2, 5'
    """
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in gaps)


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


def printable(text: str) -> str:
    """Return a text that others wrote on one line, with nothing in it that a terminal would obey."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
