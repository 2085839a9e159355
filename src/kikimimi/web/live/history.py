"""The last minutes of a listener, for pages that open late, come back, or look each quarter second.

Pages ask, and are not told: a stream would hold one of the six connections that a browser has for
a server in every tab, and a tab that nobody looks at need not ask. All that is kept has a limit,
so that memory stays flat for as long as the listener runs.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from kikimimi.web.live.numbered import Numbered

KEPT_S = 600.0
_MOST_ROWS = 6000
_MOST_LEVELS = 600
_MOST_HAPPENINGS = 200
_MOST_ALERTS = 100
_MOST_FAULTS = 50

State = Literal["starting", "heard", "away", "back", "ended"]
"""`back` is heard after it was away."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the spectrogram, which ends at `end_s`: F levels of a byte each."""

    end_s: float
    levels: bytes


@dataclass(frozen=True, slots=True)
class Now:
    """How it stands since a time on the wall's clock. `quiet_s` is how long no sound came, by the
    clock of this machine; `at_s` is a place in the sound and `time` the wall's clock there."""

    state: State = "starting"
    since: str = ""
    message: str = ""
    quiet_s: float = 0.0
    at_s: float = 0.0
    time: str = ""
    heard_s: float | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What somebody has missed who knew all up to a number; `next` is the number to ask with.

    `run` is another one after a restart: what was known before is worth nothing then. `sound`
    counts the sounds that were begun; places in seconds are those of one of them.
    """

    run: str
    next: int
    sound: int
    keeps_audio: bool
    full_scale_db: float
    now: Now
    started: dict[str, Any] | None
    rows: list[Row]
    levels: list[dict[str, Any]]
    happenings: list[dict[str, Any]]
    alerts: list[dict[str, Any]]
    faults: list[dict[str, Any]]
    queues: list[dict[str, Any]]


@dataclass(slots=True)
class _Kept:
    started: Numbered[dict[str, Any]] = field(default_factory=lambda: Numbered(1))
    rows: Numbered[Row] = field(default_factory=lambda: Numbered(_MOST_ROWS))
    levels: Numbered[dict[str, Any]] = field(default_factory=lambda: Numbered(_MOST_LEVELS))
    happenings: Numbered[dict[str, Any]] = field(default_factory=lambda: Numbered(_MOST_HAPPENINGS))
    alerts: Numbered[dict[str, Any]] = field(default_factory=lambda: Numbered(_MOST_ALERTS))
    faults: Numbered[dict[str, Any]] = field(default_factory=lambda: Numbered(_MOST_FAULTS))
    queues: dict[str, dict[str, Any]] = field(default_factory=dict)


class LiveHistory:
    """Keeps what a listener tells; `publish` is one of its subscribers.

    Args:
        keeps_audio: whether the listener may keep sound.
        full_scale_db: the level of full scale; 0 where it was not calibrated.
        monotonic: a clock that only goes on.
        now: the clock on the wall.
    """

    def __init__(
        self,
        *,
        keeps_audio: bool,
        full_scale_db: float,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._keeps_audio = keeps_audio
        self._full_scale_db = full_scale_db
        self._monotonic = monotonic
        self._wall = now
        self._run = secrets.token_hex(6)
        self._lock = threading.Lock()
        self._number = 0
        self._sound = 0
        self._kept = _Kept()
        self._now = Now()
        self._sounded_at = monotonic()
        self._takes: dict[str, Callable[[dict[str, Any]], None]] = {
            "started": self._start,
            "level": self._take_level,
            "spectrum": self._take_row,
            "happening": self._take_happening,
            "alert": self._take_alert,
            "fault": self._take_fault,
            "source": self._take_source,
            "queue": self._take_queue,
            "ended": self._end,
        }

    def publish(self, kind: str, data: dict[str, Any]) -> None:
        """Take a message of `listening.feed`, from any thread; other kinds are left alone."""
        take = self._takes.get(kind)
        if take is None:
            return
        with self._lock:
            self._number += 1
            take(data)

    def news(self, *, run: str = "", after: int = 0) -> News:
        """What came after a number of a run; all that is kept for another run."""
        after = after if run == self._run else 0
        with self._lock:
            started = self._kept.started.since(after)
            return News(
                run=self._run,
                next=self._number,
                sound=self._sound,
                keeps_audio=self._keeps_audio,
                full_scale_db=self._full_scale_db,
                now=replace(self._now, quiet_s=round(self._monotonic() - self._sounded_at, 1)),
                started=started[0] if started else None,
                rows=self._kept.rows.since(after),
                levels=self._kept.levels.since(after),
                happenings=self._kept.happenings.since(after),
                alerts=self._kept.alerts.since(after),
                faults=self._kept.faults.since(after),
                queues=list(self._kept.queues.values()),
            )

    def _start(self, data: dict[str, Any]) -> None:
        self._sound += 1
        self._kept.rows.clear()
        self._kept.levels.clear()
        told = {key: value for key, value in data.items() if key != "labels"}
        self._kept.started.put(self._number, told)
        self._now = Now(state="heard", since=data["time"], time=data["time"])
        self._sounded_at = self._monotonic()

    def _take_level(self, data: dict[str, Any]) -> None:
        self._sounded_at = self._monotonic()
        self._kept.levels.put(self._number, data)
        self._kept.levels.drop_while(lambda each: each["at_s"] < data["at_s"] - KEPT_S)
        self._now = replace(self._now, at_s=data["at_s"], time=data["time"])

    def _take_row(self, data: dict[str, Any]) -> None:
        self._sounded_at = self._monotonic()
        row = Row(data["at_s"], bytes(data["levels"]))
        self._kept.rows.put(self._number, row)
        self._kept.rows.drop_while(lambda each: each.end_s < row.end_s - KEPT_S)

    def _take_happening(self, data: dict[str, Any]) -> None:
        key = (self._sound, data["sound_kind"], data["label"], data["onset_s"])
        self._kept.happenings.put(self._number, {**data, "sound": self._sound}, key=key)

    def _take_alert(self, data: dict[str, Any]) -> None:
        self._kept.alerts.put(self._number, {**data, "sound": self._sound})

    def _take_fault(self, data: dict[str, Any]) -> None:
        self._kept.faults.put(self._number, {**data, "time": self._time()})

    def _take_source(self, data: dict[str, Any]) -> None:
        state: State = "back" if data["is_heard"] else "away"
        self._now = replace(self._now, state=state, since=self._time(), message=data["message"])

    def _take_queue(self, data: dict[str, Any]) -> None:
        self._kept.queues[data["action"]] = data

    def _end(self, data: dict[str, Any]) -> None:
        self._now = replace(
            self._now, state="ended", since=self._time(), message="", heard_s=data["heard_s"]
        )

    def _time(self) -> str:
        return self._wall().isoformat(timespec="milliseconds")
