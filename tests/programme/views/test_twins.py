"""What is typed a second time is shown before it is kept: the person decides."""

import re
from datetime import date, time

import pytest
from sqlalchemy import select

from fete.core.clock import from_paris
from fete.core.db import db as database
from fete.programme.models import Activity, Venue
from fete.programme.workflow import Status
from tests.factories.accounts import make_user
from tests.factories.journal import history_of
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.factories.sharing import make_co_organiser

KEY = "0b0e7f39-44f5-4b4f-8a7e-3b6f0a1d2c3e"


def at(day: int, hour: int):
    return from_paris(date(2026, 10, day), time(hour))


def words(response) -> str:
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", bare.replace("\u00a0", " "))


@pytest.fixture
def person(db):
    make_edition()
    return make_user()


@pytest.fixture
def organisation(person):
    return make_organisation(person, name="Muséum du Gers")


@pytest.fixture
def member(sign_in, person, organisation):
    return sign_in(person)


@pytest.fixture
def draft(organisation):
    return make_activity(
        at(3, 10), title="Le ciel de Gascogne", status=Status.DRAFT, organisation=organisation
    )


# Places


def where(draft, **typed):
    known = {
        "version": "",
        "mode": "on_site",
        "venue": "",
        "venue_name": "Médiathèque municipale d’Auch",
        "venue_address": "",
        "commune": "Auch",
    }
    return f"/mes-activites/{draft.id}/ou", known | typed


def place_of(draft) -> str:
    activity = database.session.get(Activity, draft.id)
    assert activity is not None
    assert activity.venue is not None
    return activity.venue.name


def answers(response) -> list[str]:
    page = response.get_data(as_text=True)
    return re.findall(r'name="venue_twin"\s+value="([^"]+)"', page)


@pytest.fixture
def known(db):
    make_venue(TOULOUSE, name="Médiathèque municipale")
    found = make_venue(name="Médiathèque municipale")
    make_venue(name="Médiathèque municipale (ancienne)", merged_into_id=found.id)
    return found


def test_a_place_that_looks_known_is_shown_before_it_is_kept(member, draft, known):
    before = place_of(draft)
    path, typed = where(draft, venue_address="4 rue de la République", access_note="Au fond.")
    answer = member.send(path, typed)
    assert answers(answer) == [str(known.id), f"autre-{known.id}"]
    page = answer.get_data(as_text=True)
    assert "Un lieu très proche existe déjà" in page
    for kept in ("Médiathèque municipale d’Auch", "4 rue de la République", "Au fond."):
        assert kept in page
    assert place_of(draft) == before


def test_it_is_this_one(member, draft, known):
    path, typed = where(draft, venue_twin=str(known.id))
    assert member.send(path, typed).status_code == 302
    assert place_of(draft) == "Médiathèque municipale"
    assert database.session.scalar(select(Venue).where(Venue.name == typed["venue_name"])) is None


def test_it_is_another_one(member, draft, known):
    path, typed = where(draft, venue_twin=f"autre-{known.id}")
    assert member.send(path, typed).status_code == 302
    assert place_of(draft) == "Médiathèque municipale d’Auch"


@pytest.mark.parametrize("answer", ["autre-99", "99", "autre", "x"])
def test_an_answer_about_other_places_is_asked_again(member, draft, known, answer):
    path, typed = where(draft, venue_twin=answer)
    assert "Un lieu très proche existe déjà" in words(member.send(path, typed))


def test_one_address_is_one_place(member, draft, db):
    known = make_venue(name="Le grand carré")
    known.address = "35 allées Jules-Guesde"
    path, typed = where(draft, venue_name="Muséum", venue_address="35, Allées Jules Guesde")
    assert answers(member.send(path, typed)) == [str(known.id), f"autre-{known.id}"]


@pytest.mark.parametrize("address", ["", "1 rue des écoles"])
def test_the_very_same_place_is_taken_without_a_question(member, draft, known, address):
    path, typed = where(draft, venue_name="médiathèque municipale", venue_address=address)
    assert member.send(path, typed).status_code == 302
    activity = database.session.get(Activity, draft.id)
    assert activity is not None
    assert activity.venue_id == known.id


def test_a_place_of_its_own_is_not_asked_about(member, draft, known):
    path, typed = where(draft, venue_name="Jardin des plantes")
    assert member.send(path, typed).status_code == 302
    assert place_of(draft) == "Jardin des plantes"


# A second declaration


def declare(organisation, **typed):
    path = f"/mes-activites/structures/{organisation.id}/declarer"
    known = {"kind": "workshop", "title": "Ciel de Gascogne", "edition": "2026", "form_key": KEY}
    return path, known | typed


def number_of_activities() -> int:
    return len(database.session.scalars(select(Activity)).all())


def test_what_the_structure_declared_already_is_shown(member, draft, organisation):
    make_activity(title="Ciel de Gascogne")
    make_activity(title="Ciel de Gascogne", organisation=organisation, status=Status.WITHDRAWN)
    path, typed = declare(organisation)
    answer = member.send(path, typed)
    page = answer.get_data(as_text=True)
    assert "Vous avez déjà déclaré ceci" in page
    assert re.findall(r'href="/mes-activites/(\d+)/apercu"', page) == [str(draft.id)]
    assert 'value="Ciel de Gascogne"' in page
    assert number_of_activities() == 3


def test_another_activity_is_declared_all_the_same(member, draft, organisation):
    path, typed = declare(organisation, is_another="y")
    assert member.send(path, typed).status_code == 302
    assert number_of_activities() == 2


def test_the_same_form_sent_twice_is_not_its_own_twin(member, organisation):
    path, typed = declare(organisation)
    first = member.send(path, typed)
    assert first.status_code == 302
    assert member.send(path, typed).location == first.location
    assert number_of_activities() == 1


# Two at the same place and time


@pytest.fixture
def twin(draft, organisation):
    return make_activity(
        at(3, 11),
        title="La mer",
        status=Status.SUBMITTED,
        organisation=organisation,
        venue=draft.venue,
    )


def preview(draft) -> str:
    return f"/mes-activites/{draft.id}/apercu"


def asked_about(response) -> list[str]:
    page = response.get_data(as_text=True)
    return re.findall(r'name="autre" value="(\d+)"', page)


def tell(client, draft, *others):
    return client.send(
        f"/mes-activites/{draft.id}/differente", {"autre": [str(each.id) for each in others]}
    )


def status_of(activity) -> str:
    database.session.refresh(activity)
    return str(activity.status)


def apart(activity) -> list[str]:
    return [entry.detail for entry in history_of(activity) if entry.act == "activity.told_apart"]


def test_the_deposit_waits_for_the_answer_which_is_asked_once(member, draft, twin, db):
    assert asked_about(member.get(preview(draft))) == [str(twin.id)]
    refused = member.send(f"/mes-activites/{draft.id}/deposer")
    assert "Une question avant de déposer" in words(refused)
    assert status_of(draft) == "draft"
    tell(member, draft, twin)
    tell(member, draft, twin)
    assert apart(draft) == [f"n° {twin.id} — La mer"]
    assert asked_about(member.get(preview(draft))) == []
    # Nor on the page of the other.
    assert asked_about(member.get(preview(twin))) == []
    member.send(f"/mes-activites/{draft.id}/deposer")
    assert status_of(draft) == "submitted"


def test_a_stranger_s_draft_is_neither_shown_nor_named(member, draft, db):
    hidden = make_activity(
        at(3, 10), title="Le ciel de Gascogne", status=Status.DRAFT, venue=draft.venue
    )
    assert asked_about(member.get(preview(draft))) == []
    tell(member, draft, hidden)
    assert apart(draft) == []
    hidden.status = Status.PUBLISHED
    db.session.commit()
    assert asked_about(member.get(preview(draft))) == [str(hidden.id)]


def test_only_those_who_edit_it_answer(sign_in, member, draft, twin):
    assert tell(sign_in(make_user()), draft, twin).status_code == 404
    assert tell(member, draft).status_code == 302
    assert apart(draft) == []


def test_what_was_withdrawn_is_no_twin(member, draft, twin, db):
    twin.status = Status.WITHDRAWN
    db.session.commit()
    assert asked_about(member.get(preview(draft))) == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_asks_the_same_number_of_questions(
    member, queries, draft, organisation, number
):
    for _each in range(number):
        # What others declare and the structure organises with them may be seen too.
        shared = make_activity(
            at(3, 11), title=draft.title, status=Status.SUBMITTED, venue=draft.venue
        )
        make_co_organiser(shared, organisation)
        make_activity(
            at(3, 11), status=Status.SUBMITTED, organisation=organisation, venue=draft.venue
        )
    with queries() as asked:
        answer = member.get(preview(draft))
    assert len(asked_about(answer)) == 2 * number
    assert len(asked) == 20
