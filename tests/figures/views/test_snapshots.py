"""For the coordination: figures as they stand, freezing them, publishing what was frozen."""

import re
from datetime import date, time
from html import unescape

import pytest

from fete.core.clock import from_paris, now
from fete.figures.queries import snapshots_of
from fete.figures.services import freeze, publish
from fete.programme.models import EditionState
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

HOME = "/coordination/chiffres/2026"
# Figures that are in the draft only.
SECRET, REASON = 4_321, "Motif à ne pas dire"


def on(day):
    return from_paris(date(2026, 10, day), time(10))


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


@pytest.fixture
def edition(db, after):
    edition = make_edition()
    make_report(make_activity(on(3)))
    make_report(make_activity(on(4)), status=ReportStatus.FILED, public=1_000)
    make_activity(on(5))
    return edition


@pytest.fixture
def region(sign_in, after):
    return sign_in(make_coordinator())


def freeze_by(person, *, follow=False, **typed):
    """Send the form as the person was shown it."""
    page = person.get(f"{HOME}/figer").get_data(as_text=True)
    number = re.search(r'name="number"[^>]*value="(\d+)"', page)
    assert number
    return person.send(
        f"{HOME}/figer",
        {"number": number[1], **typed},
        follow=follow,
        token_from=f"{HOME}/figer",
    )


def frozen(edition, *, number=1, reason="", is_published=False):
    snapshot = freeze(edition, number=number, reason=reason, region="76", by=None, at=now())
    if is_published:
        publish(snapshot, by=None, at=now())
    return snapshot


def test_what_is_live_is_proved_by_what_is_live_once_other_figures_are_published(region, edition):
    def proof():
        page = region.get(HOME).get_data(as_text=True)
        (address,) = re.findall(r'href="(/chiffres/2026/preuves/visiteurs[^"]*)"', page)
        return region.get(unescape(address)), address

    assert proof()[1] == "/chiffres/2026/preuves/visiteurs"
    frozen(edition, is_published=True)
    make_report(make_activity(on(6)), public=500, pupils=0, adults=0)
    page, address = proof()
    assert address == "/chiffres/2026/preuves/visiteurs?au=2026-11-03"
    assert "568" in text_of(page)


def test_the_coordination_sees_what_is_validated_and_what_would_be(region, edition):
    text = text_of(region.get(HOME))
    for words in (
        "La page publique montre les bilans validés, en direct, et les dit provisoires.",
        "Bilans validés : 1 sur 3 attendus (33 %).",
        "Un bilan reçu attend d’être validé : le nombre de visiteurs passerait à 1 096.",
        "Un bilan attendu n’est pas arrivé .",
        "Visiteurs 68 1 096",
        "Figer les chiffres",
    ):
        assert words in text, words


def test_a_departmental_coordinator_sees_their_territory_and_freezes_nothing(sign_in, edition):
    person = sign_in(make_coordinator("32"))
    text = text_of(person.get(HOME))
    assert "Votre territoire" in text
    assert "Gers" in text
    assert "Ariège" not in text
    assert "Figer les chiffres" not in text
    assert person.get(f"{HOME}/figer").status_code == 404
    number = frozen(edition).id
    assert person.get(f"/coordination/chiffres/versions/{number}").status_code == 200
    for step in ("publier", "retirer"):
        address = f"/coordination/chiffres/versions/{number}/{step}"
        assert person.post(address, data={"csrf_token": person.token()}).status_code == 404
    assert snapshots_of(edition)[0].published_at is None


def test_nobody_else_comes_near(client, sign_in, edition):
    number = frozen(edition).id
    for path in (HOME, f"{HOME}/figer", f"/coordination/chiffres/versions/{number}"):
        assert client.get(path).status_code == 302
    member = sign_in(make_user())
    for path in (HOME, f"{HOME}/figer", f"/coordination/chiffres/versions/{number}"):
        assert member.get(path).status_code == 404
    assert member.get("/coordination/chiffres").status_code == 403


def test_one_freezes_after_reading_what_is_missing_then_publishes_and_takes_off(
    client, region, edition
):
    page = text_of(region.get(f"{HOME}/figer"))
    assert "Figer les chiffres 2026, version 1" in page
    assert "Un bilan attendu n’est pas arrivé" in page
    done = freeze_by(region, follow=True)
    assert "Seule la coordination les voit" in text_of(done)
    (snapshot,) = snapshots_of(edition)
    here = f"/coordination/chiffres/versions/{snapshot.id}"
    assert "provisoires" in text_of(client.get("/chiffres/2026"))
    assert "Voir la page publique" not in text_of(region.get(here))
    region.post(f"{here}/publier", data={"csrf_token": region.token(here)})
    assert "Voir la page publique" in text_of(region.get(here))
    text = text_of(client.get("/chiffres/2026"))
    assert (
        "Chiffres figés le mardi 3 novembre 2026 par la coordination régionale, version 1." in text
    )
    assert snapshot.digest[:12] in text
    region.post(f"{here}/retirer", data={"csrf_token": region.token(here)})
    assert "provisoires" in text_of(client.get("/chiffres/2026"))


def test_a_correction_without_a_reason_is_given_back(region, edition):
    frozen(edition)
    page = freeze_by(region)
    assert "Dites ce que cette version corrige" in text_of(page)
    assert len(snapshots_of(edition)) == 1
    freeze_by(region, reason="Un bilan corrigé")
    assert [each.reason for each in snapshots_of(edition)] == ["Un bilan corrigé", ""]


def test_the_second_of_two_people_who_freeze_is_told_of_the_first(region, edition):
    token = region.token(f"{HOME}/figer")
    frozen(edition)
    page = region.post(f"{HOME}/figer", data={"csrf_token": token, "number": "1", "reason": "x"})
    assert "Quelqu’un vient de figer ces chiffres" in text_of(page)
    assert len(snapshots_of(edition)) == 1


@pytest.mark.parametrize("number", ["", "-1", "un", "²", "9" * 500])
def test_a_number_that_is_none_freezes_nothing(region, edition, number):
    token = region.token(f"{HOME}/figer")
    page = region.post(f"{HOME}/figer", data={"csrf_token": token, "number": number})
    assert page.status_code == 200
    assert snapshots_of(edition) == []


def test_what_changed_since_is_told_to_the_coordination_and_in_one_line_to_all(
    client, region, edition
):
    number = frozen(edition, is_published=True).id
    assert "Aucun bilan n’a changé depuis." in text_of(
        region.get(f"/coordination/chiffres/versions/{number}")
    )
    assert "a changé depuis" not in text_of(client.get("/chiffres/2026"))
    make_report(make_activity(on(6)), public=900, pupils=0, adults=0)
    text = text_of(region.get(f"/coordination/chiffres/versions/{number}"))
    assert "1 bilan a changé depuis." in text
    assert "Visiteurs 68 968 +900" in text
    assert "Chercheurs et chercheuses 2 4 +2" in text
    assert "1 bilan a changé depuis la version 1." in text_of(region.get(HOME))
    public = text_of(client.get("/chiffres/2026"))
    assert "1 bilan a changé depuis : il n’est pas compté ici." in public
    assert "68 visiteurs" in public


def test_a_draft_leaks_nowhere(client, sign_in, edition, clock):
    make_report(make_activity(on(6), title="Au grand jour"), public=SECRET, pupils=0, adults=0)
    first = frozen(edition, is_published=True)
    clock.shift(60)
    make_report(make_activity(on(7)), public=SECRET, pupils=0, adults=0)
    draft = frozen(edition, number=2, reason=REASON)
    total = f"{68 + 2 * SECRET:,}".replace(",", "\u202f")
    for reader in (client, sign_in(make_user())):
        for path in (
            "/",
            "/chiffres",
            "/chiffres.json",
            "/chiffres.csv",
            "/chiffres/2026",
            "/chiffres/2026.json",
            "/chiffres/2026.csv",
            "/chiffres/2026/communes",
            "/chiffres/2026/preuves/visiteurs",
        ):
            answer = reader.get(path).get_data(as_text=True)
            assert (str(68 + SECRET) in answer) or (
                f"{68 + SECRET:,}".replace(",", "\u202f") in answer
            ), path
            for leak in (total, str(68 + 2 * SECRET), REASON, draft.digest[:12]):
                assert leak not in answer, (path, leak)
    assert client.get("/chiffres/2026.json").json["snapshot"] == {
        "number": 1,
        "frozen_at": first.frozen_at.isoformat(),
        "reason": "",
        "digest": first.digest,
    }


def test_a_version_that_is_not_there_looks_like_one_that_one_may_not_see(region):
    for path in ("versions/99999", "1850", "99999/figer"):
        assert region.get(f"/coordination/chiffres/{path}").status_code == 404


def test_the_first_page_leads_to_the_latest_edition_that_has_begun(region, edition):
    make_edition(2027)
    answer = region.get("/coordination/chiffres")
    assert (answer.status_code, answer.location) == (302, HOME)


def test_before_any_edition_the_page_says_so(region, db):
    assert "Aucune édition n’est ouverte." in text_of(region.get("/coordination/chiffres"))


def test_a_wrong_day_is_refused_in_words_with_a_way_back(region, edition):
    for typed in ("hier", "2031-01-01"):
        page = region.get(f"{HOME}?au={typed}")
        assert page.status_code == 400
        assert f'href="{HOME}"' in page.get_data(as_text=True)
    assert "Tels qu’on les connaissait le" in text_of(region.get(f"{HOME}?au=2026-11-02"))


def test_published_figures_are_given_again_without_a_question(client, edition, queries):
    frozen(edition, is_published=True)
    first = client.get("/chiffres/2026")
    with queries() as asked:
        again = client.get("/chiffres/2026")
    assert len(asked) == 0  # past the session, only whether they still stand
    assert again.data == first.data


def test_a_closed_edition_is_frozen_too(region, edition, db):
    edition.state = EditionState.CLOSED
    db.session.flush()
    freeze_by(region)
    assert len(snapshots_of(edition)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_number_of_questions_whatever_they_hold(
    region, edition, queries, count
):
    made = [frozen(edition, number=number, reason="Une raison") for number in range(1, count + 1)]
    paths = dict.fromkeys(
        (HOME, f"/coordination/chiffres/versions/{made[0].id}", f"{HOME}/figer"), 0
    )
    for path in paths:
        region.get(path)
        with queries() as asked:
            assert region.get(path).status_code == 200
        paths[path] = len(asked)
    assert list(paths.values()) == [10, 8, 8]


def test_frozen_figures_that_were_altered_afterwards_say_so_wherever_they_are_shown(
    client, region, edition, db
):
    # A reason of its own: a worker that has read a text does not read it again.
    snapshot = frozen(edition, reason="Lue pour la première fois", is_published=True)
    here = f"/coordination/chiffres/versions/{snapshot.id}"
    words = "Ce qui est gardé ne correspond plus à cette empreinte"
    content = snapshot.content
    snapshot.content = content.replace('"visitors":68', '"visitors":6800')
    assert snapshot.content != content
    db.session.commit()
    for page in (
        region.get(here),
        client.get("/chiffres/2026"),
        client.get("/chiffres/2026/communes"),
    ):
        assert words in text_of(page)
    again = frozen(edition, number=2, reason="Elle avait été modifiée.", is_published=True)
    there = f"/coordination/chiffres/versions/{again.id}"
    assert words not in text_of(region.get(there)) + text_of(client.get("/chiffres/2026"))


def test_frozen_figures_are_dated_of_the_day_when_they_were_frozen_wherever_programs_read(
    client, edition, clock
):
    snapshot = frozen(edition, is_published=True)
    clock.move_to(from_paris(date(2026, 11, 20), time(10)))
    value = client.get("/chiffres/2026.json").json
    (row,) = client.get("/chiffres.json").json["editions"]
    for each in (value, row):
        assert (each["counted_on"], each["snapshot"]["digest"]) == ("2026-11-03", snapshot.digest)


def test_only_the_latest_published_version_is_said_to_be_published(region, edition):
    frozen(edition, reason="Une raison", is_published=True)
    assert "publiée" in text_of(region.get(HOME))
    frozen(edition, number=2, reason="Corrigée", is_published=True)
    frozen(edition, number=3, reason="Encore")
    page = region.get(HOME).get_data(as_text=True)
    badges = re.findall(r'<span class="badge-state[^"]*">\s*([^<]+?)\s*</span>', page)
    assert badges == ["pour la coordination", "publiée", "remplacée"]
