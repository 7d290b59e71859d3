"""`python -m fete`, and the `fete` command."""

from flask.cli import FlaskGroup

from fete.app import create_app


def main() -> None:
    """Run a command of the site."""
    FlaskGroup(create_app=create_app, add_default_commands=True, name="fete")()


if __name__ == "__main__":
    main()
