"""The variational auto-encoder as a generator.

Axes: T samples, F mel bands, M mel frames, W windows, D latent size; a latent has D + 2 rows, the
last two of them the levels of the window, and one column a window.
"""

from math import sqrt

import torch
from torch import Tensor, nn

from kikimimi.generation.contract import (
    Condition,
    Latent,
    Progress,
    blended_frames,
)
from kikimimi.generation.folder import GeneratorFolder, register_kind
from kikimimi.generation.mel import from_unit_scale, unit_scaled
from kikimimi.generation.parts_generator import PartsGenerator
from kikimimi.generation.vae.class_gaussians import ClassGaussians
from kikimimi.generation.vae.network import (
    LEVELS,
    SpectrogramVae,
    VaeConfig,
    from_min_max_scale,
    min_max_scaled,
)
from kikimimi.generation.vae.windows import OVERLAP, closed_loop, cut_windows, join_windows
from kikimimi.generation.vae.windows import window_count as windows_for
from kikimimi.types import FloatArray

_KINSHIP = 0.9
"""Correlation of a window of a long sample with the one before."""


@register_kind("vae")
class VaeGenerator(PartsGenerator):
    """Vectors of whole windows; `vary` moves them, samples come from Gaussians of the classes.

    Args:
        folder: what stands in the folder of the generator.

    Raises:
        GenerationError: its sizes are impossible.
    """

    def __init__(self, folder: GeneratorFolder) -> None:
        super().__init__(folder)
        self._config = self.options_of("vae", VaeConfig)

    def build_parts(self) -> nn.ModuleDict:
        """Auto-encoder and Gaussians, with random weights."""
        parts = nn.ModuleDict({"vae": SpectrogramVae(self._config)})
        size = self._config.latent_size + LEVELS
        parts["gaussians"] = ClassGaussians(len(self.card.classes), size)
        return parts

    def _encode(self, samples: FloatArray) -> Latent:
        mel = torch.from_numpy(unit_scaled(self._front_end(samples)))
        with torch.inference_mode():
            scaled, levels = min_max_scaled(cut_windows(mel, self._config.frames))
            posterior = self._vae.encode(scaled)
        return _latent(torch.cat([posterior.mean, levels], dim=1), mel.shape[1])

    def _decode(self, latent: Latent, *, loop: bool) -> FloatArray:
        rows = torch.from_numpy(latent.values).T
        if loop:
            # the first window once more, so that the last one leads into it
            rows = torch.cat([rows, rows[:1]])
        values, levels = rows[:, :-LEVELS], rows[:, -LEVELS:]
        with torch.inference_mode():
            windows = from_min_max_scale(self._vae.decode(values), levels)
        if loop:
            period = latent.mel_frames - 1
            mel = closed_loop(join_windows(windows, period + OVERLAP), period)
        else:
            mel = join_windows(windows, latent.mel_frames)
        return from_unit_scale(mel).numpy()

    def _sample(
        self,
        condition: Condition,
        mel_frames: int,
        *,
        seed: int,
        loop: bool,
        progress: Progress | None,
    ) -> Latent:
        label = None if condition.label is None else self.card.classes.index(condition.label)
        generator = torch.Generator().manual_seed(seed)
        count = windows_for(mel_frames, self._config.frames)
        row = self._gaussians.draw(label, generator)
        mean = self._gaussians.means[-1 if label is None else label]
        rows = [row]
        for _ in range(1, count):
            fresh = self._gaussians.draw(label, generator)
            row = mean + _KINSHIP * (row - mean) + sqrt(1 - _KINSHIP**2) * (fresh - mean)
            rows.append(row)
        if progress is not None:
            progress(count, count)
        return _latent(torch.stack(rows), mel_frames)

    def _vary(
        self, latent: Latent, *, amount: float, seed: int, progress: Progress | None
    ) -> Latent:
        """Towards a draw with the spread of all sounds, so that the spread itself stays."""
        generator = torch.Generator().manual_seed(seed)
        rows = torch.from_numpy(latent.values).T
        noise = torch.randn(rows.shape[1], generator=generator) * self._gaussians.deviations()
        # how loud a sound is stays as it is
        noise[-LEVELS:] = 0
        mean = self._gaussians.means[-1]
        moved = mean + sqrt(1 - amount**2) * (rows - mean) + amount * noise
        moved[:, -LEVELS:] = rows[:, -LEVELS:]
        if progress is not None:
            progress(1, 1)
        return _latent(moved, latent.mel_frames)

    def _blend(self, first: Latent, second: Latent, *, share: float) -> Latent:
        frames = blended_frames(first, second, share)
        columns = windows_for(frames, self._config.frames)
        start, end = (
            torch.from_numpy(each.values)[:, _held(each.values.shape[1], columns)]
            for each in (first, second)
        )
        return _latent(torch.lerp(start, end, share).T, frames)

    @property
    def _vae(self) -> SpectrogramVae:
        return self.part("vae", SpectrogramVae)

    @property
    def _gaussians(self) -> ClassGaussians:
        return self.part("gaussians", ClassGaussians)


def _latent(rows: Tensor, mel_frames: int) -> Latent:
    """(W, D + 2) as a latent."""
    return Latent(rows.T.contiguous().numpy(), mel_frames)


def _held(count: int, columns: int) -> list[int]:
    """Columns of a sound for each of a blend; after its end the last one is held."""
    return [min(column, count - 1) for column in range(columns)]
