"""The sentences that a coordinator writes often: kept once, inserted where a reason is asked."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fete.accounts.policies import is_coordinator
from fete.accounts.views.sign import this_person
from fete.core.access import allows, requires
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.programme.forms.sentences import SentenceForm
from fete.programme.models import Sentence
from fete.programme.policies import can_keep
from fete.programme.queries.sentences import find_sentence, sentences_of
from fete.programme.services.sentences import change_sentence, drop_sentence, keep_sentence

blueprint = Blueprint("sentences", __name__, url_prefix="/coordination/relecture/phrases")


@blueprint.route("", methods=["GET", "POST"])
@requires(is_coordinator)
def index() -> ResponseReturnValue:
    """List one's sentences, and keep a new one."""
    form = SentenceForm()
    if form.submitted():
        try:
            with transaction():
                keep_sentence(title=form.title.data, text=form.text.data, by=this_person())
        except RuleBrokenError as error:
            form.take_back(error)
        else:
            flash(_("La phrase est gardée."), "success")
            return redirect(url_for("sentences.index"))
    return render_template("sentences/index.html", form=form, sentences=sentences_of(this_person()))


@blueprint.route("/<int:sentence_id>", methods=["GET", "POST"])
@allows(can_keep, load=find_sentence)
def edit(sentence: Sentence) -> ResponseReturnValue:
    """Change one of one's sentences."""
    form = SentenceForm(obj=sentence)
    if form.submitted():
        with transaction():
            change_sentence(sentence, title=form.title.data, text=form.text.data)
        flash(_("La phrase est changée."), "success")
        return redirect(url_for("sentences.index"))
    return render_template("sentences/edit.html", form=form, sentence=sentence)


@blueprint.route("/<int:sentence_id>/supprimer", methods=["POST"])
@allows(can_keep, load=find_sentence)
def remove(sentence: Sentence) -> ResponseReturnValue:
    """Take one of one's sentences away."""
    number = sentence.id
    with transaction():
        standing = find_sentence(number)
        if standing is not None:
            drop_sentence(standing)
    flash(_("La phrase est supprimée."), "success")
    return redirect(url_for("sentences.index"))
