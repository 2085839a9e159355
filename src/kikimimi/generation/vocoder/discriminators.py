"""The discriminators that the vocoder is trained against.

Each gives scores, of any shape, and the maps of its layers. Axes: B clips, T samples, P period,
C channels, K bins, N frames.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from kikimimi.errors import ConfigError

_SLOPE = 0.1
_COMPRESSION = 0.3
_TINY_POWER = 1e-8


@dataclass(frozen=True, slots=True)
class DiscriminatorConfig:
    """Which discriminators, and their sizes."""

    periods: tuple[int, ...] = (2, 3, 5, 7, 11)
    period_channels: tuple[int, ...] = (16, 32, 64, 128, 128)
    windows: tuple[int, ...] = (2048, 1024, 512)
    """Lengths of the short-time Fourier transforms."""
    resolution_channels: int = 16

    def __post_init__(self) -> None:
        if not self.periods and not self.windows:
            raise ConfigError("discriminators: give periods or windows")
        sizes = (*self.periods, *self.period_channels, self.resolution_channels)
        if min(sizes) < 1 or not self.period_channels or min(self.windows, default=4) < 4:
            raise ConfigError("discriminators: sizes must be 1 or more, windows 4 or more")


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What one discriminator says of clips: scores, high for real ones, and maps of its layers."""

    scores: Tensor
    maps: tuple[Tensor, ...]


class PeriodDiscriminator(nn.Module):
    """Looks at every P-th sample (Kong, Kim and Bae, "HiFi-GAN", NeurIPS 2020, section 2.3)."""

    def __init__(self, period: int, channels: Sequence[int]) -> None:
        super().__init__()
        self.period = period
        ends = [1, *channels]
        last = len(channels) - 1
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (5, 1), (1 if n == last else 3, 1), padding=(2, 0)))
            for n, (a, b) in enumerate(pairwise(ends))
        )
        self.score = weight_norm(nn.Conv2d(ends[-1], 1, (3, 1), padding=(1, 0)))

    def forward(self, samples: Tensor) -> Judgement:
        """Judge (B, T)."""
        filled = functional.pad(samples, (0, -samples.shape[1] % self.period))
        return _judge(self, filled.reshape(len(samples), 1, -1, self.period))


class ResolutionDiscriminator(nn.Module):
    """Looks at a complex spectrogram, its magnitudes compressed.

    Multi-resolution as in Jang et al., "UnivNet", Interspeech 2021; complex as in Defossez et al.,
    "High fidelity neural audio compression", 2022. The compression lets quiet parts be heard.
    """

    window: Tensor

    def __init__(self, window: int, channels: int) -> None:
        super().__init__()
        inputs = [2, channels, channels, channels]
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(count, channels, (3, 9), (1, 2), padding=(1, 4)))
            for count in inputs
        )
        self.layers.append(weight_norm(nn.Conv2d(channels, channels, 3, padding=1)))
        self.score = weight_norm(nn.Conv2d(channels, 1, 3, padding=1))
        self.register_buffer("window", torch.hann_window(window), persistent=False)

    def forward(self, samples: Tensor) -> Judgement:
        """Judge (B, T)."""
        length = len(self.window)
        with torch.autocast(samples.device.type, enabled=False):
            spectrum = torch.stft(
                samples.float(),
                length,
                length // 4,
                window=self.window / self.window.sum().sqrt(),
                return_complex=True,
            )
            parts = torch.view_as_real(spectrum)  # (B, K, N, 2)
            power = parts.square().sum(dim=-1, keepdim=True) + _TINY_POWER
            parts = parts * power ** ((_COMPRESSION - 1) / 2)
        return _judge(self, parts.permute(0, 3, 2, 1))  # (B, 2, N, K)


class Discriminators(nn.Module):
    """All of them."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.members = nn.ModuleList(
            [
                *(PeriodDiscriminator(each, config.period_channels) for each in config.periods),
                *(
                    ResolutionDiscriminator(each, config.resolution_channels)
                    for each in config.windows
                ),
            ]
        )

    def forward(self, samples: Tensor) -> list[Judgement]:
        """Judge (B, T)."""
        return [member(samples) for member in self.members]


@contextmanager
def frozen(module: nn.Module) -> Iterator[None]:
    """Let gradients pass through a module in the block, but not into its parameters."""
    wanting = [each for each in module.parameters() if each.requires_grad]
    for parameter in wanting:
        parameter.requires_grad = False
    try:
        yield
    finally:
        for parameter in wanting:
            parameter.requires_grad = True


def _judge(module: "PeriodDiscriminator | ResolutionDiscriminator", maps: Tensor) -> Judgement:
    # convolutions on a CPU are fastest in this memory format
    maps = maps.contiguous(memory_format=torch.channels_last)
    kept = []
    for layer in module.layers:
        maps = functional.leaky_relu(layer(maps), _SLOPE)
        kept.append(maps)
    return Judgement(module.score(maps), tuple(kept))
