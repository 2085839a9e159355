"""Versions of clips as a frozen encoder hears them, kept for the next time.

Axes: V versions, D embedding size, K tags.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.reading import read_clip
from kikimimi.encoders.contract import Encoder
from kikimimi.errors import AudioError
from kikimimi.files import draft_of
from kikimimi.pretraining.text_alignment.mixtures import Version, draw_versions, version_samples
from kikimimi.pretraining.text_alignment.recipe import MixtureSettings
from kikimimi.types import FloatArray

Progress = Callable[[int, int], None]

_LONGEST_S = 10.0
_TOLD_EVERY = 200


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """`embeddings` (V, D) and `tag_scores` (V, K) of `versions`, whose clips are numbered."""

    versions: list[Version]
    embeddings: FloatArray
    tag_scores: FloatArray


def hear(
    paths: Sequence[Path],
    encoder: Encoder,
    settings: MixtureSettings,
    *,
    cache: Path,
    progress: Progress | None = None,
) -> Heard:
    """Embed all versions of clips, or read them from `cache` if the same were embedded before.

    Raises:
        AudioError: a clip cannot be read.
    """
    versions = draw_versions(len(paths), settings)
    place = cache / f"{_digest(paths, encoder, settings)}.npz"
    if not place.exists():
        cache.mkdir(parents=True, exist_ok=True)
        embeddings, scores = _embed(paths, versions, encoder, progress)
        with draft_of(place) as draft, draft.open("wb") as file:
            np.savez(file, embeddings=embeddings, tag_scores=scores.astype(np.float16))
    with np.load(place, allow_pickle=False) as kept:
        return Heard(versions, kept["embeddings"], kept["tag_scores"].astype(np.float32))


def _embed(
    paths: Sequence[Path],
    versions: Sequence[Version],
    encoder: Encoder,
    progress: Progress | None,
) -> tuple[FloatArray, FloatArray]:
    rate = encoder.card.sample_rate_hz
    waveforms = [_read(path, rate) for path in paths]
    embeddings = np.zeros((len(versions), encoder.card.embedding_size), np.float32)
    scores = np.zeros((len(versions), len(encoder.card.vocabulary)), np.float32)
    for number, version in enumerate(versions):
        encoding = encoder.encode(version_samples(version, waveforms, rate)[None])
        embeddings[number], scores[number] = encoding.embeddings[0], encoding.tag_scores[0]
        if progress is not None and (number + 1) % _TOLD_EVERY == 0:
            progress(number + 1, len(versions))
    return embeddings, scores


def _read(path: Path, rate: int) -> FloatArray:
    clip = read_clip(path, sample_rate_hz=rate, mono=True, end_s=_LONGEST_S)
    if not np.isfinite(clip.samples).all():
        raise AudioError(f"{path}: holds samples that are not finite; leave it out")
    return clip.samples[0]


def _digest(paths: Sequence[Path], encoder: Encoder, settings: MixtureSettings) -> str:
    files = [[str(path.absolute()), path.stat().st_size] for path in paths]
    text = json.dumps([encoder.identity, files, asdict(settings)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
