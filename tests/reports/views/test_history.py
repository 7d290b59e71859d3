"""The years of one activity: who reads them, what is known, and what is not drawn."""

import re
from datetime import date, time
from html import unescape

import pytest

from fete.core.clock import from_paris
from fete.programme.models import Activity, EditionState
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Outcome
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report
from tests.factories.sharing import make_co_organiser


def rows(response) -> list[list[str]]:
    page = unescape(response.get_data(as_text=True))
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    return [
        [
            re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def words(response) -> str:
    bare = re.sub(r"<[^>]+>", " ", unescape(response.get_data(as_text=True)))
    return re.sub(r"\s+", " ", bare.replace("\u00a0", " "))


@pytest.fixture
def ada(db):
    return make_user()


@pytest.fixture
def organisation(ada):
    return make_organisation(ada)


def held(organisation, year: int, before=None, **values):
    state = EditionState.OPEN if year == 2026 else EditionState.CLOSED
    return make_activity(
        from_paris(date(year, 10, 4), time(10)),
        from_paris(date(year, 10, 5), time(10)),
        edition=make_edition(year, state=state),
        organisation=organisation,
        renewed_from=before,
        title=f"Le ciel {year}",
        **values,
    )


@pytest.fixture
def line(organisation):
    found: list[Activity] = []
    for year in (2021, 2022, 2024, 2025, 2026):
        found.append(held(organisation, year, found[-1] if found else None))
    first, filed, cancelled, last, _coming = found
    first.slots[1].state = SlotState.CANCELLED
    make_report(first, public=90, pupils=30, adults=0)
    make_report(filed, status=ReportStatus.FILED, public=500)
    make_report(cancelled, outcome=Outcome.CANCELLED, public=None, pupils=None, adults=None)
    make_report(last, public=1000, pupils=200, adults=34)
    return found


def address(activity) -> str:
    return f"/mes-bilans/annees/{activity.id}"


def test_the_years_follow_each_other_with_what_is_validated_only(sign_in, ada, line):
    answer = sign_in(ada).get(address(line[-1]))
    assert rows(answer) == [
        ["2021", "120", "30", "1", "Le ciel 2021", "Bilan : Validé"],
        ["2022", "–", "–", "2", "Le ciel 2022", "Bilan : Déposé"],
        ["2024", "–", "–", "2", "Le ciel 2024", "Annulée"],
        ["2025", "1 234", "200", "2", "Le ciel 2025", "Bilan : Validé"],
        ["2026", "–", "–", "2", "Le ciel 2026", "Elle n’a pas encore eu lieu."],
    ]
    assert "500" not in words(answer)


def test_the_curve_is_broken_where_nothing_is_known(sign_in, ada, line):
    page = unescape(sign_in(ada).get(address(line[0])).get_data(as_text=True))
    (path,) = re.findall(r'class="curve-line" d="([^"]+)"', page)
    assert path == "M30.0 147.8 M270.0 35.0"
    assert page.count('class="curve-gap"') == 4
    described = re.search(r"<desc[^>]*>(.*?)</desc>", page, re.DOTALL)
    assert described is not None
    assert re.sub(r"\s+", " ", described[1]).strip() == (
        "2021 : 120, 2022 : pas de chiffre, 2023 : pas de chiffre, 2024 : pas de chiffre, "
        "2025 : 1 234, 2026 : pas de chiffre"
    )


def test_two_years_that_follow_each_other_are_joined(sign_in, ada, organisation):
    first = held(organisation, 2024)
    second = held(organisation, 2025, first)
    make_report(first, public=50, pupils=0, adults=0)
    make_report(second, public=100, pupils=0, adults=0)
    page = sign_in(ada).get(address(second)).get_data(as_text=True)
    assert 'd="M30.0 97.5 L330.0 35.0"' in page


def test_one_known_year_draws_no_curve(sign_in, ada, organisation):
    only = held(organisation, 2025)
    make_report(only)
    page = sign_in(ada).get(address(only)).get_data(as_text=True)
    assert "<path" not in page.split("<main")[1].split("<table")[0].replace("icon", "")
    assert "se dessinera quand deux éditions" in page


def test_its_members_and_its_coordination_read_it_nobody_else(sign_in, ada, line):
    opened = [
        sign_in(person).get(address(line[-1])).status_code
        for person in (ada, make_coordinator("32"), make_coordinator("31"), make_user())
    ]
    assert opened == [200, 200, 404, 404]


def test_the_way_back_of_a_co_organiser_leads_to_pages_that_are_its_own(sign_in, line):
    co = make_user()
    make_co_organiser(line[-1], make_organisation(co))
    browser = sign_in(co)
    page = browser.get(address(line[-1])).text
    way = re.findall(r'href="([^"]+)"', page.partition('class="trail"')[2].partition("</ol>")[0])
    assert way == ["/mes-activites", f"/mes-activites/{line[-1].id}/apercu"]
    assert [browser.get(each).status_code for each in way] == [200, 200]


def test_nobody_reads_it_without_signing_in(client, line):
    assert client.get(address(line[0])).status_code == 302


def test_the_years_of_another_structure_stay_its_own(sign_in, ada, organisation):
    elsewhere = make_organisation()
    first = held(elsewhere, 2024)
    mine = held(organisation, 2025, first)
    held(elsewhere, 2026, mine, status=Status.DRAFT)
    make_report(first, public=777, pupils=0, adults=0)
    answer = sign_in(ada).get(address(mine))
    assert [row[0] for row in rows(answer)] == ["2025"]
    assert "777" not in words(answer)
    assert "Les années où une autre structure l’a tenue ne sont pas montrées." in words(answer)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_same_number_of_questions(sign_in, queries, ada, organisation, number):
    before = None
    for year in range(2026 - number, 2026):
        # Others declare it with one's own structure: whether one may see it is known of all at once.
        before = held(make_organisation(), year, before)
        make_co_organiser(before, organisation)
        make_report(before)
    client = sign_in(ada)
    with queries() as asked:
        answer = client.get(address(before))
    assert len(rows(answer)) == number
    assert len(asked) == 22, "\n".join(asked)


def test_the_report_of_this_year_recalls_last_year_s_visitors(sign_in, ada, line, clock):
    clock.move_to(from_paris(date(2026, 11, 3), time(10)))
    page = words(sign_in(ada).get(f"/mes-bilans/{line[-1].id}"))
    assert re.search(r"Visiteurs en 2025 : 1.234 \(élèves : 200\)\.", page)


def test_last_year_s_figures_of_another_structure_are_not_recalled(
    sign_in, ada, organisation, clock
):
    before = held(make_organisation(), 2025)
    make_report(before)
    mine = held(organisation, 2026, before)
    clock.move_to(from_paris(date(2026, 11, 3), time(10)))
    assert "Visiteurs en 2025" not in words(sign_in(ada).get(f"/mes-bilans/{mine.id}"))
