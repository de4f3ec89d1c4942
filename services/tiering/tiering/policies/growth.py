"""How much more or less a figure is than another."""

from decimal import ROUND_HALF_UP, Decimal

from tiering.model.tiers import BASIS_POINT


def growth(now: Decimal, before: Decimal) -> Decimal | None:
    """Give the growth as a share of 1, negative where it is less; None where there was nothing before."""
    return share(now - before, before)


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Give a part as a share of 1; None where the whole is nothing."""
    if not whole:
        return None
    return (part / whole).quantize(BASIS_POINT, ROUND_HALF_UP)
