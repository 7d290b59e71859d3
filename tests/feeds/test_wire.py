"""A whole feed as it goes over the wire: every byte as the format and the great calendars want it."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from icalendar import Calendar

from fete.core.clock import from_paris, now
from fete.programme.models import Booking, SlotAudience
from fete.programme.rules import PlannedSlot, planned_of
from fete.programme.services.activities import plan_slots
from fete.programme.workflow import SlotState
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import MONTPELLIER, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

MORNING = from_paris(date(2026, 10, 3), time(10))
DAY = timedelta(days=1)
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "SEQUENCE", "LAST-MODIFIED", "URL",
        "CREATED", "DESCRIPTION", "LOCATION", "CATEGORIES", "TRANSP")  # fmt: skip


@pytest.fixture
def person(db):
    return make_user(
        name="Camille Discrète", email="camille.discrete@example.org", phone="06 12 34 56 78"
    )


@pytest.fixture
def programme(db, person):
    """Give a programme that holds a bit of everything, with what a feed must not show beside it."""
    make_edition()
    member = make_organisation(person, name="Club d’astronomie ; étoiles, planètes")
    talk = make_activity(
        MORNING,
        MORNING + 22 * DAY,
        title="Œufs\r\nsur le plat\x0b, ou presque ; vraiment\\n",
        standfirst="É" * 200,
        organisation=member,
        created_by=person,
        booking=Booking.REQUIRED,
        booking_phone="05 62 00 00 00",
        venue=make_venue(latitude=43.64, longitude=0.58, name="Halle"),
    )
    for slot, state in zip(talk.slots, (SlotState.CANCELLED, SlotState.POSTPONED), strict=True):
        slot.state, slot.note = state, "Dégât des eaux"
    exhibition = make_activity(MORNING + 8 * DAY, title="Cristaux")
    opening = [
        PlannedSlot(
            starts_at=MORNING + number * DAY,
            ends_at=MORNING + number * DAY + timedelta(hours=8),
            is_opening=True,
        )
        for number in range(5)
    ]
    plan_slots(
        exhibition, [planned_of(exhibition.slots[0]), *opening], by=make_coordinator(), at=now()
    )
    night = make_activity(from_paris(date(2026, 10, 24), time(14)), title="Une nuit et un jour")
    night.slots[0].ends_at = from_paris(date(2026, 10, 25), time(14))
    schools = make_activity(title="En classe", commune=MONTPELLIER, for_schools=True)
    schools.slots[0].audience = SlotAudience.SCHOOLS


@pytest.fixture
def feed(client, programme) -> bytes:
    content: bytes = client.get("/agenda.ics").data
    return content


def lines(feed: bytes) -> list[str]:
    """Give the lines of a feed as they were before they were folded."""
    return feed.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def events(feed: bytes) -> list[list[str]]:
    """Give the lines of each event."""
    text = "\n".join(lines(feed))
    return [
        block.split("\n")
        for block in re.findall(
            r"^BEGIN:VEVENT\n(.*?)\nEND:VEVENT$", text, re.DOTALL | re.MULTILINE
        )
    ]


def name_of(line: str) -> str:
    return re.split("[:;]", line, maxsplit=1)[0]


def values(feed: bytes, name: str) -> list[str]:
    return [line for event in events(feed) for line in event if name_of(line) == name]


def test_lines_are_whole_short_and_end_as_the_format_wants(feed):
    assert feed.endswith(b"END:VCALENDAR\r\n")
    assert not feed.startswith(b"\xef\xbb\xbf")
    assert feed.count(b"\n") == feed.count(b"\r") == feed.count(b"\r\n")
    for line in feed.removesuffix(b"\r\n").split(b"\r\n"):
        assert 0 < len(line) <= 75
        assert not re.search(r"[\x00-\x1f\x7f]", line.decode())


def test_no_fold_parts_an_escape_from_its_backslash(feed):
    for before, after in pairwise(feed.split(b"\r\n")):
        if after.startswith(b" "):
            assert (len(before) - len(before.rstrip(b"\\"))) % 2 == 0


def test_a_calendar_says_once_what_it_is_and_how_often_to_come_back(feed):
    head = lines(feed)[: lines(feed).index("BEGIN:VTIMEZONE")]
    told = {name_of(line): line.partition(":")[2] for line in head}
    assert len(told) == len(head)
    assert head[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert told["REFRESH-INTERVAL"] == told["X-PUBLISHED-TTL"] == "PT6H"
    assert told["X-WR-TIMEZONE"] == "Europe/Paris"
    assert told["NAME"] == told["X-WR-CALNAME"]
    assert told["CALSCALE"] == "GREGORIAN"
    assert "METHOD" not in told
    text = feed.decode()
    for component in ("VCALENDAR", "VTIMEZONE", "DAYLIGHT", "STANDARD"):
        assert text.count(f"BEGIN:{component}\r\n") == text.count(f"END:{component}\r\n") == 1
    assert "RDATE" not in text


def test_each_event_says_everything_once_and_nothing_that_is_nobody_s_business(feed):
    for event in events(feed):
        names = [name_of(line) for line in event]
        assert sorted(names) == sorted({*ONCE, *(["GEO"] if "GEO" in names else [])})


def test_names_are_unique_and_belong_to_no_site(feed):
    uids = values(feed, "UID")
    assert len(set(uids)) == len(uids) == 6
    for uid in uids:
        assert re.fullmatch(r"UID:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uid)


def test_what_dates_an_event_is_in_utc_and_when_it_takes_place_in_paris_or_in_days(feed):
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        for line in values(feed, name):
            assert re.fullmatch(rf"{name}:\d{{8}}T\d{{6}}Z", line)
    stamps = [line.partition(":")[2] for line in values(feed, "DTSTAMP")]
    assert stamps == [line.partition(":")[2] for line in values(feed, "LAST-MODIFIED")]
    for name in ("DTSTART", "DTEND"):
        for line in values(feed, name):
            assert re.fullmatch(
                rf"{name};(TZID=Europe/Paris:\d{{8}}T\d{{6}}|VALUE=DATE:\d{{8}})", line
            )


def test_every_event_ends_after_it_begins_and_none_with_hours_lasts_longer_than_a_day(feed):
    for event in Calendar.from_ical(feed).walk("VEVENT"):
        starts: Any = event["DTSTART"].dt
        ends: Any = event["DTEND"].dt
        assert type(starts) is type(ends)
        if isinstance(starts, datetime):
            # Between two hours of one zone, Python reckons by the clock on the wall.
            assert timedelta() < ends.astimezone(UTC) - starts.astimezone(UTC) <= DAY
        else:
            assert starts < ends


def test_a_place_is_one_short_line_and_a_position_is_in_france(feed):
    for line in values(feed, "LOCATION"):
        assert len(line) < 255
        assert "\\n" not in line
    positions = values(feed, "GEO")
    assert positions
    for line in positions:
        latitude, longitude = map(float, line.removeprefix("GEO:").split(";"))
        assert 41 < latitude < 52
        assert -6 < longitude < 10


def test_the_page_of_an_activity_is_in_its_event_twice(feed):
    for event in events(feed):
        (page,) = [line.removeprefix("URL:") for line in event if name_of(line) == "URL"]
        assert page.startswith("https://fete.example.org/activites/")
        assert any(line.endswith(f"\\n{page}") for line in event if name_of(line) == "DESCRIPTION")


def test_nothing_personal_is_told(feed, person):
    text = feed.decode().replace("\r\n ", "")
    for secret in (person.name, person.email, "06 12 34 56 78", "None", "ORGANIZER", "VALARM"):
        assert secret not in text
    # What is published to be called is there.
    assert "05 62 00 00 00" in text


def test_a_programme_of_six_hundred_events_is_light(client, db):
    starts = [MORNING + timedelta(minutes=20 * number) for number in range(60)]
    for number in range(10):
        make_activity(*starts, title=f"Observer le ciel d’automne, séance {number}")
    content = client.get("/agenda.ics").data
    assert content.count(b"BEGIN:VEVENT") == 600
    assert len(content) < 600_000


def test_robots_may_read_every_feed(client, db):
    answer = client.get("/robots.txt")
    refused = re.findall(r"Disallow: (\S+)", answer.text)
    assert answer.status_code == 200
    for address in ("/agenda.ics", "/agenda.atom", "/agenda/s/x.ics", "/activites/1-x.ics"):
        assert not any(address.startswith(prefix) for prefix in refused)


@pytest.mark.parametrize("method", ["OPTIONS", "PROPFIND", "REPORT", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/agenda.ics", "/agenda.atom", "/agenda/2026.ics", "/agenda/commune/32013-auch.ics"]
)
def test_whatever_a_client_tries_a_feed_is_only_read(client, programme, method, path):
    assert client.open(path, method=method).status_code == (200 if method == "OPTIONS" else 405)


@pytest.mark.parametrize("path", ["/agenda.ics?departement=99", "/agenda.atom?departement=99"])
def test_a_search_of_nothing_is_a_feed_of_nothing(client, programme, path):
    assert client.get(path).status_code == 200


def test_a_feed_sets_no_cookie_and_leads_nowhere_else(client, programme):
    for path in ("/agenda.ics", "/agenda.atom", "/agenda/commune/32013-auch.ics"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "public" in answer.headers["Cache-Control"]
