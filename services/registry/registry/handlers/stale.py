"""The check of an If-Match against what was read under lock."""

from contracts.refusals import StaleVersion


def must_be_version(current: int, seen: int) -> None:
    """Refuse a change to a version that is no longer current."""
    if current != seen:
        raise StaleVersion("该记录已被他人修改,请重新读取", "the record has changed; read it again")
