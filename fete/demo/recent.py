"""The edition just over, made up: held, with part of its slots cancelled, full or moved, and part of its reports in."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from fete.accounts.models import User
from fete.core.clock import from_paris, to_paris
from fete.demo import reporting, story, writing
from fete.demo.containers import containers, stands, take_stands
from fete.demo.declaring import Declared, Desk, declare_all
from fete.demo.hosts import Network
from fete.demo.people import coordinator_of
from fete.demo.story import Cast
from fete.demo.territory import host_communes, settle
from fete.demo.timetable import recent_plan, sessions_of
from fete.exchange.plan import Progress
from fete.exchange.services import batches
from fete.geography.models import Commune
from fete.programme.models import Slot
from fete.programme.rules import planned_of
from fete.programme.services.activities import plan_slots
from fete.programme.services.editions import open_edition
from fete.programme.services.review import cancel_activity, change_slot, take_step
from fete.programme.workflow import SlotState, Step

ACTIVITIES = 700
LAB_OPEN_DAYS = 52
HOST_COMMUNES = 130
REFUSED, WITHDRAWN, CANCELLED = 8, 7, 3
SLOTS_BECOME: Mapping[SlotState, int] = {
    SlotState.CANCELLED: 18,
    SlotState.FULL: 34,
    SlotState.MOVED_ONLINE: 4,
    SlotState.POSTPONED: 3,
    SlotState.RESCHEDULED: 5,
}
_TWO_VILLAGES = "30"
_LEAST_STANDS = 6
_MOST_STANDS = 12
_A_SITTING = 60
_DAY = timedelta(days=1)


def fill_recent(
    year: int,
    network: Network,
    known: Mapping[str, list[Commune]],
    cast: Cast,
    *,
    theme: str,
    before: Declared,
    today: date,
    progress: Progress,
) -> list[Declared]:
    """Fill the edition: declared, reviewed, held, and reported as far as it would be by today.

    Return what the association held in it; the first is what it had held `before`.
    """
    rng = random.Random(f"fete/{year}")  # noqa: S311  # the same edition each time
    plan = recent_plan(year, today=today, theme=theme)
    edition = open_edition(plan, by=None, at=_at(date(year, 1, 15)), is_demo=True)
    desk = Desk(rng, network, edition)
    texts = writing.compose(
        rng,
        kinds=writing.usual_kinds(
            ACTIVITIES + len(story.RECENT), year=year, lab_open_days=LAB_OPEN_DAYS
        ),
        year=year,
    )
    story.drop_title(texts, before.draft.text.title)
    mine = [before.draft.text, *story.take_texts(texts, len(story.RECENT) - 1)]
    settings = settle(rng, texts, host_communes(rng, known, count=HOST_COMMUNES))
    begun = _at(date(year, 2, 9))
    wanted = [(communes[0], "science_village") for communes in known.values()]
    wanted.append((known[_TWO_VILLAGES][1], "festival"))
    held = declare_all(
        edition,
        containers(rng, desk, edition, wanted, at=begun),
        declared=begun,
        published=begun + 6 * _DAY,
    )
    for container in list(held):
        inside = take_stands(
            settings, container.draft.commune, least=_LEAST_STANDS, most=_MOST_STANDS
        )
        held += declare_all(
            edition,
            stands(rng, desk, inside, container, at=begun),
            declared=_at(date(year, 4, 14)),
            published=_at(date(year, 7, 1)),
        )
    progress(len(held))
    drafts = [
        desk.draft(
            f"{year}/{rank}",
            setting.text,
            setting.commune,
            sessions_of(rng, setting.text, first=edition.starts_on, last=edition.ends_on),
            at=begun,
        )
        for rank, setting in enumerate(settings)
    ]
    _refuse(rng, declare_all(edition, drafts[:REFUSED], declared=begun), cast.people)
    for number, batch in enumerate(batches(drafts[REFUSED:], _A_SITTING)):
        declared = _at(date(year, 2, 16) + 7 * number * _DAY)
        held += declare_all(edition, batch, declared=declared, published=declared + 100 * _DAY)
        progress(len(batch))
    held = _withdraw(rng, held, cast.people)
    _change_slots(rng, held, cast.people)
    reporting.report(rng, held, cast.people, edition, today=today, progress=progress)
    return story.live(
        rng,
        desk,
        edition,
        cast,
        mine,
        story.RECENT,
        begun=date(year, 3, 3),
        today=today,
        before=before,
    )


def _refuse(rng: random.Random, declared: Sequence[Declared], people: Mapping[str, User]) -> None:
    reasons = rng.sample(writing.refusals(), len(declared))
    for each, reason in zip(declared, reasons, strict=True):
        take_step(
            each.activity,
            Step.REFUSE,
            by=coordinator_of(people, each.draft.commune.departement_code),
            at=_at(date(each.activity.edition.year, 5, 12)),
            reason=reason,
        )


def _withdraw(
    rng: random.Random, held: Sequence[Declared], people: Mapping[str, User]
) -> list[Declared]:
    """Withdraw a few that nothing hangs on before the programme is printed, and return the others."""
    gone = rng.sample([each for each in held if _stands_alone(each)], WITHDRAWN)
    for each in gone:
        take_step(
            each.activity,
            Step.WITHDRAW,
            by=coordinator_of(people, each.draft.commune.departement_code),
            at=_at(date(each.activity.edition.year, 8, 27)),
            reason=_GIVEN_UP,
        )
    numbers = {each.activity.id for each in gone}
    return [each for each in held if each.activity.id not in numbers]


def _change_slots(rng: random.Random, held: Sequence[Declared], people: Mapping[str, User]) -> None:
    """Let a few activities be cancelled, and some slots of others become full, cancelled or moved."""
    alone = [each for each in held if _stands_alone(each)]
    chosen = iter(rng.sample(alone, CANCELLED + sum(SLOTS_BECOME.values())))
    reasons = writing.cancellations()
    for _ in range(CANCELLED):
        each = next(chosen)
        cancel_activity(
            each.activity,
            by=coordinator_of(people, each.draft.commune.departement_code),
            at=_before(each.activity.slots[0]),
            reason=rng.choice(reasons),
        )
    for state, count in SLOTS_BECOME.items():
        for _ in range(count):
            each = next(chosen)
            coordinator = coordinator_of(people, each.draft.commune.departement_code)
            slot = each.activity.slots[-1]
            if state is SlotState.RESCHEDULED:
                _put_back(each, by=coordinator)
                continue
            said = {SlotState.CANCELLED: rng.choice(reasons)} | _SAID
            change_slot(slot, state, by=coordinator, at=_before(slot), reason=said.get(state, ""))


def _put_back(each: Declared, *, by: User) -> None:
    """Hold the last slot half an hour later than was said."""
    slots = [planned_of(slot) for slot in each.activity.slots]
    later = timedelta(minutes=30)
    slots[-1] = replace(
        slots[-1], starts_at=slots[-1].starts_at + later, ends_at=slots[-1].ends_at + later
    )
    plan_slots(each.activity, slots, by=by, at=_before(each.activity.slots[-1]))


def _stands_alone(each: Declared) -> bool:
    return (
        each.activity.parent is None
        and not each.activity.is_container
        and bool(each.draft.sessions)
    )


def _before(slot: Slot) -> datetime:
    return _at(to_paris(slot.starts_at).date() - 2 * _DAY, 17)


def _at(day: date, hour: int = 10) -> datetime:
    return from_paris(day, time(hour))


_GIVEN_UP = "La structure a prévenu par téléphone\u00a0: elle ne pourra pas tenir cette activité cette année."
_SAID = {
    SlotState.MOVED_ONLINE: "La séance aura lieu en visioconférence\u00a0; le lien sera envoyé aux inscrits.",
    SlotState.POSTPONED: "Une nouvelle date sera proposée avant la fin de l’année.",
}
