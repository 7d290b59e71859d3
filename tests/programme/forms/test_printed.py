"""The entry of the printed programme: short words, whole words, and what is left out said."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from fete.core.clock import from_paris
from fete.programme.forms.printed import Entry, Printed, cut, dates, printed
from fete.programme.models import Booking, Mode, Slot
from fete.programme.rules.coaching import unwritten
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.models import TermList
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


def slot(day: int, starts: int, ends: int, state: SlotState = SlotState.SCHEDULED) -> Slot:
    at = date(2026, 10, day)
    return Slot(
        starts_at=from_paris(at, time(starts)), ends_at=from_paris(at, time(ends)), state=state
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("", 10, Printed(text="")),
        ("Le ciel", 7, Printed(text="Le ciel")),
        ("Le ciel bleu", 8, Printed(text="Le ciel…", left_out="bleu")),
        ("Le  ciel\nbleu", 12, Printed(text="Le ciel bleu")),
        ("Le ciel, bleu", 10, Printed(text="Le ciel…", left_out="bleu")),
        ("Anticonstitutionnellement", 10, Printed(text="Anticonst…", left_out="itutionnellement")),
    ],
)
def test_a_text_is_cut_between_words(text, most, kept):
    assert cut(text, most) == kept


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ([], ""),
        ([slot(3, 10, 12)], "sam. 3 oct., 10 h – 12 h"),
        ([slot(3, 10, 12), slot(3, 14, 16)], "sam. 3 oct., 10 h – 12 h, 14 h – 16 h"),
        (
            [slot(2, 10, 12), slot(3, 10, 12), slot(4, 10, 12)],
            "du ven. 2 oct. au dim. 4 oct., 10 h – 12 h",
        ),
        (
            [slot(2, 10, 12), slot(3, 9, 12), slot(5, 9, 12)],
            "ven. 2 oct., 10 h – 12 h ; sam. 3 oct., 9 h – 12 h ; lun. 5 oct., 9 h – 12 h",
        ),
        (
            [slot(day, 10, 12) for day in (2, 4, 6, 8, 10)],
            "ven. 2 oct., 10 h – 12 h ; dim. 4 oct., 10 h – 12 h ; mar. 6 oct., 10 h – 12 h ; et 2 autres dates",
        ),
        ([slot(2, 10, 12, SlotState.CANCELLED), slot(3, 10, 12)], "sam. 3 oct., 10 h – 12 h"),
    ],
)
def test_dates_are_said_in_short_words(slots, said):
    assert plain(dates(slots)) == said


def test_an_activity_is_one_entry(db):
    activity = make_activity(
        title="Le ciel de Gascogne",
        venue=make_venue(name="Muséum"),
        booking=Booking.REQUIRED,
        booking_phone="05 61 00 00 00",
        age_min=8,
        accessibility_known=True,
        terms=[("theme", "environment"), ("audience", "all"), ("accessibility", "hi")],
    )
    entry = printed(activity)
    assert replace(
        entry,
        when=plain(entry.when),
        booking=plain(entry.booking),
        accessibility=plain(entry.accessibility),
    ) == Entry(
        kind="Atelier",
        title=Printed(text="Le ciel de Gascogne"),
        text=Printed(text="Une promenade parmi les étoiles."),
        is_borrowed=False,
        when="sam. 3 oct., 10 h – 12 h",
        where="Muséum, Auch (32)",
        whom="Dès 8 ans",
        booking="Gratuit, sur réservation : 05 61 00 00 00",
        accessibility=f"Accessible : {activity.terms_of(TermList.ACCESSIBILITY)[0].label}",
    )


@pytest.mark.parametrize(
    ("values", "name", "said"),
    [
        ({"age_min": 8, "age_max": 12}, "whom", "De 8 à 12 ans"),
        ({"age_max": 3}, "whom", "Jusqu’à 3 ans"),
        ({"age_min": 1}, "whom", "Dès 1 an"),
        (
            {"for_public": False, "for_schools": True, "age_min": 8},
            "whom",
            "Pour les classes, Dès 8 ans",
        ),
        ({"mode": Mode.ONLINE}, "where", "En ligne"),
        ({"is_free": False}, "booking", "Sans réservation"),
        (
            {"booking": Booking.RECOMMENDED, "booking_link": "https://www.musee.fr/ciel/"},
            "booking",
            "Gratuit, réservation conseillée : musee.fr/ciel",
        ),
        ({"booking": Booking.REQUIRED}, "booking", "Gratuit, sur réservation"),
        ({}, "accessibility", "Accessibilité non renseignée"),
        ({"accessibility_known": True}, "accessibility", ""),
    ],
)
def test_each_line_says_what_it_has_to(db, values, name, said):
    assert plain(getattr(printed(make_activity(**values)), name)) == said


def test_without_a_standfirst_the_description_is_begun_and_cut(db):
    entry = printed(make_activity(standfirst="", description="mot " * 100))
    assert entry.is_borrowed
    assert len(entry.text.text) <= 200
    assert entry.text.left_out
    assert "".join((entry.text.text[:-1], " ", entry.text.left_out)) == ("mot " * 100).strip()


def test_a_stand_has_the_place_and_the_hours_of_its_village(db):
    village = make_activity(kind="science_village", venue=make_venue(name="Halle"))
    stand = make_activity(parent=village, status=Status.DRAFT)
    stand.venue, stand.slots = None, []
    entry = printed(stand)
    assert (entry.where, plain(entry.when)) == ("Halle, Auch (32)", "sam. 3 oct., 10 h – 12 h")


def test_a_stand_that_says_nothing_of_its_booking_is_booked_as_its_village(db):
    village = make_activity(kind="science_village", booking=Booking.REQUIRED, booking_phone="05 62")
    stand = make_activity(parent=village, booking=Booking.NONE, booking_phone="", is_free=True)
    assert plain(printed(stand).booking) == "Gratuit, sur réservation : 05 62"


def test_what_is_held_in_several_places_says_so(db):
    festival = make_activity(
        kind="festival",
        venue=make_venue(name="Halle"),
        sites=[make_venue(name="Lycée"), make_venue(name="Mairie")],
    )
    assert printed(festival).where == "Halle, Auch (32), et 2 autres lieux"
    # Where it goes from place to place, the first one is where it begins.
    festival.slots[0].venue = festival.sites[0]
    assert printed(festival).where == "Lycée, Auch (32)"


def test_of_what_is_not_written_yet_an_entry_says_so(db):
    entry = printed(unwritten(make_organisation(), make_edition()))
    assert (entry.title.text, entry.text.text, entry.when, entry.where) == (
        "",
        "",
        "Dates à venir",
        "Lieu à préciser",
    )


def test_a_slot_that_ends_after_midnight_is_of_the_day_it_begins():
    late = slot(3, 22, 23)
    late.ends_at += timedelta(hours=2)
    assert plain(dates([late])) == "sam. 3 oct., 22 h – 1 h"
