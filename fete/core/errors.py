"""What services raise when a rule of the trade refuses, and what pages show of it."""

from collections.abc import Sequence


class FeteError(Exception):
    """Anything that goes wrong in a way that is foreseen."""


class RuleBrokenError(FeteError):
    """A rule refused: the sentence for the person, and the field it is about, if any."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class StaleError(FeteError):
    """Somebody else changed the object since the form was opened."""


class RefusedFileError(FeteError):
    """A file cannot be taken: one sentence a reason, each with its line where there is one."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = list(reasons)


class SettingsError(FeteError):
    """The settings do not allow the site to start."""


class StoreError(FeteError):
    """The place where files are kept does not answer, or refuses."""
