"""Sound for actions that want it: from before a happening to after its alert.

Axes: C channels, T samples.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kikimimi.listening.contract import Alert, AudioSpan
from kikimimi.listening.delivery.courier import Courier
from kikimimi.listening.ring import RingBuffer
from kikimimi.types import Clip, FloatArray

_LONGEST_S = 120.0
"""More of a happening itself is not kept: the ring is as long as this and both rolls."""


@dataclass(frozen=True, slots=True, eq=False)
class Snippet:
    """What an action is to get."""

    courier: Courier
    alert: Alert
    clip: Clip


@dataclass(frozen=True, slots=True)
class _Wanted:
    courier: Courier
    alert: Alert
    start: int
    end: int


class SnippetCutter:
    """Keeps the last seconds, and cuts out what is wanted when all of it was heard.

    Args:
        sample_rate_hz: of the sound.
        channels: C.
        spans: all that may be wanted.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int, spans: list[AudioSpan]) -> None:
        self._rate_hz = sample_rate_hz
        longest_s = max(span.pre_roll_s + span.post_roll_s for span in spans)
        size = round((longest_s + _LONGEST_S) * sample_rate_hz)
        self._ring = RingBuffer(channels=channels, size=size)
        self._wanted: list[_Wanted] = []

    def push(self, samples: FloatArray) -> Iterator[Snippet]:
        """Take the next samples (C, T); yield what is complete."""
        self._ring.push(samples)
        yield from self._cut(self._ring.end)

    def want(self, courier: Courier, alert: Alert, span: AudioSpan) -> None:
        """Cut the sound of an alert out as soon as it was heard."""
        start_s = alert.happening.onset_s - span.pre_roll_s
        end_s = alert.told_s + span.post_roll_s
        start, end = (max(0, round(time * self._rate_hz)) for time in (start_s, end_s))
        self._wanted.append(_Wanted(courier, alert, start, end))

    def finish(self) -> Iterator[Snippet]:
        """Yield what there is of all that is wanted: no more sound joins it."""
        for wanted in self._wanted:
            yield self._snippet(wanted)
        self._wanted.clear()

    def skip(self, count: int) -> None:
        """Go on `count` samples later."""
        self._ring.skip(count)

    def _cut(self, end: int) -> Iterator[Snippet]:
        for wanted in [each for each in self._wanted if each.end <= end]:
            self._wanted.remove(wanted)
            yield self._snippet(wanted)

    def _snippet(self, wanted: _Wanted) -> Snippet:
        samples = self._ring.read(wanted.start, wanted.end)
        return Snippet(wanted.courier, wanted.alert, Clip(samples, self._rate_hz))
