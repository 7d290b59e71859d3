"""Measure pages and feeds against a Flask route that returns constant bytes, in the same run: `make bench`.

Each figure is how many times longer a request takes than the same kind of constant answer, by the best of
several rounds: seconds of one machine mean nothing on another.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time as hour, timedelta
from http import HTTPStatus
from pathlib import Path

import flask_migrate
from flask import Flask, Response
from icalendar import Calendar, Event
from werkzeug.test import EnvironBuilder, run_wsgi_app

from fete.app import create_app
from fete.core.access import public
from fete.core.clock import from_paris
from fete.core.db import db, transaction
from fete.geography.services import load_reference
from fete.programme.models import Slot
from fete.vocabulary.services import load_terms
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

SIZES = (600, 6_000)
ROUNDS = 5
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


def fill(count: int) -> None:
    """Make an edition of so many activities, two or three slots and a report each."""
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
def site(count: int) -> Iterator[Flask]:
    """Give a site that holds so many activities."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Path(folder),
            mode="test",
            database=f"sqlite:///{folder}/bench.sqlite",
            public_address="https://fete.example.org",
        )
        with app.app_context():
            flask_migrate.upgrade(revision="head")
            with transaction():
                load_terms()
                load_reference(regions={"76"})
            with transaction(), db.session.no_autoflush:
                fill(count)
            db.session.remove()
        yield app


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


def measure(app: Flask) -> list[Line]:
    """Return every line for one site."""
    bodies = {"feed": b"", "empty": b"", "page": b""}
    kinds = {"feed": "text/calendar", "empty": "text/plain", "page": "text/html"}
    for name, kind in kinds.items():
        app.add_url_rule(
            f"/constant/{name}",
            name,
            public(lambda name=name, kind=kind: Response(bodies[name], mimetype=kind)),
        )
    ask(app, "/sante")  # what is built once for all requests is built now
    started = time.process_time()
    status, bodies["feed"], headers = ask(app, "/agenda/2026.ics")
    cold = time.process_time() - started
    assert status == HTTPStatus.OK, bodies["feed"]
    bodies["page"] = ask(app, "/programme/2026")[1]
    constants = {
        name: best(lambda name=name: ask(app, f"/constant/{name}"), 50)
        for name in ("feed", "empty", "page")
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
        ("programme, première page", "page", lambda: ask(app, "/programme/2026"), 5),
        (
            "programme, trois filtres",
            "page",
            lambda: ask(app, "/programme/2026?departement=32&type=workshop&q=etoiles"),
            5,
        ),
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
    lines.append(
        Line(
            name="agenda entier, premier appel", seconds=cold, against="icalendar", constant=library
        )
    )
    return lines


def main() -> None:
    """Print a table: one line a thing measured, one column a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = parser.parse_args().sizes
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
    sys.stdout.flush()


if __name__ == "__main__":
    main()
