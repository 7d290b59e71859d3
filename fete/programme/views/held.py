"""What is held somewhere or by somebody: the part that the pages of communes, places, villages and structures share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from fete.core.answers import stands
from fete.core.clock import now, today
from fete.core.pagination import Page, page_asked
from fete.programme.forms.filters import filter_arguments
from fete.programme.models import Edition
from fete.programme.queries.editions import current_edition
from fete.programme.queries.hosts import Year, years_of
from fete.programme.queries.listing import Day, Listed, by_day, page_of_programme
from fete.programme.queries.standing import standing
from fete.programme.rules.filters import Filters


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """The activities of the edition under way or to come that answer some filters, and the other years that had some."""

    edition: Edition | None
    is_finished: bool
    page: Page[Listed]
    coming: Sequence[Day]
    over: Sequence[Day]
    years: Sequence[Year]
    # What is asked for, and as the address of the programme and of calendars writes it.
    filters: Filters
    arguments: dict[str, str]
    is_off_the_list: bool

    @property
    def status(self) -> int:
        """The status of its page: a page of the list that is not there is not found."""
        return 404 if self.is_off_the_list else 200


def held(filters: Filters, *, years: Callable[..., Sequence[Year]] = years_of) -> Held:
    """Return what answers these filters, at the page of the list that the address asks for."""
    edition = current_edition(today())
    number = page_asked()
    page: Page[Listed] = Page(rows=(), number=1, total=0)
    asked = replace(filters, edition_id=edition.id if edition else None)
    if edition is not None:
        page = page_of_programme(asked, now=now(), number=number or 1)
    return Held(
        edition=edition,
        is_finished=edition is not None and edition.ends_on < today(),
        page=page,
        coming=by_day([row for row in page.rows if not row.is_over]),
        over=by_day([row for row in page.rows if row.is_over]),
        years=years(filters, but=edition.id if edition is not None else None),
        filters=asked,
        arguments=filter_arguments(filters),
        is_off_the_list=number != page.number,
    )


def stands_for_a_minute() -> None:
    """Let a page that is made of the programme and of the hour be given again as it stands, for a minute at most."""
    stands(standing(), until=now().replace(second=0) + timedelta(minutes=1))
