"""EAT: convolutions shorten the waveform about a thousand times, a transformer reads the rest.

Axes: B clips, C channels, T samples, N tokens.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import as_signal
from kikimimi.networks.registry import register
from kikimimi.networks.transformer import ClassToken, TransformerLayer, time_positions


@dataclass(frozen=True, slots=True)
class EatConfig(NetworkConfig):
    """Sizes; the defaults are EAT-S as far as its description tells.

    Attributes:
        channels: after the first convolution; every shortening doubles them.
        shortenings: factors of the first stages; every second one has a residual block after it.
        late_shortenings: factors of the later stages, each after three dilated residual blocks.
        kernel: of the residual blocks, odd.
        dilations: of the residual blocks of the later stages.
        size: features of a token, even; also the embedding size.
        layers: transformer layers.
        heads: of the attention; they divide `size`.
        feed_forward: hidden units of the transformer's feed-forward layers.
        dropout: in the transformer.
    """

    channels: int = 16
    shortenings: tuple[int, ...] = (4, 4, 4, 4)
    late_shortenings: tuple[int, ...] = (2, 2)
    kernel: int = 15
    dilations: tuple[int, ...] = (1, 3, 9)
    size: int = 128
    layers: int = 4
    heads: int = 8
    feed_forward: int = 512
    dropout: float = 0.1

    def check(self) -> None:
        """Heads divide an even size, the kernel is odd.

        Raises:
            ConfigError: they do not, or it is not.
        """
        self.require(self.size % self.heads == 0, f"size must be a multiple of {self.heads} heads")
        self.require(self.size % 2 == 0, f"size must be even, but is {self.size}")
        self.require(self.kernel % 2 == 1, f"kernel must be odd, but is {self.kernel}")


@register("eat")
class Eat(Network):
    """Shortening by 4 x 4 x 4 x 4 x 2 x 2, a class token, four transformer layers.

    Written from the description of EAT-S; positions are sinusoids, so any length works. The
    embedding is the class token. 5,529,920 parameters; 0.84 GMAC for 5 s at 16 kHz.
    """

    Config = EatConfig
    input_kind = "waveform"
    paper = "Gazneli et al., End-to-end audio strikes back, 2022 (EAT-S)"

    def __init__(self, config: EatConfig) -> None:
        super().__init__()
        channels = config.channels
        layers: list[nn.Module] = [nn.Conv2d(1, channels, (1, 7), padding=(0, 3))]
        for index, factor in enumerate(config.shortenings):
            layers.append(Shorten(channels, factor))
            channels *= 2
            if index % 2 == 1:
                layers.append(SeparableResidual(channels, config.kernel))
        for factor in config.late_shortenings:
            for dilation in config.dilations:
                layers.append(SeparableResidual(channels, config.kernel, dilation=dilation))
            layers.append(Shorten(channels, factor))
            channels *= 2
        layers += [nn.BatchNorm2d(channels), _activation(), nn.Conv2d(channels, config.size, 1)]
        self.convolutions = nn.Sequential(*layers)
        self.class_token = ClassToken(config.size)
        self.transformer = nn.Sequential(
            *(
                TransformerLayer(
                    config.size, config.heads, config.feed_forward, dropout=config.dropout
                )
                for _ in range(config.layers)
            ),
            nn.LayerNorm(config.size),
        )
        self.embedding_size = config.size

    def frames(self, x: Tensor) -> Tensor:
        """(B, T) -> (B, T / 1024, D)."""
        return self._tokens(x)[:, 1:]

    def forward(self, x: Tensor) -> Tensor:
        """(B, T) -> (B, D)."""
        return self._tokens(x)[:, 0]

    def _tokens(self, x: Tensor) -> Tensor:
        """(B, T) -> (B, 1 + N, D), the class token first."""
        tokens = self.convolutions(as_signal(x)).squeeze(2).transpose(1, 2)
        return self.transformer(self.class_token(tokens + time_positions(tokens)))


class SeparableResidual(nn.Module):
    """A dilated depthwise and a pointwise convolution, with normalisation before, as residual."""

    def __init__(self, channels: int, kernel: int, *, dilation: int = 1) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            nn.BatchNorm2d(channels),
            _activation(),
            nn.Conv2d(
                channels,
                channels,
                (1, kernel),
                dilation=(1, dilation),
                padding=(0, kernel // 2 * dilation),
                groups=channels,
                bias=False,
            ),
            nn.BatchNorm2d(channels),
            _activation(),
            nn.Conv2d(channels, channels, 1),
        )

    def forward(self, signal: Tensor) -> Tensor:
        """(B, C, 1, T) -> (B, C, 1, T)."""
        return signal + self.branch(signal)


class Shorten(nn.Module):
    """Normalise, low-pass, keep every s-th sample, double the channels by a convolution.

    The low-pass before the sampling is that of Zhang, "Making convolutional networks
    shift-invariant again", 2019; here a Hann window of 2 s + 1 samples.
    """

    low_pass: Tensor

    def __init__(self, channels: int, factor: int) -> None:
        super().__init__()
        self.factor = factor
        self.before = nn.Sequential(nn.BatchNorm2d(channels), _activation())
        window = torch.hann_window(2 * factor + 3, periodic=False)[1:-1]
        kernel = (window / window.sum()).expand(channels, 1, 1, -1).contiguous()
        self.register_buffer("low_pass", kernel, persistent=False)
        self.widen = nn.Conv2d(channels, 2 * channels, (1, 5), padding=(0, 2))

    def forward(self, signal: Tensor) -> Tensor:
        """(B, C, 1, T) -> (B, 2 C, 1, ceil(T / s))."""
        smooth = functional.conv2d(
            self.before(signal),
            self.low_pass,
            stride=(1, self.factor),
            padding=(0, self.factor),
            groups=signal.shape[1],
        )
        return self.widen(smooth)


def _activation() -> nn.Module:
    return nn.LeakyReLU(0.2, inplace=True)
