"""The page of one report, and the list of those that a person owes."""

import re
from datetime import date, time
from html import unescape

import pytest

from fete.accounts.services import keep_sketch
from fete.core.clock import from_paris, now
from fete.programme.models import EditionState
from fete.programme.workflow import Status
from fete.reports.arithmetic import Counts, Method, Outcome
from fete.reports.queries.reporting import find_report
from fete.reports.services.reporting import send_back
from fete.reports.workflow import ReportStatus, Source
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import kept_report, make_report

FILLED = {
    "version": "0",
    "outcome": "held",
    "public": "1 030",
    "pupils": "20",
    "adults": "2",
    "method": "ticketed",
    "researchers": "2",
    "mediators": "1",
    "volunteers": "0",
    "remarks": "Salle trop petite.",
}
FILE = {"deposer": "oui"}
SAVE = {"enregistrer": "oui"}


def on(day, hour=10):
    return from_paris(date(2026, 10, day), time(hour))


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


def hidden_value(name, html):
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', html)
    assert found
    return found[1]


@pytest.fixture
def ada(db):
    return make_user(name="Ada")


@pytest.fixture
def activity(ada):
    activity = make_activity(
        on(3), organisation=make_organisation(ada), title="Le ciel de Gascogne", for_schools=True
    )
    activity.slots[0].capacity = None
    return activity


@pytest.fixture
def path(activity):
    return f"/mes-bilans/{activity.id}"


@pytest.fixture
def member(ada, activity, sign_in, after):
    return sign_in(ada)


def send(client, path, data):
    return client.send(path, data, token_from=path)


def test_the_list_shows_what_is_owed_its_deadline_and_nothing_of_others(member, activity, ada):
    make_activity(on(3), title="Activité d’autrui")
    make_report(
        make_activity(on(9), title="Déjà déposé", organisation=activity.organisation),
        status=ReportStatus.FILED,
    )
    make_report(
        make_activity(on(10), title="À revoir", organisation=activity.organisation),
        status=ReportStatus.DRAFT,
        question="Combien de classes ?",
    )
    text = text_of(member.get("/mes-bilans"))
    assert "2 bilans sont attendus de vous." in text
    assert "au plus tard le mardi 15 décembre 2026" in text
    assert "Activité d’autrui" not in text
    shown = ["Le ciel de Gascogne", "À remplir", "Déjà déposé", "Déposé", "À revoir", "À corriger"]
    places = [text.index(each) for each in shown]
    assert places == sorted(places)
    assert "Combien de classes ?" in text


def test_the_list_of_somebody_who_owes_nothing_says_so(sign_in, db):
    assert "Aucun bilan à remplir." in text_of(sign_in(make_user()).get("/mes-bilans"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_questions_whatever_its_length(
    ada, sign_in, queries, after, number
):
    for _each in range(number):
        make_activity(on(3), organisation=make_organisation(ada))
    client = sign_in(ada)
    client.get("/mes-bilans")
    with queries() as asked:
        response = client.get("/mes-bilans")
    assert response.status_code == 200
    assert len(asked) == 7, asked


def test_the_page_shows_the_form_and_the_running_total(member, activity, path):
    make_report(activity, status=ReportStatus.DRAFT, public=1_030, pupils=20, adults=2)
    page = member.get(path)
    assert page.status_code == 200
    html = page.get_data(as_text=True)
    assert re.search(r"<output[^>]*>1\u202f052</output>", html)
    assert "Visiteurs = grand public + élèves + accompagnateurs" in text_of(page)
    assert 'name="public" type="text" value="1030"' in html or 'value="1030"' in html


def test_a_draft_is_kept_whatever_lacks(member, activity, path):
    response = send(member, path, {"version": "0", "public": "12", **SAVE})
    assert (response.status_code, response.location) == (302, path)
    report = kept_report(activity)
    assert (report.status, report.counts) == (ReportStatus.DRAFT, Counts(public=12))


def test_a_complete_report_is_filed_with_its_thousands_read(member, activity, path, ada):
    response = send(member, path, FILLED | FILE)
    assert (response.status_code, response.location) == (302, "/mes-bilans")
    report = kept_report(activity)
    assert report.status is ReportStatus.FILED
    assert report.counts == Counts(
        outcome=Outcome.HELD,
        public=1_030,
        pupils=20,
        adults=2,
        researchers=2,
        mediators=1,
        volunteers=0,
    )
    assert (report.method, report.remarks) == (Method.TICKETED, "Salle trop petite.")
    assert report.filed_by_id == ada.id


def test_what_lacks_is_told_beside_its_field_and_nothing_typed_is_lost(member, activity, path):
    response = send(member, path, {"version": "0", "outcome": "held", "public": "12", **FILE})
    html = response.get_data(as_text=True)
    assert response.status_code == 200
    assert "<title>Erreur" in html
    for field in ("pupils", "adults", "researchers", "mediators", "volunteers"):
        assert f'id="{field}-error"' in html
        assert f'href="#{field}"' in html
    assert "online-error" not in html
    assert "Dites comment vous avez compté." in html
    assert 'value="12"' in html
    assert find_report(activity) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("environ 300", "Écrivez 300, et cochez « Estimés à vue d’œil »."),
        ("300 à 400", "Écrivez un seul nombre"),
        ("-3", "Écrivez un nombre entier"),
        ("12,5", "Écrivez un nombre entier"),
        ("10000000000", "Ce nombre est trop grand."),
        ("=1+1", "Écrivez un nombre entier"),
        ("<b>1</b>", "Écrivez un nombre entier"),
        ("1e3", "Écrivez un nombre entier"),
    ],
)
@pytest.mark.parametrize("button", [SAVE, FILE])
def test_what_is_no_number_is_told_and_kept_on_the_page(
    member, activity, path, typed, words, button
):
    response = send(member, path, FILLED | {"public": typed, **button})
    html = response.get_data(as_text=True)
    assert words in html
    assert typed in unescape(html)
    assert "<b>1</b>" not in html
    assert find_report(activity) is None


def test_nobody_is_an_answer_in_words_too(member, activity, path):
    send(member, path, FILLED | {"pupils": "zéro", "adults": "aucun"} | FILE)
    report = kept_report(activity)
    assert (report.status, report.pupils, report.adults) == (ReportStatus.FILED, 0, 0)


def test_doubtful_figures_are_asked_about_then_taken_with_their_answer(member, activity, path):
    doubtful = FILLED | {"adults": "0", **FILE}
    asked = send(member, path, doubtful)
    html = asked.get_data(as_text=True)
    assert "20 élèves sont venus sans accompagnateur" in html
    assert find_report(activity) is None
    key = hidden_value("asked", html)
    assert key == "pupils_without_adults:20"

    unanswered = send(member, path, doubtful | {"asked": key})
    assert "20 élèves sont venus sans accompagnateur" in unanswered.get_data(as_text=True)
    other = send(member, path, doubtful | {"pupils": "21", "asked": key, "is_confirmed": "y"})
    html = other.get_data(as_text=True)
    assert "21 élèves sont venus sans accompagnateur" in html
    assert 'name="is_confirmed" type="checkbox" value="y"' in html
    assert "checked" not in html.split('id="is_confirmed"')[1].split(">")[0]
    assert find_report(activity) is None

    sent = send(member, path, doubtful | {"asked": key, "is_confirmed": "y"})
    assert sent.status_code == 302
    report = kept_report(activity)
    assert (report.status, report.is_confirmed) == (ReportStatus.FILED, True)


def test_the_figures_may_be_corrected_instead(member, activity, path):
    asked = "pupils_without_adults:20"
    response = send(member, path, FILLED | {"asked": asked, **FILE})
    assert response.status_code == 302
    assert kept_report(activity).adults == 2


def test_a_cancelled_activity_needs_no_figures(member, activity, path):
    assert send(member, path, {"outcome": "cancelled", **FILE}).status_code == 302
    assert kept_report(activity).outcome is Outcome.CANCELLED


@pytest.mark.parametrize("outcome", ["", "perhaps"])
def test_what_became_of_it_must_be_one_of_the_three(member, activity, path, outcome):
    response = send(member, path, FILLED | {"outcome": outcome, **FILE})
    assert response.status_code == 200
    assert find_report(activity) is None


def test_sent_twice_it_is_filed_once(member, activity, path):
    token = member.token(path)
    for _each in range(2):
        response = member.post(path, data=FILLED | FILE | {"csrf_token": token})
        assert (response.status_code, response.location) == (302, "/mes-bilans")
    assert kept_report(activity).version == 1


def test_the_second_of_two_people_is_told_and_loses_nothing(member, activity, path):
    send(member, path, FILLED | SAVE | {"public": "1 000"})
    response = send(member, path, FILLED | FILE | {"public": "1 040"})
    html = response.get_data(as_text=True)
    assert response.status_code == 200
    assert "Quelqu’un d’autre a changé ce bilan" in html
    assert 'value="1 040"' in html
    assert "1\u202f000" in html
    version = hidden_value("version", html)
    assert kept_report(activity).public == 1_000
    send(member, path, FILLED | FILE | {"public": "1 040", "version": version})
    report = kept_report(activity)
    assert (report.public, report.status) == (1_040, ReportStatus.FILED)


def test_the_second_of_two_people_may_leave_what_the_first_wrote(member, activity, path, ada):
    send(member, path, FILLED | SAVE | {"public": "1 000"})
    typed = FILLED | {"public": "1 040"}
    page = text_of(send(member, path, typed | SAVE))
    for button in (
        "Déposer ma version à la place",
        "Enregistrer ma version à la place",
        "Garder ce qui est enregistré",
    ):
        assert button in page
    assert "Garder ce qui est enregistré" not in text_of(member.get(path))
    keep_sketch(ada, path, {"public": ["1 040"]}, at=now())
    left = send(member, path, typed | {"garder": "oui"})
    assert (left.status_code, left.location) == (302, path)
    assert 'value="1000"' in member.get(path).get_data(as_text=True)
    assert kept_report(activity).public == 1_000


def test_before_the_last_slot_has_ended_the_page_says_when_it_will_open(
    ada, activity, path, sign_in
):
    client = sign_in(ada)
    for response in (client.get(path), client.send(path, FILLED | FILE)):
        assert response.status_code == 403
        assert "samedi 3 octobre 2026 à 12 h" in text_of(response)
    assert find_report(activity) is None


def test_after_the_edition_is_closed_it_can_only_be_read(db, member, activity, path):
    make_report(activity, status=ReportStatus.FILED, remarks="Une belle journée.")
    activity.edition.state = EditionState.CLOSED
    db.session.commit()
    page = member.get(path)
    assert page.status_code == 200
    assert "Une belle journée." in text_of(page)
    assert "<textarea" not in page.get_data(as_text=True)
    refused = member.send(path, FILLED | FILE | {"version": "1"})
    assert refused.status_code == 403
    assert kept_report(activity).public == 40


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (ReportStatus.VALIDATED, "La coordination a validé ce bilan"),
        (ReportStatus.WAIVED, "La coordination n’attend pas ce bilan : « Site fermé »"),
    ],
)
def test_what_is_settled_can_only_be_read(member, activity, path, status, words):
    make_report(activity, status=status, waiver="Site fermé")
    assert words in text_of(member.get(path))
    assert member.send(path, FILLED | FILE | {"version": "1"}).status_code == 403
    assert kept_report(activity).public == 40


def test_a_report_sent_back_shows_the_question(member, activity, path):
    make_report(activity, status=ReportStatus.DRAFT, question="Combien de classes ?")
    text = text_of(member.get(path))
    assert "La coordination vous demande : Combien de classes ?" in text


def test_a_question_is_answered_under_it_and_what_is_the_same_is_not_filed(member, activity, path):
    send(member, path, FILLED | FILE)
    camille = make_coordinator("32")
    send_back(activity, "Combien d’adultes ?", version=1, by=camille, at=now())
    page = text_of(member.get(path))
    assert page.index("Combien d’adultes ?") < page.index("Votre réponse")
    assert "Votre explication" not in page
    refused = send(member, path, FILLED | FILE | {"version": "2"})
    assert "Votre réponse : Répondez à la question de la coordination" in text_of(refused)
    assert kept_report(activity).status is ReportStatus.DRAFT
    answer = {"version": "2", "explanation": "Deux, c’est exact."}
    send(member, path, FILLED | FILE | answer)
    report = kept_report(activity)
    assert (report.status, report.explanation) == (ReportStatus.FILED, "Deux, c’est exact.")


def test_the_coordination_fills_in_on_behalf_of_the_structure(sign_in, activity, path, after):
    camille = make_coordinator("32")
    client = sign_in(camille)
    assert "à la place de la structure" in text_of(client.get(path))
    silent = send(client, path, FILLED | FILE)
    assert "Dites comment vous avez appris ces chiffres." in text_of(silent)
    assert find_report(activity) is None
    response = send(client, path, FILLED | FILE | {"learned": "phone"})
    assert response.location == f"/coordination/bilans/{activity.id}"
    report = kept_report(activity)
    assert (report.filed_by_id, report.source) == (camille.id, Source.COORDINATION)
    assert [each.detail for each in history_of(report)] == [
        "Saisi par la coordination, d’après un appel."
    ]


def test_who_was_there_is_not_asked_how_they_learned_it(member, path):
    assert "Comment avez-vous appris" not in text_of(member.get(path))


def test_what_one_may_not_touch_is_not_there(sign_in, client, activity, path, after):
    for person in (make_user(), make_organisation(make_user()).memberships[0].person):
        assert sign_in(person).get(path).status_code == 404
        assert sign_in(person).send(path, FILLED | FILE).status_code == 404
    assert sign_in(make_coordinator("81")).get(path).status_code == 404
    assert client.get(path).status_code == 302
    assert client.get("/mes-bilans").status_code == 302
    assert find_report(activity) is None


def test_what_is_not_published_has_no_report(member, activity):
    labelled = make_activity(on(3), organisation=activity.organisation, status=Status.LABELLED)
    assert member.get(f"/mes-bilans/{labelled.id}").status_code == 404


def test_a_village_may_leave_its_gate_empty(member, activity):
    village = make_activity(
        on(3), organisation=activity.organisation, kind="science_village", edition=make_edition()
    )
    path = f"/mes-bilans/{village.id}"
    assert "Comptez les entrées de tout l’événement" in text_of(member.get(path))
    assert send(member, path, {"version": "0", "outcome": "held", **FILE}).status_code == 302
    assert kept_report(village).counts == Counts(outcome=Outcome.HELD)
