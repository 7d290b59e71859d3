"""Write to a group as it stands at this moment."""

from datetime import datetime

from fete.accounts.models import User
from fete.core.errors import StaleError
from fete.dashboard.queries.groups import Scope, audience_of
from fete.dashboard.rules import MANNERS, Group
from fete.programme.mails import CircularWords
from fete.programme.models import Circular
from fete.programme.queries.circulars import circular_sent_by
from fete.programme.services.circulars import send_circular


def write_to_group(
    group: Group,
    scope: Scope,
    words: CircularWords,
    *,
    audience: str,
    seen: int,
    form_key: str,
    with_copy: bool,
    by: User,
    at: datetime,
) -> Circular:
    """Return what was written to each person of a group; raise `StaleError` when it counts not as many as were `seen`."""
    known = circular_sent_by(form_key)
    if known is not None and known.by_id == by.id:
        return known
    readers = audience_of(group, scope, at=at).readers
    if len(readers) != seen:
        raise StaleError
    return send_circular(
        readers,
        words,
        audience=audience,
        topic=MANNERS[group].topic,
        form_key=form_key,
        with_copy=with_copy,
        by=by,
        at=at,
    )
