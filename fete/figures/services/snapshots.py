"""Freeze the figures of an edition, publish what was frozen, and take it off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import func, select

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import DEFAULT, LANGUAGES, gettext as _
from fete.figures.arithmetic import canonical, digest_of, frozen_estimate, frozen_totals
from fete.figures.models import Snapshot
from fete.figures.queries import EditionFigures, Part, figures_of
from fete.figures.queries.labels import LISTS
from fete.figures.rules import definitions
from fete.journal.services import record
from fete.programme.models import Edition
from fete.programme.queries.standing import hold_still
from fete.reports.models import ReportVersion
from fete.vocabulary.models import Term

# Changes whenever what is frozen is written otherwise.
_FORMAT = 1
# Frozen figures name a role: the person is in the journal.
_AUTHOR = "La coordination régionale"


def freeze(
    edition: Edition,
    *,
    number: int,
    reason: str,
    region: str,
    by: User | None,
    at: datetime,
) -> Snapshot:
    """Keep the figures of an edition as they stand, with their definitions, under the next number.

    From the second on, the reason says what it corrects. Raise `StaleError` if somebody froze under that number
    meanwhile, and `RuleBrokenError` if there is nothing to freeze or no reason.
    """
    # Held, so that of two people who press at once one freezes.
    db.session.execute(select(Edition.id).where(Edition.id == edition.id).with_for_update())
    # Nothing that figures are made of is kept until this is: what they know, and what comes after, part here.
    hold_still()
    if number != next_number(edition):
        raise StaleError
    if number > 1 and not reason:
        raise RuleBrokenError(
            _("Dites ce que cette version corrige\u00a0: ce sera publié avec elle."), field="reason"
        )
    figures = figures_of(edition, region=region, at=at)
    if not figures.totals.coverage.validated:
        raise RuleBrokenError(_("Aucun bilan n’est validé\u00a0: il n’y a rien à figer."))
    content = canonical(_content(figures, number=number, reason=reason, region=region, at=at))
    snapshot = Snapshot(
        edition=edition,
        number=number,
        frozen_at=at,
        frozen_by_id=by.id if by else None,
        reason=reason,
        content=content,
        digest=digest_of(content),
    )
    db.session.add(snapshot)
    _record("edition.figures_frozen", snapshot, by=by, at=at)
    db.session.flush()
    return snapshot


def next_number(edition: Edition) -> int:
    """Return the number that the next frozen figures of an edition will bear."""
    latest = select(func.max(Snapshot.number)).where(Snapshot.edition_id == edition.id)
    return (db.session.scalar(latest) or 0) + 1


def publish(snapshot: Snapshot, *, by: User | None, at: datetime) -> None:
    """Show frozen figures to the public, unless they are shown already."""
    if snapshot.published_at is None:
        snapshot.published_at = at
        snapshot.published_by_id = by.id if by else None
        _record("edition.figures_published", snapshot, by=by, at=at)
        db.session.flush()


def unpublish(snapshot: Snapshot, *, by: User, at: datetime) -> None:
    """Show frozen figures to the coordination only, as before they were published."""
    if snapshot.published_at is not None:
        snapshot.published_at = None
        snapshot.published_by_id = None
        _record("edition.figures_withdrawn", snapshot, by=by, at=at)
        db.session.flush()


def _record(act: str, snapshot: Snapshot, *, by: User | None, at: datetime) -> None:
    record(
        act,
        on=snapshot.edition,
        person_id=by.id if by else None,
        at=at,
        detail=_("version %(number)s", number=snapshot.number),
    )


def _content(
    figures: EditionFigures, *, number: int, reason: str, region: str, at: datetime
) -> Mapping[str, Any]:
    edition = figures.edition
    labels = _labels()
    return {
        "format": _FORMAT,
        "edition": {
            "year": edition.year,
            "ordinal": edition.ordinal,
            "starts_on": edition.starts_on.isoformat(),
            "ends_on": edition.ends_on.isoformat(),
            "theme": edition.theme,
            "is_demo": edition.is_demo,
        },
        "region": region,
        "number": number,
        "reason": reason,
        "frozen_at": at.isoformat(),
        "author": _AUTHOR,
        "last_version": db.session.scalar(select(func.max(ReportVersion.id))) or 0,
        "totals": frozen_totals(figures.totals),
        "received": frozen_totals(figures.received),
        "estimate": frozen_estimate(figures.estimate),
        "order": list(figures.breakdowns),
        "breakdowns": {
            name: [_part(part, labels.get(name, {})) for part in parts]
            for name, parts in figures.breakdowns.items()
        },
        "definitions": _definitions(),
    }


def _part(part: Part, labels: Mapping[str, Mapping[str, str]]) -> Mapping[str, Any]:
    return {
        "code": part.code,
        "label": labels.get(part.code or "", {DEFAULT: part.label}),
        "totals": frozen_totals(part.totals),
    }


def _labels() -> dict[str, dict[str, dict[str, str]]]:
    """Return how the words of the lists are called in each language, by breakdown and code."""
    terms: Sequence[Term] = db.session.scalars(
        select(Term).where(Term.list.in_(LISTS.values()))
    ).all()
    return {
        name: {
            term.code: {"fr": term.label_fr, "en": term.label_en}
            for term in terms
            if term.list is of
        }
        for name, of in LISTS.items()
    }


def _definitions() -> dict[str, dict[str, str]]:
    told = {}
    for language in LANGUAGES:
        with force_locale(language):
            told[language] = definitions()
    return told
