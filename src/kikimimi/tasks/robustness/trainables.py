"""The two networks that are trained on clean log-mels, as the training loop wants them.

Axes: V clips, B examples, F mel bands, N frames, D embedding size, K classes.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network
from kikimimi.networks.conv_autoencoder import ConvAutoencoder
from kikimimi.tasks.robustness.recipe import NetworkTraining
from kikimimi.training.seeds import epoch_generator
from kikimimi.training.trainable import Shard


class Examples(NamedTuple):
    """`log_mel` (B, F, N) and `targets` (B,)."""

    log_mel: Tensor
    targets: Tensor


class CropBatches:
    """Random crops of clean log-mels (V, F, N), each clip once an epoch."""

    def __init__(self, log_mel: Tensor, targets: np.ndarray, settings: NetworkTraining) -> None:
        self._log_mel, self._targets = log_mel, torch.from_numpy(targets)
        self._settings = settings
        self._crop = min(settings.crop_frames, log_mel.shape[2])

    def steps_per_epoch(self, world_size: int) -> int:
        """Full batches for each process."""
        return len(self._log_mel) // (self._settings.batch_size * world_size)

    def batches(self, epoch: int, shard: Shard) -> Iterator[Examples]:
        """The batches of an epoch; a crop starts at the same frame for a whole batch."""
        generator = epoch_generator(self._settings.loop.seed, epoch)
        order = shard.take(generator.permutation(len(self._log_mel)).tolist())
        latest = self._log_mel.shape[2] - self._crop
        size = self._settings.batch_size
        for number in range(self.steps_per_epoch(shard.world_size)):
            rows = order[number * size : (number + 1) * size]
            start = int(generator.integers(0, latest + 1))
            crops = self._log_mel[rows, :, start : start + self._crop]
            yield Examples(crops, self._targets[rows])

    def figures(self, network: nn.Module) -> dict[str, float]:
        """None: the number of epochs is fixed, and nothing is chosen by them."""
        return {}


class ReconstructionTraining(CropBatches):
    """An auto-encoder learns to give back what it was given; labels are not used."""

    def __init__(
        self,
        network: ConvAutoencoder,
        log_mel: Tensor,
        targets: np.ndarray,
        settings: NetworkTraining,
    ) -> None:
        super().__init__(log_mel, targets, settings)
        self.network: nn.Module = network
        self._autoencoder = network

    def losses(self, batch: Examples) -> dict[str, Tensor]:
        """Mean squared error of the normalised log-mel."""
        return {
            "loss": functional.mse_loss(self._autoencoder.reconstruct(batch.log_mel), batch.log_mel)
        }


class EndToEnd(nn.Module):
    """A network with a linear head: (B, F, N) -> logits (B, K)."""

    def __init__(self, backbone: Network, class_count: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(backbone.embedding_size, class_count)

    def forward(self, log_mel: Tensor) -> Tensor:
        """Classify B clips."""
        return self.head(self.backbone(log_mel))


class ClassificationTraining(CropBatches):
    """A network and its head learn the classes together."""

    def __init__(
        self, network: EndToEnd, log_mel: Tensor, targets: np.ndarray, settings: NetworkTraining
    ) -> None:
        super().__init__(log_mel, targets, settings)
        self.network: nn.Module = network

    def losses(self, batch: Examples) -> dict[str, Tensor]:
        """Cross-entropy."""
        return {"loss": functional.cross_entropy(self.network(batch.log_mel), batch.targets)}
