"""The counter at the door: its link, what it takes, what it refuses, and how the report begins from it."""

import json
import re
from datetime import date, time, timedelta
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from fete.core import tokens
from fete.core.clock import from_paris
from fete.core.db import db as database
from fete.programme.models import Activity, EditionState
from fete.programme.workflow import SlotState, Status
from fete.reports.arithmetic import Counted, Headcount, Method, Visitor
from fete.reports.models import RevokedLinks, Tap
from fete.reports.queries.counting import counted_at_doors, counter_link_of
from fete.reports.services.counting import Touch, keep_touches
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity
from tests.factories.reports import kept_report, make_report

NOTHING = {"public": 0, "pupils": 0, "adults": 0}


def on(day, hour=10):
    return from_paris(date(2026, 10, day), time(hour))


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(bare))


def found(pattern, page):
    match = re.search(pattern, page.text)
    assert match
    return match[1]


def told(amount=1, visitor="public", **values):
    return {"key": str(uuid4()), "visitor": visitor, "amount": amount} | values


@pytest.fixture
def during(clock):
    """Set the clock in the first session."""
    clock.move_to(on(3, 11))


@pytest.fixture
def ada(db):
    return make_user(name="Ada")


@pytest.fixture
def activity(ada):
    return make_activity(
        on(3), on(4), organisation=make_organisation(ada), title="Le ciel de Gascogne"
    )


@pytest.fixture
def path(activity):
    return f"/compteur/{counter_link_of(activity)}"


@pytest.fixture
def door(client, path, during):
    """Give a way to send touches as the script does."""
    return lambda touches: client.post(f"{path}/touches", json=touches)


# ---- The page ----


def test_the_page_shows_what_all_have_counted_and_sets_no_cookie(client, activity, path, during):
    keep_touches(
        activity,
        [Touch(key=str(uuid4()), visitor=Visitor.PUBLIC, amount=1_234)],
        at=on(3, 11),
    )
    page = client.get(path)
    text = text_of(page)
    assert page.status_code == 200
    assert "Le ciel de Gascogne" in text
    assert "1\u202f234" in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_the_sessions_of_today_come_first_and_cancelled_ones_not_at_all(
    client, activity, path, clock
):
    gone = make_activity(on(5)).slots[0]
    gone.activity = activity
    gone.state = SlotState.CANCELLED
    clock.move_to(on(4, 9))
    page = client.get(path).text
    first, second = (slot.id for slot in activity.slots[:2])
    assert re.findall(r'<option value="(\d*)"\s+data-starts', page) == [str(second), str(first)]


def test_the_page_gives_nothing_else_of_the_activity(client, activity, path, during):
    make_report(activity, public=4_321, remarks="Notes de la coordination")
    page = client.get(path).text
    assert "4\u202f321" not in page
    assert "Notes de la coordination" not in page
    assert "/mes-bilans" not in page


@pytest.mark.parametrize(
    ("at", "status", "words"),
    [
        (on(1), 403, "Ce compteur ouvre le vendredi 2 octobre 2026"),
        (on(2, 0), 200, "Grand public"),
        (from_paris(date(2026, 12, 15), time(23)), 200, "Grand public"),
        (from_paris(date(2026, 12, 16), time(0)), 410, "la date limite du bilan est passée"),
    ],
)
def test_the_link_opens_from_the_day_before_until_the_deadline(
    client, path, clock, at, status, words
):
    clock.move_to(at)
    page, sent = client.get(path), client.post(f"{path}/touches", json=[told()])
    assert (page.status_code, sent.status_code) == (status, status)
    assert words in text_of(page)
    if status != 200:
        assert words in sent.json["error"]
        assert count_of_taps() == 0


def test_a_link_that_was_withdrawn_is_gone_and_the_new_one_opens(
    client, activity, path, during, ada
):
    database.session.add(
        RevokedLinks(
            activity_id=activity.id, generation=1, revoked_at=on(3, 11), revoked_by_id=ada.id
        )
    )
    database.session.flush()
    page, sent = client.get(path), client.post(f"{path}/touches", json=[told()])
    assert (page.status_code, sent.status_code) == (410, 410)
    assert "Ce lien a été retiré par la structure" in text_of(page)
    assert count_of_taps() == 0
    assert client.get(f"/compteur/{counter_link_of(activity)}").status_code == 200


def test_a_closed_edition_and_a_withdrawn_activity_say_so(client, activity, path, during):
    activity.status = Status.WITHDRAWN
    page = client.get(path)
    assert (page.status_code, "Voir le programme" in text_of(page)) == (410, True)
    activity.status = Status.PUBLISHED
    activity.edition.state = EditionState.CLOSED
    page = client.get(path)
    assert page.status_code == 410
    assert "Cette édition est close" in text_of(page)


def forged(activity):
    return {
        "a word": "x",
        "a long one": "é" * 1_000,
        "cut": counter_link_of(activity)[:-1],
        "of the report": tokens.sign("report", [activity.id, 0]),
        "too short": tokens.sign("counter", [activity.id]),
        "of a text": tokens.sign("counter", [str(activity.id), 0]),
        "of no row": tokens.sign("counter", [2**40, 0]),
        "of nothing": tokens.sign("counter", [activity.id + 1_000, 0]),
    }


@pytest.mark.parametrize(
    "link",
    [
        *("a word", "a long one", "cut", "of the report"),
        *("too short", "of a text", "of no row", "of nothing"),
    ],
)
def test_a_forged_link_opens_nothing(client, activity, during, link):
    path = f"/compteur/{forged(activity)[link]}"
    page, sent = client.get(path), client.post(f"{path}/touches", json=[told()])
    assert (page.status_code, sent.status_code) == (404, 404)
    assert "Ce lien n’ouvre aucun compteur" in text_of(page)
    assert "Ce lien n’ouvre aucun compteur" in sent.json["error"]
    assert client.post(path, data={"cle": str(uuid4()), "touche": "public-1"}).status_code == 404
    assert count_of_taps() == 0


# ---- What the script sends ----


def test_two_telephones_see_what_the_other_counted(door, activity):
    slot = activity.slots[0].id
    assert door([told(5, slot=slot), told(25, "pupils")]).json == {
        "refused": [],
        "on_the_whole": [],
        "total": {"public": 5, "pupils": 25, "adults": 0},
        "sessions": {str(slot): NOTHING | {"public": 5}},
    }
    assert door([told(2, "adults")]).json["total"] == {"public": 5, "pupils": 25, "adults": 2}
    assert door([]).json["total"] == {"public": 5, "pupils": 25, "adults": 2}


def test_what_is_sent_again_counts_once(door):
    batch = [told(), told(5), told(-1)]
    first = door(batch).json
    assert door(batch).json == first
    assert first["total"] == NOTHING | {"public": 5}


def test_keys_are_refused_and_sessions_forgiven_by_name(door):
    other = make_activity(on(3))
    theirs = Touch(key=str(uuid4()), visitor=Visitor.PUBLIC, amount=9)
    keep_touches(other, [theirs], at=on(3, 11))
    stray = told(slot=other.slots[0].id)
    answer = door([stray, told(slot=2**70), told(slot="x"), told() | {"key": theirs.key}]).json
    assert answer["refused"] == [theirs.key]
    assert len(answer["on_the_whole"]) == 3
    assert answer["total"] == NOTHING | {"public": 3}
    assert answer["sessions"] == {}
    assert counted_at_doors(other).whole == Headcount(public=9)


@pytest.mark.parametrize(
    "at",
    [None, "", "hier", 12, "2026-10-03", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", []],
)
def test_a_clock_that_is_wrong_keeps_nobody_from_being_counted(door, at):
    assert door([told(at=at)]).status_code == 200
    kept = database.session.scalars(select(Tap)).one()
    assert kept.touched_at == kept.received_at == on(3, 11)


BROKEN = [
    {"key": "x"},
    {"key": "A" * 36},
    {"key": None},
    {"key": "\ud800"},
    {"visitor": "teachers"},
    {"visitor": None},
    {"amount": 0},
    {"amount": 1_001},
    {"amount": -1_001},
    {"amount": 2**70},
    {"amount": True},
    {"amount": "1"},
    {"amount": 1.5},
    {"amount": None},
]


@pytest.mark.parametrize("broken", BROKEN, ids=json.dumps)
def test_a_touch_that_cannot_be_read_is_told_and_nothing_is_counted(door, broken):
    answer = door([told(), told() | broken])
    assert answer.status_code == 400
    assert (
        answer.json["error"]
        == "La touche n°\u00a02 n’a pas pu être lue\u00a0: rien n’a été compté."
    )
    assert count_of_taps() == 0


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"null", b"{}", b'"x"', b"\xff\xfe", b"[" * 100_000, b"NaN"),
        *(b"[1]", b"[null]", b"[[]]", b'["x"]', b"[{}]", b"9" * 5_000),
    ],
)
def test_what_is_no_list_of_touches_is_refused_in_words(client, path, during, body):
    answer = client.post(f"{path}/touches", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"]


def test_too_much_at_once_is_refused_in_words(client, door, path):
    assert door([told() for _each in range(501)]).status_code == 400
    heavy = client.post(
        f"{path}/touches", data=b" " * (256 * 1024 + 1), content_type="application/json"
    )
    assert (heavy.status_code, "à la fois" in heavy.json["error"]) == (413, True)
    assert door([told() for _each in range(500)]).json["total"] == NOTHING | {"public": 500}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_taken_so_that_no_other_site_sends_any(client, path, during, kind):
    answer = client.post(f"{path}/touches", data=json.dumps([told()]), content_type=kind)
    assert answer.status_code == 415
    assert count_of_taps() == 0


@pytest.mark.parametrize("number", [0, 1, 300])
def test_a_sending_asks_as_many_questions_whatever_it_holds(door, queries, number):
    door([])
    with queries() as asked:
        door([told() for _each in range(number)])
    assert len(asked) == (8 if number else 4), asked


# ---- Without script ----


def press(client, path, page, **typed):
    key = found(r'name="cle" value="([^"]+)"', page)
    return client.post(path, data={"cle": key} | typed)


def test_each_press_counts_once_without_script(client, activity, path, during):
    slot = activity.slots[1].id
    page = client.get(path)
    sent = press(client, path, page, touche="classe", classe="28", creneau=str(slot))
    assert sent.status_code == 302
    again = press(client, path, page, touche="classe", classe="28", creneau=str(slot))
    assert again.location == sent.location
    done = Counted(whole=Headcount(pupils=28), by_slot={slot: Headcount(pupils=28)})
    assert counted_at_doors(activity) == done

    follows = client.get(sent.location)
    assert f'value="{slot}"' in follows.text
    assert re.search(r'<option value="28"\s*selected', follows.text)
    assert "Pour ce créneau : 28" in text_of(follows)
    assert "Annuler : +28 élèves" in text_of(follows)

    last = found(r'name="annule"\s+value="([^"]+)"', follows)
    for _each in range(2):
        press(client, path, follows, annule=last)
    assert counted_at_doors(activity).is_nothing


def test_a_touch_that_was_taken_back_is_not_taken_back_again_by_going_back(
    client, activity, path, during
):
    press(client, path, client.get(path), touche="public-1")
    sent = press(client, path, client.get(path), touche="public-5")
    last = found(r"derniere=([^&]+)", type("At", (), {"text": sent.location}))
    follows = client.get(sent.location)
    press(client, path, follows, annule=last)
    again = client.get(sent.location)
    assert "Annuler : +5" not in text_of(again)
    press(client, path, again, annule=last)
    assert counted_at_doors(activity).whole == Headcount(public=1)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"touche": "public-2"},
        {"touche": "x" * 1_000},
        {"touche": "public-1", "cle": "x"},
        {"annule": "x" * 1_000},
        {"annule": str(uuid4())},
    ],
)
def test_what_is_no_button_of_ours_counts_nobody(client, path, during, typed):
    assert press(client, path, client.get(path), **typed).status_code == 302
    assert count_of_taps() == 0


@pytest.mark.parametrize("size", ["0", "-3", "1000", "x", "", "9" * 1_000])
def test_a_class_of_no_size_has_the_usual_one(client, activity, path, during, size):
    press(client, path, client.get(path), touche="classe", classe=size)
    assert counted_at_doors(activity).whole == Headcount(pupils=25)


@pytest.mark.parametrize("query", ["creneau=x&classe=x&derniere=x", "creneau=99999999999999"])
def test_an_address_that_asks_for_nothing_known_shows_the_counter(client, path, during, query):
    assert client.get(f"{path}?{query}").status_code == 200


def test_less_than_nobody_is_shown_as_nobody_and_said(client, door, path):
    door([told(-3), told(2, "adults")])
    page = client.get(path)
    assert re.search(r'data-figure="total">2<', page.text)
    assert re.search(r'data-figure="public">0<', page.text)
    assert "On a annulé plus de personnes" in text_of(page)


def test_what_opens_it_without_network_is_served_beside_it(client):
    answer = client.get("/compteur/hors-ligne.js", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


# ---- Those who organise ----


@pytest.fixture
def member(ada, activity, sign_in):
    """Give a way to be a member now: a session does not last from one month to another."""
    return lambda: sign_in(ada)


def test_members_find_the_way_to_the_counter_before_and_after(member, activity, clock):
    page = f"/mes-bilans/{activity.id}"
    early = member().get(page)
    assert early.status_code == 403
    text = text_of(early)
    assert "Compter les visiteurs à l’entrée" in text
    assert "Il ouvrira le vendredi 2 octobre 2026." in text
    link = found(r'value="https://fete\.example\.org(/compteur/[^"]+)"', early)
    assert 'class="qr-code"' in early.text
    clock.move_to(on(3, 11))
    assert member().get(link).status_code == 200
    clock.move_to(on(5))
    assert "Copier l’adresse" in text_of(member().get(page))
    clock.move_to(from_paris(date(2026, 12, 16), time(9)))
    assert "Compter les visiteurs à l’entrée" not in text_of(member().get(page))
    assert (
        f"/mes-bilans/{activity.id}#compteur"
        in member().get(f"/mes-activites/{activity.id}/apercu").text
    )


def test_what_is_only_online_has_no_door_to_count_at(member, activity, clock):
    clock.move_to(on(3, 11))
    page = f"/mes-bilans/{activity.id}"
    assert "Compter les visiteurs à l’entrée" in text_of(member().get(page))
    for slot in database.session.get_one(Activity, activity.id).slots:
        slot.state = SlotState.MOVED_ONLINE
    database.session.commit()
    assert "Compter les visiteurs à l’entrée" not in text_of(member().get(page))


def test_the_sheet_for_the_doors_is_for_those_who_report(member, activity, sign_in):
    sheet = member().get(f"/compteur/affiche/{activity.id}")
    assert sheet.status_code == 200
    assert "Le ciel de Gascogne" in text_of(sheet)
    assert 'class="qr-code"' in sheet.text
    assert sign_in(make_user()).get(f"/compteur/affiche/{activity.id}").status_code == 404


def field(name, page):
    found = re.search(rf'<input[^>]*name="{name}"[^>]*?(?:value="([^"]*)")', page.text)
    return found[1] if found else None


@pytest.fixture
def after_counting(activity, clock):
    slot = activity.slots[0].id
    touches = [
        Touch(key=str(uuid4()), visitor=Visitor.PUBLIC, amount=130, slot_id=slot),
        Touch(key=str(uuid4()), visitor=Visitor.PUPILS, amount=50),
        Touch(key=str(uuid4()), visitor=Visitor.ADULTS, amount=-2),
    ]
    keep_touches(activity, touches, at=on(3, 11))
    clock.move_to(on(5))
    return activity


def shown(page):
    method = re.search(r'name="method"[^>]*value="(\w+)"[^>]*checked', page.text)
    return (*(field(name, page) for name in ("public", "pupils", "adults")), method and method[1])


@pytest.mark.parametrize("draft", [False, True])
def test_a_report_without_figures_begins_from_the_counter(member, after_counting, draft):
    if draft:
        figures = dict.fromkeys(
            ("public", "pupils", "adults", "online", "researchers", "mediators", "volunteers")
        )
        make_report(
            after_counting,
            status=ReportStatus.DRAFT,
            outcome=None,
            method=None,
            others=None,
            **figures,
        )
    page = member().get(f"/mes-bilans/{after_counting.id}")
    assert shown(page) == ("130", "50", "0", Method.CLICKER.value)
    text = text_of(page)
    assert "Le compteur du site a compté 180 visiteurs (grand public : 130, élèves : 50" in text
    assert "Les champs en viennent" in text
    assert "ce qui manque est à zéro" in text
    assert "de 10 h à 12 h : 130 visiteurs" in text


def test_figures_counted_session_by_session_begin_the_report_so(member, after_counting):
    slot = after_counting.slots[0].id
    page = member().get(f"/mes-bilans/{after_counting.id}")
    # Every touch of the public named its session; those of the pupils did not.
    assert field(f"session_{slot}_public", page) == "130"
    assert field(f"session_{slot}_pupils", page) in (None, "")


def test_what_was_told_already_stays_and_the_counter_is_beside_it(member, after_counting):
    make_report(after_counting, status=ReportStatus.DRAFT, public=7, pupils=None, adults=None)
    page = member().get(f"/mes-bilans/{after_counting.id}")
    assert shown(page)[0] == "7"
    text = text_of(page)
    assert "Le compteur du site a compté 180 visiteurs" in text
    assert "Les champs en viennent" not in text


def test_what_was_counted_replaces_what_was_told_when_one_asks_for_it(member, after_counting):
    make_report(after_counting, status=ReportStatus.DRAFT, public=7, pupils=None, adults=None)
    path = f"/mes-bilans/{after_counting.id}"
    client = member()
    page = client.get(path)
    assert "Reprendre les chiffres du compteur" in text_of(page)
    # The key Enter presses the first button of a form.
    assert page.text.index('name="deposer"') < page.text.index('name="compteur"')
    sent = {"version": "1", "public": "7", "others": "5", "remarks": "Il pleuvait."}
    page = client.send(path, sent | {"compteur": "oui"}, token_from=path)
    assert shown(page) == ("130", "50", "0", Method.CLICKER.value)
    text = text_of(page)
    assert "Les champs en viennent" in text
    assert "Ils ne sont pas encore enregistrés." in text
    assert "Reprendre les chiffres du compteur" not in text
    assert field("others", page) == "5"
    assert "Il pleuvait." in text
    assert kept_report(after_counting).public == 7


def test_figures_that_are_those_of_the_counter_are_not_offered_again(member, after_counting):
    make_report(after_counting, status=ReportStatus.FILED, public=130, pupils=50, adults=0)
    page = member().get(f"/mes-bilans/{after_counting.id}")
    assert "Reprendre les chiffres du compteur" not in text_of(page)


def test_where_nobody_counted_nothing_is_filled_in(member, activity, clock):
    one = Touch(key=str(uuid4()), visitor=Visitor.PUBLIC, amount=4)
    back = Touch(key=str(uuid4()), visitor=Visitor.PUBLIC, amount=-4)
    keep_touches(activity, [one, back], at=on(3, 11))
    clock.move_to(on(5) + timedelta(hours=1))
    page = member().get(f"/mes-bilans/{activity.id}")
    assert shown(page)[0] in (None, "")
    assert "Le compteur du site" not in text_of(page).replace("Avec le compteur du site", "")


def count_of_taps():
    return database.session.scalar(select(func.count()).select_from(Tap))
