"""The slots of a declaration on its page: many at once, whom each is for, where each is held; and the sites."""

import re
from datetime import date, time

import pytest

from fete.core.clock import from_paris
from fete.programme.forms.wording import stamp
from fete.programme.models import Activity, SlotAudience
from fete.programme.queries.activities import find_activity
from fete.programme.rules import MOST_SLOTS, Part
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import AUCH, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

LEVELS = [("theme", "environment"), ("audience", "all"), ("level", "nursery")]


def at(day: int, hour: int, minute: int = 0, *, month: int = 10):
    return from_paris(date(2026, month, day), time(hour, minute))


def anew(activity: Activity) -> Activity:
    found = find_activity(activity.id)
    assert found is not None
    return found


@pytest.fixture
def person(db):
    return make_user(name="Ada Membre")


@pytest.fixture
def organisation(person):
    make_edition()
    return make_organisation(person, name="Muséum du Gers")


@pytest.fixture
def member(sign_in, person, organisation):
    return sign_in(person)


@pytest.fixture
def draft(organisation):
    """Give a draft open to everybody and to classes, on the 3rd from 10 to 12."""
    return make_activity(
        at(3, 10),
        status=Status.DRAFT,
        organisation=organisation,
        for_schools=True,
        terms=LEVELS,
    )


@pytest.fixture
def village(organisation):
    """Give the draft of a village with a site at Toulouse, on the 3rd and on the 4th."""
    found = make_activity(
        at(3, 10),
        at(4, 10),
        status=Status.DRAFT,
        organisation=organisation,
        kind="science_village",
    )
    found.sites = [make_venue(TOULOUSE, name="Halle")]
    return found


def address(activity: Activity, part: str = "quand") -> str:
    return f"/mes-activites/{activity.id}/{part}"


def row(number: int = 0, **values: str) -> dict[str, str]:
    return {f"slots-{number}-{name}": value for name, value in values.items()}


FIRST = row(day="03/10/2026", starts="10h", ends="12h", capacity="20")


def shown(page: str) -> list[str]:
    """Return the rows of the form, as one reads them."""
    fields = {
        (int(number), name): value
        for number, name, value in re.findall(
            r'name="slots-(\d+)-(day|starts|ends|capacity)"\s+value="([^"]*)"', page
        )
    }
    numbers = sorted({number for number, _name in fields})
    return [
        " ".join(fields[number, name] for name in ("day", "starts", "ends", "capacity")).strip()
        for number in numbers
    ]


def chosen(page: str, name: str) -> list[str]:
    """Return what the lists of that name show as chosen, row after row."""
    return [
        match[1]
        for select in re.findall(rf'name="slots-\d+-{name}".*?</select>', page, re.DOTALL)
        if (match := re.search(r'value="([^"]*)" selected', select))
    ]


def said(page: str) -> str:
    found = re.search(r"data-slots-said>\s*(.*?)\s*</p>", page, re.DOTALL)
    return re.sub(r"[\s\u00a0]+", " ", found[1]) if found else ""


def error_at(page: str, anchor: str) -> str:
    found = re.search(rf'id="{anchor}-error">(.*?)</p>', page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", found[1])).strip() if found else ""


# Many at once


def test_a_slot_is_repeated_each_day_and_nothing_is_kept_by_that(member, draft):
    asked = FIRST | {
        "add": "daily",
        "daily-first": "02/10/2026",
        "daily-last": "06/10/2026",
        "daily-among": "working",
    }
    page = member.send(address(draft), asked).text
    assert shown(page) == [
        "03/10/2026 10h 12h 20",
        "02/10/2026 10:00 12:00 20",
        "05/10/2026 10:00 12:00 20",
        "06/10/2026 10:00 12:00 20",
    ]
    assert said(page) == "3 créneaux ajoutés : relisez-les, puis enregistrez."
    assert [slot.starts_at for slot in anew(draft).slots] == [at(3, 10)]


def test_what_the_tool_added_is_kept_when_the_form_is_sent(member, draft):
    asked = FIRST | {
        "add": "sessions",
        "sessions-day": "05/10/2026",
        "sessions-opens": "9h",
        "sessions-closes": "10h",
        "sessions-every": "30",
        "sessions-capacity": "28",
        "sessions-audience": "schools",
    }
    page = member.send(address(draft), asked).text
    assert chosen(page, "audience") == ["all", "schools", "schools"]
    sent = dict(FIRST)
    for number, line in enumerate(shown(page)):
        day, starts, ends, capacity = line.split()
        sent |= row(
            number,
            day=day,
            starts=starts,
            ends=ends,
            capacity=capacity,
            audience=chosen(page, "audience")[number],
        )
    assert member.send(address(draft), sent).status_code == 302
    assert [(s.starts_at, s.capacity, s.audience) for s in anew(draft).slots] == [
        (at(3, 10), 20, SlotAudience.ALL),
        (at(5, 9), 28, SlotAudience.SCHOOLS),
        (at(5, 9, 30), 28, SlotAudience.SCHOOLS),
    ]


def test_the_same_button_pressed_twice_adds_once(member, draft):
    asked = FIRST | {"add": "daily", "daily-first": "03/10/2026", "daily-last": "04/10/2026"}
    asked |= row(1, day="04/10/2026", starts="10:00", ends="12:00", capacity="20")
    page = member.send(address(draft), asked).text
    assert len(shown(page)) == 2
    assert said(page) == "Aucun créneau ajouté. 1 y était déjà."


def test_a_day_is_copied_to_several_with_all_that_its_slots_say(member, draft):
    asked = (
        FIRST
        | row(0, audience="schools", classes="2")
        | row(1, day="03/10/2026", starts="14h", ends="15h", audience="public")
        | row(2, day="04/10/2026", starts="9h", ends="10h")
        | {
            "add": "copying",
            "copying-source": "03/10/2026",
            "copying-days": ["2026-10-05", "2026-10-06"],
            "copying-other": "20/10/2026",
        }
    )
    page = member.send(address(draft), asked).text
    assert shown(page)[3:] == [
        "05/10/2026 10:00 12:00 20",
        "05/10/2026 14:00 15:00",
        "06/10/2026 10:00 12:00 20",
        "06/10/2026 14:00 15:00",
        "20/10/2026 10:00 12:00 20",
        "20/10/2026 14:00 15:00",
    ]
    assert chosen(page, "audience") == ["schools", "public", "all"] + ["schools", "public"] * 3
    assert re.findall(r'name="slots-\d+-classes"\s+value="([^"]*)"', page)[:5] == [
        "2",
        "",
        "",
        "2",
        "",
    ]


def test_the_opening_hours_of_an_exhibition_are_a_slot_a_day_but_when_it_is_closed(member, draft):
    asked = {
        "add": "opening",
        "opening-first": "02/10/2026",
        "opening-last": "06/10/2026",
        "opening-opens": "14h",
        "opening-closes": "18h",
        "opening-closed": ["0"],
    }
    page = member.send(address(draft), asked | row(day="", starts="", ends="")).text
    assert shown(page) == [f"0{day}/10/2026 14:00 18:00" for day in (2, 3, 4, 6)]
    assert chosen(page, "kind") == ["opening"] * 4
    sent = row(day="02/10/2026", starts="14:00", ends="18:00", kind="opening")
    member.send(address(draft), sent)
    assert [slot.is_opening for slot in anew(draft).slots] == [True]


def test_an_hour_that_no_clock_shows_is_left_out_and_told(member, draft):
    asked = row(day="28/03/2026", starts="2h30", ends="4h") | {
        "add": "daily",
        "daily-first": "28/03/2026",
        "daily-last": "30/03/2026",
    }
    page = member.send(address(draft), asked).text
    assert shown(page) == ["28/03/2026 2h30 4h", "30/03/2026 02:30 04:00"]
    assert said(page) == (
        "1 créneau ajouté : relisez-le, puis enregistrez. "
        "1 est laissé de côté : ce jour-là, les horloges passent de 2 h à 3 h."
    )


DAILY = {"add": "daily", "daily-first": "02/10/2026", "daily-last": "06/10/2026"}
SESSIONS = {
    "add": "sessions",
    "sessions-day": "05/10/2026",
    "sessions-opens": "9h",
    "sessions-closes": "10h",
}
OPENING = {
    "add": "opening",
    "opening-first": "02/10/2026",
    "opening-last": "06/10/2026",
    "opening-opens": "14h",
    "opening-closes": "18h",
}


@pytest.mark.parametrize(
    ("asked", "anchors"),
    [
        (DAILY | {"daily-first": ""}, ["daily-first"]),
        (DAILY | {"daily-first": "32/10/2026"}, ["daily-first"]),
        (DAILY | {"daily-last": "06/10/2062"}, ["daily-last"]),
        (DAILY | {"daily-last": "01/10/2026"}, ["daily-last"]),
        (DAILY | {"daily-number": "7"}, ["daily-number"]),
        (DAILY | {"daily-number": "x"}, ["daily-number"]),
        (DAILY | {"daily-first": "03/10/2026", "daily-last": "03/10/2026"}, ["daily-last"]),
        (SESSIONS | {"sessions-day": "", "sessions-opens": ""}, ["sessions-day", "sessions-opens"]),
        (SESSIONS | {"sessions-closes": "25h"}, ["sessions-closes"]),
        (SESSIONS | {"sessions-closes": "9h"}, ["sessions-closes"]),
        (SESSIONS | {"sessions-closes": "9h10"}, ["sessions-closes"]),
        (SESSIONS | {"sessions-every": "30", "sessions-length": "45"}, ["sessions-length"]),
        (SESSIONS | {"sessions-every": "30", "sessions-length": "1"}, ["sessions-length"]),
        ({"add": "copying", "copying-source": "09/10/2026"}, ["copying-source"]),
        ({"add": "copying", "copying-source": ""}, ["copying-other"]),
        ({"add": "copying", "copying-days": ["2026-10-03", "hier"]}, ["copying-other"]),
        (OPENING | {"opening-closes": "14h"}, ["opening-closes"]),
        (OPENING | {"opening-closed": list("0123456")}, ["opening-closed"]),
        (OPENING | {"opening-first": "", "opening-opens": "x"}, ["opening-first", "opening-opens"]),
    ],
)
def test_a_tool_says_beside_its_field_what_it_cannot_do(member, draft, asked, anchors):
    page = member.send(address(draft), FIRST | asked).text
    assert re.findall(r'class="field-error slot-error" id="([\w-]+)-error"', page) == anchors
    # The page is shown from its top: it is told there too, and in the title.
    assert re.search(r"<title>\s*Erreur", page)
    summary = page.split('id="error-summary"', 1)[1].split("</div>", 1)[0]
    assert [anchor for anchor in anchors if f'href="#{anchor}' in summary] == anchors
    assert shown(page) == ["03/10/2026 10h 12h 20"]
    for value in asked.values():
        if isinstance(value, str) and value != asked["add"] and not value.isdecimal():
            assert value in page
    assert re.search(rf'data-tool="{asked["add"]}" open', page)


def test_without_a_slot_there_is_nothing_to_repeat_nor_to_copy(member, organisation):
    draft = make_activity(status=Status.DRAFT, organisation=organisation)
    draft.slots.clear()
    for asked, anchor in [(DAILY, "daily-number"), ({"add": "copying"}, "copying-source")]:
        assert error_at(member.send(address(draft), asked).text, anchor)


def test_more_slots_than_may_be_are_not_added(member, draft):
    full: dict[str, str] = {}
    for number in range(MOST_SLOTS - 2):
        full |= row(number, day="03/10/2026", starts="10h", ends="12h")
    page = member.send(address(draft), full | DAILY).text
    assert said(page) == "Une activité a 800 créneaux au plus : rien n’a été ajouté."
    assert len(shown(page)) == MOST_SLOTS - 2


def test_three_hundred_slots_are_shown_and_kept(member, draft):
    sent: dict[str, str] = {}
    for number in range(300):
        sent |= row(
            number,
            day=f"{2 + number // 30:02}/10/2026",
            starts=f"{8 + number % 30 // 3}h{number % 3 * 20:02}",
            ends=f"{8 + number % 30 // 3}h{number % 3 * 20 + 20:02}".replace("h60", "h59"),
        )
    assert member.send(address(draft), sent).status_code == 302
    assert len(anew(draft).slots) == 300
    assert len(shown(member.get(address(draft)).text)) == 300


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_same_number_of_questions_whatever_the_slots(
    member, village, queries, number
):
    village.slots[number:] = []
    for slot in village.slots:
        slot.venue = village.sites[0]
    member.get(address(village))
    with queries() as asked:
        assert member.get(address(village)).status_code == 200
    assert len(asked) == 16, asked


# Whom a slot is for


def test_a_plain_activity_is_asked_nothing_more(member, organisation):
    draft = make_activity(at(3, 10), status=Status.DRAFT, organisation=organisation)
    page = member.get(address(draft)).text
    asked = set(re.findall(r'name="slots-0-(\w+)"', page))
    assert asked == {"id", "day", "starts", "ends", "capacity"}


def test_where_classes_are_welcome_each_slot_says_for_whom_it_is(member, draft):
    slot = draft.slots[0]
    sent = FIRST | row(id=str(slot.id), audience="schools", classes="2")
    assert member.send(address(draft), sent).status_code == 302
    kept = anew(draft).slots[0]
    assert (kept.id, kept.audience, kept.classes) == (slot.id, SlotAudience.SCHOOLS, 2)
    page = member.get(address(draft)).text
    assert '<fieldset class="slot-row slot-row-schools">' in page


def test_an_activity_for_schools_only_has_slots_for_schools(member, draft):
    draft.for_public = False
    member.send(address(draft), FIRST | row(id="", classes="1"))
    assert [slot.audience for slot in anew(draft).slots] == [SlotAudience.SCHOOLS]


@pytest.mark.parametrize(
    ("welcome", "audience", "words"),
    [
        ({"for_schools": False}, "schools", "pas ouverte aux groupes scolaires"),
        ({"for_public": False}, "public", "réservée aux groupes scolaires"),
        ({}, "martians", "Choisissez une des réponses proposées."),
    ],
)
def test_a_slot_for_people_who_are_not_welcome_is_refused_beside_its_field(
    member, draft, welcome, audience, words
):
    for name, value in welcome.items():
        setattr(draft, name, value)
    response = member.send(address(draft), FIRST | row(audience=audience))
    assert response.status_code == 200
    assert words in error_at(response.text, "slots-0-audience")
    assert 'href="#slots-0-audience"' in response.text
    assert 'id="slots-0-audience"' in response.text


@pytest.mark.parametrize("classes", ["0", "101", "deux"])
def test_a_number_of_classes_that_cannot_be_is_refused_beside_its_field(member, draft, classes):
    page = member.send(address(draft), FIRST | row(classes=classes)).text
    assert error_at(page, "slots-0-classes")
    assert f'value="{classes}"' in page


def test_what_the_page_does_not_ask_stays_as_it_stands(member, organisation):
    draft = make_activity(at(3, 10), status=Status.DRAFT, organisation=organisation)
    slot = draft.slots[0]
    slot.is_opening = True
    slot.audience = SlotAudience.PUBLIC
    member.send(address(draft), FIRST | row(id=str(slot.id), ends="13h"))
    kept = anew(draft).slots[0]
    assert (kept.ends_at, kept.is_opening, kept.audience) == (
        at(3, 13),
        True,
        SlotAudience.PUBLIC,
    )


def test_a_slot_whose_people_are_not_welcome_any_more_keeps_the_activity_from_being_deposited(
    member, draft
):
    draft.slots[0].audience = SlotAudience.SCHOOLS
    sent = {"welcome": "public", "audiences": ["all"]}
    assert member.send(address(draft, "pour-qui"), sent).status_code == 302
    assert "dites pour qui il est" in member.get(f"/mes-activites/{draft.id}/apercu").text


def test_whom_a_slot_is_for_is_told_when_two_write_at_once(member, draft, sign_in):
    seen = stamp(draft, Part.WHEN)
    slot = draft.slots[0]
    theirs = FIRST | row(id=str(slot.id), audience="schools")
    member.send(address(draft), theirs | {"version": seen})
    mine = FIRST | row(id=str(slot.id), audience="all")
    page = member.send(address(draft), mine | {"version": seen}).text
    assert "groupes scolaires" in page.split('class="conflict-text"')[1]
    assert anew(draft).slots[0].audience is SlotAudience.SCHOOLS


# Where a slot is held


def test_a_slot_of_a_village_names_one_of_its_places(member, village):
    first, second = village.slots
    halle, home = village.sites[0], village.venue
    page = member.get(address(village)).text
    offered = page.split('name="slots-0-venue"')[1].split("</select>")[0]
    assert re.findall(r'value="(\d*)"', offered) == ["", str(home.id), str(halle.id)]
    sent = FIRST | row(id=str(first.id), venue=str(halle.id))
    sent |= row(1, id=str(second.id), day="04/10/2026", starts="10h", ends="12h", venue="")
    assert member.send(address(village), sent).status_code == 302
    assert [slot.venue for slot in anew(village).slots] == [halle, None]
    assert member.get(address(village)).text.count(f'value="{halle.id}" selected') == 1


def test_two_sites_may_be_open_at_once_and_one_place_is_not_taken_twice(member, village):
    halle, home = village.sites[0], village.venue
    both = FIRST | row(venue=str(halle.id))
    both |= row(1, day="03/10/2026", starts="11h", ends="13h", venue=str(home.id))
    assert member.send(address(village), both).status_code == 302
    page = member.send(address(village), both | row(1, venue="")).text
    assert "Ce créneau chevauche celui du 03/10/2026 à 10:00." in error_at(page, "slots-1-starts")


@pytest.mark.parametrize("venue", ["999999", "x"])
def test_a_place_that_is_not_offered_is_refused(member, village, venue):
    page = member.send(address(village), FIRST | row(venue=venue)).text
    assert error_at(page, "slots-0-venue")


# Sites


@pytest.fixture
def coordinator(sign_in, village):
    return sign_in(make_coordinator("32"))


def test_sites_are_added_one_by_one_and_taken_away(member, village):
    there, halle = address(village, "ou"), village.sites[0]
    home = {"venue": str(village.venue_id), "sites_asked": "1", "mode": "on_site"}
    answer = member.send(
        there,
        home
        | {
            "sites": [str(halle.id)],
            "site_name": "Grange",
            "site_commune": "Lectoure",
            "then": "sites",
        },
    )
    assert answer.location == f"{there}#autres-lieux", answer.text
    grange = anew(village).sites[1]
    assert (anew(village).sites[0], grange.name, grange.commune.name) == (
        halle,
        "Grange",
        "Lectoure",
    )
    page = member.get(there).text
    assert re.findall(r'name="sites"\s+value="(\d+)" checked', page) == [
        str(halle.id),
        str(grange.id),
    ]
    known = make_venue(AUCH)
    member.send(there, home | {"sites": [str(grange.id)], "site": str(known.id)})
    assert anew(village).sites == sorted([grange, known], key=lambda venue: venue.id)


def test_sites_that_the_page_did_not_ask_for_stay(member, village):
    member.send(address(village, "ou"), {"venue": str(village.venue_id), "mode": "on_site"})
    assert [site.name for site in anew(village).sites] == ["Halle"]


@pytest.mark.parametrize(
    ("typed", "anchor"),
    [
        ({"site_name": "Grange"}, "site_commune"),
        ({"site_commune": "Auch"}, "site_name"),
        ({"site": "999999"}, "site"),
    ],
)
def test_a_site_that_cannot_be_is_refused_beside_its_field(member, village, typed, anchor):
    asked = {"venue": str(village.venue_id), "sites_asked": "1", "sites": []}
    page = member.send(address(village, "ou"), asked | typed).text
    assert error_at(page, anchor)
    assert [site.name for site in anew(village).sites] == ["Halle"]


def test_a_site_where_a_slot_is_held_is_kept_and_the_page_says_why(member, village):
    village.slots[0].venue = village.sites[0]
    page = member.send(
        address(village, "ou"), {"venue": str(village.venue_id), "sites_asked": "1"}
    ).text
    assert "se tient à « Halle »" in error_at(page, "sites")
    assert [site.name for site in anew(village).sites] == ["Halle"]


def test_only_a_container_is_asked_for_sites(member, draft):
    assert 'name="site_name"' not in member.get(address(draft, "ou")).text


def test_a_stand_is_offered_the_places_of_its_village_first(member, village, organisation):
    village.status = Status.PUBLISHED
    stand = make_activity(
        status=Status.DRAFT, organisation=organisation, parent=village, title="Stand"
    )
    page = member.get(address(stand, "ou")).text
    places = page.split('name="venue"')[1].split("</select>")[0]
    groups = re.findall(r'<optgroup label="([^"]*)"', places)
    assert groups[0] == f"Lieux de «\u00a0{village.title}\u00a0»"
    first = places.split("<optgroup")[1]
    assert [place.name in first for place in (village.venue, *village.sites)] == [True, True]
    member.send(
        address(stand, "ou"), {"venue": str(village.sites[0].id), "parent": str(village.id)}
    )
    assert anew(stand).venue is anew(village).sites[0]
