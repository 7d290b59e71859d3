"""Letters reach a real SMTP server, a folder or the console."""

import socket
import stat
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from fete.core.settings import Settings, converted
from fete.mailing.delivery import Envelope, NobodyThereError, UndeliveredError, opened

ENVELOPE = Envelope(
    number=7,
    written_at=datetime(2026, 3, 16, 9, 0, tzinfo=UTC),
    address="ada@example.org",
    name="Ada Œuvrard, dite « l’Étoile »",
    subject="Activité publiée : L’été de la « Lune » à Nîmes — entrée libre, de 10 h à 18 h, avec les chercheurs",
    text="Bonjour Ada,\n\nL’été, à Nîmes : " + "très " * 300 + "long.\n.\nFin.\n",
    html="<p>L’été, à Nîmes.</p>\n",
)


class Sink:
    """A server that takes what it is told to take."""

    def __init__(self, refuse: tuple[str, ...] = (), answer: str = "250 OK") -> None:
        self.refuse, self.answer = refuse, answer
        self.got: list[tuple[str, list[str], EmailMessage]] = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refuse:
            return "550 5.1.1 Unknown box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.got.append((envelope.mail_from, envelope.rcpt_tos, message))
        return self.answer


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def serve():
    """Start a server: `serve(sink)` returns its port."""
    running = []

    def start(sink: Sink, **options: Any) -> int:
        port = free_port()
        controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return port

    yield start
    for controller in running:
        controller.stop()


def site(**values: object) -> Settings:
    known: dict[str, object] = {
        "delivery": "smtp",
        "public_address": "https://fete.example.org",
        "letters_from": "ne-pas-repondre@fete.example.org",
        "contact_email": "contact@fete.example.org",
    }
    return Settings(**{name: converted(name, value) for name, value in (known | values).items()})


def envelope(**values: object) -> Envelope:
    return Envelope(**({name: getattr(ENVELOPE, name) for name in ENVELOPE.__slots__} | values))


def test_a_letter_with_accents_arrives_whole(serve):
    sink = Sink()
    with opened(site(smtp_port=serve(sink))) as deliver:
        deliver(ENVELOPE)

    ((sender, recipients, message),) = sink.got
    assert (sender, recipients) == ("ne-pas-repondre@fete.example.org", ["ada@example.org"])
    assert {
        name: str(value) for name, value in message.items() if name not in {"X-Peer", "X-MailFrom"}
    } == {
        "Message-ID": "<20260316090000.7@fete.example.org>",
        "Date": "Mon, 16 Mar 2026 09:00:00 +0000",
        "From": "Fête de la science en Occitanie <ne-pas-repondre@fete.example.org>",
        "To": '"Ada Œuvrard, dite « l’Étoile »" <ada@example.org>',
        "Reply-To": "contact@fete.example.org",
        "Subject": ENVELOPE.subject,
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content().splitlines() == ENVELOPE.text.splitlines()
    assert (html.get_content_type(), html.get_content().strip()) == (
        "text/html",
        ENVELOPE.html.strip(),
    )


def test_one_conversation_carries_several_letters(serve):
    sink = Sink(refuse=("gone@example.org",))
    with opened(site(smtp_port=serve(sink))) as deliver:
        deliver(envelope(number=1))
        with pytest.raises(UndeliveredError, match=r"550 5\.1\.1"):
            deliver(envelope(number=2, address="gone@example.org"))
        deliver(envelope(number=3))
    assert [message["Message-ID"].split(".")[1][0] for _, _, message in sink.got] == ["1", "3"]


def test_a_letter_refused_after_its_text_says_why(serve):
    sink = Sink(answer="552 Too big")
    with opened(site(smtp_port=serve(sink))) as deliver, pytest.raises(UndeliveredError) as raised:
        deliver(ENVELOPE)
    assert str(raised.value) == "552 Too big"


def test_a_letter_without_page_is_plain(serve):
    sink = Sink()
    with opened(site(smtp_port=serve(sink), contact_email="")) as deliver:
        deliver(envelope(html="", name=""))
    ((_, _, message),) = sink.got
    assert message.get_content_type() == "text/plain"
    assert "Reply-To" not in message
    assert message["To"] == "ada@example.org"


def test_a_domain_with_accents_is_written_as_the_network_does(serve):
    sink = Sink()
    with opened(site(smtp_port=serve(sink))) as deliver:
        deliver(envelope(address="ada@musée.fr"))
    assert sink.got[0][1] == ["ada@xn--muse-dpa.fr"]


@pytest.mark.parametrize(
    "values",
    [
        {"address": "ada@example.org\r\nBcc: eve@example.org"},
        {"address": "ada@example.org, eve@example.org"},
        {"address": "ada@example.org\nRCPT TO:<eve@example.org>"},
        {"address": "ada"},
        {"address": ""},
        {"address": "ada@" + "a" * 70 + ".org"},
        {"name": "Ada\r\nBcc: eve@example.org"},
        {"subject": "Bonjour\r\nBcc: eve@example.org"},
        {"subject": "Bonjour\n\nUn autre corps"},
    ],
)
def test_nothing_typed_reaches_the_headers_or_another_reader(serve, values):
    sink = Sink()
    with opened(site(smtp_port=serve(sink))) as deliver, pytest.raises(UndeliveredError):
        deliver(envelope(**values))
    assert sink.got == []


@pytest.mark.parametrize("address", ["ada", "", "ada@", "@example.org", "ada lovelace@example.org"])
def test_an_address_that_can_be_none_is_told_apart_from_a_refused_letter(serve, address):
    sink = Sink()
    with (
        opened(site(smtp_port=serve(sink))) as deliver,
        pytest.raises(UndeliveredError, match=r"^address: "),
    ):
        deliver(envelope(address=address))
    assert sink.got == []


def test_a_dead_server_is_told_apart_from_a_refused_letter():
    with opened(site(smtp_port=free_port())) as deliver, pytest.raises(NobodyThereError) as raised:
        deliver(ENVELOPE)
    assert "refused" in str(raised.value)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_server_that_wants_a_password_gets_it(serve):
    def check(server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (b"fete", b"sesame")
        return AuthResult(success=right, handled=right)

    options = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    sink = Sink()
    port = serve(sink, **options)
    with opened(site(smtp_port=port, smtp_user="fete", smtp_password="sesame")) as deliver:
        deliver(ENVELOPE)
    assert len(sink.got) == 1

    wrong = site(smtp_port=port, smtp_user="fete", smtp_password="faux-secret")
    with opened(wrong) as deliver, pytest.raises(NobodyThereError) as raised:
        deliver(ENVELOPE)
    assert "faux-secret" not in str(raised.value)


def test_a_server_without_encryption_is_refused_when_it_was_asked_for(serve):
    sink = Sink()
    settings = site(smtp_port=serve(sink), smtp_security="starttls", smtp_user="fete")
    with opened(settings) as deliver, pytest.raises(NobodyThereError, match="STARTTLS"):
        deliver(ENVELOPE)
    assert sink.got == []


def test_a_server_that_hangs_up_is_called_again(serve):
    class Rude(Sink):
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            answer = await super().handle_DATA(server, session, envelope)
            server.transport.close()
            return answer

    rude = Rude()
    with opened(site(smtp_port=serve(rude))) as deliver:
        for number in (1, 2):
            with pytest.raises(UndeliveredError):
                deliver(envelope(number=number))
    assert len(rude.got) == 2


def test_a_folder_gets_whole_readable_files(tmp_path):
    folder = tmp_path / "a" / "letters"
    with opened(site(delivery="folder", letters_folder=str(folder))) as deliver:
        deliver(ENVELOPE)
        deliver(envelope(number=8))
    assert sorted(path.name for path in folder.iterdir()) == [
        "20260316-090000-000007.eml",
        "20260316-090000-000008.eml",
    ]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    written = (folder / "20260316-090000-000007.eml").read_bytes()
    assert "L’été, à Nîmes" in written.decode()
    text, _html = message_from_bytes(written, policy=policy.default).iter_parts()
    assert isinstance(text, EmailMessage)
    assert text.get_content().splitlines() == ENVELOPE.text.splitlines()


def test_a_folder_that_cannot_be_written_takes_no_letter(tmp_path):
    (tmp_path / "file").write_text("")
    settings = site(delivery="folder", letters_folder=str(tmp_path / "file"))
    with opened(settings) as deliver, pytest.raises(NobodyThereError):
        deliver(ENVELOPE)


def test_the_console_shows_the_letter(capsys):
    with opened(site(delivery="console")) as deliver:
        deliver(envelope(text="Bonjour Ada.\n"))
    assert capsys.readouterr().out == (
        '── Lettre 7 ──\nÀ : "Ada Œuvrard, dite « l’Étoile »" <ada@example.org>\n'
        f"Objet : {ENVELOPE.subject}\n\nBonjour Ada.\n\n"
    )
