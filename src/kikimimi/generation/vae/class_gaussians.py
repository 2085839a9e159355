"""Where the latents of each class lie: Gaussians that samples are drawn from.

The latents of a data set do not fill N(0, 1) evenly, so that draws from there decode to noise.
What is drawn here instead is fitted to the latents of the training sounds: their means, and their
covariances by the posterior mean under an inverse-Wishart prior that weighs as much as one sound
for each dimension (Murphy, "Machine learning: a probabilistic perspective", 2012, section 4.6.2),
since a class may have fewer sounds than dimensions.

Axes: S sounds, D dimensions, K classes; row K of each table stands for all sounds.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

_LEAST_VARIANCE = 1e-5


class ClassGaussians(nn.Module):
    """Means (K + 1, D) and Cholesky factors (K + 1, D, D) of the covariances."""

    means: Tensor
    factors: Tensor

    def __init__(self, classes: int, dimensions: int) -> None:
        super().__init__()
        self.register_buffer("means", torch.zeros(classes + 1, dimensions))
        self.register_buffer("factors", torch.eye(dimensions).repeat(classes + 1, 1, 1))

    def fit(self, latents: Tensor, variances: Tensor, labels: Sequence[int]) -> None:
        """Fit to latents (S, D) with independent variances (S, D); label -1 is none."""
        numbers = torch.tensor(labels)
        values, spread = latents.double(), variances.double().mean(dim=0)
        self._set(-1, values.mean(dim=0), _covariance(values) + spread.diag())
        within = values.clone()
        for label in set(labels) - {-1}:
            within[numbers == label] -= values[numbers == label].mean(dim=0)
        pooled = _covariance(within)
        weight = float(latents.shape[1])
        for label in set(labels) - {-1}:
            members = values[numbers == label]
            count = len(members)
            own = _covariance(members)
            shrunk = (count * own + weight * pooled) / (count + weight)
            self._set(label, members.mean(dim=0), shrunk + spread.diag())

    def draw(self, label: int | None, generator: torch.Generator) -> Tensor:
        """A latent (D,) of a class, or of all sounds."""
        row = -1 if label is None else label
        noise = torch.randn(self.means.shape[1], generator=generator)
        return self.means[row] + self.factors[row] @ noise

    def deviations(self) -> Tensor:
        """Standard deviation (D,) over all sounds."""
        return self.factors[-1].square().sum(dim=1).sqrt()

    def _set(self, row: int, mean: Tensor, covariance: Tensor) -> None:
        floor = _LEAST_VARIANCE * torch.eye(len(mean), dtype=mean.dtype)
        self.means[row] = mean.float()
        self.factors[row] = torch.linalg.cholesky(covariance + floor).float()


def _covariance(values: Tensor) -> Tensor:
    centred = values - values.mean(dim=0)
    return centred.T @ centred / len(values)
