"""What the parts of a listener give to each other.

A source gives blocks, sensors turn them into scores over time, rules turn scores into happenings
and happenings into alerts, actions tell somebody of alerts, and a feed tells of everything.

Times named `_s` are seconds since listening began. They are counted in samples, so that neither a
clock that is set nor a sound that is read faster than it sounds changes what is found. Only where
people read a time is it one of the clock on the wall.

Axes: C channels, T samples, N frames of a sensor, K labels.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from kikimimi.types import Clip, FloatArray

Kind = Literal["event", "anomaly", "level"]

Publish = Callable[[str, dict[str, Any]], None]
"""Told a kind of message and its plain values; returns at once. `web.events.EventHub.publish` is
one. `listening.feed` lists the kinds."""


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """How the sound of a source comes."""

    sample_rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The next stretch of a sound: `samples` (C, T) float32, T >= 0.

    `lost_s` is how much went by unheard before it: a device was unplugged, or nobody took the
    blocks. `complaint` says why in one line. A block without samples only brings such news;
    `is_away` says that nothing comes at present, which is over with the next samples.
    `heard_at` is when its last sample was heard; None where the wall's clock is to be asked.
    """

    samples: FloatArray
    lost_s: float = 0.0
    complaint: str = ""
    heard_at: datetime | None = None
    is_away: bool = False


class Source(ABC):
    """Where sound comes from. Opening happens on entering, closing on leaving."""

    name: str
    """For people: the device, the path."""

    @abstractmethod
    def open(self) -> SoundFormat:
        """Begin, and tell how the sound comes.

        Raises:
            AudioError: the file or the stream cannot be used.
            ListeningError: the device, or what drives it, is not there.
        """

    @abstractmethod
    def blocks(self) -> Iterator[Block]:
        """The sound in order; ends when the source does. A live one never ends by itself."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the source; `blocks` ends soon. May be called from any thread, and twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """`values` (N, K) of frames of `hop_s` seconds, the first of which begins at `start_s`."""

    start_s: float
    hop_s: float
    values: FloatArray

    @property
    def end_s(self) -> float:
        """Where the last frame ends."""
        return self.start_s + len(self.values) * self.hop_s


class Sensor(ABC):
    """Turns sound into scores of K labels over time: of events, of an anomaly, of levels."""

    kind: Kind
    labels: tuple[str, ...]
    thresholds: NDArray[np.float32]
    """(K,) the score above which something is heard where a rule does not say."""

    @abstractmethod
    def start(self, sound: SoundFormat) -> None:
        """Begin anew: what was heard before is forgotten."""

    @abstractmethod
    def push(self, samples: FloatArray, mono: FloatArray) -> Iterator[Scores]:
        """Take the next samples (C, T), and their mean (T,); yield what is settled, in order.

        The first frame ever given after `start` begins at 0 s.
        """

    def finish(self) -> Iterator[Scores]:
        """Yield what was held back, at the end of the sound."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that is heard from `onset_s` on.

    `offset_s` is its end, or how far it was heard where it `is_over` is False. `score` is the
    highest within it: of an event in [0, 1], of an anomaly that of its model, of a level in dB.
    `level_db` is LAFmax within it.
    """

    kind: Kind
    label: str
    onset_s: float
    offset_s: float
    score: float
    level_db: float | None = None
    is_over: bool = False

    @property
    def duration_s(self) -> float:
        """How long it has lasted."""
        return self.offset_s - self.onset_s


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody is told: a rule and the happening that fulfilled it.

    `id` is never given twice, so that a receiver may drop what it was told twice. `time` is the
    onset on the wall's clock. `told_s` is when the rule was fulfilled. `count` happenings fulfilled
    it together; `held_off` were kept quiet since the alert before, by the rule's hold-off.
    """

    id: str
    rule: str
    description: str
    happening: Happening
    time: datetime
    told_s: float
    source: str
    count: int = 1
    held_off: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as they go out as JSON."""
        heard = self.happening
        values = {key: value for key, value in asdict(self).items() if key != "happening"}
        return {
            **values,
            "time": self.time.isoformat(timespec="milliseconds"),
            "told_s": round(self.told_s, 3),
            "kind": heard.kind,
            "label": heard.label,
            "onset_s": round(heard.onset_s, 3),
            "duration_s": round(heard.duration_s, 3),
            "score": round(heard.score, 4),
            "level_db": None if heard.level_db is None else round(heard.level_db, 1),
        }


@dataclass(frozen=True, slots=True)
class AudioSpan:
    """How much sound an action wants around a happening."""

    pre_roll_s: float
    post_roll_s: float


class TemporaryError(Exception):
    """An action could not be done now; the same alert will be tried again."""


class RefusedError(Exception):
    """An action will never be done for this alert: the receiver does not want it."""


class Action(ABC):
    """Tells somebody, or keeps something. Called in a thread of its own, one alert at a time."""

    durable: bool = False
    """Whether alerts wait on the disk, so that none is lost over a restart."""

    @property
    def audio(self) -> AudioSpan | None:
        """The sound that `deliver` needs; None for no sound."""
        return None

    @abstractmethod
    def deliver(self, alert: Mapping[str, Any], audio: Clip | None) -> None:
        """Do it, for the plain values of an alert.

        Raises:
            TemporaryError: try again later.
            RefusedError: do not try again.
        """

    def close(self) -> None:
        """Let go of connections."""
        return


@dataclass(slots=True)
class Subscribers:
    """All who are told of what a listener hears, one message at a time from whatever thread."""

    _all: list[Publish] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add(self, publish: Publish) -> None:
        """Tell this one too, from now on."""
        self._all.append(publish)

    def __call__(self, kind: str, data: dict[str, Any]) -> None:
        """Tell everybody."""
        with self._lock:
            for publish in self._all:
                publish(kind, data)

    def __bool__(self) -> bool:
        return bool(self._all)
