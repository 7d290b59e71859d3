from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fete.core.clock import now
from fete.core.errors import RuleBrokenError, StaleError
from fete.journal.models import Entry
from fete.mailing.models import Topic
from fete.network import services
from fete.network.models import CharterSignature, Membership, MembershipState, Organisation
from fete.network.rules import CHARTER_VERSION, charter_is_signed
from fete.network.services import Consent, Description
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import AUCH, TOULOUSE, make_organisation

SIRET, OTHER_SIRET = "73282932000074", "35600000000048"
DESCRIPTION = Description(
    name="Muséum d’Auch",
    acronym="MDA",
    family="csti_museum",
    legal_status="commune",
    siret=SIRET,
    rna=None,
    address="1 place Louis-Blanc",
    commune_code=AUCH,
    email="museum@example.org",
    phone="05 62 00 00 00",
    website="https://museum.example.org/",
    description="Des *oiseaux*.",
)


def acts(db):
    return [
        (each.act, each.object_id, each.person_id, each.detail)
        for each in db.session.scalars(select(Entry).order_by(Entry.id))
    ]


def test_a_structure_is_created_with_its_first_member(db):
    ada = make_user()
    made = services.create(DESCRIPTION, by=ada, at=now())
    assert services.description_of(made) == DESCRIPTION
    assert (made.search, made.sector, made.departement_code, made.version) == (
        "museum d auch",
        "public",
        "32",
        1,
    )
    (membership,) = made.memberships
    assert (membership.person, membership.state) == (ada, MembershipState.ACTIVE)
    assert acts(db) == [("organisation.created", made.id, ada.id, "")]


def test_creating_twice_creates_once(db):
    ada = make_user()
    made = services.create(DESCRIPTION, by=ada, at=now())
    assert services.create(DESCRIPTION, by=ada, at=now()) is made
    assert db.session.scalars(select(Organisation)).all() == [made]
    # Somebody else's of the same name, without the number, is another one.
    other = services.create(replace(DESCRIPTION, siret=None), by=make_user(), at=now())
    assert other is not made


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"siret": OTHER_SIRET}, "siret", "déjà celui de «\xa0La Poste\xa0»"),
        ({"siret": "73282932000075"}, "siret", "vérifiez ses 14 chiffres"),
        ({"rna": "W321000123"}, "rna", "déjà celui de «\xa0La Poste\xa0»"),
        ({"rna": "321000123"}, "rna", "la lettre W puis 9 chiffres"),
    ],
)
def test_a_number_that_is_wrong_or_another_s_is_refused_beside_its_field(
    db, changed, field, sentence
):
    ada = make_user()
    make_organisation(name="La Poste", siret=OTHER_SIRET, rna="W321000123")
    mine = services.create(DESCRIPTION, by=ada, at=now())
    new = replace(DESCRIPTION, name="Un autre nom", siret=None)
    for attempt in (
        lambda: services.create(replace(new, **changed), by=ada, at=now()),
        lambda: services.describe(
            mine, replace(DESCRIPTION, **changed), version=1, by=ada, at=now()
        ),
    ):
        with pytest.raises(RuleBrokenError) as refusal:
            attempt()
        assert refusal.value.field == field
        assert sentence in refusal.value.message
    assert services.description_of(mine) == DESCRIPTION


def test_describing_again_keeps_its_own_number_and_says_in_the_journal_what_changed(db):
    ada = make_user()
    made = services.create(DESCRIPTION, by=ada, at=now())
    then = replace(DESCRIPTION, name="Muséum", commune_code=TOULOUSE)
    services.describe(made, then, version=1, by=ada, at=now())
    assert services.description_of(made) == then
    assert (made.version, made.search, made.departement_code) == (2, "museum", "31")
    assert acts(db)[-1] == (
        "organisation.described",
        made.id,
        ada.id,
        "Nom de la structure, Commune",
    )


def test_the_second_of_two_who_describe_is_told_and_changes_nothing(db):
    ada = make_user()
    made = services.create(DESCRIPTION, by=ada, at=now())
    first = replace(DESCRIPTION, phone="05 62 11 11 11")
    services.describe(made, first, version=1, by=ada, at=now())
    with pytest.raises(StaleError):
        services.describe(
            made, replace(DESCRIPTION, name="Autre"), version=1, by=make_user(), at=now()
        )
    assert services.description_of(made) == first


def test_who_asks_to_join_waits_and_members_and_coordination_are_told_once_each(db, letters):
    ada, bob = make_user(name="Ada"), make_user(name="Bob", email="bob@example.org")
    camille, denis = make_coordinator("32"), make_coordinator()
    # A coordinator who is a member too gets one letter, as a member.
    both = make_coordinator("32")
    organisation = make_organisation(ada, both, name="Le Hublot")
    make_user(name="Inactive")
    request = services.request_membership(organisation, quality="guide", by=bob, at=now())
    again = services.request_membership(organisation, quality="autre", by=bob, at=now())
    assert again is request
    assert (request.state, request.quality) == (MembershipState.REQUESTED, "guide")
    written = {letter.to_address: letter for letter in letters()}
    assert len(letters()) == 3
    assert set(written) == {ada.email, both.email, camille.email}
    assert denis.email not in written
    member = f"https://fete.example.org/ma-structure/{organisation.id}/membres"
    queue = "https://fete.example.org/coordination/adhesions"
    for person, link in ((ada, member), (both, member), (camille, queue)):
        text = written[person.email].text
        assert [each for each in text.split() if each.startswith("https:")] == [link]
        assert "Bob (bob@example.org) demande à agir" in text
        assert "guide" in text
    members, topic = f"/ma-structure/{organisation.id}/membres", Topic.REVIEW
    assert {address: (each.topic, each.page) for address, each in written.items()} == {
        ada.email: (None, members),
        both.email: (None, members),
        camille.email: (topic, "/coordination/adhesions"),
    }
    assert acts(db) == [("organisation.joined", organisation.id, bob.id, "")]


def test_yes_lets_in_and_is_told_once(db, letters):
    ada, bob = make_user(), make_user()
    organisation = make_organisation(ada)
    request = services.request_membership(organisation, quality="", by=bob, at=now())
    before = len(letters())
    services.admit(request, by=ada, at=now() + timedelta(1))
    services.admit(request, by=ada, at=now() + timedelta(2))
    assert (request.state, request.admitted_by_id, request.admitted_at) == (
        MembershipState.ACTIVE,
        ada.id,
        now() + timedelta(1),
    )
    assert [(each.kind, each.to_address) for each in letters()[before:]] == [
        ("network/admitted", bob.email)
    ]
    with pytest.raises(RuleBrokenError, match="déjà été acceptée"):
        services.turn_down(request, by=ada, at=now())


def test_no_forgets_the_request_and_leaves_room_for_another(db, letters):
    ada, bob = make_user(), make_user()
    organisation = make_organisation(ada)
    request = services.request_membership(organisation, quality="", by=bob, at=now())
    services.turn_down(request, by=ada, at=now())
    db.session.flush()
    assert db.session.scalars(select(Membership.person_id)).all() == [ada.id]
    assert letters()[-1].kind == "network/not_admitted"
    again = services.request_membership(organisation, quality="", by=bob, at=now())
    assert again.state is MembershipState.REQUESTED


def test_one_leaves_a_structure_even_the_last_one(db):
    ada = make_user()
    organisation = make_organisation(ada)
    services.leave(organisation, by=ada, at=now())
    services.leave(organisation, by=ada, at=now())
    db.session.flush()
    assert db.session.scalars(select(Membership)).all() == []
    assert acts(db) == [("organisation.left", organisation.id, ada.id, "")]


def sign(organisation, by, **values):
    known: dict[str, Any] = {
        "signer_name": "Ada Lovelace",
        "signer_quality": "présidente",
        "agrees_to_be_listed": False,
        "agrees_to_letters": True,
    }
    return services.sign_charter(organisation, by=by, at=now(), **(known | values))


def test_a_signature_says_who_in_what_quality_when_which_version_and_what_was_agreed(db, letters):
    ada = make_user()
    organisation = make_organisation(ada, signed=False, name="Le Hublot")
    signature = sign(organisation, ada)
    db.session.expire_all()
    (kept,) = organisation.signatures
    assert kept is signature
    assert (
        kept.version,
        kept.person_id,
        kept.signer_name,
        kept.signer_quality,
        kept.signed_at,
        kept.accepts_charter,
        kept.agrees_to_be_listed,
        kept.agrees_to_letters,
    ) == (CHARTER_VERSION, ada.id, "Ada Lovelace", "présidente", now(), True, False, True)
    assert acts(db) == [("organisation.charter_signed", organisation.id, ada.id, "version 1")]
    (letter,) = letters()
    assert (letter.kind, letter.to_address) == ("network/charter", ada.email)
    assert "ne paraît pas dans l’annuaire" in letter.text
    assert "https://fete.example.org/charte" in letter.text


def test_the_same_signature_sent_twice_is_one_and_another_answer_is_another(db):
    ada = make_user()
    organisation = make_organisation(ada, signed=False)
    first = sign(organisation, ada)
    assert sign(organisation, ada) is first
    second = sign(organisation, ada, agrees_to_be_listed=True)
    assert second is not first
    services.withdraw(second, Consent.LISTING, by=ada, at=now())
    third = sign(organisation, ada, agrees_to_be_listed=True)
    db.session.expire_all()
    assert organisation.signatures == [third, second, first]


def test_nobody_signs_for_a_structure_of_others(db):
    organisation = make_organisation(make_user(), signed=False)
    for person in (make_user(), make_coordinator("32")):
        with pytest.raises(RuleBrokenError, match="Seul un membre"):
            sign(organisation, person)
    assert db.session.scalars(select(CharterSignature)).all() == []


@pytest.mark.parametrize("consent", Consent)
def test_each_consent_is_taken_back_alone_with_its_date_and_what_was_said_stays(db, consent):
    ada = make_user()
    organisation = make_organisation(ada)
    (signature,) = organisation.signatures
    services.withdraw(signature, consent, by=ada, at=now())
    services.withdraw(signature, consent, by=ada, at=now() + timedelta(1))
    db.session.expire_all()
    assert {each: services.withdrawn_at(signature, each) for each in Consent} == {
        each: now() if each is consent else None for each in Consent
    }
    assert (signature.accepts_charter, signature.agrees_to_be_listed) == (True, True)
    assert charter_is_signed(organisation) is (consent is not Consent.CHARTER)
    assert [act[0] for act in acts(db)] == ["organisation.consent_withdrawn"]
