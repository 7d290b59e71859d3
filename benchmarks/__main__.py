"""Measure pages and feeds against a Flask route that returns constant bytes, in the same run: `make bench`.

Then the pages of the coordination, whose cost may not follow what waits: each against itself with fewer.

Each figure is how many times longer a request takes than the same kind of constant answer, by the best of
several rounds: seconds of one machine mean nothing on another.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time as hour, timedelta
from functools import cache
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask, Response
from icalendar import Calendar, Event
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from werkzeug.test import EnvironBuilder, run_wsgi_app

from fete.accounts.models import User
from fete.app import create_app
from fete.core.clock import from_paris, now
from fete.core.db import db, transaction
from fete.feeds.models import Fragment
from fete.feeds.services import write_ahead
from fete.figures.queries import counting, figures_of, totals_of
from fete.figures.services import count_ahead, freeze, publish
from fete.geography.services import load_reference
from fete.network.models import Organisation
from fete.programme.models import Activity, Edition, Slot, activity_term
from fete.programme.workflow import Status
from fete.reports.models import Report
from fete.reports.services.reporting import version_of
from fete.vocabulary.services import load_terms
from tests.factories.accounts import make_coordinator
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

SIZES = (600, 6_000)
# The cost of a page may not follow the edition.
FLAT_SIZES = (600, 60_000)
# Figures are held against the one reading that adds up the same reports.
FIGURES_SIZES = (6_000, 600_000)
# How many activities are made one by one; larger editions are copies of them.
MADE = 600
# The first number of a copy.
COPIES = 100_000
# How many activities wait for the coordination.
QUEUES = (50, 5_000)
ROUNDS = 5
COORDINATORS = ("departement@example.org", "region@example.org")
QUEUE_PAGES = {
    "première page": "/coordination/relecture",
    "cinquante par page": "/coordination/relecture?par=50",
    "trois filtres": "/coordination/relecture?type=workshop&q=etoiles&message=non",
}
KINDS = ("workshop", "talk", "lab_open_day", "exhibition", "visit")
THEMES = (
    "environment",
    "engineering",
    "earth_universe",
    "life_health",
    "exact",
    "humanities",
    "digital",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing measured: how long a request takes, and the constant answer it is held against."""

    name: str
    seconds: float
    against: str
    constant: float


def fill_queue(count: int) -> None:
    """Let so many activities wait for a coordinator of a département and for a regional one."""
    fill(count)
    waiting = (Activity.status == Status.PUBLISHED,)
    db.session.execute(update(Activity).where(*waiting).values(status=Status.SUBMITTED))
    make_coordinator("32", email=COORDINATORS[0])
    make_coordinator(email=COORDINATORS[1])


def fill(count: int) -> None:
    """Make an edition of so many activities, two or three slots and a report each."""
    make(min(count, MADE))
    for rank in range(1, -(-count // MADE)):
        copy(min(MADE, count - rank * MADE), shift=rank * COPIES)


def copy(many: int, *, shift: int) -> None:
    """Add a copy of the first activities, with their structures, slots, words and reports, under other numbers."""
    shifted = {"id", "activity_id", "organisation_id"}
    unique = {"uid", "form_key"}
    chosen: list[tuple[Any, ColumnElement[bool]]] = [
        (Organisation.__table__, Organisation.id < COPIES),
        (Activity.__table__, Activity.id <= many),
        (Slot.__table__, Slot.activity_id <= many),
        (activity_term, activity_term.c.activity_id <= many),
        (Report.__table__, Report.activity_id <= many),
    ]
    for table, among in chosen:
        names = [column.name for column in table.columns]
        values = [
            column + shift
            if column.name in shifted
            else func.hex(func.randomblob(16))
            if column.name in unique
            else column
            for column in table.columns
        ]
        db.session.execute(insert(table).from_select(names, select(*values).where(among)))


def make(count: int) -> None:
    """Make so many activities, one by one."""
    edition = make_edition(2026)
    organisations = [make_organisation() for _ in range(count // 10)]
    for number in range(count):
        start = from_paris(date(2026, 10, 2) + timedelta(days=number % 11), hour(9 + number % 9))
        activity = make_activity(
            *(start + timedelta(minutes=150 * rank) for rank in range(2 + number % 2)),
            edition=edition,
            organisation=organisations[number % len(organisations)],
            commune=(TOULOUSE, AUCH, MONTPELLIER)[number % 3],
            kind=KINDS[number % len(KINDS)],
            terms=[("theme", THEMES[number % 7]), ("audience", "all")],
            title=f"Les étoiles de l’automne, observation numéro {number}",
            description="On y observe le ciel à l’œil nu, puis à la lunette. " * 12,
        )
        make_report(activity)


@contextmanager
def site(count: int, *, filled: Callable[[int], None] = fill) -> Iterator[Flask]:
    """Give a site that holds so many activities."""
    with tempfile.TemporaryDirectory() as folder:
        app = site_in(Path(folder))
        with app.app_context():
            flask_migrate.upgrade(revision="head")
            with transaction():
                load_terms()
                load_reference(regions={"76"})
            with transaction(), db.session.no_autoflush:
                filled(count)
            db.session.remove()
        yield app


def site_in(folder: Path) -> Flask:
    """Return the site that keeps its database in a folder."""
    return create_app(
        folder,
        mode="test",
        database=f"sqlite:///{folder}/bench.sqlite",
        public_address="https://fete.example.org",
    )


def ask(app: Flask, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Return what the site answers, read to the end."""
    environ = EnvironBuilder(
        path=path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    ).get_environ()
    chunks, status, answered = run_wsgi_app(app, environ, buffered=True)
    return int(status.split()[0]), b"".join(chunks), dict(answered)


def best(act: Callable[[], object], repeats: int) -> float:
    """Return the seconds of one act, in the best of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(repeats):
            act()
        rounds.append((time.process_time() - started) / repeats)
    return min(rounds)


def pages_of(app: Flask) -> list[tuple[str, Callable[[], object]]]:
    """Return the public pages, each asked for as nobody did yet but for what the programme itself remembers."""
    with app.app_context():
        first = db.session.get_one(Activity, 1)
        activity = f"/activites/{first.id}-{first.slug}?"
    filters = "/programme/2026?departement=32&type=workshop&q=etoiles"
    return [
        ("programme, première page", lambda: ask(app, anew("/programme/2026?"))),
        ("programme, trois filtres", lambda: ask(app, anew(filters))),
        ("une activité", lambda: ask(app, anew(activity))),
    ]


def library_seconds(app: Flask) -> float:
    """Return how long the icalendar library takes to write the same slots, a sample of them scaled up."""
    with app.app_context():
        total = db.session.query(Slot).count()
        sample = db.session.query(Slot).limit(500).all()
        started = time.process_time()
        calendar = Calendar()
        for slot in sample:
            calendar.add_component(
                Event.new(
                    uid=slot.uid,
                    stamp=slot.changed_at,
                    last_modified=slot.changed_at,
                    start=slot.starts_at,
                    end=slot.ends_at,
                    summary=slot.activity.title,
                    description=slot.activity.standfirst,
                    location=slot.activity.venue.name,
                    url="https://fete.example.org/activites/1",
                    categories=["Atelier"],
                    sequence=slot.revision,
                )
            )
        calendar.to_ical()
        return (time.process_time() - started) * total / len(sample)


@cache
def bare_site() -> tuple[Flask, dict[str, bytes]]:
    """Return a Flask site that does nothing but return bytes from memory, and those bytes."""
    site, bodies = Flask("bare"), dict[str, bytes]()
    kinds = {"feed": "text/calendar", "empty": "text/plain", "page": "text/html"}
    for name, kind in kinds.items():
        site.add_url_rule(
            f"/{name}", name, lambda name=name, kind=kind: Response(bodies[name], mimetype=kind)
        )
    return site, bodies


def bare(given: dict[str, bytes]) -> Flask:
    """Return the bare site, which returns these bytes."""
    site, bodies = bare_site()
    bodies.update(given)
    return site


def measure(app: Flask) -> list[Line]:
    """Return every line for one site."""
    ask(app, "/sante")  # what is built once for all requests is built now
    status, feed, headers = ask(app, "/agenda/2026.ics")
    assert status == HTTPStatus.OK, feed
    bodies = {"feed": feed, "empty": b"", "page": ask(app, "/programme/2026")[1]}
    constants = {
        name: best(lambda name=name: ask(bare(bodies), f"/{name}"), 200) for name in bodies
    }
    tag = headers["ETag"]
    acts = [
        ("agenda entier, prêt", "feed", lambda: ask(app, "/agenda/2026.ics"), 20),
        ("agenda, 304", "empty", lambda: ask(app, "/agenda/2026.ics", If_None_Match=tag), 50),
        (
            "agenda d’un département",
            "feed",
            lambda: ask(app, "/agenda/2026.ics?departement=32"),
            20,
        ),
        ("programme, déjà demandé", "page", lambda: ask(app, "/programme/2026"), 20),
        *((f"{name}, fait", "page", act, 5) for name, act in pages_of(app)),
        ("chiffres, page", "page", lambda: ask(app, "/chiffres/2026"), 3),
        ("chiffres, JSON", "page", lambda: ask(app, "/chiffres/2026.json"), 3),
    ]
    lines = []
    for name, against, act, repeats in acts:
        act()
        lines.append(
            Line(
                name=name, seconds=best(act, repeats), against=against, constant=constants[against]
            )
        )
    library = library_seconds(app)
    for name, seconds in (
        ("agenda entier, premier appel", first_feed(app)),
        ("écrire tous ses événements", seconds_to_write(app)),
    ):
        lines.append(Line(name=name, seconds=seconds, against="icalendar", constant=library))
    return [*lines, frozen_page(app)]


def frozen_page(app: Flask) -> Line:
    """Return how long the page of published figures takes, once they are frozen, against its own bytes from memory."""
    with app.app_context(), transaction():
        edition = db.session.scalars(select(Edition)).one()
        frozen = freeze(edition, number=1, reason="", region="76", by=None, at=now())
        publish(frozen, by=None, at=now())
    status, body, _headers = ask(app, "/chiffres/2026")
    assert status == HTTPStatus.OK, body
    return Line(
        name="chiffres figés, page",
        seconds=best(lambda: ask(app, "/chiffres/2026"), 200),
        against="page",
        constant=best(lambda: ask(bare({"page": body}), "/page"), 200),
    )


_number = count(1)


def anew(path: str) -> str:
    """Return an address that nobody asked for yet, of the same page."""
    return f"{path}&n={next(_number)}"


def first_feed(app: Flask) -> float:
    """Return how long a process that has just started takes to give the whole calendar, its events written before."""
    command = [sys.executable, "-m", "benchmarks", "--first-feed", app.instance_path]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return float(done.stdout)


def tell_first_feed(folder: Path) -> None:
    """Print how long this process, which has just started, takes to give the whole calendar."""
    app = site_in(folder)
    ask(app, "/sante")
    started = time.process_time()
    status, body, _headers = ask(app, "/agenda/2026.ics")
    assert status == HTTPStatus.OK, body
    print(time.process_time() - started)


def seconds_to_write(app: Flask) -> float:
    """Return how long it takes to write every event of an edition that has none written yet."""
    with app.app_context():
        with transaction():
            db.session.execute(delete(Fragment))
        started = time.process_time()
        write_ahead(transaction)
        return time.process_time() - started


def cookie_of(app: Flask, email: str) -> str:
    """Return the cookie of somebody who has signed in."""
    with app.app_context():
        person = db.session.scalars(select(User).where(User.email == email)).one()
        instant = int(time.time())
        session = {"_user_id": person.get_id(), "_fresh": True, "began": instant, "seen": instant}
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return f"fete={signer.dumps(session)}"


def measure_queue(app: Flask) -> dict[str, float]:
    """Return how long the pages of the coordination take, by name."""
    found = {}
    for email in COORDINATORS:
        cookie = cookie_of(app, email)
        for name, path in QUEUE_PAGES.items():

            def act(path: str = path, cookie: str = cookie) -> None:
                status, body, _headers = ask(app, path, Cookie=cookie)
                assert status == HTTPStatus.OK, body

            act()
            found[f"{name}, {email.partition('@')[0]}"] = best(act, 5)
    return found


def report_queue() -> None:
    """Print how much longer the pages of the coordination take when much more waits."""
    columns = []
    for size in QUEUES:
        with site(size, filled=fill_queue) as app:
            columns.append(measure_queue(app))
    few, many = columns
    print(f"\nRelecture : la page quand {QUEUES[1]} activités attendent, contre {QUEUES[0]}\n")
    for name, seconds in few.items():
        print(f"{name:46}{many[name] / seconds:>8.2f} ×")


def main() -> None:
    """Print a table: one line a thing measured, one column a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--queue-only", action="store_true", help="the pages of the coordination")
    parser.add_argument("--flat-only", action="store_true", help="whether pages follow the edition")
    parser.add_argument("--figures-only", action="store_true", help="what figures cost")
    parser.add_argument("--first-feed", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.first_feed:
        tell_first_feed(asked.first_feed)
        return
    if asked.flat_only:
        report_flatness()
        return
    if asked.figures_only:
        report_figures()
        return
    if not asked.queue_only:
        report_sizes(asked.sizes)
        report_flatness()
        report_figures()
    report_queue()
    sys.stdout.flush()


def report_flatness() -> None:
    """Print how much longer public pages take when the edition is a hundred times larger."""
    columns = []
    for size in FLAT_SIZES:
        with site(size) as app:
            pages = pages_of(app)
            for _name, act in pages:
                act()
            columns.append({name: best(act, 5) for name, act in pages})
            print(f"{size} activités : {memory():.0f} Mo au plus dans ce processus")
    few, many = columns
    print(f"\nLa même page à {FLAT_SIZES[1]} activités, contre {FLAT_SIZES[0]}\n")
    for name, seconds in few.items():
        print(f"{name:34}{many[name] / seconds:>8.2f} ×")


def report_figures() -> None:
    """Print what figures cost, against one SQL reading that counts and adds up the same reports."""
    columns = []
    for size in FIGURES_SIZES:
        with site(size) as app, app.app_context():
            columns.append(dict(measure_figures()))
            print(f"{size} activités : {memory():.0f} Mo au plus dans ce processus")
    print("\nChiffres d’une édition, en nombre de fois la lecture SQL qui additionne ses bilans\n")
    print(f"{'':40}" + "".join(f"{size:>12} act." for size in FIGURES_SIZES))
    for name in columns[0]:
        print(f"{name:40}" + "".join(f"{column[name]:>13.2f} ×  " for column in columns))


def measure_figures() -> Iterator[tuple[str, float]]:
    """Give, by name, how long figures take: counted before, after one more report, and from nothing."""
    edition = db.session.scalars(select(Edition)).one()
    at = from_paris(date(2026, 11, 3), hour(10))
    scan = best(lambda: add_up(edition), 1)
    started = time.process_time()
    totals_of(edition, at=at)
    first = time.process_time() - started
    yield "déjà comptés, totaux", best(lambda: totals_of(edition, at=at), 5) / scan
    figures_of(edition, region="76", at=at)
    ready = best(lambda: figures_of(edition, region="76", at=at), 5)
    yield "déjà comptés, avec leurs parts", ready / scan
    for name, change in (("un bilan", change_report), ("une activité changée", change_activity)):
        seconds = best_after(change, lambda: totals_of(edition, at=at))
        yield f"après {name}, totaux", seconds / scan
        seconds = best_after(change, lambda: figures_of(edition, region="76", at=at))
        yield f"après {name}, avec leurs parts", seconds / scan
    count_ahead(transaction, at=at)
    yield "processus qui démarre, totaux", as_started(lambda: totals_of(edition, at=at)) / scan
    parts = as_started(lambda: figures_of(edition, region="76", at=at))
    yield "processus qui démarre, avec leurs parts", parts / scan
    yield "premier compte de tous", first / scan


def as_started(act: Callable[[], object]) -> float:
    """Return how long something takes when nothing is remembered of any figure, in the best of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        counting.forget()
        started = time.process_time()
        act()
        rounds.append(time.process_time() - started)
    return min(rounds)


def add_up(edition: Edition) -> None:
    """Count and add up the reports of an edition in one reading."""
    figures = ("public", "pupils", "adults", "online", "researchers", "mediators", "volunteers")
    statement = (
        select(func.count(), *(func.sum(getattr(Report, name)) for name in figures))
        .select_from(Activity)
        .outerjoin(Report, Report.activity_id == Activity.id)
        .where(Activity.edition_id == edition.id, Activity.status == Status.PUBLISHED)
    )
    db.session.execute(statement).one()


def change_report(number: int) -> None:
    """Count one visitor more in the report of an activity."""
    report = db.session.scalars(select(Report).where(Report.activity_id == number)).one()
    with transaction():
        report.public = (report.public or 0) + 1
        report.version += 1
        db.session.add(version_of(report, at=now()))


def change_activity(number: int) -> None:
    """Call an activity otherwise, and let it end an hour later."""
    activity = db.session.get_one(Activity, number)
    with transaction():
        activity.title += " encore"
        activity.slots[0].ends_at += timedelta(hours=1)


def best_after(change: Callable[[int], None], act: Callable[[], object]) -> float:
    """Return how long something takes just after something else changed, in the best of several rounds."""
    rounds = []
    # More of them: each is timed alone, and the machine does other things in between.
    for number in range(1, 4 * ROUNDS + 1):
        change(number)
        started = time.process_time()
        act()
        rounds.append(time.process_time() - started)
    return min(rounds)


def memory() -> float:
    """Return the most megabytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report_sizes(sizes: Sequence[int]) -> None:
    """Print the table of pages and feeds, in sites of these sizes."""
    columns: dict[int, list[Line]] = {}
    for size in sizes:
        with site(size) as app:
            columns[size] = measure(app)
    first = columns[sizes[0]]
    print(
        "Temps d’une requête, en nombre de fois la réponse constante nommée (SQLite, dans le processus)\n"
    )
    print(
        f"{'':34}{'contre':>12}"
        + "".join(f"{size:>12} act." for size in sizes)
        + ("   croissance" if len(sizes) > 1 else "")
    )
    for rank, line in enumerate(first):
        ratios = [columns[size][rank].seconds / columns[size][rank].constant for size in sizes]
        growth = (
            f"{columns[sizes[-1]][rank].seconds / line.seconds:>10.2f} ×" if len(sizes) > 1 else ""
        )
        print(
            f"{line.name:34}{line.against:>12}"
            + "".join(f"{ratio:>13.2f} ×  " for ratio in ratios)
            + growth
        )


if __name__ == "__main__":
    main()
