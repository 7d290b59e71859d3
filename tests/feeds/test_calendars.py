"""A calendar for each thing, under an address that goes on whatever becomes of it, in both its forms."""

from datetime import date, time, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
from icalendar import Calendar

from fete.core.clock import from_paris, now
from fete.core.text import slug
from fete.feeds.calendars import LONG, to_subscribe
from fete.feeds.short import shortened
from fete.programme.models import EditionState
from fete.programme.rules.filters import Filters
from fete.programme.services.activities import rewrite
from fete.programme.services.merging import merge
from fete.programme.services.review import cancel_activity, take_step
from fete.programme.workflow import Status, Step
from tests.factories.accounts import make_coordinator
from tests.factories.network import AUCH, MONTPELLIER, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

MORNING = from_paris(date(2026, 10, 3), time(10))
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def edition(db):
    return make_edition()


def titles(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")]


def name(answer) -> str:
    return str(Calendar.from_ical(answer.data)["NAME"])


def news(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return [entry.findtext(f"{ATOM}title") or "" for entry in entries(answer)]


def entries(answer) -> list[Element]:
    return fromstring(answer.data).findall(f"{ATOM}entry")


def known(answer) -> dict[str, tuple[object, int]]:
    return {
        str(event["UID"]): (event["DTSTART"].dt, int(str(event["SEQUENCE"])))
        for event in Calendar.from_ical(answer.data).walk("VEVENT")
    }


def of_structure(organisation) -> str:
    return f"/agenda/structure/{organisation.id}-{organisation.slug}"


def test_a_structure_has_the_calendar_of_what_it_organises(client, edition):
    museum = make_organisation(name="Muséum d’Auch")
    make_activity(title="Du muséum", organisation=museum)
    make_activity(title="D’un autre")
    address = of_structure(museum)
    assert titles(client.get(f"{address}.ics")) == ["Du muséum"]
    assert news(client.get(f"{address}.atom")) == ["Du muséum"]
    assert name(client.get(f"{address}.ics")) == "Muséum d’Auch — Fête de la science en Occitanie"
    assert client.get(f"{address}.ics").headers["Content-Disposition"] == (
        'inline; filename="museum-d-auch.ics"'
    )


def test_a_structure_renamed_or_merged_keeps_its_calendar_without_a_redirect(client, edition):
    museum, twin = make_organisation(name="Muséum"), make_organisation(name="Le muséum")
    make_activity(title="Du muséum", organisation=museum)
    make_activity(title="De la seconde fiche", organisation=twin)
    given = [f"{of_structure(each)}.ics" for each in (museum, twin)]
    museum.name = "Muséum d’histoire naturelle"
    merge(museum, twin, by=make_coordinator(), at=now())
    for address in given:
        answer = client.get(address)
        assert sorted(titles(answer)) == ["De la seconde fiche", "Du muséum"]
        assert f"{of_structure(museum)}.ics" in str(Calendar.from_ical(answer.data)["SOURCE"])


def test_a_structure_that_the_public_knows_not_has_no_calendar(client, edition):
    hidden = make_organisation(name="Discrète", signed=False)
    make_activity(title="Brouillon", organisation=hidden, status=Status.DRAFT)
    answer = client.get(f"{of_structure(hidden)}.ics")
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert "Discrète" not in answer.text
    make_activity(title="Publiée", organisation=hidden)
    assert titles(client.get(f"{of_structure(hidden)}.ics")) == ["Publiée"]


def test_what_a_structure_withdrew_leaves_its_calendar_which_stays(client, edition):
    museum = make_organisation(signed=False)
    only = make_activity(organisation=museum)
    client.get(f"{of_structure(museum)}.ics")
    take_step(only, Step.WITHDRAW, by=make_coordinator(), at=now(), reason="Erreur")
    assert titles(client.get(f"{of_structure(museum)}.ics")) == []


def test_a_commune_has_a_calendar_even_when_nothing_is_held_there(client, edition):
    make_activity(title="À Auch")
    make_activity(title="À Montpellier", commune=MONTPELLIER)
    assert titles(client.get(f"/agenda/commune/{AUCH}-auch.ics")) == ["À Auch"]
    assert titles(client.get(f"/agenda/commune/{AUCH}-ancien-nom.ics")) == ["À Auch"]
    assert titles(client.get("/agenda/commune/31555-toulouse.ics")) == []
    assert name(client.get("/agenda/commune/31555-toulouse.ics")).startswith("Toulouse — ")


def test_a_village_has_the_calendar_of_all_that_it_holds(client, edition):
    village = make_activity(kind="science_village", title="Village d’Auch")
    make_activity(MORNING + timedelta(hours=3), title="Stand", parent=village)
    make_activity(title="Refusé", parent=village, status=Status.REFUSED)
    lone = make_activity(title="Ailleurs")
    address = f"/agenda/village/{village.id}-{village.slug}.ics"
    assert titles(client.get(address)) == ["Village d’Auch", "Stand"]
    rewrite(village, by=make_coordinator(), at=now(), title="Village des sciences")
    assert titles(client.get(address)) == ["Village des sciences", "Stand"]
    assert client.get(f"/agenda/village/{lone.id}-{lone.slug}.ics").status_code == 404


def test_a_place_has_the_calendar_of_what_is_held_there(client, edition):
    hall, barn = make_venue(name="Halle"), make_venue(MONTPELLIER, name="Grange")
    make_activity(title="À la halle", venue=hall)
    village = make_activity(
        MORNING,
        MORNING + timedelta(days=1),
        kind="science_village",
        title="Itinérant",
        venue=hall,
    )
    village.sites = [barn]
    village.slots[0].venue = barn
    village.slots[1].venue = hall
    make_activity(title="Nulle part", venue=barn, status=Status.DRAFT)

    def at(place) -> list[str]:
        return titles(client.get(f"/agenda/lieu/{place.id}-{slug(place.name)}.ics"))

    assert at(hall) == ["À la halle", "Itinérant"]
    assert at(barn) == ["Itinérant"]
    # On all its grounds when no slot says where.
    village.slots[0].venue = village.slots[1].venue = None
    assert at(barn) == ["Itinérant", "Itinérant"]
    assert sorted(news(client.get(f"/agenda/lieu/{barn.id}-grange.atom"))) == ["Itinérant"]


def test_a_place_merged_keeps_its_calendar_and_one_never_shown_has_none(client, edition):
    hall, twin = make_venue(name="Halle"), make_venue(name="La halle")
    make_activity(title="Dans la seconde fiche", venue=twin)
    answer = client.get(f"/agenda/lieu/{hall.id}-halle.ics")
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    merge(hall, twin, by=make_coordinator(), at=now())
    for place in (hall, twin):
        assert titles(client.get(f"/agenda/lieu/{place.id}-halle.ics")) == ["Dans la seconde fiche"]


def test_what_more_is_asked_narrows_the_calendar_of_a_thing_and_is_in_its_name(client, edition):
    museum = make_organisation(name="Muséum")
    talk = make_activity(title="Conférence", organisation=museum, kind="talk")
    make_activity(title="Atelier", organisation=museum)
    cancel_activity(talk, by=make_coordinator(), at=now())
    address = f"{of_structure(museum)}.ics"
    assert titles(client.get(f"{address}?annules=non")) == ["Atelier"]
    assert titles(client.get(f"{address}?type=talk")) == ["Annulé : Conférence"]
    assert name(client.get(f"{address}?type=talk")) != name(client.get(address))


def test_the_calendar_of_a_thing_is_that_of_the_edition_under_way_or_of_a_year(client, edition):
    museum = make_organisation()
    make_activity(title="Cette année", organisation=museum)
    make_activity(
        title="L’an passé", organisation=museum, edition=make_edition(2025, state=EditionState.CLOSED)
    )  # fmt: skip
    address = f"{of_structure(museum)}.ics"
    assert titles(client.get(address)) == ["Cette année"]
    assert titles(client.get(f"{address}?annee=2025")) == ["L’an passé"]
    # Where it is read again is that year for ever.
    source = str(Calendar.from_ical(client.get(f"{address}?annee=2025").data)["SOURCE"])
    assert source.endswith(f"{address}?annee=2025")
    assert client.get(f"{address}?annee=1850").status_code == 404


def test_nobody_else_is_asked_for_in_the_calendar_of_a_thing(client, edition):
    museum, other = make_organisation(name="Muséum"), make_organisation(name="Autre")
    make_activity(title="Du muséum", organisation=museum)
    make_activity(title="D’un autre", organisation=other)
    answer = client.get(f"{of_structure(museum)}.ics?structure={other.id}")
    assert titles(answer) == ["Du muséum"]
    assert name(answer) == "Muséum — Fête de la science en Occitanie"


@pytest.mark.parametrize(
    "address",
    [
        "/agenda/1850",
        "/agenda/99999999999",
        "/agenda/demain",
        "/agenda/-1",
        "/agenda/structure/999999-x",
        "/agenda/structure/x-12",
        "/agenda/commune/00000-nulle-part",
        "/agenda/commune/toulouse",
        "/agenda/village/999999-x",
        "/agenda/lieu/999999-x",
        "/agenda/s/pas-un-code",
        f"/agenda/s/{'A' * 3000}",
        "/agenda/s/%00",
        "/activites/999999-x",
        "/activites/99999999999999999999-x",
    ],
)
@pytest.mark.parametrize("form", ["ics", "atom"])
def test_an_address_of_nothing_says_so_in_words_that_any_reader_shows(
    client, edition, address, form
):
    answer = client.get(f"{address}.{form}")
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert "Il n’y a rien à cette adresse" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_short_code_stands_for_a_long_search(client, edition):
    make_activity(title="À Auch")
    make_activity(title="À Montpellier", commune=MONTPELLIER)
    code = shortened({"departement": "34", "annules": "non"})
    answer = client.get(f"/agenda/s/{code}.ics")
    assert titles(answer) == ["À Montpellier"]
    assert str(Calendar.from_ical(answer.data)["SOURCE"]).endswith(f"/agenda/s/{code}.ics")
    assert news(client.get(f"/agenda/s/{code}.atom")) == ["À Montpellier"]
    # The same under its words, whatever words.
    name = "activites-dans-l-herault-sans-les-annulations.ics"
    for words in (name, "autre-chose.ics"):
        answer = client.get(f"/agenda/s/{code}/{words}")
        assert titles(answer) == ["À Montpellier"]
        assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
        assert str(Calendar.from_ical(answer.data)["SOURCE"]).endswith(f"/agenda/s/{code}/{name}")
    assert client.get("/agenda/s/pas-un-code/quoi.ics").status_code == 404
    # What it says is read as in any other address.
    odd = shortened({"departement": "99", "du": "hier", "inconnu": "\x00", "annee": "x"})
    assert titles(client.get(f"/agenda/s/{odd}.ics")) == []
    past = shortened({"annee": "1850"})
    assert client.get(f"/agenda/s/{past}.ics").status_code == 404


def test_a_search_has_an_address_that_is_short_and_says_what_it_is_if_it_can(client, edition):
    whole = to_subscribe(edition, Filters(edition_id=edition.id))
    assert whole.address() == "https://fete.example.org/agenda.ics"
    short = to_subscribe(edition, Filters(edition_id=edition.id, departements=("32",)))
    code = shortened({"departement": "32"})
    assert short.address() == (
        f"https://fete.example.org/agenda/s/{code}/activites-dans-le-gers.ics"
    )
    long = to_subscribe(
        edition,
        Filters(
            edition_id=edition.id,
            departements=("09", "11", "12", "30", "31", "32", "34", "46"),
            kinds=("debate", "exhibition", "lab_open_day", "science_village", "workshop"),
            themes=("digital", "earth_universe", "environment", "life_health"),
            audiences=("all", "children", "families"),
        ),
        year=2026,
    )
    assert "/agenda/s/" in long.address()
    assert len(long.address()) <= LONG
    path = long.address().removeprefix("https://fete.example.org")
    make_activity(title="Trouvée", terms=[("theme", "digital"), ("audience", "all")])
    assert titles(client.get(path)) == ["Trouvée"]


# What was published and is no more


def test_what_was_withdrawn_is_cancelled_in_its_own_calendar(client, edition, clock):
    activity = make_activity(
        MORNING, MORNING + timedelta(days=1), title="Retirée", standfirst="Texte à oublier"
    )
    address = f"/activites/{activity.id}-{activity.slug}"
    before = known(client.get(f"{address}.ics"))
    clock.shift(timedelta(hours=1))
    take_step(activity, Step.WITHDRAW, by=make_coordinator(), at=now(), reason="Erreur")
    answer = client.get(f"{address}.ics")
    assert known(answer) == {
        uid: (start, sequence + 1) for uid, (start, sequence) in before.items()
    }
    after = Calendar.from_ical(answer.data).walk("VEVENT")
    assert {(str(e["SUMMARY"]), str(e["STATUS"]), e.last_modified) for e in after} == {
        ("Annulé : Retirée", "CANCELLED", now())
    }
    assert "oublier" not in answer.text
    assert news(client.get(f"{address}.atom")) == []
    again = client.get(f"{address}.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_village_withdrawn_is_cancelled_too(client, edition):
    village = make_activity(kind="science_village", title="Village")
    take_step(village, Step.WITHDRAW, by=make_coordinator(), at=now(), reason="Erreur")
    address = f"/agenda/village/{village.id}-{village.slug}.ics"
    assert titles(client.get(address)) == ["Annulé : Village"]


def test_what_is_being_written_anew_after_it_was_withdrawn_is_told_to_nobody(client, edition):
    activity = make_activity(title="Publiée")
    address = f"/activites/{activity.id}-{activity.slug}"
    by = make_coordinator()
    take_step(activity, Step.WITHDRAW, by=by, at=now(), reason="Erreur")
    take_step(activity, Step.REOPEN, by=by, at=now())
    rewrite(activity, by=by, at=now(), title="Secret encore")
    for form in ("ics", "atom"):
        answer = client.get(f"{address}.{form}")
        assert answer.status_code == 200
        assert "secret" not in answer.text.lower()
    assert titles(client.get(f"{address}.ics")) == []


# News


def test_news_tell_each_activity_once_the_last_changed_first(client, edition, clock):
    first = make_activity(MORNING, MORNING + timedelta(days=1), title="Première")
    clock.shift(timedelta(hours=1))
    make_activity(title="Seconde")
    make_activity(title="Brouillon", status=Status.DRAFT)
    assert news(client.get("/agenda.atom")) == ["Seconde", "Première"]
    clock.shift(timedelta(hours=1))
    rewrite(first, by=make_coordinator(), at=now(), title="Première, changée")
    answer = client.get("/agenda.atom")
    assert news(answer) == ["Première, changée", "Seconde"]
    assert [entry.findtext(f"{ATOM}updated") for entry in entries(answer)] == [
        "2026-03-16T11:00:00Z",
        "2026-03-16T10:00:00Z",
    ]


def test_a_piece_of_news_is_told_whole(client, edition):
    village = make_activity(kind="science_village", title="Village", commune=MONTPELLIER)
    activity = make_activity(
        MORNING,
        MORNING + timedelta(days=7),
        title="Étoiles <b>&</b> planètes",
        organisation=make_organisation(name="Club & cie"),
        parent=village,
    )
    (entry,) = entries(client.get(f"/activites/{activity.id}-{activity.slug}.atom"))
    told = [(child.tag.removeprefix(ATOM), child.text or dict(child.attrib)) for child in entry]
    page = f"https://fete.example.org/activites/{activity.id}-{activity.slug}"
    assert told == [
        ("id", f"tag:fete.example.org,2026:activite-{activity.id}"),
        ("title", "Étoiles <b>&</b> planètes"),
        ("published", "2026-03-16T09:00:00Z"),
        ("updated", "2026-03-16T09:00:00Z"),
        ("author", {}),
        ("link", {"rel": "alternate", "type": "text/html", "href": page}),
        ("link", {"rel": "related", "type": "text/calendar", "href": f"{page}.ics"}),
        ("category", {"term": "workshop", "label": "Atelier"}),
        (
            "category",
            {"term": "environment", "label": activity.terms[0].label_fr},
        ),
        ("summary", "Une promenade parmi les étoiles. — du 3 au 10 octobre 2026, Auch"),
    ]
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Club & cie"


def test_news_say_what_is_cancelled_and_stop_at_fifty(client, edition, queries):
    for number in range(53):
        make_activity(title=f"Activité {number}")
    off = make_activity(title="Annulée")
    cancel_activity(off, by=make_coordinator(), at=now())
    assert news(client.get("/agenda.atom"))[0] == "Annulé : Annulée"
    with queries() as asked:
        assert len(news(client.get("/agenda/2026.atom"))) == 50
    assert (
        len(asked) == 6
    )  # the edition, whether it stands, the activities; their slots, their words, who shares them


def test_who_has_the_news_is_sent_none(client, edition, clock):
    activity = make_activity()
    first = client.get("/agenda.atom")
    assert first.headers["Cache-Control"].startswith("public, max-age=600")
    held = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/agenda.atom", headers=held)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    zipped = client.get("/agenda.atom", headers=held | {"Accept-Encoding": "gzip"})
    assert zipped.status_code == 304
    head = client.head("/agenda.atom")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])
    rewrite(activity, by=make_coordinator(), at=now(), title="Autre titre")
    assert client.get("/agenda.atom", headers=held).status_code == 200


def test_before_anything_is_published_there_are_no_news_and_a_feed(client, db):
    answer = client.get("/agenda.atom")
    assert news(answer) == []
    # Today, and whenever one asks today.
    assert fromstring(answer.data).findtext(f"{ATOM}updated") == "2026-03-15T23:00:00Z"


def test_where_nothing_is_news_say_when_the_edition_changed_last(client, edition):
    activity = make_activity()
    answer = client.get("/agenda.atom?departement=31")
    assert news(answer) == []
    changed = activity.slots[0].changed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert fromstring(answer.data).findtext(f"{ATOM}updated") == changed


def test_the_pages_of_the_programme_name_both_forms_of_their_feed(client, edition):
    activity = make_activity()
    page = client.get("/programme?departement=32").text
    for form, kind in (("ics", "text/calendar"), ("atom", "application/atom+xml")):
        assert f'type="{kind}"' in page
        assert f'href="/agenda.{form}?departement=32"' in page
    page = client.get(f"/activites/{activity.id}-{activity.slug}").text
    assert f'href="/activites/{activity.id}-{activity.slug}.atom"' in page
