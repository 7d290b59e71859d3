"""Whoever runs a site gets one clear line when something is wrong, and a site when nothing is."""

import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from fete import __version__
from fete.operation import cli

ROOT = Path(__file__).parents[2]
KEY = "a key for these tests only, long enough to be one"
PATIENCE = 60.0


@pytest.fixture
def clock():
    """Let the clock of this process run: the commands have their own."""


def environment(folder: Path, **values: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FETE_")}
    return kept | {"FETE_INSTANCE": str(folder)} | values


def run(folder: Path, *command: str, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fete", *command],
        cwd=ROOT,
        env=environment(folder, **values),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(folder: Path, *command: str, **values: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "fete", *command],
        cwd=ROOT,
        env=environment(folder, PYTHONUNBUFFERED="1", **values),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=PATIENCE)


def answer(port: int, path: str, process: subprocess.Popen[str]) -> tuple[str, dict[str, str]]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}") as found:
                return found.read().decode(), dict(found.headers)
        except (URLError, ConnectionError):
            time.sleep(0.1)
    process.kill()
    raise AssertionError(process.communicate())


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """Give the folder of a site whose database is ready."""
    assert run(tmp_path, "settings", "init").returncode == 0
    done = run(tmp_path, "db", "upgrade")
    assert done.returncode == 0, done.stderr
    return tmp_path


def run_settings(folder: Path, *arguments: str, **values: str) -> tuple[int, str]:
    """Run `fete settings`, which needs no site."""
    none = {name: None for name in os.environ if name.startswith("FETE_")}
    result = CliRunner().invoke(
        cli.settings, arguments, env={**none, "FETE_INSTANCE": str(folder), **values}
    )
    return result.exit_code, result.output


def test_first_settings_are_written_once_for_their_owner_alone(tmp_path):
    file = tmp_path / "new" / "fete.toml"
    assert run_settings(file.parent, "init") == (0, f"{file} est écrit.\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = tomllib.loads(file.read_text("utf-8"))
    assert written == {"mode": "development", "secret_key": written["secret_key"]}
    assert re.fullmatch(r"[0-9a-f]{64}", written["secret_key"])

    before = file.read_bytes()
    told = f"{file} existe déjà\u00a0: rien n’est changé.\n"
    assert run_settings(file.parent, "init") == (0, told)
    assert file.read_bytes() == before


def test_two_sites_never_share_a_key(tmp_path):
    for name in ("a", "b"):
        run_settings(tmp_path / name, "init")
    assert (tmp_path / "a" / "fete.toml").read_text() != (tmp_path / "b" / "fete.toml").read_text()


def test_settings_are_shown_without_their_secrets(tmp_path):
    code, told = run_settings(
        tmp_path,
        "show",
        FETE_SECRET_KEY=KEY,
        FETE_SMTP_PASSWORD="sesame-smtp",
        FETE_S3_SECRET_KEY="sesame-s3",
        FETE_S3_ACCESS_KEY="sesame-who",
        FETE_DATABASE="postgresql+psycopg://fete:sesame-base@db.example/fete",
        FETE_REDIS="redis://:sesame-redis@redis.example:6379/0",
        FETE_TRUSTED_HOSTS="a.example,b.example",
    )
    assert code == 0
    assert KEY not in told
    assert "sesame" not in told
    lines = told.splitlines()
    assert "mode = production" in lines
    assert "secret_key = (caché)" in lines
    assert "smtp_password = (caché)" in lines
    assert "s3_secret_key = (caché)" in lines
    assert "database = postgresql+psycopg://fete:***@db.example/fete" in lines
    assert "redis = redis://:***@redis.example:6379/0" in lines
    assert "trusted_hosts = a.example, b.example" in lines
    assert "contact_email = " in lines


@pytest.mark.parametrize(
    ("command", "values", "named"),
    [
        (["serve"], {}, "clé secrète"),
        (["start"], {"FETE_MODE": "production", "FETE_SECRET_KEY": "changez-moi"}, "clé secrète"),
        (["mail", "send"], {"FETE_SECRET_KEY": KEY, "FETE_SMTP_SECURITY": "tsl"}, "smtp_security"),
        (["serve"], {"FETE_SECRET_KEY": KEY, "FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    ],
)
def test_unsafe_settings_are_told_in_one_line(tmp_path, command, values, named):
    done = run(tmp_path, *command, **values)
    assert done.returncode == 1
    assert done.stderr.startswith("fete\u00a0: ")
    assert len(done.stderr.splitlines()) == 1
    assert named in done.stderr


def test_a_file_of_settings_that_cannot_be_read_is_told_in_one_line(tmp_path):
    (tmp_path / "fete.toml").write_text("mode = development", "utf-8")
    done = run(tmp_path, "serve")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "fete.toml" in done.stderr


def test_help_is_there_whatever_the_settings_say(tmp_path):
    refused = run(tmp_path, "--help")
    assert refused.returncode == 0
    assert "clé secrète" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "settings" in refused.stdout
    allowed = run(tmp_path, "--help", FETE_SECRET_KEY=KEY)
    assert (allowed.returncode, allowed.stderr) == (0, "")
    for name in ("db", "edition", "mail", "reference", "run", "serve", "settings", "start"):
        assert re.search(rf"^  {name}\b", allowed.stdout, re.MULTILINE), name


def test_the_version_is_told(tmp_path):
    assert run(tmp_path, "--version").stdout == f"fete {__version__}\n"


def test_a_database_without_its_tables_is_not_served(tmp_path):
    run(tmp_path, "settings", "init")
    done = run(tmp_path, "serve", "--port", str(free_port()))
    assert done.returncode == 1
    assert done.stderr == (
        "fete\u00a0: La base de données n’est pas à jour\u00a0: "
        "lancez d’abord «\u00a0fete db upgrade\u00a0».\n"
    )


def test_a_database_that_does_not_answer_is_told_in_one_line(tmp_path):
    run(tmp_path, "settings", "init")
    done = run(tmp_path, "serve", FETE_DATABASE="sqlite:////nowhere/at/all.sqlite")
    assert done.returncode == 1
    assert done.stderr.startswith("fete\u00a0: La base de données ne répond pas\u00a0: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_port_that_is_taken_is_told_in_one_line(ready):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run(ready, "serve", "--port", str(port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"fete\u00a0: Le port {port} de 127.0.0.1 est déjà pris\u00a0: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_site_is_served_and_stops_when_told(ready):
    port = free_port()
    with running(ready, "serve", "--port", str(port)) as process:
        body, headers = answer(port, "/sante", process)
        assert json.loads(body) == {"status": "ok", "database": "ok", "version": __version__}
        assert "Server" not in headers
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert output.splitlines() == [
        f"fete {__version__} est servi sur http://127.0.0.1:{port} (Ctrl-C pour arrêter).",
        "Son adresse publique\u00a0: http://127.0.0.1:8000",
    ]


def test_a_new_site_starts_from_nothing_and_again_with_what_it_had(tmp_path):
    port = free_port()
    file = tmp_path / "fete.toml"
    for first in (True, False):
        with running(tmp_path, "start", "--port", str(port), "--no-demo") as process:
            body, _ = answer(port, "/communes?q=auch%2032", process)
            assert json.loads(body) == [{"code": "32013", "label": "Auch (32000)"}]
            page, _ = answer(port, "/accessibilite", process)
            # Links lead to where the site is served.
            assert f"http://127.0.0.1:{port}" in page
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in errors
        assert process.returncode == 0
        assert output.splitlines() == [
            *([f"{file} est écrit."] if first else []),
            f"fete {__version__} est servi sur http://127.0.0.1:{port} (Ctrl-C pour arrêter).",
        ]


def test_what_would_go_is_counted_before_it_goes(ready):
    database = sqlite3.connect(ready / "fete.sqlite")
    with database:
        database.execute(
            "INSERT INTO journal_entry (at, act, object_kind, detail)"
            " VALUES ('2001-01-01 00:00:00', 'person.sign_in_failed', 'user_account', '')"
        )
    for command, said, left in ((("--dry-run",), "À effacer", 1), ((), "Effacé", 0)):
        done = run(ready, "purge", *command)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == (
            f"{said}\u00a0:\n"
            "  lignes du journal de plus de douze mois\u00a0: 1\n"
            "  lettres de plus de douze mois\u00a0: 0\n"
            "  comptes jamais confirmés, de plus de trente jours\u00a0: 0\n"
            "  saisies jamais enregistrées, de plus de trente jours\u00a0: 0\n"
            "  fichiers d’images qui ne servent plus\u00a0: 0\n"
            "  invitations de plus de trente jours\u00a0: 0\n"
            "  alertes jamais confirmées, ou d’une édition passée\u00a0: 0\n"
        )
        assert database.execute("SELECT count(*) FROM journal_entry").fetchone() == (left,)
    database.close()


def test_a_command_on_a_database_without_tables_says_what_to_do(tmp_path):
    told = run(tmp_path / "new", "reference", "load", FETE_SECRET_KEY=KEY)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert "fete db upgrade" in told.stderr
