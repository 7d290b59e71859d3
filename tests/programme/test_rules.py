"""The rules of declaring, by table."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from fete.accounts.models import Role, RoleName, User
from fete.core.clock import NoSuchTimeError, from_paris, to_paris
from fete.programme import rules
from fete.programme.models import Activity, Booking, Edition, EditionState, Mode, Slot, Venue
from fete.programme.rules import EditionPlan, Part, PlannedSlot
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.models import Term, TermList

EDITION = Edition(
    id=1,
    year=2026,
    starts_on=date(2026, 10, 2),
    ends_on=date(2026, 10, 12),
    theme="Lumières",
    call_opens_on=date(2026, 2, 1),
    call_closes_on=date(2026, 4, 30),
    report_deadline=date(2026, 12, 15),
    state=EditionState.OPEN,
)


def paris(day: int, hour: int, minute: int = 0, *, month: int = 10) -> datetime:
    return from_paris(date(2026, month, day), time(hour, minute))


def a_term(of: TermList, code: str, **values) -> Term:
    return Term(list=of, code=code, label_fr=code, label_en=code, position=1, **values)


def whole(**values) -> Activity:
    """Give an activity, never saved, that lacks nothing."""
    known = {
        "id": 1,
        "edition": EDITION,
        "edition_id": 1,
        "status": Status.DRAFT,
        "to_confirm": "",
        "kind": a_term(TermList.KIND, "workshop", is_container=False),
        "title": "Un atelier",
        "standfirst": "Une phrase.",
        "description": "Un texte.",
        "scientific_referent": "Une spécialiste",
        "terms": [
            a_term(TermList.THEME, "exact"),
            a_term(TermList.AUDIENCE, "all"),
            a_term(TermList.LEVEL, "nursery"),
        ],
        "matches_edition_theme": False,
        "for_public": True,
        "for_schools": True,
        "mode": Mode.ON_SITE,
        "venue": Venue(name="Salle"),
        "online_link": "",
        "booking": Booking.REQUIRED,
        "booking_phone": "",
        "booking_email": "bonjour@exemple.fr",
        "booking_link": "",
        "is_free": True,
        "accessibility_known": True,
        "slots": [
            Slot(starts_at=paris(3, 10), ends_at=paris(3, 12), state=SlotState.SCHEDULED),
        ],
    }
    return Activity(**(known | values))


@pytest.mark.parametrize(
    ("state", "today", "is_open"),
    [
        (EditionState.OPEN, date(2026, 1, 31), False),
        (EditionState.OPEN, date(2026, 2, 1), True),
        (EditionState.OPEN, date(2026, 4, 30), True),
        (EditionState.OPEN, date(2026, 5, 1), False),
        (EditionState.PREPARED, date(2026, 3, 1), False),
        (EditionState.CLOSED, date(2026, 3, 1), False),
    ],
)
def test_the_call_is_open_from_its_first_to_its_last_day_of_an_open_edition(state, today, is_open):
    edition = Edition(call_opens_on=date(2026, 2, 1), call_closes_on=date(2026, 4, 30), state=state)
    assert rules.call_is_open(edition, today) is is_open


def test_what_was_deposited_in_time_may_be_deposited_again_after_the_call():
    after = date(2026, 6, 1)
    assert not rules.deposit_is_open(whole(submitted_at=None), after)
    assert rules.deposit_is_open(whole(submitted_at=paris(1, 9, month=4)), after)


def test_what_the_coordination_began_is_deposited_after_the_call_while_the_edition_is_open():
    coordinator = User(roles=[Role(name=RoleName.REGIONAL)])
    after = date(2026, 6, 1)
    assert rules.deposit_is_open(whole(created_by=coordinator), after)
    assert not rules.deposit_is_open(whole(created_by=User(roles=[])), after)
    closed = Edition(year=2026, state=EditionState.CLOSED)
    assert not rules.deposit_is_open(whole(created_by=coordinator, edition=closed), after)


def test_nothing_is_missing_from_a_whole_activity(app):
    assert rules.missing(whole()) == []
    assert rules.advice(whole()) == []


@pytest.mark.parametrize(
    ("values", "gaps"),
    [
        ({"kind": None}, [("kind", Part.WHAT)]),
        ({"title": ""}, [("title", Part.WHAT)]),
        ({"description": ""}, [("description", Part.WHAT)]),
        ({"matches_edition_theme": None}, [("matches_edition_theme", Part.WHAT)]),
        (
            {"terms": []},
            [("themes", Part.WHAT), ("audiences", Part.WHOM), ("levels", Part.WHOM)],
        ),
        (
            {"terms": [a_term(TermList.THEME, "exact"), a_term(TermList.AUDIENCE, "all")]},
            [("levels", Part.WHOM)],
        ),
        (
            {
                "for_schools": False,
                "terms": [a_term(TermList.THEME, "exact"), a_term(TermList.AUDIENCE, "all")],
            },
            [],
        ),
        ({"for_public": False, "for_schools": False}, [("welcome", Part.WHOM)]),
        ({"venue": None}, [("venue", Part.WHERE)]),
        ({"venue": None, "mode": Mode.BOTH}, [("venue", Part.WHERE)]),
        ({"venue": None, "mode": Mode.ONLINE, "online_link": "https://exemple.fr"}, []),
        ({"slots": []}, [("slots", Part.WHEN)]),
        (
            {
                "slots": [
                    Slot(starts_at=paris(1, 10), ends_at=paris(1, 12), state=SlotState.SCHEDULED)
                ]
            },
            [("slots", Part.WHEN)],
        ),
        (
            {
                "slots": [
                    Slot(starts_at=paris(3, 10), ends_at=paris(3, 12), state=SlotState.CANCELLED)
                ]
            },
            [("slots", Part.WHEN)],
        ),
        ({"booking_email": ""}, [("booking_phone", Part.HOW)]),
        ({"booking_email": "", "booking": Booking.NONE}, []),
        ({"is_free": False}, [("is_free", Part.HOW)]),
    ],
)
def test_what_is_missing_is_told_with_its_field_and_its_part(app, values, gaps):
    assert [(gap.field, gap.step) for gap in rules.missing(whole(**values))] == gaps


def test_an_edition_without_a_theme_asks_nothing_about_it(app):
    edition = Edition(
        id=2, theme="", starts_on=date(2026, 10, 2), ends_on=date(2026, 10, 12), year=2026
    )
    assert rules.missing(whole(edition=edition, matches_edition_theme=None)) == []


def test_a_stand_of_a_village_may_leave_place_and_hours_to_it(app):
    village = whole(kind=a_term(TermList.KIND, "science_village", is_container=True))
    assert rules.missing(whole(parent=village, venue=None, slots=[])) == []
    assert [gap.field for gap in rules.missing(whole(parent=whole(venue=None), venue=None))] == [
        "venue"
    ]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"standfirst": ""}, ["standfirst"]),
        ({"scientific_referent": ""}, ["scientific_referent"]),
        ({"mode": Mode.ONLINE}, ["online_link"]),
        ({"accessibility_known": False}, ["accessibility_known"]),
        (
            {
                "slots": [
                    Slot(starts_at=paris(3, 10), ends_at=paris(3, 12), state=SlotState.SCHEDULED),
                    Slot(starts_at=paris(20, 10), ends_at=paris(20, 12), state=SlotState.SCHEDULED),
                ]
            },
            ["slots"],
        ),
    ],
)
def test_what_would_help_is_advised_without_being_asked(app, values, fields):
    activity = whole(**values)
    assert [tip.field for tip in rules.advice(activity)] == fields
    assert rules.missing(activity) == []


def test_a_part_is_complete_when_nothing_of_it_is_left_to_fill(app):
    assert rules.complete_parts(whole()) == frozenset(set(Part) - {Part.MEANS})
    assert rules.complete_parts(
        whole(title="", slots=[], accessibility_known=False, expected_visitors=0)
    ) == frozenset({Part.WHOM, Part.WHERE, Part.HOW, Part.MEANS})


def test_the_window_holds_its_first_and_last_instants():
    assert rules.is_in_window(paris(2, 0), EDITION)
    assert rules.is_in_window(paris(12, 23, 59), EDITION)
    assert not rules.is_in_window(paris(13, 0), EDITION)
    assert not rules.is_in_window(paris(1, 23, 59), EDITION)


@pytest.mark.parametrize(
    ("values", "may"),
    [
        ({}, True),
        ({"status": Status.LABELLED}, True),
        ({"status": Status.DRAFT}, False),
        ({"status": Status.REFUSED}, False),
        ({"edition_id": 9}, False),
        ({"kind": a_term(TermList.KIND, "workshop", is_container=False)}, False),
    ],
)
def test_a_container_holds_activities_of_its_edition_once_it_is_labelled(values, may):
    known = {
        "id": 2,
        "status": Status.PUBLISHED,
        "kind": a_term(TermList.KIND, "trail", is_container=True),
    }
    assert rules.may_hold(whole(**(known | values)), whole()) is may


def test_a_container_is_not_held_by_another():
    trail = a_term(TermList.KIND, "trail", is_container=True)
    assert not rules.may_hold(whole(id=2, kind=trail, status=Status.PUBLISHED), whole(kind=trail))


def test_an_end_before_the_start_is_on_the_next_day():
    day = date(2026, 10, 3)
    assert rules.end_of(day, time(20), time(23)) == paris(3, 23)
    assert rules.end_of(day, time(20), time(1)) == paris(4, 1)


@pytest.mark.parametrize(
    ("day", "starts", "ends"),
    [
        (date(2026, 3, 29), time(2, 30), None),
        (date(2026, 3, 28), time(23), time(2, 30)),
        (date(2026, 3, 29), time(1), time(2, 59)),
    ],
)
def test_the_hour_that_spring_skips_is_no_hour(day, starts, ends):
    def times():
        return rules.start_of(day, starts) if ends is None else rules.end_of(day, starts, ends)

    with pytest.raises(NoSuchTimeError):
        times()


def test_the_hour_that_autumn_repeats_is_one():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert rules.same_time(first, first + timedelta(hours=1))
    assert not rules.same_time(first, first + timedelta(hours=2))


def slot(start: datetime, end: datetime, capacity: int | None = None) -> PlannedSlot:
    return PlannedSlot(starts_at=start, ends_at=end, capacity=capacity)


@pytest.mark.parametrize(
    ("slots", "faults"),
    [
        ([slot(paris(3, 10), paris(3, 12))], []),
        ([slot(paris(3, 10), paris(3, 12)), slot(paris(3, 12), paris(3, 14))], []),
        ([slot(paris(3, 10), paris(3, 10))], [(0, "ends")]),
        ([slot(paris(3, 10), paris(3, 9))], [(0, "ends")]),
        ([slot(paris(3, 10), paris(4, 10))], []),
        ([slot(paris(3, 10), paris(4, 10, 1))], [(0, "ends")]),
        # A day of the clock on the wall, though it lasts 25 hours.
        ([slot(paris(24, 12), paris(25, 12))], []),
        ([slot(paris(3, 10), paris(3, 12), 0)], [(0, "capacity")]),
        ([slot(paris(3, 10), paris(3, 12), 1_000_001)], [(0, "capacity")]),
        ([slot(paris(3, 10), paris(3, 12)), slot(paris(3, 11), paris(3, 13))], [(1, "starts")]),
        ([slot(paris(3, 11), paris(3, 13)), slot(paris(3, 10), paris(3, 12))], [(0, "starts")]),
        ([slot(paris(3, 10), paris(3, 12)), slot(paris(3, 10), paris(3, 12))], [(1, "starts")]),
        (
            [
                slot(paris(3, 9), paris(3, 18)),
                slot(paris(3, 10), paris(3, 11)),
                slot(paris(3, 12), paris(3, 13)),
            ],
            [(1, "starts"), (2, "starts")],
        ),
    ],
)
def test_slots_that_cannot_be_are_told_with_their_number_and_field(app, slots, faults):
    assert [(f.number, f.field) for f in rules.slot_faults(slots)] == faults


def test_a_slot_is_in_the_year_of_its_edition(app):
    typo = PlannedSlot(
        starts_at=datetime(2062, 10, 3, 8, tzinfo=UTC), ends_at=datetime(2062, 10, 3, 9, tzinfo=UTC)
    )
    faults = rules.slot_faults([slot(paris(3, 10), paris(3, 12)), typo], EDITION)
    assert [(f.number, f.field) for f in faults] == [(1, "day")]


@st.composite
def many_slots(draw) -> list[PlannedSlot]:
    starts = draw(st.lists(st.integers(0, 24 * 20), max_size=12))
    return [
        PlannedSlot(
            starts_at=paris(2, 0) + timedelta(hours=start),
            ends_at=paris(2, 0) + timedelta(hours=start + draw(st.integers(1, 23))),
        )
        for start in starts
    ]


@given(many_slots())
@settings(max_examples=150, deadline=None)
def test_slots_without_a_fault_never_overlap_and_those_with_one_do(app, slots):
    def overlap(one: PlannedSlot, other: PlannedSlot) -> bool:
        return one.starts_at < other.ends_at and other.starts_at < one.ends_at

    faults = rules.slot_faults(slots)
    at_fault = {fault.number for fault in faults}
    sound = [each for number, each in enumerate(slots) if number not in at_fault]
    clashes = any(
        overlap(one, other) for number, one in enumerate(slots) for other in slots[number + 1 :]
    )
    assert bool(faults) is clashes
    for number in at_fault:
        assert any(
            overlap(slots[number], other) for index, other in enumerate(slots) if index != number
        )
    if not faults:
        assert len(sound) == len(slots)


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 30)),
    st.times(),
    st.times(),
)
@settings(max_examples=200, deadline=None)
def test_a_slot_reads_back_as_it_was_typed_and_lasts_less_than_a_day_of_the_clock(
    day, starts, ends
):
    starts, ends = starts.replace(microsecond=0, fold=0), ends.replace(microsecond=0, fold=0)
    try:
        start, end = rules.start_of(day, starts), rules.end_of(day, starts, ends)
    except NoSuchTimeError:
        return
    assert (to_paris(start).date(), to_paris(start).time()) == (day, starts)
    assert to_paris(end).time() == ends
    assert end - start <= timedelta(hours=25)


PLAN = EditionPlan(
    year=2026,
    starts_on=date(2026, 10, 2),
    ends_on=date(2026, 10, 12),
    theme="",
    call_opens_on=date(2026, 2, 1),
    call_closes_on=date(2026, 4, 30),
    report_deadline=date(2026, 12, 15),
)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, None),
        ({"year": 1991}, "year"),
        ({"year": 2101}, "year"),
        ({"starts_on": date(2025, 10, 2)}, "starts_on"),
        ({"ends_on": date(2026, 10, 1)}, "ends_on"),
        ({"ends_on": date(2026, 12, 12)}, "ends_on"),
        ({"call_closes_on": date(2026, 1, 31)}, "call_closes_on"),
        (
            {"call_opens_on": date(2026, 11, 1), "call_closes_on": date(2026, 11, 2)},
            "call_opens_on",
        ),
        ({"report_deadline": date(2026, 10, 12)}, "report_deadline"),
    ],
)
def test_the_calendar_of_an_edition_hangs_together(app, values, field):
    plan = EditionPlan(**({name: getattr(PLAN, name) for name in PLAN.__slots__} | values))
    fault = rules.edition_fault(plan)
    assert (fault.field if fault else None) == field


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, None),
        ({"title": "a" * 141}, "title"),
        ({"standfirst": "a" * 201}, "standfirst"),
        ({"description": "a" * 10_001}, "description"),
        ({"age_min": 12, "age_max": 6}, "age_max"),
        ({"age_min": 6, "age_max": 6}, None),
    ],
)
def test_what_cannot_stand_even_in_a_draft_is_told(app, values, field):
    faults = rules.content_faults(whole(**values))
    assert [fault.field for fault in faults] == ([field] if field else [])


def test_what_is_cancelled_is_not_told_as_merely_published(app):
    activity = whole(status=Status.PUBLISHED)
    for slot in activity.slots:
        slot.state = SlotState.CANCELLED
    assert rules.situation(activity).startswith("Annulée")


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_told_in_a_sentence(app, status):
    assert rules.situation(whole(status=status)).endswith((".", "…"))
