"""Any search of the programme arranged otherwise: on a map, hour by hour, as a calendar, as a table to print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.core.answers import stands
from fete.core.clock import day_bounds, now, today
from fete.core.i18n import current_language, gettext as _, lazy_gettext, ngettext
from fete.core.pagination import Page, page_asked, page_number
from fete.core.security import policy_with_images
from fete.core.settings import settings
from fete.core.templating import absolute_url, hour, short_day
from fete.core.text import slug
from fete.programme.forms.arrangements import read_month, read_order
from fete.programme.forms.filters import (
    BOOKING_WORDS,
    BOOKINGS,
    RADII,
    Request,
    chosen,
    describe,
    filter_arguments,
    has_unknown,
    read_request,
)
from fete.programme.models import Edition
from fete.programme.policies import can_see_edition
from fete.programme.queries.arrangements import (
    counts_on,
    days_of,
    departement_names,
    month_of,
    rows_in_order,
    rows_of_day,
)
from fete.programme.queries.editions import current_edition, find_edition
from fete.programme.queries.facets import DayCount, facets
from fete.programme.queries.listing import count_of
from fete.programme.queries.search import names_of
from fete.programme.queries.standing import standing
from fete.programme.rules.arrangements import (
    Held,
    Row,
    Stop,
    by_commune,
    by_time,
    day_to_show,
    month_to_show,
    neighbours,
    timetable,
    towns_of,
    weeks_of,
)
from fete.programme.rules.catalogue import Place, Time, places_of
from fete.programme.rules.filters import Filters
from fete.programme.views.held import stands_for_a_minute
from fete.programme.views.programme import groups_of
from fete.programme.workflow import SlotState
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import terms_by_code

blueprint = Blueprint("arrangements", __name__)

# Beyond this, the list beside the map tells how many there are in each commune, and leads there.
MOST_LISTED = 500
# What a marker tells of a place before it sends to the list.
MOST_TOLD = 6
# Beyond this, a timetable says nothing to anybody: one first chooses where.
MOST_BARS = 400
TABLE_SIZE = 2000
# The days that a strip offers around the edition’s own.
_AROUND = timedelta(days=7)
CACHE = "public, max-age=300, stale-while-revalidate=3600"
STATES = {
    SlotState.FULL: lazy_gettext("complet"),
    SlotState.RESCHEDULED: lazy_gettext("horaire changé"),
    SlotState.MOVED_ONLINE: lazy_gettext("en ligne"),
    SlotState.POSTPONED: lazy_gettext("reporté"),
    SlotState.CANCELLED: lazy_gettext("annulé"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What is asked of which edition, and the values by which its addresses are built."""

    edition: Edition
    asked: Request
    values: dict[str, Any]

    @property
    def filters(self) -> Filters:
        """The filters of the address."""
        return self.asked.filters

    def here(self, filters: Filters, **further: object) -> str:
        """Return this page with other filters."""
        arguments: dict[str, Any] = {**self.values, **filter_arguments(filters), **further}
        return url_for(str(request.endpoint), **arguments)


@dataclass(frozen=True, kw_only=True, slots=True)
class Narrower:
    """A part of the territory: how many activities there are, and where they are shown."""

    label: str
    count: int
    url: str


@blueprint.get("/programme/carte")
@blueprint.get("/programme/<int:year>/carte")
@public
def places(year: int | None = None) -> ResponseReturnValue:
    """Show the programme on a map, and the same as a list under its communes."""
    search = _search(year)
    if search is None:
        return redirect(url_for("programme.index"))
    arguments: dict[str, Any] = {**search.values, **filter_arguments(search.filters)}
    count = count_of(search.filters)
    response = _page(
        "arrangements/places.html",
        search,
        count=count,
        towns=towns_of(rows_in_order(search.filters), now()),
        is_whole=count <= MOST_LISTED,
        points=url_for("arrangements.points", **arguments),
    )
    response.headers["Content-Security-Policy"] = policy_with_images(settings().map_hosts)
    return response


@blueprint.get("/programme/carte.json")
@blueprint.get("/programme/<int:year>/carte.json")
@public
def points(year: int | None = None) -> ResponseReturnValue:
    """Give the places of the map, with how many activities there are and the first of them."""
    stood = standing()
    search = _search(year)
    if search is not None and search.asked.errors:
        abort(400)
    rows = rows_in_order(search.filters) if search else []
    response = jsonify(
        places=[
            _point(stop, stop.place)
            for town in towns_of(rows, now())
            for stop in town.stops
            if stop.place and stop.place.point
        ]
    )
    # What comes next is another as soon as something ends.
    ends = [time.ends_at for _entry, time in rows if time.ends_at > now()]
    stands(stood, until=min([*ends, day_bounds(today())[1]]))
    response.headers["Cache-Control"] = CACHE
    response.add_etag(weak=True)
    return response.make_conditional(request)


@blueprint.get("/programme/horaires")
@blueprint.get("/programme/<int:year>/horaires")
@public
def hours(year: int | None = None) -> ResponseReturnValue:
    """Show one day of the programme, its communes or its places against its hours."""
    search = _search(year)
    if search is None:
        return redirect(url_for("programme.index"))
    filters, days = search.filters, days_of(search.filters)
    day = day_to_show(days, first=filters.first, last=filters.last, today=today())
    told = _undated(filters)
    if day is None:
        return _page("arrangements/hours.html", search, told=told, count=0, day=None)
    rows = rows_of_day(filters, day)
    towns = counts_on(filters, day, "communes")
    # Of one commune alone, there is nothing left to choose.
    is_too_much = len(rows) > MOST_BARS and len(towns) > 1
    by_place = bool(filters.villages) or len(towns) == 1
    before, after = neighbours(days, day)
    return _page(
        "arrangements/hours.html",
        search,
        told=told,
        count=days.get(day, 0),
        day=day,
        days=[
            DayCount(day=each, count=count, is_chosen=each == day)
            for each, count in days.items()
            if _is_near(each, search.edition)
        ],
        on_day=lambda each: search.here(replace(filters, first=each, last=each)),
        before=before,
        after=after,
        by_place=by_place,
        places_of=places_of,
        shown=None if is_too_much else timetable(rows, day, by_place=by_place),
        narrower=_narrower(search, rows, day) if is_too_much else [],
    )


@blueprint.get("/programme/calendrier")
@blueprint.get("/programme/<int:year>/calendrier")
@public
def month(year: int | None = None) -> ResponseReturnValue:
    """Show a month of the programme as a calendar."""
    search = _search(year)
    if search is None:
        return redirect(url_for("programme.index"))
    filters, days = search.filters, days_of(search.filters)
    errors: dict[str, str] = {}
    months = sorted({day.replace(day=1) for day in days})
    try:
        asked = read_month(request.args.get("mois", ""))
    except ValueError as refusal:
        asked, errors["mois"] = None, str(refusal)
    day = day_to_show(days, first=filters.first, last=filters.last, today=today())
    shown = month_to_show(months, asked=asked, day=day)
    before, after = neighbours(months, shown) if shown else (None, None)
    return _page(
        "arrangements/month.html",
        search,
        told=_undated(filters),
        kept={"mois": f"{shown:%Y-%m}"} if shown and asked else {},
        status=404 if asked and not shown else 200,
        errors=errors,
        count=count_of(_undated(filters)),
        month=shown,
        asked_month=asked,
        months=months,
        before=before,
        after=after,
        weeks=weeks_of(shown, month_of(filters, shown)) if shown else [],
    )


@blueprint.get("/programme/tableau")
@blueprint.get("/programme/<int:year>/tableau")
@public
def table(year: int | None = None) -> ResponseReturnValue:
    """Show the programme as a table, to be read in one go or printed."""
    search = _search(year)
    if search is None:
        return redirect(url_for("programme.index"))
    order = read_order(request.args.get("tri", ""))
    rows = rows_in_order(search.filters)
    lines = by_commune(rows) if order == "commune" else by_time(rows)
    number = page_number(page_asked() or 1, len(lines), TABLE_SIZE)
    is_off_the_list = page_asked() != number
    start = (number - 1) * TABLE_SIZE
    return _page(
        "arrangements/table.html",
        search,
        status=404 if is_off_the_list else 200,
        is_off_the_list=is_off_the_list,
        count=count_of(search.filters),
        kept={"tri": order},
        page=Page(
            rows=lines[start : start + TABLE_SIZE], number=number, total=len(lines), size=TABLE_SIZE
        ),
        audiences=terms_by_code(TermList.AUDIENCE),
        bookings={value: BOOKING_WORDS[word] for word, value in BOOKINGS.items()},
        states=STATES,
    )


def when(time: Time) -> str:
    """Return the day and the hours of a time: « sam. 3 oct., 10 h – 12 h »."""
    first, last = time.days
    if first == last:
        return str(_("%(day)s, %(hours)s", day=short_day(first), hours=hours_of(time)))
    return hours_of(time)


def hours_of(time: Time) -> str:
    """Return the hours of a time, with its days when there are several."""
    first, last = time.days
    starts, ends = hour(time.starts_at), hour(time.ends_at)
    if first == last:
        return str(_("%(start)s – %(end)s", start=starts, end=ends))
    return str(
        _(
            "du %(first)s, %(start)s, au %(last)s, %(end)s",
            first=short_day(first),
            start=starts,
            last=short_day(last),
            end=ends,
        )
    )


def _search(year: int | None) -> Search | None:
    """Return what is asked of an edition that the public may see; nothing while there is none."""
    stands_for_a_minute()
    edition = current_edition(today()) if year is None else find_edition(year)
    if year is not None and (edition is None or not can_see_edition(None, edition)):
        abort(404)
    if edition is None:
        return None
    values = {} if year is None else {"year": year}
    return Search(edition=edition, asked=read_request(request.args, edition), values=values)


def _page(
    template: str,
    search: Search,
    *,
    told: Filters | None = None,
    status: int = 200,
    errors: Mapping[str, str] = {},
    kept: dict[str, str] | None = None,
    **context: object,
) -> Response:
    """Answer with an arrangement of a search, told in words; what cannot be understood is told above it."""
    filters = search.filters
    told, names = told or filters, names_of(filters)
    in_force = chosen(told, names)
    errors = {**search.asked.errors, **errors}
    arguments: dict[str, Any] = dict(filter_arguments(filters))
    page = render_template(
        template,
        edition=search.edition,
        values=search.values,
        arguments=arguments,
        undated=filter_arguments(_undated(filters)),
        filters=filters,
        asked=search.asked,
        errors=errors,
        groups=groups_of(facets(filters, search.edition, names), filters),
        radii=RADII,
        is_for_schools=False,
        kept=kept or {},
        chosen=in_force,
        description=describe(told, names) if in_force else "",
        here=search.here,
        canonical=absolute_url(
            str(request.endpoint),
            language=current_language(),
            **(arguments | {"year": search.edition.year}),
        ),
        kinds=terms_by_code(TermList.KIND),
        departements=departement_names(),
        when=when,
        hours_of=hours_of,
        **context,
    )
    if errors:
        return Response(page, status=400)
    return Response(page, status=404 if has_unknown(filters, names) else status)


def _undated(filters: Filters) -> Filters:
    """Return a search without its days: those pages tell it that choose the day themselves."""
    return replace(filters, first=None, last=None)


def _is_near(day: date, edition: Edition) -> bool:
    return edition.starts_on - _AROUND <= day <= edition.ends_on + _AROUND


def _narrower(search: Search, rows: Sequence[Row], day: date) -> list[Narrower]:
    """Return the parts of the territory asked for in which a day holds in a timetable, the fullest first."""
    filters = search.filters
    field = "communes" if filters.departements or filters.communes else "departements"
    names = departement_names()
    if field == "communes":
        names = {place.commune: place.town for _entry, time in rows for place in time.places}

    def there(code: str) -> Filters:
        narrowed: dict[str, Any] = {field: (code,)}
        # One commune, and no more what is around it.
        if field == "communes" and filters.near is None:
            narrowed["radius"] = None
        return replace(filters, first=day, last=day, **narrowed)

    return [
        Narrower(
            label=names.get(code, code),
            count=count,
            url=search.here(there(code)),
        )
        for code, count in counts_on(filters, day, field).items()
    ]


def _point(stop: Stop, place: Place) -> dict[str, Any]:
    """Return a place as the map draws it and tells of it."""
    count = ngettext("%(num)s activité", "%(num)s activités", len(stop.held))
    return {
        "number": place.number,
        "name": place.name,
        "commune": place.commune,
        "town": place.town,
        "latitude": place.point.latitude if place.point else None,
        "longitude": place.point.longitude if place.point else None,
        "activities": [held.entry.number for held in stop.held],
        "count": count,
        "label": _(
            "%(place)s, %(town)s : %(count)s", place=place.name, town=place.town, count=count
        ),
        "first": [_told(held) for held in stop.held[:MOST_TOLD]],
    }


def _told(held: Held) -> dict[str, str]:
    entry = held.entry
    return {
        "title": entry.title,
        "when": when(held.time),
        "state": str(_("terminé")) if held.is_over else str(STATES.get(held.time.state, "")),
        "url": url_for("programme.show", activity_id=entry.number, slug=slug(entry.title)),
    }
