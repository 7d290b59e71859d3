"""The list that a coordination takes to its committee: whose it is, what is in it, what it costs."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import TOULOUSE
from tests.factories.programme import make_activity

PAGE = "/coordination/relecture/liste"
FILE = f"{PAGE}.xlsx"


def words_of(answer):
    """Return all the text of a spreadsheet."""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        return file.read("xl/sharedStrings.xml").decode()


@pytest.fixture
def listed(db):
    make_activity(status=Status.SUBMITTED, title="Récente", submitted_at=now() - timedelta(days=1))
    make_activity(
        status=Status.SUBMITTED, title="Ancienne <i>", submitted_at=now() - timedelta(days=9)
    )
    make_activity(status=Status.LABELLED, title="Labellisée déjà")
    make_activity(status=Status.SUBMITTED, title="À Toulouse", commune=TOULOUSE)
    make_activity(status=Status.DRAFT, title="Brouillon secret")


def titles(page):
    return re.findall(r'<th scope="row">\s*<a [^>]*>([^<]+)', page)


def test_the_list_is_the_filtered_queue_of_ones_territory(listed, sign_in):
    browser = sign_in(make_coordinator("32"))
    assert titles(browser.get(PAGE).text) == ["Ancienne &lt;i&gt;", "Récente"]
    assert titles(browser.get(f"{PAGE}?statut=labellisees").text) == ["Labellisée déjà"]
    assert titles(browser.get(f"{PAGE}?q=ancienne").text) == ["Ancienne &lt;i&gt;"]
    assert titles(browser.get(f"{PAGE}?q=rien").text) == []
    regional = sign_in(make_coordinator())
    assert len(titles(regional.get(PAGE).text)) == 3


def test_the_spreadsheet_holds_the_same_list(listed, sign_in):
    answer = sign_in(make_coordinator("32")).get(f"{FILE}?statut=deposees")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert (
        answer.headers["Content-Disposition"]
        == 'attachment; filename="comite-deposees-2026-03-16.xlsx"'
    )
    words = words_of(answer)
    assert "Récente" in words
    assert "Ancienne &lt;i&gt;" in words
    for title in ("À Toulouse", "Brouillon secret", "Labellisée déjà"):
        assert title not in words


@pytest.mark.parametrize("path", [PAGE, FILE])
def test_it_is_for_the_coordination_only(path, db, sign_in, client):
    assert client.get(path).status_code == 302
    assert sign_in(make_user()).get(path).status_code == 403


@pytest.mark.parametrize("path", [PAGE, FILE])
@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_whatever_is_listed(count, path, db, sign_in, queries):
    for _each in range(count):
        make_activity(status=Status.SUBMITTED)
    browser = sign_in(make_coordinator("32"))
    browser.get(path)
    with queries() as asked:
        assert browser.get(path).status_code == 200
    assert len(asked) == 11, "\n".join(asked)
