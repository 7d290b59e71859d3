"""What waits after publication, territory by territory, and versions read back."""

from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.core.db import db as database
from fete.programme.models import ActivityVersion, EditionState, SlotAudience, VersionState
from fete.programme.queries.review import Waiting
from fete.programme.queries.versions import (
    after_publication,
    as_wished,
    page_of_corrections,
    page_of_proposals,
    read,
)
from fete.programme.rules.versions import held, plain, written
from fete.programme.workflow import SlotState, Status
from tests.factories.network import TOULOUSE
from tests.factories.programme import make_activity, make_edition, make_venue, term

pytestmark = pytest.mark.usefixtures("db")
GERS = frozenset({"32"})


def proposed(title, *, days=0, **values):
    activity = make_activity(title=title, **values)
    activity.versions.append(
        ActivityVersion(
            state=VersionState.PROPOSED,
            at=now() - timedelta(days=days),
            content={"proposed": {"title": "Autre"}, "before": {"title": title}, "notes": {}},
        )
    )
    database.session.flush()
    return activity


def corrected(title, *, days=0, **values):
    return make_activity(title=title, corrected_at=now() - timedelta(days=days), **values)


def titles(page):
    return [activity.title for activity in page.rows]


def test_what_waits_longest_comes_first_and_only_what_can_still_change():
    for make in (proposed, corrected):
        make("Récente", days=1)
        make("Ancienne", days=9, status=Status.LABELLED)
        make("Ailleurs", days=20, commune=TOULOUSE)
        make("Retirée", days=20, status=Status.WITHDRAWN)
        make("Close", days=20, edition=make_edition(2025, state=EditionState.CLOSED))
    assert titles(page_of_proposals(GERS, number=1)) == ["Ancienne", "Récente"]
    assert titles(page_of_corrections(GERS, number=1)) == ["Ancienne", "Récente"]
    found = after_publication(GERS)
    assert found.proposals == Waiting(number=2, since=now() - timedelta(days=9))
    assert found.corrections == Waiting(number=2, since=now() - timedelta(days=9))
    assert after_publication(None).proposals.number == 3
    assert after_publication(frozenset()).corrections == Waiting(number=0, since=None)


def test_what_is_written_down_is_read_back_as_it_was():
    place, site = make_venue(), make_venue()
    activity = make_activity(
        parent=make_activity(kind="science_village"),
        terms=[("theme", "environment"), ("audience", "all"), ("level", "primary_c3")],
        age_min=6,
        is_free=True,
        venue=place,
    )
    activity.sites = [site]
    (slot,) = activity.slots
    slot.audience, slot.classes, slot.venue, slot.is_opening = SlotAudience.SCHOOLS, 2, site, True
    database.session.flush()
    content = written(activity)
    values = read(content)
    assert {name: plain(value) for name, value in values.items()} == content
    for name, value in values.items():
        if name != "slots":
            assert value == held(activity, name), name
    (copy,) = values["slots"]
    assert copy is not slot
    assert (copy.id, copy.uid, copy.starts_at, copy.audience, copy.classes, copy.venue) == (
        slot.id,
        slot.uid,
        slot.starts_at,
        SlotAudience.SCHOOLS,
        2,
        site,
    )


def test_as_it_is_wished_an_activity_says_where_it_would_be_and_when():
    activity = proposed("Nuit noire")
    venue = make_venue(TOULOUSE)
    wished = as_wished(activity, {"venue": venue.id, "themes": []})
    assert (wished.departement_code, activity.departement_code) == ("31", "32")
    assert [each.code for each in wished.terms] == ["all"]
    assert (wished.id, wished.version, wished.organisation) == (
        activity.id,
        activity.version,
        activity.organisation,
    )
    assert as_wished(activity).title == "Autre"
    assert wished not in database.session
    assert all(slot not in database.session for slot in wished.slots)


def test_nothing_wished_and_nothing_cancelled_is_the_activity_itself():
    activity = make_activity()
    assert as_wished(activity) is activity
    activity.slots[0].state = SlotState.CANCELLED
    assert as_wished(activity).slots == []
    assert as_wished(activity, {"kind": term("kind", "talk").code}).kind.code == "talk"
