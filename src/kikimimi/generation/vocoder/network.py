"""The network of the vocoder: ConvNeXt blocks over frames and an inverse Fourier transform.

After Siuzdak, "Vocos: closing the gap between time-domain and Fourier-based neural vocoders for
high-quality audio synthesis", ICLR 2024. Two things are our own. The magnitudes start from the
spectrum that the mel bands tell of, so that the network learns corrections alone. And each frame
comes with some random numbers, from which the phases of noise can be made.

Axes: B clips, F mel bands, N frames, K = 513 bins, D width, R random numbers, T = (N - 1) * 256.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.features.mel import mel_filterbank
from kikimimi.generation.mel import GENERATION_MEL, unit_scaled
from kikimimi.generation.vocoder.config import VocoderConfig

_LARGEST_LOG_MAGNITUDE = 6.5
"""A sine of twice full scale; a diverging network then stays finite."""


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution, norm, two dense layers and a scaled shortcut (Liu et al. 2022)."""

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        width, kernel = config.width, config.kernel
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, config.hidden)
        self.reduce = nn.Linear(config.hidden, width)
        self.scale = nn.Parameter(torch.full((width,), 1 / config.blocks))

    def forward(self, frames: Tensor) -> Tensor:
        """(B, D, N) -> the same shape."""
        branch = self.norm(self.depthwise(frames).transpose(1, 2))
        branch = self.reduce(functional.gelu(self.expand(branch)))
        return frames + (self.scale * branch).transpose(1, 2)


class VocoderNetwork(nn.Module):
    """Samples from log-mel spectrograms and random numbers."""

    bins_of_bands: Tensor
    band_weights: Tensor
    window: Tensor
    turns: Tensor

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        self.config = config
        mel, width = GENERATION_MEL, config.width
        bins = mel.n_fft // 2 + 1
        channels = mel.n_mels + config.noise
        self.embed = nn.Conv1d(channels, width, config.kernel, padding=config.kernel // 2)
        self.embed_norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(ConvNeXtBlock(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 2 * bins)
        interpolation, log_weights = band_interpolation()
        constants = {
            "bins_of_bands": torch.from_numpy(interpolation).float(),  # (K, F)
            "band_weights": torch.from_numpy(log_weights).float()[:, None],  # (F, 1)
            "window": torch.hann_window(mel.win_length),
            "turns": torch.pi * torch.arange(bins)[:, None],  # (K, 1)
        }
        for name, values in constants.items():
            self.register_buffer(name, values, persistent=False)
        for module in self.modules():
            if isinstance(module, nn.Conv1d | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, log_mel: Tensor, noise: Tensor) -> Tensor:
        """Log-mel (B, F, N) and Gaussian random numbers (B, R, N) -> samples (B, T)."""
        heard = torch.cat([2 * unit_scaled(log_mel) - 1, noise], dim=1)
        frames = self.embed_norm(self.embed(heard).transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            frames = block(frames)
        corrections, phases = self.head(self.norm(frames.transpose(1, 2))).chunk(2, dim=-1)
        with torch.autocast(log_mel.device.type, enabled=False):
            expected = self.bins_of_bands @ (log_mel - self.band_weights)  # (B, K, N)
            log_magnitudes = expected + corrections.float().transpose(1, 2)
            magnitudes = log_magnitudes.clamp(max=_LARGEST_LOG_MAGNITUDE).exp()
            # phases count from the middle of the frame, so that alike ones make a pulse there
            angles = phases.float().transpose(1, 2) + self.turns
            spectrum = torch.polar(magnitudes, angles)
            mel = GENERATION_MEL
            return torch.istft(spectrum, mel.n_fft, mel.hop_length, window=self.window)


def band_interpolation() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How log magnitudes of bins follow from log-mel values: weights (K, F) and offsets (F,).

    A flat spectrum of magnitude m gives band f the value m * sum_k w_fk. So the magnitude near its
    centre is about its value over that sum; between centres the logarithms are interpolated.
    """
    bank = mel_filterbank(GENERATION_MEL)  # (F, K)
    bins = np.arange(bank.shape[1])
    centres = bank @ bins / bank.sum(axis=1)
    weights = np.stack([np.interp(bins, centres, row) for row in np.eye(len(bank))], axis=1)
    return weights, np.log(bank.sum(axis=1))
