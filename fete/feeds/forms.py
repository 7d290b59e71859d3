"""What one types to choose a calendar, beside the filters of the programme."""

from fete.core.fields import CommuneField
from fete.core.forms import Form
from fete.core.i18n import lazy_gettext
from fete.geography.queries import find_commune, matching_communes


class TownForm(Form):
    """A commune to add to the search, by its name or post code."""

    class Meta(Form.Meta):
        """Choosing changes nothing: the address holds it all."""

        csrf = False

    ville = CommuneField(
        lazy_gettext("Ajouter une commune"), search=matching_communes, find=find_commune
    )
