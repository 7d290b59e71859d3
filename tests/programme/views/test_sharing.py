"""The pages where structures share an activity: who enters, what they read and change."""

import pytest

from fete.core.db import db as database
from fete.programme.models import Activity, Answer
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity
from tests.factories.sharing import make_co_organiser, make_handover


@pytest.fixture
def people(db):
    return {
        "lead": make_user(name="Ada"),
        "co": make_user(name="Bob"),
        "asked": make_user(name="Zoé"),
        "other": make_user(name="Olga"),
        "coordinator": make_coordinator("32", name="Camille"),
        "other coordinator": make_coordinator("31", name="Denis"),
    }


@pytest.fixture
def activity(people):
    activity = make_activity(
        title="Nuit noire",
        organisation=make_organisation(people["lead"], name="Muséum", commune_code=TOULOUSE),
    )
    make_co_organiser(activity, make_organisation(people["co"], name="Club d’Auch"))
    make_organisation(people["other"], name="Ailleurs")
    return activity


@pytest.fixture
def asked(people):
    return make_organisation(people["asked"], name="Laboratoire de Tarbes", commune_code=TOULOUSE)


def organisers(activity):
    database.session.expire_all()
    return [each.name for each in database.session.get(Activity, activity.id).organisers]


def here(activity, *rest):
    return "/".join(["/mes-activites", str(activity.id), "partage", *map(str, rest)])


READS = {"lead", "co", "coordinator"}
SHARES = {"lead", "coordinator"}


@pytest.mark.parametrize(
    "who", [None, "lead", "co", "asked", "other", "coordinator", "other coordinator"]
)
def test_those_who_organise_read_the_page_and_those_who_declare_change_it(
    who, people, activity, asked, sign_in, client
):
    browser = sign_in(people[who]) if who else client
    answer = browser.get(here(activity) + "?q=Tarbes")
    assert answer.status_code == (200 if who in READS else 302 if who is None else 404)
    assert ("Muséum" in answer.text) is (who in READS)
    assert ("Laboratoire de Tarbes" in answer.text) is (who in SHARES)
    confide = here(activity, asked.id, "confier")
    assert (confide in answer.text) is (who in SHARES)
    assert browser.get(confide).status_code == (
        200 if who in SHARES else 302 if who is None else 404
    )
    answer = browser.send(here(activity, asked.id, "ajouter"))
    assert answer.status_code == (302 if who in {None, *SHARES} else 404)
    names = ["Muséum", "Club d’Auch", "Laboratoire de Tarbes"]
    assert organisers(activity) == (names if who in SHARES else names[:2])


@pytest.mark.parametrize(
    ("who", "is_done"),
    [
        ("lead", True),
        ("co", True),
        ("coordinator", True),
        ("asked", False),
        ("other", False),
        ("other coordinator", False),
    ],
)
def test_who_takes_a_structure_off(who, is_done, people, activity, asked, sign_in):
    shared = activity.co_organisers[0].organisation_id
    answer = sign_in(people[who]).send(here(activity, shared, "enlever"))
    assert answer.status_code == (302 if is_done else 404)
    assert (organisers(activity) == ["Muséum"]) is is_done


def test_who_left_lands_on_what_is_still_theirs(people, activity, sign_in):
    shared = activity.co_organisers[0].organisation_id
    browser = sign_in(people["co"])
    assert "Retirer ma structure" in browser.get(here(activity)).text
    answer = browser.send(here(activity, shared, "enlever"))
    assert answer.location == "/mes-activites"
    assert "« Club d’Auch » n’organise plus l’activité." in browser.get(answer.location).text
    assert browser.get(here(activity)).status_code == 404


def test_a_structure_that_is_none_is_not_added(people, activity, sign_in):
    assert sign_in(people["lead"]).send(here(activity, 999999, "ajouter")).status_code == 404


def test_of_a_structure_merged_into_another_the_other_is_added(people, activity, asked, sign_in):
    gone = make_organisation(name="Labo de Tarbes")
    gone.merged_into_id = asked.id
    browser = sign_in(people["lead"])
    browser.send(here(activity, gone.id, "ajouter"))
    assert organisers(activity) == ["Muséum", "Club d’Auch", "Laboratoire de Tarbes"]
    # One that is among them already is not added twice.
    gone.merged_into_id = activity.organisation_id
    database.session.commit()
    browser.send(here(activity, gone.id, "ajouter"))
    assert organisers(activity) == ["Muséum", "Club d’Auch", "Laboratoire de Tarbes"]


def test_members_of_a_co_organiser_complete_and_deposit_but_withdraw_nothing(
    people, activity, sign_in
):
    activity.status = Status.CHANGES_REQUESTED
    browser = sign_in(people["co"])
    root = f"/mes-activites/{activity.id}"
    preview = browser.get(f"{root}/apercu").text
    assert "Nuit noire" in browser.get("/mes-activites").text
    assert browser.get(f"{root}/quoi").status_code == 200
    assert "Retirer cette activité" not in preview
    for path in ("retirer", "supprimer", "reprendre"):
        assert browser.get(f"{root}/{path}").status_code == 404
        assert browser.send(f"{root}/{path}").status_code == 404
    activity.status = Status.PUBLISHED
    assert browser.get(f"{root}/annuler").status_code == 200


def test_a_published_activity_names_all_its_organisers(client, activity):
    page = client.get(f"/activites/{activity.id}-{activity.slug}").text
    assert "Muséum</a>" in page
    assert "Club d’Auch</a>" in page
    assert '"organizer": [{"@type": "Organization", "name": "Mus' in page
    assert "Muséum, Club d’Auch" in client.get("/programme").text


def test_the_feed_of_a_structure_holds_what_it_organises_with_others(client, activity):
    for organisation in activity.organisers:
        feed = client.get(f"/agenda.ics?structure={organisation.id}").text
        assert "SUMMARY:Nuit noire" in feed
        # It stays the activity of the structure that declares it.
        assert "Proposé par Muséum." in feed
    assert client.get(f"/agenda.ics?structure={make_organisation().id}").text.count("VEVENT") == 0


def test_an_activity_is_handed_over_page_by_page(people, activity, asked, sign_in, letters):
    lead, other = sign_in(people["lead"]), sign_in(people["asked"])
    confide = here(activity, asked.id, "confier")
    assert "Tant qu’aucun n’a accepté, rien ne change." in lead.get(confide).text
    answer = lead.send(confide, {"message": "Merci de la reprendre."})
    assert answer.location == here(activity)
    page = lead.get(here(activity)).text
    assert "Une reprise attend sa réponse" in page
    (letter,) = letters()
    offer = letter.page
    assert sign_in(people["lead"]).get(offer).status_code == 404
    assert sign_in(people["other"]).get(offer).status_code == 404
    for path in ("/mes-activites", "/mon-espace"):
        assert offer in other.get(path).text
    page = other.get(offer).text
    assert "Merci de la reprendre." in page
    assert "On y observe le ciel" in page
    # To be asked is not to be in.
    assert other.get(f"/mes-activites/{activity.id}/apercu").status_code == 404

    answer = other.send(f"{offer}/accepter")
    assert answer.location == f"/mes-activites/{activity.id}/apercu"
    assert organisers(activity) == ["Laboratoire de Tarbes", "Club d’Auch"]
    assert other.get(answer.location).status_code == 200
    assert lead.get(here(activity)).status_code == 404
    # Twice is once.
    assert other.send(f"{offer}/accepter").status_code == 302
    assert "a repris cette activité" in other.get(offer).text


def test_accepting_after_the_demand_was_withdrawn_says_so(people, activity, asked, sign_in):
    handover = make_handover(activity, asked, message="Un secret d’autrefois")
    offer = f"/mes-activites/reprises/{handover.id}"
    sign_in(people["lead"]).send(here(activity, "reprises", handover.id, "retirer"))
    browser = sign_in(people["asked"])
    page = browser.send(f"{offer}/accepter", follow=True).text
    assert "a retiré sa demande entre-temps" in page
    # What was offered is not theirs to read any more.
    assert "On y observe le ciel" not in page
    assert organisers(activity)[0] == "Muséum"


def test_an_offer_may_be_declined(people, activity, asked, sign_in):
    handover = make_handover(activity, asked)
    browser = sign_in(people["asked"])
    page = browser.send(f"/mes-activites/reprises/{handover.id}/decliner", follow=True).text
    assert "Votre structure a décliné cette proposition." in page
    assert handover.state is Answer.DECLINED
    assert "reprendre une activité" not in browser.get("/mes-activites").text


@pytest.mark.parametrize("verb", ["accepter", "decliner"])
@pytest.mark.parametrize("who", ["lead", "co", "other", "coordinator"])
def test_nobody_else_answers_an_offer(who, verb, people, activity, asked, sign_in):
    handover = make_handover(activity, asked)
    answer = sign_in(people[who]).send(f"/mes-activites/reprises/{handover.id}/{verb}")
    assert (answer.status_code, handover.state) == (404, Answer.ASKED)


@pytest.mark.parametrize("who", ["co", "asked", "other", "other coordinator"])
def test_nobody_else_withdraws_a_demand(who, people, activity, asked, sign_in):
    handover = make_handover(activity, asked)
    answer = sign_in(people[who]).send(here(activity, "reprises", handover.id, "retirer"))
    assert (answer.status_code, handover.state) == (404, Answer.ASKED)


def test_the_handover_of_another_activity_is_not_withdrawn_here(people, activity, asked, sign_in):
    handover = make_handover(make_activity(), asked)
    answer = sign_in(people["lead"]).send(here(activity, "reprises", handover.id, "retirer"))
    assert (answer.status_code, handover.state) == (404, Answer.ASKED)


def test_the_coordination_hands_over_at_once_with_a_reason(people, activity, asked, sign_in):
    browser = sign_in(people["coordinator"])
    confide = here(activity, asked.id, "confier")
    assert "Personne d’autre n’a à l’accepter" in browser.get(confide).text
    refused = browser.send(confide, {"message": ""})
    assert "Dites pourquoi" in refused.text
    assert organisers(activity)[0] == "Muséum"
    browser.send(confide, {"message": "Le muséum ferme."})
    assert organisers(activity)[0] == "Laboratoire de Tarbes"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_however_many_organise(people, activity, sign_in, queries, count):
    for number in range(count):
        make_co_organiser(activity, make_organisation(make_user(), name=f"Structure {number}"))
    path = here(activity)
    browser = sign_in(people["lead"])
    with queries() as asked:
        page = browser.get(path).text
    assert page.count("Enlever<") == count + 1
    assert len(asked) == 15, "\n".join(asked)
