"""`python -m fete`, and the `fete` command."""

import sys

import click
from flask.cli import FlaskGroup, ScriptInfo
from sqlalchemy.exc import OperationalError, ProgrammingError

from fete import __version__
from fete.app import create_app
from fete.core.errors import FeteError, SettingsError
from fete.operation import cli


class Commands(FlaskGroup):
    """The commands of the site; those that mend the settings, and the help, do without valid ones."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, of those alone that need no settings when these are refused."""
        try:
            ctx.ensure_object(ScriptInfo).load_app()
        except SettingsError as error:
            click.echo(f"{error}\n", err=True)
            self._load_plugin_commands()
            return sorted(self.commands)
        return super().list_commands(ctx)


def main() -> None:
    """Run a command of the site; what it refuses is told in one line, and the status is 1."""
    commands = Commands(
        create_app=create_app,
        name="fete",
        add_version_option=False,
        params=[version_option()],
        help="Run and look after a site of the Fête de la science.",
    )
    for command in (cli.settings, cli.start):
        commands.add_command(command)
    try:
        commands()
    except FeteError as error:
        click.echo(f"fete\u00a0: {error}", err=True)
        sys.exit(1)
    except (OperationalError, ProgrammingError) as error:
        # A database that is away, or that migrations have not reached: for whoever runs the site to mend.
        click.echo(
            f"fete\u00a0: La base de données ne répond pas comme il faut\u00a0: {error.orig}. "
            "Vérifiez son adresse, puis lancez «\u00a0fete db upgrade\u00a0».",
            err=True,
        )
        sys.exit(1)


def version_option() -> click.Option:
    """Return `--version`."""

    def tell(
        ctx: click.Context, _option: click.Parameter, value: bool
    ) -> None:  # as click calls it
        if value and not ctx.resilient_parsing:
            click.echo(f"fete {__version__}")
            ctx.exit()

    return click.Option(
        ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=tell
    )


if __name__ == "__main__":
    main()
