"""Answers that took work, kept as long as they fit into a few megabytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """The latest answers, dropped the longest unused first; safe to share between threads.

    Args:
        most_bytes: how much is kept.
        size: of an answer in bytes.
    """

    def __init__(self, most_bytes: int, size: Callable[[V], int]) -> None:
        self._most = most_bytes
        self._size = size
        self._held = 0
        self._answers: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The answer of a key, made if it is not kept."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        made = make()
        with self._lock:
            if key not in self._answers and self._size(made) <= self._most:
                self._answers[key] = made
                self._held += self._size(made)
            while self._held > self._most:
                self._held -= self._size(self._answers.popitem(last=False)[1])
        return made
