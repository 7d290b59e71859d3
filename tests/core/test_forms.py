from wtforms import FieldList, FormField, StringField
from wtforms.validators import DataRequired

from fete.core.forms import Form
from fete.core.i18n import lazy_gettext

NEEDED = DataRequired(lazy_gettext("Ce champ est nécessaire."))


class Inner(Form):
    class Meta(Form.Meta):
        csrf = False

    name = StringField("Nom", [NEEDED])


class Outer(Inner):
    words = FieldList(StringField("Mot", [NEEDED]), min_entries=1)
    inner = FormField(Inner)


def test_a_sentence_that_waits_for_its_language_is_plain_text_once_the_form_is_checked(app):
    with app.test_request_context("/", method="POST", data={"name": ""}):
        form = Outer()
        assert form.validate() is False
    said = [form.name.errors, form.words.entries[0].errors, form.inner.form.name.errors]
    assert said == [["Ce champ est nécessaire."]] * 3
    assert {type(errors[0]) for errors in said} == {str}
