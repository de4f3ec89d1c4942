"""The programs that Apache Kafka needs from the machine: a Java that runs it, a Maven that brings it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from deploy.refusal import Refused

OLDEST_JAVA = 17
VERSION = re.compile(r'version "(?:1\.)?(\d+)')
ASKING_SECONDS = 60


def java() -> str:
    """Give the path of a Java that runs Apache Kafka; refused with what to install."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if found is None:
        raise _missing_java("没有找到 Java", "no Java was found")
    version = _version_of(found)
    if version < OLDEST_JAVA:
        raise _missing_java(f"{found} 是 Java {version}", f"{found} is Java {version}")
    return found


def maven() -> str:
    """Give the path of Maven; refused with what to install."""
    found = shutil.which("mvn")
    if found is None:
        raise Refused(
            "Apache Kafka 要用 Maven 从 Maven Central 下载,但没有找到 mvn。请先安装(例如 apt install maven)。",
            "Apache Kafka is brought from Maven Central with Maven, and no mvn was found. "
            "Install it first (for example: apt install maven).",
        )
    return found


def _version_of(program: str) -> int:
    try:
        told = subprocess.run(
            [program, "-version"], check=False, capture_output=True, text=True, timeout=ASKING_SECONDS
        )
    except OSError:
        return 0
    match = VERSION.search(told.stderr + told.stdout)
    return int(match[1]) if match else 0


def _missing_java(zh: str, en: str) -> Refused:
    return Refused(
        f"Apache Kafka 需要 Java {OLDEST_JAVA} 或更新的版本,但{zh}。"
        f"请先安装(例如 apt install openjdk-{OLDEST_JAVA}-jre-headless),或用 JAVA_HOME 指向已有的版本。",
        f"Apache Kafka needs Java {OLDEST_JAVA} or newer, and {en}. Install it first "
        f"(for example: apt install openjdk-{OLDEST_JAVA}-jre-headless), or point JAVA_HOME at one.",
    )
