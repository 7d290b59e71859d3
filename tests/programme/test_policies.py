"""Who may see, edit, review, cancel and step: each person against each activity."""

import pytest

from fete.core.clock import now
from fete.core.db import db
from fete.programme.models import Decision, EditionState, Remark
from fete.programme.policies import (
    can_cancel,
    can_correct,
    can_delete,
    can_edit,
    can_reopen,
    can_review,
    can_see,
    can_share,
    can_submit,
    can_withdraw,
    can_write_to_coordination,
    is_public,
    steps_for,
    was_public,
)
from fete.programme.workflow import TRANSITIONS, Status, Step, possible_steps
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.sharing import make_co_organiser, make_handover

pytestmark = pytest.mark.usefixtures("db")
ACTIONS = {"see": can_see, "edit": can_edit, "review": can_review, "cancel": can_cancel}
NOTHING: set[str] = set()
# What members may, and what their coordination may, in each status.
MEMBER = {
    Status.DRAFT: {"see", "edit"},
    Status.SUBMITTED: {"see", "edit"},
    Status.CHANGES_REQUESTED: {"see", "edit"},
    Status.LABELLED: {"see", "edit", "cancel"},
    Status.PUBLISHED: {"see", "edit", "cancel"},
    Status.REFUSED: {"see"},
    Status.WITHDRAWN: {"see"},
}
COORDINATION = {
    Status.DRAFT: NOTHING,
    Status.SUBMITTED: {"see", "review", "edit"},
    Status.CHANGES_REQUESTED: {"see", "review", "edit"},
    Status.LABELLED: {"see", "review", "edit", "cancel"},
    Status.PUBLISHED: {"see", "review", "edit", "cancel"},
    Status.REFUSED: {"see", "review"},
    Status.WITHDRAWN: {"see", "review"},
}


@pytest.fixture
def people():
    """Give one person of each sort; the activity is of Toulouse by its structure, held in Auch."""
    return {
        "member": make_user(),
        "other actor": make_user(),
        "coordinator": make_coordinator("32"),
        "coordinator of two": make_coordinator("09", "32"),
        "other coordinator": make_coordinator("31"),
        "regional": make_coordinator(),
        "administrator": make_administrator(),
    }


def make(people, status, **values):
    make_organisation(people["other actor"])
    organisation = make_organisation(people["member"], commune_code=TOULOUSE)
    return make_activity(status=status, organisation=organisation, **values)


def allowed(person, activity):
    return {name for name, policy in ACTIONS.items() if policy(person, activity)}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("member", MEMBER),
        ("other actor", {}),
        ("coordinator", COORDINATION),
        ("coordinator of two", COORDINATION),
        ("other coordinator", {}),
        ("regional", COORDINATION),
        ("administrator", COORDINATION),
    ],
)
def test_what_each_person_may_do(who, expected, status, people):
    activity = make(people, status)
    assert allowed(people[who], activity) == expected.get(status, NOTHING)


DECLARER = {Step.SUBMIT, Step.WITHDRAW, Step.REOPEN}
REVIEWER = {Step.SEND_BACK, Step.LABEL, Step.REFUSE, Step.PUBLISH, Step.WITHDRAW}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(
    ("who", "theirs"),
    [
        ("member", DECLARER),
        ("other actor", set()),
        ("coordinator", REVIEWER),
        ("other coordinator", set()),
        ("regional", REVIEWER),
        ("administrator", REVIEWER),
    ],
)
def test_which_steps_each_person_may_take(who, theirs, status, people):
    activity = make(people, status)
    possible = {step for (start, step) in TRANSITIONS if start is status}
    expected = theirs & possible
    if status is Status.DRAFT and theirs is REVIEWER:
        expected = set()
    assert steps_for(people[who], activity) == expected


@pytest.mark.parametrize("who", ["member", "coordinator", "regional", "administrator"])
@pytest.mark.parametrize("status", list(Status))
def test_in_a_closed_edition_one_only_looks_and_the_region_corrects(who, status, people):
    closed = make_edition(2025, state=EditionState.CLOSED)
    activity = make(people, status, edition=closed)
    corrects = who in {"regional", "administrator"} and status in {
        Status.LABELLED,
        Status.PUBLISHED,
    }
    assert can_correct(people[who], activity) is corrects
    assert allowed(people[who], activity) - {"review", "see"} == ({"edit"} if corrects else set())
    assert steps_for(people[who], activity) == frozenset()


def test_in_an_open_edition_nothing_is_a_correction(people):
    assert not can_correct(people["regional"], make(people, Status.PUBLISHED))


def test_a_draft_withdrawn_before_any_deposit_is_not_for_the_coordination(people):
    activity = make(people, Status.WITHDRAWN, submitted_at=None)
    assert allowed(people["member"], activity) == {"see"}
    assert allowed(people["regional"], activity) == NOTHING


def test_a_coordinator_declares_what_they_began_for_a_structure_of_their_territory(people):
    organisation = make_organisation(people["member"])
    begun = make_activity(
        status=Status.DRAFT, organisation=organisation, created_by=people["coordinator"]
    )
    others = make_activity(
        status=Status.DRAFT, organisation=organisation, created_by=people["member"]
    )
    assert {name for name, who in people.items() if can_edit(who, begun)} == {
        "member",
        "coordinator",
    }
    assert {name for name, who in people.items() if can_edit(who, others)} == {"member"}
    assert Step.SUBMIT in steps_for(people["coordinator"], begun)
    # Once the structure is elsewhere, so is its coordination.
    organisation.commune_code = TOULOUSE
    db.session.flush()
    db.session.refresh(organisation, ["commune"])
    assert not can_edit(people["coordinator"], begun)


def test_a_draft_is_deleted_by_those_who_declare_it_as_long_as_nobody_else_saw_it(people):
    organisation = make_organisation(people["member"])
    draft = make_activity(status=Status.DRAFT, organisation=organisation)
    assert {name for name, who in people.items() if can_delete(who, draft)} == {"member"}
    seen = make_activity(status=Status.DRAFT, organisation=organisation)
    seen.remarks.append(Remark(at=now(), text="À revoir"))
    decided = make_activity(status=Status.DRAFT, organisation=organisation)
    decided.decisions.append(Decision(at=now(), step=Step.LABEL))
    closed = make_activity(
        status=Status.DRAFT,
        organisation=organisation,
        edition=make_edition(2025, state=EditionState.CLOSED),
    )
    for activity in (seen, decided, closed):
        assert not can_delete(people["member"], activity)
    for status in set(Status) - {Status.DRAFT}:
        activity = make_activity(status=status, organisation=organisation)
        assert not can_delete(people["member"], activity), status


@pytest.mark.parametrize("status", Status)
def test_members_submit_withdraw_and_reopen_where_the_workflow_allows_it(people, status):
    activity = make(people, status)
    member, stranger = people["member"], people["other actor"]
    assert can_submit(member, activity) is ((status, Step.SUBMIT) in TRANSITIONS)
    assert can_withdraw(member, activity) is ((status, Step.WITHDRAW) in TRANSITIONS)
    assert can_reopen(member, activity) is ((status, Step.REOPEN) in TRANSITIONS)
    assert not any(may(stranger, activity) for may in (can_submit, can_withdraw, can_reopen))
    # The coordination withdraws from its own pages, with a reason.
    assert not can_withdraw(people["coordinator"], activity)


def test_members_of_a_co_organiser_work_on_it_without_disposing_of_it(people):
    co = make_user()
    for status in Status:
        activity = make(people, status)
        make_co_organiser(activity, make_organisation(co))
        assert allowed(co, activity) == MEMBER[status], status
        assert steps_for(co, activity) == {Step.SUBMIT} & possible_steps(status), status
        assert not can_withdraw(co, activity)
        assert not can_delete(co, activity)
        assert not can_share(co, activity)
        assert can_write_to_coordination(co, activity) is (status is not Status.DRAFT), status
        # What was only asked gives nothing.
        asked = make_user()
        make_handover(activity, make_organisation(asked))
        assert allowed(asked, activity) == NOTHING


@pytest.mark.parametrize("state", EditionState)
@pytest.mark.parametrize("was_published", [True, False])
@pytest.mark.parametrize("status", Status)
def test_what_was_public_is_known_whatever_became_of_it(people, status, was_published, state):
    activity = make(people, status)
    activity.published_at = now() if was_published else None
    activity.edition.state = state
    was_shown = was_published or status is Status.PUBLISHED
    assert was_public(activity) is (was_shown and state is not EditionState.PREPARED)
    assert is_public(activity) is (was_public(activity) and status is Status.PUBLISHED)
