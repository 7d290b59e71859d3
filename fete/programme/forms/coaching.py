"""What is said beside a declaration while one types it: what is missing, what would help, what to say more plainly."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import url_for
from wtforms import Field, SelectField

from fete.core.i18n import gettext as _, ngettext
from fete.geography.queries import find_commune
from fete.programme.forms.declaration import WhereForm
from fete.programme.forms.printed import Entry, printed
from fete.programme.forms.wording import PART_NAMES, anchor
from fete.programme.models import Activity, Mode, Venue
from fete.programme.queries.activities import find_activity
from fete.programme.queries.venues import find_venue
from fete.programme.rules import FIELD_NAMES, FIELDS, Gap, Part, left_to_confirm, missing
from fete.programme.rules.coaching import tips
from fete.programme.rules.plain_words import TEXTS, Note, notes
from fete.programme.workflow import Step, possible_steps


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """A sentence, and where it leads."""

    message: str
    link: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plainer:
    """What could be said more plainly in one text: its name, where it is written, the sentences."""

    name: str
    link: str
    messages: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """Another part where something is missing."""

    name: str
    link: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Coach:
    """What is said beside one part of a declaration."""

    standing: str
    missing: list[Hint]
    tips: list[Hint]
    notes: list[Plainer]
    elsewhere: list[Elsewhere]
    entry: Entry


def coach_of(activity: Activity, part: Part) -> Coach:
    """Return what is said beside a part of the activity: of the whole, what touches that part."""
    gaps = missing(activity)
    here = [gap for gap in gaps if gap.step is part]
    others = Counter(gap.step for gap in gaps if gap.step is not part)
    return Coach(
        standing=_standing(
            len(here),
            sum(others.values()),
            is_ready=not gaps and _may_be_submitted(activity),
        ),
        missing=[_hint(activity, part, gap) for gap in here],
        tips=[_hint(activity, part, gap) for gap in tips(activity) if gap.step is part],
        notes=_by_field([note for note in notes(activity) if note.field in FIELDS[part]]),
        elsewhere=[
            Elsewhere(name=str(PART_NAMES[each]), link=_page(activity, each), count=others[each])
            for each in Part
            if each in others
        ],
        entry=printed(activity),
    )


def tips_with_links(activity: Activity) -> list[tuple[Gap, str]]:
    """Return what would make the activity better known, each with the page where it is said."""
    return [(gap, _link(activity, gap)) for gap in tips(activity)]


def wording_with_links(activity: Activity) -> list[Plainer]:
    """Return what could be said more plainly in each text, with the page where it is written."""
    pages = {name: part for part, names in FIELDS.items() for name in names if name in TEXTS}
    return _by_field(notes(activity), lambda field: f"{_page(activity, pages[field])}#{field}")


def content_typed(form: Any) -> Mapping[str, Any]:  # noqa: ANN401  # one of the forms of the parts
    """Return what is typed in a form, as the activity would hold it; nothing is kept, not even a place."""
    form.validate()
    for field in form:
        if field.errors and field.data and isinstance(field, SelectField):
            # An answer that is not offered says nothing.
            field.data = field.object_data
    if isinstance(form, WhereForm):
        return _where(form)
    content: Mapping[str, Any] = form.content()
    return content


def _where(form: WhereForm) -> dict[str, Any]:
    found: dict[str, Any] = {
        "mode": Mode(form.mode.data) if form.mode.data in set(Mode) else Mode.ON_SITE,
        "access_note": form.access_note.data,
        "online_link": form.online_link.data,
        "venue": form.venue_twin.chosen
        or _venue(form.venue, form.venue_name, form.venue_address, form.commune),
    }
    if "sites" in form and form.sites_asked.raw_data:
        more = _venue(form.site, form.site_name, form.site_address, form.site_commune)
        found["sites"] = [*form.ticked_sites, *([more] if more is not None else [])]
    if "parent" in form:
        number = form.parent.data or ""
        found["parent"] = find_activity(int(number)) if number.isdecimal() else None
    return found


def _venue(known: Field, name: Field, address: Field, commune: Field) -> Venue | None:
    """Return the place that is described, not kept, or the one chosen among those known."""
    found = find_commune(commune.data) if commune.data else None
    if name.data and found is not None:
        return Venue(name=name.data, address=address.data or "", commune=found)
    number = known.data or ""
    return find_venue(int(number)) if number.isdecimal() else None


def _may_be_submitted(activity: Activity) -> bool:
    return Step.SUBMIT in possible_steps(activity.status) and not left_to_confirm(activity)


def _standing(here: int, elsewhere: int, *, is_ready: bool) -> str:
    if here:
        return str(
            ngettext(
                "Il manque %(num)s élément à cette étape.",
                "Il manque %(num)s éléments à cette étape.",
                here,
            )
        )
    if elsewhere or not is_ready:
        return str(_("Rien ne manque à cette étape."))
    return str(_("Rien ne manque : l’activité peut être déposée."))


def _hint(activity: Activity, part: Part, gap: Gap) -> Hint:
    if gap.step is part and gap.field != "picture":
        return Hint(message=gap.message, link=f"#{anchor(gap)}")
    return Hint(message=gap.message, link=_link(activity, gap))


def _by_field(
    found: Sequence[Note], link: Callable[[str], str] = lambda field: f"#{field}"
) -> list[Plainer]:
    return [
        Plainer(
            name=str(FIELD_NAMES[field]),
            link=link(field),
            messages=[note.message for note in group],
        )
        for field, group in groupby(found, key=lambda note: note.field)
    ]


def _link(activity: Activity, gap: Gap) -> str:
    if gap.field == "picture":
        return url_for("pictures.edit", activity_id=activity.id) if activity.id else ""
    return f"{_page(activity, gap.step)}#{anchor(gap)}"


def _page(activity: Activity, part: Part) -> str:
    # A new activity has no other pages yet.
    if not activity.id:
        return ""
    return url_for("activities.edit", activity_id=activity.id, part=part.value)
