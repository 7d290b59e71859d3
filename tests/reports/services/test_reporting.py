"""Reporting, validating, asking back, doing without."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from fete.core.clock import from_paris
from fete.core.db import transaction
from fete.core.errors import RuleBrokenError, StaleError
from fete.mailing.models import Topic
from fete.programme.models import EditionState
from fete.reports.arithmetic import Counts, Doubt, Method, Outcome, Session
from fete.reports.models import Question, Report, ReportVersion, Source
from fete.reports.queries.questions import answers_of
from fete.reports.queries.reporting import find_report
from fete.reports.rules import (
    MOST,
    DoubtfulReportError,
    IncompleteReportError,
    Told,
    UnansweredReportError,
)
from fete.reports.services.reporting import (
    PastReport,
    Validated,
    enter_past,
    file_report,
    save,
    send_back,
    validate,
    validate_several,
    waive,
)
from fete.reports.workflow import ReportStatus, Standing
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import kept_report, make_report

COUNTS = Counts(
    outcome=Outcome.HELD,
    public=30,
    pupils=20,
    adults=2,
    researchers=2,
    mediators=1,
    volunteers=0,
)
TOLD = Told(counts=COUNTS, method=Method.COUNTED, remarks="Une belle journée.")
ALONE = replace(TOLD, counts=replace(COUNTS, adults=0))


@pytest.fixture
def ada(db):
    return make_user(name="Ada")


@pytest.fixture
def camille(db):
    return make_coordinator("32", name="Camille")


@pytest.fixture
def twice(ada):
    """Give an activity of two sessions."""
    days = (from_paris(date(2026, 10, day), time(10)) for day in (3, 4))
    return make_activity(*days, organisation=make_organisation(ada), for_schools=True)


@pytest.fixture
def activity(ada):
    return make_activity(organisation=make_organisation(ada), for_schools=True)


def acts_on(report):
    return [entry.act for entry in history_of(report)]


def test_a_draft_is_kept_whatever_lacks(activity, ada, after):
    told = Told(counts=Counts(public=12), remarks="À finir")
    save(activity, told, version=0, by=ada, at=after)
    report = kept_report(activity)
    assert report.status is ReportStatus.DRAFT
    assert (report.counts, report.method, report.remarks) == (Counts(public=12), None, "À finir")
    assert report.version == 1
    assert acts_on(report) == ["report.saved"]


def test_a_complete_report_is_filed(activity, ada, after):
    report = file_report(activity, TOLD, version=0, by=ada, at=after)
    assert report.status is ReportStatus.FILED
    assert (report.filed_by, report.filed_at) == (ada, after)
    assert report.counts == COUNTS
    assert [(entry.act, entry.detail) for entry in history_of(report)] == [("report.filed", "")]


def test_what_lacks_is_told_all_at_once_and_nothing_is_kept(activity, ada, after):
    told = Told(counts=Counts(outcome=Outcome.HELD, public=3))
    with pytest.raises(IncompleteReportError) as refused, transaction():
        file_report(activity, told, version=0, by=ada, at=after)
    assert [gap.field for gap in refused.value.gaps] == [
        "pupils",
        "adults",
        "researchers",
        "mediators",
        "volunteers",
        "method",
    ]
    assert find_report(activity) is None


def test_what_was_cancelled_needs_no_figures(activity, ada, after):
    told = Told(counts=Counts(outcome=Outcome.CANCELLED))
    report = file_report(activity, told, version=0, by=ada, at=after)
    assert (report.status, report.counts.visitors) == (ReportStatus.FILED, None)


def test_doubtful_figures_are_asked_about_before_they_are_taken(activity, ada, after):
    with pytest.raises(DoubtfulReportError) as refused, transaction():
        file_report(activity, ALONE, version=0, by=ada, at=after)
    assert [each.doubt for each in refused.value.incoherences] == [Doubt.PUPILS_WITHOUT_ADULTS]
    assert find_report(activity) is None


def test_an_answer_to_the_question_lets_the_figures_pass_and_is_kept(activity, ada, after):
    told = replace(ALONE, explanation="Le professeur animait.", asked="pupils_without_adults:20")
    report = file_report(activity, told, version=0, by=ada, at=after)
    assert report.explanation == "Le professeur animait."
    (entry,) = history_of(report)
    assert entry.detail.splitlines()[-1] == "Le professeur animait."
    assert "20 élèves" in entry.detail


def test_an_answer_to_another_question_does_not(activity, ada, after):
    told = replace(ALONE, is_confirmed=True, asked="pupils_without_adults:19")
    with pytest.raises(DoubtfulReportError), transaction():
        file_report(activity, told, version=0, by=ada, at=after)


def test_sent_twice_a_report_is_filed_once(activity, ada, after):
    first = file_report(activity, TOLD, version=0, by=ada, at=after)
    second = file_report(activity, TOLD, version=0, by=ada, at=after)
    assert second is first
    assert second.version == 1
    assert acts_on(second) == ["report.filed"]


def test_a_draft_sent_twice_is_kept_once(activity, ada, after):
    save(activity, TOLD, version=0, by=ada, at=after)
    assert save(activity, TOLD, version=0, by=ada, at=after).version == 1


def test_the_second_of_two_people_is_told_and_overwrites_nothing(db, activity, ada, after):
    save(activity, TOLD, version=0, by=ada, at=after)
    db.session.commit()
    other = replace(TOLD, counts=replace(COUNTS, public=33))
    with pytest.raises(StaleError), transaction():
        file_report(activity, other, version=0, by=ada, at=after)
    assert kept_report(activity).public == 30
    file_report(activity, other, version=1, by=ada, at=after)
    assert kept_report(activity).public == 33


def test_a_report_is_not_taken_before_the_last_slot_has_ended(activity, ada):
    early = activity.last_ends_at.replace(hour=0)
    for act in (save, file_report):
        with pytest.raises(RuleBrokenError):
            act(activity, TOLD, version=0, by=ada, at=early)


def test_a_closed_edition_takes_nothing_more(db, activity, ada, camille, after):
    make_report(activity, status=ReportStatus.FILED)
    activity.edition.state = EditionState.CLOSED
    db.session.commit()
    acts = [
        lambda: save(activity, TOLD, version=1, by=ada, at=after),
        lambda: file_report(activity, TOLD, version=1, by=ada, at=after),
        lambda: validate(activity, version=1, by=camille, at=after),
        lambda: send_back(activity, "?", version=1, by=camille, at=after),
        lambda: waive(activity, "Perdu", version=1, by=camille, at=after),
    ]
    for act in acts:
        with pytest.raises(RuleBrokenError), transaction():
            act()
    assert validate_several({activity.id: 1}, by=camille, at=after) == Validated(
        done=0, doubtful=0, left=1
    )
    assert kept_report(activity).status is ReportStatus.FILED


def test_a_report_is_kept_as_it_stood_at_each_step(db, activity, ada, camille, after):
    filed = file_report(activity, TOLD, version=0, by=ada, at=after)
    validate(activity, version=filed.version, by=camille, at=after + timedelta(days=2))
    send_back(
        activity, "Combien ?", version=filed.version, by=camille, at=after + timedelta(days=3)
    )
    corrected = replace(TOLD, counts=replace(COUNTS, public=31))
    save(activity, corrected, version=filed.version, by=ada, at=after + timedelta(days=4))
    known = db.session.scalars(select(ReportVersion).order_by(ReportVersion.version)).all()
    assert [(each.at - after).days for each in known] == [0, 2, 3, 4]
    assert [(each.version, each.status, each.public, each.method) for each in known] == [
        (1, ReportStatus.FILED, 30, Method.COUNTED),
        (2, ReportStatus.VALIDATED, 30, Method.COUNTED),
        (3, ReportStatus.DRAFT, 30, Method.COUNTED),
        (4, ReportStatus.DRAFT, 31, Method.COUNTED),
    ]


def test_what_comes_by_the_link_of_the_report_bears_no_name(activity, after):
    report = file_report(activity, TOLD, version=0, by=None, at=after)
    assert (report.source, report.filed_by) == (Source.LINK, None)
    entry = history_of(report)[-1]
    assert (entry.person_id, entry.detail) == (None, "Par le lien.")


def test_what_the_coordination_enters_names_its_source(activity, camille, after):
    report = file_report(activity, TOLD, version=0, by=camille, at=after)
    assert report.filed_by is camille
    assert [entry.detail for entry in history_of(report)] == ["Saisi par la coordination."]


def test_a_filed_report_is_validated_and_cannot_be_changed_any_more(activity, ada, camille, after):
    file_report(activity, TOLD, version=0, by=ada, at=after)
    report = validate(activity, version=1, by=camille, at=after)
    assert (report.status, report.validated_by, report.validated_at, report.version) == (
        ReportStatus.VALIDATED,
        camille,
        after,
        2,
    )
    assert acts_on(report) == ["report.validated", "report.filed"]
    for act in (save, file_report):
        with pytest.raises(RuleBrokenError):
            act(activity, replace(TOLD, remarks="Autre"), version=2, by=ada, at=after)


def test_a_draft_cannot_be_validated(activity, ada, camille, after):
    save(activity, TOLD, version=0, by=ada, at=after)
    with pytest.raises(RuleBrokenError):
        validate(activity, version=1, by=camille, at=after)


def test_a_report_that_changed_meanwhile_is_not_validated(activity, ada, camille, after):
    file_report(activity, TOLD, version=0, by=ada, at=after)
    file_report(activity, replace(TOLD, remarks="Corrigé"), version=1, by=ada, at=after)
    with pytest.raises(StaleError):
        validate(activity, version=1, by=camille, at=after)


def test_a_report_sent_back_goes_to_the_members_with_its_question(
    activity, ada, camille, letters, after
):
    make_organisation(make_user(email="other@example.org"))
    file_report(activity, TOLD, version=0, by=ada, at=after)
    validate(activity, version=1, by=camille, at=after)
    report = send_back(activity, "Combien de classes ?", version=2, by=camille, at=after)
    assert report.standing is Standing.SENT_BACK
    assert (report.validated_at, report.validated_by) == (None, None)
    (letter,) = letters()
    assert (letter.to_address, letter.kind) == (ada.email, "reports/sent_back")
    assert letter.subject == f"Bilan à compléter : {activity.title}"
    assert "> Combien de classes ?" in letter.text
    address = f"https://fete.example.org/mes-bilans/{activity.id}"
    assert address in letter.text
    assert f'href="{address}"' in letter.html
    assert "Combien de classes ?" in letter.html
    assert (letter.topic, letter.page) == (Topic.DECISIONS, f"/mes-bilans/{activity.id}")


@pytest.fixture
def asked(activity, ada, camille, after):
    """Give a report that was explained, then sent back with a question."""
    told = replace(TOLD, explanation="Comptés à l’entrée.")
    file_report(activity, told, version=0, by=ada, at=after)
    return send_back(activity, "Combien de classes ?", version=1, by=camille, at=after)


ANSWERED = replace(TOLD, explanation="Deux classes.")
CORRECTED = replace(TOLD, counts=replace(COUNTS, public=31))
RECOUNTED = replace(TOLD, method=Method.TICKETED)


@pytest.mark.parametrize("told", [ANSWERED, CORRECTED, RECOUNTED])
def test_a_question_wants_an_answer_or_other_figures(asked, activity, ada, after, told):
    for same in (TOLD, replace(TOLD, is_confirmed=True, remarks="Rien à ajouter.")):
        with pytest.raises(UnansweredReportError) as error:
            file_report(activity, same, version=2, by=ada, at=after)
        assert error.value.field == "explanation"
    assert file_report(activity, told, version=2, by=ada, at=after).status is ReportStatus.FILED


def test_a_draft_kept_meanwhile_does_not_hide_what_changed(asked, activity, ada, after):
    save(activity, TOLD, version=2, by=ada, at=after)
    save(activity, CORRECTED, version=3, by=None, at=after, is_typing=True)
    assert file_report(activity, CORRECTED, version=4, by=ada, at=after).version == 5
    with pytest.raises(UnansweredReportError):
        file_report(activity, TOLD, version=5, by=ada, at=after)


def test_each_question_wants_its_own_answer(asked, activity, ada, camille, after):
    file_report(activity, ANSWERED, version=2, by=ada, at=after)
    report = send_back(activity, "Et les adultes ?", version=3, by=camille, at=after)
    assert report.explanation == ""
    with pytest.raises(UnansweredReportError):
        file_report(activity, TOLD, version=4, by=ada, at=after)


def test_the_coordination_enters_what_it_asked_itself(asked, activity, camille, after):
    report = file_report(activity, TOLD, version=2, by=camille, at=after)
    assert report.status is ReportStatus.FILED
    shown = {activity.id: 3}
    assert validate_several(shown, by=camille, at=after) == Validated(done=1, doubtful=0, left=0)


def test_a_question_without_answer_is_left_apart_when_several_are_validated(
    asked, activity, camille, after
):
    # As reports were once filed.
    asked.status = ReportStatus.FILED
    shown = {activity.id: 2}
    assert validate_several(shown, by=camille, at=after) == Validated(done=0, doubtful=1, left=0)
    asked.explanation = "Deux classes."
    assert validate_several(shown, by=camille, at=after) == Validated(done=1, doubtful=0, left=0)


def test_a_question_and_a_waiver_need_words(activity, ada, camille, letters, after):
    file_report(activity, TOLD, version=0, by=ada, at=after)
    with pytest.raises(RuleBrokenError):
        send_back(activity, "", version=1, by=camille, at=after)
    with pytest.raises(RuleBrokenError):
        waive(activity, "", version=1, by=camille, at=after)
    assert letters() == []


def test_a_report_that_will_not_come_is_waived_with_its_reason_then_asked_for_again(
    activity, camille, after
):
    report = waive(activity, "Structure dissoute", version=0, by=camille, at=after)
    assert (report.status, report.waiver) == (ReportStatus.WAIVED, "Structure dissoute")
    send_back(activity, "Finalement ?", version=1, by=camille, at=after)
    assert (report.standing, report.waiver) == (Standing.SENT_BACK, "")


def test_several_are_validated_but_those_that_raise_a_doubt_or_changed_or_are_not_ones_own(
    db, ada, camille, after
):
    organisation = make_organisation(ada)

    def filed(**values):
        activity = make_activity(
            organisation=organisation, for_schools=True, commune=values.pop("commune", "32013")
        )
        make_report(activity, status=ReportStatus.FILED, public=10, **values)
        return activity

    sound, doubtful, changed = filed(), filed(adults=0), filed(version=4)
    elsewhere = filed(commune="81004")
    draft = make_activity(organisation=organisation)
    make_report(draft, status=ReportStatus.DRAFT)
    without = make_activity(organisation=organisation)
    shown = {each.id: 1 for each in (sound, doubtful, changed, elsewhere, draft, without)}
    assert validate_several(shown, by=camille, at=after) == Validated(done=1, doubtful=1, left=4)
    validated = db.session.scalars(
        select(Report.activity_id).where(Report.status == ReportStatus.VALIDATED)
    ).all()
    assert validated == [sound.id]


def test_one_activity_has_one_report(db, activity, ada, after):
    save(activity, TOLD, version=0, by=ada, at=after)
    file_report(activity, TOLD, version=1, by=ada, at=after)
    assert db.session.scalar(select(func.count()).select_from(Report)) == 1


def test_editions_do_not_mix(ada, after):
    past = make_activity(organisation=make_organisation(ada), edition=make_edition(2025))
    report = file_report(
        past,
        Told(counts=Counts(outcome=Outcome.CANCELLED)),
        version=0,
        by=ada,
        at=after,
    )
    assert report.activity.edition.year == 2025


def sessions(report):
    return [(each.slot_id, each.public, each.pupils, each.adults) for each in report.sessions]


def test_figures_told_session_by_session_are_their_sums(twice, ada, after):
    first, second = (slot.id for slot in twice.slots)
    told = replace(
        TOLD,
        counts=replace(TOLD.counts, public=999, pupils=5, adults=0),
        sessions=(
            Session(slot_id=first, public=10, pupils=0),
            Session(slot_id=second, public=22),
        ),
    )
    report = file_report(twice, told, version=0, by=ada, at=after)
    assert (report.public, report.pupils, report.adults) == (32, 0, 0)
    assert sessions(report) == [(first, 10, 0, None), (second, 22, None, None)]
    assert file_report(twice, told, version=0, by=ada, at=after).version == 1


def test_sessions_stay_while_totals_told_otherwise_add_up_to_them(twice, ada, after):
    first, second = (slot.id for slot in twice.slots)
    told = replace(
        TOLD,
        sessions=(Session(slot_id=first, public=10), Session(slot_id=second, public=22)),
    )
    report = file_report(twice, told, version=0, by=ada, at=after)
    same = replace(TOLD, counts=report.counts, remarks="Vu au téléphone")
    file_report(twice, same, version=1, by=ada, at=after)
    assert len(sessions(kept_report(twice))) == 2
    other = replace(TOLD, counts=replace(report.counts, public=40))
    file_report(twice, other, version=2, by=ada, at=after)
    assert (kept_report(twice).public, sessions(kept_report(twice))) == (40, [])


def test_figures_gathered_elsewhere_are_told_by_nobody_of_the_structure_and_session_by_session_no_more(
    twice, ada, camille, after
):
    first, second = (slot.id for slot in twice.slots)
    told = replace(
        TOLD,
        sessions=(Session(slot_id=first, public=10), Session(slot_id=second, public=20)),
    )
    file_report(twice, told, version=0, by=ada, at=after)
    report = validate(twice, version=1, by=camille, at=after)
    past = PastReport(
        activity=twice,
        report=report,
        status=ReportStatus.VALIDATED,
        counts=replace(COUNTS, public=300),
    )
    (entered,) = enter_past([past], at=after + timedelta(days=1))
    assert (entered.source, entered.filed_by, entered.validated_by) == (Source.IMPORT, None, None)
    assert (entered.public, sessions(entered)) == (300, [])


def test_a_sum_that_cannot_be_is_refused_even_in_a_draft(twice, ada, after):
    first, second = (slot.id for slot in twice.slots)
    told = Told(
        counts=Counts(),
        sessions=(Session(slot_id=first, public=MOST), Session(slot_id=second, public=MOST)),
    )
    with pytest.raises(IncompleteReportError) as refused, transaction():
        save(twice, told, version=0, by=ada, at=after)
    assert [(gap.field, gap.message) for gap in refused.value.gaps] == [
        ("public", "Ce nombre est trop grand.")
    ]


def test_answers_are_kept_changed_and_taken_back(activity, ada, after):
    told = Told(
        counts=Counts(), answers={Question.PRESS: "La Dépêche", Question.NEXT_YEAR: "maybe"}
    )
    report = save(activity, told, version=0, by=ada, at=after)
    assert answers_of(report) == told.answers
    assert save(activity, told, version=0, by=ada, at=after).version == 1
    later = replace(told, answers={Question.PRESS: "", Question.NEXT_YEAR: "yes"})
    save(activity, later, version=1, by=ada, at=after)
    assert answers_of(report) == {Question.NEXT_YEAR: "yes"}
    # Those of questions that are asked no more, or not this way, stay.
    save(activity, Told(counts=Counts(public=3)), version=2, by=ada, at=after)
    assert answers_of(report) == {Question.NEXT_YEAR: "yes"}
