"""The rules of declaring, pure: the parts of a declaration, what a deposit lacks, who may hold whom."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from fete.accounts.policies import is_coordinator
from fete.core.i18n import gettext as _, lazy_gettext, ngettext
from fete.programme.models import (
    DESCRIPTION_LENGTH,
    STANDFIRST_LENGTH,
    TITLE_LENGTH,
    Activity,
    Booking,
    EditionState,
    Mode,
)
from fete.programme.rules.editions import is_in_window, may_declare
from fete.programme.rules.slots import strangers
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.models import Term, TermList

OLDEST = 120
MOST_SITES = 60
_OPEN_TO_CHILDREN = frozenset({Status.LABELLED, Status.PUBLISHED})


class Part(StrEnum):
    """The parts of a declaration, in order, each under the word of its address."""

    WHAT = "quoi"
    WHOM = "pour-qui"
    WHERE = "ou"
    WHEN = "quand"
    HOW = "comment"
    ACCESS = "accessibilite"
    MEANS = "moyens"


FIELDS: dict[Part, tuple[str, ...]] = {
    Part.WHAT: (
        "kind",
        "title",
        "standfirst",
        "description",
        "themes",
        "matches_edition_theme",
        "scientific_referent",
        "partners",
    ),
    Part.WHOM: ("audiences", "for_public", "for_schools", "levels", "age_min", "age_max"),
    Part.WHERE: ("mode", "parent", "venue", "sites", "access_note", "online_link"),
    Part.WHEN: ("slots",),
    Part.HOW: (
        "booking",
        "booking_phone",
        "booking_email",
        "booking_link",
        "conditions",
        "is_free",
    ),
    Part.ACCESS: ("accessibility_known", "accessibility", "accessibility_note"),
    Part.MEANS: (
        "expected_researchers",
        "expected_mediators",
        "expected_volunteers",
        "expected_visitors",
    ),
}


# What an activity holds as words of a list.
TERM_LISTS: dict[str, TermList] = {
    "themes": TermList.THEME,
    "audiences": TermList.AUDIENCE,
    "levels": TermList.LEVEL,
    "accessibility": TermList.ACCESSIBILITY,
}


# How each field is called, on the forms and in the journal.
FIELD_NAMES: dict[str, Any] = {
    "kind": lazy_gettext("Type d’activité"),
    "title": lazy_gettext("Titre"),
    "standfirst": lazy_gettext("Résumé en une phrase"),
    "description": lazy_gettext("Description"),
    "themes": lazy_gettext("Thématiques"),
    "matches_edition_theme": lazy_gettext("Lien avec le thème de l’édition"),
    "scientific_referent": lazy_gettext("Référent ou référente scientifique"),
    "partners": lazy_gettext("Partenaires"),
    "audiences": lazy_gettext("Publics"),
    "for_public": lazy_gettext("Ouverte à tout le monde"),
    "for_schools": lazy_gettext("Ouverte aux groupes scolaires"),
    "levels": lazy_gettext("Niveaux scolaires"),
    "age_min": lazy_gettext("Âge minimum"),
    "age_max": lazy_gettext("Âge maximum"),
    "mode": lazy_gettext("Sur place ou en ligne"),
    "parent": lazy_gettext("Village des sciences, festival ou parcours"),
    "venue": lazy_gettext("Lieu"),
    "sites": lazy_gettext("Autres lieux de l’événement"),
    "access_note": lazy_gettext("Comment s’y rendre"),
    "online_link": lazy_gettext("Lien pour participer en ligne"),
    "slots": lazy_gettext("Créneaux"),
    "booking": lazy_gettext("Réservation"),
    "booking_phone": lazy_gettext("Téléphone pour réserver"),
    "booking_email": lazy_gettext("Adresse électronique pour réserver"),
    "booking_link": lazy_gettext("Page web pour réserver"),
    "conditions": lazy_gettext("Conditions particulières"),
    "is_free": lazy_gettext("Gratuité"),
    "accessibility_known": lazy_gettext("Accessibilité renseignée"),
    "accessibility": lazy_gettext("Accessibilité"),
    "accessibility_note": lazy_gettext("Précisions sur l’accessibilité"),
    "expected_researchers": lazy_gettext("Scientifiques attendus"),
    "expected_mediators": lazy_gettext("Médiateurs et médiatrices attendus"),
    "expected_volunteers": lazy_gettext("Bénévoles attendus"),
    "expected_visitors": lazy_gettext("Visiteurs attendus"),
}


# What the public never sees: a change of these tells subscribers nothing.
PRIVATE_FIELDS = frozenset(FIELDS[Part.MEANS])


def part_of(field: str) -> Part:
    """Return the part of the declaration where a field is."""
    return next(part for part, fields in FIELDS.items() if field in fields)


def asked_of(activity: Activity) -> list[str]:
    """Return the fields that the latest sending back asks to complete, in their order, while it is awaited."""
    if activity.status is not Status.CHANGES_REQUESTED:
        return []
    deposited = activity.submitted_at
    sent_back = max(
        (
            remark
            for remark in activity.remarks
            if remark.fields and (deposited is None or remark.at >= deposited)
        ),
        key=lambda remark: (remark.at, remark.id),
        default=None,
    )
    named = sent_back.fields.split(",") if sent_back else []
    return [field for fields in FIELDS.values() for field in fields if field in named]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Something that is missing: the field, the part of the declaration where it is, the sentence."""

    field: str
    step: Part
    message: str


def deposit_is_open(activity: Activity, today: date) -> bool:
    """Whether the activity may be deposited today: in the call.

    Later too when it was deposited in time, when the coordination began it or lets its structure come late.
    """
    begun_by = activity.created_by
    if activity.submitted_at is not None or (begun_by is not None and is_coordinator(begun_by)):
        return activity.edition.state is EditionState.OPEN
    return may_declare(activity.edition, activity.organisation_id, today)


def was_never_shown(activity: Activity) -> bool:
    """Whether only those who declare it ever saw it: a draft that nobody remarked on nor decided about."""
    return (
        activity.status is Status.DRAFT
        and activity.submitted_at is None
        and not activity.remarks
        and not activity.decisions
    )


def may_hold(parent: Activity, child: Activity) -> bool:
    """Whether the container may take the activity in: same edition, one level, labelled or published."""
    return (
        parent is not child
        and parent.is_container
        and parent.parent is None
        and not child.is_container
        and parent.edition_id == child.edition_id
        and (parent.status in _OPEN_TO_CHILDREN or child.parent is parent)
    )


def holders_of(activity: Activity) -> list[Activity]:
    """Return whose place and hours it would take: its container's, and those of the one it asks to join."""
    asked = activity.asked_stand
    return [each for each in (activity.parent, asked.container if asked else None) if each]


def unplaced(activity: Activity) -> str:
    """Return why it cannot be published for want of a place or hours of its own; nothing when it has both.

    It may be deposited while it asks for a stand, whose place and hours it would take; the public must find it.
    """
    if not activity.stand_requests or activity.parent is not None:
        return ""
    has_place = activity.mode is Mode.ONLINE or activity.venue is not None
    if has_place and any(slot.state is not SlotState.CANCELLED for slot in activity.slots):
        return ""
    asked = activity.asked_stand
    if asked is not None:
        message = _(
            "Elle attend un stand dans « %(title)s », dont elle prendrait le lieu et les horaires : "
            "elle pourra être publiée quand le stand sera accepté.",
            title=asked.container.title,
        )
    else:
        message = _(
            "Le stand qu’elle demandait ne lui a pas été accordé : elle n’a ni lieu ni horaires à elle. "
            "Renvoyez-la pour qu’ils soient complétés."
        )
    return str(message)


def missing(activity: Activity) -> list[Gap]:
    """Return what keeps the activity from being deposited, in the order of the form; nothing when it may be."""
    return [
        *_what(activity),
        *_whom(activity),
        *_where(activity),
        *_when(activity),
        *_how(activity),
    ]


def left_to_confirm(activity: Activity) -> list[Gap]:
    """Return what was taken over from an earlier edition and that nobody has read again, in the order of the form.

    What is missing is asked for already: it is not told twice.
    """
    waiting = set(filter(None, activity.to_confirm.split(","))) - {
        gap.field for gap in missing(activity)
    }
    return [
        Gap(field=name, step=part, message=str(FIELD_NAMES[name]))
        for part, names in FIELDS.items()
        for name in names
        if name in waiting
    ]


def advice(activity: Activity) -> list[Gap]:
    """Return what would make the activity better known, without keeping it from being deposited."""
    found = []
    if not activity.standfirst:
        found.append(
            Gap(
                field="standfirst",
                step=Part.WHAT,
                message=_("Ajoutez un résumé en une phrase : c’est ce que l’on lit en premier."),
            )
        )
    if not activity.scientific_referent:
        found.append(
            Gap(
                field="scientific_referent",
                step=Part.WHAT,
                message=_("Dites qui répond du contenu scientifique."),
            )
        )
    if activity.mode is not Mode.ON_SITE and not activity.online_link:
        found.append(
            Gap(
                field="online_link",
                step=Part.WHERE,
                message=_("Donnez le lien pour participer en ligne dès que vous le connaissez."),
            )
        )
    outside = slots_outside(activity)
    if outside and len(outside) < len(activity.slots):
        found.append(
            Gap(
                field="slots",
                step=Part.WHEN,
                message=_("Un créneau au moins tombe hors des dates officielles : est-ce voulu ?"),
            )
        )
    if not activity.accessibility_known:
        found.append(
            Gap(
                field="accessibility_known",
                step=Part.ACCESS,
                message=_("Dites à qui l’activité est accessible, et ce qui n’est pas prévu."),
            )
        )
    return found


def slots_outside(activity: Activity) -> list[datetime]:
    """Return the starts of its slots that lie outside the official dates."""
    return [
        slot.starts_at
        for slot in activity.slots
        if not is_in_window(slot.starts_at, activity.edition)
    ]


def complete_parts(activity: Activity) -> frozenset[Part]:
    """Return the parts of the declaration where nothing is left to fill in."""
    lacking = {gap.step for gap in (*missing(activity), *left_to_confirm(activity))}
    if not activity.accessibility_known:
        lacking.add(Part.ACCESS)
    if all(getattr(activity, field) is None for field in FIELDS[Part.MEANS]):
        lacking.add(Part.MEANS)
    return frozenset(set(Part) - lacking)


def content_faults(activity: Activity, *, with_slots: bool = True) -> list[Gap]:
    """Return what cannot stand even in a draft: too long, contradictory, or not the declarer's to choose.

    Without its slots, where they are held is left aside: others are planned right after.
    """
    found: list[Gap] = []
    for field, most in (
        ("title", TITLE_LENGTH),
        ("standfirst", STANDFIRST_LENGTH),
        ("description", DESCRIPTION_LENGTH),
    ):
        if len(getattr(activity, field)) > most:
            found.append(
                Gap(field=field, step=Part.WHAT, message=_("Au plus %(most)s signes.", most=most))
            )
    youngest, oldest = activity.age_min, activity.age_max
    if youngest is not None and oldest is not None and youngest > oldest:
        found.append(
            Gap(
                field="age_max",
                step=Part.WHOM,
                message=_("L’âge maximum est plus petit que l’âge minimum."),
            )
        )
    if activity.parent is not None and not may_hold(activity.parent, activity):
        found.append(
            Gap(
                field="parent",
                step=Part.WHERE,
                message=_("Cette activité ne peut pas être rattachée à cet événement."),
            )
        )
    return found or _site_faults(activity, with_slots=with_slots)


def _site_faults(activity: Activity, *, with_slots: bool) -> list[Gap]:
    sites = [site for site in activity.sites if site is not activity.venue]
    if sites and not activity.is_container:
        message = _("Seul un village, un festival ou un parcours a plusieurs lieux.")
    elif len(sites) > MOST_SITES:
        message = _("Un événement a %(most)s lieux au plus.", most=MOST_SITES)
    elif left := [
        slot
        for slot in activity.slots
        if with_slots
        and slot.state is not SlotState.CANCELLED
        and slot.venue is not None
        and slot.venue not in activity.places_to_name
    ]:
        message = _(
            "Un créneau au moins se tient à « %(place)s » : donnez-lui d’abord un autre lieu dans « Quand ».",
            place=left[0].venue.name if left[0].venue else "",
        )
    else:
        return []
    field = "sites" if activity.is_container else "parent"
    return [Gap(field=field, step=Part.WHERE, message=message)]


def terms_of(activity: Activity, field: str) -> list[Term]:
    """Return the words that the activity holds under a field, in the order of their list."""
    of = TERM_LISTS[field]
    return sorted(
        (term for term in activity.terms if term.list is of), key=lambda term: term.position
    )


def _what(activity: Activity) -> list[Gap]:
    found = []
    if activity.kind is None:
        found.append(("kind", _("Choisissez le type d’activité.")))
    if not activity.title:
        found.append(("title", _("Donnez un titre.")))
    if not activity.description:
        found.append(
            ("description", _("Décrivez l’activité : ce que l’on y voit, ce que l’on y fait."))
        )
    if not terms_of(activity, "themes"):
        found.append(("themes", _("Choisissez au moins une thématique.")))
    if activity.matches_edition_theme is None and activity.edition.theme:
        found.append(
            ("matches_edition_theme", _("Dites si l’activité répond au thème de l’édition."))
        )
    return [Gap(field=field, step=Part.WHAT, message=message) for field, message in found]


def _whom(activity: Activity) -> list[Gap]:
    found = []
    if not activity.for_public and not activity.for_schools:
        found.append(
            ("welcome", _("Dites si l’activité est ouverte à tous, aux scolaires, ou aux deux."))
        )
    if not terms_of(activity, "audiences"):
        found.append(("audiences", _("Choisissez au moins un public.")))
    if activity.for_schools and not terms_of(activity, "levels"):
        found.append(("levels", _("Choisissez les niveaux scolaires que vous accueillez.")))
    return [Gap(field=field, step=Part.WHOM, message=message) for field, message in found]


def _where(activity: Activity) -> list[Gap]:
    if activity.mode is Mode.ONLINE or activity.venue is not None:
        return []
    if any(holder.venue is not None for holder in holders_of(activity)):
        return []
    return [Gap(field="venue", step=Part.WHERE, message=_("Dites où l’activité a lieu."))]


def _when(activity: Activity) -> list[Gap]:
    starts = [slot.starts_at for slot in activity.slots if slot.state is not SlotState.CANCELLED]
    if not starts and holders_of(activity):
        return []
    if not starts:
        message = _("Indiquez au moins un créneau : un jour, une heure de début et de fin.")
    elif not any(is_in_window(each, activity.edition) for each in starts):
        edition = activity.edition
        message = _(
            "Un créneau au moins doit tomber dans les dates officielles, du %(first)s au %(last)s.",
            first=f"{edition.starts_on:%d/%m/%Y}",
            last=f"{edition.ends_on:%d/%m/%Y}",
        )
    elif strangers(activity):
        message = _(
            "Un créneau au moins n’est pas pour ceux que l’activité accueille : dites pour qui il est."
        )
    else:
        return []
    return [Gap(field="slots", step=Part.WHEN, message=message)]


def _how(activity: Activity) -> list[Gap]:
    found = []
    reached_by = (activity.booking_phone, activity.booking_email, activity.booking_link)
    if activity.booking is not Booking.NONE and not any(reached_by):
        found.append(
            (
                "booking_phone",
                _("Donnez un téléphone, une adresse électronique ou une page web pour réserver."),
            )
        )
    if not activity.is_free:
        found.append(
            (
                "is_free",
                _("La Fête de la science est gratuite : confirmez que votre activité l’est aussi."),
            )
        )
    return [Gap(field=field, step=Part.HOW, message=message) for field, message in found]


def over_at(activity: Activity) -> datetime | None:
    """Return when the last slot ends, of the activity or of what holds it."""
    own = activity.last_ends_at
    return own if own or activity.parent is None else activity.parent.last_ends_at


def has_taken_place(activity: Activity, at: datetime) -> bool:
    """Whether the public could come, and it is over: who came is to be reported."""
    over = over_at(activity)
    return activity.status is Status.PUBLISHED and over is not None and over <= at


def situation(activity: Activity) -> str:
    """Return where the activity stands, in a sentence for those who declared it."""
    if activity.status is Status.DRAFT:
        gaps, to_read = missing(activity), left_to_confirm(activity)
        if to_read:
            return str(
                ngettext(
                    "Brouillon reconduit : il reste %(num)s étape à relire avant de le déposer.",
                    "Brouillon reconduit : il reste %(num)s étapes à relire avant de le déposer.",
                    len({gap.step for gap in (*gaps, *to_read)}),
                )
            )
        lacking = len(gaps)
        if not lacking:
            return str(_("Brouillon complet : il reste à le déposer."))
        return str(
            ngettext(
                "Brouillon : il manque %(num)s élément pour le déposer.",
                "Brouillon : il manque %(num)s éléments pour le déposer.",
                lacking,
            )
        )
    sentence = str(
        _("Annulée : le programme et les agendas le disent au public.")
        if activity.status is Status.PUBLISHED and activity.is_cancelled
        else _SITUATIONS[activity.status]
    )
    if activity.proposal is not None and activity.edition.state is not EditionState.CLOSED:
        waits = _("Un changement attend la relecture de la coordination.")
        return f"{sentence} {waits}"
    return sentence


_SITUATIONS = {
    Status.SUBMITTED: lazy_gettext("Déposée : la coordination va la relire."),
    Status.CHANGES_REQUESTED: lazy_gettext(
        "La coordination demande un complément : lisez son message, corrigez, déposez de nouveau."
    ),
    Status.LABELLED: lazy_gettext("Labellisée : elle sera bientôt publiée dans le programme."),
    Status.PUBLISHED: lazy_gettext("Publiée : tout le monde peut la voir dans le programme."),
    Status.REFUSED: lazy_gettext("Refusée : le motif est donné sur sa page."),
    Status.WITHDRAWN: lazy_gettext("Retirée : elle ne paraît nulle part."),
}
