"""Same seed, same bytes: under another locale, time zone, hash seed, umask, working directory, and after a death."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

import counterseal
from counterseal.app.demo import UNFINISHED
from stories.programs import TESTS, counterseal_command, environment, run_counterseal
from strategies.same_bytes import repeatable, repeatable_store
from vectors.corpus import BUNDLES

ASCII = environment(
    LC_ALL="C",
    LANG=None,
    PYTHONUTF8="0",
    PYTHONCOERCECLOCALE="0",
    PYTHONHASHSEED="1",
    TZ="America/St_Johns",
    COLUMNS="40",
)
OTHER = environment(
    LC_ALL="C.UTF-8", LANG="tr_TR.UTF-8", PYTHONHASHSEED="random", TZ="Asia/Tokyo", NO_COLOR="1"
)
PARTIES = ("AUDITOR", "RU", "US")
SEEDLESS = {"verify_bundle.py", ".counterseal-demo"}
"""Files that hold nothing of a run: the second verifier, and the mark of the folder."""


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def kept(folder: Path) -> dict[str, object]:
    """Everything that one seed makes again, byte for byte: all but what is randomised by its algorithm."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    bundle = {
        name.removeprefix("bundle/"): path for name, path in files.items() if name.startswith("bundle/")
    }
    found: dict[str, object] = {
        name: path.read_bytes() for name, path in files.items() if not name.startswith("bundle/")
    }
    found.update({name: repeatable_store(files[name]) for name in found if name.endswith("/store.sqlite")})
    return {**found, "bundle": repeatable({name: path.read_bytes() for name, path in bundle.items()})}


def kill_halfway(arguments: list[str | Path], *, cwd: Path, watch: Path) -> None:
    """Start a demonstration, wait until its nodes have worked for a second, and kill it."""
    process = subprocess.Popen(
        counterseal_command(arguments),
        cwd=cwd,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not watch.exists():
        assert process.poll() is None, "ended before it was killed"
        assert time.monotonic() < end
        time.sleep(0.05)
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL, no links without a privilege")
def test_the_same_seed_gives_the_same_bytes_elsewhere_and_after_a_death(
    demo_folder: Path, tmp_path: Path
) -> None:
    real = tmp_path / "a place with spaces" / "Überprüfung"
    real.mkdir(parents=True)
    (tmp_path / "link").symlink_to(real)
    kill_halfway(
        ["demo", "--out", "link", "--seed", "99"],
        cwd=tmp_path,
        watch=real / UNFINISHED / "US" / "counterseal.toml",
    )
    assert not (real / "nodes").exists(), "no node that could be taken for a whole one"
    assert not (real / "bundle").exists()
    assert not (real / "report.html").exists()

    done = run_counterseal("demo", "--out", "link", "--seed", "0", cwd=tmp_path, env=ASCII, umask=0o077)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "link").is_symlink()
    assert kept(real) == kept(demo_folder)
    ours, theirs = hashes(real), hashes(demo_folder)
    varied = {path for path in ours if ours[path] != theirs[path]}
    assert not {path for path in varied if "/checkpoint" not in path} - {
        "bundle/bundle.json",
        "bundle/trust/trust.json",
        *(f"bundle/trust/keys/{party.lower()}/1.json" for party in PARTIES),
        *(f"nodes/{party}/store.sqlite" for party in PARTIES),
    }


def test_another_seed_gives_other_keys_and_records_and_replaces_what_was_there(
    demo_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "demo"
    shutil.copytree(demo_folder, out)
    before = hashes(demo_folder)

    done = run_counterseal("demo", "--out", out, "--seed", "1", cwd=tmp_path, env=OTHER, umask=0)

    assert done.returncode == 0, done.stderr
    after = hashes(out)
    same = {path for path in before if after.get(path) == before[path]}
    assert {path.rpartition("/")[2] for path in same} == SEEDLESS | {"pack.yaml", "counterseal.toml"}
    assert len([path for path in after if path.startswith("bundle/")]) == len(
        [path for path in before if path.startswith("bundle/")]
    )
    secret = [*out.glob("nodes/*/keys.json"), *out.glob("nodes/*/keepers/*.json")]
    assert len(secret) == 2 * len(PARTIES)
    for path in secret:
        assert path.stat().st_mode & 0o077 == 0


def test_a_finished_demonstration_holds_these_files_and_no_leftovers(demo_folder: Path) -> None:
    node = {"counterseal.toml", "keys.json", "keepers/keeper-1.json", "pack.yaml", "store.sqlite"}
    outside = {path for path in hashes(demo_folder) if not path.startswith("bundle/")}
    assert outside == {".counterseal-demo", "report.html", "summary.json", "verify_bundle.py"} | {
        f"nodes/{party}/{name}" for party in PARTIES for name in node
    }
    top = {path.split("/")[1] for path in hashes(demo_folder) if path.startswith("bundle/")}
    assert top == {"bundle.json", "trust", "logs", "bodies", "view"}


VERIFIERS = {
    "counterseal": ("-m", "counterseal", "verify"),
    "second verifier": (str(TESTS.parent / "verifier" / "verify_bundle.py"),),
}
VECTORS = (
    "any-text_ok",
    "chain_ok",
    "view-table_ok",
    "another-value_fail_I11",
    "gap_fail_I7",
    "unsettled-head_fail_I9",
)


def verdict(verifier: str, vector: str, *, cwd: Path, env: dict[str, str]) -> tuple[int, bytes]:
    """What a verifier says of a vector's bundle to programs, as the bytes that it writes."""
    command = [sys.executable, *VERIFIERS[verifier], str(BUNDLES / vector / "bundle"), "--json"]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("verifier", VERIFIERS)
@pytest.mark.parametrize("vector", VECTORS)
def test_a_verdict_is_the_same_bytes_in_another_place(verifier: str, vector: str, tmp_path: Path) -> None:
    """I18: neither locale nor time zone, nor hash seed, nor width of the terminal is in a verdict."""
    here = verdict(verifier, vector, cwd=TESTS, env=environment(PYTHONHASHSEED="0", TZ="UTC"))
    assert here[0] == int("_fail_" in vector)
    assert json.loads(here[1])
    for elsewhere in (ASCII, OTHER):
        assert verdict(verifier, vector, cwd=tmp_path, env=elsewhere) == here


def test_no_file_says_where_or_when_or_by_whom_it_was_made(demo_folder: Path) -> None:
    """What would differ on another machine is in no file: its paths, its name, today's date."""
    traces = [str(demo_folder).encode(), os.uname().nodename.encode(), str(Path.home()).encode()]
    today = time.strftime("%Y-%m-%d", time.gmtime()).encode()
    facts = b"".join(path.read_bytes() for path in Path(counterseal.__file__).parent.rglob("*.yaml"))
    for path in demo_folder.rglob("*"):
        if path.is_file() and path.name not in ("pack.yaml", "verify_bundle.py"):
            data = path.read_bytes()
            assert today not in data or today in facts
            assert not [trace for trace in traces if len(trace) > 5 and trace in data]
