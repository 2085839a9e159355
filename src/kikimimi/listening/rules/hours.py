"""Times of the day, as rules name them: `22:00-06:30`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from kikimimi.errors import ConfigError

_FORM = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """From `first` to before `last`, in minutes of the day; over midnight if `last` is earlier."""

    first: int
    last: int

    def hold(self, moment: time) -> bool:
        """Whether a time of the day lies within."""
        minute = moment.hour * 60 + moment.minute
        if self.first <= self.last:
            return self.first <= minute < self.last
        return minute >= self.first or minute < self.last


def parse_hours(text: str) -> Hours:
    """Read `22:00-06:30`.

    Raises:
        ConfigError: it is written otherwise, is no time of the day, or begins when it ends.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ConfigError(f"hours are written 22:00-06:30, but are '{text}'")
    first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
    first, last = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if first_minute > 59 or last_minute > 59 or first >= _MINUTES or last > _MINUTES:
        raise ConfigError(f"'{text}': there is no such time of the day; 00:00 to 24:00 are")
    if first == last:
        raise ConfigError(f"'{text}' begins when it ends; write 00:00-24:00 for the whole day")
    return Hours(first, last)


def hold_any(hours: Sequence[Hours], moment: datetime) -> bool:
    """Whether a moment lies within any of the hours, by its own time zone."""
    return any(each.hold(moment.time()) for each in hours)
