import json

import pytest
from sqlalchemy import select

from fete.accounts import services
from fete.accounts.models import User
from fete.core.clock import now
from fete.journal.models import Entry
from tests.factories.accounts import make_administrator, make_user

PASSWORD = "un cheval sur la colline"
OTHER = "trois pommes et une poire"

READING = ["/mon-compte", "/mon-compte/mot-de-passe", "/mon-compte/mes-donnees"]


def make_signer(db, **values):
    person = make_user(password_hash=services.hash_of(PASSWORD), **values)
    db.session.commit()
    return person


@pytest.mark.parametrize(
    "path", [*READING, "/mon-compte/mes-donnees.json", "/mon-compte/supprimer"]
)
def test_a_stranger_is_sent_to_the_door_and_back(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (302, f"/compte/connexion?suite={path}")
    assert client.send(path).status_code in {302, 405}


def test_one_changes_one_s_name_number_and_language(db, sign_in):
    person = make_signer(db, name="Ada")
    client = sign_in(person)
    typed = {"name": "Ada Lovelace", "phone": "0561000000", "language": "en"}
    answer = client.send("/mon-compte", typed)
    assert answer.location == "/en/mon-compte"
    assert (person.name, person.phone, person.language) == ("Ada Lovelace", "05 61 00 00 00", "en")
    refused = client.send("/mon-compte", typed | {"name": "", "phone": "12"})
    assert "Ce champ est nécessaire." in refused.text
    assert "pas la bonne forme" in refused.text
    assert 'value="12"' in refused.text
    assert client.send("/mon-compte", typed | {"language": "xx"}).status_code == 200
    assert (person.name, person.language) == ("Ada Lovelace", "en")


def test_nobody_changes_an_address_by_sending_one(db, sign_in):
    person = make_signer(db, email="ada@example.org")
    sent = {"name": "Ada", "language": "fr", "email": "eve@example.org", "checked_at": ""}
    sign_in(person).send("/mon-compte", sent)
    assert (person.name, person.email) == ("Ada", "ada@example.org")


def test_changing_the_password_asks_the_present_one_ends_other_sessions_and_keeps_this_one(
    db, sign_in, letters
):
    person = make_signer(db)
    here, elsewhere = sign_in(person), sign_in(person)
    wrong = here.send("/mon-compte/mot-de-passe", {"present": OTHER, "password": OTHER})
    assert "pas votre mot de passe actuel" in wrong.text
    weak = here.send("/mon-compte/mot-de-passe", {"present": PASSWORD, "password": "court"})
    assert "trop court" in weak.text
    assert services.authenticate(person.email, PASSWORD) is not None

    answer = here.send("/mon-compte/mot-de-passe", {"present": PASSWORD, "password": OTHER})
    assert answer.location == "/mon-compte"
    assert here.get("/mon-compte").status_code == 200
    assert elsewhere.get("/mon-compte").status_code == 302
    assert services.authenticate(person.email, PASSWORD) is None
    assert services.authenticate(person.email, OTHER) is not None
    assert [each.kind for each in letters()] == ["accounts/password_changed"]
    assert db.session.scalars(select(Entry.act)).all() == ["person.password_changed"]


def test_one_takes_one_s_data_away(db, sign_in):
    person = make_signer(db, name="Adèle")
    make_signer(db, name="Zoé", email="zoe@example.org")
    answer = sign_in(person).get("/mon-compte/mes-donnees.json")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="mes-donnees-2026-03-16.json"'
    )
    assert answer.headers["Cache-Control"] == "private, no-store"
    held = json.loads(answer.data)
    assert [row["name"] for row in held["user_account"]] == ["Adèle"]
    assert "Adèle" in answer.text
    assert "zoe@example.org" not in answer.text
    assert person.password_hash not in answer.text


def test_one_erases_one_s_account_with_the_password(db, sign_in, letters):
    person = make_signer(db, email="ada@example.org")
    client, elsewhere = sign_in(person), sign_in(person)
    assert "pour toujours" in client.get("/mon-compte/supprimer").text
    refused = client.send("/mon-compte/supprimer", {"present": OTHER})
    assert "pas votre mot de passe actuel" in refused.text
    assert db.session.scalars(select(User.erased_at)).all() == [None]
    assert client.send("/mon-compte/supprimer", {"present": PASSWORD}).location == "/"
    assert db.session.scalars(select(User.erased_at)).all() == [now()]
    assert client.get("/mon-compte").status_code == 302
    assert elsewhere.get("/mon-compte").status_code == 302
    assert services.authenticate("ada@example.org", PASSWORD) is None


def test_the_last_administrator_is_told_why_the_account_stays(db, sign_in):
    emma = make_administrator(password_hash=services.hash_of(PASSWORD), name="Emma")
    page = sign_in(emma).send("/mon-compte/supprimer", {"present": PASSWORD}).text
    assert "dernière personne qui administre le site" in page
    assert (emma.name, emma.erased_at) == ("Emma", None)


@pytest.mark.parametrize("path", READING)
def test_a_name_is_shown_as_typed_and_never_obeyed(db, sign_in, path):
    person = make_signer(db, name="<script>alert('Ada')</script>")
    services.describe_person(
        person, name=person.name, phone="", language="fr", at=person.registered_at
    )
    page = sign_in(person).get(path).text
    assert "<script>alert" not in page


def test_looking_at_one_s_account_changes_nothing(db, sign_in):
    person = make_signer(db)
    before = db.session.scalars(select(User.session_key)).all()
    client = sign_in(person)
    for path in [*READING, "/mon-compte/supprimer", "/mon-compte/mes-donnees.json"]:
        assert client.get(path).status_code == 200
    assert db.session.scalars(select(User.session_key)).all() == before
    assert db.session.scalars(select(Entry)).all() == []
