"""Whatever the public may see of the programme, the token under which it is kept changes with it; nothing else does."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from fete.core.clock import now
from fete.core.db import db as database, transaction
from fete.programme.models import Activity, Edition, Slot, StandingChange
from fete.programme.queries.catalogue import catalogue_of
from fete.programme.queries.listing import count_of
from fete.programme.queries.standing import changed_between, latest, names_stand, standing
from fete.programme.rules.filters import Filters
from fete.programme.services import standing as services
from fete.programme.services.activities import rewrite
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.services import load_terms
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.factories.reports import make_report
from tests.factories.sharing import make_co_organiser


def stand() -> str:
    database.session.commit()
    return standing()


def mark() -> str:
    database.session.commit()
    return latest()


def cancel(activity: Activity) -> None:
    activity.slots[0].state = SlotState.CANCELLED


def rename_town(activity: Activity) -> None:
    activity.commune.name = "Autre ville"


def drop_slot(activity: Activity) -> None:
    activity.slots.clear()


def move(activity: Activity) -> None:
    database.session.execute(update(Slot).values(venue_id=activity.venue_id))


def a_slot(activity: Activity | None = None) -> Slot:
    return Slot(
        activity=activity, starts_at=now(), ends_at=now() + timedelta(hours=1), changed_at=now()
    )


CHANGES: dict[str, Callable[[Activity], object]] = {
    "a title": lambda activity: setattr(activity, "title", "Autre titre"),
    "a status": lambda activity: setattr(activity, "status", Status.WITHDRAWN),
    "words": lambda activity: setattr(activity, "terms", []),
    "an edition": lambda activity: setattr(activity.edition, "theme", "Un thème"),
    "a structure": lambda activity: setattr(activity.organisation, "name", "Autre nom"),
    "a place": lambda activity: setattr(activity.venue, "name", "Autre lieu"),
    "a co-organiser": lambda activity: make_co_organiser(activity, make_organisation()),
    "another activity": lambda _activity: make_activity(),
    "a slot": cancel,
    "a town": rename_town,
    "a slot that goes": drop_slot,
    "many slots at once": move,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_what_the_public_sees_changes_the_token(db, change):
    activity = make_activity()
    before = stand()
    change(activity)
    assert stand() != before


def test_publishing_changes_the_token(db):
    activity = make_activity(status=Status.LABELLED)
    before = stand()
    activity.status = Status.PUBLISHED
    assert stand() != before


def test_the_hours_of_a_village_that_is_not_published_are_those_of_its_stand(db):
    village = make_activity(kind="science_village", status=Status.LABELLED)
    stand_there = make_activity(parent=village, title="Stand")
    stand_there.venue, stand_there.slots = None, []
    database.session.commit()
    assert [time.state for time in catalogue_of(None).find(stand_there.id).times] == ["scheduled"]
    database.session.commit()
    cancel(village)
    database.session.commit()
    assert [time.state for time in catalogue_of(None).find(stand_there.id).times] == ["cancelled"]


def test_a_structure_that_is_listed_no_more_changes_the_token(db):
    organisation = make_organisation()
    signature = organisation.signatures[0]
    before = stand()
    signature.listing_withdrawn_at = now()
    assert stand() != before


def test_what_a_savepoint_undoes_leaves_what_was_changed_before_it(db):
    activity = make_activity(title="Avant")
    before = stand()
    activity.title = "Après"
    database.session.flush()
    database.session.begin_nested().rollback()
    assert stand() != before
    assert [entry.title for entry in catalogue_of(None).entries] == ["Après"]


def test_what_the_public_does_not_see_leaves_it(db):
    draft = make_activity(status=Status.DRAFT)
    make_activity()
    before = stand()
    draft.title = "Encore un brouillon"
    draft.slots[0].state = SlotState.CANCELLED
    make_user()
    assert stand() == before


def test_what_a_transaction_undoes_is_not_kept(db):
    make_activity(title="Là")
    before = stand()
    with transaction(dry_run=True):
        make_activity(title="Jamais")
        assert count_of(Filters()) == 2
    assert stand() == before
    assert [entry.title for entry in catalogue_of(None).entries] == ["Là"]


def test_what_is_kept_is_read_once(db, queries):
    make_activity()
    database.session.commit()
    assert count_of(Filters()) == 1
    database.session.commit()
    with queries() as asked:
        assert count_of(Filters()) == 1
    assert len(asked) == 1


def changed_by(change: Callable[[], object]) -> frozenset[int] | None:
    """Return what is told to have changed by something that is done in one transaction."""
    before = mark()
    change()
    return changed_between(before, mark())


@pytest.fixture
def others(db) -> list[Activity]:
    return [make_activity(organisation=make_organisation(), venue=make_venue()) for _ in range(3)]


NAMED: dict[str, Callable[[Activity], object]] = {
    "a title": lambda activity: setattr(activity, "title", "Autre titre"),
    "a status": lambda activity: setattr(activity, "status", Status.WITHDRAWN),
    "words": lambda activity: setattr(activity, "terms", []),
    "sites": lambda activity: setattr(activity, "sites", [make_venue()]),
    "a slot": cancel,
    "a slot that goes": drop_slot,
    "a slot more": lambda activity: activity.slots.append(a_slot()),
    "a slot that says whose it is": lambda activity: database.session.add(a_slot(activity)),
    "its structure": lambda activity: setattr(activity.organisation, "name", "Autre nom"),
    "its structure’s charter": lambda activity: setattr(
        activity.organisation.signatures[0], "listing_withdrawn_at", now()
    ),
    "its place": lambda activity: setattr(activity.venue, "name", "Autre lieu"),
    "a co-organiser": lambda activity: make_co_organiser(activity, make_organisation()),
}


@pytest.mark.parametrize("change", NAMED.values(), ids=NAMED)
def test_what_changed_is_named_and_nothing_else(others, change):
    activity = make_activity(organisation=make_organisation(), venue=make_venue())
    number = activity.id
    assert changed_by(lambda: change(activity)) == frozenset({number})


def test_the_place_of_a_session_and_a_site_change_with_their_venue(others):
    there = make_venue()
    by_slot, by_site = others[0], others[1]
    by_slot.slots[0].venue = there
    by_site.sites = [there]
    assert changed_by(lambda: setattr(there, "name", "Autre lieu")) == frozenset(
        {by_slot.id, by_site.id}
    )


def test_stands_change_with_their_village_and_with_its_place(others):
    village = make_activity(kind="science_village", venue=make_venue())
    inside = make_activity(parent=village, organisation=make_organisation(), venue=make_venue())
    both = frozenset({village.id, inside.id})
    assert changed_by(lambda: cancel(village)) == both
    assert changed_by(lambda: setattr(village.venue, "name", "Ici")) == both


ALL: dict[str, Callable[[Activity], object]] = {
    "a town": rename_town,
    "many slots at once": move,
    "a word": lambda activity: setattr(activity.kind, "label_fr", "Autre mot"),
    "what goes": database.session.delete,
    "what leaves its edition": lambda activity: setattr(activity, "edition", make_edition(2025)),
}


@pytest.mark.parametrize("change", ALL.values(), ids=ALL)
def test_what_is_shown_with_any_may_change_all(others, change):
    village = make_activity(kind="science_village")
    assert changed_by(lambda: change(village)) is None


def test_what_no_activity_is_made_of_changes_none(others):
    assert changed_by(lambda: setattr(others[0].edition, "theme", "Un thème")) == frozenset()


def test_several_changes_follow_each_other(others):
    before, both = mark(), frozenset({others[0].id, others[1].id})
    others[0].title = "Autre titre"
    mark()
    others[1].title = "Autre titre"
    after = mark()
    assert changed_between(before, after) == both
    assert changed_between(after, before) is None
    assert changed_between("une base d’avant", after) is None


def test_what_is_not_kept_yet_leads_nowhere(others):
    before = mark()
    others[0].title = "Pas encore gardé"
    assert changed_between(before, latest()) is None


def test_many_at_once_are_not_named(others):
    def publish_many() -> None:
        venue, organisation = make_venue(), make_organisation()
        for _each in range(201):
            make_activity(venue=venue, organisation=organisation)

    assert changed_by(publish_many) is None


def test_the_changes_that_are_kept_do_not_grow_for_ever(others, monkeypatch):
    monkeypatch.setattr(services, "_KEPT", 2)
    kept = []
    for title in "abcdefg":
        others[0].title = title
        stand()
        kept.append(database.session.scalars(select(func.count(StandingChange.id))).one())
    assert max(kept) <= 4
    assert changed_by(lambda: setattr(others[0], "title", "h")) == frozenset({others[0].id})


def test_writing_a_draft_changes_nothing_that_the_public_sees(db):
    draft, published = make_activity(status=Status.DRAFT), make_activity()
    before = stand()
    rewrite(draft, by=make_user(), at=now(), version=draft.version, title="Encore un brouillon")
    assert stand() == before
    rewrite(published, by=make_user(), at=now(), version=published.version, title="Autre titre")
    assert stand() != before


def test_what_is_written_as_it_was_changes_nothing(db):
    activity = make_activity(title="Le même")
    before = stand(), mark()
    assert activity.title == "Le même"
    activity.title = "Le même"
    load_terms()
    assert (stand(), mark()) == before


def test_a_step_of_a_report_is_told_and_leaves_the_programme(db):
    activity = make_activity()
    token, before = stand(), mark()
    make_report(activity)
    assert changed_between(before, mark()) == frozenset({activity.id})
    assert stand() == token


def test_a_new_session_is_noticed_although_its_activity_never_read_its_own(others):
    number = others[0].id
    database.session.expire_all()
    activity = database.session.get_one(Activity, number)
    assert changed_by(lambda: database.session.add(a_slot(activity))) == frozenset({number})


def write_apart(row: Edition) -> None:
    with database.session.begin_nested():
        database.session.add(row)
        database.session.flush()


def test_what_a_savepoint_could_not_write_leaves_what_was_changed_before_it(others):
    before, marked = stand(), mark()
    others[0].title = "Après"
    database.session.flush()
    twice = Edition(year=others[0].edition.year)
    with pytest.raises(IntegrityError):
        write_apart(twice)
    assert changed_between(marked, mark()) == frozenset({others[0].id})
    assert stand() != before
    assert "Après" in [entry.title for entry in catalogue_of(None).entries]


def test_all_is_said_once_at_the_end_whatever_savepoints_there_were(others):
    before = mark()
    for activity in others:
        with database.session.begin_nested():
            activity.title = "Autre titre"
    assert changed_between(before, mark()) == frozenset(each.id for each in others)
    kept = database.session.scalars(select(func.count(StandingChange.id)))
    last = kept.one()
    with database.session.begin_nested():
        others[0].title = "Encore"
        with database.session.begin_nested():
            others[1].title = "Encore"
    mark()
    assert database.session.scalars(select(func.count(StandingChange.id))).one() == last + 1


def test_what_lies_between_two_tokens_is_read_once(others, queries):
    before = mark()
    others[0].title = "Autre titre"
    after, only = mark(), frozenset({others[0].id})
    assert changed_between(before, after) == only
    with queries() as asked:
        assert changed_between(before, after) == only
        assert names_stand(before, after)
    assert asked == []
