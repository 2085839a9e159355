"""Things that are numbered as they come, so that one can ask for those that came since."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from itertools import takewhile
from typing import Generic, TypeVar

T = TypeVar("T")


class Numbered(Generic[T]):
    """The last `most` things, each with the number that it got.

    One that has the key of another takes its place, with a number of its own.
    """

    def __init__(self, most: int) -> None:
        self._things: OrderedDict[Hashable, tuple[int, T]] = OrderedDict()
        self._most = most

    def __len__(self) -> int:
        return len(self._things)

    def put(self, number: int, thing: T, *, key: Hashable = None) -> None:
        """Take one; numbers only rise. Without a key it is one of its own."""
        key = number if key is None else key
        self._things[key] = (number, thing)
        self._things.move_to_end(key)
        if len(self._things) > self._most:
            self._things.popitem(last=False)

    def since(self, number: int) -> list[T]:
        """Those with a higher number, the oldest first."""
        newest_first: Iterator[tuple[int, T]] = reversed(self._things.values())
        return [thing for _, thing in takewhile(lambda each: each[0] > number, newest_first)][::-1]

    def drop_while(self, is_old: Callable[[T], bool]) -> None:
        """Forget the oldest ones for as long as they are old."""
        while self._things and is_old(next(iter(self._things.values()))[1]):
            self._things.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        self._things.clear()
