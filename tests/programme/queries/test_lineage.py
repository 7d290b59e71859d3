"""The line of an activity over the editions, read both ways."""

from fete.programme.models import Activity, EditionState
from fete.programme.queries.lineage import lineage_of, renewals_in
from fete.programme.workflow import Status
from tests.factories.programme import make_activity, make_edition


def line_of_four():
    found: list[Activity] = []
    for year in (2022, 2023, 2025, 2026):
        found.append(
            make_activity(
                edition=make_edition(year, state=EditionState.CLOSED),
                renewed_from=found[-1] if found else None,
            )
        )
    return found


def test_the_line_is_the_same_from_each_of_its_years(db):
    line = line_of_four()
    make_activity(edition=line[0].edition)
    for each in line:
        assert lineage_of(each) == line


def test_two_that_renew_one_are_each_other_s_business_only_through_it(db):
    first, second = line_of_four()[:2]
    twin = make_activity(edition=second.edition, renewed_from=first)
    assert lineage_of(twin) == [first, twin]
    assert twin in lineage_of(first)


def test_a_circle_that_should_not_be_ends(db):
    line = line_of_four()
    line[0].renewed_from = line[-1]
    db.session.flush()
    assert lineage_of(line[1]) == line


def test_a_renewal_is_found_through_the_years_between(db):
    line = line_of_four()
    alone = make_activity(edition=line[0].edition)
    numbers = [line[0].id, line[2].id, line[3].id, alone.id]
    assert renewals_in(line[3].edition, numbers) == {line[0].id: line[3], line[2].id: line[3]}
    assert renewals_in(line[3].edition, []) == {}


def test_a_draft_renews_too(db):
    line = line_of_four()
    line[3].status = Status.DRAFT
    db.session.flush()
    assert renewals_in(line[3].edition, [line[0].id]) == {line[0].id: line[3]}
