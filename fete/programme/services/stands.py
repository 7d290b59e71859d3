"""Ask for a stand in a village, festival or trail; take it in, or not."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _, lazy_gettext
from fete.journal.services import record
from fete.programme import mails, rules
from fete.programme.models import Activity, Answer, StandRequest
from fete.programme.policies import receives
from fete.programme.services.activities import hold, index, refuse_closed, touch

# What whoever answers too late reads.
_ANSWERED = {
    Answer.ACCEPTED: lazy_gettext("Ce stand a déjà été accepté."),
    Answer.DECLINED: lazy_gettext("Ce stand a déjà été décliné."),
    Answer.WITHDRAWN: lazy_gettext("La demande de stand a été retirée entre-temps."),
}


def must_be_asked(activity: Activity, container: Activity | None, *, by: User) -> bool:
    """Whether the person cannot put the activity into the container at once: its people have to agree."""
    return (
        container is not None and container is not activity.parent and not receives(by, container)
    )


def choose(
    activity: Activity,
    container: Activity | None,
    *,
    before: Activity | None,
    needs: str,
    by: User,
    at: datetime,
) -> None:
    """Ask for a stand in the container, or for none any more; another one is asked anew, the same one is not.

    What stands in its container already stays there until another accepts it. The people of the one it was in
    `before` learn that it has left.
    """
    if before is not None and activity.parent is not before:
        mails.tell_stand_left(activity, before, by=by, at=at)
    asked = activity.asked_stand
    if asked is not None and container is not None and asked.container_id == container.id:
        asked.message = needs
        return
    if asked is not None and container is None and activity.parent_id == asked.container_id:
        # Who receives stands has put it in meanwhile.
        _settle(asked, Answer.ACCEPTED, by=by, at=at)
        mails.tell_stand_answered(asked, by=by, at=at)
        return
    if asked is not None:
        withdraw_stand(asked, by=by, at=at)
    if container is not None:
        ask_for_stand(activity, container, needs=needs, by=by, at=at)


def ask_for_stand(
    activity: Activity, container: Activity, *, needs: str, by: User, at: datetime
) -> StandRequest:
    """Ask the people of a container for a stand; they get a letter."""
    if not rules.may_hold(container, activity):
        raise RuleBrokenError(
            _("Cette activité ne peut pas être rattachée à cet événement."), field="parent"
        )
    asked = StandRequest(
        container=container, message=needs, asked_by_id=by.id, asked_at=at, state=Answer.ASKED
    )
    activity.stand_requests.append(asked)
    db.session.flush()
    record("activity.stand_asked", on=activity, person_id=by.id, at=at, detail=container.title)
    mails.ask_for_stand(asked, by=by, at=at)
    return asked


def accept_stand(asked: StandRequest, *, words: str, by: User, at: datetime) -> None:
    """Take the activity into the container: what it does not say itself is the container's; done twice, it is once."""
    activity, container = asked.activity, asked.container
    if not _is_open_to(asked, Answer.ACCEPTED):
        return
    if not rules.may_hold(container, activity):
        raise RuleBrokenError(_("Cette activité ne peut plus être accueillie ici."))
    asked.answer = words
    _settle(asked, Answer.ACCEPTED, by=by, at=at)
    activity.parent = container
    activity.version += 1
    touch(activity, at)
    db.session.flush()
    index(activity)
    _note("activity.stand_accepted", asked, by=by, at=at)
    mails.tell_stand_answered(asked, by=by, at=at)


def decline_stand(asked: StandRequest, *, words: str, by: User, at: datetime) -> None:
    """Leave the activity out of the container, and tell those who asked; done twice, it is done once."""
    if not _is_open_to(asked, Answer.DECLINED):
        return
    asked.answer = words
    _settle(asked, Answer.DECLINED, by=by, at=at)
    _note("activity.stand_declined", asked, by=by, at=at)
    mails.tell_stand_answered(asked, by=by, at=at)


def answer_several(
    requests: Iterable[StandRequest],
    answer: Answer,
    words: Mapping[int, str],
    *,
    by: User,
    at: datetime,
) -> int:
    """Give the same answer to several requests, each with its own words; return how many had another one already."""
    give: Callable[..., None] = accept_stand if answer is Answer.ACCEPTED else decline_stand
    late = 0
    for asked in requests:
        try:
            give(asked, words=words.get(asked.id, ""), by=by, at=at)
        except RuleBrokenError:
            late += 1
    return late


def withdraw_stand(asked: StandRequest, *, by: User, at: datetime) -> None:
    """Ask for the stand no more, and tell the people of the container; done twice, it is done once."""
    if not _is_open_to(asked, Answer.WITHDRAWN):
        return
    _settle(asked, Answer.WITHDRAWN, by=by, at=at)
    _note("activity.stand_withdrawn", asked, by=by, at=at)
    mails.tell_stand_withdrawn(asked, by=by, at=at)


def _is_open_to(asked: StandRequest, answer: Answer) -> bool:
    """Return whether the answer is to be given now; raise when another one was."""
    hold(asked.activity)
    db.session.refresh(asked)
    if asked.state is answer:
        return False
    if asked.state is not Answer.ASKED:
        raise RuleBrokenError(str(_ANSWERED[asked.state]))
    refuse_closed(asked.activity)
    return True


def _settle(asked: StandRequest, answer: Answer, *, by: User, at: datetime) -> None:
    asked.state = answer
    asked.settled_by_id, asked.settled_at = by.id, at
    db.session.flush()


def _note(act: str, asked: StandRequest, *, by: User, at: datetime) -> None:
    detail = asked.container.title + (f"\u00a0: {asked.answer}" if asked.answer else "")
    record(act, on=asked.activity, person_id=by.id, at=at, detail=detail)
