"""The parts of pages tie words to what they are about, and work without a script."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

import html5lib
import pytest
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from fete.core.fields import CommuneField
from fete.core.pagination import Page
from fete.programme.workflow import SlotState, Status
from fete.reports.workflow import ReportStatus


@dataclass
class Town:
    """A commune as the field knows it."""

    code: str
    name: str
    post_codes: str
    departement_name: str

    @property
    def label(self) -> str:
        """The commune as one tells it from others."""
        return f"{self.name} ({self.post_codes.split()[0]}) — {self.departement_name}"


TOWNS = [
    Town("31555", "Toulouse", "31000 31100", "Haute-Garonne"),
    Town("65447", "Tournay", "65190", "Hautes-Pyrénées"),
]


class SlotForm(Form):  # type: ignore[misc]  # untyped library
    """A small form inside a form."""

    day = StringField("Jour", [InputRequired("Donnez le jour.")])


class ActivityForm(Form):  # type: ignore[misc]  # untyped library
    """A field of each kind."""

    title = StringField("Titre", [InputRequired("Donnez un titre."), Length(max=140)])
    standfirst = TextAreaField("Chapeau", [Length(max=200, message="Le chapeau est trop long.")])
    kind = SelectField(
        "Nature", choices=[SelectChoice("talk", "Conférence"), SelectChoice("workshop", "Atelier")]
    )
    themes = SelectMultipleField(
        "Thèmes",
        choices=[SelectChoice("sky", "Astronomie"), SelectChoice("life", "Sciences de la vie")],
    )
    booking = RadioField(
        "Réservation",
        [InputRequired("Dites s’il faut réserver.")],
        choices=[SelectChoice("none", "Aucune"), SelectChoice("must", "Obligatoire")],
    )
    free = BooleanField("C’est gratuit", [InputRequired("Cochez la case.")])
    commune = CommuneField(
        "Commune",
        search=lambda _typed: TOWNS,
        find=lambda code: next((town for town in TOWNS if town.code == code), None),
    )
    slots = FieldList(FormField(SlotForm, "Créneau"), "Créneaux", min_entries=1)


FORM = """
{% from "components/forms.html" import field, choices, checkbox, error_summary, submit %}
{% from "components/commune.html" import commune_field %}
{{ error_summary(form) }}
{{ field(form.title, help="Court.") }}{{ field(form.standfirst) }}{{ field(form.kind) }}
{{ choices(form.themes, columns=2) }}{{ field(form.booking, help="Une seule réponse.") }}{{ checkbox(form.free) }}
{{ commune_field(form.commune) }}{{ field(form.slots) }}{{ submit("Envoyer", name="step", value="send") }}
"""


def tree(text):
    """Return the HTML as a tree, refusing what a browser would have to mend."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(
        f"<!DOCTYPE html><html lang='fr'><head><title>t</title></head><body>{text}</body></html>"
    )


def refused(bare, sent):
    """Return a form that was sent and judged."""
    with bare.test_request_context("/", method="POST", data=sent):
        form = ActivityForm(MultiDict(sent))
        form.validate()
        return form


def controls(found):
    """Return the controls of a tree that a person fills."""
    return [
        item
        for item in found.iter()
        if item.tag in {"input", "select", "textarea"} and item.get("type") != "hidden"
    ]


@pytest.mark.parametrize("sent", [None, {"commune": "tou"}], ids=["fresh", "refused"])
def test_every_control_has_its_label_and_every_reference_leads_somewhere(bare, render, sent):
    form = ActivityForm() if sent is None else refused(bare, sent)
    found = tree(render(FORM, form=form))
    ids = [item.get("id") for item in found.iter() if item.get("id")]
    labelled = {item.get("for") for item in found.iter("label")}
    assert len(ids) == len(set(ids))
    assert {item.get("id") for item in controls(found)} - labelled == set()
    told = [word for item in found.iter() for word in (item.get("aria-describedby") or "").split()]
    targets = [
        item.get("href")[1:] for item in found.iter("a") if item.get("href", "").startswith("#")
    ]
    assert set(told + targets) - set(ids) == set()


def test_a_refused_field_says_so_in_words_beside_it_and_at_the_top(bare, render):
    found = tree(
        render(FORM, form=refused(bare, {"commune": "", "kind": "talk", "standfirst": "a" * 201}))
    )
    by_id = {item.get("id"): item for item in found.iter() if item.get("id")}
    assert by_id["title"].get("aria-invalid") == "true"
    assert by_id["title"].get("aria-describedby").split() == [
        "title-help",
        "title-counter",
        "title-error",
    ]
    assert "Donnez un titre." in "".join(by_id["title-error"].itertext())
    assert "a" * 201 in "".join(by_id["standfirst"].itertext())
    links = {
        "".join(item.itertext()): item.get("href") for item in by_id["error-summary"].iter("a")
    }
    assert links == {
        "Titre\u00a0: Donnez un titre.": "#title",
        "Chapeau\u00a0: Le chapeau est trop long.": "#standfirst",
        "Réservation\u00a0: Dites s’il faut réserver.": "#booking-0",
        "Cochez la case.": "#free",
        "Jour\u00a0: Donnez le jour.": "#slots-0-day",
    }
    assert by_id["error-summary"].get("tabindex") == "-1"


def test_a_form_that_was_not_refused_shows_no_summary(render):
    assert 'id="error-summary"' not in render(FORM, form=ActivityForm())


def test_what_is_needed_is_said_in_words(render):
    text = render(FORM, form=ActivityForm())
    found = tree(text)
    words = {
        item.get("for"): " ".join("".join(item.itertext()).split()) for item in found.iter("label")
    }
    assert words["title"] == "Titre (obligatoire)"
    assert words["standfirst"] == "Chapeau (facultatif)"
    legends = [" ".join("".join(item.itertext()).split()) for item in found.iter("legend")]
    assert legends == ["Thèmes (facultatif)", "Réservation (obligatoire)", "Créneaux", "Créneau"]


def test_a_choice_made_stays_made(render):
    form = ActivityForm(MultiDict([("themes", "life"), ("booking", "must"), ("free", "y")]))
    found = tree(render(FORM, form=form))
    assert [item.get("id") for item in found.iter("input") if item.get("checked") is not None] == [
        "themes-1",
        "booking-1",
        "free",
    ]


def test_what_was_typed_is_shown_as_text_and_never_as_markup(bare, render):
    typed = {"title": '"><script>alert(1)</script>', "commune": "<b>"}
    text = render(FORM, form=refused(bare, typed))
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 1
    assert text.count("&lt;b&gt;") == 1
    assert "<script>alert" not in text
    assert "<b>" not in text


def test_several_communes_that_fit_are_offered_without_a_script(bare, render):
    found = tree(render(FORM, form=refused(bare, {"commune": "tou"})))
    offered = {
        item.get("value"): item.get("type")
        for item in found.iter("input")
        if item.get("name") == "commune_code"
    }
    assert offered == {"31555": "radio", "65447": "radio"}


def test_a_commune_that_was_picked_is_kept_by_its_code(bare, render):
    found = tree(render(FORM, form=refused(bare, {"commune": "tou", "commune_code": "65447"})))
    kept = [
        (item.get("type"), item.get("value"))
        for item in found.iter("input")
        if item.get("name") == "commune_code"
    ]
    assert kept == [("hidden", "65447")]
    (shown,) = [item.get("value") for item in found.iter("input") if item.get("name") == "commune"]
    assert shown == "Tournay (65190) — Hautes-Pyrénées"


@pytest.mark.parametrize(
    ("macro", "states"),
    [("status_badge", Status), ("slot_state", SlotState), ("report_badge", ReportStatus)],
)
def test_every_state_has_its_own_words(render, macro, states: type[Enum]):
    source = f'{{% from "components/status.html" import {macro} %}}{{{{ {macro}(state) }}}}'
    words = {"".join(tree(render(source, state=state)).itertext()).strip() for state in states}
    assert "" not in words
    assert len(words) == len(states)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (
            datetime(2026, 10, 3, 10, 30, tzinfo=UTC),
            "samedi 3 octobre 2026, de 10\u00a0h à 12\u00a0h\u00a030",
        ),
        (
            datetime(2026, 10, 4, 0, 0, tzinfo=UTC),
            "du samedi 3 octobre 2026, 10\u00a0h, au dimanche 4 octobre 2026, 2\u00a0h",
        ),
    ],
)
def test_a_stretch_of_time_is_told_in_paris_hours(render, end, words):
    text = render(
        '{% from "components/date.html" import when %}{{ when(start, end) }}',
        start=datetime(2026, 10, 3, 8, tzinfo=UTC),
        end=end,
    )
    assert (
        " ".join("".join(tree(text).itertext()).removeprefix("t").split(" ")).split()
        == words.split()
    )


BARS = '{% from "components/bars.html" import hbars %}{{ hbars("Visiteurs", "Par département.", rows, "bars", total=total) }}'


def test_bars_stand_beside_their_numbers(render):
    found = tree(render(BARS, rows=[("Gard", 300), ("Lot", 75), ("Gers", 0)], total=375))
    widths = [item.get("width") for item in found.iter() if item.get("class") == "bar-fill"]
    rows = [" ".join("".join(row.itertext()).split()) for row in found.iter("tr")]
    assert widths == ["100.00", "25.00", "0.00"]
    assert rows == [
        "Intitulé Nombre Part",
        "Gard 300 80\u202f%".replace("\u202f", " "),
        "Lot 75 20 %",
        "Gers 0 0 %",
    ]


@pytest.mark.parametrize("rows", [[], [("Gard", 0)]])
def test_bars_of_nothing_are_drawn_without_dividing_by_it(render, rows):
    found = tree(render(BARS, rows=rows, total=0))
    assert [item.get("width") for item in found.iter() if item.get("class") == "bar-fill"] == [
        "0"
    ] * len(rows)


PAGES = '{% from "components/pagination.html" import pagination %}{{ pagination(page, "programme.index", {"q": "ciel"}) }}'


def test_pages_far_from_here_are_left_out_and_filters_kept(render):
    found = tree(render(PAGES, page=Page(rows=[], number=5, total=25 * 9)))
    links = {
        " ".join("".join(item.itertext()).split()): item.get("href") for item in found.iter("a")
    }
    assert links == {
        "Page précédente": "/programme?q=ciel&page=4",
        "Page 1": "/programme?q=ciel&page=1",
        "Page 4": "/programme?q=ciel&page=4",
        "Page 5": "/programme?q=ciel&page=5",
        "Page 6": "/programme?q=ciel&page=6",
        "Page 9": "/programme?q=ciel&page=9",
        "Page suivante": "/programme?q=ciel&page=6",
    }
    assert [item.get("href") for item in found.iter("a") if item.get("aria-current") == "page"] == [
        "/programme?q=ciel&page=5"
    ]


def test_one_page_needs_no_links(render):
    assert render(PAGES, page=Page(rows=[], number=1, total=25)).strip() == ""


def test_a_button_that_changes_something_is_a_form_with_its_token(render):
    found = tree(
        render(
            '{% from "components/confirm.html" import post_button %}{{ post_button("/x", "Retirer", fields={"step": "leave"}) }}'
        )
    )
    (form,) = found.iter("form")
    assert (form.get("method"), form.get("action")) == ("post", "/x")
    sent = {item.get("name"): item.get("value") for item in found.iter("input")}
    assert sent.pop("csrf_token")
    assert sent == {"step": "leave"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("", "200 signes au plus"),
        ("a" * 12, "12 signes sur 200"),
        ("a" * 201, "201 signes sur 200\u00a0: c’est trop long"),
    ],
)
def test_a_counter_tells_something_without_script(bare, render, sent, words):
    found = tree(render(FORM, form=refused(bare, {"standfirst": sent})))
    (counter,) = [item for item in found.iter() if item.get("id") == "standfirst-counter"]
    assert "".join(counter.itertext()) == words
