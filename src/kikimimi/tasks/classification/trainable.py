"""A classifier with its examples and its loss, as the training loop wants it.

Axes: B examples, F mel bands, N frames, T samples, K classes, V clips.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from kikimimi.audio.augment import evenly_spaced_crops
from kikimimi.audio.waveform_bank import WaveformBank
from kikimimi.features.augment import spectrogram_chain_from_recipe
from kikimimi.features.front_end import FrontEnd
from kikimimi.tasks.classification.classifier import Classifier
from kikimimi.tasks.classification.evaluation import Predictor, figure_of_merit
from kikimimi.tasks.classification.examples import EpochBatches, ExampleMaker, TrainingBatch
from kikimimi.tasks.classification.recipe import ClassificationRecipe
from kikimimi.tasks.classification.splits import Split
from kikimimi.training.seeds import epoch_generator
from kikimimi.training.trainable import Shard
from kikimimi.types import FloatArray

_STATISTICS_CLIPS = 400
"""Clips that the normalisation of the input is measured on."""


class ClassificationTrainable:
    """Trains `classifier` on the training clips of a split.

    Args:
        recipe: the settings.
        classifier: the network with its head.
        bank: samples of all clips.
        targets: (V, K) classes of all clips.
        split: which clips train, and which are watched.
        workers: processes that make examples; 0 makes them in this one.
    """

    def __init__(
        self,
        recipe: ClassificationRecipe,
        classifier: Classifier,
        bank: WaveformBank,
        targets: FloatArray,
        split: Split,
        *,
        workers: int = 0,
    ) -> None:
        self.network: nn.Module = classifier
        self._classifier = classifier
        self._recipe, self._bank, self._targets, self._split = recipe, bank, targets, split
        self._workers = workers
        self._make = ExampleMaker(bank, targets, split.train, recipe.augmentation)
        self._mask = spectrogram_chain_from_recipe(
            recipe.augmentation.spectrogram, where="augmentation: spectrogram"
        )
        self.front_end = front_end_of(recipe, classifier)
        self._normalise_from_training_clips()

    def steps_per_epoch(self, world_size: int) -> int:
        """Batches of an epoch for each process."""
        return len(self._split.train) // (self._recipe.batch_size * world_size)

    def batches(self, epoch: int, shard: Shard) -> Iterable[TrainingBatch]:
        """Each training clip starts one example, in an order of its own each epoch."""
        seed = self._recipe.loop.seed
        order = epoch_generator(seed, epoch).permutation(self._split.train)
        taken = shard.take(order.tolist())
        batches = EpochBatches(
            self._make,
            np.asarray(taken),
            batch_size=self._recipe.batch_size,
            seed=seed * shard.world_size + shard.rank,
            epoch=epoch,
        )
        return DataLoader(batches, batch_size=None, num_workers=self._workers)

    def losses(self, batch: TrainingBatch) -> dict[str, Tensor]:
        """The classification loss of a batch."""
        inputs = self._classifier.normalise(self._inputs(batch))
        logits = self.network(inputs).logits
        head = self._recipe.head
        if head.loss == "binary_cross_entropy":
            return {"loss": binary_cross_entropy(logits, batch.targets)}
        return {"loss": cross_entropy(logits, batch.targets, smoothing=head.label_smoothing)}

    def figures(self, network: nn.Module) -> dict[str, float]:
        """The figure of merit on the inner fold, if the recipe leaves one out."""
        if len(self._split.inner) == 0 or not isinstance(network, Classifier):
            return {}
        predictor = predictor_of(self._recipe, network)
        predicted = predictor(self._bank[number] for number in self._split.inner)
        name, value = figure_of_merit(
            predicted.probabilities,
            self._targets[self._split.inner],
            multi_label=is_multi_label(self._recipe),
        )
        return {f"inner_{name}": value}

    def _inputs(self, batch: TrainingBatch) -> Tensor:
        if self.front_end is None:
            return batch.samples
        generator = np.random.default_rng(batch.seed)
        return self._mask(self.front_end(batch.samples), generator)

    def _normalise_from_training_clips(self) -> None:
        """Measure mean of each band and scale on evenly chosen training clips."""
        if self.front_end is None:
            return
        clips = self._split.train
        chosen = clips[
            np.linspace(0, len(clips) - 1, min(len(clips), _STATISTICS_CLIPS)).astype(int)
        ]
        length = round(self._recipe.augmentation.crop_s * self._bank.sample_rate_hz)
        crops = [
            evenly_spaced_crops(self._bank[number], length, 1, sound_only=True) for number in chosen
        ]
        maps = self.front_end(torch.from_numpy(np.concatenate(crops)))
        mean = maps.mean(dim=(0, 2))[:, None]
        self._classifier.set_normalisation(mean, (maps - mean).std())


def front_end_of(recipe: ClassificationRecipe, classifier: Classifier) -> FrontEnd | None:
    """The front end of the recipe; None for a network that hears samples."""
    waveform = classifier.backbone.input_kind == "waveform"
    return None if waveform else FrontEnd(recipe.front_end)


def is_multi_label(recipe: ClassificationRecipe) -> bool:
    """Whether a clip may have any number of classes."""
    return recipe.head.loss == "binary_cross_entropy"


def predictor_of(recipe: ClassificationRecipe, classifier: Classifier) -> Predictor:
    """The multi-crop test that the recipe asks for."""
    return Predictor(
        classifier,
        front_end_of(recipe, classifier),
        crop_samples=round(recipe.augmentation.crop_s * recipe.data.sample_rate_hz),
        crops=recipe.test.crops,
        multi_label=is_multi_label(recipe),
    )


def cross_entropy(logits: Tensor, targets: Tensor, *, smoothing: float) -> Tensor:
    """Cross-entropy with soft targets (B, K), smoothed towards equal shares (Szegedy et al., 2016).

    Less its least possible value it is the Kullback-Leibler loss of between-class learning.
    """
    return functional.cross_entropy(logits, targets, label_smoothing=smoothing)


def binary_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Sum over classes of the binary cross-entropies, mean over examples: (B, K), (B, K)."""
    return (
        functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(1).mean()
    )


def class_targets(labels: Sequence[Sequence[int]], class_count: int) -> FloatArray:
    """(V, K) with 1 at the classes of each clip."""
    targets = np.zeros((len(labels), class_count), np.float32)
    for row, classes in zip(targets, labels, strict=True):
        row[list(classes)] = 1.0
    return targets
