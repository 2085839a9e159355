"""From an audio file to the vectors and tags that stand for it.

Indexing, searching by a file and transfer all come through here, so that the same file gives the
same vectors. Axes: W windows, T samples, D embedding size, K tags.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

import numpy as np

from kikimimi.audio.measures.meter import SoundMeter
from kikimimi.audio.measures.values import Measures
from kikimimi.audio.sources import Source, open_source
from kikimimi.audio.windows import Tap, source_windows
from kikimimi.encoders.contract import Encoder
from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray, Recording, Tag, Window

MIN_WINDOW_S = 0.96
"""A sound shorter than this is filled up to it with silence."""

WINDOW_QUANTUM_S = 0.32
"""Windows are filled up to a multiple of this, so that few lengths occur."""

MIN_TAG_SCORE = 0.1
MAX_AUTO_TAGS = 12

_WINDOWS_AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedFile:
    """`vectors` (W, D) float32 of `windows`; `tag_scores` (K,), the highest over the windows.

    `measures` only where they were asked for.
    """

    recording: Recording
    duration_s: float
    windows: tuple[Window, ...]
    vectors: FloatArray
    tag_scores: FloatArray
    measures: Measures | None = None


def embed_file(path: Path, encoder: Encoder, *, measure: bool = False) -> EmbeddedFile:
    """Decode a file of any length in bounded memory and embed it window by window.

    Windows are `encoder.card.window_s` long and overlap by half. With `measure` the sound is also
    measured, in the same pass.

    Raises:
        AudioError: the file cannot be decoded.
        EncoderError: its samples are not finite.
    """
    windows: list[Window] = []
    vectors: list[FloatArray] = []
    scores: list[FloatArray] = []
    with open_source(path) as source:
        recording = source.recording
        meter = None
        if measure:
            meter = SoundMeter(recording, mono_rate_hz=encoder.card.sample_rate_hz)
        tap = None if meter is None else meter.push
        for batch in _batches(_windows(source, encoder, tap)):
            encoding = encoder.encode(np.stack([samples for _, samples in batch]))
            windows.extend(window for window, _ in batch)
            vectors.append(encoding.embeddings)
            scores.append(encoding.tag_scores)
    if not windows:
        raise AudioError(f"{display_path(path)}: holds no sound")
    highest = np.concatenate(scores).max(axis=0)
    return EmbeddedFile(
        recording=recording,
        duration_s=_duration(recording, windows[-1].end_s, encoder.card.window_s),
        windows=tuple(windows),
        vectors=np.concatenate(vectors),
        tag_scores=highest,
        measures=None if meter is None else meter.result(),
    )


def auto_tags(scores: FloatArray, vocabulary: tuple[str, ...]) -> tuple[Tag, ...]:
    """The tags that a sound is given by itself: scores (K,) -> the best few, highest first."""
    best = np.argsort(-scores, kind="stable")[:MAX_AUTO_TAGS]
    return tuple(
        Tag(vocabulary[index], float(scores[index]))
        for index in best
        if scores[index] >= MIN_TAG_SCORE
    )


def _duration(recording: Recording, decoded_s: float, window_s: float) -> float:
    """The length in the header, unless what was decoded shows it to be a wrong estimate."""
    rest = recording.duration_s - decoded_s
    return recording.duration_s if 0 <= rest < window_s else decoded_s


def _windows(
    source: Source, encoder: Encoder, tap: Tap | None
) -> Iterator[tuple[Window, FloatArray]]:
    return source_windows(
        source,
        sample_rate_hz=encoder.card.sample_rate_hz,
        window_s=encoder.card.window_s,
        hop_s=encoder.card.window_s / 2,
        min_s=MIN_WINDOW_S,
        quantum_s=WINDOW_QUANTUM_S,
        tap=tap,
    )


def _batches(
    stream: Iterator[tuple[Window, FloatArray]],
) -> Iterator[list[tuple[Window, FloatArray]]]:
    """Runs of windows of one length, at most `_WINDOWS_AT_ONCE` each."""
    for _, run in groupby(stream, key=lambda item: item[1].shape[0]):
        while batch := list(islice(run, _WINDOWS_AT_ONCE)):
            yield batch
