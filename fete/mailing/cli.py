"""Commands for outgoing letters."""

import signal
from threading import Event

import click
from sqlalchemy.exc import SQLAlchemyError

from fete.core.clock import now, to_paris
from fete.core.db import db, transaction
from fete.core.i18n import ngettext
from fete.mailing import queries
from fete.mailing.services import BATCH, Round, send_waiting, try_again


@click.group("mail")
def mail() -> None:
    """Look after outgoing letters."""


@mail.command("send")
@click.option("--limit", default=BATCH, show_default=True, type=click.IntRange(1, 10_000))
@click.option(
    "--loop", "seconds", type=click.IntRange(1, 86_400), help="Send again every so many seconds."
)
def send(limit: int, seconds: int | None) -> None:
    """Send the letters that wait."""
    if seconds is None:
        _tell(send_waiting(at=now(), keeping=transaction, limit=limit))
        return
    ended = Event()
    before = signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        while not ended.is_set():
            try:
                done = send_waiting(at=now(), keeping=transaction, limit=limit)
                if done.sent or done.failed:
                    _tell(done)
            except SQLAlchemyError as error:
                # It may come back: whoever loops is not there to start again.
                cause = getattr(error, "orig", None) or error
                click.echo(f"La base de données ne répond pas\u00a0: {cause}", err=True)
            finally:
                db.session.remove()
            ended.wait(seconds)
    except KeyboardInterrupt:
        click.echo()
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(done: Round) -> None:
    words = [
        ngettext("%(num)d lettre envoyée", "%(num)d lettres envoyées", done.sent),
        ngettext("%(num)d non envoyée", "%(num)d non envoyées", done.failed),
    ]
    if given_up := queries.count_given_up():
        words.append(
            ngettext("%(num)d abandonnée", "%(num)d abandonnées", given_up) + " (fete mail failed)"
        )
    click.echo(", ".join(words) + ".")
    if done.stopped:
        click.echo(f"Les lettres ne partent pas : {done.stopped}", err=True)


@mail.command("failed")
def failed() -> None:
    """List the letters that were given up, with the reason of each."""
    for letter in queries.letters_given_up():
        click.echo(
            f"{letter.id}  {to_paris(letter.written_at):%d/%m/%Y %H:%M}  {letter.kind}  {letter.to_address}  {letter.failure}"
        )


@mail.command("retry")
def retry() -> None:
    """Let the letters that were given up be tried anew."""
    with transaction():
        count = try_again(at=now())
    click.echo(ngettext("%(num)d lettre à envoyer.", "%(num)d lettres à envoyer.", count))
