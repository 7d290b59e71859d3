"""Spreadsheets of activities, one a line: the list of a committee with room for what it decides; reports as they stand."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from fete.core.i18n import gettext as _, lazy_gettext
from fete.core.workbook import Cell, Sheet, spreadsheet
from fete.programme.models import Activity
from fete.programme.rules import CRITERIA, evidence, terms_of
from fete.programme.rules.wording import times_in_words
from fete.reports.models import Method, Outcome, Report, Source
from fete.reports.rules import FIGURES, doubts_of, standing_of
from fete.reports.workflow import Standing

MOST_TIMES = 6
STANDINGS = {
    Standing.DUE: lazy_gettext("attendu"),
    Standing.DRAFT: lazy_gettext("commencé"),
    Standing.SENT_BACK: lazy_gettext("renvoyé"),
    Standing.FILED: lazy_gettext("reçu"),
    Standing.VALIDATED: lazy_gettext("validé"),
    Standing.WAIVED: lazy_gettext("dispensé"),
}
_OUTCOMES = {
    Outcome.HELD: lazy_gettext("tenue"),
    Outcome.PARTLY: lazy_gettext("tenue en partie"),
    Outcome.CANCELLED: lazy_gettext("annulée"),
}
_METHODS = {
    Method.COUNTED: lazy_gettext("comptés un par un"),
    Method.TICKETED: lazy_gettext("d’après des billets"),
    Method.ESTIMATED: lazy_gettext("estimés"),
    Method.CLICKER: lazy_gettext("avec le compteur du site"),
}
_SOURCES = {
    Source.ACCOUNT: lazy_gettext("la structure, sur le site"),
    Source.LINK: lazy_gettext("la structure, par le lien d’une lettre"),
    Source.COORDINATION: lazy_gettext("la coordination, pour la structure"),
    Source.IMPORT: lazy_gettext("un fichier repris"),
}


def committee_sheet(activities: Sequence[Activity], *, title: str, at: datetime) -> bytes:
    """Return the list as an XLSX file: every cell is text or a number, never a formula."""
    file = BytesIO()
    book = Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"title": title, "created": at.replace(tzinfo=None)})
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2})
    cell = book.add_format(
        {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#999999"}
    )
    sheet = book.add_worksheet(str(_("Liste")))
    columns = _columns()
    for number, (name, width) in enumerate(columns):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, name, heading)
    for row, activity in enumerate(activities, start=1):
        for number, value in enumerate(_cells(row, activity)):
            if isinstance(value, int):
                sheet.write_number(row, number, value, cell)
            else:
                sheet.write_string(row, number, value, cell)
    last = max(1, len(activities))
    sheet.data_validation(
        1,
        len(columns) - 2,
        last,
        len(columns) - 2,
        {
            "validate": "list",
            "source": [str(_("Labellisée")), str(_("À revoir")), str(_("Refusée"))],
            "error_type": "warning",
        },
    )
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
    book.close()
    return file.getvalue()


def _columns() -> list[tuple[str, int]]:
    return [
        (str(_("Nº")), 5),
        (str(_("Titre")), 34),
        (str(_("Structure")), 26),
        (str(_("Commune")), 18),
        (str(_("Département")), 15),
        (str(_("Type d’activité")), 18),
        (str(_("Thématiques")), 24),
        (str(_("Publics")), 20),
        (str(_("Dates")), 26),
        *((str(words), 20) for words in CRITERIA.values()),
        (str(_("Décision")), 14),
        (str(_("Remarques du comité")), 34),
    ]


def _cells(rank: int, activity: Activity) -> list[Any]:
    commune = activity.commune or activity.organisation.commune
    return [
        rank,
        activity.title,
        activity.organisation.name,
        commune.name if commune else "",
        commune.departement_name if commune else "",
        activity.kind.label if activity.kind else "",
        ", ".join(term.label for term in terms_of(activity, "themes")),
        ", ".join(term.label for term in terms_of(activity, "audiences")),
        "\n".join(times_of(activity)),
        *(said(each.holds, each.words) for each in evidence(activity)),
        "",
        "",
    ]


def said(holds: bool | None, words: str) -> str:
    """Return what the declaration says about a criterion, for a cell; nothing where the committee judges alone."""
    if holds is None:
        return ""
    return f"{_('oui') if holds else _('à vérifier')} — {words}"


def times_of(activity: Activity) -> list[str]:
    """Return the times of an activity, one a line; of many, the first ones and how many follow."""
    slots = activity.times
    lines = [times_in_words(slot) for slot in slots[:MOST_TIMES]]
    rest = len(slots) - MOST_TIMES
    return [*lines, str(_("et %(number)s autres créneaux", number=rest))] if rest > 0 else lines


def report_sheet(
    lines: Iterable[tuple[Activity, Report | None]], *, title: str, note: str, at: datetime
) -> bytes:
    """Return activities with their reports as an XLSX file, written line by line as they are read."""
    sheet = Sheet(
        name=str(_("Bilans")),
        columns=_report_columns(),
        rows=_report_rows(lines),
        above=[title, note] if note else [title],
    )
    return spreadsheet([sheet], title=title, at=at)


def _report_columns() -> list[tuple[str, int]]:
    words = {
        "public": _("Grand public"),
        "pupils": _("Scolaires"),
        "adults": _("Accompagnateurs"),
        "online": _("Connexions"),
        "researchers": _("Chercheurs"),
        "mediators": _("Médiateurs"),
        "volunteers": _("Bénévoles"),
        "others": _("Autres personnes"),
    }
    return [
        (_("Activité"), 36),
        (_("Nº"), 7),
        (_("Structure"), 28),
        (_("Commune"), 20),
        (_("Code INSEE"), 11),
        (_("Département"), 18),
        (_("Type d’activité"), 20),
        (_("Premier créneau"), 16),
        (_("Fin du dernier"), 16),
        (_("Bilan"), 11),
        (_("A eu lieu"), 14),
        (_("Visiteurs"), 11),
        *((words[name], 14) for name in FIGURES),
        (_("Comptage"), 20),
        (_("Rempli par"), 26),
        (_("Doutes"), 8),
        (_("Remarques"), 40),
        (_("Explication"), 40),
        (_("Déposé le"), 16),
        (_("Validé le"), 16),
    ]


def _report_rows(lines: Iterable[tuple[Activity, Report | None]]) -> Iterator[Sequence[Cell]]:
    for activity, report in lines:
        yield (*_declared(activity), *_told(report))


def _declared(activity: Activity) -> list[Cell]:
    commune = activity.commune or activity.organisation.commune
    slots = activity.times
    return [
        activity.title,
        activity.id,
        activity.organisation.name,
        commune.name if commune else None,
        commune.code if commune else None,
        commune.departement_name if commune else None,
        activity.kind.label if activity.kind else None,
        min((slot.starts_at for slot in slots), default=None),
        max((slot.ends_at for slot in slots), default=None),
    ]


def _told(report: Report | None) -> list[Cell]:
    words: list[Cell] = [str(STANDINGS[standing_of(report)])]
    if report is None:
        return words
    counts = report.counts
    return [
        *words,
        str(_OUTCOMES[report.outcome]) if report.outcome else None,
        counts.visitors,
        *(getattr(counts, name) for name in FIGURES),
        str(_METHODS[report.method]) if report.method else None,
        str(_SOURCES[report.source]),
        len(doubts_of(report)),
        report.remarks,
        report.explanation,
        report.filed_at,
        report.validated_at,
    ]
