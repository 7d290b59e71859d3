"""What no browser sends: never an error of ours, always words, and nobody else's host name."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity
from tests.site import PATIENCE, Site
from tests.steadiness.conftest import open_edition
from tests.steadiness.visiting import FORM, Answer, Visitor

HOST = "fete.example.org"
MEGABYTE = 1024 * 1024
HUGE = "9" * 400
ODD_WORDS = (
    "%00",
    "a%00b",
    "%FF%FE",
    "%C3%28",
    "%ED%A0%80",
    "%F0%9F%91%A9%E2%80%8D%F0%9F%94%AC",
    "%E2%80%AE",
    "%0D%0ASet-Cookie:%20a=b",
    "'%20OR%201=1--",
    "%25%5F%5C",
    "%22*)%20NEAR(",
    "-1",
    "1e400",
    "NaN",
    "%D9%A3",
    "%C2%B2",
    HUGE,
)
READ = (
    "/programme?q={}",
    "/programme?page={}",
    "/programme?departement={0}&commune={0}&theme={0}&structure={0}&date={0}&du={0}&au={0}",
    "/programme/{}",
    "/activites/{}-x",
    "/activites/1-{}",
    "/activites/{}-x.ics",
    "/agenda.ics?q={}&date={}",
    "/agenda/{}.ics",
    "/abonnement?annee={}&q={}",
    "/chiffres/{}",
    "/chiffres/{}.json",
    "/communes?q={}",
    "/reseau?q={}&page={}",
    "/reseau/{}-x",
    "/compte/connexion?suite={}",
    "/compte/confirmation/{}",
    "/compte/mot-de-passe/{}",
    "/static/{}",
    "/static/vendor/{}/{}",
    "/{}",
    "/en/{}",
)
OF_A_MEMBER = (
    "/mes-activites?page={0}&edition={0}",
    "/mes-activites/reconduire?edition={0}&de={0}&structure={0}&tout={0}",
    "/mes-activites/reconduire/confirmer?edition={0}&activite={0}",
    "/mes-bilans/annees/{}",
    "/mes-activites/{}/apercu",
    "/mes-activites/{}/creneaux/{}",
    "/mes-activites/structures/{}/declarer",
    "/mes-bilans/{}",
    "/ma-structure/{}",
    "/ma-structure/chercher?q={}",
)
OF_A_COORDINATOR = (
    "/coordination/relecture?q={0}&statut={0}&departement={0}&type={0}&edition={0}&page={0}",
    "/coordination/relecture/{}",
    "/coordination/bilans?q={0}&etat={0}&departement={0}&edition={0}&page={0}",
    "/coordination/bilans/{}",
    "/coordination/editions/{}",
    "/coordination/personnes?q={0}&role={0}&page={0}",
    "/coordination/personnes/{}",
)


@pytest.fixture(scope="module")
def strict(ready) -> Iterator[Site]:
    """Give the site served as in production."""
    site = ready[0]
    with site.served(
        settings={"FETE_MODE": "production", "FETE_PUBLIC_ADDRESS": f"https://{HOST}"}
    ):
        yield site


@pytest.fixture
def anybody(strict: Site) -> Visitor:
    """Give somebody who has not signed in."""
    return Visitor(site=strict, host=HOST)


@pytest.fixture
def member(strict: Site, inside, as_person) -> tuple[Visitor, int]:
    """Give a member of a structure and their draft."""
    with inside():
        person = make_user()
        activity = make_activity(
            status=Status.DRAFT, edition=open_edition(), organisation=make_organisation(person)
        )
        number, visitor = activity.id, as_person(person)
    return Visitor(site=strict, host=HOST, cookie=visitor.cookie), number


def is_in_words(answer: Answer) -> bool:
    """Whether nothing broke, and whoever asked reads something that does not show how the site is made."""
    return (
        answer.status < 500
        and "Traceback" not in answer.text
        and (answer.status in {302, 304, 308} or bool(answer.words))
    )


@pytest.mark.parametrize("word", ODD_WORDS, ids=lambda word: word[:20])
def test_odd_words_in_addresses_are_answered_in_words(anybody, word):
    answers = {path: anybody.get(path.format(word, word)) for path in READ}
    assert {path: a.status for path, a in answers.items() if not is_in_words(a)} == {}
    assert [a for a in answers.values() if a.headers.get("Set-Cookie", "").startswith("a=b")] == []


@pytest.mark.parametrize("word", ["%00", "%FF", "%ED%A0%80", "%C2%B2", "-1", HUGE])
def test_odd_words_in_the_addresses_of_pages_inside_are_answered_in_words(
    strict, inside, as_person, member, word
):
    with inside():
        region = as_person(make_coordinator())
    coordinator = Visitor(site=strict, host=HOST, cookie=region.cookie)
    answers = {path: member[0].get(path.format(word, word)) for path in OF_A_MEMBER} | {
        path: coordinator.get(path.format(word, word)) for path in OF_A_COORDINATOR
    }
    assert {path: a.status for path, a in answers.items() if not is_in_words(a)} == {}


@pytest.mark.parametrize(
    "typed",
    [
        b"a\x00b",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        "👩‍🔬".encode(),
        b"\r\nBcc: a@example.org",
        b"x" * 200_000,
        HUGE.encode(),
        b"-1",
    ],
    ids=lambda typed: repr(typed[:12]),
)
def test_odd_words_in_forms_are_answered_in_words(strict, as_person, member, typed):
    visitor, number = member
    stranger = Visitor(site=strict, host=HOST, cookie=as_person(None).cookie)
    odd = "".join(f"%{byte:02X}" for byte in typed)
    answers = {}
    for part in ("quoi", "pour-qui", "ou", "quand", "comment", "accessibilite", "moyens"):
        path = f"/mes-activites/{number}/{part}"
        form = visitor.form(path)
        body = "&".join(
            f"{name}={form[name][0] if name == 'csrf_token' else odd}"
            for name in [*form, "slots-0-day", "slots-0-starts", "commune_code", "remove", "then"]
        )
        answers[part] = visitor.ask("POST", path, body.encode(), FORM)
        answers[f"{part}, read again"] = visitor.get(path)
    for path in ("/compte/connexion", "/compte/inscription", "/compte/mot-de-passe-oublie"):
        form = stranger.form(path)
        body = "&".join(f"{name}={form[name][0] if name == 'csrf_token' else odd}" for name in form)
        answers[path] = stranger.ask("POST", path, body.encode(), FORM)
    assert {name: a.status for name, a in answers.items() if not is_in_words(a)} == {}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=1&" * 3_000, FORM["Content-Type"], {400, 413}),
        (b"a=" + b"x" * 13 * MEGABYTE, FORM["Content-Type"], {413}),
        (b"x" * 13 * MEGABYTE, "multipart/form-data; boundary=b", {400, 413}),
        (
            b"".join(
                b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % number
                for number in range(3_000)
            )
            + b"--b--\r\n",
            "multipart/form-data; boundary=b",
            {400, 413},
        ),
        (b"--b\r\nnothing", "multipart/form-data; boundary=b", {400}),
        (b"nothing", "multipart/form-data", {400}),
        (b"{", "application/json", {400}),
        (b"\x00", "text/plain; charset=nonsense", {400}),
    ],
)
def test_bodies_that_no_form_makes_are_refused_in_words(member, body, kind, status):
    visitor, number = member
    for path in (f"/mes-activites/{number}/quoi", "/compte/connexion"):
        answer = visitor.ask("POST", path, body, {"Content-Type": kind})
        assert answer.status in status
        assert answer.words


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "NONSENSE"])
@pytest.mark.parametrize(
    "path", ["/", "/programme", "/compte/connexion", "/agenda.ics", "/static/css/tokens.css"]
)
def test_unknown_methods_are_refused_in_words(anybody, path, method):
    answer = anybody.ask(method, path)
    assert answer.status == 405
    assert answer.words


def test_a_long_address_is_answered_in_words(anybody):
    many = "&".join(f"theme=t{number}" for number in range(2_000))
    for path in (f"/programme?q={'a' * 8_000}", f"/programme?{many}", f"/{'a' * 8_000}"):
        assert is_in_words(anybody.get(path))


@pytest.mark.parametrize(
    "host", ["evil.example", f"{HOST}.evil.example", "127.0.0.1", "a b", "[::1"]
)
@pytest.mark.parametrize("path", ["/", "/agenda.ics", "/compte/connexion", "/sante"])
def test_another_host_name_is_refused(anybody, strict, host, path):
    answer = Visitor(site=strict, host=host).get(path)
    assert answer.status == 400
    assert answer.words
    assert "evil" not in answer.text
    assert anybody.get(path).status == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /\xff\xfe HTTP/1.1\r\nHost: fete.example.org\r\n\r\n",
        b"GET /programme?q=\xe9t\xe9 HTTP/1.1\r\nHost: fete.example.org\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: fete.example.org\r\nCookie: fete=\xff\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: fete.example.org\r\nCookie: fete=.eJw.nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: fete.example.org\r\nAccept-Language: "
        + b"x" * 9_000
        + b"\r\n\r\n",
        b'GET /agenda.ics HTTP/1.1\r\nHost: fete.example.org\r\nIf-Modified-Since: never\r\nIf-None-Match: "\r\n\r\n',
        b"GET /agenda.ics HTTP/1.1\r\nHost: fete.example.org\r\nAccept-Encoding: gzip;q=x, *;q=\r\n\r\n",
        b"POST /compte/connexion HTTP/1.1\r\nHost: fete.example.org\r\nContent-Length: nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: fete.example.org\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
    ids=lambda sent: repr(sent.replace(b"Host: fete.example.org", b"")[:50]),
)
def test_bytes_that_are_no_request_are_answered(strict, anybody, sent):
    with closing(socket.create_connection(("127.0.0.1", strict.port), timeout=PATIENCE)) as line:
        line.sendall(sent)
        told = line.recv(65_536)
    assert told.startswith((b"HTTP/1.1 ", b"HTTP/1.0 "))
    assert int(told.split()[1]) < 500
    assert anybody.get("/sante").status == 200
