"""Make people."""

from itertools import count

from sqlalchemy import select

from fete.accounts.models import Role, RoleName, User
from fete.core.clock import now
from fete.core.db import db
from fete.geography.models import Departement

_number = count(1)


def make_user(**values: object) -> User:
    """Give a person whose address is checked."""
    number = next(_number)
    known: dict[str, object] = {
        "email": f"person{number}@example.org",
        "name": f"Personne {number}",
        "password_hash": "!",
        "registered_at": now(),
        "checked_at": now(),
    }
    user = User(**(known | values))
    db.session.add(user)
    db.session.flush()
    return user


def make_coordinator(*departements: str, **values: object) -> User:
    """Give a person who coordinates these départements; the whole region when none is given."""
    user = make_user(**values)
    name = RoleName.DEPARTMENTAL if departements else RoleName.REGIONAL
    territory = list(
        db.session.scalars(select(Departement).where(Departement.code.in_(departements)))
    )
    user.roles.append(Role(name=name, granted_at=now(), departements=territory))
    db.session.flush()
    return user


def make_administrator(**values: object) -> User:
    """Give a person who looks after the whole site."""
    user = make_user(**values)
    user.roles.append(Role(name=RoleName.ADMINISTRATOR, granted_at=now()))
    db.session.flush()
    return user
