"""Sealed bytes on their way into a row."""


def sealed(content: bytes) -> str:
    """Give bytes as PostgreSQL reads them from text."""
    return f"\\x{content.hex()}"
