"""Renewing on the database: what the draft takes over, that it is made once, and what is confirmed since."""

from datetime import date, time

import pytest
from sqlalchemy import select

from fete.core.clock import from_paris, now
from fete.core.errors import RuleBrokenError
from fete.core.text import stems
from fete.programme.models import Activity, Booking, CoOrganiser, EditionState, SlotAudience
from fete.programme.queries.activities import find_activity
from fete.programme.queries.renewal import find_to_renew
from fete.programme.rules import Part, left_to_confirm
from fete.programme.services.activities import delete_draft
from fete.programme.services.renewal import confirm_part, foresee, renew
from fete.programme.services.review import take_step
from fete.programme.workflow import SlotState, Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue, term


def last_year():
    return make_edition(
        2025,
        starts_on=date(2025, 10, 3),
        ends_on=date(2025, 10, 13),
        state=EditionState.CLOSED,
    )


def at(day: int, hour: int, *, year: int = 2025):
    return from_paris(date(year, 10, day), time(hour))


def held_last_year(person=None, **values) -> Activity:
    known = {
        "edition": last_year(),
        "organisation": values.pop("organisation", None)
        or make_organisation(person or make_user()),
        # The running number of a made-up title may be the very year that is read again.
        "title": "Le ciel de l’an dernier",
    }
    return make_activity(at(4, 10), at(12, 14), **(known | values))


def renewed(*activities: Activity, by=None) -> list[Activity]:
    sources = find_to_renew([each.id for each in activities])
    return renew(sources, make_edition(), by=by or make_user(), at=now())


def acts(activity: Activity) -> list[tuple[str, str]]:
    return [(entry.act, entry.detail) for entry in reversed(history_of(activity))]


def test_a_renewal_is_a_draft_with_all_that_was_there_on_the_same_weekdays(db):
    person = make_user()
    place, other = make_venue(name="Muséum"), make_venue(name="Jardin")
    source = held_last_year(
        person,
        title="Le ciel de Gascogne",
        venue=place,
        booking=Booking.REQUIRED,
        booking_phone="05 61 00 00 00",
        online_link="https://exemple.fr/direct",
        expected_visitors=120,
        scientific_referent="Ada",
        terms=[("theme", "environment"), ("audience", "all"), ("accessibility", "mi")],
    )
    first, second = source.slots
    first.audience, first.classes, first.is_opening = SlotAudience.SCHOOLS, 2, True
    second.venue = other
    source.co_organisers = [
        CoOrganiser(organisation=make_organisation(name="Médiathèque"), added_at=now())
    ]
    (draft,) = renewed(source, by=person)
    assert (draft.status, draft.edition.year, draft.title, draft.created_by) == (
        Status.DRAFT,
        2026,
        "Le ciel de Gascogne",
        person,
    )
    assert (draft.organisation, draft.renewed_from, draft.venue) == (
        source.organisation,
        source,
        place,
    )
    assert [
        (
            slot.starts_at,
            slot.ends_at,
            slot.capacity,
            slot.classes,
            slot.audience,
            slot.is_opening,
            slot.venue,
        )
        for slot in draft.slots
    ] == [
        (at(3, 10, year=2026), at(3, 12, year=2026), 20, 2, SlotAudience.SCHOOLS, True, None),
        (at(11, 14, year=2026), at(11, 16, year=2026), 20, None, SlotAudience.ALL, False, other),
    ]
    assert {slot.uid for slot in draft.slots}.isdisjoint({slot.uid for slot in source.slots})
    assert sorted(each.code for each in draft.terms) == ["all", "environment", "mi"]
    assert (draft.booking, draft.booking_phone, draft.expected_visitors) == (
        Booking.REQUIRED,
        "05 61 00 00 00",
        120,
    )
    assert (draft.is_free, draft.matches_edition_theme, draft.online_link) == (False, None, "")
    assert [each.organisation.name for each in draft.co_organisers] == ["Médiathèque"]
    assert draft.to_confirm.split(",") == [
        "description",
        "scientific_referent",
        "venue",
        "slots",
        "booking_phone",
        "matches_edition_theme",
        "is_free",
    ]
    assert (draft.submitted_at, draft.published_at) == (None, None)
    assert stems("gascogne")[0] in draft.search.split()
    assert acts(draft) == [
        ("activity.declared", "Le ciel de Gascogne"),
        ("activity.renewed", "édition 2025"),
    ]


def test_renewing_twice_renews_once(db):
    person = make_user()
    sources = [held_last_year(person), held_last_year(person)]
    assert len(renewed(*sources, by=person)) == 2
    assert renewed(*sources, by=make_user()) == []
    made = db.session.scalars(select(Activity).where(Activity.renewed_from_id.is_not(None))).all()
    assert [len(each.slots) for each in made] == [2, 2]


def test_an_older_occurrence_is_renewed_already_through_the_later_one(db):
    older = make_activity(edition=make_edition(2024, state=EditionState.CLOSED))
    source = held_last_year(renewed_from=older, organisation=older.organisation)
    renewed(source)
    (outlook,) = foresee(find_to_renew([older.id]), make_edition())
    assert outlook.renewal is not None
    assert outlook.renewal.renewed_from == source


def test_a_deleted_renewal_can_be_made_again(db):
    source = held_last_year()
    (draft,) = renewed(source)
    db.session.delete(draft)
    db.session.flush()
    (again,) = renewed(source)
    assert len(again.slots) == 2


def test_a_draft_that_was_renewed_can_be_deleted_and_the_line_goes_on(db):
    person = make_user()
    older = make_activity(edition=make_edition(2024, state=EditionState.CLOSED))
    source = held_last_year(
        person, status=Status.DRAFT, renewed_from=older, organisation=make_organisation(person)
    )
    (draft,) = renewed(source)
    delete_draft(source, by=person, at=now())
    db.session.expire_all()
    assert draft.renewed_from == older


def test_cancelled_slots_stay_behind(db):
    source = held_last_year()
    source.slots[0].state = SlotState.CANCELLED
    (draft,) = renewed(source)
    assert [slot.starts_at for slot in draft.slots] == [at(11, 14, year=2026)]


def test_a_place_entered_twice_gives_way_to_the_one_that_stays(db):
    survivor = make_venue(name="Muséum du Gers")
    gone = make_venue(name="Museum", merged_into_id=survivor.id)
    (draft,) = renewed(held_last_year(venue=gone))
    assert draft.venue == survivor


def test_a_stand_finds_its_village_again_once_it_is_renewed(db):
    village = held_last_year(kind="science_village")
    stand = held_last_year(parent=village)
    (alone,) = renewed(stand)
    assert alone.parent is None
    assert "parent" in alone.to_confirm.split(",")
    db.session.delete(alone)
    db.session.flush()
    (again,) = renewed(village, by=make_coordinator("32"))
    again.status = Status.LABELLED
    db.session.flush()
    (with_it,) = renewed(stand)
    assert with_it.parent == again


def test_only_the_coordination_renews_a_village(db):
    village = held_last_year(kind="science_village")
    with pytest.raises(RuleBrokenError, match="créé par la coordination"):
        renewed(village)


def test_the_call_must_be_open_but_for_the_coordination(db, clock):
    source = held_last_year()
    make_edition()
    clock.move_to(at(1, 10, year=2026))
    with pytest.raises(RuleBrokenError, match="n’est pas ouvert"):
        renewed(source)
    assert len(renewed(source, by=make_coordinator("32"))) == 1


def test_only_an_earlier_edition_is_renewed(db):
    with pytest.raises(RuleBrokenError, match="édition passée"):
        renewed(make_activity())


def test_a_retired_word_is_told_and_left_out(db):
    retired = term("theme", "environment")
    retired.is_retired = True
    source = held_last_year()
    (outlook,) = foresee(find_to_renew([source.id]), make_edition())
    assert outlook.left_out == [retired.label]
    (draft,) = renewed(source)
    assert [each.code for each in draft.terms] == ["all"]


# Reading again


def marked(activity: Activity) -> list[str]:
    return [gap.field for gap in left_to_confirm(activity)]


def test_each_part_is_confirmed_apart_and_said_in_the_journal(db):
    person = make_user()
    (draft,) = renewed(held_last_year(person), by=person)
    assert confirm_part(draft, Part.WHEN, by=person, at=now()) == ["slots"]
    assert confirm_part(draft, Part.WHEN, by=person, at=now()) == []
    assert draft.to_confirm.split(",") == [
        "description",
        "venue",
        "matches_edition_theme",
        "is_free",
    ]
    assert acts(draft)[-1] == ("activity.confirmed", "Créneaux")


def test_what_is_missing_is_not_asked_for_twice(db):
    (draft,) = renewed(held_last_year())
    assert marked(draft) == ["description", "venue", "slots"]
    draft.is_free, draft.matches_edition_theme = True, True
    assert marked(draft) == ["description", "matches_edition_theme", "venue", "slots", "is_free"]


def test_nothing_is_deposited_before_all_was_read_again(db):
    person = make_user()
    (draft,) = renewed(held_last_year(person), by=person)
    draft.is_free, draft.matches_edition_theme = True, False
    db.session.flush()
    with pytest.raises(RuleBrokenError, match=r"Il reste à relire .* Description, .*Créneaux"):
        take_step(draft, Step.SUBMIT, by=person, at=now())
    for part in Part:
        confirm_part(draft, part, by=person, at=now())
    take_step(draft, Step.SUBMIT, by=person, at=now())
    kept = find_activity(draft.id)
    assert kept is not None
    assert (kept.status, kept.to_confirm) == (Status.SUBMITTED, "")
