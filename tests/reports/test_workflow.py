"""Every status of a report with every step."""

from itertools import product

import pytest

from fete.reports.workflow import ReportStatus, ReportStep, next_status, possible_steps

S, T = ReportStatus, ReportStep
LEADS = {
    (S.DRAFT, T.SAVE): S.DRAFT,
    (S.DRAFT, T.FILE): S.FILED,
    (S.DRAFT, T.WAIVE): S.WAIVED,
    (S.FILED, T.FILE): S.FILED,
    (S.FILED, T.VALIDATE): S.VALIDATED,
    (S.FILED, T.SEND_BACK): S.DRAFT,
    (S.FILED, T.WAIVE): S.WAIVED,
    (S.VALIDATED, T.SEND_BACK): S.DRAFT,
    (S.WAIVED, T.SEND_BACK): S.DRAFT,
}


@pytest.mark.parametrize(("status", "step"), list(product(S, T)))
def test_a_step_leads_where_it_should_and_nowhere_else(status, step):
    assert next_status(status, step) == LEADS.get((status, step))
    assert (step in possible_steps(status)) == ((status, step) in LEADS)
