"""Check digits by ISO 7064 MOD 11,10."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import check_digit_mod_11_10

DIGITS = st.text("0123456789", min_size=1, max_size=20)


@pytest.mark.parametrize(("digits", "check"), [("0794", "5"), ("00200667308", "5")])
def test_the_standards_own_examples(digits: str, check: str) -> None:
    assert check_digit_mod_11_10(digits) == check


@given(DIGITS, st.data())
def test_one_wrong_digit_is_always_noticed(digits: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([one for one in "0123456789" if one != digits[place]]))
    wrong = digits[:place] + other + digits[place + 1 :]
    assert check_digit_mod_11_10(wrong) != check_digit_mod_11_10(digits)


@pytest.mark.parametrize("text", ["", "12a", "１２", "-1", " 1", "1.0"])
def test_only_ascii_digits_have_one(text: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        check_digit_mod_11_10(text)
