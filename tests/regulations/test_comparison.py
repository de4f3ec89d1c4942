"""What differs between two values: the smallest parts, with where they stand."""

import pytest

from regulations.comparison import differences, pointer
from regulations.loading import shipped_packs
from regulations.reading import JSON


def told(old: JSON, new: JSON) -> list[tuple[str, str]]:
    return [(one.pointer, one.change) for one in differences(old, new)]


def test_equal_values_do_not_differ() -> None:
    for pack in shipped_packs().values():
        for rule in pack.rules.values():
            value = rule.wordings[-1].value.to_json()
            assert differences(value, value) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 2}, [("/a", "changed")]),
        ({"a": 1}, {}, [("/a", "removed")]),
        ({}, {"a": None}, [("/a", "added")]),
        ({"a": {"b": "1", "c": "2"}}, {"a": {"b": "1", "c": "3"}}, [("/a/c", "changed")]),
        ({"a": [1, 2]}, {"a": [1, 3, 4]}, [("/a/1", "changed"), ("/a/2", "added")]),
        ([1, 2, 3], [1], [("/1", "removed"), ("/2", "removed")]),
        ({"a": 1}, [1], [("", "changed")]),
        (None, {"a": 1}, [("", "changed")]),
        ({"a": True}, {"a": 1}, [("/a", "changed")]),
        ({"a/b": 1}, {"a/b": 2}, [("/a~1b", "changed")]),
    ],
)
def test_each_smallest_part_is_named(old: JSON, new: JSON, expected: list[tuple[str, str]]) -> None:
    assert told(old, new) == expected


def test_elements_with_codes_are_compared_by_them_and_not_by_their_place() -> None:
    old = [{"code": "a", "zh": "甲"}, {"code": "b", "zh": "乙"}, {"code": "c", "zh": "丙"}]
    new = [{"code": "c", "zh": "丙"}, {"code": "b", "zh": "二"}, {"code": "d", "zh": "丁"}]
    assert told(old, new) == [("/0", "removed"), ("/1/zh", "changed"), ("/2", "added")]


def test_a_list_in_which_a_code_is_missing_is_compared_by_place() -> None:
    assert told([{"code": "a"}, {"x": 1}], [{"x": 1}, {"code": "a"}]) == [
        ("/0/code", "removed"),
        ("/0/x", "added"),
        ("/1/x", "removed"),
        ("/1/code", "added"),
    ]


def test_sides_that_there_are_not_are_absent() -> None:
    [changed] = differences({"a": 1}, {"a": 2})
    [added] = differences({}, {"a": 2})
    [removed] = differences({"a": 1}, {})
    assert changed.to_json() == {"pointer": "/a", "change": "changed", "old": 1, "new": 2}
    assert added.to_json() == {"pointer": "/a", "change": "added", "new": 2}
    assert removed.to_json() == {"pointer": "/a", "change": "removed", "old": 1}


def test_a_path_is_a_json_pointer() -> None:
    assert pointer(()) == ""
    assert pointer(("a", 0, "b/c~d")) == "/a/0/b~1c~0d"
