"""The self-test names what is broken in the installed libraries, and nothing else."""

from collections.abc import Callable

import pytest

from counterseal.crypto import selftest
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.selftest import failed_vectors, require_sound_libraries


def _refuse(*_: object, **__: object) -> bytes:
    raise CryptoError("refused")


def _take(*_: object, **__: object) -> bytes:
    return b"abc"


def test_sound_libraries_fail_nothing() -> None:
    assert failed_vectors() == ()
    require_sound_libraries()


@pytest.mark.parametrize(
    ("name", "broken", "failed"),
    [
        ("require_mldsa_signature", _refuse, ("ML-DSA-44", "ML-DSA-65")),
        ("require_mldsa_signature", _take, ("ML-DSA-44", "ML-DSA-65")),
        ("unseal", _refuse, ("sealing",)),
        ("unseal", _take, ("sealing",)),
        ("unlock", _refuse, ("vault",)),
        ("unlock", _take, ("vault",)),
        ("_ARGON2ID_TAG", "00" * 32, ("Argon2id",)),
    ],
)
def test_a_library_that_refuses_or_takes_everything_is_named(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    broken: Callable[..., bytes] | str,
    failed: tuple[str, ...],
) -> None:
    monkeypatch.setattr(selftest, name, broken)
    assert failed_vectors() == failed
    require_sound_libraries.cache_clear()
    with pytest.raises(CryptoError, match=f"self-test failed for {', '.join(failed)}: the installed"):
        require_sound_libraries()
    require_sound_libraries.cache_clear()
