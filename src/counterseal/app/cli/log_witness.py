"""Commands of ``counterseal log`` by which heads are witnessed: request, witness, attach, policy, check."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from counterseal.app.cli.options import json_option, node_option, open_chosen_node, print_json
from counterseal.errors import RefusedInputError, WorkplaceError

if TYPE_CHECKING:
    from counterseal.log.policy import PolicyResult
    from counterseal.services.witness import Witnessing

NOT_ACCEPTED = 1
_MAX_BYTES = 4 * 2**20
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("request")
@click.option(
    "--old",
    "old_size",
    type=click.IntRange(min=0),
    required=True,
    metavar="N",
    help="Size of the last head of your log that the witness has cosigned; 0 for none.",
)
@click.option("--out", type=_FILE, required=True, help="The request, a new file.")
@node_option
@json_option
def request(*, old_size: int, out: Path, node_dir: Path | None, as_json: bool) -> None:
    """Ask a witness to cosign the newest head of the node's own log.

    The file is a request of C2SP tlog-witness; any witness that follows your log can answer it.
    """
    from counterseal.services.ask_witness import make_request

    node = open_chosen_node(node_dir)
    asked = make_request(node, old_size=old_size)
    with _new_file(out) as file:
        file.write(asked.to_bytes())
    head = asked.checkpoint
    if as_json:
        print_json({"origin": head.origin, "size": head.size, "old_size": asked.old_size, "file": str(out)})
        return
    click.echo(f"{out}: asks to cosign {head.origin} at size {head.size}, from size {asked.old_size}")


@click.command("witness")
@click.argument("file", metavar="REQUEST", type=_FILE)
@click.option("--out", type=_FILE, required=True, metavar="RESPONSE", help="The answer, a new file.")
@node_option
@json_option
def witness(*, file: Path, out: Path, node_dir: Path | None, as_json: bool) -> None:
    """Cosign the head that REQUEST shows, if it follows from the last one cosigned here.

    A request from another size than the last one is refused, and RESPONSE then holds that size. A head that
    contradicts what was cosigned is refused and kept as evidence. Exit status: 0 cosigned, 3 refused.
    """
    from counterseal.app.bootstrap import SystemClock
    from counterseal.log.witness import CONFLICT
    from counterseal.services.witness import witness_request

    node = open_chosen_node(node_dir)
    data = _read(file)
    with _new_file(out) as answer:  # before anything is decided: an answer that cannot be written is lost
        done = witness_request(node, data, clock=SystemClock())
        written = done.decision.accepted or done.decision.status == CONFLICT
        if written:
            answer.write(done.response)
    if not written:
        out.unlink()
    if as_json:
        print_json(_witnessing_json(done, file=out if written else None))
    if not done.decision.accepted:
        raise RefusedInputError(_told(done))
    if not as_json:
        click.echo(f"{done.decision.reason}; cosigned")
        click.echo(f"  wrote {out}")


def _told(done: "Witnessing") -> str:
    kept = f"; kept as evidence: {', '.join(done.evidence)}" if done.evidence else ""
    return f"not cosigned ({done.decision.outcome}): {done.decision.reason}{kept}"


def _witnessing_json(done: "Witnessing", *, file: Path | None) -> dict[str, Any]:
    head = done.checkpoint
    return {
        "outcome": str(done.decision.outcome),
        "status": done.decision.status,
        "reason": done.decision.reason,
        "origin": head.origin if head else None,
        "size": head.size if head else None,
        "last_size": done.decision.last_size,
        "evidence": list(done.evidence),
        "file": str(file) if file else None,
    }


@click.command("attach")
@click.argument("file", metavar="RESPONSE", type=_FILE)
@node_option
@json_option
def attach(*, file: Path, node_dir: Path | None, as_json: bool) -> None:
    """Put the cosignatures in RESPONSE on the head of the node's own log that they are made over."""
    from counterseal.services.ask_witness import take_answer

    node = open_chosen_node(node_dir)
    taken = take_answer(node, _read(file))
    head = taken.checkpoint
    if as_json:
        print_json({"origin": head.origin, "size": head.size, "cosigners": list(taken.parties)})
        return
    click.echo(f"{head.origin} at size {head.size}: cosigned by {', '.join(taken.parties)}")


@click.command("policy")
@click.argument("party", required=False)
@click.option("--out", type=_FILE, help="A new file (default: standard output).")
@node_option
@json_option
def policy(*, party: str | None, out: Path | None, node_dir: Path | None, as_json: bool) -> None:
    """Write whose word makes a head of PARTY's log count (default: the node's own), as C2SP tlog-policy.

    The file names keys of today; a party with two witness keys is a group that asks for both.
    """
    from counterseal.services.ask_witness import policy_of_log
    from counterseal.terms.parties import parse_party_code

    node = open_chosen_node(node_dir)
    try:
        code = node.party if party is None else parse_party_code(party)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="PARTY") from error
    data = policy_of_log(node, code)
    if out is not None:
        with _new_file(out) as file:
            file.write(data)
    if as_json:
        print_json({"party": code, "policy": data.decode(), "file": str(out) if out else None})
    elif out is None:
        click.echo(data.decode(), nl=False)
    else:
        click.echo(f"{out}: the policy of {code}'s log")


@click.command("check")
@click.argument("checkpoint", type=_FILE)
@click.option("--policy", "policy_file", type=_FILE, required=True, help="A C2SP tlog-policy file.")
@json_option
def check(*, checkpoint: Path, policy_file: Path, as_json: bool) -> None:
    """Say whether CHECKPOINT is signed and cosigned as a policy asks, and who is missing.

    Exit status: 0 accepted, 1 not accepted.
    """
    from counterseal.log.note import parse_note
    from counterseal.log.policy import evaluate
    from counterseal.log.policy_file import parse_policy

    result = evaluate(parse_policy(_read(policy_file)), parse_note(_read(checkpoint)))
    if as_json:
        print_json(_policy_json(result))
    else:
        for item in result.checks:
            click.echo(f"  {'held' if item.held else 'REFUSED':<8} {item.name}: {item.reason}")
        for word in result.witnesses:
            click.echo(f"           {word.reason}")
        click.echo("ACCEPTED" if result.held else "NOT ACCEPTED")
    if not result.held:
        sys.exit(NOT_ACCEPTED)


def _policy_json(result: "PolicyResult") -> dict[str, Any]:
    from counterseal.log.policy import shown

    return {
        "origin": result.checkpoint.origin,
        "size": result.checkpoint.size,
        "accepted": result.held,
        "checks": [{"check": c.name, "held": c.held, "reason": c.reason} for c in result.checks],
        "logs": [{"origin": log.origin, "standing": str(log.standing)} for log in result.logs],
        "witnesses": [
            {"name": shown(word.name), "standing": str(word.standing), "seconds": word.seconds}
            for word in result.witnesses
        ],
        "groups": [
            {"name": shown(group.name), "met": group.met, "missing": [shown(name) for name in group.missing]}
            for group in result.groups
        ],
        "missing": [shown(name) for name in result.missing],
    }


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be read: {error.strerror}") from error


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that is not there yet; it goes again if what should fill it fails."""
    try:
        file = path.open("xb")
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be made: {error.strerror}") from error
    try:
        with file:
            yield file
    except BaseException:
        with suppress(OSError):  # what went wrong first is what is told
            path.unlink()
        raise
