"""How customers are named from outside: by code, in any way people write it, or by id."""

import unicodedata
from uuid import UUID


def written_plainly(text: str) -> str:
    """Give a code or an id without spaces, full width made narrow."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace())


def customer_key(text: str) -> tuple[str, UUID | None]:
    """Give a reference as customer code (without hyphens) and as id; it matches at most one of them."""
    plain = written_plainly(text)
    code = "".join(c for c in plain if c not in "-‐‑–—")
    try:
        return code, UUID(plain)
    except ValueError:
        return code, None
