"""How the parts of the breakdowns are called, in the order in which people read them."""

from collections.abc import Sequence
from datetime import date
from threading import Lock

from sqlalchemy import or_, select

from fete.core.db import db
from fete.core.i18n import current_language
from fete.core.kept import Remembered
from fete.core.templating import day
from fete.figures.rules import NAMELESS
from fete.geography.models import Commune, Departement
from fete.programme.queries.standing import latest, names_stand
from fete.vocabulary.models import Term, TermList

# The lists of words that some breakdowns part by.
LISTS = {
    "kind": TermList.KIND,
    "family": TermList.FAMILY,
    "theme": TermList.THEME,
    "audience": TermList.AUDIENCE,
    "level": TermList.LEVEL,
}
_Labels = dict[str | None, str]
_labels = Remembered(200)
# Up to which change names are known to stand, and since which one.
_stood = ("", "")
_lock = Lock()


def labels_of(name: str, codes: set[str | None], *, region: str) -> _Labels:
    """Return the name of each code in the order in which people read them; what has none comes last.

    Names change with the words and the places of all, figures with each report: each worker reads them once.
    """
    known = sorted(filter(None, codes))
    key = (_since(), name, region, current_language(), *known)
    kept = _labels.give(key, lambda: _read(name, known, region=region))
    return {**kept, None: str(NAMELESS[name])}


def _since() -> str:
    """Return the token since which names stand: what somebody else reads meanwhile of other names is under another."""
    global _stood  # noqa: PLW0603  # one for the process
    token = latest()
    with _lock:
        followed, since = _stood
        if token != followed:
            _stood = token, since if names_stand(followed, token) else token
        return _stood[1]


def forget_labels() -> None:
    """Forget the names that this process keeps."""
    _labels.forget()


def _read(name: str, known: Sequence[str], *, region: str) -> _Labels:
    found: _Labels
    match name:
        case "day":
            found = {each: day_label(each) for each in known}
        case "departement":
            of_region = or_(Departement.region_code == region, Departement.code.in_(known))
            departements = select(Departement).where(of_region).order_by(Departement.code)
            found = {each.code: each.name for each in db.session.scalars(departements)}
        case "commune":
            communes = select(Commune.code, Commune.name).where(Commune.code.in_(known))
            rows = db.session.execute(communes.order_by(Commune.search, Commune.code))
            found = {row.code: row.name for row in rows}
        case _:
            terms = select(Term).where(Term.list == LISTS[name], Term.code.in_(known))
            found_terms = db.session.scalars(terms.order_by(Term.position, Term.code))
            found = {each.code: each.label for each in found_terms}
    return found


def day_label(code: str) -> str:
    """Return how people write the day that ISO writes so."""
    return day(date.fromisoformat(code))
