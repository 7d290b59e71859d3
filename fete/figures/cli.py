"""Commands for the figures."""

import click

from fete.core.db import transaction
from fete.figures.services import load_headlines


@click.group("figures")
def figures() -> None:
    """Keep the figures of past editions."""


@figures.command("load")
def load() -> None:
    """Load or renew the figures published elsewhere; the same file twice changes nothing."""
    with transaction():
        number = load_headlines()
    click.echo(f"Chiffres publiés ailleurs\u00a0: {number}.")
