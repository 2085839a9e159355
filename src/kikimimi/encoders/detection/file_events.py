"""The events of a sound file of any length, in bounded memory.

Axes: N frames, K classes, those that are wanted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.resampling import StreamResampler
from kikimimi.audio.sources import Source, downmix, open_source, read_blocks
from kikimimi.encoders.detection.contract import Detector
from kikimimi.encoders.detection.decoding import DecodingSettings, EventDecoder
from kikimimi.encoders.detection.streaming import ScoreStream
from kikimimi.errors import EncoderError
from kikimimi.types import Event, FloatArray, Recording

ScoreTap = Callable[[FloatArray], None]
"""Told of the scores (N, K) of a sound in order, some frames at a time."""

Progress = Callable[[float], None]
"""Told how many seconds of the sound are decoded."""

_NO_SAMPLES = np.zeros((1, 0), np.float32)


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """Which events are wanted.

    Args:
        classes: numbers of the classes, ascending; all if None.
        threshold: for every class; those of the detector if None.
        min_duration_s: shorter events are left out.
        min_gap_s: events of one class less than this apart are one.

    Raises:
        EncoderError: the threshold is not in [0, 1].
    """

    classes: tuple[int, ...] | None = None
    threshold: float | None = None
    min_duration_s: float = 0.0
    min_gap_s: float = 0.0

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise EncoderError(f"a threshold lies between 0 and 1, but is {self.threshold}")


@dataclass(frozen=True, slots=True)
class DetectedFile:
    """`events` by onset; `duration_s` as decoded, whatever the header says."""

    recording: Recording
    duration_s: float
    events: tuple[Event, ...]


def detect_file(
    path: Path,
    detector: Detector,
    settings: DetectionSettings | None = None,
    *,
    tap: ScoreTap | None = None,
    progress: Progress | None = None,
) -> DetectedFile:
    """Decode a file once and find its events.

    Raises:
        AudioError: the file cannot be decoded.
        EncoderError: its samples are not finite, or the detector is not loaded.
    """
    wanted = settings or DetectionSettings()
    decoder, columns = event_decoder(detector, wanted)
    events: list[Event] = []
    with open_source(path) as source:
        heard = HeardSource(source, detector, progress=progress)
        for scores in heard:
            scores = scores[:, columns]
            if tap is not None:
                tap(scores)
            events.extend(decoder.push(scores))
        events.extend(decoder.finish(heard.duration_s))
        return DetectedFile(source.recording, heard.duration_s, in_order(events))


def event_decoder(
    detector: Detector, settings: DetectionSettings
) -> tuple[EventDecoder, list[int]]:
    """What decodes the wanted columns of the scores of a detector, and their numbers."""
    classes = detector.card.classes
    columns = list(range(len(classes))) if settings.classes is None else list(settings.classes)
    thresholds = detector.thresholds[columns]
    if settings.threshold is not None:
        thresholds = np.full(len(columns), settings.threshold, np.float32)
    decoding = DecodingSettings(
        thresholds,
        detector.median_frames[columns],
        min_duration_s=settings.min_duration_s,
        min_gap_s=settings.min_gap_s,
    )
    labels = [classes[column] for column in columns]
    decoder = EventDecoder(labels, frame_hop_s=detector.card.frame_hop_s, settings=decoding)
    return decoder, columns


def in_order(events: list[Event]) -> tuple[Event, ...]:
    """Events by onset, offset and label."""
    return tuple(sorted(events, key=lambda e: (e.onset_s, e.offset_s, e.event_label)))


class HeardSource:
    """The scores (N, K) of an open file, from its first frame to its last; iterate once.

    `duration_s` is what was decoded so far.
    """

    def __init__(
        self, source: Source, detector: Detector, *, progress: Progress | None = None
    ) -> None:
        self._source = source
        self._stream = ScoreStream(detector)
        self._rate_hz = detector.card.sample_rate_hz
        self._progress = progress
        self.duration_s = 0.0

    def __iter__(self) -> Iterator[FloatArray]:
        rate_hz = self._source.recording.sample_rate_hz
        resampler = StreamResampler(1, rate_hz, self._rate_hz)
        frames = 0
        for block in read_blocks(self._source):
            frames += len(block)
            self.duration_s = frames / rate_hz
            yield from self._stream.push(resampler.push(downmix(block)[None])[0])
            if self._progress is not None:
                self._progress(self.duration_s)
        yield from self._stream.push(resampler.push(_NO_SAMPLES, last=True)[0])
        yield from self._stream.finish()
