"""The forms of a declaration, one a part: each takes what is right, even when much is still missing."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import uuid4

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from fete.core.fields import CommuneField, FigureField, LinkField, PhoneField
from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.geography.queries import find_commune, matching_communes
from fete.programme.forms.slots import SlotsForm
from fete.programme.forms.timetable import Boxes
from fete.programme.forms.twins import VenueTwin
from fete.programme.forms.wording import stamp
from fete.programme.models import (
    DESCRIPTION_LENGTH,
    STANDFIRST_LENGTH,
    TITLE_LENGTH,
    Activity,
    Booking,
    Edition,
    Mode,
    Venue,
)
from fete.programme.queries.activities import containers_of, find_activity
from fete.programme.queries.venues import find_venue, venues_in, venues_of
from fete.programme.rules import FIELD_NAMES, MOST_PEOPLE, OLDEST, TERM_LISTS, Part, terms_of
from fete.programme.services.activities import Content
from fete.programme.services.venues import find_or_create_venue
from fete.vocabulary.models import Term, TermList
from fete.vocabulary.queries import terms_by_code, terms_of as words_of

_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LINE_LENGTH = 200
NOTE_LENGTH = 500
PHONE_LENGTH = 30
CONDITIONS_LENGTH = 255
LINK_LENGTH = 500
_NEEDED = lazy_gettext("Ce champ est nécessaire.")
_CHOOSE = lazy_gettext("Choisissez une des réponses proposées.")
_UNNAMED = lazy_gettext(
    "Donnez un nom à ce lieu, même simple : « Salle des fêtes », « Place du marché »."
)
_SITE = ("site_name", "site_address", "site_commune")


class ForDeposit:
    """Says that a field may wait, but not beyond the deposit."""

    field_flags = {"for_deposit": True}

    def __call__(self, form: Form, field: Any) -> None:  # noqa: ANN401  # as every validator
        """Refuse nothing: the deposit will."""


def _at_most(most: int) -> Length:
    return Length(
        max=most, message=lazy_gettext("Ce texte est trop long : %(max)d signes au plus.")
    )


def _one_line(value: Any) -> Any:  # noqa: ANN401  # as every filter
    return " ".join(value.split()) if isinstance(value, str) else value


def _line(name: str, most: int, *validators: Any) -> StringField:
    return StringField(
        FIELD_NAMES[name], [*validators, _at_most(most)], filters=[_one_line], default=""
    )


def _name(label: Any) -> StringField:  # noqa: ANN401  # a lazy text
    # Nobody nears this bound: no counter is shown.
    return StringField(label, [_no_longer], filters=[_one_line], default="")


def _no_longer(form: Form, field: Any) -> None:  # noqa: ANN401, ARG001  # as every validator
    if len(field.data or "") > LINE_LENGTH:
        raise ValidationError(
            _("Ce texte est trop long : %(max)d signes au plus.", max=LINE_LENGTH)
        )


def up_to(most: int, message: Any) -> Callable[[Form, Any], None]:  # noqa: ANN401  # a lazy text
    """Return a validator that refuses a figure beyond `most`."""

    def check(form: Form, field: Any) -> None:  # noqa: ANN401, ARG001  # as every validator
        if field.data is not None and field.data > most:
            raise ValidationError(str(message))

    return check


class Words(SelectMultipleField):  # type: ignore[misc]  # untyped library
    """Several words of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # as the field it replaces
        """Refuse what the list does not offer."""
        offered = {choice.value for choice in self.choices}
        if not offered.issuperset(self.data or ()):
            raise ValidationError(str(_CHOOSE))


class Choice(RadioField):  # type: ignore[misc]
    """One answer among a few."""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Refuse an answer that is not offered; none at all is for other validators to judge."""
        if self.data and all(choice.value != self.data for choice in self.choices):
            raise ValidationError(str(_CHOOSE))


def offer(terms: Iterable[Term], headings: dict[str, str] | None = None) -> list[SelectChoice]:
    """Return words of a list as choices, under a heading a group where there are headings."""
    return [
        SelectChoice(term.code, term.label, optgroup=(headings or {}).get(term.group))
        for term in terms
    ]


class PartForm(Form):
    """One part of a declaration: `version` tells what the person had before their eyes."""

    version = HiddenField(default="")

    def content(self) -> Content:
        """Return what was typed, as the activity holds it."""
        raise NotImplementedError


class CorrectionForm(Form):
    """Why an activity of a closed edition is corrected: kept in its history."""

    reason = TextAreaField(
        lazy_gettext("Pourquoi cette correction"),
        [
            DataRequired(lazy_gettext("Dites pourquoi : l’édition est close.")),
            _at_most(NOTE_LENGTH),
        ],
        render_kw={"rows": 2},
    )


class WhatForm(PartForm):
    """What it is."""

    kind = SelectField(
        FIELD_NAMES["kind"],
        [InputRequired(lazy_gettext("Choisissez le type d’activité."))],
        validate_choice=False,
    )
    title = _line("title", TITLE_LENGTH, InputRequired(lazy_gettext("Donnez un titre.")))
    standfirst = _line("standfirst", STANDFIRST_LENGTH)
    description = TextAreaField(
        FIELD_NAMES["description"],
        [ForDeposit(), _at_most(DESCRIPTION_LENGTH)],
        render_kw={"rows": 12},
        default="",
    )
    themes = Words(FIELD_NAMES["themes"], [ForDeposit()])
    matches_edition_theme = Choice(FIELD_NAMES["matches_edition_theme"], [ForDeposit()])
    scientific_referent = _name(FIELD_NAMES["scientific_referent"])
    partners = _line("partners", NOTE_LENGTH)

    def __init__(
        self, *, edition: Edition, may_create_containers: bool, held: Activity | None = None
    ) -> None:
        super().__init__(data=_held(held, Part.WHAT) if held else None)
        now = held.kind if held else None
        kinds = [
            term
            for term in words_of(TermList.KIND)
            if may_create_containers or not term.is_container
        ]
        if now is not None and now not in kinds:
            kinds.append(now)
        self.kind.choices = [SelectChoice("", _("Choisissez…")), *offer(kinds)]
        self.themes.choices = offer(_with_held(words_of(TermList.THEME), held, "themes"))
        self.matches_edition_theme.choices = [
            SelectChoice("yes", _("Oui")),
            SelectChoice("no", _("Non")),
        ]
        if edition.theme:
            self.matches_edition_theme.label.text = _(
                "Répond-elle au thème de l’édition %(year)s, « %(theme)s » ?",
                year=edition.year,
                theme=edition.theme,
            )
        else:
            del self.matches_edition_theme

    def validate_kind(self, field: SelectField) -> None:
        """Refuse a kind that is not offered."""
        if all(choice.value != field.data for choice in field.choices):
            raise ValidationError(str(_CHOOSE))

    def content(self) -> Content:
        """Return what was typed, as the activity holds it."""
        found = Content(
            kind=terms_by_code(TermList.KIND).get(self.kind.data),
            title=self.title.data,
            standfirst=self.standfirst.data,
            description=self.description.data,
            themes=_terms(self.themes),
            scientific_referent=self.scientific_referent.data,
            partners=self.partners.data,
        )
        if "matches_edition_theme" in self:
            answers = {"yes": True, "no": False}
            found["matches_edition_theme"] = answers.get(self.matches_edition_theme.data)
        return found


class DeclareForm(WhatForm):
    """A new activity: for which edition, and what it is; `form_key` makes of two sendings one activity.

    `call` proves which calls were open when it was shown.
    """

    call = HiddenField(default="")
    form_key = HiddenField(default=lambda: str(uuid4()))
    is_another = BooleanField(lazy_gettext("C’est une autre activité : la déclarer quand même"))
    edition = Choice(lazy_gettext("Pour quelle édition ?"))

    def __init__(self, *, editions: Sequence[Edition], may_create_containers: bool) -> None:
        self.editions = {str(edition.year): edition for edition in editions}
        super().__init__(edition=editions[0], may_create_containers=may_create_containers)
        self.edition.choices = [
            SelectChoice(
                year,
                _(
                    "Édition %(year)s, du %(first)s au %(last)s",
                    year=year,
                    first=f"{edition.starts_on:%d/%m/%Y}",
                    last=f"{edition.ends_on:%d/%m/%Y}",
                ),
            )
            for year, edition in self.editions.items()
        ]
        # One is always chosen: the first, until the person says otherwise.
        self.edition.flags.required = True
        if self.edition.data not in self.editions:
            self.edition.data = next(iter(self.editions))
        if len(self.editions) > 1 and "matches_edition_theme" in self:
            self.matches_edition_theme.label.text = _("Répond-elle au thème de l’édition ?")

    @property
    def chosen_edition(self) -> Edition:
        """The edition chosen, the one to come when none was."""
        return self.editions[self.edition.data]

    def validate_form_key(self, field: HiddenField) -> None:
        """Draw another key when this one is none of ours."""
        if not _KEY.fullmatch(field.data or ""):
            field.data = str(uuid4())


class WhomForm(PartForm):
    """For whom it is."""

    welcome = Choice(lazy_gettext("Qui peut venir ?"), [ForDeposit()])
    audiences = Words(FIELD_NAMES["audiences"], [ForDeposit()])
    levels = Words(FIELD_NAMES["levels"])
    age_min = FigureField(
        FIELD_NAMES["age_min"],
        [up_to(OLDEST, lazy_gettext("Un âge va de 0 à 120 ans."))],
    )
    age_max = FigureField(
        FIELD_NAMES["age_max"],
        [up_to(OLDEST, lazy_gettext("Un âge va de 0 à 120 ans."))],
    )

    def __init__(self, *, held: Activity) -> None:
        super().__init__(data=_held(held, Part.WHOM))
        self.welcome.choices = [
            SelectChoice("public", _("Tout le monde, sans être un groupe scolaire")),
            SelectChoice("schools", _("Les groupes scolaires seulement")),
            SelectChoice("both", _("Tout le monde, et des groupes scolaires")),
        ]
        self.audiences.choices = offer(_with_held(words_of(TermList.AUDIENCE), held, "audiences"))
        self.levels.choices = offer(_with_held(words_of(TermList.LEVEL), held, "levels"))

    def validate_age_max(self, field: FigureField) -> None:
        """Refuse ages the wrong way round."""
        youngest, oldest = self.age_min.data, field.data
        if youngest is not None and oldest is not None and youngest > oldest:
            raise ValidationError(_("L’âge maximum est plus petit que l’âge minimum."))

    def content(self) -> Content:
        """Return what was typed, as the activity holds it."""
        schools = self.welcome.data in {"schools", "both"}
        return Content(
            audiences=_terms(self.audiences),
            for_public=self.welcome.data in {"public", "both"},
            for_schools=schools,
            # Levels are for groups: without them, what was ticked means nothing.
            levels=_terms(self.levels) if schools else [],
            age_min=self.age_min.data,
            age_max=self.age_max.data,
        )


class WhereForm(PartForm):
    """Where it is: a place known already, or a new one; which village it asks to join, and what it needs there."""

    parent = SelectField(FIELD_NAMES["parent"], validate_choice=False, coerce=str)
    needs = TextAreaField(
        lazy_gettext("Ce dont votre stand a besoin"),
        [_at_most(NOTE_LENGTH)],
        render_kw={"rows": 3},
        default="",
    )
    mode = Choice(lazy_gettext("Où prend-on part à l’activité ?"), [ForDeposit()])
    venue = SelectField(
        lazy_gettext("Un lieu déjà connu"), [ForDeposit()], validate_choice=False, coerce=str
    )
    venue_name = _name(lazy_gettext("Nom du lieu"))
    venue_address = _name(lazy_gettext("Adresse : numéro et rue"))
    commune = CommuneField(lazy_gettext("Commune"), search=matching_communes, find=find_commune)
    venue_twin = VenueTwin()
    # Of a container only: the sites kept, and one more, known already or described.
    sites = Boxes(lazy_gettext("Lieux déjà ajoutés"))
    sites_asked = HiddenField(default="1")
    site = SelectField(lazy_gettext("Un lieu déjà connu"), validate_choice=False, coerce=str)
    site_name = _name(lazy_gettext("Nom du lieu"))
    site_address = _name(lazy_gettext("Adresse : numéro et rue"))
    site_commune = CommuneField(
        lazy_gettext("Commune"), search=matching_communes, find=find_commune
    )
    online_link = LinkField(FIELD_NAMES["online_link"], [_at_most(LINK_LENGTH)], default="")
    access_note = TextAreaField(
        FIELD_NAMES["access_note"], [_at_most(NOTE_LENGTH)], render_kw={"rows": 3}, default=""
    )

    def __init__(self, *, held: Activity) -> None:
        super().__init__(data=_held(held, Part.WHERE))
        containers = [] if held.is_container else list(containers_of(held.edition))
        asked = held.asked_stand
        for holder in (held.parent, asked.container if asked else None):
            if holder is not None and holder not in containers:
                containers.append(holder)
        if containers:
            self.parent.choices = [
                SelectChoice("", _("Non, elle se tient à part")),
                *(
                    SelectChoice(str(each.id), f"{each.title}{_place(each.venue)}")
                    for each in containers
                    if each.id != held.id
                ),
            ]
        else:
            del self.parent
            del self.needs
        self.mode.choices = [
            SelectChoice(Mode.ON_SITE, _("Sur place")),
            SelectChoice(Mode.ONLINE, _("En ligne")),
            SelectChoice(Mode.BOTH, _("Sur place et en ligne")),
        ]
        self.venue.choices = [
            SelectChoice("", _("Aucun de ceux-ci")),
            *self._places(held, containers),
        ]
        if len(self.venue.choices) == 1:
            # With no place to choose, it is the description that the deposit waits for.
            self.venue_name.flags.for_deposit = self.commune.flags.for_deposit = True
        if self.is_submitted() and self.commune.chosen is not None:
            self.venue_twin.compare(
                self.venue_name.data, self.venue_address.data, self.commune.chosen.code
            )
        self._sites = {str(site.id): site for site in held.sites}
        if held.is_container:
            self.sites.choices = [
                SelectChoice(number, f"{site.name}{_place(site)}")
                for number, site in self._sites.items()
            ]
            known = self.venue.choices[1:]
            self.site.choices = [SelectChoice("", _("Aucun de ceux-ci")), *known]
        else:
            for name in ("sites", "sites_asked", "site", *_SITE):
                del self[name]

    def _places(self, held: Activity, containers: Sequence[Activity]) -> list[SelectChoice]:
        """Return the places to choose from: first those of what holds the activity."""
        mine = list(venues_of(held.organisation))
        if held.venue is not None and held.venue not in mine:
            mine.insert(0, held.venue)
        commune = held.commune or held.organisation.commune
        near = [
            venue for venue in venues_in(commune.code if commune else None) if venue not in mine
        ]
        usual = [(_("Vos lieux habituels"), mine)]
        if commune is not None:
            usual.append((_("Autres lieux à %(commune)s", commune=commune.name), near))
        its: list[tuple[str, list[Venue]]] = []
        others: list[tuple[str, list[Venue]]] = []
        for each in containers:
            if each.sites:
                of_one = its if each is held.parent else others
                heading = _("Lieux de « %(title)s »", title=each.title)
                of_one.append((heading, each.grounds))
        offered: dict[Venue, str] = {}
        for heading, venues in [*its, *usual, *others]:
            for venue in venues:
                offered.setdefault(venue, heading)
        return [
            SelectChoice(str(venue.id), f"{venue.name}{_place(venue)}", optgroup=heading)
            for venue, heading in offered.items()
        ]

    def validate_parent(self, field: SelectField) -> None:
        """Refuse what is not offered."""
        if field.data and all(choice.value != field.data for choice in field.choices):
            raise ValidationError(str(_CHOOSE))

    def validate_venue(self, field: SelectField) -> None:
        """Refuse a place that is not offered."""
        if field.data and all(choice.value != field.data for choice in field.choices):
            raise ValidationError(str(_CHOOSE))

    def validate_commune(self, field: CommuneField) -> None:
        """Ask for the commune of a place that was named."""
        if self.venue_name.data and not field.typed:
            raise ValidationError(_("Dites dans quelle commune est ce lieu."))

    def validate_venue_name(self, field: StringField) -> None:
        """Ask for the name of a place that was described, and refuse two places at once."""
        described = bool(self.venue_address.data or self.commune.data)
        if described and not field.data:
            raise ValidationError(_UNNAMED)
        if field.data and self.venue.data and self.venue.data != self.venue.object_data:
            raise ValidationError(
                _("Vous avez aussi choisi un lieu déjà connu : gardez l’un ou l’autre.")
            )

    def content(self) -> Content:
        """Return what was typed, as the activity holds it; a place that is new is kept from then on."""
        found = Content(
            mode=Mode(self.mode.data or Mode.ON_SITE),
            venue=self._place(),
            access_note=self.access_note.data,
            online_link=self.online_link.data,
        )
        if "sites" in self and self.sites_asked.raw_data:
            found["sites"] = self._kept_sites()
        if "parent" in self:
            found["parent"] = find_activity(int(self.parent.data)) if self.parent.data else None
        return found

    def validate_site(self, field: SelectField) -> None:
        """Refuse a place that is not offered."""
        if field.data and all(choice.value != field.data for choice in field.choices):
            raise ValidationError(str(_CHOOSE))

    def validate_site_commune(self, field: CommuneField) -> None:
        """Ask for the commune of a site that was named."""
        if self.site_name.data and not field.typed:
            raise ValidationError(_("Dites dans quelle commune est ce lieu."))

    def validate_site_name(self, field: StringField) -> None:
        """Ask for the name of a site that was described, and refuse two at once."""
        if (self.site_address.data or self.site_commune.data) and not field.data:
            raise ValidationError(_UNNAMED)
        if field.data and self.site.data:
            raise ValidationError(
                _("Vous avez aussi choisi un lieu déjà connu : gardez l’un ou l’autre.")
            )

    @property
    def ticked_sites(self) -> list[Venue]:
        """The sites that stay, in their order."""
        return [self._sites[number] for number in self.sites.chosen]

    def _kept_sites(self) -> list[Venue]:
        kept: list[Venue | None] = list(self.ticked_sites)
        if self.site.data:
            kept.append(find_venue(int(self.site.data)))
        commune = find_commune(self.site_commune.data) if self.site_commune.data else None
        if self.site_name.data and commune is not None:
            kept.append(
                find_or_create_venue(
                    name=self.site_name.data, address=self.site_address.data, commune=commune
                )
            )
        return list(dict.fromkeys(site for site in kept if site is not None))

    def _place(self) -> Venue | None:
        if self.venue_twin.chosen is not None:
            return self.venue_twin.chosen
        commune = find_commune(self.commune.data) if self.commune.data else None
        if self.venue_name.data and commune is not None:
            return find_or_create_venue(
                name=self.venue_name.data, address=self.venue_address.data, commune=commune
            )
        return find_venue(int(self.venue.data)) if self.venue.data else None


class HowForm(PartForm):
    """How one comes: booking, conditions, price."""

    booking = Choice(lazy_gettext("Faut-il réserver ?"), [ForDeposit()])
    booking_phone = PhoneField(FIELD_NAMES["booking_phone"], [_at_most(PHONE_LENGTH)], default="")
    booking_email = EmailField(
        FIELD_NAMES["booking_email"],
        [
            Optional(),
            Email(lazy_gettext("Cette adresse n’a pas la bonne forme : nom@exemple.fr.")),
            _no_longer,
        ],
        filters=[_one_line],
        default="",
    )
    booking_link = LinkField(FIELD_NAMES["booking_link"], [_at_most(LINK_LENGTH)], default="")
    conditions = _line("conditions", CONDITIONS_LENGTH)
    is_free = BooleanField(
        lazy_gettext("Cette activité est gratuite pour le public."), [ForDeposit()]
    )

    def __init__(self, *, held: Activity) -> None:
        super().__init__(data=_held(held, Part.HOW))
        self.booking.choices = [
            SelectChoice(Booking.NONE, _("Non, on vient librement")),
            SelectChoice(Booking.RECOMMENDED, _("C’est conseillé")),
            SelectChoice(Booking.REQUIRED, _("Oui, c’est obligatoire")),
        ]

    def content(self) -> Content:
        """Return what was typed, as the activity holds it."""
        return Content(
            booking=Booking(self.booking.data or Booking.NONE),
            booking_phone=self.booking_phone.data or "",
            booking_email=self.booking_email.data or "",
            booking_link=self.booking_link.data or "",
            conditions=self.conditions.data,
            is_free=self.is_free.data,
        )


class AccessForm(PartForm):
    """Who can get in and take part; « not known » is not « no »."""

    accessibility_known = Choice(lazy_gettext("Savez-vous à qui l’activité est accessible ?"))
    accessibility = Words(lazy_gettext("Ce qui est prévu"))
    accessibility_note = TextAreaField(
        FIELD_NAMES["accessibility_note"],
        [_at_most(NOTE_LENGTH)],
        render_kw={"rows": 3},
        default="",
    )

    def __init__(self, *, held: Activity) -> None:
        super().__init__(data=_held(held, Part.ACCESS))
        self.accessibility_known.choices = [
            SelectChoice("no", _("Pas encore")),
            SelectChoice("yes", _("Oui : ce qui n’est pas coché ci-dessous n’est pas prévu")),
        ]
        headings = {
            "impairment": _("Accessible aux personnes qui vivent avec un"),
            "feature": _("Équipements et services"),
        }
        terms = _with_held(words_of(TermList.ACCESSIBILITY), held, "accessibility")
        self.accessibility.choices = offer(terms, headings)

    def content(self) -> Content:
        """Return what was typed, as the activity holds it: to tick a box is to know."""
        ticked = _terms(self.accessibility)
        return Content(
            accessibility_known=self.accessibility_known.data == "yes" or bool(ticked),
            accessibility=ticked,
            accessibility_note=self.accessibility_note.data,
        )


def _expected(name: str) -> FigureField:
    return FigureField(
        FIELD_NAMES[name],
        [up_to(MOST_PEOPLE, lazy_gettext("Ce nombre est trop grand : un million au plus."))],
    )


class MeansForm(PartForm):
    """Who is expected to make it, and to come."""

    expected_researchers = _expected("expected_researchers")
    expected_mediators = _expected("expected_mediators")
    expected_volunteers = _expected("expected_volunteers")
    expected_visitors = _expected("expected_visitors")

    def __init__(self, *, held: Activity) -> None:
        super().__init__(data=_held(held, Part.MEANS))

    def content(self) -> Content:
        """Return what was typed, as the activity holds it."""
        return Content(
            expected_researchers=self.expected_researchers.data,
            expected_mediators=self.expected_mediators.data,
            expected_volunteers=self.expected_volunteers.data,
            expected_visitors=self.expected_visitors.data,
        )


PART_FORMS: dict[Part, type[Any]] = {
    Part.WHOM: WhomForm,
    Part.WHERE: WhereForm,
    Part.WHEN: SlotsForm,
    Part.HOW: HowForm,
    Part.ACCESS: AccessForm,
    Part.MEANS: MeansForm,
}


def form_of(part: Part, activity: Activity, *, may_create_containers: bool) -> Any:  # noqa: ANN401  # one of the forms above
    """Return the form of one part, with what the activity holds; the version is the one shown."""
    form = (
        WhatForm(
            edition=activity.edition, may_create_containers=may_create_containers, held=activity
        )
        if part is Part.WHAT
        else PART_FORMS[part](held=activity)
    )
    if not form.was_typed:
        form.version.data = stamp(activity, part)
    return form


def _terms(field: Words) -> list[Term]:
    """Return the words ticked, in the order of their list."""
    known = terms_by_code(TERM_LISTS[field.short_name])
    return [term for code, term in known.items() if code in (field.data or ())]


def _with_held(offered: Sequence[Term], held: Activity | None, name: str) -> list[Term]:
    """Return the words on offer, and those retired since that the activity still bears."""
    bears = terms_of(held, name) if held else []
    return [*offered, *(term for term in bears if term not in offered)]


def _place(venue: Venue | None) -> str:
    if venue is None:
        return ""
    return (
        f", {venue.address}, {venue.commune.name}" if venue.address else f", {venue.commune.name}"
    )


def _held(activity: Activity, part: Part) -> dict[str, object]:
    """Return what the activity holds, as the fields of the form show it."""
    if part is Part.WHAT:
        return {
            "kind": activity.kind.code if activity.kind else "",
            "title": activity.title,
            "standfirst": activity.standfirst,
            "description": activity.description,
            "themes": _codes(activity, "themes"),
            "matches_edition_theme": {True: "yes", False: "no"}.get(
                activity.matches_edition_theme  # type: ignore[arg-type]
            ),
            "scientific_referent": activity.scientific_referent,
            "partners": activity.partners,
        }
    if part is Part.WHOM:
        return {
            "welcome": _WELCOME[activity.for_public, activity.for_schools],
            "audiences": _codes(activity, "audiences"),
            "levels": _codes(activity, "levels"),
            "age_min": activity.age_min,
            "age_max": activity.age_max,
        }
    if part is Part.WHERE:
        asked = activity.asked_stand
        return {
            "parent": str((asked.container_id if asked else activity.parent_id) or ""),
            "needs": asked.message if asked else "",
            "mode": activity.mode.value,
            "venue": str(activity.venue_id or ""),
            "sites": [str(site.id) for site in activity.sites],
            "online_link": activity.online_link,
            "access_note": activity.access_note,
        }
    if part is Part.HOW:
        return {
            "booking": activity.booking.value,
            "booking_phone": activity.booking_phone,
            "booking_email": activity.booking_email,
            "booking_link": activity.booking_link,
            "conditions": activity.conditions,
            "is_free": activity.is_free,
        }
    if part is Part.ACCESS:
        return {
            "accessibility_known": "yes" if activity.accessibility_known else "no",
            "accessibility": _codes(activity, "accessibility"),
            "accessibility_note": activity.accessibility_note,
        }
    return {
        "expected_researchers": activity.expected_researchers,
        "expected_mediators": activity.expected_mediators,
        "expected_volunteers": activity.expected_volunteers,
        "expected_visitors": activity.expected_visitors,
    }


_WELCOME = {
    (True, False): "public",
    (False, True): "schools",
    (True, True): "both",
    (False, False): "",
}


def _codes(activity: Activity, name: str) -> list[str]:
    return [term.code for term in terms_of(activity, name)]
