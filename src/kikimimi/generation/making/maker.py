"""Sounds made with a generator and a vocoder.

Axes: T samples at 16 kHz, F mel bands, M mel frames, C latent channels, N latent frames.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kikimimi.generation.contract import ANY, Condition, Generator, Latent, Progress
from kikimimi.generation.making.edges import faded, within_full_scale
from kikimimi.generation.making.sources import SourceSound
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.generation.vocoder.contract import Vocoder
from kikimimi.types import FloatArray

_RATE_HZ = GENERATION_MEL.sample_rate_hz


@dataclass(frozen=True, slots=True, eq=False)
class MadeSound:
    """A sound that was made: `samples` (T,) float32 at 16 kHz, within [-1, 1].

    `parameters` are plain values that say how to make it again.
    """

    samples: FloatArray
    parameters: Mapping[str, Any]

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / _RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class HeardSound:
    """A sound and what the generator makes of it."""

    source: SourceSound
    latent: Latent


class SoundMaker:
    """Varies, blends, samples and reconstructs sounds.

    The same call gives the same samples on a CPU with as many threads. A loop lasts a whole number
    of the generator's frames, so that its length differs a little from what was asked for.

    Args:
        generator: loaded.
        vocoder: what makes its spectrograms audible.
    """

    def __init__(self, generator: Generator, vocoder: Vocoder) -> None:
        self.generator = generator
        self.vocoder = vocoder

    def hear(self, source: SourceSound) -> HeardSound:
        """Encode a sound once, to make many of it."""
        return HeardSound(source, self.generator.encode(source.samples))

    def reconstruct(self, heard: HeardSound, *, seed: int = 0, loop: bool = False) -> MadeSound:
        """The sound as the generator keeps it; `seed` is that of the vocoder."""
        told = {"method": "reconstruct", "source": heard.source.name}
        return self._made(heard.latent, len(heard.source.samples), told, seed=seed, loop=loop)

    def vary(
        self,
        heard: HeardSound,
        *,
        amount: float,
        seed: int,
        loop: bool = False,
        progress: Progress | None = None,
    ) -> MadeSound:
        """Another sound like it; arguments and errors as `Generator.vary`."""
        latent = self.generator.vary(heard.latent, amount=amount, seed=seed, progress=progress)
        told = {"method": "vary", "source": heard.source.name, "amount": amount}
        return self._made(latent, len(heard.source.samples), told, seed=seed, loop=loop)

    def blend(
        self,
        first: HeardSound,
        second: HeardSound,
        *,
        share: float,
        seed: int = 0,
        loop: bool = False,
    ) -> MadeSound:
        """A sound between two; arguments and errors as `Generator.blend`."""
        latent = self.generator.blend(first.latent, second.latent, share=share)
        lengths = len(first.source.samples), len(second.source.samples)
        length = round((1 - share) * lengths[0] + share * lengths[1])
        told = {
            "method": "blend",
            "source": first.source.name,
            "second": second.source.name,
            "share": share,
        }
        return self._made(latent, length, told, seed=seed, loop=loop)

    def sample(
        self,
        condition: Condition = ANY,
        *,
        seconds: float,
        seed: int,
        loop: bool = False,
        like: str | None = None,
        progress: Progress | None = None,
    ) -> MadeSound:
        """A new sound; arguments and errors as `Generator.sample`, `like` names its sound."""
        latent = self.generator.sample(
            condition, seconds=seconds, seed=seed, loop=loop, progress=progress
        )
        wishes = {
            "class": condition.label,
            "text": condition.text,
            "like": like,
            "guidance": condition.guidance,
        }
        given = {key: value for key, value in wishes.items() if value is not None}
        told = {"method": "sample", **given, "seconds": seconds}
        return self._made(latent, round(seconds * _RATE_HZ), told, seed=seed, loop=loop)

    def _made(
        self, latent: Latent, length: int, told: Mapping[str, Any], *, seed: int, loop: bool
    ) -> MadeSound:
        mel = self.generator.decode(latent, loop=loop)
        samples = self.vocoder(mel, seed=seed, loop=loop)
        if not loop:
            samples = faded(samples[:length])
        samples, gain_db = within_full_scale(samples)
        card = self.generator.card
        parameters = {
            **told,
            "seed": seed,
            "loop": loop,
            "generator": self.generator.identity,
            "vocoder": self.vocoder.name,
            "licence": card.licence,
            **({"gain_db": round(gain_db, 2)} if gain_db else {}),
        }
        return MadeSound(np.ascontiguousarray(samples, np.float32), parameters)
