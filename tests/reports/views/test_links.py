"""The page of one report as its link opens it: for a phone, without a password and without a session."""

import re
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest

from fete.core.clock import PARIS, from_paris, now
from fete.core.db import db as database
from fete.core.ratelimit import limiter
from fete.programme.models import EditionState
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Counts, Method, Outcome, Visitor
from fete.reports.models import AskedQuestion, Question, ReportVersion, RevokedLinks, Source
from fete.reports.queries.links import link_of
from fete.reports.queries.questions import answers_of
from fete.reports.queries.reporting import find_report
from fete.reports.services.counting import Touch, keep_touches
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import kept_report, make_report
from tests.reports.views.test_reports import FILE, FILLED, SAVE, hidden_value, text_of

FIGURES = Counts(
    outcome=Outcome.HELD,
    public=1_030,
    pupils=20,
    adults=2,
    researchers=2,
    mediators=1,
    volunteers=0,
)


@pytest.fixture
def activity(db, after):
    activity = make_activity(
        from_paris(date(2026, 10, 3), time(10)),
        organisation=make_organisation(make_user(name="Ada Lovelace", email="ada@example.org")),
        title="Le ciel de Gascogne",
        for_schools=True,
    )
    activity.slots[0].capacity = None
    return activity


@pytest.fixture
def path(activity):
    return f"/bilan/{link_of(activity)}"


def headers_of(response):
    return {
        name: response.headers.get(name)
        for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy", "Set-Cookie")
    }


def test_a_link_opens_its_report_without_a_session_and_tells_nobody(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert headers_of(response) == {
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "same-origin",
        "Set-Cookie": None,
    }
    text = text_of(response)
    assert "Bilan de « Le ciel de Gascogne »" in text
    assert "jusqu’au mardi 15 décembre 2026" in text
    assert 'name="csrf_token"' not in response.get_data(as_text=True)


def test_it_shows_nobody_s_address_no_other_report_and_no_way_into_the_workshop(
    client, activity, path
):
    before = make_activity(
        from_paris(date(2025, 10, 3), time(10)),
        organisation=activity.organisation,
        edition=make_edition(2025),
        title="Le ciel de l’an passé",
    )
    make_report(before, public=7_777)
    activity.renewed_from = before
    make_report(
        make_activity(
            from_paris(date(2026, 10, 4), time(10)),
            organisation=activity.organisation,
            title="Une autre activité",
        ),
        public=8_888,
        remarks="Remarque d’ailleurs",
    )
    page = client.get(path).get_data(as_text=True)
    for told in (
        "ada@example.org",
        "Ada Lovelace",
        "Le ciel de l’an passé",
        "7 777",
        "7\u202f777",
        "Une autre activité",
        "8\u202f888",
        "Remarque d’ailleurs",
    ):
        assert told not in page
    links = set(re.findall(r'href="(/[^"?#]*)', page)) - {path, f"/en{path}"}
    assert not {each for each in links if each.startswith(("/mes-", "/coordination", "/compte"))}
    assert client.get(f"/mes-bilans/{activity.id}").status_code == 302


def test_a_report_is_filed_by_nobody_by_name_through_the_link(client, activity, path, db):
    response = client.post(path, data=FILLED | FILE)
    assert (response.status_code, response.location) == (302, path)
    assert "Set-Cookie" not in response.headers
    report = kept_report(activity)
    assert (report.status, report.source, report.filed_by) == (
        ReportStatus.FILED,
        Source.LINK,
        None,
    )
    assert (report.counts, report.method) == (FIGURES, Method.TICKETED)
    assert "Ce bilan est déposé. Merci !" in text_of(client.get(path))


def test_a_draft_is_kept_by_its_button(client, activity, path):
    response = client.post(path, data={"version": "0", "public": "12", **SAVE})
    assert response.location == f"{path}?garde=oui"
    assert "C’est enregistré." in text_of(client.get(response.location))
    assert kept_report(activity).counts == Counts(public=12)


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        (
            {"outcome": "held", "public": "0", "pupils": "0", "adults": "0"},
            Counts(
                outcome=Outcome.HELD,
                public=0,
                pupils=0,
                adults=0,
                researchers=2,
                mediators=1,
                volunteers=0,
            ),
        ),
        (
            dict.fromkeys(
                ("public", "pupils", "adults", "researchers", "mediators", "volunteers"), ""
            )
            | {"outcome": "cancelled"},
            Counts(outcome=Outcome.CANCELLED),
        ),
    ],
)
def test_nobody_came_and_it_was_cancelled_are_answers(client, activity, path, told, counts):
    page = client.post(path, data=FILLED | told | FILE)
    if page.status_code == 200:
        asked = hidden_value("asked", page.get_data(as_text=True))
        client.post(path, data=FILLED | told | FILE | {"asked": asked, "is_confirmed": "y"})
    report = kept_report(activity)
    assert (report.status, report.counts) == (ReportStatus.FILED, counts)


def test_what_is_typed_is_kept_as_it_is_typed_once_and_tells_the_journal_nothing(
    client, activity, path, db
):
    first = client.post(f"{path}/saisie", data={"version": "0", "public": "1 200"})
    assert (first.status_code, first.json["version"]) == (200, 1)
    assert first.json["said"] == "Gardé à 10\u00a0h"
    again = client.post(f"{path}/saisie", data={"version": "0", "public": "1 200"})
    assert (again.status_code, again.json["version"]) == (200, 1)
    later = client.post(
        f"{path}/saisie", data={"version": "1", "public": "1 200", "outcome": "held"}
    )
    assert later.json["version"] == 2
    report = kept_report(activity)
    assert report.counts == Counts(outcome=Outcome.HELD, public=1_200)
    assert (report.status, report.source) == (ReportStatus.DRAFT, Source.LINK)
    assert db.session.query(ReportVersion).count() == 0
    assert client.post(path, data=FILLED | FILE | {"version": "2"}).status_code == 302
    assert [each.version for each in db.session.query(ReportVersion)] == [3]


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({"version": "0", "public": "environ 300"}, 422, "n’a pas pu être lu"),
        ({"version": "0", "public": "-1"}, 422, "n’a pas pu être lu"),
        ({"version": "0", "outcome": "exploded"}, 422, "n’a pas pu être lu"),
        ({"version": "0", "remarks": "x" * 3_000}, 422, "n’a pas pu être lu"),
        ({"version": "7", "public": "3"}, 409, "Quelqu’un d’autre"),
        ({"version": "x" * 1_000, "public": "3"}, 422, "n’a pas pu être lu"),
    ],
)
def test_what_cannot_be_kept_as_it_is_typed_is_said_and_kept_nowhere(
    client, activity, path, data, status, words
):
    response = client.post(f"{path}/saisie", data=data)
    assert response.status_code == status
    assert words in response.json["said"]
    assert find_report(activity) is None


def test_two_people_who_file_the_same_report_compare_and_choose(
    client, activity, path, sign_in, db
):
    make_report(activity, status=ReportStatus.FILED, public=77, version=4)
    response = client.post(path, data=FILLED | FILE | {"version": "3"})
    text = text_of(response)
    assert "Quelqu’un d’autre a changé ce bilan" in text
    assert "Ce qui est enregistré maintenant" in text
    assert "grand public 77" in text
    html = response.get_data(as_text=True)
    assert 'value="1 030"' in html
    assert kept_report(activity).public == 77
    seen = hidden_value("version", html)
    client.post(path, data=FILLED | FILE | {"version": seen})
    assert kept_report(activity).public == 1_030


def test_before_the_last_slot_has_ended_it_says_when_it_opens(client, activity, clock):
    clock.move_to(datetime(2026, 10, 3, 10, 30, tzinfo=PARIS))
    path = f"/bilan/{link_of(activity)}"
    response = client.get(path)
    assert response.status_code == 403
    assert "Ce bilan s’ouvrira une fois le dernier créneau terminé, le samedi 3 octobre" in text_of(
        response
    )
    assert client.post(path, data=FILLED | FILE).status_code == 403
    assert client.post(f"{path}/saisie", data=FILLED).status_code == 403
    assert find_report(activity) is None


def end(activity, clock):
    clock.move_to(datetime(2026, 12, 16, 0, 0, tzinfo=PARIS))


def revoke(activity, clock):
    database.session.add(RevokedLinks(activity_id=activity.id, generation=1, revoked_at=now()))


def close(activity, clock):
    activity.edition.state = EditionState.CLOSED


@pytest.mark.parametrize(
    ("shut", "words"),
    [
        (end, "s’est fermé le mardi 15 décembre 2026"),
        (revoke, "Ce lien a été retiré"),
        (close, "L’édition 2026 est close"),
    ],
)
def test_a_link_that_opens_no_more_says_why_and_how_to_go_on(
    client, activity, path, clock, shut, words
):
    make_report(activity, status=ReportStatus.DRAFT, remarks="Notre remarque", public=4_321)
    shut(activity, clock)
    for response in (client.get(path), client.post(path, data=FILLED | FILE | {"version": "1"})):
        assert response.status_code == 410
        text = text_of(response)
        assert words in text
        assert "Connectez-vous" in text
        assert "écrivez à la coordination" in text
        assert "Notre remarque" not in text
        assert "4 321" not in text
    kept = client.post(f"{path}/saisie", data=FILLED | {"version": "1"})
    assert kept.status_code == 403
    assert "Ce lien n’ouvre plus ce bilan" in kept.json["said"]
    assert kept_report(activity).public == 4_321


def test_the_link_to_what_is_published_no_more_leads_nowhere(client, activity, path):
    make_report(activity, status=ReportStatus.DRAFT, remarks="Notre remarque")
    activity.status = Status.WITHDRAWN
    response = client.get(path)
    assert response.status_code == 404
    assert "Notre remarque" not in text_of(response)
    assert "Le ciel de Gascogne" not in text_of(response)


@pytest.mark.parametrize("token", ["perdu", "x" * 1_000, "%00", "WzEsMF0.aaaaaa.bbbbbb"])
def test_a_forged_link_opens_nothing(client, activity, token):
    path = f"/bilan/{token}"
    answers = [(client.get(path), 404), (client.post(path, data=FILLED), 400)]
    for response, status in answers:
        assert response.status_code == status
        assert "Ce lien ne mène à aucun bilan" in text_of(response)
    assert client.post(f"{path}/saisie", data=FILLED).status_code == 400


def test_what_the_coordination_took_is_read_and_changes_no_more(client, activity, path):
    make_report(activity, remarks="Salle comble")
    assert "Salle comble" in text_of(client.get(path))
    assert client.post(path, data=FILLED | FILE | {"version": "1"}).status_code == 403
    typed = client.post(f"{path}/saisie", data=FILLED | {"version": "1"})
    assert (typed.status_code, typed.json["said"]) == (
        403,
        "Ce bilan ne change plus\u00a0: ce que vous tapez n’est plus gardé.",
    )
    assert kept_report(activity).public == 40


def test_why_nobody_waits_for_it_stays_between_the_structure_and_the_coordination(
    client, activity, path
):
    make_report(activity, status=ReportStatus.WAIVED, waiver="Deuil dans l’équipe")
    text = text_of(client.get(path))
    assert "La coordination n’attend pas ce bilan." in text
    assert "Deuil" not in text


def test_somebody_signed_in_who_opens_a_link_does_what_anybody_does(sign_in, activity, path):
    client = sign_in(activity.organisation.memberships[0].person)
    client.post(path, data=FILLED | FILE)
    report = kept_report(activity)
    assert (report.source, report.filed_by) == (Source.LINK, None)


def test_those_who_answer_for_a_report_see_its_link_and_revoke_it(
    sign_in, client, activity, path, db
):
    member = sign_in(activity.organisation.memberships[0].person)
    page = member.get(f"/mes-bilans/{activity.id}")
    shown = re.search(r'value="https://[^/]+(/bilan/[^"]+)"', page.get_data(as_text=True))
    assert shown
    assert client.get(shown[1]).status_code == 200
    response = member.send(
        f"/mes-bilans/{activity.id}/lien", token_from=f"/mes-bilans/{activity.id}"
    )
    assert response.location == f"/mes-bilans/{activity.id}"
    assert client.get(shown[1]).status_code == 410
    assert client.get(path).status_code == 410
    assert client.get(f"/bilan/{link_of(activity)}").status_code == 200


def test_the_coordination_revokes_a_link_and_another_territory_does_not(
    sign_in, client, activity, path
):
    page = f"/coordination/bilans/{activity.id}"
    elsewhere = sign_in(make_coordinator("81"))
    assert elsewhere.send(f"/mes-bilans/{activity.id}/lien").status_code == 404
    assert client.get(path).status_code == 200
    coordinator = sign_in(make_coordinator(activity.commune.departement_code))
    assert "/bilan/" in coordinator.get(page).get_data(as_text=True)
    response = coordinator.send(f"/mes-bilans/{activity.id}/lien", token_from=page)
    assert response.location == page
    assert client.get(path).status_code == 410


def test_no_link_is_shown_once_none_would_open(sign_in, activity, clock):
    clock.move_to(datetime(2026, 12, 16, 0, 0, tzinfo=PARIS))
    member = sign_in(activity.organisation.memberships[0].person)
    page = member.get(f"/mes-bilans/{activity.id}").get_data(as_text=True)
    assert "/bilan/" not in page


def test_what_the_edition_asks_beside_the_figures_is_asked_and_kept(client, activity, path, db):
    for question in (Question.SATISFACTION, Question.PRESS):
        db.session.add(AskedQuestion(edition_id=activity.edition_id, question=question))
    text = text_of(client.get(path))
    assert "Êtes-vous satisfait·e de votre participation ?" in text
    assert "Ce qu’en a dit la presse" in text
    assert "Ce que l’activité a coûté" not in text
    told = {"answer_satisfaction": "4", "answer_press": "La Dépêche", "answer_budget": "450"}
    assert client.post(path, data=FILLED | told | FILE).status_code == 302
    assert answers_of(kept_report(activity)) == {
        Question.SATISFACTION: "4",
        Question.PRESS: "La Dépêche",
    }
    refused = client.post(path, data=FILLED | {"answer_satisfaction": "9", "version": "1"} | FILE)
    assert refused.status_code == 200
    assert answers_of(kept_report(activity))[Question.SATISFACTION] == "4"


def test_remarks_do_not_ask_again_what_the_edition_asks(client, activity, path, db):
    assert "Ce qui a bien marché, ce qui a manqué" in text_of(client.get(path))
    db.session.add(AskedQuestion(edition_id=activity.edition_id, question=Question.DIFFICULTIES))
    text = text_of(client.get(path))
    assert "Ce qui a bien marché, ce qui a manqué" not in text
    assert "Tout ce que vous voulez ajouter. Seule la coordination les lit." in text


def test_who_comes_second_by_the_link_may_leave_what_the_first_wrote(client, activity, path):
    client.post(path, data=FILLED | SAVE)
    typed = FILLED | {"public": "7"}
    assert "Garder ce qui est enregistré" in text_of(client.post(path, data=typed | FILE))
    left = client.post(path, data=typed | {"garder": "oui"})
    assert (left.status_code, left.location) == (302, path)
    assert kept_report(activity).counts == FIGURES


def test_posts_are_slowed_down(client, path):
    limiter.enabled = True
    try:
        answers = {
            client.post(f"{path}/saisie", data={"version": "9"}).status_code for _each in range(62)
        }
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers == {409, 429}


@pytest.fixture
def twice(activity):
    """Give an activity of two sessions, and one that was cancelled."""
    days = (from_paris(date(2026, 10, day), time(14)) for day in (3, 4, 5))
    twice = make_activity(*days, organisation=activity.organisation, for_schools=True)
    for slot in twice.slots:
        slot.capacity = None
    twice.slots[2].state = SlotState.CANCELLED
    return twice


def test_sessions_are_told_one_by_one_and_the_page_says_that_totals_are_their_sums(client, twice):
    path = f"/bilan/{link_of(twice)}"
    first, second, cancelled = (slot.id for slot in twice.slots)
    html = client.get(path).get_data(as_text=True)
    assert "le total de sa colonne est la somme des séances" in html
    assert f'name="session_{second}_pupils"' in html
    assert f'name="session_{cancelled}_pupils"' not in html
    told = {
        f"session_{first}_public": "1 200",
        f"session_{second}_public": "30",
        f"session_{second}_pupils": "0",
        f"session_{cancelled}_public": "999",
        "session_999999_public": "999",
        "public": "5",
        "adults": "0",
        "pupils": "",
    }
    assert client.post(path, data=FILLED | told | FILE).status_code == 302
    report = kept_report(twice)
    assert (report.public, report.pupils, report.adults) == (1_230, 0, 0)
    assert [(each.slot_id, each.public, each.pupils) for each in report.sessions] == [
        (first, 1_200, None),
        (second, 30, 0),
    ]
    assert 'value="1200"' in client.get(path).get_data(as_text=True)


def test_a_session_that_cannot_be_read_is_told_beside_it_and_stays_as_typed(client, twice):
    path = f"/bilan/{link_of(twice)}"
    name = f"session_{twice.slots[0].id}_public"
    html = client.post(path, data=FILLED | {name: "environ 300"} | FILE).get_data(as_text=True)
    assert 'value="environ 300"' in html
    assert f'id="{name}-error"' in html
    assert "14 h, grand public" in html.replace("\u00a0", " ")
    assert find_report(twice) is None


def test_an_activity_of_one_session_is_not_asked_session_by_session(client, path):
    assert "Séance par séance" not in text_of(client.get(path))


def told_in(html):
    """Return the figures of the public that a page fills in: altogether, and session by session."""
    return re.findall(r'name="(public|session_\d+_public)"[^>]*value="([^"]*)"', html)


def call_off(slot):
    slot.state = SlotState.CANCELLED


def remove(slot):
    database.session.delete(slot)


@pytest.mark.parametrize("undo", [call_off, remove])
def test_what_a_session_told_before_it_was_called_off_or_removed_stays_in_the_total(
    client, twice, undo
):
    first, _second, cancelled = twice.slots
    cancelled.state = SlotState.SCHEDULED
    path = f"/bilan/{link_of(twice)}"
    told_apart = {"pupils": "0", "adults": "0"}
    told = {f"session_{first.id}_public": "20", f"session_{cancelled.id}_public": "30"}
    client.post(path, data=FILLED | told_apart | told | SAVE)
    assert kept_report(twice).public == 50
    undo(cancelled)
    database.session.commit()
    database.session.expire_all()
    shown = dict(told_in(client.get(path).get_data(as_text=True)))
    assert shown.get("public") == "50"
    sent = FILLED | told_apart | shown | {"version": "1"} | FILE
    assert client.post(path, data=sent).status_code == 302
    assert kept_report(twice).public == 50


def test_what_was_counted_at_a_session_called_off_afterwards_stays_in_the_total(client, twice):
    first, _second, cancelled = twice.slots
    touches = [
        Touch(key=str(uuid4()), visitor=Visitor.PUBLIC, amount=amount, slot_id=slot.id)
        for slot, amount in ((first, 20), (cancelled, 30))
    ]
    keep_touches(twice, touches, at=now())
    database.session.commit()
    path = f"/bilan/{link_of(twice)}"
    shown = dict(told_in(client.get(path).get_data(as_text=True)))
    assert shown.get("public") == "50"
    sent = FILLED | {"pupils": "0", "adults": "0"} | shown | FILE
    assert client.post(path, data=sent).status_code == 302
    assert kept_report(twice).public == 50


def test_a_report_told_twice_is_filed_once_whatever_the_order_of_its_sessions(client, twice):
    first, second, _cancelled = twice.slots
    first.starts_at, second.starts_at = second.starts_at, first.starts_at
    first.ends_at, second.ends_at = second.ends_at, first.ends_at
    database.session.commit()
    database.session.expire_all()
    path = f"/bilan/{link_of(twice)}"
    told = FILLED | {
        f"session_{first.id}_public": "20",
        f"session_{second.id}_public": "30",
    }
    for _each in range(2):
        assert client.post(path, data=told | FILE).status_code == 302
    assert kept_report(twice).version == 1


@pytest.mark.parametrize("number", [2, 40])
def test_sessions_are_kept_and_filed_in_as_many_questions_whatever_their_number(
    client, activity, queries, number
):
    days = [
        from_paris(date(2026, 10, 3), time(8)) + timedelta(minutes=10 * each)
        for each in range(number)
    ]
    many = make_activity(*days, organisation=activity.organisation, for_schools=True)
    database.session.commit()
    path = f"/bilan/{link_of(many)}"
    told = FILLED | {f"session_{slot.id}_public": "1" for slot in many.slots}
    with queries() as typing:
        assert client.post(f"{path}/saisie", data=told).status_code == 200
    with queries() as filing:
        client.post(path, data=told | FILE | {"version": "1"})
    assert kept_report(many).public == number
    assert (len(typing), len(filing)) == (18, 20), (typing, filing)
