"""Read the lists of words."""

from collections.abc import Sequence

from sqlalchemy import select

from fete.core.db import db
from fete.vocabulary.models import Term, TermList


def terms_of(of: TermList) -> Sequence[Term]:
    """Return the words of a list that are in use, in their order."""
    statement = (
        select(Term)
        .where(Term.list == of, Term.is_retired.is_(False))
        .order_by(Term.position, Term.code)
    )
    return db.session.scalars(statement).all()


def find_term(of: TermList, code: str) -> Term | None:
    """Return the word of a list that has this code, in use or retired."""
    return db.session.scalars(select(Term).where(Term.list == of, Term.code == code)).one_or_none()


def terms_by_code(of: TermList) -> dict[str, Term]:
    """Return every word of a list under its code, the retired ones too: what is old still bears them."""
    statement = select(Term).where(Term.list == of).order_by(Term.position, Term.code)
    return {term.code: term for term in db.session.scalars(statement)}
