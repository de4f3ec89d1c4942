"""The vault: what is sealed can be opened with our key only, and was not changed."""

import pytest

from chassis.vault import NotOurs, Vault

VAULT = Vault(bytes(range(32)))


@pytest.mark.parametrize("text", ["", "张三", "13800138000", "长" * 10_000])
def test_what_was_sealed_is_opened_and_sealed_text_shows_nothing(text: str) -> None:
    sealed = VAULT.seal(text)
    assert VAULT.open(sealed) == text
    assert not text or text.encode() not in sealed


def test_the_same_text_is_never_sealed_alike() -> None:
    assert len({VAULT.seal("张三") for _ in range(100)}) == 100


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(VAULT.seal("张三"))
    sealed[place] ^= 1
    with pytest.raises(NotOurs):
        VAULT.open(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(28)])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(NotOurs):
        VAULT.open(sealed)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotOurs):
        Vault(bytes(32)).open(VAULT.seal("张三"))


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="key"):
        Vault(b"too short")
