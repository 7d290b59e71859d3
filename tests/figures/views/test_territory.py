"""The figures of a territory: whose they are, what came in, what is missing, what changed since the year before."""

import re
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine

from fete.core.clock import PARIS, from_paris, today
from fete.core.templating import day as day_in_words
from fete.programme.models import EditionState
from fete.programme.queries.editions import find_edition
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import AUCH, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.factories.reports import make_report

PAGE = "/coordination/chiffres/2026/territoire"


def on(day, hour=10, year=2026):
    return from_paris(date(year, 10, day), time(hour))


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


def row_of(text, label, count):
    """Return the numbers that follow a label in the text of a page."""
    found = re.search(rf"{label} ((?:[\d\s]*\d |– ){{{count}}})", text + " ")
    assert found is not None, label
    return found[1].split()


@pytest.fixture
def told(db, clock: time_machine.Traveller):
    """Give an edition of the Gers and of Toulouse, and the one before: one report on the second day after, one later."""
    before = make_edition(year=2025)
    faithful = make_organisation(name="Fidèle")
    end = datetime(2025, 10, 13, 12, tzinfo=PARIS)
    clock.move_to(end.replace(day=before.ends_on.day + 2))
    options: dict[str, Any] = {"edition": before, "commune": AUCH, "organisation": faithful}
    make_report(make_activity(on(4, year=2025), **options), public=100, pupils=0, adults=0)
    clock.move_to(end.replace(month=12))
    make_report(make_activity(on(4, year=2025), **options), public=700, pupils=0, adults=0)
    edition = make_edition()
    clock.move_to(end.replace(year=2026, day=edition.ends_on.day + 3))
    village = make_activity(
        on(3), kind="science_village", commune=AUCH, title="Village d’Auch", organisation=faithful
    )
    make_report(village, public=900, pupils=0, adults=0)
    make_report(
        make_activity(on(3), parent=village, commune=AUCH, organisation=faithful), public=55
    )
    newcomer = make_organisation(name="Nouvelle venue")
    make_report(
        make_activity(on(4), commune=AUCH, organisation=newcomer),
        status=ReportStatus.FILED,
        public=30,
        pupils=0,
        adults=0,
    )
    late = make_organisation(name="Retardataire")
    make_activity(on(5), commune=AUCH, organisation=late, title="Bilan en retard")
    make_report(make_activity(on(4), commune=TOULOUSE, title="À Toulouse"), public=4_321)
    return edition


def test_a_territory_tells_what_is_validated_and_what_came_in(told, sign_in):
    text = text_of(sign_in(make_coordinator("32")).get(PAGE))
    assert "Chiffres 2026, Gers" in text
    # Validated, as received, the year before on the same day, the year before today.
    assert row_of(text, "Visiteurs", 4) == ["900", "930", "100", "800"]
    assert row_of(text, "Activités", 4) == ["1", "2", "1", "2"]
    assert "4 321" not in text
    assert "4\u202f321" not in text


def test_it_says_who_has_not_filed_with_a_way_to_write_and_to_fill(told, sign_in):
    page = sign_in(make_coordinator("32")).get(PAGE).text
    section = page[page.index('id="manquants"') : page.index('id="villages"')]
    assert "Retardataire" in section
    assert "Nouvelle venue" not in section
    assert re.search(r'href="/mes-bilans/\d+">Bilan en retard', section)
    assert "/coordination/ecrire/sans-bilan?edition=2026" in section


def test_it_tells_each_village_with_its_gate_and_its_stands(told, sign_in):
    text = text_of(sign_in(make_coordinator("32")).get(PAGE))
    assert row_of(text, "Village d’Auch Auch", 4) == ["900", "1", "1", "83"]


def test_it_names_the_structures_that_had_nothing_the_year_before(told, sign_in):
    page = sign_in(make_coordinator("32")).get(PAGE).text
    section = page[page.index('id="nouvelles"') :]
    assert "Nouvelle venue" in section
    assert "Retardataire" in section
    assert "Fidèle" not in section


def test_a_departement_is_told_to_those_who_coordinate_it(told, sign_in, client):
    gers = sign_in(make_coordinator("32"))
    assert gers.get(f"{PAGE}?departement=32").status_code == 200
    assert gers.get(f"{PAGE}?departement=31").status_code == 404
    region = sign_in(make_coordinator())
    assert "À Toulouse" not in text_of(region.get(f"{PAGE}?departement=32"))
    assert row_of(text_of(region.get(PAGE)), "Visiteurs", 6)[:2] == ["5", "249"]
    assert sign_in(make_user()).get(PAGE).status_code == 403
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        f"{PAGE}?departement=99",
        f"{PAGE}?departement={'x' * 1000}",
        "/coordination/chiffres/1812/territoire",
        "/coordination/chiffres/2027/territoire",
    ],
)
@pytest.mark.parametrize("kind", ["territoire", "bilan.pdf", "bilan.xlsx"])
def test_what_does_not_exist_is_not_there(told, sign_in, address, kind):
    make_edition(year=2027, state=EditionState.PREPARED)
    address = address.replace("territoire", kind)
    assert sign_in(make_coordinator()).get(address).status_code == 404


def test_what_was_not_known_on_that_day_is_not_compared(told, sign_in, clock):
    clock.move_to(datetime(2026, 10, 13, 8, tzinfo=PARIS))
    text = text_of(sign_in(make_coordinator("32")).get(PAGE))
    assert "aucun de ses bilans n’était connu ici" in text
    assert row_of(text, "Visiteurs", 3) == ["900", "930", "800"]


def test_the_same_day_is_as_far_from_the_opening_as_on_the_other_pages(told, sign_in, db):
    # Longer than the one before: counted from its end, the day would be another.
    told.ends_on += timedelta(days=6)
    told.starts_on -= timedelta(days=1)
    db.session.flush()
    text = text_of(sign_in(make_coordinator("32")).get(PAGE))
    before = find_edition(2025)
    assert before is not None
    day = day_in_words(before.starts_on + (today() - told.starts_on))
    assert f"connue le {day}, aussi loin du premier jour de la fête" in text
    beside = text_of(sign_in(make_coordinator("32")).get("/coordination/chiffres/2026"))
    assert f"Le même jour : le {day}, aussi loin du premier jour de la fête." in beside


def test_figures_of_the_territory_and_of_the_region_lead_to_each_other(told, sign_in):
    gers = sign_in(make_coordinator("32"))
    assert 'href="/coordination/chiffres/2026"' in gers.get(PAGE).text
    assert f'href="{PAGE}"' in gers.get("/coordination/chiffres/2026").text


def test_the_queries_do_not_grow_with_the_territory(told, sign_in, queries):
    browser = sign_in(make_coordinator("32"))
    browser.get(PAGE)
    make_report(make_activity(on(5), commune=AUCH))
    with queries() as few:
        browser.get(PAGE)
    for number in range(5):
        organisation = make_organisation(name=f"Structure {number}")
        make_activity(on(5), commune=AUCH, organisation=organisation)
        make_report(make_activity(on(5), organisation=organisation))
    with queries() as many:
        browser.get(PAGE)
    assert len(few) == len(many)


def test_what_is_reviewed_elsewhere_and_stops_here_makes_a_host_commune_of_the_list_too(
    told, sign_in, db
):
    trail = make_activity(on(4), on(5), commune=TOULOUSE, title="Le camion")
    trail.slots[1].venue = make_venue("32462")
    make_report(trail)
    text = text_of(sign_in(make_coordinator("32")).get(PAGE))
    assert row_of(text, "Communes accueillantes", 2)[0] == "2"
    assert "Communes accueillantes : 2 sur" in text
    # Its visitors are told where it is reviewed, and nowhere else.
    assert re.search(r"Vic-Fezensac [\d\s]*\d 0 0 ", text)


def test_the_same_day_a_year_before_is_the_one_of_the_public_page(told, db, sign_in, client):
    told.ends_on = told.ends_on.replace(day=told.ends_on.day + 3)
    db.session.flush()
    page = text_of(client.get("/chiffres/2026"))
    own = text_of(sign_in(make_coordinator()).get(PAGE))
    assert "2025, le même jour (mercredi 15 octobre 2025) 100" in page
    assert "comme elle était connue le mercredi 15 octobre 2025" in own
