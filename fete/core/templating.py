"""Jinja as the pages use it: nothing undefined, dates and figures in the reader's form, files by fingerprint."""

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import brotli
import nh3
import segno
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    has_request_context,
    request,
    send_file,
    send_from_directory,
)
from flask_babel import force_locale
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from werkzeug.security import safe_join

from fete.core import clock
from fete.core.access import public
from fete.core.i18n import (
    DEFAULT,
    LANGUAGES,
    base_path,
    current_language,
    current_locale,
    gettext as _,
    language_links,
    lazy_gettext,
    spaced,
)
from fete.core.settings import Conformity, settings
from fete.core.text import slug

_CONFORMITIES = {
    Conformity.NONE: lazy_gettext("non conforme"),
    Conformity.PARTIAL: lazy_gettext("partiellement conforme"),
    Conformity.FULL: lazy_gettext("totalement conforme"),
}
YEAR_IN_SECONDS = 31_536_000
# In the order in which they are preferred. The last step of Brotli would take four times as long for 2 %.
_COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=10),
    "gzip": partial(gzip.compress, mtime=0),
}
_COMPRESSED = (".css", ".js", ".svg", ".json")
_BOOTSTRAP = str(files("flask_bootstrap") / "static" / "bootstrap5")
_VENDORS = {
    "bootstrap": _BOOTSTRAP,
    "leaflet": str(files("xstatic.pkg.leaflet") / "data"),
    "markercluster": str(files("xstatic.pkg.leaflet_markercluster") / "data"),
}
_ICONS = str(files("flask_bootstrap") / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg")
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("strikethrough")
_TAGS = {
    "p",
    "br",
    "strong",
    "em",
    "s",
    "ul",
    "ol",
    "li",
    "blockquote",
    "a",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "code",
    "pre",
    "hr",
}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
# Of the next unit, before one counts in it: up to 13 days in days, up to 8 weeks in weeks.
_AGE_THRESHOLD = 2


def init_templating(app: Flask) -> None:
    """Give templates what they may use, and serve the fingerprinted files; once the site speaks its languages."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(
        age=age,
        conformity=conformity,
        day=day,
        hour=hour,
        in_french=in_french,
        markdown=markdown,
        moment=moment,
        month=month,
        number=number,
        ordinal=ordinal,
        percent=percent,
        short_day=short_day,
        slug=slug,
        until=until,
        weight=weight,
    )
    app.jinja_env.globals.update(
        absolute_url=absolute_url,
        addresses_of=addresses_of,
        csrf_token=generate_csrf,
        current_language=current_language,
        icon_svg=icon_svg,
        language_links=language_links,
        ngettext=_with_written_numbers(app.jinja_env.globals["ngettext"]),
        now=clock.now,
        qr_code=qr_code,
        public_addresses=public_addresses,
        # No filter: a filter of a constant is reckoned once, in the language of who comes first.
        spaced=spaced,
        static_url=static_url,
        today=clock.today,
        vendor_url=vendor_url,
    )

    @app.context_processor
    def of_the_site() -> dict[str, object]:
        return {"settings": settings()}

    app.add_url_rule("/static/<path:filename>", "static", public(_send_static))
    app.add_url_rule("/static/vendor/<name>/<path:filename>", "vendor", public(_send_vendor))


def _with_written_numbers(found: object) -> Callable[..., str]:
    """Return the same `ngettext` of pages, whose `%(num)s` is written as the reader writes a number."""
    ngettext = cast("Callable[..., str]", found)

    @pass_context
    def counted(
        context: Context, singular: str, plural: str, count: int, /, **variables: object
    ) -> str:
        return ngettext(context, singular, plural, count, **{"num": number(count)} | variables)

    return counted


def number(value: float | None) -> str:
    """Return a number as the reader writes it: « 75 300 »; nothing is a dash."""
    return "–" if value is None else _written(value, current_locale())


@lru_cache(maxsize=20_000)
def _written(value: float, locale: str) -> str:
    return format_decimal(value, locale=locale)


def weight(size: float) -> str:
    """Return about what a file of so many bytes weighs, as one says it: « 4 ko », « 45 ko », « 1,7 Mo »."""
    kilobytes = max(1, size / 1_000)
    if kilobytes >= 1_000:  # noqa: PLR2004  # a megabyte
        return str(_("%(number)s\u00a0Mo", number=number(round(kilobytes / 1_000, 1))))
    step = 1 if kilobytes < 10 else 5 if kilobytes < 100 else 50  # noqa: PLR2004  # two figures
    return str(_("%(number)s\u00a0ko", number=number(round(kilobytes / step) * step)))


def in_french(text: str) -> str:
    """Return what was written in French, inside a sentence: said to be so where the page is in another language."""
    return text if current_language() == "fr" else Markup('<span lang="fr">{}</span>').format(text)


def conformity(state: Conformity) -> str:
    """Return what an audit says, in the words of the law: « partiellement conforme »."""
    return str(_CONFORMITIES[state])


def ordinal(rank: int) -> str:
    """Return the rank of an edition: « 1re », « 35e »; in English "1st", "35th"."""
    if current_language() == "fr":
        return "1re" if rank == 1 else f"{rank}e"
    teen = rank // 10 % 10 == 1
    return f"{rank}{'th' if teen else _ENDINGS.get(rank % 10, 'th')}"


def percent(share: float | None) -> str:
    """Return a share from 0 to 1 in whole per cent: « 33 % »; nothing is a dash."""
    if share is None:
        return "–"
    # 199 of 200 is not yet all of them, and 1 of 1,000 is not nothing.
    whole = 1 if 0 < share < 0.01 else 99 if 0.99 < share < 1 else round(share * 100)  # noqa: PLR2004
    return f"{whole}\u202f%" if current_language() == "fr" else f"{whole}%"


def day(value: datetime | date) -> str:
    """Return the Paris day in full: « samedi 3 octobre 2026 », « vendredi 1er janvier 2027 »."""
    return _first_of_month(format_date(_day_of(value), "EEEE d MMMM y", locale=current_locale()))


def until(first: date, last: date) -> str:
    """Return a stretch of days: « du vendredi 2 au lundi 12 octobre 2026 », « samedi 3 octobre 2026 »."""
    if first == last:
        return day(first)
    beginning = day(first)
    if first.year == last.year:
        form = "EEEE d" if first.month == last.month else "EEEE d MMMM"
        beginning = _first_of_month(format_date(first, form, locale=current_locale()))
    return str(_("du %(first)s au %(last)s", first=beginning, last=day(last)))


def short_day(value: datetime | date) -> str:
    """Return the Paris day in short: « sam. 3 oct. »."""
    return _first_of_month(format_date(_day_of(value), "EEE d MMM", locale=current_locale()))


def month(value: date) -> str:
    """Return the month of a day: « octobre 2026 »."""
    return format_date(value, "LLLL y", locale=current_locale())


def _day_of(value: datetime | date) -> date:
    return clock.to_paris(value).date() if isinstance(value, datetime) else value


def _first_of_month(text: str) -> str:
    return re.sub(r"\b1(?= [a-zéû]|$)", "1er", text) if current_language() == "fr" else text


def hour(value: datetime | time) -> str:
    """Return the Paris hour: « 10 h », « 14 h 30 »."""
    local = clock.to_paris(value) if isinstance(value, datetime) else value
    if current_language() != "fr":
        return f"{local:%H:%M}"
    return f"{local.hour}\u00a0h" + (f"\u00a0{local.minute:02}" if local.minute else "")


def moment(value: datetime) -> str:
    """Return the Paris day and hour: « samedi 3 octobre 2026 à 14 h 30 »."""
    return str(_("%(day)s à %(hour)s", day=day(value), hour=hour(value)))


def age(value: datetime) -> str:
    """Return how long ago, in words: « aujourd’hui », « hier », « il y a 12 jours », « il y a 3 semaines »."""
    days = (clock.today() - _day_of(value)).days
    if days in {0, 1}:
        return str(_("hier") if days else _("aujourd’hui"))
    return format_timedelta(
        timedelta(days=-days),
        granularity="day",
        threshold=_AGE_THRESHOLD,
        add_direction=True,
        locale=current_locale(),
    )


def markdown(text: str | None, top: int = 3) -> Markup:
    """Return safe HTML of a Markdown text: no markup of its author's, links to the web and mail only.

    Its headings begin at the level that comes next where it stands, and skip none.
    """
    html = _MARKDOWN.render(text or "")
    levels = sorted(set(re.findall(r"<h([1-6])>", html)))
    lowered = {level: min(rank, 6) for rank, level in enumerate(levels, start=top)}
    html = re.sub(r"(</?)h([1-6])>", lambda found: f"{found[1]}h{lowered[found[2]]}>", html)
    kept = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
    )
    return Markup(kept)  # noqa: S704  # cleaned on the line above


@lru_cache(maxsize=512)
def icon_svg(name: str) -> Markup:
    """Return one Bootstrap icon as inline SVG, hidden from screen readers; raise `KeyError` for an unknown one."""
    sprite = _sprite()
    box, body = sprite[name]
    return Markup(  # noqa: S704  # read from our own package
        f'<svg class="icon" viewBox="{escape(box)}" width="16" height="16" fill="currentColor" aria-hidden="true" focusable="false">{body}</svg>'
    )


@lru_cache(maxsize=1)
def _sprite() -> dict[str, tuple[str, str]]:
    text = Path(_ICONS).read_text("utf-8")
    symbols = re.findall(r"<symbol([^>]*)>(.*?)</symbol>", text, re.DOTALL)
    found = {}
    for attributes, body in symbols:
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        found[values["id"]] = (values["viewBox"], body.strip())
    return found


def qr_code(text: str) -> Markup:
    """Return the code that a telephone scans to read a text, as inline SVG, dark on light in every theme."""
    code = segno.make(text, micro=False).svg_inline(
        omitsize=True, light="#fff", svgclass="qr-code", lineclass=None
    )
    return Markup(code.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704  # drawn by the library


def static_url(filename: str) -> str:
    """Return the address of a file of ours, which changes with its content."""
    return f"{base_path()}/static/{filename}?v={_fingerprint(str(current_app.static_folder), filename)}"


def vendor_url(name: str, filename: str) -> str:
    """Return the address of a file of a front-end package, which changes with its content."""
    return (
        f"{base_path()}/static/vendor/{name}/{filename}?v={_fingerprint(_VENDORS[name], filename)}"
    )


@lru_cache(maxsize=256)
def _kept_fingerprint(folder: str, filename: str, _changed: float) -> str:
    return hashlib.blake2b(Path(folder, filename).read_bytes(), digest_size=6).hexdigest()


def _fingerprint(folder: str, filename: str) -> str:
    path = Path(folder, filename)
    return _kept_fingerprint(folder, filename, path.stat().st_mtime)


def _send_static(filename: str) -> Response:
    return _sent(str(current_app.static_folder), filename)


def _send_vendor(name: str, filename: str) -> Response:
    return _sent(_VENDORS.get(name) or abort(404), filename)


def _sent(folder: str, filename: str) -> Response:
    path = safe_join(folder, filename)
    if path is None:
        abort(404)
    encoding = request.accept_encodings.best_match(_COMPRESSORS)
    if encoding and filename.endswith(_COMPRESSED) and Path(path).is_file():
        response = _sent_compressed(folder, filename, encoding)
    else:
        response = send_from_directory(folder, filename, max_age=YEAR_IN_SECONDS)
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.cache_control.no_cache = None
    return response


def _sent_compressed(folder: str, filename: str, encoding: str) -> Response:
    response = send_file(
        BytesIO(_compressed(folder, filename, encoding, Path(folder, filename).stat().st_mtime)),
        download_name=filename,
        etag=f"{_fingerprint(folder, filename)}-{encoding}",
        max_age=YEAR_IN_SECONDS,
    )
    response.content_encoding = encoding
    return response


@lru_cache(maxsize=256)
def _compressed(folder: str, filename: str, encoding: str, _changed: float) -> bytes:
    """Return a file compressed as small as can be: once by each process, not at each request."""
    return _COMPRESSORS[encoding](Path(folder, filename).read_bytes())


def absolute_url(endpoint: str, *, language: str | None = None, **values: object) -> str:
    """Return an address for letters, feeds and codes: on the configured host, whatever the request says.

    Without a language, it is that of the letter being written, French anywhere else.
    """
    prefix = _prefix(language or _language_of_letter() or DEFAULT)
    return settings().public_address + prefix + path_of(endpoint, **values)


def public_addresses(canonical: str | None = None) -> dict[str, str]:
    """Return the one public address of the page under way in each language, as `addresses_of`.

    A page that has another one than was asked for says it, in the language that it is read in.
    """
    here = settings().public_address + _prefix(current_language())
    return addresses_of(canonical.removeprefix(here) if canonical else request.path)


def addresses_of(path: str) -> dict[str, str]:
    """Return the public address of a page in each language, and for those who read none of them: `x-default`."""
    found = {code: settings().public_address + _prefix(code) + path for code in LANGUAGES}
    return found | {"x-default": found[DEFAULT]}


def _prefix(language: str) -> str:
    return "" if language == DEFAULT else f"/{language}"


def path_of(endpoint: str, **values: object) -> str:
    """Return the path of a page on the site, without its language: where a letter leads, wherever it is read."""
    return current_app.url_map.bind("").build(
        endpoint, {name: value for name, value in values.items() if value is not None}
    )


def _language_of_letter() -> str | None:
    if not has_request_context() or not request.environ.get("fete.letter"):
        return None
    return current_language()


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenLetter:
    """A letter in words: its subject on one line, and its two forms."""

    subject: str
    text: str
    html: str


def render_letter(kind: str, *, language: str, **context: object) -> WrittenLetter:
    """Return the letter of `letters/<kind>.txt` and `.html` in a language, its links on the configured host."""
    base = urlsplit(settings().public_address).path
    environment = {
        "fete.letter": kind,
        "fete.language": language,
        "fete.base": base,
        "SCRIPT_NAME": base if language == DEFAULT else f"{base}/{language}",
    }
    reading = current_app.test_request_context(
        "/", base_url=settings().public_address, environ_overrides=environment
    )
    with reading, force_locale(language):
        current_app.update_template_context(context)
        template = current_app.jinja_env.get_template(f"letters/{kind}.txt")
        subject = "".join(template.blocks["subject"](template.new_context(context)))
        # The layout writes the subject first, then the letter.
        text = template.render(context).removeprefix(subject)
        html = current_app.jinja_env.get_template(f"letters/{kind}.html").render(context)
    return WrittenLetter(
        subject=" ".join(subject.split()),
        text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
        html=html.strip() + "\n",
    )
