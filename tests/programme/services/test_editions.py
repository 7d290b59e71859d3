"""Opening, describing and closing editions."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from fete.core.clock import now
from fete.core.errors import RuleBrokenError, StaleError
from fete.programme.models import Edition, EditionState
from fete.programme.services.editions import (
    close_edition,
    describe_edition,
    open_edition,
    plan_by_default,
)
from tests.factories.accounts import make_coordinator
from tests.factories.journal import history_of
from tests.factories.programme import make_edition

PLAN = plan_by_default(2027, date(2027, 10, 1), date(2027, 10, 11))


def acts(edition: Edition) -> list[tuple[str, str]]:
    return [(entry.act, entry.detail) for entry in reversed(history_of(edition))]


def test_an_edition_is_opened_once_a_year_with_its_rank(db):
    edition = open_edition(PLAN, by=make_coordinator(), at=now())
    assert (edition.ordinal, edition.state) == (36, EditionState.OPEN)
    assert (edition.call_opens_on, edition.call_closes_on, edition.report_deadline) == (
        date(2027, 2, 1),
        date(2027, 4, 30),
        date(2027, 12, 15),
    )
    assert acts(edition) == [("edition.opened", "")]
    with pytest.raises(RuleBrokenError) as refused:
        open_edition(PLAN, by=None, at=now())
    assert refused.value.field == "year"


def test_an_edition_whose_calendar_does_not_hang_together_is_refused(db):
    with pytest.raises(RuleBrokenError) as refused:
        open_edition(replace(PLAN, ends_on=date(2027, 9, 1)), by=None, at=now())
    assert refused.value.field == "ends_on"
    assert db.session.scalars(select(Edition)).all() == []


def test_describing_tells_what_changed_and_the_same_changes_nothing(db):
    edition = open_edition(PLAN, by=None, at=now())
    described = replace(PLAN, theme="Océans")
    for _ in range(2):
        describe_edition(edition, described, state=EditionState.OPEN, by=None, at=now())
    assert (edition.theme, edition.version) == ("Océans", 2)
    assert acts(edition) == [("edition.opened", ""), ("edition.described", "Thème")]


def test_the_second_of_two_who_describe_is_told(db):
    edition = open_edition(PLAN, by=None, at=now())
    describe_edition(
        edition,
        replace(PLAN, theme="Océans"),
        state=EditionState.OPEN,
        by=None,
        at=now(),
        version=1,
    )
    with pytest.raises(StaleError):
        describe_edition(
            edition,
            replace(PLAN, theme="Forêts"),
            state=EditionState.OPEN,
            by=None,
            at=now(),
            version=1,
        )
    db.session.expire(edition)
    assert edition.theme == "Océans"


def test_the_year_of_another_edition_is_taken(db):
    make_edition(2026)
    edition = open_edition(PLAN, by=None, at=now())
    moved = plan_by_default(2026, date(2026, 10, 1), date(2026, 10, 11))
    with pytest.raises(RuleBrokenError) as refused:
        describe_edition(edition, moved, state=EditionState.OPEN, by=None, at=now())
    assert refused.value.field == "year"


def test_closing_twice_closes_once(db):
    edition = open_edition(PLAN, by=None, at=now())
    close_edition(edition, by=None, at=now())
    close_edition(edition, by=None, at=now())
    assert edition.state is EditionState.CLOSED
    assert [act for act, _detail in acts(edition)] == ["edition.opened", "edition.closed"]


def test_closing_by_the_form_is_told_as_closing(db):
    edition = open_edition(PLAN, by=None, at=now())
    describe_edition(edition, PLAN, state=EditionState.CLOSED, by=None, at=now())
    assert acts(edition) == [("edition.opened", ""), ("edition.closed", "État")]
