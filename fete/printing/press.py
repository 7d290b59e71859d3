"""The press: what is printed comes in as JSON and goes out as PDF, in a process of its own.

Whatever a text does to the press, the site goes on; and the memory of a long programme is given back at once.
"""

import sys
from pathlib import Path

import typst

_FOLDER = Path(__file__).parent
# The pictures of the site may be printed, and no other file of the machine.
_ROOT = _FOLDER.parent
# A point is a dot: a picture is as large as its page.
_DOTS = 72


def pdf_of(content: str, *, layout: str = "programme") -> bytes:
    """Return a tagged PDF, with the fonts of the package whatever the machine has."""
    return typst.compile(
        _FOLDER / f"{layout}.typ",
        root=_ROOT,
        sys_inputs={"programme": content},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )


def picture_of(content: str, *, layout: str) -> bytes:
    """Return a picture of one page."""
    return typst.compile(
        _FOLDER / f"{layout}.typ",
        root=_ROOT,
        sys_inputs={"programme": content},
        ignore_system_fonts=True,
        format="png",
        ppi=_DOTS,
    )


if __name__ == "__main__":
    layout, form = sys.argv[1:]
    make = {"pdf": pdf_of, "png": picture_of}[form]
    sys.stdout.buffer.write(make(sys.stdin.buffer.read().decode(), layout=layout))
