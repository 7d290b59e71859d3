"""Where an actor arrives: what waits for them first."""

import re
from datetime import date, time

import pytest

from fete.core.clock import from_paris
from fete.network.models import Membership, MembershipState
from fete.programme.models import EditionState
from fete.programme.workflow import Status
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.factories.reports import make_report


def page_of(client) -> str:
    text = client.get("/mon-espace").get_data(as_text=True)
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def waiting(page: str) -> str:
    """Return the part of the page that tells what waits."""
    return page.split('id="waiting"')[1].split("</section>", maxsplit=1)[0]


def at(day: int, *, month: int = 10):
    return from_paris(date(2026, month, day), time(10))


def test_nobody_arrives_without_signing_in(client):
    assert client.get("/mon-espace").status_code == 302


def test_a_newcomer_reads_the_first_steps(sign_in, db):
    page = page_of(sign_in(make_user(name="Nouveau Venu")))
    assert "Bonjour Nouveau Venu" in page
    assert "Pour commencer" in page
    assert '"/ma-structure/chercher">Trouver ou créer ma structure' in page
    assert 'id="waiting"' not in page


def test_a_request_to_join_is_told_until_it_is_answered(sign_in, db):
    person = make_user()
    organisation = make_organisation(name="Muséum du Gers")
    organisation.memberships.append(
        Membership(person=person, state=MembershipState.REQUESTED, asked_at=at(1, month=3))
    )
    assert "Vous avez demandé à rejoindre « Muséum du Gers »" in page_of(sign_in(person))


def test_what_waits_comes_first_what_was_sent_back_before_drafts(sign_in, clock):
    person = make_user()
    organisation = make_organisation(person, signed=False, name="Muséum du Gers")
    made = {
        status: make_activity(
            at(3), title=f"Activité {status}", status=status, organisation=organisation
        )
        for status in Status
    }
    make_activity(title="Celle d’un autre", status=Status.DRAFT)
    reported = make_activity(at(3), title="Avec bilan", organisation=organisation)
    make_report(reported)
    clock.move_to(at(20))
    page = waiting(page_of(sign_in(person)))
    order = [
        page.index("Activité changes_requested"),
        page.index("1 bilan à remplir"),
        page.index("Activité draft"),
        page.index("Signer la charte pour Muséum du Gers"),
    ]
    assert order == sorted(order)
    for status in set(made) - {Status.DRAFT, Status.CHANGES_REQUESTED}:
        assert f"Activité {status}" not in page
    assert "Celle d’un autre" not in page_of(sign_in(person))


def test_a_closed_edition_waits_for_nothing(sign_in, db):
    person = make_user()
    make_activity(
        status=Status.DRAFT,
        edition=make_edition(2025, state=EditionState.CLOSED),
        organisation=make_organisation(person),
    )
    assert "Rien pour l’instant : tout est à jour." in waiting(page_of(sign_in(person)))


@pytest.mark.parametrize(("is_open", "says"), [(True, True), (False, False)])
def test_the_open_call_is_told_with_its_last_day(sign_in, db, is_open, says):
    make_edition(state=EditionState.OPEN if is_open else EditionState.PREPARED)
    make_organisation(person := make_user())
    page = page_of(sign_in(person))
    assert ("ouvert jusqu’au jeudi 30 avril 2026 inclus" in page) is says
    assert ("Déclarer une activité" in page) is says


def test_an_edition_that_is_over_calls_nobody_but_takes_what_was_left_out(sign_in, db, clock):
    make_edition(call_closes_on=date(2026, 12, 16))
    make_organisation(person := make_user())
    clock.move_to(from_paris(date(2026, 11, 25), time(10)))
    page = page_of(sign_in(person))
    assert "L’édition 2026 est passée" in page
    assert "jusqu’au mercredi 16 décembre 2026 inclus" in page
    assert "L’appel à participation de l’édition 2026 est ouvert" not in page


def test_each_activity_says_where_it_stands_in_words(sign_in, db):
    person = make_user()
    organisation = make_organisation(person)
    for status in Status:
        make_activity(status=status, organisation=organisation)
    page = page_of(sign_in(person))
    for sentence in (
        "Brouillon complet : il reste à le déposer.",
        "Déposée : la coordination va la relire.",
        "La coordination demande un complément",
        "Labellisée : elle sera bientôt publiée",
        "Publiée : tout le monde peut la voir",
        "Refusée : le motif est donné sur sa page.",
        "Retirée : elle ne paraît nulle part.",
    ):
        assert sentence in page


@pytest.mark.parametrize("count", [1, 3, 300])
def test_the_page_asks_the_same_number_of_questions_however_much_waits(sign_in, queries, db, count):
    person = make_user()
    organisation, venue, edition = make_organisation(person), make_venue(), make_edition()
    for number in range(count):
        make_activity(
            at(3),
            title=f"Brouillon {number}",
            status=Status.DRAFT,
            organisation=organisation,
            venue=venue,
            edition=edition,
        )
    client = sign_in(person)
    db.session.expire_all()
    with queries() as asked:
        page = page_of(client)
    assert page.count('class="own-activity"') == min(count, 25)
    assert len(asked) == 25


def last_year():
    return make_edition(
        2025,
        starts_on=date(2025, 10, 3),
        ends_on=date(2025, 10, 13),
        state=EditionState.CLOSED,
    )


@pytest.mark.parametrize("number", [1, 3])
def test_last_year_s_activities_are_proposed_until_they_are_renewed(sign_in, db, number):
    make_edition()
    person = make_user()
    organisation = make_organisation(person)
    for _each in range(number):
        make_activity(edition=last_year(), organisation=organisation)
    make_activity(edition=last_year(), organisation=organisation, status=Status.REFUSED)
    make_activity(edition=last_year())
    renewed = make_activity(edition=last_year(), organisation=organisation)
    make_activity(renewed_from=renewed, status=Status.DRAFT, organisation=organisation)
    page = page_of(sign_in(person))
    words = "1 activité de 2025 peut" if number == 1 else "3 activités de 2025 peuvent"
    assert f"{words} être reconduite" in page
    assert 'href="/mes-activites/reconduire?edition=2026&amp;de=2025"' in page


def test_without_an_open_call_nothing_is_proposed(sign_in, db):
    make_edition(state=EditionState.PREPARED)
    person = make_user()
    make_activity(edition=last_year(), organisation=make_organisation(person))
    assert "reconduire" not in page_of(sign_in(person))


def test_drafts_come_in_the_order_of_what_is_left_to_do(sign_in, db):
    person = make_user()
    organisation = make_organisation(person)
    for title, values in (
        ("À compléter", {"description": ""}),
        ("À relire", {"to_confirm": "slots,venue"}),
        ("À déposer", {}),
    ):
        make_activity(title=title, status=Status.DRAFT, organisation=organisation, **values)
    page = waiting(page_of(sign_in(person)))
    order = [page.index(f">{title}<") for title in ("À déposer", "À relire", "À compléter")]
    assert order == sorted(order)
    assert "Brouillon reconduit : il reste 2 étapes à relire avant de le déposer." in page
    assert "Brouillon : il manque 1 élément" in page


def test_many_drafts_lead_to_the_list(sign_in, db):
    person = make_user()
    organisation, venue = make_organisation(person), make_venue()
    for _each in range(10):
        make_activity(status=Status.DRAFT, organisation=organisation, venue=venue)
    page = waiting(page_of(sign_in(person)))
    assert page.count("<li") == 8
    assert '<a href="/mes-activites">Et 2 autres brouillons</a>' in page


def test_the_last_days_of_the_call_are_counted(sign_in, db, clock):
    make_edition()
    make_organisation(person := make_user())
    client = sign_in(person)
    assert "Il reste" not in waiting(page_of(client))
    clock.move_to(from_paris(date(2026, 4, 27), time(10)))
    assert "<strong>Il reste 3 jours.</strong>" in waiting(page_of(sign_in(person)))
    clock.move_to(from_paris(date(2026, 4, 30), time(23)))
    assert "<strong>C’est le dernier jour.</strong>" in waiting(page_of(sign_in(person)))


def test_each_edition_is_one_step_away_when_there_are_many_activities(sign_in, db):
    person = make_user()
    organisation, venue = make_organisation(person), make_venue()
    make_activity(edition=last_year(), organisation=organisation, venue=venue)
    client = sign_in(person)
    assert "edition=2025" not in page_of(client)
    for _each in range(25):
        make_activity(organisation=organisation, venue=venue)
    page = page_of(client)
    found = re.findall(
        r'href="/mes-activites\?edition=(\d+)" *> *\d+ <span class="count">\((\d+)\)', page
    )
    assert found == [("2026", "25"), ("2025", "1")]
    assert 'aria-current="page">Toutes' not in page


def test_the_latest_edition_is_unfolded_the_others_are_folded(sign_in, db):
    person = make_user()
    organisation = make_organisation(person)
    make_activity(edition=last_year(), organisation=organisation)
    make_activity(organisation=organisation)
    page = page_of(sign_in(person))
    assert re.findall(r'<details class="own-edition"( open)?> <summary> <h3>([^<]+)<', page) == [
        (" open", "Édition 2026"),
        ("", "Édition 2025"),
    ]
