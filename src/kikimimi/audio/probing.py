"""What an audio file is, without decoding it."""

import os

from kikimimi.audio.sources import open_source
from kikimimi.types import Recording


def probe(path: str | os.PathLike[str]) -> Recording:
    """Read the header of an audio or video file.

    `frames` is an estimate for MP3 without a length header and for some video containers.

    Raises:
        AudioError: the file is missing, empty, a folder, unreadable, not audio, without samples,
            or shorter than its header says.
    """
    with open_source(path) as source:
        return source.recording
