"""Letters about accounts: prove an address, choose a password, know what was changed."""

from datetime import datetime

from fete.accounts.models import User
from fete.accounts.rules import fingerprint
from fete.core.settings import settings
from fete.core.templating import absolute_url
from fete.core.tokens import sign
from fete.mailing.services import Recipient, write_letter

# What each link is good for; one of another purpose opens nothing.
CONFIRM, RESET, INVITE = "confirm", "reset", "invite"


def recipient(person: User) -> Recipient:
    """Return a person as the reader of a letter."""
    # Nobody has proved that an unchecked address is theirs: what they typed as a name is not sent to it.
    return Recipient(
        address=person.email, name=person.name if person.is_active else "", person_id=person.id
    )


def token_for(person: User, purpose: str) -> str:
    """Return a proof that its bearer reads the person's letters, good until the password changes."""
    return sign(purpose, [person.id, fingerprint(person.password_hash)])


def invitation(person: User) -> str:
    """Return an address where a new account chooses its password."""
    return absolute_url("sign.reset", language=person.language, token=token_for(person, INVITE))


def ask_to_confirm(person: User, *, at: datetime) -> None:
    """Write to a new account: open this link, the address is yours."""
    write_letter(
        kind="accounts/confirm",
        to=recipient(person),
        at=at,
        token=token_for(person, CONFIRM),
        hours=settings().registration_hours,
    )


def tell_it_exists(person: User, *, at: datetime) -> None:
    """Write to somebody who registers again: the account stands, here is the way in."""
    write_letter(kind="accounts/exists", to=recipient(person), at=at)


def offer_reset(person: User, *, at: datetime) -> None:
    """Write to somebody who forgot the password: choose another here."""
    write_letter(
        kind="accounts/reset",
        to=recipient(person),
        at=at,
        token=token_for(person, RESET),
        hours=settings().reset_hours,
    )


def tell_nobody(email: str, *, at: datetime) -> None:
    """Write to an address that has no account, though a password was asked for it."""
    stranger = Recipient(address=email, name="", person_id=None)
    write_letter(kind="accounts/nobody", to=stranger, at=at)


def tell_password_changed(person: User, *, at: datetime) -> None:
    """Write that the password is not the same any more, should it be somebody else's doing."""
    write_letter(kind="accounts/password_changed", to=recipient(person), at=at, when=at)


def tell_rights(person: User, *, at: datetime) -> None:
    """Write what the person may do from now on."""
    write_letter(
        kind="accounts/rights",
        to=recipient(person),
        at=at,
        roles=[
            (role.name.value, [each.name for each in role.departements])
            for role in sorted(person.roles, key=lambda role: role.name)
        ],
    )
