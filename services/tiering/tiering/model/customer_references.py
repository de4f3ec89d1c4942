"""How customers are named from outside: by code, in any way people write it, or by id."""

import unicodedata
from uuid import UUID

HYPHENS = "-‐‑–—"


def customer_reference(text: str) -> tuple[str, UUID | None]:
    """Give a reference as a plain code and as an id; it matches at most one of them."""
    plainly = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text)
        if not letter.isspace() and letter not in HYPHENS
    )
    try:
        return plainly, UUID(plainly)
    except ValueError:
        return plainly, None
