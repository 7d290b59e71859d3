"""Many reports in one table, for a structure and in its place."""

import re
from datetime import date, time
from html import unescape
from typing import Any

import pytest

from fete.core.clock import from_paris, now
from fete.programme.models import EditionState, Mode
from fete.programme.workflow import Status
from fete.reports.arithmetic import Counts, Method, Outcome
from fete.reports.queries.reporting import find_report
from fete.reports.rules import Told
from fete.reports.rules.grid import Typed
from fete.reports.services.reporting import save
from fete.reports.workflow import ReportStatus, Source
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import kept_report, make_report

OWN = "/mes-bilans/grille?edition=2026"
FILE = {"deposer": "oui"}
SAVE = {"enregistrer": "oui"}
COMPLETE = {
    "outcome": "held",
    "public": "1 030",
    "pupils": "0",
    "adults": "0",
    "method": "ticketed",
    "researchers": "2",
    "mediators": "1",
    "volunteers": "0",
    "others": "",
}
COUNTS = Counts(
    outcome=Outcome.HELD,
    public=1030,
    pupils=0,
    adults=0,
    researchers=2,
    mediators=1,
    volunteers=0,
)


def on(day, hour=10):
    return from_paris(date(2026, 10, day), time(hour))


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


def row(activity, version=0, **typed):
    prefix = f"l{activity.id}-"
    told = {"version": str(version), "shown": Typed().figures} | typed
    return {"ligne": [str(activity.id)]} | {prefix + name: value for name, value in told.items()}


def together(*rows):
    sent: dict[str, Any] = {}
    for each in rows:
        sent |= each | {"ligne": [*sent.get("ligne", []), *each["ligne"]]}
    return sent


@pytest.fixture
def structure(db):
    return make_organisation(make_user(name="Ada"))


@pytest.fixture
def held(structure):
    def make(title, *starts, **values):
        activity = make_activity(
            *(starts or (on(3),)), title=title, organisation=structure, for_schools=True, **values
        )
        for slot in activity.slots:
            slot.capacity = None
        return activity

    return make


@pytest.fixture
def member(structure, sign_in, after):
    return sign_in(structure.memberships[0].person)


def send(client, sent, path=OWN, **more):
    return client.send(path, sent, token_from="/mes-bilans", **more)


def test_the_table_holds_what_is_still_to_be_sent_the_oldest_first(member, held, structure):
    held("Tard", on(9))
    held("Tôt", on(3))
    make_report(held("Commencée", on(5)), status=ReportStatus.DRAFT, public=77)
    for status in (ReportStatus.FILED, ReportStatus.VALIDATED, ReportStatus.WAIVED):
        make_report(held(f"Finie {status}"), status=status)
    held("Pas publiée", status=Status.LABELLED)
    held("À venir", from_paris(date(2026, 12, 1), time(10)))
    held("En 2025", from_paris(date(2025, 10, 1), time(10)), edition=make_edition(2025))
    make_activity(on(3), title="D’une autre")
    page = member.get(OWN)
    titles = re.findall(r'<a id="title-\d+"[^>]*>([^<]+)</a>', page.get_data(as_text=True))
    assert titles == ["Tôt", "Commencée", "Tard"]
    assert 'value="77"' in page.get_data(as_text=True)
    assert "3 bilans à remplir" in text_of(page)


def test_connections_are_asked_only_where_the_activity_is_online(member, held):
    here = held("Sur place")
    assert f"l{here.id}-online" not in member.get(OWN).get_data(as_text=True)
    away = held("En ligne", mode=Mode.BOTH)
    html = member.get(OWN).get_data(as_text=True)
    assert f'name="l{away.id}-online"' in html
    assert f"l{here.id}-online" not in html


def test_what_is_complete_is_filed_and_an_empty_row_is_left_alone(member, held):
    one, two, empty = held("Une"), held("Deux"), held("Vide")
    sent = together(row(one, **COMPLETE), row(two, outcome="cancelled"), row(empty, outcome=""))
    response = send(member, sent | FILE, follow=True)
    assert "2 bilans sont déposés." in text_of(response)
    assert [kept_report(each).status for each in (one, two)] == [ReportStatus.FILED] * 2
    assert (kept_report(one).counts, kept_report(one).method) == (COUNTS, Method.TICKETED)
    assert kept_report(one).source is Source.ACCOUNT
    assert find_report(empty) is None


def test_everything_typed_is_kept_as_drafts_once(member, held):
    one, untouched = held("Une"), held("Autre")
    make_report(
        untouched,
        status=ReportStatus.DRAFT,
        outcome=None,
        method=None,
        remarks="À finir",
        **dict.fromkeys(
            ("public", "adults", "online", "researchers", "mediators", "volunteers", "others")
        ),
    )
    sent = together(row(one, public="12"), row(untouched, 1, pupils="25")) | SAVE
    response = send(member, sent, follow=True)
    assert "1 bilan est enregistré en brouillon." in text_of(response)
    assert kept_report(one).counts == Counts(public=12)
    assert [each.act for each in history_of(kept_report(one))] == ["report.saved"]
    assert (kept_report(untouched).version, kept_report(untouched).remarks) == (1, "À finir")
    again = send(member, sent, follow=True)
    assert "Rien n’a changé." in text_of(again)
    assert kept_report(one).version == 1


def test_what_lacks_is_told_beside_its_field_and_kept_as_a_draft(member, held):
    complete, half = held("Complète"), held("À moitié")
    sent = together(row(complete, **COMPLETE), row(half, **(COMPLETE | {"adults": ""})))
    response = send(member, sent | FILE)
    text, html = text_of(response), response.get_data(as_text=True)
    assert response.status_code == 200
    assert "1 bilan est déposé." in text
    assert "1 bilan est enregistré en brouillon." in text
    assert f'href="#l{half.id}-adults"' in html
    assert f'id="l{half.id}-adults-error"' in html
    assert f"title-{complete.id}" not in html
    assert kept_report(half).status is ReportStatus.DRAFT
    assert kept_report(half).public == 1030
    # What stands now is what the next sending is decided on.
    done = send(member, row(half, 1, **COMPLETE) | FILE)
    assert done.status_code == 302
    assert kept_report(half).status is ReportStatus.FILED


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-3", "Écrivez un nombre entier"),
        ("environ 300", "Écrivez 300, et choisissez « À vue d’œil »."),
        ("12,5", "Écrivez un nombre entier"),
        ("10000000000", "est trop grand"),
        ("x" * 1000, "Écrivez un nombre entier"),
        ("=1+1", "Écrivez un nombre entier"),
    ],
)
def test_what_is_no_number_is_told_and_the_other_rows_are_kept(member, held, typed, said):
    good, bad = held("Bonne"), held("Mauvaise")
    sent = together(row(good, public="12"), row(bad, public=typed, pupils="4"))
    response = send(member, sent | SAVE)
    html = response.get_data(as_text=True)
    assert said in text_of(response)
    assert f'href="#l{bad.id}-public"' in html
    assert f'value="{typed}"' in unescape(html)
    assert kept_report(good).public == 12
    assert find_report(bad) is None


def test_doubtful_figures_are_kept_as_a_draft_and_lead_to_their_page(member, held):
    sound, doubtful = held("Sûre"), held("Douteuse")
    alone = COMPLETE | {"pupils": "25"}
    response = send(member, together(row(sound, **COMPLETE), row(doubtful, **alone)) | FILE)
    text = text_of(response)
    assert "1 bilan n’est pas déposé : un chiffre est à relire sur sa page." in text
    assert "25 élèves sont venus sans accompagnateur" in text
    assert f'href="/mes-bilans/{doubtful.id}"' in response.get_data(as_text=True)
    assert kept_report(sound).status is ReportStatus.FILED
    assert (kept_report(doubtful).status, kept_report(doubtful).pupils) == (ReportStatus.DRAFT, 25)


def test_a_row_that_somebody_else_changed_is_told_and_keeps_what_was_typed(member, held):
    mine, theirs = held("La mienne"), held("La leur")
    make_report(theirs, status=ReportStatus.DRAFT, version=2, public=55)
    response = send(member, together(row(mine, public="12"), row(theirs, 1, public="66")) | SAVE)
    text, html = text_of(response), response.get_data(as_text=True)
    assert "Quelqu’un d’autre l’a changée entre-temps." in text
    assert "Enregistré maintenant : grand public 55" in text
    assert f'name="l{theirs.id}-public" type="text" value="66"' in html
    assert kept_report(mine).public == 12
    assert kept_report(theirs).public == 55
    assert re.findall(rf'name="l{theirs.id}-version"[^>]*value="(\d+)"', html) == ["2"]
    send(member, row(theirs, 2, public="66") | SAVE)
    assert kept_report(theirs).public == 66


def test_a_row_that_only_somebody_else_filled_shows_what_they_wrote(member, held):
    activity = held("La leur")
    make_report(activity, status=ReportStatus.DRAFT, public=55)
    response = send(member, row(activity) | SAVE)
    assert "voici ce qui est enregistré maintenant" in text_of(response)
    assert f'name="l{activity.id}-public" type="text" value="55"' in response.get_data(as_text=True)
    assert kept_report(activity).public == 55


def test_a_row_seen_while_somebody_typed_by_the_link_is_no_conflict(member, held):
    activity = held("Par le lien")
    told = [Told(counts=Counts(public=public)) for public in (10, 20)]
    save(activity, told[0], version=0, by=None, at=now(), is_typing=True)
    html = member.get(OWN).get_data(as_text=True)
    (shown,) = re.findall(rf'name="l{activity.id}-shown"[^>]*value="([^"]*)"', html)
    seen = row(activity, 1, public="10", shown=shown)
    save(activity, told[1], version=1, by=None, at=now())
    page = send(member, seen | SAVE)
    assert "voici ce qui est enregistré maintenant" in text_of(page)
    assert f'name="l{activity.id}-public" type="text" value="20"' in page.get_data(as_text=True)
    touched = seen | {f"l{activity.id}-public": "12"}
    assert "Quelqu’un d’autre l’a changée entre-temps." in text_of(send(member, touched | SAVE))
    assert kept_report(activity).public == 20


def test_what_was_sent_back_is_not_handed_in_again_without_a_change(member, held):
    asked, other = held("Renvoyée"), held("Complète")
    told = {"public": 1030, "pupils": 0, "adults": 0, "volunteers": 0, "online": None}
    make_report(
        asked,
        status=ReportStatus.DRAFT,
        question="Tous ces visiteurs ?",
        method=Method.TICKETED,
        **told,
    )
    assert "Tous ces visiteurs ?" in text_of(member.get(OWN))
    same = row(asked, 1, **(COMPLETE | {"others": "0"}))
    send(member, together(same, row(other, **COMPLETE)) | FILE)
    assert kept_report(other).status is ReportStatus.FILED
    assert (kept_report(asked).status, kept_report(asked).version) == (ReportStatus.DRAFT, 1)
    send(member, row(asked, 1, **(COMPLETE | {"others": "0", "public": "103"})) | FILE)
    assert kept_report(asked).status is ReportStatus.FILED


def test_a_row_that_was_validated_meanwhile_stays_as_it_is(member, held):
    activity = held("Validée")
    make_report(activity, public=55)
    response = send(member, row(activity, 1, public="66") | SAVE)
    assert "n’est plus à cette étape" in text_of(response)
    assert kept_report(activity).public == 55


def test_a_page_holds_fifty_rows_far_below_what_a_form_may(member, held):
    for number in range(51):
        held(f"N° {number}")
    html = member.get(OWN).get_data(as_text=True)
    assert html.count('name="ligne"') == 50
    assert html.count(' name="') < 1_000
    assert member.get(f"{OWN}&page=2").get_data(as_text=True).count('name="ligne"') == 1
    assert "51 bilans à remplir" in text_of(member.get(f"{OWN}&page=-4"))


@pytest.mark.parametrize("number", [1, 3, 40])
def test_the_table_asks_the_same_number_of_questions_whatever_its_length(
    member, held, queries, number
):
    for _each in range(number):
        held("Une")
    member.get(OWN)
    with queries() as asked:
        response = member.get(OWN)
    assert response.status_code == 200
    assert len(asked) == 10, asked


@pytest.mark.parametrize("year", ["1850", "x", "", "99999999999999", "-1"])
def test_an_edition_that_is_not_there_has_no_table(member, held, year):
    held("Une")
    assert member.get(f"/mes-bilans/grille?edition={year}").status_code == 404


def test_without_a_year_it_is_the_edition_just_over(member, held):
    held("Une")
    assert "1 bilan à remplir" in text_of(member.get("/mes-bilans/grille"))


def test_with_nothing_to_fill_or_a_closed_edition_the_page_says_so(db, member, held):
    make_edition()
    assert "Aucun bilan à remplir." in text_of(member.get(OWN))
    activity = held("Une")
    activity.edition.state = EditionState.CLOSED
    db.session.commit()
    assert "est close" in text_of(member.get(OWN))
    response = send(member, row(activity, public="12") | SAVE)
    assert "est close" in text_of(response)
    assert find_report(activity) is None


@pytest.mark.parametrize(
    "lines", [[], ["x"], ["-1"], ["0"], ["99999999999"], [str(each) for each in range(1, 53)]]
)
def test_rows_that_are_none_or_too_many_are_refused_in_words(member, held, lines):
    held("Une")
    assert send(member, {"ligne": lines} | SAVE).status_code == 400


def test_thousands_of_fields_that_nobody_asked_for_change_nothing_else(member, held):
    activity = held("Une")
    strange = {f"l{number}-public": "1" for number in range(activity.id + 1, 5_000)}
    assert send(member, strange | SAVE).status_code == 400
    send(member, row(activity, public="12") | strange | SAVE)
    assert kept_report(activity).public == 12


def test_another_structures_row_is_not_there_and_nothing_is_kept(member, held, sign_in, app):
    mine, foreign = held("La mienne"), make_activity(on(3), title="D’une autre")
    sent = together(row(mine, public="12"), row(foreign, public="13")) | SAVE
    assert send(member, sent).status_code == 404
    assert (find_report(mine), find_report(foreign)) == (None, None)
    assert app.test_client().get(OWN).status_code == 302


# In the place of the structure


@pytest.fixture
def camille(sign_in, after, db):
    return sign_in(make_coordinator("32", name="Camille"))


def behalf(structure, year="2026"):
    return f"/coordination/bilans/grille?structure={structure.id}&edition={year}"


def test_the_coordination_enters_what_it_learned_and_says_how(camille, held, structure):
    one, two = held("Une"), held("Deux")
    path = behalf(structure)
    assert f"à la place de « {structure.name} »" in text_of(camille.get(path))
    sent = together(row(one, **COMPLETE), row(two, public="12"))
    silent = send(camille, sent | FILE, path)
    assert "Dites comment vous avez appris ces chiffres." in text_of(silent)
    assert 'href="#learned-0"' in silent.get_data(as_text=True)
    assert (find_report(one), find_report(two)) == (None, None)
    send(camille, sent | FILE | {"learned": "paper"}, path)
    assert [kept_report(each).source for each in (one, two)] == [Source.COORDINATION] * 2
    assert [each.detail for each in history_of(kept_report(one))] == [
        "Saisi par la coordination, d’après un papier."
    ]


@pytest.mark.parametrize("learned", ["", "rumour", "x" * 1000])
def test_how_one_learned_it_must_be_one_of_the_three(camille, held, structure, learned):
    activity = held("Une")
    sent = row(activity, public="12") | SAVE | {"learned": learned}
    assert send(camille, sent, behalf(structure)).status_code == 200
    assert find_report(activity) is None


def test_only_what_is_held_in_the_territory_is_there(camille, held, structure):
    held("À Auch")
    there = held("À Albi", commune="81004")
    text = text_of(camille.get(behalf(structure)))
    assert "À Auch" in text
    assert "À Albi" not in text
    sent = row(there, public="12") | SAVE | {"learned": "phone"}
    assert send(camille, sent, behalf(structure)).status_code == 404
    assert find_report(there) is None


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "999999", "9" * 30])
def test_a_structure_that_is_not_there_has_no_table(camille, held, number):
    held("Une")
    path = f"/coordination/bilans/grille?structure={number}&edition=2026"
    assert camille.get(path).status_code == 404


def test_a_structure_of_elsewhere_or_without_anything_published_has_no_table(
    camille, held, structure
):
    held("À Albi", commune="81004")
    assert camille.get(behalf(structure)).status_code == 404
    assert camille.get(behalf(make_organisation())).status_code == 404
    assert camille.get(behalf(structure, "1850")).status_code == 404


def test_when_all_is_sent_the_table_says_so(camille, held, structure):
    make_report(held("Une"), status=ReportStatus.FILED)
    text = text_of(camille.get(behalf(structure)))
    assert "Cette structure n’a plus de bilan à remplir." in text


def test_members_do_not_enter_in_the_place_of_their_structure(member, held, structure):
    held("Une")
    assert member.get(behalf(structure)).status_code == 403
