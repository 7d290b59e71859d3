"""The picture of an activity: who gives it, what is asked, who sees it, when its files go."""

import os
import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select

from fete.core.clock import now
from fete.core.errors import StoreError
from fete.core.security import BODY_LIMIT
from fete.core.store import Folder
from fete.operation.services import ORPHANS_KEPT, purge
from fete.programme.models import EditionState, Picture
from fete.programme.queries.activities import find_activity
from fete.programme.services import pictures as services
from fete.programme.workflow import Status
from tests.factories.accounts import make_coordinator, make_user
from tests.factories.journal import history_of
from tests.factories.network import make_organisation
from tests.factories.programme import make_activity, make_edition

SAID = {
    "alternative": "Une lunette tournée vers le Soleil.",
    "credit": "Ada Martin, Muséum d’Auch",
    "has_rights": "y",
}


def photograph(width: int = 2000, height: int = 1000, kind: str = "JPEG") -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(written, kind)
    return written.getvalue()


PHOTOGRAPH = photograph()


@pytest.fixture(autouse=True)
def store(app, tmp_path, monkeypatch):
    """Keep the files of the test apart."""
    folder = Folder(tmp_path / "uploads")
    monkeypatch.setitem(app.extensions, "fete.store", folder)
    return folder


@pytest.fixture
def person(db):
    return make_user(name="Ada Membre")


@pytest.fixture
def activity(person):
    return make_activity(status=Status.DRAFT, organisation=make_organisation(person))


@pytest.fixture
def member(sign_in, person, activity):
    return sign_in(person)


def there(activity):
    return f"/mes-activites/{activity.id}/image"


def send(browser, activity, content=PHOTOGRAPH, name="photo.jpg", **said):
    sent = {"csrf_token": browser.token(), **SAID, **said}
    kept = {name: value for name, value in sent.items() if value is not None}
    return browser.post(
        there(activity),
        data=body(kept, content, name),
        content_type="multipart/form-data; boundary=seam",
    )


def body(fields, content, name) -> bytes:
    """Return a form with its file as a browser sends it."""
    parts = [
        f'Content-Disposition: form-data; name="{field}"\r\n\r\n{value}'.encode()
        for field, value in fields.items()
    ]
    if content is not None:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        parts.append(head.encode() + content)
    return b"".join(b"--seam\r\n" + part + b"\r\n" for part in parts) + b"--seam--\r\n"


def files_in(store):
    return sorted(name for name, _at in store.names())


def pictures(db):
    return db.session.scalars(select(Picture)).all()


def address(picture, size=1600):
    return f"/images/{picture.key}-{size}.webp"


def test_a_picture_is_kept_with_what_is_said_of_it(member, activity, person, store, db):
    assert send(member, activity).status_code == 302
    (picture,) = pictures(db)
    assert re.fullmatch(r"[0-9a-f]{32}", picture.key)
    assert {
        name: getattr(picture, name)
        for name in ("activity_id", "alternative", "credit", "width", "height", "added_by_id")
    } == {
        "activity_id": activity.id,
        "alternative": SAID["alternative"],
        "credit": SAID["credit"],
        "width": 1600,
        "height": 800,
        "added_by_id": person.id,
    }
    assert files_in(store) == [f"{picture.key}-1600.webp", f"{picture.key}-640.webp"]
    assert Image.open(BytesIO(store.read(f"{picture.key}-640.webp"))).size == (640, 320)
    told = history_of(activity)[0]
    assert (told.act, told.detail) == ("activity.picture_set", SAID["credit"])


@pytest.mark.parametrize(
    ("said", "anchor", "words"),
    [
        ({"content": None}, "file", "Choisissez le fichier"),
        ({"alternative": " "}, "alternative", "Décrivez l’image en une phrase"),
        ({"credit": ""}, "credit", "Dites de qui est l’image"),
        ({"has_rights": None}, "has_rights", "Sans ces accords"),
        ({"alternative": "x" * 256}, "alternative", "255 signes au plus"),
        ({"credit": "x" * 256}, "credit", "255 signes au plus"),
        ({"content": b""}, "file", "Ce fichier est vide"),
        ({"content": b"<svg/>", "name": "photo.jpg"}, "file", "C’est un dessin SVG"),
        ({"content": b"GIF89a", "name": "photo.png"}, "file", "GIF"),
        ({"content": PHOTOGRAPH[:-900]}, "file", "abîmé"),
        ({"content": b"\xff\xd8" + b"\0" * 10 * 1024 * 1024}, "file", "10 Mo au plus"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_its_field_and_what_was_typed_stays(
    member, activity, store, db, said, anchor, words
):
    answer = send(member, activity, **said)
    assert answer.status_code == 200
    page = answer.text.replace("\u00a0", " ")
    assert f'href="#{anchor}"' in page
    assert words in page
    assert said.get("credit", SAID["credit"]) in page
    assert (pictures(db), files_in(store)) == ([], [])


def test_the_name_and_the_kind_that_a_file_claims_are_no_matter(member, activity, db):
    assert send(member, activity, photograph(kind="PNG"), name="../../x.svg").status_code == 302
    assert len(pictures(db)) == 1


def test_a_body_beyond_all_bounds_gets_a_sentence(member, activity):
    answer = send(member, activity, b"\0" * (BODY_LIMIT + 1))
    assert answer.status_code == 413
    assert "Ce que vous avez envoyé dépasse la taille acceptée." in answer.text
    assert "10\u00a0Mo au plus" in answer.text


def test_a_picture_that_only_decorates_needs_no_words(member, activity, db):
    assert send(member, activity, alternative="", is_decorative="y").status_code == 302
    assert pictures(db)[0].alternative == ""
    page = member.get(there(activity)).text
    assert re.search(r'name="is_decorative"[^>]*checked|checked[^>]*name="is_decorative"', page)
    assert 'alt=""' in page


def test_another_picture_takes_its_place_under_another_address(member, activity, store, db):
    send(member, activity)
    before = pictures(db)[0].key
    send(member, activity, photograph(400, 300), credit="Autre")
    (picture,) = pictures(db)
    assert picture.key != before
    assert (picture.width, picture.credit) == (400, "Autre")
    assert files_in(store) == [f"{picture.key}-1600.webp", f"{picture.key}-640.webp"]
    assert member.get(f"/images/{before}-640.webp").status_code == 404


def test_words_change_without_a_new_file(member, activity, store, db):
    send(member, activity)
    kept = files_in(store)
    answer = send(member, activity, None, credit="Autre", has_rights=None)
    assert answer.status_code == 302
    assert (pictures(db)[0].credit, files_in(store)) == ("Autre", kept)
    assert history_of(activity)[0].act == "activity.picture_described"
    send(member, activity, None, credit="Autre")
    assert len([1 for entry in history_of(activity) if "picture" in entry.act]) == 2


def test_a_picture_is_taken_away_with_its_files(member, activity, store, db):
    send(member, activity)
    for _time in range(2):
        assert member.send(f"{there(activity)}/retirer").status_code == 302
    assert (pictures(db), files_in(store)) == ([], [])
    acts = [entry.act for entry in history_of(activity) if "picture" in entry.act]
    assert acts == ["activity.picture_removed", "activity.picture_set"]


def test_a_draft_that_is_deleted_takes_its_files_with_it(member, activity, store, db):
    send(member, activity)
    assert member.send(f"/mes-activites/{activity.id}/supprimer").status_code == 302
    assert (pictures(db), files_in(store)) == ([], [])


def test_a_failure_before_the_end_leaves_neither_row_nor_file(
    member, activity, store, db, monkeypatch
):
    send(member, activity)
    kept, key = files_in(store), pictures(db)[0].key

    def broken(*_arguments: object, **_values: object) -> None:
        raise StoreError("no room")

    monkeypatch.setattr(services, "record", broken)
    answer = send(member, activity, photograph(400, 300))
    assert answer.status_code == 200
    assert "L’image n’a pas pu être gardée pour l’instant." in answer.text
    assert (files_in(store), pictures(db)[0].key) == (kept, key)


# Who may


def test_who_may_give_a_picture(sign_in, client, activity, person, db):
    people = {
        "member": person,
        "stranger": make_user(),
        "coordinator": make_coordinator("32"),
        "other coordinator": make_coordinator("31"),
    }
    browsers = {name: sign_in(each) for name, each in people.items()}

    def admitted():
        return {
            name for name, each in browsers.items() if each.get(there(activity)).status_code == 200
        }

    assert client.get(there(activity)).status_code == 302
    assert admitted() == {"member"}
    for status in (Status.SUBMITTED, Status.LABELLED, Status.PUBLISHED):
        activity.status = status
        assert admitted() == {"member", "coordinator"}
    for status in (Status.REFUSED, Status.WITHDRAWN):
        activity.status = status
        assert admitted() == set()
    activity.status = Status.DRAFT
    activity.edition.state = EditionState.CLOSED
    assert admitted() == set()
    assert send(browsers["member"], activity).status_code == 404
    assert browsers["stranger"].send(f"{there(activity)}/retirer").status_code == 404
    assert pictures(db) == []


def test_the_picture_of_a_draft_is_for_those_who_may_see_it(sign_in, client, member, activity, db):
    send(member, activity)
    for size in (640, 1600):
        here = address(pictures(db)[0], size)
        answer = member.get(here)
        assert (answer.status_code, answer.content_type) == (200, "image/webp")
        assert answer.data.startswith(b"RIFF")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert client.get(here).status_code == 404
        assert sign_in(make_user()).get(here).status_code == 404
        assert sign_in(make_coordinator("32")).get(here).status_code == 404
    activity.status = Status.SUBMITTED
    here = address(pictures(db)[0])
    assert sign_in(make_coordinator("32")).get(here).status_code == 200
    assert sign_in(make_coordinator("31")).get(here).status_code == 404


def test_the_picture_of_a_published_activity_is_for_all_and_kept_for_ever(
    client, member, activity, db
):
    send(member, activity)
    activity.status, activity.published_at = Status.PUBLISHED, now()
    here = address(pictures(db)[0])
    answer = client.get(here)
    assert answer.status_code == 200
    assert {
        name: answer.headers.get(name)
        for name in (
            "Content-Type",
            "Cache-Control",
            "X-Content-Type-Options",
            "Set-Cookie",
            "Vary",
        )
    } == {
        "Content-Type": "image/webp",
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Set-Cookie": None,
        "Vary": "Accept-Encoding",
    }
    assert client.get(here).data == answer.data
    activity.status = Status.WITHDRAWN
    assert client.get(here).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"/images/{'0' * 32}-640.webp",
        "/images/x-640.webp",
        "/images/..-640.webp",
        "/images/%2e%2e%2ffete-640.webp",
        "/images/x-320.webp",
        "/images/x",
    ],
)
def test_an_address_of_no_picture_gives_nothing(client, db, path):
    assert client.get(path).status_code == 404


def test_files_that_are_gone_give_nothing_and_a_store_that_fails_says_so(
    client, member, activity, store, db, monkeypatch
):
    send(member, activity)
    activity.status = Status.PUBLISHED
    here = address(pictures(db)[0])
    for name in files_in(store):
        store.delete(name)
    assert client.get(here).status_code == 404
    monkeypatch.setattr(store, "folder", store.folder.with_name("uploads-x"))
    store.folder.write_text("a file where the folder should be")
    assert client.get(here).status_code == 503


# What the public sees


@pytest.fixture
def published(activity, member, db):
    send(member, activity, photograph(2000, 1500))
    activity.status, activity.published_at = Status.PUBLISHED, now()
    return find_activity(activity.id)


def test_the_public_page_shows_it_with_its_words_and_its_credit(client, published):
    key = published.picture.key
    page = re.sub(r"\s+", " ", client.get(f"/activites/{published.id}-{published.slug}").text)
    assert f'src="/images/{key}-640.webp"' in page
    assert f"/images/{key}-640.webp 640w, /images/{key}-1600.webp 1600w" in page
    assert 'width="1600"' in page
    assert 'height="1200"' in page
    assert f'alt="{SAID["alternative"]}"' in page
    assert SAID["credit"] in page
    whole = f"https://fete.example.org/images/{key}-1600.webp"
    assert f'property="og:image" content="{whole}"' in page
    assert f'"image": ["{whole}"]' in page
    assert f"/images/{key}" in client.get(f"/en/activites/{published.id}-{published.slug}").text


def test_the_card_shows_it_small(client, published):
    page = client.get("/programme").text
    (found,) = re.findall(r'<img class="card-picture"[^>]*>', page)
    assert f"/images/{published.picture.key}-640.webp" in found
    assert 'width="640"' in found
    assert 'height="480"' in found
    assert 'loading="lazy"' in found


def test_without_a_picture_the_page_bears_the_mark_of_the_site(client, db):
    bare = make_activity()
    page = client.get(f"/activites/{bare.id}-{bare.slug}").text
    assert "/static/img/icon-512.png" in page
    assert "/images/" not in page
    assert '"image"' not in page


def test_cards_with_pictures_ask_no_more_questions(client, db, queries):
    def asked(count: int) -> int:
        edition = make_edition()
        for _number in range(count):
            activity = make_activity(edition=edition)
            activity.picture = Picture(
                key=uuid4().hex, credit="x", width=1600, height=900, added_at=now()
            )
        with queries() as statements:
            assert client.get("/programme").text.count("card-picture") >= count
        return len(statements)

    assert asked(1) == asked(2)


def test_those_who_review_see_it(sign_in, published):
    page = sign_in(make_coordinator("32")).get(f"/coordination/relecture/{published.id}").text
    assert f"/images/{published.picture.key}-640.webp" in page


def test_a_change_after_publication_is_told_to_calendars(member, published):
    before = [slot.revision for slot in published.slots]
    send(member, published, photograph(500, 400))
    assert [slot.revision for slot in find_activity(published.id).slots] == [
        number + 1 for number in before
    ]


# Files of nothing


def test_files_that_no_picture_names_go_after_a_day(member, activity, store, db):
    send(member, activity)
    kept = files_in(store)
    for name in ("0000-640.webp", "1111-640.webp", ".cutshort"):
        store.folder.joinpath(name).write_bytes(b"x")
    old = (now() - ORPHANS_KEPT - timedelta(seconds=1)).timestamp()
    for name in ("0000-640.webp", ".cutshort", *kept):
        os.utime(store.folder / name, (old, old))
    os.utime(store.folder / "1111-640.webp", (now().timestamp(), now().timestamp()))
    assert purge(at=now()).files == 2
    db.session.commit()
    assert files_in(store) == sorted(["1111-640.webp", *kept])
