"""The public programme: its list with search and filters, and the page of one activity."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import (
    Blueprint,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.core.clock import now, today
from fete.core.i18n import current_language, gettext as _
from fete.core.pagination import Page, page_asked
from fete.core.templating import absolute_url
from fete.network.queries import listed_among
from fete.programme.forms.filters import (
    BOOKING_WORDS,
    BOOKINGS,
    CODES,
    NUMBERS,
    PARTS,
    RADII,
    Chosen,
    chosen,
    days_in_words,
    describe,
    filter_arguments,
    has_unknown,
    places_in_words,
    read_request,
)
from fete.programme.models import Activity, Edition
from fete.programme.policies import can_see_edition, was_public
from fete.programme.queries.catalogue import catalogue_of
from fete.programme.queries.editions import current_edition, find_edition, shown_editions
from fete.programme.queries.facets import Facets, Value, facets
from fete.programme.queries.hosts import map_of_places
from fete.programme.queries.listing import Listed, by_day, count_of, find_shown, page_of_programme
from fete.programme.queries.search import names_of
from fete.programme.queries.suggestions import places_named, suggestion
from fete.programme.rules.around import also_by, nearby
from fete.programme.rules.filters import Filters
from fete.programme.rules.outlook import standing_of
from fete.programme.views.held import stands_for_a_minute
from fete.programme.views.structured import event_of
from fete.programme.workflow import Status

blueprint = Blueprint("programme", __name__)
blueprint.add_app_template_global(standing_of, "standing_of")

# By what is kept: the code of the address, and the words.
_PART_WORDS = {part.value: (part.value, label) for part, label in PARTS.items()}
_BOOKINGS = {booking.value: (code, BOOKING_WORDS[code]) for code, booking in BOOKINGS.items()}

_MOST_WAYS = 4
_FIELDS = CODES | NUMBERS


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One filter of the page: its word in the address, its title, its values, how many are left out."""

    word: str
    title: str
    values: tuple[Value, ...]
    left_out: int = 0

    @property
    def is_chosen(self) -> bool:
        """Whether it narrows the list."""
        return any(value.is_chosen for value in self.values)


@dataclass(frozen=True, kw_only=True, slots=True)
class WayOut:
    """What one would find by another search: one filter fewer, other words, a place in their stead."""

    label: str
    url: str
    count: int


@blueprint.get("/programme")
@public
def index() -> ResponseReturnValue:
    """Show the programme of the edition under way or to come."""
    edition = current_edition(today())
    if edition is None:
        return render_template("programme/index.html", edition=None)
    return _programme(edition)


@blueprint.get("/programme/<int:year>", endpoint="edition")
@public
def of_year(year: int) -> ResponseReturnValue:
    """Show the programme of one edition."""
    edition = find_edition(year)
    if edition is None or not can_see_edition(None, edition):
        abort(404)
    return _programme(edition)


@blueprint.get("/scolaires", endpoint="schools")
@public
def for_schools() -> ResponseReturnValue:
    """Show what school groups may come to in the edition under way or to come."""
    edition = current_edition(today())
    if edition is None:
        return render_template("programme/index.html", edition=None)
    return _programme(edition)


@blueprint.get("/activites/<int:activity_id>-<slug>")
@public
def show(activity_id: int, slug: str) -> ResponseReturnValue:
    """Show one activity, with all that its visitors need."""
    stands_for_a_minute()
    activity = find_shown(activity_id)
    if activity is None or not was_public(activity):
        abort(404)
    if activity.status is Status.WITHDRAWN:
        return render_template("programme/_gone.html", edition=activity.edition), 410
    if activity.status is not Status.PUBLISHED:
        abort(404)
    if slug != activity.slug:
        return redirect(url_for("programme.show", activity_id=activity.id, slug=activity.slug), 301)
    catalogue = catalogue_of(activity.edition_id)
    return render_template(
        "programme/show.html",
        activity=activity,
        edition=activity.edition,
        event=event_of(activity),
        canonical=absolute_url(
            "programme.show",
            language=current_language(),
            activity_id=activity.id,
            slug=activity.slug,
        ),
        summary=_summary(activity),
        listed=listed_among([each.id for each in activity.organisers]),
        map=map_of_places(activity.destinations),
        nearby=nearby(catalogue, activity.id, now()),
        own=Filters(edition_id=activity.edition_id, activities=(activity.id,)),
        inside=Filters(edition_id=activity.edition_id, villages=(activity.id,)),
        also=also_by(catalogue, activity.id, now()),
    )


def _programme(edition: Edition) -> ResponseReturnValue:
    stands_for_a_minute()
    asked = read_request(request.args, edition)
    is_for_schools = request.endpoint == "programme.schools"
    filters = replace(asked.filters, for_schools=asked.filters.for_schools or is_for_schools)
    names = names_of(filters)
    in_force = chosen(filters, names)
    page = page_of_programme(filters, now=now(), number=page_asked() or 1)
    counted = facets(filters, edition, names)
    is_current = "year" not in (request.view_args or {})
    values: dict[str, Any] = {} if is_current else {"year": edition.year}

    arguments: dict[str, Any] = dict(filter_arguments(filters))

    def here(filters: Filters) -> str:
        asked: dict[str, Any] = dict(filter_arguments(filters))
        # The programme of schools says so by its name; without it, it is the whole programme.
        endpoint = str(request.endpoint)
        if is_for_schools and not asked.pop("scolaires", ""):
            endpoint = "programme.index"
        return url_for(endpoint, **values, **asked)

    html = render_template(
        "programme/index.html",
        edition=edition,
        dates=days_in_words(edition.starts_on, edition.ends_on),
        others=_other_editions(edition),
        asked=asked,
        errors=asked.errors,
        kept={},
        filters=filters,
        arguments=arguments,
        description=describe(filters, names) if in_force else "",
        chosen=in_force,
        groups=groups_of(counted, filters),
        radii=RADII,
        suggested=_suggested(filters, here) if filters.text and not page.total else None,
        named=_named(filters, here) if filters.text else [],
        is_off_the_list=page_asked() != page.number,
        days=counted.days,
        page=page,
        coming=by_day([row for row in page.rows if not row.is_over]),
        over=by_day([row for row in page.rows if row.is_over]),
        is_finished=edition.ends_on < today(),
        ways_out=_ways_out(page, filters, in_force, here),
        here=here,
        on_day=lambda day: here(replace(filters, first=day, last=day)),
        values=values,
        is_current=is_current,
        is_for_schools=is_for_schools,
        canonical=canonical_of(edition, arguments, page.number, is_for_schools=is_for_schools),
        calendar=url_for(
            "feeds.current" if is_current else "feeds.edition",
            **values,
            **arguments,
        ),
    )
    if asked.errors:
        return html, 400
    if page_asked() != page.number or has_unknown(filters, names):
        return html, 404
    return html


def canonical_of(
    edition: Edition, arguments: Mapping[str, str], page: int, *, is_for_schools: bool
) -> str:
    """Return the one address of a page of the list: that of its year, or of the programme of schools."""
    values: dict[str, Any] = {**arguments, "page": page if page > 1 else None}
    if is_for_schools:
        return absolute_url(
            "programme.schools", language=current_language(), **(values | {"scolaires": None})
        )
    return absolute_url(
        "programme.edition", language=current_language(), year=edition.year, **values
    )


def _suggested(filters: Filters, here: Callable[[Filters], str]) -> WayOut | None:
    """Return the words that may have been meant, where those typed find nothing."""
    meant = suggestion(filters)
    if meant is None:
        return None
    text, count = meant
    return WayOut(label=text, url=here(replace(filters, text=text)), count=count)


def _named(filters: Filters, here: Callable[[Filters], str]) -> list[WayOut]:
    """Return where the words lead that are the name of a place: to what is held there, whatever it says."""
    return [
        WayOut(label=places_in_words(there, names_of(there)), url=here(there), count=count)
        for there, count in places_named(filters)
    ]


def groups_of(counted: Facets, filters: Filters) -> list[Group]:
    """Return the filters of the page that have values to offer."""
    asked = (
        ("departement", _("Département"), counted.departements),
        ("commune", _("Commune"), counted.communes),
        ("moment", _("Moment de la journée"), _told(counted.parts, _PART_WORDS, filters.parts)),
        ("type", _("Type d’activité"), counted.kinds),
        ("public", _("Public"), counted.audiences),
        ("niveau", _("Niveau scolaire"), counted.levels),
        ("theme", _("Thématique"), counted.themes),
        ("accessibilite", _("Accessibilité"), counted.accessibility),
        ("reservation", _("Réservation"), _told(counted.bookings, _BOOKINGS, filters.bookings)),
        ("village", _("Village, festival ou parcours"), counted.villages),
        ("structure", _("Structure"), counted.organisations),
    )
    return [
        Group(
            word=word,
            title=title,
            values=tuple(found),
            left_out=counted.left_out.get(_FIELDS.get(word, ""), 0),
        )
        for word, title, found in asked
        if found
    ]


def _told(
    counts: Mapping[str, int], words: Mapping[str, tuple[str, object]], asked: Sequence[str]
) -> list[Value]:
    """Return the values of a filter whose words are few and never change, in their order."""
    return [
        Value(code=code, label=str(label), count=counts.get(value, 0), is_chosen=value in asked)
        for value, (code, label) in words.items()
        if value in counts or value in asked
    ]


def _ways_out(
    page: Page[Listed],
    filters: Filters,
    in_force: list[Chosen],
    here: Callable[[Filters], str],
) -> list[WayOut]:
    """Return what giving up each filter in turn would find, when all of them together find nothing."""
    if page.total:
        return []
    labels: dict[str, list[str]] = {}
    for each in in_force:
        labels.setdefault(each.field, []).append(each.label)
    nothing = Filters()
    ways = []
    for field, words in list(labels.items())[:_MOST_WAYS]:
        names = {"days": ("first", "last"), "radius": ("radius", "near")}.get(field, (field,))
        without = replace(filters, **{name: getattr(nothing, name) for name in names})
        if count := count_of(without):
            ways.append(WayOut(label=", ".join(words), url=here(without), count=count))
    return sorted(ways, key=lambda way: way.count)


def _other_editions(edition: Edition) -> list[Edition]:
    return [each for each in shown_editions() if each.id != edition.id]


def _summary(activity: Activity) -> str:
    """Return the activity in two sentences, for what shows a link to it."""
    place = activity.commune.name if activity.commune else ""
    return " — ".join(filter(None, [activity.standfirst or activity.title, place]))
