import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from fete.accounts.models import User
from fete.accounts.services import erase, hash_of
from fete.core.clock import now
from fete.core.ratelimit import limiter
from fete.journal.models import Entry
from fete.network.models import Invitation, Membership, MembershipState
from fete.network.services import leave
from fete.programme.services.review import take_step
from fete.programme.workflow import Status, Step
from tests.conftest import NOW
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity

PASSWORD = "un cheval sur la colline"
NEWCOMER = {"name": "Zoé Martin", "password": PASSWORD}
ZOE = "zoe@example.org"


@pytest.fixture
def ada(db):
    return make_user(name="Ada Dubois", email="ada@example.org")


@pytest.fixture
def museum(ada):
    return make_organisation(ada, name="Le Hublot")


@pytest.fixture
def invite(ada, museum, sign_in):
    def send(email=ZOE, quality="médiatrice", by=ada):
        path = f"/ma-structure/{museum.id}/inviter"
        return sign_in(by).send(path, {"email": email, "quality": quality}, follow=True)

    return send


@pytest.fixture
def link(letters):
    def latest():
        letter = [each for each in letters() if each.kind == "network/invited"][-1]
        found = re.search(r"https://fete\.example\.org(/invitation/\S+)", letter.text)
        assert found
        return found[1]

    return latest


def kept(db):
    return list(db.session.scalars(select(Invitation).order_by(Invitation.id)))


def acts(db):
    return list(db.session.scalars(select(Entry.act).order_by(Entry.id)))


def members(organisation):
    return sorted(
        each.person.name
        for each in organisation.memberships
        if each.state is MembershipState.ACTIVE
    )


def test_a_colleague_without_an_account_comes_in_by_the_link_alone(
    db, client, invite, link, museum, letters
):
    page = invite().text
    assert "L’invitation est partie vers zoe@example.org." in page
    assert "Invitations sans réponse" in page
    (letter,) = letters()
    assert (letter.kind, letter.to_address, letter.to_name, letter.person_id, letter.page) == (
        "network/invited",
        ZOE,
        "",
        None,
        "",
    )
    form = client.get(link()).text
    assert 'value="zoe@example.org"' in form
    # Looking opens nothing: a mail program may follow links by itself.
    assert members(museum) == ["Ada Dubois"]

    weak = client.send(link(), {"name": "Zoé", "password": "court"})
    assert "trop court" in weak.text
    assert 'value="Zoé"' in weak.text
    answer = client.send(link(), NEWCOMER | {"email": "pirate@example.org"})
    assert answer.location == f"/ma-structure/{museum.id}"
    person = db.session.scalars(select(User).where(User.email == ZOE)).one()
    assert (person.name, person.is_active) == ("Zoé Martin", True)
    assert members(museum) == ["Ada Dubois", "Zoé Martin"]
    membership = next(each for each in museum.memberships if each.person_id == person.id)
    assert (membership.quality, membership.admitted_by_id) == (
        "médiatrice",
        kept(db)[0].invited_by_id,
    )
    # They are in, without a second letter to wait for.
    assert "Vous agissez maintenant au nom de « Le Hublot »." in client.get(answer.location).text
    assert [each.kind for each in letters()] == ["network/invited", "network/joined"]
    assert letters()[-1].to_address == "ada@example.org"
    assert acts(db) == [
        "organisation.invited",
        "person.registered",
        "person.confirmed",
        "organisation.invitation_accepted",
    ]


def test_a_link_is_spent_by_use(db, app, client, invite, link, museum):
    invite()
    client.send(link(), NEWCOMER)
    other = app.test_client()
    assert "Elle a déjà servi" in other.get(link()).text
    answer = other.send(link(), NEWCOMER | {"name": "Pirate"})
    assert "Elle a déjà servi" in answer.text
    assert members(museum) == ["Ada Dubois", "Zoé Martin"]


def test_an_account_opened_and_never_proved_gives_way_to_who_reads_the_letters(
    db, client, invite, link, museum
):
    squatter = make_user(
        name="Pirate", email=ZOE, checked_at=None, password_hash=hash_of("le mot du pirate")
    )
    before = squatter.session_key
    invite()
    client.send(link(), NEWCOMER)
    assert (squatter.name, squatter.is_active, squatter.session_key != before) == (
        "Zoé Martin",
        True,
        True,
    )
    other = {"email": ZOE, "password": "le mot du pirate"}
    client.send("/compte/deconnexion")
    assert client.send("/compte/connexion", other).status_code == 200


def test_who_has_an_account_signs_in_then_joins_with_one_button(
    db, client, sign_in, invite, link, museum, letters
):
    zoe = make_user(name="Zoé", email=ZOE)
    page = invite(email=" Zoe@Example.org ").text
    # The one who invites does not learn that there is an account, nor whose.
    assert "Zoé" not in page
    (letter,) = letters()
    assert (letter.to_name, letter.person_id, letter.page) == ("Zoé", zoe.id, "/ma-structure")
    page = client.get(link()).text
    assert f"/compte/connexion?suite={link()}" in page
    assert 'name="password"' not in page
    # Whoever sends the form of a newcomer all the same takes nobody's account.
    client.send(link(), NEWCOMER)
    assert (zoe.name, members(museum)) == ("Zoé", ["Ada Dubois"])

    browser = sign_in(zoe)
    assert "Rejoindre" in browser.get(link()).text
    assert browser.send(link()).location == f"/ma-structure/{museum.id}"
    assert members(museum) == ["Ada Dubois", "Zoé"]
    assert "Elle a déjà servi" in browser.get(link()).text


def test_signed_in_with_another_address_one_is_told_and_may_sign_out(
    db, sign_in, invite, link, museum
):
    invite()
    bob = make_user(name="Bob", email="bob@example.org")
    browser = sign_in(bob)
    page = browser.get(link()).text
    assert "Cette invitation est pour une autre adresse" in page
    assert "bob@example.org" in page
    browser.send(link())
    assert members(museum) == ["Ada Dubois"]
    answer = browser.send(f"/compte/deconnexion?suite={link()}")
    assert answer.location == link()
    assert "Créer mon compte et rejoindre" in browser.get(link()).text


def test_signing_out_leads_nowhere_else(sign_in, db):
    browser = sign_in(make_user())
    answer = browser.send("/compte/deconnexion?suite=//ailleurs.example")
    assert answer.location == "/"


def test_the_invitation_is_found_on_one_s_own_pages_without_the_letter(db, sign_in, invite, museum):
    zoe, bob = make_user(name="Zoé", email=ZOE), make_user(name="Bob")
    invite()
    (invitation,) = kept(db)
    accept = f"/ma-structure/invitations/{invitation.id}/accepter"
    for path in ("/ma-structure", "/mon-espace"):
        assert accept in sign_in(zoe).get(path).text
        assert "Le Hublot" not in sign_in(bob).get(path).text
    assert sign_in(bob).send(accept).status_code == 404
    assert sign_in(zoe).send(accept).location == f"/ma-structure/{museum.id}"
    assert members(museum) == ["Ada Dubois", "Zoé"]
    # Twice is once.
    assert sign_in(zoe).send(accept).status_code == 302
    assert members(museum) == ["Ada Dubois", "Zoé"]


def test_one_may_decline(db, sign_in, invite, link, museum):
    zoe = make_user(email=ZOE)
    invite()
    (invitation,) = kept(db)
    browser = sign_in(zoe)
    browser.send(f"/ma-structure/invitations/{invitation.id}/decliner")
    assert "Le Hublot" not in browser.get("/ma-structure").text
    assert "retirée ou déclinée" in browser.get(link()).text
    assert acts(db)[-1] == "organisation.invitation_declined"


def test_an_invitation_accepts_a_request_that_waited(db, sign_in, invite, museum):
    invite()
    zoe = make_user(name="Zoé", email=ZOE)
    museum.memberships.append(
        Membership(person=zoe, state=MembershipState.REQUESTED, asked_at=now())
    )
    db.session.flush()
    sign_in(zoe).send(f"/ma-structure/invitations/{kept(db)[0].id}/accepter")
    assert members(museum) == ["Ada Dubois", "Zoé"]


def test_a_withdrawn_invitation_opens_nothing(db, client, sign_in, ada, invite, link, museum):
    invite()
    (invitation,) = kept(db)
    withdraw = f"/ma-structure/{museum.id}/invitations/{invitation.id}/retirer"
    browser = sign_in(ada)
    assert "son lien ne sert plus" in browser.send(withdraw, follow=True).text
    assert "Elle a été retirée ou déclinée" in client.get(link()).text
    assert "Elle a été retirée" in client.send(link(), NEWCOMER).text
    assert db.session.scalars(select(User).where(User.email == ZOE)).all() == []
    # Taken back twice, or sent again too late: nothing happens, and it is said.
    assert "a déjà eu sa réponse" in browser.send(withdraw, follow=True).text
    resend = withdraw.replace("retirer", "renvoyer")
    assert "a déjà eu sa réponse" in browser.send(resend, follow=True).text
    # Invited anew, there is a new link; the old one stays dead.
    old = link()
    invite()
    assert [each.withdrawn_at is None for each in kept(db)] == [False, True]
    assert "Elle a été retirée ou déclinée" in client.get(old).text
    assert "Créer mon compte" in client.get(link()).text


def test_an_old_invitation_opens_nothing_until_it_is_sent_again(
    db, client, clock, sign_in, ada, invite, link, museum
):
    invite()
    old = link()
    clock.move_to(NOW + timedelta(days=14, hours=1))
    assert "Une invitation vaut deux semaines" in client.get(old).text
    browser = sign_in(ada)
    assert "Trop ancienne" in browser.get(f"/ma-structure/{museum.id}/membres").text
    resend = f"/ma-structure/{museum.id}/invitations/{kept(db)[0].id}/renvoyer"
    assert "L’invitation est partie" in browser.send(resend, follow=True).text
    assert "Créer mon compte" in client.get(link()).text
    assert len(kept(db)) == 1


@pytest.mark.parametrize("token", ["rien", "WzFd.aaaa.bbbb"])
def test_a_forged_link_opens_nothing(client, invite, token):
    invite()
    assert "il manque un morceau à son lien" in client.get(f"/invitation/{token}").text
    assert "il manque un morceau à son lien" in client.send(f"/invitation/{token}", NEWCOMER).text


def test_inviting_twice_writes_once_a_day_and_keeps_one_invitation(db, clock, invite, letters):
    invite()
    page = invite(email="ZOE@example.org").text
    assert "a déjà été invitée il y a moins d’un jour" in page
    assert (len(kept(db)), len(letters())) == (1, 1)
    clock.move_to(NOW + timedelta(days=1))
    assert "L’invitation est partie" in invite(quality="directrice").text
    assert (len(kept(db)), len(letters())) == (1, 2)
    assert kept(db)[0].quality == "directrice"


def test_a_member_is_not_invited_again(db, invite, museum, letters):
    page = invite(email="ada@example.org").text
    assert "Ada Dubois fait déjà partie de la structure." in page
    assert (kept(db), letters()) == ([], [])


def test_what_is_no_address_is_refused_beside_the_field(invite):
    page = invite(email="zoe chez elle").text
    assert "n’a pas la bonne forme" in page
    assert 'value="zoe chez elle"' in page


def test_the_coordination_invites_and_others_do_not(db, sign_in, museum, invite, letters):
    assert invite(by=make_coordinator("81")).status_code == 404
    assert invite(by=make_user()).status_code == 404
    assert letters() == []
    assert invite(by=make_coordinator("32")).status_code == 200
    assert len(letters()) == 1


def test_the_invitation_of_another_structure_is_not_ours_to_touch(db, sign_in, invite):
    invite()
    (invitation,) = kept(db)
    bob = make_user()
    other = make_organisation(bob)
    for verb in ("retirer", "renvoyer"):
        path = f"/ma-structure/{other.id}/invitations/{invitation.id}/{verb}"
        assert sign_in(bob).send(path).status_code == 404
    assert invitation.withdrawn_at is None


def test_an_erased_account_is_not_opened_again_by_a_spent_link(db, client, invite, link, museum):
    invite()
    old = link()
    client.send(old, NEWCOMER)
    erase(db.session.scalars(select(User).where(User.email == ZOE)).one(), at=now())
    client.send("/compte/deconnexion")
    assert "Elle a déjà servi" in client.send(old, NEWCOMER).text
    assert members(museum) == ["Ada Dubois"]


def test_strangers_are_not_bothered_by_the_hundred(app, sign_in, ada, museum, letters):
    limiter.enabled = True
    limiter.reset()
    try:
        browser = sign_in(ada)
        path = f"/ma-structure/{museum.id}/inviter"
        codes = [
            browser.send(path, {"email": f"{number}@example.org"}, token_from=path).status_code
            for number in range(31)
        ]
    finally:
        limiter.reset()
        limiter.enabled = False
    assert (set(codes[:30]), codes[30], len(letters())) == ({302}, 429, 30)


@pytest.mark.parametrize("count", [1, 3])
def test_the_members_page_asks_the_same_however_many_are_invited(
    db, sign_in, queries, ada, museum, count
):
    for number in range(count):
        db.session.add(
            Invitation(
                organisation=museum,
                email=f"{number}@example.org",
                invited_by=make_user(),
                invited_at=now(),
            )
        )
    db.session.flush()
    path = f"/ma-structure/{museum.id}/membres"
    browser = sign_in(ada)
    with queries() as asked:
        page = browser.get(path).text
    assert page.count("Retirer l’invitation") == count
    assert len(asked) == 6, "\n".join(asked)


def test_letters_go_to_nobody_who_left(db, ada, museum, letters):
    bob = make_user(name="Bob")
    museum.memberships.append(
        Membership(person=bob, state=MembershipState.ACTIVE, asked_at=now(), admitted_at=now())
    )
    activity = make_activity(organisation=museum, status=Status.SUBMITTED)
    leave(museum, by=bob, at=now())
    take_step(activity, Step.PUBLISH, by=make_coordinator("32"), at=now())
    assert [each.to_address for each in letters()] == ["ada@example.org"]


def test_a_structure_that_everybody_left_can_still_be_acted_for(db, ada, museum, sign_in, letters):
    activity = make_activity(organisation=museum, status=Status.SUBMITTED)
    leave(museum, by=ada, at=now())
    coordinator = make_coordinator("32")
    take_step(activity, Step.PUBLISH, by=coordinator, at=now())
    assert letters() == []
    browser = sign_in(coordinator)
    path = f"/ma-structure/{museum.id}/membres"
    assert "Personne pour l’instant." in browser.get(path).text
    browser.send(f"/ma-structure/{museum.id}/inviter", {"email": ZOE})
    assert [each.to_address for each in letters()] == [ZOE]


def test_with_two_structures_one_chooses_in_whose_name(db, ada, museum, sign_in):
    other = make_organisation(ada, name="Autre maison")
    browser = sign_in(ada)
    choose = browser.get("/mes-activites/declarer").text
    for organisation in (museum, other):
        assert f"/mes-activites/structures/{organisation.id}/declarer" in choose
        assert f"/ma-structure/{organisation.id}" in browser.get("/ma-structure").text
        assert f"/ma-structure/{organisation.id}" in browser.get("/mon-espace").text
    mine = [make_activity(organisation=each, title=f"De {each.name}") for each in (museum, other)]
    page = browser.get("/mes-activites").text
    assert all(each.title in page for each in mine)
