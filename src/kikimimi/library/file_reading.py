"""Reading one file for the library: hash first, decode only content that is new to it."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kikimimi.audio.measures.meter import measure_file
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import auto_tags, embed_file
from kikimimi.errors import KikimimiError
from kikimimi.library.content_hash import hash_file
from kikimimi.library.file_outcomes import (
    Content,
    FileTask,
    Known,
    Measured,
    Outcome,
    Unreadable,
)
from kikimimi.paths import display_path


def read_file(task: FileTask, encoder: Encoder, is_known: Callable[[str], bool]) -> Outcome:
    """Hash a file, and decode, embed and tag it unless its content `is_known`."""
    path = Path(os.fsdecode(task.path_key))
    try:
        if task.measure:
            return Measured(*measure_file(path))
        content_hash = hash_file(path)
        if not task.decode and is_known(content_hash):
            return Known(content_hash)
        return _decode(path, content_hash, encoder)
    except KikimimiError as error:
        reason = str(error).removeprefix(f"{display_path(path)}: ")
        # A missing extra is not the file's fault and may be there the next time.
        return Unreadable(reason, lasting=not isinstance(error.__cause__, ImportError))
    except OSError as error:
        return Unreadable(error.strerror or type(error).__name__, lasting=False)
    except MemoryError:
        return Unreadable("there is not enough memory to decode it", lasting=False)


def _decode(path: Path, content_hash: str, encoder: Encoder) -> Content:
    embedded = embed_file(path, encoder, measure=True)
    recording = embedded.recording
    return Content(
        content_hash=content_hash,
        format=recording.format,
        subtype=recording.subtype,
        sample_rate_hz=recording.sample_rate_hz,
        channels=recording.channels,
        duration_s=embedded.duration_s,
        windows=embedded.windows,
        vectors=np.ascontiguousarray(embedded.vectors, dtype="<f4"),
        tags=auto_tags(embedded.tag_scores, encoder.card.vocabulary),
        measures=embedded.measures,
    )
