"""Cancelling an activity or changing a slot: who may, what the pages say, what stands afterwards."""

import re

import pytest

from fete.core.db import db as database
from fete.programme.models import Activity, EditionState, Slot
from fete.programme.workflow import SlotState, Status
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition


@pytest.fixture
def people(db):
    return {
        "member": make_user(name="Ada"),
        "other actor": make_user(name="Blaise"),
        "coordinator": make_coordinator("32", name="Camille"),
        "other coordinator": make_coordinator("31", name="Denis"),
        "regional": make_coordinator(name="Emma"),
        "administrator": make_administrator(name="Farid"),
    }


@pytest.fixture
def activity(people):
    make_organisation(people["other actor"])
    return make_activity(title="Nuit noire", organisation=make_organisation(people["member"]))


def states(activity):
    database.session.expire_all()
    return [(slot.state, slot.note) for slot in database.session.get(Activity, activity.id).slots]


def paths(activity):
    here = f"/mes-activites/{activity.id}"
    return {
        "cancel": f"{here}/annuler",
        "slot": f"{here}/creneaux/{activity.slots[0].id}",
        "reinstate": f"{here}/retablir",
    }


MAY = {
    None: 302,
    "member": 200,
    "other actor": 404,
    "coordinator": 200,
    "other coordinator": 404,
    "regional": 200,
    "administrator": 200,
}


@pytest.mark.parametrize("who", MAY)
def test_members_and_their_coordination_cancel_and_nobody_else(
    who, people, activity, sign_in, client
):
    at = paths(activity)
    browser = sign_in(people[who]) if who else client
    token_from = "/mon-espace" if who else "/compte/connexion"
    assert browser.get(at["cancel"]).status_code == MAY[who]
    assert browser.get(at["slot"]).status_code == MAY[who]
    answers = [
        browser.send(at["slot"], {"state": "full", "version": 1}, token_from=token_from),
        browser.send(at["cancel"], {"version": 2}, token_from=token_from),
    ]
    may = MAY[who] == 200
    assert [answer.status_code for answer in answers] == [302 if who is None or may else 404] * 2
    assert states(activity) == [(SlotState.CANCELLED if may else SlotState.SCHEDULED, "")]
    answer = browser.send(at["reinstate"], {"version": 3}, token_from=token_from)
    assert answer.status_code == (302 if who is None or may else 404)
    assert states(activity) == [(SlotState.SCHEDULED, "")]


@pytest.mark.parametrize("status", Status)
def test_only_what_people_count_on_can_be_cancelled(status, people, sign_in):
    activity = make_activity(status=status, organisation=make_organisation(people["member"]))
    browser = sign_in(people["member"])
    expected = 200 if status in {Status.LABELLED, Status.PUBLISHED} else 404
    assert browser.get(paths(activity)["cancel"]).status_code == expected
    assert browser.get(paths(activity)["slot"]).status_code == expected


def test_a_closed_edition_cannot_be_cancelled(people, sign_in):
    edition = make_edition(2025, state=EditionState.CLOSED)
    activity = make_activity(edition=edition, organisation=make_organisation(people["member"]))
    assert sign_in(people["member"]).get(paths(activity)["cancel"]).status_code == 404


def test_the_slot_of_another_activity_is_not_there(people, activity, sign_in):
    other = make_activity()
    path = f"/mes-activites/{activity.id}/creneaux/{other.slots[0].id}"
    browser = sign_in(people["member"])
    assert browser.get(path).status_code == 404
    answer = browser.send(path, {"state": "full", "version": 1}, token_from="/mon-espace")
    assert (answer.status_code, states(other)) == (404, [(SlotState.SCHEDULED, "")])


def test_the_public_reads_why(people, activity, sign_in, client):
    at = paths(activity)
    browser = sign_in(people["member"])
    answer = browser.send(
        at["slot"],
        {"state": "cancelled", "reason": "La salle <est> inondée", "version": 1},
        token_from=at["slot"],
    )
    assert answer.headers["Location"] == f"/mes-activites/{activity.id}/apercu"
    assert states(activity) == [(SlotState.CANCELLED, "La salle <est> inondée")]
    page = client.get(f"/activites/{activity.id}-{activity.slug}").get_data(as_text=True)
    assert "La salle &lt;est&gt; inondée" in page
    assert "Annulé" in page


def test_a_slot_needs_a_state_that_exists(people, activity, sign_in):
    at = paths(activity)
    browser = sign_in(people["member"])
    for state in ("", "perdu"):
        answer = browser.send(
            at["slot"], {"state": state, "reason": "Pluie", "version": 1}, token_from=at["slot"]
        )
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "<title>Erreur" in page
        assert 'value="Pluie"' in page
    assert states(activity) == [(SlotState.SCHEDULED, "")]


def test_a_word_too_long_is_refused_and_kept(people, activity, sign_in):
    at = paths(activity)
    browser = sign_in(people["member"])
    answer = browser.send(
        at["cancel"], {"reason": "a" * 201, "version": 1}, token_from=at["cancel"]
    )
    assert "a" * 201 in answer.get_data(as_text=True)
    assert states(activity) == [(SlotState.SCHEDULED, "")]


def test_the_second_of_two_is_told(people, activity, sign_in):
    at = paths(activity)
    first, second = sign_in(people["member"]), sign_in(people["coordinator"])
    first.send(at["slot"], {"state": "full", "version": 1}, token_from=at["slot"])
    answer = second.send(
        at["slot"],
        {"state": "cancelled", "reason": "Grève", "version": 1},
        token_from=at["slot"],
    )
    page = answer.get_data(as_text=True)
    assert "Ada l’a modifiée le lundi 16 mars 2026 à 10\u00a0h" in page
    assert 'value="Grève"' in page
    assert re.search(r'name="version"[^>]*value="2"', page)
    assert states(activity) == [(SlotState.FULL, "")]


def test_the_page_of_a_cancelled_activity_offers_to_reinstate_it(people, activity, sign_in):
    at = paths(activity)
    browser = sign_in(people["coordinator"])
    page = browser.get(at["cancel"]).get_data(as_text=True)
    assert "1 créneau sera annulé" in page
    assert "samedi 3 octobre 2026" in page
    answer = browser.send(at["cancel"], {"version": 1, "reason": "Grève"}, token_from=at["cancel"])
    assert answer.headers["Location"] == f"/coordination/relecture/{activity.id}"
    page = browser.get(at["cancel"]).get_data(as_text=True)
    assert "Rétablir «\u00a0Nuit noire\u00a0»" in page
    assert at["reinstate"] in page
    page = sign_in(people["member"]).get(f"/mes-activites/{activity.id}/retirer").text
    assert "Elle est annulée, et le programme le dit." in page
    assert "L’annuler plutôt" not in page
    browser = sign_in(people["coordinator"])
    browser.send(at["reinstate"], {"version": 2}, token_from=at["cancel"])
    assert states(activity) == [(SlotState.SCHEDULED, "")]


def test_reinstating_what_changed_meanwhile_is_refused_aloud(people, activity, sign_in):
    at = paths(activity)
    browser = sign_in(people["coordinator"])
    browser.send(at["cancel"], {"version": 1}, token_from=at["cancel"])
    answer = browser.send(at["reinstate"], {"version": 1}, token_from=at["cancel"], follow=True)
    assert "relisez-la avant de décider" in answer.get_data(as_text=True)
    assert states(activity) == [(SlotState.CANCELLED, "")]


def test_cancelling_does_not_happen_by_reading(people, activity, sign_in):
    browser = sign_in(people["member"])
    for path in paths(activity).values():
        browser.get(path)
    assert states(activity) == [(SlotState.SCHEDULED, "")]
    assert browser.get(paths(activity)["reinstate"]).status_code == 405


def test_a_village_says_what_it_takes_with_it(people, sign_in):
    village = make_activity(kind="science_village", organisation=make_organisation())
    make_activity(parent_id=village.id)
    database.session.expire_all()
    page = sign_in(people["coordinator"]).get(paths(village)["cancel"]).get_data(as_text=True)
    assert "1 activité s’y tient" in page
    assert database.session.query(Slot).count() == 2


@pytest.mark.parametrize("status", Status)
def test_members_find_the_way_on_their_page(status, people, sign_in):
    activity = make_activity(status=status, organisation=make_organisation(people["member"]))
    page = sign_in(people["member"]).get(f"/mes-activites/{activity.id}/apercu")
    links = re.findall(r'href="(/mes-activites/\d+/(?:annuler|creneaux)[^"]*)"', page.text)
    at = paths(activity)
    expected = [at["slot"], at["cancel"]] if status in {Status.LABELLED, Status.PUBLISHED} else []
    assert links == expected
