"""The base of every form: protected, trimmed, and able to take back what a rule refused."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field

from fete.core.errors import RuleBrokenError
from fete.core.text import clean

# What a person typed before on the page that they only open now.
_begun: ContextVar[MultiDict[str, str] | None] = ContextVar("begun", default=None)


class Form(FlaskForm):  # type: ignore[misc]  # untyped library
    """A form with its protection against forged requests."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Clean every text that comes in."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:  # noqa: ANN401
            """Put the cleaning before the field's own filters."""
            if unbound_field.field_class.__name__ not in _UNCLEANED:
                unbound_field.kwargs["filters"] = [
                    _cleaned,
                    *(f for f in unbound_field.kwargs.get("filters", ()) if f is not _cleaned),
                ]
            return unbound_field.bind(form=form, **options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:  # noqa: ANN401  # as the library has it
            """Give the form what was sent; else, what was begun before."""
            sent = super().wrap_formdata(form, formdata)
            typed = _begun.get() if sent is None else sent
            form.was_typed = typed is not None
            return typed

    # Whether the form holds what a person typed, now or before, rather than what is kept.
    was_typed = False

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401  # as the library has it
        """Whether everything typed can be taken; what cannot is said in plain words of the language in use."""
        is_right = bool(super().validate(extra_validators))
        for field in self:
            _put_in_words(field)
        return is_right

    def submitted(self) -> bool:
        """Whether the form was sent and everything typed can be taken."""
        return bool(self.validate_on_submit())

    def visible(self) -> dict[str, Any]:
        """Return what a person sees in each field, read or not; what is hidden from them is left out."""
        return {
            field.short_name: _shown(field)
            for field in self
            if getattr(field.widget, "input_type", None) != "hidden"
        }

    def values(self) -> dict[str, Any]:
        """Return what was typed, by field, without the protection."""
        skipped = {"csrf_token"}
        return {name: value for name, value in self.data.items() if name not in skipped}

    def take_back(self, error: RuleBrokenError) -> None:
        """Show what a rule refused beside its field, or at the top of the form."""
        field: Field | None = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(error.message)
        else:
            field.errors = [*field.errors, error.message]


@contextmanager
def begun(fields: Mapping[str, list[str]] | None) -> Iterator[None]:
    """Let the forms made inside hold what was typed before, if anything, as if it had been sent; judge nothing of it."""
    token = _begun.set(None if fields is None else MultiDict(fields))
    try:
        yield
    finally:
        _begun.reset(token)


def typed(name: str) -> str:
    """Return what was typed under a name that no field of ours reads by itself."""
    before = _begun.get()
    return str((request.values if before is None else before).get(name, ""))


def _shown(field: Field) -> Any:  # noqa: ANN401  # any field's value
    if hasattr(field, "entries"):
        return [_shown(entry) for entry in field.entries]
    if hasattr(field, "form"):
        return [_shown(inner) for inner in field.form]
    # What could not be read is in the one, what has no text in the other.
    return [field.data, field._value() if hasattr(field, "_value") else ""]


def _put_in_words(field: Field) -> None:
    """Turn sentences that wait for their language into text, in a field and in those it holds."""
    for inner in [*getattr(field, "entries", ()), *getattr(field, "form", ())]:
        _put_in_words(inner)
    if not hasattr(field, "form"):
        field.errors = [
            error if isinstance(error, dict | list) else str(error) for error in field.errors
        ]


_UNCLEANED = frozenset(
    {
        "FormField",
        "FieldList",
        "FileField",
        "PasswordField",
        "BooleanField",
        "SubmitField",
        "CommuneField",
    }
)


def _cleaned(value: Any) -> Any:  # noqa: ANN401  # any field's value, the same out
    return clean(value) if isinstance(value, str) else value
