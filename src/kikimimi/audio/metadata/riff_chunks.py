"""Metadata in the chunks of WAV files: bext, iXML, cue points and LIST INFO.

Layouts: EBU Tech 3285 (bext), the iXML specification 3.0, Microsoft's RIFF (cue, adtl, INFO).
"""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kikimimi.audio.metadata.info import INFO_NAMES
from kikimimi.audio.metadata.ixml import read_ixml
from kikimimi.audio.metadata.texts import clean_text, decode_text
from kikimimi.audio.riff import MAX_CHUNKS, Chunk, iterate_chunks, open_binary

Section = dict[str, Any] | list[dict[str, Any]]

_LARGEST_CHUNK = 1 << 18
_MOST_ENTRIES = 200
_BEXT_TEXTS = (
    ("description", 0, 256),
    ("originator", 256, 288),
    ("originator_reference", 288, 320),
    ("origination_date", 320, 330),
    ("origination_time", 330, 338),
)
_BEXT_SIZE = 602
_BEXT_LOUDNESS = (
    ("loudness_value_lufs", 412),
    ("loudness_range_lu", 414),
    ("max_true_peak_dbtp", 416),
    ("max_momentary_lufs", 418),
    ("max_short_term_lufs", 420),
)
_UNSET_LOUDNESS = 0x7FFF


def read_riff_sections(path: Path, sample_rate_hz: int) -> dict[str, Section]:
    """The sections of metadata that a WAV file holds; none for another file.

    Damaged chunks are left out, and so are chunks above 256 KiB.

    Raises:
        AudioError: the file cannot be opened.
    """
    sections: dict[str, Section] = {}
    marks: dict[int, int] = {}
    labels: dict[int, str] = {}
    with open_binary(path) as file:
        for number, chunk in enumerate(iterate_chunks(file)):
            if number >= MAX_CHUNKS:
                break
            payload = _payload(file, chunk)
            if chunk.identifier in _SECTIONS and payload:
                name, parse = _SECTIONS[chunk.identifier]
                sections.setdefault(name, parse(payload))
            elif chunk.identifier == b"cue ":
                marks.update(_cue_points(payload))
            elif payload.startswith(b"INFO"):
                sections.setdefault("info", _info(payload[4:]))
            elif payload.startswith(b"adtl"):
                labels.update(_labels(payload[4:]))
    if marks:
        sections["cue"] = [
            {"time_s": round(frame / sample_rate_hz, 6), "label": labels.get(mark, "")}
            for mark, frame in sorted(marks.items(), key=lambda item: (item[1], item[0]))
        ]
    return {name: section for name, section in sections.items() if section}


def _payload(file: Any, chunk: Chunk) -> bytes:
    """The bytes of a chunk that may be metadata; none of those that are too long."""
    wanted = chunk.identifier in (*_SECTIONS, b"cue ", b"LIST")
    if not wanted or chunk.held > _LARGEST_CHUNK:
        return b""
    position = file.tell()
    file.seek(chunk.offset)
    data: bytes = file.read(chunk.held)
    file.seek(position)
    return data


def _bext(payload: bytes) -> dict[str, Any]:
    if len(payload) < 348:
        return {}
    held = payload.ljust(_BEXT_SIZE, b"\0")
    found: dict[str, Any] = {
        name: text for name, start, end in _BEXT_TEXTS if (text := decode_text(held[start:end]))
    }
    reference, version = struct.unpack_from("<QH", held, 338)
    found["time_reference_samples"] = reference
    found["version"] = version
    if any(held[348:412]):
        found["umid"] = held[348:412].rstrip(b"\0").hex()
    if version >= 2:
        for name, offset in _BEXT_LOUDNESS:
            (value,) = struct.unpack_from("<h", held, offset)
            if value not in (0, _UNSET_LOUDNESS):
                found[name] = value / 100
    if history := decode_text(held[_BEXT_SIZE:]):
        found["coding_history"] = history
    return found


def _cue_points(payload: bytes) -> dict[int, int]:
    """Sample frames of the marks by their numbers."""
    if len(payload) < 4:
        return {}
    count = min(struct.unpack_from("<I", payload)[0], (len(payload) - 4) // 24, _MOST_ENTRIES)
    points = (struct.unpack_from("<II4sIII", payload, 4 + 24 * number) for number in range(count))
    return {point[0]: point[5] for point in points}


def _labels(payload: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for identifier, data in _subchunks(payload):
        if identifier in (b"labl", b"note") and len(data) > 4:
            found.setdefault(struct.unpack_from("<I", data)[0], decode_text(data[4:]))
    return found


def _info(payload: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for identifier, data in _subchunks(payload):
        name = INFO_NAMES.get(identifier, identifier.decode("ascii", "replace").lower())
        if text := decode_text(data):
            found.setdefault(clean_text(name), text)
    return found


def _subchunks(payload: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks within a LIST chunk, at most 200."""
    position = 0
    for _ in range(_MOST_ENTRIES):
        if position + 8 > len(payload):
            return
        identifier, size = struct.unpack_from("<4sI", payload, position)
        yield identifier, payload[position + 8 : position + 8 + size]
        position += 8 + size + size % 2


_SECTIONS: dict[bytes, tuple[str, Callable[[bytes], dict[str, Any]]]] = {
    b"bext": ("bext", _bext),
    b"iXML": ("ixml", read_ixml),
}
