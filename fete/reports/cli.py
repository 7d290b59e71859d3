"""`fete report remind`."""

import click
from flask.cli import with_appcontext

from fete.core.clock import now
from fete.core.db import transaction
from fete.core.i18n import ngettext
from fete.reports.services.reminders import people_to_remind, remind_of_reports


@click.group("report")
def report() -> None:
    """Gather the reports."""


@report.command("remind")
@click.option("--dry-run", is_flag=True, help="Count the letters, and write none.")
@with_appcontext
def remind_command(*, dry_run: bool) -> None:
    """Ask by letter for the reports that are due; run it every day, each rung leaves once."""
    if dry_run:
        count = len(people_to_remind(at=now()))
        click.echo(ngettext("%(num)d relance à écrire.", "%(num)d relances à écrire.", count))
        return
    count = remind_of_reports(at=now(), keeping=transaction)
    click.echo(ngettext("%(num)d relance écrite.", "%(num)d relances écrites.", count))
