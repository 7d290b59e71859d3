"""The declaration, page by page: what each person may do, what is kept, what is refused and where."""

import re
from datetime import date, time

import pytest
from sqlalchemy import select

from fete.core.clock import from_paris
from fete.programme.forms.wording import stamp
from fete.programme.models import Activity, Decision, EditionState, Mode, Remark, Slot
from fete.programme.queries.activities import find_activity
from fete.programme.rules import Part
from fete.programme.workflow import SlotState, Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import AUCH, TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

KEY = "0b0e7f39-44f5-4b4f-8a7e-3b6f0a1d2c3e"
WHAT = {"kind": "workshop", "title": "Le ciel de Gascogne"}


def at(day: int, hour: int, minute: int = 0, *, month: int = 10):
    return from_paris(date(2026, month, day), time(hour, minute))


def text(response) -> str:
    page: str = response.get_data(as_text=True)
    return page


def version_in(page: str) -> str:
    """Return the hidden version of the form on a page."""
    found = re.search(r'name="version"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def anew(activity: Activity) -> Activity:
    """Return the activity as it stands in the database."""
    found = find_activity(activity.id)
    assert found is not None
    return found


def words(response) -> str:
    """Return what a page says, without its marks."""
    bare = re.sub(r"<[^>]+>", " ", text(response)).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", bare)


@pytest.fixture
def person(db):
    return make_user(name="Ada Membre")


@pytest.fixture
def organisation(person):
    make_edition()
    return make_organisation(person, name="Muséum du Gers")


@pytest.fixture
def member(sign_in, person, organisation):
    return sign_in(person)


def draft_of(organisation, **values) -> Activity:
    return make_activity(at(3, 10), status=Status.DRAFT, organisation=organisation, **values)


def address(activity: Activity, page: str) -> str:
    return f"/mes-activites/{activity.id}/{page}"


# Who may


PAGES = {
    "apercu": {"member", "colleague", "coordinator", "region"},
    "quoi": {"member", "colleague", "coordinator", "region"},
    "quand": {"member", "colleague", "coordinator", "region"},
    "retirer": {"member", "colleague"},
}
DRAFT_PAGES = {
    "apercu": {"member", "colleague"},
    "quoi": {"member", "colleague"},
    "ou": {"member", "colleague"},
    "supprimer": {"member", "colleague"},
    "retirer": {"member", "colleague"},
}
PUBLISHED_PAGES = {
    "apercu": {"member", "colleague", "coordinator", "region"},
    "quoi": {"member", "colleague", "coordinator", "region"},
    "supprimer": set(),
    "reprendre": set(),
}


@pytest.mark.parametrize(
    ("status", "page", "admitted"),
    [
        (status, page, admitted)
        for status, pages in (
            (Status.DRAFT, DRAFT_PAGES),
            (Status.SUBMITTED, PAGES),
            (Status.PUBLISHED, PUBLISHED_PAGES),
        )
        for page, admitted in pages.items()
    ],
)
def test_who_may_open_a_page_of_a_declaration(
    sign_in, person, organisation, status, page, admitted
):
    colleague, stranger = make_user(), make_user()
    organisation.memberships.extend(make_organisation(colleague).memberships)
    make_organisation(stranger)
    people = {
        "member": person,
        "colleague": colleague,
        "stranger": stranger,
        "coordinator": make_coordinator("32"),
        "elsewhere": make_coordinator("31", "65"),
        "region": make_coordinator(),
    }
    activity = make_activity(at(3, 10), status=status, organisation=organisation)
    opened = {
        name
        for name, who in people.items()
        if sign_in(who).get(address(activity, page)).status_code == 200
    }
    assert opened == admitted
    refused = {
        sign_in(people[name]).get(address(activity, page)).status_code
        for name in set(people) - admitted
    }
    assert refused <= {404}


@pytest.mark.parametrize(
    "page", ["", "/declarer", "/1/apercu", "/1/quoi", "/structures/1/declarer"]
)
def test_nobody_declares_without_signing_in(client, page):
    response = client.get(f"/mes-activites{page}")
    assert response.status_code == 302
    assert "/compte/connexion" in response.location


def test_a_new_activity_has_boxes_to_tick_for_themes_and_one_answer_elsewhere(member, organisation):
    page = member.get(f"/mes-activites/structures/{organisation.id}/declarer").text
    controls = re.findall(r'<input[^>]*type="(checkbox|radio)"[^>]*name="(\w+)"', page)
    controls += [
        (kind, name)
        for name, kind in re.findall(r'<input[^>]*name="(\w+)"[^>]*type="(checkbox|radio)"', page)
    ]
    assert {kind for kind, name in controls if name == "themes"} == {"checkbox"}
    assert {kind for kind, name in controls if name == "matches_edition_theme"} == {"radio"}


def test_one_declares_only_for_ones_own_structure(sign_in, organisation):
    make_organisation(stranger := make_user())
    there = f"/mes-activites/structures/{organisation.id}/declarer"
    assert sign_in(stranger).get(there).status_code == 404
    assert sign_in(stranger).send(there, {**WHAT, "form_key": KEY}).status_code == 404
    assert sign_in(make_coordinator("31")).get(there).status_code == 404
    assert sign_in(make_coordinator("32")).get(there).status_code == 200


@pytest.mark.parametrize("word", ["deposer", "retirer", "reprendre", "supprimer", "quoi"])
def test_another_structure_changes_nothing(sign_in, organisation, word):
    make_organisation(stranger := make_user())
    activity = draft_of(organisation, title="Intacte")
    response = sign_in(stranger).send(address(activity, word), {**WHAT, "title": "Prise"})
    assert response.status_code == 404
    assert (anew(activity).title, anew(activity).status) == (
        "Intacte",
        Status.DRAFT,
    )


# Declaring


def test_a_type_and_a_title_make_a_draft(member, organisation, db):
    there = f"/mes-activites/structures/{organisation.id}/declarer"
    assert "Le ciel" not in text(member.get(there))
    response = member.send(there, {**WHAT, "form_key": KEY, "edition": "2026"})
    activity = db.session.scalars(select(Activity)).one()
    assert response.location == address(activity, "pour-qui")
    assert (activity.title, activity.kind.code, activity.edition.year, activity.status) == (
        "Le ciel de Gascogne",
        "workshop",
        2026,
        Status.DRAFT,
    )


def test_pressing_create_twice_creates_one(member, organisation, db):
    there = f"/mes-activites/structures/{organisation.id}/declarer"
    answers = [member.send(there, {**WHAT, "form_key": KEY}).location for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(db.session.scalars(select(Activity)).all()) == 1


def test_what_is_wrong_is_told_beside_its_field_and_kept(member, organisation, db):
    there = f"/mes-activites/structures/{organisation.id}/declarer"
    response = member.send(
        there,
        {
            "form_key": KEY,
            "kind": "n’importe quoi",
            "title": "T" * 141,
            "standfirst": "<script>alert(1)</script>" * 20,
            "themes": "inconnue",
        },
    )
    page = text(response)
    assert response.status_code == 200
    for name in ("kind", "title", "standfirst", "themes-0"):
        assert f'href="#{name}"' in page
    assert "T" * 141 in page
    assert "<script>alert(1)" not in page
    assert page.split("<title>")[1].startswith("Erreur")
    assert db.session.scalars(select(Activity)).all() == []


def test_outside_the_call_one_cannot_declare(sign_in, person, organisation, clock, db):
    clock.move_to(at(1, 9, month=5))
    member = sign_in(person)
    there = f"/mes-activites/structures/{organisation.id}/declarer"
    assert "L’appel à participation n’est pas ouvert" in text(member.get(there))
    assert member.send(there, {**WHAT, "form_key": KEY}).status_code == 200
    assert db.session.scalars(select(Activity)).all() == []


def test_with_several_calls_the_edition_to_come_is_proposed(member, organisation, db):
    make_edition(
        2027,
        call_opens_on=date(2026, 3, 1),
        call_closes_on=date(2027, 4, 30),
    )
    there = f"/mes-activites/structures/{organisation.id}/declarer"
    page = text(member.get(there))
    assert re.search(r'value="2026"\s+checked', page)
    assert not re.search(r'value="2027"\s+checked', page)
    member.send(there, {**WHAT, "form_key": KEY, "edition": "2027"})
    assert db.session.scalars(select(Activity)).one().edition.year == 2027


def test_a_member_is_not_offered_containers(sign_in, member, organisation):
    there = f"/mes-activites/structures/{organisation.id}/declarer"
    assert "science_village" not in text(member.get(there))
    response = member.send(there, {"kind": "science_village", "title": "V", "form_key": KEY})
    assert 'href="#kind"' in text(response)
    assert "science_village" in text(sign_in(make_coordinator("32")).get(there))


def test_a_coordinator_completes_and_deposits_the_village_they_began(sign_in, organisation):
    coordinator = sign_in(make_coordinator("32"))
    there = f"/mes-activites/structures/{organisation.id}/declarer"
    response = coordinator.send(
        there, {"kind": "science_village", "title": "Village d’Auch", "form_key": KEY}
    )
    assert coordinator.get(response.location).status_code == 200
    assert "Village d’Auch" in text(coordinator.get("/mes-activites"))


def test_with_one_structure_there_is_nothing_to_choose(sign_in, member, organisation, person):
    assert member.get("/mes-activites/declarer").location.endswith(
        f"/structures/{organisation.id}/declarer"
    )
    make_organisation(person, name="Seconde structure")
    page = text(sign_in(person).get("/mes-activites/declarer"))
    assert "Seconde structure" in page
    assert "Muséum du Gers" in page
    assert "Vous n’agissez encore pour aucune structure" in text(
        sign_in(make_user()).get("/mes-activites/declarer")
    )
    # Only who coordinates looks for the structure of others.
    assert "Muséum du Gers" not in text(
        sign_in(make_user()).get("/mes-activites/declarer?q=museum")
    )


def test_who_coordinates_looks_for_a_structure_of_the_territory_to_declare_a_village(
    sign_in, organisation
):
    for number in range(20):
        make_organisation(name=f"Muséum {number:02}", commune_code=TOULOUSE)
    coordinator = sign_in(make_coordinator("32"))
    assert 'href="/mes-activites/declarer"' in coordinator.get("/coordination").text
    page = coordinator.get("/mes-activites/declarer?q=museum")
    assert re.findall(r"/structures/(\d+)/declarer", page.text) == [str(organisation.id)]
    page = coordinator.get("/mes-activites/declarer?q=toulouse")
    assert "Aucune structure de votre territoire ne correspond" in text(page)
    assert "/structures/" not in page.text


# Each part


def test_each_part_keeps_what_was_typed_and_leads_to_the_next(member, organisation):
    village = make_activity(kind="science_village", title="Village d’Auch")
    activity = draft_of(organisation, kind="talk", terms=[], slots=[])
    sent: dict[str, dict[str, str | list[str]]] = {
        "quoi": {
            "kind": "workshop",
            "title": "  Le ciel\nde Gascogne ",
            "standfirst": "Une promenade.",
            "description": "# Titre\r\n\r\nUn **texte**.",
            "themes": ["exact", "digital"],
            "matches_edition_theme": "yes",
            "scientific_referent": "Une astronome",
            "partners": "Le club",
        },
        "pour-qui": {
            "welcome": "both",
            "audiences": ["families", "schools"],
            "levels": ["primary_c3"],
            "age_min": "8",
            "age_max": "99",
        },
        "ou": {
            "parent": str(village.id),
            "needs": "Une table",
            "mode": "both",
            "venue": "",
            "venue_name": "Halle Verdier",
            "venue_address": "place Verdier",
            "commune": "auch",
            "access_note": "Bus 2",
            "online_link": "exemple.fr/direct",
        },
        "comment": {
            "booking": "required",
            "booking_phone": "0562000000",
            "booking_email": "bonjour@exemple.fr",
            "booking_link": "https://exemple.fr/places?n=1",
            "conditions": "Chaussures de marche",
            "is_free": "y",
        },
        "accessibilite": {
            "accessibility_known": "yes",
            "accessibility": ["mi", "lsf"],
            "accessibility_note": "Ascenseur",
        },
        "moyens": {
            "expected_researchers": "2",
            "expected_mediators": "0",
            "expected_volunteers": "",
            "expected_visitors": "1 200",
        },
    }
    order = [part.value for part in Part] + ["apercu"]
    for part, data in sent.items():
        response = member.send(address(activity, part), data)
        assert response.location == address(activity, order[order.index(part) + 1]), text(response)
    kept = anew(activity)
    assert (kept.title, kept.description) == (
        "Le ciel de Gascogne",
        "# Titre\n\nUn **texte**.",
    )
    assert {term.code for term in kept.terms} == {
        "exact",
        "digital",
        "families",
        "schools",
        "primary_c3",
        "mi",
        "lsf",
    }
    assert (kept.for_public, kept.for_schools, kept.age_min, kept.age_max) == (True, True, 8, 99)
    # It is not inside until its people accept.
    assert kept.parent is None
    assert (kept.asked_stand.container.title, kept.asked_stand.message) == (
        "Village d’Auch",
        "Une table",
    )
    assert (kept.mode, kept.online_link) == (
        Mode.BOTH,
        "https://exemple.fr/direct",
    )
    assert (kept.venue.name, kept.venue.address, kept.venue.commune_code) == (
        "Halle Verdier",
        "place Verdier",
        AUCH,
    )
    assert (kept.booking_phone, kept.booking_email, kept.is_free) == (
        "05 62 00 00 00",
        "bonjour@exemple.fr",
        True,
    )
    assert (kept.accessibility_known, kept.accessibility_note) == (True, "Ascenseur")
    assert (
        kept.expected_researchers,
        kept.expected_mediators,
        kept.expected_volunteers,
        kept.expected_visitors,
    ) == (2, 0, None, 1200)
    assert kept.matches_edition_theme is True
    for part, data in sent.items():
        page = text(member.get(address(activity, part)))
        for value in data.values():
            for each in [value] if isinstance(value, str) else value:
                if part == "ou" and each in {"Halle Verdier", "place Verdier", "auch"}:
                    continue  # it is a known place by now: chosen in the list
                typed = {
                    "0562000000": "05 62 00 00 00",
                    "exemple.fr/direct": "https://exemple.fr/direct",
                    "1 200": "1200",
                }.get(each, each.strip().replace("Le ciel\nde", "Le ciel de").replace("\r\n", "\n"))
                assert typed in page


@pytest.mark.parametrize(
    ("part", "data", "anchors"),
    [
        ("quoi", {"kind": "", "title": ""}, ["kind", "title"]),
        ("quoi", {**WHAT, "description": "d" * 10_001}, ["description"]),
        ("quoi", {**WHAT, "matches_edition_theme": "peut-être"}, ["matches_edition_theme-0"]),
        ("pour-qui", {"age_min": "abc", "age_max": "200"}, ["age_min", "age_max"]),
        ("pour-qui", {"age_min": "12", "age_max": "6"}, ["age_max"]),
        ("pour-qui", {"age_min": "-3"}, ["age_min"]),
        ("pour-qui", {"audiences": ["tous"], "levels": ["x"]}, ["audiences-0", "levels-0"]),
        ("pour-qui", {"welcome": "personne"}, ["welcome-0"]),
        ("ou", {"venue_name": "Salle"}, ["commune"]),
        ("ou", {"venue_name": "Salle", "commune": "Trifouillis"}, ["commune"]),
        ("ou", {"commune": "auch"}, ["venue_name"]),
        ("ou", {"venue": "999999"}, ["venue"]),
        ("ou", {"venue": "x", "mode": "ailleurs"}, ["mode-0", "venue"]),
        ("ou", {"online_link": "javascript:alert(1)"}, ["online_link"]),
        ("ou", {"online_link": "pas une adresse"}, ["online_link"]),
        ("comment", {"booking_phone": "12"}, ["booking_phone"]),
        ("comment", {"booking_email": "pas une adresse"}, ["booking_email"]),
        ("comment", {"booking_link": "ftp://exemple.fr"}, ["booking_link"]),
        ("comment", {"booking": "jamais", "conditions": "c" * 256}, ["booking-0", "conditions"]),
        ("accessibilite", {"accessibility": ["zz"]}, ["accessibility-0"]),
        ("accessibilite", {"accessibility_note": "n" * 501}, ["accessibility_note"]),
        ("moyens", {"expected_visitors": "beaucoup"}, ["expected_visitors"]),
        ("moyens", {"expected_researchers": "1000001"}, ["expected_researchers"]),
        ("moyens", {"expected_mediators": "1,5"}, ["expected_mediators"]),
    ],
)
def test_nonsense_is_refused_beside_its_field_and_nothing_changes(
    member, organisation, part, data, anchors
):
    activity = draft_of(organisation)
    response = member.send(address(activity, part), data)
    page = text(response)
    assert response.status_code == 200
    for anchor in anchors:
        assert f'href="#{anchor}"' in page
        assert f'id="{anchor}"' in page
    for value in data.values():
        if isinstance(value, str) and value and part in {"comment", "moyens"} and value != "jamais":
            assert value in page
    assert anew(activity).version == 1


def test_a_commune_of_several_is_chosen_without_script(member, organisation):
    activity = draft_of(organisation)
    there = address(activity, "ou")
    typed = {"venue": "", "venue_name": "Salle des fêtes", "commune": "saint-martin"}
    page = text(member.send(there, typed))
    codes = re.findall(r'name="commune_code"\s+value="(\w+)"', page)
    assert len(codes) > 1
    assert "Salle des fêtes" in page
    member.send(there, {**typed, "commune_code": codes[1]})
    assert anew(activity).venue.commune_code == codes[1]


@pytest.mark.parametrize("typed", ["toulouse", "TOULOUSE (31000)", "31000"])
def test_a_commune_is_found_by_its_name_or_its_post_code(member, organisation, typed):
    activity = draft_of(organisation)
    there = address(activity, "ou")
    member.send(there, {"venue": "", "venue_name": "Quai des Savoirs", "commune": typed})
    assert anew(activity).venue.commune_code == TOULOUSE


def test_a_known_place_is_chosen_and_not_made_again(member, organisation, db):
    known = make_venue(name="Médiathèque")
    activity = draft_of(organisation)
    page = text(member.get(address(activity, "ou")))
    assert f'value="{known.id}"' in page
    member.send(address(activity, "ou"), {"venue": str(known.id)})
    assert anew(activity).venue_id == known.id
    member.send(
        address(activity, "ou"),
        {
            "venue": str(known.id),
            "venue_name": "médiathèque",
            "venue_address": "1 rue des ecoles",
            "commune": "Auch",
        },
    )
    assert anew(activity).venue_id == known.id


def test_two_places_at_once_are_refused(member, organisation):
    known = make_venue(name="Médiathèque")
    activity = draft_of(organisation)
    data = {"venue": str(known.id), "venue_name": "Gymnase", "commune": "Auch"}
    page = text(member.send(address(activity, "ou"), data))
    assert 'href="#venue_name"' in page
    assert "Gymnase" in page


def test_only_the_containers_one_may_join_are_offered(member, organisation):
    make_activity(kind="science_village", title="Village publié")
    make_activity(kind="science_village", title="Village en brouillon", status=Status.DRAFT)
    make_activity(kind="trail", title="Parcours de 2027", edition=make_edition(2027))
    page = text(member.get(address(draft_of(organisation), "ou")))
    assert "Village publié" in page
    assert "Village en brouillon" not in page
    assert "Parcours de 2027" not in page


# Slots


def rows(*slots: tuple[str, ...], **more) -> dict[str, object]:
    names = ("day", "starts", "ends", "capacity", "id")
    return {
        f"slots-{number}-{name}": value
        for number, slot in enumerate(slots)
        for name, value in zip(names, slot, strict=False)
    } | more


def slots_of(activity: Activity) -> list[tuple[object, ...]]:
    return [(s.starts_at, s.ends_at, s.capacity) for s in anew(activity).slots]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("03/10/2026", "10h", "12h30", "20"), (at(3, 10), at(3, 12, 30), 20)),
        (("3/10/26", "9", "17:15", ""), (at(3, 9), at(3, 17, 15), None)),
        (("2026-10-03", "20:30", "1h"), (at(3, 20, 30), at(4, 1), None)),
        (("03.10.2026", "14 h 05", "15 h"), (at(3, 14, 5), at(3, 15), None)),
        (("25/10/2026", "2h30", "4h"), (at(25, 2, 30), at(25, 4), None)),
    ],
)
def test_a_slot_is_typed_as_people_write_it(member, organisation, typed, kept):
    activity = draft_of(organisation)
    response = member.send(address(activity, "quand"), rows(typed))
    assert response.location == address(activity, "comment"), text(response)
    assert slots_of(activity) == [kept]


@pytest.mark.parametrize(
    ("typed", "anchors"),
    [
        ([("31/02/2026", "10h", "12h")], ["slots-0-day"]),
        (
            [("bientôt", "matin", "midi", "plein")],
            ["slots-0-day", "slots-0-starts", "slots-0-ends", "slots-0-capacity"],
        ),
        ([("03/10/2026", "10h", "")], ["slots-0-ends"]),
        ([("", "10h", "12h")], ["slots-0-day"]),
        ([("03/10/2026", "10h", "10h")], ["slots-0-ends"]),
        ([("03/10/2026", "25h", "26h")], ["slots-0-starts", "slots-0-ends"]),
        ([("03/10/2026", "10h", "12h", "0")], ["slots-0-capacity"]),
        ([("03/10/2026", "10h", "12h", "-4")], ["slots-0-capacity"]),
        ([("03/10/2062", "10h", "12h")], ["slots-0-day"]),
        ([("29/03/2026", "2h30", "4h")], ["slots-0-starts"]),
        ([("28/03/2026", "23h", "2h15")], ["slots-0-ends"]),
        ([("03/10/2026", "10h", "12h"), ("03/10/2026", "11h", "13h")], ["slots-1-starts"]),
        ([("03/10/2026", "10h", "12h"), ("04/10/2026", "x", "13h")], ["slots-1-starts"]),
    ],
)
def test_a_slot_that_cannot_be_is_refused_beside_its_field(member, organisation, typed, anchors):
    activity = draft_of(organisation)
    before = slots_of(activity)
    response = member.send(address(activity, "quand"), rows(*typed))
    page = text(response)
    assert response.status_code == 200
    summary = page.split('id="error-summary"')[1].split("</ul>")[0]
    assert re.findall(r'href="#([\w-]+)"', summary) == anchors
    for slot in typed:
        for value in slot:
            assert f'value="{value}"' in page
    assert slots_of(activity) == before


def test_rows_are_added_and_removed_without_script_and_nothing_is_kept_by_that(
    member, organisation
):
    activity = draft_of(organisation)
    there = address(activity, "quand")
    typed = rows(("03/10/2026", "10h", "12h", "20"), ("n’importe", "x", "", ""))
    page = text(member.send(there, {**typed, "add": "blank"}))
    assert page.count('<fieldset class="slot-row') == 3
    assert 'value="n’importe"' in page
    page = text(member.send(there, {**typed, "remove": "1"}))
    assert page.count('<fieldset class="slot-row') == 1
    assert 'value="03/10/2026"' in page
    page = text(member.send(there, {**rows(("03/10/2026", "10h", "12h", "20")), "add": "copy"}))
    assert re.findall(r'id="slots-1-\w+"\s+name="[\w-]+"\s+value="([^"]*)"', page) == [
        "04/10/2026",
        "10:00",
        "12:00",
        "20",
    ]
    assert slots_of(activity) == [(at(3, 10), at(3, 12), 20)]


@pytest.mark.parametrize("number", ["9", "-1", "deux"])
def test_a_row_that_is_not_there_is_not_removed(member, organisation, number):
    activity = draft_of(organisation)
    typed = rows(("03/10/2026", "10h", "12h", "20"))
    response = member.send(address(activity, "quand"), {**typed, "remove": number})
    assert response.status_code in {200, 302}
    assert slots_of(activity) == [(at(3, 10), at(3, 12), 20)]


def test_slots_keep_their_names_through_the_page(member, organisation):
    activity = make_activity(at(3, 10), at(4, 10), status=Status.DRAFT, organisation=organisation)
    first, second = activity.slots
    uids = {slot.id: slot.uid for slot in activity.slots}
    member.send(
        address(activity, "quand"),
        rows(
            ("04/10/2026", "10h", "12h", "20", str(second.id)),
            ("03/10/2026", "10h", "13h", "20", str(first.id)),
            ("05/10/2026", "10h", "12h", "", ""),
            ("", "", "", "", ""),
        ),
    )
    kept = anew(activity).slots
    assert {slot.id: slot.uid for slot in kept[:2]} == uids
    assert [(slot.starts_at, slot.revision) for slot in kept] == [
        (at(3, 10), 1),
        (at(4, 10), 0),
        (at(5, 10), 0),
    ]


@pytest.mark.parametrize("number", ["x", "999999999999999999999", "²", "-1"])
def test_a_made_up_slot_number_makes_a_new_slot(member, organisation, number):
    activity = draft_of(organisation)
    member.send(address(activity, "quand"), rows(("05/10/2026", "10h", "12h", "", number)))
    assert slots_of(activity) == [(at(5, 10), at(5, 12), None)]


def test_a_slot_outside_the_official_dates_is_kept_with_a_warning(member, organisation):
    activity = draft_of(organisation)
    there = address(activity, "quand")
    response = member.send(there, rows(("20/10/2026", "10h", "12h")), follow=True)
    assert "hors des dates officielles, du 02/10/2026 au 12/10/2026" in words(response)
    assert slots_of(activity) == [(at(20, 10), at(20, 12), None)]


def test_many_slots_are_kept(member, organisation):
    activity = draft_of(organisation)
    typed = [
        (f"{day:02}/10/2026", f"{hour}h", f"{hour}h45")
        for day in range(2, 12)
        for hour in range(8, 18)
    ]
    assert member.send(address(activity, "quand"), rows(*typed)).status_code == 302
    assert len(anew(activity).slots) == 100


# Two people at once


def test_whoever_writes_in_two_tabs_is_not_told_of_somebody_else(member, organisation):
    activity = draft_of(organisation, title="Avant")
    there = address(activity, "quoi")
    mine = {"kind": "talk", "themes": "environment", "version": version_in(text(member.get(there)))}
    member.send(there, mine | {"title": "Du premier"})
    page = words(member.send(there, mine | {"title": "Du second"}))
    assert "Vous avez vous-même modifié cette étape" in page
    assert "Quelqu’un a écrit" not in page
    assert "Du premier" in page


def test_the_second_of_two_sees_what_the_other_wrote_and_chooses(sign_in, member, organisation):
    colleague = make_user(name="Blaise Collègue")
    organisation.memberships.extend(make_organisation(colleague).memberships)
    activity = draft_of(organisation, title="Avant")
    there = address(activity, "quoi")
    seen = version_in(text(member.get(there)))
    sign_in(colleague).send(
        there, {"kind": "talk", "title": "De Blaise", "themes": "environment", "version": seen}
    )
    mine = {"kind": "workshop", "title": "D’Ada", "themes": "environment", "version": seen}
    response = member.send(there, mine)
    page = words(response)
    assert response.status_code == 200
    assert "Blaise Collègue a modifié cette étape" in page
    said = text(response)
    for word in ("De Blaise", "Conférence", "D’Ada", "Atelier"):
        assert word in said
    assert 'value="D’Ada"' in said
    assert anew(activity).title == "De Blaise"
    newer = version_in(said)
    assert member.send(there, {**mine, "version": newer}).status_code == 302
    assert anew(activity).title == "D’Ada"


def test_somebody_on_another_part_is_no_conflict(sign_in, member, organisation):
    activity = draft_of(organisation)
    seen = stamp(anew(activity), Part.MEANS)
    member.send(address(activity, "quoi"), {"kind": "talk", "title": "Autre"})
    response = member.send(
        address(activity, "moyens"), {"expected_visitors": "30", "version": seen}
    )
    assert response.status_code == 302
    assert anew(activity).expected_visitors == 30


def test_a_bare_version_number_is_understood(member, organisation):
    activity = draft_of(organisation)
    member.send(address(activity, "moyens"), {"expected_visitors": "30", "version": "1"})
    late = member.send(address(activity, "moyens"), {"expected_visitors": "40", "version": "1"})
    assert late.status_code == 200
    assert anew(activity).expected_visitors == 30


def test_slots_changed_by_another_are_shown(member, organisation, sign_in, person):
    activity = draft_of(organisation)
    there = address(activity, "quand")
    seen = version_in(text(member.get(there)))
    member.send(there, rows(("05/10/2026", "10h", "12h"), version=seen))
    page = words(member.send(there, rows(("06/10/2026", "9h", "11h"), version=seen)))
    assert "lun. 5 oct. de 10 h à 12 h" in page
    assert "mar. 6 oct. de 9 h à 11 h" in page
    assert slots_of(activity) == [(at(5, 10), at(5, 12), None)]


# Reading again, depositing, taking back


def test_the_preview_tells_what_is_missing_with_links_to_each_field(member, organisation):
    activity = draft_of(organisation, terms=[], description="", is_free=False)
    page = text(member.get(address(activity, "apercu")))
    for link in ("quoi#description", "quoi#themes-0", "pour-qui#audiences-0", "comment#is_free"):
        assert f'href="{address(activity, link)}"' in page
        part, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in text(member.get(address(activity, part)))


def test_every_gap_leads_to_a_field_that_is_there(member, organisation):
    activity = draft_of(
        organisation,
        terms=[],
        description="",
        standfirst="",
        matches_edition_theme=None,
        is_free=False,
        for_public=False,
        for_schools=True,
        mode=Mode.BOTH,
        booking="required",
    )
    activity.venue, activity.kind, activity.title = None, None, ""
    activity.slots.clear()
    page = text(member.get(address(activity, "apercu")))
    links = re.findall(rf'href="/mes-activites/{activity.id}/([\w-]+)#([\w-]+)"', page)
    assert len(links) == 16
    for part, anchor in links:
        assert f'id="{anchor}"' in text(member.get(address(activity, part))), (part, anchor)


def test_depositing_what_is_incomplete_is_refused_with_the_list(member, organisation, letters):
    activity = draft_of(organisation, description="")
    response = member.send(address(activity, "deposer"))
    page = text(response)
    assert "Pas encore déposée" in words(response)
    assert f'href="{address(activity, "quoi#description")}"' in page
    assert page.split("<title>")[1].strip().startswith("Erreur")
    assert anew(activity).status is Status.DRAFT
    assert letters() == []


def test_depositing_a_whole_activity_hands_it_to_its_coordination(member, organisation, person):
    make_coordinator("32", email="gers@example.org")
    activity = draft_of(organisation)
    response = member.send(address(activity, "deposer"), follow=True)
    assert "C’est déposé" in text(response)
    kept = anew(activity)
    assert (kept.status, kept.submitted_at is not None) == (Status.SUBMITTED, True)
    assert "activity.submitted" in [entry.act for entry in history_of(kept)]


def test_after_the_call_one_no_longer_deposits_a_first_time(sign_in, person, organisation, clock):
    activity = draft_of(organisation)
    clock.move_to(at(1, 9, month=5))
    member = sign_in(person)
    assert "L’appel à participation est clos" in words(member.get(address(activity, "apercu")))
    member.send(address(activity, "deposer"))
    assert anew(activity).status is Status.DRAFT


def test_what_was_sent_back_is_deposited_again_after_the_call(sign_in, person, organisation, clock):
    activity = make_activity(at(3, 10), status=Status.CHANGES_REQUESTED, organisation=organisation)
    clock.move_to(at(1, 9, month=6))
    member = sign_in(person)
    member.send(address(activity, "deposer"))
    assert anew(activity).status is Status.SUBMITTED


def test_a_draft_is_deleted_once_confirmed(member, organisation, db):
    activity = draft_of(organisation, title="Faux départ")
    number = activity.id
    assert "Faux départ" in text(member.get(address(activity, "supprimer")))
    assert db.session.get(Activity, number) is not None
    response = member.send(f"/mes-activites/{number}/supprimer", follow=True)
    assert "Faux départ" in text(response)
    assert db.session.scalars(select(Activity)).all() == []
    assert db.session.scalars(select(Slot)).all() == []


def test_what_is_withdrawn_can_be_taken_up_again(member, organisation):
    activity = make_activity(at(3, 10), status=Status.SUBMITTED, organisation=organisation)
    assert member.get(address(activity, "retirer")).status_code == 200
    member.send(address(activity, "retirer"))
    assert anew(activity).status is Status.WITHDRAWN
    assert member.get(address(activity, "reprendre")).status_code == 200
    member.send(address(activity, "reprendre"))
    assert anew(activity).status is Status.DRAFT


def test_a_coordinator_changes_what_is_published_and_calendars_are_told(sign_in, organisation):
    activity = make_activity(at(3, 10), organisation=organisation, title="Publiée")
    coordinator = sign_in(make_coordinator("32", name="Camille"))
    data = {
        "kind": "workshop",
        "title": "Mieux dite",
        "themes": "environment",
        "standfirst": activity.standfirst,
        "description": activity.description,
        "matches_edition_theme": "no",
    }
    assert coordinator.send(address(activity, "quoi"), data).status_code == 302
    kept = anew(activity)
    assert (kept.title, kept.slots[0].revision) == ("Mieux dite", 1)
    latest = history_of(kept)[0]
    assert (latest.act, latest.detail) == ("activity.changed", "Titre")


def test_a_closed_edition_is_no_longer_changed(sign_in, member, organisation):
    activity = make_activity(at(3, 10), status=Status.SUBMITTED, organisation=organisation)
    activity.edition.state = EditionState.CLOSED
    assert member.get(address(activity, "quoi")).status_code == 404
    assert sign_in(make_coordinator()).get(address(activity, "quoi")).status_code == 404


def test_the_region_corrects_a_closed_edition_and_says_why(sign_in, member, organisation):
    activity = make_activity(at(3, 10), title="Mal dite", organisation=organisation)
    activity.edition.state = EditionState.CLOSED
    region = sign_in(make_coordinator(name="Denis"))
    quoi, quand = address(activity, "quoi"), address(activity, "quand")
    assert [member.get(each).status_code for each in (quoi, quand)] == [404, 404]
    assert sign_in(make_coordinator("32")).get(quoi).status_code == 404
    data = {
        "kind": "workshop",
        "title": "Mieux dite",
        "standfirst": activity.standfirst,
        "description": activity.description,
        "themes": "environment",
        "matches_edition_theme": "no",
    }
    assert "Cette édition est close" in text(region.get(quoi))
    refused = text(region.send(quoi, data | {"reason": " "}))
    assert "Dites pourquoi" in refused
    assert 'href="#reason"' in refused
    assert "Mieux dite" in refused
    assert anew(activity).title == "Mal dite"
    both = text(region.send(quoi, data | {"title": "", "reason": ""}))
    assert "Donnez un titre" in both
    assert "Dites pourquoi" in both
    assert region.send(quoi, data | {"reason": "Coquille dans le titre"}).status_code == 302
    kept = anew(activity)
    assert kept.title == "Mieux dite"
    latest = history_of(kept)[0]
    assert (latest.act, latest.detail) == ("activity.corrected", "Titre. Coquille dans le titre")
    history = text(region.get(f"/coordination/relecture/{activity.id}"))
    assert "Denis a corrigé la déclaration d’une édition close." in history
    assert "Coquille dans le titre" in history


def test_the_slots_of_a_closed_edition_are_corrected_without_being_told_as_moved(
    sign_in, organisation
):
    activity = make_activity(at(3, 10), organisation=organisation)
    activity.edition.state = EditionState.CLOSED
    region = sign_in(make_coordinator())
    slot = activity.slots[0]
    data = {
        "slots-0-id": str(slot.id),
        "slots-0-day": "03/10/2026",
        "slots-0-starts": "11 h",
        "slots-0-ends": "13 h",
        "slots-0-capacity": "20",
    }
    quand = address(activity, "quand")
    assert "Dites pourquoi" in text(region.send(quand, data))
    assert anew(activity).slots[0].starts_at == at(3, 10)
    assert region.send(quand, data | {"reason": "Une heure plus tard, en fait"}).status_code == 302
    (kept,) = anew(activity).slots
    assert (kept.starts_at, kept.state) == (at(3, 11), SlotState.SCHEDULED)


def test_the_short_address_leads_to_the_first_part(member, organisation):
    activity = draft_of(organisation)
    assert member.get(address(activity, "modifier")).location == address(activity, "quoi")
    assert member.get(address(activity, "autre")).status_code == 404


# The list


def test_the_list_holds_the_activities_of_ones_structures_and_no_other(member, organisation):
    draft_of(organisation, title="La mienne")
    make_activity(title="Celle d’un autre")
    page = text(member.get("/mes-activites"))
    assert "La mienne" in page
    assert "Celle d’un autre" not in page


@pytest.mark.parametrize("count", [1, 3, 300])
def test_the_list_asks_the_same_number_of_questions_however_long(
    sign_in, person, organisation, queries, count, db
):
    venue, edition = make_venue(), make_edition()
    for number in range(count):
        make_activity(
            at(3, 10),
            title=f"Activité {number}",
            organisation=organisation,
            venue=venue,
            edition=edition,
            status=list(Status)[number % len(Status)],
        )
    member = sign_in(person)
    db.session.expire_all()
    with queries() as asked:
        page = text(member.get("/mes-activites"))
    assert page.count('class="own-activity"') == min(count, 25)
    assert len(asked) == 14


def test_the_page_of_a_big_list_is_chosen(member, organisation):
    for number in range(30):
        draft_of(organisation, title=f"Activité {number:02}")
    page = text(member.get("/mes-activites?page=2"))
    assert "Activité 29" in page
    assert "Activité 00" not in page
    assert member.get("/mes-activites?page=abc").status_code == 200


def test_the_list_is_that_of_one_edition(member, organisation):
    make_activity(title="Cette année", organisation=organisation)
    make_activity(title="L’an dernier", organisation=organisation, edition=make_edition(2025))
    every = words(member.get("/mes-activites"))
    assert "Cette année" in every
    assert "L’an dernier" in every
    assert "2025 (1)" in every
    one = words(member.get("/mes-activites?edition=2025"))
    assert "L’an dernier" in one
    assert "Cette année" not in one
    for odd in ("2019", "x", "٣", "-1"):
        assert "Cette année" in words(member.get(f"/mes-activites?edition={odd}"))


# The conversation, and what the coordination asks


def test_what_is_asked_leads_to_its_place(member, organisation):
    activity = make_activity(status=Status.CHANGES_REQUESTED, organisation=organisation)
    activity.remarks.append(
        Remark(
            person=make_coordinator("32", name="Camille"),
            at=activity.submitted_at,
            text="À revoir",
            fields="title,slots,for_schools,accessibility,venue",
        )
    )
    preview = text(member.get(address(activity, "apercu")))
    asked = preview[preview.index('id="asked"') :].partition("</ul>")[0]
    assert re.findall(r'href="/mes-activites/\d+/([^"]+)"', asked) == [
        "quoi#title",
        "pour-qui#welcome-0",
        "ou#venue_name",
        "quand#slots-0-day",
        "accessibilite#accessibility-0",
    ]
    for part, anchor in [("quoi", "title"), ("pour-qui", "welcome-0"), ("quand", "slots-0-day")]:
        page = text(member.get(address(activity, part)))
        marked = page[page.index('id="demandes"') :].partition("</section>")[0]
        assert re.findall('href="#([^"]+)"', marked) == [anchor]
        assert f'id="{anchor}"' in page
    assert 'id="demandes"' not in text(member.get(address(activity, "moyens")))


def test_once_deposited_again_nothing_is_asked_any_more(member, organisation):
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    activity.remarks.append(
        Remark(person=None, at=activity.submitted_at, text="À revoir", fields="title")
    )
    assert 'id="asked"' not in text(member.get(address(activity, "apercu")))
    assert 'id="demandes"' not in text(member.get(address(activity, "quoi")))


def test_a_member_writes_to_the_coordination_once(member, person, organisation, letters):
    camille = make_coordinator("32", name="Camille")
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    activity.remarks.append(Remark(person=camille, at=activity.submitted_at, text="Quelle salle ?"))
    here = address(activity, "apercu")
    (seen,) = re.findall(r'name="message-seen"[^>]*value="(\d+)"', text(member.get(here)))
    for _click in range(2):
        answer = member.send(
            address(activity, "messages"),
            {"message-text": "La salle <B>.", "message-seen": seen},
            token_from=here,
        )
        assert answer.headers["Location"].endswith("/apercu#conversation")
    shown = words(member.get(here))
    # Said once, where the page then is: after the message, not at its top.
    assert shown.count("Votre message est envoyé.") == 1
    assert shown.index("La salle &lt;B&gt;.") < shown.index("Votre message est envoyé.")
    assert "Votre message est envoyé." not in words(member.get(here))
    assert shown.index("Quelle salle ?") < shown.index("La salle &lt;B&gt;.")
    assert "Camille, pour la coordination" in shown
    assert "Ada Membre, pour la structure" in shown
    assert [(each.kind, each.person_id) for each in letters()] == [
        ("programme/message", camille.id)
    ]


def test_a_message_that_cannot_be_is_kept_and_refused(member, organisation, letters):
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    answer = member.send(
        address(activity, "messages"),
        {"message-text": "a" * 2001, "message-seen": "x"},
        token_from=address(activity, "apercu"),
    )
    page = text(answer)
    assert '<a href="#message-text">' in page
    assert "<title>Erreur" in page
    assert "a" * 2001 in page
    assert letters() == []


@pytest.mark.parametrize(
    "values",
    [
        {"status": Status.DRAFT},
        {"status": Status.WITHDRAWN, "submitted_at": None},
    ],
)
def test_nobody_writes_about_what_the_coordination_never_saw(values, member, organisation):
    activity = make_activity(organisation=organisation, **values)
    here = address(activity, "apercu")
    assert "message-text" not in text(member.get(here))
    answer = member.send(
        address(activity, "messages"), {"message-text": "Bonjour"}, token_from="/mon-espace"
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["other", "coordinator", "regional"])
def test_nobody_else_writes_for_the_structure(who, sign_in, organisation):
    activity = make_activity(status=Status.SUBMITTED, organisation=organisation)
    make = {
        "other": make_user,
        "coordinator": lambda: make_coordinator("32"),
        "regional": make_coordinator,
    }
    browser = sign_in(make[who]())
    answer = browser.send(
        address(activity, "messages"), {"message-text": "Bonjour"}, token_from="/mon-espace"
    )
    assert answer.status_code == 404
    assert anew(activity).remarks == []


def test_whoever_was_refused_reads_why_and_may_try_again(member, organisation):
    activity = make_activity(status=Status.REFUSED, organisation=organisation)
    activity.decisions.append(
        Decision(
            at=activity.submitted_at,
            step=Step.REFUSE,
            reason="Le contenu n’est pas scientifique.",
            committee="Comité du Gers",
            decided_on=date(2026, 3, 12),
        )
    )
    page = member.get(address(activity, "apercu"))
    shown = words(page)
    assert "Décision de « Comité du Gers », le jeudi 12 mars 2026." in shown
    assert "Le contenu n’est pas scientifique." in shown
    assert "déposez-la de nouveau" in shown
    assert f'href="{address(activity, "reprendre")}"' in text(page)
    member.send(address(activity, "reprendre"), token_from=address(activity, "reprendre"))
    answer = member.send(
        address(activity, "deposer"), token_from=address(activity, "apercu"), follow=True
    )
    assert "C’est déposé." in words(answer)
    assert "Le contenu n’est pas" not in words(answer)


def test_whoever_got_the_label_reads_by_whom_and_on_which_criteria(member, organisation):
    activity = make_activity(status=Status.LABELLED, organisation=organisation)
    activity.decisions.append(
        Decision(
            at=activity.submitted_at,
            step=Step.LABEL,
            committee="Comité du Gers",
            criteria="period,free,content,referent,mediation",
        )
    )
    shown = words(member.get(address(activity, "apercu")))
    assert "Décision de « Comité du Gers »." in shown
    # With the label, what was not ticked says nothing against it.
    assert "Une personne ou un organisme répond du contenu scientifique" in shown
    assert "L’activité reste neutre" not in shown
    assert "(non retenu)" not in shown
