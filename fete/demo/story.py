"""What the demonstration actress lived: activities in every state, each taken through the services step by step."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from fete.accounts.models import User
from fete.core.clock import from_paris
from fete.demo import attendance, writing
from fete.demo.declaring import Declared, Desk, Draft
from fete.demo.people import ACTOR, GERS, NEIGHBOUR, coordinator_of
from fete.demo.timetable import sessions_of
from fete.demo.writing import ActivityText
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.network.services import Description, create, sign_charter
from fete.programme.models import Activity, Edition
from fete.programme.rules import Part
from fete.programme.services.activities import Content, declare, plan_slots, rewrite
from fete.programme.services.renewal import confirm_part, renew
from fete.programme.services.review import take_step
from fete.programme.services.versions import change, reschedule
from fete.programme.workflow import Status, Step
from fete.reports.arithmetic import Method
from fete.reports.rules import Told
from fete.reports.services import reporting as reports

DEPARTEMENT = "32"
_TOWN = "32013"
_NEARBY = ("32013", "32013", "32132", "32107")
_KINDS = frozenset({"workshop", "talk", "game", "nature_outing", "science_cafe", "demonstration"})
_NAME = "Association Graines de curieux d’Auch"
_NEIGHBOURS_TOWN = "32132"
_NEIGHBOURS_NAME = "Foyer des petits curieux de Fleurance"
_DAY = timedelta(days=1)
_LATER = timedelta(minutes=30)
_ACCESS = "L’entrée se fait par la cour, à gauche du porche."
_REFUSAL = "Aucune date ne se trouve dans la période de la Fête de la science, et vous nous avez dit ne pas pouvoir en proposer d’autre."
_REMARK = (
    "Merci d’indiquer l’âge conseillé\u00a0: les parents téléphonent pour cela, et la fiche n’en dit rien. "
    "Dites aussi par où l’on entre."
)
_ASKED = ("age_min", "access_note")
_QUESTION = "Le nombre de visiteurs me paraît élevé pour la salle\u00a0: s’agit-il du total des séances\u00a0?"


class Reporting(StrEnum):
    """How far a report has come."""

    MISSING = "missing"
    DRAFT = "draft"
    SENT_BACK = "sent_back"
    FILED = "filed"
    VALIDATED = "validated"


RECENT: Sequence[tuple[Status, Reporting | None]] = (
    (Status.PUBLISHED, Reporting.VALIDATED),
    (Status.PUBLISHED, Reporting.FILED),
    (Status.PUBLISHED, Reporting.MISSING),
    (Status.PUBLISHED, Reporting.DRAFT),
    (Status.PUBLISHED, Reporting.SENT_BACK),
    (Status.REFUSED, None),
    (Status.WITHDRAWN, None),
)
COMING: Sequence[tuple[Status, Reporting | None]] = (
    (Status.DRAFT, None),
    (Status.SUBMITTED, None),
    (Status.CHANGES_REQUESTED, None),
    (Status.LABELLED, None),
    (Status.PUBLISHED, None),
    (Status.REFUSED, None),
    (Status.WITHDRAWN, None),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """Who acts: the accounts, the actress's association, its neighbours', and where the former goes."""

    people: Mapping[str, User]
    association: Organisation
    neighbours: Organisation
    communes: Sequence[Commune]

    @property
    def actress(self) -> User:
        """The member of the association."""
        return self.people[ACTOR.email]

    @property
    def neighbour(self) -> User:
        """The member of the neighbours' structure."""
        return self.people[NEIGHBOUR.email]

    @property
    def coordinator(self) -> User:
        """Who reviews what the association declares."""
        return self.people[GERS.email]


def reserved_names() -> frozenset[str]:
    """Return the names that no other organisation of the demonstration may bear."""
    return frozenset({_NAME, _NEIGHBOURS_NAME})


def found_association(
    people: Mapping[str, User], known: Mapping[str, Sequence[Commune]], *, at: datetime
) -> Cast:
    """Return the cast: the actress and her neighbour have entered their structures and signed the charter in their names."""
    association = _found(
        Description(
            name=_NAME,
            family="csti_non_museum",
            legal_status="association",
            address="4 rue de la Passerelle",
            commune_code=_TOWN,
            email="graines-de-curieux@example.org",
            phone="05 36 49 32 00",
            description=(
                "Structure imaginée pour la démonstration\u00a0: des ateliers de sciences pour les familles, "
                "à Auch et dans les villages voisins."
            ),
        ),
        by=people[ACTOR.email],
        quality="chargée de médiation",
        at=at,
    )
    neighbours = _found(
        Description(
            name=_NEIGHBOURS_NAME,
            family="csti_non_museum",
            legal_status="association",
            address="11 allée des Tilleuls",
            commune_code=_NEIGHBOURS_TOWN,
            email="petits-curieux@example.org",
            phone="05 36 49 32 01",
            description=(
                "Structure imaginée pour la démonstration\u00a0: un foyer rural qui prête sa salle, ses loupes et ses bénévoles."
            ),
        ),
        by=people[NEIGHBOUR.email],
        quality="trésorier",
        at=at,
    )
    by_code = {commune.code: commune for commune in known[DEPARTEMENT]}
    return Cast(
        people=people,
        association=association,
        neighbours=neighbours,
        communes=[by_code[code] for code in _NEARBY],
    )


def _found(described: Description, *, by: User, quality: str, at: datetime) -> Organisation:
    organisation = create(described, by=by, at=at)
    organisation.is_demo = True
    organisation.memberships[0].quality = quality
    sign_charter(
        organisation,
        signer_name=by.name,
        signer_quality=quality,
        agrees_to_be_listed=True,
        agrees_to_letters=True,
        by=by,
        at=at + _DAY,
    )
    return organisation


def is_its_sort(text: ActivityText) -> bool:
    """Whether the association would offer such an activity: to families, in its département."""
    return (
        text.kind in _KINDS
        and text.for_public
        and not text.for_schools
        and (not text.departements or DEPARTEMENT in text.departements)
    )


def take_texts(texts: list[ActivityText], count: int) -> list[ActivityText]:
    """Take so many texts that suit the association out of the list, and return them."""
    suited = [text for text in texts if is_its_sort(text)][:count]
    for text in suited:
        texts.remove(text)
    return suited


def drop_title(texts: list[ActivityText], title: str) -> None:
    """Take one text out of the list: the one under this title, which an edition holds once, else one of its sort."""
    texts.remove(
        next(
            (text for text in texts if text.title == title),
            next(text for text in texts if is_its_sort(text)),
        )
    )


def live(
    rng: random.Random,
    desk: Desk,
    edition: Edition,
    cast: Cast,
    texts: Sequence[ActivityText],
    stages: Sequence[tuple[Status, Reporting | None]],
    *,
    begun: date,
    today: date,
    before: Declared | None = None,
) -> list[Declared]:
    """Return the association's activities, each brought to its stage on plausible days, none after yesterday.

    The first one renews what was held `before`, where it is given.
    """
    lived = []
    for rank, (text, (status, reporting)) in enumerate(zip(texts, stages, strict=True)):
        sessions = sessions_of(rng, text, first=edition.starts_on, last=edition.ends_on)
        renewed = before if rank == 0 else None
        draft = desk.draft(
            f"{edition.year}/association/{rank}",
            text,
            renewed.draft.commune if renewed else cast.communes[rank % len(cast.communes)],
            sessions,
            at=_at(begun),
            organisation=cast.association,
        )
        activity = _declared(
            draft,
            edition,
            cast,
            status,
            begun=begun + 2 * rank * _DAY,
            today=today,
            renewed=renewed.activity if renewed else None,
        )
        if reporting is not None:
            _report(rng, activity, draft, cast, reporting, today=today)
        lived.append(Declared(activity=activity, draft=draft))
    return lived


def _declared(
    draft: Draft,
    edition: Edition,
    cast: Cast,
    status: Status,
    *,
    begun: date,
    today: date,
    renewed: Activity | None,
) -> Activity:
    def after(days: int, hour: int = 10) -> datetime:
        return _at(min(begun + days * _DAY, today - _DAY), hour)

    actress, coordinator = cast.actress, cast.coordinator
    if status is Status.DRAFT:
        # One that is to be completed: a title and an idea, neither place nor time.
        kept = Content(
            kind=draft.content["kind"],
            title=draft.content["title"],
            standfirst=draft.content["standfirst"],
        )
        return declare(
            organisation=draft.organisation,
            edition=edition,
            form_key=draft.form_key,
            by=actress,
            at=after(0, 9),
            **kept,
        )
    if status is Status.CHANGES_REQUESTED:
        draft.content["age_min"] = draft.content["age_max"] = None
    if renewed is not None:
        (activity,) = renew([renewed], edition, by=actress, at=after(0, 9))
        rewrite(activity, by=actress, at=after(0, 10), **draft.content)
    else:
        activity = declare(
            organisation=draft.organisation,
            edition=edition,
            form_key=draft.form_key,
            by=actress,
            at=after(0, 9),
            **draft.content,
        )
    plan_slots(activity, draft.slots, by=actress, at=after(0, 10))
    for part in Part:
        confirm_part(activity, part, by=actress, at=after(0, 10))
    take_step(activity, Step.SUBMIT, by=actress, at=after(0, 11))
    if status is Status.CHANGES_REQUESTED:
        take_step(
            activity,
            Step.SEND_BACK,
            by=coordinator,
            at=after(2),
            reason=_REMARK,
            fields=_ASKED,
        )
    elif status is Status.REFUSED:
        take_step(activity, Step.REFUSE, by=coordinator, at=after(3), reason=_REFUSAL)
    elif status is Status.WITHDRAWN:
        take_step(activity, Step.WITHDRAW, by=actress, at=after(3))
    elif status in {Status.LABELLED, Status.PUBLISHED}:
        take_step(activity, Step.LABEL, by=coordinator, at=after(3, 14))
        if status is Status.PUBLISHED:
            take_step(activity, Step.PUBLISH, by=coordinator, at=after(4, 15))
            if edition.starts_on > today:
                _change_of_mind(activity, actress, at=after(6, 18))
    return activity


def _change_of_mind(activity: Activity, actress: User, *, at: datetime) -> None:
    """Correct what is published, and propose that it begin later: both wait for the coordination."""
    change(activity, Content(access_note=_ACCESS), by=actress, at=at)
    slot = activity.slots[0]
    reschedule(
        slot,
        starts_at=slot.starts_at + _LATER,
        ends_at=slot.ends_at + _LATER,
        by=actress,
        at=at + timedelta(minutes=5),
    )


def _report(
    rng: random.Random,
    activity: Activity,
    draft: Draft,
    cast: Cast,
    reporting: Reporting,
    *,
    today: date,
) -> None:
    if reporting is Reporting.MISSING or activity.last_ends_at is None:
        return
    told_at = min(activity.last_ends_at + timedelta(days=3), _at(today, 0))
    told = Told(
        counts=attendance.counted(
            rng,
            attendance.expected(
                rng, draft.text, draft.sessions, population=draft.commune.population
            ),
        ),
        method=Method.COUNTED,
        remarks=rng.choice(writing.report_remarks()),
    )
    actress, coordinator = cast.actress, coordinator_of(cast.people, DEPARTEMENT)
    if reporting is Reporting.DRAFT:
        reports.save(activity, told, version=0, by=actress, at=told_at)
        return
    report = reports.file_report(activity, told, version=0, by=actress, at=told_at)
    later = told_at + timedelta(hours=1)
    if reporting is Reporting.SENT_BACK:
        reports.send_back(activity, _QUESTION, version=report.version, by=coordinator, at=later)
    elif reporting is Reporting.VALIDATED:
        reports.validate(activity, version=report.version, by=coordinator, at=later)


def _at(day: date, hour: int = 10) -> datetime:
    return from_paris(day, time(hour))
