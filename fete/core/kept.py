"""What a worker made last and may be asked for again: under a name that changes whenever it would."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

Made = TypeVar("Made")


class Remembered:
    """What was reckoned once by each worker, whatever it is: so many of them, those asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def give(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is kept under this key, made if it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: Made = self._kept[key]
                return found
        # Nobody waits for who makes something else; two who make the same make it twice.
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


class Kept:
    """Bytes made once by each worker, as long as there is room for them; those asked for last stay."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def find(self, tag: str) -> bytes | None:
        """Return the bytes that bear this tag, if they are still there."""
        with self._lock:
            if tag in self._kept:
                self._kept.move_to_end(tag)
            return self._kept.get(tag)

    def give(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """Return the bytes that bear this tag, made if they are not there."""
        content = self.find(tag)
        if content is None:
            content = make()
            if len(content) > self.most_bytes:
                # All the rest would have to go for what cannot stay either.
                return content
            with self._lock:
                self._kept[tag] = content
                while sum(map(len, self._kept.values())) > self.most_bytes:
                    self._kept.popitem(last=False)
        return content
