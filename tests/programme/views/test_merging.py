"""The pages where two entries are made one: who sees them, what they show, where old addresses lead."""

import re

import pytest

from fete.core.clock import now
from fete.core.db import db as database
from fete.programme.models import Merge
from fete.programme.services.merging import merge
from fete.programme.workflow import Status
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

PAGE = "/coordination/doublons"
VENUES = f"{PAGE}/lieux"


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def pair(survivor, gone):
    return f"{PAGE}/structures/{survivor.id}/{gone.id}"


def venue_pair(survivor, gone):
    return f"{PAGE}/lieux/{survivor.id}/{gone.id}"


def confirm(client, survivor, gone, *, versions=None):
    first, second = versions or (survivor.version, gone.version)
    where, back = pair(survivor, gone), PAGE
    return client.send(
        where, {"survivor_version": first, "gone_version": second}, follow=bool(back)
    )


@pytest.fixture
def twins(db):
    one = make_organisation(name="Club Astro du Gers")
    other = make_organisation(make_user(), name="Club Astro du Ger")
    make_activity(organisation=one)
    return one, other


@pytest.fixture
def far(db):
    """Give two twins of another département, which a coordinator of Gers must not see."""
    return tuple(make_organisation(name=name, commune_code=TOULOUSE) for name in ("Loin", "Loins"))


@pytest.mark.parametrize(
    ("make", "status"),
    [(make_user, 403), (lambda: make_coordinator("32"), 200), (make_administrator, 200)],
)
def test_only_the_coordination_sees_twins(make, status, twins, sign_in):
    client = sign_in(make())
    for where in (PAGE, VENUES):
        assert client.get(where).status_code == status
    assert client.get(pair(*twins)).status_code == (200 if status == 200 else 404)


def test_likely_twins_of_the_territory_are_listed_and_no_other(twins, far, sign_in):
    make_organisation(name="Musée d’Auch")
    shown = sign_in(make_coordinator("32")).get(PAGE).text
    assert pair(*twins) in shown
    assert "Loin" not in shown
    assert "Musée" not in shown
    assert "Loins" in sign_in(make_coordinator()).get(PAGE).text


def test_a_coordinator_reaches_two_of_their_territory_only(twins, far, sign_in):
    client = sign_in(make_coordinator("32"))
    for where in (pair(*far), pair(twins[0], far[0]), pair(far[0], twins[0])):
        assert client.get(where).status_code == 404
        assert client.send(where).status_code == 404
    assert client.get(f"{PAGE}?q=loin").text.count("Choisir</a>") == 0
    assert database.session.query(Merge).count() == 0


def test_one_of_no_commune_is_for_the_region(twins, sign_in):
    nowhere = make_organisation(name="Nulle part", commune_code=None)
    assert sign_in(make_coordinator("32")).get(pair(twins[0], nowhere)).status_code == 404
    assert sign_in(make_coordinator()).get(pair(twins[0], nowhere)).status_code == 200


def test_the_pair_is_shown_side_by_side_with_what_moves(twins, sign_in):
    one, other = twins
    one.email, other.email, other.phone = "a@example.org", "b@example.org", "05 62 00 00 00"
    shown = text_of(sign_in(make_coordinator("32")).get(pair(one, other)))
    assert "Adresse électronique publique a@example.org b@example.org n’est pas gardé" in shown
    assert "Téléphone public 05 62 00 00 00 reprise de l’autre fiche" in shown
    assert (
        "Passent à « Club Astro du Gers » : 1 membre ou demande, 1 signature de la charte."
        in shown.replace("\u00a0", " ")
    )
    assert "Rien n’est rattaché" not in shown


def test_two_are_made_one_and_old_addresses_lead_to_the_one_that_stays(twins, sign_in, client):
    one, other = twins
    ada = make_user()
    theirs = make_organisation(ada, name="Ancienne")
    camille = sign_in(make_coordinator("32"))
    shown = text_of(confirm(camille, one, other))
    assert "« Club Astro du Ger » est réunie à « Club Astro du Gers »" in shown.replace(
        "\u00a0", " "
    )
    assert other.merged_into_id == one.id
    confirm(camille, one, theirs)
    old = client.get(f"/reseau/{theirs.id}-{theirs.slug}")
    assert (old.status_code, old.location) == (301, f"/reseau/{one.id}-{one.slug}")
    member = sign_in(ada)
    for rest in ("", "/modifier", "/membres", "/charte"):
        answer = member.get(f"/ma-structure/{theirs.id}{rest}")
        assert (answer.status_code, answer.location) == (302, f"/ma-structure/{one.id}{rest}")
    assert member.get(f"/ma-structure/{one.id}").status_code == 200
    # Both histories are one.
    assert "a réuni cette fiche à une autre" in member.get(f"/ma-structure/{one.id}").text
    assert sign_in(make_user()).get(f"/ma-structure/{theirs.id}").status_code == 404


def test_one_that_is_not_listed_is_not_shown_by_an_old_address(twins, client):
    one, other = twins
    merge(one, other, by=make_coordinator("32"), at=now())
    for signature in one.signatures:
        signature.agrees_to_be_listed = False
    assert client.get(f"/reseau/{other.id}-{other.slug}").status_code == 404


def test_a_subscribed_calendar_goes_on(twins, client):
    one, other = twins
    activity = make_activity(organisation=other, title="Étoiles")
    uid = activity.slots[0].uid
    before = client.get(f"/agenda.ics?structure={other.id}").text
    assert "Proposé par Club Astro du Ger." in before.replace("\r\n ", "")
    merge(one, other, by=make_coordinator("32"), at=now())
    after = client.get(f"/agenda.ics?structure={other.id}")
    text = after.text.replace("\r\n ", "")
    assert f"UID:{uid}" in text
    assert "Proposé par Club Astro du Gers." in text
    assert text.count("BEGIN:VEVENT") == 2
    page = client.get(f"/programme?structure={other.id}").text
    assert "Étoiles" in page
    assert "Club Astro du Ger<" not in page


def test_a_merged_one_is_offered_nowhere(twins, sign_in, client):
    one, other = twins
    venue, double = make_venue(name="Halle"), make_venue(name="La halle")
    make_activity(venue=double)
    camille = make_coordinator("32")
    merge(one, other, by=camille, at=now())
    merge(venue, double, by=camille, at=now())
    member = sign_in(make_user())
    for where in ("/ma-structure/chercher?q=club+astro", "/reseau", "/reseau?q=club"):
        shown = (client if where.startswith("/reseau") else member).get(where).text
        assert "Club Astro du Gers" in shown, where
        assert "Club Astro du Ger<" not in shown, where
    coordinator = sign_in(camille)
    for where in (f"{PAGE}?q=club", f"{VENUES}?q=halle"):
        found = coordinator.get(where).text.partition('id="choix"')[2]
        assert found.count("Choisir<") == 1, where


def test_the_other_can_be_kept_instead(twins, sign_in):
    one, other = twins
    client = sign_in(make_coordinator("32"))
    assert pair(other, one) in client.get(pair(one, other)).text
    confirm(client, other, one)
    assert (one.merged_into_id, other.merged_into_id) == (other.id, None)


def test_any_two_are_chosen_by_search(twins, sign_in):
    one, other = make_organisation(name="Muséum"), make_organisation(name="Les amis du loup")
    client = sign_in(make_coordinator("32"))
    assert f"premier={one.id}#choix" in client.get(f"{PAGE}?q=museum").text
    shown = client.get(f"{PAGE}?premier={one.id}&q=loup").text
    assert "Première fiche choisie : Muséum." in text_of(
        client.get(f"{PAGE}?premier={one.id}")
    ).replace("\u00a0", " ")
    assert pair(one, other) in shown


@pytest.mark.parametrize(
    "odd", ["?premier=0", "?premier=x", f"?premier={10**20}", "?page=99", "?page=-1", "?q=%00%25"]
)
def test_an_odd_address_is_answered(odd, twins, sign_in):
    client = sign_in(make_coordinator("32"))
    assert client.get(PAGE + odd).status_code == 200
    assert client.get(VENUES + odd).status_code == 200


def test_one_with_itself_or_with_nothing_is_no_pair(twins, sign_in):
    client = sign_in(make_coordinator("32"))
    for where in (pair(twins[0], twins[0]), f"{PAGE}/structures/{twins[0].id}/999999"):
        assert client.get(where).status_code == 404


def test_what_was_rewritten_meanwhile_is_compared_again_and_nothing_moves(twins, sign_in):
    one, other = twins
    client = sign_in(make_coordinator("32"))
    one.version = 5
    shown = confirm(client, one, other, versions=(4, 1))
    assert "vient d’être modifiée" in text_of(shown)
    assert 'name="survivor_version" type="hidden" value="5"' in shown.text
    assert other.merged_into_id is None


def test_sent_twice_it_is_done_once_and_whoever_comes_second_is_told(twins, sign_in):
    one, other = twins
    camille, dana = sign_in(make_coordinator("32")), sign_in(make_coordinator(name="Dana"))
    confirm(camille, one, other)
    assert "est réunie à" in text_of(confirm(camille, one, other, versions=(1, 1)))
    assert "vient d’être réunie à une autre fiche" in text_of(
        confirm(dana, other, one, versions=(1, 1))
    )
    assert "est déjà réunie" in text_of(dana.get(pair(other, one), follow_redirects=True))
    assert database.session.query(Merge).count() == 1


def test_a_merge_is_undone_from_the_list_within_the_day_only(twins, sign_in, clock):
    one, other = twins
    client = sign_in(make_coordinator("32"))
    confirm(client, one, other)
    (made,) = database.session.query(Merge)
    undo = f"{PAGE}/{made.id}/defaire"
    assert undo in client.get(PAGE).text
    assert sign_in(make_coordinator("31")).send(undo).status_code == 404
    assert undo not in sign_in(make_coordinator("31")).get(PAGE).text
    shown = text_of(client.send(undo, follow=True))
    assert "les deux fiches sont de nouveau séparées" in shown
    assert other.merged_into_id is None
    confirm(client, one, other)
    latest = database.session.query(Merge).order_by(Merge.id.desc()).first()
    latest.at = now().replace(day=14)
    database.session.flush()
    assert "/defaire" not in client.get(PAGE).text
    assert "24 heures" in text_of(client.send(f"{PAGE}/{latest.id}/defaire", follow=True)).replace(
        "\u00a0", " "
    )


def test_places_of_near_names_or_one_address_are_listed_and_made_one(db, sign_in):
    edition = make_edition()
    one, other = make_venue(name="Maison Claude-Monet"), make_venue(name="La Maison Claude Monet")
    make_venue(name="Halle", commune=TOULOUSE)
    make_venue(name="Hall", commune=TOULOUSE)
    activity = make_activity(venue=other, edition=edition, status=Status.PUBLISHED)
    client = sign_in(make_coordinator("32"))
    shown = client.get(VENUES).text
    assert venue_pair(other, one) in shown
    assert "Halle" not in shown
    page = text_of(client.get(venue_pair(one, other))).replace("\u00a0", " ")
    assert "Passent à « Maison Claude-Monet » : 1 activité." in page
    client.send(venue_pair(one, other))
    assert (activity.venue_id, other.merged_into_id) == (one.id, one.id)
    assert "Maison Claude-Monet" in client.get(f"/agenda/{edition.year}.ics").text


def test_a_place_elsewhere_is_out_of_reach(db, sign_in):
    here, there = make_venue(), make_venue(commune=TOULOUSE)
    client = sign_in(make_coordinator("32"))
    for where in (venue_pair(here, there), venue_pair(there, here)):
        assert client.get(where).status_code == 404
    assert sign_in(make_coordinator("31", "32")).get(venue_pair(here, there)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_of_the_database_however_many(count, db, sign_in, queries):
    for number in range(count):
        for name in (f"Structure du lac numéro {number}", f"Structure du lac numero {number}"):
            make_activity(organisation=make_organisation(name=name), venue=make_venue(name=name))
    camille = make_coordinator("32")
    for _number in range(count):
        one, other = make_organisation(name="Pont"), make_organisation(name="Ponts")
        merge(one, other, by=camille, at=now())
    client = sign_in(camille)
    client.get(PAGE)
    counts = []
    for where in (f"{PAGE}?q=lac", f"{VENUES}?q=lac"):
        with queries() as asked:
            client.get(where)
        counts.append(len(asked))
    one, other = make_organisation(name="A"), make_organisation(name="B")
    for _number in range(count):
        make_activity(organisation=other)
    with queries() as asked:
        client.get(pair(one, other))
    assert [*counts, len(asked)] == [9, 9, 13], "\n".join(asked)
