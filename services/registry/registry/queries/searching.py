"""What people type to find something, as SQL patterns."""

from registry.policies.names import normalised


def name_part(q: str) -> str:
    """Give the LIKE pattern of a part of a normalised name in lower case; what has no text in it finds nothing."""
    return contains((normalised(q) or q).lower())


def contains(text: str) -> str:
    """Give the LIKE pattern of a part, its own wildcards escaped."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
