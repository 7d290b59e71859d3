"""The feeds that there are: what each holds, how it is called, where it is read in each of its forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from fete.core.i18n import current_language, gettext as _
from fete.core.settings import settings
from fete.core.templating import absolute_url
from fete.core.text import slug
from fete.feeds import atom, ical, queries, services
from fete.feeds.short import shortened
from fete.geography.models import Commune
from fete.geography.queries import find_commune
from fete.network.models import Organisation
from fete.programme.forms.filters import (
    days_in_words,
    describe,
    filter_arguments,
    read_filters,
)
from fete.programme.models import Activity, Edition, Venue
from fete.programme.queries.activities import find_activity
from fete.programme.rules.filters import Filters
from fete.programme.views.structured import picture_address
from fete.programme.workflow import Status
from fete.vocabulary.models import TermList

FILENAME = "fete-de-la-science-occitanie.ics"
# Beyond, some calendars take an address no more: a search of many words gets a short one.
LONG = 200

Arguments = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """One feed: what is in it, how it is called, and what its address is made of, whatever its form."""

    filters: Filters
    name: str
    description: str
    # The address of the page that people read.
    page: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    filename: str = FILENAME

    def address(self, form: str = "ics") -> str:
        """Return where it is read, in one of its forms."""
        return absolute_url(self.endpoint, form=form, **self.values)

    @property
    def heading(self) -> ical.Heading:
        """What its calendar says of itself."""
        return ical.Heading(
            name=self.name,
            description=self.description,
            page=self.page,
            source=self.address(),
        )


def of_search(
    edition: Edition | None,
    filters: Filters,
    *,
    year: int | None = None,
    code: str = "",
    is_named: bool = False,
) -> Feed:
    """Return the feed of a search, of an edition for ever when it names its `year`.

    It is under its short code if it has one; and, when it `is_named`, under its words too, by which calendars that look
    no further than the address call it.
    """
    arguments = filter_arguments(filters)
    endpoint, values = "feeds.current", dict[str, Any](arguments)
    filename = FILENAME
    if code and is_named:
        words = slug(describe(filters))
        endpoint, values, filename = "feeds.named", {"code": code, "slug": words}, f"{words}.ics"
    elif code:
        endpoint, values = "feeds.short", {"code": code}
    elif year is not None:
        endpoint, values = "feeds.edition", {"year": year, **arguments}
    return Feed(
        filters=filters,
        name=calendar_name(edition, filters),
        description=_promise(),
        page=_page_of(edition, arguments),
        endpoint=endpoint,
        values=values,
        filename=filename,
    )


def of_structure(edition: Edition | None, found: Organisation, args: MultiDict[str, str]) -> Feed:
    """Return the feed of what a structure organises."""
    return _of_object(
        edition,
        args,
        found.name,
        only={"organisations": (found.id,)},
        endpoint="feeds.structure",
        organisation_id=found.id,
        slug=found.slug,
    )


def of_commune(edition: Edition | None, found: Commune, args: MultiDict[str, str]) -> Feed:
    """Return the feed of what is held in a commune."""
    return _of_object(
        edition,
        args,
        found.name,
        only={"communes": (found.code,)},
        endpoint="feeds.commune",
        code=found.code,
        slug=slug(found.name),
    )


def of_village(found: Activity, args: MultiDict[str, str]) -> Feed:
    """Return the feed of a village, festival or trail with all that it holds."""
    feed = _of_object(
        found.edition,
        args,
        found.title,
        only={"villages": (found.id,)},
        endpoint="feeds.village",
        activity_id=found.id,
        slug=found.slug,
    )
    return replace(feed, page=services.page_of(found))


def of_venue(edition: Edition | None, found: Venue, args: MultiDict[str, str]) -> Feed:
    """Return the feed of what is held at a place."""
    return _of_object(
        edition,
        args,
        f"{found.name} ({found.commune.name})",
        only={"venues": (found.id,)},
        endpoint="feeds.venue",
        venue_id=found.id,
        slug=found.slug,
    )


def of_activity(activity: Activity) -> Feed:
    """Return the feed of one activity."""
    return Feed(
        filters=Filters(edition_id=activity.edition_id, activities=(activity.id,)),
        name=activity.title,
        description=activity.standfirst or activity.title,
        page=services.page_of(activity),
        endpoint="feeds.activity",
        values={"activity_id": activity.id, "slug": activity.slug},
        filename=f"{activity.slug}.ics",
    )


def to_subscribe(edition: Edition | None, filters: Filters, *, year: int | None = None) -> Feed:
    """Return the feed of a search under an address that tells what it is and will not break: the first that is short enough."""
    feed = _of_its_object(edition, filters) if year is None else None
    if feed is not None and len(feed.address()) <= LONG:
        return feed
    plain = of_search(edition, filters, year=year)
    arguments = filter_arguments(filters)
    code = shortened(arguments | ({"annee": str(year)} if year is not None else {}))
    # Where nothing is asked, « agenda » is what it is.
    if not arguments or not code:
        return plain
    named = of_search(edition, filters, year=year, code=code, is_named=True)
    if len(named.address()) <= LONG:
        return named
    return (
        plain if len(plain.address()) <= LONG else of_search(edition, filters, year=year, code=code)
    )


def _of_its_object(edition: Edition | None, filters: Filters) -> Feed | None:
    """Return the feed of the one thing that is asked for, if that is all that is asked."""
    bare = Filters(edition_id=filters.edition_id, with_cancelled=filters.with_cancelled)
    args = MultiDict(filter_arguments(bare))
    match filters.organisations, filters.communes, filters.villages, filters.venues:
        case (number,), (), (), () if replace(filters, organisations=()) == bare:
            structure = queries.find_structure(number)
            return of_structure(edition, structure, args) if structure else None
        case (), (code,), (), () if replace(filters, communes=()) == bare:
            commune = find_commune(code)
            return of_commune(edition, commune, args) if commune else None
        case (), (), (number,), () if replace(filters, villages=()) == bare:
            village = find_activity(number)
            is_shown = village is not None and village.status is Status.PUBLISHED
            return of_village(village, args) if village and is_shown else None
        case (), (), (), (number,) if replace(filters, venues=()) == bare:
            venue = queries.find_place(number)
            return of_venue(edition, venue, args) if venue else None
        case _:
            return None


def calendar_name(edition: Edition | None, filters: Filters) -> str:
    """Return how a calendar is called in somebody's list of calendars."""
    words = describe(filters) if edition and filter_arguments(filters) else ""
    year = f" {edition.year}" if edition else ""
    name = f"{settings().site_name}{year}"
    return str(_("%(name)s : %(words)s", name=name, words=words)) if words else name


def news_of(feed: Feed, activities: Iterable[Activity], *, since: datetime) -> bytes:
    """Return the Atom form of a feed, with these activities in their order; with none, it is so `since` then."""
    return atom.feed(
        map(entry_of, activities),
        name=feed.name,
        author=settings().network_name,
        language=current_language(),
        page=feed.page,
        address=feed.address("atom"),
        since=since,
    )


def entry_of(activity: Activity) -> atom.Entry:
    """Return an activity as a piece of news."""
    days = sorted(day for slot in activity.times for day in (slot.day, slot.last_day))
    place = activity.commune.name if activity.commune else ""
    when = days_in_words(days[0], days[-1]) if days else ""
    published_at = activity.published_at or activity.created_at
    host = settings().public_address.split("://", 1)[1].split("/", 1)[0]
    return atom.Entry(
        key=f"tag:{host},{activity.edition.year}:activite-{activity.id}",
        title=_("Annulé : %(title)s", title=activity.title)
        if activity.is_cancelled
        else activity.title,
        summary=" — ".join(
            filter(None, [activity.standfirst, ", ".join(filter(None, [when, place]))])
        ),
        authors=tuple(each.name for each in activity.organisers),
        categories=tuple(
            (term.code, term.label)
            for term in [activity.kind, *activity.terms_of(TermList.THEME)]
            if term is not None
        ),
        page=services.page_of(activity),
        calendar=absolute_url("feeds.activity", activity_id=activity.id, slug=activity.slug),
        picture=picture_address(activity),
        published_at=published_at,
        updated_at=max([published_at, *(slot.changed_at for slot in activity.slots)]),
    )


def _of_object(
    edition: Edition | None,
    args: MultiDict[str, str],
    name: str,
    *,
    only: Mapping[str, Any],
    endpoint: str,
    **values: object,
) -> Feed:
    """Return the feed of one thing under its own address, narrowed by what else the address asks."""
    nothing: dict[str, Any] = dict.fromkeys(only, ())
    rest = replace(read_filters(args, edition), **nothing)
    filters = replace(rest, **only)
    more = filter_arguments(rest)
    called = f"{name} — {settings().site_name}"
    return Feed(
        filters=filters,
        name=_("%(name)s : %(words)s", name=called, words=describe(rest)) if more else called,
        description=_promise(),
        page=_page_of(edition, filter_arguments(filters)),
        endpoint=endpoint,
        values={**values, **more, **_year_in(args)},
        filename=f"{values['slug']}.ics",
    )


def _year_in(args: MultiDict[str, str]) -> Arguments:
    year = args.get("annee", type=int)
    return {} if year is None else {"annee": str(year)}


def _page_of(edition: Edition | None, arguments: Arguments) -> str:
    if edition is None:
        return absolute_url("programme.index")
    return absolute_url("programme.edition", year=edition.year, **arguments)


def _promise() -> str:
    return f"Le programme de la {settings().site_name}, tenu à jour. Les changements et les annulations y paraissent."
