"""Fields under a ring of keys: bound to their place, readable after rotation, searchable without decrypting."""

import base64

import pytest

from service.crypto import KeyRing
from service.errors import Invalid

OLD = base64.b64encode(bytes(range(32))).decode()
NEW = base64.b64encode(bytes(range(32, 64))).decode()


def test_what_was_encrypted_comes_back() -> None:
    ring = KeyRing((OLD,))
    assert ring.decrypt(ring.encrypt("身份证".encode(), b"person/1"), b"person/1") == "身份证".encode()


def test_the_same_value_encrypts_differently_each_time() -> None:
    ring = KeyRing((OLD,))
    assert ring.encrypt(b"x") != ring.encrypt(b"x")


def test_after_rotation_old_ciphertexts_are_read_and_told_apart() -> None:
    sealed = KeyRing((OLD,)).encrypt(b"x")
    rotated = KeyRing((NEW, OLD))
    assert rotated.decrypt(sealed) == b"x"
    assert not rotated.is_current(sealed)
    assert rotated.is_current(rotated.encrypt(b"x"))


def test_without_its_key_a_ciphertext_is_refused() -> None:
    with pytest.raises(Invalid, match=r"crypto\.unknown_key"):
        KeyRing((NEW,)).decrypt(KeyRing((OLD,)).encrypt(b"x"))


@pytest.mark.parametrize("position", [5, 17, 20, -1])
def test_one_changed_byte_is_noticed(position: int) -> None:
    sealed = bytearray(KeyRing((OLD,)).encrypt(b"a longer text"))
    sealed[position] ^= 1
    with pytest.raises(Invalid, match=r"crypto\.altered"):
        KeyRing((OLD,)).decrypt(bytes(sealed))


def test_a_ciphertext_moved_to_another_row_is_noticed() -> None:
    ring = KeyRing((OLD,))
    with pytest.raises(Invalid, match=r"crypto\.altered"):
        ring.decrypt(ring.encrypt(b"x", b"person/1"), b"person/2")


def test_equal_values_have_equal_indexes_and_others_differ() -> None:
    ring = KeyRing((OLD,))
    assert ring.blind_index("13812341234") == ring.blind_index("13812341234") != ring.blind_index("13812341235")


def test_during_a_rotation_a_search_has_the_index_of_each_key() -> None:
    assert KeyRing((NEW, OLD)).blind_indexes("x") == (
        KeyRing((NEW,)).blind_index("x"),
        KeyRing((OLD,)).blind_index("x"),
    )


@pytest.mark.parametrize("keys", [(), ("not base64!",), (base64.b64encode(b"short").decode(),)])
def test_unusable_keys_are_refused(keys: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match=r"config\.field_key"):
        KeyRing(keys)
