"""Calendars that people subscribe to: an edition, any search of its programme, one activity; and how to subscribe."""

import gzip
import hashlib
from dataclasses import astuple, dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.core.clock import today
from fete.core.db import transaction_if_free
from fete.core.i18n import gettext as _
from fete.core.settings import settings
from fete.core.templating import absolute_url
from fete.feeds import ical, queries, services
from fete.programme.forms.filters import describe, filter_arguments, read_filters
from fete.programme.models import Activity, Edition
from fete.programme.policies import can_see_edition
from fete.programme.queries.activities import find_activity
from fete.programme.queries.editions import current_edition, find_edition
from fete.programme.queries.search import Filters
from fete.programme.workflow import Status

blueprint = Blueprint("feeds", __name__)

# Clients ask every few hours: a cache before us may answer for ten minutes, and while it asks us anew.
CACHE = "public, max-age=600, s-maxage=600, stale-while-revalidate=3600"
GOOGLE = "https://calendar.google.com/calendar/r?cid="
OUTLOOK = "https://outlook.live.com/calendar/0/addfromweb?"
OFFICE = "https://outlook.office.com/calendar/0/addfromweb?"
COMPRESSION = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """One calendar: what is in it and how it is called."""

    filters: Filters
    heading: ical.Heading
    filename: str
    activity_id: int | None = None


@blueprint.get("/agenda.ics")
@public
def current() -> ResponseReturnValue:
    """Give the calendar of the current edition."""
    edition = current_edition(today())
    if edition is None:
        # A calendar switched off by an error does not come back by itself: an empty one does.
        return answer(feed_of(None))
    return answer(feed_of(edition))


@blueprint.get("/agenda/<int:year>.ics")
@public
def edition(year: int) -> ResponseReturnValue:
    """Give the calendar of one edition."""
    return answer(feed_of(shown_edition(year)))


@blueprint.get("/activites/<int:activity_id>-<slug>.ics")
@public
def activity(activity_id: int, slug: str) -> ResponseReturnValue:  # noqa: ARG001  # the number is enough
    """Give the slots of one activity, to keep."""
    found = find_activity(activity_id)
    if (
        found is None
        or found.status is not Status.PUBLISHED
        or not can_see_edition(None, found.edition)
    ):
        abort(404)
    return answer(feed_of_activity(found), disposition="attachment")


@blueprint.get("/abonnement")
@public
def subscribe() -> ResponseReturnValue:
    """Say how to subscribe to a search of the programme, with a button for each calendar."""
    edition = current_edition(today())
    year = request.args.get("annee", type=int)
    if year is not None:
        edition = shown_edition(year)
    filters = read_filters(request.args, edition)
    arguments = filter_arguments(filters)
    address = (
        absolute_url("feeds.edition", year=edition.year, **arguments)
        if year and edition
        else absolute_url("feeds.current", **arguments)
    )
    webcal = "webcal://" + address.split("://", 1)[1]
    name = calendar_name(edition, filters)
    links = {
        "webcal": webcal,
        "google": GOOGLE + quote(webcal, safe=""),
        "outlook": OUTLOOK + urlencode({"url": address, "name": name}),
        "office": OFFICE + urlencode({"url": address, "name": name}),
    }
    count = queries.state_of(filters).slots if edition else 0
    return render_template(
        "feeds/subscribe.html",
        edition=edition,
        name=name,
        address=address,
        links=links,
        arguments=arguments,
        count=count,
    )


def shown_edition(year: int) -> Edition:
    """Return the edition of a year that the public may see; else there is no such page."""
    found = find_edition(year)
    if found is None or not can_see_edition(None, found):
        abort(404)
    return found


def calendar_name(edition: Edition | None, filters: Filters) -> str:
    """Return how a calendar is called in somebody's list of calendars."""
    words = describe(filters) if edition and filter_arguments(filters) else ""
    year = f" {edition.year}" if edition else ""
    name = f"{settings().site_name}{year}"
    return str(_("%(name)s : %(words)s", name=name, words=words)) if words else name


def feed_of(edition: Edition | None) -> Feed:
    """Return the calendar of an edition, as the address filters it."""
    filters = read_filters(request.args, edition)
    arguments = filter_arguments(filters)
    year = edition.year if edition else None
    heading = ical.Heading(
        name=calendar_name(edition, filters),
        description=f"Le programme de la {settings().site_name}, tenu à jour. Les changements et les annulations y paraissent.",
        page=absolute_url("programme.edition", year=year, **arguments)
        if year
        else absolute_url("programme.index"),
        source=absolute_url("feeds.edition", year=year, **arguments)
        if year
        else absolute_url("feeds.current"),
    )
    return Feed(filters=filters, heading=heading, filename="fete-de-la-science-occitanie.ics")


def feed_of_activity(activity: Activity) -> Feed:
    """Return the calendar of one activity."""
    heading = ical.Heading(
        name=activity.title,
        description=activity.standfirst or activity.title,
        page=services.page_of(activity),
        source=absolute_url("feeds.activity", activity_id=activity.id, slug=activity.slug),
    )
    filters = Filters(edition_id=activity.edition_id)
    return Feed(
        filters=filters, heading=heading, filename=f"{activity.slug}.ics", activity_id=activity.id
    )


def answer(feed: Feed, *, disposition: str = "inline") -> Response:
    """Answer with the bytes of a calendar, or with nothing when the client has them."""
    if feed.filters.edition_id is None:
        state = queries.FeedState()
    else:
        state = queries.state_of(feed.filters, activity_id=feed.activity_id)
    plain = digest(feed, state)
    zipped = f"{plain}-gzip"
    wants_zip = request.accept_encodings["gzip"] > 0
    tag = zipped if wants_zip else plain
    response = (
        Response(status=304)
        if is_known({plain, zipped}, state.changed_at)
        else Response(services.kept(tag, lambda: body_of(feed, state, wants_zip=wants_zip)))
    )
    response.set_etag(tag)
    response.last_modified = state.changed_at
    response.headers["Cache-Control"] = CACHE
    response.headers["Vary"] = "Accept-Encoding"
    if response.status_code != 304:  # noqa: PLR2004  # not modified
        response.headers["Content-Type"] = "text/calendar; charset=utf-8"
        response.headers["Content-Disposition"] = f'{disposition}; filename="{feed.filename}"'
        if wants_zip:
            response.headers["Content-Encoding"] = "gzip"
    return response


def digest(feed: Feed, state: queries.FeedState) -> str:
    """Return what is the same as long as the bytes are."""
    parts = (
        services.writer(),
        astuple(feed.heading),
        feed.filters,
        state.slots,
        state.names,
        state.numbers,
        state.squares,
        state.revisions,
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def is_known(tags: set[str], changed_at: datetime | None) -> bool:
    """Whether the client says that it has these bytes: by their tag, or else by their date."""
    asked = request.if_none_match
    if asked:
        return any(asked.contains_weak(tag) for tag in tags)
    since = request.if_modified_since
    return since is not None and changed_at is not None and changed_at <= since


def body_of(feed: Feed, state: queries.FeedState, *, wants_zip: bool) -> bytes:
    """Return the calendar: the join of its fragments, those that are missing written on the way."""
    fragments: list[tuple[int, bytes | None]] = []
    if state.slots:
        fragments = queries.fragments_of(
            feed.filters, writer=services.writer(), activity_id=feed.activity_id
        )
    if missing := [number for number, content in fragments if content is None]:
        rows = services.write_fragments(missing)
        with transaction_if_free():
            services.keep_fragments(rows)
        written = {row["slot_id"]: row["content"] for row in rows}
        fragments = [(number, content or written.get(number)) for number, content in fragments]
    # The days of one stretch of opening hours have the same fragment: it is one event.
    once = dict.fromkeys(content for _number, content in fragments if content is not None)
    body = ical.calendar(feed.heading, once)
    return gzip.compress(body, COMPRESSION, mtime=0) if wants_zip else body
