"""The auto-encoder as a generator, which reconstructs and blends.

Axes: T samples, F mel bands, M mel frames, C latent channels, N latent frames.
"""

import numpy as np
import torch
from torch import Tensor, nn

from kikimimi.generation.autoencoder.network import Autoencoder, AutoencoderConfig
from kikimimi.generation.contract import Latent, blended_frames
from kikimimi.generation.folder import GeneratorFolder, register_kind
from kikimimi.generation.mel import GENERATION_MEL, from_unit_scale, unit_scaled
from kikimimi.generation.parts_generator import PartsGenerator
from kikimimi.types import FloatArray


@register_kind("autoencoder")
class AutoencoderGenerator(PartsGenerator):
    """Latents over time; blends are straight lines between them.

    Args:
        folder: what stands in the folder of the generator.

    Raises:
        GenerationError: its sizes are impossible.
    """

    def __init__(self, folder: GeneratorFolder) -> None:
        super().__init__(folder)
        self.config = self.options_of("autoencoder", AutoencoderConfig)

    def build_parts(self) -> nn.ModuleDict:
        """All that has weights, with random ones."""
        return nn.ModuleDict({"autoencoder": Autoencoder(self.config)})

    @property
    def autoencoder(self) -> Autoencoder:
        """The auto-encoder with its weights.

        Raises:
            GenerationError: they are not loaded.
        """
        return self.part("autoencoder", Autoencoder)

    def _encode(self, samples: FloatArray) -> Latent:
        mel = torch.from_numpy(unit_scaled(self._front_end(samples)))
        with torch.inference_mode():
            values = self.autoencoder.encode(mel[None]).mean[0]
        return Latent(values.numpy(), mel.shape[1])

    def _decode(self, latent: Latent, *, loop: bool) -> FloatArray:
        values = torch.from_numpy(latent.values)
        if loop:
            return from_unit_scale(self._decoded_loop(values, latent.mel_frames)).numpy()
        with torch.inference_mode():
            mel = self.autoencoder.decode(values[None])[0, :, : latent.mel_frames]
        return from_unit_scale(mel).numpy()

    def _decoded_loop(self, values: Tensor, mel_frames: int) -> Tensor:
        """Decode as if the latent went round and round; the last frame equals the first."""
        stride, reach = self.config.stride, self.autoencoder.reach
        period = max(1, (mel_frames - 1) // stride)
        around = np.arange(-reach, period + reach) % period
        with torch.inference_mode():
            mel = self.autoencoder.decode(values[None, :, around])[0]
        mel = mel[:, reach * stride : (reach + period) * stride]
        return torch.cat([mel, mel[:, :1]], dim=1)

    def _blend(self, first: Latent, second: Latent, *, share: float) -> Latent:
        frames = blended_frames(first, second, share)
        length = -(-frames // self.config.stride)
        start, end = (self._filled(each.values, length) for each in (first, second))
        values = ((1 - share) * start + share * end).astype(np.float32)
        return Latent(values, frames, _blended_embedding(first, second, share))

    def _filled(self, values: FloatArray, length: int) -> FloatArray:
        """(C, N) -> (C, length); silence follows the end."""
        missing = length - values.shape[1]
        if missing <= 0:
            return values[:, :length]
        reach = 2 * self.autoencoder.reach
        with torch.inference_mode():
            silence = torch.zeros(1, GENERATION_MEL.n_mels, (2 * reach + 1) * self.config.stride)
            column = self.autoencoder.encode(silence).mean[0, :, reach : reach + 1].numpy()
        return np.concatenate([values, np.repeat(column, missing, axis=1)], axis=1)


def _blended_embedding(first: Latent, second: Latent, share: float) -> FloatArray | None:
    if first.embedding is None or second.embedding is None:
        return None
    mixed = (1 - share) * first.embedding + share * second.embedding
    return (mixed / max(float(np.linalg.norm(mixed)), 1e-6)).astype(np.float32)
