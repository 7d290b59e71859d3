"""Activities in, Atom bytes out (RFC 4287): what is new in the programme, for those who read by news. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from fete.core.text import clean

# Nothing that XML 1.0 may not hold; what is left of it is gone with the control characters of `clean`.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One activity, as somebody reads the news."""

    # Permanent, whatever its title and its address become.
    key: str
    title: str
    summary: str
    authors: tuple[str, ...]
    # Each the code of a word and the word.
    categories: tuple[tuple[str, str], ...]
    page: str
    calendar: str
    picture: str | None
    published_at: datetime
    updated_at: datetime


def feed(
    entries: Iterable[Entry],
    *,
    name: str,
    author: str,
    language: str,
    page: str,
    address: str,
    since: datetime,
) -> bytes:
    """Return an Atom feed of these entries, in their order; `address` is its own, and its permanent name.

    A feed must say when it changed last: without any entry, it has been so `since` then.
    """
    entries = list(entries)
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language})
    _add(root, "id", address)
    _add(root, "title", name)
    _add(root, "updated", _instant(max((each.updated_at for each in entries), default=since)))
    _add(SubElement(root, "author"), "name", author)
    _link(root, "self", "application/atom+xml", address)
    _link(root, "alternate", "text/html", page)
    for entry in entries:
        _write(SubElement(root, "entry"), entry)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _write(into: Element, entry: Entry) -> None:
    _add(into, "id", entry.key)
    _add(into, "title", entry.title)
    _add(into, "published", _instant(entry.published_at))
    _add(into, "updated", _instant(entry.updated_at))
    for name in entry.authors:
        _add(SubElement(into, "author"), "name", name)
    _link(into, "alternate", "text/html", entry.page)
    _link(into, "related", "text/calendar", entry.calendar)
    if entry.picture:
        _link(into, "enclosure", "image/webp", entry.picture)
    for term, label in entry.categories:
        SubElement(into, "category", {"term": _text(term), "label": _text(label)})
    _add(into, "summary", entry.summary)


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _text(text)


def _link(parent: Element, rel: str, kind: str, href: str) -> None:
    SubElement(parent, "link", {"rel": rel, "type": kind, "href": href})


def _text(text: str) -> str:
    return _NO_CHARACTER.sub("", clean(text))


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
