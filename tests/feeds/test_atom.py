"""Activities in, Atom out: whatever is typed, the feed is read."""

from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

from hypothesis import given, strategies as st

from fete.core.text import clean
from fete.feeds import atom

NS = "{http://www.w3.org/2005/Atom}"
TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=200)


def entry(**values) -> atom.Entry:
    known = {
        "key": "tag:fete.example.org,2026:activite-1",
        "title": "Étoiles",
        "summary": "Une nuit dehors.",
        "authors": ("Club d’astronomie", "Muséum"),
        "categories": (("talk", "Conférence"),),
        "page": "https://fete.example.org/activites/1-etoiles",
        "calendar": "https://fete.example.org/activites/1-etoiles.ics",
        "picture": None,
        "published_at": datetime(2026, 9, 1, tzinfo=UTC),
        "updated_at": datetime(2026, 9, 2, tzinfo=UTC),
    }
    return atom.Entry(**(known | values))


def feed(*entries: atom.Entry, name: str = "Fête de la science") -> bytes:
    return atom.feed(
        entries,
        name=name,
        author="Réseau",
        language="fr",
        page="https://fete.example.org/programme",
        address="https://fete.example.org/agenda.atom?q=a&b",
        since=datetime(2026, 8, 1, tzinfo=UTC),
    )


def test_a_feed_without_entries_says_since_when_it_has_none():
    assert fromstring(feed()).findtext(f"{NS}updated") == "2026-08-01T00:00:00Z"


def test_a_feed_has_what_the_format_wants():
    root = fromstring(feed(entry(), entry(updated_at=datetime(2026, 9, 3, tzinfo=UTC))))
    assert root.tag == f"{NS}feed"
    assert [(child.tag.removeprefix(NS), child.text) for child in root[:3]] == [
        ("id", "https://fete.example.org/agenda.atom?q=a&b"),
        ("title", "Fête de la science"),
        ("updated", "2026-09-03T00:00:00Z"),
    ]
    assert [link.attrib for link in root.findall(f"{NS}link")] == [
        {
            "rel": "self",
            "type": "application/atom+xml",
            "href": "https://fete.example.org/agenda.atom?q=a&b",
        },
        {"rel": "alternate", "type": "text/html", "href": "https://fete.example.org/programme"},
    ]
    assert [each.text for each in root.findall(f"{NS}entry/{NS}author/{NS}name")] == [
        "Club d’astronomie",
        "Muséum",
    ] * 2


def test_a_picture_is_enclosed():
    root = fromstring(feed(entry(picture="https://fete.example.org/images/k-1200.webp")))
    (enclosed,) = root.findall(f"{NS}entry/{NS}link[@rel='enclosure']")
    assert enclosed.attrib["href"] == "https://fete.example.org/images/k-1200.webp"


@given(title=TEXT, label=TEXT)
def test_whatever_is_typed_is_read_back(title, label):
    root = fromstring(feed(entry(title=title, categories=(("x", label),)), name=title))
    expected = "".join(each for each in clean(title) if each not in "\ufffe\uffff")
    assert root.findtext(f"{NS}entry/{NS}title") == expected
    assert root.find(f"{NS}entry/{NS}category") is not None
