"""What whoever runs a site asks of it: first settings, reference lists, a server that stops politely."""

import errno
import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Protocol

import waitress
from sqlalchemy.exc import SQLAlchemyError

from fete.accounts.services import forget_sketches, forget_unproved
from fete.alerts.forms import filters_of
from fete.alerts.services import forget_follows, tell_followers
from fete.core.clock import now, to_paris
from fete.core.db import is_migrated, transaction
from fete.core.errors import FeteError
from fete.core.i18n import LANGUAGES
from fete.core.settings import FILE_NAME, Settings
from fete.dashboard.services.daily import HOUR, write_daily_letters
from fete.feeds.services import write_ahead
from fete.figures.services import count_ahead, load_headlines
from fete.geography.services import load_reference
from fete.journal.services import forget_entries
from fete.mailing.services import forget_letters, send_waiting
from fete.network.services import forget_invitations
from fete.programme.queries.standing import standing_now
from fete.programme.services.pictures import forget_orphans
from fete.programme.services.reminders import remind_of_calls
from fete.reports.services.reminders import remind_of_reports
from fete.vocabulary.services import load_terms

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 8
_LARGEST_BODY = 64 * 1024 * 1024
_BETWEEN_LETTERS = 10  # seconds
_PATIENCE = 10  # seconds
# What the page on personal data promises; it says so in words.
JOURNAL_KEPT = timedelta(days=365)
LETTERS_KEPT = timedelta(days=365)
UNPROVED_KEPT = timedelta(days=30)
SKETCHES_KEPT = timedelta(days=30)
INVITATIONS_KEPT = timedelta(days=30)
# A picture sent at this moment has its files before its row.
ORPHANS_KEPT = timedelta(days=1)
_log = logging.getLogger("fete.letters")


class RefusedToStartError(FeteError):
    """The site cannot be served, for a reason that whoever starts it can mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Purged:
    """How much went, of each."""

    entries: int
    letters: int
    accounts: int
    sketches: int
    invitations: int
    files: int
    follows: int


class Server(Protocol):
    """A server that holds its port and waits to be run."""

    def run(self) -> None:
        """Serve until told to stop, then finish what is under way."""

    def close(self) -> None:
        """Let the port go."""


def write_first_settings(folder: Path) -> Path | None:
    """Write the settings of a site on one's own machine, with a secret key; `None` when there are some already.

    Nobody else on the machine can read the file.
    """
    file = folder / FILE_NAME
    folder.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write(
            "# Options du site\u00a0; docs/exploitation.md les décrit toutes. L’environnement (FETE_…) l’emporte.\n"
            'mode = "development"\n'
            f'secret_key = "{secrets.token_hex(32)}"\n'
        )
    return file


def load_lists() -> None:
    """Give the tables the communes of France, the lists of words and the figures published elsewhere.

    The same lists twice change nothing.
    """
    load_reference()
    load_terms()
    load_headlines()


def purge(*, at: datetime) -> Purged:
    """Remove what was promised to be kept no longer: old journal lines and letters, accounts never confirmed, invitations, pages half filled, files of nothing, what is followed of past editions."""
    return Purged(
        follows=forget_follows(at=at),
        invitations=forget_invitations(before=at - INVITATIONS_KEPT),
        accounts=forget_unproved(before=at - UNPROVED_KEPT),
        entries=forget_entries(before=at - JOURNAL_KEPT),
        files=forget_orphans(before=at - ORPHANS_KEPT),
        letters=forget_letters(before=at - LETTERS_KEPT),
        sketches=forget_sketches(before=at - SKETCHES_KEPT),
    )


def check_database() -> None:
    """Raise `RefusedToStartError` unless the database answers and has had every migration."""
    try:
        is_ready = is_migrated()
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise RefusedToStartError(f"La base de données ne répond pas\u00a0: {cause}") from error
    if not is_ready:
        raise RefusedToStartError(
            "La base de données n’est pas à jour\u00a0: lancez d’abord «\u00a0fete db upgrade\u00a0»."
        )


def check_catalogues(folder: Path) -> None:
    """Raise `RefusedToStartError` unless each language has its sentences: frozen figures would keep the wrong ones."""
    lacking = [
        code for code in LANGUAGES if not (folder / code / "LC_MESSAGES/messages.mo").exists()
    ]
    if lacking:
        raise RefusedToStartError(
            "Les traductions ne sont pas prêtes\u00a0: lancez le site par «\u00a0make run\u00a0», ou d’abord "
            f"«\u00a0pybabel compile --directory {folder}\u00a0»."
        )


def hold(host: str, port: int) -> socket.socket:
    """Return the port, held for us alone; raise `RefusedToStartError` when it cannot be."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise RefusedToStartError(_refusal(error, host, port)) from error


def listen(site: "WSGIApplication", held: socket.socket, *, settings: Settings) -> Server:
    """Return a server that answers on the port held."""
    server: Server = waitress.create_server(
        site,
        sockets=[held],
        threads=THREADS,
        ident=None,
        asyncore_use_poll=True,
        max_request_body_size=_LARGEST_BODY,
        # Behind proxies the site itself reads what they say, as many as the settings count.
        clear_untrusted_proxy_headers=not settings.proxies,
    )
    return server


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Le port {port} de {host} est déjà pris\u00a0: arrêtez ce qui l’occupe, "
            "ou choisissez-en un autre avec --port."
        )
    if error.errno == errno.EACCES:
        return f"Le port {port} n’est pas permis à ce compte\u00a0: choisissez-en un au-dessus de 1023."
    return (
        f"Le site ne peut pas être servi sur {host}, port {port}\u00a0: {error.strerror or error}."
    )


def serve_until_stopped(server: Server) -> None:
    """Serve; SIGTERM and Ctrl-C let requests under way end before the server does."""

    def stop(*_: Any) -> None:  # as every signal handler
        raise SystemExit

    before = signal.signal(signal.SIGTERM, stop)
    try:
        server.run()
    finally:
        signal.signal(signal.SIGTERM, before)


def write_of_the_day(*, done: date | None, at: datetime) -> date | None:
    """Write the reminders of calls and of reports, and the daily letters once the hour has come; return the day that is done.

    `done` is what this returned last. Started anew on the same day, it writes nothing twice: the database
    knows who was written to.
    """
    here = to_paris(at)
    if here.date() == done or here.time() < HOUR:
        return done
    remind_of_calls(at=at, keeping=transaction)
    remind_of_reports(at=at, keeping=transaction)
    write_daily_letters(at=at, keeping=transaction)
    return here.date()


@contextmanager
def letters_leaving(context: Callable[[], AbstractContextManager[object]]) -> Iterator[None]:
    """Send the letters that wait every few seconds and write those of the day, beside what is done inside.

    Followers are told, calendars written and figures counted ahead too; what stops one does not stop the other.
    """
    ended = Event()
    day: date | None = None
    written = ""

    def send() -> None:
        nonlocal day
        # What waits leaves first: whatever keeps the letters of the day from being written.
        done = send_waiting(at=now(), keeping=transaction)
        if done.stopped:
            _log.warning("letters wait: %s", done.stopped)
        day = write_of_the_day(done=day, at=now())

    def follow_the_programme() -> None:
        nonlocal written
        tell_followers(at=now(), keeping=transaction, reading=filters_of)
        if written != (standing := standing_now()):
            write_ahead(transaction)
            written = standing

    def count() -> None:
        count_ahead(transaction, at=now())

    def keep_going() -> None:
        while not ended.is_set():
            with context():
                for act in (send, follow_the_programme, count):
                    try:
                        act()
                    except SQLAlchemyError as error:
                        _log.warning("letters wait, the database does not answer: %s", error)
                    except Exception:  # noqa: BLE001  # told whole; the letters that wait leave all the same
                        _log.exception("letters wait")
            ended.wait(_BETWEEN_LETTERS)

    thread = Thread(target=keep_going, name="letters", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_PATIENCE)
