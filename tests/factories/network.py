"""Make structures and their members."""

from itertools import count

from fete.accounts.models import User
from fete.core.clock import now
from fete.core.db import db
from fete.core.text import fold_name
from fete.network.models import CharterSignature, Membership, MembershipState, Organisation

_number = count(1)
TOULOUSE, AUCH, MONTPELLIER = "31555", "32013", "34172"


def make_organisation(*members: User, signed: bool = True, **values: object) -> Organisation:
    """Give a structure of Auch with its members, which signed the charter."""
    name = str(values.pop("name", f"Structure {next(_number)}"))
    known: dict[str, object] = {"commune_code": AUCH, "created_at": now()}
    organisation = Organisation(name=name, search=fold_name(name), **(known | values))
    for person in members:
        organisation.memberships.append(
            Membership(
                person=person, state=MembershipState.ACTIVE, asked_at=now(), admitted_at=now()
            )
        )
    if signed:
        organisation.signatures.append(
            CharterSignature(
                version="1",
                signer_name="Personne",
                signer_quality="Direction",
                signed_at=now(),
                accepts_charter=True,
                agrees_to_be_listed=True,
                agrees_to_letters=False,
            )
        )
    db.session.add(organisation)
    db.session.flush()
    return organisation
