"""Assemble the site: settings, extensions, blueprints, commands. The only list of them all."""

from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_compress import Compress
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from fete.accounts import cli as accounts_cli
from fete.accounts.policies import can_look_after_letters, is_coordinator, is_regional
from fete.accounts.queries import find_session_owner
from fete.accounts.views import absences, letters, messages, people, profile, sign, sketches
from fete.alerts import views as alerts
from fete.core import (
    access,
    conditional,
    errorpages,
    i18n,
    logs,
    ratelimit,
    security,
    store,
    templating,
)
from fete.core.answers import Answers
from fete.core.db import db
from fete.core.errors import SettingsError
from fete.core.settings import Mode, Settings, instance_folder, read_settings
from fete.dashboard.views import home, journal, progress, writing
from fete.demo import cli as demo_cli
from fete.exchange import cli as exchange_cli, views as exchange
from fete.feeds import cli as feeds_cli, views as feeds
from fete.figures import cli as figures_cli
from fete.figures.models import Headline, Snapshot
from fete.figures.views import figures, proofs, reuse, snapshots, territory, zones
from fete.geography import cli as geography_cli, views as geography
from fete.mailing import cli as mailing_cli
from fete.mailing.queries import count_given_up, count_unread, latest_unread
from fete.network.views import admissions, directory, invitations, organisation, preferences
from fete.operation import cli as operation_cli
from fete.pages import views as pages
from fete.printing.views import handouts, printing
from fete.programme import cli as programme_cli
from fete.programme.queries.standing import standing_now
from fete.programme.services.standing import notice_changes
from fete.programme.views import (
    activities,
    arrangements,
    cancellations,
    coach,
    communes,
    editions,
    embedding,
    late_entries,
    merging,
    organisers,
    pictures,
    programme,
    proposals,
    renewal,
    review,
    selection,
    sentences,
    sharing,
    stands,
    twins,
    venues,
    villages,
)
from fete.reports import cli as reports_cli
from fete.reports.models import Ladder, ReportVersion
from fete.reports.services import reporting
from fete.reports.views import (
    counting,
    doubts,
    follow_up,
    grid,
    history,
    ladders,
    links,
    reports,
)
from fete.vocabulary import cli as vocabulary_cli

ROOT = Path(__file__).resolve().parent
BLUEPRINTS = (
    pages.blueprint,
    programme.blueprint,
    arrangements.blueprint,
    communes.blueprint,
    venues.blueprint,
    villages.blueprint,
    organisers.blueprint,
    selection.blueprint,
    embedding.blueprint,
    feeds.blueprint,
    printing.blueprint,
    handouts.blueprint,
    alerts.blueprint,
    figures.blueprint,
    proofs.blueprint,
    snapshots.blueprint,
    zones.blueprint,
    reuse.blueprint,
    directory.blueprint,
    geography.blueprint,
    sign.blueprint,
    profile.blueprint,
    preferences.blueprint,
    messages.blueprint,
    sketches.blueprint,
    home.blueprint,
    organisation.blueprint,
    invitations.blueprint,
    activities.blueprint,
    renewal.blueprint,
    twins.blueprint,
    coach.blueprint,
    cancellations.blueprint,
    pictures.blueprint,
    sharing.blueprint,
    stands.blueprint,
    reports.blueprint,
    history.blueprint,
    counting.blueprint,
    links.blueprint,
    people.blueprint,
    letters.blueprint,
    absences.blueprint,
    admissions.blueprint,
    editions.blueprint,
    ladders.blueprint,
    late_entries.blueprint,
    review.blueprint,
    proposals.blueprint,
    sentences.blueprint,
    exchange.blueprint,
    progress.blueprint,
    writing.blueprint,
    journal.blueprint,
    merging.blueprint,
    follow_up.blueprint,
    doubts.blueprint,
    grid.blueprint,
    territory.blueprint,
)
# What a worker keeps of the answers that it gave last: full calendars, and the pages of the programme.
MOST_BYTES_KEPT = 16 * 1024 * 1024
# The first of what was not read, where one arrives.
SHOWN_MESSAGES = 3
COMMANDS = (
    accounts_cli.user,
    demo_cli.demo,
    exchange_cli.take_in,
    feeds_cli.feeds,
    figures_cli.figures,
    geography_cli.geography,
    mailing_cli.mail,
    operation_cli.purge,
    operation_cli.reference,
    operation_cli.serve,
    programme_cli.edition,
    reports_cli.report,
    vocabulary_cli.vocabulary,
)


def create_app(instance: Path | None = None, **options: Any) -> Flask:
    """Return the site, with the settings of its instance folder, of the environment, then of `options`."""
    instance = instance or instance_folder()
    settings = read_settings(instance, **options)
    app = Flask("fete", instance_path=str(instance), root_path=str(ROOT), static_folder=None)
    app.static_folder = "static"
    if app.debug and settings.mode is Mode.PRODUCTION:
        raise SettingsError(
            "Le mode de mise au point de Flask (FLASK_DEBUG ou --debug) n’a pas sa place en production."
        )
    if settings.database.startswith(f"sqlite:///{instance}"):
        instance.mkdir(parents=True, exist_ok=True)
    app.extensions["fete.settings"] = settings
    set_up(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def set_up(app: Flask, settings: Settings) -> None:
    """Tie every extension to the site."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database,
        # A connection that was cut while it waited is made anew before it is used.
        # What people typed stays out of the logs when a statement fails.
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "hide_parameters": True},
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "application/json",
            "application/atom+xml",
            "application/manifest+json",
            "application/xml",
            "image/svg+xml",
            "text/csv",
            "text/plain",
            "text/xml",
        ],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        TESTING=settings.mode == "test",
    )
    logs.init_logs(app)
    security.init_security(app, settings)
    ratelimit.init_ratelimit(app, settings)
    db.init_app(app)
    # Frozen figures, those of others, and which editions show their estimate: whole pages are kept under one token.
    notice_changes(
        beside=(Snapshot, Headline, Ladder), told={ReportVersion: reporting.activity_told}
    )
    store.init_store(app, settings)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    # A mail program that refuses letters for its reader has no form of ours: the signed address is the proof.
    protection = CSRFProtect(app)
    protection.exempt(preferences.stop)
    protection.exempt(alerts.stop)
    # Whoever holds the link to a report, or to its counter, has no session: its address, which nobody can guess, is the proof.
    protection.exempt(links.blueprint)
    protection.exempt(counting.count)
    protection.exempt(counting.take)
    set_up_sign_in(app)
    access.init_access(app)
    i18n.init_i18n(app)
    templating.init_templating(app)
    errorpages.init_errorpages(app)
    Compress(app)
    conditional.init_conditional(app)
    app.wsgi_app = Answers(app, standing=standing_now, most_bytes=MOST_BYTES_KEPT)  # type: ignore[method-assign]


def set_up_sign_in(app: Flask) -> None:
    """Know who is asking."""
    manager = LoginManager()
    # Nobody is remembered beyond a session, and looking for it would make every answer depend on a cookie.
    manager._update_remember_cookie = lambda response: response
    manager.init_app(app)
    manager.user_loader(find_session_owner)

    @app.context_processor
    def of_the_person() -> dict[str, object]:
        return {
            "is_coordinator": lambda: (
                current_user.is_authenticated and is_coordinator(current_user)
            ),
            "is_regional": lambda: current_user.is_authenticated and is_regional(current_user),
            "latest_messages": lambda: (
                latest_unread(current_user.id, limit=SHOWN_MESSAGES) if unread_messages() else []
            ),
            "letters_given_up": lambda: (
                count_given_up() if can_look_after_letters(current_user) else 0
            ),
            "request": request,
            "unread_messages": unread_messages,
        }


def unread_messages() -> int:
    """Return how many messages who is signed in has not read; known from the beginning unless something was written."""
    if not current_user.is_authenticated:
        return 0
    known: int | None = current_user.unread
    return count_unread(current_user.id) if known is None else known
