"""Scores of a classifier on clips: multi-crop test, accuracy, ensembles.

Axes: V clips, K classes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torch import Tensor

from kikimimi.audio.augment.crop import evenly_spaced_crops
from kikimimi.errors import ConfigError
from kikimimi.features.front_end import FrontEnd
from kikimimi.tasks.classification.classifier import Classifier
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """`probabilities` (V, K) and `embeddings` (V, D), means over the crops of each clip."""

    probabilities: FloatArray
    embeddings: FloatArray


class Predictor:
    """Runs a classifier over whole clips, crop by crop, so that no clip depends on another."""

    def __init__(
        self,
        classifier: Classifier,
        front_end: FrontEnd | None,
        *,
        crop_samples: int,
        crops: int,
        multi_label: bool = False,
    ) -> None:
        self._classifier = classifier
        self._front_end = front_end
        self._crop_samples = crop_samples
        self._crops = crops
        self._multi_label = multi_label

    @torch.inference_mode()
    def __call__(self, clips: Iterable[FloatArray]) -> Predictions:
        """Predict clips (T,) of any length."""
        was_training = self._classifier.training
        self._classifier.eval()
        device = next(self._classifier.parameters()).device
        probabilities, embeddings = [], []
        for clip in clips:
            crops = evenly_spaced_crops(clip, self._crop_samples, self._crops)
            output = self._classifier(self._inputs(torch.from_numpy(crops).to(device)))
            probabilities.append(self._squash(output.logits).mean(dim=0))
            embeddings.append(output.embedding.mean(dim=0))
        self._classifier.train(was_training)
        return Predictions(
            torch.stack(probabilities).float().cpu().numpy(),
            torch.stack(embeddings).float().cpu().numpy(),
        )

    def _inputs(self, samples: Tensor) -> Tensor:
        inputs = samples if self._front_end is None else self._front_end(samples)
        return self._classifier.normalise(inputs)

    def _squash(self, logits: Tensor) -> Tensor:
        return logits.sigmoid() if self._multi_label else logits.softmax(dim=1)


def accuracy(probabilities: FloatArray, targets: Sequence[int] | np.ndarray) -> float:
    """Share of clips whose most likely class is the target: (V, K), (V,)."""
    return float((probabilities.argmax(axis=1) == np.asarray(targets)).mean())


def figure_of_merit(
    probabilities: FloatArray, targets: FloatArray, *, multi_label: bool
) -> tuple[str, float]:
    """Name and value of what a data set is judged by: (V, K), (V, K).

    Accuracy where a clip has one class, else the mean over classes of the average precision;
    classes without a test clip do not count.
    """
    if not multi_label:
        return "accuracy", accuracy(probabilities, targets.argmax(axis=1))
    heard = targets.sum(axis=0) > 0
    value = average_precision_score(targets[:, heard], probabilities[:, heard], average="macro")
    return "mean_average_precision", float(value)


def ensemble(members: Sequence[FloatArray]) -> FloatArray:
    """Mean of the members' probabilities (V, K).

    Raises:
        ConfigError: there are none, or they were made on different clips or classes.
    """
    if not members:
        raise ConfigError("an ensemble needs at least one member")
    shapes = {member.shape for member in members}
    if len(shapes) > 1:
        raise ConfigError(f"the members of an ensemble differ in shape: {sorted(shapes)}")
    return np.mean(members, axis=0, dtype=np.float32)
