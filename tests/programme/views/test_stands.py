"""The pages of stands: who asks, who answers, what the public reads."""

import json
import re

import pytest

from fete.core.db import db as database
from fete.programme.models import Answer, Booking
from fete.programme.services.activities import index
from fete.programme.workflow import Status
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_venue
from tests.factories.sharing import make_stand_request


@pytest.fixture
def people(db):
    return {
        "actor": make_user(name="Ada"),
        "host": make_user(name="Bob"),
        "other": make_user(name="Olga"),
        "coordinator": make_coordinator("32", name="Camille"),
        "other coordinator": make_coordinator("31", name="Denis"),
        "administrator": make_administrator(name="Farid"),
    }


@pytest.fixture
def village(people):
    return make_activity(
        kind="science_village",
        title="Village d’Auch",
        venue=make_venue(name="Halle Verdier"),
        organisation=make_organisation(people["host"], name="Mairie"),
        booking=Booking.REQUIRED,
        booking_phone="05 62 00 00 00",
    )


@pytest.fixture
def activity(people):
    make_organisation(people["other"])
    activity = make_activity(
        title="Bulles",
        status=Status.DRAFT,
        organisation=make_organisation(people["actor"], name="Club", commune_code=TOULOUSE),
    )
    activity.venue = None
    activity.slots.clear()
    database.session.flush()
    return activity


def anew(thing):
    database.session.expire_all()
    return database.session.get(type(thing), thing.id)


def chosen(village, **more):
    return {"parent": str(village.id), "mode": "on_site", "venue": "", **more}


ANSWERS = {"host", "coordinator", "administrator"}


@pytest.mark.parametrize(
    "who",
    [None, "actor", "host", "other", "coordinator", "other coordinator", "administrator"],
)
def test_who_sees_and_answers_the_requests_of_a_village(
    who, people, village, activity, sign_in, client
):
    asked = make_stand_request(activity, village, message="Deux tables")
    browser = sign_in(people[who]) if who else client
    path = f"/mes-activites/{village.id}/stands"
    answer = browser.get(path)
    assert answer.status_code == (200 if who in ANSWERS else 302 if who is None else 404)
    assert ("Deux tables" in answer.text) is (who in ANSWERS)
    answer = browser.send(f"{path}/repondre", {"accept": str(asked.id)})
    assert answer.status_code == (302 if who in ANSWERS or who is None else 404)
    assert (anew(activity).parent_id == village.id) is (who in ANSWERS)


def test_what_is_no_village_has_no_stands(people, sign_in):
    browser = sign_in(people["coordinator"])
    assert browser.get(f"/mes-activites/{make_activity().id}/stands").status_code == 404


def test_an_actor_asks_and_the_host_answers_from_page_to_page(
    people, village, activity, sign_in, letters
):
    actor, host = sign_in(people["actor"]), sign_in(people["host"])
    where = f"/mes-activites/{activity.id}/ou"
    page = actor.get(where).text
    assert "Ce dont votre stand a besoin" in page
    told = actor.send(
        where, chosen(village, needs="Deux tables", version=version_in(page)), follow=True
    ).text
    # It leaves before the declaration does, and that is said.
    assert "est partie" in told
    assert "même si votre déclaration n’est pas finie" in told
    kept = anew(activity)
    assert (kept.parent, kept.asked_stand.message) == (None, "Deux tables")
    # Kept again without a change, nothing more is asked.
    page = actor.get(where).text
    assert f'<option selected value="{village.id}">' in page
    assert "Deux tables</textarea>" in page
    actor.send(where, chosen(village, needs="Deux tables", version=version_in(page)))
    assert [letter.to_name for letter in letters()] == ["Bob", "Camille"]
    preview = actor.get(f"/mes-activites/{activity.id}/apercu").text
    assert "Stand dans « Village d’Auch »" in preview
    assert "l’activité n’y est pas" in preview
    assert "stand demandé dans « Village d’Auch »" in actor.get("/mes-activites").text

    stands = f"/mes-activites/{village.id}/stands"
    for path in ("/mes-activites", "/mon-espace"):
        assert stands in host.get(path).text
    assert stands in host.get(f"/mes-activites/{village.id}/apercu").text
    page = host.get(stands).text
    assert "1 demande à examiner" in page
    number = anew(activity).asked_stand.id
    answer = host.send(
        f"{stands}/repondre", {"accept": str(number), f"words-{number}": "Allée B"}, follow=True
    )
    assert "1 stand est accepté" in answer.text
    assert "1 stand déjà là" in answer.text
    assert anew(activity).parent_id == village.id
    preview = actor.get(f"/mes-activites/{activity.id}/apercu").text
    assert "Réponse : « Allée B »" in preview
    # Sent twice, it was done once; the other answer comes too late.
    again = host.send(f"{stands}/repondre", {"accept": str(number)}, follow=True)
    assert "1 stand est accepté" in again.text
    late = host.send(f"{stands}/repondre", {"decline": str(number)}, follow=True)
    assert "avait déjà eu une autre réponse" in late.text
    assert anew(activity).parent_id == village.id


def test_a_published_activity_joins_a_village_once_its_people_accept(
    people, village, activity, sign_in
):
    activity.status, activity.venue = Status.PUBLISHED, make_venue(name="Club-house")
    database.session.commit()
    actor = sign_in(people["actor"])
    where = f"/mes-activites/{activity.id}/ou"
    own = str(activity.venue_id)
    typed = chosen(village, venue=own, needs="Une table", version=version_in(actor.get(where).text))
    page = actor.send(where, typed, follow=True).text
    kept = anew(activity)
    assert (kept.parent, kept.proposal, kept.asked_stand.container) == (None, None, village)
    assert "Votre demande de stand dans" in page
    number = kept.asked_stand.id
    sign_in(people["host"]).send(f"/mes-activites/{village.id}/stands/repondre", {"accept": number})
    assert anew(activity).parent is village


def found(pattern, page):
    match = re.search(pattern, page, re.DOTALL)
    assert match, pattern
    return match


def version_in(page):
    return found(r'name="version"[^>]*value="([^"]+)"', page)[1]


def test_the_coordination_of_the_village_puts_it_in_at_once(people, village, activity, sign_in):
    activity.status = Status.SUBMITTED
    activity.venue = make_venue()
    browser = sign_in(people["coordinator"])
    where = f"/mes-activites/{activity.id}/ou"
    browser.send(where, chosen(village, version=version_in(browser.get(where).text)))
    kept = anew(activity)
    assert (kept.parent_id, list(kept.stand_requests)) == (village.id, [])


def test_those_ticked_are_answered_together(people, village, sign_in):
    waiting = [make_stand_request(make_activity(title=f"Stand {n}"), village) for n in range(3)]
    first, second, third = (each.id for each in waiting)
    path = f"/mes-activites/{village.id}/stands/repondre"
    browser = sign_in(people["host"])
    nothing = browser.send(path, {"decline": "ticked"}, follow=True)
    assert "Cochez au moins une demande." in nothing.text
    answer = browser.send(
        path,
        {
            "decline": "ticked",
            "request": [str(first), str(second), "999999", "rien", "9" * 40],
            f"words-{first}": "Complet",
            f"words-{third}": "Pas lu",
        },
        follow=True,
    )
    assert "2 demandes sont déclinées" in answer.text
    found = [anew(each) for each in waiting]
    assert [(each.state, each.answer) for each in found] == [
        (Answer.DECLINED, "Complet"),
        (Answer.DECLINED, ""),
        (Answer.ASKED, ""),
    ]


def test_the_request_of_another_village_is_not_answered_here(people, village, activity, sign_in):
    elsewhere = make_activity(kind="science_village", title="Village de Condom")
    asked = make_stand_request(activity, elsewhere)
    path = f"/mes-activites/{village.id}/stands/repondre"
    sign_in(people["host"]).send(path, {"accept": str(asked.id)})
    assert (anew(asked).state, anew(activity).parent) == (Answer.ASKED, None)


@pytest.mark.parametrize(
    ("who", "is_done"),
    [("actor", True), ("host", False), ("other", False), ("coordinator", False)],
)
def test_a_request_is_withdrawn_by_those_who_made_it(
    who, is_done, people, village, activity, sign_in
):
    asked = make_stand_request(activity, village)
    path = f"/mes-activites/{activity.id}/stand/retirer"
    answer = sign_in(people[who]).send(path)
    assert answer.status_code == (302 if is_done else 404)
    assert (anew(asked).state is Answer.WITHDRAWN) is is_done


def test_withdrawing_nothing_says_so(people, activity, sign_in):
    path = f"/mes-activites/{activity.id}/stand/retirer"
    page = sign_in(people["actor"]).send(path, follow=True).text
    assert "Cette activité ne demande aucun stand." in page


def test_choosing_no_village_takes_the_request_back(people, village, activity, sign_in):
    asked = make_stand_request(activity, village)
    browser = sign_in(people["actor"])
    where = f"/mes-activites/{activity.id}/ou"
    page = browser.get(where).text
    browser.send(where, {"parent": "", "mode": "on_site", "version": version_in(page)})
    assert anew(asked).state is Answer.WITHDRAWN


def test_the_coordination_cannot_publish_what_has_neither_place_nor_hours(
    people, village, activity, sign_in
):
    make_stand_request(activity, village)
    activity.status = Status.SUBMITTED
    denis = sign_in(people["other coordinator"])
    review = f"/coordination/relecture/{activity.id}"
    assert "n’ont pas encore répondu" in denis.get(review).text
    page = denis.send(f"{review}/publier", {"publish-version": activity.version}).text
    assert "elle pourra être publiée quand le stand sera accepté" in page
    assert anew(activity).status is Status.SUBMITTED


def published(activity, village):
    activity.parent, activity.status = village, Status.PUBLISHED
    index(activity)
    database.session.flush()
    return f"/activites/{activity.id}-{activity.slug}"


def test_the_public_reads_the_place_hours_and_booking_of_the_village_said_so(
    client, village, activity
):
    page = client.get(published(activity, village)).text
    assert page.count("Comme « Village d’Auch » :") == 3
    assert "Halle Verdier" in page
    assert "samedi 3 octobre 2026" in page
    assert "Sur réservation." in page
    assert "05 62 00 00 00" in page
    card = found(
        r'<article class="activity-card"(?:(?!</article>).)*Bulles.*?</article>',
        client.get("/programme").text,
    )[0]
    assert "Halle Verdier" in card
    assert "sur réservation" in card
    event = json.loads(found(r"ld\+json\">(.*?)</script>", page)[1])
    assert event["location"][0]["name"] == "Halle Verdier"
    assert event["startDate"] == "2026-10-03T10:00:00+02:00"
    assert event["superEvent"]["name"] == "Village d’Auch"
    # It is found where and when its village is.
    assert "Bulles" in client.get("/programme?q=Verdier&departement=32&jour=2026-10-03").text


def test_an_own_booking_is_shown_as_its_own(client, village, activity):
    activity.booking, activity.booking_email = Booking.RECOMMENDED, "club@example.org"
    page = client.get(published(activity, village)).text
    assert page.count("Comme « Village d’Auch » :") == 2
    assert "club@example.org" in page
    assert "05 62 00 00 00" not in page


def test_a_stand_at_the_hours_of_its_village_is_no_event_of_its_own(client, village, activity):
    published(activity, village)
    feed = client.get("/agenda.ics").text
    assert feed.count("BEGIN:VEVENT") == 1
    assert "SUMMARY:Village d’Auch" in feed


def test_a_stand_of_a_cancelled_village_is_shown_as_cancelled(
    people, client, village, activity, sign_in
):
    path = published(activity, village)
    sign_in(people["host"]).send(
        f"/mes-activites/{village.id}/annuler", {"reason": "Tempête", "version": village.version}
    )
    page = client.get(path).text
    assert re.search(r"<title>\s*Annulé.:\s*Bulles", page)
    assert "Cette activité n’aura pas lieu." in page
    assert "Annulée" in sign_in(people["actor"]).get("/mes-activites").text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_however_many_stands(people, village, sign_in, queries, count):
    for _number in range(count):
        make_stand_request(make_activity(), village, asked_by=make_user())
        inside = make_activity()
        inside.parent = village
        make_stand_request(inside, village, state=Answer.ACCEPTED)
    path = f"/mes-activites/{village.id}/stands"
    browser = sign_in(people["host"])
    with queries() as asked:
        page = browser.get(path).text
    assert page.count('name="words-') == count
    assert len(asked) == 20, "\n".join(asked)
