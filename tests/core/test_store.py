"""Files in a folder and in a bucket: the same promises, and none without the row that names it."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from moto.server import ThreadedMotoServer

from fete.app import create_app
from fete.core import store as stores
from fete.core.db import db as database, transaction
from fete.core.errors import StoreError
from fete.core.settings import Mode, Settings
from fete.core.store import Folder, delete_with_row, write_with_row
from fete.core.store_s3 import Bucket

S3: dict[str, Any] = {
    "s3_bucket": "images",
    "s3_region": "gra",
    "s3_access_key": "somebody",
    "s3_secret_key": "sesame",
}


@pytest.fixture(scope="module")
def service():
    """Give the address of a real S3 service of this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path):
    """Give an empty store of each kind."""
    if request.param == "folder":
        return Folder(tmp_path / "uploads")
    address = request.getfixturevalue("service")
    bucket = Bucket(
        Settings(mode=Mode.TEST, s3_endpoint=address, **S3 | {"s3_bucket": uuid4().hex})
    )
    bucket.client.create_bucket(
        Bucket=bucket.bucket, CreateBucketConfiguration={"LocationConstraint": "gra"}
    )
    return bucket


def names(store):
    return [name for name, _at in store.names()]


def test_a_file_is_written_read_listed_and_deleted(store):
    assert names(store) == []
    store.write("b-640.webp", b"\0one", "image/webp")
    store.write("a-640.webp", b"two", "image/webp")
    store.write("b-640.webp", b"\0three", "image/webp")
    assert store.read("b-640.webp") == b"\0three"
    listed = dict(store.names())
    assert sorted(listed) == ["a-640.webp", "b-640.webp"]
    assert {at.utcoffset() for at in listed.values()} == {timedelta()}
    for _time in range(2):
        store.delete("b-640.webp")
    assert names(store) == ["a-640.webp"]
    assert store.read("b-640.webp") is None


def test_many_files_are_all_listed(store):
    for number in range(5):
        store.write(f"{number}-640.webp", b"x", "image/webp")
    assert names(store) == [f"{number}-640.webp" for number in range(5)]


@pytest.mark.parametrize("name", ["../fete.toml", "/etc/passwd", "a/b", "..", "", "A.webp"])
def test_a_name_never_leads_out_of_the_folder(tmp_path, name):
    (tmp_path / "fete.toml").write_text("secret")
    folder = Folder(tmp_path / "uploads")
    with pytest.raises(ValueError, match=re.escape(name) or "^$"):
        folder.read(name)
    with pytest.raises(ValueError, match=re.escape(name) or "^$"):
        folder.write(name, b"", "image/webp")


def test_a_folder_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "uploads").write_text("a file where the folder should be")
    with pytest.raises(StoreError):
        Folder(tmp_path / "uploads").write("a.webp", b"x", "image/webp")


def test_a_bucket_that_is_not_there_is_told(service):
    bucket = Bucket(Settings(mode=Mode.TEST, s3_endpoint=service, **S3 | {"s3_bucket": "nulle"}))
    for act in (
        lambda: bucket.write("a.webp", b"x", "image/webp"),
        lambda: bucket.delete("a.webp"),
        lambda: list(bucket.names()),
        lambda: bucket.read("a.webp"),
    ):
        with pytest.raises(StoreError):
            act()


def test_a_service_that_does_not_answer_is_told():
    bucket = Bucket(Settings(mode=Mode.TEST, s3_endpoint="http://127.0.0.1:9", **S3))
    with pytest.raises(StoreError):
        bucket.read("a.webp")


def test_the_settings_choose_the_store(tmp_path, service):
    site = create_app(tmp_path, mode="test")
    assert site.extensions["fete.store"].folder == tmp_path / "uploads"
    site = create_app(tmp_path, mode="test", uploads_folder=str(tmp_path / "elsewhere"))
    assert site.extensions["fete.store"].folder == tmp_path / "elsewhere"
    site = create_app(tmp_path, mode="test", s3_endpoint=service, **S3)
    assert isinstance(site.extensions["fete.store"], Bucket)


# Together with a row


@pytest.fixture
def here(app, db, tmp_path, monkeypatch):
    folder = Folder(tmp_path / "uploads")
    monkeypatch.setitem(app.extensions, "fete.store", folder)
    return folder


class BrokenOffError(Exception):
    pass


def test_what_is_written_with_a_row_stays_when_the_row_does(here):
    with transaction():
        write_with_row("a.webp", b"x", "image/webp")
    with transaction():
        pass
    database.session.rollback()
    assert names(here) == ["a.webp"]


def test_what_is_written_with_a_row_goes_when_the_row_does(here):
    def write_and_break_off():
        with transaction():
            write_with_row("a.webp", b"x", "image/webp")
            assert names(here) == ["a.webp"]
            raise BrokenOffError

    with pytest.raises(BrokenOffError):
        write_and_break_off()
    assert names(here) == []


def test_what_goes_with_a_row_goes_once_it_is_kept_and_not_before(here):
    here.write("a.webp", b"x", "image/webp")

    def delete_and_break_off():
        with transaction():
            delete_with_row("a.webp")
            raise BrokenOffError

    with pytest.raises(BrokenOffError):
        delete_and_break_off()
    with transaction(dry_run=True):
        delete_with_row("a.webp")
    with transaction():
        assert names(here) == ["a.webp"]
    with transaction():
        delete_with_row("a.webp")
        assert names(here) == ["a.webp"]
    assert names(here) == []


def test_a_store_that_fails_afterwards_undoes_nothing(app, here, monkeypatch, caplog):
    monkeypatch.setattr(here, "folder", here.folder / "x")
    here.folder.parent.mkdir()
    here.folder.write_text("a file where the folder should be")
    with transaction():
        delete_with_row("a.webp")
    assert "a file stays for now" in caplog.text
    assert stores.store() is here
