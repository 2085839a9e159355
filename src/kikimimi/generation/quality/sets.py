"""Figures of a set of generated sounds against a set of real ones, in the space of an encoder.

Axes: n, m sounds; D embedding size; T samples.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from kikimimi.audio.resampling import resample
from kikimimi.encoders.contract import Encoder
from kikimimi.errors import GenerationError
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.metrics.generation.diversity import mean_cosine_distance, vendi_score
from kikimimi.metrics.generation.frechet import frechet_audio_distance, frechet_infinity
from kikimimi.metrics.generation.kernel import kernel_audio_distance
from kikimimi.types import FloatArray

_LEAST_FOR_INFINITY = 500
"""The smallest set that FAD-infinity is extrapolated from, as is customary."""

Heard = Callable[[int], None]
"""Told how many sounds are embedded."""


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedSet:
    """Sounds as an encoder hears them: `embeddings` (n, D)."""

    name: str
    """Where the sounds are from."""
    encoder: str
    """The encoder's identity."""
    embeddings: FloatArray

    def __len__(self) -> int:
        return len(self.embeddings)


@dataclass(frozen=True, slots=True)
class SetFigures:
    """FAD and KAD are distances, smaller is better; diversity is to be that of the reference."""

    reference: str
    encoder: str
    reference_sounds: int
    made_sounds: int
    fad: float
    fad_infinity: float | None
    """None for 500 generated sounds or fewer."""
    kad: float
    diversity: float
    """Mean cosine distance between two generated sounds."""
    reference_diversity: float
    vendi: float
    """Effective number of different generated sounds."""
    reference_vendi: float


def embed_set(
    encoder: Encoder,
    sounds: Iterable[FloatArray],
    *,
    name: str,
    sample_rate_hz: int = GENERATION_MEL.sample_rate_hz,
    heard: Heard | None = None,
) -> EmbeddedSet:
    """Embed sounds (T,), each as the mean of its windows.

    Args:
        encoder: loaded; its rate and the length of its windows are on its card.
        sounds: of any lengths.
        name: of the set.
        sample_rate_hz: of the sounds.
        heard: told of each sound.

    Raises:
        EncoderError: a sound has no samples, or some that are not finite.
        GenerationError: there are no sounds.
    """
    card, rows = encoder.card, []
    for number, sound in enumerate(sounds, start=1):
        samples = resample(sound, sample_rate_hz, card.sample_rate_hz)
        length = round(card.window_s * card.sample_rate_hz)
        windows = [encoder.embed_clips(each[None])[0] for each in _windows(samples, length)]
        rows.append(np.mean(windows, axis=0))
        if heard is not None:
            heard(number)
    if not rows:
        raise GenerationError(f"{name}: there are no sounds; give some")
    return EmbeddedSet(name, encoder.identity, np.stack(rows))


def set_figures(reference: EmbeddedSet, made: EmbeddedSet, *, seed: int = 0) -> SetFigures:
    """Compare two sets that one encoder has embedded.

    Args:
        reference: real sounds.
        made: generated ones.
        seed: of the draws for FAD-infinity.

    Raises:
        GenerationError: the encoders differ, or a set has fewer than two sounds.
    """
    if reference.encoder != made.encoder:
        raise GenerationError(
            f"the sets were embedded by {reference.encoder} and {made.encoder}; take one encoder"
        )
    if min(len(reference), len(made)) < 2:
        raise GenerationError("a set to compare needs two sounds or more; make more")
    first, second = reference.embeddings, made.embeddings
    endless = None
    if len(made) > _LEAST_FOR_INFINITY:
        endless = frechet_infinity(first, second, least=_LEAST_FOR_INFINITY, seed=seed).value
    return SetFigures(
        reference=reference.name,
        encoder=reference.encoder,
        reference_sounds=len(reference),
        made_sounds=len(made),
        fad=frechet_audio_distance(first, second),
        fad_infinity=endless,
        kad=kernel_audio_distance(first, second),
        diversity=mean_cosine_distance(second),
        reference_diversity=mean_cosine_distance(first),
        vendi=vendi_score(second),
        reference_vendi=vendi_score(first),
    )


def _windows(samples: FloatArray, length: int) -> list[FloatArray]:
    """Windows one after the other; the last one ends with the sound."""
    if len(samples) <= length:
        return [samples]
    starts = [*range(0, len(samples) - length, length), len(samples) - length]
    return [samples[start : start + length] for start in starts]
