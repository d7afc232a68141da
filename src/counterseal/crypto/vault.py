"""Secrets at rest: locked under a passphrase with Argon2id and ChaCha20-Poly1305.

The vault is one canonical JSON document. Everything in it but the sealed bytes is associated data,
so neither the cost nor the salt can be exchanged unnoticed. The cost is read from the file, and
held to caps first: whoever hands over a file does not decide how much memory its reader spends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.encoding import decode_base64, encode_base64
from counterseal.crypto.errors import CanonicalError, CryptoError, VaultError

VAULT_TYPE = "counterseal/vault/v1"
MAX_VAULT_BYTES = 2**20
MAX_MEMORY_KIB = 2**20
"""1 GiB."""
MAX_ITERATIONS = 16
MAX_LANES = 16

_AEAD = "chacha20-poly1305"
_KDF = "argon2id"
_KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
_LEAST_KIB_PER_LANE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess at a passphrase costs.

    Attributes:
        memory_kib: Memory of Argon2id [KiB], 8 for each lane to 1,048,576.
        iterations: Passes over it, 1 to 16.
        lanes: Parts that may be computed at once, 1 to 16.
    """

    memory_kib: int
    iterations: int
    lanes: int

    def __post_init__(self) -> None:
        _require_between("lanes", self.lanes, least=1, most=MAX_LANES)
        _require_between("iterations", self.iterations, least=1, most=MAX_ITERATIONS)
        least = _LEAST_KIB_PER_LANE * self.lanes
        _require_between("memory_kib", self.memory_kib, least=least, most=MAX_MEMORY_KIB)


def _require_between(name: str, value: object, *, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise VaultError(f"vault: {name} is {value!r}, must be {least} to {most}")


DEFAULT_COST = Cost(memory_kib=65536, iterations=3, lanes=4)
"""The second recommended option of section 4 [RFC-9106]: 64 MiB, three passes, four lanes."""


def lock(
    secret: bytes, passphrase: str, *, randomness: Callable[[int], bytes], cost: Cost = DEFAULT_COST
) -> bytes:
    """Return a vault that holds ``secret``: canonical JSON.

    Args:
        secret: What is to be kept.
        passphrase: What opens it; taken in Unicode's form NFC, so that it does not matter which
            keyboard composed its letters.
        randomness: Gives so many random bytes; called for salt and nonce.
        cost: What a guess shall cost. Anything below the default is for tests.

    Raises:
        VaultError: the passphrase is empty or no Unicode text, or the vault would be too large.
    """
    kdf = {
        "iterations": cost.iterations,
        "lanes": cost.lanes,
        "memory_kib": cost.memory_kib,
        "name": _KDF,
        "salt": encode_base64(randomness(_SALT_BYTES)),
    }
    nonce = encode_base64(randomness(_NONCE_BYTES))
    header = {"aead": _AEAD, "kdf": kdf, "nonce": nonce, "type": VAULT_TYPE}
    cipher = _cipher(header, _passphrase_bytes(passphrase))
    sealed = cipher.encrypt(decode_base64(nonce), secret, encode_canonical(header))
    document = encode_canonical(header | {"sealed": encode_base64(sealed)})
    if len(document) > MAX_VAULT_BYTES:
        raise VaultError(
            f"vault for {len(secret)} bytes: would have {len(document)}, at most {MAX_VAULT_BYTES}"
        )
    return document


def unlock(document: bytes, passphrase: str) -> bytes:
    """Return the secret that a vault holds.

    Args:
        document: As ``lock`` gave it.
        passphrase: The one that it was locked under.

    Raises:
        VaultError: it is no vault, asks for more than the caps, or does not open: then the
            passphrase is another or the file was altered, which cannot be told apart.
    """
    header, nonce, sealed = _parsed(document)
    try:
        return _cipher(header, _passphrase_bytes(passphrase)).decrypt(nonce, sealed, encode_canonical(header))
    except InvalidTag as error:
        raise VaultError("vault does not open: the passphrase is another, or the file was altered") from error


def _passphrase_bytes(passphrase: str) -> bytes:
    if not passphrase:
        raise VaultError("passphrase: empty, must have at least one character")
    try:
        return normalize("NFC", passphrase).encode()
    except UnicodeEncodeError as error:
        raise VaultError("passphrase: holds half of a character, so it is no Unicode text") from error


def _cipher(header: dict[str, Any], passphrase: bytes) -> ChaCha20Poly1305:
    kdf = header["kdf"]
    derivation = Argon2id(
        salt=decode_base64(kdf["salt"]),
        length=_KEY_BYTES,
        iterations=kdf["iterations"],
        lanes=kdf["lanes"],
        memory_cost=kdf["memory_kib"],
    )
    return ChaCha20Poly1305(derivation.derive(passphrase))


def _parsed(document: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """The header, the nonce and the sealed bytes of a vault whose every member was checked."""
    if len(document) > MAX_VAULT_BYTES:
        raise VaultError(f"vault of {len(document)} bytes, must be at most {MAX_VAULT_BYTES}")
    try:
        vault = decode_canonical(document)
    except CanonicalError as error:
        raise VaultError(f"vault: {error}") from error
    _require_members("vault", vault, names={"aead", "kdf", "nonce", "sealed", "type"})
    _require_members("vault's kdf", vault["kdf"], names={"iterations", "lanes", "memory_kib", "name", "salt"})
    kdf = vault["kdf"]
    for name, found, known in (
        ("type", vault["type"], VAULT_TYPE),
        ("aead", vault["aead"], _AEAD),
        ("kdf.name", kdf["name"], _KDF),
    ):
        if found != known:
            raise VaultError(f"vault: {name} is {found!r}, must be {known!r}")
    Cost(memory_kib=kdf["memory_kib"], iterations=kdf["iterations"], lanes=kdf["lanes"])
    _bytes_of("kdf.salt", kdf["salt"], least=_SALT_BYTES, most=_SALT_BYTES)
    nonce = _bytes_of("nonce", vault["nonce"], least=_NONCE_BYTES, most=_NONCE_BYTES)
    sealed = _bytes_of("sealed", vault.pop("sealed"), least=_TAG_BYTES, most=MAX_VAULT_BYTES)
    return vault, nonce, sealed


def _require_members(where: str, found: object, *, names: set[str]) -> None:
    if not isinstance(found, dict) or set(found) != names:
        raise VaultError(f"{where}: must be an object with exactly {', '.join(sorted(names))}")


def _bytes_of(name: str, text: object, *, least: int, most: int) -> bytes:
    if not isinstance(text, str):
        raise VaultError(f"vault: {name} is {text!r}, must be base64")
    try:
        data = decode_base64(text)
    except CryptoError as error:
        raise VaultError(f"vault: {name}: {error}") from error
    if not least <= len(data) <= most:
        raise VaultError(f"vault: {name} holds {len(data)} bytes, must hold {least} to {most}")
    return data
