"""The activities that somebody chose, under the days on which they are held."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from fete.core.clock import to_paris
from fete.programme.models import Activity, Edition
from fete.programme.queries.catalogue import catalogue_of
from fete.programme.queries.listing import with_cards
from fete.programme.rules.overlaps import Overlaps, Stay, another_time, is_torn, overlaps


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A chosen activity at its times of one day."""

    activity: Activity
    stays: tuple[Stay, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedDay:
    """What was chosen of one day, by the first time at which it is held."""

    day: date
    planned: tuple[Planned, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What is still in the programme of what somebody chose."""

    activities: tuple[Activity, ...]
    coming: tuple[PlannedDay, ...]
    over: tuple[PlannedDay, ...]
    # What is held at the same time, and another time of the same activity that would do.
    overlaps: Overlaps
    instead: dict[Stay, Stay]

    @property
    def latest(self) -> Edition | None:
        """The edition that these activities are of; the latest, should they be of several."""
        editions = (activity.edition for activity in self.activities)
        return max(editions, key=lambda edition: edition.year, default=None)

    @property
    def is_torn(self) -> bool:
        """Whether one is expected at two places at once, some day to come."""
        stays = (stay for day in self.coming for each in day.planned for stay in each.stays)
        return any(is_torn(stay, self.overlaps) for stay in stays)


def published_among(numbers: Iterable[int]) -> list[Activity]:
    """Return the activities of these numbers that the public may see, with all that a card shows."""
    found = sorted(with_cards(list(numbers)).items())
    return [each for number, each in found if number in catalogue_of(each.edition_id).starts]


def selection_of(numbers: Iterable[int], *, now: datetime) -> Selection:
    """Return the activities of these numbers day by day: the same number of questions for one and for 200."""
    activities = published_among(numbers)
    stays = sorted(
        (Stay(activity=each, slot=slot) for each in activities for slot in each.times),
        key=lambda stay: (stay.slot.starts_at, stay.activity.id, stay.slot.id),
    )
    coming = [stay for stay in stays if stay.slot.ends_at > now]
    found = overlaps(stays)
    times = _by_activity(coming)
    torn = [stay for stay in coming if is_torn(stay, found)]
    ways = {stay: another_time(stay, times[stay.activity], found) for stay in torn}
    return Selection(
        activities=tuple(activities),
        coming=_by_day(coming, first=to_paris(now).date()),
        over=_by_day([stay for stay in stays if stay.slot.ends_at <= now]),
        overlaps=found,
        instead={stay: way for stay, way in ways.items() if way is not None},
    )


def _by_day(stays: Sequence[Stay], *, first: date = date.min) -> tuple[PlannedDay, ...]:
    """Return times under their days; what began before the first day and is still on stands under that day."""
    ordered = sorted(stays, key=lambda stay: max(stay.slot.day, first))
    return tuple(
        PlannedDay(
            day=day,
            planned=tuple(
                Planned(activity=activity, stays=tuple(times))
                for activity, times in _by_activity(group).items()
            ),
        )
        for day, group in groupby(ordered, key=lambda stay: max(stay.slot.day, first))
    )


def _by_activity(stays: Iterable[Stay]) -> dict[Activity, list[Stay]]:
    found: dict[Activity, list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.activity].append(stay)
    return found
