"""Whatever the public may see of the programme, the token under which it is kept changes with it; nothing else does."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from fete.core.clock import now
from fete.core.db import db as database, transaction
from fete.programme.models import Activity, Slot
from fete.programme.queries.catalogue import catalogue_of, standing
from fete.programme.queries.listing import count_of
from fete.programme.rules.filters import Filters
from fete.programme.workflow import SlotState, Status
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity
from tests.factories.sharing import make_co_organiser


def stand() -> str:
    database.session.commit()
    return standing()


def cancel(activity: Activity) -> None:
    activity.slots[0].state = SlotState.CANCELLED


def rename_town(activity: Activity) -> None:
    activity.commune.name = "Autre ville"


def drop_slot(activity: Activity) -> None:
    activity.slots.clear()


def move(activity: Activity) -> None:
    database.session.execute(update(Slot).values(venue_id=activity.venue_id))


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
