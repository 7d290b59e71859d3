"""Which roles a person has, and over which territory."""

from fete.accounts.models import Absence, RoleName, User
from fete.mailing.models import Letter


def is_administrator(user: User) -> bool:
    """Whether the person looks after the whole site."""
    return any(role.name is RoleName.ADMINISTRATOR for role in user.roles)


def is_regional(user: User) -> bool:
    """Whether the person coordinates the whole region; an administrator may too."""
    return any(role.name in {RoleName.REGIONAL, RoleName.ADMINISTRATOR} for role in user.roles)


def is_coordinator(user: User) -> bool:
    """Whether the person coordinates a département at least."""
    return bool(user.roles)


def territory_of(user: User) -> frozenset[str] | None:
    """Return the codes of the départements that the person coordinates; `None` means all of them."""
    if is_regional(user):
        return None
    return frozenset(
        departement.code
        for role in user.roles
        if role.name is RoleName.DEPARTMENTAL
        for departement in role.departements
    )


def coordinates(user: User, departement_code: str | None) -> bool:
    """Whether the person coordinates this département; what has none is for the region."""
    territory = territory_of(user)
    return territory is None or departement_code in territory


def can_manage_people(user: User) -> bool:
    """Whether the person may see accounts and give roles."""
    return is_regional(user)


def can_manage_person(user: User, person: User) -> bool:  # noqa: ARG001  # as every policy on an object
    """Whether the person may see this account: as `can_manage_people`."""
    return can_manage_people(user)


def grantable_roles(user: User) -> list[RoleName]:
    """Return the roles that the person may give and take back: only an administrator makes another."""
    if not can_manage_people(user):
        return []
    roles = [RoleName.DEPARTMENTAL, RoleName.REGIONAL]
    return [*roles, RoleName.ADMINISTRATOR] if is_administrator(user) else roles


def can_read(user: User, letter: Letter) -> bool:
    """Whether the person may read this letter on the site: nobody but the one to whom it was written."""
    return letter.person_id == user.id


def can_look_after_letters(user: User) -> bool:
    """Whether the person may see which letters did not leave, and have them tried again."""
    return is_regional(user)


def can_look_after_letter(user: User, letter: Letter) -> bool:  # noqa: ARG001  # as every policy on an object
    """Whether the person may have this letter tried again: as `can_look_after_letters`."""
    return can_look_after_letters(user)


def can_change_absence(user: User, absence: Absence) -> bool:
    """Whether the person may take this absence back: their own, or as `can_manage_people`."""
    return absence.person_id == user.id or can_manage_people(user)


def can_note_absence(user: User, person: User) -> bool:
    """Whether the person may say that this coordinator is away: themselves, or as `can_manage_people`."""
    return is_coordinator(person) and (person.id == user.id or can_manage_people(user))
