import numpy as np
import pytest
import soundfile

from kikimimi.audio.reading import read_clip
from kikimimi.errors import AudioError


@pytest.fixture
def path(tmp_path, sweep):
    path = tmp_path / "sweep.flac"
    soundfile.write(path, sweep.T, 44100)
    return path


def test_mono_is_the_mean_of_the_channels(path):
    stereo = read_clip(path).samples
    mono = read_clip(path, mono=True).samples
    np.testing.assert_allclose(mono[0], stereo.astype(np.float64).mean(axis=0), atol=1e-7)


def test_the_rate_asked_for_is_the_rate_given(path):
    clip = read_clip(path, sample_rate_hz=16000)
    assert clip.sample_rate_hz == 16000
    assert clip.samples.shape == (2, 48000)
    assert clip.duration_s == pytest.approx(3)


def test_an_end_beyond_the_end_means_the_end(path):
    assert read_clip(path, start_s=2.5, end_s=99).duration_s == pytest.approx(0.5)


def test_a_stretch_shorter_than_a_sample_gives_one(path):
    assert read_clip(path, start_s=1, end_s=1 + 1e-9).samples.shape == (2, 1)


@pytest.mark.parametrize(
    ("start_s", "end_s"), [(-1, None), (2, 1), (1, 1), (float("nan"), None), (0, float("nan"))]
)
def test_an_impossible_stretch_is_refused(path, start_s, end_s):
    with pytest.raises(AudioError, match="impossible"):
        read_clip(path, start_s=start_s, end_s=end_s)


@pytest.mark.parametrize("start_s", [3.0, 1e9, float("inf")])
def test_a_stretch_behind_the_end_is_refused(path, start_s):
    with pytest.raises(AudioError, match="no sound from"):
        read_clip(path, start_s=start_s)


def test_wav_and_flac_of_the_same_samples_are_equal(tmp_path, path):
    samples, rate = soundfile.read(path, dtype="int16")
    soundfile.write(tmp_path / "same.wav", samples, rate)
    flac = read_clip(path, sample_rate_hz=16000, mono=True).samples
    wav = read_clip(tmp_path / "same.wav", sample_rate_hz=16000, mono=True).samples
    assert np.array_equal(flac, wav)
