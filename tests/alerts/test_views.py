"""« Prévenez-moi » as its visitors use it: the form, the links of letters, and nothing of anybody else."""

import re
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from fete.alerts import mails
from fete.alerts.models import SEARCH_LENGTH, Follow, Follower
from fete.core.clock import from_paris, now
from fete.core.db import db as database
from fete.core.ratelimit import limiter
from fete.core.tokens import sign
from fete.programme.models import EditionState
from fete.programme.workflow import Status
from tests.factories.alerts import ADA, make_follow
from tests.factories.programme import make_activity, make_edition

FORM = "/prevenez-moi"
CHECK = "/prevenez-moi/courriel"
ZOE = "zoe@example.org"


def link_in(letter, word: str) -> str:
    found = re.search(rf"https://fete\.example\.org(\S*/prevenez-moi/{word}/\S+)", letter.text)
    assert found, letter.text
    return found[1]


def follows() -> list[tuple[str, int | None, str | None]]:
    return [
        (each.follower.email, each.activity_id, each.search)
        for each in database.session.scalars(select(Follow).order_by(Follow.id))
    ]


def ask(client, path: str, email: str = ADA, **fields: str):
    return client.send(path, {"email": email, **fields}, token_from=path)


def test_an_activity_is_followed_from_its_page_to_the_confirmation(client, db, letters):
    activity = make_activity(title="Le ciel")
    page = client.get(f"/activites/{activity.id}-le-ciel").text
    path = f"{FORM}?activite={activity.id}"
    assert f'href="{path}"' in page
    form = client.get(path)
    assert "Le ciel" in form.text
    assert "nouvelles activités" not in form.text
    assert form.headers["X-Robots-Tag"] == "noindex"
    assert form.headers["Cache-Control"] == "private, no-store"
    answer = ask(client, path)
    assert (answer.status_code, answer.location) == (302, CHECK)
    assert "dans les 7 jours" in client.get(CHECK).text
    # Looking at the link proves nothing: mail programs look at every link.
    link = link_in(letters()[0], "confirmer")
    assert "Le ciel" in client.get(link).text
    assert database.session.scalars(select(Follow)).one().confirmed_at is None
    answer = client.send(link, {}, token_from=link, follow=True)
    assert "C’est confirmé" in answer.text
    assert (ADA in answer.text, "Le ciel" in answer.text) == (True, True)
    assert database.session.scalars(select(Follow)).one().confirmed_at == now()


def test_a_search_is_followed_with_what_is_new_when_that_is_ticked(client, db, letters):
    make_activity()
    query = "departement=32&type=workshop"
    page = client.get(f"/abonnement?{query}").text
    path = f"{FORM}?annee=2026&{query}"
    assert f'href="{path.replace("&", "&amp;")}"' in page
    form = client.get(path).text
    assert "Ateliers dans le Gers" in form
    assert "1 activité pour le moment." in form
    assert "checked" not in form
    ask(client, path, wants_new="y")
    assert follows() == [(ADA, None, query)]
    link = link_in(letters()[0], "confirmer")
    assert "une fois par jour" in client.get(link).text
    client.send(link, {}, token_from=link)
    made = database.session.scalars(select(Follow)).one()
    assert (made.label, made.wants_new) == ("Ateliers dans le Gers", True)


def test_what_is_confirmed_already_is_not_asked_again(client, db, letters, clock):
    make_edition()
    path = f"{FORM}?departement=32&type=workshop"
    ask(client, path)
    first = link_in(letters()[0], "confirmer")
    client.send(first, {}, token_from=first)
    page = client.get(first).text
    assert "C’est déjà confirmé" in page
    assert "Oui, prévenez-moi" not in page
    others = re.search(r'href="([^"]*/mes-alertes/[^"]*)">Voir mes alertes</a>', page)
    assert others
    assert ADA in client.get(others[1]).text
    # What is new as well was not confirmed yet.
    clock.move_to(now() + timedelta(hours=1))
    ask(client, path, wants_new="y")
    second = link_in(letters()[-1], "confirmer")
    assert "Oui, prévenez-moi" in client.get(second).text


def test_the_same_search_in_other_words_is_the_same(client, db):
    make_edition()
    for query in ("type=workshop&departement=32", "departement=32&type=workshop,workshop&x=1"):
        ask(client, f"{FORM}?{query}")
    assert follows() == [(ADA, None, "departement=32&type=workshop")]


def test_the_whole_programme_can_be_followed(client, db):
    make_edition()
    assert "Tout le programme" in client.get(FORM).text
    ask(client, FORM)
    assert follows() == [(ADA, None, "")]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Ce champ est nécessaire."),
        ("ada@", "n’a pas la bonne forme"),
        ("ada @example.org", "n’a pas la bonne forme"),
        (f"{'a' * 1000}@example.org", "trop longue"),
        ("ada@example.org\r\nBcc: eve@example.org", "n’a pas la bonne forme"),
    ],
)
def test_a_bad_address_is_said_beside_it_and_what_was_typed_stays(client, db, typed, message):
    make_edition()
    answer = ask(client, f"{FORM}?departement=32", typed, wants_new="y")
    assert answer.status_code == 200
    assert message in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "checked" in answer.text
    if typed == "ada@":
        assert 'value="ada@"' in answer.text
    assert follows() == []


def test_a_forged_form_is_refused(client, db):
    make_edition()
    assert client.post(FORM, data={"email": ADA}).status_code == 400
    made = make_follow(make_activity(), is_confirmed=False)
    for path in (
        f"{FORM}/confirmer/{sign('alerts.confirm', [made.follower.key, made.id, 0])}",
        f"{FORM}/mes-alertes/{mails.token_to_manage(made.follower.key)}",
        f"{FORM}/tout-effacer/{mails.token_to_manage(made.follower.key)}",
    ):
        data = {"follow": str(made.id), "act": "stop"}
        assert client.post(path, data=data).status_code == 400
    assert [(each.confirmed_at) for each in database.session.scalars(select(Follow))] == [None]


def test_known_and_unknown_addresses_get_the_same_answer(client, db):
    activity = make_activity()
    make_follow(activity, ADA)
    path = f"{FORM}?activite={activity.id}"
    known, unknown = (ask(client, path, email) for email in (ADA, ZOE))
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert client.get(known.location).text == client.get(unknown.location).text


@pytest.mark.parametrize(
    "query",
    [
        *("activite=0", "activite=-1", "activite=x", "activite=", "activite=99999999999999999999"),
        *("annee=1", "annee=x", "annee=-5", "annee=99999999999999999999"),
    ],
)
def test_what_is_not_there_cannot_be_followed(client, db, query):
    make_edition()
    answer = client.get(f"{FORM}?{query}")
    assert answer.status_code == 404
    assert "<h1" in answer.text


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PUBLISHED])
def test_what_the_public_does_not_see_cannot_be_followed(client, db, status):
    activity = make_activity(status=status, title="Le secret")
    answer = client.get(f"{FORM}?activite={activity.id}")
    assert answer.status_code == 404
    assert "Le secret" not in answer.text


def test_an_edition_in_preparation_cannot_be_followed(client, db):
    make_edition(state=EditionState.PREPARED)
    assert client.get(f"{FORM}?annee=2026").status_code == 404
    answer = client.get(FORM)
    assert (answer.status_code, "C’est déjà passé." in answer.text) == (200, False)
    assert "Le programme n’est pas encore publié." in answer.text


def test_what_is_over_is_said_so_and_not_followed(client, db, clock):
    activity = make_activity()
    clock.move_to(from_paris(date(2026, 10, 13), time(8)))
    for query in (f"activite={activity.id}", "departement=32", "annee=2026"):
        answer = client.get(f"{FORM}?{query}")
        assert (answer.status_code, "C’est déjà passé." in answer.text) == (200, True)
        client.post(f"{FORM}?{query}", data={"email": ADA, "csrf_token": client.token()})
    assert follows() == []
    page = client.get(f"/activites/{activity.id}-{activity.slug}").text
    assert "prevenez-moi" not in page


def test_hostile_searches_are_taken_as_the_programme_takes_them(client, db):
    make_edition()
    for query in (f"q={'a' * 1000}", "departement=%00%27%22%3Cb%3E", "du=hier&au=2020-13-45"):
        answer = client.get(f"{FORM}?{query}")
        assert answer.status_code == 200
        assert "<b>" not in answer.text
    long = "&".join(f"commune={number:040}" for number in range(SEARCH_LENGTH // 40 + 1))
    answer = ask(client, f"{FORM}?{long}")
    assert answer.status_code == 200
    assert "trop longue pour être suivie" in answer.text
    assert follows() == []


def test_the_form_is_slowed(app, client, db):
    path = f"{FORM}?activite={make_activity().id}"
    token = client.token(path)
    limiter.enabled = True
    limiter.reset()
    try:
        codes = [
            client.post(path, data={"email": ADA, "csrf_token": token}).status_code
            for _ in range(6)
        ]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert codes == [302] * 5 + [429]


PURPOSES = ("confirmer", "mes-alertes", "tout-effacer", "arreter")


def link(purpose, made):
    key = made.follower.key
    tokens = {
        "confirmer": sign("alerts.confirm", [key, made.id, 0]),
        "mes-alertes": mails.token_to_manage(key),
        "tout-effacer": mails.token_to_manage(key),
        "arreter": sign("alerts.stop", [key, made.id]),
    }
    return tokens[purpose]


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("other", [*PURPOSES, "forged", "nothing", "elsewhere"])
def test_a_link_serves_its_purpose_alone(client, db, purpose, other):
    made = make_follow(make_activity(title="Le ciel"))
    token = {
        "forged": link(purpose, made)[:-2] + "AA",
        "nothing": "x",
        "elsewhere": sign("confirm", [made.follower.key, made.id, 0]),
    }.get(other) or link(other, made)
    answer = client.get(f"{FORM}/{purpose}/{token}", follow_redirects=True)
    if link(purpose, made) == token:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 404
        assert "Le ciel" not in answer.text
        assert ADA not in answer.text
        assert 'class="btn' in answer.text


@pytest.mark.parametrize(
    ("purpose", "days", "status"),
    [("confirmer", 7, 404), ("mes-alertes", 800, 404), ("arreter", 800, 404)],
)
def test_a_link_ends(client, db, clock, purpose, days, status):
    made = make_follow(make_activity())
    path = f"{FORM}/{purpose}/{link(purpose, made)}"
    clock.shift(timedelta(days=days))
    assert client.get(path).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get(path).status_code == status


def test_one_sees_what_one_follows_and_nothing_of_anybody_else(client, db):
    mine, shared = make_activity(title="À moi"), make_activity(title="À nous")
    theirs = make_activity(title="À elle")
    make_follow(mine, ADA)
    made = make_follow(shared, ADA)
    make_follow({"departement": "32"}, ADA)
    make_follow(make_activity(title="Pas encore"), ADA, is_confirmed=False)
    make_follow(shared, ZOE)
    other = make_follow(theirs, ZOE)
    path = f"{FORM}/mes-alertes/{link('mes-alertes', made)}"
    page = client.get(path)
    assert page.headers["Cache-Control"] == "private, no-store"
    for word in (ADA, "À moi", "À nous", "Ateliers dans le Gers", "Pas encore confirmé"):
        assert word in page.text
    assert "/programme/2026?departement=32" in page.text
    for word in (ZOE, "À elle", f'value="{other.id}"'):
        assert word not in page.text
    # What is asked about somebody else’s does nothing.
    client.send(path, {"follow": str(other.id), "act": "stop"}, token_from=path)
    assert len(follows()) == 6


def test_one_changes_and_stops_each_thing(client, db):
    made, search = make_follow(make_activity(title="Le ciel")), make_follow({"departement": "32"})
    path = f"{FORM}/mes-alertes/{link('mes-alertes', made)}"

    def press(follow, act):
        return client.send(
            path, {"follow": str(follow.id), "act": act}, token_from=path, follow=True
        ).text

    for act, wants_new in (("news", True), ("changes", False)):
        assert "C’est enregistré." in press(search, act)
        assert search.wants_new is wants_new
    page = press(made, "stop")
    assert ("C’est arrêté." in page, "Le ciel" in page) == (True, False)
    page = press(search, "stop")
    assert "Vous ne suivez rien" in page
    assert list(database.session.scalars(select(Follower))) == []


@pytest.mark.parametrize("typed", ["", "x", "-1", "99999999999999999999"])
def test_what_no_button_says_changes_nothing(client, db, typed):
    made = make_follow({"departement": "32"})
    path = f"{FORM}/mes-alertes/{link('mes-alertes', made)}"
    made.wants_new = True
    for follow in (typed, str(made.id)):
        data = {"follow": follow, "act": typed}
        assert client.send(path, data, token_from=path).status_code == 302
    assert len(follows()) == 1
    assert made.wants_new


def test_everything_is_erased_after_a_question(client, db, letters):
    made, _other = make_follow(make_activity()), make_follow({"departement": "32"})
    path = f"{FORM}/tout-effacer/{link('tout-effacer', made)}"
    page = client.get(path).text
    assert ADA in page
    assert len(follows()) == 2
    page = client.send(path, {}, token_from=path, follow=True).text
    assert "C’est effacé" in page
    assert ADA not in page
    assert follows() == []
    # The same again leads to the same page.
    assert "Vous ne suivez rien" in client.get(path, follow_redirects=True).text


def test_the_way_out_of_a_letter_shows_a_button_and_the_button_stops(client, db):
    made, other = make_follow(make_activity(title="Le ciel")), make_follow({"departement": "32"})
    path = f"{FORM}/arreter/{link('arreter', made)}"
    page = client.get(path).text
    assert "Le ciel" in page
    assert "Gers" not in page
    assert len(follows()) == 2
    # A mail program has no form of ours, and may press twice.
    for _ in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "C’est fait" in answer.text
        assert "mes-alertes" in answer.text
    assert follows() == [(ADA, None, other.search)]
    client.post(f"{FORM}/arreter/{link('arreter', other)}")
    answer = client.get(path)
    assert (answer.status_code, "votre adresse est effacée" in answer.text) == (200, True)
    assert client.post(f"{FORM}/arreter/x").status_code == 400


def test_the_language_is_that_of_the_page(client, db, letters):
    path = f"/en{FORM}?activite={make_activity().id}"
    ask(client, path)
    link = link_in(letters()[0], "confirmer")
    assert link.startswith("/en/")
    client.send(link, {}, token_from=link)
    assert database.session.scalars(select(Follower)).one().language == "en"


def test_the_page_on_personal_data_tells_of_it(client, db):
    page = client.get("/donnees-personnelles").text
    assert "Prévenez-moi" in page
    assert "trente jours après la fin de l’édition" in page
    assert "Disallow: /prevenez-moi" in client.get("/robots.txt").text
