import re

import pytest
from sqlalchemy import select

from fete.accounts import services
from fete.accounts.models import RoleName, User
from tests.factories.accounts import make_user

PASSWORD = "un cheval sur la colline"


@pytest.fixture
def run(app, db):
    runner = app.test_cli_runner()
    return lambda *words, typed=None: runner.invoke(
        args=["user", "create", *words], input=typed, catch_exceptions=False
    )


def the_only_person(db):
    db.session.expire_all()
    return db.session.scalars(select(User)).one()


def test_an_administrator_is_made_with_a_password_from_standard_input(db, run):
    told = run(
        *("--email", "Emma@Example.org", "--name", "Emma", "--role", "administrator"),
        "--password-stdin",
        typed=PASSWORD + "\n",
    )
    assert (told.exit_code, told.output) == (0, "Compte créé\xa0: emma@example.org\n")
    person = the_only_person(db)
    assert (person.name, [role.name for role in person.roles]) == ("Emma", [RoleName.ADMINISTRATOR])
    assert services.authenticate("emma@example.org", PASSWORD) is not None


def test_without_a_password_a_link_is_printed_to_choose_one(db, run, client):
    told = run(
        *("--email", "c@example.org", "--name", "Camille", "--role", "departmental"),
        *("--departement", "32", "--departement", "81"),
    )
    assert told.exit_code == 0
    person = the_only_person(db)
    assert [each.code for each in person.roles[0].departements] == ["32", "81"]
    assert not person.is_active
    (path,) = re.findall(r"https://fete\.example\.org(/\S+)", told.output)
    answer = client.send(path, {"password": PASSWORD}, token_from=path)
    assert answer.location == "/coordination"
    assert services.authenticate("c@example.org", PASSWORD) is not None


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (["--email", "nobody", "--name", "A"], None, "Adresse électronique impossible"),
        (["--email", "known@example.org", "--name", "A"], None, "existe déjà"),
        (
            ["--email", "a@example.org", "--name", "A", "--role", "departmental"],
            None,
            "département",
        ),
        (["--email", "a@example.org", "--name", "A", "--departement", "32"], None, "departmental"),
        (["--email", "a@example.org", "--name", "A", "--password-stdin"], "court\n", "trop court"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_leaves_nothing(db, run, words, typed, sentence):
    make_user(email="known@example.org")
    db.session.commit()
    told = run(*words, typed=typed)
    assert told.exit_code == 1
    assert sentence in told.output
    assert the_only_person(db).email == "known@example.org"
