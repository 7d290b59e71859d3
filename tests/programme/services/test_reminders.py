"""The end of a call is reminded to those it concerns, once."""

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from fete.core.clock import from_paris, now
from fete.core.db import db as database, transaction
from fete.mailing.models import Channel, Topic
from fete.mailing.services import choose
from fete.network.models import Membership, MembershipState
from fete.programme.models import CallReminder, EditionState
from fete.programme.services.reminders import remind_of_calls
from fete.programme.workflow import Status
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.letters import compare

DRAFT = Status.DRAFT


def day(month: int, number: int) -> datetime:
    return from_paris(date(2026, month, number), time(7))


def remind(at: datetime) -> int:
    database.session.commit()
    return remind_of_calls(at=at, keeping=transaction)


def took_part(organisation, status=Status.PUBLISHED):
    return make_activity(edition=make_edition(2025), organisation=organisation, status=status)


def told(letters) -> list[tuple[str, int | None, Topic | None, str]]:
    return [(each.kind, each.person_id, each.topic, each.page) for each in letters()]


def test_one_letter_gathers_all_the_structures_of_a_person(db, letters, samples):
    ada = make_user(name="Ada Dubois", email="ada@example.org")
    stars, museum = (
        make_organisation(ada, name="Les Étoiles du Gers"),
        make_organisation(ada, name="Musée & jardin"),
    )
    make_activity(status=DRAFT, organisation=stars, title="Nuit noire & étoiles")
    make_activity(status=DRAFT, organisation=stars, title="")
    took_part(museum)
    took_part(stars)
    assert remind(day(4, 16)) == 1
    (letter,) = letters()
    compare(letter, samples, "programme/call_closing")
    assert told(letters) == [("programme/call_closing", ada.id, Topic.REMINDERS, "/mes-activites")]


def test_it_is_reminded_fourteen_seven_and_one_day_before_and_never_twice(db, letters):
    make_activity(status=DRAFT, organisation=make_organisation(make_user()))
    days = [(4, 15), (4, 16), (4, 16), (4, 17), (4, 23), (4, 24), (4, 29), (4, 30), (5, 1)]
    assert [remind(day(*each)) for each in days] == [0, 1, 0, 0, 1, 0, 1, 0, 0]
    assert [each.subject for each in letters()] == [
        "Appel à participation : plus que 14 jours",
        "Appel à participation : plus que 7 jours",
        "Appel à participation : plus qu’un jour",
    ]
    found = database.session.scalars(select(CallReminder.days_before).order_by(CallReminder.id))
    assert list(found) == [14, 7, 1]


@pytest.mark.parametrize(
    ("days", "counts", "last"),
    [
        ([(4, 18)], [1], "plus que 12 jours"),
        ([(4, 26), (4, 27)], [1, 0], "plus que 4 jours"),
        ([(4, 30)], [1], "dernier jour"),
    ],
)
def test_a_reminder_that_was_missed_is_made_up_for_unless_the_next_is_due(
    db, letters, days, counts, last
):
    make_activity(status=DRAFT, organisation=make_organisation(make_user()))
    assert [remind(day(*each)) for each in days] == counts
    assert letters()[-1].subject.endswith(last)


@pytest.mark.parametrize("state", [EditionState.PREPARED, EditionState.CLOSED])
def test_a_call_that_is_not_open_is_not_reminded(db, letters, state):
    make_activity(status=DRAFT, organisation=make_organisation(make_user()))
    make_edition().state = state
    assert remind(day(4, 16)) == 0
    assert letters() == []


def test_only_those_it_concerns_are_written_to(db, letters):
    people = {
        name: make_user()
        for name in ("drafting", "silent", "done", "never", "refused last", "asked", "erased")
    }
    structures = {
        name: make_organisation(*([] if name in {"asked", "erased"} else [person]))
        for name, person in people.items()
    }
    structures["asked"].memberships.append(
        Membership(person=people["asked"], state=MembershipState.REQUESTED, asked_at=now())
    )
    structures["erased"].memberships.append(
        Membership(person=people["erased"], state=MembershipState.ACTIVE, asked_at=now())
    )
    people["erased"].erased_at = now()
    make_activity(status=DRAFT, organisation=structures["drafting"])
    for name in ("silent", "done"):
        took_part(structures[name])
    took_part(structures["refused last"], Status.REFUSED)
    make_activity(status=Status.SUBMITTED, organisation=structures["done"])
    for name in ("asked", "erased"):
        make_activity(status=DRAFT, organisation=structures[name])
    # It took part long ago, but not in the last edition.
    make_activity(edition=make_edition(2024), organisation=structures["never"])
    assert remind(day(4, 16)) == 2
    assert {each.person_id for each in letters()} == {people["drafting"].id, people["silent"].id}


def test_a_merged_structure_is_not_called_back(db, letters):
    gone = make_organisation(make_user())
    took_part(gone)
    gone.merged_into_id = make_organisation().id
    assert remind(day(4, 16)) == 0


def test_who_refused_reminders_reads_them_on_the_site_only(db, letters):
    ada = make_user()
    choose(ada.id, {Topic.REMINDERS: Channel.SITE})
    make_activity(status=DRAFT, organisation=make_organisation(ada))
    assert remind(day(4, 16)) == 1
    (letter,) = letters()
    assert (letter.channel, letter.try_at) == (Channel.SITE, None)
