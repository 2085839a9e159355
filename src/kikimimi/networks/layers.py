"""Layers that several convolutional networks share.

Axes: B clips, C channels, F mel bands (or what is left of them), N frames. Maps are (B, C, F, N)
in channels-last memory, which convolutions on a CPU are fastest in.
"""

from collections import deque
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError

Pair = tuple[int, int]


def as_maps(log_mel: Tensor, n_mels: int | None = None) -> Tensor:
    """(B, F, N) -> (B, 1, F, N) in channels-last memory.

    Raises:
        ConfigError: the shape is another one, or F is not `n_mels` (None: any F).
    """
    if log_mel.ndim != 3 or n_mels not in (None, log_mel.shape[1]):
        raise ConfigError(
            f"the network takes log-mel spectrograms (B, {n_mels or 'F'}, N), but got shape "
            f"{tuple(log_mel.shape)}; give n_mels of the front end to the network too"
        )
    # A permutation, because `contiguous` sees no difference where there is one channel.
    return log_mel.unsqueeze(-1).contiguous().permute(0, 3, 1, 2)


def as_signal(waveform: Tensor) -> Tensor:
    """(B, T) -> (B, 1, 1, T), a map of one row in channels-last memory.

    Two-dimensional convolutions over one row are faster on a CPU than one-dimensional ones.

    Raises:
        ConfigError: the shape is another one.
    """
    if waveform.ndim != 2:
        raise ConfigError(
            f"the network takes waveforms (B, T), but got shape {tuple(waveform.shape)}"
        )
    return as_maps(waveform.unsqueeze(1))


class ConvNorm(nn.Sequential):
    """Convolution, batch normalisation and, if given, an activation; size ceil(F/s) x ceil(N/s)."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        *,
        kernel: int | Pair = 3,
        stride: int | Pair = 1,
        groups: int = 1,
        activation: Callable[[], nn.Module] | None = None,
        norm: Callable[[int], nn.Module] = nn.BatchNorm2d,
    ) -> None:
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        conv = nn.Conv2d(
            channels_in,
            channels_out,
            (height, width),
            stride=stride,
            padding=(height // 2, width // 2),
            groups=groups,
            bias=False,
        )
        super().__init__(conv, norm(channels_out), *([activation()] if activation else []))


def relu() -> nn.Module:
    """ReLU that overwrites its input."""
    return nn.ReLU(inplace=True)


class SqueezeExcitation(nn.Module):
    """Scale channels by a gate that sees their means (Hu et al. 2018)."""

    def __init__(
        self,
        channels: int,
        hidden: int,
        *,
        activation: Callable[[Tensor], Tensor] = torch.relu,
        gate: Callable[[Tensor], Tensor] = nn.functional.hardsigmoid,
    ) -> None:
        super().__init__()
        self.squeeze = nn.Linear(channels, hidden)
        self.excite = nn.Linear(hidden, channels)
        self._activation, self._gate = activation, gate

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, F, N) -> the same shape."""
        scores = self.excite(self._activation(self.squeeze(maps.mean(dim=(2, 3)))))
        return maps * self._gate(scores)[:, :, None, None]


class SubSpectralNorm(nn.Module):
    """Batch normalisation with statistics of its own in each of S bands of frequency.

    Chang et al., "Subspectral normalization for neural audio data processing", ICASSP 2021.
    """

    def __init__(self, channels: int, bands: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(bands))

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, F, N) -> the same shape; F >= S."""
        parts = maps.tensor_split(len(self.norms), dim=2)
        normed = [norm(part) for norm, part in zip(self.norms, parts, strict=True)]
        return torch.cat(normed, dim=2)


class StochasticDepth(nn.Module):
    """Leave a residual branch out, clip by clip, while training (Huang et al. 2016)."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, branch: Tensor) -> Tensor:
        """(B, ...) -> the same shape, scaled so that its mean stays."""
        if not self.training or self.rate == 0:
            return branch
        shape = (len(branch), *[1] * (branch.ndim - 1))
        kept = torch.empty(shape, dtype=branch.dtype, device=branch.device)
        return branch * kept.bernoulli_(1 - self.rate).div_(1 - self.rate)


def last_map(layers: Iterable[tuple[str, Tensor]]) -> Tensor:
    """The map of the last of named layers, which are computed one after the other."""
    _, maps = deque(layers, maxlen=1).pop()
    return maps


def rounded_channels(channels: float) -> int:
    """The nearest multiple of 8, not below 8, and not more than a tenth below `channels`."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels else rounded + 8
