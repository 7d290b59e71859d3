"""Run a command of the site as if it were another day: `python -m tests.journeys.at MOMENT COMMAND…`."""

import sys

import time_machine

from fete.__main__ import main

if __name__ == "__main__":
    moment = sys.argv.pop(1)
    with time_machine.travel(moment, tick=True):
        main()
