"""The letters about an activity, each compared whole with the expected one."""

import re
from datetime import date, time

import pytest

from fete.core.clock import from_paris, now
from fete.core.db import db as database
from fete.mailing.models import Topic
from fete.network.models import Membership, MembershipState
from fete.programme.mails import CircularWords
from fete.programme.models import Mode, Side
from fete.programme.rules import CRITERIA, PlannedSlot, Verdict
from fete.programme.services.activities import rewrite
from fete.programme.services.circulars import send_circular
from fete.programme.services.conversation import write
from fete.programme.services.merging import merge, undo
from fete.programme.services.proposals import accept, decline
from fete.programme.services.review import (
    cancel_activity,
    change_slot,
    reinstate_activity,
    take_step,
)
from fete.programme.services.sharing import (
    add_co_organiser,
    decline_handover,
    hand_over,
    remove_co_organiser,
    take_over,
    withdraw_handover,
)
from fete.programme.services.stands import (
    accept_stand,
    ask_for_stand,
    choose,
    decline_stand,
    withdraw_stand,
)
from fete.programme.services.versions import change
from fete.programme.workflow import TRANSITIONS, SlotState, Status, Step
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity

WORDS = "Le lieu n’est pas précis : quelle salle ?\n\nEt l’heure, à <confirmer>."


@pytest.fixture
def member(db):
    return make_user(name="Ada Dubois", email="ada@example.org")


@pytest.fixture
def coordinator(db):
    return make_coordinator("32", name="Camille Roux", email="camille@example.org")


def whole(letter, activity):
    """Return the letter as a file holds it: its text, what is its own in its HTML, its number by a word."""
    own = letter.html.partition('<div class="letter">')[2].partition("</div>")[0]
    kept = f"""À : {letter.to_name} <{letter.to_address}>
Objet : {letter.subject}

{letter.text}
{"=" * 72}
{own.strip()}
"""
    kept = re.sub(r"(/arreter/)[\w.-]+", r"\1CLÉ", kept)
    return re.sub(rf"/{activity.id}(?=[-/\"\n#])", "/NUMÉRO", kept)


def compare(letter, activity, samples, name):
    """Hold the letter against the expected file of this name."""
    expected = samples / "letters" / "programme" / f"{name}.txt"
    assert whole(letter, activity) == expected.read_text("utf-8")


def made(status, member, **values):
    return make_activity(
        from_paris(date(2026, 10, 3), time(10)),
        status=status,
        title="Nuit noire & étoiles",
        organisation=make_organisation(member, name="Les Étoiles du Gers"),
        **values,
    )


STEPS = [
    ("submitted", Status.DRAFT, Step.SUBMIT, ""),
    ("submitted_with_a_word", Status.CHANGES_REQUESTED, Step.SUBMIT, WORDS),
    ("received", Status.DRAFT, Step.SUBMIT, ""),
    ("changes_requested", Status.SUBMITTED, Step.SEND_BACK, WORDS),
    ("labelled", Status.SUBMITTED, Step.LABEL, ""),
    ("refused", Status.SUBMITTED, Step.REFUSE, WORDS),
    ("published", Status.SUBMITTED, Step.PUBLISH, ""),
    ("withdrawn", Status.PUBLISHED, Step.WITHDRAW, WORDS),
]


@pytest.mark.parametrize(
    ("name", "status", "step", "words"), STEPS, ids=[each[0] for each in STEPS]
)
def test_a_step_writes_its_letter(name, status, step, words, member, coordinator, letters, samples):
    activity = made(status, member)
    by = member if step is Step.SUBMIT else coordinator
    take_step(activity, step, by=by, at=now(), reason=words)
    kind = f"programme/{name.partition('_with')[0]}"
    (letter,) = [letter for letter in letters() if letter.kind == kind]
    compare(letter, activity, samples, name)


DECIDED = Verdict(
    committee="Comité de labellisation du Gers",
    decided_on=date(2026, 3, 12),
    criteria=frozenset(CRITERIA),
)


@pytest.mark.parametrize(
    ("name", "step", "words"),
    [("labelled_by_committee", Step.LABEL, ""), ("refused_by_committee", Step.REFUSE, WORDS)],
)
def test_the_decision_of_a_committee_is_told(
    name, step, words, member, coordinator, letters, samples
):
    activity = made(Status.SUBMITTED, member)
    take_step(activity, step, by=coordinator, at=now(), reason=words, verdict=DECIDED)
    (letter,) = letters()
    compare(letter, activity, samples, name)


def test_what_is_to_be_completed_is_told_point_by_point(member, coordinator, letters, samples):
    activity = made(Status.SUBMITTED, member)
    take_step(
        activity,
        Step.SEND_BACK,
        by=coordinator,
        at=now(),
        reason=WORDS,
        fields=["slots", "title"],
    )
    (letter,) = letters()
    compare(letter, activity, samples, "changes_requested_points")


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("message_to_members", Side.COORDINATION),
        ("message_to_coordination", Side.DECLARERS),
    ],
)
def test_a_message_is_told_to_the_other_side(name, side, member, coordinator, letters, samples):
    activity = made(Status.SUBMITTED, member)
    by = coordinator if side is Side.COORDINATION else member
    write(activity, WORDS, side=side, by=by, at=now())
    (letter,) = letters()
    compare(letter, activity, samples, name)


def test_a_cancelled_activity_is_told(member, coordinator, letters, samples):
    activity = made(Status.PUBLISHED, member)
    cancel_activity(activity, by=member, at=now(), reason="Grève")
    to_member, to_coordination = letters()
    compare(to_member, activity, samples, "cancelled")
    compare(to_coordination, activity, samples, "cancelled_coordination")


def test_a_reinstated_activity_is_told(member, coordinator, letters, samples):
    activity = made(Status.PUBLISHED, member)
    cancel_activity(activity, by=coordinator, at=now(), reason="Grève")
    reinstate_activity(activity, by=coordinator, at=now())
    letter = letters()[-1]
    compare(letter, activity, samples, "reinstated")


@pytest.mark.parametrize(
    ("name", "state"),
    [("slot_cancelled", SlotState.CANCELLED), ("slot_changed", SlotState.FULL)],
)
def test_a_changed_slot_is_told(name, state, member, coordinator, letters, samples):
    activity = made(Status.PUBLISHED, member)
    change_slot(activity.slots[0], state, by=coordinator, at=now(), reason="La salle est inondée")
    (letter,) = letters()
    compare(letter, activity, samples, name)


def test_a_reinstated_slot_is_told(member, coordinator, letters, samples):
    activity = made(Status.PUBLISHED, member)
    change_slot(activity.slots[0], SlotState.CANCELLED, by=coordinator, at=now())
    change_slot(activity.slots[0], SlotState.SCHEDULED, by=coordinator, at=now())
    letter = letters()[-1]
    compare(letter, activity, samples, "slot_reinstated")


def test_what_is_corrected_and_proposed_after_publication_is_told(
    member, coordinator, letters, samples
):
    activity = made(Status.PUBLISHED, member)
    change(activity, {"standfirst": "Neuf", "partners": "Le muséum"}, by=member, at=now())
    change(activity, {"title": "Nuit <blanche>", "age_min": 6}, by=member, at=now())
    corrected, proposed = letters()
    compare(corrected, activity, samples, "corrected")
    compare(proposed, activity, samples, "change_proposed")
    assert {(letter.topic, letter.page) for letter in letters()} == {
        (Topic.REVIEW, f"/coordination/relecture/{activity.id}/changements")
    }


@pytest.mark.parametrize(
    ("name", "answer", "reason"),
    [("change_accepted", accept, "Merci & à bientôt"), ("change_declined", decline, WORDS)],
)
def test_the_answer_to_a_proposal_is_told(
    name, answer, reason, member, coordinator, letters, samples
):
    activity = made(Status.PUBLISHED, member)
    slots = [
        PlannedSlot(
            id=activity.slots[0].id,
            starts_at=from_paris(date(2026, 10, 4), time(14)),
            ends_at=from_paris(date(2026, 10, 4), time(16)),
        )
    ]
    change(activity, {"age_min": 6, "mode": Mode.BOTH, "slots": slots}, by=member, at=now())
    answer(activity, by=coordinator, at=now(), reason=reason)
    letter = letters()[-1]
    compare(letter, activity, samples, name)
    assert (letter.topic, letter.page) == (
        Topic.DECISIONS,
        f"/mes-activites/{activity.id}/apercu",
    )


def test_what_was_proposed_is_told_in_the_language_of_its_reader(member, coordinator, letters):
    member.language = "en"
    activity = made(Status.PUBLISHED, member)
    change(activity, {"mode": Mode.BOTH}, by=member, at=now())
    decline(activity, by=coordinator, at=now(), reason="No")
    assert "in person and online" in letters()[-1].text


def test_an_activity_that_is_held_nowhere_is_told_without_a_place(member, letters):
    regional = make_coordinator(name="Emma", email="emma@example.org")
    activity = made(Status.DRAFT, member)
    activity.organisation.commune_code = None
    activity.venue, activity.mode = None, "online"
    database.session.flush()
    take_step(activity, Step.SUBMIT, by=member, at=now())
    letter = letters()[-1]
    assert (letter.kind, letter.person_id) == ("programme/submitted", regional.id)
    assert "Elle a lieu" not in letter.text


def test_a_merged_structure_is_told_to_its_members(member, coordinator, letters, samples):
    gone = make_organisation(member, name="Étoiles & co")
    survivor = make_organisation(name="Les Étoiles du Gers")
    made = merge(survivor, gone, by=coordinator, at=now())
    undo(made, by=coordinator, at=now())
    merged, separated = letters()
    compare(merged, survivor, samples, "merged")
    compare(separated, gone, samples, "separated")
    assert {letter.topic for letter in (merged, separated)} == {Topic.DECISIONS}


def test_a_letter_to_a_group_is_written_to_each(member, coordinator, letters, samples):
    words = CircularWords(
        subject="Plus que dix jours",
        text="L’appel se ferme <bientôt>.\n\nUne date,\nune adresse & c’est prêt.",
        by=coordinator,
        reason="votre structure participe à cette édition",
        page="activities.index",
        link="Voir mes activités",
    )
    circular = send_circular(
        [member],
        words,
        audience="Toutes",
        topic=Topic.NEWS,
        form_key="k",
        with_copy=False,
        by=coordinator,
        at=now(),
    )
    (letter,) = letters()
    compare(letter, circular, samples, "circular")


def test_a_title_of_several_kinds_of_characters_stays_on_one_line(member, coordinator, letters):
    activity = made(Status.SUBMITTED, member)
    activity.title = "Titre\r\nBcc: x@example.org"
    take_step(activity, Step.PUBLISH, by=coordinator, at=now())
    (letter,) = letters()
    assert letter.subject == "Activité publiée : Titre Bcc: x@example.org"


# To whom, and where they lead


@pytest.mark.parametrize(
    ("status", "step"),
    [(start, step) for (start, step) in TRANSITIONS if step is not Step.REOPEN],
    ids=lambda each: each.value,
)
@pytest.mark.parametrize("acts", ["member", "coordinator", "both"])
def test_a_step_writes_at_most_one_letter_to_each(status, step, acts, letters, member, coordinator):
    both = make_coordinator("32", name="Les deux")
    activity = made(status, member, submitted_at=now())
    activity.organisation.memberships.append(
        Membership(person=both, state=MembershipState.ACTIVE, asked_at=now(), admitted_at=now())
    )
    database.session.flush()
    by = {"member": member, "coordinator": coordinator, "both": both}[acts]
    take_step(activity, step, by=by, at=now(), reason=WORDS)
    told = [each.person_id for each in letters()]
    assert len(told) == len(set(told))
    assert {member.id, both.id} <= set(told)


def test_every_letter_says_what_it_is_about_and_leads_to_a_page_that_stands(
    app, member, coordinator, letters
):
    activity = made(Status.DRAFT, member)
    take_step(activity, Step.SUBMIT, by=member, at=now())
    take_step(activity, Step.PUBLISH, by=coordinator, at=now())
    cancel_activity(activity, by=member, at=now(), reason="Grève")
    assert [(each.kind, each.topic, each.page) for each in letters()] == [
        (f"programme/{kind}", topic, f"/{page}")
        for kind, topic, page in (
            ("received", Topic.DECISIONS, f"mes-activites/{activity.id}/apercu"),
            ("submitted", Topic.REVIEW, f"coordination/relecture/{activity.id}"),
            ("published", Topic.DECISIONS, f"mes-activites/{activity.id}/apercu"),
            ("cancelled", Topic.DECISIONS, f"mes-activites/{activity.id}/apercu"),
            ("cancelled", Topic.REVIEW, f"coordination/relecture/{activity.id}"),
        )
    ]
    known = app.url_map.bind("localhost")
    assert {known.match(each.page)[0] for each in letters()} == {
        "activities.preview",
        "review.show",
    }


def test_an_english_letter_leads_to_english_pages(member, coordinator, letters):
    member.language = coordinator.language = "en"
    activity = made(Status.DRAFT, member)
    take_step(activity, Step.SUBMIT, by=member, at=now())
    take_step(activity, Step.SEND_BACK, by=coordinator, at=now(), reason=WORDS)
    take_step(activity, Step.SUBMIT, by=member, at=now())
    take_step(activity, Step.PUBLISH, by=coordinator, at=now())
    change_slot(activity.slots[0], SlotState.FULL, by=coordinator, at=now(), reason="Full")
    cancel_activity(activity, by=member, at=now(), reason="Strike")
    reinstate_activity(activity, by=member, at=now())
    take_step(activity, Step.WITHDRAW, by=coordinator, at=now(), reason=WORDS)
    assert len(letters()) > 8
    for letter in letters():
        for form in (letter.text, letter.html):
            links = form.count("https://fete.example.org")
            assert links == form.count("https://fete.example.org/en/") > 0, letter.kind


def test_a_member_whose_account_is_gone_is_not_written_to(member, coordinator, letters):
    gone, unproved = make_user(erased_at=now()), make_user(checked_at=None)
    activity = made(Status.SUBMITTED, member)
    for person in (gone, unproved):
        activity.organisation.memberships.append(
            Membership(person=person, state=MembershipState.ACTIVE, asked_at=now())
        )
    database.session.flush()
    take_step(activity, Step.PUBLISH, by=coordinator, at=now())
    assert [each.person_id for each in letters()] == [member.id]


@pytest.fixture
def other(db):
    return make_organisation(
        make_user(name="Bob Martin", email="bob@example.org"), name="Laboratoire"
    )


def test_sharing_is_told(member, other, letters, samples):
    activity = made(Status.PUBLISHED, member)
    (bob,) = [each.person for each in other.memberships]
    add_co_organiser(activity, other, by=member, at=now())
    compare(letters()[-1], activity, samples, "co_organiser_added")
    remove_co_organiser(activity, other, by=member, at=now())
    compare(letters()[-1], activity, samples, "co_organiser_removed")
    add_co_organiser(activity, other, by=member, at=now())
    remove_co_organiser(activity, other, by=bob, at=now())
    compare(letters()[-1], activity, samples, "co_organiser_left")


def test_a_handover_is_told(member, other, letters, samples):
    activity = made(Status.PUBLISHED, member)
    (bob,) = [each.person for each in other.memberships]
    withdrawn = hand_over(activity, other, message=WORDS, by=member, at=now())
    asked = letters()[-1]
    asked.text = asked.text.replace(f"reprises/{withdrawn.id}", "reprises/NUMÉRO")
    asked.html = asked.html.replace(f"reprises/{withdrawn.id}", "reprises/NUMÉRO")
    compare(asked, activity, samples, "handover_asked")
    withdraw_handover(withdrawn, by=member, at=now())
    compare(letters()[-1], activity, samples, "handover_withdrawn")
    declined = hand_over(activity, other, message="", by=member, at=now())
    decline_handover(declined, by=bob, at=now())
    compare(letters()[-1], activity, samples, "handover_declined")
    taken = hand_over(activity, other, message=WORDS, by=member, at=now())
    take_over(taken, by=bob, at=now())
    to_one, to_other = letters()[-2:]
    compare(to_one, activity, samples, "handed_over_from")
    compare(to_other, activity, samples, "handed_over_to")


def test_a_stand_is_told_both_ways(member, other, letters, samples):
    activity = made(Status.PUBLISHED, member)
    (bob,) = [each.person for each in other.memberships]
    village = make_activity(kind="science_village", title="Village d’Auch", organisation=other)

    def compare_here(name):
        letter = letters()[-1]
        for number in (village.id, activity.id):
            letter.text = letter.text.replace(f"/{number}/", "/NUMÉRO/")
            letter.html = letter.html.replace(f"/{number}/", "/NUMÉRO/")
        compare(letter, activity, samples, name)

    withdraw_stand(
        ask_for_stand(activity, village, needs="", by=member, at=now()), by=member, at=now()
    )
    compare_here("stand_withdrawn")
    asked = ask_for_stand(activity, village, needs=WORDS, by=member, at=now())
    compare_here("stand_asked")
    decline_stand(asked, words=WORDS, by=bob, at=now())
    compare_here("stand_declined")
    asked = ask_for_stand(activity, village, needs="", by=member, at=now())
    accept_stand(asked, words="", by=bob, at=now())
    compare_here("stand_accepted")
    rewrite(activity, by=member, at=now(), parent=None)
    choose(activity, None, before=village, needs="", by=member, at=now())
    compare_here("stand_left")
