# SPDX-License-Identifier: MulanPSL-2.0
"""Sealed values open only where they belong, with the right key, unchanged; indexes and digests are the known ones."""

import hashlib
import hmac
import logging

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from linli.core import protection
from linli.core.hushed import Hushed
from linli.core.protection import KeyMissing, Keyring, Protection, SealBroken, SealError, Suite, holds_number

OLD, NEW, INDEX = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
SECRETS = {"django": "ff", "keys": {"1": OLD.hex()}, "index": INDEX.hex()}
RINGS = {suite: Keyring.from_secrets(SECRETS, suite) for suite in ("aes-gcm", "sm4-gcm")}
ID_NUMBER = "12010119900307123X"
PLACE = "person.id_number:7"


@pytest.fixture(params=sorted(RINGS))
def ring(request):
    return RINGS[request.param]


@given(st.sampled_from(sorted(RINGS)), st.binary(max_size=300), st.text(max_size=40))
def test_a_sealed_value_opens_in_its_place(suite, plain, context):
    assert RINGS[suite].unseal(RINGS[suite].seal(plain, context), context) == plain


def test_text_comes_back_as_text(ring):
    assert ring.unseal_text(ring.seal("李🏠", PLACE), PLACE) == "李🏠"


def test_the_same_value_is_never_sealed_into_the_same_bytes(ring):
    assert len({ring.seal(ID_NUMBER, PLACE) for _ in range(50)}) == 50


def test_the_plain_value_does_not_stand_in_the_sealed_one(ring):
    assert ID_NUMBER.encode() not in ring.seal(ID_NUMBER, PLACE)


def test_a_value_moved_to_another_record_does_not_open(ring):
    with pytest.raises(SealBroken, match="another field or record"):
        ring.unseal(ring.seal(ID_NUMBER, PLACE), "person.id_number:8")


def test_no_single_bit_can_be_changed_unseen(ring):
    sealed = ring.seal("1", PLACE)
    spoilt = [sealed[:i] + bytes([sealed[i] ^ 1 << bit]) + sealed[i + 1:] for i in range(len(sealed)) for bit in range(8)]

    for value in spoilt:
        with pytest.raises(SealError):
            ring.unseal(value, PLACE)


@pytest.mark.parametrize("length", [0, 1, 4, 31])
def test_a_cut_value_does_not_open(ring, length):
    with pytest.raises(SealBroken, match="not a sealed value"):
        ring.unseal(ring.seal("1", PLACE)[:length], PLACE)


def test_another_key_of_the_same_version_does_not_open(ring):
    stranger = Keyring({1: NEW}, 1, INDEX, ring.suite)

    with pytest.raises(SealBroken):
        stranger.unseal(ring.seal(ID_NUMBER, PLACE), PLACE)


def test_after_a_rotation_old_values_open_and_new_ones_take_the_new_key(ring):
    rotated = Keyring.from_secrets({**SECRETS, "keys": {"1": OLD.hex(), "2": NEW.hex()}}, ring.suite)
    before, after = ring.seal("a", PLACE), rotated.seal("a", PLACE)

    assert rotated.unseal(before, PLACE) == rotated.unseal(after, PLACE) == b"a"
    assert (protection.key_version(before), protection.key_version(after)) == (1, 2)
    assert (rotated.is_current(before), rotated.is_current(after)) == (False, True)


def test_a_missing_key_version_is_named_with_the_remedy(ring):
    rotated = Keyring({2: NEW}, 2, INDEX, ring.suite)

    with pytest.raises(KeyMissing, match=r"Key version 1 is missing.*secret file") as caught:
        rotated.unseal(ring.seal("a", PLACE), PLACE)

    assert caught.value.version == 1


def test_a_value_keeps_its_suite_when_the_setting_changes():
    sealed = RINGS["aes-gcm"].seal("a", PLACE)

    assert RINGS["sm4-gcm"].unseal(sealed, PLACE) == b"a"
    assert RINGS["sm4-gcm"].is_current(sealed) is False


def test_the_blind_index_is_the_keyed_hash_and_differs_by_field_and_key():
    ring = RINGS["aes-gcm"]

    index = ring.blind_index(ID_NUMBER, "person.id_number")

    assert index == hmac.new(INDEX, b"person.id_number\0" + ID_NUMBER.encode(), "sha256").digest()
    assert index != ring.blind_index(ID_NUMBER, "person.phone")
    assert index != Keyring({1: OLD}, 1, NEW).blind_index(ID_NUMBER, "person.id_number")


def test_the_blind_index_of_the_national_suite_is_hmac_sm3():
    ring = RINGS["sm4-gcm"]
    inner, outer = (bytes(byte ^ pad for byte in INDEX.ljust(64, b"\0")) for pad in (0x36, 0x5C))

    expected = protection.digest("sm3", outer + protection.digest("sm3", inner + b"person.phone\0" + b"138"))

    assert ring.blind_index("138", "person.phone") == expected


def test_sm3_gives_the_value_of_the_standard():
    # GB/T 32905-2016, A.1: the message "abc".
    assert protection.digest("sm3", b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sha256_is_pythons():
    assert protection.digest("sha256", b"abc") == hashlib.sha256(b"abc").digest()


def test_an_unknown_digest_is_refused():
    with pytest.raises(ValueError, match="md5"):
        protection.digest("md5", b"abc")


def test_sm4_gcm_gives_the_value_of_its_standard():
    # RFC 8998, A.1 (SM4-GCM test vector).
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    plain = bytes.fromhex("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
                          "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa")
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))

    encryptor.update(plain)
    encryptor.finalize()

    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_a_subjects_key_is_wrapped_for_that_subject_only(ring):
    key = protection.new_subject_key()
    wrapped = ring.wrap(key, "person:7")

    assert ring.unwrap(wrapped, "person:7") == key
    assert len(key) == 32
    with pytest.raises(SealBroken):
        ring.unwrap(wrapped, "person:8")


def test_a_payload_opens_with_its_subjects_key_and_with_no_other(ring):
    key = protection.new_subject_key()
    sealed = ring.seal_for_subject(key, "记录", "line:1")

    assert protection.unseal_for_subject(key, sealed, "line:1").decode() == "记录"
    with pytest.raises(SealBroken):
        protection.unseal_for_subject(protection.new_subject_key(), sealed, "line:1")


@pytest.mark.parametrize(("value", "shown"), [
    ("13812345678", "138****5678"), (ID_NUMBER, "120***********123X"),
    ("1234567", "*******"), ("12345678", "123*5678"), ("", ""),
])
def test_a_masked_value_shows_three_and_four_or_nothing(value, shown):
    assert protection.masked(value) == shown
    assert len(shown) == len(value)


@pytest.mark.parametrize(("secrets_file", "sentence"), [
    ({"index": INDEX.hex()}, 'has no "keys"'),
    ({"keys": {"1": OLD.hex()}}, '"index" in the secret file'),
    ({"keys": {"1": "xyz"}, "index": INDEX.hex()}, '"keys.1" in the secret file'),
    ({"keys": {"1": "abcd"}, "index": INDEX.hex()}, "2 bytes instead of 32"),
    ({"keys": {"0": OLD.hex()}, "index": INDEX.hex()}, "1 to 65535"),
])
def test_a_faulty_secret_file_is_refused_with_its_entry_named(secrets_file, sentence):
    with pytest.raises(ValueError, match=sentence):
        Keyring.from_secrets(secrets_file)


def test_a_current_version_without_a_key_is_refused():
    with pytest.raises(KeyMissing, match="Key version 3"):
        Keyring({1: OLD}, 3, INDEX)


def test_the_keys_do_not_stand_in_the_text_of_a_keyring():
    assert OLD.hex() not in repr(RINGS["aes-gcm"])
    assert repr(OLD) not in repr(RINGS["aes-gcm"])


def test_the_classes_are_numbered_and_encrypted_from_two_up():
    assert [item.class_number for item in Protection] == ["0", "1", "1b", "2", "3", "4"]
    assert [item.name for item in Protection if item.is_encrypted] == ["PERSONAL", "SENSITIVE", "SEALED"]
    assert [item.name for item in Protection if item.may_be_public] == ["OPEN"]


def test_digests_are_compared_by_value():
    assert protection.same(b"a", b"a") is True
    assert protection.same(b"a", b"b") is False


def test_an_unknown_suite_is_refused():
    with pytest.raises(ValueError, match="des"):
        Keyring.from_secrets(SECRETS, "des")

    assert set(Suite) == {"aes-gcm", "sm4-gcm"}


def test_many_values_are_sealed_and_indexed_as_one_by_one() -> None:
    for suite in Suite:
        ring = Keyring({1: b"k" * 32, 2: b"l" * 32}, 2, b"i" * 32, suite)
        texts = ["", "120101199001010011", "王小明", "🕳️"]

        sealed = ring.seal_many((text, f"person.id_number:{place}") for place, text in enumerate(texts))

        assert [ring.unseal_text(one, f"person.id_number:{place}") for place, one in enumerate(sealed)] == texts
        assert all(ring.is_current(one) for one in sealed)
        assert len({one[4:16] for one in sealed}) == len(texts)
        assert ring.blind_indexes(texts, "person.id_number") == [ring.blind_index(text, "person.id_number") for text in texts]


@pytest.mark.parametrize("text", ["13900001234", "tel. 139 0000 1234,", "/99010119800203001X/", "a=139-0000-1234&b", "99010119800203001x"])
def test_the_shape_of_a_number_is_seen_in_a_text_and_masked_in_the_log(text: str) -> None:
    record = logging.LogRecord("linli", logging.WARNING, "", 0, "Not Found: %s", (text,), None)

    assert holds_number(text)
    assert "0000 1234" not in Hushed().format(record)
    assert "****" in Hushed().format(record)


@pytest.mark.parametrize("text", ["12345", "LL139000012345", "2026-11-23 19:40:22", "120101001002000", "c0ffee13900001234", "0139000012345678"])
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_number(text)
