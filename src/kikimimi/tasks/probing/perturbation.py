"""How far an embedding moves when a sound is made shorter, longer, quieter or louder.

Measured against how far different sounds are from each other: an encoder for finding sounds should
move little when only the level changes. Axes: V clips, T samples, D embedding size.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kikimimi.audio.augment.speed import change_speed
from kikimimi.audio.augment.stretch import stretch
from kikimimi.encoders.contract import Encoder
from kikimimi.metrics.retrieval import squared_distances
from kikimimi.tasks.probing.embeddings import embed_samples, unit_clip
from kikimimi.tasks.probing.neighbours import unit_rows
from kikimimi.tasks.transfer.embeddings import Progress, cached_embeddings
from kikimimi.types import FloatArray

Perturb = Callable[[FloatArray, int], FloatArray]
"""Changes samples (T,) at a rate in Hz."""

_STRETCH_HOP_S = 0.02


def _length(ratio: float) -> Perturb:
    return lambda samples, rate_hz: change_speed(samples, 1 / ratio)


def _length_at_pitch(ratio: float) -> Perturb:
    return lambda samples, rate_hz: stretch(samples, 1 / ratio, hop=round(_STRETCH_HOP_S * rate_hz))


def _gain(decibel: float) -> Perturb:
    factor = np.float32(10 ** (decibel / 20))
    return lambda samples, rate_hz: samples * factor


PERTURBATIONS: dict[str, Perturb] = {
    "length x0.8": _length(0.8),
    "length x1.2": _length(1.2),
    "-6 dB": _gain(-6),
    "+6 dB": _gain(6),
}
"""Length changes move the pitch as well, as the speed of a tape does; gain does not clip."""

PITCH_KEEPING: dict[str, Perturb] = {
    "length x0.8, same pitch": _length_at_pitch(0.8),
    "length x1.2, same pitch": _length_at_pitch(1.2),
}


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """What a perturbation does to the embeddings of V clips.

    `dimensions` (D,): root mean square of the change of each dimension, divided by its standard
    deviation over the clips (0 where it does not vary). `whole`: root mean square length of the
    change, divided by that of the difference of two different clips. `cosine`: mean cosine
    similarity of a clip and its copy. `found`: share of copies nearer to their own clip than to
    any other.
    """

    name: str
    dimensions: NDArray[np.float64]
    whole: float
    cosine: float
    found: float


def perturbed_embeddings(
    paths: Sequence[Path],
    encoder: Encoder,
    perturb: Perturb | None,
    *,
    name: str,
    unit_s: float,
    cache: Path,
    progress: Progress | None = None,
) -> FloatArray:
    """Embeddings (V, D) of the first `unit_s` seconds of clips, as they are or perturbed.

    Raises:
        DatasetError: clips cannot be read.
    """
    rate_hz = encoder.card.sample_rate_hz

    def embed(path: Path) -> tuple[FloatArray, float]:
        samples = unit_clip(path, unit_s, rate_hz)
        changed = samples if perturb is None else perturb(samples, rate_hz)
        return embed_samples(changed, encoder), unit_s

    key = f"{encoder.identity} {unit_s:g} s {name}"
    return cached_embeddings(paths, embed, key=key, cache=cache, progress=progress)


def movement(name: str, clean: FloatArray, changed: FloatArray) -> Movement:
    """Compare embeddings of clips (V, D) with those of their perturbed copies (V, D).

    Raises:
        ValueError: there are fewer than two clips, or the shapes differ.
    """
    if clean.shape != changed.shape or len(clean) < 2:
        raise ValueError(f"embeddings of shapes {clean.shape} and {changed.shape}")
    before, after = clean.astype(np.float64), changed.astype(np.float64)
    moved = np.sqrt(np.square(after - before).mean(axis=0))
    spread = before.std(axis=0, ddof=1)
    varies = spread > 1e-6 * max(float(spread.max()), 1e-30)
    # the mean squared distance of two different clips is twice the sum of the variances
    between = np.sqrt(2 * np.square(spread).sum())
    whole = float(np.sqrt(np.square(moved).sum()) / between) if between > 0 else 0.0
    return Movement(
        name=name,
        dimensions=np.where(varies, moved / np.where(varies, spread, 1), 0.0),
        whole=whole,
        cosine=float((unit_rows(clean) * unit_rows(changed)).sum(axis=1).mean()),
        found=_share_found(clean, changed),
    )


def _share_found(clean: FloatArray, changed: FloatArray) -> float:
    count = len(clean)
    distances = squared_distances(np.concatenate([clean, changed]))[count:, :count]
    return float((distances.argmin(axis=1) == np.arange(count)).mean())
