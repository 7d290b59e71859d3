"""Editions, for the region only."""

import re
from datetime import date, time

import pytest
from sqlalchemy import select

from fete.core.clock import from_paris
from fete.mailing.models import Topic
from fete.programme.models import Edition, EditionState
from fete.programme.queries.editions import find_edition
from fete.programme.workflow import SlotState, Status
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.letters import compare

TYPED = {
    "year": "2027",
    "theme": "Océans",
    "starts_on": "01/10/2027",
    "ends_on": "11/10/2027",
    "call_opens_on": "1/2/2027",
    "call_closes_on": "30/4/2027",
    "report_deadline": "15/12/2027",
    "state": "prepared",
}
HERE = "/coordination/editions"


def text(response) -> str:
    page: str = response.get_data(as_text=True)
    return page.replace("\u00a0", " ")


@pytest.mark.parametrize("path", [HERE, f"{HERE}/nouvelle", f"{HERE}/2026"])
def test_only_the_region_looks_after_editions(client, sign_in, db, path):
    make_edition()
    assert client.get(path).status_code == 302
    assert sign_in(make_coordinator()).get(path).status_code == 200
    assert sign_in(make_administrator()).get(path).status_code == 200
    for person in (make_user(), make_coordinator("32")):
        assert sign_in(person).get(path).status_code in {403, 404}
        assert sign_in(person).send(path, TYPED).status_code in {403, 404, 405}
    assert [edition.year for edition in db.session.scalars(select(Edition))] == [2026]


def test_an_edition_is_prepared_described_and_closed(sign_in, db):
    region = sign_in(make_coordinator(name="Denis"))
    assert region.send(f"{HERE}/nouvelle", TYPED).location == HERE
    edition = find_edition(2027)
    assert (edition.starts_on, edition.theme, edition.state) == (
        date(2027, 10, 1),
        "Océans",
        EditionState.PREPARED,
    )
    page = text(region.get(HERE))
    assert "36e édition" in page
    assert "Océans" in page
    region.send(f"{HERE}/2027", {**TYPED, "theme": "Forêts", "state": "open", "version": "1"})
    assert (find_edition(2027).theme, find_edition(2027).state) == ("Forêts", EditionState.OPEN)
    region.send(f"{HERE}/2027", {**TYPED, "theme": "Forêts", "state": "closed", "version": "2"})
    assert find_edition(2027).state is EditionState.CLOSED
    history = text(region.get(f"{HERE}/2027"))
    for sentence in ("Denis a ouvert", "Denis a modifié", "Denis a clos"):
        assert sentence in history


@pytest.mark.parametrize(
    ("wrong", "anchor"),
    [
        ({"year": ""}, "year"),
        ({"year": "deux mille"}, "year"),
        ({"year": "1991"}, "year"),
        ({"year": "2026"}, "year"),
        ({"starts_on": "32/10/2027"}, "starts_on"),
        ({"starts_on": "01/10/2026"}, "starts_on"),
        ({"ends_on": "30/09/2027"}, "ends_on"),
        ({"call_opens_on": ""}, "call_opens_on"),
        ({"call_closes_on": "31/01/2027"}, "call_closes_on"),
        ({"report_deadline": "11/10/2027"}, "report_deadline"),
        ({"state": "perdue"}, "state-0"),
        ({"theme": "t" * 141}, "theme"),
    ],
)
def test_what_does_not_hang_together_is_refused_beside_its_field(sign_in, db, wrong, anchor):
    make_edition()
    response = sign_in(make_coordinator()).send(f"{HERE}/nouvelle", {**TYPED, **wrong})
    page = text(response)
    assert response.status_code == 200
    assert f'href="#{anchor}"' in page
    assert f'id="{anchor}"' in page
    assert find_edition(2027) is None


def test_the_second_of_two_is_told_and_what_they_typed_is_kept(sign_in, db):
    make_edition(2027)
    region = sign_in(make_coordinator())
    region.send(f"{HERE}/2027", {**TYPED, "theme": "De la première", "version": "1"})
    late = text(region.send(f"{HERE}/2027", {**TYPED, "theme": "De la seconde", "version": "1"}))
    assert "en même temps que vous" in late
    assert "De la seconde" in late
    assert find_edition(2027).theme == "De la première"
    newer = re.findall(r'name="version"[^>]*value="(\d+)"', late)
    region.send(f"{HERE}/2027", {**TYPED, "theme": "De la seconde", "version": newer[0]})
    assert find_edition(2027).theme == "De la seconde"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions_however_long(sign_in, queries, db, count):
    for year in range(2020, 2020 + count):
        make_activity(edition=make_edition(year), status=Status.PUBLISHED)
        make_activity(edition=make_edition(year), status=Status.DRAFT)
    region = sign_in(make_coordinator())
    db.session.expire_all()
    with queries() as asked:
        page = text(region.get(HERE))
    assert page.count('<td class="number">1</td>') == count
    assert len(asked) == 7


# What the public and the structures read of it


def test_what_is_written_of_an_edition_is_read_on_the_site_and_by_those_who_declare(
    client, sign_in, db
):
    region = sign_in(make_coordinator())
    written = "Cette année, **tout** est ouvert.\n\n<script>alert(1)</script>"
    made = {**TYPED, "year": "2026", "starts_on": "02/10/2026", "ends_on": "12/10/2026"}
    made |= {"call_opens_on": "1/2/2026", "call_closes_on": "30/4/2026"}
    made |= {"report_deadline": "15/12/2026", "state": "open", "description": written}
    region.send(f"{HERE}/nouvelle", made)
    organisation = make_organisation(ada := make_user())
    declaring = f"/mes-activites/structures/{organisation.id}/declarer"
    for page in (client.get("/"), client.get("/programme"), sign_in(ada).get(declaring)):
        assert "<strong>tout</strong> est ouvert" in text(page)
        assert "<script>alert" not in text(page)
    assert written.splitlines()[0] in text(region.get(f"{HERE}/2026"))
    refused = region.send(f"{HERE}/2026", {**made, "description": "d" * 5001, "version": "1"})
    assert 'href="#description"' in text(refused)


def test_only_one_edition_is_shown_as_the_current_one(sign_in, db):
    for year in (2024, 2025, 2026, 2027):
        make_edition(year)
    region = sign_in(make_coordinator())
    page = text(region.get(HERE))
    row = next(each for each in page.split("<tr>") if "En cours" in each)
    assert page.count("En cours") == 1
    assert "/coordination/editions/2026" in row
    assert "Édition en cours" in text(region.get(f"{HERE}/2026"))
    assert "Édition en cours" not in text(region.get(f"{HERE}/2027"))


# Dates that move


def moved(edition, **values):
    """Return what is typed to give the edition other dates."""
    typed = {name: f"{getattr(edition, name):%d/%m/%Y}" for name in TYPED if name.endswith("_on")}
    typed |= {"report_deadline": f"{edition.report_deadline:%d/%m/%Y}", "state": "open"}
    return typed | {"year": str(edition.year), "theme": edition.theme, "version": ""} | values


def test_moving_the_dates_leads_to_what_is_left_outside_and_writes_to_whom_one_says(
    sign_in, db, letters, samples
):
    edition = make_edition()
    ada = make_user(name="Ada Dubois", email="ada@example.org")
    zoe = make_user()
    stars, museum = make_organisation(ada, zoe), make_organisation(ada)
    outside = make_activity(title="Nuit noire & étoiles", organisation=stars)
    make_activity(title="Au jardin", organisation=museum, status=Status.DRAFT)
    make_activity(
        from_paris(date(2026, 10, 10), time(10)),
        title="Dedans",
        organisation=make_organisation(make_user()),
    )
    make_activity(title="Retirée", status=Status.WITHDRAWN, organisation=stars)
    cancelled = make_activity(title="Annulée", organisation=stars)
    cancelled.slots[0].state = SlotState.CANCELLED
    region = sign_in(make_coordinator())
    answer = region.send(
        f"{HERE}/2026", moved(edition, starts_on="09/10/2026", ends_on="19/10/2026")
    )
    there = f"{HERE}/2026/hors-dates"
    assert answer.location == there
    page = text(region.get(there))
    assert "Une activité a des créneaux avant ou après." in page
    # A draft is between the members.
    assert "Un brouillon aussi" in page
    assert "Au jardin" not in page
    assert re.findall(r'lang="fr">([^<]+)</a>', page) == ["Nuit noire &amp; étoiles"]
    assert region.get(f"/coordination/relecture/{outside.id}").status_code == 200
    assert "samedi 3 octobre 2026 à 10 h" in page
    assert region.send(there).location == f"{HERE}/2026"
    assert letters() == []
    for _each in range(2):
        assert region.send(there, {"tell": "yes"}).location == f"{HERE}/2026"
    assert [(each.kind, each.person_id, each.topic) for each in letters()] == [
        ("programme/dates_moved", ada.id, Topic.REMINDERS),
        ("programme/dates_moved", zoe.id, Topic.REMINDERS),
    ]
    compare(letters()[0], samples, "programme/dates_moved")
    assert "ont été prévenues" in text(region.get(there))
    assert outside.slots[0].starts_at == from_paris(date(2026, 10, 3), time(10))
    history = text(region.get(f"{HERE}/2026"))
    assert "a déplacé l’édition" in history
    assert "a prévenu les structures" in history
    # Moved once more, there is something to tell again.
    region.send(f"{HERE}/2026", moved(make_edition(), starts_on="10/10/2026", ends_on="19/10/2026"))
    assert "ont été prévenues" not in text(region.get(there))


def test_moving_dates_that_leave_nothing_outside_leads_back_to_the_list(sign_in, db):
    edition = make_edition()
    make_activity()
    region = sign_in(make_coordinator())
    answer = region.send(f"{HERE}/2026", moved(edition, ends_on="13/10/2026"))
    assert answer.location == HERE
    assert "Tous les créneaux tombent dans les dates" in text(region.get(f"{HERE}/2026/hors-dates"))


def test_only_the_region_sees_what_is_outside_and_writes(client, sign_in, db, letters):
    make_activity(
        from_paris(date(2026, 12, 1), time(10)), organisation=make_organisation(make_user())
    )
    there = f"{HERE}/2026/hors-dates"
    assert client.get(there).status_code == 302
    for person in (make_user(), make_coordinator("32")):
        assert sign_in(person).get(there).status_code == 404
        assert sign_in(person).send(there, {"tell": "yes"}).status_code == 404
    assert letters() == []
