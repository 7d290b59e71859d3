"""Writing to a group: whom it reaches and whom never, the letter before it leaves, sent once."""

import re
from datetime import date, time, timedelta

import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db as database
from fete.dashboard.queries.groups import Scope, audience_of
from fete.dashboard.rules import Group
from fete.mailing.models import Topic
from fete.network.models import Membership, MembershipState
from fete.programme.models import Circular, CoOrganiser, EditionState
from fete.programme.services.merging import merge
from fete.programme.workflow import Status
from fete.reports.workflow import ReportStatus
from tests.factories.accounts import make_administrator, make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import TOULOUSE, make_organisation
from tests.factories.programme import make_activity, make_edition
from tests.factories.reports import make_report

PAGE = "/coordination/ecrire"
TEXT = "L’appel se ferme bientôt.\n\nÀ vous !"
WORDS = {"subject": "Plus que dix jours", "text": TEXT}


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split()).replace(
        "\u00a0", " "
    )


def willing(*members, **values):
    """Give a structure that agreed to letters."""
    organisation = make_organisation(*members, **values)
    organisation.signatures[0].agrees_to_letters = True
    database.session.flush()
    return organisation


def drafting(*members, **values):
    """Give a structure that has a draft."""
    organisation = make_organisation(*members, **values)
    make_activity(organisation=organisation, status=Status.DRAFT, commune=organisation.commune_code)
    return organisation


def to(group):
    return f"{PAGE}/{group.value}"


def hidden(page, name):
    (value,) = re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return value


def preview(client, group, words=None, *, where=""):
    return client.send(to(group) + where, {**(words or WORDS), "step": "apercu"})


def send(client, group, words=None, *, where=""):
    """Read the letter, then let it leave."""
    shown = preview(client, group, words, where=where).text
    said = {name: hidden(shown, name) for name in ("form_key", "seen")}
    return client.send(to(group) + where, {**(words or WORDS), **said, "step": "envoyer"})


def readers(letters):
    return sorted(each.to_address for each in letters() if each.kind == "programme/circular")


def found(group, edition, departements=("32",)):
    scope = Scope(edition=edition, departements=departements)
    return [person.email for person in audience_of(group, scope, at=now()).readers]


@pytest.mark.parametrize(
    ("make", "status"),
    [(make_user, 403), (lambda: make_coordinator("32"), 200), (make_administrator, 200)],
)
def test_only_the_coordination_writes(make, status, db, sign_in):
    make_edition()
    client = sign_in(make())
    for where in (PAGE, *(to(group) for group in Group)):
        assert client.get(where).status_code == status
    assert client.send(to(Group.DRAFTS), WORDS).status_code == status
    assert client.get(f"{PAGE}/inconnu").status_code == 404


def test_without_any_edition_there_is_nobody_to_write_to(db, sign_in):
    client = sign_in(make_coordinator("32"))
    assert client.get(PAGE).status_code == 200
    assert client.get(to(Group.DRAFTS)).location == PAGE


def test_each_person_gets_a_letter_of_their_own_and_no_other_address(db, sign_in, letters):
    ada, ben = make_user(name="Ada", email="ada@example.org"), make_user(email="ben@example.org")
    drafting(ada, ben)
    drafting(ada)
    camille = make_coordinator("32", name="Camille", email="camille@example.org")
    shown = send(sign_in(camille), Group.DRAFTS)
    assert shown.location == PAGE
    assert readers(letters) == ["ada@example.org", "ben@example.org"]
    for letter in letters():
        assert letter.topic is Topic.REMINDERS
        assert letter.page == "/mes-activites"
        others = {"ada@example.org", "ben@example.org"} - {letter.to_address}
        assert not [each for each in others if each in letter.text + letter.html]
    assert "À vous" in letters()[0].text


def test_outside_the_territory_nobody_gets_anything(db, sign_in, letters):
    here, far = make_user(email="here@example.org"), make_user(email="far@example.org")
    drafting(here)
    drafting(far, commune_code=TOULOUSE)
    edition = make_edition(2025, state=EditionState.CLOSED)
    for person, commune in ((here, "32013"), (far, TOULOUSE)):
        absent = willing(person, commune_code=commune)
        make_activity(organisation=absent, edition=edition, commune=commune)
        taking_part = willing(person, commune_code=commune)
        make_activity(organisation=taking_part, commune=commune, status=Status.CHANGES_REQUESTED)
    client = sign_in(make_coordinator("32"))
    for group in (Group.DRAFTS, Group.LATE, Group.TO_COMPLETE, Group.PARTICIPANTS):
        send(client, group)
        send(client, group, where="?departement=31")
    assert set(readers(letters)) == {"here@example.org"}


def test_who_left_was_erased_never_confirmed_or_only_asked_gets_nothing(db, sign_in, letters):
    organisation = drafting(
        make_user(email="there@example.org"),
        make_user(checked_at=None),
        make_user(erased_at=now(), checked_at=None),
    )
    organisation.memberships.append(
        Membership(person=make_user(), state=MembershipState.REQUESTED, asked_at=now())
    )
    left = make_user()
    make_organisation(left)
    send(sign_in(make_coordinator("32")), Group.DRAFTS)
    assert readers(letters) == ["there@example.org"]


def test_news_go_only_where_letters_were_agreed_to(db, sign_in, letters):
    yes, no, taken_back = (make_user(email=f"{name}@example.org") for name in ("yes", "no", "back"))
    withdrawn = willing(taken_back)
    withdrawn.signatures[0].letters_withdrawn_at = now()
    for organisation in (willing(yes), make_organisation(no), withdrawn):
        make_activity(organisation=organisation)
    make_activity(organisation=make_organisation(make_user(), signed=False))
    client = sign_in(make_coordinator("32"))
    page = text_of(client.get(to(Group.PARTICIPANTS)))
    assert "1 personne recevra cette lettre." in page
    assert "3 structures n’ont pas accepté les lettres du réseau" in page
    send(client, Group.PARTICIPANTS)
    assert readers(letters) == ["yes@example.org"]
    assert letters()[0].topic is Topic.NEWS


def test_each_group_holds_whom_it_says(db):
    edition, before = make_edition(), make_edition(2025, state=EditionState.CLOSED)
    people = {
        name: make_user(email=name)
        for name in [
            "draft",
            "sent back",
            "deposited",
            "published",
            "late",
            "reported",
            "owing",
            "partner",
            "refused",
            "withdrawn",
        ]
    }
    groups = {name: willing(person) for name, person in people.items()}
    statuses = {
        "draft": Status.DRAFT,
        "sent back": Status.CHANGES_REQUESTED,
        "deposited": Status.SUBMITTED,
        "published": Status.PUBLISHED,
        "refused": Status.REFUSED,
        "withdrawn": Status.WITHDRAWN,
    }
    for name, status in statuses.items():
        made = make_activity(organisation=groups[name], status=status)
        if name in {"draft", "deposited"}:
            made.co_organisers.append(CoOrganiser(organisation=groups["partner"], added_at=now()))
    start = from_paris(date(2025, 10, 4), time(10))
    for name in ("late", "reported", "owing"):
        held = make_activity(start, organisation=groups[name], edition=before)
        if name == "reported":
            make_report(held, status=ReportStatus.FILED)
    assert found(Group.DRAFTS, edition) == ["draft"]
    assert found(Group.TO_COMPLETE, edition) == ["sent back"]
    assert found(Group.PARTICIPANTS, edition) == ["sent back", "deposited", "published", "partner"]
    assert found(Group.LATE, edition) == ["late", "reported", "owing"]
    assert found(Group.NO_REPORT, before) == ["late", "owing"]
    assert found(Group.NO_REPORT, edition) == []
    assert found(Group.LATE, before) == []


def test_the_letter_is_shown_before_it_leaves_and_can_still_be_changed(db, sign_in, letters):
    drafting(make_user())
    client = sign_in(make_coordinator("32", name="Camille", email="camille@example.org"))
    words = {"subject": "Une <b>question</b>", "text": "Bonjour à tous\n\n{{ 7 * 7 }} & <i>fin</i>"}
    shown = preview(client, Group.DRAFTS, words)
    page = text_of(shown)
    assert "La lettre, comme elle sera lue" in page
    assert "Une &lt;b&gt;question&lt;/b&gt;" in shown.text
    assert "{{ 7 * 7 }} &amp; &lt;i&gt;fin&lt;/i&gt;" in shown.text
    assert "Envoyer à 1 personne" in page
    assert "Pour répondre, écrivez à camille@example.org." in page
    assert letters() == []
    again = client.send(to(Group.DRAFTS), {**words, "step": "modifier"})
    assert 'name="subject"' in again.text
    assert "{{ 7 * 7 }} &amp; &lt;i&gt;fin" in again.text
    assert "comme elle sera lue" not in again.text
    send(client, Group.DRAFTS, words)
    (letter,) = letters()
    assert letter.subject == "Une <b>question</b>"
    assert "{{ 7 * 7 }} & <i>fin</i>" in letter.text
    assert "&lt;i&gt;fin&lt;/i&gt;" in letter.html


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"subject": "", "text": TEXT}, "Écrivez l’objet"),
        ({"subject": "Oui", "text": "  "}, "Écrivez ce que vous voulez dire."),
        ({"subject": "o" * 141, "text": TEXT}, "140 signes au plus."),
        ({"subject": "Oui", "text": "o" * 5001}, "5000 signes au plus."),
    ],
)
def test_what_is_missing_is_told_and_what_was_typed_stays(words, said, db, sign_in, letters):
    drafting(make_user())
    shown = sign_in(make_coordinator("32")).send(
        to(Group.DRAFTS), {**words, "step": "envoyer", "seen": "1"}
    )
    assert said in text_of(shown)
    assert words["text"].strip()[:20] in shown.text
    assert letters() == []


def test_sent_twice_it_leaves_once(db, sign_in, letters):
    drafting(make_user())
    client = sign_in(make_coordinator("32"))
    shown = preview(client, Group.DRAFTS).text
    said = {name: hidden(shown, name) for name in ("form_key", "seen")} | WORDS
    for _time in range(2):
        assert client.send(to(Group.DRAFTS), {**said, "step": "envoyer"}).location == PAGE
    assert (len(letters()), database.session.query(Circular).count()) == (1, 1)


def test_a_group_that_changed_since_it_was_read_is_read_again(db, sign_in, letters):
    drafting(make_user())
    client = sign_in(make_coordinator("32"))
    shown = preview(client, Group.DRAFTS).text
    said = {name: hidden(shown, name) for name in ("form_key", "seen")} | WORDS
    drafting(make_user())
    again = client.send(to(Group.DRAFTS), {**said, "step": "envoyer"})
    assert "Le groupe a changé entre-temps" in text_of(again)
    assert "Envoyer à 2 personnes" in text_of(again)
    assert letters() == []


def test_nothing_leaves_for_nobody(db, sign_in, letters):
    make_edition()
    client = sign_in(make_coordinator("32"))
    assert "Personne ne peut la recevoir" in text_of(client.get(to(Group.DRAFTS)))
    client.send(to(Group.DRAFTS), {**WORDS, "seen": "0", "step": "envoyer"})
    assert (letters(), database.session.query(Circular).count()) == ([], 0)


def test_a_copy_is_for_the_writer_once(db, sign_in, letters):
    camille = make_coordinator("32", email="camille@example.org")
    drafting(make_user(email="ada@example.org"))
    client, words = sign_in(camille), {**WORDS, "with_copy": "y"}
    assert "Vous en recevrez une copie." in text_of(preview(client, Group.DRAFTS, words))
    send(client, Group.DRAFTS, words)
    assert readers(letters) == ["ada@example.org", "camille@example.org"]
    drafting(camille)
    send(client, Group.DRAFTS, words)
    assert readers(letters) == ["ada@example.org"] * 2 + ["camille@example.org"] * 2


def test_what_was_written_is_found_again_by_who_wrote_it_and_by_the_region(db, sign_in):
    drafting(make_user())
    camille = make_coordinator("32", name="Camille")
    send(sign_in(camille), Group.DRAFTS)
    (circular,) = database.session.query(Circular)
    assert circular.audience == "Structures qui ont un brouillon, édition 2026, Gers"
    assert (circular.recipients, circular.by_id, circular.text) == (1, camille.id, TEXT)
    assert [entry.act for entry in history_of(circular)] == ["circular.sent"]
    one = f"{PAGE}/envois/{circular.id}"
    for person in (camille, make_coordinator()):
        client = sign_in(person)
        assert "Plus que dix jours" in client.get(PAGE).text
        assert "À vous" in client.get(one).text
    other = sign_in(make_coordinator("32"))
    assert "Plus que dix jours" not in other.get(PAGE).text
    assert other.get(one).status_code == 404


def test_those_of_a_merged_structure_are_written_to_as_its_survivor_s(db, sign_in, letters):
    ada = make_user(email="ada@example.org")
    one, other = drafting(name="Astro"), drafting(ada, name="Astros")
    merge(one, other, by=make_coordinator("32"), at=now())
    send(sign_in(make_coordinator("32")), Group.DRAFTS)
    assert readers(letters) == ["ada@example.org"]


@pytest.mark.parametrize("count", [1, 3])
def test_reading_a_group_asks_the_same_of_the_database_however_many(count, db, sign_in, queries):
    edition = make_edition(2025, state=EditionState.CLOSED)
    for _number in range(count):
        organisation = willing(make_user(), make_user())
        make_activity(organisation=organisation, edition=edition)
        drafting(make_user())
    camille = make_coordinator("32")
    client = sign_in(camille)
    for _number in range(count):
        database.session.add(
            Circular(
                form_key=f"k{_number}",
                subject="S",
                text="T",
                recipients=1,
                at=now(),
                by_id=camille.id,
            )
        )
    database.session.flush()
    counts = []
    for where in (PAGE, *(to(group) for group in (Group.LATE, Group.DRAFTS))):
        with queries() as asked:
            client.get(where)
        counts.append(len(asked))
    assert counts == [14, 9, 8]


def test_the_reader_s_language_is_theirs(db, sign_in, letters):
    drafting(make_user(language="en"))
    send(sign_in(make_coordinator("32")), Group.DRAFTS)
    assert "Bonjour" not in letters()[0].text
    assert now() - timedelta(1) < letters()[0].written_at


def test_of_those_who_cannot_be_written_to_the_page_says_which(db, sign_in):
    # They took part last year and have no member.
    start = from_paris(date(2025, 10, 4), time(10))
    make_activity(start, edition=make_edition(2025), organisation=willing())
    make_edition()
    page = sign_in(make_coordinator("32")).get(to(Group.LATE))
    assert "1 structure n’a personne à qui écrire" in text_of(page)
    found = re.search(r'href="(/coordination/avancement/structures-en-retard[^"]*)"', page.text)
    assert found is not None
    assert found[1].replace("&amp;", "&").endswith("?edition=2026&joignables=non")
