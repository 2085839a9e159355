"""Giving a recording out as fast as it would sound, or faster, or without waiting."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event


@dataclass(frozen=True, slots=True)
class Clock:
    """Time that only goes on, and a way of waiting; tests have one that waits for nothing."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep


class Pace:
    """Keeps a recording to `speed` times real time; 0 is as fast as it goes."""

    def __init__(self, speed: float, clock: Clock) -> None:
        self._speed = speed
        self._clock = clock
        self._began = clock.monotonic()

    def wait(self, position_s: float) -> None:
        """Return when the recording may have sounded up to `position_s`."""
        if self._speed <= 0:
            return
        left = self._began + position_s / self._speed - self._clock.monotonic()
        if left > 0:
            self._clock.sleep(left)


def waiting_clock(stopped: Event) -> Clock:
    """The true clock, whose waits end at once when `stopped` is set."""
    return Clock(time.monotonic, stopped.wait)
