"""Every act that the code records has its sentence in the history that people read."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import fete
from fete.accounts.queries import Act

ACT = re.compile(r'"((?:activity|report|organisation|person|edition|venue|circular)\.[a-z_]+)"')
ACTS = sorted(
    {
        act
        # Acts are recorded by services; elsewhere such words name pages and columns.
        for path in Path(fete.__file__).parent.rglob("*.py")
        if "services" in str(path.relative_to(Path(fete.__file__).parent))
        for act in ACT.findall(path.read_text("utf-8"))
    }
)
AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def say(app):
    with app.test_request_context():
        template = app.jinja_env.get_template("components/journal.html")
        yield template.module.act_words


def act(code, name="Ada"):
    return Act(at=AT, act=code, person_id=1, person_name=name, detail="")


def test_the_acts_are_found():
    assert {"activity.published", "report.filed", "organisation.created"} <= set(ACTS)


@pytest.mark.parametrize("code", ACTS)
def test_every_act_has_its_sentence(code, say):
    assert str(say(act(code))) != "Ada a fait un changement."


def test_an_act_of_nobody_is_the_site_s(say):
    assert str(say(act("activity.published", None))) == "Le site a publié l’activité."


def test_an_act_that_nobody_foresaw_still_reads(say):
    assert str(say(act("activity.painted"))) == "Ada a fait un changement."


def test_a_name_is_escaped(app):
    with app.test_request_context():
        template = app.jinja_env.get_template("components/journal.html")
        shown = str(template.module.journal([act("activity.published", "<b>Ada</b>")]))
    assert "&lt;b&gt;Ada&lt;/b&gt; a publié l’activité." in shown
    assert "lundi 16 mars 2026" in shown
