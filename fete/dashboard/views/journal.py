"""For the coordination: the journal of a territory, and the whole history of one object."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator
from fete.accounts.views.sign import this_person
from fete.core.access import requires
from fete.core.i18n import lazy_gettext
from fete.dashboard.forms import HistoryForm
from fete.dashboard.queries.journal import Kind, find_name, history_of, journal_for, kinds_for

blueprint = Blueprint("journal", __name__, url_prefix="/coordination/journal")

KIND_NAMES = {
    Kind.ACTIVITY: lazy_gettext("Activités"),
    Kind.REPORT: lazy_gettext("Bilans"),
    Kind.ORGANISATION: lazy_gettext("Structures"),
    Kind.VENUE: lazy_gettext("Lieux"),
    Kind.CIRCULAR: lazy_gettext("Lettres à un groupe"),
    Kind.EDITION: lazy_gettext("Éditions"),
    Kind.PERSON: lazy_gettext("Personnes"),
}
# The page of each kind of object, and what its address calls the number; a place has none.
PAGES = {
    Kind.ACTIVITY: ("review.show", "activity_id"),
    Kind.REPORT: ("follow_up.show", "activity_id"),
    Kind.ORGANISATION: ("organisation.show", "organisation_id"),
    Kind.CIRCULAR: ("writing.show", "circular_id"),
    Kind.EDITION: ("editions.edit", "year"),
    Kind.PERSON: ("people.show", "person_id"),
}
_WORDS = ",".join(f'"{kind.value}"' for kind in Kind)


@blueprint.route("")
@requires(is_coordinator)
def index() -> ResponseReturnValue:
    """Read what was done in one's territory: by kind of object, by person, by day."""
    person = this_person()
    form = HistoryForm(
        request.args, kinds={kind.value: KIND_NAMES[kind] for kind in kinds_for(person)}
    )
    page = journal_for(person, form.asked(), number=_number())
    return render_template(
        "journal/index.html", form=form, page=page, filters=form.arguments(), **_names()
    )


@blueprint.route(f"/<any({_WORDS}):word>/<int:number>")
@requires(is_coordinator)
def show(word: str, number: int) -> ResponseReturnValue:
    """Read the whole history of one object."""
    kind = Kind(word)
    name = find_name(this_person(), kind, number)
    if name is None:
        abort(404)
    return render_template(
        "journal/show.html",
        kind=kind,
        name=name,
        number=number,
        page=history_of(kind, number, number=_number()),
        **_names(),
    )


def _number() -> int:
    return request.args.get("page", default=1, type=int)


def _names() -> dict[str, Any]:
    return {"kind_names": KIND_NAMES, "pages": PAGES}
