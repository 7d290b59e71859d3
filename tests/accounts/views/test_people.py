import pytest

from fete.accounts.models import RoleName
from fete.core.clock import now
from tests.factories.accounts import make_administrator, make_coordinator, make_user

INDEX = "/coordination/personnes"


def show(person):
    return f"{INDEX}/{person.id}"


def revoke(person, role):
    return f"{show(person)}/roles/{role}/retirer"


def role_names(person):
    return sorted(role.name.value for role in person.roles)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (make_user, 403),
        (lambda: make_coordinator("32"), 403),
        (make_coordinator, 200),
        (make_administrator, 200),
    ],
)
def test_only_the_regional_coordination_sees_who_is_there(db, sign_in, make, code):
    ada = make_user(name="Ada Lovelace", email="ada@example.org")
    client = sign_in(make())
    index = client.get(INDEX)
    assert index.status_code == code
    assert ("Ada Lovelace" in index.text) is (code == 200)
    one = client.get(show(ada))
    assert one.status_code == (200 if code == 200 else 404)
    assert ("ada@example.org" in one.text) is (code == 200)
    given = client.send(show(ada), {"role": "regional"})
    assert given.status_code == (302 if code == 200 else 404)
    taken = client.send(revoke(ada, "regional"))
    assert taken.status_code == (302 if code == 200 else 404)
    assert role_names(ada) == []


def test_a_stranger_is_sent_to_the_door(client, db):
    ada = make_coordinator("32")
    db.session.commit()
    for path in (INDEX, show(ada)):
        assert client.get(path).location == f"/compte/connexion?suite={path}"
    for path in (show(ada), revoke(ada, "departmental")):
        assert client.send(path, {"role": "regional"}).location == "/compte/connexion"
    assert role_names(ada) == ["departmental"]


def test_people_are_searched_and_filtered_in_the_address(db, sign_in):
    make_user(name="Adèle Lovelace")
    make_coordinator("32", name="Camille Adèle")
    make_user(name="Zoé")
    client = sign_in(make_administrator(name="Emma"))
    found = client.get(f"{INDEX}?q=adele&role=departmental").text
    assert [name in found for name in ("Adèle Lovelace", "Camille Adèle", "Zoé")] == [
        False,
        True,
        False,
    ]
    assert 'value="adele"' in found
    nobody = client.get(f"{INDEX}?q=personne-de-ce-nom")
    assert "Personne ne correspond." in nobody.text
    for odd in ("?page=0", "?page=abc", "?role=xx", "?page=99999999999999999999", "?q=%00"):
        assert client.get(INDEX + odd).status_code == 200, odd


@pytest.mark.parametrize("count", [1, 3, 300])
def test_the_list_asks_the_same_of_the_database_however_long(db, sign_in, queries, count):
    for number in range(count):
        make_coordinator("32", "81", name=f"Personne {number:03}")
    client = sign_in(make_administrator())
    with queries() as asked:
        page = client.get(INDEX).text
    # Who asks, their roles and territory; how many; the people, their roles, their territories.
    assert len(asked) == 7, "\n".join(asked)
    assert page.count('<p class="queue-title">') == min(count + 1, 25)
    assert ('rel="next"' in page) is (count == 300)


def test_an_administrator_gives_and_takes_a_role_and_the_person_signs_in_anew(db, sign_in, letters):
    camille = make_user(name="Camille")
    emma = make_administrator(name="Emma")
    there, client = sign_in(camille), sign_in(emma)
    typed = {"role": "departmental", "departements": ["32", "81"]}
    assert client.send(show(camille), typed).location == show(camille)
    assert [each.code for each in camille.roles[0].departements] == ["32", "81"]
    assert there.get("/mon-compte").status_code == 302
    page = client.get(show(camille)).text
    assert "Gers, Tarn" in page
    assert "Emma a confié un rôle." in page
    assert client.send(revoke(camille, "departmental")).location == show(camille)
    assert role_names(camille) == []
    assert [each.kind for each in letters()] == ["accounts/rights"] * 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choisissez un rôle."),
        ({"role": "departmental"}, "Choisissez un département au moins"),
        ({"role": "departmental", "departements": ["75"]}, "Quelque chose est à corriger"),
        ({"role": "emperor"}, "Quelque chose est à corriger"),
        # Offered to administrators only.
        ({"role": "administrator"}, "Quelque chose est à corriger"),
    ],
)
def test_a_role_that_cannot_be_given_is_told_beside_its_field(db, sign_in, typed, sentence):
    ada = make_user()
    page = sign_in(make_coordinator()).send(show(ada), typed)
    assert page.status_code == 200
    assert sentence in page.text
    assert role_names(ada) == []


def test_a_regional_coordinator_touches_no_administrator_s_role(db, sign_in):
    emma, other = make_administrator(), make_administrator()
    client = sign_in(make_coordinator())
    assert "Retirer ce rôle" not in client.get(show(emma)).text
    answer = client.send(revoke(emma, "administrator"), follow=True)
    assert "Seule une personne qui administre le site" in answer.text
    assert (role_names(emma), role_names(other)) == (["administrator"], ["administrator"])


def test_the_last_administrator_stays_and_the_one_before_may_go(db, sign_in):
    emma, other = make_administrator(), make_administrator()
    client = sign_in(emma)
    client.send(revoke(other, "administrator"))
    assert role_names(other) == []
    answer = client.send(revoke(emma, "administrator"), follow=True)
    assert "dernière personne qui administre" in answer.text
    assert role_names(emma) == ["administrator"]


def test_who_gives_up_their_own_role_stays_signed_in_and_leaves_the_list(db, sign_in):
    make_administrator()
    emma = make_administrator()
    client = sign_in(emma)
    assert client.send(revoke(emma, "administrator")).location == "/mon-compte"
    assert client.get("/mon-compte").status_code == 200
    assert client.get(INDEX).status_code == 403


def test_what_is_not_there_is_not_found(db, sign_in):
    gone = make_user(erased_at=now())
    client = sign_in(make_administrator())
    assert client.get(show(gone)).status_code == 404
    assert client.get(f"{INDEX}/999999").status_code == 404
    assert client.get(f"{INDEX}/99999999999999999999").status_code == 404
    assert client.send(revoke(make_user(), "emperor")).status_code == 404


def test_every_role_is_called_by_its_french_name(db, sign_in):
    client = sign_in(make_administrator())
    page = client.get(show(make_administrator())).text
    for name in ("Coordination départementale", "Coordination régionale", "Administration du site"):
        assert name in page
    assert not any(f">{name.value}<" in page for name in RoleName)
