import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from fete.accounts import services
from fete.accounts.models import User
from fete.accounts.views.sign import is_local
from fete.core.clock import now
from fete.core.ratelimit import limiter
from fete.journal.models import Entry
from tests.conftest import NOW
from tests.factories.accounts import make_coordinator, make_user

PASSWORD = "un cheval sur la colline"
OTHER = "trois pommes et une poire"


def make_signer(db, **values):
    person = make_user(password_hash=services.hash_of(PASSWORD), **values)
    db.session.commit()
    return person


def link_in(letter):
    """Give the path of the link in a letter."""
    found = re.search(r"https://fete\.example\.org(/\S+)", letter.text)
    assert found
    return found[1]


def acts(db):
    return list(db.session.scalars(select(Entry.act).order_by(Entry.id)))


def is_in(client):
    return client.get("/mon-compte").status_code == 200


NEWCOMER = {"name": "Ada Lovelace", "email": "Ada@Example.org", "password": PASSWORD}


def test_a_newcomer_registers_proves_the_address_and_signs_in(client, db, letters):
    answer = client.send("/compte/inscription", NEWCOMER)
    assert (answer.status_code, answer.location) == (302, "/compte/inscription/courriel")
    assert "Un courriel vous attend" in client.get(answer.location).text

    (letter,) = letters()
    assert (letter.kind, letter.to_address, letter.to_name) == (
        "accounts/confirm",
        "ada@example.org",
        "",
    )
    path = link_in(letter)
    # Looking proves nothing: a mail program may open links by itself.
    assert "ada@example.org" in client.get(path).text
    client.send("/compte/connexion", {"email": "ada@example.org", "password": PASSWORD})
    assert not is_in(client)

    client.send(path, token_from=path)
    assert "déjà fait" in client.get(path).text
    entered = client.send("/compte/connexion", {"email": "ADA@example.org ", "password": PASSWORD})
    assert (entered.status_code, entered.location) == (302, "/mon-espace")
    assert is_in(client)
    assert acts(db) == [
        "person.registered",
        "person.sign_in_failed",
        "person.confirmed",
        "person.signed_in",
    ]


def test_registering_says_the_same_for_a_known_address_which_gets_a_letter(client, db, letters):
    make_signer(db, email="ada@example.org", name="Ada")
    answer = client.send("/compte/inscription", NEWCOMER | {"password": OTHER})
    unknown = client.send("/compte/inscription", NEWCOMER | {"email": "bob@example.org"})
    assert (answer.status_code, answer.location, answer.data) == (
        unknown.status_code,
        unknown.location,
        unknown.data,
    )
    assert [(each.kind, each.to_address) for each in letters()] == [
        ("accounts/exists", "ada@example.org"),
        ("accounts/confirm", "bob@example.org"),
    ]
    assert services.authenticate("ada@example.org", PASSWORD) is not None
    assert services.authenticate("ada@example.org", OTHER) is None


def test_until_it_is_proved_the_latest_registration_of_an_address_counts(client, db, letters):
    client.send("/compte/inscription", NEWCOMER | {"name": "Un autre"})
    client.send("/compte/inscription", NEWCOMER | {"password": OTHER})
    first, second = letters()
    page = client.get(link_in(first)).text
    assert "ne sert plus" in page
    path = link_in(second)
    client.send(path, token_from=path)
    person = services.authenticate("ada@example.org", OTHER)
    assert person is not None
    assert (person.name, len(list(db.session.scalars(select(User))))) == ("Ada Lovelace", 1)
    assert services.authenticate("ada@example.org", PASSWORD) is None


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "trop court"}, "trop court"),
        ({"password": "password1234"}, "parmi les plus employés"),
        ({"password": "x" * 129}, "trop long"),
        ({"password": "ada@example.org"}, "ni votre adresse ni votre nom"),
        ({"email": "ada"}, "pas la bonne forme"),
        ({"email": "ada@example.org\nBcc: eve@example.org"}, "pas la bonne forme"),
        ({"name": " "}, "nécessaire"),
        ({"name": "x" * 121}, "120 signes"),
    ],
)
def test_a_bad_registration_is_told_beside_its_field_and_keeps_the_rest(
    client, db, letters, changed, sentence
):
    answer = client.send("/compte/inscription", NEWCOMER | changed)
    page = answer.text
    assert answer.status_code == 200
    assert sentence in page
    assert "<title>Erreur :" in page.replace("\xa0", " ")
    if "email" not in changed:
        assert 'value="Ada@Example.org"' in page
    # A password is never sent back.
    assert PASSWORD not in page
    assert (letters(), list(db.session.scalars(select(User)))) == ([], [])


def test_a_password_may_have_spaces_at_both_ends_and_128_signs(client, db, letters):
    password = " " + "é" * 63 + "è" * 63 + " "
    client.send("/compte/inscription", NEWCOMER | {"password": password})
    path = link_in(letters()[0])
    client.send(path, token_from=path)
    assert services.authenticate("ada@example.org", password) is not None
    assert services.authenticate("ada@example.org", password.strip()) is None


def test_a_wrong_password_an_unknown_address_and_an_unproved_one_get_the_same_page(client, db):
    make_signer(db, email="known@example.org")
    make_signer(db, email="unproved@example.org", checked_at=None)
    pages = set()
    for email, password in [
        ("known@example.org", OTHER),
        ("nobody@example.org", PASSWORD),
        ("unproved@example.org", PASSWORD),
    ]:
        page = client.send("/compte/connexion", {"email": email, "password": password}).text
        assert "pas reconnu" in page
        page = page.replace(email, "").replace('value="' + email, "")
        pages.add(re.sub(r'name="csrf_token"[^>]*>', "", page))
    assert len(pages) == 1
    assert not is_in(client)


def test_a_failed_sign_in_stands_in_the_journal_without_what_was_typed(client, db):
    person = make_signer(db, email="known@example.org")
    client.send("/compte/connexion", {"email": "known@example.org", "password": OTHER})
    client.send("/compte/connexion", {"email": "nobody@example.org", "password": OTHER})
    entries = list(db.session.scalars(select(Entry).order_by(Entry.id)))
    assert [(each.act, each.object_id, each.person_id, each.detail) for each in entries] == [
        ("person.sign_in_failed", person.id, None, ""),
        ("person.sign_in_failed", None, None, ""),
    ]


def enter(client, person, suite=None):
    path = "/compte/connexion" + (f"?suite={suite}" if suite else "")
    return client.send(path, {"email": person.email, "password": PASSWORD})


def test_one_goes_on_to_where_one_wanted_on_this_site(client, db):
    person = make_signer(db)
    refused = client.get("/mon-compte/mes-donnees?a=1")
    assert refused.location == "/compte/connexion?suite=/mon-compte/mes-donnees?a%3D1"
    assert enter(client, person, "/mon-compte/mes-donnees?a%3D1").location == (
        "/mon-compte/mes-donnees?a=1"
    )


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example.org/",
        "//evil.example.org",
        "/\\evil.example.org",
        "\\\\evil.example.org",
        "/%09/evil.example.org",
        "javascript:alert(1)",
        "mon-compte",
        "/a%0d%0aSet-Cookie: a=b",
    ],
)
def test_one_never_goes_on_to_elsewhere(client, db, elsewhere):
    assert enter(client, make_signer(db), elsewhere).location == "/mon-espace"


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("/", True),
        ("/programme?q=a", True),
        ("", False),
        ("//a", False),
        ("/\\a", False),
        ("/\t/a", False),
        ("/\n", False),
        ("http:/a", False),
    ],
)
def test_a_local_path_begins_with_one_stroke_and_hides_nothing(path, local):
    assert is_local(path) is local


def test_a_coordinator_lands_in_coordination_and_one_who_reads_english_in_english(client, db):
    person = make_coordinator("32", password_hash=services.hash_of(PASSWORD), language="en")
    db.session.commit()
    assert enter(client, person).location == "/en/coordination"


def test_signing_in_begins_a_session_that_holds_nothing_of_before(client, db):
    person = make_signer(db)
    with client.session_transaction() as session:
        session["left by somebody"] = "here"
    before = client.token()
    enter(client, person)
    with client.session_transaction() as session:
        assert "left by somebody" not in session
        assert session["_user_id"] == person.get_id()
        assert session.permanent
    assert client.post("/compte/deconnexion", data={"csrf_token": before}).status_code == 400
    assert is_in(client)


def test_signing_out_is_a_post_and_ends_the_session_on_the_server(client, db, sign_in):
    person = make_signer(db)
    elsewhere = sign_in(person)
    enter(client, person)
    kept = client.get_cookie("fete").value
    assert client.get("/compte/deconnexion").status_code == 405
    assert client.post("/compte/deconnexion").status_code == 400
    assert is_in(client)
    assert client.send("/compte/deconnexion").location == "/"
    assert not is_in(client)
    client.set_cookie("fete", kept)
    assert not is_in(client)
    assert not is_in(elsewhere)


def test_a_session_ends_after_its_whole_length_and_sooner_when_nobody_uses_it(client, db, clock):
    enter(client, make_signer(db))
    for hours in (3, 6, 9, 11.9):
        clock.move_to(NOW + timedelta(hours=hours))
        assert is_in(client)
    clock.move_to(NOW + timedelta(hours=12, minutes=1))
    assert not is_in(client)

    enter(client, make_signer(db))
    clock.move_to(now() + timedelta(hours=4, minutes=1))
    assert not is_in(client)


def test_a_forgotten_password_says_the_same_for_all_and_writes_to_each(client, db, letters):
    make_signer(db, email="known@example.org")
    answers = [
        client.send("/compte/mot-de-passe-oublie", {"email": email})
        for email in ("known@example.org", "nobody@example.org")
    ]
    assert len({(each.status_code, each.location, each.data) for each in answers}) == 1
    assert [(each.kind, each.to_address) for each in letters()] == [
        ("accounts/reset", "known@example.org"),
        ("accounts/nobody", "nobody@example.org"),
    ]


def test_a_link_for_a_new_password_serves_once_lets_in_and_ends_other_sessions(
    client, db, letters, sign_in
):
    person = make_signer(db)
    elsewhere = sign_in(person)
    client.send("/compte/mot-de-passe-oublie", {"email": person.email})
    path = link_in(letters()[0])
    assert person.email in client.get(path).text
    assert "trop court" in client.send(path, {"password": "court"}, token_from=path).text

    answer = client.send(path, {"password": OTHER}, token_from=path)
    assert answer.location == "/mon-espace"
    assert is_in(client)
    assert not is_in(elsewhere)
    assert services.authenticate(person.email, OTHER) is not None
    assert "ne sert plus" in client.get(path).text
    again = client.send(path, {"password": PASSWORD})
    assert "ne sert plus" in again.text
    assert services.authenticate(person.email, PASSWORD) is None
    assert [each.kind for each in letters()] == ["accounts/reset", "accounts/password_changed"]


def test_a_link_for_a_new_password_is_short_lived_and_bound_to_its_purpose(
    client, db, letters, clock
):
    person = make_signer(db)
    client.send("/compte/mot-de-passe-oublie", {"email": person.email})
    path = link_in(letters()[0])
    other = path.replace("mot-de-passe", "confirmation")
    assert "ne sert plus" in client.get(other).text
    assert "ne sert plus" in client.get(path[:-3] + "abc").text
    clock.move_to(NOW + timedelta(hours=2, minutes=1))
    assert "ne sert plus" in client.get(path).text


def test_a_link_for_a_new_password_proves_the_address_too(client, db, letters):
    person = make_signer(db, checked_at=None)
    client.send("/compte/mot-de-passe-oublie", {"email": person.email})
    path = link_in(letters()[0])
    client.send(path, {"password": OTHER}, token_from=path)
    assert is_in(client)


def test_who_is_signed_in_is_told_so_at_the_door(db, sign_in):
    person = make_signer(db, name="Ada Lovelace")
    assert "déjà dans le compte de Ada Lovelace" in sign_in(person).get("/compte/connexion").text


@pytest.fixture
def slowed(app):
    limiter.enabled = True
    limiter.reset()
    yield
    limiter.enabled = False
    limiter.reset()


def test_guesses_at_one_account_are_slowed_from_there_and_its_owner_comes_in_from_elsewhere(
    client, db, slowed
):
    person = make_signer(db)
    typed = {"email": person.email, "password": OTHER}
    codes = [client.send("/compte/connexion", typed).status_code for _ in range(10)]
    assert codes == [200] * 8 + [429] * 2
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    token = client.token()
    answer = client.post(
        "/compte/connexion",
        data={"csrf_token": token, "email": person.email, "password": PASSWORD},
        environ_overrides=elsewhere,
    )
    assert answer.status_code == 302


def test_what_succeeds_is_not_counted_at_the_account(client, db, slowed):
    person = make_signer(db)
    typed = {"email": person.email, "password": PASSWORD}
    codes = []
    for _ in range(10):
        token = client.token()
        codes.append(
            client.post("/compte/connexion", data={"csrf_token": token, **typed}).status_code
        )
    assert codes == [302] * 10


def test_guesses_from_one_place_are_slowed_whatever_the_account(client, db, slowed):
    codes = [
        client.send(
            "/compte/connexion", {"email": f"p{number}@example.org", "password": OTHER}
        ).status_code
        for number in range(22)
    ]
    assert codes == [200] * 20 + [429] * 2


def test_nobody_is_flooded_with_letters(client, db, letters, slowed):
    for _ in range(7):
        client.send("/compte/mot-de-passe-oublie", {"email": "ada@example.org"})
    client.send("/compte/inscription", NEWCOMER)
    assert len(letters()) == 5
