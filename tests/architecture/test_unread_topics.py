"""The list of topics is exactly right: who reads each, who will read the others; only a new pack lengthens it."""

from pathlib import Path

import pytest

from architecture.unread_topics import Entry, complaints, entries_of, lines, recorded

TOPICS = {"claim-window": "ClaimWindow", "credit": "Credit"}
WILL = Entry("unread", "pricing")
IS = Entry("read", "pricing")


def planted(root: Path, *folders: str) -> None:
    for folder in folders:
        home = root / folder
        home.mkdir(parents=True)
        (home / "policies.py").write_text("from regulations.topics.claims import ClaimWindow\n")


def test_a_topic_is_read_where_its_class_is_imported_and_the_list_says_by_whom(tmp_path: Path) -> None:
    planted(tmp_path, "services/registry/registry", "services/service-desk/service_desk")
    assert entries_of(tmp_path, TOPICS, {"credit": WILL}) == {
        "claim-window": Entry("read", "registry,service-desk"),
        "credit": WILL,
    }


def test_what_the_chassis_reads_is_read_for_every_service(tmp_path: Path) -> None:
    planted(tmp_path, "shared/chassis")
    assert entries_of(tmp_path, TOPICS, {})["claim-window"] == Entry("read", "chassis")


def test_a_service_that_was_planned_gives_way_to_those_that_came_to_read(tmp_path: Path) -> None:
    planted(tmp_path, "services/registry/registry")
    assert entries_of(tmp_path, TOPICS, {"claim-window": WILL})["claim-window"] == Entry("read", "registry")


def test_a_list_that_is_exactly_right_passes() -> None:
    assert complaints({"credit": WILL}, {"credit": WILL}) == []


def test_a_topic_that_came_to_be_read_must_leave_the_list() -> None:
    assert complaints({"credit": WILL}, {"credit": IS})


def test_a_topic_of_a_new_pack_must_be_listed() -> None:
    assert complaints({}, {"credit": WILL})


def test_a_topic_that_was_read_may_not_become_unread() -> None:
    assert complaints({"credit": IS}, {"credit": WILL}) == ["credit: was read, is read no longer"]


def test_a_topic_that_no_pack_knows_any_more_must_leave_the_list() -> None:
    assert complaints({"credit": IS}, {})


@pytest.mark.parametrize("nobody", ["?", "chassis", "prices", "pricing,scoring"])
def test_an_unread_topic_names_the_one_service_that_will_read_it(nobody: str) -> None:
    unread = {"credit": Entry("unread", nobody)}
    assert complaints(unread, unread) == [
        f"credit: {nobody} is no service that will read it; name one in unread-topics.txt"
    ]


def test_a_read_topic_lists_exactly_its_readers() -> None:
    both = Entry("read", "pricing,scoring")
    assert complaints({"credit": IS}, {"credit": both})


def test_a_written_list_is_read_back_as_it_was(tmp_path: Path) -> None:
    entries = {"credit": WILL, "claim-window": Entry("read", "registry,service-desk")}
    home = tmp_path / "tests" / "architecture"
    home.mkdir(parents=True)
    (home / "unread-topics.txt").write_text(lines(entries), encoding="utf-8")
    assert recorded(tmp_path) == entries


def test_a_line_of_the_former_form_has_no_service_yet(tmp_path: Path) -> None:
    home = tmp_path / "tests" / "architecture"
    home.mkdir(parents=True)
    (home / "unread-topics.txt").write_text("unread  credit\n", encoding="utf-8")
    assert recorded(tmp_path) == {"credit": Entry("unread", "?")}


def test_a_line_that_is_no_entry_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "tests" / "architecture"
    home.mkdir(parents=True)
    (home / "unread-topics.txt").write_text("perhaps credit pricing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="perhaps credit"):
        recorded(tmp_path)
