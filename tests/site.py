"""A real site of its own: a folder, a database, a process that serves it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest

from tests.conftest import empty_database

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
SECRET_KEY = "a key for the journeys only, long enough to be one"


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

    @property
    def database(self) -> str:
        """Where its data is."""
        return self.environment["FETE_DATABASE"]

    def run(self, *command: str, typed: str | None = None, at: str = "") -> str:
        """Run a command of the site, as if it were some moment, and return what it prints."""
        done = subprocess.run(
            self.command(*command, at=at),
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
    def served(
        self, *, at: str = "", settings: dict[str, str] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Serve the site, as if it were some moment, and with further settings; give the process."""
        serve = ["serve", "--port", str(self.port), "--no-letters"]
        told = self.folder / "served.log"
        environment = self.environment | (settings or {})
        with told.open("ab") as log:
            process = subprocess.Popen(
                self.command(*serve, at=at),
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
            try:
                self._wait(process, told, urlsplit(environment["FETE_PUBLIC_ADDRESS"]).netloc)
                yield process
            finally:
                process.terminate()
                process.wait(timeout=PATIENCE)

    def command(self, *command: str, at: str = "") -> list[str]:
        """Return what runs a command of the site, as if it were some moment."""
        module = ["tests.journeys.at", at] if at else ["fete"]
        return [sys.executable, "-m", *module, *command]

    def _wait(self, process: subprocess.Popen[bytes], told: Path, host: str) -> None:
        health = urllib.request.Request(f"{self.address}/sante", headers={"Host": host})
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if process.poll() is not None:
                pytest.fail(f"the site stopped: {told.read_text()}")
            try:
                with urllib.request.urlopen(health) as answer:
                    assert answer.status == 200
                    return
            except (URLError, ConnectionError):
                time.sleep(0.1)
        pytest.fail(f"the site did not start: {told.read_text()}")


@contextmanager
def empty_site(folder: Path) -> Iterator[Site]:
    """Give a site without any table yet."""
    with empty_database(folder) as database:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("FETE_")},
            "FETE_INSTANCE": str(folder),
            "FETE_MODE": "development",
            "FETE_SECRET_KEY": SECRET_KEY,
            "FETE_DATABASE": database,
            "FETE_PUBLIC_ADDRESS": f"http://127.0.0.1:{port}",
            "FETE_LETTERS_FOLDER": str(folder / "letters"),
            "FETE_DELIVERY": "folder",
        }
        yield Site(folder=folder, environment=environment, port=port)
