"""Reports that many gather at once: nobody is asked twice, nothing is lost, nothing is counted twice."""

import json
import subprocess
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from fete.core.clock import now, today
from fete.core.db import db
from fete.mailing.models import Letter
from fete.programme.models import Activity
from fete.reports.arithmetic import Headcount
from fete.reports.models import AskedQuestion, ReportReminder, ReportVersion
from fete.reports.queries.counting import counted_at_doors, counter_link_of
from fete.reports.queries.links import link_of
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import kept_report
from tests.site import ROOT
from tests.steadiness.visiting import Visitor, at_once

PEOPLE, PHONES, TOUCHES = 20, 6, 40
FILED = {
    "version": ["0"],
    "outcome": ["held"],
    "pupils": ["0"],
    "adults": ["0"],
    "method": ["counted"],
    "researchers": ["1"],
    "mediators": ["0"],
    "volunteers": ["0"],
    "deposer": ["oui"],
}


@pytest.fixture
def held(inside):
    """Give a way to have activities that are over, whose reports are awaited."""

    def some(number):
        edition = make_edition(today().year)
        edition.report_deadline = today() + timedelta(days=20)
        start = now() - timedelta(days=3)
        return [
            make_activity(start, edition=edition, organisation=make_organisation(make_user()))
            for _each in range(number)
        ]

    return some


def test_two_machines_that_remind_at_once_write_each_letter_once(site, inside, held):
    with inside():
        numbers = [activity.id for activity in held(PEOPLE)]
        before = db.session.scalar(select(func.max(Letter.id))) or 0
    processes = [
        subprocess.Popen(site.command("report", "remind"), cwd=ROOT, env=site.environment)
        for _each in range(3)
    ]
    assert [each.wait(timeout=120) for each in processes] == [0, 0, 0]
    with inside():
        of_these = ReportReminder.activity_id.in_(numbers)
        reminders = select(func.count()).select_from(ReportReminder).where(of_these)
        assert db.session.scalar(reminders) == PEOPLE
        letters = db.session.scalars(select(Letter.person_id).where(Letter.id > before)).all()
        assert len(letters) == len(set(letters)) >= PEOPLE


def test_what_many_telephones_send_at_once_and_again_counts_once(site, inside, held):
    with inside():
        (activity,) = held(1)
        number, path = activity.id, f"/compteur/{counter_link_of(activity)}/touches"
    shared = [{"key": str(uuid4()), "visitor": "public", "amount": 1} for _ in range(TOUCHES)]

    def send(own):
        body = json.dumps(own).encode()
        visitor = Visitor(site=site)
        kind = {"Content-Type": "application/json"}
        return [visitor.ask("POST", path, body, kind).status for _twice in range(2)]

    # Each sends what all have, in its own order, and what it alone counted.
    phones = [
        [
            *(shared if turn % 2 else shared[::-1]),
            {"key": str(uuid4()), "visitor": "pupils", "amount": 25},
        ]
        for turn in range(PHONES)
    ]
    with site.served():
        answers = at_once(*(partial(send, own) for own in phones))
    assert {status for statuses in answers for status in statuses} == {200}
    with inside():
        counted = counted_at_doors(db.session.get_one(Activity, number)).whole
        assert counted == Headcount(public=TOUCHES, pupils=25 * PHONES)


def test_of_two_who_file_a_report_at_once_one_does_and_the_other_is_shown_it(site, inside, held):
    with inside():
        (activity,) = held(1)
        number, path = activity.id, f"/bilan/{link_of(activity)}"
    with site.served():
        answers = at_once(
            *(
                partial(Visitor(site=site).send, path, FILED, public=str(public))
                for public in (12, 15)
            )
        )
    assert sorted(each.status for each in answers) == [200, 302]
    (loser,) = (each for each in answers if each.status == 200)
    assert "Ce qui est enregistré maintenant" in loser.text
    with inside():
        report = kept_report(db.session.get_one(Activity, number))
        assert report.public == (15 if loser is answers[0] else 12)
        kept = select(func.count()).where(ReportVersion.report_id == report.id)
        assert db.session.scalar(kept) == 1


def test_how_reports_are_asked_for_is_chosen_twice_at_once(site, inside, as_person, held):
    with inside():
        edition = held(1)[0].edition
        year, number = edition.year, edition.id
        region = as_person(make_coordinator())
    path = f"/coordination/editions/{year}/bilans"
    with site.served():
        form = region.form(path)
        asked = form | {"questions": ["press", "budget"]}
        answers = at_once(*[partial(region.send, path, asked)] * 4)
    assert [each.status for each in answers] == [302] * 4
    with inside():
        of_edition = AskedQuestion.edition_id == number
        assert db.session.scalar(select(func.count()).where(of_edition)) == 2
