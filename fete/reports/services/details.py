"""What a report tells beside its figures: its sessions one by one, and its answers to what the edition asks."""

from collections.abc import Mapping, Sequence

from fete.core.db import db
from fete.reports.arithmetic import Session, Visitor, with_sessions
from fete.reports.models import Question, Report, ReportAnswer, SessionCount
from fete.reports.queries.questions import answers_of


def sessions_in(report: Report) -> tuple[Session, ...]:
    """Return what a report tells session by session, in the order of their numbers."""
    return tuple(
        Session(slot_id=each.slot_id, public=each.public, pupils=each.pupils, adults=each.adults)
        for each in sorted(report.sessions, key=lambda each: each.slot_id)
    )


def answers_in(report: Report) -> dict[Question, str]:
    """Return what a report answers, by question; one that is not kept yet answers nothing."""
    return answers_of(report) if report.version else {}


def keep_sessions(report: Report, told: Sequence[Session] | None) -> None:
    """Keep these sessions and no other.

    Nothing at all was told by a way that asks for totals only: sessions stay as long as they add up to them.
    """
    if told is None:
        if with_sessions(report.counts, sessions_in(report)) != report.counts:
            report.sessions.clear()
        return
    rows = {each.slot_id: each for each in report.sessions}
    for each in told:
        row = rows.pop(each.slot_id, None)
        if row is None:
            row = SessionCount(slot_id=each.slot_id)
            report.sessions.append(row)
        for figure in Visitor:
            setattr(row, figure.value, getattr(each, figure))
    for row in rows.values():
        report.sessions.remove(row)


def keep_answers(report: Report, told: Mapping[Question, str]) -> None:
    """Keep what is answered to these questions; what was answered to others stays."""
    if not told:
        return
    db.session.flush()
    for question, answer in told.items():
        row = db.session.get(ReportAnswer, (report.id, question))
        if row is not None and not answer:
            db.session.delete(row)
        elif row is not None:
            row.answer = answer
        elif answer:
            db.session.add(ReportAnswer(report_id=report.id, question=question, answer=answer))
