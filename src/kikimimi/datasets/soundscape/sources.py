"""The single sounds that soundscapes are made of: clips of a data set, by category and fold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kikimimi.audio.reading import read_clip
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.soundscape.activity import Stretch, sounding_stretches
from kikimimi.datasets.soundscape.recipe import SHORTEST_EVENT_S
from kikimimi.errors import DatasetError
from kikimimi.names import suggestion
from kikimimi.types import FloatArray

_KEPT = 512


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A clip at the recipe's rate, and where it sounds. `samples` (T,)."""

    clip: LabelledClip
    samples: FloatArray
    stretches: tuple[Stretch, ...]


class SourcePool:
    """Clips by category and fold, decoded when they are asked for."""

    def __init__(self, clips: Iterable[LabelledClip], *, sample_rate_hz: int) -> None:
        self._clips: dict[tuple[str, int], list[LabelledClip]] = defaultdict(list)
        for clip in clips:
            self._clips[clip.label, clip.fold].append(clip)
        self._sample_rate_hz = sample_rate_hz
        self._source = lru_cache(maxsize=_KEPT)(self._load)

    def candidates(
        self, categories: Iterable[str], folds: Iterable[int]
    ) -> tuple[LabelledClip, ...]:
        """The clips of some categories and folds, in the order of the data set.

        Raises:
            DatasetError: a category has none in these folds.
        """
        folds = tuple(folds)
        found: list[LabelledClip] = []
        for category in categories:
            clips = [clip for fold in folds for clip in self._clips.get((category, fold), ())]
            if not clips:
                known = sorted({label for label, _ in self._clips})
                raise DatasetError(
                    f"there is no sound of '{category}' in the folds "
                    f"{', '.join(map(str, folds))}; {suggestion(category, known)}"
                )
            found.extend(clips)
        return tuple(found)

    def load(self, clip: LabelledClip, *, join_gap_s: float = 0.3) -> Source:
        """Decode a clip and find where it sounds.

        Raises:
            AudioError: it cannot be read.
        """
        return self._source(clip, join_gap_s)

    def _load(self, clip: LabelledClip, join_gap_s: float) -> Source:
        samples = read_clip(clip.path, sample_rate_hz=self._sample_rate_hz, mono=True).samples[0]
        stretches = sounding_stretches(
            samples, self._sample_rate_hz, join_gap_s=join_gap_s, shortest_s=SHORTEST_EVENT_S
        )
        return Source(clip, samples, stretches)


def source_place(clip: LabelledClip) -> str:
    """A clip's file name, which is the same wherever the data set lies."""
    return Path(clip.path).name


def kept_apart(clips: Iterable[LabelledClip], split_of: Mapping[int, str]) -> list[LabelledClip]:
    """The clips without those whose recording an earlier split has already.

    Folds do not always keep recordings together: in ESC-50 four are in two folds each, with one
    label in either.

    Args:
        clips: the clips of all splits.
        split_of: the split of each fold, the splits in their order.
    """
    order = list(dict.fromkeys(split_of.values()))
    clips = sorted(clips, key=lambda clip: order.index(split_of[clip.fold]))
    owner: dict[str, str] = {}
    return [
        clip
        for clip in clips
        if owner.setdefault(clip.source_id, split_of[clip.fold]) == split_of[clip.fold]
    ]
