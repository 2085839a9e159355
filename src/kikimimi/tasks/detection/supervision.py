"""Which training pieces have strong, weak or no labels for this training."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import ConfigError
from kikimimi.tasks.detection.recipe import BatchSettings, SupervisionSettings
from kikimimi.tasks.detection.segments import Segment

KINDS = ("strong", "weak", "unlabelled")


@dataclass(frozen=True, slots=True, eq=False)
class Supervision:
    """Numbers of the pieces of each kind."""

    strong: NDArray[np.int64]
    weak: NDArray[np.int64]
    unlabelled: NDArray[np.int64]

    def of(self, kind: str) -> NDArray[np.int64]:
        """The pieces of one of `KINDS`."""
        return getattr(self, kind)


def supervise(segments: Sequence[Segment], settings: SupervisionSettings) -> Supervision:
    """Hide labels as the settings say; pieces of one clip have the same fate.

    The clips that keep strong labels at a share are among those that keep them at a larger one.
    """
    paths = sorted({s.clip.path for s in segments if s.clip.events is not None})
    order = np.random.default_rng(settings.seed).permutation(len(paths))
    strong = round(settings.strong_share * len(paths))
    weak = strong + round(settings.weak_share * (len(paths) - strong))
    kind_of = {
        paths[clip]: KINDS[int(place >= strong) + int(place >= weak)]
        for place, clip in enumerate(order)
    }
    kinds = np.array([kind_of.get(s.clip.path) or _own_kind(s) for s in segments], dtype=object)
    return Supervision(*(np.flatnonzero(kinds == kind) for kind in KINDS))


def batch_sizes(
    supervision: Supervision, settings: BatchSettings, *, teacher: bool
) -> dict[str, int]:
    """Pieces of each kind in a batch, without kinds that there are none of.

    Raises:
        ConfigError: nothing is left to learn from, or unlabelled clips are asked for that nobody
            would learn from.
    """
    if settings.unlabelled and not teacher:
        raise ConfigError(
            "batch: unlabelled clips teach nothing without a mean teacher; set "
            "teacher.consistency above 0, or batch.unlabelled to 0"
        )
    wanted = {kind: getattr(settings, kind) for kind in KINDS}
    sizes = {kind: size for kind, size in wanted.items() if size and len(supervision.of(kind))}
    if not {"strong", "weak"} & sizes.keys():
        counts = ", ".join(f"{len(supervision.of(kind))} {kind}" for kind in KINDS)
        raise ConfigError(
            f"there is nothing to learn from: {counts} clips, in batches of {settings.strong} "
            f"strong and {settings.weak} weak ones; mend batch or supervision"
        )
    return sizes


def _own_kind(segment: Segment) -> str:
    return "unlabelled" if segment.clip.labels is None else "weak"
