"""A data set of sound events as training and evaluation want it.

Axes: S segments, F mel bands, N mel frames, N' frames of the network, K classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kikimimi.datasets.event_records import EventDataset
from kikimimi.encoders.encoder_frames import EncoderFrames
from kikimimi.errors import DatasetError
from kikimimi.tasks.detection.feature_bank import Bank, Progress, encoder_bank, log_mel_bank
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.tasks.detection.segments import Segment, segments_of


@dataclass(frozen=True, slots=True, eq=False)
class SplitData:
    """Pieces of one or more splits with what the network hears of them."""

    segments: tuple[Segment, ...]
    log_mels: Bank
    """(S, F, N)."""
    encoded: Bank | None
    """(S, N_e, E); None without an encoder."""
    encoder_hop_s: float | None = None
    """Seconds from frame to frame of the encoder."""

    def __len__(self) -> int:
        return len(self.segments)

    def clip_spans(self) -> list[slice]:
        """Which segments make up each clip, in order."""
        starts = [number for number, s in enumerate(self.segments) if s.start_s == 0]
        return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(self)], strict=True)]


class DetectionData:
    """Splits of a data set, each computed when it is first asked for.

    Args:
        dataset: the data set.
        recipe: front end, encoder and length of the pieces.
        cache: folder for what is computed.
        encoder: the frames of the encoder that the recipe names, if it does.
        progress: told of the computing.

    Raises:
        DatasetError: the data set names no events.
    """

    def __init__(
        self,
        dataset: EventDataset,
        recipe: DetectionRecipe,
        cache: Path,
        *,
        encoder: EncoderFrames | None = None,
        progress: Progress | None = None,
    ) -> None:
        if not dataset.classes:
            raise DatasetError(f"the data set '{dataset.name}' has no sound events to detect")
        self.name = dataset.name
        self.classes = tuple(dataset.classes)
        self._dataset, self._recipe, self._cache = dataset, recipe, cache
        self._encoder, self._progress = encoder, progress
        self._splits: dict[tuple[str, ...], SplitData] = {}

    def split(self, *names: str) -> SplitData:
        """The pieces of one or more splits.

        Raises:
            ConfigError: there is no such split.
            DatasetError: a table is malformed, or audio is missing or cannot be read.
        """
        if names not in self._splits:
            clips = [clip for name in names for clip in self._dataset.clips(name)]
            if not clips:
                raise DatasetError(f"the split '{', '.join(names)}' has no clips")
            self._splits[names] = self._prepared(segments_of(clips, clip_s=self._clip_s))
        return self._splits[names]

    @property
    def _clip_s(self) -> float:
        return self._recipe.data.clip_s

    def _prepared(self, segments: Sequence[Segment]) -> SplitData:
        log_mels = log_mel_bank(
            segments,
            self._recipe.front_end,
            clip_s=self._clip_s,
            cache=self._cache,
            progress=self._progress,
        )
        if self._encoder is None:
            return SplitData(tuple(segments), log_mels, None)
        encoded = encoder_bank(
            segments,
            self._encoder,
            clip_s=self._clip_s,
            cache=self._cache,
            progress=self._progress,
        )
        return SplitData(tuple(segments), log_mels, encoded, self._encoder.hop_s)


def rows(bank: Bank, numbers: NDArray[np.int64] | slice) -> NDArray[np.float32]:
    """Rows of a bank in single precision."""
    return np.asarray(bank[numbers], dtype=np.float32)
