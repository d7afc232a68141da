"""Kinds of change, each made to a score and signed again by whoever would have to sign it."""

from collections.abc import Callable

from fuzz.choices import VALUES, Choices, change_bytes, change_document, change_text
from fuzz.key_kinds import borrowed, changed_json, paper, paper_signers, papers, signature, signer, weak
from fuzz.score import Files, Log, Said, Score, cosigned, settled
from verifier.builder import Signer, b64, cosign_line, log_line, note_line
from verifier.chains import ChainWorld, ml_line

Kind = Callable[[Choices, Score], None]
TIMES = (0, 1, 5, 253_402_300_799, 253_402_300_800, 2**63 - 1, 2**63, 2**64 - 1)
SPOKEN = {"countersignature", "disclosure", "draw", "escrow", "keys", "trust"}
NAMES = ("é", "a\u00a0b", "a\u3000b", "a+b", "", "x" * 300, "\u2028", "a\tb", "\x7f", "\x85", "somebody")


def log_of(choices: Choices, score: Score) -> Log:
    """Return one of the logs in which something was said."""
    return choices.pick([log for log in score.logs if log.said] or score.logs)


def said_of(choices: Choices, score: Score, *, opened: bool = False) -> tuple[Log, Said] | None:
    """Return one of the records; of those whose body is there, if so asked."""
    every = [(log, said) for log in score.logs for said in log.said if said.opened or not opened]
    return choices.pick(every) if every else None


def header(choices: Choices, score: Score) -> None:
    """Another header, committed to by its signature."""
    if found := said_of(choices, score):
        change_document(choices, found[1].header)


def header_bytes(choices: Choices, score: Score) -> None:
    """A header in another spelling."""
    if found := said_of(choices, score):
        found[1].on_header.append(lambda data: change_bytes(choices, data))


def envelope(choices: Choices, score: Score) -> None:
    """An envelope in another spelling, or with other members."""
    if found := said_of(choices, score):
        found[1].on_entry.append(lambda data: changed_json(choices, data))


def statement(choices: Choices, score: Score) -> None:
    """Another statement, to which the header commits."""
    found = said_of(choices, score, opened=True)
    if found is None:
        return
    parts = found[1].parts
    part = choices.pick(parts)
    act = choices.pick(("value", "value", "value", "put", "bytes", "drop", "double", "swap", "name", "salt"))
    if act == "value":
        holder = {"value": part[1]} if not isinstance(part[1], bytes) else {"value": None}
        change_document(choices, holder)
        part[1] = holder.get("value")
    elif act == "put":
        part[1] = choices.pick(VALUES)
    elif act == "bytes":
        part[1] = choices.pick((b"", b" 1", b"[1", b"1,2", b"01", b'"\\u0061"', b"-0", b"1e2", b"nul"))
    elif act == "drop":
        parts.remove(part)
    elif act == "double":
        parts.append(list(part))
    elif act == "swap":
        parts.reverse()
    elif act == "name":
        part[0] = choices.pick(("", "A", "a" * 65, "a b", "é", "z", "record", "draw"))
    else:
        part[2] = choices.pick(("00" * 32, "FF" * 32, "", "00"))


def spoken(choices: Choices, score: Score) -> None:
    """Another value in a statement of a kind that has a form of its own."""
    every = [said for log in score.logs for said in log.said if said.opened and is_spoken(said)]
    if not every:
        statement(choices, score)
        return
    part = choices.pick([part for part in choices.pick(every).parts if part[0]])
    holder = {"value": part[1]}
    change_document(choices, holder)
    part[1] = holder.get("value")


def is_spoken(said: Said) -> bool:
    """Whether a page says what a record of this kind states."""
    return str(said.header.get("kind")).split(".")[0] in SPOKEN


def opening(choices: Choices, score: Score) -> None:
    """Another opening; the header commits to the old one."""
    if found := said_of(choices, score, opened=True):
        found[1].on_opening.append(lambda data: changed_json(choices, data))


def withheld(choices: Choices, score: Score) -> None:
    """A body that is not in the bundle."""
    if found := said_of(choices, score, opened=True):
        found[1].opened = False


def records(choices: Choices, score: Score) -> None:
    """Records dropped, doubled, exchanged, or moved to another log."""
    log = log_of(choices, score)
    if not log.said:
        return
    index = choices.below(len(log.said))
    act = choices.pick(("drop", "double", "swap", "move", "raw"))
    if act == "drop":
        del log.said[index]
    elif act == "double":
        log.said.append(log.said[index])
    elif act == "swap":
        log.said[index], log.said[0] = log.said[0], log.said[index]
    elif act == "move":
        choices.pick(score.logs).said.append(log.said.pop(index))
    else:
        raw = choices.pick((b"", b"{}", b"x" * 60_001, b'{"payload":""}', b"\xff"))
        log.said[index].on_entry.append(lambda _: raw)


def sizes(choices: Choices, score: Score) -> None:
    """Earlier checkpoints at other sizes."""
    log = log_of(choices, score)
    log.sizes = choices.pick(([], [0], [1], [0, 1, 2], [*log.sizes, 1], [len(log.said) - 1]))


def manifest(choices: Choices, score: Score) -> None:
    """Another manifest, signed by its sender."""
    score.on_manifest.append(lambda document: change_document(choices, document))


def sender(choices: Choices, score: Score) -> None:
    """A manifest signed by another key."""
    party = choices.pick(list(score.world.parties.values()))
    score.sender = choices.pick((party.author, party.log, party.witness, Signer("stranger")))


def note(choices: Choices, score: Score) -> None:
    """Other lines under a checkpoint, or another text that all of them sign."""
    log = log_of(choices, score)
    size = choices.pick(sorted({*log.sizes, len(log.said)}))
    act = choices.pick((lines, times, lines_of_strangers, text, note_bytes))
    log.on_note.setdefault(size, []).append(lambda t, n: act(choices, score, log, t, n))


def note_bytes(choices: Choices, score: Score, log: Log, head: bytes, made: bytes) -> bytes:
    """Change bytes of a note."""
    return change_bytes(choices, made)


def lines(choices: Choices, score: Score, log: Log, head: bytes, made: bytes) -> bytes:
    """Drop, repeat or exchange lines."""
    above, _, below = made.partition(b"\n\n")
    rows = below.splitlines(keepends=True)
    act = choices.pick(("drop", "repeat", "swap", "none", "other"))
    at = choices.below(max(1, len(rows)))
    if act == "drop":
        del rows[at : at + 1]
    elif act == "repeat":
        rows.append(rows[at] if rows else b"")
    elif act == "swap":
        rows = rows[at:] + rows[:at]
    elif act == "none":
        rows = []
    else:
        rows += other_lines(choices, score, log, head)
    return above + b"\n\n" + b"".join(rows)


def other_lines(choices: Choices, score: Score, log: Log, head: bytes) -> list[bytes]:
    """Lines of keys that have no business here, over this text or another one."""
    party = choices.pick(list(score.world.parties.values()))
    message = choices.pick((head, b"another text\n"))
    key = choices.pick((party.log, party.witness, party.author))
    return [choices.pick((log_line(key, message), cosign_line(key, message, 7)))]


def times(choices: Choices, score: Score, log: Log, head: bytes, made: bytes) -> bytes:
    """Let a witness sign at another time, with one of its keys or with both."""
    world, time = score.world, choices.pick(TIMES)
    code = choices.pick([code for code in world.parties if code != log.code] or [log.code])
    keys = [world.parties[code].witness.name]
    kept = [row for row in made.splitlines(keepends=True) if not any(f"— {k} ".encode() in row for k in keys)]
    if not isinstance(world, ChainWorld):
        return b"".join(kept) + cosign_line(world.parties[code].witness, head, time)
    pair = [cosign_line(world.get(code, "witness").signer, head, time)]
    if choices.chance(2):
        return b"".join(kept) + pair[0] + cosigned(world, code, head).splitlines(keepends=True)[-1]
    return b"".join(kept) + pair[0] + safe_ml_line(world, code, head, time)


def safe_ml_line(world: ChainWorld, code: str, head: bytes, time: int) -> bytes:
    try:
        return ml_line(world.get(code, "witness", "ml-dsa-44"), head, time)
    except (ValueError, IndexError, OverflowError):
        return b""


def lines_of_strangers(choices: Choices, score: Score, log: Log, head: bytes, made: bytes) -> bytes:
    """Add a line of somebody, under an odd name."""
    name = choices.pick((*NAMES, log.origin))
    return made + note_line(
        name, choices.pick((1, 4, 6, 255)), bytes(32), b"s" * choices.pick((0, 1, 64, 72))
    )


def text(choices: Choices, score: Score, log: Log, head: bytes, made: bytes) -> bytes:
    """Let everybody sign another text."""
    rows = head.decode().split("\n")
    act = choices.pick(("size", "origin", "root", "more", "zero", "any"))
    if act == "size":
        rows[1] = choices.pick(
            ("0", "1", "2", "3", "5", "256", "257", "1000000", "9" * 15, "9" * 16, "-1", "04")
        )
    elif act == "origin":
        rows[0] = choices.pick(("elsewhere.example/log", *(other.origin for other in score.logs)))
    elif act == "root":
        rows[2] = choices.pick((b64(bytes(32)), b64(bytes(31)), "", rows[2].rstrip("=")))
    elif act == "more":
        rows.insert(3, "more")
    elif act == "any":
        rows = change_text(choices, head.decode()).split("\n")
    return settled(score.world, log.code, "\n".join(rows).encode("utf-8", "replace"))


def sealed(choices: Choices, score: Score) -> None:
    """Something else in the place of a sealed body."""
    every = [said for log in score.logs for said in log.said if said.sealed]
    if not every:
        return
    one = choices.pick(every)
    body = one.sealed
    other = choices.pick([said for log in score.logs for said in log.said])
    cut = 4 + int.from_bytes(body[:4], "big")
    changed = (b"", body[cut:], body[:cut], body[:-1], bytes(8), bytes(4) + body[4:], body + bytes(4), body)
    other.sealed = choices.pick(changed)


def file(choices: Choices, score: Score) -> None:
    """A file changed, dropped, added or renamed; the manifest lists what is there."""
    score.on_files.append(lambda files: change_files(choices, files))


def change_files(choices: Choices, files: Files) -> None:
    """Change one file of those that a manifest will list."""
    path = choices.pick(sorted(files))
    act = choices.pick(("change", "change", "drop", "rename", "copy", "swap"))
    if act == "change":
        files[path] = change_bytes(choices, files[path])
    elif act == "drop":
        del files[path]
    elif act == "swap":
        other = choices.pick(sorted(files))
        files[path], files[other] = files[other], files[path]
    else:
        name = other_name(choices, path)
        taken = any(name.startswith(f"{old}/") or old.startswith(f"{name}/") for old in files)
        if name not in files and not taken and is_plain(name):
            files[name] = files.pop(path) if act == "rename" else files[path]


def other_name(choices: Choices, path: str) -> str:
    """Return another name for a file."""
    zeros = "0" * 64
    names = (
        path + "x",
        path + ".p/1",
        path.replace("000.p/4", "000.p/3"),
        path.replace("000.p/4", "000"),
        path.replace("000.p/4", "x000/000.p/4"),
        path.replace("/tile/0/", "/tile/9/"),
        path.replace("/tile/0/", "/tile/00/"),
        path.replace("/tile/0/", "/tile/64/"),
        path.replace("bodies", "Bodies"),
        path.replace("bodies", "sealed"),
        path.replace("sealed", "bodies"),
        path.replace("checkpoints/3", "checkpoints/03"),
        "view/" + "a" * 101,
        "view/UPPER",
        "view/a/b",
        f"logs/{zeros}/checkpoint",
        f"bodies/{zeros}/000.p/1",
        f"sealed/{zeros}/000.p/1",
        "trust/x",
        "trust/history/1.json",
        "trust/history/0.json",
        "trust/keys/us/2.json",
        "trust/keys/US/1.json",
        "trust/keys/us/0001.json",
        "x",
    )
    return choices.pick(names) if choices.chance(2) else change_text(choices, path)


def is_plain(name: str) -> bool:
    """Whether a name can be written inside a folder of its own, on any system that we know."""
    steps = name.split("/")
    plain = all(step not in {"", ".", ".."} and len(step.encode("utf-8", "replace")) < 200 for step in steps)
    return plain and "\0" not in name and len(steps) < 12 and name.isprintable()


KINDS: tuple[Kind, ...] = (
    header,
    statement,
    spoken,
    spoken,
    spoken,
    paper,
    paper,
    note,
    opening,
    manifest,
    file,
    records,
    header_bytes,
    envelope,
    signer,
    signature,
    withheld,
    sizes,
    borrowed,
    weak,
    paper_signers,
    papers,
    sender,
    sealed,
)
