"""Batches with strongly labelled, weakly labelled and unlabelled pieces, in this order.

Axes: B pieces, F mel bands, N mel frames, N' frames of the network, N_e frames of an encoder, E its
embedding size, K classes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kikimimi.tasks.detection.data import SplitData, rows
from kikimimi.tasks.detection.supervision import KINDS, Supervision
from kikimimi.training.seeds import epoch_generator
from kikimimi.training.trainable import Shard


@dataclass(frozen=True, slots=True)
class DetectionBatch:
    """The first pieces have strong labels, the next weak ones, the last none."""

    log_mel: Tensor
    """(B, F, N)."""
    encoded: Tensor | None
    """(B, N_e, E)."""
    strong_targets: Tensor
    """(strong pieces, N', K)."""
    weak_targets: Tensor
    """(weak pieces, K)."""
    step: int
    """Steps made before, over all epochs."""
    seed: int
    """For the random changes of this batch."""


class BatchMaker:
    """The batches of any epoch: a function of seed, epoch and shard alone.

    Args:
        data: the training pieces.
        supervision: which of them are of which kind.
        sizes: pieces of each kind in a batch.
        strong_targets: (S, N', K) of all pieces.
        weak_targets: (S, K) of all pieces.
        seed: of the training.
    """

    def __init__(
        self,
        data: SplitData,
        supervision: Supervision,
        sizes: Mapping[str, int],
        strong_targets: NDArray[np.bool_],
        weak_targets: NDArray[np.float32],
        *,
        seed: int,
    ) -> None:
        self._data, self._supervision, self._sizes = data, supervision, dict(sizes)
        self._strong, self._weak = strong_targets, weak_targets
        self._seed = seed

    def steps_per_epoch(self, world_size: int) -> int:
        """Batches until the kind that takes longest has been passed over once."""
        return max(
            len(self._supervision.of(kind)) // (size * world_size)
            for kind, size in self._sizes.items()
        )

    def epoch(self, epoch: int, shard: Shard) -> Iterator[DetectionBatch]:
        """The batches of an epoch for one process."""
        steps = self.steps_per_epoch(shard.world_size)
        generator = epoch_generator(self._seed, epoch)
        orders = {
            kind: self._order(kind, steps, generator, shard)
            for kind in KINDS
            if kind in self._sizes
        }
        seeds = epoch_generator(self._seed, epoch, rank=shard.rank).integers(2**31, size=steps)
        for step in range(steps):
            numbers = {kind: order[step] for kind, order in orders.items()}
            yield self._batch(numbers, epoch * steps + step, int(seeds[step]))

    def _order(
        self, kind: str, steps: int, generator: np.random.Generator, shard: Shard
    ) -> NDArray[np.int64]:
        """Pieces (steps, size) of a kind; each is taken once before any is taken again."""
        pieces, size = self._supervision.of(kind), self._sizes[kind]
        wanted = steps * size * shard.world_size
        passes = -(-wanted // len(pieces))
        order = np.concatenate([generator.permutation(pieces) for _ in range(passes)])[:wanted]
        return order[shard.rank :: shard.world_size].reshape(steps, size)

    def _batch(
        self, numbers: Mapping[str, NDArray[np.int64]], step: int, seed: int
    ) -> DetectionBatch:
        none = np.zeros(0, np.int64)
        every = np.concatenate(list(numbers.values()))
        encoded = self._data.encoded
        strong = self._strong[numbers.get("strong", none)].astype(np.float32)
        return DetectionBatch(
            log_mel=torch.from_numpy(rows(self._data.log_mels, every)),
            encoded=None if encoded is None else torch.from_numpy(rows(encoded, every)),
            strong_targets=torch.from_numpy(strong),
            weak_targets=torch.from_numpy(self._weak[numbers.get("weak", none)]),
            step=step,
            seed=seed,
        )
