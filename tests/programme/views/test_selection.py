"""The page of what one chose: an ordinary page under an address that names the activities, for whoever opens it."""

import re
from datetime import date, datetime, time
from html import unescape

import html5lib
import pytest

from fete.core.clock import from_paris
from fete.core.db import db as database
from fete.programme.forms.filters import MOST_ACTIVITIES
from fete.programme.models import Activity, Booking, EditionState
from fete.programme.workflow import SlotState, Status
from tests.conftest import Browser
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue

FRIDAY, SATURDAY, SUNDAY = (date(2026, 10, day) for day in (2, 3, 4))
HOSTILE = ["abc", "0", "-5", "99999999999999999999", "1;DROP TABLE", "9" * 1000, ",,x,,"]


def at(day: date, hour: int = 10) -> datetime:
    return from_paris(day, time(hour))


def address(*activities: Activity, **values: str) -> str:
    named = ",".join(str(activity.id) for activity in activities)
    further = "".join(f"&{word}={value}" for word, value in values.items())
    return f"/mon-programme?activites={named}{further}"


def page(client: Browser, path: str, status: int = 200) -> str:
    """Return a page, its no-break spaces as plain ones."""
    answer = client.get(path)
    assert answer.status_code == status, path
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")


def words(html: str) -> str:
    """Return what is read of the content, in one line."""
    main = html.partition("<main")[2].partition('<div class="said"')[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def titles(html: str) -> list[str]:
    return re.findall(r"<h3>\s*<a[^>]*>(.*?)</a>", html)


def links(html: str, label: str) -> list[str]:
    """Return where the links lead that begin with these words."""
    found = re.findall(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    bare = ((href, " ".join(re.sub(r"<[^>]+>", " ", text).split())) for href, text in found)
    return [href for href, text in bare if text.startswith(label)]


def changed(activity: Activity, **values: object) -> Activity:
    for name, value in values.items():
        setattr(activity, name, value)
    database.session.flush()
    return activity


def test_what_was_chosen_stands_day_by_day_at_its_hours(client):
    first = make_activity(at(SUNDAY, 14), at(FRIDAY, 9), title="La première")
    second = make_activity(at(FRIDAY, 8), at(FRIDAY, 16), title="La seconde")
    make_activity(at(FRIDAY), title="Non choisie")
    html = page(client, address(first, second))
    assert re.findall(r'<h2 class="day"[^>]*>(.*?)</h2>', html) == [
        "vendredi 2 octobre 2026",
        "dimanche 4 octobre 2026",
    ]
    assert titles(html) == ["La seconde", "La première", "La première"]
    assert "2 activités choisies." in words(html)
    assert "8 h – 10 h" in words(html)
    assert "16 h – 18 h" in words(html)
    assert "Non choisie" not in html


def test_what_is_over_comes_last_and_folded(client, clock):
    activity = make_activity(at(FRIDAY), at(SUNDAY), title="Deux fois")
    clock.move_to(at(SATURDAY))
    html = page(client, address(activity))
    coming, over = html.split('<details class="over">')
    assert "dimanche 4 octobre" in coming
    assert "vendredi 2 octobre" not in coming
    assert "vendredi 2 octobre" in over
    clock.move_to(at(date(2026, 12, 1)))
    assert '<details class="over" open>' in page(client, address(activity))


def test_what_falls_at_the_same_time_is_said_in_words(client):
    one = make_activity(at(SATURDAY, 10), at(SUNDAY, 10), title="Le volcan")
    other = make_activity(at(SATURDAY, 11), title="La marée")
    html = words(page(client, address(one, other)))
    assert "Des séances tombent en même temps" in html
    assert (
        "En même temps que « La marée » (11 h – 13 h) ."
        " Autre séance, sans rien d’autre en même temps : dimanche 4 octobre 2026 à 10 h."
    ) in html
    assert "En même temps que « Le volcan » (10 h – 12 h) ." in html
    alone = words(page(client, address(one)))
    assert "en même temps" not in alone.lower()


def test_many_at_the_same_time_are_counted_beyond_three(client):
    chosen = [make_activity(at(SATURDAY), title=f"Titre {number}") for number in range(6)]
    html = words(page(client, address(*chosen)))
    assert html.count("et 2 autres.") == 6


def test_opening_hours_are_told_apart_from_sessions(client):
    session = make_activity(at(SATURDAY, 10), title="Atelier")
    exhibition = make_activity(at(SATURDAY, 9), title="Exposition")
    exhibition.slots[0].is_opening = True
    english = words(page(client, f"/en{address(session, exhibition)}"))
    assert "During the opening hours of “Exposition” (09:00 – 11:00)" in english
    html = words(page(client, address(session, exhibition)))
    assert "9 h – 11 h on vient quand on veut" in html
    assert "Pendant les horaires d’ouverture de « Exposition » (9 h – 11 h) ." in html
    assert "En même temps que" not in html
    assert "Des séances tombent" not in html


def test_states_notes_and_booking_are_said(client):
    activity = make_activity(*(at(SATURDAY, hour) for hour in (8, 10, 12, 14, 16, 18)))
    for slot, state in zip(activity.slots, SlotState, strict=True):
        slot.state = state
    activity.slots[0].note = "Entrée par la cour"
    changed(activity, booking=Booking.REQUIRED)
    html = words(page(client, address(activity)))
    for said in ("Horaire changé", "En ligne", "Reporté", "Complet", "Annulé", "sur réservation"):
        assert said in html
    assert "Entrée par la cour" in html


def test_what_is_not_in_the_programme_is_counted_and_nothing_of_it_is_told(client):
    shown = make_activity(title="Publique")
    gone = [
        make_activity(title=f"Secret {status.name}", status=status)
        for status in Status
        if status is not Status.PUBLISHED
    ]
    unseen = make_edition(2027, state=EditionState.PREPARED)
    gone.append(make_activity(edition=unseen, title="Secret de l’an prochain"))
    html = page(client, address(shown, *gone) + ",987654")
    assert titles(html) == ["Publique"]
    assert f"{len(gone) + 1} activités ne sont plus au programme." in words(html)
    assert "Secret" not in html
    [way] = links(html, "Les oublier")
    assert titles(page(client, way)) == ["Publique"]
    # Nothing of them is passed on.
    assert f'value="https://fete.example.org/mon-programme?activites={shown.id}"' in html


def test_nothing_found_is_told_with_a_way_on(client):
    gone = make_activity(title="Secret", status=Status.WITHDRAWN, published_at=at(FRIDAY))
    html = page(client, address(gone), status=404)
    assert "n’est pas au programme, ou n’y est plus" in words(html)
    assert links(html, "Choisir dans le programme") == ["/programme"]
    assert "Secret" not in html


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_no_number_is_answered_in_words(client, typed):
    html = page(client, f"/mon-programme?activites={typed}", status=404)
    assert "L’activité demandée n’est pas au programme" in words(html)
    activity = make_activity(title="Publique")
    html = page(client, f"{address(activity)},{typed}&retirees={typed}")
    assert "1 activité n’est plus au programme." in words(html)


def test_an_address_without_activities_explains(client):
    for path in ("/mon-programme", "/mon-programme?activites=", "/mon-programme?activites=%00,"):
        html = page(client, path)
        assert "Rien n’est encore choisi ici." in words(html)
        assert "Les étoiles demandent JavaScript" in words(html)
        assert links(html, "Choisir dans le programme") == ["/programme"]


def test_more_than_can_be_kept_is_cut_and_told(client):
    activity = make_activity(title="Publique")
    many = ",".join(str(number) for number in range(900_000_000, 900_000_000 + MOST_ACTIVITIES))
    html = page(client, f"{address(activity)},{many}")
    assert titles(html) == ["Publique"]
    assert "L’adresse en demande davantage : seules 200 activités sont lues." in words(html)
    assert f'data-most="{MOST_ACTIVITIES}"' in html


def test_one_is_taken_off_and_put_back_without_script(client):
    one, other = make_activity(title="Une"), make_activity(at(SUNDAY), title="Autre")
    way, _other = links(page(client, address(one, other)), "Retirer")
    html = page(client, way)
    assert titles(html) == ["Autre"]
    assert "« Une » ne fait plus partie de cette sélection." in words(html)
    [back] = links(html, "Annuler")
    assert titles(page(client, back)) == ["Une", "Autre"]


def test_all_are_taken_off_and_put_back_without_script(client):
    one, other = make_activity(title="Une"), make_activity(at(SUNDAY), title="Autre")
    [way] = links(page(client, address(one, other)), "Tout retirer")
    html = page(client, way)
    assert "2 activités ne font plus partie de cette sélection." in words(html)
    assert "Rien n’est encore choisi ici." in words(html)
    [back] = links(html, "Annuler")
    assert titles(page(client, back)) == ["Une", "Autre"]


def test_what_was_taken_off_is_named_only_if_the_public_may_see_it(client):
    secret = make_activity(title="Secret", status=Status.DRAFT)
    html = page(client, f"/mon-programme?retirees={secret.id}")
    assert "Secret" not in html
    assert "1 activité ne fait plus partie de cette sélection." in words(html)


def test_its_calendar_and_its_subscription_hold_just_that(client):
    one, other = make_activity(title="Une"), make_activity(at(SUNDAY), title="Autre")
    make_activity(title="Non choisie")
    html = page(client, address(other, one))
    chosen = f"activites={one.id},{other.id}"
    assert links(html, "Agenda (iCalendar, environ 3 ko)") == [f"/agenda.ics?{chosen}"]
    assert links(html, "S’abonner à ces activités") == [f"/abonnement?{chosen}"]
    calendar = client.get(f"/agenda.ics?{chosen}").text
    assert re.findall(r"SUMMARY:(.*)\r", calendar) == ["Une", "Autre"]


def test_a_selection_of_a_past_edition_keeps_its_year(client):
    past = make_activity(edition=make_edition(2025), title="L’an passé")
    make_edition(2026)
    html = page(client, address(past))
    assert titles(html) == ["L’an passé"]
    assert links(html, "Agenda (iCalendar, environ 2 ko)") == [
        f"/agenda/2025.ics?activites={past.id}"
    ]
    assert links(html, "S’abonner à ces activités") == [
        f"/abonnement?activites={past.id}&annee=2025"
    ]


def test_the_address_to_pass_on_is_on_the_configured_host_in_the_language_read(client):
    activity = make_activity(title='<b>"Piège"</b>')
    html = page(client, address(activity, q="autre", utm_source="x"))
    shared = f"https://fete.example.org/mon-programme?activites={activity.id}"
    assert f'value="{shared}"' in html
    assert "mailto:?subject=Un%20programme" in html
    assert f"body=https%3A//fete.example.org/mon-programme%3Factivites%3D{activity.id}" in html
    assert '<svg aria-hidden="true" focusable="false" viewBox=' in html
    english = page(client, "/en" + address(activity))
    assert f'value="https://fete.example.org/en/mon-programme?activites={activity.id}"' in english


def test_titles_are_escaped_wherever_they_land(client):
    activity = make_activity(title='<img src=x onerror="alert(1)">')
    for path in (address(activity), "/programme", f"/mon-programme?retirees={activity.id}"):
        assert "<img src=x" not in client.get(path).text


def test_search_engines_leave_it_alone(client):
    activity = make_activity()
    for path in ("/mon-programme", address(activity)):
        assert '<meta name="robots" content="noindex" />' in page(client, path)
    assert not client.get(address(activity)).headers.getlist("Set-Cookie")


def test_the_stars_wait_for_the_script_that_does_them(client):
    activity = make_activity(title="Observer la Lune")
    for path in ("/programme", f"/activites/{activity.id}-{activity.slug}"):
        [star] = re.findall(
            r'<button[^>]*data-star="\d+".*?</button>', page(client, path), re.DOTALL
        )
        assert f'data-star="{activity.id}"' in star
        assert 'aria-pressed="false"' in star
        assert " hidden>" in star
        assert "Garder dans mon programme" in star


@pytest.mark.parametrize("count", [1, 3, 200])
def test_the_page_costs_the_same_whatever_it_holds(client, queries, count):
    venue, organisation = make_venue(), make_organisation()
    chosen = [
        make_activity(at(SATURDAY), at(SUNDAY), venue=venue, organisation=organisation)
        for _number in range(count)
    ]
    path = address(*chosen)
    database.session.expire_all()
    with queries() as asked:
        page(client, path)
    assert len(asked) == 15
