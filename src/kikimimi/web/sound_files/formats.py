"""What browsers make of the formats of sound files.

Formats and codings have libsndfile's names, or FFmpeg's for containers.
"""

from collections.abc import Mapping

OCTETS = "application/octet-stream"

_CONTENT_TYPES: Mapping[str, str] = {
    "WAV": "audio/wav",
    "WAVEX": "audio/wav",
    "RF64": "audio/wav",
    "FLAC": "audio/flac",
    "OGG": "audio/ogg",
    "MP3": "audio/mpeg",
    "MPEG": "audio/mpeg",
    "AIFF": "audio/aiff",
    "AU": "audio/basic",
    "CAF": "audio/x-caf",
    "MOV": "audio/mp4",
    "MATROSKA": "audio/webm",
}
_PLAYABLE: Mapping[str, frozenset[str]] = {
    "WAV": frozenset({"PCM_U8", "PCM_16", "PCM_24", "FLOAT"}),
    "WAVEX": frozenset({"PCM_U8", "PCM_16", "PCM_24", "FLOAT"}),
    "FLAC": frozenset({"PCM_S8", "PCM_16", "PCM_24"}),
    "OGG": frozenset({"VORBIS", "OPUS"}),
    "MP3": frozenset({"MPEG_LAYER_III"}),
    "MPEG": frozenset({"MPEG_LAYER_III"}),
}
"""Formats and codings that Chrome, Firefox and Safari all play."""

MOST_PLAYABLE_CHANNELS = 2
LEAST_PLAYABLE_RATE_HZ = 8000
MOST_PLAYABLE_RATE_HZ = 48000


def content_type(format_name: str) -> str:
    """The media type of a format; never one that a browser would run or show."""
    return _CONTENT_TYPES.get(format_name, OCTETS)


def is_playable(format_name: str, subtype: str, *, channels: int, sample_rate_hz: int) -> bool:
    """Whether every browser plays such a file as it is, so that it needs no preview."""
    return (
        subtype in _PLAYABLE.get(format_name, frozenset())
        and channels <= MOST_PLAYABLE_CHANNELS
        and LEAST_PLAYABLE_RATE_HZ <= sample_rate_hz <= MOST_PLAYABLE_RATE_HZ
    )
