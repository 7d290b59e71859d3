"""Make people of the public who follow something, as if they had confirmed it."""

from urllib.parse import urlencode

from fete.alerts.forms import filters_of
from fete.alerts.models import Follow
from fete.alerts.queries import find_by_address
from fete.alerts.services import Subject, confirm, follow
from fete.core.clock import now
from fete.core.db import db
from fete.mailing.models import Letter
from fete.programme.models import Activity
from tests.factories.programme import make_edition

ADA = "ada@example.org"


def make_follow(
    subject: Activity | dict[str, str],
    email: str = ADA,
    *,
    language: str = "fr",
    wants_new: bool = False,
    is_confirmed: bool = True,
) -> Follow:
    """Give what somebody follows: an activity, or a search of 2026 by its parameters; the letter that asked is gone."""
    follow(subject_of(subject), email=email, language=language, at=now())
    follower = find_by_address(email)
    assert follower is not None
    made = follower.follows[-1]
    if is_confirmed:
        confirm(
            follower.key,
            made.id,
            reading=filters_of,
            wants_new=wants_new,
            language=language,
            at=now(),
        )
    for letter in db.session.query(Letter).filter_by(to_address=email):
        db.session.delete(letter)
    db.session.flush()
    return made


def subject_of(subject: Activity | dict[str, str]) -> Subject:
    """Give what a follow is about."""
    if isinstance(subject, Activity):
        return Subject(edition_id=subject.edition_id, activity_id=subject.id, label=subject.title)
    return Subject(
        edition_id=make_edition().id, search=urlencode(subject), label="Ateliers dans le Gers"
    )
