"""Where the slots of an earlier edition fall in a new one, and what must be read again."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, strategies as st

from fete.core.clock import from_paris, to_paris
from fete.programme.models import Activity, Edition, Slot
from fete.programme.rules.renewal import (
    Window,
    fields_to_confirm,
    in_offer_order,
    moved_day,
    moved_slots,
    moved_times,
    renewed_content,
)
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.models import Term, TermList

OLD = Window(first=date(2025, 10, 3), last=date(2025, 10, 13))
NEW = Window(first=date(2026, 10, 2), last=date(2026, 10, 12))
LATER = Window(first=date(2026, 10, 5), last=date(2026, 10, 15))
SHORTER = Window(first=date(2026, 10, 2), last=date(2026, 10, 5))
LONGER = Window(first=date(2026, 9, 25), last=date(2026, 10, 12))


def paris(day: date, hour: int, minute: int = 0) -> datetime:
    return from_paris(day, time(hour, minute))


@pytest.mark.parametrize(
    ("day", "new", "moved"),
    [
        # The first Friday is the first Friday, the second Sunday the second Sunday.
        (date(2025, 10, 3), NEW, date(2026, 10, 2)),
        (date(2025, 10, 12), NEW, date(2026, 10, 11)),
        (date(2025, 10, 13), NEW, date(2026, 10, 12)),
        # A window that begins on a Monday: its first Friday, its first Monday.
        (date(2025, 10, 3), LATER, date(2026, 10, 9)),
        (date(2025, 10, 6), LATER, date(2026, 10, 5)),
        (date(2025, 10, 13), LATER, date(2026, 10, 12)),
        # The second Saturday of a window that has one only.
        (date(2025, 10, 11), SHORTER, date(2026, 10, 3)),
        # A Wednesday in a window that has none.
        (date(2025, 10, 8), SHORTER, date(2026, 10, 5)),
        (date(2025, 10, 4), LONGER, date(2026, 9, 26)),
        # Before and after: on their side, on their weekday.
        (date(2025, 10, 2), NEW, date(2026, 10, 1)),
        (date(2025, 9, 20), NEW, date(2026, 9, 19)),
        (date(2025, 10, 16), NEW, date(2026, 10, 15)),
        (date(2025, 10, 14), SHORTER, date(2026, 10, 6)),
        (date(2025, 10, 2), LATER, date(2026, 10, 1)),
    ],
)
def test_a_day_keeps_its_weekday_and_its_rank(day, new, moved):
    assert moved_day(day, OLD, new) == moved


_DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@st.composite
def windows(draw) -> Window:
    first = draw(_DAYS)
    return Window(first=first, last=first + timedelta(days=draw(st.integers(6, 59))))


@given(windows(), windows(), st.integers(-90, 150))
def test_a_day_stays_on_its_weekday_and_on_its_side_of_the_window(old, new, offset):
    day = old.first + timedelta(days=offset)
    moved = moved_day(day, old, new)
    assert moved.weekday() == day.weekday()
    assert (moved < new.first, moved > new.last) == (day < old.first, day > old.last)


@given(windows(), st.integers(-90, 150))
def test_a_day_does_not_move_within_its_own_window(window, offset):
    day = window.first + timedelta(days=offset)
    assert moved_day(day, window, window) == day


@given(windows(), windows(), st.integers(0, 59), st.integers(0, 59))
def test_days_of_one_weekday_keep_their_order(old, new, first, weeks):
    one = old.first + timedelta(days=first)
    other = one + timedelta(days=7 * weeks)
    assert moved_day(one, old, new) <= moved_day(other, old, new)


@pytest.mark.parametrize(
    ("starts", "ends", "moved_start", "moved_end"),
    [
        # Summer time here and there.
        (
            paris(date(2025, 10, 4), 14),
            paris(date(2025, 10, 4), 16, 30),
            paris(date(2026, 10, 3), 14),
            paris(date(2026, 10, 3), 16, 30),
        ),
        # A night.
        (
            paris(date(2025, 10, 4), 22),
            paris(date(2025, 10, 5), 1),
            paris(date(2026, 10, 3), 22),
            paris(date(2026, 10, 4), 1),
        ),
        # After the clocks went back in 2025, before they do in 2026: the hours on the wall stay.
        (
            paris(date(2025, 10, 26), 10),
            paris(date(2025, 10, 26), 12),
            paris(date(2026, 10, 25), 10),
            paris(date(2026, 10, 25), 12),
        ),
    ],
)
def test_a_slot_keeps_its_hours_in_paris(starts, ends, moved_start, moved_end):
    assert moved_times(starts, ends, OLD, NEW) == (moved_start, moved_end)


SPRING = Window(first=date(2025, 3, 23), last=date(2025, 3, 23))
SKIPPED = Window(first=date(2026, 3, 29), last=date(2026, 3, 29))


@pytest.mark.parametrize(
    ("starts", "ends", "moved"),
    [
        ((1, 30), (2, 30), ((1, 30), (3, 30))),
        ((2, 30), (4, 0), ((3, 30), (4, 0))),
        ((2, 0), (2, 45), ((3, 0), (3, 45))),
        # Its end would come before its start: it keeps its length.
        ((2, 45), (3, 15), ((3, 45), (4, 15))),
    ],
)
def test_an_hour_that_the_clocks_skip_is_taken_an_hour_later(starts, ends, moved):
    day = date(2025, 3, 23)
    start, end = moved_times(paris(day, *starts), paris(day, *ends), SPRING, SKIPPED)
    shown = [to_paris(each) for each in (start, end)]
    assert [(each.hour, each.minute) for each in shown] == list(moved)


@given(
    windows(),
    windows(),
    st.integers(-60, 120),
    st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    st.integers(5, 24 * 60),
)
def test_whatever_the_clocks_do_a_slot_ends_after_it_starts(old, new, offset, hour, minutes):
    local = datetime.combine(old.first + timedelta(days=offset), hour)
    try:
        starts = from_paris(local.date(), local.time())
    except ValueError:
        return
    start, end = moved_times(starts, starts + timedelta(minutes=minutes), old, new)
    assert start < end


def edition(year: int, window: Window) -> Edition:
    return Edition(
        year=year, starts_on=window.first, ends_on=window.last, theme="", id=year, late_entries=[]
    )


def slot(day: date, hour: int, *, hours: int = 2, **values) -> Slot:
    known = {
        "starts_at": paris(day, hour),
        "ends_at": paris(day, hour + hours),
        "state": SlotState.SCHEDULED,
    }
    return Slot(**(known | values))


def source(*slots: Slot, **values) -> Activity:
    known = {
        "edition": edition(2025, OLD),
        "title": "Le ciel",
        "standfirst": "",
        "description": "",
        "scientific_referent": "",
        "partners": "",
        "access_note": "",
        "conditions": "",
        "booking_phone": "",
        "booking_email": "",
        "booking_link": "",
        "slots": list(slots),
        "terms": [],
    }
    return Activity(**(known | values))


def moved_starts(activity: Activity, new: Edition) -> list[tuple[int, int] | None]:
    found = []
    for each in moved_slots(activity, new):
        shown = to_paris(each.starts_at) if each.starts_at else None
        found.append((shown.day, shown.hour) if shown else None)
    return found


def test_cancelled_slots_are_left_behind():
    activity = source(
        slot(date(2025, 10, 4), 10),
        slot(date(2025, 10, 4), 14, state=SlotState.CANCELLED),
        slot(date(2025, 10, 5), 10, state=SlotState.FULL),
    )
    assert moved_starts(activity, edition(2026, NEW)) == [(3, 10), (4, 10)]


def test_a_shorter_window_puts_nobody_in_two_places_at_once():
    activity = source(
        slot(date(2025, 10, 4), 10),
        slot(date(2025, 10, 11), 11),
        slot(date(2025, 10, 11), 14),
    )
    assert moved_starts(activity, edition(2026, SHORTER)) == [(3, 10), None, (3, 14)]


def test_slots_that_were_together_stay_together():
    activity = source(slot(date(2025, 10, 4), 10), slot(date(2025, 10, 4), 11))
    assert moved_starts(activity, edition(2026, NEW)) == [(3, 10), (3, 11)]


def test_a_slot_that_would_leave_the_year_is_not_taken():
    late = Window(first=date(2026, 12, 20), last=date(2026, 12, 30))
    activity = source(slot(date(2025, 10, 4), 10), slot(date(2025, 10, 20), 10))
    assert moved_starts(activity, edition(2026, late)) == [(26, 10), None]


def a_term(of: TermList, code: str, **values) -> Term:
    known = {"is_retired": False, "is_container": False, "label_fr": code, "label_en": code}
    return Term(list=of, code=code, position=1, **(known | values))


def test_what_only_holds_for_one_edition_is_asked_anew_and_retired_words_are_dropped():
    activity = source(
        is_free=True,
        matches_edition_theme=True,
        online_link="https://exemple.fr/direct",
        expected_visitors=120,
        kind=a_term(TermList.KIND, "old", is_retired=True),
        terms=[
            a_term(TermList.THEME, "exact"),
            a_term(TermList.THEME, "gone", is_retired=True),
            a_term(TermList.AUDIENCE, "all"),
        ],
    )
    content = renewed_content(activity)
    assert (content["is_free"], content["matches_edition_theme"], content["online_link"]) == (
        False,
        None,
        "",
    )
    assert content["kind"] is None
    assert [term.code for term in content["themes"]] == ["exact"]
    assert [term.code for term in content["audiences"]] == ["all"]
    assert content["expected_visitors"] == 120
    assert content["title"] == "Le ciel"


def test_what_is_read_again_is_what_was_held_what_names_the_year_and_what_is_asked_anew():
    new = edition(2026, NEW)
    assert fields_to_confirm(source(), new) == ["is_free"]
    new.theme = "Lumières"
    activity = source(
        slot(date(2025, 10, 4), 10),
        title="Le ciel de 2025",
        conditions="Depuis 2024",
        description="On observe.",
        scientific_referent="Ada",
        booking_email="ada@exemple.fr",
    )
    assert fields_to_confirm(activity, new) == [
        "title",
        "description",
        "scientific_referent",
        "slots",
        "booking_email",
        "matches_edition_theme",
        "is_free",
    ]


def test_what_was_in_the_programme_is_offered_first_then_by_date():
    def offered(number: int, status: Status, day: int) -> Activity:
        return source(slot(date(2025, 10, day), 10), id=number, status=status)

    activities = [
        offered(1, Status.DRAFT, 3),
        offered(2, Status.PUBLISHED, 12),
        offered(3, Status.LABELLED, 4),
        offered(4, Status.REFUSED, 3),
        source(id=5, status=Status.PUBLISHED),
    ]
    assert [each.id for each in in_offer_order(activities)] == [3, 2, 5, 1, 4]
