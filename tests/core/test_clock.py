"""Between the clocks of Paris and UTC."""

from datetime import UTC, date, datetime, time

import pytest

from fete.core.clock import NoSuchTimeError, day_bounds, from_paris, now, to_paris, today


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [
        (date(2026, 10, 24), time(14), datetime(2026, 10, 24, 12, tzinfo=UTC)),
        (date(2026, 10, 25), time(14), datetime(2026, 10, 25, 13, tzinfo=UTC)),
        (date(2026, 3, 29), time(1, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2026, 3, 29), time(3), datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ],
)
def test_paris_time_becomes_the_right_instant_on_both_sides_of_the_changes(day, hour, instant):
    assert from_paris(day, hour) == instant
    assert to_paris(instant).replace(tzinfo=None) == datetime.combine(day, hour)


def test_the_hour_that_spring_skips_does_not_exist():
    with pytest.raises(NoSuchTimeError):
        from_paris(date(2026, 3, 29), time(2, 30))


def test_the_hour_that_autumn_repeats_is_the_first_one():
    assert from_paris(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_day_of_the_change_lasts_25_hours():
    start, end = day_bounds(date(2026, 10, 25))
    assert (end - start).total_seconds() == 25 * 3600


def test_several_days_end_with_the_last_one():
    assert day_bounds(date(2026, 10, 2), date(2026, 10, 4)) == (
        datetime(2026, 10, 1, 22, tzinfo=UTC),
        datetime(2026, 10, 4, 22, tzinfo=UTC),
    )


def test_today_is_the_day_of_paris(clock):
    clock.move_to(datetime(2026, 10, 2, 22, 30, tzinfo=UTC))
    assert now() == datetime(2026, 10, 2, 22, 30, tzinfo=UTC)
    assert today() == date(2026, 10, 3)
