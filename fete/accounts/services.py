"""Register people, prove their addresses, let them in, give them roles, forget them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from hmac import compare_digest
from secrets import token_hex, token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from fete.accounts import mails, queries
from fete.accounts.models import Absence, Role, RoleName, Sketch, User
from fete.accounts.policies import is_administrator
from fete.accounts.rules import MOST_SKETCHES, ROLE_NAMES, fingerprint, password_fault
from fete.core.clock import to_paris
from fete.core.db import Model, db, upsert_rows
from fete.core.errors import RuleBrokenError
from fete.core.i18n import gettext as _
from fete.core.settings import Mode, settings
from fete.core.templating import until
from fete.core.tokens import read
from fete.geography.queries import departements_of_region
from fete.journal.models import Entry
from fete.journal.services import record
from fete.mailing.models import Channel, Letter, Topic
from fete.mailing.queries import choices_of
from fete.mailing.rules import DIGEST, TOPIC_NAMES
from fete.mailing.services import choose

# Who has not chosen a password yet has this for its hash: nothing typed matches it.
NO_PASSWORD = "!"  # noqa: S105  # the opposite of a password
LONGEST_ABSENCE = timedelta(days=366)


def register(*, email: str, name: str, password: str, at: datetime) -> None:
    """Open an account that waits for its address to be proved; write to the one that stands already.

    Nothing tells the one from the other to who is asking. Until the address is proved, the latest
    registration counts.
    """
    email = email.strip().lower()
    _refuse_weak(password, email=email, name=name)
    hashed = hash_of(password)
    person = queries.find_by_email(email) or _add_person(email, name, at=at)
    if person.is_active:
        mails.tell_it_exists(person, at=at)
        return
    person.name, person.registered_at = name, at
    _set_password(person, hashed)
    record("person.registered", on=person, person_id=person.id, at=at)
    mails.ask_to_confirm(person, at=at)


def register_proved(*, email: str, name: str, password: str, at: datetime) -> User:
    """Open the account of an address that the caller has seen proved: a letter sent there brought the person.

    Whatever waited unproved at this address gives way, as to any later registration.
    """
    email = email.strip().lower()
    _refuse_weak(password, email=email, name=name)
    hashed = hash_of(password)
    person = queries.find_by_email(email) or _add_person(email, name, at=at)
    if person.is_active:
        raise RuleBrokenError(_("Un compte existe déjà à cette adresse."), field="email")
    person.name, person.registered_at = name, at
    _set_password(person, hashed)
    record("person.registered", on=person, person_id=person.id, at=at)
    confirm(person, at)
    db.session.flush()
    return person


def create_person(*, email: str, name: str, at: datetime) -> User:
    """Open an account without a password; whoever reads the letters of its address may choose one."""
    email = email.strip().lower()
    if queries.find_by_email(email) is not None:
        raise RuleBrokenError(_("Un compte existe déjà à cette adresse."), field="email")
    person = _add_person(email, name, at=at)
    record("person.registered", on=person, person_id=None, at=at)
    return person


def _add_person(email: str, name: str, *, at: datetime) -> User:
    person = User(email=email, name=name, password_hash=NO_PASSWORD, registered_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        # Sent twice at the same instant: the other one was first.
        known = queries.find_by_email(email)
        if known is None:
            raise
        return known
    return person


def confirm(user: User, at: datetime) -> None:
    """Take the address as proved: the person may sign in."""
    if user.checked_at is None:
        user.checked_at = at
        record("person.confirmed", on=user, person_id=user.id, at=at)


def bearer_of(token: str, purpose: str, *, within: timedelta) -> User | None:
    """Return the person whom a link was written to, unless it is old, forged or already used."""
    payload = read(purpose, token, within=within)
    match payload:
        case [int(number), str(proof)]:
            person = queries.find_person(number)
        case _:
            return None
    if person is None or not compare_digest(proof, fingerprint(person.password_hash)):
        return None
    return person


def bearer_of_password_link(token: str) -> User | None:
    """Return who may choose a password with this link: they asked for it, or were invited to."""
    return bearer_of(
        token, mails.RESET, within=timedelta(hours=settings().reset_hours)
    ) or bearer_of(token, mails.INVITE, within=timedelta(hours=settings().registration_hours))


def ask_for_reset(email: str, *, at: datetime) -> None:
    """Write to this address in any case: with a link for a new password, or that nobody is known."""
    person = queries.find_by_email(email)
    if person is None:
        mails.tell_nobody(email.strip().lower(), at=at)
    else:
        mails.offer_reset(person, at=at)


def authenticate(email: str, password: str) -> User | None:
    """Return the person whose address and password these are, slowly, and as slowly when there is none.

    Writes nothing: call it before the transaction, which would hold the database meanwhile.
    """
    person = queries.find_by_email(email)
    is_right = matches(person.password_hash if person else _nobodys_hash(), password)
    return person if person is not None and is_right and person.is_active else None


def record_sign_in(email: str, person: User | None, *, at: datetime) -> None:
    """Tell the journal who came in, or at which account somebody failed to."""
    if person is not None:
        record("person.signed_in", on=person, person_id=person.id, at=at)
        return
    known = queries.find_by_email(email)
    db.session.add(
        Entry(
            at=at,
            act="person.sign_in_failed",
            object_kind=User.__tablename__,
            object_id=known.id if known else None,
        )
    )


def end_sessions(user: User) -> None:
    """End every session of the person, wherever it was opened."""
    user.session_key = token_urlsafe(16)


def change_password(user: User, *, password: str, at: datetime) -> None:
    """Give the person this password; sessions opened and links sent before serve no more."""
    # First of all: it takes a moment, which must not be spent holding the database.
    hashed = hash_of(password)
    _replace_password(user, password, hashed, at=at)


def choose_password(token: str, *, password: str, at: datetime) -> User:
    """Give this password to whom the link was written to, and take their address as proved; the link is spent."""
    hashed = hash_of(password)
    person = bearer_of_password_link(token)
    if person is None:
        raise RuleBrokenError(_("Ce lien a déjà servi, ou il est trop ancien."))
    _replace_password(person, password, hashed, at=at)
    confirm(person, at)
    record("person.signed_in", on=person, person_id=person.id, at=at)
    return person


def _replace_password(user: User, password: str, hashed: str, *, at: datetime) -> None:
    _refuse_weak(password, email=user.email, name=user.name)
    _set_password(user, hashed)
    record("person.password_changed", on=user, person_id=user.id, at=at)
    mails.tell_password_changed(user, at=at)


def set_first_password(user: User, *, password: str) -> None:
    """Give a new account its password; nobody is told, nothing was there before."""
    _refuse_weak(password, email=user.email, name=user.name)
    _set_password(user, hash_of(password))


def _set_password(user: User, hashed: str) -> None:
    user.password_hash = hashed
    end_sessions(user)


def _refuse_weak(password: str, *, email: str, name: str) -> None:
    fault = password_fault(password, email=email, name=name)
    if fault is not None:
        raise RuleBrokenError(fault, field="password")


def describe_person(user: User, *, name: str, phone: str, language: str, at: datetime) -> None:
    """Know the person under this name, number and language."""
    user.name, user.phone, user.language = name, phone, language
    record("person.described", on=user, person_id=user.id, at=at)


def grant_role(
    user: User,
    name: RoleName,
    departements: Iterable[str] = (),
    *,
    by: User | None,
    at: datetime,
) -> None:
    """Give the person the role, over these départements when it is a departmental one.

    Nobody (`by=None`) stands for the command line.
    """
    _refuse_stranger(name, by=by)
    codes = set(departements)
    territory = [each for each in departements_of_region(settings().region) if each.code in codes]
    if name is RoleName.DEPARTMENTAL and (not codes or len(territory) < len(codes)):
        raise RuleBrokenError(
            _("Choisissez un département au moins, parmi ceux de la région."), field="departements"
        )
    role = next((role for role in user.roles if role.name is name), None)
    if role is None:
        role = Role(name=name, granted_at=at)
        user.roles.append(role)
    role.departements = territory if name is RoleName.DEPARTMENTAL else []
    _note_rights("person.role_granted", user, role, by=by, at=at)


def revoke_role(user: User, name: RoleName, *, by: User | None, at: datetime) -> None:
    """Take the role from the person."""
    _refuse_stranger(name, by=by)
    role = next((role for role in user.roles if role.name is name), None)
    if role is None:
        raise RuleBrokenError(_("Cette personne n’a plus ce rôle."))
    if name is RoleName.ADMINISTRATOR:
        _keep_an_administrator()
    user.roles.remove(role)
    _note_rights("person.role_revoked", user, role, by=by, at=at)


def _refuse_stranger(name: RoleName, *, by: User | None) -> None:
    if name is RoleName.ADMINISTRATOR and by is not None and not is_administrator(by):
        raise RuleBrokenError(
            _("Seule une personne qui administre le site peut donner ou retirer ce rôle."),
            field="role",
        )


def _keep_an_administrator() -> None:
    if queries.count_of_administrators() <= 1:
        raise RuleBrokenError(
            _(
                "C’est la dernière personne qui administre le site : confiez d’abord ce rôle à quelqu’un d’autre."
            )
        )


def _note_rights(act: str, user: User, role: Role, *, by: User | None, at: datetime) -> None:
    # Rights are read anew from a new session only.
    end_sessions(user)
    places = ", ".join(each.name for each in role.departements)
    detail = str(ROLE_NAMES[role.name]) + (f" ({places})" if places else "")
    record(act, on=user, person_id=by.id if by else None, at=at, detail=detail)
    db.session.flush()
    if user.is_active:
        mails.tell_rights(user, at=at)


def choose_letters(user: User, choices: Mapping[Topic, Channel], *, at: datetime) -> None:
    """Keep how the person wishes to receive letters, by topic; choosing the same again changes nothing."""
    known = choices_of(user.id)
    changed = {topic: channel for topic, channel in choices.items() if known.get(topic) != channel}
    if not changed:
        return
    choose(user.id, changed)
    detail = ", ".join(str(TOPIC_NAMES[topic]) for topic in changed)
    record("person.letters_chosen", on=user, person_id=user.id, at=at, detail=detail)
    db.session.flush()


def stop_letters(user: User, what: str, *, at: datetime) -> None:
    """Write to the person no more about a topic, or no daily letter; it stays readable on the site.

    A coordinator who never chose goes on being told of each thing at once: only the daily letter ends.
    """
    if what != DIGEST:
        choose_letters(user, {Topic(what): Channel.SITE}, at=at)
        return
    known = choices_of(user.id)
    ended = {topic: Channel.SITE for topic, each in known.items() if each is Channel.DIGEST}
    if user.roles and Topic.REVIEW not in known:
        ended[Topic.REVIEW] = Channel.AT_ONCE
    choose_letters(user, ended, at=at)


def note_absence(
    person: User, *, first_day: date, last_day: date, by: User, at: datetime
) -> Absence:
    """Return the absence of a coordinator, both days included; noted twice, it is one."""
    if last_day < first_day:
        raise RuleBrokenError(_("Le dernier jour vient avant le premier."), field="last_day")
    if last_day < to_paris(at).date():
        raise RuleBrokenError(_("Cette absence est déjà passée."), field="last_day")
    if last_day - first_day > LONGEST_ABSENCE:
        raise RuleBrokenError(
            _("Une absence dure un an au plus : pour plus longtemps, retirez le rôle."),
            field="last_day",
        )
    # Two that arrive at once wait for each other here.
    db.session.execute(select(User.id).where(User.id == person.id).with_for_update())
    known = db.session.scalar(
        select(Absence).where(
            Absence.person_id == person.id,
            Absence.first_day == first_day,
            Absence.last_day == last_day,
        )
    )
    if known is not None:
        return known
    absence = Absence(
        person_id=person.id, first_day=first_day, last_day=last_day, noted_by_id=by.id
    )
    db.session.add(absence)
    days = until(first_day, last_day)
    record("person.absence_noted", on=person, person_id=by.id, at=at, detail=days)
    db.session.flush()
    return absence


def take_absence_back(absence: Absence, *, by: User, at: datetime) -> None:
    """Let the coordinator be written to as always."""
    days = until(absence.first_day, absence.last_day)
    record("person.absence_taken_back", on=absence.person, person_id=by.id, at=at, detail=days)
    db.session.delete(absence)
    db.session.flush()


def erase(user: User, *, at: datetime) -> None:
    """Forget the person: no name, no address, no session, no role, nothing that goes with a person.

    What the structures did stays theirs. The rows that go are those which the tables declare to go with a
    person, and the letters.
    """
    if is_administrator(user):
        _keep_an_administrator()
    record("person.erased", on=user, person_id=user.id, at=at)
    db.session.flush()
    db.session.execute(
        delete(Letter).where(or_(Letter.person_id == user.id, Letter.to_address == user.email))
    )
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is User.__table__.columns["id"] and key.ondelete == "CASCADE":
                db.session.execute(table.delete().where(key.parent == user.id))
    db.session.expire(user, ["roles"])
    user.email = f"{token_hex(8)}@compte-efface.invalid"
    user.name, user.phone = "Compte effacé", ""
    user.checked_at, user.erased_at = None, at
    _set_password(user, NO_PASSWORD)
    db.session.flush()
    db.session.expire_all()


def forget_unproved(*, before: datetime) -> int:
    """Remove the accounts opened before this instant whose address was never proved; return how many there were.

    Nobody ever signed in with them: they go whole, with the letters and the lines of the journal about them.
    """
    unproved = select(User.id).where(
        User.registered_at < before, User.checked_at.is_(None), User.erased_at.is_(None)
    )
    # Whoever proves their address at this very moment is either too late or left alone.
    numbers = db.session.scalars(unproved.with_for_update()).all()
    addresses = select(User.email).where(User.id.in_(unproved))
    about = (Entry.object_kind == User.__tablename__) & Entry.object_id.in_(unproved)
    for gone in (
        delete(Letter).where(or_(Letter.person_id.in_(unproved), Letter.to_address.in_(addresses))),
        delete(Entry).where(or_(Entry.person_id.in_(unproved), about)),
        delete(User).where(User.id.in_(unproved)),
    ):
        db.session.execute(gone, execution_options={"synchronize_session": False})
    db.session.expire_all()
    return len(numbers)


@lru_cache(maxsize=2)
def _hasher(mode: Mode) -> PasswordHasher:
    # Outside tests the library's own parameters, which follow RFC 9106.
    return (
        PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        if mode is Mode.TEST
        else PasswordHasher()
    )


def hash_of(password: str) -> str:
    """Return what is kept of a password; takes a while, on purpose."""
    return _hasher(settings().mode).hash(password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_of(token_hex(16))


def matches(password_hash: str, password: str) -> bool:
    """Whether this is the password that the hash was made of; takes as long when there is none."""
    if password_hash == NO_PASSWORD:
        password_hash, password = _nobodys_hash(), ""
    try:
        return _hasher(settings().mode).verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def keep_sketch(person: User, page: str, fields: Mapping[str, list[str]], *, at: datetime) -> None:
    """Keep what the person has typed on a page, in place of what they typed there before; the oldest pages go."""
    row = {"person_id": person.id, "page": page, "fields": dict(fields), "at": at}
    upsert_rows(Sketch, [row], key=("person_id", "page"))
    beyond = (
        select(Sketch.id)
        .where(Sketch.person_id == person.id)
        .order_by(Sketch.at.desc(), Sketch.id.desc())
        .offset(MOST_SKETCHES)
    )
    gone = db.session.scalars(beyond).all()
    if gone:
        db.session.execute(delete(Sketch).where(Sketch.id.in_(gone)))


def forget_sketch(person: User, page: str) -> None:
    """Forget what the person had typed on a page: it is kept now, or not wanted."""
    db.session.execute(delete(Sketch).where(Sketch.person_id == person.id, Sketch.page == page))


def forget_sketches_under(address: str) -> None:
    """Forget what anybody had typed on the pages of something that is no more."""
    db.session.execute(delete(Sketch).where(Sketch.page.startswith(address, autoescape=True)))


def forget_sketches(*, before: datetime) -> int:
    """Forget what was typed before this instant and never kept; return how many pages there were."""
    old = db.session.scalars(select(Sketch.id).where(Sketch.at < before)).all()
    db.session.execute(delete(Sketch).where(Sketch.at < before))
    return len(old)
