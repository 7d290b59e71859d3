"""Write the daily letter: at most one a day to a person, and none when there is nothing to say."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, time

from fete.accounts.models import User
from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.queries import hold_person
from fete.core.clock import day_bounds, to_paris
from fete.dashboard import mails
from fete.dashboard.queries.home import Desk, desk_of, people_of_the_day, still_concerning
from fete.mailing.models import Channel, Topic
from fete.mailing.queries import choices_of, had_digest, letters_for_digest
from fete.mailing.services import mark_digested

# When the daily letter is written, on the clocks of Paris; later when nothing ran then.
HOUR = time(7)


def write_daily_letters(
    *, at: datetime, keeping: Callable[[], AbstractContextManager[None]]
) -> int:
    """Write to each person the letter of the day inside `keeping()`, a transaction each; return how many there are.

    Run twice, or by two machines at once, it writes once.
    """
    written = 0
    for number in people_of_the_day():
        with keeping():
            written += _write_to(number, at=at)
    return written


def _write_to(number: int, *, at: datetime) -> bool:
    # Held until the letter is kept: whoever comes to write it at the same time waits, then finds it written.
    person = hold_person(number)
    since, _until = day_bounds(to_paris(at).date())
    if person is None or had_digest(number, since=since):
        return False
    waiting = letters_for_digest(number)
    letters = still_concerning(person, waiting)
    mark_digested(waiting, at=at)
    desk = desk_of(territory_of(person), at=at) if _wants_desk(person) else None
    if not letters and (desk is None or desk.is_empty):
        return False
    mails.tell_of_the_day(person, letters=letters, desk=_unless_empty(desk), at=at)
    return True


def _unless_empty(desk: Desk | None) -> Desk | None:
    return None if desk is None or desk.is_empty else desk


def _wants_desk(person: User) -> bool:
    """Whether the person coordinates, and chose the daily letter or nothing yet."""
    return is_coordinator(person) and choices_of(person.id).get(Topic.REVIEW, Channel.DIGEST) is (
        Channel.DIGEST
    )
