"""What a listener tells of, as plain values: for JSON lines, for a page, for tests.

| kind | when | values |
|---|---|---|
| `started` | once | `source`, `sample_rate_hz`, `channels`, `time`, `labels`, `bands_hz`, `row_s` |
| `level` | each second of sound | `time`, `at_s`, `LAF` now, `LAFmax` and `LAeq` of the second |
| `spectrum` | each `row_s`, where wanted | `at_s`, its end; `levels` from the lowest band up |
| `happening` | as it begins, each second, as it is over | see below |
| `alert` | as a rule is fulfilled | see `contract.Alert.as_dict` |
| `fault` | as something goes wrong, or works again | `part`, `message`, `is_over` |
| `source` | as no sound comes, and as it comes again | `is_heard`, `message` |
| `queue` | as alerts wait for an action, or went out | `action`, `waiting`, `is_failing` |
| `ended` | once | `heard_s`, `alerts`, `undelivered` |

A happening has `kind` (as `sound_kind`), `label`, `time`, `onset_s`, `duration_s`, `score`,
`level_db`, `is_over`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np

from kikimimi.listening.contract import Happening, Publish, Scores
from kikimimi.listening.sensors.levels import LAEQ_1S, LAF, LEVELS
from kikimimi.types import FloatArray

WallTime = Callable[[float], datetime]
"""The wall's clock at a place in the sound, in the time zone of those who are told."""

_EACH_S = 1.0
_LEVEL_FRAMES = 10
_SAME_FAULT_S = 10.0
_MOST_FAULTS = 100


class HappeningTeller:
    """Tells of happenings, without telling each tenth of a second that they go on."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._told: dict[tuple[str, str], float] = {}

    def __call__(self, happening: Happening, wall: WallTime) -> None:
        """Tell of it if there is something new."""
        key = (happening.kind, happening.label)
        told_s = self._told.get(key)
        if happening.is_over:
            self._told.pop(key, None)
        elif told_s is not None and happening.offset_s - told_s < _EACH_S:
            return
        else:
            self._told[key] = happening.offset_s
        self._publish("happening", happening_values(happening, wall(happening.onset_s)))


def happening_values(happening: Happening, time: datetime) -> dict[str, Any]:
    """Plain values of a happening."""
    level = happening.level_db
    return {
        "time": time.isoformat(timespec="milliseconds"),
        "sound_kind": happening.kind,
        "label": happening.label,
        "onset_s": round(happening.onset_s, 3),
        "duration_s": round(happening.duration_s, 3),
        "score": round(happening.score, 4),
        "level_db": None if level is None else round(level, 1),
        "is_over": happening.is_over,
    }


class LevelTeller:
    """Tells of the levels of each second."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._held: list[FloatArray] = []

    def start(self) -> None:
        """Forget what was held back."""
        self._held.clear()

    def __call__(self, scores: Scores, wall: WallTime) -> None:
        """Take the next levels (N, 4); tell of each second that is complete."""
        self._held.extend(scores.values)
        while len(self._held) >= _LEVEL_FRAMES:
            second = np.stack(self._held[:_LEVEL_FRAMES])
            del self._held[:_LEVEL_FRAMES]
            at_s = scores.end_s - len(self._held) * scores.hop_s
            fast, mean = second[:, LEVELS.index(LAF)], second[-1, LEVELS.index(LAEQ_1S)]
            self._publish(
                "level",
                {
                    "time": wall(at_s).isoformat(timespec="milliseconds"),
                    "at_s": round(at_s, 3),
                    "LAF": round(float(fast[-1]), 1),
                    "LAFmax": round(float(fast.max()), 1),
                    "LAeq": round(float(mean), 1),
                },
            )


class FaultTeller:
    """Tells of faults, but of the same one only once in ten seconds of sound."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._told: dict[str, float] = {}

    def __call__(self, part: str, message: str, *, at_s: float) -> None:
        """Tell of it if it is new."""
        told_s = self._told.get(message)
        if told_s is not None and at_s - told_s < _SAME_FAULT_S:
            return
        if len(self._told) >= _MOST_FAULTS:
            self._told.clear()
        self._told[message] = at_s
        self._publish("fault", {"part": part, "message": message, "is_over": False})
