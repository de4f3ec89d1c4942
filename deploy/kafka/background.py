"""What `make kafka` and `make kafka-stop` do: a folder that remembers its cluster, a start that ends when it is ready."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from deploy.folder import free
from deploy.kafka.cluster import CONTROLLERS_AT, Cluster
from deploy.kafka.jars import jars
from deploy.kafka.node import new_cluster
from deploy.keys import write_private
from deploy.refusal import Refused

PRODUCT = "keypost-kafka"
FORMAT = 1
MARKER = "keypost-kafka.json"
LOCK = "lock"
LOWEST_PORT, HIGHEST_PORT = 1024, 65535 - CONTROLLERS_AT - 3


def start(data: Path, port: int, brokers: int | None, log_level: str) -> tuple[Cluster, list[int]]:
    """Start what does not run yet and wait until all is ready; gives the cluster and which nodes were started."""
    remembered = _remembered(data)
    jars()
    with _alone(data):
        cluster = _cluster(data, remembered, port, brokers, log_level)
        running = cluster.pids()
        missing = [number for number in cluster.numbers if number not in running]
        _check_ports(cluster, missing)
        write_private(data / MARKER, json.dumps(_facts(cluster), indent=2))
        if missing:
            print(f"启动 Apache Kafka · starting Apache Kafka: {len(missing)} × broker, {data}", flush=True)
        try:
            cluster.start(*missing)
            cluster.wait()
        except BaseException:
            if not running:
                cluster.stop()
            raise
    return cluster, missing


def stop(data: Path) -> list[int]:
    """Stop what runs of a folder's cluster; gives which nodes did."""
    remembered = _remembered(data)
    if remembered is None:
        return []
    with _alone(data):
        return _recalled(data, remembered).stop()


def _cluster(
    data: Path, remembered: dict[str, Any] | None, port: int, brokers: int | None, log_level: str
) -> Cluster:
    """Give the cluster that is asked for; refused where the folder holds another one."""
    if remembered is None:
        return Cluster(data, port, brokers or 1, new_cluster(), log_level)
    cluster = _recalled(data, remembered)
    if brokers not in (None, cluster.brokers):
        raise Refused(
            f"{data} 中是 {cluster.brokers} 个代理的集群;请用 BROKERS={cluster.brokers},"
            "或另选目录:make kafka KAFKA_DATA=/另一个/目录",
            f"{data} holds a cluster of {cluster.brokers}; say BROKERS={cluster.brokers}, "
            "or choose another folder: make kafka KAFKA_DATA=/another/folder",
        )
    if port != cluster.port and cluster.pids():
        raise Refused(
            f"{data} 的 Kafka 正运行在端口 {cluster.port};请先 make kafka-stop,或用 KAFKA_PORT={cluster.port}",
            f"The Kafka of {data} runs on port {cluster.port}; "
            f"make kafka-stop first, or say KAFKA_PORT={cluster.port}",
        )
    return replace(cluster, port=port, log_level=log_level)


def _facts(cluster: Cluster) -> dict[str, object]:
    return {
        "product": PRODUCT,
        "format": FORMAT,
        "cluster": cluster.name,
        "brokers": cluster.brokers,
        "port": cluster.port,
    }


def _recalled(data: Path, remembered: dict[str, Any]) -> Cluster:
    return Cluster(data, int(remembered["port"]), int(remembered["brokers"]), str(remembered["cluster"]))


def _remembered(data: Path) -> dict[str, Any] | None:
    """Read what a folder says of its cluster; none when there is nothing yet, refused when it is not ours."""
    try:
        if not data.exists() and not data.is_symlink():
            return None
        if {path.name for path in data.iterdir()} <= {LOCK, f"{MARKER}.new"}:
            return None
        told = json.loads((data / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _foreign(data) from error
    if not isinstance(told, dict) or (told.get("product"), told.get("format")) != (PRODUCT, FORMAT):
        raise _foreign(data)
    return told


def _foreign(data: Path) -> Refused:
    return Refused(
        f"{data} 不是 make kafka 的数据目录。没有改动任何内容;请另选目录:make kafka KAFKA_DATA=/另一个/目录",
        f"{data} is not a data folder of make kafka. Nothing was changed; "
        "choose another folder: make kafka KAFKA_DATA=/another/folder",
    )


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Let one start or stop at a time work on a folder."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / LOCK).open("a", encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"无法使用目录 {data}:{error.strerror}。请换一个:make kafka KAFKA_DATA=/另一个/目录",
            f"Cannot use the folder {data}: {error.strerror}. "
            "Choose another: make kafka KAFKA_DATA=/another/folder",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _check_ports(cluster: Cluster, missing: list[int]) -> None:
    taken = {n: p for number in missing for n, p in cluster.ports_of(number).items() if not free(p)}
    if not taken:
        return
    other = cluster.port + 100 if cluster.port + 100 <= HIGHEST_PORT else cluster.port - 100
    told = ", ".join(f"{port} ({name})" for name, port in taken.items())
    raise Refused(
        f"端口已被占用:{told}。请停掉占用它的程序,或换一个:make kafka KAFKA_PORT={other}",
        f"Port taken: {told}. Stop what uses it, or choose another: make kafka KAFKA_PORT={other}",
    )
