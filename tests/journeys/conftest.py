"""A real site in a process of its own, a real browser, and letters in a folder."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.conftest import empty_database
from tests.provision import IN_CI, find_chromium

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def pytest_collection_modifyitems(items):
    """Mark every journey."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker("journey")


@pytest.fixture
def clock():
    """Let the clock of this process run: the site has its own."""


@pytest.fixture(scope="session", autouse=True)
def browser_at_hand():
    """Go without the journeys where there is no browser; never in continuous integration."""
    if not find_chromium():
        if IN_CI:
            pytest.fail("no Chromium: the journeys cannot be skipped here")
        pytest.skip("no Chromium on this machine: install chromium, or name one in FETE_CHROMIUM")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the machine's own browser."""
    return {
        **browser_type_launch_args,
        "executable_path": find_chromium(),
        "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Be a visitor in France."""
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site of its own: its folder, its settings, its address."""

    folder: Path
    environment: dict[str, str]
    port: int

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *command: str, typed: str | None = None, at: str = "") -> str:
        """Run a command of the site, as if it were some moment, and return what it prints."""
        module = ["tests.journeys.at", at] if at else ["fete"]
        done = subprocess.run(
            [sys.executable, "-m", *module, *command],
            cwd=ROOT,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def letters(self, *, at: str) -> list[EmailMessage]:
        """Send what waits at that moment, and return every letter so far, in order."""
        self.run("mail", "send", at=at)
        files = sorted((self.folder / "letters").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    @contextmanager
    def served_at(self, moment: str) -> Iterator[None]:
        """Serve the site as if it were that moment."""
        serve = ["serve", "--port", str(self.port), "--no-letters"]
        command = [sys.executable, "-m", "tests.journeys.at", moment, *serve]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.PIPE)
        try:
            self._wait(process)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if process.poll() is not None:
                pytest.fail(
                    f"the site stopped: {process.stderr.read().decode() if process.stderr else ''}"
                )
            try:
                with urllib.request.urlopen(f"{self.address}/sante") as answer:
                    assert answer.status == 200
                    return
            except (URLError, ConnectionError):
                time.sleep(0.1)
        pytest.fail("the site did not start")


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[[], Site]]:
    """Give a way to have an empty site with its reference lists."""
    with empty_database(tmp_path) as database, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("FETE_")},
            "FETE_INSTANCE": str(tmp_path),
            "FETE_MODE": "development",
            "FETE_SECRET_KEY": "a key for the journeys only, long enough to be one",
            "FETE_DATABASE": database,
            "FETE_PUBLIC_ADDRESS": f"http://127.0.0.1:{port}",
            "FETE_LETTERS_FOLDER": str(tmp_path / "letters"),
            "FETE_DELIVERY": "folder",
        }

        def make() -> Site:
            site = Site(folder=tmp_path, environment=environment, port=port)
            site.run("db", "upgrade")
            site.run("reference", "load")
            return site

        yield make
