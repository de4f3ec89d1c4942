"""The list of unread topics is exactly right, and only a new pack lengthens it."""

from pathlib import Path

from architecture.unread_topics import complaints, state_of

TOPICS = {"claim-window": "ClaimWindow", "credit": "Credit"}


def test_a_topic_is_read_where_its_class_is_imported(tmp_path: Path) -> None:
    policies = tmp_path / "services" / "registry" / "registry"
    policies.mkdir(parents=True)
    (policies / "policies.py").write_text("from regulations.topics.claims import ClaimWindow\n")
    assert state_of(tmp_path, TOPICS) == {"claim-window": "read", "credit": "unread"}


def test_a_list_that_is_exactly_right_passes() -> None:
    assert complaints({"credit": "unread"}, {"credit": "unread"}) == []


def test_a_topic_that_came_to_be_read_must_leave_the_list() -> None:
    assert complaints({"credit": "unread"}, {"credit": "read"})


def test_a_topic_of_a_new_pack_must_be_listed() -> None:
    assert complaints({}, {"credit": "unread"})


def test_a_topic_that_was_read_may_not_become_unread() -> None:
    assert complaints({"credit": "read"}, {"credit": "unread"}) == ["credit: was read, is read no longer"]


def test_a_topic_that_no_pack_knows_any_more_must_leave_the_list() -> None:
    assert complaints({"credit": "read"}, {})
