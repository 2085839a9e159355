"""Transforms one after the other, each with its own probability."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kikimimi.audio.augment.crop import RandomCrop
from kikimimi.audio.augment.equaliser import RandomEqualiser, RandomTilt
from kikimimi.audio.augment.level import RandomGain, RandomPolarity, SegmentGain
from kikimimi.audio.augment.noise import AddNoise
from kikimimi.audio.augment.recipe import create, require
from kikimimi.audio.augment.speed import RandomSpeed
from kikimimi.audio.augment.stretch import RandomStretch
from kikimimi.audio.augment.time import RandomRoll, TimeMask
from kikimimi.audio.augment.transform import Transform
from kikimimi.errors import AudioError, ConfigError
from kikimimi.types import FloatArray

_TRANSFORMS: dict[str, type[Transform]] = {
    transform.name: transform
    for transform in (
        *(RandomCrop, RandomRoll, TimeMask),
        *(RandomGain, SegmentGain, RandomPolarity, AddNoise),
        *(RandomSpeed, RandomStretch, RandomEqualiser, RandomTilt),
    )
}


@dataclass(frozen=True, slots=True)
class Step:
    """A transform and the probability with which a clip undergoes it."""

    transform: Transform
    probability: float = 1.0

    def __post_init__(self) -> None:
        require(
            0 <= self.probability <= 1,
            f"{self.transform.name}: probability {self.probability} is not between 0 and 1",
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """Applies its steps in order."""

    steps: tuple[Step, ...]

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Change a waveform (T,) float32, T >= 1.

        Raises:
            AudioError: `samples` is not such an array.
        """
        if samples.ndim != 1 or samples.size == 0 or samples.dtype != np.float32:
            raise AudioError(
                "a waveform to be changed is float32 of shape (T,) with T >= 1, but got "
                f"{samples.dtype} of shape {samples.shape}; mix to one channel first"
            )
        for step in self.steps:
            if generator.random() < step.probability:
                samples = step.transform(samples, generator)
        return samples


def transform_names() -> tuple[str, ...]:
    """Return the names of all transforms of waveforms."""
    return tuple(sorted(_TRANSFORMS))


def create_transform(
    name: str, settings: Mapping[str, Any], *, sample_rate_hz: int, where: str = "augment"
) -> Transform:
    """Make one transform by name.

    Raises:
        ConfigError: the name or a key is unknown (the message names the nearest), or a value is
            impossible.
    """
    return create(
        _TRANSFORMS, name, settings, where=where, context={"sample_rate_hz": sample_rate_hz}
    )


def chain_from_recipe(
    recipe: Mapping[str, Mapping[str, Any] | None], *, sample_rate_hz: int, where: str = "augment"
) -> Chain:
    """Make the chain that a recipe describes.

    Args:
        recipe: settings by name of the transform, in the order of use, `probability` (1 if not
            given) among them; None stands for no settings.
        sample_rate_hz: the rate of the waveforms.
        where: what the recipe belongs to, for messages.

    Raises:
        ConfigError: as `create_transform`, or settings are no mapping.
    """
    steps = []
    for name, settings in recipe.items():
        rest, probability = split_probability(settings, where=f"{where}: {name}")
        transform = create_transform(name, rest, sample_rate_hz=sample_rate_hz, where=where)
        steps.append(Step(transform, probability))
    return Chain(tuple(steps))


def split_probability(
    settings: Mapping[str, Any] | None, *, where: str
) -> tuple[dict[str, Any], float]:
    """Separate the settings of a transform from the probability of its use.

    Raises:
        ConfigError: `settings` is no mapping, or the probability is no number.
    """
    if settings is not None and not isinstance(settings, Mapping):
        raise ConfigError(f"{where}: settings are a mapping of keys to values, not {settings!r}")
    rest = dict(settings or {})
    probability = rest.pop("probability", 1.0)
    if isinstance(probability, bool) or not isinstance(probability, int | float):
        raise ConfigError(f"{where}: probability must be a number, but is {probability!r}")
    return rest, float(probability)
