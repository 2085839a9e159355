"""What happens while pages are open, told to all of them.

Events are published from any thread. Each listener has a queue of its own; one that does not
keep up is cut off, connects again and asks for everything anew.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

HEARTBEAT_S = 15.0
_MOST_WAITING = 256
_MOST_LISTENERS = 64


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `data` is what JSON can hold."""

    kind: str
    data: dict[str, Any]

    def encode(self) -> bytes:
        """The event as a block of `text/event-stream`."""
        text = json.dumps(self.data, ensure_ascii=True, separators=(",", ":"))
        return f"event: {self.kind}\ndata: {text}\n\n".encode()


class Listener:
    """One open stream of events; used in the event loop that made it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(_MOST_WAITING)
        self._is_cut_off = False

    def tell(self, event: Event | None) -> None:
        """Pass an event on, from any thread; None ends the stream."""
        with suppress(RuntimeError):  # the loop has ended, and the listener with it
            self._loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: Event | None) -> None:
        if event is None or self._queue.full():
            self._is_cut_off = True
            event = None
            while self._queue.full():
                self._queue.get_nowait()
        self._queue.put_nowait(event)

    async def blocks(self, *first: Event) -> AsyncIterator[bytes]:
        """The stream: `first`, then all that is told, a comment where nothing happens for long."""
        for event in first:
            yield event.encode()
        while not self._is_cut_off:
            try:
                told = await asyncio.wait_for(self._queue.get(), HEARTBEAT_S)
            except TimeoutError:
                yield b": nothing new\n\n"
                continue
            if told is None:
                return
            yield told.encode()


class EventHub:
    """Passes events from those who publish to those who listen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._is_closed = False

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def publish(self, kind: str, data: dict[str, Any]) -> None:
        """Tell everybody; returns at once."""
        event = Event(kind, data)
        with self._lock:
            for listener in self._listeners:
                listener.tell(event)

    @contextmanager
    def listening(self) -> Iterator[Listener | None]:
        """A new listener for as long as the block lasts; None when there are too many."""
        listener = Listener()
        with self._lock:
            is_full = self._is_closed or len(self._listeners) >= _MOST_LISTENERS
            if not is_full:
                self._listeners.add(listener)
        try:
            yield None if is_full else listener
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def close(self) -> None:
        """End every stream, and take no new listener."""
        with self._lock:
            self._is_closed = True
            for listener in self._listeners:
                listener.tell(None)
