"""Take several activities one step further at once: all of them, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.programme.models import Activity
from fete.programme.policies import can_review
from fete.programme.queries.review import with_details
from fete.programme.rules import Verdict, on_evidence
from fete.programme.services.review import take_step_on_held
from fete.programme.workflow import Step, next_status


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """An activity that is no more as it was read: its number, and what happened in a sentence."""

    activity_id: int
    words: str


def take_steps(
    versions: Mapping[int, int],
    step: Step,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    verdict: Verdict | None = None,
    fields: Sequence[str] = (),
) -> int:
    """Return how many activities were taken one step further: all that are named, each as it was read.

    `versions` says, by number, which version of each the person had before their eyes. Raise `StaleError` with one
    `Moved` for each that changed since, and `RuleBrokenError` when a rule refuses one: the caller keeps nothing then.
    Sent twice by one person, the steps are taken once.
    """
    held = _held(versions)
    moved, to_take = [], []
    for number, version in sorted(versions.items()):
        activity = held.get(number)
        if activity is None or not can_review(by, activity):
            moved.append(Moved(activity_id=number, words=str(_("Elle n’est plus à relire ici."))))
        elif activity.version == version and next_status(activity.status, step) is not None:
            to_take.append(activity)
        else:
            try:
                # It changed since: this only tells whether the person took this very step already.
                take_step_on_held(activity, step, by=by, at=at, reason=reason, version=version)
            except StaleError as error:
                moved.append(Moved(activity_id=number, words=str(error)))
    if moved:
        raise StaleError(moved)
    refused: dict[tuple[str, str | None], list[str]] = {}
    for activity in to_take:
        own = None if verdict is None else on_evidence(verdict, activity)
        try:
            take_step_on_held(
                activity, step, by=by, at=at, reason=reason, verdict=own, fields=fields
            )
        except RuleBrokenError as error:
            refused.setdefault((error.message, error.field), []).append(activity.title)
    if refused:
        raise _refusal(refused)
    return len(to_take)


def _refusal(refused: Mapping[tuple[str, str | None], Sequence[str]]) -> RuleBrokenError:
    """Return one refusal that names every activity, those refused for the same reason together."""
    sentences = []
    for (sentence, _field), titles in refused.items():
        # Apart: a sentence inside another is not gathered to be translated.
        quoted = [_("« %(text)s »", text=title) for title in titles]
        sentences.append(
            _("%(titles)s : %(sentence)s", titles=", ".join(quoted), sentence=sentence)
        )
    return RuleBrokenError(" ".join(sentences), field=next(iter(refused))[1])


def _held(versions: Mapping[int, int]) -> dict[int, Activity]:
    # In one order for everybody: two coordinators who take the same ones wait for each other, and never both.
    held = db.session.scalars(
        select(Activity)
        .where(Activity.id.in_(sorted(versions)))
        .order_by(Activity.id)
        .with_for_update(of=Activity)
    )
    numbers = [activity.id for activity in held]
    return {activity.id: activity for activity in with_details(numbers)}
