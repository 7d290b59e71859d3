"""Plain words: what a visitor would stumble on is told, and what reads well is left alone."""

import pytest

from fete.programme.models import Activity, Edition
from fete.programme.rules.plain_words import Note, notes, notes_on

YEAR = 2026


def said_of(text: str, field: str = "description") -> list[str]:
    return [str(each).replace("\u00a0", " ") for each in notes_on(field, text, year=YEAR)]


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


TWENTY_FIVE = " ".join(["mot"] * 25) + "."
STUMBLES = [
    # titles
    ("title", "Le ciel de Gascogne.", "Un titre ne finit pas par un point."),
    ("title", "Les étoiles " * 8, "Ce titre est long"),
    ("title", "Venez voir !! Des étoiles", "Un seul point d’exclamation suffit"),
    ("title", "VISITE DES COULISSES DU LABORATOIRE", "En capitales, les mots se lisent mal"),
    ("title", "Observation du Soleil le 3 octobre", "Les jours et les heures"),
    ("title", "Atelier à 14h", "Les jours et les heures"),
    # capitals and letters
    ("description", "Une soirée GRATUITEMENT offerte.", "écrivez « GRATUITEMENT » en minuscules"),
    ("description", "Le LRSTP ouvre ses portes.", "ce que veut dire « LRSTP »"),
    ("description", "Le LRSTP et l’IPGX.", "ce que veulent dire « LRSTP », « IPGX »"),
    ("standfirst", "Avec l’UMR de Toulouse", "« UMR »"),
    # sentences
    ("description", "mot " + TWENTY_FIVE, "Une phrase de 26 mots se lit mal"),
    ("description", "Bref.\n- " + "mot " * 30, "commence par « mot mot mot mot"),
    # words of the trade
    (
        "description",
        "Un atelier de vulgarisation.",
        "« vulgarisation » : un mot plus simple serait",
    ),
    ("description", "Au sein du musée", "« Au sein du » : un mot plus simple serait « dans le »"),
    ("description", "Afin d’appréhender le monde", "« appréhender »"),
    ("standfirst", "Un dispositif pédagogique ludo-pédagogique", "« dispositif pédagogique »"),
    ("conditions", "Selon les modalités", "« modalités »"),
    # as offices write
    ("description", "Il est demandé de venir à l’heure.", "fait administratif"),
    ("description", "La visite est organisée par le service culturel.", "« est organisée par »"),
    ("description", "Les participants seront amenés à construire.", "« seront amenés à »"),
    ("description", "Dans le cadre du projet, on joue.", "« Dans le cadre du »"),
    ("conditions", "Veuillez vous présenter à l’accueil", "« Veuillez »"),
    # exclamation marks
    ("description", "Venez ! On s’amuse !", "Un seul point d’exclamation suffit"),
    ("description", "Venez ! ! !", "Un seul point d’exclamation suffit"),
    # booking
    ("description", "Appelez le 05 61 00 00 00.", "Le numéro de téléphone a sa place"),
    ("description", "Réserver : 0561000000", "Le numéro de téléphone"),
    ("conditions", "+33 5 61 00 00 00", "Le numéro de téléphone"),
    ("conditions", "+33 (0)5.61.00.00.00", "Le numéro de téléphone"),
    ("standfirst", "Écrire à ada@musee.fr", "L’adresse électronique a sa place"),
    # days and hours
    ("description", "Rendez-vous samedi 3 octobre.", "Les jours et les heures"),
    ("description", "Le 1er octobre 2026, on ouvre.", "Les jours et les heures"),
    ("description", "Le 03/10/2026", "Les jours et les heures"),
    ("description", "Le 3/10/26", "Les jours et les heures"),
    ("description", "De 10h à 12h30", "Les jours et les heures"),
    ("description", "Séances 14 h - 16 h", "Les jours et les heures"),
    ("description", "On commence à 14h30 précises", "Les jours et les heures"),
    ("description", "Départ à 9 heures devant la mairie", "Les jours et les heures"),
    ("description", "Dès 18 h", "Les jours et les heures"),
    # price
    ("description", "Entrée : 3 €", "La Fête de la science est gratuite"),
    ("description", "2,50 euros par enfant", "La Fête de la science est gratuite"),
    ("conditions", "Tarif réduit", "La Fête de la science est gratuite"),
    ("conditions", "Entrée payante du musée", "La Fête de la science est gratuite"),
]


@pytest.mark.parametrize(("field", "text", "words"), STUMBLES, ids=lambda each: str(each)[:30])
def test_what_one_stumbles_on_is_told(field, text, words):
    assert [each for each in said_of(text, field) if words in each], said_of(text, field)


READS_WELL = [
    ("title", ""),
    ("title", "Le ciel de Gascogne"),
    ("title", "Et pourtant, elle tourne…"),
    ("title", "Qui a mangé la Lune ?"),
    ("title", "Vive les étoiles !"),
    ("title", "Le monde de Conan Doyle et Cie, etc."),
    ("title", "L’eau H2O et le gaz CO2"),
    ("title", "Le XIXe siècle de Louis XIV"),
    ("title", "L’ADN, c’est quoi ?"),
    ("title", "x" * 80),
    ("description", TWENTY_FIVE),
    ("description", "Liste :\n- " + "\n- ".join(["un petit point de la liste"] * 12)),
    (
        "description",
        "Voir https://www.exemple.fr/LRSTP/2026/reserver?jour=03/10/2026 pour la suite.",
    ),
    ("description", "Le CNRS, la NASA et l’ONU en parlent à la TV."),
    ("description", "L’INRAE (Institut national de recherche pour l’agriculture) nous reçoit."),
    ("description", "Le laboratoire de physique du globe (LRSTP) nous reçoit."),
    ("description", "C’est une belle expérience ! Essayez-la."),
    ("description", "On observe le ciel à l’œil nu, puis on dessine ce que l’on a vu."),
    ("description", "Les disponibles et les sensibles ; une position, des finales."),
    ("description", "Le 20 juillet 1969, on marche sur la Lune."),
    ("description", "Depuis le 14/07/1789, la carte a changé."),
    ("description", "Les trois quarts (3/4) des espèces, soit 1/2 de plus."),
    ("description", "La visite dure 1 h 30 et demande 2 h de marche."),
    ("description", "On marche à 2 h de la gare."),
    ("description", "Le laboratoire tourne 24h/24."),
    ("description", "Il y a 2 000 000 000 d’années, et 66 millions d’années plus tard."),
    ("description", "Le nombre 0561 puis 12345678901234."),
    ("description", "Un projet de 3 milliards d’euros."),
    ("description", "Le prix Nobel de chimie raconté aux enfants."),
    ("description", "Un atelier sans tarif, pour tous."),
    ("description", "Le dimanche, la rue est à nous."),
    ("conditions", "Chaussures de marche conseillées."),
    ("conditions", "Une pièce d’identité est demandée à l’entrée."),
    ("standfirst", "Une promenade parmi les étoiles."),
    ("standfirst", "Organisée avec soin, la salle invite à rêver."),
]


@pytest.mark.parametrize(("field", "text"), READS_WELL, ids=lambda each: str(each)[:30])
def test_what_reads_well_is_left_alone(field, text):
    assert said_of(text, field) == []


def test_the_notes_of_an_activity_come_in_the_order_of_the_form_each_with_its_field():
    activity = Activity(
        edition=Edition(year=YEAR),
        title="Le ciel.",
        standfirst="Tarif unique",
        description="Venez !!",
        conditions="Appelez le 05 61 00 00 00",
    )
    found = notes(activity)
    assert [note.field for note in found] == ["title", "standfirst", "description", "conditions"]
    assert found[0] == Note(field="title", message="Un titre ne finit pas par un point.")


def test_an_activity_that_says_nothing_has_no_notes():
    assert notes(Activity(edition=Edition(year=YEAR))) == []


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "A " * 5_000,
        "1 " * 5_000,
        "à 1h" * 2_500,
        "œ" * 9_999,
        "(" * 9_999,
        "." * 9_999,
        "AB " * 3_333,
        "x" * 200_000,
    ],
)
def test_any_text_is_read_quickly(text):
    said_of(text)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Un œuf de vulgarisation", "« vulgarisation »"),
        ("Une mise en œuvre : il sera procédé à l’œuvre", "« il sera procédé »"),
        ("L’œuf, en vue de l’éclosion", "« en vue de »"),
        ("Un cœur ; la me\u0301diation scientifique", "« me\u0301diation scientifique »"),
    ],
)
def test_words_are_quoted_as_they_were_typed_even_after_letters_that_fold_to_two(text, quoted):
    assert quoted in said_of(text)[0]
