"""What tests and benches need beside Python: Redis, coturn, browsers, Go and a C compiler.

As root on Debian and Ubuntu the packages are installed; elsewhere one sentence says what to do.
"""

import os
import shutil
import subprocess
from pathlib import Path

from config.development.progress import Stop, say
from config.development.toolchain import python_in_venv, run_step

GO_SOURCES = Path("/usr/share/gocode")
GO_SUMDB = GO_SOURCES / "src" / "golang.org" / "x" / "mod" / "sumdb"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
FIREFOX_NAMES = ("firefox-esr", "firefox")


def provide_redis() -> None:
    if os.environ.get("REDIS_URL") or shutil.which("redis-server") or shutil.which("valkey-server"):
        return
    if not install(["redis-server"]) or shutil.which("redis-server") is None:
        raise Stop("Install redis-server or valkey, or set REDIS_URL, and start again.")


def provide_coturn() -> None:
    """The TURN server of the deployment: the tests reach the relay through it."""
    if shutil.which("turnserver"):
        return
    if not install(["coturn"]) or shutil.which("turnserver") is None:
        raise Stop("Install coturn (Debian's name) and start again.")


def provide_chromium() -> None:
    """Debian's own, else the one that Playwright brings."""
    if chromium() is not None or playwright_has_one():
        return
    if is_debian() and install(["chromium"]) and chromium() is not None:
        return
    command = [str(python_in_venv()), "-m", "playwright", "install", "chromium"]
    if can_install():
        command.insert(-1, "--with-deps")
    say("Installing Playwright's Chromium")
    try:
        run_step("Chromium", command)
    except Stop as reason:
        raise Stop("Install chromium (on Debian: apt-get install chromium).") from reason


def provide_firefox() -> None:
    """Debian's own: the tests speak WebDriver BiDi to it."""
    if firefox() is not None:
        return
    if not (is_debian() and install(["firefox-esr"])) or firefox() is None:
        raise Stop("Install Firefox (on Debian: apt-get install firefox-esr) and start again.")


def provide_compiler() -> None:
    """For the members whom the relay's bench sends: a small program in C over OpenSSL."""
    if shutil.which("gcc") and has_openssl_headers():
        return
    packages = ["gcc", "libc6-dev", "libssl-dev"]
    if not install(packages) or not has_openssl_headers():
        raise Stop(f"Install {', '.join(packages)} (Debian's names) and start again.")


def has_openssl_headers() -> bool:
    command = ["gcc", "-E", "-include", "openssl/evp.h", "-x", "c", os.devnull]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def provide_go() -> None:
    """Go and its sumdb packages: outsiders' code that checks our audit log in the tests."""
    if shutil.which("go") and GO_SUMDB.exists():
        return
    packages = ["golang-go", "golang-golang-x-mod-dev"]
    if not install(packages) or not GO_SUMDB.exists():
        raise Stop(f"Install {' and '.join(packages)} (Debian's names) and start again.")


def chromium() -> str | None:
    return browser_of(CHROMIUM_NAMES)


def firefox() -> str | None:
    return browser_of(FIREFOX_NAMES)


def browser_of(names: tuple[str, ...]) -> str | None:
    """A snap's wrapper script is no browser that a test could drive."""
    found = (shutil.which(name) for name in names)
    return next((path for path in found if path and not is_snap(Path(path))), None)


def is_snap(path: Path) -> bool:
    return "snap" in path.resolve().parts or "/snap/" in path.read_bytes()[:4096].decode("latin-1")


def playwright_has_one() -> bool:
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    result = subprocess.run(
        [str(python_in_venv()), "-c", script], capture_output=True, text=True, check=False
    )
    return result.returncode == 0 and Path(result.stdout.strip()).exists()


def is_debian() -> bool:
    try:
        return "\nID=debian\n" in f"\n{Path('/etc/os-release').read_text()}\n"
    except OSError:
        return False


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> bool:
    """Whether the packages are there now; False where we may not install."""
    if not can_install():
        return False
    say(f"Installing {' and '.join(packages)} with apt-get")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages],
    ):
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        if result.returncode and command[1] == "install":
            return False
    return True
