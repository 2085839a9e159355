"""Random changes of batches of log-mel spectrograms for training.

Axes: B clips, F mel bands, N frames. Every clip of a batch is changed in its own way. A transform
is a frozen dataclass; chance comes from a torch or a NumPy generator, and the same generator state
gives the same result on every device.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from torch import Tensor

from kikimimi.audio.augment.chain import split_probability
from kikimimi.audio.augment.recipe import create, require, require_range
from kikimimi.errors import AudioError

Chance = torch.Generator | np.random.Generator


class SpectrogramTransform(Protocol):
    """A random change of log-mel spectrograms (B, F, N) that keeps shape, dtype and device."""

    name: ClassVar[str]
    """The name in recipes."""

    def __call__(self, log_mel: Tensor, chance: Chance) -> Tensor:
        """Return changed spectrograms; the argument stays as it was."""
        ...


@dataclass(frozen=True, slots=True)
class SpecAugment:
    """Masks bands and frames with the clip's mean (Park et al., Interspeech 2019, section 2).

    Each of `frequency_masks` masks covers 0 to `frequency_width` bands, each of `time_masks` 0 to
    `time_width` frames and at most `time_share` of the clip. There is no time warping.
    """

    name: ClassVar[str] = "spec_augment"

    frequency_masks: int = 2
    frequency_width: int = 8
    time_masks: int = 2
    time_width: int = 25
    time_share: float = 0.2

    def __post_init__(self) -> None:
        counts = (self.frequency_masks, self.frequency_width, self.time_masks, self.time_width)
        require(min(counts) >= 0, "spec_augment: a count or a width is negative; give 0 or more")
        require_range("spec_augment: time_share", 0.0, self.time_share, most=1.0)

    def __call__(self, log_mel: Tensor, chance: Chance) -> Tensor:
        """Mask (B, F, N)."""
        clips, bands, frames = log_mel.shape
        frequency_width = min(self.frequency_width, bands)
        time_width = min(self.time_width, int(self.time_share * frames))
        in_frequency = _masks(clips, bands, self.frequency_masks, frequency_width, chance)
        in_time = _masks(clips, frames, self.time_masks, time_width, chance)
        masked = in_frequency[:, :, None] | in_time[:, None, :]  # (B, F, N)
        mean = log_mel.mean(dim=(1, 2), keepdim=True)
        return torch.where(masked.to(log_mel.device), mean, log_mel)


@dataclass(frozen=True, slots=True)
class FilterAugment:
    """Raises and lowers bands of random edges (Nam, Kim and Park, ICASSP 2022, section 2).

    There are `fewest` to `most` bands in a batch, each of at least `least_width` mel bands, with
    gains of `low_db` to `high_db`: constant inside a band, or (`linear`) drawn at the edges and
    joined by lines. `units_per_db` is what 1 dB of power is in the spectrogram: ln(10) / 10 for the
    natural logarithm of power, divided by its scale if it is normalised.
    """

    name: ClassVar[str] = "filter_augment"

    low_db: float = -6.0
    high_db: float = 6.0
    fewest: int = 3
    most: int = 6
    least_width: int = 6
    linear: bool = True
    units_per_db: float = log(10) / 10

    def __post_init__(self) -> None:
        require_range("filter_augment: dB", self.low_db, self.high_db, least=-120, most=120)
        require_range("filter_augment: bands", self.fewest, self.most, least=1)
        require(self.least_width >= 1, "filter_augment: least_width is less than 1")
        require_range("filter_augment: units_per_db", 0.0, self.units_per_db)

    def __call__(self, log_mel: Tensor, chance: Chance) -> Tensor:
        """Filter (B, F, N)."""
        clips, bands, _ = log_mel.shape
        count = self.fewest + int(_below(self.most - self.fewest + 1, (1,), chance))
        count = max(1, min(count, bands // self.least_width))
        edges = _edges(clips, bands, count, self.least_width, chance)
        levels = _uniform((clips, count + 1), chance)
        levels_db = self.low_db + (self.high_db - self.low_db) * levels
        curve = _curve(edges, levels_db, bands, linear=self.linear) * self.units_per_db  # (B, F)
        return log_mel + curve[:, :, None].to(log_mel)


@dataclass(frozen=True, slots=True)
class FrequencyShift:
    """Moves the spectrogram up or down by at most `max_bands`; the outermost band fills the gap."""

    name: ClassVar[str] = "frequency_shift"

    max_bands: int = 4

    def __post_init__(self) -> None:
        require(self.max_bands >= 0, "frequency_shift: max_bands is negative; give 0 or more")

    def __call__(self, log_mel: Tensor, chance: Chance) -> Tensor:
        """Shift (B, F, N) along frequency."""
        clips, bands, _ = log_mel.shape
        shift = _below(2 * self.max_bands + 1, (clips, 1), chance) - self.max_bands
        return _bands_at(log_mel, torch.arange(bands) - shift)


@dataclass(frozen=True, slots=True)
class FrequencyWarp:
    """Stretches the mel axis from its lower end by a ratio of up to `max_ratio` either way."""

    name: ClassVar[str] = "frequency_warp"

    max_ratio: float = 1.1

    def __post_init__(self) -> None:
        require_range("frequency_warp: max_ratio", 1.0, self.max_ratio, most=4.0)

    def __call__(self, log_mel: Tensor, chance: Chance) -> Tensor:
        """Warp (B, F, N) along frequency."""
        clips, bands, _ = log_mel.shape
        exponent = 2 * _uniform((clips, 1), chance) - 1
        return _bands_at(log_mel, torch.arange(bands) * self.max_ratio**exponent)


_TRANSFORMS: dict[str, type[SpectrogramTransform]] = {
    transform.name: transform
    for transform in (SpecAugment, FilterAugment, FrequencyShift, FrequencyWarp)
}


@dataclass(frozen=True, slots=True)
class SpectrogramChain:
    """Applies transforms in order, each to every clip with the probability beside it."""

    steps: tuple[tuple[SpectrogramTransform, float], ...]

    def __call__(self, log_mel: Tensor, chance: Chance) -> Tensor:
        """Change (B, F, N).

        Raises:
            AudioError: the tensor has another number of axes.
        """
        if log_mel.ndim != 3:
            raise AudioError(f"spectrograms are (B, F, N), but got shape {tuple(log_mel.shape)}")
        for transform, probability in self.steps:
            chosen = _uniform((len(log_mel), 1, 1), chance) < probability
            changed = transform(log_mel, chance)
            log_mel = torch.where(chosen.to(log_mel.device), changed, log_mel)
        return log_mel


def spectrogram_transform_names() -> tuple[str, ...]:
    """Return the names of all transforms of spectrograms."""
    return tuple(sorted(_TRANSFORMS))


def spectrogram_chain_from_recipe(
    recipe: Mapping[str, Mapping[str, Any] | None], *, where: str = "spectrogram_augment"
) -> SpectrogramChain:
    """Make the chain that a recipe describes, as `kikimimi.audio.augment.chain_from_recipe`.

    Raises:
        ConfigError: a name or a key is unknown (the message names the nearest), or a value is
            impossible.
    """
    steps = []
    for name, settings in recipe.items():
        rest, probability = split_probability(settings, where=f"{where}: {name}")
        require(0 <= probability <= 1, f"{where}: {name}: probability is not between 0 and 1")
        steps.append((create(_TRANSFORMS, name, rest, where=where), probability))
    return SpectrogramChain(tuple(steps))


def log_mixup_exp(
    first: Tensor, second: Tensor, ratio: float | Tensor, *, scale: float = 1.0
) -> Tensor:
    """Mix log-mel spectrograms as their powers would: log(r exp(a) + (1 - r) exp(b)).

    Log-mixup-exp (Niizumi et al., BYOL for Audio, IJCNN 2021, section III-B).

    Args:
        first: a, of any shape.
        second: b, of the same shape.
        ratio: r in [0, 1], a number or a tensor that broadcasts against a.
        scale: natural logarithms in one unit of the spectrograms: the scale by which they were
            normalised (a common mean does not matter), times ln(10) / 10 if they are in dB.
    """
    share = torch.as_tensor(ratio, dtype=first.dtype, device=first.device)
    mixed = torch.logaddexp(scale * first + share.log(), scale * second + (1 - share).log())
    return mixed / scale


def _uniform(shape: tuple[int, ...], chance: Chance) -> Tensor:
    """Values in [0, 1), float64 in main memory."""
    if isinstance(chance, torch.Generator):
        values = torch.rand(shape, generator=chance, device=chance.device, dtype=torch.float64)
        return values.cpu()
    return torch.from_numpy(chance.random(shape))


def _below(bound: int | Tensor, shape: tuple[int, ...], chance: Chance) -> Tensor:
    """Whole numbers from 0 to under `bound`, which may be a tensor of that shape."""
    return (_uniform(shape, chance) * bound).long()


def _masks(clips: int, size: int, count: int, width: int, chance: Chance) -> Tensor:
    """(B, size) bool: the union of `count` masks of 0 to `width` places."""
    shape = (clips, count, 1)
    widths = _below(width + 1, shape, chance)
    starts = _below(size - widths + 1, shape, chance)
    places = torch.arange(size)
    return ((places >= starts) & (places < starts + widths)).any(dim=1)


def _edges(clips: int, bands: int, count: int, least_width: int, chance: Chance) -> Tensor:
    """(B, count + 1) ascending edges from 0 to `bands`, `least_width` apart or more if they fit."""
    width = min(least_width, bands // count)
    inner = _below(bands - count * width + 1, (clips, count - 1), chance).sort(dim=1).values
    inner = inner + width * torch.arange(1, count)
    ends = torch.tensor([0, bands]).expand(clips, 2)
    return torch.cat([ends[:, :1], inner, ends[:, 1:]], dim=1)


def _curve(edges: Tensor, levels: Tensor, bands: int, *, linear: bool) -> Tensor:
    """(B, F): levels (B, count + 1) at the edges joined by lines, or each held to the next edge."""
    places = torch.arange(bands).expand(len(edges), bands).contiguous()
    left = torch.searchsorted(edges[:, 1:-1].contiguous(), places, right=True)  # (B, F)
    held = levels.gather(1, left)
    if not linear:
        return held
    start, end = edges.gather(1, left), edges.gather(1, left + 1)
    share = (places - start) / (end - start)
    return held + share * (levels.gather(1, left + 1) - held)


def _bands_at(log_mel: Tensor, positions: Tensor) -> Tensor:
    """(B, F, N) at fractional bands (B, F), by linear interpolation; the ends are held."""
    bands = log_mel.shape[1]
    positions = positions.clamp(0, bands - 1)
    lower = positions.floor().long().clamp(max=max(bands - 2, 0))
    upper = (lower + 1).clamp(max=bands - 1)
    share = (positions - lower)[:, :, None].to(log_mel)
    shape = log_mel.shape
    below = log_mel.gather(1, lower[:, :, None].to(log_mel.device).expand(shape))
    above = log_mel.gather(1, upper[:, :, None].to(log_mel.device).expand(shape))
    return below + share * (above - below)
