from datetime import timedelta

import pytest

from fete.core.clock import now
from fete.network.models import CharterSignature, Organisation
from fete.network.rules import (
    CHARTER_VERSION,
    Likeness,
    are_alike,
    bare_identifier,
    charter_is_signed,
    rna_is_valid,
    siret_is_valid,
    valid_signature,
)

AUCH, ALBI = "32013", "81004"


@pytest.mark.parametrize(
    ("siret", "valid"),
    [
        # Made up, right by Luhn's sum.
        ("73282932000074", True),
        ("73282932000075", False),
        ("37282932000074", False),
        ("7328293200007", False),
        ("732829320000744", False),
        ("7328293200007A", False),
        ("", False),
        ("00000000000000", False),
        # La Poste's: the head office is right by Luhn, the others by the plain sum.
        ("35600000000048", True),
        ("35600000000006", True),
        ("35600000000011", False),
        ("35600000049837", True),
        # The plain sum is for La Poste alone.
        ("35600000100006", False),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", False),
    ],
)
def test_a_siret_is_right_by_its_sum(siret, valid):
    assert siret_is_valid(siret) is valid


@pytest.mark.parametrize(
    ("rna", "valid"),
    [
        ("W321000123", True),
        ("W2A1000123", True),
        ("W9R1000123", True),
        ("W32100012", False),
        ("W3210001234", False),
        ("321000123", False),
        ("w321000123", False),
        ("", False),
    ],
)
def test_an_rna_number_is_w_and_nine_signs(rna, valid):
    assert rna_is_valid(rna) is valid


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("732 829 320 00074", "73282932000074"),
        ("732.829.320\u00a000074 ", "73282932000074"),
        ("w321 000-123", "W321000123"),
        ("", ""),
    ],
)
def test_an_identifier_is_kept_without_what_people_put_between(typed, bare):
    assert bare_identifier(typed) == bare


def like(name, commune=AUCH, siret=None, acronym=""):
    return Likeness(name=name, commune_code=commune, siret=siret, acronym=acronym)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (like("Muséum d’Auch"), like("MUSEUM D'AUCH"), True),
        (like("Muséum d’Auch"), like("Le Museum Auch"), True),
        (like("Les Petits Débrouillards"), like("Association les petits debrouillards"), True),
        (like("Planète Sciences"), like("Planète Sciences Occitanie"), True),
        (like("Collège Saint-Exupéry"), like("Collège St Exupéry"), True),
        (like("Collège Saint-Exupery"), like("Collège Saint-Exupérie"), True),
        (like("Lycée Pardailhan"), like("Lycée Pardaillan"), True),
        (like("Auch, médiathèque"), like("Médiathèque d’Auch"), True),
        (like("Centre d’initiation à l’environnement", acronym="CPIE"), like("C.P.I.E."), True),
        (like("Centre d’initiation à l’environnement", acronym="CPIE"), like("CPIE"), True),
        (like("CPIE"), like("Centre d’initiation à l’environnement", acronym="cpie"), True),
        # Near names elsewhere are others.
        (like("Médiathèque municipale"), like("Médiathèque municipale", ALBI), False),
        # The same name where a commune is not known may be the same.
        (like("Médiathèque municipale"), like("Médiathèque municipale", None), True),
        (like("Médiathèque municipale"), like("Médiathèque municipales", None), False),
        # Alike in a few letters, or in one common word, is not the same.
        (like("Lycée Pardailhan"), like("Lycée Le Garros"), False),
        (like("Muséum"), like("Musée"), False),
        (like("Muséum"), like("Muséum des Amériques"), False),
        (like("Club d’astronomie"), like("Club de robotique"), False),
        (like("Université Toulouse 1"), like("Université Toulouse 3"), False),
        (like("École"), like("Association École des sciences"), False),
        # The number decides, wherever it is and whatever the name.
        (like("Un nom", siret="1"), like("Tout autre", ALBI, siret="1"), True),
        (like("Un nom", siret="1"), like("Un nom", siret="2"), True),
        (like("Un nom", siret="1"), like("Tout autre", siret="2"), False),
        (like("Un nom", None), like("Tout autre", None), False),
        (like("!!!", None), like("???", None), False),
        (like("!!!"), like("???"), False),
    ],
)
def test_likely_twins_are_told_from_neighbours_either_way_round(one, other, alike):
    assert are_alike(one, other) is alike
    assert are_alike(other, one) is alike


def signature(version=CHARTER_VERSION, days=0, **values):
    known = {"accepts_charter": True, "agrees_to_be_listed": True, "agrees_to_letters": True}
    return CharterSignature(version=version, signed_at=now() - timedelta(days), **(known | values))


@pytest.mark.parametrize(
    ("signatures", "signed"),
    [
        ([], None),
        ([signature()], 0),
        ([signature(agrees_to_be_listed=False, agrees_to_letters=False)], 0),
        ([signature(version="0")], None),
        ([signature(version="0"), signature(days=3)], 1),
        ([signature(accepts_charter=False)], None),
        ([signature(charter_withdrawn_at=now())], None),
        ([signature(listing_withdrawn_at=now(), letters_withdrawn_at=now())], 0),
        ([signature(), signature(days=3)], 0),
    ],
)
def test_a_charter_is_signed_by_a_signature_of_the_present_version_that_still_stands(
    signatures, signed
):
    organisation = Organisation(name="Structure", signatures=signatures)
    assert valid_signature(organisation) is (None if signed is None else signatures[signed])
    assert charter_is_signed(organisation) is (signed is not None)
