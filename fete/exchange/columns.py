"""The columns of the file of activities: their headings, how each is read, what each means."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from fete.core.clock import NoSuchTimeError, from_paris
from fete.core.fields import read_day, read_hour
from fete.core.text import clean, fold
from fete.exchange.tables import Line, Table
from fete.programme.models import DESCRIPTION_LENGTH, STANDFIRST_LENGTH, TITLE_LENGTH, Booking
from fete.programme.rules import PlannedSlot
from fete.programme.workflow import Status
from fete.reports.arithmetic import Method, Outcome
from fete.reports.workflow import ReportStatus

SEPARATOR = "|"
MOST_SLOTS = 800
LARGEST = 9_999_999
LINE_LENGTH = 255
WHOLE_DAY = timedelta(hours=24)

_INSEE = re.compile(r"\d[\dAB]\d{3}")
_DAYS = re.compile(r"(?P<first>[\d./-]+)\s+(?:au|→)\s+(?P<last>[\d./-]+)", re.IGNORECASE)
_HOURS = re.compile(
    r"(?P<day>\S+)\s+(?:de\s+)?(?P<start>[\dh:]+)\s*(?:-|–|à)\s*(?P<end>[\dh:]+)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why a line cannot be taken: its number, its column when there is one, a sentence."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        """Return the refusal as one line of a list."""
        where = f"ligne {self.line}" + (f", colonne {self.column}" if self.column else "")
        return f"{where} : {self.reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column: how a cell becomes a value, and what it means for who writes the file."""

    name: str
    read: Callable[[str], Any]
    meaning: str
    needed: bool = False


@dataclass(kw_only=True, slots=True)
class Row:
    """One line read: the values of its columns, nothing for a cell left empty."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  # any column's value
        """Return the value of a column, `None` for a cell left empty."""
        return self.values.get(name)


def text(most: int = LINE_LENGTH) -> Callable[[str], str]:
    """Return a reader of texts of at most so many characters."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise ValueError(f"{len(cell)} signes, {most} au plus")
        return cell

    return read


def words(cell: str) -> tuple[str, ...]:
    """Read several words, codes or labels, separated by `|`."""
    return tuple(part for part in (each.strip() for each in cell.split(SEPARATOR)) if part)


def figure(cell: str) -> int:
    """Read a whole number, with or without the spaces between thousands."""
    typed = re.sub(r"[\s\u00a0\u202f]", "", cell)
    if not re.fullmatch(r"\d+", typed):
        raise ValueError("ce n’est pas un nombre entier")
    if int(typed) > LARGEST:
        raise ValueError("ce nombre est trop grand")
    return int(typed)


def seats(cell: str) -> int:
    """Read a number of places, one at least."""
    number = figure(cell)
    if number == 0:
        raise ValueError("laissez la cellule vide si le nombre de places n’est pas limité")
    return number


def yes_or_no(cell: str) -> bool:
    """Read « oui » or « non »."""
    found = {
        "oui": True,
        "o": True,
        "1": True,
        "vrai": True,
        "non": False,
        "n": False,
        "0": False,
        "faux": False,
    }
    try:
        return found[fold(cell)]
    except KeyError:
        raise ValueError("écrivez oui ou non") from None


def insee(cell: str) -> str:
    """Read an official code of commune; the zero that spreadsheets drop is put back."""
    code = cell.upper().zfill(5)
    if not _INSEE.fullmatch(code):
        raise ValueError("un code de commune a cinq signes, par exemple 31555")
    return code


def departement(cell: str) -> str:
    """Read a code of département; the zero that spreadsheets drop is put back."""
    return cell.upper().zfill(2)


def one_of(choices: dict[str, Any]) -> Callable[[str], Any]:
    """Return a reader of one word among several, accents and capitals left aside."""

    def read(cell: str) -> Any:  # noqa: ANN401  # what the word stands for
        try:
            return choices[fold(cell)]
        except KeyError:
            raise ValueError(f"écrivez {', '.join(choices)}") from None

    return read


def slots(cell: str) -> tuple[PlannedSlot, ...]:
    """Read slots separated by `|`: `03/10/2026 10h-12h30`, `2026-10-03T10:00/2026-10-03T12:30`, days without hours.

    A day without hours is 24 hours from midnight; `01/10/2026 au 03/10/2026` is one such slot a day.
    """
    found = [each for part in words(cell) for each in _slots_of(part)]
    if len(found) > MOST_SLOTS:
        raise ValueError(f"{len(found)} créneaux, {MOST_SLOTS} au plus")
    return tuple(found)


def _slots_of(part: str) -> list[PlannedSlot]:
    try:
        if "T" in part:
            start, _slash, end = part.partition("/")
            return [_slot(*_iso(start), _iso(end))]
        if hours := _HOURS.fullmatch(part):
            day, start_hour, end_hour = (
                read_day(hours["day"]),
                read_hour(hours["start"]),
                read_hour(hours["end"]),
            )
            last = day + timedelta(days=1) if end_hour <= start_hour else day
            return [_slot(day, start_hour, (last, end_hour))]
        if days := _DAYS.fullmatch(part):
            return _whole_days(read_day(days["first"]), read_day(days["last"]))
        day = read_day(part)
        return _whole_days(day, day)
    except NoSuchTimeError:
        raise ValueError(
            f"« {part} » : cette heure n’existe pas, les montres avancent cette nuit-là"
        ) from None
    except ValueError as error:
        raise ValueError(f"« {part} » : {str(error)[:1].lower()}{str(error)[1:]}") from None


def _iso(typed: str) -> tuple[date, time]:
    day, _t, hour = typed.strip().partition("T")
    try:
        read = datetime.fromisoformat(f"{day}T{hour}")
    except ValueError:
        raise ValueError("écrivez par exemple 2026-10-03T10:00/2026-10-03T12:00") from None
    if read.tzinfo is not None:
        raise ValueError("l’heure est celle de Paris, sans décalage")
    return read.date(), read.time()


def _slot(day: date, start: time, end: tuple[date, time]) -> PlannedSlot:
    return PlannedSlot(starts_at=from_paris(day, start), ends_at=from_paris(*end))


def _whole_days(first: date, last: date) -> list[PlannedSlot]:
    count = (last - first).days + 1
    if not 1 <= count <= MOST_SLOTS:
        raise ValueError("la fin est avant le début, ou bien trop loin")
    starts = [from_paris(first + timedelta(days=number), time()) for number in range(count)]
    return [PlannedSlot(starts_at=start, ends_at=start + WHOLE_DAY) for start in starts]


COLUMNS = (
    Column(name="reference", read=text(), meaning="numéro de l’activité chez vous ; sans lui, la structure, le titre et la commune la désignent"),
    Column(name="structure", read=text(), needed=True, meaning="nom de la structure qui propose l’activité ; créée si elle n’existe pas"),
    Column(name="type", read=text(), needed=True, meaning="type d’activité : code ou nom de la liste"),
    Column(name="titre", read=text(TITLE_LENGTH), needed=True, meaning=f"{TITLE_LENGTH} signes au plus"),
    Column(name="resume", read=text(STANDFIRST_LENGTH), meaning=f"une phrase, {STANDFIRST_LENGTH} signes au plus"),
    Column(name="description", read=text(DESCRIPTION_LENGTH), meaning=f"{DESCRIPTION_LENGTH} signes au plus, Markdown"),
    Column(name="themes", read=words, meaning="thématiques : codes ou noms, séparés par |"),
    Column(name="publics", read=words, meaning="publics : codes ou noms, séparés par |"),
    Column(name="niveaux", read=words, meaning="niveaux scolaires : codes ou noms, séparés par | ; l’activité est alors ouverte aux scolaires"),
    Column(name="village", read=text(), meaning="référence, dans le même fichier, du village, du festival ou du parcours qui accueille l’activité"),
    Column(name="lieu", read=text(), meaning="nom du lieu ; la commune s’il est vide"),
    Column(name="adresse", read=text(), meaning="numéro et rue"),
    Column(name="code_insee", read=insee, meaning="code officiel de la commune ; ou bien commune et departement"),
    Column(name="commune", read=text(), meaning="nom de la commune, accents et traits d’union facultatifs"),
    Column(name="departement", read=departement, meaning="code du département de la commune"),
    Column(name="creneaux", read=slots, needed=True, meaning="séparés par | : 03/10/2026 10h-12h30, ou 2026-10-03T10:00/2026-10-03T12:30, ou un jour entier 03/10/2026, ou plusieurs 01/10/2026 au 03/10/2026"),
    Column(name="places", read=seats, meaning="nombre de places de chaque créneau ; vide : non limité ou inconnu"),
    Column(name="reservation", read=one_of({"aucune": Booking.NONE, "conseillee": Booking.RECOMMENDED, "obligatoire": Booking.REQUIRED}), meaning="aucune, conseillée ou obligatoire"),
    Column(name="reservation_telephone", read=text(), meaning="téléphone pour réserver"),
    Column(name="reservation_courriel", read=text(), meaning="adresse électronique pour réserver"),
    Column(name="reservation_page", read=text(), meaning="page web pour réserver"),
    Column(name="gratuit", read=yes_or_no, meaning="oui ou non ; oui si la cellule est vide"),
    Column(name="statut", read=one_of({"publiee": Status.PUBLISHED, "labellisee": Status.LABELLED, "deposee": Status.SUBMITTED, "brouillon": Status.DRAFT}), meaning="publiée (si vide), labellisée, déposée ou brouillon"),
    Column(name="bilan", read=one_of({"tenue": Outcome.HELD, "partielle": Outcome.PARTLY, "annulee": Outcome.CANCELLED}), meaning="tenue, partielle ou annulée ; vide : pas de bilan"),
    Column(name="bilan_statut", read=one_of({"valide": ReportStatus.VALIDATED, "depose": ReportStatus.FILED}), meaning="validé (si vide) ou déposé"),
    Column(name="public", read=figure, meaning="visiteurs, hors groupes scolaires"),
    Column(name="scolaires", read=figure, meaning="élèves"),
    Column(name="accompagnateurs", read=figure, meaning="adultes venus avec les élèves"),
    Column(name="en_ligne", read=figure, meaning="connexions, jamais ajoutées aux visiteurs"),
    Column(name="comptage", read=one_of({"compte": Method.COUNTED, "billets": Method.TICKETED, "estime": Method.ESTIMATED}), meaning="compté, billets ou estimé"),
    Column(name="chercheurs", read=figure, meaning="scientifiques présents"),
    Column(name="mediateurs", read=figure, meaning="médiateurs et médiatrices présents"),
    Column(name="benevoles", read=figure, meaning="bénévoles présents"),
    Column(name="autres", read=figure, meaning="autres personnes présentes"),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
FIGURES = (
    "public",
    "scolaires",
    "accompagnateurs",
    "en_ligne",
    "chercheurs",
    "mediateurs",
    "benevoles",
    "autres",
)
TOLD_WITH_A_REPORT = (*FIGURES, "comptage", "bilan_statut")


def heading_faults(table: Table) -> list[Refusal]:
    """Return what is wrong with the headings: unknown, written twice, or missing."""
    found = [
        Refusal(line=1, column=name, reason=f"cette colonne n’est pas connue{_perhaps(name)}")
        for name in table.headings
        if name and name not in BY_NAME
    ]
    twice = {name for name in table.headings if name and table.headings.count(name) > 1}
    found += [
        Refusal(line=1, column=name, reason="cette colonne est là deux fois")
        for name in sorted(twice)
    ]
    needed = [
        column.name for column in COLUMNS if column.needed and column.name not in table.headings
    ]
    found += [Refusal(line=1, column=name, reason="il manque cette colonne") for name in needed]
    if "code_insee" not in table.headings and not {"commune", "departement"} <= set(table.headings):
        found.append(
            Refusal(
                line=1, column="code_insee", reason="il faut code_insee, ou commune et departement"
            )
        )
    return found


def read_line(line: Line) -> tuple[Row, list[Refusal]]:
    """Return the values of a line, and every cell that cannot be read."""
    row, refusals = Row(line=line.number), []
    for name, raw in line.cells.items():
        cell = clean(raw)
        column = BY_NAME.get(name)
        if column is None or not cell:
            continue
        try:
            row.values[name] = column.read(cell)
        except ValueError as error:
            refusals.append(Refusal(line=line.number, column=name, reason=str(error)))
    unread = {refusal.column for refusal in refusals}
    refusals += [
        Refusal(line=line.number, column=column.name, reason="cette cellule est nécessaire")
        for column in COLUMNS
        if column.needed and column.name not in unread and not row[column.name]
    ]
    return row, refusals


def report_faults(row: Row) -> Sequence[Refusal]:
    """Return what does not hang together in the report of a line."""
    told = [name for name in TOLD_WITH_A_REPORT if row[name] is not None]
    if row["bilan"] is None:
        return (
            [
                Refusal(
                    line=row.line,
                    column="bilan",
                    reason=f"dites si l’activité a eu lieu, puisque {told[0]} est rempli",
                )
            ]
            if told
            else []
        )
    counted = [name for name in ("public", "scolaires", "accompagnateurs") if row[name]]
    if row["bilan"] is Outcome.CANCELLED and counted:
        return [
            Refusal(
                line=row.line,
                column=counted[0],
                reason="l’activité est annulée et a pourtant des visiteurs",
            )
        ]
    return []


def _perhaps(name: str) -> str:
    close = get_close_matches(fold(name), BY_NAME, n=1)
    return f" ; peut-être {close[0]}" if close else ""
