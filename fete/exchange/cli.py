"""`fete import`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from fete.core.clock import now
from fete.core.db import transaction
from fete.exchange.columns import COLUMNS
from fete.exchange.plan import Progress, plan
from fete.exchange.services import apply
from fete.programme.models import Edition
from fete.programme.queries.editions import find_edition

MOST_SHOWN = 200


def explain(
    context: click.Context, _option: click.Parameter, asked: bool
) -> None:  # as click calls
    """Print the columns and leave."""
    if not asked:
        return
    for column in COLUMNS:
        needed = " (nécessaire)" if column.needed else ""
        click.echo(f"{column.name}{needed} : {column.meaning}")
    context.exit()


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--edition", "year", type=int, required=True, help="Année de l’édition.")
@click.option("--dry-run", is_flag=True, help="Tout lire et tout vérifier, sans rien garder.")
@click.option(
    "--columns",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=explain,
    help="Dire les colonnes du fichier.",
)
@with_appcontext
def take_in(file: Path, year: int, *, dry_run: bool) -> None:
    """Reprendre d’un fichier CSV les activités et les bilans d’une édition : tout, ou rien."""
    with transaction(dry_run=dry_run):
        edition = find_edition(year)
        if edition is None:
            raise click.ClickException(
                f"Il n’y a pas d’édition {year} : ouvrez-la d’abord avec « fete edition open »."
            )
        _take_in(file, edition, dry_run=dry_run)


def _take_in(file: Path, edition: Edition, *, dry_run: bool) -> None:
    content = file.read_bytes()
    with bar("Lecture", content.count(b"\n")) as progress:
        made = plan(content, edition, progress=progress)
    if made.refusals:
        for refusal in made.refusals[:MOST_SHOWN]:
            click.echo(str(refusal), err=True)
        if len(made.refusals) > MOST_SHOWN:
            click.echo(f"… et {len(made.refusals) - MOST_SHOWN} autres", err=True)
        raise click.ClickException(f"Rien n’a été repris : {len(made.refusals)} refus.")
    with bar("Écriture", len(made.creates) + len(made.updates)) as progress:
        run = apply(made, filename=file.name, at=now(), progress=progress)
    kept = "seraient " if dry_run else ""
    click.echo(
        f"Édition {edition.year} : {run.created} activités {kept}créées, {run.updated} {kept}changées, {run.unchanged} inchangées."
    )


@contextmanager
def bar(label: str, length: int) -> Iterator[Progress]:
    """Show how far one is, where somebody looks."""
    with click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as shown:
        yield shown.update
