"""Figures of pairs and sets of sounds."""

from dataclasses import replace

import numpy as np
import pytest

from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import AudioError, EncoderError, GenerationError
from kikimimi.generation.multi_scale_mel import multi_scale_mel_l1
from kikimimi.generation.quality.pairs import mean_figures, pair_figures, reference_limits
from kikimimi.generation.quality.sets import EmbeddedSet, embed_set, set_figures
from kikimimi.metrics.generation.diversity import mean_cosine_distance, vendi_score
from kikimimi.metrics.generation.spectrograms import log_spectral_distance


def noise(seed: int, length: int = 8000, deviation: float = 0.1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, deviation, length).astype(np.float32)


def test_a_copy_is_at_no_distance_and_a_louder_one_is() -> None:
    same, louder = (pair_figures(noise(0), gain * noise(0)) for gain in (1, 2))
    assert (same.mel_mse, same.multi_scale_mel, same.log_spectral_distance_db) == (0, 0, 0)
    assert louder.mel_mse == pytest.approx((np.log(2) / (2.5 + 5 * np.log(10))) ** 2, rel=1e-3)
    assert louder.log_spectral_distance_db == pytest.approx(6.02, abs=0.01)


def test_of_the_longer_sound_the_end_is_left_out() -> None:
    figures = pair_figures(noise(0), noise(1, 9000))
    cut = noise(1, 9000)[:8000]
    assert figures.multi_scale_mel == pytest.approx(multi_scale_mel_l1(noise(0), cut))
    assert figures.log_spectral_distance_db == pytest.approx(log_spectral_distance(noise(0), cut))


def test_limits_of_a_reference_set_scale_the_error() -> None:
    limits = reference_limits([noise(0), 0.01 * noise(1)])
    wide, narrow = (
        pair_figures(noise(0), noise(1), limits=each)
        for each in (limits, replace(limits, lowest=0))
    )
    assert narrow.mel_mse > wide.mel_mse


def test_means_count_their_pairs() -> None:
    figures = [pair_figures(noise(0), noise(seed)) for seed in (0, 1, 2)]
    mean = mean_figures(figures)
    assert mean.pairs == 3
    assert mean.mel_mse == pytest.approx(sum(each.mel_mse for each in figures) / 3)
    with pytest.raises(ValueError, match="no figures"):
        mean_figures([])


@pytest.mark.parametrize("bad", [np.zeros(0, np.float32), np.zeros((2, 9), np.float32)])
def test_what_is_no_sound_is_not_compared(bad) -> None:
    with pytest.raises(AudioError, match="compared"):
        pair_figures(noise(0), bad)


@pytest.fixture(scope="module")
def encoder():
    return create_encoder("placeholder").load()


def test_a_sound_is_the_mean_of_its_windows(encoder) -> None:
    rate_hz = encoder.card.sample_rate_hz
    length = round(encoder.card.window_s * rate_hz)
    long = noise(0, length + length // 2)
    counted = []
    found = embed_set(encoder, [long], name="long", sample_rate_hz=rate_hz, heard=counted.append)
    windows = np.stack([long[:length], long[-length:]])
    np.testing.assert_allclose(
        found.embeddings[0], encoder.embed_clips(windows).mean(axis=0), rtol=1e-4, atol=1e-6
    )
    assert counted == [1]


def test_sets_are_compared_with_names_and_counts(encoder) -> None:
    real = embed_set(encoder, [noise(seed) for seed in range(12)], name="white noise")
    other = embed_set(encoder, [noise(seed) for seed in range(50, 62)], name="more")
    tones = embed_set(
        encoder,
        [np.sin(np.arange(8000) * 0.01 * n).astype(np.float32) for n in range(1, 11)],
        name="tones",
    )
    near, far = set_figures(real, other), set_figures(real, tones)
    assert (far.reference, far.reference_sounds, far.made_sounds) == ("white noise", 12, 10)
    assert far.encoder == encoder.identity
    assert far.fad > near.fad
    assert far.kad > near.kad
    assert far.diversity == mean_cosine_distance(tones.embeddings)
    assert far.reference_vendi == vendi_score(real.embeddings) == near.reference_vendi
    assert far.fad_infinity is None


def test_fad_infinity_is_told_of_large_sets() -> None:
    rows = np.random.default_rng(0).normal(size=(1300, 6)).astype(np.float32)
    figures = set_figures(EmbeddedSet("a", "e", rows[:700]), EmbeddedSet("b", "e", rows[700:]))
    assert figures.fad_infinity is not None
    assert figures.fad_infinity < figures.fad


def test_sets_that_cannot_be_compared_are_refused(encoder) -> None:
    rows = np.eye(3, dtype=np.float32)
    with pytest.raises(GenerationError, match="one encoder"):
        set_figures(EmbeddedSet("a", "x", rows), EmbeddedSet("b", "y", rows))
    with pytest.raises(GenerationError, match="two sounds"):
        set_figures(EmbeddedSet("a", "x", rows), EmbeddedSet("b", "x", rows[:1]))
    with pytest.raises(GenerationError, match="no sounds"):
        embed_set(encoder, [], name="nothing")
    with pytest.raises(EncoderError):
        embed_set(encoder, [np.full(8000, np.nan, np.float32)], name="broken")
