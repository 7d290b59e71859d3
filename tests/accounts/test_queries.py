from datetime import timedelta

import pytest

from fete.accounts import queries
from fete.accounts.models import Absence, RoleName
from fete.core.clock import now, today
from fete.core.db import db as database
from fete.core.pagination import paginate
from fete.journal.services import record
from tests.factories.accounts import make_administrator, make_coordinator, make_user


def test_letters_for_a_departement_go_to_its_coordinators_else_to_the_region_else_to_the_site(db):
    emma = make_administrator()
    assert queries.coordinators_of("32") == [emma]
    denis = make_coordinator()
    assert queries.coordinators_of("32") == [denis]
    camille = make_coordinator("32", "81")
    make_coordinator("32", checked_at=None)
    make_coordinator("09")
    assert queries.coordinators_of("32") == [camille]
    assert queries.coordinators_of("46") == [denis]
    assert queries.coordinators_of(None) == [denis]


def away(*people, first=0, last=0):
    for person in people:
        person_id, day = person.id, today()
        database.session.add(
            Absence(
                person_id=person_id,
                first_day=day + timedelta(first),
                last_day=day + timedelta(last),
            )
        )
    database.session.flush()


def test_letters_go_to_who_is_there_else_to_the_region_else_as_always(db):
    camille, dominique = make_coordinator("32"), make_coordinator("32", "81")
    emma, farid = make_coordinator(), make_administrator()
    away(dominique, first=-3, last=-1)
    away(dominique, first=1, last=3)
    assert queries.coordinators_of("32") == [camille, dominique]
    away(camille)
    assert queries.coordinators_of("32") == [dominique]
    away(dominique, first=-1, last=1)
    assert queries.coordinators_of("32") == [emma]
    away(emma)
    assert queries.coordinators_of("32") == [farid]
    away(farid)
    assert queries.coordinators_of("32") == [camille, dominique]


def test_who_is_away_leaves_to_the_region_what_nobody_else_looks_after(db):
    camille = make_coordinator("32", "81", name="Camille")
    make_coordinator("81", name="Dominique")
    make_coordinator("09", name="Présente")
    covered = make_coordinator("09", name="Couverte")
    away(camille, first=-2, last=5)
    away(camille, last=1)
    away(covered, make_coordinator(name="Emma"))
    assert queries.absent_coordinators() == [
        queries.Absent(
            person_id=camille.id,
            name="Camille",
            until=today() + timedelta(5),
            departements=frozenset({"32"}),
        )
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ["Adèle Lovelace", "Émilie du Châtelet", "Zoé"]),
        ("adele", ["Adèle Lovelace"]),
        ("CHATELET émilie", ["Émilie du Châtelet"]),
        ("zoe@", ["Zoé"]),
        ("example.org", ["Adèle Lovelace", "Émilie du Châtelet", "Zoé"]),
        ("%", []),
        ("_", []),
        ("nobody", []),
    ],
)
def test_people_are_found_by_name_without_accents_and_by_address(db, words, expected):
    make_user(name="Zoé", email="zoe@example.org")
    make_user(name="Adèle Lovelace", email="al@example.org")
    make_user(name="Émilie du Châtelet", email="edc@example.org")
    make_user(name="Compte effacé", email="zzz@example.org", erased_at=now())
    found = paginate(queries.people(words), number=1).rows
    assert [person.name for person in found] == expected


def test_people_are_found_by_role(db):
    make_user()
    camille = make_coordinator("32")
    make_coordinator()
    found = paginate(queries.people("", RoleName.DEPARTMENTAL), number=1)
    assert (found.rows, found.total) == ([camille], 1)


def test_a_renamed_person_is_found_under_the_new_name_only(db):
    ada = make_user(name="Ada Byron", email="a@example.org")
    ada.name = "Ada Lovelace"
    db.session.flush()
    assert paginate(queries.people("lovelace a@example"), number=1).rows == [ada]
    assert paginate(queries.people("byron"), number=1).rows == []


def test_an_act_bears_the_name_of_who_did_it_and_the_site_has_none(db):
    ada, bob = make_user(name="Ada"), make_user(name="Bob")
    record("person.registered", on=ada, person_id=None, at=now())
    record("person.role_granted", on=ada, person_id=bob.id, at=now() + timedelta(1), detail="x")
    record("person.registered", on=bob, person_id=bob.id, at=now())
    db.session.flush()
    acts = queries.acts_on(ada, limit=5)
    assert [(act.act, act.person_name, act.detail) for act in acts] == [
        ("person.role_granted", "Bob", "x"),
        ("person.registered", None, ""),
    ]
    assert queries.latest_act(ada, ["person.registered", "person.described"]) == queries.Act(
        at=now(), act="person.registered", person_id=None, person_name=None, detail=""
    )
    assert queries.latest_act(ada, ["person.erased"]) is None


def test_a_session_is_known_until_it_is_ended_the_account_unproved_or_erased(db):
    ada = make_user()
    session_id = ada.get_id()
    assert queries.find_session_owner(session_id) is ada
    assert queries.find_session_owner(f"{ada.id}.x") is None
    assert queries.find_session_owner("x.y") is None
    assert queries.find_session_owner("²." + ada.session_key) is None
    ada.erased_at = now()
    assert queries.find_session_owner(session_id) is None
    ada.erased_at, ada.checked_at = None, None
    assert queries.find_session_owner(session_id) is None
