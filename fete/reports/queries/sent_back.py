"""What a question was asked about: the figures of a report when it was last sent back."""

from collections.abc import Collection
from itertools import pairwise

from sqlalchemy import select

from fete.core.db import db
from fete.reports.models import ReportVersion
from fete.reports.rules import SentBack
from fete.reports.workflow import ReportStatus


def sent_back(report_ids: Collection[int]) -> dict[int, SentBack]:
    """Return, by number of report, its figures as it was last sent back; nothing of those that never were."""
    versions = db.session.scalars(
        select(ReportVersion)
        .where(ReportVersion.report_id.in_(report_ids))
        .order_by(ReportVersion.report_id, ReportVersion.version)
    )
    return {
        after.report_id: SentBack(version=after.version, counts=after.counts, method=after.method)
        for before, after in pairwise(versions)
        if before.report_id == after.report_id
        and before.status is not ReportStatus.DRAFT
        and after.status is ReportStatus.DRAFT
    }
