"""What is typed and not kept yet: taken, given back to its author alone, forgotten once it is kept."""

import json
from datetime import date, time

import pytest
from sqlalchemy import select

from fete.accounts import services
from fete.accounts.models import Sketch
from fete.accounts.queries import find_sketch, rows_about
from fete.accounts.rules import MOST_SKETCHES, SKETCH_SIZE
from fete.core.clock import from_paris, now
from fete.core.db import db as database
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition

KEEP = "/mon-compte/brouillons"
START = from_paris(date(2026, 10, 3), time(10))
LEFT = "Voici ce que vous aviez commencé"


@pytest.fixture
def person(db):
    return make_user(name="Ada Membre")


@pytest.fixture
def activity(person):
    return make_activity(
        START, status=Status.DRAFT, organisation=make_organisation(person), title="Le ciel"
    )


@pytest.fixture
def member(sign_in, person, activity):
    return sign_in(person)


def typed(**fields: str | list[str]) -> str:
    pairs = [
        [name, value]
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return json.dumps(pairs)


def page_of(activity, part="quoi"):
    return f"/mes-activites/{activity.id}/{part}"


def test_what_is_typed_is_kept_under_its_page_with_the_hour(member, person, activity):
    here = page_of(activity)
    answer = member.send(KEEP, {"page": here, "typed": typed(title="Le c", themes=["a", "b"])})
    assert answer.json == {"said": "Gardé à 10\u00a0h"}
    kept = find_sketch(person, here)
    assert (kept.fields, kept.at) == ({"title": ["Le c"], "themes": ["a", "b"]}, now())
    member.send(KEEP, {"page": here, "typed": typed(title="Le ciel bleu")})
    assert [row.fields for row in person_sketches(person)] == [{"title": ["Le ciel bleu"]}]


def person_sketches(person):
    return rows(select(Sketch).where(Sketch.person_id == person.id).order_by(Sketch.page))


def rows(statement):
    return database.session.scalars(statement).all()


def test_a_password_or_a_token_is_never_kept(member, person, activity):
    here = page_of(activity)
    member.send(
        KEEP,
        {
            "page": here,
            "typed": json.dumps(
                [["csrf_token", "x"], ["password", "x"], ["new_password", "x"], ["title", "y"]]
            ),
        },
    )
    assert find_sketch(person, here).fields == {"title": ["y"]}


@pytest.mark.parametrize(
    "page",
    [
        "",
        "/",
        "/nulle-part",
        "//ailleurs.example.org/",
        "https://ailleurs.example.org/mes-activites/1/quoi",
        "/mon-compte/mot-de-passe",
        "/compte/connexion",
        "/mes-activites/1/deposer",
    ],
)
def test_only_the_pages_that_give_it_back_are_taken(member, person, page):
    for address in (KEEP, f"{KEEP}/oublier"):
        assert member.send(address, {"page": page, "typed": typed(title="x")}).status_code == 400
    assert person_sketches(person) == []


@pytest.mark.parametrize(
    "sent",
    ["", "{", "1", '"title"', '[["title"]]', '[["title", 3]]', "[1]", '{"title": "x"}', "null"],
)
def test_what_is_no_list_of_fields_is_refused(member, person, activity, sent):
    answer = member.send(KEEP, {"page": page_of(activity), "typed": sent})
    assert answer.status_code == 400
    assert person_sketches(person) == []


def test_more_than_one_can_type_is_refused(member, person, activity):
    here = page_of(activity)
    most = typed(d="x" * (SKETCH_SIZE - len(typed(d=""))))
    assert member.send(KEEP, {"page": here, "typed": most}).status_code == 200
    assert member.send(KEEP, {"page": here, "typed": most + " "}).status_code == 400


def test_the_oldest_page_goes_beyond_fifty(db, person):
    for number in range(MOST_SKETCHES + 2):
        services.keep_sketch(person, f"/mes-bilans/{number:03}", {"a": ["b"]}, at=now())
    kept = [sketch.page for sketch in person_sketches(person)]
    assert (len(kept), kept[0]) == (MOST_SKETCHES, "/mes-bilans/002")


def test_nobody_types_without_signing_in(client, activity):
    answer = client.send(KEEP, {"page": page_of(activity), "typed": typed(title="x")})
    assert answer.status_code in {302, 401}
    assert rows(select(Sketch)) == []


def test_a_page_opened_again_shows_what_was_begun_and_says_so(member, activity):
    here = page_of(activity)
    fresh = member.get(here).text
    assert LEFT not in fresh
    member.send(
        KEEP,
        {"page": here, "typed": typed(title="Le ciel bleu", themes="chemistry", version="1.x")},
    )
    page = member.get(here).text
    assert LEFT in page
    assert 'value="Le ciel bleu"' in page
    assert 'value="1.x"' in page
    assert member.get(f"/en{here}").text.count("Le ciel bleu") >= 1


def test_what_was_begun_is_its_author_s_alone(sign_in, member, person, activity):
    colleague = make_user()
    activity.organisation.memberships.extend(make_organisation(colleague).memberships)
    member.send(KEEP, {"page": page_of(activity), "typed": typed(title="Secret d’Ada")})
    assert "Secret d’Ada" in member.get(page_of(activity)).text
    assert "Secret d’Ada" not in sign_in(colleague).get(page_of(activity)).text


def test_what_says_nothing_new_is_not_shown(member, activity):
    here = page_of(activity, "moyens")
    member.send(KEEP, {"page": here, "typed": typed(expected_visitors="", version="1.x")})
    page = member.get(here).text
    assert LEFT not in page
    assert 'value="1.x"' not in page


def test_a_number_that_cannot_be_read_is_given_back_as_it_was_typed(member, activity):
    here = page_of(activity, "moyens")
    member.send(KEEP, {"page": here, "typed": typed(expected_visitors="une centaine")})
    page = member.get(here).text
    assert LEFT in page
    assert 'value="une centaine"' in page


def test_slots_and_communes_are_given_back_whole(member, activity):
    when, where = page_of(activity, "quand"), page_of(activity, "ou")
    slots = {
        "slots-0-day": "04/10/2026",
        "slots-0-starts": "14h",
        "slots-1-day": "05/10/2026",
        "slots-1-starts": "15h",
    }
    member.send(KEEP, {"page": when, "typed": typed(**slots)})
    member.send(
        KEEP,
        {
            "page": where,
            "typed": typed(venue_name="Halle", commune="Auch (32)", commune_code="32013"),
        },
    )
    page = member.get(when).text
    assert all(f'value="{value}"' in page for value in slots.values())
    page = member.get(where).text
    assert 'value="Halle"' in page
    assert 'value="32013"' in page


def test_saving_forgets_and_a_refusal_does_not(member, person, activity):
    here = page_of(activity)
    member.send(KEEP, {"page": here, "typed": typed(title="Le ciel bleu")})
    refused = member.send(here, {"kind": "workshop", "title": ""})
    assert refused.status_code == 200
    assert find_sketch(person, here) is not None
    assert member.send(here, {"kind": "workshop", "title": "Le ciel bleu"}).status_code == 302
    assert find_sketch(person, here) is None


def test_somebody_else_s_change_is_still_a_conflict_after_coming_back(sign_in, member, activity):
    here = page_of(activity, "moyens")
    seen = version_in(member.get(here).text)
    member.send(KEEP, {"page": here, "typed": typed(expected_visitors="40", version=seen)})
    colleague = make_user(name="Blaise Collègue")
    activity.organisation.memberships.extend(make_organisation(colleague).memberships)
    sign_in(colleague).send(here, {"expected_visitors": "30", "version": seen})
    page = member.get(here).text
    assert 'value="40"' in page
    sent = {"expected_visitors": "40", "version": version_in(page)}
    answer = member.send(here, sent)
    assert answer.status_code == 200
    assert "Blaise Collègue a modifié cette étape" in answer.text


def version_in(page: str) -> str:
    return page.split('name="version"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def test_one_goes_back_to_what_is_kept(member, person, activity):
    here = page_of(activity)
    member.send(KEEP, {"page": here, "typed": typed(title="Le ciel bleu")})
    answer = member.send(f"{KEEP}/oublier", {"page": here})
    assert (answer.status_code, answer.location) == (302, here)
    assert find_sketch(person, here) is None
    assert LEFT not in member.get(here).text


def test_nothing_typed_any_more_forgets(member, person, activity):
    here = page_of(activity)
    member.send(KEEP, {"page": here, "typed": typed(title="Le ciel bleu")})
    assert member.send(KEEP, {"page": here, "typed": "[]"}).json == {"said": ""}
    assert find_sketch(person, here) is None


def test_a_draft_that_is_deleted_leaves_nothing_begun(member, person, activity):
    member.send(KEEP, {"page": page_of(activity), "typed": typed(title="x")})
    member.send(KEEP, {"page": "/ma-structure/creer", "typed": typed(name="y")})
    assert member.send(f"/mes-activites/{activity.id}/supprimer").status_code == 302
    assert [sketch.page for sketch in person_sketches(person)] == ["/ma-structure/creer"]


def test_what_was_begun_is_in_one_s_copy_and_goes_with_the_account(member, person, activity):
    member.send(KEEP, {"page": page_of(activity), "typed": typed(title="x")})
    assert rows_about(person)["sketch"] == [
        {
            "id": person_sketches(person)[0].id,
            "person_id": person.id,
            "page": page_of(activity),
            "fields": {"title": ["x"]},
            "at": "2026-03-16T09:00:00+00:00",
        }
    ]
    services.erase(person, at=now())
    assert person_sketches(person) == []


def test_a_structure_half_described_is_given_back(member, person, activity):
    member.send(KEEP, {"page": "/ma-structure/creer", "typed": typed(name="Musée du silence")})
    assert 'value="Musée du silence"' in member.get("/ma-structure/creer").text
    here = f"/ma-structure/{activity.organisation_id}/modifier"
    member.send(KEEP, {"page": here, "typed": typed(name="Autre nom", version="1")})
    page = member.get(here).text
    assert LEFT in page
    assert 'value="Autre nom"' in page


def test_a_report_half_filled_is_given_back(member, person, db):
    activity = make_activity(
        from_paris(date(2025, 10, 4), time(10)),
        edition=make_edition(2025),
        organisation=make_organisation(person),
    )
    here = f"/mes-bilans/{activity.id}"
    member.send(KEEP, {"page": here, "typed": typed(public="41", remarks="Beau temps")})
    page = member.get(here).text
    assert LEFT in page
    assert 'value="41"' in page
    assert "Beau temps" in page
    assert (
        member.send(here, {"public": "41", "version": "0", "enregistrer": "oui"}).status_code == 302
    )
    assert find_sketch(person, here) is None


def test_a_form_whose_session_ended_is_refused_with_what_was_typed(client, activity):
    answer = client.post(
        page_of(activity),
        data={"csrf_token": client.token(), "title": "Tapé trop tard"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 401
    assert "Tapé trop tard" in answer.text


def test_a_remark_half_written_is_given_back_on_the_page_that_holds_its_form(sign_in, activity):
    activity.status = Status.SUBMITTED
    coordinator = make_coordinator("32")
    browser = sign_in(coordinator)
    here = f"/coordination/relecture/{activity.id}"
    sent = {"send_back-reason": "Il manque l’âge", "send_back-version": "1"}
    browser.send(KEEP, {"page": f"{here}/renvoyer", "typed": typed(**sent)})
    page = browser.get(here).text
    assert LEFT in page
    assert "Il manque l’âge</textarea>" in page
    assert page.count('<details class="step-folded" open>') == 1
    forgotten = browser.send(f"{KEEP}/oublier", {"page": f"{here}/renvoyer"}, follow=True)
    assert "Il manque l’âge" not in forgotten.text
    browser.send(KEEP, {"page": f"{here}/renvoyer", "typed": typed(**sent)})
    assert browser.send(f"{here}/renvoyer", sent).status_code == 302
    assert find_sketch(coordinator, f"{here}/renvoyer") is None
