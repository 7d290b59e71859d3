"""A worker keeps what it made last, and no more than there is room for."""

from fete.core.kept import Kept


def test_what_was_asked_for_last_is_kept_and_no_more():
    kept, made = Kept(10), []

    def ask(name: str) -> bytes:
        def make() -> bytes:
            made.append(name)
            return name.encode() * 4

        return kept.give(name, make)

    for name in ("a", "b", "a", "c", "a", "b"):
        ask(name)
    assert made == ["a", "b", "c", "b"]
    assert (kept.find("a"), kept.find("c")) == (b"aaaa", None)


def test_what_there_is_no_room_for_is_given_and_not_kept():
    kept = Kept(10)
    assert kept.give("long", lambda: b"x" * 11) == b"x" * 11
    assert kept.find("long") is None


def test_what_there_is_no_room_for_takes_the_room_of_nothing():
    kept = Kept(10)
    kept.give("short", lambda: b"x")
    kept.give("long", lambda: b"x" * 11)
    assert kept.find("short") == b"x"
