"""Letters to a group, and to those whose structure was made one with another."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fete.accounts.mails import recipient
from fete.accounts.models import User
from fete.core.templating import WrittenLetter, path_of, render_letter
from fete.mailing.models import Topic
from fete.mailing.services import write_letter
from fete.network.models import Organisation


@dataclass(frozen=True, kw_only=True, slots=True)
class CircularWords:
    """What a letter to a group says: its words, whose they are, why one receives it, the page it leads to and its name."""

    subject: str
    text: str
    by: User
    reason: object
    page: str
    link: object

    @property
    def paragraphs(self) -> list[str]:
        """The text between its empty lines."""
        return [part.strip() for part in re.split(r"\n\s*\n", self.text) if part.strip()]


def write_circular(
    words: CircularWords, people: Iterable[User], *, topic: Topic | None, at: datetime
) -> None:
    """Write the same words to each of these people."""
    path = path_of(words.page)
    for person in people:
        write_letter(
            kind="programme/circular",
            to=recipient(person),
            at=at,
            topic=topic,
            leads_to=path,
            words=words,
        )


def circular_as_read(words: CircularWords) -> WrittenLetter:
    """Return the letter to a group as its writer would receive it."""
    to = recipient(words.by)
    return render_letter("programme/circular", language=words.by.language, to=to, words=words)


def tell_of_merge(
    people: Iterable[User], *, gone: str, survivor: Organisation, by: User, at: datetime
) -> None:
    """Tell who acted for a structure where it is from now on."""
    _tell_of_structure("programme/merged", people, survivor, other=gone, by=by, at=at)


def tell_of_separation(
    people: Iterable[User], *, gone: Organisation, survivor: str, by: User, at: datetime
) -> None:
    """Tell who acts for a structure again that it stands by itself as before."""
    _tell_of_structure("programme/separated", people, gone, other=survivor, by=by, at=at)


def _tell_of_structure(
    kind: str,
    people: Iterable[User],
    organisation: Organisation,
    *,
    other: str,
    by: User,
    at: datetime,
) -> None:
    for person in people:
        if not person.is_active:
            continue
        write_letter(
            kind=kind,
            to=recipient(person),
            at=at,
            topic=Topic.DECISIONS,
            leads_to=path_of("organisation.show", organisation_id=organisation.id),
            organisation=organisation,
            other=other,
            by=by,
        )
