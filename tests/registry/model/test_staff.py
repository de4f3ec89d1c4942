"""Deputies and absences."""

from datetime import date
from uuid import UUID

import pytest

from contracts.refusals import InvalidValue
from registry.model.refusals import DeputyLoop
from registry.model.staff import Absence, check_absence, check_deputies, check_staff_no

A, B, C, D, E = (UUID(int=number) for number in range(1, 6))


def test_three_hops_are_allowed_and_a_fourth_is_not() -> None:
    check_deputies(A, {A: B, B: C, C: D, D: None}, 3)
    with pytest.raises(DeputyLoop):
        check_deputies(A, {A: B, B: C, C: D, D: E, E: None}, 3)


@pytest.mark.parametrize("deputies", [{A: A}, {A: B, B: A}, {A: B, B: C, C: B}])
def test_every_loop_is_refused(deputies: dict[UUID, UUID | None]) -> None:
    with pytest.raises(DeputyLoop):
        check_deputies(A, deputies, 3)


def test_an_absence_of_one_day_is_one() -> None:
    check_absence(Absence(date(2026, 3, 2), date(2026, 3, 2)))
    with pytest.raises(InvalidValue):
        check_absence(Absence(date(2026, 3, 3), date(2026, 3, 2)))


@pytest.mark.parametrize("staff_no", ["1234567", "123456789", "１２３４５６７８", "1234567a"])
def test_a_staff_number_has_eight_ascii_digits(staff_no: str) -> None:
    with pytest.raises(InvalidValue):
        check_staff_no(staff_no)
