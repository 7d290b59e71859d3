"""What is set on paper: each activity once, under its day or commune, and what became of it in words."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from fete.core.clock import from_paris
from fete.printing import brochure as printing
from fete.printing.brochure import Bounds, Front, Order, brochure, code_of, drawable
from fete.programme.models import Activity, Booking, Mode, SlotAudience
from fete.programme.workflow import SlotState
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_venue
from tests.factories.sharing import make_co_organiser

FRIDAY, SATURDAY, SUNDAY = (from_paris(date(2026, 10, day), time(10)) for day in (2, 3, 4))
FRONT = Front(
    site="Fête de la science",
    network="Réseau",
    year=2026,
    dates="du 2 au 12 octobre 2026",
    theme="Lumières",
    words="",
    is_demo=False,
    printed_on=date(2026, 9, 1),
    url="https://fete.example.org/programme/2026",
    address_of=lambda activity: f"https://fete.example.org/{activity.slug}",
    short_address_of=lambda activity: f"https://fete.example.org/{activity.id}",
)


@pytest.fixture(autouse=True)
def _request(app, db):
    with app.test_request_context():
        yield


def plain(value: Any) -> Any:
    """Give texts with plain spaces, and the words of times alone."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return plain(value["text"]) if "text" in value and "is_off" in value else value
    return value.replace("\u00a0", " ") if isinstance(value, str) else value


def content(
    *activities: Activity, order: Order = Order.DAY, bounds: Bounds | None = None, but: Any = ()
) -> dict[str, Any]:
    slots = frozenset(slot.id for each in activities for slot in each.times if slot not in but)
    return brochure(activities, slots, bounds=bounds or Bounds(), order=order, front=FRONT)


def outline(found: dict[str, Any]) -> list[Any]:
    """Give the titles of parts and sections, each with what stands under it, and what is only named."""
    return [
        (
            section["part"].replace("\u00a0", " "),
            section["name"],
            [entry["title"] for entry in section["entries"]],
            [again["title"] for again in section["again"]],
        )
        for section in found["sections"]
    ]


def entry_of(found: dict[str, Any], title: str) -> dict[str, Any]:
    entry: dict[str, Any]
    (entry,) = (
        entry
        for section in found["sections"]
        for entry in section["entries"]
        if entry["title"] == title
    )
    return entry


def test_each_activity_is_printed_once_on_its_first_day_and_named_on_the_others():
    twice = make_activity(SATURDAY, SUNDAY, title="Deux jours")
    once = make_activity(SUNDAY, title="Un jour")
    found = content(once, twice)
    assert outline(found) == [
        ("Samedi 3 octobre 2026", "", ["Deux jours"], []),
        ("Dimanche 4 octobre 2026", "", ["Un jour"], ["Deux jours"]),
    ]
    assert entry_of(found, "Deux jours")["also"] == "aussi dim. 4 oct."
    assert [(row["name"], row["ids"]) for row in found["indexes"][0]["rows"]] == [
        ("Auch (32)", [twice.id, once.id])
    ]


def test_by_commune_each_activity_is_printed_once_with_all_its_times():
    found = content(
        make_activity(SATURDAY, SUNDAY, title="À Toulouse", commune=TOULOUSE),
        make_activity(SATURDAY, title="À Auch"),
        make_activity(SATURDAY, title="Nulle part", mode=Mode.ONLINE),
        order=Order.COMMUNE,
    )
    assert outline(found) == [
        ("Gers", "Auch", ["À Auch"], []),
        ("Haute-Garonne", "Toulouse", ["À Toulouse"], []),
        ("En ligne", "", ["Nulle part"], []),
    ]
    assert plain(entry_of(found, "À Toulouse")["when"]) == [
        "du sam. 3 oct. au dim. 4 oct., 10 h – 12 h"
    ]


def test_what_goes_from_place_to_place_is_printed_in_the_first_and_named_in_the_others():
    village = make_activity(SATURDAY, SUNDAY, title="Camion", kind="science_village")
    village.slots[1].venue = make_venue(MONTPELLIER)
    assert outline(content(village, order=Order.COMMUNE)) == [
        ("Gers", "Auch", ["Camion"], []),
        ("Hérault", "Montpellier", [], ["Camion"]),
    ]
    asked = Bounds(departements=("34",))
    found = content(village, order=Order.COMMUNE, bounds=asked, but=[village.slots[0]])
    assert outline(found) == [("Hérault", "Montpellier", ["Camion"], [])]


def test_only_the_sites_that_were_asked_for_are_told():
    festival = make_activity(title="Partout", kind="festival", venue=make_venue(name="Halle"))
    festival.sites = [make_venue(TOULOUSE, name="Quai")]
    entry = entry_of(content(festival, bounds=Bounds(departements=("31",))), "Partout")
    assert entry["where"] == ["Quai, 1 rue des Écoles, Toulouse (31)"]


@pytest.mark.parametrize(
    ("state", "said", "is_off"),
    [
        (SlotState.SCHEDULED, "10 h – 12 h", False),
        (SlotState.RESCHEDULED, "10 h – 12 h", False),
        (SlotState.FULL, "10 h – 12 h (complet)", False),
        (SlotState.MOVED_ONLINE, "10 h – 12 h (en ligne)", False),
        (SlotState.POSTPONED, "Reporté : 10 h – 12 h", True),
        (SlotState.CANCELLED, "Annulé : 10 h – 12 h", True),
    ],
)
def test_what_became_of_a_time_is_said_in_words(state, said, is_off):
    activity = make_activity(title="Le ciel", booking=Booking.REQUIRED, booking_phone="05 62")
    activity.slots[0].state, activity.slots[0].note = state, "La salle est inondée."
    entry = entry_of(content(activity), "Le ciel")
    assert (plain(entry["when"]), entry["is_off"]) == ([said], is_off)
    assert entry["notes"] == ["La salle est inondée."]
    # Nobody is invited to what does not take place.
    assert (entry["booking"] == "", entry["contacts"] == []) == (is_off, is_off)


def test_a_cancelled_day_does_not_hide_the_one_that_takes_place():
    activity = make_activity(SATURDAY, SUNDAY, title="Le ciel")
    activity.slots[0].state = SlotState.CANCELLED
    found = content(activity)
    assert outline(found) == [
        ("Samedi 3 octobre 2026", "", [], ["Le ciel"]),
        ("Dimanche 4 octobre 2026", "", ["Le ciel"], []),
    ]
    assert plain(found["sections"][0]["again"][0]["when"]) == ["Annulé : 10 h – 12 h"]
    by_commune = entry_of(content(activity, order=Order.COMMUNE), "Le ciel")
    assert plain(by_commune["when"]) == [
        "dim. 4 oct., 10 h – 12 h",
        "Annulé : sam. 3 oct., 10 h – 12 h",
    ]


def test_an_exhibition_is_named_on_each_day_asked_for_and_an_evening_on_its_own():
    exhibition = make_activity(FRIDAY, title="Exposition")
    exhibition.slots[0].ends_at += timedelta(days=2)
    evening = make_activity(FRIDAY + timedelta(hours=11), title="Nuit")
    evening.slots[0].ends_at += timedelta(hours=3)
    found = content(exhibition, evening, bounds=Bounds(first=date(2026, 10, 3)))
    assert outline(found) == [
        ("Samedi 3 octobre 2026", "", ["Exposition", "Nuit"], []),
        ("Dimanche 4 octobre 2026", "", [], ["Exposition"]),
    ]
    assert plain(entry_of(found, "Nuit")["when"]) == ["21 h – 2 h"]
    assert plain(entry_of(found, "Exposition")["when"]) == [
        "du ven. 2 oct., 10 h, au dim. 4 oct., 12 h"
    ]


def test_a_time_without_end_does_not_make_a_programme_without_end():
    activity = make_activity(title="Toujours")
    activity.slots[0].ends_at += timedelta(days=365 * 100)
    assert len(content(activity)["sections"]) == 60


def test_a_village_holds_its_stands():
    village = make_activity(FRIDAY, SATURDAY, title="Village", kind="science_village")
    follows = make_activity(parent=village, title="Suit le village")
    follows.venue, follows.slots = None, []
    own = make_activity(SATURDAY, parent=village, title="À ses heures")
    found = content(village, follows, own)
    assert outline(found) == [
        ("Vendredi 2 octobre 2026", "", ["Village"], []),
        ("Samedi 3 octobre 2026", "", [], ["Village"]),
    ]
    # The village and its stands, as the list counts them.
    assert found["count"] == "3 activités"
    stands = entry_of(found, "Village")["stands"]
    assert [(stand["title"], plain(stand["when"])) for stand in stands] == [
        ("À ses heures", ["sam. 3 oct., 10 h – 12 h"]),
        ("Suit le village", []),
    ]
    structures = {row["name"]: row["ids"] for row in found["indexes"][1]["rows"]}
    organisers = (village, follows, own)
    assert structures == {each.organisation.name: [village.id] for each in organisers}
    # On Friday alone, who is there on Saturday is not.
    friday = Bounds(first=date(2026, 10, 2), last=date(2026, 10, 2))
    entry = entry_of(content(village, bounds=friday), "Village")
    assert [stand["title"] for stand in entry["stands"]] == ["Suit le village"]


def test_a_stand_asked_for_alone_says_where_it_belongs():
    village = make_activity(SATURDAY, title="Village", kind="science_village")
    stand = make_activity(parent=village, title="Stand")
    stand.venue, stand.slots = None, []
    entry = entry_of(content(stand), "Stand")
    assert (entry["within"], plain(entry["when"])) == ("Village", ["10 h – 12 h"])


def test_a_cancelled_village_shows_no_stand_as_held():
    village = make_activity(SATURDAY, title="Village", kind="science_village")
    village.slots[0].state = SlotState.CANCELLED
    follows = make_activity(parent=village, title="Suit le village")
    follows.venue, follows.slots = None, []
    make_activity(SATURDAY, parent=village, title="A lieu quand même")
    entry = entry_of(content(village), "Village")
    assert [stand["title"] for stand in entry["stands"]] == ["A lieu quand même"]


def test_an_entry_says_whom_it_is_for_how_to_book_and_who_makes_it():
    activity = make_activity(
        title="Le ciel",
        venue=make_venue(AUCH, name="Muséum"),
        organisation=make_organisation(name="Astronomes"),
        age_min=8,
        booking=Booking.REQUIRED,
        booking_phone="05 62 00 00 00",
        booking_email="ciel@example.org",
        booking_link="javascript:alert(1)",
        accessibility_known=True,
        terms=[("accessibility", "hi")],
    )
    make_co_organiser(activity, make_organisation(name="Muséum d’Auch"))
    entry = entry_of(content(activity), "Le ciel")
    names = ("kind", "text", "where", "whom", "booking", "accessibility", "by")
    assert {name: plain(entry[name]) for name in names} == {
        "kind": "Atelier",
        "text": "Une promenade parmi les étoiles.",
        "where": ["Muséum, 1 rue des Écoles, Auch (32)"],
        "whom": "Dès 8 ans",
        "booking": "Gratuit, sur réservation",
        "accessibility": "Accessible : Handicap auditif",
        "by": "Astronomes, Muséum d’Auch",
    }
    assert [(plain(each["text"]), each["url"]) for each in entry["contacts"]] == [
        ("05 62 00 00 00", "tel:0562000000"),
        ("ciel@example.org", "mailto:ciel@example.org"),
        ("javascript:alert(1)", ""),
    ]


def test_times_for_school_groups_say_so():
    activity = make_activity(title="Le ciel", for_schools=True)
    activity.slots[0].audience = SlotAudience.SCHOOLS
    assert plain(entry_of(content(activity), "Le ciel")["when"]) == [
        "10 h – 12 h (groupes scolaires)"
    ]


def test_a_long_programme_has_a_cover_and_indexes(monkeypatch):
    activities = [make_activity(), make_activity()]
    assert not content(*activities)["is_brochure"]
    monkeypatch.setattr(printing, "BROCHURE", 2)
    assert content(*activities)["is_brochure"]


def test_a_search_of_many_words_is_cut_on_the_cover():
    front = replace(FRONT, words="à Auch ou " * 100)
    found = brochure([], frozenset(), bounds=Bounds(), order=Order.DAY, front=front)
    assert len(found["selection"]) <= 240
    assert found["title"].endswith("…")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("L’été, « déjà » : 10 €", "L’été, « déjà » : 10 €"),
        ('#panic("x") *gras* $x$ \\ @ref', '#panic("x") *gras* $x$ \\ @ref'),
        ("Une fusée 🚀", "Une fusée"),
        ("宇宙", "□□"),
        ("🚀", "□"),
        ("", ""),
        ("à l’envers \u202egnol", "à l’envers  gnol"),
        ("a\x00b\x07c\nd", "abc d"),
        ("z̷a̷l̷g̷o̷", "z a l g o"),
        ("x" * 50, f"{'x' * 24}\u200b{'x' * 24}\u200bxx"),
        ("w" * 20 + "@" + "w" * 20, f"{'w' * 20}@\u200b{'w' * 20}"),
    ],
)
def test_texts_hold_what_can_be_drawn_and_no_endless_word(typed, said):
    assert drawable(typed) == said


def test_a_code_leads_to_the_address():
    assert code_of("https://fete.example.org/activites/1--").startswith("<svg")
    assert code_of("https://fete.example.org/1") != code_of("https://fete.example.org/2")
