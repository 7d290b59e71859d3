"""The villages, festivals and trails of the edition."""

import pytest

from fete.programme.workflow import Status
from tests.factories.programme import make_activity, make_edition
from tests.programme.views.test_programme import page, titles, words


def test_what_holds_others_is_listed_with_how_many_it_holds(client):
    village = make_activity(title="Village", kind="science_village")
    for status in (Status.PUBLISHED, Status.PUBLISHED, Status.SUBMITTED):
        make_activity(title="Stand", status=status).parent = village
    make_activity(title="Festival", kind="festival")
    make_activity(title="Parcours", kind="trail", status=Status.DRAFT)
    make_activity(title="Atelier")
    make_activity(title="Jadis", kind="trail", edition=make_edition(2025))
    html = page(client, "/villages")
    assert titles(html) == ["Village", "Festival"]
    assert words(html).count("2 activités sur place") == 1
    assert "Les autres années 2025 1 activité" in words(html)
    for link in ("/abonnement", "/agenda.ics", "/programme", "/programme/2025"):
        assert f'href="{link}?type=science_village,festival,trail"' in html


def test_without_village_the_page_says_so(client):
    for _when in ("without edition", "without village"):
        html = page(client, "/villages")
        assert "Aucun village n’est encore annoncé." in html
        make_activity(title="Atelier")


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_page_of_villages_asks_the_same_however_many(client, queries, count):
    for _number in range(count):
        make_activity().parent = make_activity(kind="science_village")
    page(client, "/villages")
    with queries() as asked:
        page(client, "/villages?page=1")
    assert len(asked) == 8
