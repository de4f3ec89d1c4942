"""Rows of outbox and event log as records of the bus: CloudEvents in binary mode, with the life of their log."""

import asyncpg

from chassis import lives
from chassis.clock import SHANGHAI
from chassis.publishing import Record

COLUMNS = "seq, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, causation_id, time, payload"


def replay_topic(topic: str) -> str:
    """Give the topic on which the events of another are told once more, for those who lost what they knew of them."""
    return f"{topic}.replay"


def record_of(row: asyncpg.Record, life: str) -> Record:
    """Give the record of a row with these columns; the headers of `contracts.envelope.to_headers`, without its detours."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(row["event_id"]).encode()),
        ("ce_source", ("/keypost/" + row["type"].partition(".")[0]).encode()),
        ("ce_type", row["type"].encode()),
        ("ce_time", row["time"].astimezone(SHANGHAI).isoformat().encode()),
        ("ce_subject", row["key"].encode()),
        ("ce_sequence", str(row["seq"]).encode()),
        ("ce_aggregate", row["aggregate"].encode()),
        ("ce_aggregateversion", str(row["version"]).encode()),
        ("ce_correlationid", row["correlation_id"].encode()),
        ("ce_orgpath", row["orgpath"].encode()),
        ("ce_actor", row["actor"].encode()),
        ("content-type", b"application/json"),
        (lives.HEADER, life.encode()),
    ]
    if row["causation_id"]:
        headers.append(("ce_causationid", row["causation_id"].encode()))
    return row["key"].encode(), row["payload"].encode(), headers
