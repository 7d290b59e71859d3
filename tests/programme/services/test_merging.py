"""Two entries made one: everything moves, nothing collides, and within the day all of it goes back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fete.core.clock import now
from fete.core.db import Model, db as database, transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.network.models import Invitation, Membership, MembershipState, Organisation
from fete.network.queries import find_organisation
from fete.programme.models import (
    Activity,
    Answer,
    CoOrganiser,
    Handover,
    LateEntry,
    Merged,
    Venue,
)
from fete.programme.queries.merging import references_to
from fete.programme.services.merging import merge, undo
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

SIRET, OTHER_SIRET = "13002526500013", "73282932000074"


@pytest.fixture
def camille(db):
    return make_coordinator("32", name="Camille")


def rows():
    """Return everything that the database holds of structures, places and what hangs on them, table by table."""
    database.session.expire_all()
    hidden = {"revision", "changed_at", "version", "search"}
    found = {}
    for name in sorted({column.table.name for kind in Merged for column in references_to(kind)}):
        table = Model.metadata.tables[name]
        statement = select(table).order_by(*table.primary_key.columns)
        found[name] = [
            {key: value for key, value in row.items() if key not in hidden}
            for row in database.session.execute(statement).mappings()
        ]
    return found


def join(organisation, person, state=MembershipState.ACTIVE):
    row = Membership(organisation=organisation, person=person, state=state, asked_at=now())
    database.session.add(row)
    database.session.flush()
    return row


def full(survivor, gone, person):
    """Hang on two structures one of everything, and all that collides."""
    edition = make_edition()
    make_activity(organisation=survivor)
    theirs = make_activity(organisation=gone)
    other = make_activity()
    both, reader = make_user(), make_user()
    join(survivor, both, MembershipState.REQUESTED)
    join(gone, both)
    join(survivor, reader)
    join(gone, reader, MembershipState.REQUESTED)
    for organisation, until in ((survivor, date(2026, 5, 1)), (gone, date(2026, 5, 8))):
        database.session.add_all(
            [
                Invitation(organisation=organisation, email="b@example.org", invited_at=now()),
                CoOrganiser(activity=other, organisation=organisation, added_at=now()),
                LateEntry(
                    edition=edition, organisation=organisation, until=until, granted_at=now()
                ),
            ]
        )
    database.session.add_all(
        [
            CoOrganiser(activity=theirs, organisation=survivor, added_at=now()),
            Handover(activity=theirs, to_organisation=survivor, asked_at=now()),
            Handover(
                activity=other,
                to_organisation=gone,
                asked_at=now(),
                asked_by=person,
                state=Answer.DECLINED,
            ),
        ]
    )
    database.session.flush()


def test_everything_of_the_other_structure_is_the_survivor_s(camille):
    ada, ben = make_user(name="Ada"), make_user(name="Ben")
    survivor, gone = make_organisation(ada, name="Astro"), make_organisation(ben, name="Astros")
    activity = make_activity(organisation=gone)
    merge(survivor, gone, by=camille, at=now())
    assert (gone.merged_into_id, activity.organisation_id) == (survivor.id, survivor.id)
    assert [each.person.name for each in survivor.memberships] == ["Ada", "Ben"]
    assert (len(survivor.signatures), gone.memberships, gone.signatures) == (2, [], [])
    assert find_organisation(gone.id) is survivor


def test_no_table_that_points_to_a_structure_or_a_place_is_forgotten(app):
    assert [str(each) for each in references_to(Merged.ORGANISATION)] == [
        "activity.organisation_id",
        "charter_signature.organisation_id",
        "co_organiser.organisation_id",
        "handover.to_organisation_id",
        "invitation.organisation_id",
        "late_entry.organisation_id",
        "membership.organisation_id",
        "organisation.merged_into_id",
    ]
    assert [str(each) for each in references_to(Merged.VENUE)] == [
        "activity.venue_id",
        "activity_site.venue_id",
        "slot.venue_id",
        "venue.merged_into_id",
    ]


def test_what_collides_is_kept_aside_and_undoing_puts_every_row_back(camille):
    survivor = make_organisation(name="Astro", siret=None)
    gone = make_organisation(
        make_user(), name="Astros", siret=SIRET, website="https://a.example.org"
    )
    full(survivor, gone, make_user())
    before = rows()
    made = merge(survivor, gone, by=camille, at=now())
    merged = rows()
    assert not [
        row
        for table in set(merged) - {"organisation"}
        for row in merged[table]
        if gone.id in (row.get("organisation_id"), row.get("to_organisation_id"))
    ]
    # Who acted for the other acts for this one; who only asked there is no worse off; the later day holds.
    states = {row["person_id"]: row["state"] for row in merged["membership"]}
    assert set(states.values()) == {MembershipState.ACTIVE}
    assert [row["until"] for row in merged["late_entry"]] == [date(2026, 5, 8)]
    # Nobody organises with itself, nor is asked to take over from itself.
    assert len(merged["co_organiser"]) == 1
    assert [row["state"] for row in merged["handover"]] == [Answer.DECLINED]
    undo(made, by=camille, at=now() + timedelta(hours=23))
    assert rows() == before


def test_the_survivor_keeps_what_it_says_and_takes_what_it_does_not(camille):
    survivor = make_organisation(name="Astro", email="a@example.org", siret=SIRET)
    gone = make_organisation(
        name="Astros",
        email="b@example.org",
        phone="05 62 00 00 00",
        siret=OTHER_SIRET,
        rna="W321000001",
    )
    made = merge(survivor, gone, by=camille, at=now())
    assert (survivor.email, survivor.phone) == ("a@example.org", "05 62 00 00 00")
    assert (survivor.siret, survivor.rna) == (SIRET, "W321000001")
    assert (gone.siret, gone.rna) == (None, None)
    survivor.phone = "05 62 11 11 11"
    undo(made, by=camille, at=now())
    # What was written since stays.
    assert (survivor.phone, survivor.rna) == ("05 62 11 11 11", None)
    assert (gone.siret, gone.rna) == (OTHER_SIRET, "W321000001")


def test_an_address_of_another_town_is_not_taken(camille):
    survivor = make_organisation(name="Astro")
    gone = make_organisation(name="Astros", commune_code=TOULOUSE, address="1 place du Capitole")
    merge(survivor, gone, by=camille, at=now())
    assert survivor.address == ""


def test_calendars_and_the_search_learn_the_name_and_events_stay_themselves(camille):
    survivor, gone = make_organisation(name="Lunette"), make_organisation(name="Lunettes d’Auch")
    activity, other = make_activity(organisation=gone), make_activity(organisation=survivor)
    uid = activity.slots[0].uid
    made = merge(survivor, gone, by=camille, at=now() + timedelta(minutes=1))
    assert (activity.slots[0].uid, activity.slots[0].revision) == (uid, 1)
    assert activity.slots[0].changed_at == now() + timedelta(minutes=1)
    assert ("auch" in activity.search.split()[-3:], other.slots[0].revision) == (True, 0)
    assert "lunette" in activity.search
    undo(made, by=camille, at=now() + timedelta(minutes=2))
    assert activity.slots[0].revision == 2


def test_what_came_since_stays_with_the_survivor(camille):
    survivor, gone = make_organisation(name="Astro"), make_organisation(name="Astros")
    moved = make_activity(organisation=gone)
    made = merge(survivor, gone, by=camille, at=now())
    since, newcomer = make_activity(organisation=survivor), make_user()
    join(survivor, newcomer)
    undo(made, by=camille, at=now())
    assert (moved.organisation_id, since.organisation_id) == (gone.id, survivor.id)
    assert [each.person_id for each in survivor.memberships] == [newcomer.id]


def test_who_left_since_is_not_brought_back(camille):
    ada, ben = make_user(), make_user()
    survivor, gone = (
        make_organisation(ada, name="Astro"),
        make_organisation(ada, ben, name="Astros"),
    )
    made = merge(survivor, gone, by=camille, at=now())
    database.session.delete(
        database.session.scalars(select(Membership).where(Membership.person_id == ben.id)).one()
    )
    ada.erased_at = now()
    database.session.flush()
    undo(made, by=camille, at=now())
    assert gone.memberships == []


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("a day", "24 heures"),
        ("merged again", "a été réunie depuis à une autre fiche"),
        ("erased", "a été supprimée ou confiée à une autre structure"),
        ("given away", "a été supprimée ou confiée à une autre structure"),
        ("number taken", f"Le numéro {OTHER_SIRET} est maintenant celui de"),
        ("undone by another", "vient de défaire cette réunion"),
    ],
)
def test_undoing_is_refused_with_words(since, words, camille):
    survivor = make_organisation(name="Astro", siret=SIRET)
    gone = make_organisation(name="Astros", siret=OTHER_SIRET)
    activity = make_activity(organisation=gone)
    made, at = merge(survivor, gone, by=camille, at=now()), now()
    match since:
        case "a day":
            at += timedelta(hours=24, seconds=1)
        case "merged again":
            merge(make_organisation(name="Astronomie"), survivor, by=camille, at=at)
        case "erased":
            database.session.delete(activity)
        case "given away":
            activity.organisation = make_organisation()
        case "number taken":
            make_organisation(siret=OTHER_SIRET)
        case "undone by another":
            undo(made, by=make_coordinator("32"), at=at)
        case _:
            raise AssertionError(since)
    database.session.flush()
    with pytest.raises(RuleBrokenError) as refused:
        undo(made, by=camille, at=at)
    assert words in refused.value.message.replace("\u00a0", " ")
    assert gone.merged_into_id is not None or since == "undone by another"


def test_undone_twice_by_one_person_it_is_undone_once(camille):
    survivor, gone = make_organisation(name="Astro"), make_organisation(name="Astros")
    made = merge(survivor, gone, by=camille, at=now())
    undo(made, by=camille, at=now())
    undo(made, by=camille, at=now())
    assert [entry.act for entry in history_of(gone)] == [
        "organisation.separated",
        "organisation.merged_away",
    ]


def test_merged_twice_by_one_person_it_is_merged_once(camille):
    survivor, gone = make_organisation(name="Astro"), make_organisation(name="Astros")
    made = merge(survivor, gone, by=camille, at=now())
    assert merge(survivor, gone, by=camille, at=now()).id == made.id
    assert [entry.act for entry in history_of(survivor)] == ["organisation.merged"]


def test_of_two_who_merge_at_once_the_second_is_told(camille):
    one, other = make_organisation(name="Astro"), make_organisation(name="Astros")
    third = make_organisation(name="Astronomie")
    merge(one, other, by=camille, at=now())
    dana = make_coordinator(name="Dana")
    for survivor, gone in ((other, one), (one, other), (third, other), (other, third)):
        with pytest.raises(RuleBrokenError) as refused:
            merge(survivor, gone, by=dana, at=now())
        assert "« Astros » vient d’être réunie à une autre fiche par Camille." in (
            refused.value.message.replace("\u00a0", " ")
        )
    assert one.merged_into_id is third.merged_into_id is None


def test_an_entry_is_not_merged_with_itself(camille):
    one = make_organisation()
    with pytest.raises(RuleBrokenError):
        merge(one, one, by=camille, at=now())


def test_what_was_rewritten_since_it_was_compared_is_compared_again(camille):
    one, other = make_organisation(), make_organisation()
    with pytest.raises(StaleError):
        merge(one, other, by=camille, at=now(), versions=(1, 2))
    assert other.merged_into_id is None


def test_what_was_merged_into_the_one_that_goes_follows_it_and_comes_back(camille):
    first, second, third = (make_organisation(name=name) for name in ("A", "B", "C"))
    merge(second, first, by=camille, at=now())
    made = merge(third, second, by=camille, at=now())
    assert (first.merged_into_id, second.merged_into_id) == (third.id, third.id)
    undo(made, by=camille, at=now())
    assert (first.merged_into_id, second.merged_into_id) == (second.id, None)


def test_the_journal_tells_it_on_both(camille):
    survivor, gone = make_organisation(name="Astro"), make_organisation(name="Astros")
    merge(survivor, gone, by=camille, at=now())
    told = [(entry.act, entry.detail) for each in (survivor, gone) for entry in history_of(each)]
    assert told == [("organisation.merged", "Astros"), ("organisation.merged_away", "Astro")]


def test_members_of_the_one_that_went_are_written_to_and_nobody_else(camille, letters):
    ada, asking = make_user(email="ada@example.org"), make_user()
    unproved = make_user(checked_at=None)
    survivor = make_organisation(make_user(), name="Astro")
    gone = make_organisation(ada, unproved, name="Astros")
    join(gone, asking, MembershipState.REQUESTED)
    made = merge(survivor, gone, by=camille, at=now())
    undo(made, by=camille, at=now())
    assert [(each.kind, each.to_address, each.page) for each in letters()] == [
        ("programme/merged", "ada@example.org", f"/ma-structure/{survivor.id}"),
        ("programme/separated", "ada@example.org", f"/ma-structure/{gone.id}"),
    ]


def test_a_place_gives_its_activities_slots_and_sites_and_takes_them_back(camille):
    survivor = make_venue(name="Musée", latitude=None, longitude=None)
    gone = make_venue(name="Le musée", latitude=43.6, longitude=0.58)
    there, trail = make_activity(venue=gone), make_activity(venue=survivor, kind="science_village")
    trail.sites = [gone, make_venue()]
    tour = make_activity(venue=make_venue(), kind="science_village")
    tour.sites = [survivor, gone]
    tour.slots[0].venue = gone
    stand = make_activity(parent=there, venue=make_venue())
    stand.venue = None
    database.session.flush()
    before = rows()
    made = merge(survivor, gone, by=camille, at=now())
    assert there.venue_id == tour.slots[0].venue_id == survivor.id
    assert gone.id not in {site.id for each in (trail, tour) for site in each.sites}
    assert survivor.id not in {site.id for site in trail.sites}
    assert (survivor.latitude, there.slots[0].revision, stand.slots[0].revision) == (43.6, 1, 1)
    undo(made, by=camille, at=now())
    assert rows() == before
    assert [entry.act for entry in history_of(gone)] == ["venue.separated", "venue.merged_away"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_merge_asks_the_same_of_the_database_however_much_moves(count, camille, queries):
    survivor, gone = make_organisation(name="Astro"), make_organisation(name="Astros")
    venue = make_venue()
    for _number in range(count):
        make_activity(organisation=gone, venue=venue)
    database.session.flush()
    with queries() as asked:
        made = merge(survivor, gone, by=camille, at=now())
    done = changed_and_read(asked)
    with queries() as asked:
        undo(made, by=camille, at=now())
    assert (done, changed_and_read(asked)) == (36, 30), "\n".join(asked)


def changed_and_read(asked):
    """Count all but the new rows, which one engine takes two at a time."""
    return sum(not statement.startswith("INSERT") for statement in asked)


def test_a_failure_in_the_middle_leaves_everything_as_it_was(camille, letters):
    survivor, gone = make_organisation(name="Astro"), make_organisation(make_user(), name="Astros")
    make_activity(organisation=gone)
    database.session.commit()
    before, numbers = rows(), (survivor.id, gone.id)
    with pytest.raises(ZeroDivisionError):
        merge_then_fail(*numbers, by=camille)
    assert rows() == before
    assert letters() == []
    assert history_of(database.session.get_one(Organisation, numbers[0])) == []


def merge_then_fail(survivor_id, gone_id, *, by):
    with transaction():
        survivor, gone = (
            database.session.get_one(Organisation, number) for number in (survivor_id, gone_id)
        )
        merge(survivor, gone, by=by, at=now())
        raise ZeroDivisionError


def test_a_number_taken_by_another_row_meanwhile_does_not_lose_what_was_set_aside(camille):
    ada, ben = make_user(), make_user()
    survivor, gone = make_organisation(ada, name="Astro"), make_organisation(ada, name="Astros")
    made = merge(survivor, gone, by=camille, at=now())
    (aside,) = made.moved["aside"]["membership"]
    database.session.add(
        Membership(
            id=aside["id"],
            organisation=make_organisation(),
            person=ben,
            state=MembershipState.ACTIVE,
            asked_at=now(),
        )
    )
    database.session.flush()
    undo(made, by=camille, at=now())
    assert [each.person_id for each in gone.memberships] == [ada.id]


def test_activities_and_places_of_nobody_else_move(camille):
    survivor, gone, third = (make_organisation() for _number in range(3))
    activity = make_activity(organisation=third)
    merge(survivor, gone, by=camille, at=now())
    assert activity.organisation_id == third.id
    assert {each.merged_into_id for each in database.session.scalars(select(Venue))} == {None}
    assert database.session.get(Activity, activity.id).slots[0].revision == 0
