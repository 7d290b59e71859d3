"""What is asked of who wishes to be told; and the searches that are kept, read as their address is."""

from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from fete.accounts.forms import AddressForm
from fete.alerts.models import Follow
from fete.core.i18n import lazy_gettext
from fete.programme.forms.filters import filter_arguments, read_filters
from fete.programme.rules.filters import Filters


class FollowForm(AddressForm):
    """The address to write to; for a search, whether what is new is told too."""

    wants_new = BooleanField(
        lazy_gettext(
            "M’écrire aussi quand de nouvelles activités y sont publiées, une fois par jour au plus"
        )
    )


def search_of(filters: Filters) -> str:
    """Return the text under which a search is kept: the parameters of its one address."""
    return urlencode(filter_arguments(filters))


def filters_of(follow: Follow) -> Filters:
    """Return the filters of what somebody follows, read as their address is today."""
    return read_filters(MultiDict(parse_qsl(follow.search or "")), follow.edition)
