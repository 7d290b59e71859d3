"""What is touched on a counter: sent as JSON by its script, or as a form where no script runs."""

import re
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any

from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.reports.models import Visitor
from fete.reports.rules.counting import LARGEST_TOUCH, MOST_TOUCHES
from fete.reports.services.counting import Touch

CLASS_SIZE = 25
CLASS_SIZES = range(1, 61)
_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BUTTONS = {
    "public-1": (Visitor.PUBLIC, 1),
    "public-5": (Visitor.PUBLIC, 5),
    "adults-1": (Visitor.ADULTS, 1),
    "adults-2": (Visitor.ADULTS, 2),
}
_CLASS = "classe"


def touches_of(sent: object) -> list[Touch]:
    """Return the touches that a list tells, all of them or none.

    A session or an hour that cannot be read does not keep a touch from being counted.
    """
    if not isinstance(sent, list):
        raise RuleBrokenError(_("Une liste de touches est attendue."))
    if len(sent) > MOST_TOUCHES:
        raise RuleBrokenError(
            _("Au plus %(most)s touches à la fois sont attendues.", most=MOST_TOUCHES)
        )
    return [_touch_of(each, number) for number, each in enumerate(sent, start=1)]


def touch_of(typed: Mapping[str, str]) -> Touch | None:
    """Return the touch of a button pressed without script, or `None` when it is none of ours."""
    key, button = typed.get("cle", ""), typed.get("touche", "")
    touched = _BUTTONS.get(button)
    if button == _CLASS:
        touched = (Visitor.PUPILS, class_size(typed.get("classe")))
    if touched is None or not is_key(key):
        return None
    visitor, amount = touched
    return Touch(key=key, visitor=visitor, amount=amount, slot_id=slot_of(typed.get("creneau")))


def is_key(text: object) -> bool:
    """Whether this can be the name of a touch."""
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


def class_size(text: str | None) -> int:
    """Return how many pupils a class has; the usual number when it is not said."""
    size = _number(text)
    return size if size in CLASS_SIZES else CLASS_SIZE


def slot_of(text: str | None) -> int | None:
    """Return the number of a session, if that is one."""
    return _number(text) or None


def _number(text: str | None) -> int:
    found = re.fullmatch(r"[0-9]{1,10}", text or "")
    return int(found[0]) if found else 0


def _touch_of(told: Any, number: int) -> Touch:  # noqa: ANN401  # as it was sent
    match told:
        case {"key": str(key), "visitor": str(visitor), "amount": int(amount)} if (
            is_key(key) and visitor in set(Visitor) and _is_touch(amount)
        ):
            return Touch(
                key=key,
                visitor=Visitor(visitor),
                amount=amount,
                slot_id=_whole(told.get("slot")),
                touched_at=_moment(told.get("at")),
            )
    raise RuleBrokenError(
        _("La touche n° %(number)s n’a pas pu être lue : rien n’a été compté.", number=number)
    )


def _is_touch(amount: int) -> bool:
    return not isinstance(amount, bool) and 0 < abs(amount) <= LARGEST_TOUCH


def _whole(told: Any) -> int | None:  # noqa: ANN401  # as it was sent
    """Return the session that is named: none when nothing is, one that nothing bears when it cannot be read."""
    if told is None:
        return None
    return told if isinstance(told, int) and not isinstance(told, bool) else 0


def _moment(told: Any) -> datetime | None:  # noqa: ANN401  # as it was sent
    try:
        said = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
    # The first and the last year of all calendars cannot be told in every zone.
    return said if said.tzinfo is not None and MINYEAR < said.year < MAXYEAR else None
