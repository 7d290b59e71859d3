"""Signed links."""

from datetime import timedelta

from fete.core.tokens import read, sign

HOUR = timedelta(hours=1)


def test_a_token_gives_its_payload_back_for_its_purpose_only(app):
    token = sign("check", [12, "a"])
    assert read("check", token, within=HOUR) == [12, "a"]
    assert read("reset", token, within=HOUR) is None


def test_a_token_dies_with_time(app, clock):
    token = sign("check", [12])
    clock.shift(timedelta(minutes=59))
    assert read("check", token, within=HOUR) == [12]
    clock.shift(timedelta(minutes=2))
    assert read("check", token, within=HOUR) is None


def test_a_forged_token_is_nothing(app):
    token = sign("check", [12])
    assert read("check", token[:-2] + "xx", within=HOUR) is None
    assert read("check", "", within=HOUR) is None
