"""Sound events as they come, by any detector or the tags of any encoder.

`encoders.detection.streaming` hears a recording in windows of ten seconds, four at once: the best
scores, half a minute late. Here a short window slides along, and each frame is decided as soon as
a little of what follows it is known.

Axes: T samples, N frames, K classes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kikimimi.audio.resampling import StreamResampler
from kikimimi.encoders.detection.contract import Detector
from kikimimi.errors import ListeningError
from kikimimi.listening.contract import Kind, Scores, Sensor, SoundFormat
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class SlidingWindows:
    """How a detector hears what is still going on.

    The defaults fit the default encoder, which hears about a second around each frame: its tags
    then differ from those of the whole recording by 0.04 where something is heard, and cost 4 % of
    a core.

    Args:
        context_s: length of the window.
        lookahead_s: how much of it comes after the frames that are decided.
        step_s: how often they are decided.

    Raises:
        ListeningError: a length is impossible.
    """

    context_s: float = 1.92
    lookahead_s: float = 0.64
    step_s: float = 0.32

    def __post_init__(self) -> None:
        if not (self.step_s > 0 and 0 <= self.lookahead_s <= self.context_s - self.step_s):
            raise ListeningError(
                f"a window of {self.context_s:g} s cannot decide {self.step_s:g} s and look "
                f"{self.lookahead_s:g} s ahead; make it longer"
            )


class EventSensor(Sensor):
    """The scores of a detector, frame by frame.

    Args:
        detector: loaded.
        windows: how it hears; chosen by the detector if not given.
    """

    kind: Kind = "event"

    def __init__(self, detector: Detector, windows: SlidingWindows | None = None) -> None:
        self._detector = detector
        self.labels = detector.card.classes
        self.thresholds = detector.thresholds
        chosen = windows or SlidingWindows()
        hop_s = detector.card.frame_hop_s
        self._step = max(1, round(chosen.step_s / hop_s))
        self._ahead = round(chosen.lookahead_s / hop_s)
        self._context = max(round(chosen.context_s / hop_s), self._step + self._ahead)

    def start(self, sound: SoundFormat) -> None:
        """Begin anew."""
        rate_hz = self._detector.card.sample_rate_hz
        self._resampler = StreamResampler(1, sound.sample_rate_hz, rate_hz)
        self._held = np.zeros(0, np.float32)
        self._first = 0  # the frame that the held samples begin with
        self._next = 0  # the first frame that is not decided yet

    def push(self, samples: FloatArray, mono: FloatArray) -> Iterator[Scores]:
        """The frames (N, K) that are decided now, `step_s` of them at a time.

        Raises:
            EncoderError: the samples are not finite.
        """
        self._hold(self._resampler.push(mono[None])[0])
        size = self._detector.card.frame_samples
        while self._first + len(self._held) // size >= self._next + self._step + self._ahead:
            end = self._next + self._step
            yield self._decided(end, end + self._ahead)
            self._forget(end + self._ahead + self._step - self._context)

    def finish(self) -> Iterator[Scores]:
        """The frames that looked ahead in vain."""
        self._hold(self._resampler.push(np.zeros((1, 0), np.float32), last=True)[0])
        last = self._first + len(self._held) // self._detector.card.frame_samples
        if last > self._next:
            yield self._decided(last, last)

    def _hold(self, samples: FloatArray) -> None:
        self._held = np.concatenate([self._held, samples])

    def _forget(self, frame: int) -> None:
        """Drop what lies before `frame`."""
        if frame > self._first:
            self._held = self._held[(frame - self._first) * self._detector.card.frame_samples :]
            self._first = frame

    def _decided(self, end: int, heard: int) -> Scores:
        """Scores from the next frame to before `end`, of a window that ends with frame `heard`."""
        card = self._detector.card
        window = self._held[: (heard - self._first) * card.frame_samples]
        scores = self._detector.score_frames(window[None]).scores[0]
        values = scores[self._next - self._first : end - self._first]
        start_s, self._next = self._next * card.frame_hop_s, end
        return Scores(start_s, card.frame_hop_s, values)
