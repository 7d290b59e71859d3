"""Absences: noted for oneself or by the region, and taken back."""

from datetime import date

import pytest
from sqlalchemy import select

from fete.accounts.models import Absence
from fete.core.db import db as database
from tests.factories.accounts import make_coordinator, make_user

OWN = "/coordination/absences"


@pytest.fixture
def people(db):
    return {
        "camille": make_coordinator("32", name="Camille"),
        "colleague": make_coordinator("32"),
        "regional": make_coordinator(name="Emma"),
        "member": make_user(),
    }


def noted():
    found = database.session.scalars(select(Absence).order_by(Absence.id))
    return [(each.person_id, each.first_day, each.last_day, each.noted_by_id) for each in found]


def of(person):
    return f"/coordination/personnes/{person.id}/absences"


def test_one_notes_ones_own_absence_once(people, sign_in):
    browser = sign_in(people["camille"])
    typed = {"first_day": "20/03/2026", "last_day": "3 avril 2026"}
    browser.send(OWN, typed, token_from=OWN)
    answer = browser.send(OWN, typed, follow=True, token_from=OWN)
    number = people["camille"].id
    assert noted() == [(number, date(2026, 3, 20), date(2026, 4, 3), number)]
    assert "du vendredi 20 mars au vendredi 3 avril 2026" in answer.text


def test_the_region_notes_it_for_somebody(people, sign_in):
    browser = sign_in(people["regional"])
    camille = people["camille"]
    answer = browser.send(
        of(camille),
        {"first_day": "16/03/2026", "last_day": "16/03/2026"},
        follow=True,
        token_from=of(camille),
    )
    assert noted() == [(camille.id, date(2026, 3, 16), date(2026, 3, 16), people["regional"].id)]
    assert "Absences de Camille" in answer.text
    sheet = browser.get(f"/coordination/personnes/{camille.id}").text
    assert "lundi 16 mars 2026" in sheet
    assert "Emma a noté une absence." in sheet


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "", "Écrivez le premier jour."),
        ("demain", "20/03/2026", "sous la forme jour/mois/année"),
        ("20/03/2026", "19/03/2026", "vient avant le premier"),
        ("01/03/2026", "15/03/2026", "déjà passée"),
        ("20/03/2026", "20/04/2027", "un an au plus"),
    ],
)
def test_what_cannot_be_is_said_and_kept(first, last, said, people, sign_in):
    answer = sign_in(people["camille"]).send(
        OWN, {"first_day": first, "last_day": last}, token_from=OWN
    )
    assert said in answer.text
    assert f'value="{last}"' in answer.text
    assert noted() == []


def test_an_absence_is_taken_back_by_its_owner_or_the_region(people, sign_in):
    for who in ("camille", "regional"):
        absence = Absence(
            person_id=people["camille"].id, first_day=date(2026, 3, 1), last_day=date(2026, 4, 1)
        )
        database.session.add(absence)
        database.session.commit()
        answer = sign_in(people[who]).send(
            f"{OWN}/{absence.id}/retirer", follow=True, token_from=OWN
        )
        assert "L’absence est retirée." in answer.text
        assert noted() == []


@pytest.mark.parametrize("who", ["colleague", "member"])
def test_nobody_else_notes_or_takes_back(who, people, sign_in):
    absence = Absence(
        person_id=people["camille"].id, first_day=date(2026, 3, 1), last_day=date(2026, 4, 1)
    )
    database.session.add(absence)
    database.session.commit()
    browser = sign_in(people[who])
    typed = {"first_day": "20/03/2026", "last_day": "21/03/2026"}
    for path in (of(people["camille"]), f"{OWN}/{absence.id}/retirer"):
        assert browser.send(path, typed, token_from="/mon-espace").status_code == 404
    assert browser.get(of(people["camille"])).status_code == 404
    assert browser.get(OWN).status_code == (200 if who == "colleague" else 403)
    assert len(noted()) == 1


def test_only_who_coordinates_is_away_from_it(people, sign_in):
    assert sign_in(people["regional"]).get(of(people["member"])).status_code == 404


def test_the_way_to_ones_absences_is_in_ones_account(people, sign_in):
    assert OWN in sign_in(people["camille"]).get("/mon-compte").text
    assert OWN not in sign_in(people["member"]).get("/mon-compte").text
