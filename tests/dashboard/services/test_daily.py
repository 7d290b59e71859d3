"""The daily letter: one a day at most, none when there is nothing to say, none to those who left."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from fete.core.clock import from_paris, now
from fete.core.db import db as database, transaction
from fete.dashboard.services.daily import write_daily_letters
from fete.mailing.models import Channel, Letter, Topic
from fete.mailing.rules import DIGEST_KIND
from fete.mailing.services import choose
from fete.network.models import Membership, MembershipState
from fete.programme.services.versions import change
from fete.programme.workflow import Status
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.letters import make_letter
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity
from tests.factories.reports import make_report
from tests.letters import compare


def written() -> list[Letter]:
    database.session.expire_all()
    return list(
        database.session.scalars(
            select(Letter).where(Letter.kind == DIGEST_KIND).order_by(Letter.id)
        )
    )


def write(at=None) -> int:
    database.session.commit()
    return write_daily_letters(at=at or now(), keeping=transaction)


def reader(*topics: Topic, **values):
    ada = make_user(**({"name": "Ada Dubois", "email": "ada@example.org"} | values))
    choose(ada.id, dict.fromkeys(topics or (Topic.DECISIONS,), Channel.DIGEST))
    return ada


def test_the_daily_letter_gathers_what_waited(db, samples):
    ada = reader()
    make_letter(ada, subject="Activité publiée : Nuit noire", at=now() - timedelta(hours=3))
    make_letter(ada, subject="Bilan à compléter : <Lune>")
    make_letter(ada, Topic.REMINDERS, subject="Partie déjà")
    make_letter(make_user(), subject="À quelqu’un d’autre")
    assert write() == 1
    (letter,) = written()
    compare(letter, samples, "mailing/digest")
    assert (letter.person_id, letter.channel, letter.topic, letter.page) == (
        ada.id,
        Channel.AT_ONCE,
        None,
        "",
    )
    assert letter.try_at == now()


def test_a_coordinator_reads_what_waits_for_an_answer(db, samples):
    camille = make_coordinator("32", name="Camille Roux", email="camille@example.org")
    make_letter(camille, Topic.REVIEW, subject="Partie déjà")
    make_activity(status=Status.SUBMITTED, submitted_at=now() - timedelta(days=12))
    make_activity(status=Status.SUBMITTED)
    make_activity(status=Status.SUBMITTED, commune=TOULOUSE)
    organisation = make_organisation()
    organisation.memberships.append(
        Membership(person=make_user(), state=MembershipState.REQUESTED, asked_at=now())
    )
    over = from_paris(date(2026, 3, 1), time(10))
    make_report(make_activity(over), status=ReportStatus.FILED)
    changed = make_activity(organisation=make_organisation(ada := make_user()))
    with transaction():
        change(changed, {"age_min": 8, "partners": "X"}, by=ada, at=now())
    assert write() == 1
    letter = written()[-1]
    compare(letter, samples, "mailing/digest_coordination")


@pytest.mark.parametrize("values", [{"age_min": 8}, {"partners": "X"}])
def test_what_changed_after_publication_is_reason_enough_to_write(db, values):
    make_coordinator("32")
    changed = make_activity(organisation=make_organisation(ada := make_user()))
    with transaction():
        change(changed, values, by=ada, at=now())
    assert write() == 1


def test_an_english_reader_is_led_to_english_pages(db):
    camille = make_coordinator("32", language="en")
    choose(camille.id, {Topic.REVIEW: Channel.DIGEST})
    make_letter(camille, Topic.REVIEW)
    make_activity(status=Status.SUBMITTED)
    write()
    (letter,) = written()
    for form in (letter.text, letter.html):
        assert form.count("https://fete.example.org/en/") == form.count("https://fete.example.org")


def test_run_again_it_writes_nothing_twice_and_the_next_day_only_what_is_new(db):
    ada = reader()
    make_letter(ada, subject="Premier")
    assert (write(), write()) == (1, 0)
    make_letter(ada, subject="Deuxième")
    assert write(now() + timedelta(hours=5)) == 0
    assert write(now() + timedelta(days=1)) == 1
    assert write(now() + timedelta(days=2)) == 0
    first, second = written()
    assert ("Premier" in first.text, "Deuxième" in first.text) == (True, False)
    assert ("Premier" in second.text, "Deuxième" in second.text) == (False, True)


@pytest.mark.parametrize(
    ("choice", "count"),
    [({}, 1), ({Topic.REVIEW: Channel.DIGEST}, 1)]
    + [({Topic.REVIEW: channel}, 0) for channel in (Channel.AT_ONCE, Channel.SITE)],
)
def test_the_desk_is_told_to_who_chose_it_or_nothing_yet(db, choice, count):
    choose(make_coordinator("32").id, choice)
    make_activity(status=Status.SUBMITTED)
    assert write() == count


def test_with_nothing_to_say_nobody_is_written_to(db):
    make_coordinator("32")
    make_coordinator("31")
    reader()
    make_activity(status=Status.PUBLISHED)
    assert write() == 0
    assert written() == []


def test_who_left_is_not_told_of_what_they_may_see_no_more(db):
    ada, gone = reader(), reader(email="gone@example.org")
    organisation = make_organisation(ada, gone)
    activity = make_activity(organisation=organisation)
    for person in (ada, gone):
        make_letter(person, subject="La leur", leads_to=f"/mes-activites/{activity.id}/apercu")
        make_letter(person, subject="Disparue", leads_to="/mes-bilans/999999")
    organisation.memberships = [each for each in organisation.memberships if each.person is ada]
    assert write() == 1
    (letter,) = written()
    assert letter.person_id == ada.id
    assert "La leur" in letter.text
    assert "Disparue" not in letter.text
    assert write(now() + timedelta(days=1)) == 0


@pytest.mark.parametrize("left", [{"erased_at": now()}, {"checked_at": None}])
def test_an_account_that_is_gone_is_not_written_to(db, left):
    ada = reader()
    make_letter(ada)
    coordinator = make_coordinator("32")
    make_activity(status=Status.SUBMITTED)
    for person in (ada, coordinator):
        for name, value in left.items():
            setattr(person, name, value)
    assert write() == 0


def test_what_breaks_for_one_is_kept_for_the_others(db, app):
    ada = reader()
    make_letter(ada)
    zoe = reader(email="zoe@example.org")
    make_letter(zoe, subject="Suivante")
    database.session.commit()
    rounds = []

    def breaking():
        rounds.append(1)
        if len(rounds) == 2:
            raise RuntimeError
        return transaction()

    with pytest.raises(RuntimeError):
        write_daily_letters(at=now(), keeping=breaking)
    assert [each.person_id for each in written()] == [ada.id]
    assert write() == 1
    assert [each.person_id for each in written()] == [ada.id, zoe.id]
