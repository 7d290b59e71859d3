"""For all: the communes that are too far from what an edition offers, and how far the charter's aims are met."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from fete.core.access import public
from fete.core.clock import now
from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.settings import settings
from fete.core.workbook import comma_separated
from fete.figures.queries import held_activities
from fete.figures.views.figures import edition_of, note_of
from fete.geography.models import Departement
from fete.geography.queries import departements_of_region, map_of
from fete.programme.models import Edition
from fete.programme.queries.zones import FIRST_AUDIENCES, Zones, dots_by_size, zones_of
from fete.programme.rules.zones import RADII, RURAL_BELOW, Reach
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import terms_by_code

blueprint = Blueprint("zones", __name__, url_prefix="/chiffres/<int:year>")

# The largest of them, beyond which the file tells the rest.
MOST_TOLD = 25
# What counts as an offer, as the address names it.
READINGS = {
    "": lazy_gettext("Ce que le programme propose à tous"),
    "classes": lazy_gettext("Le programme, séances réservées aux classes comprises"),
    "tenues": lazy_gettext("Ce qui a été tenu, d’après un bilan validé"),
}
# About how many bytes a commune has in the file.
_WEIGHT_EACH = 80
# The columns of the file, which never change their names, and what each tells.
COLUMNS = {
    "code": lazy_gettext("code Insee de la commune"),
    "name": lazy_gettext("son nom"),
    "departement": lazy_gettext("code de son département"),
    "population": lazy_gettext("ses habitants (population légale)"),
    "is_rural": lazy_gettext("1 si elle a moins de 2 000 habitants, sinon 0"),
    "is_host": lazy_gettext("1 si une activité s’y tient, sinon 0"),
    "distance_km": lazy_gettext(
        "distance à la commune accueillante la plus proche, à 100 m près ; vide si elle n’est pas connue"
    ),
    "nearest_code": lazy_gettext("code Insee de cette commune accueillante"),
    "nearest_name": lazy_gettext("son nom"),
    "beyond_10_km": lazy_gettext("1 si rien ne se tient à 10 km ou moins, sinon 0"),
    "beyond_20_km": lazy_gettext("la même chose à 20 km"),
    "beyond_30_km": lazy_gettext("la même chose à 30 km"),
    "year": lazy_gettext("année de l’édition"),
    "note": lazy_gettext("dit si les données sont inventées, pour une démonstration"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What an address asks, and by word what cannot be read in it."""

    departements: Sequence[Departement]
    radius: int = RADII[0]
    departement: str | None = None
    reading: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def territory(self) -> str:
        """What the département is called; nothing for the whole region."""
        return next((each.name for each in self.departements if each.code == self.departement), "")

    def arguments(self, **others: object) -> dict[str, object]:
        """Return the parameters of the address of the same, or of the same but for some."""
        own = {
            "rayon": self.radius if self.radius != RADII[0] else None,
            "departement": self.departement,
            "lecture": self.reading or None,
        }
        return own | others


@blueprint.get("/zones-blanches")
@public
def show(year: int) -> ResponseReturnValue:
    """Show the communes too far from any activity, by département, on a map and by name; and the charter's aims."""
    edition, asked = edition_of(year), _asked()
    region = _zones(edition, asked.reading)
    zones = region.parts[asked.departement] if asked.departement else region
    white = zones.white(asked.radius)
    terms = {of: terms_by_code(of) for of in (TermList.ACCESSIBILITY, TermList.AUDIENCE)}
    page = render_template(
        "zones/show.html",
        edition=edition,
        asked=asked,
        radii=RADII,
        readings=READINGS,
        zones=zones,
        is_empty=not region.offer,
        parts=_parts(zones, asked),
        white=white,
        told=white[:MOST_TOLD],
        impairments=[terms[TermList.ACCESSIBILITY][code] for code in zones.impairments],
        audiences=[terms[TermList.AUDIENCE][code] for code in FIRST_AUDIENCES],
        map=map_of(region.parts if asked.departement is None else [asked.departement], []),
        dots=dots_by_size(white),
        host_dots=dots_by_size([each for each in zones.reaches if each.is_host]),
        columns=COLUMNS,
        csv_weight=len(zones.reaches) * _WEIGHT_EACH,
        rural_below=RURAL_BELOW,
    )
    return Response(page, status=400 if asked.errors else 200)


@blueprint.get("/zones-blanches.csv")
@public
def export(year: int) -> ResponseReturnValue:
    """Give each commune with its distance to the nearest offer, as CSV."""
    edition, asked = edition_of(year), _asked()
    if asked.errors:
        abort(400)
    region = _zones(edition, asked.reading)
    zones = region.parts[asked.departement] if asked.departement else region
    parts = (f"zones-blanches-{year}", asked.departement, asked.reading)
    name = "-".join(filter(None, parts)) + ("-demonstration" if edition.is_demo else "")
    response = Response(comma_separated([COLUMNS, *_rows(zones, edition)]), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _asked() -> Asked:
    """Return what the address asks; what cannot be read is told, and the whole is shown in its place."""
    departements = departements_of_region(settings().region)
    radius = request.args.get("rayon") or str(RADII[0])
    departement = request.args.get("departement") or None
    reading = request.args.get("lecture", "")
    errors = {}
    if radius not in map(str, RADII):
        errors["rayon"] = _("Le rayon est de 10, 20 ou 30 km : ce qui suit est à 10 km.")
    if departement is not None and departement not in {each.code for each in departements}:
        errors["departement"] = _(
            "Ce département n’est pas de la région : ce qui suit est de toute la région."
        )
    if reading not in READINGS:
        errors["lecture"] = _(
            "Cette façon de compter n’existe pas : ce qui suit est ce que le programme propose à tous."
        )
    return Asked(
        departements=departements,
        radius=RADII[0] if "rayon" in errors else int(radius),
        departement=None if "departement" in errors else departement,
        reading="" if "lecture" in errors else reading,
        errors=errors,
    )


def _zones(edition: Edition, reading: str) -> Zones:
    return zones_of(
        edition.id,
        with_schools=reading == "classes",
        held=held_activities(edition, at=now()) if reading == "tenues" else None,
    )


def _parts(zones: Zones, asked: Asked) -> list[tuple[Departement, Zones]]:
    """Return each département with its own, where most inhabitants are concerned first."""
    names = {each.code: each for each in asked.departements}
    return sorted(
        ((names[code], part) for code, part in zones.parts.items()),
        key=lambda each: (-each[1].spread.beyond[asked.radius].population, each[0].code),
    )


def _rows(zones: Zones, edition: Edition) -> Iterator[tuple[object, ...]]:
    for each in zones.reaches:
        yield (*_columns(each), edition.year, note_of(edition))


def _columns(reach: Reach) -> tuple[object, ...]:
    town, nearest = reach.town, reach.nearest
    return (
        town.code,
        town.name,
        town.departement,
        town.population,
        int(town.is_rural),
        int(reach.is_host),
        "" if reach.distance is None else reach.distance,
        "" if nearest is None else nearest.code,
        "" if nearest is None else nearest.name,
        *(int(reach.is_white(radius)) for radius in RADII),
    )
