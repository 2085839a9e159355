"""Which files are taken for audio, by the end of their names."""

import os
from pathlib import PurePath

AUDIO_EXTENSIONS = frozenset(
    {
        ".wav",
        ".wave",
        ".bwf",
        ".rf64",
        ".w64",
        ".aif",
        ".aiff",
        ".aifc",
        ".au",
        ".snd",
        ".caf",
        ".flac",
        ".ogg",
        ".oga",
        ".opus",
        ".mp3",
    }
)
"""Formats that are read by libsndfile."""

MEDIA_EXTENSIONS = frozenset(
    {
        ".m4a",
        ".mp4",
        ".m4v",
        ".mov",
        ".aac",
        ".3gp",
        ".mkv",
        ".mka",
        ".webm",
        ".avi",
        ".wma",
        ".wmv",
    }
)
"""Formats that need the `media` extra."""


def is_audio_path(path: str | os.PathLike[str]) -> bool:
    """Tell whether the name ends like that of an audio or video file; nothing is opened."""
    extension = PurePath(path).suffix.lower()
    return extension in AUDIO_EXTENSIONS or extension in MEDIA_EXTENSIONS
