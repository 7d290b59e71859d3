"""What somebody chose that is held at the same time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fete.programme.models import Activity, Slot
from fete.programme.rules.catalogue import OFF
from fete.programme.workflow import SlotState


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Stay:
    """A chosen activity at one of its times."""

    activity: Activity
    slot: Slot

    @property
    def takes_place(self) -> bool:
        """Whether it does: neither cancelled nor put off."""
        return self.slot.state not in OFF

    @property
    def is_open(self) -> bool:
        """Whether one comes when one likes: opening hours, a village, a stand that has the hours of its village."""
        return self.slot.is_opening or self.activity.is_container or not self.activity.slots


Overlaps = Mapping[Stay, Sequence[Stay]]


def overlaps(stays: Iterable[Stay]) -> Overlaps:
    """Return, for each time at which one is expected, what else that was chosen is held meanwhile, in order.

    Nothing is said of opening hours themselves: one comes before or after. A village and its stands go together.
    """
    found: dict[Stay, list[Stay]] = {}
    under_way: list[Stay] = []
    for stay in sorted(filter(lambda each: each.takes_place, stays), key=_order):
        under_way = [each for each in under_way if each.slot.ends_at > stay.slot.starts_at]
        for other in under_way:
            if _go_together(stay, other):
                continue
            for one, met in ((stay, other), (other, stay)):
                if not one.is_open:
                    found.setdefault(one, []).append(met)
        under_way.append(stay)
    return found


def is_torn(stay: Stay, found: Overlaps) -> bool:
    """Whether one is expected elsewhere at that time."""
    return any(not other.is_open for other in found.get(stay, ()))


def another_time(stay: Stay, times: Iterable[Stay], found: Overlaps) -> Stay | None:
    """Return the first of the times of its activity, for the same people, when there is room and one is free."""
    return next(
        (
            each
            for each in times
            if each.takes_place
            and each.slot.state is not SlotState.FULL
            and each.slot.is_for_schools == stay.slot.is_for_schools
            and not is_torn(each, found)
        ),
        None,
    )


def _go_together(one: Stay, other: Stay) -> bool:
    return one.activity in (other.activity, other.activity.parent) or (
        other.activity is one.activity.parent
    )


def _order(stay: Stay) -> tuple[object, ...]:
    return stay.slot.starts_at, stay.activity.id or 0, stay.slot.id or 0
