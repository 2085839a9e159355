"""What is minimised, from the output of the network for a mixed batch.

Axes: B pieces (strong ones first, then weak ones, then unlabelled ones), N' frames, K classes.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.frame_tagger import FrameOutput
from kikimimi.tasks.detection.losses.contract import TrainingCounts
from kikimimi.tasks.detection.losses.graph_laplacian import graph_laplacian, graph_penalty
from kikimimi.tasks.detection.losses.registry import create_loss
from kikimimi.tasks.detection.losses.sub_sampling import kept_frames
from kikimimi.tasks.detection.recipe import LossSettings

_LEAST_PROBABILITY = 1e-6


class Objective(nn.Module):
    """The losses of a recipe, each times its weight.

    Raises:
        ConfigError: there is no loss of that name, or it has no such option.
    """

    laplacian: Tensor

    def __init__(self, settings: LossSettings, counts: TrainingCounts) -> None:
        super().__init__()
        self._settings, self._counts = settings, counts
        self._loss = create_loss(settings.name, settings.options)
        laplacian = graph_laplacian(counts.cooccurrence).float()
        self.register_buffer("laplacian", laplacian, persistent=False)

    def forward(self, output: FrameOutput, strong: Tensor, weak: Tensor) -> dict[str, Tensor]:
        """Terms by name, weights included.

        Args:
            output: for the whole batch.
            strong: (strong pieces, N', K) targets.
            weak: (weak pieces, K) targets.
        """
        settings, terms = self._settings, {}
        if len(strong):
            terms["frames"] = self._frames(output.strong[: len(strong)], strong)
            if settings.activity_weight and output.activity is not None:
                activity = output.activity[: len(strong)]
                terms["activity"] = settings.activity_weight * activity_loss(activity, strong)
        if len(weak):
            clips = output.weak[len(strong) : len(strong) + len(weak)]
            terms["clips"] = settings.weak_weight * weak_loss(clips, weak)
        if settings.graph_weight:
            penalty = graph_penalty(output.strong, self.laplacian)
            terms["graph"] = settings.graph_weight * penalty
        return terms

    def _frames(self, logits: Tensor, targets: Tensor) -> Tensor:
        alpha = self._settings.sub_sampling
        kept = None if alpha is None else kept_frames(targets, alpha)
        return self._loss(logits, targets, self._counts, kept)


def weak_loss(probabilities: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy of the classes of clips: (B, K), (B, K) -> ()."""
    bounded = probabilities.float().clamp(_LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    terms = targets * bounded.log() + (1 - targets) * (1 - bounded).log()
    return -terms.mean()


def activity_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of any event being heard: (B, N') logits, (B, N', K) targets -> ().

    Sound activity detection as a second task: Pankajakshan et al., "Polyphonic sound event and
    sound activity detection: a multi-task approach", WASPAA 2019.
    """
    return functional.binary_cross_entropy_with_logits(logits.float(), targets.amax(dim=2))


def consistency_loss(student: FrameOutput, teacher: FrameOutput) -> Tensor:
    """Mean squared differences of what both say of frames, and of clips: -> ()."""
    frames = functional.mse_loss(student.strong.float().sigmoid(), teacher.strong.float().sigmoid())
    return frames + functional.mse_loss(student.weak, teacher.weak)


def total(terms: dict[str, Tensor]) -> dict[str, Tensor]:
    """The terms and their sum, as "loss"."""
    return {"loss": torch.stack(list(terms.values())).sum(), **terms}
