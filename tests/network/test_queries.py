from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.core.pagination import paginate
from fete.network import queries
from fete.network.models import Membership, MembershipState
from tests.factories.accounts import make_user
from tests.factories.network import MONTPELLIER, TOULOUSE, make_organisation
from tests.factories.programme import term


def names(organisations):
    return [organisation.name for organisation in organisations]


def ask(organisation, person, at=None):
    organisation.memberships.append(
        Membership(person=person, state=MembershipState.REQUESTED, asked_at=at or now())
    )


def test_a_person_s_structures_are_those_that_admitted_them_and_requests_stay_apart(db):
    ada, bob = make_user(), make_user()
    make_organisation(ada, bob, name="Zèbre")
    make_organisation(ada, name="Âne")
    make_organisation(bob, name="À Bob")
    asked = make_organisation(bob, name="Demandée")
    ask(asked, ada)
    db.session.flush()
    assert names(queries.organisations_of(ada)) == ["Âne", "Zèbre"]
    assert [each.organisation.name for each in queries.requests_of(ada)] == ["Demandée"]
    assert queries.active_members(asked) == [bob]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("museum", ["Muséum d’Auch", "Muséum de Toulouse"]),
        ("muséum auch", ["Muséum d’Auch"]),
        ("auch", ["Le Hublot", "Muséum d’Auch"]),
        ("32000", ["Le Hublot", "Muséum d’Auch"]),
        ("mdt", ["Muséum de Toulouse"]),
        ("732 829 320 00074", ["Le Hublot"]),
        ("732829320", ["Le Hublot"]),
        ("73282932000075", []),
        ("x", []),
        ("", []),
        ("%", []),
        ("' OR 1=1", []),
    ],
)
def test_a_structure_is_found_by_name_commune_acronym_or_siret(db, typed, expected):
    make_organisation(name="Muséum d’Auch")
    make_organisation(name="Muséum de Toulouse", commune_code=TOULOUSE, acronym="MDT")
    make_organisation(name="Le Hublot", siret="73282932000074")
    assert names(queries.matching_organisations(typed)) == expected


def test_no_more_than_twenty_are_shown(db):
    for number in range(22):
        make_organisation(name=f"Muséum {number:02}")
    assert len(queries.matching_organisations("museum")) == 20


def test_those_of_a_territory_are_found_however_many_are_elsewhere(db):
    for number in range(22):
        make_organisation(name=f"Muséum {number:02}", commune_code=TOULOUSE)
    make_organisation(name="Muséum d’Auch")
    make_organisation(name="Muséum sans lieu", commune_code=None)
    found = queries.matching_organisations("museum", territory=frozenset({"32"}))
    assert names(found) == ["Muséum d’Auch"]
    assert queries.matching_organisations("museum", territory=frozenset()) == []


@pytest.mark.parametrize(
    ("name", "commune", "siret", "expected"),
    [
        ("Museum Auch", "32013", None, ["Muséum d’Auch"]),
        ("Tout autre", "32013", "73282932000074", ["Le Hublot"]),
        ("Tout autre", TOULOUSE, "73282932000074", ["Le Hublot"]),
        ("Muséum d’Auch", TOULOUSE, None, []),
        ("Muséum d’Auch", None, None, ["Muséum d’Auch"]),
        ("Tout autre", "32013", None, []),
    ],
)
def test_likely_twins_are_looked_for_in_the_commune_by_name_and_by_number(
    db, name, commune, siret, expected
):
    make_organisation(name="Muséum d’Auch")
    make_organisation(name="Le Hublot", siret="73282932000074")
    assert names(queries.similar_organisations(name, commune, siret)) == expected


def test_requests_wait_oldest_first_within_a_territory(db):
    ada, bob, eve = make_user(name="Ada"), make_user(name="Bob"), make_user(name="Eve")
    ask(make_organisation(name="Auch"), ada)
    ask(make_organisation(name="Toulouse", commune_code=TOULOUSE), bob, now() - timedelta(2))
    ask(make_organisation(eve, name="Nulle part", commune_code=None), bob, now() - timedelta(1))
    db.session.flush()

    def waiting(territory):
        page = paginate(queries.waiting_requests(territory), number=1)
        return [(each.person.name, each.organisation.name) for each in page.rows]

    assert waiting(None) == [("Bob", "Toulouse"), ("Bob", "Nulle part"), ("Ada", "Auch")]
    assert waiting({"32"}) == [("Ada", "Auch")]
    assert waiting({"31", "32"}) == [("Bob", "Toulouse"), ("Ada", "Auch")]
    assert waiting({"81"}) == []
    assert waiting(set()) == []


def make_listed(name, **values):
    return make_organisation(name=name, **values)


def listed(words="", family=None, departement_code=None):
    statement = queries.listed_organisations(
        words, family=family, departement_code=departement_code
    )
    return names(paginate(statement, number=1).rows)


def test_the_directory_shows_those_whose_latest_signature_agrees_and_nobody_else(db):
    make_listed("Oui")
    make_organisation(name="Jamais signé", signed=False)
    changes: dict[str, dict[str, object]] = {
        "Retiré de l’annuaire": {"listing_withdrawn_at": now()},
        "Charte retirée": {"charter_withdrawn_at": now()},
        "Sans annuaire": {"agrees_to_be_listed": False},
        "Sans charte": {"accepts_charter": False},
        "Sans lettres": {"letters_withdrawn_at": now()},
    }
    for name, values in changes.items():
        for field, value in values.items():
            setattr(make_listed(name).signatures[0], field, value)
    # Agreed three days ago, did not agree when signing anew; and the other way round.
    no_longer, again = make_listed("Plus maintenant"), make_listed("De nouveau")
    for organisation, then, today in ((no_longer, True, False), (again, False, True)):
        first = organisation.signatures[0]
        first.agrees_to_be_listed, first.signed_at = then, now() - timedelta(3)
        other = make_organisation().signatures[0]
        other.agrees_to_be_listed = today
        organisation.signatures.append(other)
    db.session.flush()
    shown = [name for name in listed() if not name.startswith("Structure")]
    assert shown == ["De nouveau", "Oui", "Sans lettres"]
    assert queries.find_listed(no_longer.id) is None
    assert queries.find_listed(again.id) is again


def test_the_directory_is_searched_by_name_and_commune_and_filtered(db):
    museum = term("family", "csti_museum")
    make_listed("Muséum d’Auch", family=museum)
    make_listed("Muséum de Toulouse", family=museum, commune_code=TOULOUSE)
    make_listed("Le Hublot", commune_code=MONTPELLIER)
    make_listed("Nulle part", commune_code=None)
    assert listed("museum") == ["Muséum d’Auch", "Muséum de Toulouse"]
    assert listed("toulouse") == ["Muséum de Toulouse"]
    assert listed("MONTPELLIER") == ["Le Hublot"]
    assert listed(family=museum, departement_code="32") == ["Muséum d’Auch"]
    assert listed(departement_code="34") == ["Le Hublot"]
    assert listed("museum", departement_code="34") == []
    assert len(listed()) == 4
