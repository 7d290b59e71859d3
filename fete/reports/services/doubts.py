"""Answer a doubt about a report for the coordination, inside the caller's transaction."""

from datetime import datetime

from sqlalchemy import select

from fete.accounts.models import User
from fete.core.db import db
from fete.core.errors import RuleBrokenError, StaleError
from fete.core.i18n import gettext as _
from fete.journal.services import record
from fete.programme.models import Activity
from fete.reports.models import ExplainedDoubt
from fete.reports.queries.doubts import doubts_about
from fete.reports.queries.reporting import line_of
from fete.reports.rules import is_open
from fete.reports.workflow import ReportStatus


def explain(
    activity: Activity, key: str, explanation: str, *, by: User, at: datetime
) -> ExplainedDoubt:
    """Keep why these figures stand: the doubt is closed until they change; sent twice it is kept once.

    Raise `StaleError` when the report raises this doubt no more, or somebody else answered it meanwhile.
    """
    db.session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update())
    if not is_open(activity.edition):
        raise RuleBrokenError(_("Cette édition est close : ses bilans ne changent plus."))
    if not explanation:
        raise RuleBrokenError(_("Dites en quelques mots pourquoi."), field="explanation")
    line = line_of(activity)
    report = line.report
    raised = {each.raised.key: each for each in doubts_about([line]).get(activity.id, [])}
    doubt = raised.get(key)
    if report is None or report.status not in _RECEIVED or doubt is None:
        raise StaleError
    if doubt.explained is not None:
        if doubt.explained.explanation != explanation:
            raise StaleError
        return doubt.explained
    kept = ExplainedDoubt(
        report_id=report.id,
        key=key,
        question=doubt.raised.question,
        explanation=explanation,
        explained_at=at,
        explained_by=by,
    )
    db.session.add(kept)
    db.session.flush()
    detail = f"{doubt.raised.question}\n{explanation}"
    record("report.doubt_explained", on=report, person_id=by.id, at=at, detail=detail)
    return kept


_RECEIVED = frozenset({ReportStatus.FILED, ReportStatus.VALIDATED})
