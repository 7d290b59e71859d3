"""Each letter to who left an address, compared whole."""

from datetime import date, time, timedelta

import pytest

from fete.alerts import mails
from fete.alerts.forms import filters_of
from fete.alerts.services import follow, tell_followers
from fete.core.clock import from_paris, now
from fete.core.db import transaction
from fete.core.settings import settings
from fete.mailing.delivery import Envelope, composed
from fete.programme.models import Activity
from fete.programme.services.review import change_slot, take_step
from fete.programme.workflow import SlotState, Status, Step
from tests.factories.accounts import make_coordinator
from tests.factories.alerts import ADA, make_follow, subject_of
from tests.factories.programme import make_activity, make_venue
from tests.letters import compare

TEN = from_paris(date(2026, 10, 3), time(10))
DAY = timedelta(days=1)


def make_sky(*starts, **values) -> Activity:
    return make_activity(
        *(starts or (TEN,)),
        title="Le ciel <b>à l’œil nu</b>",
        venue=make_venue(name="Halle aux grains"),
        **values,
    )


def hers(letters):
    (letter,) = [letter for letter in letters() if letter.to_address == ADA]
    return letter


def tell() -> int:
    return tell_followers(at=now(), keeping=transaction, reading=filters_of)


def test_the_letter_that_asks_to_confirm_an_activity(db, letters, samples):
    follow(subject_of(make_sky()), email=ADA, language="fr", at=now())
    compare(hers(letters), samples, "alerts/confirm_activity")


def test_the_letter_that_asks_to_confirm_a_search(db, letters, samples):
    follow(subject_of({"departement": "32"}), email=ADA, language="fr", at=now(), wants_new=True)
    compare(hers(letters), samples, "alerts/confirm_search")


def test_the_letter_that_tells_of_one_activity(db, letters, samples, clock):
    activity = make_sky(TEN, TEN + DAY)
    make_follow(activity)
    change_slot(
        activity.slots[1],
        SlotState.CANCELLED,
        by=make_coordinator(),
        at=now(),
        reason="La salle est inondée <script>",
    )
    clock.shift(DAY)
    assert tell() == 1
    compare(hers(letters), samples, "alerts/changes")


def test_the_letter_that_tells_of_several(db, letters, samples, clock):
    by = make_coordinator()
    sky, sea = make_sky(), make_activity(title="La mer")
    make_follow({"departement": "32"})
    take_step(sky, Step.WITHDRAW, by=by, at=now(), reason="Entre nous")
    change_slot(sea.slots[0], SlotState.FULL, by=by, at=now())
    clock.shift(DAY)
    assert tell() == 1
    compare(hers(letters), samples, "alerts/changes_several")


def test_the_letter_that_tells_what_is_new(db, letters, samples, clock):
    make_follow({"departement": "32"}, wants_new=True)
    clock.shift(timedelta(minutes=1))
    take_step(make_sky(status=Status.SUBMITTED), Step.PUBLISH, by=make_coordinator(), at=now())
    clock.shift(DAY)
    assert tell() == 1
    compare(hers(letters), samples, "alerts/news")


def test_a_long_letter_tells_the_first_and_how_many_more(db, letters, clock):
    by = make_coordinator()
    many = [
        make_activity(*(TEN + hours * timedelta(hours=3) for hours in range(slots)))
        for slots in [mails.MOST_SLOTS + 2, *[1] * mails.MOST_ACTIVITIES]
    ]
    make_follow({"departement": "32"})
    for activity in many:
        for slot in activity.slots:
            change_slot(slot, SlotState.FULL, by=by, at=now())
    clock.shift(DAY)
    assert tell() == 1
    letter = hers(letters)
    assert letter.subject == f"{len(many)} activités que vous suivez ont changé"
    assert letter.text.count("complet.") == mails.MOST_SLOTS + mails.MOST_ACTIVITIES - 1
    assert "- et 2 autres dates" in letter.text
    assert "Et 1 autre activité, à voir dans le programme" in letter.text
    assert letter.html.count("complet.") == letter.text.count("complet.")


@pytest.mark.parametrize(("language", "start"), [("fr", "/"), ("en", "/en/")])
def test_letters_are_in_the_language_of_who_asked_and_lead_there(
    db, letters, clock, language, start
):
    activity = make_sky()
    make_follow(activity, language=language)
    follow(subject_of(make_sky()), email=ADA, language=language, at=now())
    change_slot(activity.slots[0], SlotState.FULL, by=make_coordinator(), at=now())
    clock.shift(DAY)
    assert tell() == 1
    asked, told = [letter for letter in letters() if letter.to_address == ADA]
    for letter in (asked, told):
        assert f'<html lang="{language}">' in letter.html
        assert f"https://fete.example.org{start}prevenez-moi/mes-alertes/" in letter.text
        assert letter.stop_address.startswith(
            f"https://fete.example.org{start}prevenez-moi/arreter/"
        )
        assert letter.stop_address in letter.text


def test_what_is_new_is_told_in_the_language_of_its_reader(db, letters, clock):
    make_follow({"departement": "32"}, wants_new=True, language="en")
    clock.shift(timedelta(minutes=1))
    take_step(make_sky(status=Status.SUBMITTED), Step.PUBLISH, by=make_coordinator(), at=now())
    clock.shift(DAY)
    assert tell() == 1
    assert "Saturday 3 October 2026, from 10:00 to 12:00" in hers(letters).text


def test_who_follows_something_already_is_not_told_that_their_address_goes(db, letters):
    make_follow(make_activity())
    follow(subject_of(make_sky()), email=ADA, language="fr", at=now())
    assert "ce que vous suivez déjà ne change pas" in hers(letters).text
    assert "sera effacée" not in hers(letters).text


def test_a_mail_program_shows_a_button_to_stop(db, letters, app):
    make_sky()
    follow(subject_of(make_sky()), email=ADA, language="fr", at=now())
    letter = hers(letters)
    message = composed(
        Envelope(
            number=1,
            written_at=now(),
            address=letter.to_address,
            name=letter.to_name,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            stop_address=letter.stop_address,
        ),
        settings(),
        encoding="8bit",
    )
    assert message["List-Unsubscribe"] == f"<{letter.stop_address}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["To"] == ADA
