"""Griffin-Lim and the inversion of mel bands, against SciPy and librosa."""

import librosa
import numpy as np
import pytest
from scipy.optimize import nnls
from scipy.signal import stft

from kikimimi.errors import GenerationError
from kikimimi.features.mel import mel_filterbank
from kikimimi.generation.griffin_lim import GriffinLim, samples_from, spectrum_of
from kikimimi.generation.mel import GENERATION_MEL, LOWEST, GenerationMel
from kikimimi.generation.mel_inversion import bin_magnitudes

HOPS = 40


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    time = np.arange(HOPS * 256) / 16000
    swept = np.sin(2 * np.pi * (300 * time + 900 * time**2))
    noise = np.random.default_rng(0).normal(0, 0.1, len(time))
    return (0.3 * swept + noise).astype(np.float32)


def test_spectra_are_those_of_scipy(sound) -> None:
    padded = np.pad(sound, 512, mode="reflect")
    _, _, expected = stft(padded, nperseg=1024, noverlap=768, boundary=None, padded=False)
    scale = np.hanning(1025)[:-1].sum()
    np.testing.assert_allclose(spectrum_of(sound), expected.T * scale, atol=1e-3)


@pytest.mark.parametrize("loop", [False, True])
def test_spectra_have_a_way_back(sound, loop) -> None:
    again = samples_from(spectrum_of(sound, loop=loop), loop=loop)
    np.testing.assert_allclose(again, sound, atol=1e-5)


def test_a_loop_has_no_beginning(sound) -> None:
    turned = np.roll(sound, 5 * 256)
    expected = np.roll(spectrum_of(sound, loop=True), 5, axis=0)
    np.testing.assert_allclose(spectrum_of(turned, loop=True), expected, atol=1e-3)


def convergence(samples: np.ndarray, magnitudes: np.ndarray) -> float:
    """Spectral convergence in dB: lower is better."""
    error = np.linalg.norm(np.abs(spectrum_of(samples)) - magnitudes)
    return float(20 * np.log10(error / np.linalg.norm(magnitudes)))


def test_it_reaches_what_librosa_reaches(sound) -> None:
    magnitudes = np.abs(spectrum_of(sound))
    theirs = librosa.griffinlim(
        magnitudes.T, n_iter=32, hop_length=256, n_fft=1024, random_state=0, length=len(sound)
    )
    ours = GriffinLim(32).samples_of(magnitudes)
    assert ours.shape == sound.shape
    assert convergence(ours, magnitudes) < convergence(theirs, magnitudes) + 1.0


def test_more_iterations_and_momentum_come_nearer(sound) -> None:
    magnitudes = np.abs(spectrum_of(sound))
    settings = [GriffinLim(32, 0.99), GriffinLim(32, 0.0), GriffinLim(2, 0.99)]
    reached = [convergence(each.samples_of(magnitudes), magnitudes) for each in settings]
    assert reached == sorted(reached)


def test_the_bands_of_found_bins_are_as_near_as_non_negative_least_squares_get(sound) -> None:
    log_mel = GenerationMel()(sound)[:, 8:11]
    bank = mel_filterbank(GENERATION_MEL)
    found = bin_magnitudes(log_mel)
    assert (found >= 0).all()
    for frame in range(3):
        mel = np.exp(log_mel[:, frame].astype(np.float64))
        best = nnls(bank, mel)[1]
        assert np.linalg.norm(bank @ found[:, frame] - mel) < best + 1e-3 * np.linalg.norm(mel)


def test_energy_is_spread_over_the_bins_of_a_band(sound) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 16000).astype(np.float32)
    bins = bin_magnitudes(GenerationMel()(noise))[10:500]
    assert (bins > 0.1 * np.median(bins)).mean() > 0.9


def test_silence_stays_silent() -> None:
    assert not GriffinLim(2)(np.full((80, 9), LOWEST, np.float32)).any()


def test_a_seed_gives_the_same_bits_and_another_one_others(sound) -> None:
    log_mel = GenerationMel()(sound)
    first, again, other = (GriffinLim(2)(log_mel, seed=seed) for seed in (1, 1, 2))
    assert first.shape == (HOPS * 256,)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_a_loop_goes_on_from_its_end(sound) -> None:
    log_mel = GenerationMel()(sound)
    log_mel[:, -1] = log_mel[:, 0]
    looped = GriffinLim(16)(log_mel, loop=True)
    assert looped.shape == (HOPS * 256,)
    step = np.abs(np.diff(np.concatenate([looped, looped[:1]])))
    assert step[-1] <= step[:-1].max()


@pytest.mark.parametrize(
    "bad", [np.zeros((80, 4)), np.zeros((79, 9)), np.zeros(80), np.full((80, 9), np.nan)]
)
def test_what_is_no_spectrogram_is_refused(bad) -> None:
    with pytest.raises(GenerationError, match="spectrogram"):
        GriffinLim()(bad)


def test_impossible_settings_are_refused() -> None:
    for settings in ({"iterations": 0}, {"momentum": 2.0}):
        with pytest.raises(GenerationError, match="iterations"):
            GriffinLim(**settings)
