"""Many people at the same time: nobody meets an error, nothing is lost, nothing is done twice."""

from functools import partial
from threading import Event

from sqlalchemy import func, select

from fete.core.db import db
from fete.journal.models import Entry
from fete.mailing.models import Letter
from fete.network.models import Organisation
from fete.programme.models import Activity, Merge, Slot
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.steadiness.conftest import open_edition
from tests.steadiness.visiting import Visitor, at_once, fields_of

WRITERS, READERS, ROUNDS, PAIRS = 50, 6, 2, 4
OTHERS = (
    "/",
    "/programme",
    "/programme?q=auch",
    "/agenda.ics",
    "/chiffres",
    "/reseau",
)


def test_fifty_people_write_while_others_read(site, inside, as_person):
    with inside():
        edition = open_edition()
        writers: list[tuple[Visitor, int]] = []
        for number in range(WRITERS):
            person = make_user()
            activity = make_activity(
                status=Status.DRAFT,
                edition=edition,
                organisation=make_organisation(person),
                title=f"Projet {number}",
            )
            writers.append((as_person(person), activity.id))
        for number in range(10):
            make_activity(edition=edition, title=f"Auch la nuit {number}")
    done = Event()

    def write(visitor: Visitor, activity_id: int) -> list[int]:
        path = f"/mes-activites/{activity_id}/quoi"
        return [
            visitor.send(
                path, visitor.form(path), title=f"Projet {activity_id}, état {turn}"
            ).status
            for turn in range(1, ROUNDS + 1)
        ]

    def read() -> list[int]:
        statuses = []
        while not done.is_set():
            statuses += [Visitor(site=site).get(path).status for path in OTHERS]
        return statuses

    def all_write() -> list[int]:
        try:
            answers = at_once(*(partial(write, *each) for each in writers))
        finally:
            done.set()
        return [status for statuses in answers for status in statuses]

    with site.served():
        written, *seen = at_once(all_write, *[read] * READERS)

    assert written == [302] * (WRITERS * ROUNDS)
    assert all(each and set(each) == {200} for each in seen)
    with inside():
        numbers = [number for _, number in writers]
        kept = db.session.execute(
            select(Activity.id, Activity.title)
            .where(Activity.id.in_(numbers))
            .order_by(Activity.id)
        )
        assert [tuple(row) for row in kept] == [
            (number, f"Projet {number}, état {ROUNDS}") for number in sorted(numbers)
        ]


def test_a_declaration_sent_twice_at_once_is_declared_once(site, inside, as_person):
    with inside():
        open_edition()
        pairs = []
        for _ in range(PAIRS):
            person = make_user()
            pairs.append((as_person(person), make_organisation(person).id))
    with site.served():
        for visitor, organisation_id in pairs:
            path = f"/mes-activites/structures/{organisation_id}/declarer"
            form = visitor.form(path)
            answers = at_once(
                *[lambda: visitor.send(path, form, kind="workshop", title="Une seule fois")] * 2  # noqa: B023  # called at once
            )
            assert [answer.status for answer in answers] == [302, 302]
            assert len({answer.headers["Location"] for answer in answers}) == 1
    with inside():
        counted = db.session.execute(
            select(func.count(Activity.id.distinct()), func.count(Entry.id))
            .join(Entry, (Entry.object_id == Activity.id) & (Entry.object_kind == "activity"))
            .where(Activity.title == "Une seule fois")
        )
        assert tuple(counted.one()) == (PAIRS, PAIRS)


def test_a_renewal_sent_twice_at_once_is_made_once(site, inside, as_person):
    with inside():
        edition = open_edition()
        pairs = []
        for _ in range(PAIRS):
            person = make_user()
            source = make_activity(
                edition=make_edition(edition.year - 1), organisation=make_organisation(person)
            )
            pairs.append((as_person(person), source.id))
        year = edition.year
    path = "/mes-activites/reconduire/confirmer"
    with site.served():
        for visitor, number in pairs:
            page = visitor.get(f"{path}?edition={year}&activite={number}")
            form = fields_of(page, path)
            answers = at_once(*[lambda: visitor.send(path, form)] * 2)  # noqa: B023  # called at once
            assert [answer.status for answer in answers] == [302, 302]
    with inside():
        counted = db.session.execute(
            select(func.count(Activity.id.distinct()), func.count(Slot.id))
            .join(Slot, Slot.activity_id == Activity.id)
            .where(Activity.renewed_from_id.is_not(None))
        )
        assert tuple(counted.one()) == (PAIRS, PAIRS)


def test_of_two_coordinators_who_decide_at_once_one_wins_and_the_other_is_told(
    site, inside, as_person
):
    with inside():
        edition = open_edition()
        first, second = (
            as_person(make_coordinator("32", name=name)) for name in ("Camille", "Dominique")
        )
        numbers = [
            make_activity(
                status=Status.SUBMITTED,
                edition=edition,
                organisation=make_organisation(make_user()),
            ).id
            for _ in range(PAIRS)
        ]
        before = db.session.scalar(select(func.max(Letter.id))) or 0
    with site.served():
        outcomes = []
        for number in numbers:
            page = f"/coordination/relecture/{number}"
            publish, refuse = f"{page}/publier", f"{page}/refuser"
            forms = first.form(page, publish), second.form(page, refuse)
            published, refused = at_once(
                lambda: first.send(publish, forms[0]),  # noqa: B023
                lambda: second.send(refuse, forms[1], **{"refuse-reason": "Trop tard pour nous."}),  # noqa: B023
            )
            assert sorted((published.status, refused.status)) == [200, 302]
            loser = published if published.status == 200 else refused
            # The other is named, with what was decided; the reason typed for nothing is still there.
            assert ("Dominique" if loser is published else "Camille") in loser.text
            assert loser is published or "Trop tard pour nous." in loser.text
            outcomes.append(Status.PUBLISHED if loser is refused else Status.REFUSED)
    with inside():
        for number, outcome in zip(numbers, outcomes, strict=True):
            assert db.session.get(Activity, number).status is outcome
            acts = db.session.scalars(
                select(Entry.act)
                .where(Entry.object_kind == "activity", Entry.object_id == number)
                .order_by(Entry.id)
            )
            assert list(acts) == [f"activity.{outcome.value}"]
        kinds = db.session.scalars(
            select(Letter.kind).where(Letter.id > before).order_by(Letter.id)
        )
        assert list(kinds) == [f"programme/{outcome.value}" for outcome in outcomes]


def test_of_two_who_edit_at_once_the_second_is_told_and_loses_nothing(site, inside, as_person):
    with inside():
        edition = open_edition()
        first, second = make_user(name="Sacha"), make_user(name="Claude")
        organisation = make_organisation(first, second)
        visitors = as_person(first), as_person(second)
        numbers = [
            make_activity(status=Status.DRAFT, edition=edition, organisation=organisation).id
            for _ in range(PAIRS)
        ]
    titles = ("Ce que Sacha écrit", "Ce que Claude écrit")
    with site.served():
        for number in numbers:
            path = f"/mes-activites/{number}/quoi"
            forms = [visitor.form(path) for visitor in visitors]
            answers = at_once(
                lambda: visitors[0].send(path, forms[0], title=titles[0]),  # noqa: B023
                lambda: visitors[1].send(path, forms[1], title=titles[1]),  # noqa: B023
            )
            assert sorted(answer.status for answer in answers) == [200, 302]
            told = [answer for answer in answers if answer.status == 200]
            assert all(title in told[0].text for title in titles)
            with inside():
                winner = next(i for i, answer in enumerate(answers) if answer.status == 302)
                assert db.session.get(Activity, number).title == titles[winner]


def test_of_two_who_merge_the_same_two_one_wins_and_the_other_is_told(site, inside, as_person):
    with inside():
        one, other = make_organisation(name="Astro"), make_organisation(name="Astros")
        activities = {
            make_activity(edition=open_edition(), organisation=each).id for each in (one, other)
        }
        there = f"/coordination/doublons/structures/{one.id}/{other.id}"
        back = f"/coordination/doublons/structures/{other.id}/{one.id}"
        visitors = [(as_person(make_coordinator()), path) for path in (there, back)]
        numbers = {one.id, other.id}
    with site.served():
        forms = [visitor.form(path) for visitor, path in visitors]
        answers = at_once(
            *(
                partial(visitor.send, path, form)
                for (visitor, path), form in zip(visitors, forms, strict=True)
            )
        )
    assert [answer.status for answer in answers] == [302, 302]
    with inside():
        (merge,) = db.session.scalars(select(Merge).where(Merge.survivor_id.in_(numbers)))
        kept = db.session.scalars(
            select(Activity.organisation_id).where(Activity.id.in_(activities))
        ).all()
        standing = db.session.scalars(
            select(Organisation.id).where(
                Organisation.id.in_(numbers), Organisation.merged_into_id.is_(None)
            )
        ).all()
        assert set(kept) == {merge.survivor_id}
        assert standing == [merge.survivor_id]
