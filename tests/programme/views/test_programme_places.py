"""What the public and the coordination read of slots for schools, of opening hours and of several places."""

import json
import re
from datetime import date, datetime, time
from typing import Any

import pytest

from fete.core.clock import from_paris
from fete.core.db import db as database
from fete.programme.models import Activity, SlotAudience
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE
from tests.factories.programme import make_activity, make_venue


def at(day: int, hour: int = 10) -> datetime:
    return from_paris(date(2026, 10, day), time(hour))


def words(html: str) -> str:
    """Return what is read on a page, in one line."""
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"[\s\u00a0\u202f]+", " ", bare)


def path_of(activity: Activity) -> str:
    return f"/activites/{activity.id}-{activity.slug}"


def event_in(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    event: dict[str, Any] = json.loads(found[1])
    return event


@pytest.fixture
def visit(db):
    """Give an activity for classes on the 2nd, for everybody on the 3rd."""
    activity = make_activity(at(2), at(3), for_schools=True, title="Visite")
    first = activity.slots[0]
    first.audience, first.classes, first.capacity = SlotAudience.SCHOOLS, 2, 60
    database.session.flush()
    return activity


@pytest.fixture
def travelling(db):
    """Give a village of Auch that is at Toulouse on the 3rd and at Montpellier on the 4th."""
    village = make_activity(at(3), at(4), kind="science_village", title="Itinérant", commune=AUCH)
    village.sites = [make_venue(TOULOUSE, name="Halle"), make_venue(MONTPELLIER, name="Grange")]
    for slot, site in zip(village.slots, village.sites, strict=True):
        slot.venue = site
    database.session.flush()
    return village


def test_slots_for_schools_stand_apart_under_their_own_heading(client, visit):
    page = words(client.get(path_of(visit)).text)
    assert "Prochaine séance samedi 3 octobre 2026 à 10 h" in page
    public = page.index("Pour tout le monde samedi 3 octobre 2026 10 h – 12 h 20 places")
    schools = page.index(
        "Pour les groupes scolaires vendredi 2 octobre 2026 10 h – 12 h 2 classes 60 places"
    )
    assert public < schools


def test_without_slots_for_schools_there_is_no_heading(client, db):
    page = words(client.get(path_of(make_activity())).text)
    assert "Pour tout le monde" not in page
    assert "Pour les groupes scolaires" not in page


def test_all_the_slots_of_an_activity_for_schools_only_are_for_them(client, db):
    activity = make_activity(for_schools=True, for_public=False)
    page = words(client.get(path_of(activity)).text)
    assert "Pour les groupes scolaires samedi 3 octobre" in page


def test_slots_for_schools_that_are_over_are_marked(client, visit, clock):
    clock.move_to(at(5))
    page = words(client.get(path_of(visit)).text)
    assert "vendredi 2 octobre 2026 10 h – 12 h groupes scolaires" in page
    assert "samedi 3 octobre 2026 10 h – 12 h groupes" not in page


def test_a_card_tells_the_hours_for_schools_apart(client, visit):
    visit.slots[1].starts_at, visit.slots[1].ends_at = at(2, 18), at(2, 20)
    database.session.flush()
    page = words(client.get("/programme").text)
    assert "18 h – 20 h groupes scolaires 10 h – 12 h" in page


def test_opening_hours_are_told(client, db):
    activity = make_activity()
    activity.slots[0].is_opening = True
    database.session.flush()
    assert "10 h – 12 h ouverture" in words(client.get(path_of(activity)).text)


def test_what_travels_tells_the_place_of_each_slot_and_every_address(client, travelling):
    page = words(client.get(path_of(travelling)).text)
    assert "samedi 3 octobre 2026 10 h – 12 h 20 places Halle, Toulouse" in page
    assert "dimanche 4 octobre 2026 10 h – 12 h 20 places Grange, Montpellier" in page
    assert "D’un lieu à l’autre : chaque date dit le sien." in page
    assert "Halle 1 rue des Écoles 31000 Toulouse (Haute-Garonne)" in page
    assert "Grange 1 rue des Écoles 34000 Montpellier (Hérault)" in page
    assert travelling.venue.name not in page


def test_what_is_held_at_several_sites_tells_them_all(client, travelling):
    for slot in travelling.slots:
        slot.venue = None
    database.session.flush()
    page = words(client.get(path_of(travelling)).text)
    assert "Dans plusieurs lieux, aux mêmes heures." in page
    for place in (travelling.venue.name, "Halle", "Grange"):
        assert f"{place} 1 rue des Écoles" in page
    listed = words(client.get("/programme").text)
    assert f"{travelling.venue.name}, Auch (Gers) et 2 autres lieux" in listed


def test_a_card_tells_where_it_is_that_day(client, travelling):
    page = words(client.get("/programme?date=2026-10-04").text)
    assert "Grange, Montpellier (Hérault)" in page
    assert "Halle" not in page


def test_search_engines_read_the_place_and_the_people_of_each_slot(client, travelling):
    travelling.for_schools = True
    travelling.slots[1].audience = SlotAudience.SCHOOLS
    database.session.flush()
    event = event_in(client.get(path_of(travelling)).text)
    assert [place["name"] for place in event["location"]] == ["Halle", "Grange"]
    assert [
        ([place["name"] for place in part["location"]], part.get("audience"))
        for part in event["subEvent"]
    ] == [
        (["Halle"], None),
        (["Grange"], {"@type": "EducationalAudience", "educationalRole": "student"}),
    ]


def test_the_place_of_a_slot_that_is_online_is_not_told(client, travelling):
    travelling.mode = "online"
    database.session.flush()
    page = words(client.get(path_of(travelling)).text)
    assert "Halle" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_what_travels_asks_the_same_number_of_questions(
    client, travelling, queries, number
):
    travelling.sites.extend(make_venue(TOULOUSE) for _each in range(number - 1))
    for _each in range(number):
        make_activity(parent=travelling)
    database.session.expire_all()
    with queries() as asked:
        assert client.get(path_of(travelling)).status_code == 200
    assert len(asked) == 17, asked


def test_the_coordination_reads_for_whom_and_where_each_slot_is(sign_in, travelling):
    travelling.for_schools = True
    travelling.status = Status.PUBLISHED
    travelling.slots[0].audience = SlotAudience.SCHOOLS
    database.session.flush()
    page = words(
        sign_in(make_coordinator("32")).get(f"/coordination/relecture/{travelling.id}").text
    )
    assert "Pour les groupes scolaires samedi 3 octobre" in page
    panel = page[page.index("Un créneau complet, reporté ou annulé") :]
    public = panel.index("dimanche 4 octobre 2026, de 10 h à 12 h Prévu Grange, Montpellier")
    schools = panel.index(
        "samedi 3 octobre 2026, de 10 h à 12 h groupes scolaires Prévu Halle, Toulouse"
    )
    assert public < schools
