"""The coordination's pages: who opens them, what they show, what each button does."""

import re
from datetime import timedelta

import pytest
from flask import url_for
from sqlalchemy import select

from fete.accounts.models import Absence
from fete.core.clock import now, today
from fete.core.db import db as database
from fete.mailing.models import Letter
from fete.programme.forms.review import REASON_LENGTH
from fete.programme.models import Activity, Decision, Reading, Remark, Sentence, Side
from fete.programme.rules import CRITERIA
from fete.programme.views.review import STEPS
from fete.programme.workflow import COORDINATOR_STEPS, Status, Step, possible_steps
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
    assert len(asked) == 14, "\n".join(asked)


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_whatever_its_history(count, people, activity, sign_in, queries):
    from_structure = activity.organisation
    for _each in range(count):
        make_activity(status=Status.SUBMITTED, organisation=from_structure)
    browser = sign_in(people["coordinator"])
    browser.get(f"{QUEUE}/{activity.id}")
    with queries() as asked:
        browser.get(f"{QUEUE}/{activity.id}")
    assert len(asked) == 25, "\n".join(asked)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("village=oui", ["Stand"]),
        ("village=non", ["Ancienne", "Récente"]),
        ("message=oui", ["Récente"]),
        ("message=non", ["Ancienne", "Stand"]),
        ("libre=oui", ["Récente", "Stand"]),
        ("tri=recent", ["Stand", "Récente", "Ancienne"]),
        ("tri=titre", ["Ancienne", "Récente", "Stand"]),
        ("tri=structure", ["Stand", "Récente", "Ancienne"]),
        ("village=peut-etre&message=x&tri=x&par=7&absence=1", ["Ancienne", "Récente", "Stand"]),
    ],
)
def test_the_queue_is_filtered_and_sorted(asked, found, people, sign_in):
    village = make_activity(kind="science_village", title="Village")
    made = {
        title: make_activity(
            status=Status.SUBMITTED,
            title=title,
            organisation=make_organisation(name=structure),
            submitted_at=now() - timedelta(days=days),
            changed_at=now() - timedelta(days=days),
        )
        for title, structure, days in [
            ("Ancienne", "Zoo", 9),
            ("Récente", "Musée", 3),
            ("Stand", "Atelier", 1),
        ]
    }
    made["Stand"].parent = village
    member, coordinator = people["member"], people["coordinator"]
    for title, side, minutes in [
        ("Récente", Side.COORDINATION, 2),
        ("Récente", Side.DECLARERS, 1),
        ("Ancienne", Side.DECLARERS, 2),
        ("Ancienne", Side.COORDINATION, 1),
    ]:
        made[title].remarks.append(
            Remark(person=member, at=now() - timedelta(minutes=minutes), text="…", side=side)
        )
    database.session.add_all(
        [
            Reading(activity_id=made["Ancienne"].id, person_id=people["regional"].id, at=now()),
            # Their own reading, and one of long ago, keep nothing from being free.
            Reading(activity_id=made["Récente"].id, person_id=coordinator.id, at=now()),
            Reading(
                activity_id=made["Stand"].id,
                person_id=people["regional"].id,
                at=now() - timedelta(minutes=10),
            ),
        ]
    )
    page = sign_in(coordinator).get(f"{QUEUE}?{asked}").get_data(as_text=True)
    assert re.findall(r'queue-title">\s*<a [^>]*>([^<]+)', page) == found


def test_the_queue_shows_what_is_late_who_reads_and_where_a_message_waits(people, sign_in):
    for days in (6, 7, 13, 14, 40):
        make_activity(
            status=Status.SUBMITTED,
            title=f"{days} jours",
            submitted_at=now() - timedelta(days=days),
        )
    one = make_activity(status=Status.SUBMITTED, title="Lue")
    one.remarks.append(
        Remark(person=people["member"], at=now(), text="Bonjour", side=Side.DECLARERS)
    )
    database.session.add(Reading(activity_id=one.id, person_id=people["regional"].id, at=now()))
    page = sign_in(people["coordinator"]).get(QUEUE).get_data(as_text=True)
    marks = {
        " ".join(title.split()): re.findall("plus de [0-9]+ jours|message à lire|Emma la lit", rest)
        for title, rest in re.findall(
            r'queue-title">\s*<a [^>]*>([^<]+)</a>(.*?)</li>\s*(?=<li data-row|</ol>)',
            page,
            re.DOTALL,
        )
    }
    assert marks == {
        "40 jours": ["plus de 14 jours"],
        "14 jours": ["plus de 14 jours"],
        "13 jours": ["plus de 7 jours"],
        "7 jours": ["plus de 7 jours"],
        "6 jours": [],
        "Lue": ["message à lire", "Emma la lit"],
    }


@pytest.mark.parametrize(("asked", "shown"), [("", 25), ("?par=50", 50), ("?par=100", 60)])
def test_one_chooses_how_many_activities_a_page_holds(asked, shown, people, sign_in):
    for _each in range(60):
        make_activity(status=Status.SUBMITTED)
    page = sign_in(people["coordinator"]).get(f"{QUEUE}{asked}").get_data(as_text=True)
    assert len(re.findall("queue-title", page)) == shown


def test_two_coordinators_share_a_departement(people, sign_in):
    other = make_coordinator("32", "81", name="Dominique")
    make_activity(status=Status.SUBMITTED, title="À Auch")
    for person in (people["coordinator"], other):
        assert "À Auch" in sign_in(person).get(QUEUE).get_data(as_text=True)


def test_the_region_looks_at_the_queue_of_who_is_away(people, sign_in):
    away = people["coordinator"]
    database.session.add(
        Absence(person_id=away.id, first_day=today(), last_day=today() + timedelta(days=4))
    )
    make_activity(status=Status.SUBMITTED, title="À Auch")
    make_activity(status=Status.SUBMITTED, title="À Toulouse", commune=TOULOUSE)
    regional = sign_in(people["regional"])
    shown = text_of(regional.get(QUEUE))
    assert "Camille, absence jusqu’au ven. 20 mars" in shown
    found = regional.get(f"{QUEUE}?absence={away.id}").get_data(as_text=True)
    assert "À Auch" in found
    assert "À Toulouse" not in found
    # Nobody else is offered to look in their place.
    assert "absence jusqu’au" not in text_of(sign_in(people["other coordinator"]).get(QUEUE))


def test_where_a_colleague_is_there_nobody_is_replaced(people, sign_in):
    make_coordinator("32", name="Dominique")
    away = people["coordinator"]
    database.session.add(Absence(person_id=away.id, first_day=today(), last_day=today()))
    assert "absence jusqu’au" not in text_of(sign_in(people["regional"]).get(QUEUE))


# Who reads


def test_others_see_who_has_an_activity_before_their_eyes(people, activity, sign_in, clock):
    here = f"{QUEUE}/{activity.id}"
    sign_in(people["coordinator"]).get(here)
    regional = sign_in(people["regional"])
    assert "Camille la lit en ce moment." in text_of(regional.get(here))
    assert "Camille la lit en ce moment" in text_of(regional.get(QUEUE))
    assert "la lit en ce moment." not in text_of(sign_in(people["administrator"]).get(QUEUE))
    clock.shift(timedelta(minutes=11))
    assert "Camille" not in text_of(regional.get(QUEUE))


def test_reading_is_written_once_a_minute_at_most(people, activity, sign_in, clock):
    browser = sign_in(people["coordinator"])
    seen = []
    for _look in range(4):
        browser.get(f"{QUEUE}/{activity.id}")
        seen.append(database.session.scalars(select(Reading.at)).one())
        clock.shift(timedelta(seconds=40))
    assert [(each - seen[0]).seconds for each in seen] == [0, 0, 80, 80]


# Several at once


def several(*activities):
    return "&".join(f"activite={activity.id}" for activity in activities)


@pytest.fixture
def three(people):
    organisation = make_organisation(people["member"])
    return [
        make_activity(
            status=Status.SUBMITTED,
            organisation=organisation,
            title=f"Numéro {number}",
            scientific_referent="Ada Martin",
        )
        for number in (1, 2, 3)
    ]


def rows(answer):
    found = re.findall(
        r'name="row"\s+value="([0-9.]+)"(\s+checked)?', answer.get_data(as_text=True)
    )
    return [row for row, _checked in found], [row for row, checked in found if checked]


def test_what_would_be_done_is_listed_with_what_cannot_and_why(people, three, sign_in, letters):
    three[1].status = Status.PUBLISHED
    browser = sign_in(people["coordinator"])
    answer = browser.get(f"{QUEUE}/plusieurs/labelliser?{several(*three)}")
    shown = text_of(answer)
    assert "Ce qui sera fait 2" in shown
    assert re.search(r"Numéro 2\s+: Elle est déjà publiée\.", shown)
    assert rows(answer)[0] == [f"{three[0].id}.1", f"{three[2].id}.1"]
    assert (status_of(three[0]), letters()) == (Status.SUBMITTED, [])


@pytest.mark.parametrize(
    ("word", "end", "said"),
    [
        ("labelliser", Status.LABELLED, "3 activités sont labellisées."),
        ("publier", Status.PUBLISHED, "3 activités sont publiées."),
        ("renvoyer", Status.CHANGES_REQUESTED, "3 activités sont renvoyées."),
        ("refuser", Status.REFUSED, "3 activités sont refusées."),
    ],
)
def test_several_are_decided_at_once(word, end, said, people, three, sign_in, letters):
    browser = sign_in(people["coordinator"])
    page = f"{QUEUE}/plusieurs/{word}?{several(*three)}"
    step = STEPS[word].value
    sent = {
        "row": rows(browser.get(page))[1],
        f"{step}-reason": "Décidé ensemble.",
        f"{step}-committee": "Comité du Gers",
        f"{step}-decided_on": "12/03/2026",
    }
    for _click in range(2):
        answer = browser.send(f"{QUEUE}/plusieurs/{word}", sent, follow=True, token_from=page)
        assert said in text_of(answer)
    assert {status_of(each) for each in three} == {end}
    assert len(letters()) == 3


def test_all_that_is_filtered_may_be_decided_up_to_a_bound(people, three, sign_in, monkeypatch):
    browser = sign_in(people["coordinator"])
    make_activity(status=Status.SUBMITTED, title="À Toulouse", commune=TOULOUSE)
    answer = browser.get(f"{QUEUE}/plusieurs/publier?tout=oui&q=numéro")
    assert len(rows(answer)[1]) == 3
    monkeypatch.setattr("fete.programme.views.review.MOST_AT_ONCE", 2)
    answer = browser.get(f"{QUEUE}/plusieurs/publier?tout=oui")
    assert rows(answer)[1] == [f"{three[0].id}.1", f"{three[1].id}.1"]
    assert "Au plus 2 activités à la fois" in text_of(answer)
    answer = browser.send(
        f"{QUEUE}/plusieurs/publier",
        {"row": [f"{each.id}.1" for each in three]},
        token_from=f"{QUEUE}/plusieurs/publier?tout=oui",
    )
    assert (answer.status_code, status_of(three[0])) == (400, Status.SUBMITTED)


def test_what_changed_since_it_was_listed_stops_all_and_is_named(people, three, sign_in, letters):
    browser, other = sign_in(people["coordinator"]), sign_in(people["regional"])
    page = f"{QUEUE}/plusieurs/refuser?{several(*three)}"
    seen = rows(browser.get(page))[1]
    here = f"{QUEUE}/{three[1].id}"
    other.send(f"{here}/publier", {"publish-version": 1}, token_from=here)
    database.session.get(Activity, three[2].id).version = 2
    answer = browser.send(
        f"{QUEUE}/plusieurs/refuser",
        {"row": seen, "listed": seen, "refuse-reason": "Hors de propos."},
        token_from=page,
    )
    shown = text_of(answer)
    assert "Rien n’a été fait" in shown
    assert "Emma l’a déjà publiée le lundi 16 mars 2026 à 10\u00a0h." in answer.get_data(
        as_text=True
    )
    assert "relisez-la avant de décider" in shown
    assert "Hors de propos.</textarea>" in answer.get_data(as_text=True)
    # What changed is left out until somebody ticks it again.
    assert rows(answer) == ([f"{three[0].id}.1", f"{three[2].id}.2"], [f"{three[0].id}.1"])
    assert status_of(three[0]) is Status.SUBMITTED
    assert [letter.kind for letter in letters()] == ["programme/published"]


@pytest.mark.parametrize("sent", [{}, {"row": ["x", "-1.1", ".", "٣.1"]}])
def test_nothing_ticked_does_nothing(sent, people, three, sign_in, letters):
    page = f"{QUEUE}/plusieurs/publier?{several(*three)}"
    browser = sign_in(people["coordinator"])
    answer = browser.send(
        f"{QUEUE}/plusieurs/publier",
        sent | {"listed": [f"{each.id}.1" for each in three]},
        token_from=page,
    )
    assert "Cochez au moins une activité." in text_of(answer)
    assert len(rows(answer)[0]) == 3
    assert (status_of(three[0]), letters()) == (Status.SUBMITTED, [])


@pytest.mark.parametrize("who", [None, "member", "other coordinator"])
def test_nobody_decides_about_several_elsewhere(who, people, three, sign_in, client, letters):
    browser = sign_in(people[who]) if who else client
    token_from = "/mon-espace" if who else "/compte/connexion"
    path = f"{QUEUE}/plusieurs/publier"
    expected = {None: 302, "member": 403, "other coordinator": 404}[who]
    assert browser.get(f"{path}?{several(*three)}").status_code == expected
    answer = browser.send(path, {"row": [f"{each.id}.1" for each in three]}, token_from=token_from)
    assert answer.status_code == expected
    assert (status_of(three[0]), letters()) == (Status.SUBMITTED, [])


def test_one_that_is_not_theirs_among_several_is_not_found(people, three, sign_in, letters):
    elsewhere = make_activity(status=Status.SUBMITTED, commune=TOULOUSE)
    browser = sign_in(people["coordinator"])
    path = f"{QUEUE}/plusieurs/publier"
    assert browser.get(f"{path}?{several(*three, elsewhere)}").status_code == 404
    answer = browser.send(
        path,
        {"row": [f"{each.id}.1" for each in (*three, elsewhere)]},
        token_from=f"{path}?{several(*three)}",
    )
    assert (answer.status_code, status_of(three[0]), letters()) == (404, Status.SUBMITTED, [])


@pytest.mark.parametrize("count", [1, 3, 30])
def test_listing_several_costs_the_same_whatever_is_ticked(count, people, sign_in, queries):
    made = [make_activity(status=Status.SUBMITTED) for _each in range(count)]
    browser = sign_in(people["coordinator"])
    path = f"{QUEUE}/plusieurs/labelliser?{several(*made)}"
    browser.get(path)
    with queries() as asked:
        assert len(rows(browser.get(path))[1]) == count
    assert len(asked) == 14, "\n".join(asked)


# The decision


def test_a_label_needs_every_criterion_or_a_word(people, activity, sign_in):
    here = f"{QUEUE}/{activity.id}"
    browser = sign_in(people["coordinator"])
    answer = browser.send(
        f"{here}/labelliser",
        {"label-version": 1, "label-criteria": ["period", "free"], "label-committee": "Comité"},
        token_from=here,
    )
    page = answer.get_data(as_text=True)
    assert "contenu, référent, médiation, neutralité" in page
    assert '<a href="#label-reason">' in page
    assert 'value="Comité"' in page
    assert status_of(activity) is Status.SUBMITTED
    answer = browser.send(
        f"{here}/labelliser",
        {
            "label-version": 1,
            "label-criteria": list(CRITERIA),
            "label-committee": "Comité",
            "label-decided_on": "12/03/2026",
        },
        follow=True,
        token_from=here,
    )
    assert "Décision de « Comité », le jeudi 12 mars 2026." in text_of(answer).replace(
        "\u00a0", " "
    )
    assert status_of(activity) is Status.LABELLED


def test_the_form_shows_what_the_declaration_says_of_each_criterion(people, activity, sign_in):
    page = sign_in(people["coordinator"]).get(f"{QUEUE}/{activity.id}").get_data(as_text=True)
    ticked = re.findall(r'name="label-criteria"\s+value="(\w+)"[^>]*? checked', page)
    assert ticked == ["period", "free"]
    assert "Aucun référent scientifique n’est donné." in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31/12/2026", "une décision se note une fois prise"),
        ("hier", "Écrivez la date sous la forme"),
    ],
)
def test_a_date_that_cannot_be_is_said_beside_its_field(typed, said, people, activity, sign_in):
    here = f"{QUEUE}/{activity.id}"
    answer = sign_in(people["coordinator"]).send(
        f"{here}/refuser",
        {"refuse-version": 1, "refuse-reason": "Non", "refuse-decided_on": typed},
        token_from=here,
    )
    page = answer.get_data(as_text=True)
    assert said in page
    assert f'value="{typed}"' in page
    assert status_of(activity) is Status.SUBMITTED


def test_committees_of_the_edition_are_suggested(people, activity, sign_in):
    other = make_activity(status=Status.LABELLED)
    other.decisions.append(
        Decision(person=people["regional"], at=now(), step=Step.LABEL, committee="Comité <du> Gers")
    )
    page = sign_in(people["coordinator"]).get(f"{QUEUE}/{activity.id}").get_data(as_text=True)
    assert '<option value="Comité &lt;du&gt; Gers">' in page


# Sentences, points and messages


def test_a_sentence_is_inserted_without_script_and_nothing_is_done(
    people, activity, sign_in, letters
):
    camille = people["coordinator"]
    sentence = Sentence(person_id=camille.id, title="Lieu", text="Quelle salle ?")
    others = Sentence(person_id=people["regional"].id, title="Autre", text="Secret")
    database.session.add_all([sentence, others])
    here = f"{QUEUE}/{activity.id}"
    browser = sign_in(camille)
    page = browser.get(here).get_data(as_text=True)
    assert "Secret" not in page
    answer = browser.send(
        f"{here}/renvoyer",
        {
            "send_back-version": 1,
            "send_back-reason": "Bonjour,",
            "send_back-sentence": sentence.id,
            "send_back-fields": ["slots"],
            "insert": "yes",
        },
        token_from=here,
    )
    page = answer.get_data(as_text=True)
    assert "Bonjour,\n\nQuelle salle ?</textarea>" in page.replace("\r", "")
    assert re.search(r'value="slots" checked', page)
    assert "<title>Erreur" not in page
    assert (status_of(activity), letters()) == (Status.SUBMITTED, [])
    stolen = browser.send(
        f"{here}/renvoyer",
        {"send_back-version": 1, "send_back-sentence": others.id, "insert": "yes"},
        token_from=here,
    )
    assert "Secret" not in stolen.get_data(as_text=True)


def test_points_are_kept_with_the_message(people, activity, sign_in):
    here = f"{QUEUE}/{activity.id}"
    answer = sign_in(people["coordinator"]).send(
        f"{here}/renvoyer",
        {
            "send_back-version": 1,
            "send_back-reason": "À revoir",
            "send_back-fields": ["slots", "title"],
        },
        follow=True,
        token_from=here,
    )
    assert "Points demandés : Titre, Créneaux." in text_of(answer).replace("\u00a0", " ")
    (remark,) = database.session.scalars(select(Remark)).all()
    assert (remark.fields, remark.side) == ("title,slots", Side.COORDINATION)


def test_the_coordination_writes_and_reads_the_whole_thread_oldest_first(
    people, activity, sign_in, letters
):
    for minutes, name, side in [
        (2, "coordinator", Side.COORDINATION),
        (1, "member", Side.DECLARERS),
    ]:
        activity.remarks.append(
            Remark(
                person=people[name],
                at=now() - timedelta(minutes=minutes),
                text=f"Message de {name}",
                side=side,
            )
        )
    here = f"{QUEUE}/{activity.id}"
    browser = sign_in(people["coordinator"])
    (seen,) = re.findall(r'name="message-seen"[^>]*value="(\d+)"', browser.get(here).text)
    for _click in range(2):
        answer = browser.send(
            f"{here}/messages",
            {"message-text": "C’est <b>noté</b>.", "message-seen": seen},
            token_from=here,
        )
        assert answer.status_code == 302
    shown = text_of(browser.get(here))
    order = ["Message de coordinator", "Message de member", "C’est &lt;b&gt;noté&lt;/b&gt;."]
    places = [shown.index(each) for each in order]
    assert places == sorted(places)
    assert shown.count("noté") == 1
    assert [letter.kind for letter in letters()] == ["programme/message"]


@pytest.mark.parametrize("typed", ["", "   ", "a" * (REASON_LENGTH + 1)])
def test_a_message_that_cannot_be_is_kept_and_refused(typed, people, activity, sign_in, letters):
    here = f"{QUEUE}/{activity.id}"
    answer = sign_in(people["coordinator"]).send(
        f"{here}/messages", {"message-text": typed, "message-seen": 0}, token_from=here
    )
    page = answer.get_data(as_text=True)
    assert '<a href="#message-text">' in page
    assert typed.strip() in page
    assert letters() == []


@pytest.mark.parametrize("who", [None, "member", "other actor", "other coordinator"])
def test_nobody_else_writes_for_the_coordination(who, people, activity, sign_in, client, letters):
    browser = sign_in(people[who]) if who else client
    answer = browser.send(
        f"{QUEUE}/{activity.id}/messages",
        {"message-text": "Bonjour", "message-seen": 0},
        token_from="/mon-espace" if who else "/compte/connexion",
    )
    assert answer.status_code == (404 if who else 302)
    assert (database.session.scalars(select(Remark)).all(), letters()) == ([], [])


# What stays between them


def public_addresses(app, activity):
    """Return every address that anybody may read, filled for an activity."""
    values = {
        "activity_id": activity.id,
        "organisation_id": activity.organisation_id,
        "venue_id": activity.venue_id,
        "code": activity.venue.commune_code,
        "slug": activity.slug,
        "year": activity.edition.year,
        "token": "x",
        "key": "x",
        "size": "640",
        "number": 1,
        "background": "ffffff",
        "accent": "17315f",
        "figure": "visiteurs",
        "extension": "csv",
    }
    with app.test_request_context():
        return [
            url_for(
                rule.endpoint,
                **{name: (values | (rule.defaults or {}))[name] for name in rule.arguments},
            )
            for rule in app.url_map.iter_rules()
            if getattr(app.view_functions[rule.endpoint], "access", "") == "public"
            and "GET" in rule.methods
            and rule.endpoint not in {"static", "vendor", "pages.favicon", "counting.offline"}
        ]


def test_what_the_two_sides_say_is_on_no_public_page(people, sign_in, app, client):
    organisation = make_organisation(people["member"], name="Les Étoiles")
    activity = make_activity(organisation=organisation, title="Nuit noire")
    secret, camille = "ornithorynque", people["coordinator"]
    for side in Side:
        activity.remarks.append(
            Remark(person=camille, at=now(), text=f"{secret} {side}", side=side, fields="title")
        )
    activity.decisions.append(
        Decision(
            person=camille, at=now(), step=Step.LABEL, reason=secret, committee=f"Comité {secret}"
        )
    )
    database.session.add_all(
        [
            Sentence(person_id=camille.id, title=secret, text=secret),
            Reading(activity_id=activity.id, person_id=camille.id, at=now()),
        ]
    )
    database.session.commit()
    told = sign_in(camille).get(f"{QUEUE}/{activity.id}").text
    assert told.count(secret) >= 4
    paths = public_addresses(app, activity)
    assert f"/activites/{activity.id}-nuit-noire.ics" in paths
    assert len(paths) > 25
    shown = {path: client.get(path).data.decode(errors="replace") for path in paths}
    assert "Nuit noire" in shown[f"/activites/{activity.id}-nuit-noire"]
    leaks = [path for path, page in shown.items() if secret in page.lower() or "Camille" in page]
    assert leaks == []
    # Members of other structures and other coordinations see nothing of it either.
    for who in ("other actor", "other coordinator"):
        for path in (f"/mes-activites/{activity.id}/apercu", f"{QUEUE}/{activity.id}"):
            assert sign_in(people[who]).get(path).status_code == 404
