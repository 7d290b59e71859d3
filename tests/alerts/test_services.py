"""Who follows something is told of it once, of nothing else, and of nothing more once they stop."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from fete.accounts.models import User
from fete.alerts import mails
from fete.alerts.forms import filters_of
from fete.alerts.models import SEARCH_LENGTH, Follow, Follower, Told
from fete.alerts.queries import find_by_address
from fete.alerts.rules import QUIET
from fete.alerts.services import (
    KEPT_AFTER_EDITION,
    UNCONFIRMED_KEPT,
    Subject,
    choose_news,
    confirm,
    erase,
    follow,
    forget_follows,
    stop,
    tell_followers,
)
from fete.core.clock import from_paris, now
from fete.core.db import db as database, transaction
from fete.core.errors import RuleBrokenError
from fete.mailing.models import Letter
from fete.mailing.services import Recipient, enqueue, send_waiting
from fete.programme.models import Activity, Slot
from fete.programme.rules.slots import planned_of
from fete.programme.services.activities import plan_slots, rewrite
from fete.programme.services.merging import merge
from fete.programme.services.review import cancel_activity, change_slot, take_step
from fete.programme.workflow import SlotState, Status, Step
from tests.factories.accounts import make_coordinator
from tests.factories.alerts import ADA, make_follow, subject_of
from tests.factories.programme import make_activity, make_edition, make_venue

TEN = from_paris(date(2026, 10, 3), time(10))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ZOE = "zoe@example.org"


@pytest.fixture
def by(db) -> User:
    return make_coordinator()


@pytest.fixture
def tell(clock):
    """Let a while pass, then look for what is to be told."""

    def after(while_: timedelta = QUIET) -> int:
        clock.shift(while_)
        return tell_followers(at=now(), keeping=transaction, reading=filters_of)

    return after


def count(model: type) -> int:
    return database.session.scalar(select(func.count()).select_from(model)) or 0


def say(activity: Activity, state: SlotState, *, by: User, number: int = 0, note: str = "") -> None:
    change_slot(activity.slots[number], state, by=by, at=now(), reason=note)


def move(activity: Activity, hours: int, *, by: User, number: int = 0) -> None:
    planned = [planned_of(slot) for slot in activity.slots]
    kept = planned[number]
    planned[number] = type(kept)(
        id=kept.id,
        starts_at=kept.starts_at + timedelta(hours=hours),
        ends_at=kept.ends_at + timedelta(hours=hours),
        capacity=kept.capacity,
    )
    plan_slots(activity, planned, by=by, at=now())


def told(letters) -> list[tuple[str, str]]:
    return [(letter.to_address, letter.subject) for letter in letters()]


def test_a_follow_is_asked_once_and_told_of_only_when_confirmed(db, by, letters, tell, clock):
    activity = make_activity(title="Le ciel")
    for typed in (ADA, " Ada@Example.ORG "):
        follow(subject_of(activity), email=typed, language="fr", at=now())
    assert told(letters) == [(ADA, "Confirmez que vous voulez être prévenu·e")]
    assert (count(Follower), count(Follow)) == (1, 1)
    say(activity, SlotState.CANCELLED, by=by)
    assert tell() == 0
    # Asked again later: the first letter may be lost.
    follow(subject_of(activity), email=ADA, language="en", at=now())
    assert [letter.kind for letter in letters()] == [mails.CONFIRM] * 2
    assert (count(Follower), count(Follow), count(Told)) == (1, 1, 0)


def test_one_address_follows_several_things_and_a_thing_has_several_followers(db, letters):
    one, other = make_activity(), make_activity()
    search = subject_of({"departement": "32"})
    first, second = subject_of(one), subject_of(other)
    for subject, email in [
        *((each, ADA) for each in (first, second, search)),
        *((each, ZOE) for each in (first, search)),
    ]:
        follow(subject, email=email, language="fr", at=now())
    assert (count(Follower), count(Follow), len(letters())) == (2, 5, 5)


def test_a_search_too_long_to_be_kept_is_refused(db, letters):
    long = "q=" + "a" * (SEARCH_LENGTH - 1)
    subject = Subject(edition_id=make_edition().id, search=long)
    with pytest.raises(RuleBrokenError, match="trop longue"):
        follow(subject, email=ADA, language="fr", at=now())
    assert (count(Follower), letters()) == (0, [])


def test_what_stood_at_the_confirmation_is_known(db, by, letters, tell):
    activity = make_activity(TEN, TEN + DAY)
    say(activity, SlotState.CANCELLED, by=by)
    make_follow(activity)
    assert tell() == 0
    assert count(Told) == 2


@pytest.mark.parametrize(
    ("state", "subject"),
    [
        (SlotState.CANCELLED, "Annulé : Le ciel"),
        (SlotState.POSTPONED, "Reporté : Le ciel"),
        (SlotState.FULL, "Complet : Le ciel"),
        (SlotState.MOVED_ONLINE, "En ligne : Le ciel"),
    ],
)
def test_a_change_is_told_once_when_it_is_quiet(db, by, letters, tell, state, subject):
    activity = make_activity(title="Le ciel")
    make_follow(activity)
    say(activity, state, by=by)
    assert tell(QUIET - MINUTE) == 0
    assert tell(MINUTE) == 1
    assert [each for each in told(letters) if each[0] == ADA] == [(ADA, subject)]
    assert tell() == 0
    assert tell(DAY) == 0


def test_a_new_hour_and_a_new_place_are_told(db, by, letters, tell):
    activity = make_activity(title="Le ciel")
    make_follow(activity)
    move(activity, 4, by=by)
    assert tell() == 1
    rewrite(activity, by=by, at=now(), venue=make_venue(name="Moulin"))
    assert tell() == 1
    assert [subject for address, subject in told(letters) if address == ADA] == [
        "Nouvel horaire : Le ciel",
        "Nouveau lieu : Le ciel",
    ]


def test_what_only_calendars_learn_is_not_written_and_not_looked_at_again(db, by, tell, queries):
    activity = make_activity()
    make_follow(activity)
    rewrite(activity, by=by, at=now(), title="Un autre titre")
    assert tell() == 0
    (known,) = database.session.scalars(select(Told))
    assert (known.revision, known.version) == (activity.slots[0].revision, activity.version)


def test_what_came_back_before_anybody_was_told_is_not_told(db, by, tell):
    activity = make_activity()
    make_follow(activity)
    say(activity, SlotState.CANCELLED, by=by)
    tell(MINUTE)
    say(activity, SlotState.SCHEDULED, by=by)
    assert tell() == 0


def test_changes_made_one_after_another_make_one_letter(db, by, letters, tell):
    activity = make_activity(TEN, TEN + DAY, title="Le ciel")
    make_follow(activity)
    for number, state in enumerate((SlotState.FULL, SlotState.CANCELLED)):
        say(activity, state, by=by, number=number)
        assert tell(QUIET - MINUTE) == 0
    assert tell(MINUTE) == 1
    (letter,) = [each for each in letters() if each.to_address == ADA]
    assert letter.subject == "Un changement : Le ciel"
    assert "samedi 3 octobre 2026, de 10\u00a0h à 12\u00a0h\u00a0: complet." in letter.text
    assert "dimanche 4 octobre 2026, de 10\u00a0h à 12\u00a0h\u00a0: annulé." in letter.text


def test_what_is_cancelled_and_about_to_begin_leaves_at_once(db, by, tell, clock):
    activity = make_activity()
    make_follow(activity)
    clock.move_to(TEN - timedelta(hours=23))
    say(activity, SlotState.FULL, by=by)
    assert tell(MINUTE) == 0
    say(activity, SlotState.CANCELLED, by=by, note="Orage")
    assert tell(timedelta()) == 1


def test_what_is_over_is_told_to_nobody(db, by, tell, clock):
    activity = make_activity(TEN, TEN + DAY)
    make_follow(activity)
    clock.move_to(TEN + timedelta(hours=3))
    say(activity, SlotState.CANCELLED, by=by)
    assert tell() == 0


def test_what_leaves_the_programme_is_told_and_that_it_is_back_too(db, by, letters, tell):
    activity = make_activity(title="Le ciel")
    make_follow(activity)
    take_step(activity, Step.WITHDRAW, by=by, at=now(), reason="Plus de salle")
    assert tell() == 1
    activity.status = Status.SUBMITTED
    take_step(activity, Step.PUBLISH, by=by, at=now())
    assert tell() == 1
    (gone, back) = [each for each in letters() if each.to_address == ADA]
    assert (gone.subject, back.subject) == (
        "Retiré du programme : Le ciel",
        "Aura bien lieu : Le ciel",
    )
    # A page that is gone is not a way on; why it went is between the structure and the coordination.
    assert "/activites/" not in gone.text + gone.html
    assert "Plus de salle" not in gone.text + gone.html
    assert f"/activites/{activity.id}-le-ciel" in back.text


def test_a_stand_that_keeps_its_village_s_hours_is_told_of_them(db, by, letters, tell):
    village = make_activity(title="Le village", kind="science_village")
    stand = make_activity(title="Le stand", parent=village)
    stand.slots.clear()
    make_follow(stand)
    say(village, SlotState.CANCELLED, by=by)
    assert tell() == 1
    assert [subject for address, subject in told(letters) if address == ADA] == [
        "Annulé : Le stand"
    ]
    say(village, SlotState.SCHEDULED, by=by)
    assert tell() == 1
    # It leaves the village’s slots untouched when it goes alone.
    take_step(stand, Step.WITHDRAW, by=by, at=now(), reason="Malade")
    assert tell() == 1
    assert [subject for address, subject in told(letters) if address == ADA][1:] == [
        "Aura bien lieu : Le stand",
        "Retiré du programme : Le stand",
    ]


def test_a_search_tells_of_what_it_held_even_once_it_holds_it_no_more(db, by, letters, tell):
    here, there = make_activity(title="Ici"), make_activity(title="Ailleurs", commune="31555")
    make_follow({"departement": "32"})
    say(there, SlotState.CANCELLED, by=by)
    rewrite(here, by=by, at=now(), venue=make_venue("31555", name="Quai"))
    assert tell() == 1
    say(here, SlotState.CANCELLED, by=by)
    assert tell() == 1
    assert [subject for address, subject in told(letters) if address == ADA] == [
        "Nouveau lieu : Ici",
        "Annulé : Ici",
    ]


def test_what_a_search_comes_to_hold_is_followed_from_then_on(db, by, letters, tell):
    make_follow({"departement": "32"})
    made = make_activity(title="Venue plus tard")
    assert tell() == 0
    say(made, SlotState.CANCELLED, by=by)
    assert tell() == 1
    assert told(letters)[-1] == (ADA, "Annulé : Venue plus tard")


def test_a_search_without_the_cancelled_ones_tells_that_one_is_cancelled(db, by, tell):
    activity = make_activity()
    make_follow({"annules": "non"})
    say(activity, SlotState.CANCELLED, by=by)
    assert tell() == 1


def test_what_is_followed_twice_is_told_once(db, by, letters, tell):
    activity, other = make_activity(title="Le ciel"), make_activity(title="La mer")
    follows = [make_follow(activity), make_follow({"departement": "32"}), make_follow({"q": "mer"})]
    cancel_activity(activity, by=by, at=now(), reason="Orage")
    say(other, SlotState.FULL, by=by)
    assert tell() == 1
    (letter,) = [each for each in letters() if each.to_address == ADA]
    assert letter.subject == "2 activités que vous suivez ont changé"
    assert letter.text.count("annulé") == letter.text.count("complet") == 1
    assert mails.follows_behind(letter) == {each.id for each in follows}


def test_a_letter_tells_each_follower_of_their_own_and_of_nobody_else(db, by, letters, tell):
    one, other = make_activity(title="Le ciel"), make_activity(title="La mer")
    make_follow(one, ADA)
    make_follow(other, ZOE)
    for activity in (one, other):
        say(activity, SlotState.CANCELLED, by=by)
    assert tell() == 2
    to_ada, to_zoe = (
        next(each for each in letters() if each.to_address == email) for email in (ADA, ZOE)
    )
    assert "La mer" not in to_ada.text + to_ada.html
    assert "Le ciel" not in to_zoe.text + to_zoe.html
    assert ZOE not in to_ada.text + to_ada.html


def test_new_activities_of_a_search_are_told_each_morning_to_who_wishes_it(
    db, by, letters, tell, clock
):
    make_activity(title="Déjà là")
    wished = make_follow({"departement": "32"}, wants_new=True)
    make_follow({"departement": "32"}, ZOE)
    clock.shift(MINUTE)
    for title, commune, status in (
        ("Les étoiles", "32013", Status.SUBMITTED),
        ("Les marées", "32013", Status.SUBMITTED),
        ("Les neiges", "31555", Status.SUBMITTED),
        ("Les ombres", "32013", Status.DRAFT),
    ):
        activity = make_activity(title=title, commune=commune, status=status)
        if status is Status.SUBMITTED:
            take_step(activity, Step.PUBLISH, by=by, at=now())
            if title == "Les marées":
                cancel_activity(activity, by=by, at=now())
    assert tell() == 0
    clock.move_to(from_paris(date(2026, 3, 17), time(6, 50)))
    assert tell(timedelta()) == 0
    assert tell(QUIET) == 1
    assert tell() == 0
    (letter,) = [each for each in letters() if each.kind == mails.NEWS]
    assert (letter.to_address, letter.subject) == (ADA, "Une nouvelle activité au programme")
    assert "Les étoiles" in letter.text
    hidden = ("Déjà là", "Les marées", "Les neiges", "Les ombres")
    assert [title for title in hidden if title in letter.text + letter.html] == []
    # The next day, nothing new; and no more once it is not wished.
    assert tell(DAY) == 0
    choose_news(wished.follower.key, wished.id, wants_new=False, at=now())
    take_step(
        make_activity(title="Les vents", status=Status.SUBMITTED), Step.PUBLISH, by=by, at=now()
    )
    assert tell(DAY) == 0


def test_what_is_back_on_the_programme_is_not_new(db, by, letters, tell, clock):
    activity = make_activity()
    make_follow({"departement": "32"}, wants_new=True)
    clock.shift(MINUTE)
    take_step(activity, Step.WITHDRAW, by=by, at=now(), reason="Erreur")
    activity.status = Status.SUBMITTED
    take_step(activity, Step.PUBLISH, by=by, at=now())
    assert tell(DAY) == 0
    assert [each for each in letters() if each.to_address == ADA] == []


def test_an_activity_has_no_news(db):
    made = make_follow(make_activity(), wants_new=True)
    assert not made.wants_new


def test_who_stops_is_written_to_no_more_not_even_what_waits(db, by, letters, tell):
    one, other = make_activity(title="Le ciel"), make_activity(title="La mer")
    first, second = make_follow(one), make_follow(other)
    key = first.follower.key
    say(one, SlotState.CANCELLED, by=by)
    assert tell() == 1
    say(other, SlotState.CANCELLED, by=by)
    assert tell() == 1
    stop(key, {first.id})
    assert [subject for address, subject in told(letters) if address == ADA] == ["Annulé : La mer"]
    say(one, SlotState.SCHEDULED, by=by)
    assert tell() == 0
    # With the last one the address goes, and what was written to it.
    stop(key, {second.id})
    stop(key, {second.id})
    assert (count(Follower), count(Follow), count(Told)) == (0, 0, 0)
    assert [each for each in letters() if each.to_address == ADA] == []


def test_nobody_stops_what_others_follow(db):
    mine, theirs = make_follow(make_activity(), ADA), make_follow(make_activity(), ZOE)
    stop(mine.follower.key, {theirs.id})
    confirm(
        mine.follower.key,
        theirs.id,
        reading=filters_of,
        wants_new=True,
        language="en",
        at=now(),
    )
    assert (count(Follow), theirs.follower.language) == (2, "fr")


def test_erasing_leaves_nothing_and_touches_nobody_else(db, by, letters, tell):
    activity = make_activity()
    mine, theirs = make_follow(activity, ADA), make_follow(activity, ZOE)
    say(activity, SlotState.CANCELLED, by=by)
    assert tell() == 2
    other = enqueue(
        kind="accounts/nobody",
        to=Recipient(address=ADA, name="", person_id=None),
        subject="Autre chose",
        text="",
        html="",
        at=now(),
    )
    erase(mine.follower.key)
    erase("nobody")
    assert list(database.session.scalars(select(Follow))) == [theirs]
    # What she was written as somebody else’s is not ours to remove.
    assert [letter for letter in letters() if letter.to_address == ADA] == [other]
    assert [letter.kind for letter in letters() if letter.to_address == ZOE] == [mails.CHANGES]


def test_an_address_that_takes_no_letter_is_written_to_no_more(db, by, letters, tell):
    activity = make_activity()
    make_follow(activity, ADA)
    make_follow(activity, ZOE)
    say(activity, SlotState.FULL, by=by)
    assert tell() == 2
    lost = next(each for each in letters() if each.to_address == ADA)
    lost.try_at, lost.failure = None, "550 unknown"
    say(activity, SlotState.CANCELLED, by=by)
    assert tell() == 1
    assert [follower.email for follower in database.session.scalars(select(Follower))] == [ZOE]
    assert ADA not in {letter.to_address for letter in letters()}


@pytest.mark.parametrize(
    "failure",
    [
        "ConnectionRefusedError: [Errno 111] Connection refused",
        "554 5.7.1 Relay access denied",
        "553 5.7.1 Sender address rejected",
        "452 4.2.2 over quota",
    ],
)
def test_a_letter_that_cannot_leave_forgets_nobody(db, by, letters, tell, failure):
    activity = make_activity()
    make_follow(activity)
    say(activity, SlotState.FULL, by=by)
    assert tell() == 1
    (waiting,) = [each for each in letters() if each.to_address == ADA]
    waiting.try_at, waiting.failure = None, failure
    say(activity, SlotState.CANCELLED, by=by)
    assert tell() == 1
    assert (count(Follower), count(Follow)) == (1, 1)
    assert waiting in letters()


def test_what_is_written_anew_after_it_left_keeps_the_name_that_the_public_knew(
    db, by, client, letters, tell
):
    activity = make_activity(title="Le ciel")
    made, search = make_follow(activity), make_follow({"departement": "32"}, ZOE)
    take_step(activity, Step.WITHDRAW, by=by, at=now(), reason="Plus de salle")
    take_step(activity, Step.REOPEN, by=by, at=now())
    rewrite(activity, by=by, at=now(), title="Titre secret")
    assert tell() == 2
    assert made.name == "Le ciel"
    written = letters()
    assert {each.subject for each in written if each.to_address in {ADA, ZOE}} == {
        "Retiré du programme : Le ciel"
    }
    assert not any("secret" in each.text + each.html for each in written if each.to_address == ADA)
    for follow_ in (made, search):
        token = mails.token_to_manage(follow_.follower.key)
        assert "secret" not in client.get(f"/prevenez-moi/mes-alertes/{token}").text


def test_a_number_in_an_old_letter_is_never_that_of_something_else(db):
    make_follow(make_activity())
    second = make_follow(make_activity())
    gone = second.id
    stop(second.follower.key, {gone})
    database.session.commit()
    assert make_follow(make_activity()).id > gone


def test_a_letter_forgotten_while_it_leaves_stops_no_other(db, by, tell):
    activity = make_activity()
    make_follow(activity, ADA)
    follow(subject_of(make_activity()), email=ZOE, language="fr", at=now())
    say(activity, SlotState.CANCELLED, by=by)
    assert tell() == 1

    class Keeping:
        rounds = 0

        def __call__(self):
            # Between the claim and the fate of the first letter, its reader leaves.
            self.rounds += 1
            if self.rounds == 2:
                erase(find_by_address(ZOE).key)
            return transaction()

    done = send_waiting(at=now(), keeping=Keeping())
    assert (done.sent, done.failed) == (2, 0)


def test_what_nobody_confirmed_goes_after_seven_days(db, clock):
    make_follow(make_activity(), ADA, is_confirmed=False)
    make_follow(make_activity(), ZOE)
    assert forget_follows(at=now() + UNCONFIRMED_KEPT) == 0
    assert forget_follows(at=now() + UNCONFIRMED_KEPT + MINUTE) == 1
    assert [follower.email for follower in database.session.scalars(select(Follower))] == [ZOE]


def test_what_is_followed_of_an_edition_goes_thirty_days_after_it(db, by, letters, tell, clock):
    activity = make_activity()
    make_follow(activity, ADA)
    make_follow({"departement": "32"}, ADA)
    following = make_edition(2027)
    make_follow(make_activity(edition=following), ZOE)
    say(activity, SlotState.CANCELLED, by=by)
    assert tell() == 1
    last_day = from_paris(make_edition().ends_on, time(12)) + KEPT_AFTER_EDITION
    assert forget_follows(at=last_day) == 0
    assert forget_follows(at=last_day + DAY) == 2
    assert [follower.email for follower in database.session.scalars(select(Follower))] == [ZOE]
    assert {told.follow.follower.email for told in database.session.scalars(select(Told))} == {ZOE}
    assert ADA not in {letter.to_address for letter in letters()}


def test_looking_costs_the_same_few_questions_whoever_follows_when_nothing_changed(
    db, tell, queries
):
    def asked() -> int:
        with queries() as found:
            assert tell() == 0
        return len(found)

    tell()
    nobody = asked()
    for number in range(5):
        make_follow(make_activity(), f"a{number}@example.org")
        make_follow({"departement": "32"}, f"a{number}@example.org")
    tell()
    assert asked() == nobody <= 4
    # What is being written for later changes nothing of what is published.
    draft = make_activity(status=Status.DRAFT)
    draft.changed_at = now()
    database.session.commit()
    assert asked() == nobody


def test_deleting_what_is_followed_leaves_nothing_of_it(db):
    activity = make_activity()
    make_follow(activity)
    database.session.delete(activity)
    database.session.flush()
    assert (count(Follow), count(Told), count(Slot), count(Letter)) == (0, 0, 0, 0)


@pytest.mark.parametrize(("name", "many"), [("Grande halle", 1), ("La Halle", 0)])
def test_two_entries_of_one_place_made_one_are_told_of_when_their_names_differ(
    by, letters, tell, name, many
):
    gone = make_venue(name=name)
    activity = make_activity(title="Le ciel", venue=gone)
    make_follow(activity)
    merge(make_venue(name="La Halle"), gone, by=by, at=now())
    tell()
    assert len(letters()) == many
    assert all("nouveau lieu\u00a0: La Halle" in each.text for each in letters())
