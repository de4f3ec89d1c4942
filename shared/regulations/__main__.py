"""`python -m regulations`: load every pack, print what it provides, fail where one may not be read."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from regulations.calendars import shipped_years
from regulations.loading import Pack, shipped_packs
from regulations.reading import PackError
from regulations.topics.catalogue import all_topics


def lines(packs: list[Pack]) -> Iterator[str]:
    """Give one line for each wording: pack, topic, day of force, sourced or assumption, act and article."""
    for pack in packs:
        for topic, rule in sorted(pack.rules.items()):
            for wording in rule.wordings:
                mark = "assumption" if wording.assumption else "sourced"
                cited = f"{wording.citation.act} {wording.citation.article}"
                yield f"{pack.name:<20}{topic:<29}{wording.in_force}  {mark:<12}{cited}"


def main() -> int:
    """Print the table; give 1 where a pack is refused or a topic has no pack, else 0."""
    try:
        packs = list(shipped_packs().values())
    except PackError as refused:
        print(refused, file=sys.stderr)
        return 1
    print("\n".join(lines(packs)))
    idle = set(all_topics()) - {topic for pack in packs for topic in pack.rules}
    if idle:
        print(f"no pack provides {', '.join(sorted(idle))}", file=sys.stderr)
        return 1
    rules = [rule for pack in packs for rule in pack.rules.values()]
    assumed = sum(wording.assumption for rule in rules for wording in rule.wordings)
    years = ", ".join(str(year) for year in shipped_years())
    print(f"{len(packs)} packs, {len(rules)} rules, {assumed} assumptions; holidays of {years}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
