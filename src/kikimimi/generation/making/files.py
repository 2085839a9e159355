"""Made sounds as WAV files that say how they were made.

The INFO chunk has a title, the program, and in the comment all parameters as one line of JSON.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kikimimi import __version__
from kikimimi.audio.metadata.reading import read_metadata
from kikimimi.audio.writing import write_wav
from kikimimi.generation.making.maker import MadeSound
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.types import Clip

SOFTWARE = f"Kikimimi {__version__}"


_NOT_IN_NAMES = frozenset('/\\:*?"<>| ')
_LONGEST_STEM = 60


def plain_stem(text: str) -> str:
    """A text as part of the name of a file on any system, at most 60 characters."""
    plain = "".join(
        "_" if each in _NOT_IN_NAMES or not each.isprintable() else each for each in text
    )
    return plain[:_LONGEST_STEM].strip(".") or "sound"


def write_made(path: Path, made: MadeSound, *, replace: bool = False) -> None:
    """Write a sound as WAV of 24 bits, whole or not at all; equal sounds give equal bytes.

    Raises:
        AudioError: there is such a file and `replace` is off, or the file cannot be written.
    """
    info = {
        "title": path.stem,
        "software": SOFTWARE,
        "comment": json.dumps(dict(made.parameters), ensure_ascii=False),
    }
    clip = Clip(made.samples[None], GENERATION_MEL.sample_rate_hz)
    write_wav(path, clip, info=info, replace=replace)


def read_parameters(path: Path) -> Mapping[str, Any] | None:
    """How a sound was made; None for a file that says nothing of that.

    Raises:
        AudioError: the file cannot be read.
    """
    info = read_metadata(path).get("info")
    if not isinstance(info, dict) or not str(info.get("software", "")).startswith("Kikimimi"):
        return None
    try:
        found = json.loads(str(info.get("comment", "")))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
