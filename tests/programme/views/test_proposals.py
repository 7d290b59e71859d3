"""Changing after publication, page by page: what a member is told, what a coordinator compares and answers, what nobody else sees."""

import re
from datetime import date, time, timedelta

import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db as database, transaction
from fete.programme.models import EditionState, Mode
from fete.programme.queries.activities import find_activity
from fete.programme.rules import PlannedSlot
from fete.programme.services.review import take_step
from fete.programme.services.versions import change
from fete.programme.workflow import SlotState, Status, Step
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import MONTPELLIER, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_venue, term
from tests.factories.sharing import make_co_organiser

WHERE = {"mode": "on_site", "venue_name": "", "venue_address": "", "commune": ""}


def at(day: int, hour: int):
    return from_paris(date(2026, 10, day), time(hour))


def words(page) -> str:
    """Return what a page says, without its marks."""
    bare = re.sub(r"<[^>]+>", " ", page.text).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", bare)


def hidden(page, name="version") -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found is not None
    return found[1]


def anew(activity):
    found = find_activity(activity.id)
    assert found is not None
    return found


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
    return make_activity(
        at(3, 10),
        at(4, 10),
        title="Nuit noire",
        organisation=make_organisation(people["member"], name="Les Étoiles"),
    )


@pytest.fixture
def member(sign_in, people):
    return sign_in(people["member"])


@pytest.fixture
def coordinator(sign_in, people):
    return sign_in(people["coordinator"])


def propose(activity, people, **content):
    with transaction():
        change(anew(activity), content, by=people["member"], at=now())


def here(activity, page="apercu"):
    return f"/mes-activites/{activity.id}/{page}"


def review(activity, page=""):
    return f"/coordination/relecture/{activity.id}{page}"


def what(activity, **values):
    known = {
        "kind": activity.kind.code,
        "title": activity.title,
        "standfirst": activity.standfirst,
        "description": activity.description,
        "themes": ["environment"],
        "matches_edition_theme": "no",
        "then": "preview",
    }
    return known | values


# Who may

ADMITTED = {
    None: 302,
    "member": 404,
    "other actor": 404,
    "coordinator": 200,
    "other coordinator": 404,
    "regional": 200,
    "administrator": 200,
}


@pytest.mark.parametrize("who", ADMITTED)
def test_only_its_coordination_compares_and_answers(who, people, activity, sign_in, client):
    propose(activity, people, title="Nuit blanche", standfirst="Neuf")
    browser = sign_in(people[who]) if who else client
    token_from = "/mon-espace" if who else "/compte/connexion"
    assert browser.get(review(activity, "/changements")).status_code == ADMITTED[who]
    version = anew(activity).version
    may = ADMITTED[who] == 200
    for path, data in (
        ("/changements/refuser", {"decline-version": version, "decline-reason": ""}),
        ("/corrections/vu", {"version": version}),
        ("/changements/accepter", {"accept-version": version}),
    ):
        answer = browser.send(review(activity, path), data, token_from=token_from)
        assert (answer.status_code == 404) is (not may and who is not None), path
    assert (anew(activity).title == "Nuit blanche", anew(activity).corrected_at is None) == (
        may,
        may,
    )


@pytest.mark.parametrize("who", [*ADMITTED, "co-organiser"])
def test_only_those_who_work_on_it_take_back(who, people, activity, sign_in, client):
    people["co-organiser"] = make_user()
    make_co_organiser(activity, make_organisation(people["co-organiser"]))
    propose(activity, people, title="Nuit blanche")
    browser = sign_in(people[who]) if who else client
    version = anew(activity).version
    token_from = "/mon-espace" if who else "/compte/connexion"
    path = here(activity, "changement/retirer")
    page = browser.get(path)
    may = who in {"member", "co-organiser"}
    assert ("Retirer ce que vous proposez" in page.text) is may
    browser.send(path, {"version": version}, token_from=token_from)
    assert (anew(activity).proposal is None) is may


def test_the_queue_is_for_coordinators(sign_in, people, client):
    path = "/coordination/relecture/changements"
    assert client.get(path).status_code == 302
    assert sign_in(people["member"]).get(path).status_code == 403


def test_a_closed_edition_changes_nothing_any_more(activity, people, member, coordinator):
    propose(activity, people, title="Nuit blanche")
    activity.edition.state = EditionState.CLOSED
    assert member.get(here(activity, "quoi")).status_code == 404
    page = words(member.get(here(activity)))
    assert "Un changement proposé n’a pas été relu" in page
    assert "Nuit blanche" in page
    assert "Retirer ce changement" not in page
    assert "Accepter le changement" not in coordinator.get(review(activity)).text
    answer = coordinator.send(
        review(activity, "/changements/accepter"), {"accept-version": activity.version}
    )
    assert "Cette édition est close" in words(answer)
    assert anew(activity).title == "Nuit noire"
    assert "Un changement attend" not in words(member.get("/mes-activites"))


# A member changes


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("quoi", ["le relira d’abord", ": type d’activité, titre.", "Le reste est corrigé"]),
        ("pour-qui", ["Ce que vous changez ici, la coordination le relira d’abord"]),
        ("quand", ["Un jour, une heure, un lieu", "Un nombre de places corrigé paraît"]),
        ("comment", ["Ce que vous corrigez ici vaut dès que vous enregistrez"]),
    ],
)
def test_a_member_reads_before_saving_what_goes_back_to_review(
    activity, member, coordinator, part, says
):
    page = words(member.get(here(activity, part)))
    for sentence in says:
        assert sentence in page
    # The coordination writes what stands at once, and a draft is nobody's else.
    assert "la coordination le relira" not in words(coordinator.get(here(activity, part)))
    activity.status = Status.SUBMITTED
    assert says[0] not in words(member.get(here(activity, part)))


def test_a_member_changes_words_and_title_in_one_form(activity, member, client):
    page = member.get(here(activity, "quoi"))
    answer = member.send(
        here(activity, "quoi"),
        what(activity, title="Nuit blanche", standfirst="Neuf", version=hidden(page)),
        follow=True,
    )
    told = words(answer)
    assert "La coordination va relire ce que vous proposez (Titre)." in told
    assert "En attendant sa réponse, la version publiée reste en ligne." in told
    assert "Le reste est corrigé dès maintenant." in told
    assert "Changement en attente de relecture" in told
    assert "Ici, ce que le programme montre aujourd’hui" in told
    public = client.get(f"/activites/{activity.id}-nuit-noire")
    assert "Neuf" in public.text
    assert "Nuit blanche" not in public.text
    # The form goes on from what is proposed.
    page = member.get(here(activity, "quoi"))
    assert 'value="Nuit blanche"' in page.text
    assert "Un changement attend la réponse de la coordination." in words(page)
    assert "Un changement attend la relecture" in words(member.get("/mes-activites"))
    assert "Un changement attend la relecture" in words(member.get("/mon-espace"))


def test_the_same_form_sent_twice_proposes_once(activity, member, letters):
    page = member.get(here(activity, "quoi"))
    data = what(activity, title="Nuit blanche", version=hidden(page))
    for _twice in range(2):
        assert member.send(here(activity, "quoi"), data).status_code == 302
    assert [letter.kind for letter in letters()] == ["programme/change_proposed"]


def test_two_members_who_propose_at_once_lose_nothing(activity, people, member):
    stale = hidden(member.get(here(activity, "quoi")))
    propose(activity, people, title="D’une collègue")
    answer = member.send(here(activity, "quoi"), what(activity, title="Le mien", version=stale))
    page = words(answer)
    assert "Quelqu’un a écrit en même temps que vous" in page
    assert "D’une collègue" in page
    assert 'value="Le mien"' in answer.text
    again = member.send(
        here(activity, "quoi"), what(activity, title="Le mien", version=hidden(answer))
    )
    assert again.status_code == 302
    assert anew(activity).proposal.content["proposed"] == {"title": "Le mien"}


def test_what_a_deposit_needs_is_refused_beside_its_field(activity, member):
    page = member.get(here(activity, "quoi"))
    answer = member.send(
        here(activity, "quoi"),
        what(activity, description="", title="Nuit blanche", version=hidden(page)),
    )
    assert answer.status_code == 200
    assert 'id="description-error"' in answer.text
    assert 'value="Nuit blanche"' in answer.text
    assert anew(activity).proposal is None


def test_a_member_moves_removes_and_adds_slots(activity, people, member, coordinator):
    page = member.get(here(activity, "quand"))
    first, _second = activity.slots
    rows = [
        {"id": first.id, "day": "03/10/2026", "starts": "14:00", "ends": "16:00", "capacity": 20},
        {"id": "", "day": "06/10/2026", "starts": "10:00", "ends": "12:00", "capacity": 8},
    ]
    data = {f"slots-{n}-{name}": v for n, row in enumerate(rows) for name, v in row.items()}
    answer = member.send(
        here(activity, "quand"),
        data | {"version": hidden(page), "then": "preview"},
        follow=True,
    )
    assert "La coordination va relire ce que vous proposez (Créneaux)." in words(answer)
    assert [slot.starts_at for slot in anew(activity).slots] == [at(3, 10), at(4, 10)]
    # The form shows what is proposed, the new one without a number.
    page = member.get(here(activity, "quand"))
    assert re.findall(r'name="slots-\d-starts"\s+value="([^"]*)"', page.text) == ["14:00", "10:00"]
    compared = words(coordinator.get(review(activity, "/changements")))
    for line in (
        "Déplacé Supprimé : samedi 3 octobre 2026, de 10 h à 12 h",
        "Ajouté : samedi 3 octobre 2026, de 14 h à 16 h",
        "Retiré Supprimé : dimanche 4 octobre 2026, de 10 h à 12 h",
        "Ajouté Ajouté : mardi 6 octobre 2026, de 10 h à 12 h 8 places",
        "reste dans les agendas, marqué « annulé »",
    ):
        assert line in compared
    answer = coordinator.send(
        review(activity, "/changements/accepter"),
        {"accept-version": anew(activity).version},
        follow=True,
    )
    assert "Le changement est accepté" in words(answer)
    assert [(slot.starts_at, slot.state) for slot in anew(activity).slots] == [
        (at(3, 14), SlotState.RESCHEDULED),
        (at(4, 10), SlotState.CANCELLED),
        (at(6, 10), SlotState.SCHEDULED),
    ]
    # What was cancelled is planned no more: neither asked for, nor in the way.
    page = member.get(here(activity, "quand"))
    assert re.findall(r'name="slots-\d-starts"\s+value="([^"]*)"', page.text) == ["14:00", "10:00"]


def test_the_coordination_writes_at_once(activity, people, coordinator):
    page = coordinator.get(here(activity, "quoi"))
    answer = coordinator.send(
        here(activity, "quoi"), what(activity, title="Par Camille", version=hidden(page))
    )
    assert answer.status_code == 302
    assert (anew(activity).title, anew(activity).proposal) == ("Par Camille", None)


# Nothing proposed leaks


def test_nothing_that_is_proposed_is_public(activity, people, client, sign_in):
    village = make_activity(
        title="Village fuyant", kind="science_village", organisation=activity.organisation
    )
    venue = make_venue(MONTPELLIER, name="Lieu fuyant")
    other_actor = sign_in(people["other actor"])
    paths = [
        "/programme",
        "/programme/2026",
        "/programme?departement=34",
        "/programme?q=fuyant",
        "/programme?q=nuit",
        "/programme?public=families",
        "/agenda.ics",
        "/agenda.ics?departement=34",
        "/agenda.ics?q=fuyant",
        f"/activites/{activity.id}-nuit-noire",
        f"/activites/{activity.id}-nuit-noire.ics",
        f"/en/activites/{activity.id}-nuit-noire",
    ]
    before = {path: client.get(path).text for path in paths}
    propose(
        activity,
        people,
        title="Titre fuyant",
        kind=term("kind", "talk"),
        audiences=[term("audience", "families")],
        age_min=7,
        mode=Mode.BOTH,
        venue=venue,
        sites=[venue],
        slots=[PlannedSlot(starts_at=at(9, 5), ends_at=at(9, 6))],
    )
    if village.status is Status.PUBLISHED:
        propose(activity, people, parent=village)
    assert set(anew(activity).proposal.content["proposed"]) == {
        "title",
        "kind",
        "audiences",
        "age_min",
        "mode",
        "venue",
        "sites",
        "slots",
        "parent",
    }
    for path in paths:
        page = client.get(path).text
        assert page == before[path], path
        for leak in ("Titre fuyant", "Lieu fuyant", "20261009T05", "2026-10-09T05"):
            assert leak not in page, (path, leak)
    assert other_actor.get(here(activity)).status_code == 404
    # The page holds the activity itself: the comparison could fail.
    assert "Nuit noire" in before[f"/activites/{activity.id}-nuit-noire"]
    assert "application/ld+json" in before[f"/activites/{activity.id}-nuit-noire"]


# The coordination compares


def test_the_difference_view_tells_each_field_before_and_after(activity, people, coordinator):
    activity.description = "On y observe le ciel à l’œil nu, loin des lampes, avec des couvertures."
    propose(
        activity,
        people,
        title="Nuit blanche",
        audiences=[term("audience", "families")],
        description="On y observe le ciel à la lunette, loin des lampes, avec des couvertures.",
    )
    for path in ("", "/changements"):
        page = coordinator.get(review(activity, path))
        said = words(page)
        assert "Changement proposé par la structure" in said
        assert "Titre Avant Nuit noire Après Nuit blanche" in said
        assert "Supprimé : Tout public Ajouté : Familles" in said
        assert re.search(
            r"On y observe le ciel à Supprimé : l’œil nu , Ajouté : la lunette , , loin des lampes",
            said,
        )
        assert "<del>" in page.text
        assert "<ins>" in page.text
        assert "rubriques inchangées" in said
        assert "Accepter dit aussi que vous avez vu les corrections" in said


def test_what_comes_again_is_compared_with_what_was_approved(activity, people, coordinator):
    never = "Cette activité n’a encore jamais été approuvée : tout est à lire."
    with transaction():
        held = anew(activity)
        held.status, held.published_at = Status.SUBMITTED, None
    assert never in words(coordinator.get(review(activity)))
    with transaction():
        held = anew(activity)
        take_step(held, Step.LABEL, by=people["coordinator"], at=now())
        take_step(held, Step.SEND_BACK, by=people["coordinator"], at=now(), reason="Titre ?")
        change(held, {"title": "Nuit blanche"}, by=people["member"], at=now())
        take_step(held, Step.SUBMIT, by=people["member"], at=now())
    page = words(coordinator.get(review(activity)))
    assert "Ce qui a changé depuis l’accord du lundi 16 mars 2026" in page
    assert "Titre Avant Nuit noire Après Nuit blanche" in page
    assert never not in page


def test_a_conflict_is_shown_and_replaced_only_when_one_says_so(activity, people, coordinator):
    propose(activity, people, title="Par Ada")
    with transaction():
        change(anew(activity), {"title": "Par Camille"}, by=people["coordinator"], at=now())
    version = anew(activity).version
    page = words(coordinator.get(review(activity, "/changements")))
    assert "Titre Avant Par Camille Après Par Ada" in page
    assert "Quand ce changement a été proposé, la fiche disait : Nuit noire" in page
    path = review(activity, "/changements/accepter")
    answer = coordinator.send(path, {"accept-version": version, "accept-reason": "Un mot gardé"})
    assert "dites si vous remplacez ce qui y est" in words(answer)
    assert "Un mot gardé" in answer.text
    assert anew(activity).title == "Par Camille"
    coordinator.send(path, {"accept-version": version, "accept-despite": "y"})
    assert anew(activity).title == "Par Ada"


def test_of_two_coordinators_the_second_is_told_and_keeps_what_was_typed(
    activity, people, coordinator, sign_in
):
    propose(activity, people, title="Nuit blanche")
    version = anew(activity).version
    second = sign_in(people["regional"])
    coordinator.send(review(activity, "/changements/accepter"), {"accept-version": version})
    answer = second.send(
        review(activity, "/changements/refuser"),
        {"decline-version": version, "decline-reason": "Titre déjà imprimé"},
    )
    page = words(answer)
    assert "Camille a déjà accepté ce changement le lundi 16 mars 2026 à 10 h." in page
    assert "Ce que vous aviez écrit n’a pas été envoyé : Titre déjà imprimé" in page
    assert anew(activity).title == "Nuit blanche"


def test_a_refusal_needs_words_and_reaches_the_members(
    activity, people, coordinator, member, letters
):
    propose(activity, people, title="Nuit blanche")
    data = {"decline-version": anew(activity).version}
    path = review(activity, "/changements/refuser")
    answer = coordinator.send(path, data)
    assert "Écrivez pourquoi : la structure recevra votre réponse." in words(answer)
    answer = coordinator.send(path, data | {"decline-reason": "Déjà imprimé"}, follow=True)
    assert "Le changement est refusé : la structure a reçu votre réponse." in words(answer)
    page = words(member.get(here(activity)))
    assert "Déjà imprimé Ce qui était proposé : Titre : Nuit blanche" in page
    assert "Changement en attente" not in page


def test_corrections_are_compared_and_seen(activity, people, coordinator):
    propose(activity, people, standfirst="Neuf")
    page = words(coordinator.get(review(activity)))
    assert "Corrigé par la structure, déjà en ligne" in page
    assert "Résumé en une phrase" in page
    stale = anew(activity).version
    propose(activity, people, standfirst="Plus neuf")
    answer = coordinator.send(review(activity, "/corrections/vu"), {"version": stale}, follow=True)
    assert "a changé entre-temps : relisez-la" in words(answer)
    answer = coordinator.send(
        review(activity, "/corrections/vu"), {"version": anew(activity).version}, follow=True
    )
    assert "C’est vu : ces corrections n’attendent plus." in words(answer)
    assert "Corrigé par la structure" not in words(coordinator.get(review(activity)))


def test_a_version_that_is_no_number_is_one_that_nobody_read(activity, people, coordinator):
    propose(activity, people, title="Nuit blanche")
    answer = coordinator.send(review(activity, "/changements/accepter"), {"accept-version": "x"})
    assert "a changé entre-temps : relisez-la" in words(answer)
    assert anew(activity).title == "Nuit noire"


# What waits


def test_both_kinds_of_work_are_listed_oldest_first(activity, people, sign_in, clock):
    propose(activity, people, title="Titre fuyant")
    clock.shift(timedelta(days=1))
    other = make_activity(title="Autre nuit", organisation=activity.organisation)
    elsewhere = make_activity(
        title="Ailleurs", commune=TOULOUSE, organisation=activity.organisation
    )
    propose(other, people, age_min=8, partners="X")
    propose(elsewhere, people, age_min=8, partners="X")
    coordinator = sign_in(people["coordinator"])
    page = coordinator.get("/coordination/relecture/changements")
    assert re.findall(r'/relecture/(\d+)/changements"', page.text) == [
        str(activity.id),
        str(other.id),
    ]
    said = words(page)
    assert "Titre proposé hier" in said
    assert "Âge minimum proposé aujourd’hui" in said
    assert "Ailleurs" not in said
    page = coordinator.get("/coordination/relecture/changements?voir=corrections")
    assert re.findall(r'/relecture/(\d+)/changements"', page.text) == [str(other.id)]
    assert "Partenaires corrigée aujourd’hui" in words(page)
    desk = words(coordinator.get("/coordination"))
    assert "2 changements proposés, à accepter ou non le plus ancien proposé hier" in desk
    assert "1 activité corrigée après publication, à voir" in desk
    states = words(coordinator.get("/coordination/relecture"))
    assert "Changements proposés 2" in states
    assert "Corrigées après publication 1" in states


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize("kind", ["", "?voir=corrections"])
def test_the_list_costs_the_same_whatever_waits(coordinator, people, queries, count, kind):
    organisation, venue = make_organisation(people["member"]), make_venue()
    for _each in range(count):
        made = make_activity(organisation=organisation, venue=venue)
        with transaction():
            change(made, {"age_min": 8, "partners": "X"}, by=people["member"], at=now())
    database.session.expire_all()
    with queries() as asked:
        page = coordinator.get(f"/coordination/relecture/changements{kind}")
    assert page.text.count('class="queue-title"') == min(count, 25)
    assert len(asked) == 12, "\n".join(asked)


@pytest.mark.parametrize("kind", ["", "&voir=corrections"])
def test_the_region_looks_at_one_departement_at_a_time(people, sign_in, kind):
    organisation = make_organisation(people["member"])
    here, there = (
        make_activity(organisation=organisation),
        make_activity(commune=TOULOUSE, organisation=organisation),
    )
    for each in (here, there):
        propose(each, people, age_min=8, partners="X")
    regional = sign_in(people["regional"])
    page = regional.get(f"/coordination/relecture/changements?departement=31{kind}")
    assert re.findall(r'/relecture/(\d+)/changements"', page.text) == [str(there.id)]
    assert "Changements proposés 1" in words(page)
    assert "Corrigées après publication 1" in words(page)
    assert 'href="/coordination/relecture/changements?departement=31"' in page.text
    page = regional.get(f"/coordination/relecture/changements?departement=nowhere{kind}")
    assert re.findall(r'/relecture/(\d+)/changements"', page.text) == [str(here.id), str(there.id)]
    states = regional.get("/coordination/relecture?departement=31")
    assert "Changements proposés 1" in words(states)
    # Of a territory that is not theirs, nobody sees more by asking.
    page = sign_in(people["coordinator"]).get(
        f"/coordination/relecture/changements?departement=31{kind}"
    )
    assert re.findall(r'/relecture/(\d+)/changements"', page.text) == [str(here.id)]
    assert 'name="departement"' not in page.text


# A new time for one slot


def slot_form(slot, **values):
    known = {"state": "rescheduled", "day": "03/10/2026", "starts": "14:00", "ends": "16:00"}
    return known | {"version": slot.activity.version} | values


def test_a_new_time_is_proposed_by_members_and_stands_when_the_coordination_gives_it(
    activity, people, member, coordinator
):
    slot = activity.slots[0]
    path = here(activity, f"creneaux/{slot.id}")
    assert "Un nouvel horaire est relu par la coordination" in words(member.get(path))
    answer = member.send(path, slot_form(slot, reason="Il pleut"), follow=True)
    assert "Le nouvel horaire est proposé à la coordination." in words(answer)
    assert [(each.starts_at, each.state) for each in anew(activity).slots] == [
        (at(3, 10), SlotState.SCHEDULED),
        (at(4, 10), SlotState.SCHEDULED),
    ]
    assert "Un nouvel horaire est relu" not in words(coordinator.get(path))
    slot = anew(activity).slots[0]
    uid, revision = slot.uid, slot.revision
    coordinator.send(path, slot_form(slot, starts="15:00", ends="17:00"))
    moved = anew(activity).slots[0]
    assert (moved.uid, moved.starts_at, moved.state, moved.revision) == (
        uid,
        at(3, 15),
        SlotState.RESCHEDULED,
        revision + 1,
    )
    # What the member wished is not lost: it is now a conflict to settle.
    assert "Changé entre-temps" in words(coordinator.get(review(activity, "/changements")))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"starts": "10:00", "ends": "12:00"}, "Écrivez le nouvel horaire"),
        ({"day": ""}, "Ce champ est nécessaire."),
        ({"starts": "deux heures"}, "heure"),
        ({"day": "04/10/2026", "starts": "11:00", "ends": "13:00"}, "Ce créneau chevauche"),
        ({"day": "03/10/2025"}, "Cette date n’est pas en 2026."),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_kept(activity, member, values, says):
    slot = activity.slots[0]
    path = here(activity, f"creneaux/{slot.id}")
    answer = member.send(path, slot_form(slot, reason="Il pleut", **values))
    assert answer.status_code == 200
    assert says in words(answer)
    assert "Il pleut" in answer.text
    assert anew(activity).proposal is None


def test_what_else_becomes_of_a_slot_needs_no_hour(activity, member):
    slot = activity.slots[0]
    path = here(activity, f"creneaux/{slot.id}")
    answer = member.send(path, slot_form(slot, state="full", day="", starts="?", ends=""))
    assert answer.status_code == 302
    assert anew(activity).slots[0].state is SlotState.FULL
