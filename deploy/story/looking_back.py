"""Evening: the page and its stream saw everything, once and in order, each reader what is theirs."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from deploy.story.calling import Person
from deploy.story.day import Day, expect
from deploy.story.watching import Seen, Watcher


async def look_back(day: Day) -> None:
    """Compare what the stream showed with what the bus carried."""
    tell, watcher = day.tell, day.watcher
    tell.chapter("傍晚:看板看到了全部", "Evening: the page has seen all of it")
    page = await day.house.page("/")
    tell.claim("<html" in page.lower(), "看板页面打得开", "the page opens", page[:200])
    subjects = {day.records["customer"], day.records["idle"]["customer_id"]}
    carried = {str(event.id) for event in day.ear.events(lambda event: event.subject in subjects)}
    missing = await watcher.until(carried)
    tell.claim(
        bool(carried) and not missing,
        f"总线上这两个客户的 {len(carried)} 个事件,事件流全部显示(期间连接 {watcher.connections} 次)",
        f"all {len(carried)} events of these customers were on the stream ({watcher.connections} connections)",
        missing,
    )
    seen = list(watcher.seen)
    tell.claim(_once_in_order(seen), "无一重复,逐条有序", "none twice, each record's in order", seen[-20:])
    await _resume(day, seen)
    await _scopes(day)


async def _resume(day: Day, seen: Sequence[Seen]) -> None:
    """Another reader takes the stream up in the middle."""
    middle, last = seen[len(seen) // 2].position, seen[-1].position
    again = Watcher(day.cast.observer, after=middle)
    await again.open()
    arrived = await again.until_position(last)
    await again.close()
    wanted = [one for one in seen if middle < one.position <= last]
    got = [one for one in again.seen if one.position <= last]
    day.tell.claim(
        arrived and got == wanted,
        f"从位置 {middle} 用 Last-Event-ID 接续:{len(wanted)} 个事件,无缺无重",
        f"taken up again behind position {middle}: {len(wanted)} events, no gap, none twice",
        (len(got), len(wanted)),
    )


async def _scopes(day: Day) -> None:
    """The county that holds the customer sees its events; the sibling county does not."""
    customer: str = day.records["customer"]
    own = await _events_of(day.records["winner"], customer, day)
    sibling = await _events_of(day.records["loser"], customer, day)
    day.tell.claim(
        own > 0 and sibling == 0,
        f"本县看到该客户的 {own} 个事件,相邻县一个也看不到",
        f"the county sees {own} events of its customer, the sibling county none",
        (own, sibling),
    )


async def _events_of(person: Person, customer: str, day: Day) -> int:
    found = 0
    after = day.records["stream_start"]
    while True:
        page = expect(await person.get(f"/v1/events?after={after}&limit=200"), 200, "events")
        found += len([item for item in page["items"] if item["subject"] == customer])
        if page["next_cursor"] is None:
            return found
        after = page["next_cursor"]


def _once_in_order(seen: Sequence[Seen]) -> bool:
    by_record: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in seen:
        by_record[one.type.partition(".")[0], one.aggregate].append(one.version)
    positions = [one.position for one in seen]
    return (
        len({one.id for one in seen}) == len(seen)
        and all(earlier < later for earlier, later in pairwise(positions))
        and all(
            later == earlier + 1 for versions in by_record.values() for earlier, later in pairwise(versions)
        )
    )
