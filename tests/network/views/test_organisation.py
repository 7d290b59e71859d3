import re

import pytest
from sqlalchemy import select

from fete.core.clock import now
from fete.network.models import Invitation, Membership, MembershipState, Organisation
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import AUCH, make_organisation
from tests.factories.programme import term

SIRET = "73282932000074"
TYPED = {
    "name": "Muséum d’Auch",
    "acronym": "",
    "family": "csti_museum",
    "legal_status": "commune",
    "siret": "732 829 320 00074",
    "rna": "",
    "commune_code": "Auch",
    "address": "1 place Louis-Blanc",
    "email": "museum@example.org",
    "phone": "0562000000",
    "website": "museum.example.org",
    "description": "Des *oiseaux*.",
}


def ask(organisation, person):
    request = Membership(person=person, state=MembershipState.REQUESTED, asked_at=now())
    organisation.memberships.append(request)
    return request


def path(organisation, *rest):
    return "/".join(["/ma-structure", str(organisation.id), *map(str, rest)])


def number_of(person, organisation):
    return next(each.id for each in organisation.memberships if each.person_id == person.id)


def states(organisation):
    return {each.person.name: each.state.value for each in organisation.memberships}


# What each person gets at each address of a structure of Auch, reading and sending. A redirection after
# sending is done; a page is what there is to read.
PEOPLE = {
    "stranger": None,
    "nobody": make_user,
    "member": make_user,
    "asking": make_user,
    "member of another": make_user,
    "gers": lambda: make_coordinator("32"),
    "tarn": lambda: make_coordinator("81"),
    "region": make_coordinator,
    "administrator": make_administrator,
}
ACTING = {"member", "gers", "region", "administrator"}
READING = {
    "": ACTING,
    "modifier": ACTING,
    "membres": ACTING,
    "membres/{member}/retirer": ACTING - {"member"},
    "inviter": ACTING,
    "charte": ACTING,
    "rejoindre": set(PEOPLE) - {"stranger", "member", "asking"},
    "quitter": {"member", "asking"},
}
SENDING = {
    "modifier": ACTING,
    "membres/{request}/admettre": ACTING,
    "membres/{request}/refuser": ACTING,
    "membres/{member}/retirer": ACTING - {"member"},
    "inviter": ACTING,
    "charte": {"member"},
    "charte/{signature}/retirer/listing": {"member"},
    "rejoindre": READING["rejoindre"],
    "quitter": READING["quitter"],
}


@pytest.fixture
def scene(db):
    people = {name: make() for name, make in PEOPLE.items() if make}
    organisation = make_organisation(people["member"], name="Le Hublot")
    make_organisation(people["member of another"], name="Autre")
    request = ask(organisation, people["asking"])
    db.session.flush()
    return people, organisation, request


@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_reads_what_is_theirs_to_read(scene, client, sign_in, who):
    people, organisation, _request = scene
    visitor = sign_in(people[who]) if who in people else client
    member = number_of(people["member"], organisation)
    for template, readers in READING.items():
        rest = template.format(member=member)
        answer = visitor.get(path(organisation, *filter(None, [rest])))
        expected = 302 if who == "stranger" else 200 if who in readers else 404
        if (who, rest[:7], rest[-7:]) == ("member", "membres", "retirer"):
            # One's own leaving has its page.
            assert answer.location == path(organisation, "quitter")
            continue
        assert answer.status_code == expected, rest
        assert ("Le Hublot" in answer.text) is (expected == 200), rest
        if who == "stranger":
            assert answer.location.startswith("/compte/connexion?suite=/ma-structure")


@pytest.mark.parametrize("rest", SENDING)
@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_changes_what_is_theirs_to_change(scene, db, client, sign_in, who, rest):
    people, organisation, request = scene
    visitor = sign_in(people[who]) if who in people else client
    signature = organisation.signatures[0]
    member = number_of(people["member"], organisation)
    where = path(
        organisation, rest.format(request=request.id, signature=signature.id, member=member)
    )
    data = {**TYPED, "version": 1, "signer_name": "Ada", "signer_quality": "présidente"}

    def picture():
        return (
            organisation.name,
            sorted(states(organisation).items()),
            [(each.signer_name, each.listing_withdrawn_at) for each in organisation.signatures],
            [each.email for each in organisation.invitations],
        )

    before = picture()
    answer = visitor.send(where, data | {"accepts_charter": "y"})
    if who in SENDING[rest]:
        assert (answer.status_code, answer.location.startswith("/ma-structure")) == (302, True)
        assert picture() != before
    elif (who, rest) == ("member", "membres/{member}/retirer"):
        assert answer.location == path(organisation, "quitter")
        assert picture() == before
    else:
        expected = (302, "/compte/connexion") if who == "stranger" else (404, None)
        assert (answer.status_code, answer.location) == expected
        assert picture() == before
    assert visitor.post(where, data=data).status_code == 400


def test_the_name_of_a_request_of_another_structure_opens_nothing_here(scene, db, sign_in):
    people, organisation, request = scene
    other = db.session.scalars(select(Organisation).where(Organisation.name == "Autre")).one()
    client = sign_in(people["member of another"])
    for answer in ("admettre", "refuser"):
        code = client.send(path(other, "membres", request.id, answer)).status_code
        assert code == 404
    signature = organisation.signatures[0].id
    assert client.send(path(other, "charte", signature, "retirer", "listing")).status_code == 404
    assert client.send(path(other, "charte", signature, "retirer", "tout")).status_code == 404
    assert request.state is MembershipState.REQUESTED
    assert organisation.signatures[0].listing_withdrawn_at is None


def test_a_newcomer_searches_then_creates_then_signs(db, sign_in):
    ada = make_user(name="Ada Lovelace")
    client = sign_in(ada)
    index = client.get("/ma-structure").text
    assert "Vous n’avez pas encore de structure." in index
    search = client.get("/ma-structure/chercher?q=Muséum+d’Auch").text
    assert "Aucune ne convient" in search
    create = "/ma-structure/creer?nom=Mus%C3%A9um+d%E2%80%99Auch"
    assert create in search
    assert 'value="Muséum d’Auch"' in client.get(create).text

    answer = client.send("/ma-structure/creer", TYPED)
    made = db.session.scalars(select(Organisation)).one()
    assert answer.location == path(made)
    assert (made.name, made.siret, made.commune_code, made.phone, made.website, made.sector) == (
        "Muséum d’Auch",
        SIRET,
        AUCH,
        "05 62 00 00 00",
        "https://museum.example.org",
        "public",
    )
    page = client.get(path(made)).text
    assert "La charte du réseau n’est pas signée." in page
    assert "<em>oiseaux</em>" in page

    form = client.get(path(made, "charte")).text
    articles = re.findall(r"<h3>(Article \d)", client.get("/charte").text)
    assert re.findall(r"<h3>(Article \d)", form) == articles
    assert len(articles) == 9
    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*>', form)
    assert len(boxes) == 3
    assert not any("checked" in box for box in boxes)
    signed = {"signer_name": "Ada Lovelace", "signer_quality": "présidente"}
    refused = client.send(path(made, "charte"), signed | {"agrees_to_be_listed": "y"})
    assert "Sans cet accord" in refused.text
    assert made.signatures == []
    accepted = client.send(path(made, "charte"), signed | {"accepts_charter": "y"})
    assert accepted.location == path(made)
    (signature,) = made.signatures
    assert (signature.agrees_to_be_listed, signature.agrees_to_letters) == (False, False)
    assert "n’est pas signée" not in client.get(path(made)).text


def test_a_likely_twin_is_shown_before_anything_is_created(db, sign_in):
    make_organisation(name="Museum Auch")
    client = sign_in(make_user())
    asked = client.send("/ma-structure/creer", TYPED)
    assert "Est-ce l’une de celles-ci" in asked.text
    assert "Museum Auch" in asked.text
    assert 'value="1 place Louis-Blanc"' in asked.text
    assert len(db.session.scalars(select(Organisation)).all()) == 1
    made = client.send("/ma-structure/creer", TYPED | {"is_new": "y"})
    assert made.status_code == 302
    names = [each.name for each in db.session.scalars(select(Organisation).order_by("id"))]
    assert names == ["Museum Auch", "Muséum d’Auch"]


def test_a_number_already_here_cannot_be_created_again_even_by_insisting(db, sign_in):
    make_organisation(name="Le Hublot", siret=SIRET)
    client = sign_in(make_user())
    page = client.send("/ma-structure/creer", TYPED | {"is_new": "y"}).text
    assert "rejoignez cette structure" in page
    assert len(db.session.scalars(select(Organisation)).all()) == 1


def test_a_form_sent_twice_creates_once(db, sign_in):
    client = sign_in(make_user())
    answers = [client.send("/ma-structure/creer", TYPED).location for _ in range(2)]
    made = db.session.scalars(select(Organisation)).one()
    assert answers == [path(made)] * 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Ce champ est nécessaire."),
        ({"name": "x" * 201}, "200 signes au plus."),
        ({"family": ""}, "Ce champ est nécessaire."),
        ({"family": "xx"}, "Quelque chose est à corriger"),
        ({"legal_status": "csti_museum"}, "Quelque chose est à corriger"),
        ({"siret": "73282932000075"}, "14 chiffres"),
        ({"rna": "123"}, "la lettre W puis 9 chiffres"),
        ({"commune_code": ""}, "Ce champ est nécessaire."),
        ({"commune_code": "Saint"}, "Plusieurs communes correspondent"),
        ({"commune_code": "Xyzzy"}, "Aucune commune ne porte ce nom"),
        ({"email": "museum"}, "pas la bonne forme"),
        ({"phone": "12"}, "pas la bonne forme"),
        ({"website": "javascript:alert(1)"}, "pas la bonne forme"),
        ({"description": "x" * 3001}, "3000 signes au plus."),
    ],
)
def test_what_cannot_be_taken_is_told_beside_its_field_and_nothing_typed_is_lost(
    db, sign_in, changed, sentence
):
    page = sign_in(make_user()).send("/ma-structure/creer", TYPED | changed).text
    assert sentence in page
    if "address" not in changed:
        assert 'value="1 place Louis-Blanc"' in page
    assert db.session.scalars(select(Organisation)).all() == []


def test_the_second_of_two_editors_is_told_sees_both_versions_and_then_decides(db, sign_in):
    ada, bob = make_user(), make_user()
    organisation = make_organisation(
        ada,
        bob,
        name="Le Hublot",
        family=term("family", "csti_museum"),
        legal_status=term("legal_status", "commune"),
        phone="05 62 00 00 00",
    )
    typed = {
        "name": "Le Hublot",
        "family": "csti_museum",
        "legal_status": "commune",
        "commune_code": "Auch",
        "version": 1,
    }
    where = path(organisation, "modifier")
    first, second = sign_in(ada), sign_in(bob)
    assert 'name="version" type="hidden" value="1"' in second.get(where).text
    assert first.send(where, typed | {"phone": "0562111111"}).status_code == 302

    told = second.send(where, typed | {"phone": "0562000000", "acronym": "HUB"})
    assert told.status_code == 200
    page = told.text
    assert "Quelqu’un d’autre a modifié la structure entre-temps" in page
    rows = re.findall(r'<th scope="row">(.*?)</th>\s*<td>(.*?)</td>\s*<td>(.*?)</td>', page)
    assert rows == [
        ("Sigle", "(vide)", "HUB"),
        ("Téléphone public", "05 62 11 11 11", "05 62 00 00 00"),
    ]
    assert 'value="HUB"' in page
    assert 'name="version" type="hidden" value="2"' in page
    assert (organisation.phone, organisation.acronym) == ("05 62 11 11 11", "")

    kept = typed | {"phone": "0562000000", "acronym": "HUB", "version": 2}
    assert second.send(where, kept).status_code == 302
    assert (organisation.phone, organisation.acronym, organisation.version) == (
        "05 62 00 00 00",
        "HUB",
        3,
    )


def test_two_editors_who_wrote_the_same_have_nothing_to_settle(db, sign_in):
    ada = make_user()
    organisation = make_organisation(ada, name="Avant")
    typed = {**TYPED, "version": 1}
    client = sign_in(ada)
    assert client.send(path(organisation, "modifier"), typed).location == path(organisation)
    assert client.send(path(organisation, "modifier"), typed).location == path(organisation)
    assert organisation.version == 2


@pytest.mark.parametrize("version", ["", "abc", "²", "-1", "9" * 30])
def test_a_version_that_nobody_saw_changes_nothing(db, sign_in, version):
    ada = make_user()
    organisation = make_organisation(ada, name="Avant")
    page = sign_in(ada).send(path(organisation, "modifier"), TYPED | {"version": version})
    assert "entre-temps" in page.text
    assert organisation.name == "Avant"


def test_a_request_is_asked_waits_and_may_be_taken_back(db, sign_in, letters):
    ada, bob = make_user(name="Ada"), make_user(name="Bob")
    organisation = make_organisation(ada, name="Le Hublot")
    client = sign_in(bob)
    found = client.get("/ma-structure/chercher?q=hublot").text
    assert path(organisation, "rejoindre") in found
    client.send(path(organisation, "rejoindre"), {"quality": "guide"})
    assert states(organisation) == {"Ada": "active", "Bob": "requested"}
    assert "Demandes en cours" in client.get("/ma-structure").text
    assert "Demande en cours" in client.get("/ma-structure/chercher?q=hublot").text
    assert [each.kind for each in letters()] == ["network/requested"]
    # Asking is not belonging.
    assert client.get(path(organisation)).status_code == 404
    client.send(path(organisation, "quitter"))
    assert states(organisation) == {"Ada": "active"}


def test_the_last_member_is_told_before_leaving(db, sign_in):
    ada, bob = make_user(name="Ada"), make_user(name="Bob")
    organisation = make_organisation(ada, bob)
    assert "la dernière personne" not in sign_in(bob).get(path(organisation, "quitter")).text
    sign_in(bob).send(path(organisation, "quitter"))
    client = sign_in(ada)
    assert "la dernière personne" in client.get(path(organisation, "quitter")).text
    assert states(organisation) == {"Ada": "active"}
    client.send(path(organisation, "quitter"))
    assert states(organisation) == {}


def test_a_colleague_who_left_the_museum_acts_for_it_no_more(db, sign_in, letters):
    ada, bob = make_user(name="Ada", email="ada@example.org"), make_user(name="Bob")
    organisation = make_organisation(ada, bob, name="Le Hublot")
    invited = Invitation(
        organisation=organisation, email="autre@example.org", invited_by=bob, invited_at=now()
    )
    kept = Invitation(
        organisation=organisation, email="zoe@example.org", invited_by=ada, invited_at=now()
    )
    db.session.add_all([invited, kept])
    db.session.flush()
    client = sign_in(ada)
    where = path(organisation, "membres", number_of(bob, organisation), "retirer")
    assert where in client.get(path(organisation, "membres")).text
    assert "Bob n’agit plus pour Le Hublot" in client.get(where).text
    assert states(organisation) == {"Ada": "active", "Bob": "active"}
    assert client.send(where).location == path(organisation, "membres")
    assert states(organisation) == {"Ada": "active"}
    assert [(each.kind, each.to_address, each.page) for each in letters()] == [
        ("network/removed", bob.email, "/ma-structure")
    ]
    # What he sent would be a way back in.
    assert (invited.withdrawn_at is None, kept.withdrawn_at is None) == (False, True)
    assert "a mis fin à la participation d’une personne" in client.get(path(organisation)).text
    # Sent twice, there is nobody left to remove.
    assert client.send(where).status_code == 404


def test_who_asks_to_join_is_turned_down_not_removed(scene, db, sign_in):
    people, organisation, request = scene
    where = path(organisation, "membres", request.id, "retirer")
    page = sign_in(people["member"]).send(where, follow=True).text
    assert "Cette personne n’est pas membre de la structure." in page
    assert request in organisation.memberships


@pytest.mark.parametrize("count", [1, 3])
def test_my_structures_ask_the_same_of_the_database_however_many(db, sign_in, queries, count):
    ada = make_user()
    for number in range(count):
        make_organisation(ada, make_user(), name=f"Structure {number}")
        ask(make_organisation(name=f"Demandée {number}"), ada)
    client = sign_in(ada)
    with queries() as asked:
        page = client.get("/ma-structure").text
    # Who asks and their roles; the structures, their members, their signatures; the requests; the invitations.
    assert len(asked) == 7, "\n".join(asked)
    assert page.count("Déclarer une activité") == count


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("rest", "expected"), [((), 6), (("membres",), 6), (("charte",), 5)])
def test_a_structure_s_pages_ask_the_same_however_many_members(
    db, sign_in, queries, count, rest, expected
):
    ada = make_user()
    organisation = make_organisation(ada, *(make_user() for _ in range(count)))
    for _ in range(count):
        ask(organisation, make_user())
    client, where = sign_in(ada), path(organisation, *rest)
    with queries() as asked:
        assert client.get(where).status_code == 200
    assert len(asked) == expected, "\n".join(asked)


def test_what_people_typed_is_shown_and_never_obeyed(db, sign_in):
    ada = make_user(name="<b>Ada</b>")
    organisation = make_organisation(
        ada,
        name="<script>alert(1)</script>",
        description="<img src=x onerror=alert(1)> [ici](javascript:alert(1))",
        website='https://a.example.org/?"><script>',
    )
    client = sign_in(ada)
    for rest in ((), ("modifier",), ("membres",), ("charte",), ("quitter",)):
        page = client.get(path(organisation, *rest)).text
        assert "<script>alert" not in page
        assert "onerror=alert(1)>" not in page.replace("&gt;", "")
        assert 'href="javascript' not in page
        assert "<b>Ada" not in page


@pytest.mark.parametrize(
    ("count", "told"), [(20, "20 structures trouvées"), (21, "Plus de 20 structures trouvées")]
)
def test_a_search_that_finds_more_than_it_shows_says_so(db, sign_in, count, told):
    for number in range(count):
        make_organisation(name=f"Muséum {number:02}")
    page = sign_in(make_user()).get("/ma-structure/chercher?q=museum").text
    assert re.search(rf'<h2 id="found">\s*{told}\s*</h2>', page)
    assert page.count("/rejoindre") == 20


# A structure that comes to look like another


def edited(organisation, **typed):
    known = TYPED | {"siret": "", "version": str(organisation.version), "name": organisation.name}
    return known | typed


def test_a_structure_renamed_into_another_is_told_before_it_is_kept(sign_in, db):
    person = make_user()
    organisation = make_organisation(person, name="Le Hublot")
    make_organisation(name="Muséum du Gers")
    client = sign_in(person)
    typed = edited(organisation, name="Museum du Gers")
    page = client.send(path(organisation, "modifier"), typed).get_data(as_text=True)
    assert "Cette structure existe peut-être déjà" in page
    assert "Muséum du Gers" in page
    assert 'value="Museum du Gers"' in page
    assert db.session.get(Organisation, organisation.id).name == "Le Hublot"
    sent = client.send(path(organisation, "modifier"), typed | {"is_apart": "y"})
    assert sent.status_code == 302
    assert db.session.get(Organisation, organisation.id).name == "Museum du Gers"


def test_a_structure_that_had_its_twin_already_is_edited_without_a_question(sign_in, db):
    person = make_user()
    organisation = make_organisation(person, name="Muséum du Gers")
    make_organisation(name="Museum du Gers")
    client = sign_in(person)
    for typed in ({"description": "Des pierres."}, {"name": "Le Muséum du Gers"}):
        sent = client.send(path(organisation, "modifier"), edited(organisation, **typed))
        assert sent.status_code == 302
