"""Followers are told once, whoever looks at the same time, and a form sent twice at once leaves one address."""

from datetime import timedelta
from functools import partial

from sqlalchemy import func, select

from fete.alerts import mails
from fete.alerts.models import Follow, Follower
from fete.core.clock import now
from fete.core.db import db
from fete.core.tokens import sign
from fete.mailing.models import Letter
from fete.programme.services.review import change_slot
from fete.programme.workflow import SlotState
from tests.factories.accounts import make_coordinator
from tests.factories.alerts import make_follow
from tests.factories.programme import make_activity
from tests.steadiness.conftest import open_edition
from tests.steadiness.visiting import at_once

FOLLOWERS, MACHINES = 8, 3


def letters(kind: str, *emails: str) -> int:
    statement = select(func.count(Letter.id)).where(
        Letter.kind == kind, Letter.to_address.in_(emails)
    )
    return db.session.scalar(statement) or 0


def test_machines_that_look_at_once_tell_each_follower_once(site, inside):
    emails = [f"at-once-{number}@example.org" for number in range(FOLLOWERS)]
    with inside():
        by = make_coordinator()
        activity = make_activity(edition=open_edition())
        for email in emails:
            make_follow(activity, email)
        db.session.flush()
        change_slot(activity.slots[0], SlotState.FULL, by=by, at=now() - timedelta(minutes=20))
        activity.changed_at = activity.slots[0].changed_at
    done = at_once(*[partial(site.run, "mail", "alerts")] * MACHINES)
    with inside():
        assert letters(mails.CHANGES, *emails) == FOLLOWERS
    assert all("écrite" in said for said in done)
    assert site.run("mail", "alerts").startswith("0 alerte")


def test_a_form_sent_twice_at_once_leaves_one_address_and_one_letter(site, inside, as_person):
    with inside():
        path = f"/prevenez-moi?activite={make_activity(edition=open_edition()).id}"
        visitor = as_person(None)
    email = "twice@example.org"
    with site.served():
        form = visitor.form(path)
        answers = at_once(*[partial(visitor.send, path, form, email=email)] * 3)
        assert [answer.status for answer in answers] == [302] * 3
    with inside():
        follows = select(func.count(Follow.id)).join(Follow.follower)
        assert db.session.scalar(follows.where(Follower.email == email)) == 1
        assert letters(mails.CONFIRM, email) == 1


def test_letters_stopped_twice_at_once_are_stopped(site, inside, as_person):
    with inside():
        made = make_follow(make_activity(edition=open_edition()), "left@example.org")
        follower, number = made.follower, made.id
        path = f"/prevenez-moi/arreter/{sign('alerts.stop', [follower.key, number])}"
        visitor = as_person(None)
    with site.served():
        answers = at_once(
            *[partial(visitor.send, path, {}, **{"List-Unsubscribe": "One-Click"})] * 3
        )
        assert [answer.status for answer in answers] == [200] * 3
    with inside():
        assert db.session.scalar(select(Follow).where(Follow.id == number)) is None
