"""The number of a page, held within those that there are."""

import pytest

from fete.core.pagination import page_number, pages_of


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (25, 1), (26, 2), (50, 2), (51, 3)])
def test_rows_take_as_many_pages_as_hold_them_and_one_at_least(total, pages):
    assert pages_of(total, 25) == pages


@pytest.mark.parametrize(
    ("asked", "given"), [(-3, 1), (0, 1), (1, 1), (2, 2), (3, 3), (4, 3), (10**9, 3)]
)
def test_a_page_that_there_is_not_is_the_nearest_one(asked, given):
    assert page_number(asked, 51, 25) == given
    assert page_number(asked, 0, 25) == 1
