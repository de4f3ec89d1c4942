"""Plays one day and checks every claim that it prints: on the running instance of these ports, else on a fresh one."""

import argparse
import asyncio
import subprocess
import sys
import time
from pathlib import Path

from deploy.layout import ROOT, Layout
from deploy.probes import answers
from deploy.story.fresh import fresh_instance
from deploy.story.play import Stage, play
from deploy.story.telling import StoryBroken


def _on_a_fresh_one(seed: str) -> int:
    print("启动一个全新的实例,讲完即删 · bringing up a fresh instance, removed afterwards", flush=True)
    try:
        with fresh_instance() as layout:
            code = asyncio.run(play(Stage.of(layout), seed))
            print(flush=True)
            verify = [
                sys.executable,
                "-m",
                "deploy.verify",
                "--port",
                str(layout.port),
                "--data",
                str(layout.data),
            ]
            return code or subprocess.run(verify, cwd=ROOT, check=False).returncode
    except StoryBroken as broken:
        print(f"✘ {broken}", file=sys.stderr)
        return 1


def main() -> int:
    """Play."""
    parser = argparse.ArgumentParser(prog="python -m deploy.story", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8000, help="base port of a running instance; the console's"
    )
    parser.add_argument("--fresh", action="store_true", help="always on a fresh instance of its own")
    parser.add_argument(
        "--seed", default=str(time.time_ns()), help="makes names and codes; new for every run"
    )
    arguments = parser.parse_args()
    layout = Layout(Path(), arguments.port)
    if arguments.fresh or not answers(f"{layout.url('console')}/healthz"):
        return _on_a_fresh_one(arguments.seed)
    return asyncio.run(play(Stage.of(layout), arguments.seed))


if __name__ == "__main__":
    sys.exit(main())
