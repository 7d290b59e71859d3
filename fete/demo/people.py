"""The accounts of the demonstration, one for each role: they exist nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from fete.accounts.models import RoleName, User
from fete.accounts.services import confirm, create_person, grant_role, set_first_password
from fete.core.db import db
from fete.mailing.models import Channel, Letter

PASSWORD = "fete-de-la-science-2026"  # noqa: S105  # printed to whoever fills a demonstration
# What each account finds among its messages: the latest ones, the first of them not read yet.
_MESSAGES, _UNREAD = 8, 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A person who does not exist: address, name, what one sees with it."""

    email: str
    name: str
    purpose: str
    role: RoleName | None = None
    departements: tuple[str, ...] = ()


ACTOR = Account(
    email="actrice@example.org",
    name="Démo Actrice",
    purpose="déclare et rend compte pour une association d’Auch",
)
NEIGHBOUR = Account(
    email="voisin@example.org",
    name="Démo Voisin",
    purpose="agit pour une structure voisine, qui organise avec celle d’Auch",
)
NEWCOMER = Account(
    email="acteur@example.org",
    name="Démo Acteur",
    purpose="n’a pas encore de structure",
)
GERS = Account(
    email="gers@example.org",
    name="Démo Coordination du Gers",
    purpose="relit et valide pour le Gers",
    role=RoleName.DEPARTMENTAL,
    departements=("32",),
)
TWO_DEPARTEMENTS = Account(
    email="haute-garonne-tarn@example.org",
    name="Démo Coordination de la Haute-Garonne et du Tarn",
    purpose="relit et valide pour deux départements",
    role=RoleName.DEPARTMENTAL,
    departements=("31", "81"),
)
REGION = Account(
    email="region@example.org",
    name="Démo Coordination régionale",
    purpose="voit toute la région et conduit les éditions",
    role=RoleName.REGIONAL,
)
ADMINISTRATION = Account(
    email="administration@example.org",
    name="Démo Administration",
    purpose="administre le site et donne les rôles",
    role=RoleName.ADMINISTRATOR,
)
ACCOUNTS = (ACTOR, NEIGHBOUR, NEWCOMER, GERS, TWO_DEPARTEMENTS, REGION, ADMINISTRATION)


def coordinator_of(people: Mapping[str, User], departement_code: str) -> User:
    """Return the account that reviews a département: its own coordination's, else the region's."""
    account = next((each for each in ACCOUNTS if departement_code in each.departements), REGION)
    return people[account.email]


def open_accounts(*, at: datetime) -> dict[str, User]:
    """Return the accounts under their addresses: anybody who knows the printed password signs in with them."""
    people = {}
    for account in ACCOUNTS:
        person = create_person(email=account.email, name=account.name, at=at)
        person.is_demo = True
        set_first_password(person, password=PASSWORD)
        confirm(person, at)
        people[account.email] = person
    for account in ACCOUNTS:
        if account.role is not None:
            grant_role(people[account.email], account.role, account.departements, by=None, at=at)
    return people


def latest_letter() -> int:
    """Return the number of the last letter written so far."""
    return db.session.scalar(select(func.max(Letter.id))) or 0


def put_letters_away(*, after: int) -> None:
    """Leave the latest messages of each account to be read on the site, and no letter to be sent.

    What is made up is told to nobody, and the accounts have no letter box.
    """
    db.session.flush()
    kept = [letter for account in ACCOUNTS for letter in _latest_messages(account, after=after)]
    gone = Letter.id.not_in([letter.id for letter in kept])
    db.session.execute(delete(Letter).where(Letter.id > after, gone))


def _latest_messages(account: Account, *, after: int) -> Sequence[Letter]:
    statement = (
        select(Letter)
        .where(Letter.id > after, Letter.to_address == account.email, Letter.topic.is_not(None))
        .order_by(Letter.written_at.desc(), Letter.id.desc())
        .limit(_MESSAGES)
    )
    letters = db.session.scalars(statement).all()
    for rank, letter in enumerate(letters):
        letter.channel, letter.try_at = Channel.SITE, None
        letter.read_at = letter.written_at if rank >= _UNREAD else None
    return letters
