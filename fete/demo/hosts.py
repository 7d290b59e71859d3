"""The made-up network: which organisation offers an activity, and where it lets people in."""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from fete.core.text import fold_name, slug
from fete.demo import writing
from fete.demo.territory import has_research, research_towns
from fete.demo.writing import OrganisationName
from fete.geography.models import Commune
from fete.network.models import CharterSignature, Organisation
from fete.network.rules import CHARTER_VERSION
from fete.network.services import Description, enter
from fete.programme.models import Venue
from fete.programme.queries.venues import VenueKey
from fete.programme.services.venues import find_or_create_venue
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import terms_by_code

NAMESPACE = UUID("6a7b1c0e-5d0f-5f57-9a53-0b7a1f6f2017")
# Public bodies that exist in every town, or in this one: nothing made up is put to their name.
_REAL = ("Ville ", "Mairie ", "Muséum ", "Hôpital local ")
# Who offers what, by how their names begin.
_SUITED: Mapping[str, tuple[str, ...]] = {
    "lab_open_day": (
        "Laboratoire", "Unité de recherche", "Institut", "Équipe", "École d’ingénieurs", "Station de recherche", "Plateforme",
    ),
    "talk": (
        "Laboratoire", "Unité de recherche", "Institut", "Équipe", "École d’ingénieurs", "Médiathèque", "Maison des sciences",
        "Le Cabinet", "Club d’astronomie", "Musée municipal", "Archives", "Service du patrimoine", "Association Pourquoi",
        "Atelier des sciences", "Foyer rural", "Communauté de communes",
    ),
    "debate": (
        "Maison des sciences", "Le Cabinet", "Médiathèque", "Communauté de communes", "Institut", "Laboratoire", "Ciné-club",
        "Coopérative", "Foyer rural", "Centre social", "Syndicat",
    ),
    "science_cafe": (
        "Le Cabinet", "Collectif", "Maison des sciences", "Atelier des sciences", "Médiathèque", "Foyer rural", "Maison des jeunes",
        "Association Pourquoi",
    ),
    "exhibition": (
        "Médiathèque", "Musée", "Écomusée", "Archives", "Service du patrimoine", "Maison de la", "Lycée", "Maison des sciences",
        "Jardin botanique", "Groupe naturaliste",
    ),
    "show": ("Théâtre", "Compagnie", "Médiathèque", "Maison des jeunes", "Collectif", "Communauté de communes"),
    "game": (
        "Médiathèque", "Cercle", "Maison des jeunes", "Centre social", "Association Graines", "Collectif", "Foyer rural",
        "Atelier des sciences",
    ),
    "demonstration": (
        "Association Le Labo", "Atelier des sciences", "Collectif", "Lycée", "École d’ingénieurs", "Institut", "Radio-club",
        "Fabrique", "Association Graines", "Foyer rural", "Laboratoire de physique",
    ),
    "screening": ("Ciné-club", "Médiathèque", "Théâtre", "Foyer rural"),
    "site_visit": ("Coopérative", "Société", "Syndicat", "Communauté de communes", "Service du patrimoine", "Association La Loupe"),
    "nature_outing": (
        "Centre permanent", "Groupe naturaliste", "Association Rivières", "Réserve", "Maison de la garrigue", "Les Amis",
        "Association Cailloux", "Spéléo-club", "Syndicat de rivière", "Association La Loupe", "Jardin botanique",
    ),
    "visit": ("Musée", "Écomusée", "Jardin botanique", "Maison de la préhistoire", "Archives", "Service du patrimoine", "Conservatoire"),
    "class_intervention": ("Laboratoire", "Unité de recherche", "Équipe", "Institut", "Association La Loupe", "Maison des sciences"),
    "online": ("Laboratoire", "Équipe", "Institut", "Maison des sciences", "Planétarium", "Le Cabinet"),
    "science_village": ("Maison des sciences", "Atelier des sciences"),
    "festival": ("Maison des sciences", "Communauté de communes"),
    "trail": ("Service du patrimoine", "Communauté de communes", "Centre permanent"),
    "": (
        "Association Graines", "Association Le Labo", "Atelier des sciences", "Collectif", "Association La Loupe", "Médiathèque",
        "Fabrique", "Maison des sciences", "Centre social", "Maison des jeunes", "Foyer rural", "Association Cailloux",
        "Planétarium", "Radio-club", "Cercle", "Conservatoire", "Écomusée", "Centre permanent", "Atelier de robotique", "Lycée",
        "Collège", "Association Pourquoi",
    ),
}  # fmt: skip
# People that a commune has at least, and at most, where such an organisation is found; by the longest beginning that fits.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "Laboratoire": (40_000, 9_999_999),
    "Unité de recherche": (40_000, 9_999_999),
    "Équipe": (40_000, 9_999_999),
    "Plateforme": (100_000, 9_999_999),
    "Institut de chimie": (100_000, 9_999_999),
    "Institut universitaire": (9_000, 110_000),
    "École d’ingénieurs": (35_000, 9_999_999),
    "Atelier des sciences": (3_000, 9_999_999),
    "Médiathèque": (900, 9_999_999),
    "Maison des sciences": (9_000, 9_999_999),
    "Musée municipal": (5_000, 9_999_999),
    "Jardin botanique": (20_000, 9_999_999),
    "Archives": (15_000, 9_999_999),
    "Service du patrimoine": (8_000, 9_999_999),
    "Conservatoire": (0, 12_000),
    "Écomusée": (0, 12_000),
    "Musée de la mine": (1_000, 20_000),
    "Maison de la préhistoire": (0, 6_000),
    "Théâtre": (10_000, 9_999_999),
    "Ciné-club": (2_000, 9_999_999),
    "Lycée": (7_000, 9_999_999),
    "Lycée agricole": (2_500, 60_000),
    "Collège": (2_500, 9_999_999),
    "Cercle": (8_000, 9_999_999),
    "Radio-club": (3_000, 9_999_999),
    "Fabrique": (4_000, 9_999_999),
    "Maison des jeunes": (3_000, 9_999_999),
    "Centre social": (3_000, 9_999_999),
    "Foyer rural": (0, 8_000),
    "Fromagerie": (0, 9_000),
    "Communauté de communes": (1_000, 30_000),
    "Médiathèque intercommunale": (1_500, 15_000),
    "Société Capteurs": (10_000, 9_999_999),
}
# What an organisation speaks of, where its name says so.
_TOPICS: Mapping[str, frozenset[str]] = {
    beginning: frozenset(themes.split())
    for beginning, themes in {
        "Laboratoire des sols": "environment life_health",
        "Laboratoire de physique": "exact engineering",
        "Unité de recherche": "environment",
        "Laboratoire d’histoire": "humanities",
        "Institut de chimie": "exact engineering",
        "Laboratoire d’informatique": "digital",
        "Équipe Mouvement": "life_health",
        "Plateforme d’imagerie": "life_health",
        "Station de recherche": "environment life_health",
        "École d’ingénieurs": "engineering digital exact",
        "Club d’astronomie": "earth_universe",
        "Association Pourquoi": "earth_universe exact",
        "Planétarium": "earth_universe",
        "Cercle": "exact digital",
        "Radio-club": "engineering exact digital",
        "Spéléo-club": "earth_universe",
        "Association Cailloux": "earth_universe",
        "Fabrique": "digital engineering",
        "Musée de la mine": "earth_universe engineering",
        "Musée intercommunal": "engineering humanities",
        "Maison de la préhistoire": "humanities",
        "Jardin botanique": "environment life_health",
        "Conservatoire": "environment life_health",
        "Syndicat de rivière": "environment earth_universe",
        "Service du patrimoine": "humanities",
        "Archives": "humanities",
        "Coopérative": "engineering environment",
        "Atelier de robotique": "engineering digital",
        "Fromagerie": "life_health environment",
        "Société Capteurs": "engineering digital environment",
        "Verrerie": "engineering exact",
        "Centre permanent": "environment life_health earth_universe",
        "Association Rivières": "environment life_health",
        "Groupe naturaliste": "environment life_health",
        "Réserve": "environment life_health",
        "Maison de la garrigue": "environment life_health",
        "Les Amis": "environment life_health",
        "Lycée agricole": "environment life_health",
        "Lycée professionnel": "engineering digital",
    }.items()
}
_PLACES_OF_RESEARCH = (
    "Campus",
    "Amphithéâtre",
    "universitaire",
    "Laboratoire",
    "recherche",
    "Faculté",
    "Station expérimentale",
)
# People that a commune has at least, and at most, where such a place is found.
_PLACE_BOUNDS: Mapping[str, tuple[int, int]] = {
    "Auditorium": (8_000, 9_999_999),
    "auditorium": (8_000, 9_999_999),
    "Théâtre": (8_000, 9_999_999),
    "théâtre": (8_000, 9_999_999),
    "Cinéma": (4_000, 9_999_999),
    "Ciné-club": (2_000, 9_999_999),
    "Centre culturel": (5_000, 9_999_999),
    "Lycée": (7_000, 9_999_999),
    "Collège": (2_500, 9_999_999),
    "Musée": (5_000, 9_999_999),
    "musée": (5_000, 9_999_999),
    "Archives": (15_000, 9_999_999),
    "Jardin botanique": (20_000, 9_999_999),
    "Office de tourisme": (2_000, 9_999_999),
    "Gare": (2_000, 9_999_999),
    "Tiers-lieu": (2_000, 9_999_999),
    "Brasserie": (3_000, 9_999_999),
    "Halle aux grains": (3_000, 9_999_999),
    "Espace d’exposition": (3_000, 9_999_999),
    "Ludothèque": (5_000, 9_999_999),
    "Maison de quartier": (8_000, 9_999_999),
    "Centre social": (3_000, 9_999_999),
    "Parc des expositions": (40_000, 9_999_999),
    "Médiathèque": (900, 9_999_999),
    "Foyer rural": (0, 8_000),
}
# Those that welcome people in a building of their own, named after them.
_AT_HOME = (
    "Médiathèque", "Musée", "Écomusée", "Jardin botanique", "Maison d", "Théâtre", "Lycée", "Collège", "École", "Centre social",
    "Fabrique", "Archives", "Conservatoire", "Institut", "Fromagerie", "Verrerie", "Station de recherche", "Foyer rural",
)  # fmt: skip
# Where one meets without a number nor a street.
_OPEN_AIR = (
    "Place", "Parvis", "Devant", "Départ", "Parking", "Aire", "Entrée du parc", "Pont", "Gare", "Halle couverte", "Esplanade",
    "Parc", "Centre-ville", "Divers lieux", "Théâtre et places", "Chapiteau", "Jardin public",
)  # fmt: skip
_OUTDOORS = frozenset(
    {"nature_outing", "site_visit", "science_village", "festival", "trail", "science_cafe"}
)
_ALWAYS_AT_HOME = frozenset({"visit", "lab_open_day"})
_ADDRESSES = (
    "Place de la Mairie", "Place de la République", "2 rue des Écoles", "14 avenue de la Gare", "Rue du Moulin", "5 place du Marché",
    "Boulevard Jean-Jaurès", "21 rue de la Fontaine", "Chemin des Platanes", "Esplanade de la Liberté", "8 rue du Pont-Vieux",
    "3 allée des Tilleuls", "Avenue des Pyrénées", "Rue du 11-Novembre", "36 rue Nationale", "Route de la Plaine",
)  # fmt: skip
_SAYS_SO = (
    "Structure imaginée pour la démonstration\u00a0: elle n’existe pas, ses activités non plus."
)


class Network:
    """The organisations made up so far, and the venues where they let people in."""

    def __init__(
        self,
        rng: random.Random,
        known: Mapping[str, Sequence[Commune]],
        *,
        reserved: Collection[str] = (),
    ) -> None:
        self._rng = rng
        self._known = known
        self._reserved = frozenset(reserved)
        self._families = terms_by_code(TermList.FAMILY)
        self._statuses = terms_by_code(TermList.LEGAL_STATUS)
        self._by_commune: dict[str, list[Organisation]] = defaultdict(list)
        self._by_departement: dict[str, list[Organisation]] = defaultdict(list)
        self._names: set[str] = set()
        self._venues: dict[VenueKey, Venue] = {}

    def host(
        self, kind: str, themes: Collection[str], commune: Commune, *, at: datetime
    ) -> Organisation:
        """Return an organisation that would offer such an activity there: one that is there, a new one, or a neighbour.

        Who goes to a classroom comes from a town of the département where there is research.
        """
        if kind == "class_intervention":
            commune = self._rng.choice(
                research_towns(self._known[commune.departement_code]) or [commune]
            )
        here = [each for each in self._by_commune[commune.code] if _suits(each.name, kind, themes)]
        if here and self._rng.random() < _SAME_AGAIN:
            return self._rng.choice(here)
        near = [
            each
            for each in self._by_departement[commune.departement_code]
            if _suits(each.name, kind, themes)
        ]
        if near and kind != "lab_open_day" and self._rng.random() < _NEIGHBOUR:
            return self._rng.choice(near)
        free = [
            name
            for name in _possible_names(commune)
            if _suits(name.name, kind, themes)
            and _fits(name, commune)
            and name.name not in self._names | self._reserved
        ]
        if free:
            return self._enter(self._rng.choice(free), commune, at=at)
        if here or near:
            return self._rng.choice(here or near)
        return self.host(kind if themes else _ANYBODY, (), commune, at=at)

    def venue(self, organisation: Organisation, kind: str, commune: Commune) -> Venue:
        """Return where the organisation holds an activity of this kind in the commune, always the same building for a name."""
        own = (
            organisation.commune_code == commune.code
            and organisation.name.startswith(_AT_HOME)
            and kind not in _OUTDOORS
        )
        if own and (kind in _ALWAYS_AT_HOME or self._rng.random() < _AT_HOME_SHARE):
            name = organisation.name
        else:
            name = self._place(kind, commune)
        key = (commune.code, fold_name(name), "")
        if key in self._venues:
            return self._venues[key]
        address = "" if name.startswith(_OPEN_AIR) else _address(name, commune)
        return find_or_create_venue(name=name, commune=commune, address=address, known=self._venues)

    def _enter(self, name: OrganisationName, commune: Commune, *, at: datetime) -> Organisation:
        described = Description(
            name=name.name,
            address=_address(name.name, commune),
            description=_SAYS_SO,
        )
        organisation = enter(described, commune=commune, at=at)
        organisation.family = self._families[name.family]
        organisation.legal_status = self._statuses[name.legal_status]
        organisation.email = f"{slug(name.name)}@example.org"
        organisation.is_demo = True
        if self._rng.random() < _SIGNED:
            organisation.signatures.append(self._signature(at))
        self._names.add(name.name)
        self._by_commune[commune.code].append(organisation)
        self._by_departement[commune.departement_code].append(organisation)
        return organisation

    def _place(self, kind: str, commune: Commune) -> str:
        """Return a place that such a commune may have; where luck gives none, the most ordinary one."""
        for _ in range(_TRIES):
            name = writing.place_name(self._rng, kind=kind, commune_name=commune.name)
            if _has_place(name, commune):
                return name
        return "Salle des fêtes"

    def _signature(self, at: datetime) -> CharterSignature:
        """Return a signature of the charter; some do not wish to be listed, some want no letter."""
        return CharterSignature(
            version=CHARTER_VERSION,
            signer_name="Direction de la structure",
            signer_quality="direction",
            signed_at=at + timedelta(hours=self._rng.randint(1, 400)),
            accepts_charter=True,
            agrees_to_be_listed=self._rng.random() < _LISTED,
            agrees_to_letters=self._rng.random() < _LISTED,
        )


def number(*parts: object) -> str:
    """Return the permanent name that these words always give."""
    return str(uuid5(NAMESPACE, "/".join(map(str, parts))))


def phone(rng: random.Random, departement_code: str) -> str:
    """Return a telephone number of those that are kept for fiction, so that it rings nowhere."""
    first = "04 65 71" if departement_code in _EAST else "05 36 49"
    return f"{first} {rng.randint(0, 99):02} {rng.randint(0, 99):02}"


def is_of_research(organisation: Organisation) -> bool:
    """Whether its people are mostly researchers."""
    return organisation.family is not None and organisation.family.code == "higher_ed_research"


def _possible_names(commune: Commune) -> list[OrganisationName]:
    return [
        name for name in writing.organisation_names(commune.name) if not name.name.startswith(_REAL)
    ]


def _suits(name: str, kind: str, themes: Collection[str]) -> bool:
    """Whether an organisation of this name offers such activities; whatever their themes when none is given."""
    if not name.startswith(_SUITED.get(kind, _SUITED[_ANYBODY])):
        return False
    topics = next((each for beginning, each in _TOPICS.items() if name.startswith(beginning)), None)
    return topics is None or not themes or not topics.isdisjoint(themes)


def _fits(name: OrganisationName, commune: Commune) -> bool:
    """Whether one would find such an organisation in a town of this size."""
    if name.family == "higher_ed_research" and not has_research(commune):
        return False
    beginnings = [beginning for beginning in _BOUNDS if name.name.startswith(beginning)]
    if not beginnings:
        return True
    least, most = _BOUNDS[max(beginnings, key=len)]
    return least <= commune.population <= most


def _has_place(name: str, commune: Commune) -> bool:
    """Whether one would find such a place in a town of this size."""
    if any(word in name for word in _PLACES_OF_RESEARCH) and not has_research(commune):
        return False
    return all(
        least <= commune.population <= most
        for word, (least, most) in _PLACE_BOUNDS.items()
        if word in name
    )


def _address(name: str, commune: Commune) -> str:
    return _ADDRESSES[sum((name + commune.code).encode()) % len(_ADDRESSES)]


_ANYBODY = ""
_TRIES = 30
_SAME_AGAIN = 0.75
_NEIGHBOUR = 0.12
_AT_HOME_SHARE = 0.5
_SIGNED = 0.75
_LISTED = 0.85
_EAST = frozenset({"11", "30", "34", "48", "66"})
