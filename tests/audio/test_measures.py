"""Measures of made sounds whose values are known, and of real ones against other programs."""

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kikimimi.audio.measures.envelope import EnvelopeMeter
from kikimimi.audio.measures.loudness import LoudnessMeter, _k_weighting
from kikimimi.audio.measures.meter import SoundMeter, measure_file
from kikimimi.audio.measures.values import MEASURES, Measures
from kikimimi.types import Recording

Samples = NDArray[np.float32]


def measured(samples: Samples, rate_hz: int = 16000, *, pieces: int = 1) -> Measures:
    """The measures of samples (T,) or (T, C), given in so many pieces."""
    block = samples[:, None] if samples.ndim == 1 else samples
    recording = Recording(Path("x"), rate_hz, block.shape[1], len(block), "WAV", "FLOAT")
    meter = SoundMeter(recording, mono_rate_hz=0)
    for piece in np.array_split(block.astype(np.float32), pieces):
        meter.push(piece, np.zeros(0, np.float32))
    return meter.result()


def tone(hz: float, *, seconds: float = 2.0, rate_hz: int = 16000, level: float = 0.5) -> Samples:
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return (level * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def noise(*, seconds: float = 2.0, rate_hz: int = 16000, seed: int = 0) -> Samples:
    count = round(seconds * rate_hz)
    return (0.1 * np.random.default_rng(seed).standard_normal(count)).astype(np.float32)


def test_the_filters_are_those_of_the_standard_at_48_khz() -> None:
    """ITU-R BS.1770-4, tables 1 and 2."""
    table = [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],  # noqa: E501
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]  # fmt: skip
    np.testing.assert_allclose(_k_weighting(48000), table, atol=1e-8)


@pytest.mark.parametrize(("channels", "expected"), [(1, -26.01), (2, -23.0)])
def test_a_tone_has_the_loudness_that_the_standard_gives_it(channels: int, expected: float) -> None:
    """EBU Tech 3341, case 1: 1 kHz at -23 dBFS in both channels is -23 LUFS."""
    level = 10 ** (-23 / 20)
    block = np.tile(tone(1000, seconds=5, rate_hz=48000, level=level)[:, None], (1, channels))
    assert measured(block, 48000).loudness_lufs == pytest.approx(expected, abs=0.05)


def test_quiet_stretches_are_gated_out() -> None:
    """EBU Tech 3341, case 3: -36, -23, -36 dBFS for 10, 60, 10 s is -23 LUFS (here shorter)."""
    parts = [(2, -36), (12, -23), (2, -36)]
    sound = np.concatenate(
        [tone(1000, seconds=s, rate_hz=8000, level=10 ** (db / 20)) for s, db in parts]
    )
    assert measured(np.stack([sound, sound], 1), 8000).loudness_lufs == pytest.approx(-23, abs=0.1)


def test_a_short_sound_is_one_block_and_silence_has_no_loudness() -> None:
    short = tone(1000, seconds=0.2, rate_hz=48000, level=10 ** (-20 / 20))
    assert measured(short, 48000).loudness_lufs == pytest.approx(-23.0, abs=0.2)
    assert measured(np.zeros(8000, np.float32)).loudness_lufs is None


def test_loudness_of_real_sounds_agrees_with_pyloudnorm(shared_data: Path) -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm")
    files = (
        sorted((shared_data / "sfx").rglob("*.ogg"))[::40]
        + sorted((shared_data / "esc50" / "audio").iterdir())[::250]
    )
    compared = 0
    for path in files:
        samples, rate_hz = soundfile.read(path, always_2d=True)
        samples = samples[: len(samples) - len(samples) % (rate_hz // 10)]  # it rounds blocks up
        ours = measured(samples, rate_hz).loudness_lufs if len(samples) >= rate_hz else None
        if ours is None:
            continue
        theirs = pyloudnorm.Meter(rate_hz, filter_class="DeMan").integrated_loudness(samples)
        assert ours == pytest.approx(theirs, abs=0.1), path
        compared += 1
    assert compared >= 8


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 40), st.sampled_from([8000, 11025, 44100]))
def test_loudness_does_not_depend_on_how_the_sound_arrives(pieces: int, rate_hz: int) -> None:
    block = noise(seconds=0.93, rate_hz=rate_hz)[:, None]
    whole = LoudnessMeter(sample_rate_hz=rate_hz, channels=1)
    whole.push(block)
    parts = LoudnessMeter(sample_rate_hz=rate_hz, channels=1)
    for piece in np.array_split(block, pieces):
        parts.push(piece)
    assert parts.result() == pytest.approx(whole.result(), abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 60), st.integers(1, 40_000), st.integers(1, 3))
def test_every_measure_is_the_same_in_pieces(pieces: int, count: int, channels: int) -> None:
    samples = np.random.default_rng(count).uniform(-1, 1, (count, channels)).astype(np.float32)
    whole, parts = measured(samples), measured(samples, pieces=pieces)
    assert whole.overview == parts.overview
    for info in MEASURES:
        one, other = getattr(whole, info.key), getattr(parts, info.key)
        assert other == (one if one is None else pytest.approx(one, rel=1e-4))


def test_brightness_agrees_with_librosa(shared_data: Path) -> None:
    librosa = pytest.importorskip("librosa")
    path = sorted((shared_data / "esc50" / "audio").iterdir())[40]
    samples, rate_hz = soundfile.read(path, dtype="float32")
    mono = librosa.resample(samples, orig_sr=rate_hz, target_sr=16000)
    spectrum = np.abs(librosa.stft(mono, n_fft=1024, hop_length=640))
    spectrum[:2] = 0
    centroids = librosa.feature.spectral_centroid(S=spectrum, sr=16000, n_fft=1024)[0]
    energies = np.square(spectrum).sum(axis=0)
    expected = float((centroids * energies).sum() / energies.sum())
    assert measure_file(path)[0].brightness_hz == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("hz", [110.0, 1000.0, 5000.0])
def test_a_tone_is_as_bright_as_it_is_high_and_has_no_noise(hz: float) -> None:
    found = measured(tone(hz))
    assert found.brightness_hz == pytest.approx(hz, rel=0.1)
    assert found.noisiness is not None and found.noisiness < 0.05


def test_noise_is_noisy_whatever_its_colour() -> None:
    white = noise(seconds=4)
    pink = np.cumsum(white) - np.convolve(np.cumsum(white), np.ones(200) / 200, mode="same")
    for sound in (white, (0.1 * pink).astype(np.float32)):
        found = measured(sound)
        assert found.noisiness is not None and found.noisiness > 0.7
        assert found.pitch_hz is None
    assert (measured(white).brightness_hz or 0) > 2 * (measured(pink).brightness_hz or 0)


@pytest.mark.parametrize("hz", [70.0, 110.0, 440.0, 1000.0, 2500.0])
def test_the_pitch_of_a_harmonic_sound_is_its_fundamental(hz: float) -> None:
    sound = sum(tone(hz * k, level=0.3 / k) for k in range(1, 6) if hz * k < 7500)
    found = measured(np.asarray(sound, np.float32) + 0.02 * noise())
    assert found.pitch_hz == pytest.approx(hz, rel=0.02)
    assert found.pitch_confidence > 0.9


def test_pitch_is_that_of_the_audible_part() -> None:
    sound = np.concatenate([tone(300, seconds=1), np.zeros(32000, np.float32)])
    assert measured(sound + 1e-5 * noise(seconds=3)).pitch_hz == pytest.approx(300, rel=0.02)


@pytest.mark.parametrize("attack_s", [0.05, 0.2, 1.0])
def test_attack_is_the_rise_from_10_to_90_per_cent(attack_s: float) -> None:
    time_s = np.arange(48000) / 16000
    envelope = np.clip((time_s - 0.3) / attack_s, 0, 1) * np.exp(-np.maximum(time_s - 1.5, 0))
    sound = (envelope * np.sin(2 * np.pi * 1000 * time_s)).astype(np.float32)
    assert measured(sound).attack_s == pytest.approx(0.8 * attack_s, rel=0.1)


def test_a_click_has_no_attack_and_lies_where_it_is() -> None:
    click = np.zeros(16000, np.float32)
    click[12000] = 0.5
    found = measured(click)
    assert found.attack_s is not None and found.attack_s < 0.006
    assert found.temporal_centroid_s == pytest.approx(0.75, abs=0.003)
    assert found.peak_db == pytest.approx(20 * math.log10(0.5), abs=1e-4)


def test_a_long_sound_is_followed_in_bounded_memory() -> None:
    meter = EnvelopeMeter(sample_rate_hz=16000)
    block = noise(seconds=10)
    for number in range(40):
        meter.push(block * (1 if number < 20 else 3))
    attack_s, centroid_s = meter.result()
    assert sum(len(part) for part in meter._energies) <= 1 << 16
    assert attack_s is not None and attack_s >= 0
    assert centroid_s == pytest.approx((20 * 100 + 9 * 20 * 300) / (20 + 9 * 20), rel=0.01)


def test_the_overview_draws_the_sound() -> None:
    sound = np.concatenate([np.zeros(8000), np.full(8000, 0.5), np.full(16000, -1.5)])
    found = np.frombuffer(measured(sound.astype(np.float32)).overview, np.int8).reshape(128, 2)
    assert not found[:31].any()
    assert (found[33:63] == [64, 64]).all()
    assert (found[65:] == [-127, -127]).all()


def test_the_overview_of_few_samples_repeats_them() -> None:
    found = np.frombuffer(measured(np.array([1, -1], np.float32)).overview, np.int8)
    assert found.reshape(128, 2)[0].tolist() == [127, 127]
    assert found.reshape(128, 2)[127].tolist() == [-127, -127]


def test_silence_has_no_measures() -> None:
    found = measured(np.zeros(100, np.float32))
    assert [getattr(found, info.key) for info in MEASURES] == [
        0.0 if info.key == "pitch_confidence" else None for info in MEASURES
    ]


def test_every_measure_is_described_in_both_languages() -> None:
    fields = {name for name in Measures.__dataclass_fields__ if name != "overview"}
    assert {info.key for info in MEASURES} == fields
    for info in MEASURES:
        assert info.english and info.japanese and info.definition_en and info.definition_ja
