"""What is told of recordings: made ones whose figures are known, and real ones."""

import numpy as np
import pyloudnorm
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from kikimimi.audio.reading import read_clip
from kikimimi.cleaning.analysis.analyser import SoundAnalyser, analyse_clip, analyse_file
from kikimimi.cleaning.analysis.band_powers import BandPowerMeter
from kikimimi.cleaning.analysis.clipping import ClippingMeter
from kikimimi.cleaning.analysis.values import FIGURES, SoundFigures, figure_text
from kikimimi.errors import AudioError
from kikimimi.types import Clip

RATE_HZ = 16000


def noise(seconds: float, level_db: float, *, seed: int = 0, rate_hz: int = RATE_HZ) -> np.ndarray:
    samples = np.random.default_rng(seed).standard_normal(round(seconds * rate_hz))
    return 10 ** (level_db / 20) * samples


def tone(seconds: float, hz: float, level_db: float, *, rate_hz: int = RATE_HZ) -> np.ndarray:
    """A sine; its level is its root mean square."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return 10 ** (level_db / 20) * np.sqrt(2) * np.sin(2 * np.pi * hz * time_s)


def figures(*channels: np.ndarray, rate_hz: int = RATE_HZ) -> SoundFigures:
    return analyse_clip(Clip(np.stack(channels).astype(np.float32), rate_hz)).figures


@pytest.mark.parametrize("level_db", [-20, -50, -80])
@pytest.mark.parametrize("rate_hz", [8000, 48000])
def test_the_floor_of_noise_is_its_level(level_db, rate_hz) -> None:
    found = figures(noise(6, level_db, rate_hz=rate_hz), rate_hz=rate_hz)
    assert found.noise_floor_db == pytest.approx(level_db, abs=0.5)
    assert found.snr_db is None, "steady noise has nothing that stands out"


@pytest.mark.parametrize("snr_db", [0, 20, 40])
def test_sounds_stand_out_of_noise_as_much_as_they_do(snr_db) -> None:
    """A tone that is there for 30 % of the time."""
    is_on = (np.arange(8 * RATE_HZ) // (RATE_HZ // 2)) % 10 < 3
    sound = tone(8, 1000, -20) * is_on
    power_db = 10 * np.log10(np.mean(sound**2))
    found = figures(sound + noise(8, power_db - snr_db))
    assert found.snr_db == pytest.approx(snr_db, abs=1)
    assert found.noise_floor_db == pytest.approx(power_db - snr_db, abs=1)


def test_real_sounds_in_noise(shared_data) -> None:
    """A rooster, nearly noiseless itself."""
    clip = read_clip(shared_data / "esc50" / "audio" / "5-194930-A-1.ogg")
    own = analyse_clip(clip).figures
    assert own.snr_db is not None and own.snr_db > 40
    power_db = 10 * np.log10(np.mean(clip.samples**2))
    noisy = figures(clip.samples[0] + noise(5, power_db - 15, rate_hz=clip.sample_rate_hz))
    assert noisy.snr_db == pytest.approx(15, abs=2)


def test_digital_silence_is_not_the_noise_floor() -> None:
    found = figures(np.concatenate([np.zeros(4 * RATE_HZ), noise(4, -40)]))
    assert found.noise_floor_db == pytest.approx(-40, abs=1)


@pytest.mark.parametrize(("cutoff_hz", "rate_hz"), [(4000, 48000), (16000, 44100)])
def test_bandwidth_ends_where_a_filter_ends(cutoff_hz, rate_hz) -> None:
    spectrum = np.fft.rfft(noise(4, -20, rate_hz=rate_hz))
    spectrum[np.fft.rfftfreq(4 * rate_hz, 1 / rate_hz) > cutoff_hz] = 0
    found = figures(np.fft.irfft(spectrum), rate_hz=rate_hz)
    assert found.bandwidth_hz == pytest.approx(cutoff_hz, abs=250)
    assert figures(noise(4, -20)).bandwidth_hz == RATE_HZ / 2


def test_the_mean_spectrum_is_that_of_another_program() -> None:
    samples = noise(4, -20)[:, None] * [1, 0.5]
    meter = BandPowerMeter(sample_rate_hz=RATE_HZ, channels=2)
    meter.push(samples.astype(np.float32))
    _, density = signal.welch(
        samples, RATE_HZ, "hann", meter.frame, noverlap=0, detrend=False, axis=0
    )
    expected = density.mean(axis=1) * meter.bin_hz
    np.testing.assert_allclose(meter.mean_spectrum()[2:], expected[2:], rtol=1e-3)


@pytest.mark.parametrize("mains_hz", [50, 59.95])
def test_hum_is_found_with_its_level(mains_hz) -> None:
    lines = sum(tone(6, mains_hz * k, -50 - 6 * k) for k in (1, 2, 3, 5))
    level_db = 10 * np.log10(np.mean(lines**2))
    found = figures(noise(6, -50) + lines, noise(6, -50, seed=1) + lines)
    assert found.hum_hz == pytest.approx(mains_hz, abs=0.06)
    assert found.hum_db == pytest.approx(level_db, abs=0.5)


@pytest.mark.parametrize("sound", [noise(6, -20), tone(6, 440, -20), noise(1, -20)])
def test_there_is_no_hum_in_other_sounds(sound) -> None:
    assert figures(sound).hum_hz is None


def test_clipped_samples_are_counted() -> None:
    loud = 1.5 * tone(1, 100, -3)
    cut = np.clip(loud, -0.8, 0.8)
    # Each half wave ends with at most one sample that happens to be cut but not flat.
    assert figures(cut).clipped_samples == pytest.approx((np.abs(loud) >= 0.8).sum(), abs=200)
    assert figures(cut, np.zeros(RATE_HZ)).clipped_samples == figures(cut).clipped_samples


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(RATE_HZ),
        np.full(RATE_HZ, 0.5),
        np.round(tone(1, 30, -3) * 32767) / 32768,
        noise(1, -20),
    ],
    ids=["silence", "constant", "slow wave of 16 bits", "noise"],
)
def test_what_is_flat_by_itself_is_not_clipped(sound) -> None:
    assert figures(sound).clipped_samples == 0


def test_offset_and_silence_at_the_ends() -> None:
    body = tone(1, 440, -20) + 0.01
    sound = np.concatenate([np.zeros(800), body, np.zeros(1600)])
    analysis = analyse_clip(Clip(np.stack([sound, 0 * sound]).astype(np.float32), RATE_HZ))
    assert analysis.figures.dc_offset == pytest.approx(0.01 * len(body) / len(sound), abs=1e-4)
    assert analysis.silent_start_s == pytest.approx(0.05)
    assert analysis.silent_end_s == pytest.approx(0.1)
    assert analysis.edges_db == (None, None)


def test_loudness_is_that_of_another_program(shared_data) -> None:
    path = shared_data / "esc50" / "audio" / "1-17367-A-10.ogg"
    samples, rate_hz = soundfile.read(path)
    expected = pyloudnorm.Meter(rate_hz, filter_class="DeMan").integrated_loudness(samples)
    assert analyse_file(path).figures.loudness_lufs == pytest.approx(expected, abs=0.1)


@settings(max_examples=15)
@given(st.integers(0, 2**31), st.integers(1, 40000), st.integers(1, 6), st.integers(1, 3))
def test_blocks_do_not_matter(seed, frames, pieces, channels) -> None:
    rng = np.random.default_rng(seed)
    block = np.clip(rng.standard_normal((frames, channels)), -1, 1).astype(np.float32)
    block[: frames // 3] = 0
    found = []
    for count in (1, pieces):
        analyser = SoundAnalyser(sample_rate_hz=RATE_HZ, channels=channels)
        for piece in np.array_split(block, count):
            analyser.push(piece)
        found.append(analyser.result())
    one, many = found
    for info in FIGURES:
        first, second = getattr(one.figures, info.key), getattr(many.figures, info.key)
        assert second == (first if first is None else pytest.approx(first, rel=1e-4, abs=1e-4))
    assert (one.silent_start_s, one.silent_end_s) == (many.silent_start_s, many.silent_end_s)
    np.testing.assert_allclose(one.band_powers, many.band_powers, rtol=1e-3)


@settings(max_examples=50)
@given(st.integers(0, 2**31), st.integers(1, 12))
def test_clipping_does_not_depend_on_blocks(seed, pieces) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.choice(np.array([-1, 0, 0.5, 1], np.float32), (60, 1))
    counts = []
    for count in (1, pieces):
        meter = ClippingMeter(channels=1)
        for piece in np.array_split(samples, count):
            meter.push(piece)
        counts.append(meter.result())
    text = "".join({1.0: "+", -1.0: "-"}.get(v, " ") for v in samples[:, 0].tolist())
    runs = [run for run in text.replace("+-", "+ -").replace("-+", "- +").split() if len(run) > 2]
    assert counts == [sum(map(len, runs))] * 2


@pytest.mark.parametrize(("frames", "channels"), [(1, 1), (1, 8), (3, 2), (100, 1), (RATE_HZ, 8)])
@pytest.mark.parametrize("rate_hz", [10, 8000, 192000])
def test_short_silent_and_odd_sounds_have_figures_or_none(frames, channels, rate_hz) -> None:
    for value in (0, 0.25):
        found = figures(*np.full((channels, frames), value), rate_hz=rate_hz)
        assert found.duration_s == frames / rate_hz
        assert (found.peak_db is None) == (value == 0)
        for info in FIGURES:
            number = getattr(found, info.key)
            assert number is None or np.isfinite(number)
            assert figure_text(info, number)


def test_damaged_files_are_told(tmp_path) -> None:
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.array([0.1, np.nan], np.float32), RATE_HZ, subtype="FLOAT")
    with pytest.raises(AudioError, match="NaN"):
        analyse_file(path)
