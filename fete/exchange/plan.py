"""Read a whole file into a plan: what it creates, what it changes, what it is refused for. Writes nothing."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fete.core.text import fold_name
from fete.exchange import queries
from fete.exchange.columns import Refusal, Row, heading_faults, read_line, report_faults
from fete.exchange.matching import Communes, Words, known_communes
from fete.exchange.models import SourceLink
from fete.exchange.tables import Line, Table, UnreadableError, read
from fete.geography.models import Commune
from fete.programme.models import Edition
from fete.programme.rules import PlannedSlot, same_time, slot_faults
from fete.vocabulary.models import Term, TermList
from fete.vocabulary.queries import terms_by_code

LISTS = {"themes": TermList.THEME, "publics": TermList.AUDIENCE, "niveaux": TermList.LEVEL}
Progress = Callable[[int], None]


@dataclass(kw_only=True, slots=True)
class Entry:
    """One line understood: whom it means, and what stands of it already."""

    row: Row
    reference: str
    digest: str
    commune: Commune
    kind: Term
    words: dict[str, tuple[Term, ...]]
    slots: tuple[PlannedSlot, ...]
    link: SourceLink | None


@dataclass(kw_only=True)
class Plan:
    """What a file would do: nothing at all as soon as one line is refused."""

    edition: Edition
    digest: str
    creates: list[Entry] = field(default_factory=list)
    updates: list[Entry] = field(default_factory=list)
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What lines are held against."""

    edition: Edition
    communes: Communes
    kinds: Words
    lists: dict[str, Words]
    links: dict[str, SourceLink]


def plan(content: bytes, edition: Edition, *, progress: Progress = lambda _count: None) -> Plan:
    """Return the plan of a file for an edition; `progress` is told of each line read."""
    made = Plan(edition=edition, digest=hashlib.sha256(content).hexdigest())
    try:
        table = read(content)
    except UnreadableError as error:
        made.refusals.append(Refusal(line=1, column="", reason=str(error)))
        return made
    made.refusals += heading_faults(table)
    if made.refusals:
        return made
    known = _known(edition)
    _read_lines(made, table, known, progress)
    _check_villages(made, known.links)
    made.refusals.sort(key=lambda refusal: refusal.line)
    return made


def _known(edition: Edition) -> Known:
    return Known(
        edition=edition,
        communes=known_communes(queries.all_communes()),
        kinds=Words(terms_by_code(TermList.KIND)),
        lists={name: Words(terms_by_code(of)) for name, of in LISTS.items()},
        links=queries.known_links(edition),
    )


def _read_lines(made: Plan, table: Table, known: Known, progress: Progress) -> None:
    seen: dict[str, int] = {}
    for line in table.lines:
        entry, refusals = _entry(line, known)
        made.refusals += refusals
        progress(1)
        if entry is None:
            continue
        if entry.reference in seen:
            made.refusals.append(
                Refusal(
                    line=line.number,
                    column="reference",
                    reason=f"cette activité est déjà à la ligne {seen[entry.reference]}",
                )
            )
            continue
        seen[entry.reference] = line.number
        if entry.link is None:
            made.creates.append(entry)
        elif entry.link.digest == entry.digest:
            made.unchanged += 1
        else:
            made.updates.append(entry)


def _entry(line: Line, known: Known) -> tuple[Entry | None, list[Refusal]]:
    """Return the line understood, or why it cannot be taken: every reason at once."""
    row, refusals = read_line(line)
    refusals += report_faults(row)

    def tell(column: str, error: ValueError) -> None:
        refusals.append(Refusal(line=line.number, column=column, reason=str(error)))

    commune, kind = None, None
    words: dict[str, tuple[Term, ...]] = {}
    unread = {refusal.column for refusal in refusals}
    if not unread & {"code_insee", "commune", "departement"}:
        try:
            commune = known.communes.meant(
                code=row["code_insee"], name=row["commune"], departement=row["departement"]
            )
        except ValueError as error:
            tell("code_insee" if row["code_insee"] else "commune", error)
    if row["type"]:
        try:
            kind = known.kinds.meant(row["type"])
        except ValueError as error:
            tell("type", error)
    for name, list_ in known.lists.items():
        try:
            words[name] = tuple(list_.meant(written) for written in row[name] or ())
        except ValueError as error:
            tell(name, error)
    slots = tuple(_with_places(row))
    for fault in slot_faults(slots, known.edition):
        refusals.append(
            Refusal(
                line=line.number,
                column="creneaux",
                reason=f"créneau {fault.number + 1} : {fault.message}",
            )
        )
    if refusals or commune is None or kind is None:
        return None, refusals
    reference = row["reference"] or _named(row, commune)
    link = known.links.get(reference)
    entry = Entry(
        row=row,
        reference=reference,
        digest=_digest(line),
        commune=commune,
        kind=kind,
        words=words,
        slots=slots,
        link=link,
    )
    return entry, list(_losses(entry))


def _with_places(row: Row) -> Iterator[PlannedSlot]:
    for slot in row["creneaux"] or ():
        yield PlannedSlot(starts_at=slot.starts_at, ends_at=slot.ends_at, capacity=row["places"])


def _losses(entry: Entry) -> Iterator[Refusal]:
    """Tell of published slots that the file no longer has: subscribers would not learn why they vanished."""
    if entry.link is None or entry.link.activity.published_at is None:
        return
    kept = [slot.starts_at for slot in entry.slots]
    for slot in entry.link.activity.slots:
        if not any(same_time(slot.starts_at, start) for start in kept):
            yield Refusal(
                line=entry.row.line,
                column="creneaux",
                reason="un créneau déjà publié n’y est plus : annulez-le dans le site plutôt que de l’enlever du fichier",
            )
            return


def _named(row: Row, commune: Commune) -> str:
    return "/".join((fold_name(row["structure"]), fold_name(row["titre"]), commune.code))


def _digest(line: Line) -> str:
    cells = sorted((name, cell.strip()) for name, cell in line.cells.items() if cell.strip())
    return hashlib.sha256(repr(cells).encode()).hexdigest()


def _check_villages(made: Plan, links: dict[str, SourceLink]) -> None:
    """Refuse what names a village that the file does not have, or that is none."""
    containers = {
        entry.reference: entry.kind.is_container for entry in (*made.creates, *made.updates)
    }
    for reference, link in links.items():
        containers.setdefault(reference, link.activity.is_container)
    for entry in (*made.creates, *made.updates):
        village = entry.row["village"]
        if not village:
            continue
        if not containers.get(village):
            made.refusals.append(
                Refusal(
                    line=entry.row.line,
                    column="village",
                    reason=f"« {village} » n’est la référence d’aucun village du fichier",
                )
            )
        elif entry.kind.is_container:
            made.refusals.append(
                Refusal(
                    line=entry.row.line,
                    column="village",
                    reason="un village ne se place pas dans un autre",
                )
            )
