"""The rules of versions: which field goes back to review, what differs between two contents, on objects never saved."""

from datetime import date, time, timedelta

import pytest

from fete.core.clock import from_paris
from fete.programme.models import Activity, Slot, SlotAudience
from fete.programme.rules import FIELD_NAMES, FIELDS, Part, PlannedSlot
from fete.programme.rules.versions import (
    CORRECTED,
    REVIEWED,
    Change,
    Fate,
    only_corrects_slots,
    pieces,
    reviewed_in,
    row_of,
    rows_of,
    slot_changes,
)
from fete.programme.workflow import SlotState

WHAT_BECOMES_OF = {
    # What one chooses an activity by, and the label was given on.
    "kind": "reviewed",
    "title": "reviewed",
    # Words.
    "standfirst": "corrected",
    "description": "corrected",
    "themes": "corrected",
    "matches_edition_theme": "corrected",
    "scientific_referent": "corrected",
    "partners": "corrected",
    # Its public.
    "audiences": "reviewed",
    "for_public": "reviewed",
    "for_schools": "reviewed",
    "levels": "reviewed",
    "age_min": "reviewed",
    "age_max": "reviewed",
    # Its place.
    "mode": "reviewed",
    "parent": "reviewed",
    "venue": "reviewed",
    "sites": "reviewed",
    # How one gets there.
    "access_note": "corrected",
    "online_link": "corrected",
    # Its hours.
    "slots": "reviewed",
    # How one books: whom to call changes until the last day.
    "booking": "corrected",
    "booking_phone": "corrected",
    "booking_email": "corrected",
    "booking_link": "corrected",
    "conditions": "corrected",
    # Confirmed, never taken back: a deposit needs it.
    "is_free": "corrected",
    "accessibility_known": "corrected",
    "accessibility": "corrected",
    "accessibility_note": "corrected",
    # What the public never sees.
    "expected_researchers": "corrected",
    "expected_mediators": "corrected",
    "expected_volunteers": "corrected",
    "expected_visitors": "corrected",
}


def test_each_field_is_corrected_at_once_or_goes_back_to_review():
    decided = dict.fromkeys(REVIEWED, "reviewed") | dict.fromkeys(CORRECTED, "corrected")
    assert decided == WHAT_BECOMES_OF
    assert not REVIEWED & CORRECTED
    assert [name for fields in FIELDS.values() for name in fields] == list(WHAT_BECOMES_OF)


@pytest.mark.parametrize(
    ("part", "reviewed", "corrected"),
    [
        (Part.WHEN, ["slots"], []),
        (Part.WHERE, ["mode", "parent", "venue", "sites"], ["access_note", "online_link"]),
        (Part.ACCESS, [], ["accessibility_known", "accessibility", "accessibility_note"]),
    ],
)
def test_a_part_names_what_goes_back_to_review(part, reviewed, corrected):
    assert reviewed_in(part) == (
        [FIELD_NAMES[name] for name in reviewed],
        [FIELD_NAMES[name] for name in corrected],
    )


# Slots


def at(day: int, hour: int):
    return from_paris(date(2026, 10, day), time(hour))


def slot(number: int | None, starts, **values) -> Slot:
    known = {
        "id": number,
        "uid": f"uid-{number}",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "capacity": None,
        "classes": None,
        "audience": SlotAudience.ALL,
        "is_opening": False,
        "state": SlotState.SCHEDULED,
    }
    return Slot(**(known | values))


def test_slots_are_matched_by_their_numbers_not_by_their_times():
    before = [
        slot(1, at(3, 10)),
        slot(2, at(4, 10)),
        slot(3, at(5, 10), capacity=20),
        slot(4, at(6, 10)),
    ]
    after = [
        slot(1, at(3, 10)),
        # One moved to the time of the one that goes.
        slot(2, at(6, 10)),
        slot(3, at(5, 10), capacity=12, audience=SlotAudience.SCHOOLS),
        slot(None, at(7, 10)),
    ]
    found = slot_changes(before, after)
    assert [(each.fate, each.before, each.after) for each in found] == [
        (Fate.KEPT, before[0], after[0]),
        (Fate.MOVED, before[1], after[1]),
        (Fate.CHANGED, before[2], after[2]),
        (Fate.REMOVED, before[3], None),
        (Fate.ADDED, None, after[3]),
    ]
    assert [(str(each.name), each.before, each.after) for each in found[2].details] == [
        ("Places", 20, 12),
        ("Pour", SlotAudience.ALL, SlotAudience.SCHOOLS),
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"capacity": 12}, True),
        ({"classes": 2}, True),
        ({"is_opening": True}, True),
        ({"starts_at": at(3, 9)}, False),
        ({"ends_at": at(3, 13)}, False),
        ({"audience": SlotAudience.SCHOOLS}, False),
        ({"venue_id": 7}, False),
    ],
)
def test_only_how_many_a_slot_takes_in_is_corrected_at_once(values, expected):
    before, after = row_of(slot(1, at(3, 10))), row_of(slot(1, at(3, 10), **values))
    assert only_corrects_slots([before], [after]) is expected
    assert not only_corrects_slots([before], [before, row_of(slot(None, at(5, 10)))])
    assert not only_corrects_slots([before], [])


def test_the_hour_that_autumn_repeats_is_no_change():
    second_time = at(25, 2).replace(fold=1)
    stands = slot(1, second_time, ends_at=second_time + timedelta(hours=2))
    typed = PlannedSlot(
        id=1, starts_at=at(25, 2).replace(fold=0), ends_at=second_time + timedelta(hours=2)
    )
    assert rows_of(Activity(slots=[stands]), [typed]) == [row_of(stands)]


def test_a_cancelled_slot_is_not_planned_and_one_of_another_activity_is_a_new_one():
    cancelled = slot(1, at(3, 10), state=SlotState.CANCELLED)
    rows = rows_of(
        Activity(slots=[cancelled]),
        [
            PlannedSlot(id=1, starts_at=at(3, 10), ends_at=at(3, 12)),
            PlannedSlot(id=99, starts_at=at(4, 10), ends_at=at(4, 12)),
        ],
    )
    assert [(row["id"], row["starts_at"]) for row in rows] == [(None, "2026-10-04T08:00:00+00:00")]


# Texts


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "On y observe le ciel à l’œil nu.",
            "On y observe le ciel du soir à la lunette.",
            [
                ("same", "On y observe le ciel "),
                ("new", "du soir "),
                ("same", "à "),
                ("gone", "l’œil nu"),
                ("new", "la lunette"),
                ("same", "."),
            ],
        ),
        (
            "Le grand bleu",
            "Le petit rouge",
            [("same", "Le "), ("gone", "grand bleu"), ("new", "petit rouge")],
        ),
        ("Rien", "Tout", [("gone", "Rien"), ("new", "Tout")]),
        ("Une phrase.", "Une phrase. Deux.", [("same", "Une phrase."), ("new", " Deux.")]),
        ("a\n\nb", "a\n\nb", [("same", "a\n\nb")]),
    ],
)
def test_words_are_compared_inside_a_text(before, after, expected):
    found = [(piece.state, piece.text) for piece in pieces(before, after)]
    assert found == expected
    assert "".join(text for state, text in found if state != "new") == before
    assert "".join(text for state, text in found if state != "gone") == after


def test_a_short_text_is_read_whole_before_and_after():
    assert Change(name="title", before="Nuit noire", after="Nuit blanche").pieces == []
    assert Change(name="standfirst", before="", after="x" * 100).pieces == []
    assert Change(name="description", before="x" * 100, after="y").pieces != []


def test_of_a_list_each_word_stays_goes_or_comes():
    change = Change(name="themes", before=["a", "b"], after=["b", "c"])
    assert change.members == [("gone", "a"), ("same", "b"), ("new", "c")]
    assert Change(name="slots", before=[], after=[]).members == []
