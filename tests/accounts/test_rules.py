import pytest

from fete.accounts.rules import fingerprint, password_fault


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("", "trop court"),
        ("onze lettre", "trop court"),
        ("x" * 129, "trop long"),
        # In the lists as it stands, whatever the capitals.
        ("password1234", "plus employés"),
        ("Leavemealone", "plus employés"),
        # One of the list, said twice or three times; one sign, said twelve.
        ("azertyazerty", "plus employés"),
        ("motdepassemotdepasse", "plus employés"),
        ("aaaaaaaaaaaa", "plus employés"),
        ("            ", "plus employés"),
        ("ADA@example.org", "ni votre adresse ni votre nom"),
        ("Adèle Lovelace", "ni votre adresse ni votre nom"),
    ],
)
def test_a_password_that_is_tried_first_is_refused_in_words(password, part):
    fault = password_fault(password, email="ada@example.org", name="Adele Lovelace")
    assert fault is not None
    assert part in fault


@pytest.mark.parametrize(
    "password",
    [
        "un cheval sur la colline",
        "douze signes",
        " espaces aux deux bouts ",
        "é" * 3 + "à" * 4 + "ç" * 5,
        "xy" * 64,
        "1234567890 12345",
    ],
)
def test_any_other_password_of_12_to_128_signs_is_accepted(password):
    assert password_fault(password, email="ada@example.org", name="Ada") is None


def test_a_link_is_tied_to_a_password_without_showing_any_of_its_hash():
    one, other = "$argon2id$v=19$abcdefgh", "$argon2id$v=19$abcdefgi"
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)
    assert not any(one[i : i + 4] in fingerprint(one) for i in range(len(one) - 3))
