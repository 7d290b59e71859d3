"""The reports that a coordinator follows."""

import re
from datetime import date, time
from html import unescape

import pytest

from fete.core.clock import from_paris
from fete.programme.models import EditionState
from fete.reports.workflow import ReportStatus, Standing
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, term
from tests.factories.reports import kept_report, make_report

INDEX = "/coordination/bilans"
ALBI = "81004"


def filed(title="Le ciel", *, commune="32013", status=ReportStatus.FILED, **values):
    activity = make_activity(
        from_paris(date(2026, 10, 3), time(10)),
        title=title,
        commune=commune,
        for_schools=True,
        organisation=make_organisation(make_user()),
    )
    activity.slots[0].capacity = None
    if status is not None:
        make_report(activity, status=status, **values)
    return activity


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


@pytest.fixture
def camille(db):
    return make_coordinator("32", name="Camille")


@pytest.fixture
def client(camille, sign_in, after):
    return sign_in(camille)


def test_the_list_shows_the_territory_only_with_its_coverage(client):
    filed("À Auch", public=7)
    filed("Manquante", status=None)
    filed("À Albi", commune=ALBI)
    text = text_of(client.get(INDEX))
    assert "À Auch" in text
    assert "35 visiteurs" in text
    assert "À Albi" not in text
    assert "Manquante" not in text
    assert "Bilans validés : 0 sur 2 attendus (0 %) ; reçus : 1." in text
    assert "Manquante" in text_of(client.get(f"{INDEX}?etat=manquants"))
    assert "À Albi" not in text_of(client.get(f"{INDEX}?etat=tous&departement=81"))


def test_a_regional_coordinator_sees_all_and_chooses(sign_in, after, db):
    filed("À Auch")
    filed("À Albi", commune=ALBI, status=ReportStatus.VALIDATED)
    denis = sign_in(make_coordinator())
    text = text_of(denis.get(f"{INDEX}?etat=tous"))
    assert "À Auch" in text
    assert "À Albi" in text
    assert "Bilans validés : 1 sur 2 attendus (50 %) ; reçus : 2." in text
    text = text_of(denis.get(f"{INDEX}?etat=tous&departement=81"))
    assert "À Auch" not in text
    assert "Bilans validés : 1 sur 1 attendus (100 %) ; reçus : 1." in text


@pytest.mark.parametrize("query", ["?etat=rien", "?etat=", "?edition=1850", "?edition=x"])
def test_what_is_not_there_is_not_taken_for_something_else(client, query):
    filed("À Auch")
    response = client.get(INDEX + query)
    assert response.status_code == 404
    assert "Page introuvable" in text_of(response)


@pytest.mark.parametrize("query", ["?page=999", "?departement=zz"])
def test_an_odd_address_shows_a_list(client, query):
    filed("À Auch")
    assert "À Auch" in text_of(client.get(INDEX + query))


def test_without_any_edition_the_page_says_so(client):
    assert "Aucune édition n’est ouverte." in text_of(client.get(INDEX))


def test_an_edition_in_preparation_is_not_offered(client):
    make_edition(2027, state=EditionState.PREPARED)
    make_edition(2026)
    response = client.get(f"{INDEX}?edition=2027")
    assert response.status_code == 404
    assert "Bilans 2026" in text_of(client.get(INDEX))
    assert "2027" not in text_of(client.get(INDEX))


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_list_asks_the_same_number_of_questions_whatever_its_length(client, queries, number):
    for _each in range(number):
        filed()
    client.get(INDEX)
    with queries() as asked:
        response = client.get(INDEX)
    assert response.status_code == 200
    assert len(asked) == 20, asked


def test_those_without_doubt_are_validated_together(client):
    sound, doubtful = filed("Sans souci"), filed("Douteux", adults=0)
    page = client.get(INDEX)
    assert f'value="{sound.id}:1"' in page.get_data(as_text=True)
    assert f'value="{doubtful.id}:1"' not in page.get_data(as_text=True)
    assert "25 élèves sont venus sans accompagnateur" in text_of(page)
    marks = {"report": [f"{sound.id}:1", f"{doubtful.id}:1", "x:y", "99999999999:1"]}
    response = client.send(
        f"{INDEX}/valider?edition=2026&etat=a-valider", marks, token_from=INDEX, follow=True
    )
    text = text_of(response)
    assert "1 bilan est validé." in text
    assert "1 bilan est laissé de côté : un doute y reste ouvert. Lire ces doutes" in text
    assert "/coordination/bilans/doutes?edition=2026" in response.get_data(as_text=True)
    assert kept_report(sound).status is ReportStatus.VALIDATED
    assert kept_report(doubtful).status is ReportStatus.FILED


def test_all_that_raise_no_doubt_are_validated_at_once_and_the_others_are_named(client):
    sound, doubtful, changed = filed("A"), filed("B", adults=0), filed("C", version=3)
    text = text_of(client.get(INDEX))
    assert "2 bilans ne soulèvent aucun doute : à valider d’un coup." in text
    assert "1 bilan à relire : un doute y reste ouvert." in text
    html = client.get(INDEX).get_data(as_text=True)
    every = f"{sound.id}:1 {doubtful.id}:1 {changed.id}:3"
    assert f'value="{every}"' in html
    stale = f"{sound.id}:1 {doubtful.id}:1 {changed.id}:2"
    response = client.send(f"{INDEX}/valider", {"every": stale}, token_from=INDEX, follow=True)
    text = text_of(response)
    assert "1 bilan est validé." in text
    assert "1 bilan est laissé de côté : un doute y reste ouvert. Lire ces doutes" in text
    assert "1 bilan est laissé de côté : il vient de changer." in text
    assert [kept_report(each).status for each in (sound, doubtful, changed)] == [
        ReportStatus.VALIDATED,
        ReportStatus.FILED,
        ReportStatus.FILED,
    ]


@pytest.mark.parametrize("every", ["", "x", "1", "1:1:1", "-1:1", "9" * 1000, "1:1 " * 6000])
def test_what_is_no_mark_validates_nothing(client, every):
    elsewhere = filed(commune=ALBI)
    response = client.send(f"{INDEX}/valider", {"every": every}, token_from=INDEX)
    assert response.status_code == 302
    assert kept_report(elsewhere).status is ReportStatus.FILED


def test_a_doubt_is_explained_and_closed_as_long_as_its_figures_stand(db, client):
    activity = filed(adults=0)
    path = f"{INDEX}/{activity.id}"
    sent = {"key": "pupils_without_adults:25", "explanation": "Vu avec la directrice."}
    assert client.get(f"{path}/expliquer").location == path
    response = client.send(f"{path}/expliquer", sent, token_from=path, follow=True)
    text = text_of(response)
    assert "Tous les doutes sont expliqués" in text
    assert "25 élèves sont venus sans accompagnateur" in text
    assert "Expliqué : Vu avec la directrice. Camille, le" in text
    assert "Camille a expliqué un doute." in text
    assert "1 bilan ne soulève aucun doute" in text_of(client.get(INDEX))
    kept_report(activity).pupils = 26
    db.session.commit()
    text = text_of(client.get(path))
    assert "26 élèves sont venus sans accompagnateur" in text
    assert "Vu avec la directrice." not in text.split("Historique")[0]


def test_an_explanation_needs_words_and_what_was_typed_stays(client):
    activity = filed(adults=0)
    path = f"{INDEX}/{activity.id}"
    empty = client.send(f"{path}/expliquer", {"key": "pupils_without_adults:25"}, token_from=path)
    assert "Dites en quelques mots pourquoi." in text_of(empty)
    long = {"key": "pupils_without_adults:25", "explanation": "x" * 1000}
    refused = client.send(f"{path}/expliquer", long, token_from=path)
    assert "Au plus 500 signes." in text_of(refused)
    assert "x" * 1000 in refused.get_data(as_text=True)
    gone = {"key": "pupils_without_adults:24", "explanation": "Vu."}
    changed = client.send(f"{path}/expliquer", gone, token_from=path)
    assert "Ce doute a changé depuis que vous l’avez lu" in text_of(changed)


def test_the_answer_of_the_structure_is_accepted_with_one_click(client):
    activity = filed(adults=0, explanation="Le professeur animait.")
    path = f"{INDEX}/{activity.id}"
    assert "La structure a répondu : « Le professeur animait. »" in text_of(client.get(path))
    sent = {"key": "pupils_without_adults:25", "accepter": "oui"}
    text = text_of(client.send(f"{path}/expliquer", sent, token_from=path, follow=True))
    assert "Expliqué : Réponse acceptée : Le professeur animait." in text


def test_the_structure_was_not_asked_what_only_others_reports_raise(client):
    activity = filed(public=1000, pupils=0, adults=0, is_confirmed=True)
    text = text_of(client.get(f"{INDEX}/{activity.id}"))
    assert "1 000 visiteurs en nombres ronds" in text
    assert "La structure a répondu" not in text


def test_a_stand_whose_visitors_the_gate_counts_says_so_without_a_doubt(client):
    village, stand = filed("Le village", public=5_001), filed("Le stand")
    village.kind = term("kind", "science_village")
    stand.parent, stand.venue = village, village.venue
    text = text_of(client.get(f"{INDEX}/{stand.id}"))
    assert (
        "« Le village » a compté ses entrées : les visiteurs de ce bilan ne s’y ajoutent pas."
        in text
    )
    assert "à relire" not in text


def test_a_report_is_sent_back_with_the_very_question_of_a_doubt(client):
    activity = filed(adults=0)
    html = client.get(f"{INDEX}/{activity.id}?doute=pupils_without_adults:25").get_data(
        as_text=True
    )
    assert "y avait-il des adultes avec eux\u00a0?</textarea>" in unescape(html)
    other = client.get(f"{INDEX}/{activity.id}?doute=x").get_data(as_text=True)
    assert "avec eux\u00a0?</textarea>" not in unescape(other)


def test_nothing_ticked_says_so_and_another_territory_stays_as_it_is(client):
    elsewhere = filed(commune=ALBI)
    filed()
    empty = client.send(f"{INDEX}/valider", {}, token_from=INDEX, follow=True)
    assert "Cochez au moins un bilan." in text_of(empty)
    client.send(f"{INDEX}/valider", {"report": f"{elsewhere.id}:1"}, token_from=INDEX)
    assert kept_report(elsewhere).status is ReportStatus.FILED


def test_a_closed_edition_offers_nothing_to_tick(db, client):
    activity = filed()
    activity.edition.state = EditionState.CLOSED
    db.session.commit()
    html = client.get(INDEX).get_data(as_text=True)
    assert activity.title in html
    assert 'type="checkbox"' not in html
    page = client.get(f"{INDEX}/{activity.id}")
    assert "plus rien ne change" in text_of(page)
    assert "/valider" not in page.get_data(as_text=True)


def test_a_report_is_read_with_its_doubt_and_its_answer_then_validated(client):
    activity = filed(adults=0, explanation="Le professeur animait.")
    path = f"{INDEX}/{activity.id}"
    text = text_of(client.get(path))
    assert "25 élèves sont venus sans accompagnateur" in text
    assert "Le professeur animait." in text
    assert "(grand public 40, élèves 25, accompagnateurs 0)" in text
    response = client.send(f"{path}/valider", {"version": "1"}, token_from=path, follow=True)
    assert "Le bilan est validé" in text_of(response)
    assert kept_report(activity).status is ReportStatus.VALIDATED
    assert "Camille a validé le bilan." in text_of(response)


def test_a_report_is_sent_back_with_a_question(client, letters):
    activity = filed()
    path = f"{INDEX}/{activity.id}"
    empty = client.send(f"{path}/renvoyer", {"version": "1"}, token_from=path)
    assert empty.status_code == 200
    assert "Écrivez votre question." in text_of(empty)
    assert letters() == []
    sent = {"version": "1", "question": "Combien de classes ?"}
    client.send(f"{path}/renvoyer", sent, token_from=path)
    assert kept_report(activity).standing is Standing.SENT_BACK
    assert [letter.kind for letter in letters()] == ["reports/sent_back"]


def test_a_structure_without_anybody_on_the_site_is_told_of_to_the_coordination(client, letters):
    activity = filed()
    activity.organisation.memberships.clear()
    path = f"{INDEX}/{activity.id}"
    sent = {"version": "1", "question": "Combien de classes ?"}
    page = client.send(f"{path}/renvoyer", sent, token_from=path, follow=True)
    assert "mais la structure n’a personne sur le site" in text_of(page)
    assert "flash-success" not in page.text
    assert letters() == []


@pytest.mark.parametrize("status", [ReportStatus.DRAFT, ReportStatus.WAIVED])
def test_what_has_not_come_in_offers_no_doubt_to_explain(client, status):
    activity = filed(adults=0, status=status, waiver="Dissoute")
    html = client.get(f"{INDEX}/{activity.id}").get_data(as_text=True)
    assert "/expliquer" not in html


def test_a_report_that_will_not_come_is_waived_with_a_reason(client):
    activity = filed(status=None)
    path = f"{INDEX}/{activity.id}"
    assert "n’a pas encore commencé ce bilan" in text_of(client.get(path))
    empty = client.send(f"{path}/dispenser", {"version": "0"}, token_from=path)
    assert "Dites pourquoi vous n’attendez plus ce bilan." in text_of(empty)
    client.send(f"{path}/dispenser", {"version": "0", "reason": "Dissoute"}, token_from=path)
    assert kept_report(activity).waiver == "Dissoute"
    assert "Dissoute" in text_of(client.get(path))


def test_a_report_that_changed_since_is_shown_anew(client):
    activity = filed(version=3)
    path = f"{INDEX}/{activity.id}"
    response = client.send(f"{path}/valider", {"version": "2"}, token_from=path)
    assert "a changé depuis" in text_of(response)
    assert 'value="3"' in response.get_data(as_text=True)
    assert kept_report(activity).status is ReportStatus.FILED


@pytest.mark.parametrize("word", ["valider", "renvoyer", "dispenser", "expliquer"])
def test_the_address_of_a_step_leads_back_to_the_report(client, word):
    path = f"{INDEX}/{filed().id}"
    assert client.get(f"{path}/{word}").location == path


@pytest.mark.parametrize("word", ["", "/valider", "/renvoyer", "/dispenser", "/expliquer"])
def test_another_territory_is_not_there(client, word):
    activity = filed(commune=ALBI)
    path = f"{INDEX}/{activity.id}{word}"
    assert client.get(path).status_code == 404
    if word:
        sent = {"version": "1", "question": "?", "reason": "?"}
        assert client.send(path, sent).status_code == 404
    assert kept_report(activity).version == 1


def test_members_and_visitors_do_not_follow_up(sign_in, app, after):
    activity = filed()
    member = sign_in(activity.organisation.memberships[0].person)
    assert member.get(INDEX).status_code == 403
    assert member.get(f"{INDEX}/{activity.id}").status_code == 404
    assert app.test_client().get(INDEX).status_code == 302
