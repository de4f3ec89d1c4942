"""Logs as JSON with the chain they belong to, and metrics without names or numbers of people."""

import logging
import sys

import structlog
from prometheus_client import Counter, Gauge, Histogram

EVENTS_PUBLISHED = Counter("keypost_events_published_total", "Events acknowledged by the broker", ["service"])
EVENTS_APPLIED = Counter("keypost_events_applied_total", "Events whose effect was committed", ["consumer"])
EVENTS_PARKED = Counter("keypost_events_parked_total", "Records set aside with their key", ["consumer"])
CONSUMER_LAG = Gauge("keypost_consumer_lag", "Records behind the end of the topics", ["consumer"])
CONSUMER_REBUILDS = Counter("keypost_consumer_rebuilds_total", "Consumers that stood still", ["consumer"])
OUTBOX_OLDEST = Gauge("keypost_outbox_oldest_seconds", "Age of the oldest unpublished event", ["service"])
BUS_UP = Gauge("keypost_bus_up", "1 while the broker takes events", ["service"])
DEADLINES_FIRED = Counter("keypost_deadline_steps_total", "Deadline steps fired", ["service", "step"])
REQUESTS = Histogram("keypost_request_seconds", "Time to answer", ["service", "method", "route", "status"])


def configure_logging(service: str, level: str) -> None:
    """Write every log line as one JSON object to standard output."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
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
