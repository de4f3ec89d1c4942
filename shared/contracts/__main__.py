"""`python -m contracts --check | --write`: hold the event models against their checked-in schemas."""

import sys

from contracts.catalogue import MODELS
from contracts.snapshots import differences, write


def main(arguments: list[str]) -> int:
    """Check or write the snapshots; gives the exit status."""
    if arguments == ["--write"]:
        write()
    elif arguments != ["--check"]:
        print(__doc__)
        return 2
    found = differences()
    for line in found:
        print(line)
    print(f"{len(MODELS)} events, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
