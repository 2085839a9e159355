"""The contract that every generator keeps: what lies between a sound and its spectrogram.

Axes: T samples at 16 kHz, C latent channels, N latent frames, F mel bands, M mel frames.

A generator turns samples into a latent, and a latent into the log-mel spectrogram of
`kikimimi.generation.mel`; a vocoder makes that audible. Constructing one is free, `load` reads the
weights. What has a seed gives the same bits for the same seed on a CPU with as many threads.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from kikimimi.errors import GenerationError
from kikimimi.generation.mel import frame_count
from kikimimi.names import suggestion
from kikimimi.types import FloatArray

Progress = Callable[[int, int], None]
"""Told how many steps of how many are done."""

SHORTEST_S = 0.5
LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class GeneratorCard:
    """What one must know to use a generator and to cite it."""

    name: str
    title: str
    paper: str
    licence: str
    training_data: str
    latent_channels: int
    latent_hop_s: float
    """Time between two latent frames."""
    classes: tuple[str, ...] = ()
    """Labels that `Condition.label` may have; empty for sounds without labels."""
    samples: bool = True
    """Whether `sample` and `vary` work; an auto-encoder alone reconstructs and blends only."""
    knows_text: bool = False
    """Whether `Condition.text` may be given."""
    knows_sounds: bool = False
    """Whether `Condition.sound` may be given."""
    parameters: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Latent:
    """A sound inside a generator: `values` (C, N) float32, and the mel frames M it stands for.

    `embedding` is what an encoder says of the whole sound, where the generator keeps that too.
    """

    values: FloatArray
    mel_frames: int
    embedding: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.mel_frames < 1:
            raise GenerationError(
                f"a latent has values (C, N) and mel_frames of 1 or more, but got shape "
                f"{self.values.shape} and {self.mel_frames}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """What is to be made; nothing given means any sound of the training data.

    At most one of `label`, `text` and `sound` is given.
    """

    label: str | None = None
    """One of the card's classes."""
    text: str | None = None
    """An English description, such as `heavy rain on a tin roof`."""
    sound: FloatArray | None = None
    """Samples (T,) at 16 kHz of a sound that the new one is to be like."""
    guidance: float | None = None
    """How strictly the condition is kept, 1 for no more than learnt; None for the generator's own.
    """

    def __post_init__(self) -> None:
        if sum(part is not None for part in (self.label, self.text, self.sound)) > 1:
            raise GenerationError("a condition has one of label, text and sound; leave the others")
        if self.guidance is not None and not 0 <= self.guidance <= 20:
            raise GenerationError(f"guidance must lie between 0 and 20, but is {self.guidance}")


ANY = Condition()
"""Any sound of the training data."""


class Generator(ABC):
    """Encodes, decodes, and makes new latents.

    Subclasses give `card`, `load`, `weights_digest` and the methods with an underscore; the checks
    of what goes in stand here.
    """

    card: GeneratorCard

    @abstractmethod
    def load(self) -> Self:
        """Read the weights, once; loading again does nothing.

        Raises:
            GenerationError: the weights are missing or damaged.
        """

    @property
    @abstractmethod
    def weights_digest(self) -> str:
        """SHA-256 of the weights, in hexadecimal digits."""

    @abstractmethod
    def _encode(self, samples: FloatArray) -> Latent: ...

    @abstractmethod
    def _decode(self, latent: Latent, *, loop: bool) -> FloatArray: ...

    def _sample(
        self,
        condition: Condition,
        mel_frames: int,
        *,
        seed: int,
        loop: bool,
        progress: Progress | None,
    ) -> Latent:
        """Of generators whose card says that they sample, as `_vary`."""
        raise self._cannot_sample()

    def _vary(
        self, latent: Latent, *, amount: float, seed: int, progress: Progress | None
    ) -> Latent:
        raise self._cannot_sample()

    @abstractmethod
    def _blend(self, first: Latent, second: Latent, *, share: float) -> Latent: ...

    @property
    def identity(self) -> str:
        """Short name of exactly these weights, `name@digest`."""
        return f"{self.card.name}@{self.weights_digest[:16]}"

    def encode(self, samples: FloatArray) -> Latent:
        """The latent of a sound: (T,) float32 at 16 kHz.

        Raises:
            GenerationError: the array has another shape, no samples, or NaN or infinite ones.
        """
        return self._encode(_checked_sound(samples))

    def decode(self, latent: Latent, *, loop: bool = False) -> FloatArray:
        """The log-mel spectrogram (F, M) of a latent; with `loop` its end leads into its start.

        Raises:
            GenerationError: the latent is of another generator.
        """
        return self._decode(self._checked(latent), loop=loop)

    def sample(
        self,
        condition: Condition = ANY,
        *,
        seconds: float,
        seed: int,
        loop: bool = False,
        progress: Progress | None = None,
    ) -> Latent:
        """A new sound.

        Args:
            condition: what it is to be.
            seconds: its length, 0.5 to 60.
            seed: the same seed gives the same sound.
            loop: whether its end is to lead into its start.
            progress: told of the steps.

        Raises:
            GenerationError: the generator cannot sample or does not know such a condition, or the
                length or seed is impossible.
        """
        self._require_sampling()
        self._check_condition(condition)
        _check_seed(seed)
        if not SHORTEST_S <= seconds <= LONGEST_S:
            raise GenerationError(
                f"{seconds:g} s is no length for a sound; give {SHORTEST_S:g} to {LONGEST_S:g} s"
            )
        frames = mel_frames_for(seconds)
        return self._sample(condition, frames, seed=seed, loop=loop, progress=progress)

    def vary(
        self, latent: Latent, *, amount: float, seed: int, progress: Progress | None = None
    ) -> Latent:
        """A sound like the given one: `amount` 0 leaves it, 1 keeps next to nothing of it.

        Raises:
            GenerationError: the generator cannot sample, or a number is impossible.
        """
        self._require_sampling()
        _check_seed(seed)
        if not 0 <= amount <= 1:
            raise GenerationError(f"amount must lie between 0 and 1, but is {amount}")
        if amount == 0:
            return self._checked(latent)
        return self._vary(self._checked(latent), amount=amount, seed=seed, progress=progress)

    def blend(self, first: Latent, second: Latent, *, share: float) -> Latent:
        """A sound between two, their internal division: `share` 0 is the first, 1 the second.

        The length lies between theirs in the same way.

        Raises:
            GenerationError: the share is impossible, or a latent is of another generator.
        """
        if not 0 <= share <= 1:
            raise GenerationError(f"share must lie between 0 and 1, but is {share}")
        ends = {0.0: first, 1.0: second}
        if share in ends:
            return self._checked(ends[share])
        return self._blend(self._checked(first), self._checked(second), share=share)

    def _checked(self, latent: Latent) -> Latent:
        if len(latent.values) != self.card.latent_channels:
            raise GenerationError(
                f"generator '{self.card.name}' has {self.card.latent_channels} latent channels, "
                f"but the latent has {len(latent.values)}; encode the sound with this generator"
            )
        return latent

    def _require_sampling(self) -> None:
        if not self.card.samples:
            raise self._cannot_sample()

    def _cannot_sample(self) -> GenerationError:
        return GenerationError(
            f"generator '{self.card.name}' reconstructs and blends only; to sample or vary, train "
            "generate_flow upon it, and give that generator"
        )

    def _check_condition(self, condition: Condition) -> None:
        name = self.card.name
        if condition.label is not None and condition.label not in self.card.classes:
            known = suggestion(condition.label, self.card.classes)
            hint = known if self.card.classes else "it was trained without labels; leave it out"
            raise GenerationError(f"generator '{name}' knows no class '{condition.label}'; {hint}")
        if condition.text is not None and not self.card.knows_text:
            raise GenerationError(f"generator '{name}' knows no words; give a class or nothing")
        if condition.sound is not None:
            if not self.card.knows_sounds:
                raise GenerationError(
                    f"generator '{name}' cannot sample after a sound; vary the sound instead"
                )
            _checked_sound(condition.sound)


def mel_frames_for(seconds: float) -> int:
    """Mel frames of a sound of that length."""
    return frame_count(max(1, round(seconds * 16000)))


def blended_frames(first: Latent, second: Latent, share: float) -> int:
    """Mel frames of a blend."""
    return round((1 - share) * first.mel_frames + share * second.mel_frames)


def _checked_sound(samples: FloatArray) -> FloatArray:
    array = np.ascontiguousarray(samples, dtype=np.float32)
    if array.ndim != 1 or len(array) == 0:
        raise GenerationError(
            f"a generator takes the samples (T,) of one sound, T of 1 or more, but got shape "
            f"{array.shape}; mix channels down"
        )
    if not np.isfinite(array).all():
        raise GenerationError("the samples hold NaN or infinite values; clean the sound first")
    return array


def _check_seed(seed: int) -> None:
    if not 0 <= seed < 2**63:
        raise GenerationError(f"a seed is a whole number from 0 to 2^63 - 1, but got {seed}")
