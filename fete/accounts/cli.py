"""Open an account from the command line: the first one, above all."""

import sys
from datetime import datetime

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext

from fete.accounts import mails, services
from fete.accounts.models import RoleName, User
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.settings import settings


@click.group("user")
def user() -> None:
    """Comptes des personnes."""


@user.command("create")
@click.option("--email", required=True, help="Adresse électronique, qui sert à se connecter.")
@click.option("--name", required=True, help="Prénom et nom.")
@click.option(
    "--role",
    type=click.Choice([name.value for name in RoleName]),
    help="administrator, regional ou departmental.",
)
@click.option(
    "--departement",
    "departements",
    multiple=True,
    help="Code d’un département coordonné (32, 81…) ; à répéter s’il y en a plusieurs.",
)
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Lire le mot de passe sur l’entrée standard ; sinon un lien pour le choisir s’affiche.",
)
@with_appcontext
def create(
    email: str, name: str, role: str | None, departements: tuple[str, ...], *, password_stdin: bool
) -> None:
    """Créer un compte, avec un rôle si besoin."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.ClickException(f"Adresse électronique impossible : {email}") from error
    if departements and role != RoleName.DEPARTMENTAL:
        raise click.ClickException("--departement va avec --role departmental.")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    at = now()
    try:
        with transaction():
            person = services.create_person(email=address, name=name, at=at)
            if password is not None:
                _prove(person, password, at=at)
            if role is not None:
                services.grant_role(person, RoleName(role), departements, by=None, at=at)
    except RuleBrokenError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Compte créé : {person.email}")
    if password is None:
        hours = settings().registration_hours
        click.echo(f"Lien pour choisir son mot de passe, valable {hours} heures :")
        click.echo(mails.invitation(person))


def _prove(person: User, password: str, *, at: datetime) -> None:
    # Who holds the command line answers for the address.
    services.set_first_password(person, password=password)
    services.confirm(person, at)
