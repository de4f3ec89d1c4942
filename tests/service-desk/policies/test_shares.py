"""Money divided by shares: to the fen, nothing lost and nothing made."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service_desk.model.cases import Link
from service_desk.model.compensations import Share
from service_desk.policies.compensations import shared_out

FEN = Decimal("0.01")
MILLIONTHS = 1_000_000


@st.composite
def wholes(draw: st.DrawFn) -> list[Decimal]:
    """Give shares of at most six decimals that sum to exactly 1."""
    cuts = draw(st.sets(st.integers(1, MILLIONTHS - 1), max_size=7))
    borders = [0, *sorted(cuts), MILLIONTHS]
    return [Decimal(high - low) / MILLIONTHS for low, high in pairwise(borders)]


@given(parts=wholes(), fen=st.integers(1, 10**12))
def test_amounts_sum_to_the_money_and_each_is_within_a_fen_of_its_share(
    parts: list[Decimal], fen: int
) -> None:
    amount = Decimal(fen) * FEN
    shares = [Share(Link.DELIVERY, f"4201{place:02d}", part) for place, part in enumerate(parts)]
    divided = shared_out(amount, shares)
    assert sum((one.amount for one in divided), Decimal(0)) == amount
    assert all(abs(one.amount - amount * one.share) < FEN for one in divided)
    assert all(one.amount >= 0 and one.amount % FEN == 0 for one in divided)


def test_of_equal_losses_the_first_named_gets_the_fen() -> None:
    shares = [Share(link, "420106", Decimal("0.5")) for link in (Link.TRANSPORT, Link.DELIVERY)]
    assert [one.amount for one in shared_out(Decimal("0.01"), shares)] == [Decimal("0.01"), Decimal("0.00")]
