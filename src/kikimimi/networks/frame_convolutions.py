"""Convolutions of networks that tell events over time: pooled over frequency, never more.

Axes: B clips, C channels, F mel bands, N frames.
"""

from collections.abc import Sequence
from math import prod
from typing import Literal

from torch import Tensor, nn

from kikimimi.networks.contract import NetworkConfig
from kikimimi.networks.layers import ConvNorm
from kikimimi.networks.pooled_convolution import PooledConv2d

NormPlace = Literal["before_pooling", "after_pooling"]
"""Where batch normalisation stands; after the pooling a step takes half the time on a CPU."""


class FrameConvolutions(nn.Sequential):
    """3 x 3 convolutions, each with batch normalisation, maximum over bands, LeakyReLU, dropout.

    The LeakyReLU comes after the maximum: the two commute, and there is less left to compute.

    Args:
        channels: of each convolution.
        frequency_pools: bands in one maximum after each.
        time_pools: frames in one maximum after each.
        norm: whether statistics are taken before the maximum or after it; after it, dropout is of
            whole channels.
        dropout: after every convolution.
    """

    def __init__(
        self,
        channels: Sequence[int],
        frequency_pools: Sequence[int],
        time_pools: Sequence[int],
        *,
        norm: NormPlace,
        dropout: float,
    ) -> None:
        inputs = (1, *channels[:-1])
        build = _POOLED[norm]
        layers: list[nn.Module] = []
        for sizes in zip(inputs, channels, frequency_pools, time_pools, strict=True):
            layers += [*build(*sizes), _dropout(norm, dropout)]
        super().__init__(*layers)

    def sequence(self, maps: Tensor) -> Tensor:
        """(B, 1, F, N) -> (B, N', C F') with what is left of the bands beside the channels."""
        return self(maps).permute(0, 3, 1, 2).flatten(2)


def sequence_size(n_mels: int, channels: Sequence[int], frequency_pools: Sequence[int]) -> int:
    """Features of a frame that `FrameConvolutions.sequence` gives."""
    bands = n_mels
    for pool in frequency_pools:
        bands = -(-bands // pool)
    return channels[-1] * bands


def check_pools(
    config: NetworkConfig,
    *,
    n_mels: int,
    channels: Sequence[int],
    frequency_pools: Sequence[int],
) -> None:
    """Check that there is one pooling a convolution, and a band left at the end.

    Raises:
        ConfigError: there is not.
    """
    config.require(
        len(channels) == len(frequency_pools),
        "channels and frequency_pools must have one number a convolution",
    )
    config.require(
        pools_fit(n_mels, frequency_pools),
        f"frequency_pools {tuple(frequency_pools)} leave nothing of {n_mels} bands",
    )


def pools_fit(n_mels: int, frequency_pools: Sequence[int]) -> bool:
    """Whether a band is left after all maxima."""
    return prod(frequency_pools) <= n_mels


def _norm_first(inputs: int, channels: int, bands: int, frames: int) -> list[nn.Module]:
    pooled = nn.Sequential(nn.MaxPool2d((bands, frames), ceil_mode=True), _leaky_relu())
    return [ConvNorm(inputs, channels), pooled]


def _pool_first(inputs: int, channels: int, bands: int, frames: int) -> list[nn.Module]:
    over_time = [nn.MaxPool2d((1, frames), ceil_mode=True)] if frames > 1 else []
    convolution = PooledConv2d(inputs, channels, pool=bands)
    return [
        nn.Sequential(convolution, *over_time),
        nn.Sequential(nn.BatchNorm2d(channels), _leaky_relu()),
    ]


_POOLED = {"before_pooling": _norm_first, "after_pooling": _pool_first}


def _dropout(norm: NormPlace, rate: float) -> nn.Module:
    return nn.Dropout(rate) if norm == "before_pooling" else nn.Dropout2d(rate)


def _leaky_relu() -> nn.Module:
    return nn.LeakyReLU(0.1, inplace=True)
