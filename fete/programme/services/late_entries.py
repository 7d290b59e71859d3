"""Let a structure declare and deposit after the end of the call, and take that back."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from fete.accounts.models import User
from fete.core.clock import to_paris
from fete.core.db import db
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.core.templating import day
from fete.journal.services import record
from fete.network.models import Organisation
from fete.programme import mails
from fete.programme.models import Edition, EditionState, LateEntry
from fete.programme.queries.editions import late_entry_of


def grant_late_entry(
    edition: Edition,
    organisation: Organisation,
    *,
    until: date,
    reason: str,
    by: User,
    at: datetime,
) -> LateEntry:
    """Let the structure declare and deposit until this day; said again, the day and the reason are renewed.

    Its members get a letter, unless nothing changed.
    """
    if edition.state is not EditionState.OPEN:
        raise RuleBrokenError(_("Seule une édition ouverte reçoit des dépôts."))
    if until < to_paris(at).date() or until <= edition.call_closes_on:
        raise RuleBrokenError(
            _("Choisissez un jour à venir, après la fin de l’appel."), field="until"
        )
    if until > edition.ends_on:
        raise RuleBrokenError(_("L’édition sera finie ce jour-là."), field="until")
    entry = late_entry_of(edition, organisation)
    if entry is not None and (entry.until, entry.reason) == (until, reason):
        return entry
    if entry is None:
        entry = _begun(edition, organisation, until=until, by=by, at=at)
    entry.until, entry.reason = until, reason
    entry.granted_by_id, entry.granted_at = by.id, at
    db.session.flush()
    db.session.expire(edition, ["late_entries"])
    detail = _(
        "%(name)s, jusqu’au %(day)s. %(reason)s",
        name=organisation.name,
        day=day(until),
        reason=reason,
    )
    record("edition.late_entry_granted", on=edition, person_id=by.id, at=at, detail=detail.strip())
    mails.tell_of_late_entry(entry, by=by, at=at)
    return entry


def revoke_late_entry(entry: LateEntry, *, by: User, at: datetime) -> None:
    """Take the exception back: what was deposited stays deposited. Its members get a letter."""
    edition, organisation = entry.edition, entry.organisation
    db.session.delete(entry)
    db.session.flush()
    db.session.expire(edition, ["late_entries"])
    record(
        "edition.late_entry_revoked",
        on=edition,
        person_id=by.id,
        at=at,
        detail=organisation.name,
    )
    mails.tell_of_late_entry_revoked(edition, organisation, by=by, at=at)


def _begun(
    edition: Edition, organisation: Organisation, *, until: date, by: User, at: datetime
) -> LateEntry:
    entry = LateEntry(
        edition_id=edition.id,
        organisation_id=organisation.id,
        until=until,
        granted_by_id=by.id,
        granted_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(entry)
    except IntegrityError as error:
        raise RuleBrokenError(
            _("Quelqu’un vient d’accorder un délai à cette structure : rechargez la page.")
        ) from error
    return entry
