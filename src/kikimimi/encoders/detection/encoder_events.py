"""The tags of an encoder as events: a detector for which nothing has to be trained.

Axes: B clips, T samples, N frames, K tags, C classes.
"""

from functools import cached_property
from typing import Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.detection.contract import Detector, DetectorCard
from kikimimi.encoders.vocabulary import display_name
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

_THRESHOLD = 0.4
"""On validation soundscapes of 25 classes 0.3 was best, by segment and by event F; there are twenty
times as many classes here, and so many more false alarms."""

_NO_EVENTS = frozenset(
    {
        *("Silence", "Inside, small room", "Inside, large room or hall"),
        *("Outside, urban or manmade", "Outside, rural or natural"),
    }
)
"""Tags of where something was recorded, or of nothing."""

_WINDOW_S = 10.0
_CONTEXT_S = 0.96
_HOP_S = 0.32
_AT_ONCE = 16


class EncoderEvents(Detector):
    """Tags over time, of encoders that tell them frame by frame; of others, tags of windows of
    about a second around each frame.

    Tags that mean the same thing in two vocabularies are one class, with the higher score.

    Args:
        encoder: any that has tags.

    Raises:
        EncoderError: the encoder gives no tags.
    """

    def __init__(self, encoder: Encoder) -> None:
        card = encoder.card
        if not card.vocabulary:
            raise EncoderError(f"the encoder '{card.name}' gives no tags; choose another detector")
        self.encoder = encoder
        self._columns = _columns(card.vocabulary)
        hop_s = _frame_hop_s(encoder)
        self.card = DetectorCard(
            name=card.name,
            title=f"{card.title}: its tags over time",
            paper=card.paper,
            licence=card.licence,
            training_data=card.training_data,
            classes=tuple(self._columns),
            sample_rate_hz=card.sample_rate_hz,
            frame_hop_s=hop_s,
            window_s=round(_WINDOW_S / hop_s) * hop_s,
            embedded=card.embedded,
            parameters=card.parameters,
        )

    @property
    def reference(self) -> str:
        """The name or folder of the encoder."""
        return self.encoder.reference

    def load(self) -> Self:
        """Load the encoder."""
        self.encoder.load()
        return self

    @property
    def weights_digest(self) -> str:
        """That of the encoder."""
        return self.encoder.weights_digest

    @cached_property
    def thresholds(self) -> FloatArray:
        """One for all: these scores were never tuned for events."""
        return np.full(len(self.card.classes), _THRESHOLD, np.float32)

    def _score_frames(self, samples: FloatArray) -> FloatArray:
        count = -(-samples.shape[1] // self.card.frame_samples)
        scores = self.encoder.tag_frames(samples)
        if scores is None:
            scores = np.stack([self._by_window(clip, count) for clip in samples])
        return self._merged(scores)

    def _by_window(self, clip: FloatArray, count: int) -> FloatArray:
        """(T,) -> (N, K): the tags of a window around each frame."""
        hop = self.card.frame_samples
        length = round(min(_CONTEXT_S, self.encoder.card.window_s) * self.card.sample_rate_hz)
        before = (length - hop) // 2
        after = (count - 1) * hop + length - before - len(clip)
        padded = np.pad(clip, (before, max(0, after)))
        windows = sliding_window_view(padded, length)[::hop][:count]
        parts = [
            self.encoder.encode(windows[start : start + _AT_ONCE]).tag_scores
            for start in range(0, count, _AT_ONCE)
        ]
        return np.concatenate(parts)

    def _merged(self, scores: FloatArray) -> FloatArray:
        """(B, N, K) -> (B, N, C)."""
        first = [columns[0] for columns in self._columns.values()]
        merged = scores[..., first]
        for number, columns in enumerate(self._columns.values()):
            for column in columns[1:]:
                np.maximum(merged[..., number], scores[..., column], out=merged[..., number])
        return merged


def _columns(tags: tuple[str, ...]) -> dict[str, list[int]]:
    """The tags of each class, by the English name of the first of them.

    Japanese names were given by hand, so that tags of one Japanese name mean the same thing.
    """
    classes: dict[str, str] = {}
    columns: dict[str, list[int]] = {}
    for number, tag in enumerate(tags):
        name = display_name(tag)
        if name not in _NO_EVENTS:
            shared = classes.setdefault(display_name(tag, "ja"), name)
            columns.setdefault(shared, []).append(number)
    return columns


def _frame_hop_s(encoder: Encoder) -> float:
    """The hop of tags over time: the encoder's own, or one that is a whole number of samples."""
    if encoder.tags_over_time:
        return encoder.card.frame_hop_s
    return round(_HOP_S * encoder.card.sample_rate_hz) / encoder.card.sample_rate_hz
