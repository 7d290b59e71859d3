"""The call that was open when the form to declare was shown: what was begun in time and arrives too late is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from fete.accounts.models import User
from fete.core.i18n import gettext as _, spaced
from fete.core.settings import settings
from fete.core.tokens import read, sign
from fete.network.models import Organisation
from fete.programme.models import Edition
from fete.programme.queries.editions import find_edition
from fete.programme.rules import call_has_just_closed

_PURPOSE = "call"
# No page stays open so long; how long after its call an edition still takes what was begun is a rule.
_READABLE = timedelta(days=31)


def call_mark(editions: Sequence[Edition], *, person: User, organisation: Organisation) -> str:
    """Return what a form carries to prove that these editions took declarations when it was shown."""
    return sign(_PURPOSE, [person.id, organisation.id, *(edition.year for edition in editions)])


def editions_just_closed(
    mark: str, *, person: User, organisation: Organisation, at: datetime
) -> list[Edition]:
    """Return the editions of a mark whose call has closed since, not long ago."""
    whose, where, *years = read(_PURPOSE, mark, within=_READABLE) or (None, None)
    if (whose, where) != (person.id, organisation.id):
        return []
    found = [find_edition(int(year)) for year in years]
    return [edition for edition in found if edition and call_has_just_closed(edition, at)]


def too_late(organisation: Organisation) -> str:
    """Return what became of a draft that came after the end of the call, and whom to ask."""
    kept = _(
        "L’appel à participation s’est terminé pendant que vous écriviez. Votre texte est gardé comme brouillon, "
        "mais il ne peut pas être déposé."
    )
    return f"{kept} {whom_to_ask(organisation)}"


def whom_to_ask(organisation: Organisation) -> str:
    """Return who may still let a structure deposit after the end of the call, with the site's address if it has one."""
    commune, address = organisation.commune, settings().contact_email
    if commune is None:
        said = _("Pour une inscription tardive, écrivez à la coordination de votre département")
    else:
        said = _(
            "Pour une inscription tardive, écrivez à la coordination de votre département (%(departement)s)",
            departement=commune.departement_name,
        )
    return f"{said}{spaced(':')} {address}." if address else f"{said}."
