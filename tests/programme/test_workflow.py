"""Every status of an activity with every step."""

from itertools import product

import pytest

from fete.programme.workflow import Status, Step, next_status, possible_steps

# Where each step leads from each status; from the others it cannot be taken.
LEADS = {
    ("draft", "submit"): "submitted",
    ("draft", "withdraw"): "withdrawn",
    ("submitted", "send_back"): "changes_requested",
    ("submitted", "label"): "labelled",
    ("submitted", "publish"): "published",
    ("submitted", "refuse"): "refused",
    ("submitted", "withdraw"): "withdrawn",
    ("changes_requested", "submit"): "submitted",
    ("changes_requested", "withdraw"): "withdrawn",
    ("labelled", "send_back"): "changes_requested",
    ("labelled", "publish"): "published",
    ("labelled", "refuse"): "refused",
    ("labelled", "withdraw"): "withdrawn",
    ("published", "withdraw"): "withdrawn",
    ("refused", "reopen"): "draft",
    ("withdrawn", "reopen"): "draft",
}


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_each_step_leads_where_it_should_and_nowhere_else(status, step):
    assert next_status(status, step) == LEADS.get((status.value, step.value))


@pytest.mark.parametrize("status", Status)
def test_the_steps_that_can_be_taken_are_those_that_lead_somewhere(status):
    assert {step.value for step in possible_steps(status)} == {
        step for start, step in LEADS if start == status.value
    }
