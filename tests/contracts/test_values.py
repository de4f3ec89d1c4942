"""Check digits by ISO 7064 MOD 11,10; codes and ids in any way people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import check_digit_mod_11_10, code_and_id, written_plainly

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


ID = "01a1ffc8-4bd4-7740-85a0-751c0389cb88"


@pytest.mark.parametrize(
    "written",
    [
        "420100 0000123 3",
        "420100-0000123-3",
        "420100–0000123—3",
        "４２０１００００００１２３３",
        " 42010000001233\t",
        "420100\u30000000123‑3",
    ],
)
def test_blanks_hyphens_and_full_width_are_one_code(written: str) -> None:
    assert written_plainly(written) == "42010000001233"
    assert code_and_id(written) == ("42010000001233", None)


@pytest.mark.parametrize("written", [ID, ID.upper(), f" {ID} ", ID.replace("-", "")])
def test_an_id_is_an_id_however_it_is_written(written: str) -> None:
    assert str(code_and_id(written)[1]) == ID


@pytest.mark.parametrize("written", ["", " ", ID[:-1], f"{ID}0", "甲公司"])
def test_what_is_no_id_is_none(written: str) -> None:
    assert code_and_id(written)[1] is None
