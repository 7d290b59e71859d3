"""The coordination's pages: who opens them, what they show, what each button does."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from fete.core.clock import now
from fete.core.db import db as database
from fete.mailing.models import Letter
from fete.programme.forms.review import REASON_LENGTH
from fete.programme.models import Activity
from fete.programme.views.review import STEPS
from fete.programme.workflow import COORDINATOR_STEPS, Status, possible_steps
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity

QUEUE = "/coordination/relecture"


@pytest.fixture
def people(db):
    """Give one person of each sort, by what they are to the activity of `activity`."""
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
    organisation = make_organisation(people["member"], name="Les Étoiles du Gers")
    return make_activity(status=Status.SUBMITTED, organisation=organisation, title="Nuit noire")


def status_of(activity):
    database.session.expire_all()
    return database.session.scalars(select(Activity.status).where(Activity.id == activity.id)).one()


def text_of(answer):
    page = re.sub(r"<(script|style).*?</\1>", "", answer.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def version(answer, step):
    found = re.search(rf'name="{step}-version"[^>]*value="(\d+)"', answer.get_data(as_text=True))
    assert found, f"no form for {step}"
    return int(found[1])


ANSWERS = {
    # who: (queue, one activity, a step)
    None: (302, 302, 302),
    "member": (403, 404, 404),
    "other actor": (403, 404, 404),
    "coordinator": (200, 200, 302),
    "other coordinator": (200, 404, 404),
    "regional": (200, 200, 302),
    "administrator": (200, 200, 302),
}


@pytest.mark.parametrize("who", ANSWERS)
def test_only_its_coordination_opens_an_activity(who, people, activity, sign_in, client):
    browser = sign_in(people[who]) if who else client
    here = f"{QUEUE}/{activity.id}"
    queue, one, step = ANSWERS[who]
    assert browser.get(QUEUE).status_code == queue
    assert browser.get(here).status_code == one
    assert browser.get(f"{here}/publier").status_code == step
    assert status_of(activity) is Status.SUBMITTED


@pytest.mark.parametrize("word", STEPS)
@pytest.mark.parametrize("who", [None, "member", "other actor", "other coordinator"])
def test_nobody_else_takes_a_step(who, word, people, activity, sign_in, client):
    browser = sign_in(people[who]) if who else client
    token_from = "/compte/connexion" if who is None else "/mon-espace"
    answer = browser.send(
        f"{QUEUE}/{activity.id}/{word}",
        {f"{STEPS[word].value}-reason": "Parce que", f"{STEPS[word].value}-version": 1},
        token_from=token_from,
    )
    assert answer.status_code == (302 if who is None else 404)
    assert status_of(activity) is Status.SUBMITTED
    assert database.session.scalars(select(Letter)).all() == []


def test_the_steps_of_declarers_have_no_address_here(people, activity, sign_in):
    browser = sign_in(people["coordinator"])
    for word in ("deposer", "reprendre", "submit"):
        answer = browser.send(f"{QUEUE}/{activity.id}/{word}", token_from=QUEUE + f"/{activity.id}")
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("word", "end", "said"),
    [
        ("publier", Status.PUBLISHED, "L’activité est publiée"),
        ("labelliser", Status.LABELLED, "L’activité est labellisée"),
        ("renvoyer", Status.CHANGES_REQUESTED, "L’activité est renvoyée"),
        ("refuser", Status.REFUSED, "L’activité est refusée"),
        ("retirer", Status.WITHDRAWN, "L’activité est retirée"),
    ],
)
def test_each_button_takes_its_step(word, end, said, people, activity, sign_in, letters):
    browser = sign_in(people["coordinator"])
    here = f"{QUEUE}/{activity.id}"
    step = STEPS[word].value
    answer = browser.send(
        f"{here}/{word}",
        {f"{step}-version": version(browser.get(here), step), f"{step}-reason": "Parce que."},
        follow=True,
        token_from=here,
    )
    assert said in text_of(answer)
    assert status_of(activity) is end
    assert [letter.to_name for letter in letters()] == ["Ada"]


@pytest.mark.parametrize("word", ["renvoyer", "refuser", "retirer"])
def test_without_a_reason_nothing_happens_and_the_page_says_where(
    word, people, activity, sign_in, letters
):
    browser = sign_in(people["coordinator"])
    here = f"{QUEUE}/{activity.id}"
    step = STEPS[word].value
    answer = browser.send(
        f"{here}/{word}", {f"{step}-version": 1, f"{step}-reason": "  "}, token_from=here
    )
    page = answer.get_data(as_text=True)
    assert f'<a href="#{step}-reason">' in page
    assert "<title>Erreur" in page
    assert 'aria-invalid="true"' in page
    assert (status_of(activity), letters()) == (Status.SUBMITTED, [])


def test_a_reason_too_long_is_kept_and_refused(people, activity, sign_in):
    browser = sign_in(people["coordinator"])
    here = f"{QUEUE}/{activity.id}"
    typed = "a" * (REASON_LENGTH + 1)
    answer = browser.send(
        f"{here}/refuser", {"refuse-version": 1, "refuse-reason": typed}, token_from=here
    )
    assert typed in answer.get_data(as_text=True)
    assert status_of(activity) is Status.SUBMITTED


def test_the_second_coordinator_is_told_and_keeps_the_text(people, activity, sign_in, letters):
    here = f"{QUEUE}/{activity.id}"
    first, second = sign_in(people["coordinator"]), sign_in(people["regional"])
    seen = version(second.get(here), "refuse")
    first.send(
        f"{here}/publier",
        {"publish-version": version(first.get(here), "publish")},
        token_from=here,
    )
    answer = second.send(
        f"{here}/refuser",
        {"refuse-version": seen, "refuse-reason": "Hors de propos."},
        token_from=here,
    )
    shown = text_of(answer)
    assert "Camille l’a déjà publiée le lundi 16 mars 2026 à 10\u00a0h." in answer.get_data(
        as_text=True
    )
    assert "Ce que vous aviez écrit n’a pas été envoyé" in shown
    assert "Hors de propos." in shown
    assert (status_of(activity), len(letters())) == (Status.PUBLISHED, 1)


def test_what_was_rewritten_meanwhile_is_read_again_then_decided(people, activity, sign_in):
    here = f"{QUEUE}/{activity.id}"
    browser = sign_in(people["coordinator"])
    database.session.get(Activity, activity.id).version = 2
    database.session.commit()
    answer = browser.send(
        f"{here}/renvoyer",
        {"send_back-version": 1, "send_back-reason": "Où est-ce ?"},
        token_from=here,
    )
    assert "relisez-la avant de décider" in answer.get_data(as_text=True)
    assert "Où est-ce ?</textarea>" in answer.get_data(as_text=True)
    assert version(answer, "send_back") == 2
    assert status_of(activity) is Status.SUBMITTED


def test_a_double_click_publishes_once(people, activity, sign_in, letters):
    here = f"{QUEUE}/{activity.id}"
    browser = sign_in(people["coordinator"])
    for _click in range(2):
        answer = browser.send(f"{here}/publier", {"publish-version": 1}, token_from=here)
        assert answer.status_code == 302
    assert len(letters()) == 1


@pytest.mark.parametrize("typed", ["", "deux", "-1", "٣", "99999999999999999999"])
def test_a_version_nobody_read_is_refused(typed, people, activity, sign_in):
    here = f"{QUEUE}/{activity.id}"
    browser = sign_in(people["coordinator"])
    answer = browser.send(f"{here}/publier", {"publish-version": typed}, token_from=here)
    assert answer.status_code == 200
    assert status_of(activity) is Status.SUBMITTED


def test_without_its_token_a_step_is_refused(people, activity, sign_in):
    browser = sign_in(people["coordinator"])
    answer = browser.post(f"{QUEUE}/{activity.id}/publier", data={"publish-version": 1})
    assert (answer.status_code, status_of(activity)) == (400, Status.SUBMITTED)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.DRAFT}))
def test_the_page_offers_the_steps_of_the_table_and_no_other(status, people, sign_in):
    activity = make_activity(status=status)
    page = sign_in(people["coordinator"]).get(f"{QUEUE}/{activity.id}").get_data(as_text=True)
    offered = {
        step for word, step in STEPS.items() if f'action="{QUEUE}/{activity.id}/{word}"' in page
    }
    assert offered == possible_steps(status) & COORDINATOR_STEPS


def test_a_draft_is_not_for_the_coordination(people, sign_in):
    draft = make_activity(status=Status.DRAFT)
    answer = sign_in(people["coordinator"]).get(f"{QUEUE}/{draft.id}")
    assert answer.status_code == 404


def test_the_page_shows_what_is_internal_and_what_was_said(people, activity, sign_in):
    activity.expected_visitors = 1200
    activity.organisation.phone = "05 62 00 00 00"
    here = f"{QUEUE}/{activity.id}"
    browser = sign_in(people["coordinator"])
    browser.send(
        f"{here}/renvoyer",
        {"send_back-version": 1, "send_back-reason": "Précisez <b>le lieu</b>."},
        token_from=here,
    )
    shown = text_of(browser.get(here))
    for words in (
        "Nuit noire",
        "05 62 00 00 00",
        f"Ada, {people['member'].email}",
        "Visiteurs attendus 1 200",
        "Précisez &lt;b&gt;le lieu&lt;/b&gt;.",
        "Camille a renvoyé l’activité pour compléments.",
        "La structure complète sa déclaration",
    ):
        assert words in shown, words


# The queue


def test_the_queue_tells_what_waits_and_since_when(people, sign_in):
    make_activity(
        status=Status.SUBMITTED,
        title="Nuit noire",
        organisation=make_organisation(name="Observatoire"),
        submitted_at=now() - timedelta(days=12),
    )
    make_activity(status=Status.SUBMITTED, title="À Toulouse", commune=TOULOUSE)
    shown = text_of(sign_in(people["coordinator"]).get(QUEUE))
    assert (
        "Nuit noire Atelier Observatoire Auch (Gers) Édition 2026 déposée il y a 12 jours" in shown
    )
    assert "À Toulouse" not in shown
    assert "Déposées 1 À compléter 0 Labellisées 0 Publiées 0 Refusées 0 Retirées 0" in shown


def test_the_queue_of_the_region_holds_everything(people, sign_in):
    make_activity(status=Status.SUBMITTED, title="À Auch")
    make_activity(status=Status.SUBMITTED, title="À Toulouse", commune=TOULOUSE)
    shown = text_of(sign_in(people["regional"]).get(QUEUE))
    assert "À Auch" in shown
    assert "À Toulouse" in shown
    assert "Déposées 2" in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("statut=publiees", ["Publiée"]),
        ("statut=publiees&q=rien", []),
        ("q=lumiere", ["Lumières"]),
        ("type=talk", ["Causerie"]),
        ("departement=31", ["À Toulouse"]),
        ("edition=2026&q=causerie", ["Causerie"]),
        # What is not on offer is not asked.
        ("statut=autre&departement=75&type=x&edition=1&page=x", None),
        ("page=-3", None),
        ("page=99", None),
        ("q=%00%ef%bf%bd", None),
    ],
)
def test_the_address_holds_every_filter(asked, found, people, sign_in):
    make_activity(title="Publiée")
    for title, values in [
        ("Lumières", {}),
        ("Causerie", {"kind": "talk"}),
        ("À Toulouse", {"commune": TOULOUSE}),
    ]:
        make_activity(status=Status.SUBMITTED, title=title, **values)
    answer = sign_in(people["regional"]).get(f"{QUEUE}?{asked}")
    assert answer.status_code == 200
    listed = re.findall(r'queue-title">\s*<a [^>]*>([^<]+)', answer.get_data(as_text=True))
    assert listed == (["Lumières", "Causerie", "À Toulouse"] if found is None else found)


def test_a_coordinator_does_not_reach_beyond_by_the_address(people, sign_in):
    make_activity(status=Status.SUBMITTED, title="À Toulouse", commune=TOULOUSE)
    make_activity(status=Status.SUBMITTED, title="À Auch")
    page = sign_in(people["coordinator"]).get(f"{QUEUE}?departement=31").get_data(as_text=True)
    assert "À Toulouse" not in page
    assert "À Auch" in page


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_queue_costs_the_same_whatever_waits(count, people, sign_in, queries):
    for _each in range(count):
        make_activity(status=Status.SUBMITTED)
    browser = sign_in(people["coordinator"])
    browser.get(QUEUE)
    with queries() as asked:
        page = browser.get(QUEUE).get_data(as_text=True)
    assert len(re.findall("queue-title", page)) == min(count, 25)
    assert len(asked) == 10, "\n".join(asked)


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_whatever_its_history(count, people, activity, sign_in, queries):
    from_structure = activity.organisation
    for _each in range(count):
        make_activity(status=Status.SUBMITTED, organisation=from_structure)
    browser = sign_in(people["coordinator"])
    browser.get(f"{QUEUE}/{activity.id}")
    with queries() as asked:
        browser.get(f"{QUEUE}/{activity.id}")
    assert len(asked) == 18, "\n".join(asked)
