"""Containers that libsndfile leaves to the `media` extra, known by their first bytes."""

from pathlib import Path

from kikimimi.audio.riff import open_binary

# Offset, bytes, and FFmpeg's name of the container. FFmpeg is told the name, because left to guess
# it would follow playlists dressed as sound files to other files and servers.
_SIGNATURES = (
    (4, b"ftyp", "mov"),
    (4, b"moov", "mov"),
    (4, b"mdat", "mov"),
    (4, b"wide", "mov"),
    (4, b"free", "mov"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (8, b"AVI ", "avi"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf9", "aac"),
    # libsndfile reads no BW64, nor RF64 with a chunk of odd length before the samples.
    (0, b"RF64", "wav"),
    (0, b"BW64", "wav"),
)
_SIGNATURE_BYTES = 16


def find_demuxer(path: Path) -> str | None:
    """FFmpeg's name of the container, None if the file is no container that is read through it.

    Raises:
        AudioError: the file cannot be opened.
    """
    with open_binary(path) as file:
        start = file.read(_SIGNATURE_BYTES)
    for offset, signature, demuxer in _SIGNATURES:
        if start[offset:].startswith(signature):
            return demuxer
    return None
