"""Clips of a data set as a frozen encoder hears them, kept for the next time.

Axes: V clips, D embedding size.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import embed_file
from kikimimi.errors import DatasetError, KikimimiError
from kikimimi.files import draft_of
from kikimimi.types import FloatArray

Progress = Callable[[int, int, Path, float], None]

_NAMED_FAULTS = 3


def clip_embedding(path: Path, encoder: Encoder) -> tuple[FloatArray, float]:
    """The mean embedding (D,) of the windows of a clip, and its length in seconds.

    Raises:
        AudioError: the file cannot be read.
        EncoderError: its samples are not finite.
    """
    embedded = embed_file(path, encoder)
    return embedded.vectors.mean(axis=0), embedded.duration_s


def clip_embeddings(
    paths: Sequence[Path], encoder: Encoder, *, cache: Path, progress: Progress | None = None
) -> FloatArray:
    """Embeddings (V, D) of clips, read from `cache` if an earlier call has made the same.

    Raises:
        DatasetError: clips cannot be read; all are tried first, and the message names three.
    """
    return cached_embeddings(
        paths,
        lambda path: clip_embedding(path, encoder),
        key=encoder.identity,
        cache=cache,
        progress=progress,
    )


def cached_embeddings(
    paths: Sequence[Path],
    embed: Callable[[Path], tuple[FloatArray, float]],
    *,
    key: str,
    cache: Path,
    progress: Progress | None = None,
) -> FloatArray:
    """Embeddings (V, D) of clips, read from `cache` if an earlier call has made the same.

    Args:
        paths: V audio files.
        embed: gives the embedding (D,) of a file, and how many seconds it heard.
        key: names all but the files that the embeddings depend on.
        cache: the folder.
        progress: called after each clip.

    Raises:
        DatasetError: clips cannot be read; all are tried first, and the message names three.
    """
    place = cache / f"{_digest(paths, key)}.npy"
    if place.exists():
        return np.load(place, allow_pickle=False)
    embeddings, faults, seconds = [], [], 0.0
    for number, path in enumerate(paths, start=1):
        try:
            embedding, length_s = embed(path)
        except KikimimiError as error:
            faults.append(str(error))
            continue
        embeddings.append(embedding)
        seconds += length_s
        if progress is not None:
            progress(number, len(paths), path, seconds)
    if faults:
        named = "; ".join(faults[:_NAMED_FAULTS])
        raise DatasetError(
            f"{len(faults)} of {len(paths)} clips cannot be read: {named}; mend or remove them"
        )
    cache.mkdir(parents=True, exist_ok=True)
    with draft_of(place) as draft, draft.open("wb") as file:
        np.save(file, np.stack(embeddings))
    return np.stack(embeddings)


def _digest(paths: Sequence[Path], key: str) -> str:
    facts = [path.stat() for path in paths]
    described = [
        [str(path.absolute()), fact.st_size, fact.st_mtime_ns]
        for path, fact in zip(paths, facts, strict=True)
    ]
    text = json.dumps([key, described])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
