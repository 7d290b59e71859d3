"""What waits for whom: territories, statuses, filters, order."""

from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.core.db import db as database
from fete.core.pagination import PAGE_SIZE
from fete.programme.models import EditionState
from fete.programme.policies import can_review
from fete.programme.queries.review import (
    QueueFilters,
    Waiting,
    awaiting_review,
    counts_by_status,
    next_to_review,
    progress_by_departement,
    waiting,
)
from fete.programme.queries.territory import departements_within
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition

pytestmark = pytest.mark.usefixtures("db")
GERS = frozenset({"32"})
EVERYWHERE = None


def titles(territory, **filters):
    return [activity.title for activity in awaiting_review(territory, QueueFilters(**filters)).rows]


def deposit(title, **values):
    return make_activity(status=Status.SUBMITTED, title=title, **values)


@pytest.fixture
def scattered():
    """Give activities held here and there, and one held nowhere by a structure without commune."""
    village = make_activity(kind="science_village", title="Village", commune=TOULOUSE)
    found = {
        "32": deposit("Auch", commune=AUCH, organisation=make_organisation(commune_code=TOULOUSE)),
        "31": deposit("Toulouse", commune=TOULOUSE),
        "34": deposit("Montpellier", commune=MONTPELLIER),
        "31 by container": deposit("Stand", organisation=make_organisation(commune_code=AUCH)),
        "34 by structure": deposit(
            "En ligne", organisation=make_organisation(commune_code=MONTPELLIER)
        ),
        "none": deposit("Nulle part", organisation=make_organisation(commune_code=None)),
    }
    for name in ("31 by container", "34 by structure", "none"):
        found[name].venue = None
    found["31 by container"].parent_id = village.id
    database.session.flush()
    database.session.expire_all()
    return found


@pytest.mark.parametrize(
    ("territory", "seen"),
    [
        ({"32"}, {"32"}),
        ({"31"}, {"31", "31 by container"}),
        ({"34"}, {"34", "34 by structure"}),
        ({"31", "32"}, {"31", "32", "31 by container"}),
        ({"09"}, set()),
        (set(), set()),
        (None, {"32", "31", "34", "31 by container", "34 by structure", "none"}),
    ],
)
def test_the_queue_shows_what_the_policy_opens(territory, seen, scattered):
    shown = awaiting_review(
        None if territory is None else frozenset(territory), QueueFilters()
    ).rows
    assert {activity.id for activity in shown} == {scattered[name].id for name in seen}
    person = make_user() if territory == set() else make_coordinator(*(territory or ()))
    opened = {name for name, activity in scattered.items() if can_review(person, activity)}
    assert opened == seen


def test_the_oldest_deposit_comes_first():
    deposit("Récente", submitted_at=now() - timedelta(days=1))
    deposit("Ancienne", submitted_at=now() - timedelta(days=9))
    deposit("D’hier aussi", submitted_at=now() - timedelta(days=1))
    assert titles(GERS) == ["Ancienne", "Récente", "D’hier aussi"]


def test_of_what_is_settled_the_latest_change_comes_first():
    for days in (3, 1, 2):
        make_activity(title=f"{days}", changed_at=now() - timedelta(days=days))
    assert titles(GERS, status=Status.PUBLISHED) == ["1", "2", "3"]


def test_each_status_is_counted_but_drafts():
    for status, number in [
        (Status.SUBMITTED, 3),
        (Status.PUBLISHED, 2),
        (Status.DRAFT, 2),
        (Status.REFUSED, 1),
    ]:
        for _each in range(number):
            make_activity(status=status)
    make_activity(status=Status.SUBMITTED, commune=TOULOUSE)
    make_activity(status=Status.WITHDRAWN, submitted_at=None, title="Jamais déposée")
    assert counts_by_status(GERS, QueueFilters()) == {
        Status.DRAFT: 0,
        Status.SUBMITTED: 3,
        Status.CHANGES_REQUESTED: 0,
        Status.LABELLED: 0,
        Status.PUBLISHED: 2,
        Status.REFUSED: 1,
        Status.WITHDRAWN: 0,
    }
    assert titles(GERS, status=Status.WITHDRAWN) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Lumières", "Étoiles", "Toulouse"]),
        ({"departement": "31"}, ["Toulouse"]),
        ({"departement": "34"}, []),
        ({"kind": "talk"}, ["Étoiles"]),
        ({"text": "etoile"}, ["Étoiles"]),
        ({"text": "ÉTOILES du gers"}, []),
        ({"text": "étoiles observatoire"}, ["Étoiles"]),
        ({"text": "l’observatoire"}, ["Étoiles"]),
        ({"text": "100 %"}, []),
        ({"year": 2025}, ["L’an passé"]),
        ({"kind": "talk", "departement": "31"}, []),
    ],
)
def test_filters_narrow_the_queue(filters, found):
    plain = {"standfirst": "", "description": ""}
    # Names of their own: those of the factories hold numbers, which a text may ask for.
    club = make_organisation(name="Club")
    deposit("Lumières", organisation=club, **plain)
    deposit("Étoiles", kind="talk", organisation=make_organisation(name="Observatoire"), **plain)
    deposit("Toulouse", commune=TOULOUSE, organisation=club, **plain)
    last_year = make_edition(2025, state=EditionState.CLOSED)
    deposit("L’an passé", edition=last_year, **plain)
    assert titles(EVERYWHERE, **filters) == found


def test_the_next_one_is_the_oldest_of_the_others():
    first = deposit("Ancienne", submitted_at=now() - timedelta(days=9))
    second = deposit("Récente")
    deposit("Ailleurs", commune=TOULOUSE, submitted_at=now() - timedelta(days=20))
    asked = [(GERS, second), (GERS, first), (frozenset({"31"}), first), (frozenset({"09"}), first)]
    found = [next_to_review(territory, beside=beside) for territory, beside in asked]
    assert [each and each.title for each in found] == ["Ancienne", "Récente", "Ailleurs", None]


def test_what_waits_is_counted_with_its_age():
    assert waiting(GERS) == Waiting(number=0, since=None)
    deposit("Récente")
    deposit("Ancienne", submitted_at=now() - timedelta(days=9))
    deposit("Ailleurs", commune=TOULOUSE, submitted_at=now() - timedelta(days=20))
    make_activity(status=Status.LABELLED, submitted_at=now() - timedelta(days=30))
    assert waiting(GERS) == Waiting(number=2, since=now() - timedelta(days=9))


def test_progress_is_told_by_departement():
    edition = make_edition()
    deposit("Un")
    deposit("Deux")
    make_activity()
    make_activity(status=Status.DRAFT)
    make_activity(commune=TOULOUSE)
    make_activity(edition=make_edition(2025))
    assert progress_by_departement(EVERYWHERE, edition=edition) == {
        "31": {Status.PUBLISHED: 1},
        "32": {Status.SUBMITTED: 2, Status.PUBLISHED: 1},
    }
    assert progress_by_departement(GERS, edition=edition) == {
        "32": {Status.SUBMITTED: 2, Status.PUBLISHED: 1}
    }


def test_a_territory_is_named_in_the_order_of_codes():
    assert [each.code for each in departements_within(frozenset({"32", "09"}))] == ["09", "32"]
    assert len(departements_within(None)) == 13


@pytest.mark.parametrize("count", [1, 3, 60])
def test_a_page_of_the_queue_costs_the_same_whatever_is_in_it(count, queries):
    for _each in range(count):
        make_activity(status=Status.SUBMITTED)
    database.session.commit()
    database.session.expunge_all()
    with queries() as asked:
        page = awaiting_review(GERS, QueueFilters())
        shown = [
            (
                activity.kind.label,
                activity.commune.departement_name,
                activity.is_cancelled,
                activity.organisation.name.partition(" ")[0],
            )
            for activity in page.rows
        ]
    assert set(shown) == {("Atelier", "Gers", False, "Structure")}
    assert (len(page.rows), page.total, len(asked)) == (min(count, PAGE_SIZE), count, 4)
