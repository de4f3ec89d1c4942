"""Phone numbers: every written form of a number leads to one key, and none shows more than it should."""

import pytest

from chassis.phones import NotAPhone, PhoneBook, mask, normalise

BOOK = PhoneBook(b"k" * 32)

SAME = [
    (
        "+8613800138000",
        None,
        ["13800138000", "138 0013 8000", "138-0013-8000", "+86 138 0013 8000", "+86-13800138000", "0086 13800138000",
         "８６13800138000".replace("８６", "＋８６ "), "１３８００１３８０００", " 13800138000 ", "(+86)13800138000"],
    ),
    (
        "+862787654321",
        None,
        ["027-87654321", "02787654321", "(027)87654321", "（027）8765 4321", "+86 27 8765 4321", "+862787654321",
         "0086-27-87654321", "027 8765-4321", "027-8765-4321", "027-87654321转", "０２７－８７６５４３２１"],
    ),
    (
        "+862787654321",
        "801",
        ["027-87654321-801", "027-87654321转801", "027-87654321 转 801", "02787654321 ext.801", "02787654321 ext 801",
         "027-87654321分机801", "027-87654321#801", "027-87654321x801", "+86 27 8765 4321 转801",
         "０２７－８７６５４３２１转８０１"],
    ),
    ("+867132345678", None, ["0713-2345678", "07132345678", "+86 713 234 5678"]),
    ("87654321", None, ["87654321", "8765-4321", "8765 4321"]),
    ("87654321", "801", ["87654321-801", "87654321转801"]),
    ("11185", None, ["11185", "１１１８５", "111-85"]),
    ("+864008100000", None, ["4008100000", "400-810-0000", "400 810 0000", "400-8100000"]),
    ("95533", None, ["95533"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "extension", "written"), [(n, e, w) for n, e, forms in SAME for w in forms]
)
def test_every_written_form_is_the_same_number(number: str, extension: str | None, written: str) -> None:
    assert normalise(written) == (number, extension)


@pytest.mark.parametrize("forms", [forms for _, _, forms in SAME])
def test_all_forms_of_a_number_share_their_keys(forms: list[str]) -> None:
    assert len({tuple(BOOK.keys(written)) for written in forms}) == 1


def test_a_number_with_an_extension_is_found_by_the_number_too() -> None:
    alone, extended = BOOK.keys("027-87654321"), BOOK.keys("027-87654321-801")
    assert len(alone) == 1
    assert len(extended) == 2
    assert extended[0] == alone[0]
    assert BOOK.keys("027-87654321-802")[1] != extended[1]


def test_different_numbers_have_different_keys() -> None:
    numbers = ["13800138000", "13800138001", "027-87654321", "010-87654321", "87654321", "11185", "11186"]
    assert len({BOOK.keys(number)[0] for number in numbers}) == len(numbers)


def test_another_installation_has_other_keys_and_a_key_tells_nothing() -> None:
    assert PhoneBook(b"x" * 32).keys("13800138000") != BOOK.keys("13800138000")
    assert "138" not in BOOK.keys("13800138000")[0][:3] or len(BOOK.keys("13800138000")[0]) == 64


@pytest.mark.parametrize(
    "written",
    ["", "   ", "abc", "1234", "转801", "1" * 40, "-", "+", "\x00", "一三八", "+1", "0" * 12, "(((("],
)  # fmt: skip
def test_what_is_no_number_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(NotAPhone) as refused:
        normalise(written)
    assert not written.strip() or written not in str(refused.value)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("13800138000", "138****8000"),
        ("+86 138 0013 8000", "138****8000"),
        ("027-87654321", "027-****4321"),
        ("（027）8765 4321", "027-****4321"),
        ("0713-2345678", "0713-***5678"),
        ("027-87654321转801", "027-****4321"),
        ("87654321", "****4321"),
        ("2345678", "***5678"),
        ("11185", "11185"),
        ("4008100000", "400****000"),
        ("nothing", "****"),
        ("1" * 40, "****"),
    ],
)
def test_a_masked_number_hides_its_middle_and_its_extension(written: str, shown: str) -> None:
    assert mask(written) == shown
