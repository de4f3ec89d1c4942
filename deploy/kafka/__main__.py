"""Command line of Apache Kafka on this machine: start, stop."""

import argparse
import logging
import sys
from pathlib import Path

from deploy.kafka.background import HIGHEST_PORT, LOWEST_PORT, start, stop
from deploy.kafka.node import LOG_LEVELS
from deploy.layout import ROOT
from deploy.refusal import Refused

CLUSTERS = (1, 3)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not LOWEST_PORT <= int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"KAFKA_PORT={text}: {LOWEST_PORT} – {HIGHEST_PORT}")
    return int(text)


def _brokers(text: str) -> int:
    if text not in map(str, CLUSTERS):
        raise argparse.ArgumentTypeError(f"BROKERS={text}: {' / '.join(map(str, CLUSTERS))}")
    return int(text)


def _log_level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise argparse.ArgumentTypeError(f"KAFKA_LOG={text}: {' / '.join(LOG_LEVELS)}")
    return text


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.kafka", description=__doc__)
    parser.add_argument("command", choices=("start", "stop"))
    parser.add_argument("--data", type=Path, default=ROOT / "kafka-data", help="data folder")
    parser.add_argument("--port", type=_port, default=19092, help="where the first broker listens")
    parser.add_argument("--brokers", type=_brokers, help="1 or 3; what the folder has, else 1")
    parser.add_argument("--log-level", type=_log_level, default="warn")
    return parser.parse_args()


def _start(arguments: argparse.Namespace, data: Path) -> None:
    cluster, started = start(data, arguments.port, arguments.brokers, arguments.log_level)
    word = "已就绪 · ready" if started else "已在运行 · running already"
    print(f"Apache Kafka {word}: {cluster.brokers} × broker, {data}")
    print(f"  使用 · use it:     KAFKA_BOOTSTRAP={cluster.bootstrap} make run")
    print(f"  停止 · stop it:    make kafka-stop KAFKA_DATA={data}")
    print(f"  日志 · its logs:   {data}/node-*.log")


def _stop(data: Path) -> None:
    stopped = stop(data)
    if stopped:
        print(f"已停止 · stopped: {len(stopped)} × broker, {data}")
    else:
        print(f"没有在运行的 Kafka · no Kafka is running on {data}")


def main() -> int:
    """Carry out one command; a refusal is told in both languages and ends with 1."""
    arguments = _arguments()
    data = arguments.data.expanduser().resolve()
    # A broker that is still starting refuses connections: the answer we ask for, not something to be told about.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        if arguments.command == "start":
            _start(arguments, data)
        else:
            _stop(data)
    except Refused as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
