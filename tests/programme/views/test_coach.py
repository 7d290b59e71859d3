"""The advice beside a declaration: of what is kept, of what is typed; nothing is kept by asking."""

import json
import re
from datetime import date, time

import pytest
from sqlalchemy import func, select

from fete.core.clock import from_paris
from fete.programme.models import Activity, Venue
from fete.programme.queries.activities import find_activity
from fete.programme.rules import Part
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue


@pytest.fixture
def person(db):
    return make_user()


@pytest.fixture
def organisation(person):
    make_edition()
    return make_organisation(person)


@pytest.fixture
def member(sign_in, person, organisation):
    return sign_in(person)


@pytest.fixture
def draft(organisation):
    return make_activity(
        from_paris(date(2026, 10, 3), time(10)),
        status=Status.DRAFT,
        organisation=organisation,
        title="Le ciel",
        description="",
    )


def ask(browser, activity, part, **typed):
    return browser.send(f"/mes-activites/{activity.id}/{part}/conseils", typed)


def words(page: str) -> str:
    bare = re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", bare)


def said(answer) -> str:
    assert answer.status_code == 200
    return words(answer.text)


def advice_in(page: str) -> str:
    return words(page.split("data-advice>", 1)[1].split("</aside>", 1)[0])


WHAT = {"kind": "workshop", "title": "Le ciel", "themes": "environment"}


def test_the_page_of_a_part_says_what_is_missing_without_script(member, draft):
    advice = advice_in(member.get(f"/mes-activites/{draft.id}/quoi").text)
    assert "Il manque 1 élément à cette étape." in advice
    assert "Décrivez l’activité" in advice
    assert "Dites qui répond du contenu scientifique." in advice
    assert "Ajoutez une image" in advice
    # What is for another part is counted, not told here.
    assert "à partir de quel âge" not in advice
    advice = advice_in(member.get(f"/mes-activites/{draft.id}/pour-qui").text)
    assert "Rien ne manque à cette étape." in advice
    assert "Quoi : il manque 1 élément" in advice
    assert "à partir de quel âge" in advice


def test_what_is_typed_is_advised_on_and_nothing_is_kept(member, draft, db):
    before = find_activity(draft.id).version
    page = said(
        ask(
            member,
            draft,
            "quoi",
            **WHAT | {"title": "LE CIEL.", "description": "Tarif : 3 €"},
            matches_edition_theme="yes",
            scientific_referent="Ada",
        )
    )
    assert "Rien ne manque : l’activité peut être déposée." in page
    assert "Un titre ne finit pas par un point." in page
    assert "La Fête de la science est gratuite" in page
    assert "Dites qui répond" not in page
    assert "LE CIEL." in page
    kept = find_activity(draft.id)
    assert (kept.title, kept.description, kept.version) == ("Le ciel", "", before)


def test_a_fragment_holds_no_page_and_anchors_of_this_one(member, draft):
    text = ask(member, draft, "quoi", **WHAT).text
    assert "<html" not in text
    assert 'href="#description"' in text
    assert f'href="/mes-activites/{draft.id}/image"' in text


TYPED = {
    Part.WHOM: ({"welcome": "schools", "age_min": "8"}, "Choisissez les niveaux scolaires"),
    Part.WHERE: ({"mode": "on_site", "venue": ""}, "Dites où l’activité a lieu."),
    Part.WHEN: (
        {"slots-0-day": "20/12/2026", "slots-0-starts": "10h", "slots-0-ends": "12h"},
        "Un créneau au moins doit tomber dans les dates officielles",
    ),
    Part.HOW: ({"booking": "required", "is_free": "y"}, "Donnez un téléphone"),
    Part.ACCESS: ({"accessibility_known": "no"}, "Dites à qui l’activité est accessible"),
    Part.MEANS: ({"expected_visitors": "30"}, "Rien ne manque à cette étape."),
}


@pytest.mark.parametrize("part", TYPED)
def test_every_part_is_advised_on_as_it_is_typed(member, draft, part):
    typed, told = TYPED[part]
    assert told in said(ask(member, draft, part.value, **typed))


def test_a_place_that_is_typed_is_not_kept(member, draft, db):
    count = db.session.scalar(select(func.count(Venue.id)))
    page = said(
        ask(
            member,
            draft,
            "ou",
            mode="on_site",
            venue="",
            venue_name="Halle aux grains",
            commune="Auch (32)",
            commune_code="32013",
        )
    )
    assert "Rien ne manque à cette étape." in page
    assert "Halle aux grains, Auch (32)" in page
    assert db.session.scalar(select(func.count(Venue.id))) == count
    assert find_activity(draft.id).venue.name != "Halle aux grains"


@pytest.mark.parametrize("part", [part.value for part in Part])
@pytest.mark.parametrize(
    "typed",
    [
        {},
        {
            "kind": "nonsense",
            "title": "x" * 500,
            "themes": "nonsense",
            "matches_edition_theme": "?",
        },
        {"welcome": "?", "audiences": "?", "levels": "?", "age_min": "vieux", "age_max": "-3"},
        {"mode": "?", "venue": "999999", "parent": "999999", "commune": "Nulle part"},
        {"mode": "on_site", "venue": "x", "parent": "x", "venue_name": "Y", "commune": "Saint"},
        {"slots-0-day": "31/02/2026", "slots-0-starts": "25h", "slots-0-capacity": "beaucoup"},
        {"slots-0-day": "28/03/2027", "slots-0-starts": "2h30", "slots-0-ends": "4h"},
        {"booking": "?", "booking_phone": "x", "booking_email": "x", "booking_link": "x y"},
        {"expected_visitors": "99999999999"},
    ],
)
def test_nonsense_is_no_matter(member, draft, part, typed):
    assert ask(member, draft, part, **typed).status_code == 200


def test_who_may_not_change_it_gets_no_advice(sign_in, client, draft):
    assert ask(client, draft, "quoi", **WHAT).status_code in {302, 401}
    for stranger in (make_user(), make_coordinator("32")):
        assert ask(sign_in(stranger), draft, "quoi", **WHAT).status_code == 404
    assert sign_in(make_user()).get(f"/mes-activites/{draft.id}/quoi/conseils").status_code == 405
    assert ask(sign_in(make_user()), draft, "nulle-part").status_code == 404


def test_a_new_activity_is_advised_on_before_it_is_one(sign_in, member, organisation, db):
    there = f"/mes-activites/structures/{organisation.id}/declarer"
    advice = advice_in(member.get(there).text)
    assert "Il manque 5 éléments à cette étape." in advice
    page = said(member.send(f"{there}/conseils", {**WHAT, "edition": "2026"}))
    assert "Il manque 2 éléments à cette étape." in page
    assert "Où : il manque 1 élément" in page
    assert db.session.scalar(select(func.count(Activity.id))) == 0
    assert sign_in(make_user()).send(f"{there}/conseils", WHAT).status_code == 404


def test_without_an_edition_there_is_nothing_to_advise_on(sign_in, person, db):
    organisation = make_organisation(person)
    there = f"/mes-activites/structures/{organisation.id}/declarer/conseils"
    assert sign_in(person).send(there, WHAT).status_code == 404


def test_what_was_begun_is_advised_on_when_it_is_given_back(member, draft):
    here = f"/mes-activites/{draft.id}/quoi"
    pairs = [*WHAT.items(), ("description", "Venez !! C’est beau"), ("version", "1.x")]
    member.send("/mon-compte/brouillons", {"page": here, "typed": json.dumps(pairs)})
    page = member.get(here).text
    assert "Un seul point d’exclamation suffit" in advice_in(page)
    # What is begun is not yet told to be wrong.
    assert "error-summary" not in page


def test_what_is_refused_is_advised_on_too(member, draft):
    page = member.send(f"/mes-activites/{draft.id}/quoi", {**WHAT, "title": "", "description": "A"})
    assert "error-summary" in page.text
    assert "Donnez un titre." in advice_in(page.text)


def test_reading_again_tells_what_to_say_more_plainly_and_shows_the_entry(member, draft):
    draft.description = "Un atelier de vulgarisation."
    page = words(member.get(f"/mes-activites/{draft.id}/apercu").text)
    assert "Plus simple à lire" in page
    assert "« vulgarisation » : un mot plus simple" in page
    assert "Dans le programme imprimé" in page
    assert "sam. 3 oct., 10 h – 12 h" in page


def test_the_address_of_the_advice_is_on_the_page_in_its_language(member, draft):
    page = member.get(f"/en/mes-activites/{draft.id}/quoi").text
    assert f'data-coach="/en/mes-activites/{draft.id}/quoi/conseils"' in page


def test_the_sites_of_a_festival_are_places_as_they_are_typed(sign_in, db):
    hall, school = make_venue(name="Halle"), make_venue(name="Lycée")
    festival = make_activity(kind="festival", venue=hall, sites=[school])
    browser = sign_in(make_coordinator("32"))
    typed = {"mode": "on_site", "venue": str(hall.id), "sites_asked": "1"}
    kept = said(ask(browser, festival, "ou", **typed, sites=str(school.id)))
    assert "Halle, Auch (32), et 1 autre lieu" in kept
    described = {"site_name": "Mairie", "site_commune": "Auch (32)", "site_commune_code": "32013"}
    more = said(ask(browser, festival, "ou", **typed, **described, sites=str(school.id)))
    assert "Halle, Auch (32), et 2 autres lieux" in more
    assert "autre lieu" not in said(ask(browser, festival, "ou", **typed))
    db.session.expire_all()
    assert (festival.sites, db.session.scalar(select(func.count()).select_from(Venue))) == (
        [school],
        2,
    )


def test_the_place_of_a_village_is_the_place(member, organisation, draft):
    village = make_activity(kind="science_village", venue=make_venue(name="Halle"))
    page = said(ask(member, draft, "ou", mode="on_site", venue="", parent=str(village.id)))
    assert "Rien ne manque à cette étape." in page
    assert "Halle, Auch (32)" in page
