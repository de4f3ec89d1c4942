"""Builds .venv from requirements/*.txt with nothing but a Python; the second time only a stamp is read."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MEMBERS = (
    "shared",
    *sorted(f"services/{path.parent.name}" for path in (ROOT / "services").glob("*/pyproject.toml")),
)
LISTS = {"run": ("run",), "test": ("run", "test")}
APT = ["apt-get", "install", "-y", "--no-install-recommends", "python3-venv"]


def say(zh: str, en: str) -> None:
    print(f"[环境 environment] {zh} · {en}", flush=True)


def fail(zh: str, en: str) -> None:
    sys.exit(f"\n{zh}\n{en}")


def fingerprint(kind: str) -> str:
    """Digest what an environment of this kind is built from, its own place included."""
    digest = hashlib.sha256(str(ROOT).encode())
    files = [ROOT / "requirements" / f"{name}.txt" for name in ("bootstrap", *LISTS[kind])]
    for path in (*files, *(ROOT / member / "pyproject.toml" for member in MEMBERS)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamp(kind: str) -> Path:
    return VENV / f"keypost-{kind}"


def built(kind: str, wanted: str) -> bool:
    """Tell whether the environment stands as wanted and its interpreter still runs."""
    path = stamp(kind)
    return path.exists() and path.read_text() == wanted and works()


def works() -> bool:
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", check], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def have_ensurepip() -> bool:
    return (
        subprocess.run(
            [sys.executable, "-c", "import ensurepip"], capture_output=True, check=False
        ).returncode
        == 0
    )


def need_ensurepip() -> None:
    """Install what Debian leaves out of Python, as root; otherwise say what to install."""
    if have_ensurepip():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("安装 python3-venv", "installing python3-venv")
        quiet = {"stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(APT, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, **quiet)  # type: ignore[call-overload]
    if not have_ensurepip():
        fail(
            f"{sys.executable} 缺少 venv/ensurepip,请先安装:sudo apt install python3-venv",
            f"{sys.executable} lacks venv/ensurepip; install it first: sudo apt install python3-venv",
        )


def call(*command: str) -> None:
    """Run one step with what it prints in sight; end with a message when it fails."""
    environment = {**os.environ, **uv_settings()}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        fail(
            "环境没有建成(见上面的输出);网络恢复后再运行一次会接着做。",
            "The environment was not built (see above); run it once more when the network is back.",
        )


def pip_setting(name: str) -> str:
    """Give what pip is configured with, by its environment or its files, or nothing."""
    if value := os.environ.get(f"PIP_{name.upper().replace('-', '_')}"):
        return value
    asked = [str(PYTHON), "-m", "pip", "config", "list"]
    listed = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.splitlines()
    found = [line.partition("=")[2].strip("'\"") for line in listed if line.startswith(f"global.{name}=")]
    return found[0] if found else ""


def uv_settings() -> dict[str, str]:
    """Let uv fetch no Python, follow pip's index and certificates, and do without a home folder."""
    settings = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_CONFIG": "1", "VIRTUAL_ENV": str(VENV)}
    home = os.environ.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        settings["UV_CACHE_DIR"] = str(VENV / "cache")
    if PYTHON.exists():
        followed = {"UV_DEFAULT_INDEX": "index-url", "SSL_CERT_FILE": "cert"}
        found = {ours: pip_setting(theirs) for ours, theirs in followed.items() if ours not in os.environ}
        settings |= {ours: value for ours, value in found.items() if value}
    return settings


def build(kind: str) -> None:
    """Make the environment: venv, then uv by pip, then everything else by uv, hashes checked."""
    began = time.monotonic()
    if not works():
        need_ensurepip()
        say(f"建立 .venv({sys.executable})", f"making .venv with {sys.executable}")
        shutil.rmtree(VENV, ignore_errors=True)
        call(sys.executable, "-m", "venv", str(VENV))
    requirements = ROOT / "requirements"
    say("安装 uv", "installing uv")
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
    call(str(PYTHON), *pip, "-r", str(requirements / "bootstrap.txt"))
    uv = (str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON), "--compile-bytecode")
    for name in LISTS[kind]:
        say(f"安装 requirements/{name}.txt", f"installing requirements/{name}.txt")
        call(*uv, "--require-hashes", "-r", str(requirements / f"{name}.txt"))
    say("安装本项目的各个包", "installing the packages of this project")
    editable = [part for member in MEMBERS for part in ("-e", f"./{member}")]
    call(*uv, "--quiet", "--no-deps", "--no-build-isolation", *editable)
    say(f"完成,用时 {time.monotonic() - began:.0f} 秒", f"done in {time.monotonic() - began:.0f} s")


def main() -> None:
    """Build the environment of one kind (run or test) unless it stands already."""
    kind = sys.argv[1]
    wanted = fingerprint(kind)
    if built(kind, wanted):
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built(kind, wanted):
            build(kind)
            for name in LISTS[kind]:
                stamp(name).write_text(fingerprint(name))


if __name__ == "__main__":
    main()
