"""How cases and customers are named from outside: by number, in any way people write it, or by id."""

import unicodedata
from uuid import UUID


def written_plainly(text: str) -> str:
    """Give a number without spaces and hyphens, full width made narrow."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c not in "-‐‑–—")


def as_uuid(text: str) -> UUID | None:
    """Give the UUID that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def case_reference(text: str) -> tuple[str, UUID | None]:
    """Give a path's reference as case number and as id; it matches at most one of them."""
    return written_plainly(text), as_uuid(text)
