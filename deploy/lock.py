"""Renews requirements/*.txt: resolves the workspace and exports versions and hashes, without addresses."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.layout import ROOT

UV = Path(sys.executable).with_name("uv")
PLAIN = ("--no-header", "--no-annotate", "--no-emit-workspace", "--no-emit-project", "--quiet", "--frozen")
EXPORTS: dict[str, tuple[str, ...]] = {
    "bootstrap": ("--only-group", "bootstrap"),
    "run": ("--all-packages", "--no-dev"),
    "test": ("--all-packages", "--group", "dev"),
}


def main() -> None:
    """Resolve anew, as far as the old lock file allows (delete uv.lock to renew everything)."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run([UV, "lock", "--python", sys.executable], cwd=ROOT, env=environment, check=True)
    for name, options in EXPORTS.items():
        target = ROOT / "requirements" / f"{name}.txt"
        command = [str(UV), "export", *PLAIN, *options, "--output-file", str(target)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        print(f"requirements/{name}.txt: {sum('==' in line for line in target.read_text().splitlines())}")


if __name__ == "__main__":
    main()
