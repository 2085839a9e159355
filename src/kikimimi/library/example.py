"""The sound that a search starts from, and the vectors that stand for it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Row, select

from kikimimi.audio.reading import read_clip
from kikimimi.audio.windows import cut_windows
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import MIN_WINDOW_S, WINDOW_QUANTUM_S, embed_file
from kikimimi.errors import QueryError
from kikimimi.library import store
from kikimimi.library.records import SoundReference
from kikimimi.library.schema import sounds, windows
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class Example:
    """A sound of the library (by id) or any sound file (by path), whole or from start to end."""

    sound: SoundReference
    start_s: float = 0.0
    end_s: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of the sound is meant."""
        return self.start_s == 0 and self.end_s is None


@dataclass(frozen=True, slots=True)
class WeightedExample:
    """An example to be like (`weight` 1) or unlike (-1), see `library.combination`."""

    example: Example
    weight: int = 1


def example_vectors(
    connection: Connection, example: Example, load_encoder: Callable[[], Encoder]
) -> FloatArray:
    """The vectors (Q, D) of an example, one for each window.

    A whole sound that the library holds, and whose file has not changed since, is not decoded:
    its vectors are those of the library. The encoder is loaded only if it is needed.

    Raises:
        QueryError: there is no such sound, or the stretch is impossible.
        AudioError: the file cannot be read.
    """
    if example.is_whole:
        stored = _stored(connection, example.sound)
        if stored is not None:
            return stored
    path = _path(connection, example.sound)
    if example.is_whole:
        return embed_file(path, load_encoder()).vectors
    return _stretch_vectors(path, example, load_encoder())


def _path(connection: Connection, reference: SoundReference) -> Path:
    if isinstance(reference, int):
        return store.find_sound(connection, reference).path
    return Path(reference).expanduser()


def _stored(connection: Connection, reference: SoundReference) -> FloatArray | None:
    """Vectors of a sound of the library; None for a file that it does not hold as it is now."""
    if isinstance(reference, int):
        return _vectors(connection, store.find_sound(connection, reference).id)
    path = Path(reference).expanduser().resolve()
    query = select(sounds).where(sounds.c.path_key == os.fsencode(path))
    row = connection.execute(query).first()
    if row is None or not _is_unchanged(path, row):
        return None
    return _vectors(connection, row.id)


def _is_unchanged(path: Path, row: Row) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (row.size_bytes, row.mtime_ns)


def _vectors(connection: Connection, sound_id: int) -> FloatArray:
    query = select(windows.c.vector).where(windows.c.sound_id == sound_id).order_by(windows.c.id)
    blobs = connection.execute(query).scalars().all()
    if not blobs:
        raise QueryError(f"sound {sound_id} has no vectors; index its folder again")
    return np.stack([np.frombuffer(blob, dtype="<f4") for blob in blobs])


def _stretch_vectors(path: Path, example: Example, encoder: Encoder) -> FloatArray:
    card = encoder.card
    if example.end_s is not None and example.end_s <= example.start_s:
        raise QueryError(
            f"the example runs from {example.start_s:g} s to {example.end_s:g} s; give an end "
            "after its start"
        )
    clip = read_clip(
        path,
        sample_rate_hz=card.sample_rate_hz,
        mono=True,
        start_s=example.start_s,
        end_s=example.end_s,
    )
    cut = cut_windows(
        clip.samples[0],
        sample_rate_hz=card.sample_rate_hz,
        window_s=card.window_s,
        hop_s=card.window_s / 2,
        min_s=MIN_WINDOW_S,
        quantum_s=WINDOW_QUANTUM_S,
    )
    return np.concatenate([encoder.embed_clips(samples[None]) for _, samples in cut])
