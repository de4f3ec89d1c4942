"""Apache Kafka's own jars, brought once from Maven Central into a folder of this checkout that belongs to the pom."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.kafka.java import java, maven
from deploy.layout import ROOT
from deploy.refusal import Refused

POM = Path(__file__).with_name("pom.xml")
KEPT = ROOT / ".kafka"
TOLD_EVERY = 20
TAIL_LINES = 15


def jars(kept: Path = KEPT, pom: Path = POM) -> Path:
    """Give the folder with every jar of the pom, brought first where it is missing; refused where that cannot be."""
    java()
    folder = kept / hashlib.sha256(pom.read_bytes()).hexdigest()[:16]
    if folder.is_dir():
        return folder
    program = maven()
    kept.mkdir(parents=True, exist_ok=True)
    with _alone(kept):
        if not folder.is_dir():
            _bring(program, pom, folder)
    return folder


@contextmanager
def _alone(kept: Path) -> Iterator[None]:
    """Let one process at a time bring jars: whoever waited finds them there."""
    with (kept / "lock").open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for unfinished in kept.glob("*.new"):
            shutil.rmtree(unfinished, ignore_errors=True)
        yield


def _bring(program: str, pom: Path, folder: Path) -> None:
    """Bring the jars aside and rename the folder once it is whole."""
    print("下载 Apache Kafka(约 45 MB,仅首次)· bringing Apache Kafka, 45 MB, once", flush=True)
    aside = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", suffix=".new", dir=folder.parent))
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={aside}"]
    lines: list[str] = []
    with subprocess.Popen(
        [program, "-B", "-C", "-f", str(pom), *goal],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    ) as bringing:
        for line in bringing.stdout or ():
            lines.append(line.rstrip())
            _tell(lines)
    if bringing.returncode or not any(aside.glob("kafka_*.jar")):
        shutil.rmtree(aside, ignore_errors=True)
        raise Refused(
            "Maven 没有下载完 Apache Kafka(见上)。请检查网络、代理或 ~/.m2/settings.xml 中的镜像,然后重试。",
            "Maven did not bring Apache Kafka (see above). "
            "Look at the network, the proxy or the mirror in ~/.m2/settings.xml, then try again.",
            "\n".join([line for line in lines if "Download" not in line][-TAIL_LINES:]),
        )
    aside.chmod(0o755)
    aside.rename(folder)


def _tell(lines: list[str]) -> None:
    """Say now and then how many files have come."""
    if "Downloaded" not in lines[-1]:
        return
    come = sum("Downloaded" in line for line in lines)
    if come % TOLD_EVERY == 0:
        print(f"  已下载 {come} 个文件 · {come} files have come", flush=True)
