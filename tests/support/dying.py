"""The process of one service that dies at a named point: replaces what happens at the points, then starts the server."""

import os
import sys

import uvicorn

from chassis import points

POINT = "KEYPOST_TEST_DIE_AT"
EXIT_CODE = 70


def die(at: str) -> None:
    """End this process without a word when it comes to the point."""

    def reached(name: str) -> None:
        if name == at:
            os._exit(EXIT_CODE)

    points.replace(reached)


if __name__ == "__main__":
    die(os.environ[POINT])
    sys.argv[0] = "uvicorn"
    uvicorn.main()
