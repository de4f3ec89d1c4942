"""Numbers in any way people write them."""

import pytest

from service_desk.model.references import case_reference, written_plainly


@pytest.mark.parametrize(
    "written", ["420100 0000123 3", "420100-0000123-3", "４２０１００００００１２３３", " 42010000001233\t"]
)
def test_spaces_hyphens_and_full_width_are_one_number(written: str) -> None:
    assert written_plainly(written) == "42010000001233"


def test_a_reference_is_a_number_or_an_id() -> None:
    assert case_reference("260302 000 001004") == ("260302000001004", None)
    text = "01a1ffc8-4bd4-7740-85a0-751c0389cb88"
    assert str(case_reference(text)[1]) == text
