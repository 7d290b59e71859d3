"""Commands for the lists of words."""

import click

from fete.core.db import transaction
from fete.vocabulary.services import load_terms


@click.group("vocabulary")
def vocabulary() -> None:
    """Keep the lists of words: kinds, themes, publics, school levels."""


@vocabulary.command("load")
def load() -> None:
    """Load or renew the lists of words; the same lists twice change nothing."""
    with transaction():
        load_terms()
    click.echo("Les listes de mots sont à jour.")
