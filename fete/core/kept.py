"""What a worker made last and may be asked for again: bytes under a tag that changes whenever they would."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock


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
