"""The life of a report. Knows nothing else."""

from enum import StrEnum


class ReportStatus(StrEnum):
    """Where a report stands. One that is due has no row yet, or an empty one."""

    DRAFT = "draft"
    FILED = "filed"
    VALIDATED = "validated"
    WAIVED = "waived"


class Source(StrEnum):
    """By which way the figures of a report came."""

    ACCOUNT = "account"
    LINK = "link"
    COORDINATION = "coordination"
    IMPORT = "import"


class Learned(StrEnum):
    """How the coordination learned the figures that it enters for a structure."""

    PHONE = "phone"
    EMAIL = "email"
    PAPER = "paper"


class Question(StrEnum):
    """What the reports of an edition may ask beside the figures."""

    SATISFACTION = "satisfaction"
    PUBLIC_SATISFACTION = "public_satisfaction"
    WENT_WELL = "went_well"
    DIFFICULTIES = "difficulties"
    SUGGESTIONS = "suggestions"
    PRESS = "press"
    COMMUNICATION = "communication"
    PARTNERS = "partners"
    BUDGET = "budget"
    NEXT_YEAR = "next_year"


class Standing(StrEnum):
    """Where a report stands as people see it: one not begun, and one sent back, are told apart from a draft."""

    DUE = "due"
    DRAFT = "draft"
    SENT_BACK = "sent_back"
    FILED = "filed"
    VALIDATED = "validated"
    WAIVED = "waived"


class ReportStep(StrEnum):
    """What somebody does about a report."""

    SAVE = "save"
    FILE = "file"
    VALIDATE = "validate"
    SEND_BACK = "send_back"
    WAIVE = "waive"


TRANSITIONS: dict[tuple[ReportStatus, ReportStep], ReportStatus] = {
    (ReportStatus.DRAFT, ReportStep.SAVE): ReportStatus.DRAFT,
    (ReportStatus.DRAFT, ReportStep.FILE): ReportStatus.FILED,
    (ReportStatus.DRAFT, ReportStep.WAIVE): ReportStatus.WAIVED,
    # What was filed may be corrected until it is validated.
    (ReportStatus.FILED, ReportStep.FILE): ReportStatus.FILED,
    (ReportStatus.FILED, ReportStep.VALIDATE): ReportStatus.VALIDATED,
    (ReportStatus.FILED, ReportStep.SEND_BACK): ReportStatus.DRAFT,
    (ReportStatus.FILED, ReportStep.WAIVE): ReportStatus.WAIVED,
    (ReportStatus.VALIDATED, ReportStep.SEND_BACK): ReportStatus.DRAFT,
    (ReportStatus.WAIVED, ReportStep.SEND_BACK): ReportStatus.DRAFT,
}

# What is still awaited from the structure.
MISSING = frozenset({Standing.DUE, Standing.DRAFT, Standing.SENT_BACK})


def next_status(status: ReportStatus, step: ReportStep) -> ReportStatus | None:
    """Return where the step leads, or `None` when it cannot be taken there."""
    return TRANSITIONS.get((status, step))


def possible_steps(status: ReportStatus) -> frozenset[ReportStep]:
    """Return the steps that can be taken from this status."""
    return frozenset(step for (start, step) in TRANSITIONS if start is status)
