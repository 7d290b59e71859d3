"""The texts of the demonstration editions hold their promises: varied, exact in form, the same for the same seed."""

import random
import re
from collections import Counter
from itertools import combinations, pairwise

import pytest

from fete.demo import writing
from fete.demo.writing import ActivityText, OrganisationName

EDITIONS = {2017: (600, 45), 2025: (720, 52), 2026: (280, 20)}
"""Year, activities and lab open days of the three editions."""

KINDS = {
    "lab_open_day", "workshop", "talk", "debate", "science_cafe", "exhibition", "show", "game", "demonstration", "screening",
    "site_visit", "nature_outing", "visit", "class_intervention", "online", "science_village", "festival", "trail",
}  # fmt: skip
THEMES = {
    "environment",
    "engineering",
    "earth_universe",
    "life_health",
    "exact",
    "humanities",
    "digital",
}
AUDIENCES = {
    "all", "families", "children", "teens", "students", "adults", "seniors", "schools", "leisure_centres", "teachers",
    "professionals", "priority",
}  # fmt: skip
LEVELS = {
    "nursery", "primary_c2", "primary_c3", "lower_c4", "upper_general", "upper_vocational", "agri", "higher", "special", "mixed",
}  # fmt: skip
DEPARTEMENTS = {"09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"}
FAMILIES = {
    "csti_non_museum", "csti_museum", "higher_ed_research", "local_authority", "tech_business", "environment", "culture_other",
    "school_education", "other",
}  # fmt: skip
STATUSES = {
    "commune", "epci", "mixed_syndicate", "university", "epst", "epa", "eple", "gip", "association", "company", "coop",
    "sole_trader",
}  # fmt: skip

NO_BREAK = "\N{NO-BREAK SPACE}"


def edition(year: int, seed: int = 31) -> list[ActivityText]:
    count, lab_open_days = EDITIONS[year]
    kinds = writing.usual_kinds(count, year=year, lab_open_days=lab_open_days)
    return writing.compose(random.Random(seed), kinds=kinds, year=year)


def containers() -> list[ActivityText]:
    rng = random.Random(1)
    made: list[ActivityText] = []
    for kind in writing.CONTAINERS:
        for _ in range(10):
            taken = {one.title for one in made}
            made.append(
                writing.compose_container(
                    rng, kind=kind, commune_name="L’Isle-Jourdain", taken=taken
                )
            )
    return made


def every_sentence() -> list[str]:
    """Return all that the module can say: editions with everything in them, and the tables."""
    full = writing.compose(random.Random(2), kinds=dict(writing.available(2026)), year=2026)
    said = [
        text for one in full + containers() for text in (one.title, one.standfirst, one.description)
    ]
    said += [
        *writing.remarks(),
        *writing.refusals(),
        *writing.report_remarks(),
        *writing.cancellations(),
        *writing.edition_themes(),
    ]
    said += [one.name for one in writing.organisation_names("Le Vigan")]
    rng = random.Random(3)
    said += [
        writing.place_name(rng, kind=kind, commune_name="L’Isle-Jourdain")
        for kind in KINDS
        for _ in range(30)
    ]
    return said


def four_words(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


@pytest.mark.parametrize("year", EDITIONS)
def test_an_edition_holds_what_was_asked_and_repeats_no_title(year):
    composed = edition(year)
    count, lab_open_days = EDITIONS[year]
    titles = [one.title.casefold() for one in composed]
    assert len(composed) == count
    assert Counter(one.kind for one in composed)["lab_open_day"] == lab_open_days
    assert [title for title, times in Counter(titles).items() if times > 1] == []


@pytest.mark.parametrize("seed", [31, 32, 33])
@pytest.mark.parametrize("year", EDITIONS)
def test_two_descriptions_of_an_edition_never_share_half_of_their_phrases(year, seed):
    """Of all the runs of four words in two texts of one subject, less than half are in both."""
    by_subject: dict[str, list[ActivityText]] = {}
    for one in edition(year, seed=seed):
        by_subject.setdefault(one.subject, []).append(one)
    alike = {
        (one.title, other.title): share
        for group in by_subject.values()
        for one, other in combinations(group, 2)
        if (
            share := len(four_words(one.description) & four_words(other.description))
            / len(four_words(one.description) | four_words(other.description))
        )
        >= 0.5
    }
    assert alike == {}


@pytest.mark.parametrize("year", EDITIONS)
def test_subjects_are_spread_over_an_edition(year):
    uses = Counter(one.subject for one in edition(year))
    assert max(uses.values()) <= 4
    assert len(uses) >= min(250, 0.85 * EDITIONS[year][0])


def test_at_least_two_hundred_and_sixty_subjects_are_written_and_all_themes_and_kinds_served():
    subjects = writing.subjects()
    assert len({subject["key"] for subject in subjects}) == len(subjects) >= 260
    assert len({subject["idea"] for subject in subjects}) == len(subjects)
    by_theme = Counter(theme for subject in subjects for theme in subject["themes"])
    assert by_theme.keys() == THEMES
    assert min(by_theme.values()) >= 25
    assert set(writing.available(2026)) | set(writing.CONTAINERS) == KINDS


def test_the_same_seed_gives_the_same_edition_and_another_seed_another():
    assert edition(2025, seed=5) == edition(2025, seed=5)
    assert edition(2025, seed=5) != edition(2025, seed=6)
    assert containers() == containers()


def test_an_edition_does_not_tell_what_nobody_knew_yet():
    early = {
        one.title
        for one in writing.compose(random.Random(4), kinds=dict(writing.available(2017)), year=2017)
    }
    late = {
        one.title
        for one in writing.compose(random.Random(4), kinds=dict(writing.available(2026)), year=2026)
    }
    assert early < late
    assert "Photographier l’invisible" in late - early


def test_lengths_and_codes_are_those_of_the_vocabularies():
    composed = [one for year in EDITIONS for one in edition(year)] + containers()
    assert len(composed) == 1630
    for one in composed:
        assert len(one.title) <= 140
        assert len(one.standfirst) <= 200
        assert 350 <= len(one.description) <= 1500
        assert one.kind in KINDS
        assert set(one.themes) <= THEMES
        assert 1 <= len(one.themes) <= 3
        assert one.audiences
        assert set(one.audiences) <= AUDIENCES
        assert set(one.school_levels) <= LEVELS
        assert set(one.departements) <= DEPARTEMENTS
        assert one.moment in {None, "morning", "day", "evening"}


def test_the_numbers_of_an_activity_agree_with_one_another():
    for one in [one for year in EDITIONS for one in edition(year)] + containers():
        assert one.for_public or one.for_schools
        assert one.for_schools == bool(one.school_levels) == ("schools" in one.audiences)
        assert 15 <= one.minutes <= 540
        assert one.capacity is None or 12 <= one.capacity <= 500
        assert one.age_max is None or one.age_min is None or one.age_min < one.age_max
        if one.kind == "class_intervention":
            assert not one.for_public
            assert one.capacity is not None
            assert 25 <= one.capacity <= 30
        if one.kind == "lab_open_day" and one.for_public:
            assert 180 <= one.minutes <= 480


def test_french_typography_is_kept_everywhere():
    faults = {
        "straight apostrophe or quotation mark": re.compile(r"['\"]"),
        "double space": re.compile(r" {2}|\s{2,}(?<!\n\n)|[ \u00a0][ \u00a0]"),
        "space that may break before a mark": re.compile(r" [;:!?»%]"),
        "no space before a mark": re.compile(r"[\w)»][;!?»]|\w:(?!\w)"),
        "space that may break after «": re.compile(r"«(?!\u00a0)"),
        "three dots": re.compile(r"\.\.\."),
        "capital without its accent": re.compile(
            r"\bA (?=[a-z])|\bEt[ée]\b|\bEtat\b|\bEcole\b|\bEtudiant"
        ),
        "place left empty": re.compile(r"[{}]"),
        "soft hyphen": re.compile("\N{SOFT HYPHEN}"),
        "space before a comma or a full stop": re.compile(r"[ \u00a0][,.](?!\w)"),
        "oe": re.compile(r"\b[cC]oeur|\boeu[fv]|\boeil\b|\bsoeur"),
    }
    found = [
        (name, said)
        for said in every_sentence()
        for name, fault in faults.items()
        if fault.search(said)
    ]
    assert found == []


def test_sentences_end_and_titles_do_not():
    full = (
        writing.compose(random.Random(2), kinds=dict(writing.available(2026)), year=2026)
        + containers()
    )
    assert [one.title for one in full if one.title.endswith((".", ",", ";", ":"))] == []
    assert [
        one.standfirst for one in full if not one.standfirst.endswith((".", "?", "!", "…"))
    ] == []
    assert [
        one.description for one in full if not one.description.endswith((".", "?", "!", "…", ")"))
    ] == []


@pytest.mark.parametrize("year", EDITIONS)
def test_no_sentence_is_worn_out_in_an_edition(year):
    """The shared sentences, on booking a place or bringing boots, serve at most once in twenty-five activities."""
    composed = edition(year)
    said = Counter(
        sentence
        for one in composed
        for sentence in set(re.split(r"(?<=[.!?])\s+", one.description))
        if not sentence.startswith("#")
    )
    assert {sentence: times for sentence, times in said.items() if times > len(composed) / 25} == {}


def test_closing_sentences_never_follow_one_another_twice_in_a_text():
    for one in edition(2025):
        sentences = re.split(r"(?<=[.!?])\s+", one.description)
        assert [first for first, second in pairwise(sentences) if first == second] == []


def test_a_text_for_grown_ups_does_not_speak_to_children():
    wine = [
        one
        for seed in range(5)
        for one in edition(2025, seed=seed)
        if one.title
        in {"Le jus devient vin", "Bleu, rouge, rose" + NO_BREAK + ": la couleur du vin"}
    ]
    assert wine
    assert [one.description for one in wine if "enfant" in one.description] == []


def test_a_session_kept_for_schools_says_to_which_classes_it_speaks():
    full = writing.compose(random.Random(2), kinds=dict(writing.available(2026)), year=2026)
    told = {one.title: one for one in full}
    session = told["Bleu, vert, rouge, blanc"]
    assert session.school_levels == ("primary_c3", "lower_c4", "upper_vocational")
    assert "du CM1 à la troisième et du lycée professionnel" in session.standfirst
    assert (session.age_min, session.age_max, session.for_public, session.moment) == (
        9,
        18,
        False,
        "day",
    )


def test_asking_for_more_than_is_written_is_refused():
    with pytest.raises(ValueError, match="activities of kind screening asked for"):
        writing.compose(random.Random(1), kinds={"screening": 1000}, year=2026)
    taken = {one.title for one in containers()}
    with pytest.raises(ValueError, match="every title of kind trail is taken"):
        writing.compose_container(
            random.Random(1), kind="trail", commune_name="L’Isle-Jourdain", taken=taken
        )


@pytest.mark.parametrize(
    ("name", "of", "at"),
    [
        ("Albi", "d’Albi", "à Albi"),
        ("Le Vigan", "du Vigan", "au Vigan"),
        ("Les Angles", "des Angles", "aux Angles"),
        ("La Canourgue", "de La Canourgue", "à La Canourgue"),
        ("L’Isle-Jourdain", "de L’Isle-Jourdain", "à L’Isle-Jourdain"),
        ("Hérépian", "d’Hérépian", "à Hérépian"),
        ("Espéraza", "d’Espéraza", "à Espéraza"),
        ("Montauban", "de Montauban", "à Montauban"),
    ],
)
def test_the_name_of_a_town_takes_its_preposition(name, of, at):
    assert (writing.of(name), writing.at(name)) == (of, at)


def test_a_village_bears_the_name_of_its_town():
    named = {
        writing.compose_container(
            random.Random(seed), kind="science_village", commune_name="Le Vigan"
        ).title
        for seed in range(60)
    }
    assert len(named) == 10
    assert "Village des sciences du Vigan" in named


def test_sixty_organisations_are_named_once_with_their_family_and_legal_status():
    named = writing.organisation_names("Le Vigan")
    assert len({one.name for one in named}) == len(named) >= 60
    assert {one.family for one in named} == FAMILIES
    assert {one.legal_status for one in named} <= STATUSES
    assert (
        OrganisationName(
            name="Médiathèque du Vigan", family="culture_other", legal_status="commune"
        )
        in named
    )


def test_the_people_of_the_network_have_enough_to_write():
    written = {
        writing.remarks: 25,
        writing.refusals: 12,
        writing.report_remarks: 20,
        writing.cancellations: 10,
        writing.edition_themes: 6,
    }
    for sentences, count in written.items():
        assert len(set(sentences())) == len(sentences()) == count


def test_every_kind_has_a_place_to_be():
    rng = random.Random(1)
    places = {
        kind: {writing.place_name(rng, kind=kind, commune_name="Albi") for _ in range(200)}
        for kind in KINDS
    }
    assert {kind for kind, names in places.items() if len(names) < 4} == {"online"}
    assert "Médiathèque d’Albi" in places["talk"]
