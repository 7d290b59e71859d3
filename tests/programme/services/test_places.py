"""Where slots are held and whom they are for, on the database: what is kept, refused, followed and found."""

from dataclasses import replace
from datetime import date, time

import pytest

from fete.core.clock import from_paris, now
from fete.core.errors import RuleBrokenError
from fete.core.text import stems
from fete.programme.models import Activity, SlotAudience
from fete.programme.queries.activities import find_activity
from fete.programme.rules import PlannedSlot, planned_of
from fete.programme.services.activities import plan_slots, rewrite
from fete.programme.services.review import change_slot
from fete.programme.workflow import SlotState, Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE
from tests.factories.programme import make_activity, make_venue

SCHOOLS, PUBLIC = SlotAudience.SCHOOLS, SlotAudience.PUBLIC


def at(day: int, hour: int):
    return from_paris(date(2026, 10, day), time(hour))


def planned(day: int, starts: int = 10, ends: int = 12, **values) -> PlannedSlot:
    return PlannedSlot(starts_at=at(day, starts), ends_at=at(day, ends), **values)


def anew(activity: Activity) -> Activity:
    found = find_activity(activity.id)
    assert found is not None
    return found


@pytest.fixture
def village(db):
    """Give a village of Auch with a site at Toulouse and one at Montpellier, on the 3rd."""
    found = make_activity(at(3, 10), kind="science_village", title="Village")
    found.sites = [make_venue(TOULOUSE, name="Halle"), make_venue(MONTPELLIER, name="Grange")]
    db.session.flush()
    return found


def test_all_that_a_slot_says_is_kept(village):
    halle = village.sites[0]
    rewrite(village, by=make_coordinator(), at=now(), for_schools=True)
    plan_slots(
        village,
        [
            planned_of(village.slots[0]),
            planned(4, capacity=60, classes=2, audience=SCHOOLS, venue=halle),
            planned(5, is_opening=True, audience=PUBLIC),
        ],
        by=make_user(),
        at=now(),
    )
    assert [
        (s.capacity, s.classes, s.audience, s.is_opening, s.venue, s.place)
        for s in anew(village).slots
    ] == [
        (20, None, SlotAudience.ALL, False, None, village.venue),
        (60, 2, SCHOOLS, False, halle, halle),
        (None, None, PUBLIC, True, None, village.venue),
    ]


@pytest.mark.parametrize(
    "change", [{"classes": 3}, {"audience": PUBLIC}, {"is_opening": True}, {"capacity": None}]
)
def test_what_changes_beside_the_hour_raises_the_revision_and_is_no_other_hour(db, change):
    activity = make_activity(at(3, 10), at(4, 10), for_schools=True)
    first, second = activity.slots
    slots = [replace(planned_of(first), **change), planned_of(second)]
    if "classes" in change:
        slots[0] = replace(slots[0], audience=SCHOOLS)
    plan_slots(activity, slots, by=make_user(), at=now())
    assert [(s.revision, s.state.value) for s in (first, second)] == [
        (1, "scheduled"),
        (0, "scheduled"),
    ]
    assert history_of(activity)[0].act == "activity.changed"


def test_a_slot_for_people_who_are_not_welcome_is_refused_beside_its_field(db):
    activity = make_activity()
    with pytest.raises(RuleBrokenError) as refused:
        plan_slots(activity, [planned(3, audience=SCHOOLS)], by=make_user(), at=now())
    assert refused.value.field == "slots-0-audience"


def test_a_slot_is_not_held_at_a_place_of_another(db):
    draft = make_activity(status=Status.DRAFT)
    elsewhere = make_venue(TOULOUSE)
    with pytest.raises(RuleBrokenError) as refused:
        plan_slots(draft, [planned(3, venue=elsewhere)], by=make_user(), at=now())
    assert refused.value.field == "slots-0-venue"


def test_only_what_holds_others_has_sites(db):
    draft = make_activity(status=Status.DRAFT)
    with pytest.raises(RuleBrokenError, match="plusieurs lieux"):
        rewrite(draft, by=make_coordinator(), at=now(), sites=[make_venue(TOULOUSE)])


def test_a_site_where_a_slot_is_held_is_not_taken_away(village):
    halle, grange = village.sites
    plan_slots(
        village,
        [planned_of(village.slots[0]), planned(4, venue=halle)],
        by=make_user(),
        at=now(),
    )
    with pytest.raises(RuleBrokenError) as refused:
        rewrite(village, by=make_coordinator(), at=now(), sites=[grange])
    assert refused.value.field == "sites"
    assert "Halle" in refused.value.message


def test_sites_that_change_are_told_to_calendars_and_to_the_journal(village):
    stand = make_activity(at(3, 14), parent=village)
    kept = rewrite(village, by=make_coordinator(), at=now(), sites=village.sites[:1])
    assert kept == ["sites"]
    assert (village.slots[0].revision, stand.slots[0].revision) == (1, 1)
    assert history_of(village)[0].detail == "Autres lieux de l’événement"
    assert rewrite(village, by=make_coordinator(), at=now(), sites=list(village.sites)) == []


def test_slots_that_named_the_place_of_their_activity_go_where_it_goes(village):
    home, new = village.venue, make_venue(AUCH)
    plan_slots(
        village, [replace(planned_of(village.slots[0]), venue=home)], by=make_user(), at=now()
    )
    rewrite(village, by=make_coordinator(), at=now(), venue=new)
    assert anew(village).slots[0].venue is new


def test_a_published_activity_does_not_turn_away_those_its_slots_are_for(db):
    activity = make_activity(for_schools=True, terms=[("level", "nursery")])
    plan_slots(
        activity,
        [replace(planned_of(activity.slots[0]), audience=SCHOOLS)],
        by=make_user(),
        at=now(),
    )
    with pytest.raises(RuleBrokenError) as refused:
        rewrite(activity, by=make_coordinator(), at=now(), for_schools=False, levels=[])
    assert refused.value.field == "welcome"


def test_words_find_what_travels_by_each_of_its_places(village):
    halle = village.sites[0]
    stand = make_activity(parent=village, title="Stand")
    stand.venue = None
    stand.slots.clear()
    plan_slots(
        village,
        [replace(planned_of(village.slots[0]), venue=halle)],
        by=make_user(),
        at=now(),
    )
    for found in (village, stand):
        assert set(stems("Halle Toulouse")) <= set(found.search.split())
        assert not set(stems("Montpellier")) & set(found.search.split())


def test_the_journal_tells_which_slot_of_what_travels_was_changed(village):
    halle = village.sites[0]
    plan_slots(
        village, [replace(planned_of(village.slots[0]), venue=halle)], by=make_user(), at=now()
    )
    change_slot(village.slots[0], by=make_coordinator(), at=now(), state=SlotState.FULL, reason="")
    assert (
        history_of(village)[0]
        .detail.replace("\u00a0", " ")
        .endswith("samedi 3 octobre 2026, de 10 h à 12 h, Halle : complet.")
    )
