"""From places in a sound to the clock on the wall.

The clock on the wall may be set, and a day may have 23 hours; the sound goes on as it does. Only
the last place is known on the wall, and all others are told from it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo


def system_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


class SoundClock:
    """Tells the time of places in the sound.

    Args:
        zone: of the times that are told; the system's if None.
        now: the clock on the wall, with a time zone.
    """

    def __init__(
        self, *, zone: tzinfo | None = None, now: Callable[[], datetime] = system_now
    ) -> None:
        self._zone = zone
        self._now = now
        self._place_s = 0.0
        self._at = now().astimezone(UTC)

    def set(self, place_s: float, heard_at: datetime | None) -> None:
        """The sound up to `place_s` is here: it was heard then, or now."""
        self._place_s = place_s
        self._at = (heard_at or self._now()).astimezone(UTC)

    def __call__(self, place_s: float) -> datetime:
        """When the sound was at `place_s`."""
        return (self._at + timedelta(seconds=place_s - self._place_s)).astimezone(self._zone)
