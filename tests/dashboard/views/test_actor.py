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
    assert len(asked) == 20
