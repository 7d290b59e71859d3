"""Hold a letter whole against the one that is expected."""

import re
from pathlib import Path

from fete.mailing.models import Letter


def whole(letter: Letter) -> str:
    """Return the letter as a file holds it: its text, then what is its own in its HTML; numbers and keys by a word."""
    own = letter.html.partition('<div class="letter">')[2].partition("</div>")[0]
    kept = f"""À : {letter.to_name} <{letter.to_address}>
Objet : {letter.subject}

{letter.text}
{"=" * 72}
{own.strip()}
"""
    kept = re.sub(r"(/(?:arreter|confirmer|mes-alertes|bilan)/)[\w.-]+", r"\1CLÉ", kept)
    return re.sub(r"/\d+(?=[-/\"\n])", "/NUMÉRO", kept)


def compare(letter: Letter, samples: Path, name: str) -> None:
    """Hold the letter against the expected file of this name."""
    assert whole(letter) == (samples / "letters" / f"{name}.txt").read_text("utf-8")
