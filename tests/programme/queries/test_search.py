"""What the public asks of the programme: each filter, all of them, words on both engines, and what never shows."""

from datetime import date, datetime, time, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fete.core.clock import day_bounds, from_paris
from fete.core.db import db as database
from fete.core.text import search_text
from fete.programme.models import Activity, EditionState, Slot
from fete.programme.queries.catalogue import times_of
from fete.programme.queries.facets import facets
from fete.programme.queries.listing import by_day, page_of_programme
from fete.programme.queries.search import names_of
from fete.programme.rules.filters import Filters
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.models import TermList
from tests.factories.network import AUCH, MONTPELLIER, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.factories.sharing import make_co_organiser

BEFORE = from_paris(date(2026, 9, 1), time(8))
FRIDAY, SATURDAY, SUNDAY = (date(2026, 10, day) for day in (2, 3, 4))


def at(day: date, hour: int = 10) -> datetime:
    return from_paris(day, time(hour))


def published(filters: Filters) -> list[Slot]:
    return [database.session.get_one(Slot, time.slot) for time in times_of(filters)]


def titles(filters: Filters) -> list[str]:
    """Return the titles of the activities whose slots are found, each slot once, in order."""
    return [slot.activity.title for slot in published(filters)]


def indexed(title: str, description: str = "") -> Activity:
    activity = make_activity(title=title, description=description)
    activity.search = search_text(title, description)
    database.session.flush()
    return activity


def test_slots_come_in_order_of_time_then_of_activity(db):
    make_activity(at(SUNDAY), at(FRIDAY), title="Deux fois")
    make_activity(at(SATURDAY), title="Samedi")
    make_activity(at(FRIDAY), title="Vendredi")
    assert titles(Filters()) == ["Deux fois", "Vendredi", "Samedi", "Deux fois"]


def test_an_edition_shows_its_own_only(db):
    make_activity(title="Cette année")
    make_activity(edition=make_edition(2025), title="L’an passé")
    assert titles(Filters(edition_id=make_edition().id)) == ["Cette année"]
    assert titles(Filters()) == ["L’an passé", "Cette année"]


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.PUBLISHED])
def test_what_is_not_published_never_shows(db, status):
    make_activity(title="Publique")
    make_activity(title="Cachée", status=status)
    assert titles(Filters()) == ["Publique"]
    page = page_of_programme(Filters(), now=BEFORE)
    assert (page.total, [row.activity.title for row in page.rows]) == (1, ["Publique"])
    counted = facets(Filters(), make_edition())
    assert [value.count for value in counted.departements] == [1]
    assert max(day.count for day in counted.days) == 1


def test_what_holds_a_stand_and_is_not_published_is_no_village_to_choose(db):
    hidden = make_activity(kind="science_village", status=Status.LABELLED, title="Secret")
    shown = make_activity(kind="science_village", title="Village")
    for village in (hidden, shown):
        make_activity(parent=village)
    counted = facets(Filters(edition_id=make_edition().id), make_edition())
    assert [(value.label, value.count) for value in counted.villages] == [("Village", 2)]


def test_an_edition_in_preparation_never_shows(db):
    make_activity(edition=make_edition(2027, state=EditionState.PREPARED), title="Future")
    assert titles(Filters()) == []
    assert page_of_programme(Filters(), now=BEFORE).total == 0


def test_the_departement_is_that_of_the_place_else_of_the_container_else_of_the_structure(db):
    village = make_activity(title="Village", kind="science_village", commune=TOULOUSE)
    stand = make_activity(title="Stand")
    stand.parent = village
    stand.venue = None
    online = make_activity(title="En ligne")
    online.venue = None
    make_activity(title="Ailleurs", commune=MONTPELLIER)
    database.session.flush()
    assert titles(Filters(departements=("31",))) == ["Village", "Stand"]
    assert titles(Filters(departements=("32",))) == ["En ligne"]
    assert titles(Filters(departements=("31", "34"))) == ["Village", "Stand", "Ailleurs"]


def test_the_commune_is_that_of_the_place_or_of_the_container(db):
    village = make_activity(title="Village", kind="science_village", commune=TOULOUSE)
    stand = make_activity(title="Stand")
    stand.parent = village
    stand.venue = None
    online = make_activity(title="En ligne")
    online.venue = None
    database.session.flush()
    assert titles(Filters(communes=(TOULOUSE,))) == ["Village", "Stand"]
    assert titles(Filters(communes=(AUCH,))) == []


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (FRIDAY, FRIDAY, ["Nuit"]),
        (SATURDAY, SATURDAY, ["Nuit", "Matin"]),
        (SUNDAY, None, ["Minuit"]),
        (None, SATURDAY, ["Nuit", "Matin"]),
        (date(2026, 10, 5), None, []),
    ],
)
def test_a_slot_is_there_on_each_day_of_paris_that_it_touches(db, first, last, found):
    make_activity(at(FRIDAY, 23), title="Nuit")
    make_activity(at(SATURDAY), title="Matin")
    make_activity(at(SUNDAY, 0), title="Minuit")
    assert titles(Filters(first=first, last=last)) == found


def test_kinds_themes_audiences_and_accessibility_each_narrow(db):
    make_activity(title="Atelier", terms=[("theme", "exact"), ("audience", "families")])
    make_activity(
        title="Conférence",
        kind="talk",
        terms=[("theme", "digital"), ("audience", "adults"), ("accessibility", "mi")],
    )
    make_activity(title="Rien", kind="visit", terms=[])
    assert titles(Filters(kinds=("workshop",))) == ["Atelier"]
    assert titles(Filters(kinds=("talk", "workshop"))) == ["Atelier", "Conférence"]
    assert titles(Filters(themes=("digital",))) == ["Conférence"]
    assert titles(Filters(audiences=("adults", "families"))) == ["Atelier", "Conférence"]
    assert titles(Filters(accessibility=("mi",))) == ["Conférence"]
    assert titles(Filters(themes=("digital",), audiences=("families",))) == []


def test_a_word_of_one_list_is_not_one_of_another(db):
    make_activity(title="Pour les scolaires", terms=[("audience", "schools")])
    assert titles(Filters(themes=("schools",))) == []
    assert titles(Filters(kinds=("schools",))) == []


def test_a_structure_shows_its_own_only(db):
    mine = make_organisation()
    make_activity(title="De la structure", organisation=mine)
    make_activity(title="D’une autre")
    assert titles(Filters(organisations=(mine.id,))) == ["De la structure"]
    assert titles(Filters(organisations=(0,))) == []


def test_what_several_structures_organise_is_found_and_counted_under_each_and_once_in_all(db):
    lead, other = make_organisation(name="Porteuse"), make_organisation(name="Associée")
    shared = make_activity(title="Ensemble", organisation=lead)
    make_co_organiser(shared, other)
    make_activity(title="Seule", organisation=other)
    assert titles(Filters(organisations=(lead.id,))) == ["Ensemble"]
    assert titles(Filters(organisations=(other.id,))) == ["Ensemble", "Seule"]
    assert titles(Filters(organisations=(lead.id, other.id))) == ["Ensemble", "Seule"]
    counted = facets(Filters(), make_edition()).organisations
    assert [(each.label, each.count) for each in counted] == [("Associée", 2), ("Porteuse", 1)]


def test_cancelled_slots_stay_unless_they_are_unwanted(db):
    activity = make_activity(at(FRIDAY), at(SATURDAY), title="Une fois sur deux")
    activity.slots[0].state = SlotState.CANCELLED
    gone = make_activity(at(FRIDAY), title="Annulée")
    gone.slots[0].state = SlotState.CANCELLED
    database.session.flush()
    assert titles(Filters()) == ["Une fois sur deux", "Annulée", "Une fois sur deux"]
    assert titles(Filters(with_cancelled=False)) == ["Une fois sur deux"]
    assert page_of_programme(Filters(with_cancelled=False), now=BEFORE).total == 1


def test_values_that_nobody_bears_find_nothing(db):
    make_activity()
    for field in (
        "departements",
        "communes",
        "kinds",
        "themes",
        "audiences",
        "accessibility",
    ):
        asked: dict[str, Any] = {field: ("'; DROP TABLE slot",)}
        assert titles(Filters(**asked)) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("etoile", True),
        ("étoiles", True),
        ("ÉTOILE", True),
        ("éto", True),
        ("oenologie", True),
        ("Œnologie", True),
        ("œno", True),
        ("l’eau", True),
        ("l'eau", True),
        ("l eau", True),
        ("eau etoile", True),
        ("etoiles des volcans", True),
        ("volcan", True),
        ("fréquenc", True),
        ("frequence", True),
        ("les", True),
        ("poisson", False),
        ("eau poisson", False),
        ("toile", False),
        ("???", False),
        ('"', False),
        ("etoile AND", False),
        ("etoile NEAR volcan", False),
    ],
)
def test_words_are_found_as_people_type_them(db, asked, found):
    indexed("Les étoiles et l’eau", description="Œnologie des volcans ; fréquences, lessive.")
    indexed("Autre chose")
    assert (titles(Filters(text=asked)) == ["Les étoiles et l’eau"]) is found


@pytest.mark.parametrize(
    "asked",
    [
        "'",
        '"a" OR "b"',
        "z*",
        "activity_fts:z",
        "NOT NOT",
        ") OR (1=1",
        "-- ;",
        "z:*",
        "& | ! <->",
        "\\",
        "%_",
        "x" * 200,
        "z " * 100,
        "🪐",
        "½ ﬁn x² ___ 1e5 3.14",
        "e\u0301toile",
    ],
)
def test_hostile_words_are_only_words(db, asked):
    indexed("Autre chose")
    assert titles(Filters(text=asked)) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("mars", ["La planète Mars", "Dans la mare"]),
        ("IA", ["L’IA sans peur"]),
        ("pi", []),
        ("piano", ["Piano et ondes"]),
        ("pia", ["Piano et ondes"]),
        ("mares", ["Dans la mare", "La planète Mars"]),
    ],
)
def test_the_last_word_begins_others_as_it_is_typed_from_three_letters_on(db, asked, found):
    indexed("Piano et ondes")
    indexed("Dans la mare")
    indexed("Marchons")
    indexed("L’IA sans peur")
    indexed("La planète Mars")
    assert [
        row.activity.title for row in page_of_programme(Filters(text=asked), now=BEFORE).rows
    ] == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Hérault", ["Volcans", "Étoiles", "L’Hérault vu d’Auch"]),
        ("dans l’hérault", ["Volcans", "Étoiles", "L’Hérault vu d’Auch"]),
        ("volcan herault", ["Volcans"]),
        ("Hérault volc", ["Volcans"]),
        ("Gers", ["L’Hérault vu d’Auch", "Volcans du Gers"]),
        ("volcans gers", ["Volcans du Gers"]),
        ("volcans", ["Volcans", "Volcans du Gers"]),
    ],
)
def test_the_name_of_a_departement_finds_what_is_held_there(db, asked, found):
    make_activity(title="Volcans", standfirst="", description="", commune=MONTPELLIER)
    make_activity(title="Étoiles", standfirst="", description="", commune=MONTPELLIER)
    make_activity(title="L’Hérault vu d’Auch", standfirst="", description="")
    make_activity(title="Volcans du Gers", standfirst="", description="", commune=TOULOUSE)
    assert [
        row.activity.title for row in page_of_programme(Filters(text=asked), now=BEFORE).rows
    ] == found


def test_changing_or_deleting_an_activity_changes_what_is_found(db):
    activity = indexed("Volcans")
    activity.search = search_text("Glaciers")
    database.session.flush()
    assert titles(Filters(text="volcan")) == []
    assert titles(Filters(text="glacier")) == ["Volcans"]
    database.session.delete(activity)
    database.session.flush()
    assert titles(Filters(text="glacier")) == []


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(max_size=60))
def test_any_text_can_be_asked(db, text):
    titles(Filters(text=text.replace("\x00", "")))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_the_beginning_of_any_word_finds_it(db, data):
    sentence = (
        "Découvertes patientes : chimistes, géologues et naturalistes observent les fréquences"
    )
    if not titles(Filters()):
        indexed(sentence)
    word = data.draw(st.sampled_from(["découvertes", "patientes", "chimistes", "géologues"]))
    length = data.draw(st.integers(3, len(word)))
    assert titles(Filters(text=word[:length])) == [sentence]


def test_each_value_has_its_name_and_unknown_ones_have_none(db):
    organisation = make_organisation(name="Muséum")
    names = names_of(
        Filters(
            departements=("32", "ZZ"),
            communes=(AUCH,),
            kinds=("workshop", "nope"),
            organisations=(organisation.id, 0),
        )
    )
    assert names.departements == {"32": "Gers"}
    assert names.communes == {AUCH: "Auch"}
    assert names.organisations == {organisation.id: "Muséum"}
    assert {key: term.label_fr for key, term in names.terms.items()} == {
        (TermList.KIND, "workshop"): "Atelier"
    }


def test_without_values_nothing_is_asked_of_the_database(db, queries):
    with queries() as asked:
        names_of(Filters())
    assert asked == []


def rows(filters: Filters, now: datetime, number: int = 1) -> list[tuple[str, date, bool]]:
    page = page_of_programme(filters, now=now, number=number)
    return [(row.activity.title, row.day, row.is_over) for row in page.rows]


def test_an_activity_stands_once_under_its_next_day(db):
    make_activity(at(SATURDAY), at(SUNDAY), title="Week-end")
    make_activity(at(SUNDAY, 9), title="Dimanche")
    assert rows(Filters(), BEFORE) == [
        ("Week-end", SATURDAY, False),
        ("Dimanche", SUNDAY, False),
    ]
    assert rows(Filters(), at(SATURDAY, 15)) == [
        ("Dimanche", SUNDAY, False),
        ("Week-end", SUNDAY, False),
    ]


def test_what_is_over_comes_last_and_says_so(db):
    make_activity(at(FRIDAY), title="Passée")
    make_activity(at(SUNDAY), title="À venir")
    assert rows(Filters(), at(SATURDAY)) == [
        ("À venir", SUNDAY, False),
        ("Passée", FRIDAY, True),
    ]


def test_an_edition_that_is_over_is_read_from_its_first_day(db):
    make_activity(at(SATURDAY), title="Deuxième")
    make_activity(at(FRIDAY), title="Première")
    assert rows(Filters(), from_paris(date(2026, 11, 1), time(8))) == [
        ("Première", FRIDAY, True),
        ("Deuxième", SATURDAY, True),
    ]


def test_a_slot_under_way_stands_under_today(db):
    make_activity(at(FRIDAY, 23), title="Nuit")
    assert rows(Filters(), from_paris(SATURDAY, time(0, 30))) == [("Nuit", SATURDAY, False)]


def test_a_cancelled_slot_is_next_only_when_nothing_else_is(db):
    activity = make_activity(at(FRIDAY), at(SATURDAY), title="Demain")
    activity.slots[0].state = SlotState.CANCELLED
    gone = make_activity(at(FRIDAY), title="Annulée")
    gone.slots[0].state = SlotState.CANCELLED
    database.session.flush()
    assert rows(Filters(), BEFORE) == [
        ("Annulée", FRIDAY, False),
        ("Demain", SATURDAY, False),
    ]


def test_a_card_holds_the_slots_of_its_day_and_the_other_days(db):
    make_activity(at(SATURDAY, 10), at(SATURDAY, 14), at(SUNDAY), at(date(2026, 10, 5)))
    (row,) = page_of_programme(Filters(), now=BEFORE).rows
    assert [slot.starts_at for slot in row.slots] == [at(SATURDAY, 10), at(SATURDAY, 14)]
    assert row.other_days == (SUNDAY, date(2026, 10, 5))
    (row,) = page_of_programme(Filters(first=SUNDAY, last=SUNDAY), now=BEFORE).rows
    assert (row.day, [slot.starts_at for slot in row.slots]) == (SUNDAY, [at(SUNDAY)])
    assert row.other_days == (SATURDAY, date(2026, 10, 5))


def test_a_stand_without_hours_keeps_those_of_its_village(db):
    village = make_activity(at(SATURDAY), title="Village", kind="science_village")
    stand = make_activity(title="Stand")
    stand.parent = village
    stand.slots.clear()
    database.session.flush()
    assert rows(Filters(), BEFORE) == [
        ("Village", SATURDAY, False),
        ("Stand", SATURDAY, False),
    ]
    assert rows(Filters(first=SUNDAY), BEFORE) == []
    counted = facets(Filters(), make_edition())
    assert {day.day: day.count for day in counted.days if day.count} == {SATURDAY: 2}


def test_days_group_the_cards_of_a_page(db):
    make_activity(at(FRIDAY), title="A")
    make_activity(at(FRIDAY), title="B")
    make_activity(at(SATURDAY), title="C")
    page = page_of_programme(Filters(), now=BEFORE)
    assert [(day.day, [row.activity.title for row in day.listed]) for day in by_day(page.rows)] == [
        (FRIDAY, ["A", "B"]),
        (SATURDAY, ["C"]),
    ]


def test_twenty_five_activities_make_a_page_and_none_is_lost_between(db):
    venue, organisation = make_venue(), make_organisation()
    made = [
        make_activity(at(SATURDAY), venue=venue, organisation=organisation).id
        for _number in range(53)
    ]
    pages = [page_of_programme(Filters(), now=BEFORE, number=n) for n in (1, 2, 3)]
    assert [(page.number, page.pages, page.total) for page in pages] == [
        (1, 3, 53),
        (2, 3, 53),
        (3, 3, 53),
    ]
    assert [row.activity.id for page in pages for row in page.rows] == made
    assert page_of_programme(Filters(), now=BEFORE, number=99).number == 3
    assert page_of_programme(Filters(), now=BEFORE, number=-1).number == 1


LISTS = {
    "themes": TermList.THEME,
    "audiences": TermList.AUDIENCE,
    "accessibility": TermList.ACCESSIBILITY,
}


def matches(activity: Activity, filters: Filters, *, but: str = "") -> bool:
    """Return whether an activity answers, reckoned one by one and without any SQL."""

    def bears(field: str, values: set[object]) -> bool:
        wanted = set(getattr(filters, field))
        return but == field or not wanted or bool(wanted & values)

    slots = [slot for slot in activity.times if filters.with_cancelled or slot.state != "cancelled"]
    if but != "days" and filters.first:
        slots = [slot for slot in slots if slot.ends_at > day_bounds(filters.first)[0]]
    if but != "days" and filters.last:
        slots = [slot for slot in slots if slot.starts_at < day_bounds(filters.last)[1]]
    return (
        activity.status is Status.PUBLISHED
        and bool(slots)
        and bears("departements", {activity.departement_code})
        and bears("communes", {activity.commune.code if activity.commune else None})
        and bears("kinds", {activity.kind.code if activity.kind else None})
        and bears("organisations", {activity.organisation_id})
        and all(
            bears(field, {t.code for t in activity.terms_of(of)}) for field, of in LISTS.items()
        )
    )


def expected(activities: list[Activity], filters: Filters) -> dict[str, dict[str, int]]:
    """Return every count, reckoned one by one."""

    def values(activity: Activity, field: str) -> set[str]:
        if field == "days":
            touched: set[str] = set()
            for slot in activity.times:
                if filters.with_cancelled or slot.state != "cancelled":
                    touched |= {str(slot.day), str(slot.last_day)}
            return touched
        if field == "departements":
            return {str(activity.departement_code)}
        if field == "communes":
            return {activity.commune.code} if activity.commune else set()
        if field == "kinds":
            return {activity.kind.code} if activity.kind else set()
        if field == "organisations":
            return {str(activity.organisation_id)}
        return {term.code for term in activity.terms_of(LISTS[field])}

    counts: dict[str, dict[str, int]] = {}
    for field in ("days", "departements", "communes", "kinds", "organisations", *LISTS):
        counts[field] = {}
        for activity in activities:
            if matches(activity, filters, but=field):
                for value in values(activity, field):
                    counts[field][value] = counts[field].get(value, 0) + 1
    return counts


def scatter(seed: int) -> list[Activity]:
    """Make forty activities of every sort."""
    draw = Random(seed)
    organisations = [make_organisation(), make_organisation(commune_code=TOULOUSE)]
    venues = [make_venue(AUCH), make_venue(TOULOUSE), make_venue(MONTPELLIER)]
    days = [date(2026, 9, 30) + timedelta(days=number) for number in range(14)]
    made: list[Activity] = []
    for number in range(40):
        starts = [at(day, draw.choice([0, 10, 14, 23])) for day in draw.sample(days, 3)]
        activity = make_activity(
            *starts[: draw.randint(1, 3)],
            organisation=draw.choice(organisations),
            venue=draw.choice(venues),
            kind=draw.choice(["workshop", "talk", "visit"]),
            status=draw.choice([*[Status.PUBLISHED] * 5, Status.LABELLED, Status.DRAFT]),
            terms=[
                ("theme", draw.choice(["exact", "digital"])),
                ("audience", draw.choice(["all", "families"])),
                *draw.sample(
                    [("accessibility", "mi"), ("accessibility", "hi")], draw.randint(0, 2)
                ),
            ],
        )
        for slot in activity.slots:
            slot.state = draw.choice([SlotState.SCHEDULED, SlotState.FULL, SlotState.CANCELLED])
        if number % 7 == 3:
            activity.venue = None
        if number % 9 == 4:
            activity.parent = made[0]
            activity.venue = None
            activity.slots.clear()
        made.append(activity)
    make_activity(edition=make_edition(2025))
    database.session.flush()
    return made


SOME: dict[str, list[Any]] = {
    "departements": [(), ("31",), ("32", "34")],
    "kinds": [(), ("talk",)],
    "accessibility": [(), ("hi", "mi")],
    "first": [None, SATURDAY],
}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_counts_are_those_that_one_would_reckon_by_hand(db, seed):
    made = scatter(seed)
    edition = make_edition()
    organisation = made[0].organisation_id
    others = [
        Filters(edition_id=edition.id, first=SUNDAY, last=SUNDAY, with_cancelled=False),
        Filters(edition_id=edition.id, themes=("exact",), audiences=("families",)),
        Filters(edition_id=edition.id, organisations=(organisation,), communes=(TOULOUSE,)),
    ]
    table = [
        Filters(edition_id=edition.id, **dict(zip(SOME, values, strict=True)))
        for values in product(*SOME.values())
    ]
    for filters in [*table, *others]:
        counted = facets(filters, edition)
        found = {
            field: {value.code: value.count for value in getattr(counted, field) if value.count}
            for field in ("departements", "communes", "kinds", "organisations", *LISTS)
        }
        found["days"] = {str(day.day): day.count for day in counted.days if day.count}
        assert found == expected(made, filters), filters
        answering = [activity for activity in made if matches(activity, filters)]
        page = page_of_programme(filters, now=BEFORE)
        assert page.total == len(answering)
        with_slots = {slot.activity_id for slot in published(filters)}
        assert with_slots == {each.id for each in answering if each.slots}


def test_a_chosen_value_stays_to_be_unchosen_even_when_it_leaves_nothing(db):
    make_activity()
    counted = facets(Filters(kinds=("talk",), departements=("34",)), make_edition())
    assert [(v.code, v.count, v.is_chosen) for v in counted.kinds] == [("talk", 0, True)]
    assert [(v.label, v.count, v.is_chosen) for v in counted.departements] == [("Hérault", 0, True)]


def test_values_are_in_the_order_in_which_one_looks_for_them(db):
    for name in ("Zoo", "École", "Ébène", "Atelier"):
        make_activity(organisation=make_organisation(name=name))
    counted = facets(Filters(), make_edition())
    assert [value.label for value in counted.organisations] == ["Atelier", "Ébène", "École", "Zoo"]


@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_page_costs_the_same_whatever_the_programme(db, queries, count):
    edition = make_edition()
    venue, organisation = make_venue(), make_organisation()
    for _number in range(count):
        make_activity(at(SATURDAY), at(SUNDAY), venue=venue, organisation=organisation)
    database.session.expire_all()
    filters = Filters(edition_id=edition.id)
    with queries() as asked:
        page = page_of_programme(filters, now=BEFORE)
        for row in page.rows:
            assert row.activity.venue
            assert row.activity.venue.commune.departement_name
            assert row.activity.kind
            assert (row.activity.organisation.name, len(row.activity.terms)) > ("", 1)
    assert len(asked) == 12
    with queries() as asked:
        facets(filters, edition)
    assert len(asked) == 4  # the words of each filter, which are kept
