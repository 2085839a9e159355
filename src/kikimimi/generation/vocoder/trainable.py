"""A vocoder with its discriminators, as the training loop wants it.

Both take one step at the same time from the gradient of one sum: the discriminators hear what was
made without a way back to the vocoder, and the vocoder is judged by discriminators whose
parameters stand still. Adam keeps its moments by parameter, so that one optimiser is two.

Axes: B crops, T samples, N frames.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from kikimimi.features.torch_logmel import TorchLogMel
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.generation.multi_scale_loss import MultiScaleMelLoss
from kikimimi.generation.multi_scale_mel import multi_scale_mel_l1
from kikimimi.generation.vocoder.adversarial import (
    discriminator_loss,
    feature_matching,
    generator_loss,
)
from kikimimi.generation.vocoder.batches import CropStream, VocoderBatch
from kikimimi.generation.vocoder.discriminators import Discriminators, frozen
from kikimimi.generation.vocoder.network import VocoderNetwork
from kikimimi.generation.vocoder.neural import vocoded
from kikimimi.generation.vocoder.recipe import VocoderRecipe
from kikimimi.training.trainable import Shard
from kikimimi.types import FloatArray

_QUIETEST = 1e-3
"""Crops of a lower RMS than this are not brought to full level for the discriminators."""


class VocoderGame(nn.Module):
    """Vocoder and discriminators, as they are kept in checkpoints."""

    def __init__(self, recipe: VocoderRecipe) -> None:
        super().__init__()
        self.vocoder = VocoderNetwork(recipe.network)
        self.discriminators = Discriminators(recipe.discriminators)


class VocoderTrainable:
    """Trains `network`.

    Args:
        recipe: the settings.
        network: vocoder and discriminators.
        stream: crops of the training sounds.
        left_out: sounds (T,) that the figures are taken of.
    """

    def __init__(
        self,
        recipe: VocoderRecipe,
        network: VocoderGame,
        stream: CropStream,
        left_out: Sequence[FloatArray],
    ) -> None:
        self.network: nn.Module = network
        self._game, self._recipe = network, recipe
        self._stream, self._left_out = stream, left_out
        self._front_end = TorchLogMel(GENERATION_MEL)
        self._distance = MultiScaleMelLoss(GENERATION_MEL.sample_rate_hz)

    def steps_per_epoch(self, world_size: int) -> int:
        """Batches of an epoch for each process."""
        return self._stream.steps_per_epoch(world_size)

    def batches(self, epoch: int, shard: Shard) -> Iterable[VocoderBatch]:
        """Crops, which the discriminators hear once the first epochs are over."""
        adversarial = epoch >= self._recipe.loss.reconstruction_epochs
        return self._stream.epoch(epoch, shard, adversarial=adversarial)

    def losses(self, batch: VocoderBatch) -> dict[str, Tensor]:
        """The weighted sum, and what it is made of."""
        real, weights = batch.samples, self._recipe.loss
        self._front_end.to(real.device)
        self._distance.to(real.device)
        made = self._game.vocoder(self._front_end(real), batch.noise)
        reconstruction = self._distance(real, made)
        losses = {"reconstruction": reconstruction}
        total = weights.reconstruction * reconstruction
        if batch.adversarial:
            played = self._play(real, made, batch.first)
            total = total + played["discriminators"]
            total = total + weights.adversarial * played["adversarial"]
            total = total + weights.feature_matching * played["feature_matching"]
            losses |= played
        return {"loss": total, **losses}

    def figures(self, network: nn.Module) -> dict[str, float]:
        """Multi-scale mel distance of sounds that are not trained on."""
        if not self._left_out or not isinstance(network, VocoderGame):
            return {}
        distances = [_distance_of(network.vocoder, samples) for samples in self._left_out]
        return {"multi_scale_mel": sum(distances) / len(distances)}

    def _play(self, real: Tensor, made: Tensor, first: int) -> dict[str, Tensor]:
        judges = self._game.discriminators
        length = self._recipe.crops.adversarial_frames * GENERATION_MEL.hop_length
        real, made = (each[:, first : first + length] for each in (real, made))
        level = real.square().mean(dim=1, keepdim=True).sqrt().clamp_min(_QUIETEST)
        real, made = real / level, made / level
        truths = judges(real)
        with frozen(judges):
            judged = judges(made)
        return {
            "discriminators": discriminator_loss(truths, judges(made.detach())),
            "adversarial": generator_loss(judged),
            "feature_matching": feature_matching(truths, judged),
        }


def _distance_of(network: VocoderNetwork, samples: FloatArray) -> float:
    device = next(network.parameters()).device
    front_end = TorchLogMel(GENERATION_MEL).to(device)
    log_mel = front_end(torch.from_numpy(samples).to(device))
    made = vocoded(network, log_mel.cpu().numpy(), seed=0)
    return multi_scale_mel_l1(samples[: len(made)], made)
