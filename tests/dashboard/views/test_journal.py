"""The journal as coordinators read it: their territory, readable sentences with links, one object whole."""

import re
from datetime import timedelta

import pytest

from fete.accounts.models import RoleName
from fete.accounts.services import grant_role, revoke_role
from fete.core.clock import now
from fete.core.db import db as database
from fete.journal.services import record
from fete.programme.models import Circular
from fete.programme.services.activities import delete_draft
from fete.programme.services.merging import merge
from fete.programme.workflow import Status
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition, make_venue
from tests.factories.reports import make_report

PAGE = "/coordination/journal"


def lines(answer):
    """Return the sentences of the journal, without their moments."""
    journal = answer.text.partition('<ol class="journal">')[2].partition("</ol>")[0]
    found = re.findall(r"</time>(.*?)</li>", journal, re.DOTALL)
    return [
        " ".join(re.sub(r"<[^>]+>", " ", each).split())
        .replace("\u00a0", " ")
        .partition(" tout l’historique")[0]
        for each in found
    ]


def note(act, thing, person=None, *, days=0, detail=""):
    at = now() - timedelta(days=days)
    record(act, on=thing, person_id=person.id if person else None, at=at, detail=detail)
    database.session.flush()


@pytest.mark.parametrize(
    ("make", "status"),
    [(make_user, 403), (lambda: make_coordinator("32"), 200), (make_administrator, 200)],
)
def test_only_the_coordination_reads_it(make, status, db, sign_in):
    activity = make_activity()
    client = sign_in(make())
    for where in (PAGE, f"{PAGE}/activites/{activity.id}"):
        assert client.get(where).status_code == status


def test_each_line_is_a_sentence_with_its_object(db, sign_in):
    ada = make_user(name="Ada")
    activity = make_activity(title="Nuit noire")
    organisation, venue = make_organisation(name="Astro"), make_venue(name="Halle")
    report = make_report(activity)
    note("activity.published", activity, ada, days=4)
    note("organisation.described", organisation, ada, days=3, detail="Adresse")
    note("venue.merged", venue, ada, days=2, detail="Hall")
    note("report.filed", report, None, days=1)
    shown = sign_in(make_coordinator("32")).get(PAGE)
    assert lines(shown) == [
        "Le site a déposé le bilan. Nuit noire",
        "Ada a réuni une autre fiche à celle-ci. Halle Hall",
        "Ada a modifié la fiche de la structure. Astro Adresse",
        "Ada a publié l’activité. Nuit noire",
    ]
    for link in (
        f"/coordination/relecture/{activity.id}",
        f"/coordination/bilans/{activity.id}",
        f"/ma-structure/{organisation.id}",
        f"{PAGE}/lieux/{venue.id}",
    ):
        assert f'href="{link}"' in shown.text, link


def test_other_territories_drafts_people_and_editions_are_not_for_a_departement(db, sign_in):
    far = make_organisation(name="Loin", commune_code=TOULOUSE)
    held = make_activity(title="Loin aussi", commune=TOULOUSE, organisation=far)
    ada = make_user(name="Ada")
    draft = make_activity(title="Secret", status=Status.DRAFT)
    dropped = make_activity(title="Secret abandonné", status=Status.WITHDRAWN, submitted_at=None)
    gone = make_activity(title="Secret supprimé", status=Status.DRAFT, created_by=ada)
    note("organisation.described", far)
    note("organisation.described", make_organisation(name="Nulle part", commune_code=None))
    note("activity.published", held)
    note("report.filed", make_report(held))
    note("venue.merged", make_venue(name="Capitole", commune=TOULOUSE))
    note("activity.declared", draft, detail="Secret")
    note("activity.withdrawn", dropped)
    note("edition.opened", make_edition())
    note("person.role_granted", ada, detail="Coordination régionale")
    delete_draft(gone, by=ada, at=now())
    client = sign_in(make_coordinator("32"))
    assert lines(client.get(PAGE)) == []
    for kind, number in (
        ("structures", far.id),
        ("activites", held.id),
        ("activites", draft.id),
        ("activites", dropped.id),
        ("personnes", ada.id),
        ("editions", held.edition_id),
        ("activites", 999_999),
    ):
        assert client.get(f"{PAGE}/{kind}/{number}").status_code == 404, kind
    assert lines(client.get(f"{PAGE}?type=personnes")) == []
    regional = sign_in(make_coordinator())
    shown = lines(regional.get(PAGE))
    assert len(shown) == 7
    assert not [line for line in shown if "Secret" in line]
    assert lines(regional.get(f"{PAGE}/editions/{held.edition_id}")) == [
        "Le site a ouvert l’édition."
    ]


def test_it_is_narrowed_by_kind_person_and_day(db, sign_in):
    ada, ben = make_user(name="Ada Élan"), make_user(name="Ben")
    activity, organisation = make_activity(title="Nuit"), make_organisation(name="Astro")
    note("activity.published", activity, ada, days=10)
    note("activity.changed", activity, ben, days=5)
    note("organisation.described", organisation, ada, days=1)
    client = sign_in(make_coordinator("32"))

    def asked(query):
        return [line.partition(" a ")[0] for line in lines(client.get(f"{PAGE}?{query}"))]

    assert asked("type=activites") == ["Ben", "Ada Élan"]
    assert asked("q=elan") == ["Ada Élan", "Ada Élan"]
    assert asked("q=elan&type=structures") == ["Ada Élan"]
    assert asked("du=11/03/2026") == ["Ada Élan", "Ben"]
    assert asked("au=2026-03-11") == ["Ben", "Ada Élan"]
    assert asked("du=2026-03-11&au=2026-03-11") == ["Ben"]
    wrong = client.get(f"{PAGE}?du=hier")
    assert "Écrivez la date" in wrong.text
    assert 'value="hier"' in wrong.text
    assert len(lines(wrong)) == 3


@pytest.mark.parametrize(
    "odd", ["?page=99", "?page=x", "?type=rien", "?q=%25%00", "?q=" + "a" * 9000]
)
def test_an_odd_address_is_answered(odd, db, sign_in):
    note("activity.published", make_activity())
    assert sign_in(make_coordinator("32")).get(PAGE + odd).status_code == 200


def test_it_comes_by_pages_that_keep_what_was_asked(db, sign_in):
    activity = make_activity()
    for days in range(30):
        note("activity.changed", activity, days=days)
    client = sign_in(make_coordinator("32"))
    first = client.get(f"{PAGE}?type=activites")
    assert (len(lines(first)), "30 lignes" in first.text) == (25, True)
    assert "type=activites&amp;page=2" in first.text
    assert len(lines(client.get(f"{PAGE}?type=activites&page=2"))) == 5
    assert len(lines(client.get(f"{PAGE}/activites/{activity.id}?page=2"))) == 5


def test_comings_are_read_only_where_people_are_looked_at(db, sign_in):
    ada = make_user(name="Ada")
    note("person.signed_in", ada, ada)
    note("person.role_granted", ada, detail="Coordination régionale")
    client = sign_in(make_coordinator())
    assert lines(client.get(PAGE)) == ["Le site a confié un rôle. Ada Coordination régionale"]
    assert "Connexion de Ada. Ada" in lines(client.get(f"{PAGE}?type=personnes"))


def test_the_whole_history_of_an_activity_holds_its_report_s(db, sign_in):
    activity, other = make_activity(title="Nuit"), make_activity()
    note("activity.published", activity, days=3)
    note("report.filed", make_report(activity), days=1)
    note("activity.published", other)
    shown = sign_in(make_coordinator("32")).get(f"{PAGE}/activites/{activity.id}")
    assert lines(shown) == ["Le site a déposé le bilan.", "Le site a publié l’activité."]


def test_a_merged_structure_shows_both_histories(db, sign_in):
    one, other = make_organisation(name="Astro"), make_organisation(name="Astros")
    note("organisation.created", one, days=9)
    note("organisation.created", other, days=8)
    camille = make_coordinator("32", name="Camille")
    merge(one, other, by=camille, at=now())
    shown = lines(sign_in(camille).get(f"{PAGE}/structures/{one.id}"))
    assert sorted(shown) == [
        "Camille a réuni cette fiche à une autre. Astros Astro",
        "Camille a réuni une autre fiche à celle-ci. Astros",
        "Le site a inscrit la structure.",
        "Le site a inscrit la structure. Astros",
    ]


def test_letters_to_a_group_are_for_who_wrote_them_and_the_region(db, sign_in):
    camille = make_coordinator("32", name="Camille")
    circular = Circular(
        form_key="k", subject="Bientôt", text="T", recipients=3, at=now(), by_id=camille.id
    )
    database.session.add(circular)
    database.session.flush()
    note("circular.sent", circular, camille, detail="Brouillons")
    expected = ["Camille a écrit à un groupe. Bientôt Brouillons"]
    assert lines(sign_in(camille).get(PAGE)) == expected
    assert lines(sign_in(make_coordinator()).get(PAGE)) == expected
    assert lines(sign_in(make_coordinator("32")).get(PAGE)) == []


def test_a_person_s_rights_say_by_whom_and_when_to_the_region_and_to_them(db, sign_in):
    ada, dana = make_user(name="Ada"), make_administrator(name="Dana")
    grant_role(ada, RoleName.DEPARTMENTAL, ["32"], by=dana, at=now() - timedelta(days=2))
    revoke_role(ada, RoleName.DEPARTMENTAL, by=dana, at=now())
    told = [
        "Coordination départementale (Gers) : retiré par Dana.",
        "Coordination départementale (Gers) : confié par Dana.",
    ]
    for client, where in (
        (sign_in(dana), f"/coordination/personnes/{ada.id}"),
        (sign_in(ada), "/mon-compte"),
    ):
        page = client.get(where)
        rights = page.text.partition('id="rights"')[2]
        found = re.findall(r"</time>(.*?)</li>", rights.partition("</ol>")[0], re.DOTALL)
        shown = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]
        assert [each.replace("\u00a0", " ") for each in shown] == told
        assert "lundi 16 mars 2026" in rights
    assert 'id="rights"' not in sign_in(make_user()).get("/mon-compte").text


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_of_the_database_however_many_lines(count, db, sign_in, queries):
    activities = [make_activity() for _number in range(count)]
    for activity in activities:
        note("activity.published", activity, make_user())
        note("report.filed", make_report(activity))
        note("organisation.created", activity.organisation)
        note("venue.merged", activity.venue)
    client, whole = sign_in(make_coordinator("32")), f"{PAGE}/activites/{activities[-1].id}"
    with queries() as asked:
        client.get(PAGE)
    first = len(asked)
    with queries() as asked:
        client.get(whole)
    assert (first, len(asked)) == (9, 9), "\n".join(asked)
