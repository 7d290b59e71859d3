"""Slots in, iCalendar bytes out."""

import re
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, strategies as st
from icalendar import Calendar

from fete.core.clock import from_paris
from fete.core.text import clean
from fete.feeds import ical
from fete.programme.models import Activity, Booking, Mode, Slot
from fete.programme.workflow import SlotState

CHANGED = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
HEADING = ical.Heading(
    name="Fête de la science, Gers",
    description="Le programme",
    page="https://fete.example.org/programme",
    source="https://fete.example.org/agenda.ics",
)


def slot(**values):
    """Give a slot of an activity held at Auch, never saved."""
    commune = SimpleNamespace(name="Auch", post_code="32000", latitude=43.6456, longitude=0.5885)
    venue = SimpleNamespace(
        name="Muséum", address="1, rue des Écoles", commune=commune, latitude=None, longitude=None
    )
    activity = SimpleNamespace(
        id=7,
        title="Étoiles, planètes ; et autres",
        standfirst="Une nuit dehors.",
        organisation=SimpleNamespace(name="Club d’astronomie"),
        booking=Booking.NONE,
        booking_phone="",
        booking_email="",
        booking_link="",
        mode=Mode.ON_SITE,
        online_link="",
        venue=venue,
        parent=None,
        kind=SimpleNamespace(label_fr="Atelier"),
        terms_of=lambda _list: [
            SimpleNamespace(label_fr="Terre, Univers"),
            SimpleNamespace(label_fr="Numérique"),
        ],
        created_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    )
    # Its own, unless a test says that it is its village's.
    activity.booking_from = activity
    activity.picture = None
    known = {
        "id": 1,
        "uid": "0b0e3f5a-0000-4000-8000-000000000001",
        "revision": 3,
        "changed_at": CHANGED,
        "starts_at": from_paris(date(2026, 10, 3), time(20)),
        "ends_at": from_paris(date(2026, 10, 3), time(22)),
        "state": SlotState.SCHEDULED,
        "note": "",
        "activity": activity,
    }
    for name in [name for name in values if hasattr(activity, name) and name not in known]:
        setattr(activity, name, values.pop(name))
    place = activity.venue or activity.parent.venue
    held = {"place": place, "places": [place], "is_for_schools": False}
    return SimpleNamespace(**(held | known | values))


def lines(slot) -> list[str]:
    """Give the unfolded lines of a slot."""
    written = ical.fragment(slot, page="https://fete.example.org/activites/7-etoiles")
    return written.decode().replace("\r\n ", "").split("\r\n")


def test_a_slot_is_written_whole():
    assert lines(slot()) == [
        "BEGIN:VEVENT",
        "UID:0b0e3f5a-0000-4000-8000-000000000001",
        "DTSTAMP:20260901T083000Z",
        "CREATED:20260301T090000Z",
        "LAST-MODIFIED:20260901T083000Z",
        "SEQUENCE:3",
        "DTSTART;TZID=Europe/Paris:20261003T200000",
        "DTEND;TZID=Europe/Paris:20261003T220000",
        "SUMMARY:Étoiles\\, planètes \\; et autres",
        "STATUS:CONFIRMED",
        "DESCRIPTION:Une nuit dehors.\\nProposé par Club d’astronomie.\\nEntrée libre.\\nhttps://fete.example.org/activites/7-etoiles",
        "LOCATION:Muséum\\, 1\\, rue des Écoles\\, 32000 Auch",
        "GEO:43.64560;0.58850",
        "CATEGORIES:Atelier,Terre\\, Univers,Numérique",
        "URL:https://fete.example.org/activites/7-etoiles",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "",
    ]


@pytest.mark.parametrize(
    ("state", "status", "summary"),
    [
        (SlotState.SCHEDULED, "CONFIRMED", "Titre"),
        (SlotState.RESCHEDULED, "CONFIRMED", "Titre"),
        (SlotState.MOVED_ONLINE, "CONFIRMED", "En ligne : Titre"),
        (SlotState.POSTPONED, "TENTATIVE", "Reporté : Titre"),
        (SlotState.FULL, "CONFIRMED", "Complet : Titre"),
        (SlotState.CANCELLED, "CANCELLED", "Annulé : Titre"),
    ],
)
def test_the_state_of_a_slot_is_its_status_and_is_said_in_the_title(state, status, summary):
    written = lines(slot(state=state, title="Titre"))
    assert f"STATUS:{status}" in written
    assert f"SUMMARY:{summary}" in written


def test_a_slot_online_has_no_place_on_a_map():
    written = lines(slot(state=SlotState.MOVED_ONLINE))
    assert "LOCATION:En ligne" in written
    assert [line for line in written if line.startswith("GEO")] == []


def test_a_stand_is_where_its_village_is():
    village = slot().activity
    assert "LOCATION:Muséum\\, 1\\, rue des Écoles\\, 32000 Auch" in lines(
        slot(venue=None, parent=village)
    )


def test_a_stand_is_booked_as_its_village_is():
    village = slot(booking=Booking.REQUIRED, booking_phone="05 62 00 00 00").activity
    (told,) = [
        line
        for line in lines(slot(parent=village, booking_from=village))
        if line.startswith("DESCRIPTION:")
    ]
    assert "Réservation obligatoire : 05 62 00 00 00" in told
    assert "Entrée libre" not in told


def test_the_reason_of_a_change_comes_first():
    written = lines(slot(state=SlotState.CANCELLED, note="Alerte météo"))
    assert any(
        line.startswith("DESCRIPTION:Annulé : Alerte météo\\nUne nuit dehors.") for line in written
    )


@pytest.mark.parametrize(
    ("booking", "contacts", "words"),
    [
        (Booking.NONE, {"booking_phone": "05 62 00 00 00"}, "Entrée libre."),
        (Booking.REQUIRED, {}, "Réservation obligatoire."),
        (
            Booking.REQUIRED,
            {"booking_phone": "05 62 00 00 00", "booking_email": "a@example.org"},
            "Réservation obligatoire : 05 62 00 00 00 · a@example.org",
        ),
        (
            Booking.RECOMMENDED,
            {"booking_link": "https://example.org"},
            "Réservation conseillée : https://example.org",
        ),
    ],
)
def test_booking_is_told_in_one_line(booking, contacts, words):
    assert ical.booking(slot(booking=booking, **contacts).activity) == words


def test_a_long_place_stays_under_255_characters_on_one_line():
    long = slot()
    long.place.address = "rue\nde la très longue adresse " * 20
    written = ical.location(long)
    assert len(written) <= 255
    assert "\n" not in written


TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=400)


@given(TEXT)
def test_any_text_is_folded_at_75_octets_and_read_back_whole(text):
    folded = ical.folded("DESCRIPTION:" + ical.escape(text))
    parts = folded.split(b"\r\n")
    assert parts[-1] == b""
    assert all(len(part) <= 75 for part in parts)
    for part in parts:
        part.decode()  # no character is cut in two
    for before in parts[:-2]:
        assert (len(before) - len(before.rstrip(b"\\"))) % 2 == 0  # no escape is cut in two
    whole = folded.replace(b"\r\n ", b"").decode()[len("DESCRIPTION:") : -2]
    read = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], whole)
    assert read == clean(text)


@given(title=TEXT, note=TEXT, name=TEXT)
def test_whatever_is_typed_the_library_reads_the_calendar_back(title, note, name):
    made = ical.calendar(
        HEADING,
        [ical.fragment(slot(title=title or "x", note=note), page="https://x.example/1")],
    )
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert event["SUMMARY"] == ical.one_line(title or "x")
    assert event["DTSTART"].dt == slot().starts_at


def test_a_calendar_begins_with_what_readers_need_and_its_zone():
    made = ical.calendar(HEADING, []).decode()
    assert made.split("\r\n")[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert "METHOD" not in made
    assert made.count("BEGIN:VTIMEZONE") == 1
    assert made.endswith("END:VTIMEZONE\r\nEND:VCALENDAR\r\n")
    read = Calendar.from_ical(made)
    # The library takes these two as they are written, escapes and all.
    assert read["NAME"] == read["X-WR-CALNAME"] == "Fête de la science\\, Gers"
    assert read["REFRESH-INTERVAL"].dt == timedelta(hours=6)


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (date(2026, 10, 24), "2026-10-24T12:00:00+00:00"),
        (date(2026, 10, 25), "2026-10-25T13:00:00+00:00"),
    ],
)
def test_two_in_the_afternoon_is_right_on_both_sides_of_the_change(day, instant):
    start = from_paris(day, time(14))
    made = ical.calendar(
        HEADING,
        [
            ical.fragment(
                slot(starts_at=start, ends_at=start + timedelta(hours=1)),
                page="https://x.example/1",
            )
        ],
    )
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert event["DTSTART"].dt.astimezone(UTC).isoformat() == instant


def test_the_models_have_what_the_writer_reads():
    assert {"uid", "revision", "changed_at", "state", "note"} <= set(Slot.__table__.columns.keys())
    assert {"standfirst", "booking", "mode", "online_link"} <= set(
        Activity.__table__.columns.keys()
    )


def test_a_slot_that_names_its_place_is_there_and_not_where_its_activity_is():
    commune = SimpleNamespace(name="Condom", post_code="32100", latitude=43.9, longitude=0.3)
    barn = SimpleNamespace(name="Grange", address="", commune=commune, latitude=44.0, longitude=0.5)
    written = lines(slot(place=barn, places=[barn]))
    assert "LOCATION:Grange\\, 32100 Condom" in written
    assert "GEO:44.00000;0.50000" in written


def test_a_slot_held_at_several_sites_tells_the_others_and_whom_it_is_for():
    held = slot(is_for_schools=True)
    commune = SimpleNamespace(name="Condom", post_code="32100", latitude=43.9, longitude=0.3)
    held.places = [held.place, SimpleNamespace(name="Grange", commune=commune)]
    assert any(
        line.startswith(
            "DESCRIPTION:Une nuit dehors.\\nRéservé aux groupes scolaires.\\nAussi à : Grange (Condom).\\nProposé par"
        )
        for line in lines(held)
    )
    held.state = SlotState.MOVED_ONLINE
    assert "Aussi à" not in ical.description([held], "")


def opened(*days: int, hours: tuple[tuple[int, int], ...] = ((10, 18),), **values):
    """Give the opening hours of these days of October, the last day entered first."""
    return [
        slot(
            id=100 - day,
            uid=f"uid-{day}",
            starts_at=from_paris(date(2026, 10, day), time(starts)),
            ends_at=from_paris(date(2026, 10, day), time(ends)),
            day=date(2026, 10, day),
            last_day=date(2026, 10, day),
            **values,
        )
        for day in days
        for starts, ends in hours
    ]


def test_opening_hours_of_several_days_are_one_bar_that_tells_its_hours():
    made = ical.fragment(
        *opened(2, 3, 4, hours=((10, 12), (14, 18))),
        page="https://x.example/1",
        picture="https://x.example/images/key-1200.webp",
    )
    written = made.decode().replace("\r\n ", "").split("\r\n")
    # Named after the day that was entered first.
    assert written[1] == "UID:uid-4"
    assert written[6:8] == ["DTSTART;VALUE=DATE:20261002", "DTEND;VALUE=DATE:20261005"]
    assert [line for line in written if line.startswith(("DESCRIPTION", "IMAGE"))] == [
        "DESCRIPTION:Ouvert chaque jour de 10\u00a0h à 12\u00a0h et de 14\u00a0h à 18\u00a0h.\\nUne nuit dehors.\\nProposé par Club d’astronomie.\\nEntrée libre.\\nhttps://x.example/1",
        "IMAGE;VALUE=URI;FMTTYPE=image/webp:https://x.example/images/key-1200.webp",
    ]


def test_a_bar_is_as_new_as_the_last_of_its_days():
    later = CHANGED + timedelta(days=1)
    first, last = opened(2, 3)
    first.changed_at, last.revision = later, 9
    written = ical.fragment(first, last, page="https://x.example/1").decode().split("\r\n")
    assert written[2:6] == [
        "DTSTAMP:20260902T083000Z",
        "CREATED:20260301T090000Z",
        "LAST-MODIFIED:20260902T083000Z",
        "SEQUENCE:9",
    ]


@pytest.mark.parametrize(
    ("ends", "lines_of_time"),
    [
        # A day by the clock on the wall, but of 25 hours: the night of October.
        (
            (25, 14),
            ["DTSTART;VALUE=DATE:20261024", "DTEND;VALUE=DATE:20261026"],
        ),
        (
            (25, 13),
            [
                "DTSTART;TZID=Europe/Paris:20261024T140000",
                "DTEND;TZID=Europe/Paris:20261025T130000",
            ],
        ),
        ((27, 0), ["DTSTART;VALUE=DATE:20261024", "DTEND;VALUE=DATE:20261027"]),
    ],
)
def test_nothing_that_bears_hours_lasts_longer_than_a_day(ends, lines_of_time):
    day, hour = ends
    made = slot(
        starts_at=from_paris(date(2026, 10, 24), time(14)),
        ends_at=from_paris(date(2026, 10, day), time(hour)),
        day=date(2026, 10, 24),
        last_day=date(2026, 10, day if hour else day - 1),
    )
    assert [line for line in lines(made) if line.startswith(("DTSTART", "DTEND"))] == lines_of_time


def test_a_slot_longer_than_a_day_tells_its_hours():
    made = slot(
        starts_at=from_paris(date(2026, 10, 24), time(14)),
        ends_at=from_paris(date(2026, 10, 26), time(8, 30)),
        day=date(2026, 10, 24),
        last_day=date(2026, 10, 26),
    )
    assert (
        ical.opening([made])
        == "Du samedi 24 octobre à 14\u00a0h au lundi 26 octobre à 8\u00a0h\u00a030."
    )


def test_what_was_withdrawn_is_cancelled_and_tells_nothing_of_what_it_was():
    made = slot(title="Retirée", standfirst="Un texte repris", note="Une note reprise")
    written = ical.withdrawn(made, page="https://x.example/1").decode().replace("\r\n ", "")
    assert written.split("\r\n") == [
        "BEGIN:VEVENT",
        "UID:0b0e3f5a-0000-4000-8000-000000000001",
        "DTSTAMP:20260901T083000Z",
        "LAST-MODIFIED:20260901T083000Z",
        "SEQUENCE:3",
        "DTSTART;TZID=Europe/Paris:20261003T200000",
        "DTEND;TZID=Europe/Paris:20261003T220000",
        "SUMMARY:Annulé : Retirée",
        "STATUS:CANCELLED",
        "DESCRIPTION:Cette activité a été retirée du programme : elle n’a pas lieu comme annoncé.",
        "LOCATION:Muséum\\, 1\\, rue des Écoles\\, 32000 Auch",
        "URL:https://x.example/1",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "",
    ]
