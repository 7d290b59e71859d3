import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from fete.accounts import queries, services
from fete.accounts.models import Role, RoleName, User
from fete.core.clock import now
from fete.core.errors import RuleBrokenError
from fete.journal.models import Entry
from fete.mailing.models import Letter
from fete.network.models import CharterSignature, Membership
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity

PASSWORD = "un cheval sur la colline"


def roles_of(person):
    return [
        (role.name, [each.code for each in role.departements])
        for role in sorted(person.roles, key=lambda role: role.name)
    ]


def test_a_role_is_given_with_its_territory_told_by_letter_and_written_in_the_journal(db, letters):
    emma, ada = make_administrator(), make_user(name="Ada")
    session = ada.get_id()
    services.grant_role(ada, RoleName.DEPARTMENTAL, ["81", "32"], by=emma, at=now())
    assert roles_of(ada) == [(RoleName.DEPARTMENTAL, ["32", "81"])]
    assert ada.get_id() != session
    (entry,) = db.session.scalars(select(Entry))
    assert (entry.act, entry.object_id, entry.person_id, entry.detail) == (
        "person.role_granted",
        ada.id,
        emma.id,
        "Coordination départementale (Gers, Tarn)",
    )
    (letter,) = letters()
    assert (letter.kind, letter.to_address) == ("accounts/rights", ada.email)
    assert "coordonner : Gers, Tarn" in letter.text.replace("\xa0", " ")


def test_giving_a_departmental_role_again_replaces_its_territory(db):
    emma, camille = make_administrator(), make_coordinator("32", "81")
    services.grant_role(camille, RoleName.DEPARTMENTAL, ["09"], by=emma, at=now())
    assert roles_of(camille) == [(RoleName.DEPARTMENTAL, ["09"])]


@pytest.mark.parametrize("codes", [[], ["75"], ["32", "75"], ["xx"]])
def test_a_departmental_role_needs_departements_of_the_region(db, codes):
    ada = make_user()
    with pytest.raises(RuleBrokenError) as refusal:
        services.grant_role(ada, RoleName.DEPARTMENTAL, codes, by=None, at=now())
    assert refusal.value.field == "departements"
    assert roles_of(ada) == []


def test_only_an_administrator_makes_or_unmakes_another(db):
    denis, emma, ada = make_coordinator(), make_administrator(), make_user()
    make_administrator()
    for attempt in (services.grant_role, services.revoke_role):
        with pytest.raises(RuleBrokenError, match="Seule une personne qui administre"):
            attempt(ada, RoleName.ADMINISTRATOR, by=denis, at=now())
    services.grant_role(ada, RoleName.ADMINISTRATOR, by=emma, at=now())
    assert roles_of(ada) == [(RoleName.ADMINISTRATOR, [])]
    services.revoke_role(ada, RoleName.ADMINISTRATOR, by=emma, at=now())
    assert roles_of(ada) == []


def test_nobody_removes_the_last_administrator_not_even_that_one(db):
    emma = make_administrator()
    # Nobody can sign in as this one: not a way back.
    make_administrator(checked_at=None)
    with pytest.raises(RuleBrokenError, match="dernière personne qui administre"):
        services.revoke_role(emma, RoleName.ADMINISTRATOR, by=emma, at=now())
    with pytest.raises(RuleBrokenError, match="dernière personne qui administre"):
        services.erase(emma, at=now())
    assert roles_of(emma) == [(RoleName.ADMINISTRATOR, [])]


def test_a_role_is_taken_back_once(db):
    emma, camille = make_administrator(), make_coordinator("32")
    services.revoke_role(camille, RoleName.DEPARTMENTAL, by=emma, at=now())
    assert roles_of(camille) == []
    assert db.session.scalars(select(Role).where(Role.person_id == camille.id)).all() == []
    with pytest.raises(RuleBrokenError, match="n’a plus ce rôle"):
        services.revoke_role(camille, RoleName.DEPARTMENTAL, by=emma, at=now())


def test_to_recognise_nobody_takes_the_same_work_as_somebody(db, monkeypatch):
    make_user(email="ada@example.org", password_hash=services.hash_of(PASSWORD))
    make_user(email="invited@example.org")
    work = []
    verify = PasswordHasher.verify

    def counted(hasher, hashed, password):
        work.append(hashed[:9])
        return verify(hasher, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    found = [
        services.authenticate(email, PASSWORD)
        for email in ("ada@example.org", "nobody@example.org", "invited@example.org")
    ]
    assert [person.email if person else None for person in found] == ["ada@example.org", None, None]
    assert work == ["$argon2id"] * 3


def test_an_erased_person_leaves_a_number_and_nothing_of_a_person(db, letters):
    ada = make_coordinator(
        "32", name="Ada Lovelace", email="ada@example.org", phone="05 61 00 00 00"
    )
    bob = make_user(name="Bob", email="bob@example.org")
    organisation = make_organisation(ada, bob)
    activity = make_activity(organisation=organisation, created_by_id=ada.id)
    organisation.signatures[0].person_id = ada.id
    services.ask_for_reset("ada@example.org", at=now())
    services.ask_for_reset("bob@example.org", at=now())
    db.session.flush()
    numbers = ada.id, activity.id, organisation.id
    session = ada.get_id()

    services.erase(ada, at=now())
    db.session.flush()

    assert queries.find_by_email("ada@example.org") is None
    assert queries.find_person(numbers[0]) is None
    assert queries.find_session_owner(session) is None
    left = queries.rows_about(db.session.get(User, numbers[0]))
    assert sorted(left) == ["activity", "charter_signature", "journal_entry", "user_account"]
    assert "lovelace" not in str(left).lower()
    assert "ada@" not in str(left)
    assert "05 61" not in str(left)
    assert [each.to_address for each in letters()] == ["bob@example.org"]
    assert list(db.session.scalars(select(Membership.person_id))) == [bob.id]
    assert activity.organisation_id == organisation.id == numbers[2]
    assert db.session.scalars(select(CharterSignature.person_id)).all() == [numbers[0]]


def test_an_erased_address_may_register_anew(db, letters):
    ada = make_user(email="ada@example.org")
    services.erase(ada, at=now())
    services.register(email="ada@example.org", name="Ada", password=PASSWORD, at=now())
    db.session.flush()
    assert [(each.kind, each.to_address) for each in db.session.scalars(select(Letter))] == [
        ("accounts/confirm", "ada@example.org")
    ]


def test_a_person_s_own_copy_holds_what_names_them_and_no_secret_nor_anybody_else_s(db):
    ada, bob = make_coordinator("32", name="Ada"), make_user(name="Bob", password_hash="b-secret")
    make_organisation(ada, bob, name="Les Étoiles")
    services.ask_for_reset(ada.email, at=now())
    services.ask_for_reset(bob.email, at=now())
    services.describe_person(ada, name="Ada L.", phone="", language="en", at=now())
    db.session.flush()
    rows = queries.rows_about(ada)
    assert sorted(rows) == ["journal_entry", "letter", "membership", "role", "user_account"]
    (account,) = rows["user_account"]
    assert (account["name"], account["email"], account["language"]) == ("Ada L.", ada.email, "en")
    assert not {"password_hash", "session_key"} & set(account)
    assert [row["person_id"] for row in rows["membership"]] == [ada.id]
    assert [row["to_address"] for row in rows["letter"]] == [ada.email]
    assert bob.email not in str(rows)


def test_two_registrations_at_the_same_instant_make_one_account(db):
    first = make_user(email="ada@example.org", checked_at=None)
    # What the second one does when it looked before the first was written.
    assert services._add_person("ada@example.org", "Ada", at=now()) is first
    assert list(db.session.scalars(select(User))) == [first]
