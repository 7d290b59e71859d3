"""What is asked of somebody who types a place that seems to be known already."""

from typing import Any

from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from fete.core.forms import Form
from fete.core.i18n import gettext as _, lazy_gettext
from fete.geography.queries import find_commune
from fete.programme.models import Venue
from fete.programme.queries.venues import similar_venues


class VenueTwin(RadioField):  # type: ignore[misc]  # untyped library
    """Which of the known places is meant, or none of them: asked only where some look like the one described."""

    def __init__(self, label: Any = None, **options: Any) -> None:  # noqa: ANN401  # as every field
        super().__init__(label or lazy_gettext("Le même lieu, ou un autre"), choices=[], **options)
        self.data: str | None
        self.twins: dict[str, Venue] = {}

    def compare(self, name: str, address: str, commune_code: str) -> None:
        """Offer the places that are likely the one described; an answer about others counts no more."""
        commune = find_commune(commune_code)
        found = (
            similar_venues(name or "", address=address or "", commune=commune) if commune else []
        )
        self.twins = {str(venue.id): venue for venue in found}
        if not found:
            self.choices = []
            return
        self.flags.required = True
        self.choices = [
            *(
                SelectChoice(number, _("C’est celui-ci : %(place)s", place=_in_words(venue)))
                for number, venue in self.twins.items()
            ),
            # It says which ones were in sight: others that come to look alike are asked about anew.
            SelectChoice("autre-" + "-".join(self.twins), _("Non, c’est un autre lieu")),
        ]
        if all(choice.value != self.data for choice in self.choices):
            self.data = None

    @property
    def chosen(self) -> Venue | None:
        """The known place that is meant."""
        return self.twins.get(self.data or "")

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # as the field it replaces
        """Ask for an answer where there is a question."""
        if self.twins and not self.data:
            raise ValidationError(
                _("Un lieu très proche existe déjà : dites si c’est celui-ci. Rien n’est perdu.")
            )


def _in_words(venue: Venue) -> str:
    return ", ".join(filter(None, (venue.name, venue.address, venue.commune.name)))
