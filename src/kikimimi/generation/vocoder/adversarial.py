"""Losses of the adversarial game, as means over discriminators."""

from collections.abc import Sequence

import torch
from torch import Tensor

from kikimimi.generation.vocoder.discriminators import Judgement


def discriminator_loss(real: Sequence[Judgement], made: Sequence[Judgement]) -> Tensor:
    """Hinge loss of the discriminators (Lim and Ye, "Geometric GAN", 2017)."""
    losses = [
        torch.relu(1 - truth.scores).mean() + torch.relu(1 + fake.scores).mean()
        for truth, fake in zip(real, made, strict=True)
    ]
    return torch.stack(losses).mean()


def generator_loss(made: Sequence[Judgement]) -> Tensor:
    """Hinge loss of the generator: what falls short of a real sound's score of 1."""
    return torch.stack([torch.relu(1 - each.scores).mean() for each in made]).mean()


def feature_matching(real: Sequence[Judgement], made: Sequence[Judgement]) -> Tensor:
    """L1 distance of the layers' maps, summed over layers (Kumar et al., "MelGAN", 2019, eq. 3).

    The maps of the real sounds are taken as they are; no gradient goes into them.
    """
    losses = [
        torch.stack(
            [(one - other.detach()).abs().mean() for one, other in zip(f.maps, r.maps, strict=True)]
        ).sum()
        for r, f in zip(real, made, strict=True)
    ]
    return torch.stack(losses).mean()
