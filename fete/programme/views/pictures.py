"""The picture of an activity: sent, described, taken away by those who declare it; served to those who may see it."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fete.accounts.views.sign import this_person
from fete.core.access import allows, public
from fete.core.clock import now
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StoreError
from fete.core.i18n import gettext as _
from fete.core.imaging import CONTENT_TYPE, HEAVIEST, encode
from fete.core.store import store
from fete.core.templating import YEAR_IN_SECONDS
from fete.programme import policies
from fete.programme.forms.pictures import PictureForm
from fete.programme.forms.steps import PICTURE_STEP, steps_of
from fete.programme.models import Activity
from fete.programme.queries.activities import find_activity
from fete.programme.queries.pictures import find_picture
from fete.programme.services import pictures as services

blueprint = Blueprint("pictures", __name__)


@blueprint.route("/mes-activites/<int:activity_id>/image", methods=["GET", "POST"])
@allows(policies.can_picture, load=find_activity)
def edit(activity: Activity) -> ResponseReturnValue:
    """Choose the picture of an activity, and say what it shows and whose it is."""
    form = PictureForm(held=activity.picture)
    if form.submitted():
        try:
            _keep(activity.id, form)
        except RuleBrokenError as error:
            form.take_back(error)
        except StoreError:
            form.form_errors.append(
                _(
                    "L’image n’a pas pu être gardée pour l’instant. Recommencez dans quelques minutes."
                )
            )
        else:
            flash(_("L’image est enregistrée."), "success")
            return redirect(url_for("pictures.edit", activity_id=activity.id))
        activity = find_activity(activity.id) or abort(404)
    return render_template(
        "pictures/edit.html",
        activity=activity,
        form=form,
        heaviest=HEAVIEST,
        # Once it is labelled, the parts are no longer the declarer's to change.
        steps=steps_of(activity) if policies.can_edit(this_person(), activity) else [],
        here=PICTURE_STEP,
    )


@blueprint.route("/mes-activites/<int:activity_id>/image/retirer", methods=["POST"])
@allows(policies.can_picture, load=find_activity)
def remove(activity: Activity) -> ResponseReturnValue:
    """Take the picture away."""
    with transaction():
        services.remove_picture(
            find_activity(activity.id) or abort(404), by=this_person(), at=now()
        )
    flash(_("L’image est retirée."), "success")
    return redirect(url_for("pictures.edit", activity_id=activity.id))


@blueprint.route('/images/<key>-<any("1600", "640"):size>.webp')
@public
def show(key: str, size: str) -> ResponseReturnValue:
    """Give a picture: to all once its activity is published, before that to those who may see the activity."""
    picture = find_picture(key)
    if picture is None:
        abort(404)
    is_public = policies.is_public(picture.activity)
    if not is_public and not (
        current_user.is_authenticated and policies.can_see(this_person(), picture.activity)
    ):
        abort(404)
    try:
        content = store().read(picture.files[int(size)])
    except StoreError:
        abort(503)
    if content is None:
        abort(404)
    response = Response(content, content_type=CONTENT_TYPE)
    if is_public:
        # What is under an address never changes.
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_IN_SECONDS
        response.cache_control.immutable = True
    else:
        response.cache_control.private = True
        response.cache_control.no_cache = True
    return response


def _keep(activity_id: int, form: PictureForm) -> None:
    said = {"alternative": form.described, "credit": form.credit.data}
    # Slow on purpose, hence before the transaction.
    encoded = encode(form.content(), field="file") if form.has_file else None
    with transaction():
        activity = find_activity(activity_id) or abort(404)
        if encoded is None:
            services.describe_picture(activity, by=this_person(), at=now(), **said)
        else:
            services.set_picture(activity, encoded, by=this_person(), at=now(), **said)
