"""How a caller's number is shown."""

from chassis.phones import mask


def shown_phone(phone: str | None, *, full: bool) -> str | None:
    """Give a number masked, or whole for those whose look is recorded."""
    if phone is None or full:
        return phone
    return mask(phone)
