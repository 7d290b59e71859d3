"""What did not leave is shown to the region: to whom and why, never what it says."""

import re
from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.mailing.models import Channel, Topic
from fete.mailing.services import choose
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.letters import make_letter

HERE = "/coordination/lettres"


def text(response) -> str:
    return re.sub(r"\s+", " ", response.get_data(as_text=True).replace("\u00a0", " "))


def lost(person, **values):
    letter = make_letter(
        person, subject="Un sujet secret", text="Un texte secret", html="<p>secret</p>", **values
    )
    letter.try_at, letter.attempts, letter.failure = None, 6, "550 5.1.1 User unknown"
    return letter


def test_only_the_region_looks_after_letters(client, db, sign_in):
    letter = lost(ada := make_user())
    paths = [
        HERE,
        f"{HERE}/reessayer",
        f"{HERE}/{letter.id}/reessayer",
        f"{HERE}/{letter.id}/abandonner",
    ]
    assert client.get(HERE).status_code == 302
    for person in (ada, make_coordinator("32")):
        assert [sign_in(person).send(path).status_code for path in paths[1:]] == [403, 404, 404]
        assert sign_in(person).get(HERE).status_code == 403
    for person in (make_coordinator(), make_administrator()):
        assert sign_in(person).get(HERE).status_code == 200
    assert letter.try_at is None


def test_the_page_says_to_whom_when_and_why_and_nothing_of_what_they_say(db, sign_in):
    ada, zoe = make_user(name="Ada Dubois"), make_user(name="Zoé Martin")
    choose(zoe.id, {Topic.NEWS: Channel.DIGEST, Topic.REVIEW: Channel.SITE})
    lost(ada)
    trying = make_letter(zoe, subject="Encore secret", text="secret aussi")
    trying.attempts, trying.failure = 1, "TimeoutError: timed out"
    trying.try_at = now() + timedelta(minutes=5)
    make_letter(zoe, Topic.NEWS, subject="Gardée")
    make_letter(zoe, Topic.REVIEW, subject="Sur le site")
    page = text(sign_in(make_coordinator()).get(HERE))
    assert page.index("Ada Dubois") < page.index("Zoé Martin")
    assert page.count("queue-title") == 2
    assert "elle est sans doute fausse" in page
    assert "550 5.1.1 User unknown" in page
    assert "nouvel essai le lundi 16 mars 2026 à 10 h 05" in page
    assert "secret" not in page.lower()
    assert "Gardée" not in page
    assert "Sur le site" not in page


def test_letters_are_tried_anew_one_by_one_or_all_and_given_up(db, sign_in):
    one, two, three, four = (lost(make_user()) for _each in range(4))
    region = sign_in(make_coordinator())
    assert region.send(f"{HERE}/{one.id}/reessayer").location == HERE
    assert region.send(f"{HERE}/{two.id}/abandonner").location == HERE
    assert region.send(f"{HERE}/{two.id}/abandonner").status_code == 404
    assert (one.try_at, one.attempts) == (now(), 0)
    assert (two.try_at, two.channel) == (None, Channel.SITE)
    assert "2 lettres vont repartir" in text(region.send(f"{HERE}/reessayer", follow=True))
    assert (two.try_at, three.try_at, four.try_at) == (None, now(), now())
    assert "Tout est parti." not in text(region.get(HERE))


def test_what_left_is_not_tried_anew(db, sign_in):
    letter = make_letter(make_user())
    letter.sent_at, letter.try_at, letter.failure = now(), None, ""
    assert sign_in(make_coordinator()).send(f"{HERE}/{letter.id}/reessayer").status_code == 404


def test_the_first_page_of_the_region_warns_when_something_failed(db, sign_in):
    region, gers = sign_in(make_coordinator()), sign_in(make_coordinator("32"))
    assert "pas pu partir" not in text(region.get("/coordination"))
    lost(make_user())
    assert "1 courriel n’a pas pu partir" in text(region.get("/coordination"))
    assert "pas pu partir" not in text(gers.get("/coordination"))


@pytest.mark.parametrize("count", [1, 3, 40])
def test_the_list_asks_the_same_number_of_questions_however_long(db, sign_in, queries, count):
    for _each in range(count):
        lost(make_user())
    region = sign_in(make_coordinator())
    region.get(HERE)
    with queries() as asked:
        page = text(region.get(HERE))
    assert page.count("queue-title") == min(count, 25)
    assert len(asked) == 6, "\n".join(asked)
