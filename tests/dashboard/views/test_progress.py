"""The board of an edition: each département beside the year before, who is late, where nothing is held."""

import csv
import io
import re
from datetime import date, datetime, time, timedelta

import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db as database
from fete.network.models import Membership, MembershipState
from fete.programme.models import CoOrganiser, Decision, EditionState
from fete.programme.services.merging import merge
from fete.programme.workflow import Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import AUCH, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

PAGE = "/coordination/avancement"
COMMUNES, LATE = f"{PAGE}/communes", f"{PAGE}/structures-en-retard"
CONDOM = "32107"
# Of 2025, the edition before: today, 16 March 2026, is 200 days before the opening of 2026; so was 16 March 2025.
SAME_DAY = datetime(2025, 3, 16, 12, tzinfo=now().tzinfo)


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split()).replace(
        "\u00a0", " "
    )


def rows(answer):
    """Return the lines of the table, cell by cell, as somebody who cannot see it hears them."""
    table = answer.text.partition("<tbody>")[2].partition("</table>")[0]
    table = re.sub(r'<span aria-hidden="true">.*?</span>', "", table, flags=re.DOTALL)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.split(r"</t[hd]>", row)[:-1]
        ]
        for row in table.split("</tr>")[:-1]
    ]


def before(created, submitted=None, labelled=None, published=None, **values):
    """Give an activity of 2025 that went so many days before or after the same day."""
    edition = make_edition(2025, state=EditionState.CLOSED)
    moments = [
        SAME_DAY + timedelta(days=days) if days is not None else None
        for days in (created, submitted, labelled, published)
    ]
    status = values.pop("status", Status.PUBLISHED if published is not None else Status.LABELLED)
    activity = make_activity(
        from_paris(date(2025, 10, 4), time(10)),
        edition=edition,
        status=status,
        created_at=moments[0],
        submitted_at=moments[1],
        published_at=moments[3],
        **values,
    )
    if moments[2] is not None:
        activity.decisions.append(Decision(at=moments[2], step=Step.LABEL))
    database.session.flush()
    return activity


def cells(answer, name):
    (line,) = [row for row in rows(answer) if row[0].startswith(name)]
    return line[1:]


@pytest.mark.parametrize("where", [PAGE, f"{PAGE}/tableau.csv", COMMUNES, LATE])
def test_only_the_coordination_sees_it(where, db, sign_in, client):
    make_edition()
    assert sign_in(make_user()).get(where).status_code == 403
    assert sign_in(make_coordinator("32")).get(where).status_code == 200
    assert client.get(where).status_code == 302


@pytest.mark.parametrize("where", [PAGE, COMMUNES, LATE])
def test_without_any_edition_the_pages_stand(where, db, sign_in):
    assert sign_in(make_coordinator("32")).get(where).status_code == 200


def test_each_departement_is_beside_the_year_before_on_the_same_day(db, sign_in):
    for status in (Status.DRAFT, Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.REFUSED):
        make_activity(status=status)
    make_activity(status=Status.LABELLED)
    make_activity()
    make_activity(venue=make_venue(CONDOM))
    # By the same day of 2025: two begun, one of which only; one waiting; one labelled; one published.
    before(-30, 10)
    before(-20, -10, 5)
    before(-20, -10, -5, 5)
    before(-20, -10, -5, -1)
    # Nothing of these was there yet.
    before(1, 2, 3, 4)
    shown = cells(sign_in(make_coordinator("32", "31")).get(PAGE), "Gers (32)")
    assert shown == [
        "1 autant qu’en 2025",
        "6 3 de plus qu’en 2025",
        "2 1 de plus qu’en 2025",
        "3 1 de plus qu’en 2025",
        "2 1 de plus qu’en 2025",
        "2 1 de plus qu’en 2025",
        "456 communes sans activité : Gers",
    ]


def test_a_difference_is_told_by_a_sign_and_in_words(db, sign_in):
    make_activity(status=Status.SUBMITTED)
    for _number in range(4):
        before(-20, -10, -5, -1)
    page = sign_in(make_coordinator("32")).get(PAGE).text
    assert re.search(r'<span aria-hidden="true">−3</span>\s*<span[^>]*>3 de moins qu’en 2025', page)


def test_what_was_brought_from_a_file_afterwards_is_compared_with_nothing(db, sign_in):
    make_activity()
    late = before(-20, -10, -5, -1)
    late.submitted_at = late.published_at = now()
    page = text_of(sign_in(make_coordinator("32")).get(PAGE))
    assert "Il n’y a pas d’édition précédente à laquelle comparer" in page
    assert "qu’en 2025" not in page


def test_the_whole_is_at_the_foot_and_other_territories_are_nowhere(db, sign_in):
    make_activity()
    make_activity(commune=TOULOUSE)
    make_activity(commune="34172")
    shown = sign_in(make_coordinator("32", "31")).get(PAGE)
    assert [(row[0], row[5].split()[0]) for row in rows(shown)] == [
        ("Haute-Garonne (31)", "1"),
        ("Gers (32)", "1"),
        ("Ensemble", "2"),
    ]
    nowhere = make_activity(organisation=make_organisation(commune_code=None))
    nowhere.venue = None
    regional = rows(sign_in(make_coordinator()).get(PAGE))
    assert [row[0] for row in regional[-2:]] == ["Sans lieu, ou hors de la région", "Ensemble"]
    assert regional[-1][5].startswith("4")


def test_sites_and_slots_elsewhere_host_too(db, sign_in):
    village = make_activity(kind="science_village")
    village.sites = [make_venue(CONDOM)]
    village.slots[0].venue = make_venue("32160")
    database.session.flush()
    assert cells(sign_in(make_coordinator("32")).get(PAGE), "Gers")[5].startswith("3")


def test_another_edition_can_be_asked_for_and_one_in_preparation_cannot(db, sign_in):
    make_edition()
    before(-20, -10, -5, -1)
    make_edition(2027, state=EditionState.PREPARED)
    client = sign_in(make_coordinator("32"))
    assert "Avancement de l’édition 2025" in client.get(f"{PAGE}?edition=2025").text
    for odd in ("2027", "1800", "x"):
        assert "Avancement de l’édition 2026" in client.get(f"{PAGE}?edition={odd}").text


def test_the_board_is_given_as_a_file(db, sign_in):
    make_activity()
    before(-20, -10, -5, -1)
    answer = sign_in(make_coordinator("32")).get(f"{PAGE}/tableau.csv")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="avancement-2026-2026-03-16.csv"'
    )
    assert answer.data.decode("utf-8-sig") != answer.text
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert table == [
        ["Code", "Département"]
        + [
            f"{name} 2026"
            for name in ("Commencées", "Déposées", "En attente", "Labellisées", "Publiées")
        ]
        + ["Communes d’accueil 2026", "Communes sans activité"]
        + [
            f"{name} 2025"
            for name in ("Commencées", "Déposées", "En attente", "Labellisées", "Publiées")
        ]
        + ["Communes d’accueil 2025"],
        ["32", "Gers", "0", "1", "0", "1", "1", "1", "457", "0", "1", "0", "1", "1", "1"],
        ["", "Ensemble", "0", "1", "0", "1", "1", "1", "457", "0", "1", "0", "1", "1", "1"],
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_asks_the_same_of_the_database_however_much_is_declared(
    count, db, sign_in, queries
):
    for _number in range(count):
        make_activity()
        before(-20, -10, -5, -1)
    client = sign_in(make_coordinator("32", "31"))
    with queries() as asked:
        client.get(PAGE)
    assert len(asked) == 13, "\n".join(asked)


# Communes where nothing is held


def communes(answer):
    return [
        " ".join(re.sub(r"<[^>]+>", " ", each).split())
        for each in re.findall(r'<p class="queue-title">(.*?)</p>', answer.text, re.DOTALL)
    ]


def test_communes_that_hosted_the_year_before_come_first_then_the_largest(db, sign_in):
    make_activity()
    before(-20, -10, -5, -1, commune=CONDOM)
    client = sign_in(make_coordinator("32"))
    first = client.get(COMMUNES)
    assert communes(first)[0].startswith("Condom")
    assert "Accueillait en 2025" in first.text
    assert first.text.count("Accueillait en 2025") == 1
    shown = communes(first)
    assert len(shown) == 50
    assert not [name for name in shown if name.startswith("Auch ")]
    assert "457 communes" in text_of(first)
    assert communes(client.get(f"{COMMUNES}?page=2"))[0] not in shown


def test_a_departement_of_others_cannot_be_asked_for(db, sign_in):
    make_edition()
    client = sign_in(make_coordinator("32"))
    assert "Toulouse" not in client.get(f"{COMMUNES}?departement=31").text
    regional = sign_in(make_coordinator())
    assert "Toulouse" in communes(regional.get(f"{COMMUNES}?departement=31"))[0]


def test_what_is_held_nowhere_hides_no_commune(db, sign_in):
    make_activity().venue = None
    database.session.flush()
    assert "458 communes" in text_of(sign_in(make_coordinator("32")).get(COMMUNES))


# Structures that are late


def titles(answer):
    return re.findall(r'href="/ma-structure/\d+">(.*?)</a>', answer.text)


@pytest.fixture
def late(db):
    """Give a structure that published in 2025 and deposited nothing in 2026, with a member."""
    organisation = make_organisation(make_user(), name="Les Absents")
    before(-20, -10, -5, -1, organisation=organisation)
    make_edition()
    return organisation


def test_who_took_part_and_has_deposited_nothing_is_late(late, sign_in):
    for status in (Status.SUBMITTED, Status.REFUSED, Status.PUBLISHED):
        there = make_organisation(name="Les Présents")
        before(-20, -10, -5, -1, organisation=there)
        make_activity(organisation=there, status=status)
    before(-20, -10, -5, organisation=make_organisation(name="Les Refusés"), status=Status.REFUSED)
    make_organisation(name="Les Nouveaux")
    partner = make_organisation(name="Les Partenaires")
    before(-20, -10, -5, -1, organisation=partner)
    shared = make_activity(status=Status.SUBMITTED)
    shared.co_organisers.append(CoOrganiser(organisation=partner, added_at=now()))
    for status in (Status.DRAFT, Status.WITHDRAWN):
        make_activity(organisation=late, status=status)
    shown = sign_in(make_coordinator("32")).get(LATE)
    assert titles(shown) == ["Les Absents"]
    assert "1 activité en 2025 1 brouillon commencé 1 personne à qui écrire" in text_of(shown)


def test_a_partner_of_the_year_before_is_late_too(late, sign_in):
    activity = before(-20, -10, -5, -1)
    partner = make_organisation(name="Les Complices")
    activity.co_organisers.append(CoOrganiser(organisation=partner, added_at=now()))
    assert "Les Complices" in titles(sign_in(make_coordinator("32")).get(LATE))


def test_those_whom_no_letter_reaches_are_told_apart(late, sign_in):
    gone = make_organisation(
        make_user(checked_at=None), make_user(erased_at=now()), name="Les Muets", phone="05 62 00"
    )
    gone.memberships.append(
        Membership(person=make_user(), state=MembershipState.REQUESTED, asked_at=now())
    )
    before(-20, -10, -5, -1, organisation=gone)
    client = sign_in(make_coordinator("32"))
    assert titles(client.get(f"{LATE}?joignables=oui")) == ["Les Absents"]
    alone = client.get(f"{LATE}?joignables=non")
    assert titles(alone) == ["Les Muets"]
    assert "05 62 00 Personne sur le site : téléphonez" in text_of(alone)
    assert titles(client.get(f"{LATE}?joignables=x")) == ["Les Absents", "Les Muets"]


def test_late_ones_of_other_territories_are_not_shown(late, sign_in):
    far = make_organisation(name="Les Lointains", commune_code=TOULOUSE)
    before(-20, -10, -5, -1, organisation=far)
    nowhere = make_organisation(name="Les Flottants", commune_code=None)
    before(-20, -10, -5, -1, organisation=nowhere)
    assert titles(sign_in(make_coordinator("32")).get(f"{LATE}?departement=31")) == ["Les Absents"]
    regional = sign_in(make_coordinator())
    assert titles(regional.get(LATE)) == ["Les Absents", "Les Flottants", "Les Lointains"]
    assert titles(regional.get(f"{LATE}?departement=31")) == ["Les Lointains"]


def test_a_merged_one_is_late_under_its_only_name(late, sign_in):
    twin = make_organisation(name="Les Absents bis")
    before(-20, -10, -5, -1, organisation=twin)
    merge(late, twin, by=make_coordinator("32"), at=now())
    shown = sign_in(make_coordinator("32")).get(LATE)
    assert titles(shown) == ["Les Absents"]
    assert "2 activités en 2025" in text_of(shown)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("where", "expected"), [(LATE, 11), (COMMUNES, 9)])
def test_lists_ask_the_same_of_the_database_however_many(
    where, expected, count, db, sign_in, queries
):
    make_edition()
    for _number in range(count):
        organisation = make_organisation(make_user(), make_user())
        before(-20, -10, -5, -1, organisation=organisation, commune=AUCH)
    client = sign_in(make_coordinator("32"))
    with queries() as asked:
        client.get(where)
    assert len(asked) == expected, "\n".join(asked)
