from pathlib import Path

import pytest
import soundfile

from kikimimi.audio.discovery import AUDIO_EXTENSIONS, MEDIA_EXTENSIONS, is_audio_path


@pytest.mark.parametrize("name", ["a.wav", "A.WAV", "雨.Flac", "/x/y.opus", "a.b.m4a", "film.MKV"])
def test_audio_by_name(name):
    assert is_audio_path(name)
    assert is_audio_path(Path(name))


@pytest.mark.parametrize("name", ["a.txt", "wav", ".wav", "a.wav.txt", "a", "a.wav~", "LICENSE"])
def test_no_audio_by_name(name):
    assert not is_audio_path(name)


def test_extensions_are_lower_case_and_apart():
    for extension in AUDIO_EXTENSIONS | MEDIA_EXTENSIONS:
        assert extension == extension.lower()
        assert extension.startswith(".")
    assert not AUDIO_EXTENSIONS & MEDIA_EXTENSIONS


def test_the_formats_that_are_promised_are_there():
    promised = {".wav", ".rf64", ".aiff", ".flac", ".ogg", ".opus", ".mp3", ".caf"}
    assert promised <= AUDIO_EXTENSIONS
    assert {"WAV", "RF64", "AIFF", "FLAC", "OGG", "MP3", "CAF"} <= set(
        soundfile.available_formats()
    )
