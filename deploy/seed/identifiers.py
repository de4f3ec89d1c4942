"""Identifiers that the same content always gets, so that a repeated load finds what an earlier one made."""

from hashlib import sha256
from uuid import UUID, uuid5

NAMESPACE = UUID("5f3f7c8e-5c0f-5d0a-9c67-0a3a4d9a1b52")
MOMENT_MS = 1_767_196_800_000  # 2026-01-01T00:00:00+08:00


def idempotency_key(account: str, path: str, body: bytes) -> str:
    return str(uuid5(NAMESPACE, f"{account} {path} {sha256(body).hexdigest()}"))


def staff_id(staff_no: str) -> UUID:
    """A UUIDv7 of a fixed moment whose random part is taken from the number."""
    drawn = int.from_bytes(sha256(f"keypost-staff:{staff_no}".encode()).digest()[:10])
    high, low = drawn >> 68, drawn & ((1 << 62) - 1)
    return UUID(int=MOMENT_MS << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
