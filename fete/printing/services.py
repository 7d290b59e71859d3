"""Have a programme or figures printed: one at a time, for so long and no longer."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any

from fete.core.errors import FeteError
from fete.core.kept import Kept

# Named, not imported: its library weighs on no worker.
_PRESS = Path(__file__).with_name("press.py")
# Changes whenever the same activities would be printed otherwise.
PRESS = "2"
# What a worker keeps of what it printed last.
programmes = Kept(8 * 1024 * 1024)
# Less than the half minute after which gunicorn gives up a worker.
PATIENCE = 25  # seconds
# One programme on the press and one that waits: whoever comes then would hold up those who only read pages.
_places = BoundedSemaphore(2)
_turn = Lock()
_log = logging.getLogger("fete.printing")


class PressError(FeteError):
    """Nothing comes from the press now: others are printing, or it stopped."""


@contextmanager
def turn_at_the_press() -> Iterator[None]:
    """Have the press for oneself, soon; raise `PressError` when somebody waits for it already."""
    if not _places.acquire(blocking=False):
        raise PressError
    try:
        with _turn:
            yield
    finally:
        _places.release()


def pdf_of(content: dict[str, Any], *, layout: str = "programme", form: str = "pdf") -> bytes:
    """Return content laid out, as PDF or as picture; raise `PressError` if the press stops or takes too long."""
    try:
        printed = subprocess.run(  # noqa: S603  # our own files, and what is typed goes in as data
            [sys.executable, "-P", str(_PRESS), layout, form],
            input=json.dumps(content).encode(),
            capture_output=True,
            check=True,
            timeout=PATIENCE,
        )
    except subprocess.SubprocessError as error:
        _log.error("the press stopped: %s %s", error, getattr(error, "stderr", b""))
        raise PressError from error
    return printed.stdout
