"""`fete demo`."""

import sys

import click
from flask.cli import with_appcontext

from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.settings import Mode, settings
from fete.demo import people, seed


@click.command("demo")
@click.option(
    "--if-empty", is_flag=True, help="Ne rien faire, sans un mot, si la base n’est pas vide."
)
@click.option(
    "--site-de-demonstration",
    "is_demonstration_site",
    is_flag=True,
    help="Confirmer, en production, que ce site n’est qu’une démonstration.",
)
@with_appcontext
def demo(*, if_empty: bool, is_demonstration_site: bool) -> None:
    """Remplir une base vide de trois éditions inventées, avec un compte de chaque rôle."""
    if if_empty and not seed.is_empty():
        return
    if settings().mode is Mode.PRODUCTION and not is_demonstration_site:
        raise click.ClickException(
            "Ce site est en production\u00a0: la démonstration y ouvrirait des comptes dont le mot de passe est connu. "
            "Si ce site n’est vraiment qu’une démonstration, ajoutez --site-de-demonstration."
        )
    try:
        with (
            click.progressbar(
                length=seed.LENGTH,
                label="Démonstration",
                file=sys.stderr,
                hidden=not sys.stderr.isatty(),
            ) as shown,
            transaction(),
        ):
            filled = seed.fill(at=now(), progress=shown.update)
    except RuleBrokenError as error:
        raise click.ClickException(error.message) from error
    _tell(filled)


def _tell(filled: seed.Filled) -> None:
    address = settings().public_address
    click.echo("Données de démonstration, toutes inventées\u00a0:")
    for year, count in filled.activities.items():
        click.echo(f"  édition {year}\u00a0: {count} activités, {address}/programme/{year}")
    click.echo(f"Chiffres\u00a0: {address}/chiffres")
    click.echo(f"Agenda\u00a0: {address}/agenda.ics")
    click.echo(f"Se connecter\u00a0: {address}/compte/connexion")
    click.echo(f"Mot de passe de tous les comptes\u00a0: {people.PASSWORD}")
    width = max(len(account.email) for account in people.ACCOUNTS)
    for account in people.ACCOUNTS:
        click.echo(f"  {account.email:<{width}}  {account.name} ({account.purpose})")
