"""Sharing out keeps the total, the proportions and the ceilings."""

import pytest
from hypothesis import given, strategies as st

from fete.demo.shares import apportion


@pytest.mark.parametrize(
    ("total", "weights", "most", "parts"),
    [
        (10, [1, 1], None, [5, 5]),
        (10, [1, 1, 1], None, [4, 3, 3]),
        (7, [5, 3, 0], None, [4, 3, 0]),
        (0, [1, 2], None, [0, 0]),
        (10, [1, 1], [2, 20], [2, 8]),
        (10, [8, 1, 1], [4, 4, 4], [4, 3, 3]),
        (12, [8, 1, 1], [4, 4, 4], [4, 4, 4]),
        (1, [0.2, 0.3, 0.1], None, [0, 1, 0]),
    ],
)
def test_a_total_is_shared_by_largest_remainders(total, weights, most, parts):
    assert apportion(total, weights, most=most) == parts


def test_more_than_can_be_taken_is_refused():
    with pytest.raises(ValueError, match="13 to share"):
        apportion(13, [1, 1, 1], most=[4, 4, 4])
    with pytest.raises(ValueError, match="1 to share"):
        apportion(1, [0, 0])


@given(
    parts=st.lists(st.tuples(st.floats(0.01, 1000), st.integers(0, 500)), min_size=1, max_size=30),
    part=st.floats(0, 1),
)
def test_the_parts_always_add_up_and_never_pass_their_ceiling(parts, part):
    weights, most = [weight for weight, _ in parts], [ceiling for _, ceiling in parts]
    total = round(sum(most) * part)
    shared = apportion(total, weights, most=most)
    assert sum(shared) == total
    assert all(0 <= given <= ceiling for given, ceiling in zip(shared, most, strict=True))
