"""The demonstration: three editions that hold together, the same each time, whose figures the site counts by itself."""

import hashlib
import re
import time
from collections import Counter
from dataclasses import fields
from datetime import date
from itertools import chain

import pytest
from flask import url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from fete.accounts.models import RoleName, User
from fete.accounts.services import authenticate
from fete.core.clock import now, today
from fete.core.db import db as database
from fete.demo import people, seed
from fete.demo.people import ACTOR, GERS, NEIGHBOUR
from fete.demo.story import RECENT
from fete.figures.queries import figures_of, headlines_of, totals_of
from fete.geography.models import Departement
from fete.mailing.models import Channel, Letter
from fete.network.models import Organisation
from fete.network.rules import charter_is_signed
from fete.programme.models import Activity, Edition, EditionState, Mode, Remark, Slot, Venue
from fete.programme.queries.editions import current_edition, editions, find_edition
from fete.programme.rules import call_is_open, is_in_window, missing
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Counts, Outcome
from fete.reports.models import Report
from fete.reports.rules import doubts_of
from fete.reports.workflow import ReportStatus, Standing
from fete.vocabulary.models import Term
from tests.demo.conftest import Demonstration, bare_site, run
from tests.factories.reports import remember

# What the brochure says of 2017, and what the site must count.
KEY_FIGURES_2017 = {
    "activities": 600,
    "lab_open_days": 45,
    "host_communes": 90,
    "visitors": 75_300,
    "pupils": 24_500,
    "researchers": 500,
    "mediators": 350,
    "volunteers": 580,
}
DEPARTEMENTS = {"09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"}
PAST, JUST_OVER, COMING = 2017, 2026, 2027


def edition_of(year: int) -> Edition:
    found = find_edition(year)
    assert found is not None
    return found


def activities_of(year: int) -> list[Activity]:
    return list(
        database.session.scalars(
            select(Activity).where(Activity.edition_id == edition_of(year).id).order_by(Activity.id)
        )
    )


def reports_of(year: int) -> list[Report]:
    return list(
        database.session.scalars(
            select(Report)
            .join(Report.activity)
            .where(Activity.edition_id == edition_of(year).id)
            .order_by(Report.id)
        )
    )


def kind_of(activity: Activity) -> str:
    assert activity.kind is not None
    return activity.kind.code


def person(account: people.Account) -> User:
    return database.session.scalars(select(User).where(User.email == account.email)).one()


def digest() -> str:
    """Return what changes when anything that a visitor, a calendar or a sum would see changes."""
    parent = aliased(Activity)
    tables = [
        select(
            Edition.year,
            *(
                getattr(Activity, name)
                for name in (
                    "form_key",
                    "status",
                    "title",
                    "standfirst",
                    "description",
                    "booking",
                    "booking_phone",
                    "search",
                    "created_at",
                    "submitted_at",
                    "published_at",
                )
            ),
            Organisation.name,
            Venue.name,
            Venue.address,
            Venue.commune_code,
            parent.form_key,
        )
        .join(Activity.edition)
        .join(Activity.organisation)
        .outerjoin(Activity.venue)
        .outerjoin(parent, parent.id == Activity.parent_id)
        .order_by(Activity.form_key),
        select(Activity.form_key, Term.list, Term.code)
        .join(Activity.terms)
        .order_by(Activity.form_key, Term.list, Term.code),
        select(
            Slot.uid, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.state, Slot.note
        ).order_by(Slot.uid),
        select(
            Activity.form_key,
            *(getattr(Report, each.name) for each in fields(Counts)),
            *(getattr(Report, name) for name in ("status", "method", "remarks", "question")),
            Report.filed_at,
            Report.validated_at,
        )
        .join(Report.activity)
        .order_by(Activity.form_key),
    ]
    rows = [tuple(row) for table in tables for row in database.session.execute(table)]
    totals = [(each.year, each.theme, totals_of(each, at=now())) for each in editions()]
    assert len(rows) > 10_000
    return hashlib.sha256(repr((rows, totals)).encode()).hexdigest()


def test_the_site_counts_the_eight_figures_of_2017_out_of_its_rows(demo: Demonstration):
    edition = edition_of(PAST)
    counted = totals_of(edition, at=now())
    assert {name: getattr(counted, name) for name in KEY_FIGURES_2017} == KEY_FIGURES_2017
    assert (counted.coverage.due, counted.coverage.validated) == (600, 600)
    assert (counted.containers, counted.online, counted.cancelled) == (0, 0, 0)
    assert counted.apart_activities == 0
    # One report taken away, and they are not there any more.
    report = next(report for report in reports_of(PAST) if report.pupils)
    report.status, report.version = ReportStatus.FILED, report.version + 1
    remember(report)
    assert totals_of(edition, at=now()).activities == 599
    assert totals_of(edition, at=now()).visitors == 75_300 - (report.counts.visitors or 0)


def test_the_figures_of_2017_are_given_as_json(visitor: FlaskClient):
    answer = visitor.get("/chiffres/2017.json")
    assert answer.status_code == 200
    told = answer.get_json()
    assert {name: told[name] for name in KEY_FIGURES_2017} == KEY_FIGURES_2017
    assert told["is_demo"] is True


def test_what_was_published_about_2017_stands_beside_with_its_source(demo: Demonstration):
    published = {
        headline.key: (headline.value, "brochure" in headline.source)
        for headline in headlines_of(PAST)
        if headline.scope == "Occitanie"
    }
    assert published == {name: (value, True) for name, value in KEY_FIGURES_2017.items()}


def test_2017_is_held_in_ninety_real_communes_of_every_departement(demo: Demonstration):
    figures = figures_of(edition_of(PAST), region="76", at=now())
    assert {part.code for part in figures.breakdowns["departement"]} == DEPARTEMENTS
    assert [
        part.code for part in figures.breakdowns["departement"] if part.totals.activities < 10
    ] == []
    held = Counter(activity.commune for activity in activities_of(PAST))
    assert len(held) == 90
    by_size = sorted(
        (commune for commune in held if commune is not None),
        key=lambda commune: -commune.population,
    )
    assert by_size[0].name == "Toulouse"
    large = sum(held[commune] for commune in by_size[:10])
    small = sum(held[commune] for commune in by_size[-10:])
    assert large > 5 * small
    assert min(held.values()) >= 2


def test_the_reports_of_2017_are_such_as_nobody_would_ask_about(demo: Demonstration):
    reports = reports_of(PAST)
    assert [doubts_of(report) for report in reports if doubts_of(report)] == []
    assert {report.outcome for report in reports} == {Outcome.HELD}
    told = [report.counts for report in reports]
    assert sum(each.pupils or 0 for each in told) < sum(each.visitors or 0 for each in told)
    assert min(each.visitors or 0 for each in told) > 0
    assert [
        report.activity.title
        for report in reports
        if (report.pupils and not report.activity.for_schools)
        or (report.public and not report.activity.for_public)
        or bool(report.pupils) != bool(report.adults)
    ] == []
    by_kind = {
        kind: [
            report.counts.visitors or 0 for report in reports if kind_of(report.activity) == kind
        ]
        for kind in ("talk", "science_cafe", "lab_open_day", "exhibition")
    }
    assert max(by_kind["talk"]) <= 250
    assert max(by_kind["science_cafe"]) <= 100
    assert max(by_kind["exhibition"]) <= 3_000
    assert [
        report.activity.title
        for report in reports
        if kind_of(report.activity) == "lab_open_day" and not report.researchers
    ] == []


def test_nobody_is_let_in_beyond_the_places_announced(demo: Demonstration):
    crowded = []
    for report in reports_of(PAST):
        capacities = [slot.capacity for slot in report.activity.slots]
        if None not in capacities:
            places = sum(capacity or 0 for capacity in capacities)
            pupils_and_public = (report.public or 0) + (report.pupils or 0)
            crowded += [report.activity.title] * (pupils_and_public > places)
    assert crowded == []


def test_the_three_editions_stand_where_they_would_on_that_day(demo: Demonstration):
    assert [
        (each.year, each.ordinal, each.starts_on, each.ends_on, each.state, each.is_demo)
        for each in editions()
    ] == [
        (COMING, 36, date(2027, 10, 1), date(2027, 10, 11), EditionState.OPEN, True),
        (JUST_OVER, 35, date(2026, 10, 2), date(2026, 10, 12), EditionState.OPEN, True),
        (PAST, 26, date(2017, 10, 7), date(2017, 10, 15), EditionState.CLOSED, True),
    ]
    assert current_edition(today()) is edition_of(COMING)
    assert {
        year: call_is_open(edition_of(year), today()) for year in (PAST, JUST_OVER, COMING)
    } == {
        PAST: False,
        # An activity of last month can still be declared, held and reported by whoever tries the site.
        JUST_OVER: True,
        COMING: True,
    }
    just_over = edition_of(JUST_OVER)
    assert just_over.call_closes_on == just_over.report_deadline > today()


def test_the_edition_just_over_is_partly_reported(demo: Demonstration):
    activities = activities_of(JUST_OVER)
    single = [each for each in activities if not each.is_container]
    assert len(single) == 700 + len(RECENT)
    assert Counter(each.status for each in activities) == {
        Status.PUBLISHED: len(activities) - 17,
        Status.REFUSED: 9,
        Status.WITHDRAWN: 8,
    }
    coverage = totals_of(edition_of(JUST_OVER), at=now()).coverage
    assert 0.6 <= coverage.validated / coverage.due <= 0.65
    standings = Counter(report.standing for report in reports_of(JUST_OVER))
    assert set(standings) == set(Standing) - {Standing.DUE}
    waiting = [report for report in reports_of(JUST_OVER) if report.status is ReportStatus.FILED]
    assert len({report.activity.departement_code for report in waiting}) >= 8
    doubtful = [report for report in waiting if doubts_of(report)]
    assert 10 <= len(doubtful) <= 25
    assert all(report.explanation or report.is_confirmed for report in doubtful)
    assert [
        report.activity.title
        for report in reports_of(JUST_OVER)
        if report.status is ReportStatus.VALIDATED and doubts_of(report)
    ] == []


def test_a_village_in_every_departement_counts_at_its_gate(demo: Demonstration):
    containers = [each for each in activities_of(JUST_OVER) if each.is_container]
    assert Counter(each.departement_code for each in containers) == {
        code: 2 if code == "30" else 1 for code in DEPARTEMENTS
    }
    assert Counter(map(kind_of, containers)) == {"science_village": 13, "festival": 1}
    assert [each.title for each in containers if len(each.published_children) < 3] == []
    gates = {report.activity_id: report for report in reports_of(JUST_OVER)}
    counted = [
        gates[each.id]
        for each in containers
        if each.id in gates and gates[each.id].status is ReportStatus.VALIDATED
    ]
    assert len(counted) >= 4
    behind = sum(
        gates[child.id].counts.visitors or 0
        for report in counted
        for child in report.activity.children
        if child.id in gates and gates[child.id].status is ReportStatus.VALIDATED
    )
    every_report = sum(
        report.counts.visitors or 0
        for report in reports_of(JUST_OVER)
        if report.status is ReportStatus.VALIDATED
        and kind_of(report.activity) != "class_intervention"
    )
    assert behind > 0
    assert totals_of(edition_of(JUST_OVER), at=now()).visitors == every_report - behind


def test_slots_of_the_edition_just_over_were_cancelled_full_or_moved(demo: Demonstration):
    activities = activities_of(JUST_OVER)
    states = Counter(slot.state for each in activities for slot in each.slots)
    assert set(states) == set(SlotState)
    assert states[SlotState.SCHEDULED] > 20 * states[SlotState.CANCELLED]
    assert states[SlotState.FULL] == 34
    cancelled = [each for each in activities if each.is_cancelled]
    assert len(cancelled) >= 3
    assert {each.status for each in cancelled} == {Status.PUBLISHED}
    unsaid = [
        slot.note
        for each in activities
        for slot in each.slots
        if slot.state is SlotState.CANCELLED and not slot.note
    ]
    assert unsaid == []


def test_the_coming_edition_is_published_in_part_and_waits_in_several_departements(
    demo: Demonstration,
):
    activities = activities_of(COMING)
    # Those of the association, six containers and what a season brings come on top of the round numbers.
    assert Counter(each.status for each in activities) == {
        Status.PUBLISHED: 90 + 4 + 1 + 2,
        Status.LABELLED: 40 + 1 + 1 + 1,
        Status.SUBMITTED: 45 + 1 + 1 + 3,
        Status.CHANGES_REQUESTED: 12 + 1,
        Status.DRAFT: 15 + 1 + 1,
        Status.REFUSED: 3 + 1,
        Status.WITHDRAWN: 3 + 1,
    }
    waiting = [each for each in activities if each.status is Status.SUBMITTED]
    assert {"31", "32", "81"} <= {str(each.departement_code) for each in waiting}
    assert len({each.departement_code for each in waiting}) >= 8
    assert len({each.submitted_at for each in waiting}) >= 10
    sent_back = [each for each in activities if each.status is Status.CHANGES_REQUESTED]
    assert [each.title for each in sent_back if not each.remarks] == []
    refused = [each for each in activities if each.status is Status.REFUSED]
    assert [each.title for each in refused if not each.decisions[0].reason] == []
    assert len({kind_of(each) for each in activities if each.is_container}) == 3


def test_whatever_was_declared_is_complete_but_drafts(demo: Demonstration):
    for year in (PAST, JUST_OVER, COMING):
        lacking = {
            each.title: [gap.field for gap in missing(each)]
            for each in activities_of(year)
            if each.status is not Status.DRAFT and missing(each)
        }
        # Every slot of theirs was cancelled: they had one when they were deposited.
        assert {fields[0] for fields in lacking.values()} <= {"slots"}
        assert len(lacking) <= (25 if year == JUST_OVER else 0)
    drafts = [each for each in activities_of(COMING) if each.status is Status.DRAFT]
    assert [each.title for each in drafts if not missing(each)] == []


@pytest.mark.parametrize("year", [PAST, JUST_OVER, COMING])
def test_slots_keep_the_habits_of_the_fete(demo: Demonstration, year: int):
    activities = activities_of(year)
    edition = edition_of(year)
    assert [
        slot.uid
        for each in activities
        for slot in each.slots
        if not is_in_window(slot.starts_at, edition)
    ] == []
    at_the_weekend = [
        each.title
        for each in activities
        if each.for_schools and not each.for_public
        for slot in each.slots
        if slot.day.weekday() >= 5
    ]
    assert at_the_weekend == []
    families = [
        slot.day.weekday() >= 5
        for each in activities
        if each.for_public and "families" in {term.code for term in each.terms}
        for slot in each.slots
    ]
    assert 0.58 <= sum(families) / len(families) <= 0.75
    talks = [len(each.slots) for each in activities if kind_of(each) == "talk" and each.slots]
    assert set(talks) == {1}
    assert sum(len(each.slots) > 1 for each in activities) > len(activities) / 3


def test_no_title_comes_twice_in_an_edition(demo: Demonstration):
    for year in (PAST, JUST_OVER, COMING):
        titles = Counter(each.title for each in activities_of(year))
        assert [title for title, times in titles.items() if times > 1] == []


def test_structures_are_made_up_and_say_so(demo: Demonstration):
    organisations = list(database.session.scalars(select(Organisation)))
    assert 300 <= len(organisations) <= 900
    assert [each.name for each in organisations if not each.is_demo] == []
    assert [each.name for each in organisations if "démonstration" not in each.description] == []
    assert [each.name for each in organisations if each.siret or each.rna or each.website] == []
    # Public bodies that exist in every town offer nothing made up.
    assert [
        each.name
        for each in organisations
        if each.name.startswith(("Ville ", "Mairie ", "Muséum ", "Hôpital "))
    ] == []
    signed = [charter_is_signed(each) for each in organisations]
    assert 0.6 <= sum(signed) / len(signed) <= 0.9


def test_laboratories_open_where_there_are_some(demo: Demonstration):
    hosts = {
        each.organisation.family.code
        for each in activities_of(PAST)
        if kind_of(each) == "lab_open_day" and each.organisation.family
    }
    assert hosts == {"higher_ed_research"}


def test_online_activities_have_no_place(demo: Demonstration):
    for year in (PAST, JUST_OVER, COMING):
        assert [
            each.title
            for each in activities_of(year)
            if each.status is not Status.DRAFT
            # What asks for a stand would take its container's.
            and each.asked_stand is None
            and (each.mode is Mode.ONLINE) != (each.venue is None and each.parent is None)
        ] == []


def test_every_role_has_an_account_that_signs_in_with_the_printed_password(demo: Demonstration):
    for account in people.ACCOUNTS:
        assert authenticate(account.email, people.PASSWORD) is person(account)
        assert account.email in demo.printed
    assert people.PASSWORD in demo.printed
    roles = {
        each.email: [
            (role.name, [place.code for place in role.departements]) for role in each.roles
        ]
        for each in database.session.scalars(select(User))
    }
    assert roles == {
        "actrice@example.org": [],
        "voisin@example.org": [],
        "acteur@example.org": [],
        "gers@example.org": [(RoleName.DEPARTMENTAL, ["32"])],
        "haute-garonne-tarn@example.org": [(RoleName.DEPARTMENTAL, ["31", "81"])],
        "region@example.org": [(RoleName.REGIONAL, [])],
        "administration@example.org": [(RoleName.ADMINISTRATOR, [])],
    }
    assert all(each.is_demo for each in database.session.scalars(select(User)))


def test_the_actress_has_activities_and_reports_in_every_state(demo: Demonstration):
    actress = person(people.ACTOR)
    (membership,) = database.session.scalars(
        select(Organisation).where(Organisation.memberships.any(person_id=actress.id))
    )
    assert charter_is_signed(membership)
    mine = [
        each
        for year in (JUST_OVER, COMING)
        for each in activities_of(year)
        if each.organisation is membership
    ]
    assert {each.status for each in mine if each.edition.year == COMING} == set(Status)
    assert {each.departement_code for each in mine} == {"32"}
    held = [
        each for each in mine if each.edition.year == JUST_OVER and each.status is Status.PUBLISHED
    ]
    reports = {
        report.activity_id: report.standing
        for report in reports_of(JUST_OVER)
        if report.activity in held
    }
    assert Counter(reports.get(each.id, Standing.DUE) for each in held) == {
        Standing.DUE: 1,
        Standing.DRAFT: 1,
        Standing.SENT_BACK: 1,
        Standing.FILED: 1,
        Standing.VALIDATED: 1,
    }


def test_no_letter_is_left_to_be_sent(demo: Demonstration):
    letters = database.session.scalars(select(Letter)).all()
    assert {(each.channel, each.try_at, each.sent_at) for each in letters} == {
        (Channel.SITE, None, None)
    }


def test_the_accounts_find_their_latest_messages_some_of_them_not_read(demo: Demonstration):
    letters = database.session.scalars(select(Letter)).all()
    found = Counter(each.to_address for each in letters)
    unread = Counter(each.to_address for each in letters if each.read_at is None)
    assert found.keys() == unread.keys() == {ACTOR.email, NEIGHBOUR.email, GERS.email}
    assert (found[ACTOR.email], found[GERS.email]) == (8, 8)
    assert set(unread.values()) == {3}
    assert all(each.topic and each.page for each in letters)


def test_the_command_prints_where_to_go(demo: Demonstration):
    assert "https://fete.example.org/programme/2017" in demo.printed
    assert "https://fete.example.org/compte/connexion" in demo.printed
    assert "inventées" in demo.printed
    assert "édition 2017\u00a0: 600 activités" in demo.printed


def test_a_database_in_use_is_refused_in_words_and_left_as_it_was(demo: Demonstration):
    before = digest()
    status, printed = run(demo.site, "demo")
    assert status == 1
    assert "ne se charge que dans une base vide" in printed
    assert run(demo.site, "demo", "--if-empty") == (0, "")
    database.session.expire_all()
    assert digest() == before
    assert not seed.is_empty()


def test_the_same_day_gives_the_same_demonstration_with_the_communes_of_all_of_france(
    demo: Demonstration, tmp_path
):
    before = digest()
    with bare_site(tmp_path, regions=None) as site:
        assert run(site, "demo", "--if-empty") == (0, demo.printed)
        with site.app_context():
            assert len(database.session.scalars(select(Departement)).all()) > 90
            assert digest() == before


def test_a_site_in_production_is_filled_only_when_one_says_that_it_is_a_demonstration(tmp_path):
    with bare_site(tmp_path, regions={"84"}, mode="production") as site:
        status, printed = run(site, "demo")
        assert status == 1
        assert "--site-de-demonstration" in printed
        status, printed = run(site, "demo", "--site-de-demonstration")
        assert status == 1
        # The one thing that lacks now is Occitanie.
        assert "Les communes manquent" in printed
        with site.app_context():
            assert seed.is_empty()
            assert database.session.scalar(select(func.count()).select_from(User)) == 0


def test_nobody_has_a_demonstration_account_where_there_is_no_demonstration(db):
    assert database.session.scalars(select(User).where(User.is_demo)).all() == []
    assert database.session.scalars(select(User.email)).all() == []


def pages_of(year: int) -> list[str]:
    """Return the addresses of a few activities of every sort."""
    activities = [each for each in activities_of(year) if each.status is Status.PUBLISHED]
    sorts = {
        (
            kind_of(each),
            each.is_cancelled,
            each.parent is not None,
        ): each
        for each in activities
    }
    return [
        url_for("programme.show", activity_id=each.id, slug=each.slug) for each in sorts.values()
    ]


def test_what_the_demonstration_holds_can_be_read_by_everybody(
    demo: Demonstration, visitor: FlaskClient
):
    with demo.site.test_request_context():
        addresses = [
            "/",
            "/programme",
            "/agenda.ics",
            "/chiffres",
            "/reseau",
            *chain.from_iterable(
                (f"/programme/{year}", f"/agenda/{year}.ics", f"/chiffres/{year}", *pages_of(year))
                for year in (PAST, JUST_OVER, COMING)
            ),
        ]
    answers = {address: visitor.get(address, follow_redirects=False) for address in addresses}
    assert {
        address: each.status for address, each in answers.items() if each.status_code != 200
    } == {}
    assert len(answers) > 50
    unsaid = [
        address
        for address, each in answers.items()
        if address.startswith(("/activites/", "/programme", "/chiffres/"))
        and "onnées de démonstration" not in each.get_data(as_text=True)
    ]
    assert unsaid == []


@pytest.mark.parametrize(
    ("account", "addresses"),
    [
        (
            people.ACTOR,
            ["/mon-espace", "/mes-activites", "/mes-bilans", "/ma-structure", "/mon-compte"],
        ),
        (people.NEIGHBOUR, ["/mon-espace", "/mes-activites", "/ma-structure"]),
        (people.NEWCOMER, ["/mon-espace", "/mes-activites", "/mes-bilans", "/ma-structure"]),
        (people.GERS, ["/coordination", "/coordination/relecture", "/coordination/bilans"]),
        (
            people.TWO_DEPARTEMENTS,
            ["/coordination", "/coordination/relecture", "/coordination/bilans"],
        ),
        (people.REGION, ["/coordination", "/coordination/relecture", "/coordination/editions"]),
        (people.ADMINISTRATION, ["/coordination", "/coordination/personnes"]),
    ],
    ids=lambda value: value.email if isinstance(value, people.Account) else "",
)
def test_each_account_reaches_its_pages(
    demo: Demonstration, account: people.Account, addresses: list[str]
):
    client = demo.site.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = person(account).get_id()
        session["_fresh"] = True
        session["began"] = session["seen"] = int(time.time())
    answers = {address: client.get(address, follow_redirects=True).status for address in addresses}
    assert answers == dict.fromkeys(addresses, "200 OK")


def test_french_typography_is_kept_in_everything_that_is_read(demo: Demonstration):
    communes = set(database.session.scalars(select(Venue.commune_code)))
    assert communes
    texts = [
        *database.session.scalars(select(Activity.title)),
        *database.session.scalars(select(Organisation.name)),
        *database.session.scalars(select(Organisation.description)),
        *database.session.scalars(select(Organisation.address)),
        *database.session.scalars(select(Venue.name)),
        *database.session.scalars(select(Venue.address)),
        *database.session.scalars(select(Slot.note)),
        *database.session.scalars(select(Remark.text)),
        *database.session.scalars(select(Report.question)),
        *database.session.scalars(select(Report.waiver)),
        *database.session.scalars(select(Report.remarks)),
        *database.session.scalars(select(Report.explanation)),
        *database.session.scalars(select(Edition.theme)),
        *database.session.scalars(select(User.name)),
        *(line for line in demo.printed.splitlines() if "@" not in line and "http" not in line),
        *(account.purpose for account in people.ACCOUNTS),
    ]
    faults = {
        "straight apostrophe": re.compile("'"),
        "double space": re.compile(r"\S {2}"),
        "space that may break": re.compile(r" [;:!?»]|« "),
        "no space before a mark": re.compile(r"\w[;!?»]|\w:(?!/)"),
    }
    found = {(name, text) for text in texts for name, fault in faults.items() if fault.search(text)}
    assert found == set()
