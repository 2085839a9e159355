import numpy as np
import pytest
from scipy import signal

from kikimimi.audio.reading import read_clip
from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.registry import create_stage
from kikimimi.errors import AudioError, ConfigError
from kikimimi.types import Clip

RATE = 16000
LEAD_S = 0.5


def reduce(samples, rate=RATE, **settings):
    stage = create_stage("noise_reduction", settings, where="test")
    cleaned, (report,) = clean_clip([Step(stage)], Clip(samples.astype(np.float32), rate))
    return cleaned.samples, report.figures


def scale_invariant_ratio_db(reference, estimate):
    """SI-SDR (Le Roux et al., ICASSP 2019)."""
    target = (reference @ estimate) / (reference @ reference) * reference
    rest = estimate - target
    return 10 * np.log10((target @ target) / (rest @ rest))


def rms_db(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)))


def nearest_box(values, axis):
    """Mean over five neighbours, edges repeated, the slow way."""
    width = [(0, 0)] * values.ndim
    width[axis] = (2, 2)
    padded = np.pad(values, width, mode="edge")
    size = values.shape[axis]
    return sum(np.take(padded, range(i, i + size), axis=axis) for i in range(5)) / 5


def reference(samples, noise_stretch, hop, floor, strength):
    """The filter frame by frame with whole arrays in float64."""
    channels, frames = samples.shape
    count = -(-frames // hop) + 1
    padded = np.zeros((channels, (count + 1) * hop))
    padded[:, hop : hop + frames] = samples
    window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2 * hop) / (2 * hop)))
    spectra = np.stack(
        [np.fft.rfft(padded[:, n * hop : (n + 2) * hop] * window) for n in range(count)], axis=1
    )
    powers = (np.abs(spectra) ** 2).mean(axis=0)
    first, last = (round(edge * RATE) for edge in noise_stretch)
    inside = [n for n in range(count) if n * hop - hop >= first and n * hop + hop <= last]
    ratios = powers / (strength * powers[inside].mean(axis=0))
    averages = np.pad(ratios, ((10, 10), (0, 0)), mode="edge")
    for axis in (0, 1, 0, 1):
        averages = nearest_box(averages, axis)
    ratio = np.maximum(averages[10:-10] - 1, 0)
    passed = (ratio / (1 + ratio)) ** 2 * ratios
    for _ in range(2):
        edges = np.pad(passed, ((0, 0), (1, 1)), mode="edge")
        passed = (edges[:, :-2] + edges[:, 1:-1] + edges[:, 2:]) / 3
    gains = np.maximum(passed / (1 + passed), floor)
    result = np.zeros_like(padded)
    for n in range(count):
        result[:, n * hop : (n + 2) * hop] += np.fft.irfft(spectra[:, n] * gains[n]) * window
    return result[:, hop : hop + frames]


def test_it_is_the_filter_that_the_description_says():
    rng = np.random.default_rng(0)
    samples = 0.01 * rng.normal(size=(2, 30_000))
    samples[:, 12_000:15_000] += 0.3 * np.sin(np.arange(3000) * 0.3)
    cleaned, _ = reduce(samples, reduction_db=20.0, strength=1.5, profile_s=(0.05, 0.6))
    expected = reference(samples, (0.05, 0.6), hop=256, floor=0.1, strength=1.5)
    np.testing.assert_allclose(cleaned, expected, atol=2e-6)


@pytest.fixture(scope="module")
def noisy_clips(shared_data):
    """Real sounds in white noise as loud as they are, after half a second of noise alone."""
    rng = np.random.default_rng(1)
    clips = []
    for path in sorted((shared_data / "esc50").rglob("*.ogg"))[::250]:
        clip = read_clip(path)
        clean = np.pad(clip.samples[0].astype(np.float64), (clip.sample_rate_hz // 2, 0))
        noise = rng.normal(size=len(clean))
        level = np.sqrt(np.mean(np.square(clip.samples, dtype=np.float64)))
        clips.append((clean, clean + level * noise, clip.sample_rate_hz))
    return clips


@pytest.mark.parametrize("profile_s", [(), (0.0, LEAD_S)])
def test_sounds_come_out_of_noise_as_loud_as_they_are(noisy_clips, profile_s):
    gains_db = []
    for clean, noisy, rate in noisy_clips:
        cleaned, _ = reduce(noisy[None], rate, profile_s=profile_s)
        heard = slice(round(LEAD_S * rate), None)
        before_db = scale_invariant_ratio_db(clean[heard], noisy[heard])
        after_db = scale_invariant_ratio_db(clean[heard], cleaned[0, heard].astype(np.float64))
        gains_db.append(after_db - before_db)
    assert np.median(gains_db) >= 6
    assert min(gains_db) > 0


def test_noise_alone_falls_by_what_is_asked_for():
    rng = np.random.default_rng(0)
    noise = 0.05 * rng.normal(size=(1, 4 * RATE))
    cleaned, _ = reduce(noise, reduction_db=12.0, profile_s=(0.0, 4.0))
    assert rms_db(cleaned) - rms_db(noise) == pytest.approx(-12, abs=0.7)


def test_what_is_far_above_the_noise_stays():
    rng = np.random.default_rng(0)
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * RATE) / RATE)
    tone[: RATE // 2] = 0
    noisy = tone + 0.001 * rng.normal(size=tone.size)
    cleaned, figures = reduce(noisy[None])
    inside = slice(RATE, 2 * RATE - 2000)
    np.testing.assert_allclose(cleaned[0, inside], tone[inside], atol=0.002)
    assert figures["profile_end_s"] <= 0.6
    assert figures["noise_db"] == pytest.approx(-60, abs=0.5)


@pytest.mark.parametrize("pole", [0, 0.9, -0.9])
def test_a_steady_sound_without_a_quiet_part_is_left_alone(pole):
    noise = np.random.default_rng(0).normal(size=(2, 10 * RATE))
    noise = 0.1 * signal.lfilter([1], [1, -pole], noise, axis=1)
    cleaned, figures = reduce(noise)
    assert (cleaned == noise.astype(np.float32)).all()
    assert "no part is quieter" in figures["profile"]


def test_digital_silence_is_not_taken_for_the_noise():
    rng = np.random.default_rng(0)
    samples = 0.01 * rng.normal(size=(1, 5 * RATE))
    samples[:, 3 * RATE : 4 * RATE] += rng.normal(size=RATE) * 0.3
    samples[:, :RATE] = 0
    _, figures = reduce(samples)
    assert figures["profile_start_s"] >= 1
    assert figures["noise_db"] == pytest.approx(-40, abs=0.5)


def test_channels_keep_their_ratio():
    rng = np.random.default_rng(0)
    sound = 0.01 * rng.normal(size=2 * RATE)
    sound[RATE:] += 0.2 * np.sin(np.arange(RATE) * 0.2)
    cleaned, _ = reduce(np.stack([sound, -0.25 * sound]))
    np.testing.assert_allclose(cleaned[1], -0.25 * cleaned[0], atol=1e-7)


def test_a_profile_beyond_the_end_is_refused():
    with pytest.raises(AudioError, match=r"no whole frame from 5 to 6 s; give another profile_s"):
        reduce(np.ones((1, RATE)), profile_s=(5.0, 6.0))


@pytest.mark.parametrize("profile", [[1], [2, 1], [-1, 1], ["a", 2], [1, 2, 3], [True, 2]])
def test_a_profile_is_a_start_and_a_later_end(profile):
    with pytest.raises(ConfigError, match="profile_s must be a start and a later end"):
        create_stage("noise_reduction", {"profile_s": profile}, where="test")
