"""How far a declaration is: its parts and its picture, each with its address and whether it is done."""

from flask import url_for

from fete.core.i18n import gettext as _
from fete.programme.forms.wording import PART_NAMES
from fete.programme.models import Activity
from fete.programme.rules import Part, complete_parts

# Where the picture stands among the steps.
PICTURE_STEP = len(Part)


def steps_of(activity: Activity) -> list[tuple[str, str, bool]]:
    """Return each step of the declaration: its name, its address, whether nothing is left to do there."""
    complete = complete_parts(activity)
    parts = [
        (
            str(PART_NAMES[part]),
            url_for("activities.edit", activity_id=activity.id, part=part.value),
            part in complete,
        )
        for part in Part
    ]
    picture = url_for("pictures.edit", activity_id=activity.id)
    return [*parts, (_("Image"), picture, activity.picture is not None)]
