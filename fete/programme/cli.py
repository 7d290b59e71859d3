"""`fete edition open`, `fete edition remind` and `fete edition close`."""

from datetime import datetime

import click
from flask.cli import with_appcontext

from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import ngettext
from fete.programme.models import EditionState
from fete.programme.queries.editions import find_edition
from fete.programme.rules import EditionPlan
from fete.programme.services.editions import close_edition, open_edition, plan_by_default
from fete.programme.services.reminders import remind_of_calls

_DAY = click.DateTime(formats=["%Y-%m-%d", "%d/%m/%Y"])


@click.group("edition")
def edition() -> None:
    """Open and close editions."""


@edition.command("open")
@click.option("--year", type=int, required=True, help="The year of the edition.")
@click.option("--starts", type=_DAY, required=True, help="Its first day: 2026-10-02 or 02/10/2026.")
@click.option("--ends", type=_DAY, required=True, help="Its last day, included.")
@click.option("--theme", default="", help="Its theme.")
@click.option("--call-opens", type=_DAY, help="First day of the call; 1 February by default.")
@click.option("--call-closes", type=_DAY, help="Last day of the call; 30 April by default.")
@click.option("--report-deadline", type=_DAY, help="Last day for reports; 15 December by default.")
@click.option("--prepared", is_flag=True, help="Keep it from the public for now.")
@with_appcontext
def open_command(
    *,
    year: int,
    starts: datetime,
    ends: datetime,
    theme: str,
    call_opens: datetime | None,
    call_closes: datetime | None,
    report_deadline: datetime | None,
    prepared: bool,
) -> None:
    """Open the edition of a year."""
    usual = plan_by_default(year, starts.date(), ends.date())
    plan = EditionPlan(
        year=year,
        starts_on=usual.starts_on,
        ends_on=usual.ends_on,
        theme=theme,
        call_opens_on=call_opens.date() if call_opens else usual.call_opens_on,
        call_closes_on=call_closes.date() if call_closes else usual.call_closes_on,
        report_deadline=report_deadline.date() if report_deadline else usual.report_deadline,
    )
    state = EditionState.PREPARED if prepared else EditionState.OPEN
    try:
        with transaction():
            opened = open_edition(plan, state=state, by=None, at=now())
    except RuleBrokenError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Édition {opened.year} ({opened.ordinal}e) : {opened.state}.")


@edition.command("remind")
@with_appcontext
def remind_command() -> None:
    """Write the reminders of the calls that end soon; run it every day, each leaves once."""
    count = remind_of_calls(at=now(), keeping=transaction)
    click.echo(ngettext("%(num)d rappel écrit.", "%(num)d rappels écrits.", count))


@edition.command("close")
@click.option("--year", type=int, required=True, help="The year of the edition.")
@with_appcontext
def close_command(*, year: int) -> None:
    """Close the edition of a year: nothing of it changes from then on."""
    with transaction():
        found = find_edition(year)
        if found is None:
            raise click.ClickException(f"Aucune édition {year}.")
        close_edition(found, by=None, at=now())
    click.echo(f"Édition {year} : close.")
