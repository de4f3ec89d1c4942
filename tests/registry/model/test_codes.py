"""Codes are written in many ways and verified by their check digit."""

import pytest
from stdnum.cn import uscc

from contracts.refusals import InvalidValue
from registry.model.codes import customer_code, read_credit_code, read_customer_code, shown_code

CODE = customer_code("420100", "0000123")
GOOD = "91420100MA4KLM1Y7R"


def test_a_code_has_city_serial_and_check_digit() -> None:
    assert len(CODE) == 14
    assert CODE.startswith("4201000000123")
    assert shown_code(CODE) == f"420100 0000123 {CODE[-1]}"


@pytest.mark.parametrize("place", range(13))
def test_one_wrong_digit_is_found(place: int) -> None:
    for digit in "0123456789":
        wrong = CODE[:place] + digit + CODE[place + 1 :]
        assert (read_customer_code(wrong) == wrong) is (wrong == CODE)


def test_two_digits_that_changed_places_are_found() -> None:
    for place in range(13):
        wrong = CODE[:place] + CODE[place + 1] + CODE[place] + CODE[place + 2 :]
        assert wrong == CODE or read_customer_code(wrong) is None


@pytest.mark.parametrize(
    "written", ["{0} {1} {2}", "{0}-{1}-{2}", "{0}－{1}－{2}", "{0}　{1}　{2}", "{0}–{1}–{2}"]
)
def test_blanks_and_hyphens_of_every_width_are_read(written: str) -> None:
    assert read_customer_code(written.format(CODE[:6], CODE[6:13], CODE[13])) == CODE


@pytest.mark.parametrize(
    "written", ["", "42010", "abc", CODE + "1", "４２０１", "42010000001２", "٤٢٠١٠٠٠٠٠٠١٢٣٤"]
)
def test_what_is_no_code_is_none(written: str) -> None:
    assert read_customer_code(written) is None


def test_a_credit_code_is_read_in_any_width_and_case() -> None:
    stem = GOOD[:17]
    code = stem + str(uscc.calc_check_digit(stem))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code.lower())
    assert read_credit_code(wide) == code
    assert read_credit_code(f"{code[:8]} {code[8:]}") == code


@pytest.mark.parametrize("written", ["", "91420100", "91420100MA4KLM1Y70", "I1420100MA4KLM1Y7R", "x" * 18])
def test_a_wrong_credit_code_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue):
        read_credit_code(written)
