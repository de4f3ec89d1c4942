"""Settings of a process, read from the environment; secrets never have defaults."""

import json
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_BYTES = 32


class Settings(BaseSettings):
    """Technical limits and addresses. Business figures are in the regulation packs."""

    model_config = SettingsConfigDict(env_prefix="KEYPOST_", extra="ignore", hide_input_in_errors=True)

    service: str
    profile: Literal["development", "production"] = "production"
    database_url: str
    worker_url: str
    owner_url: str | None = None
    pool_size: int = 10
    worker_pool_size: int = 6
    lock_timeout_ms: int = 5_000
    statement_timeout_ms: int = 30_000

    kafka_bootstrap: str
    kafka_idempotent: bool = True
    kafka_compression: Literal["lz4", "zstd"] | None = None
    kafka_replication: int = 3
    kafka_min_insync: int = 2
    kafka_partitions: int = 12
    kafka_retention_days: int = 14
    dead_letter_retention_days: int = 30
    kafka_max_request_bytes: int = 8 * 1024 * 1024
    relay_page: int = 2_000
    relay_poll_seconds: float = 0.25
    relay_few: int = 4
    relay_gather_seconds: float = 0.025
    broker_check_seconds: float = 1.0
    republish_days: int = 14
    replay_poll_seconds: float = 2.0
    rebuild_poll_seconds: float = 2.0
    rebuild_batch: int = 5_000
    rebuild_hold_seconds: float = 3.0
    rebuild_statement_timeout_ms: int = 600_000
    consumer_batch: int = 2_000
    consumer_wait_ms: int = 500
    fetch_max_wait_ms: int = 50
    session_timeout_ms: int = 15_000
    watchdog_seconds: float = 30.0

    issuer: str = "keypost"
    audience: str = "keypost"
    jwks: str
    issuer_key: Path | None = None
    clock_file: Path | None = None

    phone_key: SecretStr
    file_key: SecretStr

    services: dict[str, str] = Field(default_factory=dict)
    log_level: str = "info"
    max_body_bytes: int = 2 * 1024 * 1024
    max_attachment_bytes: int = 10 * 1024 * 1024
    max_upload_bytes: int = 12 * 1024 * 1024
    workbook_unpacked_bytes: int = 96 * 1024 * 1024
    workbook_ratio: int = 200
    workbook_parts: int = 1_000
    workbook_sheets: int = 201
    workbook_rows: int = 100_010
    workbook_columns: int = 100
    workbook_cells: int = 3_000_000
    workbook_parsers: int = 2
    idempotency_hours: int = 72
    total_exact_to: int = 10_000
    export_most: int = 10_000
    deadline_batch: int = 2_000
    deadline_hands: int = 3
    deadline_batches: int = 8
    deadline_idle_seconds: float = 1.0
    deadline_retry_seconds: float = 60.0
    directory_poll_seconds: float = 0.5

    @field_validator("phone_key", "file_key")
    @classmethod
    def is_32_bytes_as_hex(cls, secret: SecretStr) -> SecretStr:
        """A short secret would be accepted by the hash, and by nobody who looks for it."""
        if len(bytes.fromhex(secret.get_secret_value())) != SECRET_BYTES:
            raise ValueError(f"a secret is {SECRET_BYTES} bytes, written as hex")
        return secret

    @model_validator(mode="after")
    def refuse_more_copies_in_sync_than_there_are(self) -> Self:
        """A topic laid so would take no record ever."""
        if self.kafka_min_insync > self.kafka_replication:
            raise ValueError("KEYPOST_KAFKA_MIN_INSYNC is at most KEYPOST_KAFKA_REPLICATION")
        return self

    @model_validator(mode="after")
    def refuse_development_parts_in_production(self) -> Self:
        """A production process starts neither with a movable clock nor with an issuer of its own."""
        if self.profile == "production":
            if self.clock_file is not None:
                raise ValueError(
                    "KEYPOST_CLOCK_FILE is for development only: a production profile keeps real time"
                )
            if self.issuer_key is not None:
                raise ValueError(
                    "KEYPOST_ISSUER_KEY is for development only: a production profile trusts an outside issuer"
                )
        return self

    @property
    def topic(self) -> str:
        """The topic that this service tells its events on."""
        return f"keypost.{self.service}"

    @property
    def source(self) -> str:
        """The CloudEvents source of this service."""
        return f"/keypost/{self.service}"

    def jwks_document(self) -> dict[str, object] | None:
        """The key set where it is a file; None where it must be fetched."""
        if self.jwks.startswith("http"):
            return None
        document: dict[str, object] = json.loads(Path(self.jwks).read_text())
        return document
