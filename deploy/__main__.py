"""Command line of the embedded instance: run, province, stop, reset."""

import argparse
import logging
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from deploy import folder
from deploy.kafka import outside
from deploy.layout import BROKER_OFFSET, ROOT, Layout
from deploy.probes import answers
from deploy.refusal import Refused
from deploy.run import Sample, run

HIGHEST_PORT = 65535 - BROKER_OFFSET


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1024 <= int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"PORT={text}: 1024 – {HIGHEST_PORT}")
    return int(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("command", choices=("run", "province", "stop", "reset"))
    parser.add_argument("--port", type=_port, default=8000, help="base port; the console's")
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="data folder")
    parser.add_argument("--no-seed", action="store_true", help="start empty")
    parser.add_argument("--customers", type=int, help="how many customers the sample has")
    parser.add_argument("--seed", help="another seed gives another sample")
    return parser.parse_args()


def _options(arguments: argparse.Namespace) -> tuple[str, ...]:
    """What the loader of the sample is asked for."""
    asked = {"--customers": arguments.customers, "--seed": arguments.seed}
    return tuple(text for name, value in asked.items() if value is not None for text in (name, str(value)))


def _province(layout: Layout, options: tuple[str, ...]) -> int:
    """Load a sample into the instance that runs on the port, or bring one up on the data folder and load it there."""
    base = layout.url("console")
    if answers(f"{base}/readyz"):
        return subprocess.run(
            [sys.executable, "-m", "deploy.seed", "--base", base, *options], cwd=ROOT, check=False
        ).returncode
    run(layout, Sample(options, anew=True))
    return 0


def _stop(layout: Layout) -> None:
    folder.read_marker(layout.data)
    if folder.stop(layout):
        print(f"已停止 · stopped: {layout.data}")
    else:
        print(f"没有在运行的实例 · nothing is running on {layout.data}")


def _reset(layout: Layout) -> None:
    folder.check_removable(layout.data)
    folder.stop(layout)
    _release_kafka(layout)
    if folder.remove(layout):
        print(f"已删除 · removed: {layout.data}")
    else:
        print(f"没有数据目录 · no data folder: {layout.data}")


def _release_kafka(layout: Layout) -> None:
    """Delete the folder's topics on its Kafka, so that another folder may have it; one that is gone keeps nothing."""
    with suppress(folder.Broken):
        marker = folder.read_marker(layout.data) or {}
        if "kafka" not in marker:
            return
        bootstrap = marker["kafka"]["bootstrap"]
        try:
            if outside.release(bootstrap, marker["installation"]):
                print(f"已删除主题 · topics deleted: {bootstrap}")
        except Refused:
            print(f"Kafka 没有应答,其主题保留 · does not answer, its topics stay: {bootstrap}")


def main() -> int:
    """Carry out one command; a refusal is told in both languages and ends with 1."""
    arguments = _arguments()
    layout = Layout(arguments.data.expanduser().resolve(), arguments.port)
    # A Kafka that does not answer is told of in our words.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        if arguments.command == "run":
            run(layout, None if arguments.no_seed else Sample(_options(arguments)))
        elif arguments.command == "province":
            return _province(layout, _options(arguments))
        elif arguments.command == "stop":
            _stop(layout)
        else:
            _reset(layout)
    except Refused as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except TimeoutError as late:
        print(f"\n超时 · timed out: {late}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
