"""What a seat takes and what it refuses, beside the desk's own reading of the same entries."""

from typing import Any

import pytest
from pydantic import ValidationError

from chassis.phones import NotAPhone, normalise
from seat.checking import CATEGORIES, CHANNELS, LANGUAGES, Unsound, check, instant
from service_desk.api.batch import CallIn
from service_desk.model.cases import Category, Channel

CALL = {"channel": "hotline", "category": "delay", "content": "迟了", "caller": {"phone": "13907110000"}}
OF_THE_CALL = {"case_no": "260302100000007", "received_at": "2026-03-02T08:00:00+08:00"}


def place(entry: dict[str, Any]) -> str | None:
    """Give where the seat finds an entry wrong; None where it takes it."""
    try:
        check(entry)
    except Unsound as error:
        assert error.zh and error.en
        return error.pointer
    return None


def taken_by_the_desk(entry: dict[str, Any]) -> bool:
    try:
        call = CallIn.model_validate({**entry, **OF_THE_CALL})
        if call.caller.phone is not None:
            normalise(call.caller.phone)
    except (ValidationError, NotAPhone):
        return False
    return True


def test_the_lists_are_the_desks() -> None:
    assert tuple(Category) == CATEGORIES and tuple(Channel) == CHANNELS
    assert set(LANGUAGES) == {"zh", "en"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        *({"category": category} for category in CATEGORIES),
        {"content": "x" * 20_000},
        {"content": "一行\n二行\t𠮷😀"},
        {"content": "  迟了  "},
        {"place": "武昌\n"},
        {"place": "地" * 200},
        {"place": None},
        {"mail_no": "ＥＡ 1234-56789 cn"},
        {"city": "420100"},
        {"language": "en"},
        {"unless_similar": False},
        {"caller": {}},
        {"caller": {"customer_code": "c" * 40}},
        {"caller": {"customer_id": "018f3c1e-0000-7000-8000-000000000001", "name": "马先生"}},
    ],
)
def test_what_the_desk_takes_the_seat_takes(change: dict[str, Any]) -> None:
    assert taken_by_the_desk({**CALL, **change}) and place({**CALL, **change}) is None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"category": "nosuch"}, "/category"),
        ({"category": "Delay"}, "/category"),
        ({"category": None}, "/category"),
        ({"channel": "fax"}, "/channel"),
        ({"content": ""}, "/content"),
        ({"content": " \n\u3000"}, "/content"),
        ({"content": 5}, "/content"),
        ({"content": "x" * 20_001}, "/content"),
        ({"content": "空\x00字符"}, "/content"),
        ({"content": "半\ud800个"}, "/content"),
        ({"place": "地" * 201}, "/place"),
        ({"place": "东\n西"}, "/place"),
        ({"place": "东\u202e西"}, "/place"),
        ({"mail_no": "EA-1"}, "/mail_no"),
        ({"mail_no": "A" * 21}, "/mail_no"),
        ({"city": "4" * 41}, "/city"),
        ({"city": " - "}, "/city"),
        ({"language": "fr"}, "/language"),
        ({"surprise": 1}, "/surprise"),
        ({"caller": None}, "/caller"),
        ({"caller": "13800000000"}, "/caller"),
        ({"caller": {"phone": "abc"}}, "/caller/phone"),
        ({"caller": {"phone": ""}}, "/caller/phone"),
        ({"caller": {"phone": 13800000000}}, "/caller/phone"),
        ({"caller": {"name": "名\x07"}}, "/caller/name"),
        ({"caller": {"nickname": "x"}}, "/caller/nickname"),
        ({"caller": {"customer_code": "c" * 41}}, "/caller/customer_code"),
        ({"caller": {"customer_id": "42"}}, "/caller/customer_id"),
        (
            {"caller": {"customer_code": "1", "customer_id": "018f3c1e-0000-7000-8000-000000000001"}},
            "/caller",
        ),
    ],
)
def test_what_the_desk_refuses_for_its_form_the_seat_refuses_at_its_place(
    change: dict[str, Any], pointer: str
) -> None:
    assert not taken_by_the_desk({**CALL, **change}) and place({**CALL, **change}) == pointer


@pytest.mark.parametrize("missing", ["channel", "category", "content"])
def test_an_entry_without_what_it_needs_is_refused(missing: str) -> None:
    assert place({name: value for name, value in CALL.items() if name != missing}) == f"/{missing}"


def test_a_seat_cannot_be_asked_whether_others_are_like_it() -> None:
    assert place({**CALL, "unless_similar": True}) == "/unless_similar"


@pytest.mark.parametrize(
    "phone",
    [
        "11185", "95554", "87654321", "13907110000", "139 0711 0000", "１３９０７１１００００", "+8613907110000",
        "8613907110000", "027-87654321", "(027) 8765-4321", "0712-2345678", "400-810-0000", "8008100000",
        "027-87654321-8001", "027-87654321转12", "11185 ext. 7", "+1 212 555 0100", "00852 2123 4567",
        "+86 27 8765 4321",
    ],
)  # fmt: skip
def test_a_phone_as_people_write_it_is_taken_by_both(phone: str) -> None:
    entry = {**CALL, "caller": {"phone": phone}}
    assert taken_by_the_desk(entry) and place(entry) is None


@pytest.mark.parametrize("phone", ["1", "1234", "12007110000", "139071100000", "027-876543", "+1 212", "1-1"])
def test_what_cannot_be_dialled_is_taken_by_neither(phone: str) -> None:
    entry = {**CALL, "caller": {"phone": phone}}
    assert not taken_by_the_desk(entry) and place(entry) == "/caller/phone"


@pytest.mark.parametrize(
    "written",
    ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-10:00", "2026-03-02T08:00:00", "昨天", "", 7, None],
)
def test_a_time_that_is_none_is_refused(written: Any) -> None:
    with pytest.raises(Unsound) as refused:
        instant(written)
    assert refused.value.pointer == "/called_at"


def test_a_time_is_read_by_the_clock_of_shanghai() -> None:
    assert instant("2026-03-01T16:00:00+00:00").isoformat() == "2026-03-02T00:00:00+08:00"
