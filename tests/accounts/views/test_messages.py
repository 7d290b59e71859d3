"""What the site wrote to somebody, read on the site by them alone."""

import re
from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.mailing.models import Topic
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.letters import make_letter

HERE = "/mes-messages"


def text(response) -> str:
    return re.sub(r"\s+", " ", response.get_data(as_text=True).replace("\u00a0", " "))


def in_menu(page: str) -> str:
    """Return what the menu says of the messages."""
    found = re.search(r'<a href="[^"]*/mes-messages"[^>]*>(.*?)</a>', page)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_one_signs_in_first(client, db):
    letter = make_letter(make_user())
    for path in (HERE, f"{HERE}/{letter.id}"):
        assert client.get(path).status_code == 302
    assert client.send(f"{HERE}/tout-lu").status_code in {302, 401}
    assert letter.read_at is None


def test_the_latest_come_first_and_what_is_not_read_is_marked(db, sign_in):
    ada = make_user()
    for age, subject in ((2, "Avant-hier"), (0, "Aujourd’hui"), (1, "Hier")):
        make_letter(ada, subject=subject, at=now() - timedelta(days=age))
    make_letter(ada, None, subject="Un secret", leads_to="", kind="accounts/reset")
    make_letter(make_user(), subject="À quelqu’un d’autre")
    client = sign_in(ada)
    page = text(client.get(HERE))
    assert re.findall(r'letter_id=|<a href="/mes-messages/\d+">([^<]+)</a>', page) == [
        "Aujourd’hui",
        "Hier",
        "Avant-hier",
    ]
    assert page.count('class="message-unread"') == 3
    assert "3 messages non lus" in page
    assert "Un secret" not in page
    assert "À quelqu’un d’autre" not in page


def test_reading_a_message_marks_it_and_leads_to_its_page(db, sign_in, clock):
    ada = make_user()
    letter = make_letter(
        ada,
        text="Bonjour Ada,\n\nIci <b>:</b> https://fete.example.org/x\n\n-- \nLe site\nhttps://secret",
        leads_to="/mes-activites/12/apercu",
    )
    number = letter.id
    client = sign_in(ada)
    page = text(client.get(f"{HERE}/{number}"))
    assert "Bonjour Ada, Ici &lt;b&gt;:&lt;/b&gt;" in page
    assert '<a href="https://fete.example.org/x"' in page
    assert "https://secret" not in page
    assert 'href="/mes-activites/12/apercu">Aller à la page' in page
    assert in_menu(page) == "Mes messages"
    first = now()
    assert letter.read_at == first
    clock.shift(timedelta(hours=1))
    client.get(f"{HERE}/{number}")
    assert letter.read_at == first
    english = text(client.get(f"/en{HERE}/{number}"))
    assert 'href="/en/mes-activites/12/apercu"' in english


def test_nobody_reads_another_s_message_not_even_the_region(db, sign_in):
    letter = make_letter(make_user())
    secret = make_letter(ada := make_user(), None, leads_to="", kind="accounts/reset")
    for person, number in (
        (make_user(), letter.id),
        (make_coordinator(), letter.id),
        (ada, secret.id),
        (ada, 999_999),
    ):
        assert sign_in(person).get(f"{HERE}/{number}").status_code == 404
    assert (letter.read_at, secret.read_at) == (None, None)


def test_all_is_marked_as_read_at_once_and_nobody_else_s(db, sign_in):
    ada = make_user()
    mine, other = make_letter(ada), make_letter(make_user())
    client = sign_in(ada)
    assert client.send(f"{HERE}/tout-lu").location == HERE
    assert client.send(f"{HERE}/tout-lu").location == HERE
    assert mine.read_at == now()
    assert other.read_at is None
    assert "Tout est lu." in text(client.get(HERE))


def test_the_menu_counts_what_is_not_read_in_the_workshop_only(db, sign_in):
    ada = make_coordinator()
    client = sign_in(ada)
    assert in_menu(text(client.get("/mon-compte"))) == "Mes messages"
    make_letter(ada)
    make_letter(ada, Topic.NEWS)
    for path in ("/mon-compte", "/coordination", "/mes-activites"):
        assert in_menu(text(client.get(path))) == "Mes messages 2 non lus"
    for path in ("/", "/programme", "/reseau"):
        assert "/mes-messages" not in text(client.get(path))


def test_the_count_stands_on_a_page_that_wrote(db, sign_in):
    ada = make_user()
    make_letter(ada)
    letter = make_letter(ada)
    page = text(sign_in(ada).get(f"{HERE}/{letter.id}"))
    assert in_menu(page) == "Mes messages 1 non lu"


@pytest.mark.parametrize("path", ["/mon-espace", "/coordination"])
def test_the_three_latest_are_shown_where_one_arrives(db, sign_in, path):
    ada = make_coordinator()
    client = sign_in(ada)
    assert "Messages non lus" not in text(client.get(path))
    for age in range(4):
        make_letter(ada, subject=f"Il y a {age} jours", at=now() - timedelta(days=age))
    make_letter(make_user(), subject="Il y a un autre")
    page = text(client.get(path))
    assert re.findall(r"Il y a [^<]+", page)[:4] == [
        "Il y a 0 jours",
        "Il y a 1 jours",
        "Il y a 2 jours",
    ]


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_list_asks_the_same_number_of_questions_however_long(db, sign_in, queries, count):
    ada = make_user()
    for _each in range(count):
        make_letter(ada)
    client = sign_in(ada)
    client.get(HERE)
    with queries() as asked:
        page = text(client.get(HERE))
    assert page.count('class="message-unread"') == min(count, 25)
    assert len(asked) == 4, "\n".join(asked)
