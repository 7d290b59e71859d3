"""The lists of words are loaded once, renamed, and never lose a word."""

from collections import Counter

from sqlalchemy import func, select

from fete.core.db import db as database
from fete.vocabulary import services
from fete.vocabulary.models import Term, TermList
from fete.vocabulary.queries import find_term, terms_by_code, terms_of


def everything() -> list[tuple[object, ...]]:
    rows = database.session.execute(select(Term.__table__).order_by(Term.id))
    return [tuple(row) for row in rows]


def test_every_list_is_there(db):
    counts = Counter(database.session.scalars(select(Term.list)))
    assert counts == {
        TermList.KIND: 19,
        TermList.THEME: 7,
        TermList.AUDIENCE: 12,
        TermList.LEVEL: 10,
        TermList.FAMILY: 9,
        TermList.LEGAL_STATUS: 22,
        TermList.ACCESSIBILITY: 14,
    }


def test_the_kinds_that_count_otherwise_are_flagged(db):
    kinds = terms_of(TermList.KIND)
    assert [kind.code for kind in kinds if kind.is_container] == [
        "science_village",
        "festival",
        "trail",
    ]
    assert [kind.code for kind in kinds if kind.is_lab_open_day] == ["lab_open_day"]
    assert [kind.code for kind in kinds if kind.counts_apart] == ["class_intervention"]


def test_the_seven_national_themes_stand_in_their_order(db):
    assert [theme.code for theme in terms_of(TermList.THEME)] == [
        "environment",
        "engineering",
        "earth_universe",
        "life_health",
        "exact",
        "humanities",
        "digital",
    ]


def test_legal_statuses_levels_and_accessibility_have_their_groups(db):
    def groups(of: TermList) -> dict[str, int]:
        return dict(Counter(term.group for term in terms_of(of)))

    assert groups(TermList.LEGAL_STATUS) == {"public": 13, "private": 9}
    assert groups(TermList.ACCESSIBILITY) == {"impairment": 5, "feature": 9}
    assert groups(TermList.LEVEL) == {
        "primary": 3,
        "lower_secondary": 1,
        "upper_secondary": 3,
        "higher": 1,
        "": 2,
    }


def test_every_word_has_both_languages_and_french_apostrophes(db):
    for term in database.session.scalars(select(Term)):
        assert term.label_fr.strip() == term.label_fr != ""
        assert term.label_en.strip() == term.label_en != ""
        assert "'" not in term.label_fr


def test_loading_again_changes_nothing(db, queries):
    before = everything()
    with queries() as asked:
        services.load_terms()
    assert everything() == before
    assert len(asked) == 1


def test_a_renamed_word_gets_its_label_back_and_keeps_its_number(db):
    workshop = find_term(TermList.KIND, "workshop")
    assert workshop is not None
    number = workshop.id
    workshop.label_fr, workshop.is_retired = "Autre chose", True
    database.session.flush()

    services.load_terms()

    database.session.expire_all()
    again = find_term(TermList.KIND, "workshop")
    assert again is not None
    assert (again.id, again.label_fr, again.is_retired) == (number, "Atelier", False)


def test_a_word_gone_from_the_file_is_retired_and_not_deleted(db):
    old = Term(
        list=TermList.THEME, code="alchemy", label_fr="Alchimie", label_en="Alchemy", position=99
    )
    database.session.add(old)
    database.session.flush()
    count = database.session.scalar(select(func.count(Term.id)))

    services.load_terms()

    assert database.session.scalar(select(func.count(Term.id))) == count
    assert old.is_retired
    assert "alchemy" not in [term.code for term in terms_of(TermList.THEME)]
    assert find_term(TermList.THEME, "alchemy") is old
    assert terms_by_code(TermList.THEME)["alchemy"] is old


def test_a_code_belongs_to_its_list(db):
    assert find_term(TermList.KIND, "environment") is None
    theme = find_term(TermList.THEME, "environment")
    family = find_term(TermList.FAMILY, "environment")
    assert theme is not None
    assert family is not None
    assert theme.id != family.id


def test_an_unknown_code_is_nothing(db):
    assert find_term(TermList.KIND, "nothing") is None


def test_the_label_follows_the_language(app, db):
    workshop = find_term(TermList.KIND, "workshop")
    assert workshop is not None
    with app.test_request_context("/"):
        assert workshop.label == "Atelier"
    with app.test_request_context("/", environ_overrides={"fete.language": "en"}):
        assert workshop.label == "Workshop"


def test_the_command_loads_the_lists(app, db):
    workshop = find_term(TermList.KIND, "workshop")
    assert workshop is not None
    workshop.label_fr = "Autre chose"
    database.session.commit()

    result = app.test_cli_runner().invoke(args=["vocabulary", "load"])

    assert (result.exit_code, result.output) == (0, "Les listes de mots sont à jour.\n")
    database.session.expire_all()
    assert workshop.label_fr == "Atelier"
