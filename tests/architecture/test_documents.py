"""What the documents say is so: their commands, their links, their packages."""

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup

import fete
from fete.__main__ import Commands
from fete.core.settings import Settings
from fete.demo.people import ACCOUNTS, PASSWORD
from fete.operation import cli

PACKAGE = Path(fete.__file__).parent
ROOT = PACKAGE.parent
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
)
# Only in code, inline or fenced: elsewhere « make » and « fete » are words.
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
# At the beginning of a line or of a quotation, or at the end of a path.
COMMAND = re.compile(r"(?:^|`|bin/)fete((?: +[^\s`#;|]+)+)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)|\ssrc=\"([^\"]+)\"")
IMAGE_LIMIT = 150_000


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def code_of(name: str) -> str:
    return "\n".join(CODE.findall(read(name)))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z0-9-]*):", read("Makefile"), re.MULTILINE))


def commands(app: Flask) -> click.Group:
    """Return the `fete` command with all that it can do."""
    group = Commands(create_app=lambda: app, name="fete", add_version_option=False)
    for command in (cli.settings, cli.start, *app.cli.commands.values()):
        group.add_command(command)
    assert isinstance(group, FlaskGroup)
    group._load_plugin_commands()
    return group


def named_targets(name: str) -> set[str]:
    """Return what a document asks make for: `make lint types T=…` asks for two."""
    found: set[str] = set()
    for words in re.findall(r"\bmake((?: +[a-z][a-z0-9-]*)+)(?![\w=])", code_of(name)):
        found |= set(words.split())
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_command_exists(name):
    assert named_targets(name) - targets() == set()


def test_the_two_commands_are_the_first_that_a_reader_meets():
    found = re.findall(r"make ([a-z-]+)", code_of("README.md"))
    assert found[:2] == ["run", "test"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_of_the_site_exists_with_its_options(app, name):
    for line in COMMAND.findall(code_of(name)):
        command: click.Command = commands(app)
        words = line.split()
        while words and isinstance(command, click.Group) and not words[0].startswith("-"):
            group, word = command, words.pop(0).rstrip(",")
            found = group.commands.get(word)
            assert found is not None, f"{name}: fete{line}"
            command = found
        options = {
            option
            for parameter in command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
        } | {"--help", "--version"}
        asked = {word.split("=")[0] for word in words if word.startswith("--")}
        assert asked <= options, f"{name}: fete{line}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_to_a_file_or_a_heading(name):
    text = re.sub(r"```.*?```", "", read(name), flags=re.DOTALL)
    for target in ("".join(groups) for groups in LINK.findall(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert heading in {_anchor(each) for each in headings}, target


def _anchor(heading: str) -> str:
    """Return how a heading is linked to."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_package_has_its_line_in_the_architecture():
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    lines = re.findall(r"^\| `(\w+)`", read("docs/architecture.md"), re.MULTILINE)
    assert packages - set(lines) == set()
    assert {each for each in lines if not (PACKAGE / each).exists()} == set()


def test_every_file_named_in_the_architecture_exists():
    named = re.findall(
        r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|html|txt|toml))", read("docs/architecture.md")
    )
    missing = [
        each for each in named if not any((base / each).exists() for base in (ROOT, PACKAGE))
    ]
    assert named
    assert missing == []


def test_the_guide_names_every_command(app):
    guide = code_of("docs/exploitation.md")
    ours = [cli.settings, cli.start, *app.cli.commands.values()]
    names = []
    for command in ours:
        inner = getattr(command, "commands", {})
        names += [f"fete {command.name} {each}" for each in inner] or [f"fete {command.name}"]
    # Parts of `fete reference load`, and what the libraries bring.
    apart = {"fete geography load", "fete vocabulary load", "fete figures load"}
    missing = {each for each in names if each not in guide}
    assert {each for each in missing if not each.startswith(("fete db", "fete limiter"))} <= apart


def test_every_decision_is_numbered_and_says_why():
    files = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [file.name[:4] for file in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    for file in files:
        text = file.read_text("utf-8")
        assert re.match(rf"# {file.name[:4]}\. \w", text), file.name
        assert "\nStatus: " in text, file.name
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], file.name


def test_pictures_are_light_and_all_shown():
    shown = set(re.findall(r"docs/images/[\w-]+\.png", read("README.md")))
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "images").iterdir()}
    assert files == shown
    for name in sorted(files):
        assert (ROOT / name).read_bytes().startswith(b"\x89PNG"), name
        assert (ROOT / name).stat().st_size <= IMAGE_LIMIT, name


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_the_guide_tells_each_option_with_its_name_its_default_and_its_meaning(item):
    default = ", ".join(item.default) if isinstance(item.default, tuple) else item.default
    shown = f"`{default}`" if isinstance(default, int) or default else "—"
    row = f"| `{item.name}` | `FETE_{item.name.upper()}` | {shown} | {item.metadata['meaning']} |"
    assert row in read("docs/exploitation.md").splitlines()


def test_the_accounts_of_the_demonstration_are_those_that_it_opens():
    text = read("README.md")
    assert f"`{PASSWORD}`" in text
    assert re.findall(r"^\| `([^`]+@[^`]+)` \| (.+) \|$", text, re.MULTILINE) == [
        (account.email, account.purpose) for account in ACCOUNTS
    ]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_speaks_of_no_machine_in_particular(name):
    assert not re.search(r"/(?:home|root|work|tmp|Users)/|\bC:\\", read(name))
