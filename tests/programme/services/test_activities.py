"""Declaring, rewriting and planning, on the database."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from fete.core.clock import from_paris, now
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.text import stems
from fete.journal.models import Entry
from fete.programme.models import Activity, EditionState, Mode, Slot
from fete.programme.queries.activities import find_activity
from fete.programme.rules import PlannedSlot
from fete.programme.services.activities import (
    PastActivity,
    declare,
    declare_past,
    delete_draft,
    index,
    plan_slots,
    rewrite,
    touch,
)
from fete.programme.workflow import SlotState, Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue, term

KEY = "0b0e7f39-44f5-4b4f-8a7e-3b6f0a1d2c3e"


def at(day: int, hour: int, minute: int = 0):
    return from_paris(date(2026, 10, day), time(hour, minute))


def planned(day: int, starts: int, ends: int, **values) -> PlannedSlot:
    return PlannedSlot(starts_at=at(day, starts), ends_at=at(day, ends), **values)


def held(slot: Slot, **values) -> PlannedSlot:
    planned = PlannedSlot(
        id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at, capacity=slot.capacity
    )
    return replace(planned, **values)


def begun(person=None, **values) -> Activity:
    person = person or make_user()
    known = {
        "organisation": make_organisation(person),
        "edition": make_edition(),
        "form_key": KEY,
        "by": person,
        "at": now(),
        "kind": term("kind", "workshop"),
        "title": "Le ciel de Gascogne",
    }
    return declare(**(known | values))


def acts(activity: Activity) -> list[tuple[str, str]]:
    return [(entry.act, entry.detail) for entry in reversed(history_of(activity))]


def test_a_declaration_is_a_draft_that_can_be_found_and_is_in_the_journal(db):
    person = make_user()
    activity = begun(person)
    assert (activity.status, activity.version, activity.created_by) == (Status.DRAFT, 1, person)
    assert stems("gascogne")[0] in activity.search.split()
    assert acts(activity) == [("activity.declared", "Le ciel de Gascogne")]


def test_the_same_form_sent_twice_declares_once(db):
    person = make_user()
    organisation = make_organisation(person)
    first = begun(person, organisation=organisation)
    again = begun(person, organisation=organisation, title="Une seconde fois")
    assert again is first
    assert again.title == "Le ciel de Gascogne"
    assert len(db.session.scalars(select(Activity)).all()) == 1


def test_the_key_of_another_structure_opens_nothing(db):
    begun()
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        begun()


@pytest.mark.parametrize(
    "values",
    [
        {"call_closes_on": date(2026, 3, 15)},
        {"call_opens_on": date(2026, 3, 17)},
        {"state": EditionState.PREPARED},
        {"state": EditionState.CLOSED},
    ],
)
def test_one_does_not_declare_while_the_call_is_not_open(db, values):
    with pytest.raises(RuleBrokenError) as refused:
        begun(edition=make_edition(**values))
    assert refused.value.field == "edition"
    assert db.session.scalars(select(Activity)).all() == []


def test_the_coordination_declares_after_the_call_but_not_in_a_closed_edition(db):
    coordinator = make_coordinator("32")
    edition = make_edition(call_closes_on=date(2026, 3, 1))
    assert begun(coordinator, edition=edition).edition is edition
    edition.state = EditionState.CLOSED
    with pytest.raises(RuleBrokenError):
        begun(coordinator, edition=edition, form_key=KEY.replace("0", "1"))


def test_only_the_coordination_creates_containers(db):
    with pytest.raises(RuleBrokenError) as refused:
        begun(kind=term("kind", "science_village"))
    assert refused.value.field == "kind"
    village = begun(make_coordinator("32"), kind=term("kind", "science_village"))
    assert village.is_container


def test_rewriting_tells_which_fields_changed_and_raises_what_calendars_read(db):
    activity = make_activity(at(3, 10), at(4, 10))
    person = make_user()
    changed = rewrite(
        activity,
        by=person,
        at=now() + timedelta(hours=1),
        title="Autre titre",
        standfirst=activity.standfirst,
        themes=[term("theme", "digital"), term("theme", "exact")],
    )
    assert changed == ["title", "themes"]
    assert [term.code for term in activity.terms if term.list == "theme"] == ["digital", "exact"]
    assert [term.code for term in activity.terms if term.list == "audience"] == ["all"]
    assert [(slot.revision, slot.changed_at) for slot in activity.slots] == [
        (1, now() + timedelta(hours=1))
    ] * 2
    assert (activity.version, activity.changed_at) == (2, now() + timedelta(hours=1))
    assert acts(activity) == [("activity.changed", "Titre, Thématiques")]
    assert set(stems("autre numérique")) <= set(activity.search.split())


def test_rewriting_the_same_raises_nothing(db):
    activity = make_activity()
    later = now() + timedelta(hours=1)
    changed = rewrite(
        activity,
        by=make_user(),
        at=later,
        title=activity.title,
        themes=[term("theme", "environment")],
        venue=activity.venue,
    )
    assert changed == []
    assert (activity.version, activity.changed_at) == (1, now())
    assert [(slot.revision, slot.changed_at) for slot in activity.slots] == [(0, now())]
    assert acts(activity) == []


def test_what_the_public_does_not_see_is_no_news_for_calendars(db):
    activity = make_activity()
    later = now() + timedelta(hours=1)
    assert rewrite(activity, by=make_user(), at=later, expected_visitors=40) == [
        "expected_visitors"
    ]
    assert (activity.version, activity.slots[0].revision) == (2, 0)


def test_the_second_of_two_people_is_told_and_nothing_of_theirs_is_kept(db):
    activity = make_activity()
    rewrite(activity, by=make_user(), at=now(), version=1, title="De la première")
    with pytest.raises(StaleError):
        rewrite(activity, by=make_user(), at=now(), version=1, title="De la seconde")
    db.session.expire(activity)
    assert (activity.title, activity.version) == ("De la première", 2)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "a" * 141}, "title"),
        ({"age_min": 10, "age_max": 5}, "age_max"),
    ],
)
def test_what_cannot_stand_is_refused(db, values, field):
    with pytest.raises(RuleBrokenError) as refused:
        rewrite(make_activity(), by=make_user(), at=now(), **values)
    assert refused.value.field == field


def test_a_change_of_the_village_is_news_of_what_it_holds(db):
    village = make_activity(kind="science_village")
    stand = make_activity()
    stand.parent, stand.venue = village, None
    db.session.flush()
    other = make_activity()
    rewrite(village, by=make_user(), at=now(), venue=make_venue("31555", name="Halle aux grains"))
    assert (stand.slots[0].revision, other.slots[0].revision) == (1, 0)
    assert set(stems("halle toulouse")) <= set(stand.search.split())


def test_a_draft_may_join_a_published_village_of_its_edition(db):
    village = make_activity(kind="science_village")
    activity = make_activity(status=Status.DRAFT)
    host = make_coordinator("32")
    with pytest.raises(RuleBrokenError) as refused:
        # Others ask for a stand.
        rewrite(activity, by=make_user(), at=now(), parent=village)
    assert (refused.value.field, activity.parent) == ("parent", None)
    assert rewrite(activity, by=host, at=now(), parent=village) == ["parent"]
    with pytest.raises(RuleBrokenError) as refused:
        rewrite(activity, by=host, at=now(), parent=make_activity())
    assert refused.value.field == "parent"


def test_slots_keep_their_name_and_only_those_that_changed_rise(db):
    activity = make_activity(at(3, 10), at(4, 10), status=Status.DRAFT)
    first, second = activity.slots
    uids = [first.uid, second.uid]
    later = now() + timedelta(hours=1)
    assert plan_slots(
        activity,
        [held(second, capacity=5), held(first), planned(5, 10, 12)],
        by=make_user(),
        at=later,
    )
    assert [slot.uid for slot in activity.slots[:2]] == uids
    assert [(slot.starts_at, slot.capacity, slot.revision) for slot in activity.slots] == [
        (at(3, 10), 20, 0),
        (at(4, 10), 5, 1),
        (at(5, 10), None, 0),
    ]
    assert (activity.version, activity.changed_at) == (2, later)
    assert acts(activity) == [("activity.changed", "Créneaux")]


def test_the_same_slots_change_nothing(db):
    activity = make_activity(at(3, 10), at(4, 10))
    assert not plan_slots(
        activity, [held(slot) for slot in activity.slots], by=make_user(), at=now()
    )
    assert (activity.version, [slot.revision for slot in activity.slots]) == (1, [0, 0])
    assert acts(activity) == []


def test_a_slot_of_the_second_hour_of_autumn_stays_there_when_it_is_not_touched(db):
    second_half_past_two = at(25, 2, 30) + timedelta(hours=1)
    activity = make_activity(second_half_past_two, status=Status.DRAFT)
    slot = activity.slots[0]
    shown = held(slot, starts_at=at(25, 2, 30))
    assert not plan_slots(activity, [shown], by=make_user(), at=now())
    assert slot.starts_at == second_half_past_two


def test_a_draft_loses_the_slots_taken_away_and_the_uid_is_not_given_again(db):
    activity = make_activity(at(3, 10), at(4, 10), status=Status.DRAFT)
    gone = activity.slots[0]
    uid = gone.uid
    plan_slots(activity, [held(activity.slots[1]), planned(3, 10, 12)], by=make_user(), at=now())
    assert uid not in {slot.uid for slot in find_activity(activity.id).slots}
    assert len(activity.slots) == 2


def test_a_published_slot_is_cancelled_not_taken_away(db):
    activity = make_activity(at(3, 10), at(4, 10))
    with pytest.raises(RuleBrokenError) as refused:
        plan_slots(activity, [held(activity.slots[1])], by=make_user(), at=now())
    assert refused.value.field == "slots"
    assert len(find_activity(activity.id).slots) == 2


def test_a_published_slot_that_moves_says_so(db):
    activity = make_activity(at(3, 10), at(4, 10))
    first, second = activity.slots
    moved = held(first, starts_at=at(3, 14), ends_at=at(3, 16))
    plan_slots(activity, [moved, held(second, capacity=8)], by=make_user(), at=now())
    assert [(slot.state, slot.revision) for slot in activity.slots] == [
        (SlotState.RESCHEDULED, 1),
        (SlotState.SCHEDULED, 1),
    ]


def test_slots_that_cannot_be_are_refused_and_nothing_changes(db):
    activity = make_activity(at(3, 10), status=Status.DRAFT)
    with pytest.raises(RuleBrokenError) as refused:
        plan_slots(
            activity,
            [planned(5, 10, 12), planned(5, 11, 13)],
            by=make_user(),
            at=now(),
        )
    assert refused.value.field == "slots-1-starts"
    assert [slot.starts_at for slot in find_activity(activity.id).slots] == [at(3, 10)]


def test_the_slot_of_another_activity_is_not_taken_over(db):
    other = make_activity(at(3, 10), status=Status.DRAFT)
    activity = make_activity(at(4, 10), status=Status.DRAFT)
    plan_slots(activity, [held(other.slots[0])], by=make_user(), at=now())
    assert [slot.starts_at for slot in other.slots] == [at(3, 10)]
    assert activity.slots[0].id != other.slots[0].id


def test_two_people_who_plan_at_once_do_not_undo_each_other(db):
    activity = make_activity(at(3, 10), status=Status.DRAFT)
    plan_slots(activity, [planned(5, 10, 12)], by=make_user(), at=now(), version=1)
    with pytest.raises(StaleError):
        plan_slots(activity, [planned(6, 10, 12)], by=make_user(), at=now(), version=1)


def test_touching_raises_every_slot_and_dates_it(db):
    activity = make_activity(at(3, 10), at(4, 10))
    later = now() + timedelta(days=1)
    touch(activity, later)
    assert [(slot.revision, slot.changed_at) for slot in activity.slots] == [(1, later)] * 2
    assert activity.changed_at == later


def test_an_activity_is_found_by_all_that_it_says_and_by_its_place_and_structure(db):
    activity = make_activity(
        organisation=make_organisation(name="Muséum du Gers"),
        venue=make_venue(name="Halle Verdier"),
        title="Chauves-souris",
        standfirst="Écouter la nuit",
        description="Des **ultrasons**.",
        kind="nature_outing",
    )
    index(activity)
    said = "chauves souris écouter nuit ultrasons sortie environnement muséum verdier auch"
    assert set(stems(said)) <= set(activity.search.split())


def test_a_draft_nobody_saw_can_be_taken_away_and_the_journal_remembers_its_title(db):
    activity = make_activity(status=Status.DRAFT, title="Faux départ")
    number = activity.id
    delete_draft(activity, by=make_user(), at=now())
    assert db.session.get(Activity, number) is None
    assert db.session.scalars(select(Slot)).all() == []
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.act, entry.object_id, entry.detail) == ("activity.deleted", number, "Faux départ")


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.DRAFT])
def test_what_was_deposited_is_not_taken_away(db, status):
    with pytest.raises(RuleBrokenError):
        delete_draft(make_activity(status=status), by=make_user(), at=now())


def test_past_activities_are_kept_as_they_stood_whatever_the_call_says(db):
    edition = make_edition(2017, state=EditionState.CLOSED)
    organisation = make_organisation(name="Cabanis")
    made = declare_past(
        [
            PastActivity(
                organisation=organisation,
                edition=edition,
                content={
                    "kind": term("kind", "talk"),
                    "title": f"Conférence {number}",
                    "themes": [term("theme", "exact")],
                    "audiences": [term("audience", "all")],
                    "venue": make_venue(),
                    "mode": Mode.ON_SITE,
                    "is_free": True,
                },
                slots=[
                    PlannedSlot(
                        starts_at=from_paris(date(2017, 10, 7), time(10)),
                        ends_at=from_paris(date(2017, 10, 7), time(12)),
                    )
                ],
                published_at=now(),
            )
            for number in range(3)
        ],
        by=None,
        at=now(),
    )
    first = find_activity(made[0].id)
    assert first is not None
    assert (first.status, first.published_at, first.title) == (
        Status.PUBLISHED,
        now(),
        "Conférence 0",
    )
    assert {term.code for term in first.terms} == {"exact", "all"}
    assert set(stems("cabanis auch")) <= set(first.search.split())
    assert len({each.slots[0].uid for each in made}) == 3
    assert acts(first) == [("activity.declared", "Conférence 0")]


def test_one_past_activity_that_cannot_be_refuses_them_all(db):
    edition = make_edition(2017)
    sound = PastActivity(
        organisation=make_organisation(), edition=edition, content={"title": "Bonne"}
    )
    wrong = PastActivity(
        organisation=make_organisation(),
        edition=edition,
        content={"title": "Mauvaise"},
        slots=[planned(3, 10, 12)],
    )
    with pytest.raises(RuleBrokenError):
        declare_past([sound, wrong], by=None, at=now())
    assert db.session.scalars(select(Activity)).all() == []


def test_who_brings_many_past_activities_reads_nothing_from_the_database(db, queries):
    edition, organisation, venue = make_edition(2017), make_organisation(), make_venue()
    kind, theme = term("kind", "talk"), term("theme", "exact")
    assert organisation.commune is venue.commune
    start = from_paris(date(2017, 10, 7), time(10))
    past = [
        PastActivity(
            organisation=organisation,
            edition=edition,
            content={"kind": kind, "title": f"{n}", "themes": [theme], "venue": venue},
            slots=[PlannedSlot(starts_at=start, ends_at=start + timedelta(hours=1))],
        )
        for n in range(30)
    ]
    with queries() as asked:
        declare_past(past, by=None, at=now())
        db.session.flush()
    assert [statement for statement in asked if not statement.startswith("INSERT")] == []


def test_a_closed_edition_is_corrected_by_the_region_alone_and_with_a_reason(db):
    activity = make_activity(edition=make_edition(2025, state=EditionState.CLOSED))
    start = activity.slots[0].starts_at + timedelta(hours=1)
    for person, reason in (
        (make_user(), "Une raison"),
        (make_coordinator("32"), "Une raison"),
        (make_coordinator(), ""),
    ):
        with pytest.raises(RuleBrokenError):
            rewrite(activity, by=person, at=now(), reason=reason, title="Autre")
        with pytest.raises(RuleBrokenError):
            plan_slots(
                activity,
                [held(activity.slots[0], starts_at=start)],
                by=person,
                at=now(),
                reason=reason,
            )
    assert acts(activity) == []
    rewrite(activity, by=make_coordinator(), at=now(), reason="Coquille", title="Autre")
    rewrite(activity, by=None, at=now(), title="Reprise d’un fichier")
    assert acts(activity) == [
        ("activity.corrected", "Titre. Coquille"),
        ("activity.changed", "Titre"),
    ]
