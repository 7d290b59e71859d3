"""The options of a site."""

from dataclasses import fields
from pathlib import Path

import pytest

from fete.core.errors import SettingsError
from fete.core.settings import Delivery, Mode, Settings, instance_folder, read_settings

KEY = "x" * 32


def test_the_environment_wins_over_the_file_and_both_over_the_defaults(tmp_path):
    (tmp_path / "fete.toml").write_text(
        'site_name = "Fichier"\nsmtp_port = 2525\nmode = "development"\n', "utf-8"
    )
    settings = read_settings(
        tmp_path, {"FETE_SITE_NAME": "Environnement", "FETE_TRUSTED_HOSTS": "a.example, b.example"}
    )
    assert (settings.site_name, settings.smtp_port, settings.mode) == (
        "Environnement",
        2525,
        Mode.DEVELOPMENT,
    )
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert settings.delivery is Delivery.FOLDER
    assert settings.database == f"sqlite:///{tmp_path / 'fete.sqlite'}"


@pytest.mark.parametrize("key", ["", "changez-moi", "secret", "trop courte"])
def test_production_refuses_a_missing_sample_or_short_key(tmp_path, key):
    with pytest.raises(SettingsError, match=r"[Cc]lé secrète|clé secrète"):
        read_settings(tmp_path, {"FETE_SECRET_KEY": key})


def test_production_is_what_a_site_is_unless_it_says_otherwise(tmp_path):
    assert read_settings(tmp_path, {"FETE_SECRET_KEY": KEY}).mode is Mode.PRODUCTION


def test_a_development_without_key_draws_one_at_each_start(tmp_path):
    first, second = (
        read_settings(tmp_path, {"FETE_MODE": "development"}).secret_key for _ in range(2)
    )
    assert len(first) == 64
    assert first != second


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("smpt_port = 25", "smpt_port"),
        ('smtp_port = "vingt-cinq"', "smtp_port"),
        ('delivery = "pigeon"', "delivery"),
        ('smtp_security = "startls"', "smtp_security"),
        ('accessibility_state = "parfait"', "accessibility_state"),
        ("smtp_port = ", "fete.toml"),
    ],
)
def test_an_option_that_is_not_understood_is_named(tmp_path, written, named):
    (tmp_path / "fete.toml").write_text(written, "utf-8")
    with pytest.raises(SettingsError, match=named):
        read_settings(tmp_path, {"FETE_SECRET_KEY": KEY})


def test_every_option_says_what_it_means_and_the_guide_repeats_it():
    guide = (Path(__file__).parents[2] / "docs" / "exploitation.md").read_text("utf-8")
    for item in fields(Settings):
        assert item.metadata["meaning"], item.name
        assert f"`{item.name}`" in guide
        assert item.metadata["meaning"] in guide


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "fete.toml").write_bytes(b'site_name = "\xe9"')
    with pytest.raises(SettingsError, match=r"fete\.toml"):
        read_settings(tmp_path, {"FETE_SECRET_KEY": KEY})


def test_the_folder_of_the_site_is_the_one_named_else_that_of_the_checkout(tmp_path):
    assert instance_folder({"FETE_INSTANCE": str(tmp_path)}) == tmp_path
    assert instance_folder({}) == Path(__file__).parents[2] / "instance"


@pytest.mark.parametrize("host", ["*", "tiles.example.org; script-src *", "'unsafe-inline'", "a b"])
def test_what_is_no_host_opens_no_page_to_pictures(tmp_path, host):
    with pytest.raises(SettingsError, match="map_hosts"):
        read_settings(tmp_path, {"FETE_SECRET_KEY": KEY, "FETE_MAP_HOSTS": host})


def test_tiles_are_not_asked_for_where_the_pages_could_not_show_them(tmp_path):
    tiles = {"FETE_SECRET_KEY": KEY, "FETE_MAP_TILES": "https://tiles.example.org/{z}/{x}/{y}.png"}
    with pytest.raises(SettingsError, match="map_hosts"):
        read_settings(tmp_path, tiles)
    settings = read_settings(tmp_path, tiles | {"FETE_MAP_HOSTS": "tiles.example.org"})
    assert settings.map_hosts == ("tiles.example.org",)
