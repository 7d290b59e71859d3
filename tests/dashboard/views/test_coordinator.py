"""The first page of a coordinator: what waits, how far the edition is, and nothing of other territories."""

import re
from datetime import timedelta

import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db as database
from fete.network.models import Membership, MembershipState
from fete.programme.models import Answer, EditionState
from fete.programme.workflow import Status
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import AUCH, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report
from tests.factories.sharing import make_stand_request

PAGE = "/coordination"


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def rows(answer):
    """Return the lines of the table, cell by cell."""
    table = answer.get_data(as_text=True).partition("<tbody>")[2].partition("</table>")[0]
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.split(r"</t[hd]>", row)[:-1]
        ]
        for row in table.split("</tr>")[:-1]
    ]


def ask_to_join(organisation):
    organisation.memberships.append(
        Membership(person=make_user(), state=MembershipState.REQUESTED, asked_at=now())
    )


def closed(**values):
    """Give an activity of a closed edition whose report nobody validated, and one that nobody reviewed."""
    edition = make_edition(2024, state=EditionState.CLOSED)
    make_report(make_activity(edition=edition, **values), status=ReportStatus.FILED)
    make_activity(edition=edition, status=Status.SUBMITTED, **values)


def over(**values):
    """Give an activity of the last edition, over, whose report was filed."""
    edition = make_edition(2025)
    activity = make_activity(from_paris(edition.starts_on, now().time()), edition=edition, **values)
    return make_report(activity, status=ReportStatus.FILED)


@pytest.fixture
def waiting(db):
    for commune in (AUCH, TOULOUSE):
        organisation = make_organisation(commune_code=commune)
        ask_to_join(organisation)
        over(commune=commune, organisation=organisation)
        make_activity(
            status=Status.SUBMITTED, commune=commune, submitted_at=now() - timedelta(days=12)
        )
        make_activity(status=Status.SUBMITTED, commune=commune)
        make_activity(commune=commune)
        make_activity(status=Status.DRAFT, commune=commune)
        closed(commune=commune, organisation=organisation)
    database.session.flush()


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (make_user, 403),
        (lambda: make_coordinator("32"), 200),
        (make_coordinator, 200),
        (make_administrator, 200),
    ],
)
def test_only_coordinators_have_this_page(make, status, db, sign_in):
    assert sign_in(make()).get(PAGE).status_code == status


def test_a_visitor_signs_in_first(client):
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize(
    ("territory", "activities", "requests", "reports"),
    [
        (("32",), "2 activités à relire la plus ancienne déposée il y a 12 jours", 1, 1),
        ((), "4 activités à relire la plus ancienne déposée il y a 12 jours", 2, 2),
        (("09",), "0 activités? à relire", 0, 0),
    ],
)
def test_what_waits_is_counted_within_the_territory(
    territory, activities, requests, reports, waiting, sign_in
):
    shown = text_of(sign_in(make_coordinator(*territory)).get(PAGE))
    assert re.search(
        f"{activities} {requests} demandes? pour rejoindre une structure {reports} bilans? à valider",
        shown,
    )


def test_each_count_leads_to_its_page(waiting, sign_in):
    page = sign_in(make_coordinator("32")).get(PAGE).get_data(as_text=True)
    tasks = page.partition('class="tasks"')[2].partition("</ul>")[0]
    assert re.findall(r'href="([^"]+)"', tasks) == [
        "/coordination/relecture",
        "/coordination/adhesions",
        "/coordination/bilans",
    ]


def test_progress_is_told_by_departement_where_there_are_several(waiting, sign_in):
    answer = sign_in(make_coordinator("31", "32", "09")).get(PAGE)
    assert rows(answer) == [
        ["Ariège (09)", "0", "0", "0", "0", "0", "0", "0"],
        ["Haute-Garonne (31)", "2", "0", "0", "1", "0", "0", "3"],
        ["Gers (32)", "2", "0", "0", "1", "0", "0", "3"],
        ["Ensemble", "4", "0", "0", "2", "0", "0", "6"],
    ]


def test_one_departement_needs_no_table(waiting, sign_in):
    answer = sign_in(make_coordinator("32")).get(PAGE)
    assert "<table" not in answer.get_data(as_text=True)
    assert "Par état 2 Déposées 1 Publiées" in text_of(answer)


def village(commune, title, **values):
    """Give a village of this commune where one stand asks for its place, and one has it already."""
    edition = make_edition()
    found = make_activity(
        kind="science_village", edition=edition, commune=commune, title=title, **values
    )
    make_stand_request(make_activity(status=Status.DRAFT, edition=edition), found)
    make_stand_request(make_activity(edition=edition), found, state=Answer.ACCEPTED)
    return found


def awaited(browser):
    """Return the villages where stands wait, each with how many."""
    part = browser.get(PAGE).get_data(as_text=True).partition('id="awaited"')[2]
    lines = part.partition("</ul>")[0].split("<li>")[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


def test_stands_wait_for_those_who_answer_for_the_village(db, sign_in):
    region, gers = make_coordinator(), make_coordinator("32")
    village(AUCH, "Auch en fête", created_by=region)
    village(AUCH, "Les curieux du Gers")
    village(TOULOUSE, "Toulouse en fête")
    assert awaited(sign_in(gers)) == [
        "Auch en fête 1 demande",
        "Les curieux du Gers 1 demande",
    ]
    assert awaited(sign_in(region)) == ["Auch en fête 1 demande"]
    assert awaited(sign_in(make_coordinator("09"))) == []


def test_what_is_held_nowhere_is_counted_for_the_region(waiting, sign_in):
    nowhere = make_activity(organisation=make_organisation(commune_code=None))
    nowhere.venue = None
    lines = rows(sign_in(make_coordinator()).get(PAGE))
    assert [line[0] for line in lines[-2:]] == ["Sans lieu, ou hors de la région", "Ensemble"]
    assert lines[-2][-1] == "1"
    assert len(lines) == 15


def test_without_any_edition_the_page_stands(db, sign_in):
    shown = text_of(sign_in(make_coordinator("32")).get(PAGE))
    assert re.search("0 activités? à relire", shown)
    assert "Où en est" not in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_waits(count, db, sign_in, queries):
    for _each in range(count):
        make_activity(status=Status.SUBMITTED)
        ask_to_join(make_organisation())
        over()
        village(AUCH, "Village")
    browser = sign_in(make_coordinator("31", "32"))
    browser.get(PAGE)
    with queries() as asked:
        browser.get(PAGE)
    assert len(asked) == 18, "\n".join(asked)
