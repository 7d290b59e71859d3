"""Make reports."""

from fete.core.clock import now
from fete.core.db import db
from fete.programme.models import Activity
from fete.reports.models import Method, Outcome, Report
from fete.reports.queries.reporting import find_report
from fete.reports.services.reporting import version_of
from fete.reports.workflow import ReportStatus


def make_report(
    activity: Activity, *, status: ReportStatus = ReportStatus.VALIDATED, **values: object
) -> Report:
    """Give the report of an activity that was held: 40 of the public, 25 pupils, 3 adults with them."""
    known: dict[str, object] = {
        "outcome": Outcome.HELD,
        "public": 40,
        "pupils": 25,
        "adults": 3,
        "online": 0,
        "method": Method.COUNTED,
        "researchers": 2,
        "mediators": 1,
        "volunteers": 4,
        "others": 0,
        "filed_at": now(),
        "validated_at": now() if status is ReportStatus.VALIDATED else None,
    }
    report = Report(activity=activity, status=status, **(known | values))
    db.session.add(report)
    db.session.flush()
    remember(report)
    return report


def remember(report: Report) -> None:
    """Keep a report as it stands, as each of its steps does."""
    db.session.add(version_of(report, at=report.validated_at or report.filed_at or now()))
    db.session.flush()


def kept_report(activity: Activity) -> Report:
    """Give the report of an activity as the database holds it."""
    report = find_report(activity)
    assert report is not None
    return report
