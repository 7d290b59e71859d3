"""The day when figures are counted."""

from datetime import datetime

import pytest
import time_machine

from fete.core.clock import PARIS

AFTER = datetime(2026, 11, 3, 10, 0, tzinfo=PARIS)


@pytest.fixture
def after(clock: time_machine.Traveller) -> datetime:
    """Set the clock on a day of November when the fête of 2026 is over, and give it."""
    clock.move_to(AFTER)
    return AFTER
