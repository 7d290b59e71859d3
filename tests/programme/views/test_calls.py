"""A call that closes while one writes: what was begun in time is kept, and the person learns what it is worth."""

import json
import re
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from fete.core.clock import PARIS
from fete.programme.models import Activity, EditionState
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition

KEY = "0b0e7f39-44f5-4b4f-8a7e-3b6f0a1d2c3e"
# The call of 2026 ends on 30 April, that day included.
LAST_EVENING = datetime(2026, 4, 30, 23, 58, tzinfo=PARIS)
MIDNIGHT = datetime(2026, 5, 1, 0, 0, tzinfo=PARIS)


@pytest.fixture
def person(db):
    return make_user()


@pytest.fixture
def organisation(person):
    make_edition()
    return make_organisation(person)


@pytest.fixture
def member(clock, sign_in, person, organisation):
    clock.move_to(LAST_EVENING)
    return sign_in(person)


def there(organisation):
    return f"/mes-activites/structures/{organisation.id}/declarer"


def mark_in(page):
    found = re.search(r'name="call"[^>]*value="([^"]*)"', page)
    assert found
    return found[1]


def send(browser, organisation, mark, *, key=KEY, follow=False):
    sent = {"kind": "workshop", "title": "Juste à temps", "form_key": key, "call": mark}
    return browser.send(there(organisation), sent, follow=follow)


def kept(db):
    return db.session.scalars(select(Activity)).all()


def test_what_arrives_on_the_last_second_is_an_ordinary_draft(member, organisation, clock, db):
    mark = mark_in(member.get(there(organisation)).text)
    clock.move_to(MIDNIGHT - timedelta(seconds=1))
    answer = send(member, organisation, mark)
    (activity,) = kept(db)
    assert answer.location.endswith(f"/{activity.id}/pour-qui")
    assert [entry.act for entry in history_of(activity)] == ["activity.declared"]


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=48) - timedelta(seconds=1)])
def test_what_arrives_once_the_call_is_closed_is_kept_and_cannot_be_deposited(
    member, organisation, clock, db, late, sign_in, person
):
    mark = mark_in(member.get(there(organisation)).text)
    clock.move_to(MIDNIGHT + late)
    member = sign_in(person)
    page = send(member, organisation, mark, follow=True).text.replace("\u00a0", " ")
    (activity,) = kept(db)
    assert (activity.status, activity.title) == (Status.DRAFT, "Juste à temps")
    assert [entry.act for entry in history_of(activity)] == ["activity.declared_late"]
    assert "L’appel à participation s’est terminé pendant que vous écriviez." in page
    assert "écrivez à la coordination de votre département (Gers)." in page
    assert "on ne peut plus déposer pour cette édition" in page
    send(member, organisation, mark)
    assert len(kept(db)) == 1
    # It can be gone on with, not deposited.
    here = f"/mes-activites/{activity.id}"
    assert member.send(f"{here}/moyens", {"expected_visitors": "30"}).status_code == 302
    member.send(f"{here}/deposer")
    assert [each.status for each in kept(db)] == [Status.DRAFT]


def test_a_complete_draft_is_refused_at_the_deposit_in_words(member, organisation, clock, db):
    activity = make_activity(status=Status.DRAFT, organisation=organisation)
    clock.move_to(MIDNIGHT)
    answer = member.send(f"/mes-activites/{activity.id}/deposer", follow=True)
    assert "clos" in answer.text
    assert kept(db)[0].status is Status.DRAFT


def test_two_days_after_it_is_too_late_for_anything(
    member, organisation, clock, db, sign_in, person
):
    mark = mark_in(member.get(there(organisation)).text)
    clock.move_to(MIDNIGHT + timedelta(hours=48))
    member = sign_in(person)
    assert "n’est pas ouvert" in send(member, organisation, mark).text
    assert kept(db) == []


def test_a_form_never_shown_in_time_is_refused(member, organisation, clock, db, sign_in):
    page = member.get(there(organisation)).text
    other = make_user()
    theirs = make_organisation(other)
    clock.move_to(MIDNIGHT)
    for browser, where, mark in (
        (member, organisation, ""),
        (member, organisation, mark_in(page)[:-2] + "xx"),
        (sign_in(other), theirs, mark_in(page)),
    ):
        assert "n’est pas ouvert" in send(browser, where, mark).text
    assert kept(db) == []


def test_an_edition_that_was_closed_meanwhile_takes_nothing(member, organisation, clock, db):
    mark = mark_in(member.get(there(organisation)).text)
    clock.move_to(MIDNIGHT)
    make_edition().state = EditionState.CLOSED
    assert "n’est pas ouvert" in send(member, organisation, mark).text
    assert kept(db) == []


def test_an_error_corrected_after_midnight_is_not_lost_either(member, organisation, clock, db):
    mark = mark_in(member.get(there(organisation)).text)
    clock.move_to(MIDNIGHT)
    refused = member.send(
        there(organisation), {"kind": "workshop", "title": "", "form_key": KEY, "call": mark}
    )
    assert 'href="#title"' in refused.text
    send(member, organisation, mark_in(refused.text))
    assert [activity.title for activity in kept(db)] == ["Juste à temps"]


def test_what_was_only_begun_before_midnight_is_shown_after(member, organisation, clock, db):
    page = member.get(there(organisation)).text
    pairs = [["title", "À peine commencé"], ["form_key", KEY], ["call", mark_in(page)]]
    member.send("/mon-compte/brouillons", {"page": there(organisation), "typed": json.dumps(pairs)})
    clock.move_to(MIDNIGHT)
    page = member.get(there(organisation)).text
    assert 'value="À peine commencé"' in page
    send(member, organisation, mark_in(page))
    assert len(kept(db)) == 1
    assert "n’est pas ouvert" in member.get(there(organisation)).text


def test_what_was_sent_after_all_is_not_offered_again(member, organisation, db):
    page = member.get(there(organisation)).text
    send(member, organisation, mark_in(page))
    pairs = [["title", "Juste à temps"], ["form_key", KEY], ["call", mark_in(page)]]
    member.send("/mon-compte/brouillons", {"page": there(organisation), "typed": json.dumps(pairs)})
    page = member.get(there(organisation)).text
    assert KEY not in page
    assert "Juste à temps" not in page


def test_a_coordinator_declares_as_before(sign_in, organisation, clock, db):
    clock.move_to(MIDNIGHT + timedelta(days=10))
    coordinator = sign_in(make_coordinator("32"))
    answer = send(coordinator, organisation, "")
    (activity,) = kept(db)
    assert answer.location.endswith(f"/{activity.id}/pour-qui")
    assert [entry.act for entry in history_of(activity)] == ["activity.declared"]


def test_a_call_that_crosses_a_change_of_clocks_ends_at_midnight_in_paris(
    sign_in, person, clock, db
):
    edition = make_edition(2027, call_opens_on=date(2026, 9, 1), call_closes_on=date(2026, 10, 24))
    organisation = make_organisation(person)
    evening = datetime.combine(edition.call_closes_on, time(23, 59), PARIS)
    clock.move_to(evening)
    member = sign_in(person)
    mark = mark_in(member.get(there(organisation)).text)
    # Forty-eight hours by the clock on the wall are forty-nine that night.
    clock.move_to(datetime(2026, 10, 26, 22, 59, tzinfo=PARIS))
    member = sign_in(person)
    send(member, organisation, mark)
    assert [entry.act for entry in history_of(kept(db)[0])] == ["activity.declared_late"]
