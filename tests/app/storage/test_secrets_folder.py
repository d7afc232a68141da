"""Secrets of a node: on disk when they are told to be, for their owner alone, never changed."""

import stat
from pathlib import Path

import pytest

from app.storage.small_disk import fill, make_read_only, mounted
from app.storage.world import files_up_to
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.secrets_folder import SecretsFolder, open_secrets
from counterseal.services.ports import Secrets


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def reverse(data: bytes) -> bytes:
    return data[::-1]


def test_what_was_kept_is_fetched_by_another_program(tmp_path: Path) -> None:
    secrets: Secrets = open_secrets(tmp_path)
    assert secrets.fetch("draw/abc-1") is None
    secrets.keep("draw/abc-1", b"\0one")
    secrets.keep("draw/abc-2", b"")
    secrets.keep("escrow", b"two")
    again = open_secrets(tmp_path)
    assert again.fetch("draw/abc-1") == b"\0one"
    assert again.fetch("draw/abc-2") == b""
    assert again.names() == ("draw/abc-1", "draw/abc-2", "escrow")
    assert everything(tmp_path) == ["secrets/draw/abc-1", "secrets/draw/abc-2", "secrets/escrow"]


def test_a_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    open_secrets(tmp_path).keep("draw/abc", b"one")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").rglob("*")}
    assert modes == {"draw": 0o700, "abc": 0o600}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_a_secret_never_changes(tmp_path: Path) -> None:
    secrets = open_secrets(tmp_path)
    for _ in range(2):
        secrets.keep("draw/abc", b"one")
    with pytest.raises(StorageError, match="secret draw/abc: another one is kept under that name"):
        secrets.keep("draw/abc", b"two")
    assert secrets.fetch("draw/abc") == b"one"


def test_a_name_is_claimed_once_whoever_asks(tmp_path: Path) -> None:
    assert open_secrets(tmp_path).claim("begun-1")
    assert not open_secrets(tmp_path).claim("begun-1")
    assert open_secrets(tmp_path).fetch("begun-1") is not None
    assert open_secrets(tmp_path).names() == ("begun-1",), "so that it is in a backup"
    open_secrets(tmp_path).keep("begun-2", b"one")
    assert not open_secrets(tmp_path).claim("begun-2")


def test_of_two_programs_that_claim_a_name_at_one_moment_one_is_told_that_it_was_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = open_secrets(tmp_path), open_secrets(tmp_path)
    for one in (first, second):
        monkeypatch.setattr(one, "fetch", lambda _: None)  # both have looked before either has written
    assert [first.claim("begun"), second.claim("begun")] == [True, False]


NO_NAMES = (
    *("", "/", "/etc/passwd", "..", "../x", "a/../b", "a//b", "a/", ".hidden"),
    *("A", "a.b", "a\\b", "a\0", "ä", "a b", "a\n", "a" * 201),
)


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    secrets = open_secrets(tmp_path)
    with pytest.raises(StorageError, match="a name has small letters, digits and '-'") as caught:
        secrets.keep(name, b"x")
    assert str(caught.value).isprintable()
    with pytest.raises(StorageError, match="a name has small letters"):
        secrets.fetch(name)
    assert everything(tmp_path) == []


def test_a_name_is_a_secret_or_a_folder_of_secrets(tmp_path: Path) -> None:
    secrets = open_secrets(tmp_path)
    secrets.keep("draw/abc", b"one")
    for name in ("draw", "draw/abc/d"):
        with pytest.raises(StorageError, match=r"cannot be read: (not a file|Not a directory)"):
            secrets.keep(name, b"two")
    (tmp_path / "secrets" / "link").symlink_to(tmp_path / "secrets" / "draw" / "abc")
    with pytest.raises(StorageError, match="cannot be read"):
        secrets.fetch("link")


def test_secrets_are_locked_at_rest(tmp_path: Path) -> None:
    secrets = open_secrets(tmp_path, lock=reverse, unlock=reverse)
    for _ in range(2):
        secrets.keep("draw", b"plain")
    assert (tmp_path / "secrets" / "draw").read_bytes() == b"nialp"
    assert secrets.fetch("draw") == b"plain"
    with pytest.raises(StorageError, match="another one is kept"):
        secrets.keep("draw", b"nialp")
    for half in ({"lock": reverse}, {"unlock": reverse}):
        with pytest.raises(StorageError, match="locked and unlocked, or neither"):
            open_secrets(tmp_path, **half)


def test_no_secrets_without_a_node(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such folder"):
        open_secrets(tmp_path / "none")
    assert open_secrets(tmp_path).names() == ()


def test_what_a_killed_program_left_is_no_secret_and_is_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "secrets" / "draw"
    folder.mkdir(parents=True)
    (folder / ".abc.x1_y.part").write_bytes(b"half")
    secrets = open_secrets(tmp_path)
    assert secrets.names() == ()
    assert secrets.fetch("draw/abc") is None
    secrets.keep("draw/abc", b"whole")
    assert everything(tmp_path) == ["secrets/draw/abc"]


def test_a_secret_that_does_not_fit_is_none(tmp_path: Path) -> None:
    secrets = open_secrets(tmp_path)
    with files_up_to(10), pytest.raises(StorageError, match="cannot be kept: File too large"):
        secrets.keep("draw/abc", b"x" * 100)
    assert everything(tmp_path) == []
    secrets.keep("draw/abc", b"x" * 100)


def test_a_full_or_a_read_only_disk(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        secrets: SecretsFolder = open_secrets(disk)
        secrets.keep("first", b"one")
        fill(disk)
        with pytest.raises(StorageError, match="cannot be kept: No space left"):
            secrets.keep("draw/abc", b"x" * 5000)
        assert everything(disk) == ["ballast", "secrets/first"]
        (disk / "ballast").unlink()
        secrets.keep("draw/abc", b"x" * 5000)
        make_read_only(disk)
        assert secrets.fetch("first") == b"one"
        secrets.keep("first", b"one")
        with pytest.raises(StorageError, match="cannot be kept: Read-only file system"):
            secrets.keep("draw/else", b"x")
