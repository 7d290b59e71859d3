"""Taking last year's activities over, page by page: what is offered, to whom, and what is marked until it is read."""

import re
from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from fete.core.clock import PARIS, from_paris, now
from fete.core.db import db as database
from fete.programme.models import Activity, EditionState, LateEntry
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.sharing import make_co_organiser

CHOOSE = "/mes-activites/reconduire"
CONFIRM = "/mes-activites/reconduire/confirmer"


def at(day: int, hour: int, *, year: int = 2025):
    return from_paris(date(year, 10, day), time(hour))


def words(response) -> str:
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", bare.replace("\u00a0", " ").replace("\u202f", " "))


def ticks(response) -> list[int]:
    page = response.get_data(as_text=True)
    return [int(each) for each in re.findall(r'name="activite"\s+value="(\d+)"', page)]


@pytest.fixture
def last_year(db):
    return make_edition(
        2025,
        starts_on=date(2025, 10, 3),
        ends_on=date(2025, 10, 13),
        state=EditionState.CLOSED,
    )


@pytest.fixture
def person(db):
    make_edition()
    return make_user()


@pytest.fixture
def organisation(person):
    return make_organisation(person, name="Muséum du Gers")


@pytest.fixture
def source(last_year, organisation):
    return make_activity(
        at(4, 10),
        at(12, 14),
        title="Le ciel de Gascogne",
        edition=last_year,
        organisation=organisation,
    )


def made() -> list[Activity]:
    return list(
        database.session.scalars(
            select(Activity).where(Activity.renewed_from_id.is_not(None)).order_by(Activity.id)
        )
    )


# Choosing


def test_nobody_renews_without_signing_in(client):
    assert client.get(CHOOSE).status_code == 302
    assert client.get(CONFIRM).status_code == 302


def test_one_s_past_activities_are_offered_with_their_date_before_their_title(
    sign_in, person, source, last_year, organisation
):
    draft = make_activity(
        at(3, 10),
        title="Brouillon",
        status=Status.DRAFT,
        edition=last_year,
        organisation=organisation,
    )
    make_activity(at(3, 10), title="Celle d’un autre", edition=last_year)
    make_activity(title="Déjà en 2026", organisation=organisation)
    answer = sign_in(person).get(CHOOSE)
    page = words(answer)
    assert ticks(answer) == [source.id, draft.id]
    assert re.search(r"samedi 4 octobre 2025 à 10 ?h, et 1 autre créneau Le ciel de Gascogne", page)
    assert page.index("Au programme de 2025") < page.index("Non retenues")
    assert "Celle d’un autre" not in page
    assert "Déjà en 2026" not in page


def test_what_others_declare_and_one_organises_with_them_is_theirs_to_renew(
    sign_in, person, source, last_year, organisation
):
    shared = make_activity(at(3, 10), title="Avec d’autres", edition=last_year)
    make_co_organiser(shared, organisation)
    browser = sign_in(person)
    assert ticks(browser.get(CHOOSE)) == [source.id]
    assert browser.get(f"{CONFIRM}?edition=2026&activite={shared.id}").status_code == 404


def test_a_structure_that_may_come_late_renews_what_is_its_own_alone(
    sign_in, person, source, last_year, organisation, clock
):
    clock.move_to(datetime(2026, 5, 5, 10, tzinfo=PARIS))
    browser = sign_in(person)
    assert "n’est pas ouvert" in words(browser.get(CHOOSE))
    other = make_organisation(person, name="Club d’Auch")
    make_activity(at(3, 10), title="Trop tard", edition=last_year, organisation=other)
    database.session.add(
        LateEntry(
            edition_id=make_edition().id,
            organisation_id=organisation.id,
            until=date(2026, 5, 20),
            reason="Retard",
            granted_at=now(),
        )
    )
    database.session.commit()
    assert ticks(browser.get(CHOOSE)) == [source.id]
    path = f"{CHOOSE}?edition=2026&structure={organisation.id}"
    assert path.replace("&", "&amp;") in browser.get("/mes-activites").text
    assert ticks(browser.get(path)) == [source.id]
    confirm = f"{CONFIRM}?edition=2026&activite={source.id}"
    browser.send(CONFIRM, {"edition": 2026, "activite": source.id}, token_from=confirm)
    assert [each.title for each in made()] == ["Le ciel de Gascogne"]


def test_what_is_renewed_already_is_told_and_not_offered(sign_in, person, source, organisation):
    renewal = make_activity(
        status=Status.DRAFT, title="La suite", renewed_from=source, organisation=organisation
    )
    answer = sign_in(person).get(CHOOSE)
    assert ticks(answer) == []
    assert "Déjà reconduite en 2026." in words(answer)
    assert f'"/mes-activites/{renewal.id}/apercu"' in answer.get_data(as_text=True)


def test_a_renewal_that_one_may_not_see_is_told_without_a_link(sign_in, person, source):
    renewal = make_activity(status=Status.DRAFT, title="La suite", renewed_from=source)
    answer = sign_in(person).get(CHOOSE)
    assert "Déjà reconduite en 2026." in words(answer)
    assert f"/mes-activites/{renewal.id}/" not in answer.get_data(as_text=True)
    assert "La suite" not in words(answer)


def test_the_list_is_that_of_one_edition_and_of_one_structure(
    sign_in, person, source, organisation
):
    other = make_organisation(person, name="Médiathèque")
    elsewhere = make_activity(at(5, 10), edition=source.edition, organisation=other)
    older = make_activity(
        edition=make_edition(2024, state=EditionState.CLOSED), organisation=organisation
    )
    client = sign_in(person)
    assert ticks(client.get(CHOOSE)) == [source.id, elsewhere.id]
    assert ticks(client.get(f"{CHOOSE}?structure={other.id}")) == [elsewhere.id]
    assert ticks(client.get(f"{CHOOSE}?de=2024")) == [older.id]
    assert ticks(client.get(f"{CHOOSE}?de=n’importe&edition=quoi")) == [source.id, elsewhere.id]


@pytest.mark.parametrize("number", ["0", "-1", "999999999999999999999", "x", "٣"])
def test_a_structure_that_is_none_of_one_s_own_is_not_there(sign_in, person, source, number):
    client = sign_in(person)
    assert client.get(f"{CHOOSE}?structure={number}").status_code == 404
    assert client.get(f"{CHOOSE}?structure={make_organisation().id}").status_code == 404


def test_a_coordinator_renews_for_the_structures_of_the_territory(sign_in, source, organisation):
    client = sign_in(make_coordinator("32"))
    elsewhere = make_organisation(name="Ailleurs", commune_code=TOULOUSE)
    make_activity(edition=source.edition, organisation=elsewhere)
    make_activity(organisation=make_organisation(name="Nouvelle"))
    answer = client.get(CHOOSE)
    assert ticks(answer) == []
    offered = re.findall(r'<option value="(\d+)"[^>]*>([^<]+)<', answer.get_data(as_text=True))
    assert (str(organisation.id), "Muséum du Gers, Auch") in offered
    assert not [name for _number, name in offered if "Ailleurs" in name or "Nouvelle" in name]
    assert "Choisissez plus haut la structure" in words(answer)
    assert ticks(client.get(f"{CHOOSE}?structure={organisation.id}")) == [source.id]
    assert client.get(f"{CHOOSE}?structure={elsewhere.id}").status_code == 404


def test_a_village_is_left_to_the_coordination(sign_in, person, source):
    source.kind = make_activity(kind="science_village").kind
    answer = sign_in(person).get(CHOOSE)
    assert ticks(answer) == []
    assert "est reconduit par la coordination" in words(answer)


def test_without_an_open_call_the_page_says_so(sign_in, person, source, clock):
    clock.move_to(at(1, 10, year=2026))
    assert "L’appel à participation n’est pas ouvert" in words(sign_in(person).get(CHOOSE))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_questions(
    sign_in, queries, db, person, last_year, organisation, number
):
    for day in range(number):
        each = make_activity(at(4 + day, 10), edition=last_year, organisation=organisation)
        make_activity(
            status=Status.DRAFT, renewed_from=each, organisation=make_organisation(person)
        )
    client = sign_in(person)
    with queries() as asked:
        page = client.get(CHOOSE).get_data(as_text=True)
    assert page.count('class="renewable ') == number
    assert len(asked) == 12


# Confirming


def test_the_new_dates_are_shown_before_anything_is_made(sign_in, person, source):
    page = words(sign_in(person).get(f"{CONFIRM}?edition=2026&activite={source.id}"))
    assert re.search(r"samedi 4 octobre 2025, de 10 ?h à 12 ?h samedi 3 octobre 2026, de", page)
    assert "À relire avant de déposer : Description, Lieu, Créneaux" in page
    assert made() == []


def test_what_was_declared_already_under_a_near_title_is_shown(
    sign_in, person, source, organisation
):
    twin = make_activity(title="Ciel de Gascogne", status=Status.DRAFT, organisation=organisation)
    make_activity(title="Ciel de Gascogne", status=Status.DRAFT)
    answer = sign_in(person).get(f"{CONFIRM}?edition=2026&activite={source.id}")
    assert words(answer).count("Vous avez déjà déclaré « Ciel de Gascogne » pour 2026") == 1
    assert f'"/mes-activites/{twin.id}/apercu"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("number", [1, 3])
def test_the_new_dates_ask_the_same_number_of_questions(
    sign_in, queries, person, last_year, organisation, number
):
    village = make_activity(edition=last_year, kind="science_village")
    chosen = [
        make_activity(at(4 + day, 10), edition=last_year, organisation=organisation, parent=village)
        for day in range(number)
    ]
    client = sign_in(person)
    asked_of = "&".join(f"activite={each.id}" for each in chosen)
    with queries() as asked:
        page = client.get(f"{CONFIRM}?edition=2026&{asked_of}").get_data(as_text=True)
    assert page.count('class="panel outlook"') == number
    assert len(asked) == 14


def test_several_are_made_at_once_and_only_once(sign_in, person, source, organisation):
    other = make_activity(at(5, 10), edition=source.edition, organisation=organisation)
    client = sign_in(person)
    sent = {"edition": "2026", "activite": [str(source.id), str(other.id)]}
    answer = client.send(CONFIRM, sent, follow=True)
    assert "2 brouillons sont créés pour 2026" in words(answer)
    again = client.send(CONFIRM, sent, follow=True)
    assert "Ces activités sont déjà reconduites." in words(again)
    assert [each.renewed_from_id for each in made()] == [source.id, other.id]


def test_a_single_one_opens_on_its_preview(sign_in, person, source):
    answer = sign_in(person).send(CONFIRM, {"edition": "2026", "activite": str(source.id)})
    (draft,) = made()
    assert answer.location == f"/mes-activites/{draft.id}/apercu"


def test_somebody_else_s_activity_is_not_there(sign_in, person, source):
    client = sign_in(make_user())
    theirs = f"{CONFIRM}?edition=2026&activite={source.id}"
    assert client.get(theirs).status_code == 404
    assert client.send(CONFIRM, {"edition": "2026", "activite": str(source.id)}).status_code == 404
    mine = sign_in(person)
    for wrong in ("999999", "0", "x", "-1", "9" * 30):
        assert mine.get(f"{CONFIRM}?edition=2026&activite={wrong}").status_code == 404
        mixed = {"edition": "2026", "activite": [str(source.id), wrong]}
        assert mine.send(CONFIRM, mixed).status_code == 404
    assert made() == []


def test_nothing_ticked_is_asked_for_in_words(sign_in, person, source):
    answer = sign_in(person).get(f"{CONFIRM}?edition=2026", follow_redirects=True)
    assert "Cochez au moins une activité à reconduire." in words(answer)


def test_a_closed_call_refuses(sign_in, person, source, clock):
    clock.move_to(at(1, 10, year=2026))
    answer = sign_in(person).send(
        CONFIRM, {"edition": "2026", "activite": str(source.id)}, follow=True
    )
    assert "n’est pas ouvert" in words(answer)
    assert made() == []


def test_an_activity_of_the_edition_itself_is_refused_in_words(sign_in, person, organisation):
    now_one = make_activity(organisation=organisation)
    answer = sign_in(person).send(
        CONFIRM, {"edition": "2026", "activite": str(now_one.id)}, follow=True
    )
    assert "On ne reconduit que les activités d’une édition passée" in words(answer)


def test_a_village_sent_by_hand_is_refused_whole(sign_in, person, source, organisation):
    village = make_activity(
        at(4, 10), edition=source.edition, organisation=organisation, kind="science_village"
    )
    answer = sign_in(person).send(
        CONFIRM, {"edition": "2026", "activite": [str(source.id), str(village.id)]}, follow=True
    )
    assert "créé par la coordination" in words(answer)
    assert made() == []


# Reading again


@pytest.fixture
def renewed(sign_in, person, source):
    client = sign_in(person)
    client.send(CONFIRM, {"edition": "2026", "activite": str(source.id)})
    (draft,) = made()
    return client, draft


def marked(page: str) -> list[str]:
    if 'id="to-confirm"' not in page:
        return []
    part = page.split('id="to-confirm"')[1].split("</section>", maxsplit=1)[0]
    return [each.strip() for each in re.findall(r"<li>\s*<a [^>]+>([^<]+)</a>", part)]


def test_each_part_marks_what_to_read_until_it_is_saved_unchanged(renewed):
    client, draft = renewed
    path = f"/mes-activites/{draft.id}/ou"
    page = client.get(path).get_data(as_text=True)
    assert marked(page) == ["Lieu"]
    assert "Repris de l’édition 2025" not in page
    version = re.search(r'name="version"[^>]*value="([^"]+)"', page)
    assert version is not None
    client.send(path, {"version": version[1], "mode": "on_site", "venue": str(draft.venue_id)})
    assert marked(client.get(path).get_data(as_text=True)) == []
    assert "venue" not in made()[0].to_confirm.split(",")


def test_the_deposit_is_refused_while_something_is_left_to_read(renewed, db):
    client, draft = renewed
    draft.is_free, draft.matches_edition_theme = True, False
    db.session.commit()
    page = client.send(f"/mes-activites/{draft.id}/deposer").get_data(as_text=True)
    assert "Pas encore déposée" in page
    assert re.search(rf'href="/mes-activites/{draft.id}/quand#slots-0-day">Quand.: Créneaux<', page)
    assert made()[0].status is Status.DRAFT
    assert "il reste 4 étapes à relire" in words(client.get("/mes-activites"))


def test_a_refused_part_confirms_nothing(renewed):
    client, draft = renewed
    client.send(f"/mes-activites/{draft.id}/quand", {"slots-0-day": "pas une date"})
    assert "slots" in made()[0].to_confirm.split(",")
