"""Serve a site as if it were another day: `python -m tests.journeys.serve FOLDER PORT MOMENT`."""

import sys
from pathlib import Path

import time_machine
import waitress

from fete.app import create_app


def main(folder: str, port: str, moment: str) -> None:
    """Serve until stopped; the clock starts at the moment and runs."""
    time_machine.travel(moment, tick=True).start()
    waitress.serve(
        create_app(Path(folder)), host="127.0.0.1", port=int(port), threads=4, _quiet=True
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
