"""Convolutional auto-encoder over log-mel spectrograms; its bottleneck features are the embedding.

Strided convolutions with batch normalisation narrow the spectrogram to a few channels per frame,
transposed ones widen it again. What the bottleneck keeps without labels is meant to depend less
on one recording chain than what a classifier picks (Matsubara et al., bottleneck features of a
convolutional auto-encoder under different recording conditions).

Axes: B clips, F mel bands, N mel frames, M = N / 2^L frames of the bottleneck after L layers,
W features of a bottleneck frame, D = 2 W embedding size.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import ConvNorm, as_maps, relu
from kikimimi.networks.registry import register


@dataclass(frozen=True, slots=True)
class ConvAutoencoderConfig(NetworkConfig):
    """Sizes; each layer halves frequency and time.

    Attributes:
        n_mels: mel bands F of the input, a multiple of 2^L.
        channels: output channels of the L layers of the encoder; the decoder mirrors them.
        bottleneck: features W of a bottleneck frame.
    """

    n_mels: int = 64
    channels: tuple[int, ...] = (16, 32, 64, 96)
    bottleneck: int = 128

    def check(self) -> None:
        """The bands must be halved without rest."""
        self.require(
            self.n_mels % self.stride == 0,
            f"n_mels of {self.n_mels} cannot be halved {len(self.channels)} times; give a multiple "
            f"of {self.stride}",
        )

    @property
    def stride(self) -> int:
        """Mel frames (and bands) for one bottleneck frame (band)."""
        return 2 ** len(self.channels)


@register("conv_autoencoder")
class ConvAutoencoder(Network):
    """(B, F, N) -> (B, D): mean and standard deviation over time of the bottleneck features.

    317,169 parameters; 0.03 GMAC for 5 s (64 x 500), 0.08 with the reconstruction. The decoder has
    188,993 of them. A clip whose length is no multiple of the stride is continued with its last
    frame.
    """

    Config = ConvAutoencoderConfig
    input_kind = "log_mel"
    paper = "Matsubara et al., CNN auto-encoder bottleneck features; the sizes are our own"

    def __init__(self, config: ConvAutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding_size = 2 * config.bottleneck
        bands_left = config.n_mels // config.stride
        widths = (1, *config.channels)
        pairs = list(pairwise(widths))
        self.encoder = nn.Sequential(
            *(ConvNorm(few, many, stride=2, activation=relu) for few, many in pairs)
        )
        self.squeeze = nn.Conv2d(widths[-1], config.bottleneck, kernel_size=(bands_left, 1))
        self.unsqueeze = nn.ConvTranspose2d(
            config.bottleneck, widths[-1], kernel_size=(bands_left, 1)
        )
        self.decoder = nn.Sequential(
            *(_widening(many, few) for few, many in reversed(pairs[1:])),
            _doubling(config.channels[0], 1, bias=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Embed clips: (B, F, N) -> (B, D)."""
        features = self.frames(x)
        # unbiased=False: a clip of one bottleneck frame has a spread of 0, not NaN
        spread = features.var(dim=1, unbiased=False).add(1e-8).sqrt()
        return torch.cat([features.mean(dim=1), spread], dim=1)

    def frames(self, x: Tensor) -> Tensor:
        """Bottleneck features over time: (B, F, N) -> (B, M, W)."""
        return self._bottleneck(x).squeeze(2).transpose(1, 2)

    def reconstruct(self, x: Tensor) -> Tensor:
        """Go through the bottleneck and back: (B, F, N) -> (B, F, N)."""
        maps = self.decoder(self.unsqueeze(self._bottleneck(x)))
        return maps[:, 0, :, : x.shape[2]]

    def _bottleneck(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, W, 1, M); the last frame is repeated up to a multiple of the stride."""
        missing = -x.shape[2] % self.config.stride
        maps = functional.pad(as_maps(x, self.config.n_mels), (0, missing, 0, 0), mode="replicate")
        return self.squeeze(self.encoder(maps))


def _widening(channels_in: int, channels_out: int) -> nn.Module:
    convolution = _doubling(channels_in, channels_out, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(channels_out), relu())


def _doubling(channels_in: int, channels_out: int, *, bias: bool) -> nn.Module:
    return nn.ConvTranspose2d(
        channels_in, channels_out, kernel_size=4, stride=2, padding=1, bias=bias
    )
