"""The form by which the people of a village answer those who ask for a stand: one by one, or several at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import request

from fete.core.forms import Form
from fete.core.text import clean
from fete.programme.models import Answer

WORDS_LENGTH = 1_000
_ANSWERS = {"accept": Answer.ACCEPTED, "decline": Answer.DECLINED}
# What the buttons of all those ticked send, in the place of one number.
_TICKED = "ticked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What was answered: to which requests, what, and the words for each."""

    answer: Answer
    numbers: Collection[int]
    words: Mapping[int, str]


class AnswersForm(Form):
    """The buttons say which answer, to one request or to those ticked; each request has its own words."""

    def given(self) -> Given | None:
        """Return what was answered; nothing when no button says it."""
        for name, answer in _ANSWERS.items():
            pressed = request.form.get(name, "")
            if not pressed:
                continue
            numbers = (
                request.form.getlist("request", type=int)
                if pressed == _TICKED
                else request.form.getlist(name, type=int)
            )
            return Given(
                answer=answer,
                numbers=numbers,
                words={number: _words(number) for number in numbers},
            )
        return None


def _words(number: int) -> str:
    return clean(request.form.get(f"words-{number}", ""))[:WORDS_LENGTH].strip()
