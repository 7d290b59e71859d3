"""What a season brings stands in the demonstration: whoever tries the site meets each thing at least once."""

from datetime import date

from sqlalchemy import select

from fete.accounts.models import Absence
from fete.core.clock import now, today
from fete.core.db import db as database
from fete.core.imaging import LARGE, SMALL
from fete.core.store import store
from fete.demo import drawing
from fete.demo.people import ACTOR, GERS, NEIGHBOUR, REGION, TWO_DEPARTEMENTS, Account
from fete.network.models import Organisation
from fete.network.queries import organisations_of
from fete.programme.models import (
    Activity,
    Answer,
    CoOrganiser,
    Decision,
    Edition,
    Handover,
    LateEntry,
    Picture,
    Remark,
    Sentence,
    Side,
    StandRequest,
)
from fete.programme.policies import receives
from fete.programme.queries.merging import twin_organisations
from fete.programme.queries.renewal import waiting_to_renew
from fete.programme.rules import CRITERIA, is_in_window, left_to_confirm
from fete.programme.rules.versions import awaits_answer
from fete.programme.workflow import Status, Step
from fete.reports.queries.reporting import history_of
from fete.reports.workflow import ReportStatus
from fete.vocabulary.models import TermList
from tests.demo.conftest import Demonstration
from tests.demo.test_seed import COMING, JUST_OVER, PAST, activities_of, edition_of, person


def its(account: Account) -> Organisation:
    """Return the structure that an account acts for."""
    (organisation,) = organisations_of(person(account))
    return organisation


def test_the_actress_renewed_what_she_held_and_has_one_more_to_read_again(demo: Demonstration):
    (renewed,) = [each for each in activities_of(COMING) if each.renewed_from is not None]
    assert (renewed.status, renewed.organisation) == (Status.DRAFT, its(ACTOR))
    assert {gap.field for gap in left_to_confirm(renewed)} >= {"description", "slots"}
    assert len(renewed.slots) > 0
    assert all(is_in_window(slot.starts_at, renewed.edition) for slot in renewed.slots)
    lines = history_of(renewed)
    assert [
        (line.activity.edition.year, line.activity.organisation, line.activity.title)
        for line in lines
    ] == [(year, its(ACTOR), renewed.title) for year in (PAST, JUST_OVER, COMING)]
    validated = [line.report for line in lines if line.report is not None]
    assert [report.status for report in validated] == [ReportStatus.VALIDATED] * 2
    assert all(report.counts.visitors for report in validated)
    # What else she held is offered still.
    left = waiting_to_renew(person(ACTOR), into=edition_of(COMING))
    assert left is not None
    assert (left.year, left.number) == (JUST_OVER, 4)


def test_a_village_of_the_gers_took_one_stand_in_and_has_another_to_answer(demo: Demonstration):
    first, second = database.session.scalars(select(StandRequest).order_by(StandRequest.id))
    assert (first.state, second.state) == (Answer.ACCEPTED, Answer.ASKED)
    assert first.container is second.container
    assert (first.container.departement_code, first.container.status) == ("32", Status.PUBLISHED)
    assert receives(person(GERS), first.container)
    taken, asking = first.activity, second.activity
    assert (taken.parent, taken.status) == (first.container, Status.PUBLISHED)
    assert (asking.parent, asking.status) == (None, Status.SUBMITTED)
    assert (taken.venue, taken.slots, asking.venue, asking.slots) == (None, [], None, [])
    assert list(taken.times) == list(first.container.slots)


def test_two_structures_share_an_activity_with_classes_apart(demo: Demonstration):
    (shared,) = database.session.scalars(select(CoOrganiser))
    activity = shared.activity
    assert (activity.organisation, shared.organisation) == (its(ACTOR), its(NEIGHBOUR))
    assert activity.status is Status.PUBLISHED
    classes = {slot.classes for slot in activity.slots if slot.is_for_schools}
    assert classes == {1}
    assert [slot for slot in activity.slots if not slot.is_for_schools]
    assert [term for term in activity.terms if term.list is TermList.LEVEL]


def test_the_actress_is_offered_an_activity_of_her_neighbours(demo: Demonstration):
    (handover,) = database.session.scalars(select(Handover))
    assert (handover.state, handover.to_organisation) == (Answer.ASKED, its(ACTOR))
    assert (handover.activity.organisation, handover.asked_by) == (
        its(NEIGHBOUR),
        person(NEIGHBOUR),
    )


def test_what_is_sent_back_ticks_its_points_and_two_people_have_written_to_each_other(
    demo: Demonstration,
):
    remarks = list(
        database.session.scalars(
            select(Remark)
            .join(Remark.activity)
            .where(Activity.organisation_id == its(ACTOR).id)
            .order_by(Remark.at)
        )
    )
    (sent_back,) = [each for each in remarks if each.fields]
    assert sent_back.fields == "age_min,access_note"
    assert sent_back.activity.status is Status.CHANGES_REQUESTED
    assert (sent_back.activity.age_min, sent_back.activity.access_note) == (None, "")
    talk = [each for each in remarks if each.activity.status is Status.SUBMITTED]
    assert [(each.side, each.person) for each in talk] == [
        (Side.DECLARERS, person(ACTOR)),
        (Side.COORDINATION, person(GERS)),
    ]


def test_a_committee_decided_on_several_at_once(demo: Demonstration):
    decisions = list(database.session.scalars(select(Decision).where(Decision.committee != "")))
    assert len(decisions) >= 4
    assert {
        (each.step, each.committee, each.decided_on, each.at, each.person) for each in decisions
    } == {
        (
            Step.LABEL,
            "Comité de labellisation de la Haute-Garonne et du Tarn",
            date(2026, 11, 15),
            decisions[0].at,
            person(TWO_DEPARTEMENTS),
        )
    }
    assert {each.activity.departement_code for each in decisions} == {"31", "81"}
    assert {each.activity.status for each in decisions} == {Status.LABELLED}
    # Nobody said who answers for the content: the decision does not claim it.
    assert {each.criteria for each in decisions} == {
        ",".join(code for code in CRITERIA if code != "referent")
    }


def test_coordinators_are_away_next_week_keep_sentences_and_gave_more_time(demo: Demonstration):
    (absence,) = database.session.scalars(select(Absence))
    assert (absence.person, absence.first_day, absence.last_day) == (
        person(TWO_DEPARTEMENTS),
        date(2026, 11, 23),
        date(2026, 11, 27),
    )
    sentences = database.session.scalars(select(Sentence)).all()
    assert [each.person_id for each in sentences] == [person(GERS).id] * 2
    (late,) = database.session.scalars(select(LateEntry))
    assert (late.edition, late.organisation) == (edition_of(COMING), its(NEIGHBOUR))
    assert late.until > late.edition.call_closes_on > today()
    assert late.granted_by == person(REGION)


def test_one_association_is_entered_twice(demo: Demonstration):
    pairs = [{one.name, other.name} for one, other in twin_organisations(frozenset({"32"}))]
    assert {"Association Le Compas gersois", "Le Compas Gersois"} in pairs
    waiting = [each for each in activities_of(COMING) if "Compas" in each.organisation.name]
    assert [each.status for each in waiting] == [Status.SUBMITTED] * 2


def test_a_change_waits_for_the_coordination(demo: Demonstration):
    assert [each.organisation for each in activities_of(COMING) if awaits_answer(each)] == [
        its(ACTOR)
    ]


def test_pictures_are_drawn_stored_and_said_to_be_made_up(demo: Demonstration):
    pictures = list(database.session.scalars(select(Picture)))
    assert len(pictures) == 8
    assert {each.credit for each in pictures} == {"Dessin inventé pour la démonstration"}
    assert len({each.alternative for each in pictures}) == 8
    assert {(each.width, each.height) for each in pictures} == {(1200, 800)}
    assert {(each.activity.edition.year, each.activity.status) for each in pictures} == {
        (COMING, Status.PUBLISHED)
    }
    names = {name for name, _written in store().names()}
    assert names == {each.files[size] for each in pictures for size in (LARGE, SMALL)}


def test_the_same_pictures_are_drawn_each_time():
    assert drawing.drawings() == drawing.drawings()


def test_nothing_happened_after_today(demo: Demonstration):
    for moments in (
        select(StandRequest.asked_at),
        select(Handover.asked_at),
        select(Remark.at),
        select(Decision.at),
        select(LateEntry.granted_at),
        select(Picture.added_at),
        select(Activity.changed_at).join(Activity.edition).where(Edition.year == COMING),
    ):
        assert max(database.session.scalars(moments)) <= now()
