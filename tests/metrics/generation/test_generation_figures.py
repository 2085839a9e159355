"""Figures of generated sounds, against closed forms and other people's routines."""

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from sklearn.metrics.pairwise import rbf_kernel

from kikimimi.metrics.generation.diversity import mean_cosine_distance, vendi_score
from kikimimi.metrics.generation.frechet import frechet_audio_distance, frechet_infinity
from kikimimi.metrics.generation.kernel import kernel_audio_distance
from kikimimi.metrics.generation.spectrograms import (
    Limits,
    limits_of,
    log_spectral_distance,
    min_max_mse,
)


def gaussian(count: int, size: int, *, mean: float = 0.0, deviation: float = 1.0, seed: int = 0):
    return np.random.default_rng(seed).normal(mean, deviation, (count, size))


@pytest.mark.parametrize(("mean", "deviation"), [(0.5, 1.0), (0.0, 2.0), (1.0, 0.5)])
def test_fad_of_gaussians_is_the_closed_form(mean, deviation) -> None:
    size = 4
    found = frechet_audio_distance(
        gaussian(60000, size), gaussian(60000, size, mean=mean, deviation=deviation, seed=1)
    )
    assert found == pytest.approx(size * (mean**2 + (1 - deviation) ** 2), rel=0.03, abs=1e-3)


def test_fad_is_the_formula_with_a_matrix_root() -> None:
    generator = np.random.default_rng(2)
    first, second = (generator.normal(size=(300, 6)) @ generator.normal(size=(6, 6)) for _ in "ab")
    means = first.mean(axis=0) - second.mean(axis=0)
    covariances = np.cov(first.T), np.cov(second.T)
    root = sqrtm(covariances[0] @ covariances[1]).real
    expected = means @ means + np.trace(covariances[0] + covariances[1] - 2 * root)
    assert frechet_audio_distance(first, second) == pytest.approx(expected, rel=1e-6)


def test_fad_infinity_takes_the_bias_of_small_sets_away() -> None:
    reference, made = gaussian(20000, 32), gaussian(2000, 32, seed=1)
    found = frechet_infinity(reference, made, least=200)
    assert abs(found.value) < 0.25 * frechet_audio_distance(reference, made)
    assert found.slope > 0
    assert found.r_squared > 0.95
    assert (found.sizes[0], found.sizes[-1], len(found.sizes)) == (200, 2000, 25)
    assert found == frechet_infinity(reference, made, least=200)


@pytest.mark.parametrize(("least", "steps"), [(100, 25), (1, 25), (50, 1)])
def test_fad_infinity_needs_sets_of_several_sizes(least, steps) -> None:
    with pytest.raises(ValueError, match="FAD-infinity"):
        frechet_infinity(gaussian(100, 3), gaussian(100, 3, seed=1), least=least, steps=steps)


def closed_form_mmd(size: int, mean: float, bandwidth: float) -> float:
    """Squared MMD of two Gaussians of deviation 1 with means `mean` apart in each dimension."""
    width = bandwidth**2
    peak = (width / (width + 2)) ** (size / 2)
    return 2 * peak * (1 - np.exp(-size * mean**2 / (2 * (width + 2))))


def test_kad_of_gaussians_is_the_closed_form() -> None:
    size, mean, bandwidth = 3, 0.8, 2.0
    found = kernel_audio_distance(
        gaussian(1500, size), gaussian(1500, size, mean=mean, seed=1), bandwidth=bandwidth
    )
    assert found == pytest.approx(100 * closed_form_mmd(size, mean, bandwidth), rel=0.08)


def test_kad_is_the_unbiased_estimate_with_the_bandwidth_of_the_reference() -> None:
    reference, made = gaussian(60, 5), gaussian(40, 5, mean=0.3, deviation=1.5, seed=1)
    distances = [np.linalg.norm(a - b) for i, a in enumerate(reference) for b in reference[:i]]
    gamma = 1 / (2 * np.median(distances) ** 2)
    n, m = len(reference), len(made)
    within = (rbf_kernel(reference, gamma=gamma).sum() - n) / (n * (n - 1))
    other = (rbf_kernel(made, gamma=gamma).sum() - m) / (m * (m - 1))
    expected = 100 * (within + other - 2 * rbf_kernel(reference, made, gamma=gamma).mean())
    assert kernel_audio_distance(reference, made) == pytest.approx(expected, rel=1e-9)


def test_kad_of_one_distribution_is_zero_on_average() -> None:
    found = [
        kernel_audio_distance(gaussian(50, 4, seed=seed), gaussian(50, 4, seed=seed + 999))
        for seed in range(60)
    ]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(len(found))
    assert min(found) < 0


def test_diversity_of_equal_and_of_unrelated_sounds() -> None:
    equal, unrelated = np.ones((8, 5)), np.eye(8)
    assert mean_cosine_distance(equal) == pytest.approx(0, abs=1e-12)
    assert mean_cosine_distance(unrelated) == pytest.approx(1)
    assert vendi_score(equal) == pytest.approx(1)
    assert vendi_score(unrelated) == pytest.approx(8)


def test_vendi_score_counts_groups_and_not_copies() -> None:
    groups = np.repeat(np.eye(3), 7, axis=0) * np.arange(1, 22)[:, None]
    assert vendi_score(groups) == pytest.approx(3)


def test_a_sound_without_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="no direction"):
        vendi_score(np.zeros((3, 4)))


@given(st.floats(-50, 50), st.floats(0.1, 40), st.floats(-3, 3))
def test_min_max_mse_is_that_of_scaled_maps(lowest, width, shift) -> None:
    generator = np.random.default_rng(0)
    reference = lowest + width * generator.random((4, 6))
    limits = Limits(lowest, lowest + width)
    scaled = (reference - lowest) / width
    other = (reference + shift - lowest) / width
    expected = np.mean((scaled - other) ** 2)
    assert min_max_mse(reference, reference + shift, limits) == pytest.approx(expected, rel=1e-9)


def test_limits_are_those_of_all_maps_together() -> None:
    assert limits_of([np.array([[1.0, 2.0]]), np.array([[-3.0]])]) == Limits(-3.0, 2.0)
    for bad in ([], [np.ones((2, 2))]):
        with pytest.raises(ValueError, match="spectrogram"):
            limits_of(bad)


def test_log_spectral_distance_of_a_gain_is_the_gain() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 16000)
    assert log_spectral_distance(noise, noise) == 0
    assert log_spectral_distance(noise, 0.5 * noise) == pytest.approx(20 * np.log10(2), rel=1e-3)


def test_log_spectral_distance_is_what_librosa_gives() -> None:
    first, second = np.random.default_rng(4).normal(0, 0.1, (2, 2048 * 8))
    levels = [
        20 * np.log10(np.abs(librosa.stft(each, n_fft=2048, hop_length=512, pad_mode="constant")))
        for each in (first, second)
    ]
    expected = np.sqrt(np.square(levels[0] - levels[1]).mean(axis=0)).mean()
    assert log_spectral_distance(first, second) == pytest.approx(expected, rel=1e-4)


def test_digital_silence_has_a_level() -> None:
    silence = np.zeros(8000)
    assert log_spectral_distance(silence, silence) == 0
    hiss = np.random.default_rng(5).normal(0, 1e-7, 8000)
    assert log_spectral_distance(silence, hiss) == 0
    assert log_spectral_distance(silence, 1e4 * hiss) > 10


def test_pairs_of_other_shapes_are_refused() -> None:
    for figure in (log_spectral_distance, lambda a, b: min_max_mse(a, b, Limits(0, 1))):
        with pytest.raises(ValueError, match="do not fit"):
            figure(np.zeros(4000), np.zeros(4001))
