"""What calendars will ask for, written before they do: `fete feeds write`."""

import click
from flask.cli import AppGroup

from fete.core.db import transaction
from fete.feeds.services import write_ahead

feeds = AppGroup("feeds", help="Calendars.")


@feeds.command("write")
def write() -> None:
    """Write the events that no calendar has asked for yet; run it every few minutes, as often as one likes."""
    click.echo(f"Événements écrits\u00a0: {write_ahead(transaction)}")
