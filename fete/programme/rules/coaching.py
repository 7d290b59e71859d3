"""What helps while one declares, pure: the activity as it is being typed, and what would make it better known."""

from collections.abc import Mapping
from inspect import isfunction
from typing import Any, cast

from fete.core.i18n import gettext as _
from fete.network.models import Organisation
from fete.programme.models import Activity, Booking, Edition, Mode, Slot
from fete.programme.rules.declaring import TERM_LISTS, Gap, Part, advice
from fete.programme.rules.slots import PlannedSlot
from fete.programme.workflow import SlotState, Status

SHORTEST_DESCRIPTION = 200


def tips(activity: Activity) -> list[Gap]:
    """Return what would make the activity better known and easier to come to, in the order of the form."""
    found = advice(activity)
    if 0 < len(activity.description or "") < SHORTEST_DESCRIPTION:
        found.append(
            Gap(
                field="description",
                step=Part.WHAT,
                message=_(
                    "Dites-en un peu plus : ce que l’on y voit, ce que l’on y fait, combien de temps cela dure."
                ),
            )
        )
    if activity.picture is None:
        found.append(
            Gap(
                field="picture",
                step=Part.WHAT,
                message=_("Ajoutez une image : c’est elle que l’on remarque dans le programme."),
            )
        )
    if activity.for_public and activity.age_min is None and activity.age_max is None:
        found.append(
            Gap(
                field="age_min",
                step=Part.WHOM,
                message=_("Dites à partir de quel âge on peut venir : les familles le cherchent."),
            )
        )
    if activity.mode is not Mode.ONLINE and not activity.access_note:
        found.append(
            Gap(
                field="access_note",
                step=Part.WHERE,
                message=_("Dites comment s’y rendre : arrêt de bus, parking, entrée à prendre."),
            )
        )
    order = list(Part)
    return sorted(found, key=lambda gap: order.index(gap.step))


def as_typed(activity: Activity, content: Mapping[str, Any]) -> Activity:
    """Return the activity as it would be with this content: it reads as one, and nothing is changed by that."""
    return cast("Activity", _Typed(activity, content))


def unwritten(organisation: Organisation, edition: Edition) -> Activity:
    """Return an activity of which nothing is said yet, outside the database."""
    return Activity(
        organisation=organisation,
        edition=edition,
        status=Status.DRAFT,
        title="",
        standfirst="",
        description="",
        conditions="",
        scientific_referent="",
        mode=Mode.ON_SITE,
        access_note="",
        online_link="",
        booking=Booking.NONE,
        booking_phone="",
        booking_email="",
        booking_link="",
        for_public=True,
        for_schools=False,
        accessibility_known=False,
        is_free=False,
    )


class _Typed:
    """An activity seen through what is typed over it: its own properties are reckoned anew."""

    def __init__(self, activity: Activity, content: Mapping[str, Any]) -> None:
        self._activity = activity
        self._content = dict(content)
        replaced = {TERM_LISTS[name] for name in TERM_LISTS if name in content}
        kept = [term for term in activity.terms if term.list not in replaced]
        typed = [term for name in TERM_LISTS for term in content.get(name, ())]
        self._content["terms"] = [*kept, *typed]
        if "slots" in content:
            self._content["slots"] = [
                _slot(each)
                for each in sorted(content["slots"], key=lambda planned: planned.starts_at)
            ]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever an activity has
        if name in self._content:
            return self._content[name]
        own = getattr(Activity, name)
        if isinstance(own, property) and own.fget is not None:
            return own.fget(self)
        return own.__get__(self) if isfunction(own) else getattr(self._activity, name)


def _slot(planned: PlannedSlot) -> Slot:
    return Slot(
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        capacity=planned.capacity,
        classes=planned.classes,
        audience=planned.audience,
        is_opening=planned.is_opening,
        venue=planned.venue,
        state=SlotState.SCHEDULED,
    )
