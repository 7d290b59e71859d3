"""For the coordination: write to a whole group in one go, read it before it leaves, find again what was written."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator, territory_of
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires
from fete.core.clock import now, today
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _, ngettext
from fete.core.pagination import paginate
from fete.dashboard.forms import CircularForm
from fete.dashboard.queries.groups import Audience, Scope, audience_of, sizes_of_groups
from fete.dashboard.rules import MANNERS, Group
from fete.dashboard.services.writing import write_to_group
from fete.geography.models import Departement
from fete.mailing.models import Topic
from fete.programme.forms.review import read_version
from fete.programme.mails import CircularWords, circular_as_read
from fete.programme.models import Circular
from fete.programme.policies import can_read_circular
from fete.programme.queries.circulars import circulars_for, find_circular
from fete.programme.queries.editions import shown_edition, shown_editions
from fete.programme.queries.territory import code_among, departements_within

blueprint = Blueprint("writing", __name__, url_prefix="/coordination/ecrire")

_GROUPS = ",".join(f'"{group.value}"' for group in Group)


@blueprint.route("")
@requires(is_coordinator)
def index() -> ResponseReturnValue:
    """Choose a group to write to, and see what was written before."""
    departements, chosen = _places()
    scope = _scope(departements, chosen)
    return render_template(
        "writing/index.html",
        edition=scope.edition if scope else None,
        editions=shown_editions(),
        departements=departements,
        chosen=chosen,
        groups=MANNERS,
        sizes=sizes_of_groups(scope, at=now()) if scope else {},
        page=paginate(circulars_for(this_person()), number=request.args.get("page", 1, int)),
    )


@blueprint.route(f"/<any({_GROUPS}):group>", methods=["GET", "POST"])
@requires(is_coordinator)
def compose(group: str) -> ResponseReturnValue:
    """Write to a group: the words, then the letter as it will be read, then it leaves."""
    to = Group(group)
    departements, chosen = _places()
    scope = _scope(departements, chosen)
    if scope is None:
        flash(_("Aucune édition n’est ouverte : il n’y a personne à qui écrire."), "warning")
        return redirect(url_for("writing.index"))
    form = CircularForm()
    step = request.form.get("step", "apercu")
    audience = audience_of(to, scope, at=now())
    said = _in_words(to, scope, departements, chosen)
    is_read = False
    if form.submitted() and step != "modifier":
        words = _words(to, form)
        is_read = bool(audience.readers)
        if step == "envoyer":
            try:
                with transaction():
                    circular = write_to_group(
                        to,
                        scope,
                        words,
                        audience=said,
                        seen=read_version(form.seen.data),
                        form_key=form.form_key.data,
                        with_copy=form.with_copy.data,
                        by=this_person(),
                        at=now(),
                    )
            except RuleBrokenError as error:
                form.take_back(error)
            except StaleError:
                audience = audience_of(to, scope, at=now())
                form.form_errors.append(
                    _(
                        "Le groupe a changé entre-temps : relisez le nombre de personnes, puis envoyez."
                    )
                )
            else:
                flash(_sent(circular), "success")
                return redirect(url_for("writing.index"))
    return _page(to, scope, form, audience, said, chosen, is_read=is_read)


@blueprint.route("/envois/<int:circular_id>")
@allows(can_read_circular, load=find_circular)
def show(circular: Circular) -> ResponseReturnValue:
    """Read again what was written to a group."""
    return render_template("writing/show.html", circular=circular)


def _page(
    group: Group,
    scope: Scope,
    form: CircularForm,
    audience: Audience,
    said: str,
    chosen: str | None,
    *,
    is_read: bool,
) -> ResponseReturnValue:
    form.seen.data = str(len(audience.readers))
    return render_template(
        "writing/compose.html",
        group=group,
        manner=MANNERS[group],
        is_news=MANNERS[group].topic is Topic.NEWS,
        edition=scope.edition,
        chosen=chosen,
        form=form,
        audience=audience,
        said=said,
        letter=circular_as_read(_words(group, form)) if is_read else None,
    )


def _words(group: Group, form: CircularForm) -> CircularWords:
    manner = MANNERS[group]
    return CircularWords(
        subject=form.subject.data,
        text=form.text.data,
        by=this_person(),
        reason=manner.reason,
        page=manner.page,
        link=manner.link,
    )


def _sent(circular: Circular) -> str:
    words = ngettext(
        "Votre lettre part à %(num)s personne.",
        "Votre lettre part à %(num)s personnes, chacune la sienne.",
        circular.recipients,
    )
    return str(words)


def _places() -> tuple[list[Departement], str | None]:
    """Return the départements of one's territory, and the one of them that was asked for."""
    departements = departements_within(territory_of(this_person()))
    return departements, code_among(departements, request.args.get("departement"))


def _scope(departements: list[Departement], chosen: str | None) -> Scope | None:
    edition = shown_edition(request.args.get("edition", type=int), today=today())
    if edition is None:
        return None
    if chosen is None and territory_of(this_person()) is None:
        return Scope(edition=edition, departements=None)
    codes = [each.code for each in departements if chosen in {None, each.code}]
    return Scope(edition=edition, departements=codes)


def _in_words(
    group: Group, scope: Scope, departements: list[Departement], chosen: str | None
) -> str:
    """Return the group as it was chosen: « Structures en retard, édition 2026, Gers »."""
    names = [each.name for each in departements if chosen in {None, each.code}]
    where = _("toute la région") if scope.departements is None else ", ".join(names)
    return str(
        _(
            "%(group)s, édition %(year)s, %(where)s",
            group=MANNERS[group].name,
            year=scope.edition.year,
            where=where,
        )
    )
