"""A structure may come late by exception: it alone, until its day, as long as nobody takes it back."""

from datetime import date, datetime, time

import pytest

from fete.core.clock import from_paris
from fete.core.errors import RuleBrokenError
from fete.mailing.models import Topic
from fete.programme.models import EditionState
from fete.programme.queries.editions import (
    calls_open_to,
    late_entries_for,
    late_entries_of,
)
from fete.programme.rules import deposit_is_open, may_declare
from fete.programme.services.activities import declare
from fete.programme.services.late_entries import grant_late_entry, revoke_late_entry
from fete.programme.services.review import take_step
from fete.programme.workflow import Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, term
from tests.letters import compare


def may(number: int) -> datetime:
    return from_paris(date(2026, 5, number), time(10))


UNTIL = date(2026, 5, 20)


@pytest.fixture
def ada(db):
    return make_user(name="Ada Dubois", email="ada@example.org")


@pytest.fixture
def region(db):
    return make_coordinator(name="Camille Roux")


@pytest.fixture
def stars(ada):
    return make_organisation(ada, name="Les Étoiles du Gers")


def grant(organisation, region, *, until=UNTIL, reason="Le bâtiment était fermé.", at=None):
    return grant_late_entry(
        make_edition(), organisation, until=until, reason=reason, by=region, at=at or may(5)
    )


def start(organisation, by, at, key):
    return declare(
        organisation=organisation,
        edition=make_edition(),
        form_key=key,
        by=by,
        at=at,
        kind=term("kind", "workshop"),
        title="Tardive",
    )


def test_the_structure_declares_and_deposits_until_its_day_and_no_other_does(ada, region, stars):
    other = make_organisation(ada)
    draft = make_activity(status=Status.DRAFT, organisation=stars)
    refused = make_activity(status=Status.DRAFT, organisation=other)
    grant(stars, region)
    for organisation, day, holds in (
        (stars, 5, True),
        (stars, 20, True),
        (stars, 21, False),
        (other, 5, False),
    ):
        today = date(2026, 5, day)
        assert may_declare(make_edition(), organisation.id, today) is holds
        assert list(calls_open_to(organisation, today)) == ([make_edition()] if holds else [])
    assert start(stars, ada, may(20), "1").title == "Tardive"
    with pytest.raises(RuleBrokenError):
        start(stars, ada, may(21), "2")
    with pytest.raises(RuleBrokenError):
        start(other, ada, may(5), "3")
    assert not deposit_is_open(refused, date(2026, 5, 5))
    take_step(draft, Step.SUBMIT, by=ada, at=may(20))
    assert draft.status is Status.SUBMITTED
    with pytest.raises(RuleBrokenError):
        take_step(refused, Step.SUBMIT, by=ada, at=may(5))


def test_its_members_learn_it_and_the_same_said_twice_is_written_once(
    ada, region, stars, letters, samples
):
    for _each in range(2):
        grant(stars, region)
    (letter,) = letters()
    compare(letter, samples, "programme/late_entry")
    assert (letter.person_id, letter.topic) == (ada.id, Topic.DECISIONS)
    assert letter.page == f"/mes-activites/structures/{stars.id}/declarer"
    grant(stars, region, until=date(2026, 5, 25))
    assert len(letters()) == 2
    (entry,) = late_entries_of(make_edition())
    assert (entry.until, entry.granted_by_id) == (date(2026, 5, 25), region.id)
    assert [(each.act, each.detail) for each in history_of(make_edition())] == [
        (
            "edition.late_entry_granted",
            f"Les Étoiles du Gers, jusqu’au {day}. Le bâtiment était fermé.",
        )
        for day in ("lundi 25 mai 2026", "mercredi 20 mai 2026")
    ]


def test_taken_back_it_opens_nothing_and_what_was_deposited_stays(
    ada, region, stars, letters, samples
):
    entry = grant(stars, region)
    draft = make_activity(status=Status.DRAFT, organisation=stars)
    take_step(draft, Step.SUBMIT, by=ada, at=may(6))
    revoke_late_entry(entry, by=region, at=may(7))
    compare(letters()[-1], samples, "programme/late_entry_revoked")
    assert late_entries_of(make_edition()) == []
    assert not may_declare(make_edition(), stars.id, date(2026, 5, 7))
    assert draft.status is Status.SUBMITTED
    assert history_of(make_edition())[0].act == "edition.late_entry_revoked"


@pytest.mark.parametrize(
    ("until", "at", "state"),
    [
        (date(2026, 4, 30), may(5), EditionState.OPEN),
        (date(2026, 5, 4), may(5), EditionState.OPEN),
        (date(2026, 10, 13), may(5), EditionState.OPEN),
        (UNTIL, may(5), EditionState.CLOSED),
        (UNTIL, may(5), EditionState.PREPARED),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(region, stars, letters, until, at, state):
    make_edition().state = state
    with pytest.raises(RuleBrokenError):
        grant(stars, region, until=until, at=at)
    assert (late_entries_of(make_edition()), letters()) == ([], [])


def test_closing_the_edition_ends_every_exception(ada, region, stars):
    grant(stars, region)
    make_edition().state = EditionState.CLOSED
    assert not may_declare(make_edition(), stars.id, date(2026, 5, 5))
    assert list(calls_open_to(stars, date(2026, 5, 5))) == []
    assert late_entries_for(ada, date(2026, 5, 5)) == []


def test_a_person_is_told_of_the_exceptions_of_their_structures(ada, region, stars):
    entry = grant(stars, region)
    grant(make_organisation(make_user()), region)
    assert late_entries_for(ada, date(2026, 5, 20)) == [entry]
    assert late_entries_for(ada, date(2026, 5, 21)) == []
    assert late_entries_for(region, date(2026, 5, 20)) == []
