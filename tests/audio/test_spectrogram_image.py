"""Pictures of spectra: a tone is a line where it belongs, at any zoom and in any format."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from kikimimi.audio.spectrogram_image import FrequencyScale, spectrogram_image
from kikimimi.errors import AudioError

RATE_HZ = 16000


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Two seconds: 1 kHz at -6 dB, then 4 kHz."""
    time_s = np.arange(RATE_HZ) / RATE_HZ
    halves = [0.5 * np.sin(2 * np.pi * hz * time_s) for hz in (1000, 4000)]
    soundfile.write(tmp_path / "tone.wav", np.concatenate(halves), RATE_HZ, subtype="FLOAT")
    return tmp_path / "tone.wav"


def frequency(row: int, rows: int, low: float, high: float, scale: FrequencyScale) -> float:
    share = (rows - row - 0.5) / rows
    if scale == "linear":
        return low + share * (high - low)
    if scale == "log":
        return float(low * (high / low) ** share)
    mel = share * np.log10(1 + high / 700)
    return float(700 * (10**mel - 1))


@pytest.mark.parametrize("scale", ["log", "mel", "linear"])
def test_a_tone_lies_at_its_frequency_and_level(tone: Path, scale: FrequencyScale) -> None:
    image = spectrogram_image(
        tone, start_s=0, end_s=2, columns=100, rows=128, scale=scale, floor_db=-106, ceiling_db=-6
    )
    assert image.levels.shape == (128, 100)
    for column, hz in ((20, 1000), (80, 4000)):
        row = int(image.levels[:, column].argmax())
        found = frequency(row, 128, image.f_min_hz, image.f_max_hz, scale)
        assert found == pytest.approx(hz, rel=0.06)
        assert image.levels[row, column] > 245
        assert np.median(image.levels[:, column]) < 130


def test_zooming_shows_the_moment_of_change(tone: Path) -> None:
    image = spectrogram_image(tone, start_s=0.9, end_s=1.1, columns=200, rows=64, scale="linear")
    rows = image.levels.argmax(axis=0)
    assert abs(int(np.argmax(rows < 40)) - 100) <= 6
    assert (image.start_s, image.end_s) == (0.9, 1.1)


def test_the_end_of_the_sound_ends_the_picture(tone: Path) -> None:
    image = spectrogram_image(tone, start_s=1, end_s=99, columns=10, rows=10)
    assert (image.start_s, image.end_s) == (1.0, 2.0)
    with pytest.raises(AudioError, match="2 s long"):
        spectrogram_image(tone, start_s=3, end_s=4, columns=10, rows=10)


def test_long_sounds_are_looked_at_here_and_there_with_the_same_result(tmp_path: Path) -> None:
    time_s = np.arange(100 * 8000) / 8000
    sound = 0.4 * np.sin(2 * np.pi * (300 + 20 * time_s) * time_s)
    for name, form in (("long.wav", "WAV"), ("long.ogg", "OGG")):
        soundfile.write(tmp_path / name, sound, 8000, format=form)
    seeking, streaming = (
        spectrogram_image(tmp_path / name, start_s=0, end_s=100, columns=80, rows=64).levels
        for name in ("long.wav", "long.ogg")
    )
    assert (abs(seeking.argmax(axis=0) - streaming.argmax(axis=0)) <= 1).all()


def test_a_click_of_one_sample_is_drawn(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "click.wav", np.array([0.9]), RATE_HZ)
    image = spectrogram_image(tmp_path / "click.wav", start_s=0, end_s=1, columns=4, rows=4)
    assert image.levels.max() > 0
