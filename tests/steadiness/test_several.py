"""Decisions about many activities at once: whole or absent, whoever else decides and whatever dies."""

import http.client
import threading
import time

from sqlalchemy import func, select

from fete.core.db import db
from fete.journal.models import Entry
from fete.mailing.models import Letter
from fete.programme.models import Activity, Decision
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity
from tests.site import PATIENCE
from tests.steadiness.conftest import open_edition
from tests.steadiness.holding import writing_held
from tests.steadiness.visiting import Visitor, at_once

MANY, TRIES = 60, 4
# Less than one waits for what somebody else is writing.
AT_ONCE = 9
QUEUE = "/coordination/relecture"
WORD = "Le comité a tranché."


def waiting(count):
    edition = open_edition()
    return [
        make_activity(
            status=Status.SUBMITTED,
            edition=edition,
            organisation=make_organisation(make_user()),
        ).id
        for _ in range(count)
    ]


def asked(word, numbers):
    return f"{QUEUE}/plusieurs/{word}?" + "&".join(f"activite={number}" for number in numbers)


def form_of(visitor: Visitor, word, numbers):
    """Return what a browser would send of the page that lists them, and where."""
    action = f"{QUEUE}/plusieurs/{word}?statut=deposees"
    return action, visitor.form(asked(word, numbers), action)


def standing(numbers):
    """Return how many of the activities stand in each status, with their decisions and lines of the journal."""
    statuses = db.session.execute(
        select(Activity.status, func.count())
        .where(Activity.id.in_(numbers))
        .group_by(Activity.status)
    )
    decisions = db.session.scalar(
        select(func.count()).select_from(Decision).where(Decision.activity_id.in_(numbers))
    )
    entries = db.session.scalar(
        select(func.count())
        .select_from(Entry)
        .where(Entry.object_kind == "activity", Entry.object_id.in_(numbers))
    )
    return {status: number for status, number in statuses}, decisions, entries  # noqa: C416  # rows are no pairs


def letters_about(before):
    return db.session.scalar(select(func.count()).select_from(Letter).where(Letter.id > before))


def latest_letter():
    return db.session.scalar(select(func.max(Letter.id))) or 0


def test_a_server_killed_in_the_middle_leaves_all_as_it_was_or_all_done(site, inside, as_person):
    with inside():
        coordinator = as_person(make_coordinator("32"))
        batches = [waiting(MANY) for _ in range(TRIES)]
        before = latest_letter()
    ended, done = [], 0
    for turn, numbers in enumerate(batches):
        with site.served() as process:
            path, form = form_of(coordinator, "labelliser", numbers)
            asking = coordinator.ask_and_leave(path, form, **{"label-reason": WORD})
            # Each time a little later: before, among and after the writing.
            killer = threading.Timer(0.05 + 0.12 * turn, process.kill)
            killer.start()
            try:
                answered = asking.getresponse().status
            except (OSError, http.client.HTTPException):
                answered = None
            asking.close()
            killer.join()
            assert process.wait(timeout=PATIENCE) != 0
        with inside():
            found, decisions, entries = standing(numbers)
        untouched = ({Status.SUBMITTED: MANY}, 0, 0)
        whole = ({Status.LABELLED: MANY}, MANY, MANY)
        assert (found, decisions, entries) in (untouched, whole)
        # What was answered stands.
        assert answered is None or (answered, found) == (302, {Status.LABELLED: MANY})
        done += (found, decisions, entries) == whole
        ended.append(answered)
    assert ended[0] is None
    with inside():
        assert letters_about(before) == done * MANY
    with site.served():
        # Sent again, what was left undone is done, and what was done is not done twice.
        for numbers in batches:
            page = coordinator.get(asked("labelliser", numbers))
            if f'value="{numbers[0]}.' in page.text:
                path, form = form_of(coordinator, "labelliser", numbers)
                assert coordinator.send(path, form, **{"label-reason": WORD}).status == 302
    with inside():
        for numbers in batches:
            assert standing(numbers) == ({Status.LABELLED: MANY}, MANY, MANY)
        assert letters_about(before) == TRIES * MANY


def test_of_two_who_decide_about_the_same_ones_one_wins_whole(site, inside, as_person):
    with inside():
        first, second = (
            as_person(make_coordinator("32", name=name)) for name in ("Camille", "Dominique")
        )
        numbers = waiting(12)
        before = latest_letter()
    with site.served():
        # They share some of them only, ticked in another order.
        labelling = form_of(first, "labelliser", numbers[:9])
        refusing = form_of(second, "refuser", numbers[:2:-1])
        labelled, refused = at_once(
            lambda: first.send(*labelling, **{"label-reason": WORD}),
            lambda: second.send(*refusing, **{"refuse-reason": WORD}),
        )
    assert sorted((labelled.status, refused.status)) == [200, 302]
    loser = labelled if labelled.status == 200 else refused
    assert "Rien n’a été fait" in loser.text
    assert ("Dominique" if loser is labelled else "Camille") in loser.text
    assert WORD in loser.text
    end = Status.LABELLED if loser is refused else Status.REFUSED
    with inside():
        assert standing(numbers) == ({end: 9, Status.SUBMITTED: 3}, 9, 9)
        assert letters_about(before) == 9


def test_the_same_decision_sent_twice_at_once_is_taken_once(site, inside, as_person):
    with inside():
        coordinator = as_person(make_coordinator("32"))
        numbers = waiting(6)
        before = latest_letter()
    with site.served():
        path, form = form_of(coordinator, "publier", numbers)
        answers = at_once(*[lambda: coordinator.send(path, form)] * 2)
    assert [answer.status for answer in answers] == [302, 302]
    with inside():
        assert standing(numbers) == ({Status.PUBLISHED: 6}, 6, 6)
        assert letters_about(before) == 6


def test_an_activity_is_read_while_nobody_can_write_that_it_is(site, inside, as_person):
    with inside():
        coordinator = as_person(make_coordinator("32"))
        (number,) = waiting(1)
    with site.served():
        with writing_held(site):
            started = time.monotonic()
            assert coordinator.get(f"{QUEUE}/{number}").status == 200
            assert time.monotonic() - started < AT_ONCE
        assert coordinator.get(f"{QUEUE}/{number}").status == 200


def test_a_message_sent_twice_at_once_is_written_once(site, inside, as_person):
    with inside():
        person = make_user()
        (number,) = waiting(1)
        activity = db.session.get(Activity, number)
        activity.organisation = make_organisation(person)
        writer = as_person(person)
        make_coordinator("32")
    path = f"/mes-activites/{number}/messages"
    with site.served():
        form = writer.form(f"/mes-activites/{number}/apercu", path)
        answers = at_once(
            *[lambda: writer.send(path, form, **{"message-text": "Bonjour à vous."})] * 3
        )
    assert [answer.status for answer in answers] == [302] * 3
    with inside():
        remarks = db.session.get(Activity, number).remarks
        assert [remark.text for remark in remarks] == ["Bonjour à vous."]
