"""hubei art. 7(3), as it is read: arrears overdue for more than 90 days suggest one class down, if there is one.

The review is proposed on 2 March 2026: a bill due on 2 December 2025 is then 90 days overdue, one due on the 1st 91.
"""

from collections.abc import Hashable, Mapping
from dataclasses import replace

import pytest

from support.reviewed import Line, Subject
from support.tiering import Planted

OLDEST_DUE_ON = {
    None: 0,
    "2026-03-02": 0,
    "2026-03-01": 1,
    "2025-12-02": 90,
    "2025-12-01": 91,
    "2025-01-01": 425,
}
XXX = "420107"
ADOPTED = {XXX: ["xxx-city-daily"]}

HUBEI: Mapping[str, Subject] = {
    "class 1 by fees": Subject({"2025-05": "500000.00"}),
    "class 2 by fees": Subject({"2025-05": "300000.00"}),
    "class 3 by fees": Subject({"2025-05": "100000.00"}),
    "class 4 by fees": Subject({"2025-05": "10000.00"}),
    "no class": Subject({"2025-05": "9999.99"}),
    "class 1 by level": Subject(importance="important", level="network-hq"),
    "class 2 by level": Subject(importance="important", level="province"),
    "class 3 by level": Subject(importance="potential", level="city"),
    "class 4 by level": Subject(importance="important", level="county"),
    "class 4 by rank": Subject({"2025-05": "9000.00"}, "420525", agreement=True),  # all first in their bureau
}
CITY: Mapping[str, Subject] = {
    "platinum": Subject({"2025-05": "1000000.00"}, XXX, agreement=True),
    "gold": Subject({"2025-05": "500000.00"}, XXX, agreement=True),
    "vip": Subject({"2025-05": "10000.00"}, XXX, agreement=True),
    "no tier": Subject({"2025-05": "9999.99"}, XXX, agreement=True),
}
# kind → (class, tier) of the table, (class, tier) with one class down
WANTED: Mapping[str, tuple[tuple[int | None, str | None], tuple[int | None, str | None]]] = {
    "class 1 by fees": ((1, "1"), (2, "2")),
    "class 2 by fees": ((2, "2"), (3, "3")),
    "class 3 by fees": ((3, "3"), (4, "4")),
    "class 4 by fees": ((4, "4"), (4, "4")),
    "no class": ((None, None), (None, None)),
    "class 1 by level": ((1, "1"), (2, "2")),
    "class 2 by level": ((2, "2"), (3, "3")),
    "class 3 by level": ((3, "3"), (4, "4")),
    "class 4 by level": ((4, "4"), (4, "4")),
    "class 4 by rank": ((4, "4"), (4, "4")),
    "platinum": ((1, "platinum"), (2, "gold")),
    "gold": ((2, "gold"), (3, "vip")),
    "vip": ((3, "vip"), (3, "vip")),
    "no tier": ((None, None), (None, None)),
}


SUBJECTS: Mapping[Hashable, Subject] = {
    (kind, since): replace(one, oldest_due_on=since, planted=Planted())
    for kind, one in {**HUBEI, **CITY}.items()
    for since in OLDEST_DUE_ON
}


@pytest.mark.parametrize("since", OLDEST_DUE_ON)
@pytest.mark.parametrize("kind", WANTED)
def test_more_than_ninety_days_of_arrears_suggest_one_class_down(
    lines: Mapping[Hashable, Line], kind: str, since: str | None
) -> None:
    """Art. 7(3) 欠费情况: 90 days suggest nothing, 91 one class down; the class of the table is shown beside it."""
    line = lines[kind, since]
    before, down = WANTED[kind]
    overdue = OLDEST_DUE_ON[since]
    wanted, tier = down if overdue > 90 else before
    assert (line["overdue_days"], line["table_class"]) == (overdue, before[0])
    assert (line["suggested_class"], line["class"], line["tier"]) == (wanted, wanted, tier)
