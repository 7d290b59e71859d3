"""Commands for the figures."""

import click

from fete.core.clock import now
from fete.core.db import transaction
from fete.core.i18n import ngettext
from fete.figures.services import count_ahead, load_headlines


@click.group("figures")
def figures() -> None:
    """Keep the figures of past editions."""


@figures.command("load")
def load() -> None:
    """Load or renew the figures published elsewhere; the same file twice changes nothing."""
    with transaction():
        number = load_headlines()
    click.echo(f"Chiffres publiés ailleurs\u00a0: {number}.")


@figures.command("count")
def count() -> None:
    """Count ahead the editions that have begun, so that nobody waits for their figures; run it every few minutes."""
    number = count_ahead(transaction, at=now())
    click.echo(ngettext("%(num)d édition comptée.", "%(num)d éditions comptées.", number))
