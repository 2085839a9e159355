"""A frame tagger with its data and its losses, as the training loop wants it.

Axes: B pieces, F mel bands, N mel frames, N' frames of the network, S pieces of the data, K
classes.
"""

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from kikimimi.features.augment import spectrogram_chain_from_recipe
from kikimimi.tasks.detection.batches import BatchMaker, DetectionBatch
from kikimimi.tasks.detection.data import DetectionData, SplitData, rows
from kikimimi.tasks.detection.evaluation import frame_figures
from kikimimi.tasks.detection.losses.contract import TrainingCounts
from kikimimi.tasks.detection.mean_teacher import MeanTeacher, consistency_ramp
from kikimimi.tasks.detection.network import (
    DetectionNetwork,
    frame_grid,
    tagger_of,
    taggers_in,
)
from kikimimi.tasks.detection.objective import Objective, consistency_loss, total
from kikimimi.tasks.detection.prediction import evenly_chosen, predict
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.tasks.detection.segments import strong_targets, weak_targets
from kikimimi.tasks.detection.supervision import Supervision, batch_sizes, supervise
from kikimimi.training.trainable import Shard

_STATISTICS_PIECES = 400
"""Pieces that the normalisation of the input is measured on."""


_LEAST_SHARE = 1e-3
"""The network begins with no smaller probability of an event than this."""


class DetectionTrainable:
    """Trains `network` on the training splits of a data set.

    Args:
        recipe: the settings.
        network: the tagger, or student and teacher.
        data: the data set.
    """

    def __init__(
        self, recipe: DetectionRecipe, network: DetectionNetwork, data: DetectionData
    ) -> None:
        self.network: nn.Module = network
        self._recipe, self._data = recipe, data
        self._network = network
        train = data.split(*recipe.data.train)
        grid = frame_grid(tagger_of(network), recipe, train.encoder_hop_s)
        strong = strong_targets(train.segments, data.classes, frames=grid.count, hop_s=grid.hop_s)
        weak = weak_targets(train.segments, data.classes)
        self.supervision = supervise(train.segments, recipe.supervision)
        sizes = batch_sizes(
            self.supervision, recipe.batch, teacher=isinstance(network, MeanTeacher)
        )
        self._batches = BatchMaker(
            train, self.supervision, sizes, strong, weak, seed=recipe.loop.seed
        )
        self._objective = Objective(recipe.loss, training_counts(strong, weak, self.supervision))
        self._mask = spectrogram_chain_from_recipe(recipe.augmentation, where="augmentation")
        self._normalise_from(train)
        share = _active_share(strong, weak, self.supervision)
        for tagger in taggers_in(network):
            tagger.set_prior(share)

    def steps_per_epoch(self, world_size: int) -> int:
        """Batches of an epoch for each process."""
        return self._batches.steps_per_epoch(world_size)

    def batches(self, epoch: int, shard: Shard) -> Iterable[DetectionBatch]:
        """Mixed batches; each piece of the longest kind once."""
        return self._batches.epoch(epoch, shard)

    def losses(self, batch: DetectionBatch) -> dict[str, Tensor]:
        """The terms of the objective, and what the student differs from its teacher."""
        network = self._network
        student = network.student if isinstance(network, MeanTeacher) else network
        heard = student.normalise(batch.log_mel)
        changed = self._mask(heard, np.random.default_rng(batch.seed))
        output = student(changed, batch.encoded)
        self._objective.to(batch.log_mel.device)
        terms = self._objective(output, batch.strong_targets, batch.weak_targets)
        if isinstance(network, MeanTeacher):
            network.follow()
            with torch.no_grad():
                taught = network.teacher(heard, batch.encoded)
            weight = self._consistency(batch.step)
            terms["consistency"] = weight * consistency_loss(output, taught)
        return total(terms)

    def figures(self, network: nn.Module) -> dict[str, float]:
        """Frame-based figures at 0.5 on some of the validation pieces."""
        settings = self._recipe.data
        if not settings.figures_clips:
            return {}
        some = evenly_chosen(self._data.split(settings.validation), settings.figures_clips)
        scores = predict(tagger_of(network), some, self._recipe, self._data.classes)
        figures = frame_figures(some, scores, self._data.classes)
        return {f"inner_{name}": figures[name] for name in ("micro_f1", "macro_f1")}

    def _consistency(self, step: int) -> float:
        settings = self._recipe.teacher
        ramp_steps = settings.ramp_epochs * self.steps_per_epoch(1)
        return settings.consistency * consistency_ramp(step, ramp_steps)

    def _normalise_from(self, train: SplitData) -> None:
        """Measure mean of each band and scale on evenly chosen training pieces."""
        count = min(len(train), _STATISTICS_PIECES)
        chosen = np.linspace(0, len(train) - 1, count).astype(np.int64)
        maps = torch.from_numpy(rows(train.log_mels, chosen))
        mean = maps.mean(dim=(0, 2))[:, None]
        scale = (maps - mean).std().clamp_min(1e-6)
        for tagger in taggers_in(self._network):
            tagger.set_normalisation(mean, scale)


def training_counts(
    strong: NDArray[np.bool_], weak: NDArray[np.float32], supervision: Supervision
) -> TrainingCounts:
    """What the labels that may be used tell of frequencies: (S, N', K), (S, K)."""
    known = np.concatenate([supervision.strong, supervision.weak])
    together = weak[known].T @ weak[known]
    np.fill_diagonal(together, 0)
    return TrainingCounts(
        active_frames=torch.from_numpy(strong[supervision.strong].sum(axis=(0, 1))).float(),
        cooccurrence=torch.from_numpy(together),
    )


def _active_share(
    strong: NDArray[np.bool_], weak: NDArray[np.float32], supervision: Supervision
) -> float:
    """Share of active frames in the strong labels, else of active clips in the weak ones."""
    known = strong[supervision.strong] if len(supervision.strong) else weak[supervision.weak]
    return float(np.clip(known.mean(), _LEAST_SHARE, 1 - _LEAST_SHARE))
