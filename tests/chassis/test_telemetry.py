"""Logs: one JSON object a line, with its chain, without anybody's number, card or token."""

import json
import subprocess
import sys

import asyncpg
import pytest
from pydantic import BaseModel, ValidationError

from chassis.database import Database
from chassis.telemetry import describe, without_personal_data

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"


@pytest.mark.parametrize(
    "secret",
    [
        "13800138000",
        "+8613800138000",
        "138 0013 8000",
        "027-87654321",
        "02787654321",
        "42010619900101123X",
        TOKEN,
    ],
)
def test_numbers_cards_and_tokens_are_hidden(secret: str) -> None:
    text = f"failed for {secret}, again"
    assert without_personal_data(text) == "failed for ***, again"


@pytest.mark.parametrize(
    "text",
    [
        "0199aaaa-1380-7000-8013-800138000138",
        "42010000001233",
        "2026-11-20T10:00:00+08:00",
        "offset 13800",
        "420106-T01",
        "11185",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert without_personal_data(text) == text


async def test_a_database_error_is_described_without_its_values(pools: Database) -> None:
    secret = "张三的地址"
    async with pools.worker.acquire() as connection:
        for sql, arguments in (
            ("SELECT $1::text::uuid", (secret,)),
            ("SELECT $1::bigint", (2**70,)),
            ("INSERT INTO staff (staff_id, name) VALUES (gen_random_uuid(), $1)", (secret,)),
        ):
            try:
                await connection.execute(sql, *arguments)
                raise AssertionError("the statement ought to fail")
            except asyncpg.PostgresError as error:
                said = describe(error)
                assert secret not in said
                assert str(2**70) not in said
                assert type(error).__name__ in said


def test_a_validation_error_is_described_without_its_input() -> None:
    class Model(BaseModel):
        number: int

    with pytest.raises(ValidationError) as refused:
        Model.model_validate({"number": "张三"})
    assert describe(refused.value).startswith("ValidationError: number ")
    assert "张三" not in describe(refused.value)


PROGRAM = """
import structlog
from chassis.telemetry import configure_logging, log
configure_logging("tiering", "info")
structlog.contextvars.bind_contextvars(correlation_id="a-chain")
log().debug("unheard")
log().info("spoken", phone="13800138000", count=3, text="客户")
try:
    raise ValueError("of 13800138000")
except ValueError as error:
    log().error("failed", exc_info=error)
"""


def test_a_line_is_one_json_object_with_its_service_and_chain() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    spoken, failed = map(json.loads, done.stdout.splitlines())
    assert spoken["event"] == "spoken"
    assert (spoken["service"], spoken["correlation_id"], spoken["level"]) == ("tiering", "a-chain", "info")
    assert (spoken["phone"], spoken["count"], spoken["text"]) == ("***", 3, "客户")
    assert "ValueError" in failed["exception"]
    assert "13800138000" not in done.stdout
