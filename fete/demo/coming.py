"""The edition to come, made up: its call is open, its programme published in part, submissions wait everywhere."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from fete.accounts.models import User
from fete.core.clock import from_paris
from fete.demo import season, story, writing
from fete.demo.containers import containers, stands, take_stands
from fete.demo.declaring import Declared, Desk, Draft, declare_all
from fete.demo.hosts import Network
from fete.demo.people import coordinator_of
from fete.demo.story import Cast
from fete.demo.territory import host_communes, settle
from fete.demo.timetable import coming_plan, sessions_of
from fete.exchange.plan import Progress
from fete.geography.models import Commune
from fete.programme.models import Edition
from fete.programme.services.activities import Content, PastActivity, declare_past
from fete.programme.services.editions import open_edition
from fete.programme.services.review import take_step
from fete.programme.workflow import Status, Step

PUBLISHED = 90
LABELLED = 40
SUBMITTED = 45
CHANGES_REQUESTED = 12
DRAFTS = 15
REFUSED = 3
WITHDRAWN = 3
AWAITED_IN_GERS = 5
LAB_OPEN_DAYS = 14
HOST_COMMUNES = 74
# Where containers are planned already, of which kind, and how far they are.
_CONTAINERS = (
    ("31", "science_village", Status.PUBLISHED),
    ("34", "science_village", Status.PUBLISHED),
    ("32", "science_village", Status.PUBLISHED),
    ("66", "festival", Status.PUBLISHED),
    ("12", "trail", Status.LABELLED),
    ("81", "science_village", Status.SUBMITTED),
)
_LEAST_STANDS = 3
_MOST_STANDS = 5
_CONTAINERS_AGE = 30
_DAY = timedelta(days=1)
_GIVEN_UP = "La structure a prévenu qu’elle ne pourrait pas participer à cette édition."


def fill_coming(
    year: int,
    network: Network,
    known: Mapping[str, list[Commune]],
    cast: Cast,
    *,
    theme: str,
    before: Declared,
    today: date,
    progress: Progress,
) -> Edition:
    """Return the edition as it stands some weeks after its call opened; the association renews what it held `before`."""
    rng = random.Random(f"fete/{year}")  # noqa: S311  # the same edition each time
    plan = coming_plan(year, today=today, theme=theme)
    edition = open_edition(plan, by=None, at=_at(plan.call_opens_on - _DAY), is_demo=True)
    desk = Desk(rng, network, edition)
    count = PUBLISHED + LABELLED + SUBMITTED + CHANGES_REQUESTED + DRAFTS + REFUSED + WITHDRAWN
    texts = writing.compose(
        rng,
        kinds=writing.usual_kinds(
            count + len(story.COMING) + season.TEXTS + 2, year=year, lab_open_days=LAB_OPEN_DAYS
        ),
        year=year,
    )
    story.drop_title(texts, before.draft.text.title)
    of_the_season = season.take_texts(texts)
    mine = story.take_texts(texts, len(story.COMING))
    settings = settle(rng, texts, host_communes(rng, known, count=HOST_COMMUNES))
    first = _at(today - _CONTAINERS_AGE * _DAY)
    published = _containers(rng, desk, edition, known, cast, today=today)
    for container in list(published):
        inside = take_stands(
            settings, container.draft.commune, least=_LEAST_STANDS, most=_MOST_STANDS
        )
        published += declare_all(
            edition,
            stands(rng, desk, inside, container, at=first),
            declared=_at(today - 20 * _DAY),
            published=_at(today - 9 * _DAY),
        )
    every_draft = [
        desk.draft(
            f"{year}/{rank}",
            setting.text,
            setting.commune,
            sessions_of(rng, setting.text, first=edition.starts_on, last=edition.ends_on),
            at=first,
        )
        for rank, setting in enumerate(settings)
    ]
    # Whoever tries the account of the Gers finds something to read.
    awaited = [each for each in every_draft if _is_awaited(each)][:AWAITED_IN_GERS]
    names = {each.name for each in awaited}
    drafts = iter([each for each in every_draft if each.name not in names])
    stand_count = len(published) - sum(each.activity.is_container for each in published)
    progress(stand_count)
    for status, wanted, ages in (
        (Status.PUBLISHED, PUBLISHED - stand_count, range(14, 29)),
        (Status.LABELLED, LABELLED, range(10, 27)),
        (Status.CHANGES_REQUESTED, CHANGES_REQUESTED, range(8, 25)),
        (Status.REFUSED, REFUSED, range(16, 25)),
        (Status.WITHDRAWN, WITHDRAWN, range(12, 25)),
        (Status.SUBMITTED, SUBMITTED, range(1, 24)),
    ):
        kept = awaited if status is Status.SUBMITTED else []
        batch = [*kept, *_take(drafts, wanted - len(kept))]
        if status is Status.LABELLED:
            decided = [each for each in batch if _is_for_committee(each)]
            season.sit_in_committee(decided, edition, cast.people, today=today)
            batch = [each for each in batch if not _is_for_committee(each)]
        _bring(rng, edition, batch, status, ages, cast.people, today=today)
        progress(wanted)
    _begin(rng, edition, list(drafts), today=today)
    progress(DRAFTS)
    lived = story.live(
        rng, desk, edition, cast, mine, story.COMING, begun=today - 28 * _DAY, today=today
    )
    season.play(
        desk,
        edition,
        cast,
        known,
        of_the_season,
        renewed=before,
        lived=lived,
        published=published,
        today=today,
    )
    return edition


def _containers(
    rng: random.Random,
    desk: Desk,
    edition: Edition,
    known: Mapping[str, list[Commune]],
    cast: Cast,
    *,
    today: date,
) -> list[Declared]:
    """Declare the containers, and return those that are published."""
    at = _at(today - _CONTAINERS_AGE * _DAY)
    wanted = [(known[code][0], kind) for code, kind, _status in _CONTAINERS]
    declared = declare_all(edition, containers(rng, desk, edition, wanted, at=at), declared=at)
    for each, (code, _kind, status) in zip(declared, _CONTAINERS, strict=True):
        _review(each, status, cast.people, code, after=at, reason="")
    return [each for each in declared if each.activity.status is Status.PUBLISHED]


def _bring(
    rng: random.Random,
    edition: Edition,
    drafts: Sequence[Draft],
    status: Status,
    ages: range,
    people: Mapping[str, User],
    *,
    today: date,
) -> None:
    """Declare the drafts over these ages, in days, and take each to its status."""
    by_age: dict[int, list[Draft]] = {}
    for draft in drafts:
        by_age.setdefault(rng.choice(ages), []).append(draft)
    reasons = _reasons(rng, status, len(drafts))
    for age in sorted(by_age, reverse=True):
        at = _at(today - age * _DAY, rng.randint(9, 19))
        for each in declare_all(edition, by_age[age], declared=at):
            code = each.draft.commune.departement_code
            _review(each, status, people, code, after=at, reason=next(reasons))


def _reasons(rng: random.Random, status: Status, count: int) -> Iterator[str]:
    if status is Status.CHANGES_REQUESTED:
        return iter(rng.sample(writing.remarks(), count))
    if status is Status.REFUSED:
        return iter(rng.sample(writing.refusals(), count))
    return iter([_GIVEN_UP if status is Status.WITHDRAWN else ""] * count)


def _review(
    each: Declared,
    status: Status,
    people: Mapping[str, User],
    departement_code: str,
    *,
    after: datetime,
    reason: str,
) -> None:
    for number, step in enumerate(_STEPS[status]):
        take_step(
            each.activity,
            step,
            by=coordinator_of(people, departement_code),
            at=after + (2 + 3 * number) * _DAY,
            reason=reason,
        )


def _begin(rng: random.Random, edition: Edition, drafts: Sequence[Draft], *, today: date) -> None:
    """Keep drafts as people leave them: some lack a place, some a description, all lack their times."""
    for draft in drafts:
        kept = ["kind", "title", "standfirst", "for_public", "for_schools"]
        if rng.random() < _WITH_TEXT:
            kept += ["description", "themes", "audiences", "levels", "age_min", "age_max"]
        if rng.random() < _WITH_PLACE:
            kept += ["mode", "venue"]
        content = {name: value for name, value in draft.content.items() if name in kept}
        declare_past(
            [
                PastActivity(
                    organisation=draft.organisation,
                    edition=edition,
                    content=Content(**content),  # type: ignore[typeddict-item]
                    status=Status.DRAFT,
                    form_key=draft.form_key,
                )
            ],
            by=None,
            at=_at(today - rng.randint(1, 20) * _DAY, rng.randint(8, 20)),
        )


def _is_awaited(draft: Draft) -> bool:
    return draft.commune.departement_code == story.DEPARTEMENT


def _is_for_committee(draft: Draft) -> bool:
    return draft.venue is not None and draft.commune.departement_code in season.COMMITTEE_OF


def _take(drafts: Iterator[Draft], count: int) -> list[Draft]:
    return [next(drafts) for _ in range(count)]


def _at(day: date, hour: int = 10) -> datetime:
    return from_paris(day, time(hour))


_STEPS: Mapping[Status, Sequence[Step]] = {
    Status.SUBMITTED: (),
    Status.CHANGES_REQUESTED: (Step.SEND_BACK,),
    Status.LABELLED: (Step.LABEL,),
    Status.PUBLISHED: (Step.LABEL, Step.PUBLISH),
    Status.REFUSED: (Step.REFUSE,),
    Status.WITHDRAWN: (Step.WITHDRAW,),
}
_WITH_TEXT = 0.6
_WITH_PLACE = 0.5
