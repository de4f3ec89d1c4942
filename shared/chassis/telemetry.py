"""Logs as JSON with the chain they belong to, and metrics without names or numbers of people."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import asyncpg
import structlog
from prometheus_client import Counter, Gauge, Histogram
from pydantic import ValidationError

EVENTS_PUBLISHED = Counter("keypost_events_published_total", "Events acknowledged by the broker", ["service"])
EVENTS_APPLIED = Counter("keypost_events_applied_total", "Events whose effect was committed", ["consumer"])
EVENTS_PARKED = Counter("keypost_events_parked_total", "Records set aside with their key", ["consumer"])
CONSUMER_LAG = Gauge("keypost_consumer_lag", "Records behind the end of the topics", ["consumer"])
CONSUMER_REBUILDS = Counter("keypost_consumer_rebuilds_total", "Consumers that stood still", ["consumer"])
CONSUMER_MOVED = Gauge(
    "keypost_consumer_moved_timestamp_seconds", "When a batch was last applied", ["consumer"]
)
KEYS_WITHHELD = Gauge(
    "keypost_outbox_withheld_keys", "Keys of which an event is too large for the broker", ["service"]
)
OUTBOX_OLDEST = Gauge("keypost_outbox_oldest_seconds", "Age of the oldest unpublished event", ["service"])
BUS_UP = Gauge("keypost_bus_up", "1 while the broker takes events", ["service"])
DEADLINES_FIRED = Counter("keypost_deadline_steps_total", "Deadline steps fired", ["service", "step"])
REQUESTS = Histogram("keypost_request_seconds", "Time to answer", ["service", "method", "route", "status"])


PERSONAL = re.compile(
    r"eyJ[\w-]{8,}(?:\.[\w-]*)+"  # a token
    r"|(?<![\w.-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\w-])"  # a mobile number
    r"|(?<![\w.-])0\d{2,3}[ -]?\d{7,8}(?![\w-])"  # a number with its area code
    r"|(?<![\w.-])\d{17}[\dXx](?![\w-])"  # an identity card
)
HIDDEN = "***"
VALUES = re.compile(r'"[^"]*"|(?<=argument \$)\d+: .*(?= \()', re.DOTALL)


def without_personal_data(text: str) -> str:
    """Give the text with phone numbers, identity cards and tokens hidden."""
    return PERSONAL.sub(HIDDEN, text)


def describe(error: BaseException) -> str:
    """Say what went wrong without the values it went wrong with: they may be somebody's."""
    name = type(error).__name__
    if isinstance(error, ValidationError):
        found = [
            f"{'/'.join(map(str, one['loc']))} {one['msg']}" for one in error.errors(include_input=False)
        ]
        return f"{name}: {without_personal_data('; '.join(found))}"
    if isinstance(error, asyncpg.PostgresError):
        place = ".".join(
            filter(None, (getattr(error, "table_name", None), getattr(error, "column_name", None)))
        )
        rule = getattr(error, "constraint_name", None) or ""
        message = VALUES.sub(HIDDEN, str(error.args[0])) if error.args else ""
        text = " ".join(filter(None, (message, place, rule)))
        return f"{name} {error.sqlstate}: {without_personal_data(text)}"
    return f"{name}: {without_personal_data(str(error))}".replace("\x00", "\\x00")


def _hide(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {
        name: without_personal_data(value) if isinstance(value, str) else value
        for name, value in entry.items()
    }


def configure_logging(service: str, level: str) -> None:
    """Write every log line as one JSON object to standard output."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _hide,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s", force=True)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


def log() -> structlog.typing.FilteringBoundLogger:
    """Give the process's logger."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
