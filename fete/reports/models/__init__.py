"""All that is kept about what happened: reports, how they are gathered, what was asked about them."""

from fete.reports.arithmetic import Method, Outcome, Visitor
from fete.reports.models.collecting import (
    AskedQuestion,
    ExplainedDoubt,
    Ladder,
    ReportAnswer,
    ReportReminder,
    RevokedLinks,
    Tap,
)
from fete.reports.models.reports import Report, ReportVersion, SessionCount
from fete.reports.workflow import Question, ReportStatus, Source

__all__ = [
    "AskedQuestion",
    "ExplainedDoubt",
    "Ladder",
    "Method",
    "Outcome",
    "Question",
    "Report",
    "ReportAnswer",
    "ReportReminder",
    "ReportStatus",
    "ReportVersion",
    "RevokedLinks",
    "SessionCount",
    "Source",
    "Tap",
    "Visitor",
]
