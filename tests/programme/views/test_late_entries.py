"""The coordination lets structures of its territory come late, and sees whom it let in."""

import re
from datetime import date, datetime

import pytest

from fete.core.clock import PARIS, now
from fete.core.db import db as database
from fete.programme.models import EditionState, LateEntry
from fete.programme.queries.editions import late_entries_of
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_edition

HERE = "/coordination/delais"
TYPED = {"until": "20/05/2026", "reason": "Le bâtiment était fermé."}


@pytest.fixture(autouse=True)
def over(clock):
    """Let the call be over for five days."""
    clock.move_to(datetime(2026, 5, 5, 10, tzinfo=PARIS))


def text(response) -> str:
    return re.sub(r"\s+", " ", response.get_data(as_text=True).replace("\u00a0", " "))


def grant(organisation, **values) -> LateEntry:
    known = {"until": date(2026, 5, 20), "reason": "Retard", "granted_at": now()}
    entry = LateEntry(
        edition_id=make_edition().id, organisation_id=organisation.id, **(known | values)
    )
    database.session.add(entry)
    database.session.flush()
    return entry


def test_only_the_coordination_of_the_structure_lets_it_in(client, sign_in, db):
    make_edition()
    ada = make_user()
    auch = make_organisation(ada)
    toulouse = make_organisation(commune_code=TOULOUSE)
    path, other = (f"{HERE}/2026/structures/{each.id}" for each in (auch, toulouse))
    assert client.get(path).status_code == 302
    gers, region = sign_in(make_coordinator("32")), sign_in(make_coordinator())
    assert [sign_in(ada).get(each).status_code for each in (f"{HERE}/2026", path)] == [404, 404]
    assert sign_in(ada).send(path, TYPED).status_code == 404
    assert [gers.get(each).status_code for each in (f"{HERE}/2026", path, other)] == [200, 200, 404]
    assert gers.send(other, TYPED).status_code == 404
    assert region.get(other).status_code == 200
    assert gers.get(f"{HERE}/2031").status_code == 404
    assert late_entries_of(make_edition()) == []
    entry = grant(toulouse)
    assert gers.send(f"{HERE}/{entry.id}/retirer").status_code == 404
    assert sign_in(ada).send(f"{HERE}/{entry.id}/retirer").status_code == 404
    assert late_entries_of(make_edition()) == [entry]


def test_a_structure_is_found_let_in_and_its_members_declare(sign_in, db, letters):
    make_edition()
    ada = make_user()
    auch = make_organisation(ada, name="Les Étoiles du Gers")
    for number in range(20):
        make_organisation(name=f"Étoiles de Toulouse {number:02}", commune_code=TOULOUSE)
    member, gers = sign_in(ada), sign_in(make_coordinator("32", name="Camille"))
    declaring = f"/mes-activites/structures/{auch.id}/declarer"
    assert "pas ouvert" in text(member.get(declaring))
    found = text(gers.get(f"{HERE}/2026?q=etoiles"))
    assert "Les Étoiles du Gers" in found
    assert "Étoiles de Toulouse" not in found
    answer = gers.send(f"{HERE}/2026/structures/{auch.id}", TYPED)
    assert answer.location == f"{HERE}/2026"
    page = text(gers.get(f"{HERE}/2026"))
    for words in ("jusqu’au mercredi 20 mai 2026 inclus", "accordé par Camille", "bâtiment"):
        assert words in page
    assert [each.kind for each in letters()] == ["programme/late_entry"]
    for path in ("/mon-espace", "/mes-activites"):
        shown = text(member.get(path))
        assert "jusqu’au mercredi 20 mai 2026 inclus" in shown
        assert f'href="{declaring}"' in shown
    assert "pas ouvert" not in text(member.get(declaring))
    typed = {"kind": "workshop", "title": "Tardive", "edition": "2026", "form_key": ""}
    assert member.send(declaring, typed).status_code == 302
    taken_back = f"{HERE}/{late_entries_of(make_edition())[0].id}/retirer"
    assert gers.send(taken_back).location == f"{HERE}/2026"
    assert gers.send(taken_back).status_code == 404
    assert "pas ouvert" in text(member.get(declaring))


@pytest.mark.parametrize(
    ("wrong", "anchor"),
    [
        ({"until": ""}, "until"),
        ({"until": "31/02/2026"}, "until"),
        ({"until": "04/05/2026"}, "until"),
        ({"until": "30/04/2026"}, "until"),
        ({"until": "01/01/2027"}, "until"),
        ({"reason": "  "}, "reason"),
        ({"reason": "r" * 501}, "reason"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(sign_in, db, wrong, anchor):
    make_edition()
    organisation = make_organisation()
    typed = TYPED | wrong
    page = text(
        sign_in(make_coordinator()).send(f"{HERE}/2026/structures/{organisation.id}", typed)
    )
    assert f'href="#{anchor}"' in page
    assert typed["reason"].strip() in page
    assert late_entries_of(make_edition()) == []


def test_the_page_of_the_edition_lists_every_exception(sign_in, db):
    make_edition()
    grant(make_organisation(name="Structure à l’heure"))
    grant(make_organisation(name="Structure d’hier", commune_code=TOULOUSE), until=date(2026, 5, 4))
    region = sign_in(make_coordinator())
    page = text(region.get("/coordination/editions/2026"))
    assert page.index("Structure à l’heure") < page.index("Structure d’hier")
    assert "terminé le lundi 4 mai 2026" in page
    make_edition().state = EditionState.CLOSED
    closed = text(region.get("/coordination/editions/2026"))
    assert "Structure à l’heure" in closed
    assert "Retirer le délai" not in closed
    assert region.get(f"{HERE}/2026").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions_however_long(sign_in, db, queries, count):
    for _each in range(count):
        grant(make_organisation(), granted_by_id=make_user().id)
    region = sign_in(make_coordinator())
    region.get(f"{HERE}/2026")
    with queries() as asked:
        page = text(region.get(f"{HERE}/2026"))
    assert page.count("Retirer le délai") == count
    assert len(asked) == 5, "\n".join(asked)
