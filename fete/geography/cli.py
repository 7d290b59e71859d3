"""Commands for the communes of France."""

import click

from fete.core.db import transaction
from fete.geography.services import load_reference


@click.group("geography")
def geography() -> None:
    """Keep the regions, départements and communes of France."""


@geography.command("load")
def load() -> None:
    """Load or renew the regions, départements and communes; the same files twice change nothing."""
    with transaction():
        load_reference()
    click.echo("Les communes de France sont à jour.")
