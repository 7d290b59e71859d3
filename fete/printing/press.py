"""The press: what is printed comes in as JSON and goes out as PDF, in a process of its own.

Whatever a text does to the press, the site goes on; and the memory of a long programme is given back at once.
"""

import sys
from pathlib import Path

import typst

_TEMPLATE = Path(__file__).with_name("programme.typ")
# The pictures of the site may be printed, and no other file of the machine.
_ROOT = _TEMPLATE.parents[1]


def pdf_of(content: str) -> bytes:
    """Return a tagged PDF, with the fonts of the package whatever the machine has."""
    return typst.compile(
        _TEMPLATE,
        root=_ROOT,
        sys_inputs={"programme": content},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(pdf_of(sys.stdin.buffer.read().decode()))
