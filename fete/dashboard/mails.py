"""The daily letter: what came for a person since yesterday, and what waits on the desk of a coordinator."""

from collections.abc import Sequence
from datetime import datetime

from fete.accounts.mails import recipient
from fete.accounts.models import User
from fete.dashboard.queries.home import Desk
from fete.mailing.models import Letter
from fete.mailing.rules import DIGEST_KIND
from fete.mailing.services import write_letter


def tell_of_the_day(
    person: User, *, letters: Sequence[Letter], desk: Desk | None, at: datetime
) -> None:
    """Write to the person what waited for this letter, and what waits for an answer of theirs."""
    write_letter(
        kind=DIGEST_KIND,
        to=recipient(person),
        at=at,
        letters=letters,
        desk=desk,
    )
