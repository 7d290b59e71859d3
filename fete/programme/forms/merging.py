"""What the coordination compares before it makes two entries one."""

from dataclasses import dataclass

from wtforms import HiddenField, StringField
from wtforms.validators import Length

from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext, ngettext
from fete.network.models import Organisation
from fete.programme.forms.review import SEARCH_LENGTH, read_version
from fete.programme.rules.merging import FILLED, Entry, kind_of, taken_over


class EntrySearchForm(Form):
    """The words of a structure or a place."""

    class Meta(Form.Meta):
        """Searching changes nothing: the address holds it all."""

        csrf = False

    q = StringField(lazy_gettext("Nom ou commune"), [Length(max=SEARCH_LENGTH)])


class MergeForm(Form):
    """Make two entries one: as they stood when they were compared."""

    survivor_version = HiddenField()
    gone_version = HiddenField()

    def versions(self) -> tuple[int, int]:
        """Return the versions of the two that the person compared."""
        return read_version(self.survivor_version.data), read_version(self.gone_version.data)

    def renew(self, survivor: Entry, gone: Entry) -> None:
        """Bind the form to the two as they stand now."""
        if isinstance(survivor, Organisation) and isinstance(gone, Organisation):
            self.survivor_version.data = str(survivor.version)
            self.gone_version.data = str(gone.version)


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """One field of the two entries, and whether the one that stays takes it from the other."""

    name: str
    kept: str
    other: str
    is_taken: bool
    # Both say something, and not the same.
    differs: bool


def comparison(survivor: Entry, gone: Entry) -> list[Compared]:
    """Return the fields of two entries that say something in either, the name first."""
    taken = taken_over(survivor, gone)
    names = {"name": _("Nom"), "commune_code": _("Commune"), **FILLED[kind_of(survivor)]}
    found = []
    for column, name in names.items():
        kept, other = _said(survivor, column), _said(gone, column)
        if kept or other:
            found.append(
                Compared(
                    name=str(name),
                    kept=kept,
                    other=other,
                    is_taken=column in taken,
                    differs=bool(kept and other and kept != other),
                )
            )
    return found


def _said(entry: Entry, column: str) -> str:
    if column == "commune_code":
        return entry.commune.label if entry.commune is not None else ""
    if isinstance(entry, Organisation) and column == "family_id":
        return entry.family.label if entry.family is not None else ""
    if isinstance(entry, Organisation) and column == "legal_status_id":
        return entry.legal_status.label if entry.legal_status is not None else ""
    value = getattr(entry, column)
    return "" if value is None else str(value)


def in_words(hanging: dict[str, int]) -> list[str]:
    """Return what hangs on an entry, in words: « 3 activités », « 2 membres »."""
    said = {
        "activity": ngettext("%(num)s activité", "%(num)s activités", hanging.get("activity", 0)),
        "slot": ngettext(
            "%(num)s créneau tenu là", "%(num)s créneaux tenus là", hanging.get("slot", 0)
        ),
        "activity_site": ngettext(
            "%(num)s village ou parcours dont c’est un des lieux",
            "%(num)s villages ou parcours dont c’est un des lieux",
            hanging.get("activity_site", 0),
        ),
        "membership": ngettext(
            "%(num)s membre ou demande", "%(num)s membres ou demandes", hanging.get("membership", 0)
        ),
        "charter_signature": ngettext(
            "%(num)s signature de la charte",
            "%(num)s signatures de la charte",
            hanging.get("charter_signature", 0),
        ),
        "invitation": ngettext(
            "%(num)s invitation", "%(num)s invitations", hanging.get("invitation", 0)
        ),
        "co_organiser": ngettext(
            "%(num)s activité organisée avec d’autres",
            "%(num)s activités organisées avec d’autres",
            hanging.get("co_organiser", 0),
        ),
        "handover": ngettext(
            "%(num)s activité à reprendre",
            "%(num)s activités à reprendre",
            hanging.get("handover", 0),
        ),
        "late_entry": ngettext(
            "%(num)s délai accordé", "%(num)s délais accordés", hanging.get("late_entry", 0)
        ),
        "organisation": ngettext(
            "%(num)s fiche déjà réunie à celle-ci",
            "%(num)s fiches déjà réunies à celle-ci",
            hanging.get("organisation", 0),
        ),
        "venue": ngettext(
            "%(num)s fiche déjà réunie à celle-ci",
            "%(num)s fiches déjà réunies à celle-ci",
            hanging.get("venue", 0),
        ),
    }
    return [str(words) for table, words in said.items() if hanging.get(table)]
