"""What a season brings beside the plain course of a review: stands, sharing, messages, absences, entries made twice, pictures.

All of it happens in the edition to come, around the association of the demonstration and its coordination.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from fete.accounts.models import User
from fete.accounts.services import note_absence
from fete.core.clock import from_paris
from fete.demo import drawing, hosts, story
from fete.demo.declaring import Declared, Desk, Draft, declare_all
from fete.demo.people import REGION, TWO_DEPARTEMENTS, coordinator_of
from fete.demo.story import Cast
from fete.demo.timetable import sessions_of
from fete.demo.writing import ActivityText
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.network.services import Description, enter
from fete.programme.models import Activity, Edition, Side, SlotAudience
from fete.programme.rules import CRITERIA, Verdict
from fete.programme.services import conversation
from fete.programme.services.activities import declare, plan_slots
from fete.programme.services.bulk import take_steps
from fete.programme.services.late_entries import grant_late_entry
from fete.programme.services.pictures import set_picture
from fete.programme.services.renewal import renew
from fete.programme.services.review import take_step
from fete.programme.services.sentences import keep_sentence
from fete.programme.services.sharing import add_co_organiser, hand_over
from fete.programme.services.stands import accept_stand, ask_for_stand
from fete.programme.workflow import Status, Step
from fete.vocabulary.models import TermList
from fete.vocabulary.queries import terms_by_code

TEXTS = 5
"""How many texts of the association's sort it takes, beside one for families and classes."""
# Whose label a committee decides on.
COMMITTEE_OF = frozenset(TWO_DEPARTEMENTS.departements)
_STANDS = frozenset({"workshop", "game", "demonstration"})
# What classes and families see together, or where there are laboratories.
_ELSEWHERE = frozenset({"exhibition", "lab_open_day", "talk", "online"})
_DAY = timedelta(days=1)
_WEEK_AT_WORK = timedelta(days=4)
_COMMITTEE = "Comité de labellisation de la Haute-Garonne et du Tarn"
_UNREFERRED = (
    "Labellisée sous réserve\u00a0: le comité demande le nom de qui répond du contenu scientifique "
    "avant l’impression du programme."
)
_NEEDS = "Deux tables, une prise de courant, et si possible un coin à l’ombre pour les loupes."
_NEEDS_TOO = "Une table suffit. Nous venons à trois, avec notre matériel."
_WELCOME = "Bienvenue\u00a0! Votre table sera près de l’entrée. Installation possible dès 8\u00a0h\u00a030."
_HANDED = (
    "Notre animatrice part en retraite cet été\u00a0: vous connaissez cette activité pour l’avoir aidée. "
    "Voulez-vous la reprendre\u00a0?"
)
_QUESTION = "Bonjour, la mairie confirmera la salle la semaine prochaine seulement. Est-ce gênant pour la relecture\u00a0?"
_ANSWER = "Bonjour, non, je la relis quand même. Écrivez-moi ici si le lieu change."
_SENTENCES = (
    (
        "Âge conseillé",
        "Merci d’indiquer l’âge conseillé\u00a0: les parents le demandent avant toute autre chose.",
    ),
    (
        "Entrée du lieu",
        "Merci de dire comment on entre dans le lieu avec un fauteuil ou une poussette, et où se garer.",
    ),
)
_MOVING = "Le foyer déménage au printemps\u00a0: dix jours de plus, demandés par téléphone."
_TWICE = (
    ("Association Le Compas gersois", "2 place de la Libération"),
    ("Le Compas Gersois", ""),
)
_SAYS_SO = "Structure imaginée pour la démonstration, inscrite deux fois par deux personnes."
_TWINS_TOWN = "32107"


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """What the activities of a season say of themselves."""

    stands: Sequence[ActivityText]
    handed: ActivityText
    twins: Sequence[ActivityText]
    shared: ActivityText


def take_texts(texts: list[ActivityText]) -> Texts:
    """Take what a season needs out of the texts of an edition, and return it."""
    for_all = next(
        text
        for text in texts
        if text.kind not in _ELSEWHERE
        and text.for_public
        and text.for_schools
        and (not text.departements or story.DEPARTEMENT in text.departements)
    )
    texts.remove(for_all)
    suited = [text for text in texts if story.is_its_sort(text) and text.kind in _STANDS][:TEXTS]
    for text in suited:
        texts.remove(text)
    return Texts(stands=suited[:2], handed=suited[2], twins=suited[3:], shared=for_all)


def sit_in_committee(
    drafts: Sequence[Draft], edition: Edition, people: Mapping[str, User], *, today: date
) -> None:
    """Declare the drafts, and label them all at once as a committee decided."""
    declared = declare_all(edition, drafts, declared=_at(today - 19 * _DAY, 14))
    take_steps(
        {each.activity.id: each.activity.version for each in declared},
        Step.LABEL,
        by=people[TWO_DEPARTEMENTS.email],
        at=_at(today - 6 * _DAY, 17),
        reason=_UNREFERRED,
        verdict=Verdict(
            committee=_COMMITTEE, decided_on=today - 7 * _DAY, criteria=frozenset(CRITERIA)
        ),
    )


def play(
    desk: Desk,
    edition: Edition,
    cast: Cast,
    known: Mapping[str, Sequence[Commune]],
    texts: Texts,
    *,
    renewed: Declared,
    lived: Sequence[Declared],
    published: Sequence[Declared],
    today: date,
) -> None:
    """Let the season go on by some weeks: the association has `renewed` what it held before, and `lived` the usual course."""
    rng = random.Random(f"fete/{edition.year}/season")  # noqa: S311  # the same season each time
    _renew(renewed, edition, cast, today=today)
    village = next(
        each.activity
        for each in published
        if each.activity.is_container and each.activity.departement_code == story.DEPARTEMENT
    )
    inside = _ask_for_stands(rng, desk, edition, cast, texts.stands, village, today=today)
    shared = _share(rng, desk, edition, cast, texts.shared, today=today)
    _offer(rng, desk, edition, cast, texts.handed, today=today)
    _talk(lived, cast, today=today)
    _enter_twice(rng, desk, edition, known, texts.twins, today=today)
    _look_after(edition, cast, today=today)
    own = next(each.activity for each in lived if each.activity.status is Status.PUBLISHED)
    others = [each.activity for each in published if each.activity is not village]
    _picture([village, own, shared, inside, *others], cast.people, today=today)


def _renew(renewed: Declared, edition: Edition, cast: Cast, *, today: date) -> None:
    """Begin again what was held the year before; nobody has read it again yet."""
    (draft,) = renew([renewed.activity], edition, by=cast.actress, at=_at(today - 2 * _DAY, 20))
    for rank, slot in enumerate(draft.slots):
        # Under names that are the same each time.
        slot.uid = hosts.number(edition.year, "renewed", rank)


def _ask_for_stands(
    rng: random.Random,
    desk: Desk,
    edition: Edition,
    cast: Cast,
    texts: Sequence[ActivityText],
    village: Activity,
    *,
    today: date,
) -> Activity:
    """Ask for two stands, one after the other; return the one that is taken in and published."""
    asked = []
    for rank, (text, needs, age) in enumerate(
        zip(texts, (_NEEDS, _NEEDS_TOO), (12, 3), strict=True)
    ):
        draft = _draft(
            rng, desk, edition, f"stand/{rank}", text, cast.association, cast.communes[0]
        )
        for name in ("venue", "parent"):
            del draft.content[name]  # type: ignore[misc]
        at = _at(today - age * _DAY)
        activity = _declare(replace(draft, sessions=()), edition, by=cast.actress, at=at)
        asked.append(ask_for_stand(activity, village, needs=needs, by=cast.actress, at=at))
        take_step(activity, Step.SUBMIT, by=cast.actress, at=at + timedelta(minutes=10))
    first = asked[0]
    accept_stand(first, words=_WELCOME, by=cast.coordinator, at=_at(today - 10 * _DAY))
    _publish(first.activity, cast, today=today)
    return first.activity


def _share(
    rng: random.Random,
    desk: Desk,
    edition: Edition,
    cast: Cast,
    text: ActivityText,
    *,
    today: date,
) -> Activity:
    """Publish what two structures organise together, for families and for classes apart."""
    draft = _draft(rng, desk, edition, "shared", text, cast.association, cast.communes[0])
    at = _at(today - 13 * _DAY)
    activity = _declare(draft, edition, by=cast.actress, at=at)
    add_co_organiser(activity, cast.neighbours, by=cast.actress, at=at)
    take_step(activity, Step.SUBMIT, by=cast.neighbour, at=at + _DAY)
    _publish(activity, cast, today=today)
    return activity


def _offer(
    rng: random.Random,
    desk: Desk,
    edition: Edition,
    cast: Cast,
    text: ActivityText,
    *,
    today: date,
) -> None:
    """Let the neighbours offer the association to take over one of their activities."""
    town = cast.neighbours.commune
    assert town is not None  # noqa: S101  # entered with it
    draft = _draft(rng, desk, edition, "handed", text, cast.neighbours, town)
    activity = _declare(draft, edition, by=cast.neighbour, at=_at(today - 15 * _DAY))
    take_step(activity, Step.SUBMIT, by=cast.neighbour, at=_at(today - 15 * _DAY, 11))
    take_step(activity, Step.LABEL, by=cast.coordinator, at=_at(today - 11 * _DAY))
    hand_over(
        activity,
        cast.association,
        message=_HANDED,
        by=cast.neighbour,
        at=_at(today - 2 * _DAY, 18),
    )


def _talk(lived: Sequence[Declared], cast: Cast, *, today: date) -> None:
    """Exchange two messages about what waits to be read."""
    activity = next(each.activity for each in lived if each.activity.status is Status.SUBMITTED)
    for text, side, by, age in (
        (_QUESTION, Side.DECLARERS, cast.actress, 3),
        (_ANSWER, Side.COORDINATION, cast.coordinator, 2),
    ):
        conversation.write(activity, text, side=side, by=by, at=_at(today - age * _DAY, 9))


def _enter_twice(
    rng: random.Random,
    desk: Desk,
    edition: Edition,
    known: Mapping[str, Sequence[Commune]],
    texts: Sequence[ActivityText],
    *,
    today: date,
) -> None:
    """Let one association be entered twice, each entry with an activity that waits."""
    town = next(each for each in known[story.DEPARTEMENT] if each.code == _TWINS_TOWN)
    for rank, ((name, address), text, age) in enumerate(zip(_TWICE, texts, (9, 6), strict=True)):
        at = _at(today - age * _DAY)
        described = Description(name=name, address=address, description=_SAYS_SO)
        organisation = enter(described, commune=town, at=at)
        organisation.family = terms_by_code(TermList.FAMILY)["csti_non_museum"]
        organisation.legal_status = terms_by_code(TermList.LEGAL_STATUS)["association"]
        organisation.is_demo = True
        draft = _draft(rng, desk, edition, f"twin/{rank}", text, organisation, town)
        declare_all(edition, [draft], declared=at)


def _look_after(edition: Edition, cast: Cast, *, today: date) -> None:
    """Let coordinators be away next week, keep sentences, and give somebody more time."""
    away = cast.people[TWO_DEPARTEMENTS.email]
    monday = today + (7 - today.weekday()) * _DAY
    note_absence(
        away, first_day=monday, last_day=monday + _WEEK_AT_WORK, by=away, at=_at(today - _DAY, 16)
    )
    for title, text in _SENTENCES:
        keep_sentence(title=title, text=text, by=cast.coordinator)
    grant_late_entry(
        edition,
        cast.neighbours,
        until=edition.call_closes_on + 10 * _DAY,
        reason=_MOVING,
        by=cast.people[REGION.email],
        at=_at(today - 4 * _DAY),
    )


def _picture(activities: Sequence[Activity], people: Mapping[str, User], *, today: date) -> None:
    """Give the first of these activities a picture each, as many as are drawn."""
    for activity, drawn in zip(activities, drawing.drawings(), strict=False):
        set_picture(
            activity,
            drawn.encoded,
            alternative=drawn.alternative,
            credit=drawing.CREDIT,
            by=coordinator_of(people, activity.departement_code or story.DEPARTEMENT),
            at=_at(today - 5 * _DAY, 15),
        )


def _draft(
    rng: random.Random,
    desk: Desk,
    edition: Edition,
    name: str,
    text: ActivityText,
    organisation: Organisation,
    commune: Commune,
) -> Draft:
    sessions = sessions_of(rng, text, first=edition.starts_on, last=edition.ends_on)
    return desk.draft(
        f"{edition.year}/season/{name}",
        text,
        commune,
        sessions,
        at=_at(edition.call_opens_on),
        organisation=organisation,
    )


def _declare(draft: Draft, edition: Edition, *, by: User, at: datetime) -> Activity:
    activity = declare(
        organisation=draft.organisation,
        edition=edition,
        form_key=draft.form_key,
        by=by,
        at=at,
        **draft.content,
    )
    slots = [
        # A class at a time, where classes are welcome.
        replace(slot, classes=1) if slot.audience is SlotAudience.SCHOOLS else slot
        for slot in draft.slots
    ]
    plan_slots(activity, slots, by=by, at=at)
    return activity


def _publish(activity: Activity, cast: Cast, *, today: date) -> None:
    take_step(activity, Step.LABEL, by=cast.coordinator, at=_at(today - 9 * _DAY))
    take_step(activity, Step.PUBLISH, by=cast.coordinator, at=_at(today - 8 * _DAY))


def _at(day: date, hour: int = 10) -> datetime:
    return from_paris(day, time(hour))
