"""How the parts of the breakdowns are called, in the order in which people read them."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from sqlalchemy import or_, select

from fete.core.db import db
from fete.core.i18n import current_language
from fete.core.templating import day
from fete.figures.rules import NAMELESS
from fete.geography.models import Commune, Departement
from fete.programme.queries.standing import names_stand, standing
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
_MOST_KEPT = 200


@dataclass(slots=True)
class _Kept:
    """What a worker read last, and the token under which it still holds."""

    token: str = ""
    labels: OrderedDict[Hashable, _Labels] = field(default_factory=OrderedDict)


_kept = _Kept()
_lock = Lock()


def labels_of(name: str, codes: set[str | None], *, region: str) -> _Labels:
    """Return the name of each code in the order in which people read them; what has none comes last.

    Names change with the words and the places of all, figures with each report: each worker reads them once.
    """
    known, token = sorted(filter(None, codes)), standing()
    key = (name, region, current_language(), *known)
    with _lock:
        if token != _kept.token:
            if not names_stand(_kept.token, token):
                _kept.labels.clear()
            _kept.token = token
        if key not in _kept.labels:
            _kept.labels[key] = _read(name, known, region=region)
        _kept.labels.move_to_end(key)
        if len(_kept.labels) > _MOST_KEPT:
            _kept.labels.popitem(last=False)
        return {**_kept.labels[key], None: str(NAMELESS[name])}


def forget_labels() -> None:
    """Forget the names that this process keeps."""
    with _lock:
        _kept.labels.clear()


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
