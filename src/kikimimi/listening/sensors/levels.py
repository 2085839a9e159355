"""Sound levels as scores in dB.

Axes: C channels, T samples, N frames.
"""

from collections import deque
from collections.abc import Iterator

import numpy as np

from kikimimi.audio.measures.sound_level import SoundLevelMeter, level_db
from kikimimi.listening.contract import Kind, Scores, Sensor, SoundFormat
from kikimimi.types import FloatArray

LAF, LAS, LAEQ_1S, LAEQ_60S = "LAF", "LAS", "LAeq_1s", "LAeq_60s"
LEVELS = (LAF, LAS, LAEQ_1S, LAEQ_60S)
"""A-weighted: the greatest level within a tenth of a second with weighting F, with S; the
time-averaged level of the last second, of the last minute (of what there is, at the beginning)."""

HOP_S = 0.1
_AVERAGED_S = (1.0, 60.0)


class LevelSensor(Sensor):
    """Levels ten times a second, in dB.

    Args:
        full_scale_db: the level of a mean square of 1: 0 tells levels relative to it, the sound
            pressure level of a calibrated microphone tells dB re 20 uPa.
    """

    kind: Kind = "level"
    labels = LEVELS

    def __init__(self, *, full_scale_db: float = 0.0) -> None:
        self._full_scale_db = full_scale_db
        self.thresholds = np.full(len(LEVELS), np.inf, np.float32)  # a rule must say

    def start(self, sound: SoundFormat) -> None:
        """Begin anew."""
        self._meter = SoundLevelMeter(
            sample_rate_hz=sound.sample_rate_hz, channels=sound.channels, hop_s=HOP_S
        )
        self._hop_s = self._meter.hop_samples / sound.sample_rate_hz
        self._means = [_MovingMean(round(seconds / HOP_S)) for seconds in _AVERAGED_S]
        self._frame = 0

    def push(self, samples: FloatArray, mono: FloatArray) -> Iterator[Scores]:
        """Levels (N, 4) of the frames that are complete."""
        frames = self._meter.push(samples)
        if not len(frames.mean):
            return
        squares = [frames.fast, frames.slow]
        squares += [
            np.array([mean.push(float(value)) for value in frames.mean]) for mean in self._means
        ]
        levels = level_db(np.stack(squares, axis=1)) + self._full_scale_db
        yield Scores(self._frame * self._hop_s, self._hop_s, levels.astype(np.float32))
        self._frame += len(levels)


class _MovingMean:
    """The mean of the last values, summed anew each time: nothing adds up over months."""

    def __init__(self, count: int) -> None:
        self._values: deque[float] = deque(maxlen=count)

    def push(self, value: float) -> float:
        self._values.append(value)
        return sum(self._values) / len(self._values)
