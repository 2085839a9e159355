"""The perceptual loss: spectrograms compared in the layers of a trained encoder.

Johnson, Alahi and Fei-Fei, "Perceptual losses for real-time style transfer and super-resolution",
ECCV 2016, with an embedded encoder in place of VGG. The encoder has a front end of its own, which
is approximated from the spectrogram: both sides of a comparison go the same way.

Axes: B clips, F mel bands and M frames of generation, K bins, F' bands and N frames of the encoder.
"""

from dataclasses import replace

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.encoders.mobilenet import MobileNet, mobilenet_from_state
from kikimimi.encoders.weights import WEIGHTS_NAME, embedded_folder
from kikimimi.errors import ConfigError
from kikimimi.features.mel import mel_filterbank
from kikimimi.features.presets import YAMNET
from kikimimi.generation.mel import GENERATION_MEL, HIGHEST, from_unit_scale
from kikimimi.generation.vocoder.network import band_interpolation

_LAYERS = ("layer2", "layer4", "layer6", "layer8")

_FEWER_BINS = 0.35
"""Sum of magnitudes of 512 bins of 25 ms over that of 1,024 bins of 64 ms: between 0.31, the value
for noise, and 0.39, that for tones."""


_LOUDEST = 2 * HIGHEST
"""What an auto-encoder gives at its first steps may lie anywhere."""


class PerceptualLoss(nn.Module):
    """Mean distance in several layers, each as a share of what the layer gives.

    Args:
        encoder: `kikimimi` or `kikimimi-permissive`.

    Raises:
        ConfigError: it is another one.
    """

    bins_of_bands: Tensor
    band_weights: Tensor
    bank: Tensor

    def __init__(self, encoder: str) -> None:
        super().__init__()
        path = embedded_folder(encoder) / WEIGHTS_NAME
        if not path.is_file():
            raise ConfigError(
                f"there is no embedded encoder '{encoder}'; give kikimimi or kikimimi-permissive"
            )
        self.network: MobileNet = mobilenet_from_state(load_file(path)).requires_grad_(
            requires_grad=False
        )
        interpolation, log_weights = band_interpolation()
        length = GENERATION_MEL.n_fft
        bank = mel_filterbank(replace(YAMNET, n_fft=length, win_length=length))
        constants = {
            "bins_of_bands": torch.from_numpy(interpolation).float(),  # (K, F)
            "band_weights": torch.from_numpy(log_weights).float()[:, None],  # (F, 1)
            "bank": torch.from_numpy(_FEWER_BINS * bank).float(),  # (F', K)
        }
        for name, values in constants.items():
            self.register_buffer(name, values, persistent=False)

    def forward(self, real: Tensor, made: Tensor) -> Tensor:
        """Distance between spectrograms on the unit scale (B, F, M); a scalar."""
        with torch.no_grad():
            truths = [maps for _, maps in self._maps(real)]
        distances = [
            (maps - truth).abs().mean() / truth.abs().mean().clamp_min(1e-4)
            for (_, maps), truth in zip(self._maps(made), truths, strict=True)
        ]
        return torch.stack(distances).mean()

    def heard(self, unit_mel: Tensor) -> Tensor:
        """What the front end of the encoder would give, about: (B, F, M) -> (B, N, F')."""
        with torch.autocast(unit_mel.device.type, enabled=False):
            log_mel = from_unit_scale(unit_mel.float()).clamp_max(_LOUDEST)
            log_magnitudes = self.bins_of_bands @ (log_mel - self.band_weights)
            mel = self.bank @ log_magnitudes.exp()  # (B, F', M)
            frames = round(mel.shape[2] * GENERATION_MEL.frame_hop_s / YAMNET.frame_hop_s)
            mel = functional.interpolate(mel, size=frames, mode="linear")
            return (mel + YAMNET.floor).log().transpose(1, 2)

    def _maps(self, unit_mel: Tensor) -> list[tuple[str, Tensor]]:
        found = []
        for name, maps in self.network.layer_maps(self.heard(unit_mel)):
            if name in _LAYERS:
                found.append((name, maps))
            if name == _LAYERS[-1]:
                break
        return found
