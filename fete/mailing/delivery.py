"""Hand letters to an SMTP server, to a folder or to the console."""

import smtplib
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

from fete.core.errors import FeteError
from fete.core.settings import Delivery, Settings

_PATIENCE = 20  # seconds
_FAILURE_LENGTH = 500


class _Whole(UnstructuredHeader):
    """A header that stands on one line: a long address folded or encoded is no address to a mail program."""

    def fold(self: BaseHeader, *, policy: EmailPolicy) -> str:  # type: ignore[misc]  # mixed into it by the registry
        """Return the line."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]  # the registry makes a header of it
_POLICY = SMTP.clone(header_factory=_HEADERS)


class UndeliveredError(FeteError):
    """One letter was not taken; the next one may be."""


class NobodyThereError(FeteError):
    """What takes the letters does not answer: no letter will be taken for now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """A letter as it leaves: read from the database, and free of it."""

    number: int
    written_at: datetime
    address: str
    name: str
    subject: str
    text: str
    html: str
    # Where its reader refuses letters of this sort at one stroke; nothing where there is nothing to refuse.
    stop_address: str = ""


Deliver = Callable[[Envelope], None]


@contextmanager
def opened(settings: Settings) -> Iterator[Deliver]:
    """Give what delivers an envelope as the settings say.

    It raises `UndeliveredError` or `NobodyThereError`.
    """
    if settings.delivery is Delivery.SMTP:
        post = _Post(settings)
        try:
            yield post.deliver
        finally:
            post.close()
    elif settings.delivery is Delivery.FOLDER:
        yield lambda envelope: _into_folder(envelope, settings)
    else:
        yield lambda envelope: _onto_console(envelope, settings)


def composed(envelope: Envelope, settings: Settings, *, encoding: str) -> EmailMessage:
    """Return the message: both forms of the letter, and headers that nothing typed can break.

    The same letter always bears the same Message-ID: should it be sent twice, mail servers can tell.
    """
    message = EmailMessage(policy=_POLICY)
    host = urlsplit(settings.public_address).hostname or "localhost"
    message["Message-ID"] = f"<{envelope.written_at:%Y%m%d%H%M%S}.{envelope.number}@{host}>"
    message["Date"] = format_datetime(envelope.written_at)
    message["From"] = Address(display_name=settings.site_name, addr_spec=settings.letters_from)
    message["To"] = Address(display_name=envelope.name, addr_spec=_addressed(envelope.address))
    if settings.contact_email:
        message["Reply-To"] = Address(addr_spec=settings.contact_email)
    message["Subject"] = envelope.subject
    # Holiday replies and the like must not answer a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    if envelope.stop_address:
        # A button beside the letter in mail programs (RFC 8058).
        message["List-Unsubscribe"] = f"<{envelope.stop_address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(envelope.text, cte=encoding)
    if envelope.html:
        message.add_alternative(envelope.html, subtype="html", cte=encoding)
    return message


def ascii_domain(address: str) -> str:
    """Return the address with its domain as the network writes it: `musee@xn--…` (RFC 5891)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}" if local else address


def _addressed(address: str) -> str:
    try:
        found = ascii_domain(address)
        Address(addr_spec=found)
    except (ValueError, MessageError, IndexError) as error:
        raise UndeliveredError(f"address: {_words(error)}"[:_FAILURE_LENGTH]) from error
    return found


class _Post:
    """One conversation with the SMTP server, taken up again when it breaks."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.server: smtplib.SMTP | None = None

    def deliver(self, envelope: Envelope) -> None:
        message = _composed_or_refused(envelope, self.settings, encoding="quoted-printable")
        self.server = self.server or self._greeted()
        try:
            self.server.send_message(message)
        except smtplib.SMTPServerDisconnected as error:
            self.close()
            raise UndeliveredError(_words(error)) from error
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            if not isinstance(error, smtplib.SMTPException):
                self.close()
            raise UndeliveredError(_words(error)) from error

    def _greeted(self) -> smtplib.SMTP:
        settings = self.settings
        context = ssl.create_default_context()
        server: smtplib.SMTP | None = None
        try:
            if settings.smtp_security == "tls":
                server = smtplib.SMTP_SSL(
                    settings.smtp_host, settings.smtp_port, timeout=_PATIENCE, context=context
                )
            else:
                server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_PATIENCE)
            if settings.smtp_security == "starttls":
                server.starttls(context=context)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
        except (smtplib.SMTPException, OSError) as error:
            if server is not None:
                server.close()
            raise NobodyThereError(_words(error)) from error
        return server

    def close(self) -> None:
        if self.server is None:
            return
        try:
            self.server.quit()
        except (smtplib.SMTPException, OSError):
            self.server.close()
        self.server = None


def _into_folder(envelope: Envelope, settings: Settings) -> None:
    message = _composed_or_refused(envelope, settings, encoding="8bit")
    folder = Path(settings.letters_folder)
    name = f"{envelope.written_at:%Y%m%d-%H%M%S}-{envelope.number:06}.eml"
    unfinished = folder / f".{name}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.write_bytes(message.as_bytes())
        # A letter that can be seen is whole.
        unfinished.replace(folder / name)
    except OSError as error:
        raise NobodyThereError(_words(error)) from error


def _onto_console(envelope: Envelope, settings: Settings) -> None:
    message = _composed_or_refused(envelope, settings, encoding="8bit")
    sys.stdout.write(
        f"── Lettre {envelope.number} ──\nÀ : {message['To']}\nObjet : {message['Subject']}\n\n{envelope.text}\n"
    )
    sys.stdout.flush()


def _composed_or_refused(envelope: Envelope, settings: Settings, *, encoding: str) -> EmailMessage:
    try:
        return composed(envelope, settings, encoding=encoding)
    except (ValueError, MessageError, IndexError) as error:
        raise UndeliveredError(_words(error)) from error


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, refusal = next(iter(error.recipients.values()))
        words = f"{code} {refusal.decode('utf-8', 'replace')}"
    elif isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        words = f"{error.smtp_code} {answer.decode('utf-8', 'replace') if isinstance(answer, bytes) else answer}"
    else:
        words = f"{type(error).__name__}: {error}"
    return words[:_FAILURE_LENGTH]
