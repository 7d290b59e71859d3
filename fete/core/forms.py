"""The base of every form: protected, trimmed, and able to take back what a rule refused."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

from fete.core.errors import RuleBrokenError
from fete.core.text import clean


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

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401  # as the library has it
        """Whether everything typed can be taken; what cannot is said in plain words of the language in use."""
        is_right = bool(super().validate(extra_validators))
        for field in self:
            _put_in_words(field)
        return is_right

    def submitted(self) -> bool:
        """Whether the form was sent and everything typed can be taken."""
        return bool(self.validate_on_submit())

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
