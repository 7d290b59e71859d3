"""Which part of the territory somebody names in a search, pure."""

from collections.abc import Mapping

from fete.core.text import telling_words


def named_in(text: str, names: Mapping[str, str]) -> tuple[frozenset[str], str]:
    """Return the codes of what a search names whole, the longest names first, and the words that are left of it.

    « Tarn-et-Garonne » is not the Tarn, and « Garonne » is nothing: it is a river.
    """
    left = list(telling_words(text))
    found = set()
    called = {code: list(telling_words(name)) for code, name in names.items()}
    for code, name in sorted(called.items(), key=lambda item: (-len(item[1]), item[0])):
        start = _start_of(name, left)
        if start is not None:
            found.add(code)
            del left[start : start + len(name)]
    return frozenset(found), " ".join(left)


def called(text: str, names: Mapping[str, str]) -> list[str]:
    """Return the codes of what a search names, and says nothing else."""
    asked = telling_words(text)
    return sorted(code for code, name in names.items() if asked and telling_words(name) == asked)


def _start_of(name: list[str], words: list[str]) -> int | None:
    """Return where a name stands among words."""
    starts = range(len(words) - len(name) + 1)
    return next((start for start in starts if name and words[start:][: len(name)] == name), None)
