"""The list of a committee as a spreadsheet: one line an activity, with room for what is decided of it."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from fete.core.i18n import gettext as _
from fete.programme.models import Activity
from fete.programme.rules import CRITERIA, evidence, terms_of
from fete.programme.rules.wording import times_in_words

MOST_TIMES = 6


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
