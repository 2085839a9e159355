"""All metadata of a sound file, in sections."""

import os
from pathlib import Path

import soundfile

from kikimimi.audio.metadata.riff_chunks import Section, read_riff_sections
from kikimimi.audio.metadata.texts import clean_text
from kikimimi.audio.metadata.ucs import ucs_fields
from kikimimi.audio.sources import open_source


def read_metadata(path: str | os.PathLike[str]) -> dict[str, Section]:
    """The sections that there are: ucs (of the file name), bext, ixml, info, cue, tags.

    `tags` are the titles, artists and so on of formats other than WAV.

    Raises:
        AudioError: the file is missing, or is not audio.
    """
    path = Path(path)
    with open_source(path) as source:
        rate_hz = source.recording.sample_rate_hz
    sections: dict[str, Section] = {"ucs": dict(ucs_fields(path.name))}
    sections.update(read_riff_sections(path, rate_hz))
    if "info" not in sections:
        sections["tags"] = _tags(path)
    return {name: section for name, section in sections.items() if section}


def _tags(path: Path) -> dict[str, str]:
    """What libsndfile finds of titles and names."""
    name = str(path) if os.name == "nt" else os.fsencode(path)
    try:
        with soundfile.SoundFile(name) as file:
            found = file.copy_metadata()
    except (soundfile.LibsndfileError, TypeError, UnicodeDecodeError):
        return {}
    return {key: text for key, value in found.items() if (text := clean_text(value))}
