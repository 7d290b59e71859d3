"""Calendars that people subscribe to, and their news: an edition, any search of it, one thing; and how to subscribe."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import astuple, replace
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from fete.core.access import public
from fete.core.answers import stands
from fete.core.clock import day_bounds, now, today
from fete.core.db import transaction_if_free
from fete.core.i18n import DEFAULT, address_in, current_language, gettext as _
from fete.feeds import calendars, ical, queries, services
from fete.feeds.calendars import Feed
from fete.feeds.forms import TownForm
from fete.feeds.short import BadCodeError, lengthened
from fete.feeds.ways import to_scan, ways
from fete.geography.queries import find_commune
from fete.programme.forms.filters import (
    chosen,
    filter_arguments,
    has_unknown,
    read_filters,
    read_request,
)
from fete.programme.models import Activity, Edition
from fete.programme.policies import can_see_edition, was_public
from fete.programme.queries.activities import find_activity
from fete.programme.queries.editions import current_edition, find_edition
from fete.programme.queries.facets import Facets, facets
from fete.programme.queries.search import names_of
from fete.programme.queries.standing import standing
from fete.programme.rules.filters import Filters
from fete.programme.views.programme import Group
from fete.programme.workflow import Status

blueprint = Blueprint("feeds", __name__)
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

FORMS = ("ics", "atom")
# Clients ask every few hours: a cache before us may answer for ten minutes, and while it asks us anew.
CACHE = "public, max-age=600, s-maxage=600, stale-while-revalidate=3600"
COMPRESSION = 6
# What a feed weighs about, in bytes: so much, and so much more for each event or piece of news.
_WEIGHT = 1_000
_WEIGHT_EACH = 900
ICALENDAR = "text/calendar"
ATOM = "application/atom+xml"


def feed(path: str) -> Callable[[View], View]:
    """Serve a view to all, under an address for each form of a feed; the first is the one that links lead to.

    What it answers is the same as long as the programme stands, and the day on which it is asked.
    A calendar is written ahead, once and in French: whoever asks for it in another language is led to it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def standing_view(**values: Any) -> ResponseReturnValue:  # as the address gives them
            if values["form"] == "ics" and current_language() != DEFAULT:
                return redirect(
                    address_in(DEFAULT, request.script_root + request.full_path.rstrip("?")), 301
                )
            # Before anything is read: what changes meanwhile makes another answer.
            stands(standing(), until=day_bounds(today())[1])
            return view(**values)

        for form in FORMS:
            blueprint.add_url_rule(
                f"{path}.{form}", defaults={"form": form}, view_func=public(standing_view)
            )
        return view

    return decorate


@feed("/agenda")
def current(form: str) -> ResponseReturnValue:
    """Give the calendar of the current edition."""
    edition = current_edition(today())
    # A calendar switched off by an error does not come back by itself: before any edition there is an empty one.
    return reply(calendars.of_search(edition, read_filters(request.args, edition)), form)


@feed("/agenda/<int:year>")
def edition(year: int, form: str) -> ResponseReturnValue:
    """Give the calendar of one edition."""
    found = shown_edition(year)
    return reply(calendars.of_search(found, read_filters(request.args, found), year=year), form)


@feed("/agenda/s/<code>")
def short(code: str, form: str) -> ResponseReturnValue:
    """Give the calendar of a search whose code stands for a long address."""
    return reply(under_code(code), form)


@feed("/agenda/s/<code>/<slug>")
def named(code: str, slug: str, form: str) -> ResponseReturnValue:  # noqa: ARG001  # the code is enough
    """Give the same under an address that ends with its words: some calendars call it by nothing else."""
    return reply(under_code(code, is_named=True), form)


@feed("/agenda/structure/<int:organisation_id>-<slug>")
def structure(organisation_id: int, slug: str, form: str) -> ResponseReturnValue:  # noqa: ARG001  # the number is enough
    """Give the calendar of a structure; of one that was merged, that of the one in its place."""
    found = queries.find_structure(organisation_id) or abort(404)
    return reply(calendars.of_structure(edition_of(request.args), found, request.args), form)


@feed("/agenda/commune/<string(length=5):code>-<slug>")
def commune(code: str, slug: str, form: str) -> ResponseReturnValue:  # noqa: ARG001  # the code is enough
    """Give the calendar of a commune."""
    found = find_commune(code) or abort(404)
    return reply(calendars.of_commune(edition_of(request.args), found, request.args), form)


@feed("/agenda/village/<int:activity_id>-<slug>")
def village(activity_id: int, slug: str, form: str) -> ResponseReturnValue:  # noqa: ARG001  # the number is enough
    """Give the calendar of a village, festival or trail with all that it holds."""
    found = seen_activity(activity_id)
    if not found.is_container:
        abort(404)
    calendar = calendars.of_village(found, request.args)
    return (
        reply(calendar, form) if found.status is Status.PUBLISHED else gone(calendar, found, form)
    )


@feed("/agenda/lieu/<int:venue_id>-<slug>")
def venue(venue_id: int, slug: str, form: str) -> ResponseReturnValue:  # noqa: ARG001  # the number is enough
    """Give the calendar of a place; of one that was merged, that of the one in its stead."""
    found = queries.find_place(venue_id) or abort(404)
    return reply(calendars.of_venue(edition_of(request.args), found, request.args), form)


@feed("/activites/<int:activity_id>-<slug>")
def activity(activity_id: int, slug: str, form: str) -> ResponseReturnValue:  # noqa: ARG001  # the number is enough
    """Give the slots of one activity, to keep; of one that was withdrawn, cancelled."""
    found = seen_activity(activity_id)
    calendar = calendars.of_activity(found)
    if found.status is not Status.PUBLISHED:
        return gone(calendar, found, form)
    return reply(calendar, form, disposition="attachment")


@blueprint.get("/abonnement")
@public
def subscribe() -> ResponseReturnValue:
    """Choose what one subscribes to, and give it to one's calendar."""
    year = request.args.get("annee", type=int)
    edition = edition_of(request.args)
    asked = read_request(request.args, edition)
    filters = asked.filters

    def here(filters: Filters) -> str:
        values: dict[str, Any] = dict(filter_arguments(filters))
        return url_for("feeds.subscribe", annee=year, **values)

    form = TownForm(request.args)
    if form.validate() and form.ville.data:
        # The address holds the search: what was typed becomes a part of it.
        communes = tuple(sorted({*filters.communes, form.ville.data}))
        return redirect(here(replace(filters, communes=communes)))
    names = names_of(filters)
    calendar = calendars.to_subscribe(edition, filters, year=year)
    is_unknown = has_unknown(filters, names)
    page = render_template(
        "feeds/subscribe.html",
        edition=edition,
        year=year,
        asked=asked,
        filters=filters,
        arguments=filter_arguments(filters),
        form=form,
        groups=groups_of(facets(filters, edition, names)) if edition else [],
        chosen=chosen(filters, names),
        here=here,
        calendar=calendar,
        ways=ways(calendar.address(), calendar.name),
        scanned=to_scan(calendar.address()),
        count=queries.count_events(filters) if edition else 0,
        coming=queries.next_slots(filters, now=now()) if edition else [],
        is_unknown=is_unknown,
    )
    if asked.errors:
        return page, 400
    return page, 404 if is_unknown else 200


def under_code(code: str, *, is_named: bool = False) -> Feed:
    """Return the feed of the search that a code stands for; what is no code is not found."""
    try:
        arguments = MultiDict(lengthened(code))
    except BadCodeError:
        abort(404)
    year = arguments.get("annee", type=int)
    edition = edition_of(arguments)
    filters = read_filters(arguments, edition)
    return calendars.of_search(edition, filters, year=year, code=code, is_named=is_named)


def groups_of(counted: Facets) -> list[Group]:
    """Return the filters that one chooses from, each with the values that would bring most, and those chosen."""
    asked = (
        ("departement", _("Département"), counted.departements),
        ("commune", _("Commune"), [each for each in counted.communes if each.is_chosen]),
        ("type", _("Type d’activité"), counted.kinds),
        ("public", _("Public"), counted.audiences),
        ("theme", _("Thématique"), counted.themes),
        ("accessibilite", _("Accessibilité"), counted.accessibility),
        ("structure", _("Structure"), counted.organisations),
    )
    return [Group(word=word, title=title, values=tuple(found)) for word, title, found in asked]


def shown_edition(year: int) -> Edition:
    """Return the edition of a year that the public may see; else there is no such page."""
    found = find_edition(year)
    if found is None or not can_see_edition(None, found):
        abort(404)
    return found


def edition_of(args: MultiDict[str, str]) -> Edition | None:
    """Return the edition of the year that an address names, else the one under way or to come."""
    year = args.get("annee", type=int)
    return current_edition(today()) if year is None else shown_edition(year)


def seen_activity(activity_id: int) -> Activity:
    """Return an activity that is published, or that was: whoever subscribed to it learns what became of it."""
    found = find_activity(activity_id)
    if found is None or not was_public(found):
        abort(404)
    return found


@blueprint.app_template_global("weight_of_feed")
def weight_of_feed(filters: Filters, form: str = "ics") -> int:
    """Return about how many bytes a feed of these filters has in one of its forms, without writing it."""
    if filters.edition_id is None:
        return _WEIGHT
    many = queries.events_of(filters) if form == "ics" else queries.news_of(filters)
    return _WEIGHT + many * _WEIGHT_EACH


def reply(feed: Feed, form: str, *, disposition: str = "inline") -> Response:
    """Answer with a feed in one of its forms."""
    return answer(feed, disposition=disposition) if form == "ics" else news(feed)


def gone(feed: Feed, activity: Activity, form: str) -> Response:
    """Answer for what was published and is no more: its slots are cancelled under their names; news have nothing.

    What is being written anew is nobody's business yet: then nothing is told of it at all.
    """
    if activity.status is not Status.WITHDRAWN:
        return reply(calendars.of_search(None, Filters()), form)
    if form == "atom":
        return written(ATOM, calendars.news_of(feed, [], since=activity.changed_at))
    heading = replace(feed.heading, description=ical.WITHDRAWN)
    return written(ICALENDAR, ical.calendar(heading, services.withdrawn_events(activity)))


def news(feed: Feed) -> Response:
    """Answer with the Atom form of a feed."""
    # Nothing yet: that is so today, which is as long as this answer stands.
    since = day_bounds(today())[0]
    if feed.filters.edition_id is None:
        return written(ATOM, calendars.news_of(feed, [], since=since))
    found = queries.latest(feed.filters)
    since = queries.last_change(feed.filters) or since
    return written(ATOM, calendars.news_of(feed, found, since=since))


def written(mimetype: str, body: bytes) -> Response:
    """Answer with bytes made for this request, or with nothing when the client has them."""
    response = Response(body, content_type=f"{mimetype}; charset=utf-8")
    response.headers["Cache-Control"] = CACHE
    response.vary.add("Accept-Encoding")
    # Weak: the same for whoever asks for it compressed.
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


def answer(feed: Feed, *, disposition: str = "inline") -> Response:
    """Answer with the bytes of a calendar, or with nothing when the client has them."""
    if feed.filters.edition_id is None:
        state = queries.FeedState()
    else:
        state = queries.state_of(feed.filters)
    plain = digest(feed, state)
    zipped = f"{plain}-gzip"
    wants_zip = request.accept_encodings["gzip"] > 0
    tag = zipped if wants_zip else plain
    response = (
        Response(status=304)
        if is_known({plain, zipped}, state.changed_at)
        else Response(
            services.calendars.give(tag, lambda: body_of(feed, state, wants_zip=wants_zip))
        )
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
        state.digest,
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
    found = queries.fragments_of(state.slots, writer=services.writer()) if state.slots else {}
    if missing := [number for number in state.slots if number not in found]:
        rows = services.write_fragments(missing)
        with transaction_if_free():
            services.keep_fragments(rows)
        found |= {row["slot_id"]: row["content"] for row in rows}
    # The days of one stretch of opening hours have the same fragment: it is one event.
    once = dict.fromkeys(found[number] for number in state.slots if number in found)
    body = ical.calendar(feed.heading, once)
    return gzip.compress(body, COMPRESSION, mtime=0) if wants_zip else body
