# SPDX-License-Identifier: MulanPSL-2.0
"""Protection classes and sealed values: what is encrypted, under which key and algorithm, and how it is looked up.

A sealed value is `format (1 byte: 1) | suite (1) | key version (2) | nonce (12) | ciphertext and tag (16)`. The four
leading bytes and the context (field and record) are authenticated, so a value moved to another place does not open.
Only PERSONAL and higher classes are sealed; NAMED stays plain under sight.
"""

import hmac as keyed_hash
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

FORMAT = 1
KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2: 96 bits, drawn at random for each value.
TAG_BYTES = 16
HEADER_BYTES = 4
DIGITS_SHOWN_FIRST, DIGITS_SHOWN_LAST = 3, 4  # Our choice: the custom for telephone numbers in China (138****5678).


TOMBSTONE = "［已依法删除 · erased by law］"
"""What stands where a person's words stood before they were erased."""


NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|[1-9][0-9]{16}[0-9Xx])(?![0-9A-Za-z])")
"""A mobile phone or an identity number within a text: the shapes alone, whether or not somebody bears it."""


def holds_number(text: str) -> bool:
    """Whether a text that is about to be kept plain holds something of the shape of a phone or an identity number."""
    return NUMBER.search(text) is not None


class Protection(StrEnum):
    """The class of a field: who may see it and how it is kept. Ordered by `rank`, lowest first."""

    OPEN = "open"
    INTERNAL = "internal"
    NAMED = "named"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SEALED = "sealed"

    @property
    def class_number(self) -> str:
        """The number the house uses for the class: 0, 1, 1b, 2, 3, 4."""
        return _CLASS_NUMBERS[self]

    @property
    def rank(self) -> int:
        """Place in the order of the classes, 0 (open) to 5 (sealed compartment)."""
        return list(Protection).index(self)

    @property
    def is_encrypted(self) -> bool:
        """Whether values of the class are sealed in their field (class 2 and up)."""
        return self.rank >= Protection.PERSONAL.rank

    @property
    def may_be_public(self) -> bool:
        return self is Protection.OPEN


_CLASS_NUMBERS = {Protection.OPEN: "0", Protection.INTERNAL: "1", Protection.NAMED: "1b",
                  Protection.PERSONAL: "2", Protection.SENSITIVE: "3", Protection.SEALED: "4"}


class Suite(StrEnum):
    """Which algorithms seal and index new values; old ones open with the suite written in them."""

    AES_GCM = "aes-gcm"
    SM4_GCM = "sm4-gcm"


class Digest(StrEnum):
    """Which hash the seals of the journal use."""

    SHA256 = "sha256"
    SM3 = "sm3"


class SealError(Exception):
    """A sealed value cannot be opened."""


class KeyMissing(SealError):
    """The key of this version is not in the keyring: put it back into the secret file, or restore the key backup."""

    def __init__(self, version: int) -> None:
        super().__init__(f"Key version {version} is missing from the keyring. Put it back under \"keys\" in the secret "
                         "file, or restore the keys from a backup. Without it the value cannot be read.")
        self.version = version


class SealBroken(SealError):
    """The value was changed, belongs to another field or record, or was sealed with another key of the same version."""


@dataclass(frozen=True)
class Keyring:
    """Keys by version (each 32 bytes), the version for new values, the key of the blind indexes, and the suite.

    ValueError when a key has another length, a version is outside 1-65535, or the current version has no key.
    """

    keys: Mapping[int, bytes] = field(repr=False)
    current: int
    index_key: bytes = field(repr=False)
    suite: Suite = Suite.AES_GCM

    def __post_init__(self) -> None:
        for name, key in [*((f"key {version}", key) for version, key in self.keys.items()), ("the index key", self.index_key)]:
            if len(key) != KEY_BYTES:
                raise ValueError(f"{name} has {len(key)} bytes instead of {KEY_BYTES}")
        if any(not 1 <= version <= 65_535 for version in self.keys):
            raise ValueError(f"key versions are 1 to 65535, not {sorted(self.keys)}")
        if self.current not in self.keys:
            raise KeyMissing(self.current)

    @classmethod
    def from_secrets(cls, secrets_file: Mapping[str, Any], suite: str = Suite.AES_GCM) -> Self:
        """The keyring of the secret file `{"keys": {"1": hex, ...}, "index": hex}`; the highest version is current,
        unless `"current"` names another. ValueError that names the entry which is missing or not hexadecimal."""
        if not secrets_file.get("keys"):
            raise ValueError('the secret file has no "keys"; it needs {"keys": {"1": 64 hexadecimal digits}}')
        keys = {int(version): _key_from_hex(f"keys.{version}", text) for version, text in secrets_file["keys"].items()}
        index_key = _key_from_hex("index", secrets_file.get("index"))
        return cls(keys, int(secrets_file.get("current") or max(keys)), index_key, Suite(suite))

    def seal(self, plain: str | bytes, context: str) -> bytes:
        """`plain` (text as UTF-8) sealed under the current key, openable with the same `context` only."""
        return _seal(self.suite, self.current, self.keys[self.current], _as_bytes(plain), context)

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes. KeyMissing when the key version is absent; SealBroken when value or context differ."""
        version = key_version(sealed)
        if version not in self.keys:
            raise KeyMissing(version)
        return _unseal(self.keys[version], sealed, context)

    def unseal_text(self, sealed: bytes, context: str) -> str:
        """`unseal` for values that were sealed from text."""
        return self.unseal(sealed, context).decode()

    @property
    def header(self) -> bytes:
        """The four bytes with which every value of the present key and suite begins."""
        return bytes([FORMAT, _SUITE_BYTES[self.suite]]) + self.current.to_bytes(2, "big")

    def is_current(self, sealed: bytes) -> bool:
        """Whether key version and suite are those that new values get; if not, the value waits for re-sealing."""
        return key_version(sealed) == self.current and sealed[1] == _SUITE_BYTES[self.suite]

    def blind_index(self, value: str, field_name: str) -> bytes:
        """32 bytes that are equal for equal values of one field and say nothing without the key: for exact look-up.

        The caller brings the value into its one written form first (digits only, capital X). HMAC-SHA256 with
        aes-gcm, HMAC-SM3 with sm4-gcm: changing the suite means rebuilding the indexes.
        """
        mac = HMAC(self.index_key, _INDEX_HASHES[self.suite]())
        mac.update(field_name.encode() + b"\0" + value.encode())
        return mac.finalize()

    def seal_many(self, pairs: Iterable[tuple[str, str]]) -> list[bytes]:
        """What `seal` gives for each (plain text, context): the cipher and its nonces are made once for all."""
        given = list(pairs)
        version, key = self.current, self.keys[self.current]
        if self.suite is not Suite.AES_GCM:
            return [_seal(self.suite, version, key, plain.encode(), context) for plain, context in given]
        header, nonces, encrypt = bytes([FORMAT, _SUITE_BYTES[self.suite]]) + version.to_bytes(2, "big"), secrets.token_bytes(NONCE_BYTES * len(given)), AESGCM(key).encrypt
        found = []
        for place, (plain, context) in enumerate(given):
            nonce = nonces[place * NONCE_BYTES:(place + 1) * NONCE_BYTES]
            found.append(header + nonce + encrypt(nonce, plain.encode(), header + context.encode()))
        return found

    def blind_indexes(self, values: Iterable[str], field_name: str) -> list[bytes]:
        """What `blind_index` gives for each value of one field; the keyed beginning is computed once for all."""
        begun = HMAC(self.index_key, _INDEX_HASHES[self.suite]())
        begun.update(field_name.encode() + b"\0")
        found = []
        for value in values:
            mac = begun.copy()
            mac.update(value.encode())
            found.append(mac.finalize())
        return found

    def wrap(self, subject_key: bytes, subject: str) -> bytes:
        """A subject's key sealed for keeping in the database, bound to `subject`."""
        return self.seal(subject_key, _wrapping(subject))

    def unwrap(self, wrapped: bytes, subject: str) -> bytes:
        """The subject's key; errors as in `unseal`."""
        return self.unseal(wrapped, _wrapping(subject))

    def seal_for_subject(self, subject_key: bytes, plain: str | bytes, context: str) -> bytes:
        """`plain` under a subject's own key: destroying the wrapped key destroys every value sealed with it."""
        return _seal(self.suite, 0, subject_key, _as_bytes(plain), context)


def unseal_for_subject(subject_key: bytes, sealed: bytes, context: str) -> bytes:
    """The plain bytes of a value sealed under a subject's key; SealBroken when key, value or context differ."""
    return _unseal(subject_key, sealed, context)


def new_subject_key() -> bytes:
    """A fresh random key (32 bytes) for the payloads about one person or record."""
    return secrets.token_bytes(KEY_BYTES)


def key_version(sealed: bytes) -> int:
    """The key version written in a sealed value (0: a subject's key); SealBroken when it is no sealed value."""
    if len(sealed) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES or sealed[0] != FORMAT or sealed[1] not in _SUITES:
        raise SealBroken("This is not a sealed value, or its first bytes were changed.")
    return int.from_bytes(sealed[2:4], "big")


def masked(value: str) -> str:
    """`value` with its first 3 and last 4 characters, the rest as stars; shorter than 8: stars only."""
    shown = DIGITS_SHOWN_FIRST + DIGITS_SHOWN_LAST
    if len(value) <= shown:
        return "*" * len(value)
    return value[:DIGITS_SHOWN_FIRST] + "*" * (len(value) - shown) + value[-DIGITS_SHOWN_LAST:]


def digest(algorithm: str, content: bytes) -> bytes:
    """32 bytes of SHA-256 or SM3 (`sha256`, `sm3`); ValueError for any other algorithm."""
    if Digest(algorithm) is Digest.SHA256:
        return sha256(content).digest()
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(content)
    return sm3.finalize()


def same(one: bytes, other: bytes) -> bool:
    """Whether two digests or indexes are equal, compared in a time that tells nothing."""
    return keyed_hash.compare_digest(one, other)


def _seal(suite: Suite, version: int, key: bytes, plain: bytes, context: str) -> bytes:
    header = bytes([FORMAT, _SUITE_BYTES[suite]]) + version.to_bytes(2, "big")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return header + nonce + _ENCRYPT[suite](key, nonce, plain, header + context.encode())


def _unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    key_version(sealed)
    header, nonce, body = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:][:NONCE_BYTES], sealed[HEADER_BYTES + NONCE_BYTES:]
    try:
        return _DECRYPT[_SUITES[sealed[1]]](key, nonce, body, header + context.encode())
    except InvalidTag:
        raise SealBroken("The sealed value does not open: it was changed, belongs to another field or record, or was "
                         "sealed with another key of the same version.") from None


def _aes_encrypt(key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, plain, bound)


def _aes_decrypt(key: bytes, nonce: bytes, body: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, body, bound)


def _sm4_key(key: bytes) -> bytes:
    """SM4 takes 16 bytes (GB/T 32907-2016): derived from the 32, so that no two algorithms share key bytes."""
    return HKDFExpand(hashes.SHA256(), 16, b"linli sm4-gcm").derive(key)


def _sm4_encrypt(key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    mode = modes.GCM(nonce)
    encryptor = Cipher(algorithms.SM4(_sm4_key(key)), mode).encryptor()
    encryptor.authenticate_additional_data(bound)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _sm4_decrypt(key: bytes, nonce: bytes, body: bytes, bound: bytes) -> bytes:
    decryptor = Cipher(algorithms.SM4(_sm4_key(key)), modes.GCM(nonce, body[-TAG_BYTES:])).decryptor()
    decryptor.authenticate_additional_data(bound)
    return decryptor.update(body[:-TAG_BYTES]) + decryptor.finalize()


def _as_bytes(plain: str | bytes) -> bytes:
    return plain.encode() if isinstance(plain, str) else plain


def _wrapping(subject: str) -> str:
    return f"subject key of {subject}"


def _key_from_hex(name: str, text: object) -> bytes:
    try:
        return bytes.fromhex(str(text))
    except ValueError:
        raise ValueError(f'"{name}" in the secret file is not a key of 64 hexadecimal digits') from None


_SUITE_BYTES = {Suite.AES_GCM: 1, Suite.SM4_GCM: 2}
_SUITES = {number: suite for suite, number in _SUITE_BYTES.items()}
_INDEX_HASHES: Mapping[Suite, Callable[[], hashes.HashAlgorithm]] = {Suite.AES_GCM: hashes.SHA256, Suite.SM4_GCM: hashes.SM3}
_ENCRYPT = {Suite.AES_GCM: _aes_encrypt, Suite.SM4_GCM: _sm4_encrypt}
_DECRYPT = {Suite.AES_GCM: _aes_decrypt, Suite.SM4_GCM: _sm4_decrypt}
