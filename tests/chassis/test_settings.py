"""Settings: production refuses what only development may have, and secrets are never shown."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from chassis.settings import Settings

SOUND: dict[str, Any] = {
    "service": "tiering",
    "database_url": "postgresql://app@/db",
    "worker_url": "postgresql://worker@/db",
    "kafka_bootstrap": "127.0.0.1:9092",
    "jwks": "https://issuer/jwks",
    "phone_key": "aa" * 32,
    "file_key": "bb" * 32,
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"KEYPOST_{name.upper()}", raising=False)


def test_without_a_word_about_it_a_process_is_a_production_process() -> None:
    settings = Settings(**SOUND)
    assert settings.profile == "production"
    assert settings.kafka_idempotent
    assert settings.kafka_replication == 3
    assert (settings.topic, settings.source) == ("keypost.tiering", "/keypost/tiering")


@pytest.mark.parametrize(
    ("name", "word"), [("clock_file", "KEYPOST_CLOCK_FILE"), ("issuer_key", "KEYPOST_ISSUER_KEY")]
)
def test_production_refuses_a_movable_clock_and_an_issuer_of_its_own(name: str, word: str) -> None:
    given: dict[str, Any] = {**SOUND, name: Path("/somewhere")}
    for profile in ({}, {"profile": "production"}):
        with pytest.raises(ValidationError, match=word):
            Settings(**{**given, **profile})
    assert getattr(Settings(**{**given, "profile": "development"}), name)


@pytest.mark.parametrize("name", sorted(SOUND))
def test_what_has_no_sound_default_must_be_given(name: str) -> None:
    given = {key: value for key, value in SOUND.items() if key != name}
    with pytest.raises(ValidationError, match=name):
        Settings(**given)


@pytest.mark.parametrize("name", ["phone_key", "file_key"])
@pytest.mark.parametrize("key", ["", "aa", "aa" * 31, "zz" * 32])
def test_a_secret_is_32_bytes_as_hex(name: str, key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{**SOUND, name: key})
    assert not key or key not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings(**SOUND))
    assert "aa" * 32 not in shown
    assert "bb" * 32 not in shown


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SOUND.items():
        monkeypatch.setenv(f"KEYPOST_{name.upper()}", value)
    monkeypatch.setenv("KEYPOST_SERVICES", '{"registry": "http://127.0.0.1:8001"}')
    settings = Settings()
    assert settings.service == "tiering"
    assert settings.services == {"registry": "http://127.0.0.1:8001"}
