"""Commands of whoever runs a site: settings, reference lists, server."""

import os
import socket
from dataclasses import fields
from pathlib import Path

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import ScriptInfo
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from fete import __version__
from fete.alerts.forms import filters_of
from fete.alerts.services import tell_followers
from fete.core.clock import now
from fete.core.db import db, transaction
from fete.core.i18n import ngettext
from fete.core.settings import (
    FILE_NAME,
    Mode,
    Settings,
    instance_folder,
    read_settings,
    settings as current_settings,
)
from fete.dashboard.services.daily import write_daily_letters
from fete.demo import cli as demo_cli
from fete.mailing.cli import mail
from fete.operation import services
from fete.programme.queries.editions import editions

_SECRETS = frozenset({"secret_key", "smtp_password", "s3_access_key", "s3_secret_key"})
_ADDRESSES = frozenset({"database", "redis"})
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # read, not listened on

_host = click.option("--host", default="127.0.0.1", show_default=True, envvar="FETE_HOST")
_port = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65_535), envvar="FETE_PORT"
)


@click.group("settings")
def settings() -> None:
    """Write and show the settings; works without valid ones."""


@settings.command("init")
def init() -> None:
    """Write a first fete.toml with a secret key, unless there is one."""
    file = services.write_first_settings(instance_folder())
    if file is None:
        click.echo(f"{instance_folder() / FILE_NAME} existe déjà\u00a0: rien n’est changé.")
    else:
        click.echo(f"{file} est écrit.")


@settings.command("show")
def show() -> None:
    """Show every option as the site reads it, without the secrets."""
    chosen = read_settings(instance_folder())
    for item in fields(Settings):
        click.echo(f"{item.name} = {_shown(item.name, getattr(chosen, item.name))}")


def _shown(name: str, value: object) -> str:
    if name in _SECRETS:
        return "(caché)" if value else ""
    if name in _ADDRESSES and value:
        try:
            return make_url(str(value)).render_as_string(hide_password=True)
        except ArgumentError:
            return "(caché)"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


@click.group("reference")
def reference() -> None:
    """Look after the reference lists: communes, words, figures published elsewhere."""


@reference.command("load")
def load() -> None:
    """Load or renew every reference list; the same lists twice change nothing."""
    _load_lists()
    click.echo("Les listes de référence sont à jour.")


def _load_lists() -> None:
    with transaction():
        services.load_lists()


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Count what would go, and remove nothing.")
def purge(*, dry_run: bool) -> None:
    """Remove the data that the site promised to keep no longer; run it every day."""
    with transaction(dry_run=dry_run):
        gone = services.purge(at=now())
    click.echo("À effacer\u00a0:" if dry_run else "Effacé\u00a0:")
    for label, count in (
        ("lignes du journal de plus de douze mois", gone.entries),
        ("lettres de plus de douze mois", gone.letters),
        ("comptes jamais confirmés, de plus de trente jours", gone.accounts),
        ("saisies jamais enregistrées, de plus de trente jours", gone.sketches),
        ("fichiers d’images qui ne servent plus", gone.files),
        ("invitations de plus de trente jours", gone.invitations),
        ("alertes jamais confirmées, ou d’une édition passée", gone.follows),
    ):
        click.echo(f"  {label}\u00a0: {count}")


@mail.command("digest")
def digest() -> None:
    """Write the letter of the day to those who wait for it; run it every day, as often as one likes."""
    count = write_daily_letters(at=now(), keeping=transaction)
    click.echo(
        ngettext("%(num)d courriel quotidien écrit.", "%(num)d courriels quotidiens écrits.", count)
    )


@mail.command("alerts")
def alerts() -> None:
    """Write to those of the public who asked to be told what changed; run it every minute, before sending."""
    count = tell_followers(at=now(), keeping=transaction, reading=filters_of)
    click.echo(ngettext("%(num)d alerte écrite.", "%(num)d alertes écrites.", count))


@click.command("serve")
@_host
@_port
@click.option(
    "--letters/--no-letters", "with_letters", default=True, help="Send letters as they come."
)
def serve(host: str, port: int, with_letters: bool) -> None:  # an option of a command
    """Serve the site with waitress."""
    services.check_catalogues(_catalogues())
    with services.hold(host, port) as held:
        _serve(current_app._get_current_object(), held, host, port, with_letters=with_letters)  # type: ignore[attr-defined]  # the threads need the site itself


def _catalogues() -> Path:
    return Path(current_app.root_path, "translations")


def _serve(site: Flask, held: socket.socket, host: str, port: int, *, with_letters: bool) -> None:
    services.check_database()
    # Reading ends here: nothing is held while the site is served.
    db.session.remove()
    server = services.listen(site, held, settings=current_settings())
    here = f"http://{_EVERYWHERE.get(host, f'[{host}]' if ':' in host else host)}:{port}"
    click.echo(f"fete {__version__} est servi sur {here} (Ctrl-C pour arrêter).")
    if current_settings().public_address != here:
        click.echo(f"Son adresse publique\u00a0: {current_settings().public_address}")
    if with_letters:
        with services.letters_leaving(site.app_context):
            services.serve_until_stopped(server)
    else:
        services.serve_until_stopped(server)


@click.command("start")
@_host
@_port
@click.option(
    "--demo/--no-demo",
    "with_demo",
    default=True,
    help="Fill an empty database, on one's own machine.",
)
@click.pass_context
def start(context: click.Context, host: str, port: int, with_demo: bool) -> None:
    """Prepare everything that is missing, then serve the site: what `make run` does."""
    folder = instance_folder()
    if file := services.write_first_settings(folder):
        click.echo(f"{file} est écrit.")
    chosen = read_settings(folder)
    is_own_machine = chosen.mode is not Mode.PRODUCTION
    default = next(item.default for item in fields(Settings) if item.name == "public_address")
    if is_own_machine and chosen.public_address == default:
        # Nobody said where the site is: links in letters lead to where it is served.
        os.environ["FETE_PUBLIC_ADDRESS"] = f"http://{_EVERYWHERE.get(host, host)}:{port}"
    site = context.ensure_object(ScriptInfo).load_app()
    # The port first: nobody waits for a whole preparation to learn that it is taken.
    with services.hold(host, port) as held, site.app_context():
        services.check_catalogues(_catalogues())
        flask_migrate.upgrade()
        _load_lists()
        if is_own_machine and with_demo and not editions():
            context.invoke(demo_cli.demo)
        _serve(site, held, host, port, with_letters=True)
