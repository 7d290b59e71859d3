"""Editions, for the region only."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from fete.programme.models import Edition, EditionState
from fete.programme.queries.editions import find_edition
from fete.programme.workflow import Status
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.programme import make_activity, make_edition

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
