"""Load the lists of words: rename and retire, never delete."""

import csv
from pathlib import Path

from sqlalchemy import select

from fete.core.db import db
from fete.vocabulary.models import Term, TermList

_TERMS = Path(__file__).parent / "data" / "terms.csv"
_FLAGS = ("is_container", "is_lab_open_day", "counts_apart")


def load_terms() -> None:
    """Give every list the words of `data/terms.csv`; a word that is not there any more is retired.

    The same file twice changes nothing.
    """
    standing = {(term.list, term.code): term for term in db.session.scalars(select(Term))}
    with _TERMS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = TermList(row["list"]), row["code"]
            term = standing.pop(key, None) or Term(list=key[0], code=key[1])
            _rewrite(term, row)
            db.session.add(term)
    for gone in standing.values():
        gone.is_retired = True
    db.session.flush()


def _rewrite(term: Term, row: dict[str, str]) -> None:
    flags = row["flags"].split()
    if unknown := set(flags) - set(_FLAGS):
        raise ValueError(f"{row['list']} {row['code']}: unknown flag {unknown}")
    term.label_fr = row["label_fr"]
    term.label_en = row["label_en"]
    term.position = int(row["position"])
    term.group = row["group"]
    term.is_retired = False
    for flag in _FLAGS:
        setattr(term, flag, flag in flags)
