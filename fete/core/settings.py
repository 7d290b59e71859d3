"""Every option of the site: its type, its default, its meaning; read once, when the site starts."""

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from flask import current_app

from fete.core.errors import SettingsError

FILE_NAME = "fete.toml"
MINIMUM_KEY_LENGTH = 32
# A host as a security policy names it: « *.exemple.fr », « https://musee.exemple.fr:8443 ».
_HOST = re.compile(r"\*|(?:https?://)?(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?", re.IGNORECASE)
SAMPLE_KEYS = frozenset({"", "change-me", "changez-moi", "secret", "dev", "development"})


class Mode(StrEnum):
    """How strict the site is about its own safety."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TEST = "test"


class Delivery(StrEnum):
    """Where letters go."""

    SMTP = "smtp"
    FOLDER = "folder"
    CONSOLE = "console"


class Security(StrEnum):
    """How the conversation with the SMTP server is kept from other ears."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Conformity(StrEnum):
    """What an audit says of the site's accessibility, in the words of the law."""

    NONE = "non conforme"
    PARTIAL = "partiellement conforme"
    FULL = "totalement conforme"


def option(default: Any, meaning: str) -> Any:  # noqa: ANN401  # as dataclasses.field
    """Declare an option with its default and what it means, for the operator's guide."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The options of one site; the environment (`FETE_` and the name in capitals) wins over the file."""

    mode: Mode = option(Mode.PRODUCTION, "`production`, ou `development` sur sa propre machine")
    secret_key: str = option(
        "",
        "clé qui signe les sessions et les liens ; 32 caractères au moins, obligatoire en production",
    )
    database: str = option(
        "", "adresse de la base ; par défaut `fete.sqlite` dans le dossier `instance`"
    )
    public_address: str = option(
        "http://127.0.0.1:8000",
        "adresse publique du site, celle qu’écrivent les lettres et les agendas",
    )
    trusted_hosts: tuple[str, ...] = option(
        (), "autres noms de machine acceptés, en plus de celui de l’adresse publique"
    )
    embed_hosts: tuple[str, ...] = option(
        ("*",),
        "sites qui peuvent encadrer le programme : `*` pour tous, ou leurs noms de machine",
    )
    proxies: int = option(0, "nombre de serveurs mandataires devant le site")
    redis: str = option(
        "",
        "adresse de Redis pour partager les freins entre plusieurs machines ; par défaut la mémoire",
    )
    site_name: str = option("Fête de la science en Occitanie", "nom du site")
    network_name: str = option("Réseau Science(s) en Occitanie", "nom du réseau qui tient le site")
    region: str = option("76", "code INSEE de la région du réseau")
    contact_email: str = option("", "adresse de contact publique ; vide : elle n’est pas montrée")
    publisher: str = option(
        "", "éditeur du site et responsable du traitement des données, pour les mentions légales"
    )
    publication_director: str = option(
        "", "directeur ou directrice de la publication, pour les mentions légales"
    )
    host_name: str = option("", "hébergeur du site, pour les mentions légales")
    data_protection_contact: str = option("", "délégué ou déléguée à la protection des données")
    accessibility_state: Conformity = option(
        Conformity.NONE,
        "`non conforme`, `partiellement conforme` ou `totalement conforme`, d’après un audit",
    )
    accessibility_declared_on: str = option(
        "", "date de la déclaration d’accessibilité, telle qu’elle est montrée : « 16 mars 2026 »"
    )
    legal_basis: str = option(
        "",
        "base légale du traitement des données des comptes et des déclarations ; par défaut l’intérêt légitime du réseau à organiser la Fête de la science et à en rendre compte",
    )
    delivery: Delivery = option(
        Delivery.FOLDER, "où partent les lettres : `smtp`, `folder` (un dossier) ou `console`"
    )
    letters_folder: str = option(
        "", "dossier des lettres ; par défaut `letters` dans le dossier `instance`"
    )
    letters_from: str = option("ne-pas-repondre@example.org", "adresse d’expédition des lettres")
    smtp_host: str = option("127.0.0.1", "serveur SMTP")
    smtp_port: int = option(25, "port SMTP")
    smtp_user: str = option("", "compte SMTP")
    smtp_password: str = option("", "mot de passe SMTP")
    smtp_security: Security = option(Security.NONE, "`none`, `starttls` ou `tls`")
    uploads_folder: str = option(
        "", "dossier des images envoyées ; par défaut `uploads` dans le dossier `instance`"
    )
    s3_bucket: str = option(
        "", "seau S3 où garder les images, à la place du dossier ; demande l’extra `s3`"
    )
    s3_endpoint: str = option("", "adresse du service S3, quand ce n’est pas celui d’Amazon")
    s3_region: str = option("", "région du service S3")
    s3_access_key: str = option("", "identifiant de la clé S3")
    s3_secret_key: str = option("", "clé secrète S3")
    map_tiles: str = option(
        "",
        "adresse des tuiles du fond de carte, avec `{z}`, `{x}` et `{y}` ; vide : les cartes n’ont que le contour des départements",
    )
    map_attribution: str = option(
        "", "mention due pour le fond de carte, en Markdown, montrée sous les cartes"
    )
    map_hosts: tuple[str, ...] = option(
        (), "machines d’où viennent ces tuiles ; seules les pages avec une carte s’y adressent"
    )
    session_hours: int = option(12, "durée maximale d’une session, en heures")
    idle_hours: int = option(
        4, "durée sans aucune action au bout de laquelle une session prend fin, en heures"
    )
    registration_hours: int = option(72, "validité du lien qui confirme une adresse, en heures")
    reset_hours: int = option(2, "validité du lien qui change un mot de passe, en heures")

    @property
    def external_hosts(self) -> list[str]:
        """The host names that this site answers to."""
        host = self.public_address.split("://", 1)[-1].split("/", 1)[0]
        return [host.rsplit(":", 1)[0] if not host.endswith("]") else host, *self.trusted_hosts]

    @property
    def is_secure(self) -> bool:
        """Whether the public reaches the site by https."""
        return self.public_address.startswith("https://")


def read_settings(
    instance: Path, environment: Mapping[str, str] | None = None, **given: Any
) -> Settings:
    """Return the settings of a site from `fete.toml`, the environment, then `given`; the last wins.

    Raise `SettingsError` for an unknown option, a value of the wrong kind, or an unsafe production.
    """
    environment = os.environ if environment is None else environment
    file = instance / FILE_NAME
    written = _written_in(file)
    names = {item.name for item in fields(Settings)}
    if unknown := sorted(set(written) - names):
        raise SettingsError(f"{file} : option inconnue « {unknown[0]} »")
    values = dict(written)
    values |= {
        name: environment[f"FETE_{name.upper()}"]
        for name in names
        if f"FETE_{name.upper()}" in environment
    }
    values |= given
    settings = Settings(**{name: converted(name, value) for name, value in values.items()})
    return checked(settings, instance)


def _written_in(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} ne peut pas être lu : {error}") from error


def instance_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder of a site's settings and data: the one that FETE_INSTANCE names, else `instance`.

    That is the one beside the package in a checkout; elsewhere, the one of the working directory.
    """
    environment = os.environ if environment is None else environment
    if named := environment.get("FETE_INSTANCE"):
        return Path(named).resolve()
    checkout = Path(__file__).resolve().parents[2]
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / "instance"


def converted(name: str, value: Any) -> Any:  # noqa: ANN401  # any option in, the same out in its type
    """Return the value in the type of its option."""
    default: Any = next(item.default for item in fields(Settings) if item.name == name)
    try:
        if isinstance(default, tuple):
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(part.strip() for part in parts if part.strip())
        return type(default)(value)
    except (TypeError, ValueError) as error:
        raise SettingsError(
            f"L’option « {name} » n’a pas une valeur possible : {value!r}"
        ) from error


def checked(settings: Settings, instance: Path) -> Settings:
    """Return the settings completed with what follows from the instance folder, or refuse them."""
    completed = {
        "database": settings.database or f"sqlite:///{instance / 'fete.sqlite'}",
        "uploads_folder": settings.uploads_folder or str(instance / "uploads"),
        "letters_folder": settings.letters_folder or str(instance / "letters"),
        "public_address": settings.public_address.rstrip("/"),
        "secret_key": settings.secret_key,
    }
    if settings.mode is Mode.PRODUCTION:
        if settings.secret_key.lower() in SAMPLE_KEYS:
            raise SettingsError(
                "Il manque la clé secrète : écrivez secret_key dans instance/fete.toml ou FETE_SECRET_KEY "
                "dans l’environnement (`fete settings init` en écrit une)."
            )
        if len(settings.secret_key) < MINIMUM_KEY_LENGTH:
            raise SettingsError(
                f"La clé secrète est trop courte : {MINIMUM_KEY_LENGTH} caractères au moins."
            )
    elif not settings.secret_key:
        # Outside production a missing key is drawn anew at each start: sessions do not outlive it.
        completed["secret_key"] = secrets.token_hex(32)
    for host in settings.embed_hosts:
        if not _HOST.fullmatch(host):
            raise SettingsError(f"L’option « embed_hosts » n’a pas une valeur possible : {host!r}")
    for host in settings.map_hosts:
        if host == "*" or not _HOST.fullmatch(host):
            raise SettingsError(f"L’option « map_hosts » n’a pas une valeur possible : {host!r}")
    if settings.map_tiles and not settings.map_hosts:
        raise SettingsError(
            "Dites dans map_hosts de quelles machines viennent les tuiles de map_tiles."
        )
    values = {item.name: getattr(settings, item.name) for item in fields(Settings)}
    return Settings(**(values | completed))


def settings() -> Settings:
    """Return the settings of the running site."""
    return cast("Settings", current_app.extensions["fete.settings"])
