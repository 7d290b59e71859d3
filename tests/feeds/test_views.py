"""Feeds as calendars ask for them."""

import gzip
from datetime import UTC, date, datetime, time, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from fete.core.clock import from_paris, now
from fete.feeds.models import Fragment
from fete.programme.models import EditionState
from fete.programme.services.activities import touch
from fete.programme.workflow import SlotState, Status
from tests.factories.network import MONTPELLIER
from tests.factories.programme import make_activity, make_edition, make_venue

MORNING = from_paris(date(2026, 10, 3), time(10))


def events(answer) -> dict[str, dict[str, str]]:
    """Give what a calendar reads, by title."""
    return {
        str(event["SUMMARY"]): {
            name: str(value) for name, value in event.items() if not isinstance(value, list)
        }
        for event in Calendar.from_ical(answer.data).walk("VEVENT")
    }


@pytest.fixture
def edition(db):
    return make_edition()


def test_the_feed_holds_every_published_slot_and_no_other(client, edition):
    make_activity(MORNING, MORNING + timedelta(days=1), title="Publiée")
    for status in set(Status) - {Status.PUBLISHED}:
        make_activity(title=f"Fuite {status}", status=status)
    make_activity(title="Autre année", edition=make_edition(2025))
    answer = client.get("/agenda.ics")
    assert answer.status_code == 200
    assert [str(e["SUMMARY"]) for e in Calendar.from_ical(answer.data).walk("VEVENT")] == [
        "Publiée",
        "Publiée",
    ]
    assert "Fuite" not in answer.text
    assert "Autre année" not in answer.text


def test_each_slot_has_its_own_permanent_name(client, edition):
    activity = make_activity(MORNING, MORNING + timedelta(days=1))
    uids = {slot.uid for slot in activity.slots}
    for path in (
        "/agenda.ics",
        "/agenda/2026.ics",
        f"/activites/{activity.id}-{activity.slug}.ics",
    ):
        assert {
            str(e["UID"]) for e in Calendar.from_ical(client.get(path).data).walk("VEVENT")
        } == uids


@pytest.mark.parametrize("path", ["/agenda/2026.ics", "/agenda.ics?departement=32&q=caf%C3%A9"])
def test_there_is_one_calendar_whatever_the_language(client, edition, path):
    answer = client.get(f"/en{path}")
    assert (answer.status_code, answer.location) == (301, path)
    # News are told in each language.
    assert client.get("/en/agenda/2026.atom").status_code == 200


def test_a_cancelled_slot_stays_in_the_feed(client, edition, clock):
    activity = make_activity(title="Nuit des chauves-souris")
    before = events(client.get("/agenda.ics"))["Nuit des chauves-souris"]
    clock.shift(timedelta(days=1))
    activity.slots[0].state = SlotState.CANCELLED
    touch(activity, now())
    after = events(client.get("/agenda.ics"))["Annulé : Nuit des chauves-souris"]
    assert after["STATUS"] == "CANCELLED"
    assert int(after["SEQUENCE"]) == int(before["SEQUENCE"]) + 1
    assert after["UID"] == before["UID"]
    assert "Annulé" not in client.get("/agenda.ics?annules=non").text
    assert len(Calendar.from_ical(client.get("/agenda.ics?annules=non").data).walk("VEVENT")) == 0


def test_no_edit_no_change_and_an_edit_changes_bytes_tag_and_date(client, edition, clock):
    activity = make_activity(title="Avant")
    first, again = client.get("/agenda.ics"), client.get("/agenda.ics")
    assert (first.data, first.headers["ETag"], first.headers["Last-Modified"]) == (
        again.data,
        again.headers["ETag"],
        again.headers["Last-Modified"],
    )
    clock.shift(timedelta(hours=1))
    assert client.get("/agenda.ics").data == first.data
    activity.title = "Après"
    touch(activity, now())
    changed = client.get("/agenda.ics")
    assert changed.headers["ETag"] != first.headers["ETag"]
    assert (
        changed.headers["Last-Modified"] > first.headers["Last-Modified"]
        or changed.last_modified > first.last_modified
    )
    (event,) = Calendar.from_ical(changed.data).walk("VEVENT")
    assert (event["SUMMARY"], event["SEQUENCE"], event["LAST-MODIFIED"].dt) == ("Après", 1, now())


def test_what_every_feed_answers(client, edition):
    make_activity()
    answer = client.get("/agenda.ics")
    kept = (
        "Content-Type",
        "Cache-Control",
        "Vary",
        "Content-Disposition",
        "Set-Cookie",
        "Content-Encoding",
    )
    assert {name: answer.headers.get(name) for name in kept} == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "public, max-age=600, s-maxage=600, stale-while-revalidate=3600",
        "Vary": "Accept-Encoding",
        "Content-Disposition": 'inline; filename="fete-de-la-science-occitanie.ics"',
        "Set-Cookie": None,
        "Content-Encoding": None,
    }
    assert answer.headers["ETag"].startswith('"')


def test_head_says_the_same_without_the_body(client, edition):
    make_activity()
    got, head = client.get("/agenda.ics"), client.head("/agenda.ics")
    assert head.status_code == 200
    assert head.data == b""
    assert dict(head.headers) == dict(got.headers)


def conditions(answer):
    """Give every way in which a client says what it has, and whether that is what we have."""
    tag = answer.headers["ETag"]
    before = (answer.last_modified - timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return [
        ({"If-None-Match": tag}, 304),
        ({"If-None-Match": f"W/{tag}"}, 304),
        ({"If-None-Match": f'"other", {tag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": answer.headers["Last-Modified"]}, 200),
        ({"If-Modified-Since": answer.headers["Last-Modified"]}, 304),
        ({"If-Modified-Since": before}, 200),
        ({"If-Modified-Since": "hier"}, 200),
    ]


@pytest.mark.parametrize("encoding", ["", "gzip", "gzip, deflate, br"])
def test_who_has_the_bytes_is_sent_none(client, edition, encoding):
    make_activity()
    headers = {"Accept-Encoding": encoding} if encoding else {}
    first = client.get("/agenda.ics", headers=headers)
    for condition, expected in conditions(first):
        answer = client.get("/agenda.ics", headers=headers | condition)
        assert (condition, answer.status_code) == (condition, expected)
        assert answer.headers["ETag"] == first.headers["ETag"]
        assert answer.headers["Cache-Control"] == first.headers["Cache-Control"]
        if expected == 304:
            assert answer.data == b""


def test_a_conditional_request_reads_no_text(client, edition, queries):
    make_activity()
    tag = client.get("/agenda/2026.ics").headers["ETag"]
    with queries() as asked:
        assert client.get("/agenda/2026.ics", headers={"If-None-Match": tag}).status_code == 304
    assert len(asked) == 2  # the edition, and the state of its feed


def test_gzip_is_given_to_who_asks_and_is_the_same_calendar(client, edition):
    make_activity()
    plain, zipped = (
        client.get("/agenda.ics"),
        client.get("/agenda.ics", headers={"Accept-Encoding": "gzip"}),
    )
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert (
        "Content-Encoding"
        not in client.get("/agenda.ics", headers={"Accept-Encoding": "gzip;q=0"}).headers
    )


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "REPORT", "TRACE"]
)
def test_nothing_can_be_written_to_a_feed(client, edition, method):
    assert client.open("/agenda.ics", method=method).status_code == 405


def test_options_are_answered(client, edition):
    answer = client.options("/agenda.ics")
    assert answer.status_code == 200
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "text/html"},
        {"Accept-Language": "de"},
        {"User-Agent": "Google-Calendar-Importer"},
    ],
)
def test_whoever_asks_gets_the_same(client, edition, headers):
    make_activity()
    assert client.get("/agenda.ics", headers=headers).data == client.get("/agenda.ics").data


def test_a_filter_that_matches_nothing_is_an_empty_calendar(client, edition):
    make_activity()
    answer = client.get("/agenda.ics?departement=31&type=nothing")
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.data)
    assert calendar.walk("VEVENT") == []
    assert len(calendar.walk("VTIMEZONE")) == 1


def test_before_any_edition_there_is_an_empty_calendar(client, db):
    assert client.get("/agenda.ics").status_code == 200
    assert client.get("/agenda/2026.ics").status_code == 404


def test_filters_are_those_of_the_programme_and_name_the_calendar(client, edition):
    make_activity(title="À Auch")
    make_activity(title="À Montpellier", commune=MONTPELLIER)
    answer = client.get("/agenda.ics?departement=34")
    assert list(events(answer)) == ["À Montpellier"]
    calendar = Calendar.from_ical(answer.data)
    assert calendar["NAME"] == calendar["X-WR-CALNAME"]
    assert calendar["NAME"] != Calendar.from_ical(client.get("/agenda.ics").data)["NAME"]
    assert "Hérault" in str(calendar["NAME"])


def test_an_edition_in_preparation_has_no_feed_yet(client, db):
    activity = make_activity(edition=make_edition(2026, state=EditionState.PREPARED))
    assert client.get("/agenda/2026.ics").status_code == 404
    assert client.get(f"/activites/{activity.id}-{activity.slug}.ics").status_code == 404


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PUBLISHED}))
def test_an_activity_that_was_never_published_has_no_file(client, edition, status):
    activity = make_activity(status=status)
    assert client.get(f"/activites/{activity.id}-{activity.slug}.ics").status_code == 404


def test_the_file_of_an_activity_is_to_keep_and_holds_it_alone(client, edition):
    activity = make_activity(title="La mienne")
    make_activity(title="Une autre")
    answer = client.get(f"/activites/{activity.id}-{activity.slug}.ics")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="la-mienne.ics"'
    assert list(events(answer)) == ["La mienne"]


def test_something_that_leaves_the_feed_changes_it(client, edition, clock):
    make_activity(title="Reste")
    leaving = make_activity(title="Part")
    first = client.get("/agenda.ics")
    clock.shift(timedelta(hours=1))
    leaving.status = Status.WITHDRAWN
    touch(leaving, now())
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        answer = client.get("/agenda.ics", headers=condition)
        assert answer.status_code == 200
        assert list(events(answer)) == ["Reste"]


def test_fragments_are_written_once_for_a_revision(client, edition, db, clock):
    activity = make_activity()
    client.get("/agenda.ics")
    kept = db.session.scalars(select(Fragment)).one()
    assert (kept.slot_id, kept.revision) == (activity.slots[0].id, 0)
    kept.content = kept.content.replace(b"SUMMARY:", b"SUMMARY:KEPT ")
    db.session.flush()
    assert "KEPT" in client.get("/agenda.ics?departement=32").text
    touch(activity, now())
    assert "KEPT" not in client.get("/agenda.ics").text


@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_feed_costs_the_same_number_of_queries_whatever_its_size(client, edition, queries, count):
    starts = [MORNING + timedelta(minutes=10 * number) for number in range(count)]
    make_activity(*starts)
    client.get("/agenda/2026.ics")
    with queries() as asked:
        answer = client.get("/agenda/2026.ics?departement=32")
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) == count
    assert (
        len(asked) == 4
    )  # the edition, the name of the département, the state of the feed, the fragments
    with queries() as asked:
        assert client.get("/agenda/2026.ics?departement=32").data == answer.data
    assert len(asked) == 0  # past the session, only whether the programme still stands


def test_each_event_has_what_it_must_once_and_nothing_personal(client, edition):
    make_activity(MORNING, MORNING + timedelta(days=2), title="Tout, ou presque ; vraiment\\")
    text = client.get("/agenda.ics").data.decode()
    for event in text.replace("\r\n ", "").split("BEGIN:VEVENT")[1:]:
        names = [line.split(":")[0].split(";")[0] for line in event.strip().split("\r\n")]
        for name in (
            "UID",
            "DTSTAMP",
            "DTSTART",
            "DTEND",
            "SUMMARY",
            "STATUS",
            "SEQUENCE",
            "LAST-MODIFIED",
            "URL",
        ):
            assert names.count(name) == 1
    assert not {"ATTENDEE", "VALARM", "ORGANIZER", "METHOD", "RDATE", "None"} & set(
        text.replace(":", "\r\n").split("\r\n")
    )
    assert all(len(line) <= 75 for line in client.get("/agenda.ics").data.split(b"\r\n"))


def test_instants_are_right_around_the_change_of_hour(client, edition):
    make_activity(
        from_paris(date(2026, 10, 24), time(14)), from_paris(date(2026, 10, 25), time(14))
    )
    read = [
        e["DTSTART"].dt.astimezone(UTC)
        for e in Calendar.from_ical(client.get("/agenda.ics").data).walk("VEVENT")
    ]
    assert read == [datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 13, tzinfo=UTC)]


def test_slots_exchanged_for_others_change_the_feed(client, edition):
    shown, hidden = {1, 4}, {2, 3}
    activities = [make_activity(title=f"Activité {number}") for number in range(1, 5)]
    for number, activity in enumerate(activities, 1):
        activity.status = Status.PUBLISHED if number in shown else Status.WITHDRAWN
    first = client.get("/agenda.ics")
    for number, activity in enumerate(activities, 1):
        activity.status = Status.PUBLISHED if number in hidden else Status.WITHDRAWN
    second = client.get("/agenda.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert sorted(events(second)) == ["Activité 2", "Activité 3"]


def test_the_feed_of_a_commune_holds_only_what_is_held_there(client, edition, db):
    village = make_activity(
        MORNING, MORNING + timedelta(days=1), kind="science_village", title="Itinérant"
    )
    village.sites = [make_venue(MONTPELLIER, name="Grange")]
    village.slots[0].venue = village.sites[0]
    village.slots[1].venue = village.venue
    db.session.commit()
    answer = client.get(f"/agenda.ics?commune={MONTPELLIER}")
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert (str(event["UID"]), str(event["LOCATION"])) == (
        village.slots[0].uid,
        "Grange, 1 rue des Écoles, 34000 Montpellier",
    )
    whole = client.get(f"/activites/{village.id}-{village.slug}.ics")
    assert [
        str(event["LOCATION"]).split(",")[0]
        for event in Calendar.from_ical(whole.data).walk("VEVENT")
    ] == ["Grange", village.venue.name]
