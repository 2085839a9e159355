"""How far embeddings move: by construction, and on the encoders that are here."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from kikimimi.audio.writing import write_wav
from kikimimi.encoders.registry import load_encoder
from kikimimi.tasks.probing.perturbation import (
    PERTURBATIONS,
    PITCH_KEEPING,
    movement,
    perturbed_embeddings,
)
from kikimimi.types import Clip

RATE_HZ = 16000
NAMED = {**PERTURBATIONS, **PITCH_KEEPING}


def tone(pitch_hz: float, seconds: float = 1.0) -> np.ndarray:
    time_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * pitch_hz * time_s)).astype(np.float32)


def pitch_of(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 18))
    return float(spectrum.argmax() * RATE_HZ / (1 << 18))


@pytest.mark.parametrize(
    ("name", "length", "pitch_hz", "level"),
    [
        ("length x0.8", 0.8, 1250, 1),
        ("length x1.2", 1.2, 1000 / 1.2, 1),
        ("length x0.8, same pitch", 0.8, 1000, 1),
        ("length x1.2, same pitch", 1.2, 1000, 1),
        ("-6 dB", 1, 1000, 0.501),
        ("+6 dB", 1, 1000, 1.995),
    ],
)
def test_perturbations_do_what_they_say(name, length, pitch_hz, level) -> None:
    before = tone(1000)
    after = NAMED[name](before, RATE_HZ)
    assert after.size == round(length * before.size)
    assert pitch_of(after) == pytest.approx(pitch_hz, rel=0.01)
    middle = slice(after.size // 4, after.size // 2)
    assert np.sqrt((after[middle] ** 2).mean() / (before**2).mean()) == pytest.approx(
        level, rel=0.03
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 30), st.integers(1, 6), st.integers(0, 1000))
def test_movement_is_relative_to_the_distances_between_clips(count, size, seed) -> None:
    """Oracle: SciPy's pairwise distances."""
    generator = np.random.default_rng(seed)
    clean = generator.standard_normal((count, size)).astype(np.float32) + 3
    change = 0.1 * generator.standard_normal((count, size)).astype(np.float32)
    found = movement("x", clean, clean + change)
    between = np.sqrt((pdist(clean.astype(np.float64)) ** 2).mean())
    assert found.whole == pytest.approx(
        np.sqrt((change.astype(float) ** 2).sum(axis=1).mean()) / between, rel=1e-3
    )
    expected = np.sqrt((change.astype(float) ** 2).mean(axis=0)) / clean.std(axis=0, ddof=1)
    np.testing.assert_allclose(found.dimensions, expected, rtol=1e-2)


def test_what_does_not_move_and_what_never_varies() -> None:
    clean = np.random.default_rng(0).standard_normal((6, 3)).astype(np.float32)
    clean[:, 1] = 2
    still = movement("x", clean, clean.copy())
    assert (still.whole, still.found) == (0, 1)
    assert still.cosine == pytest.approx(1)
    moved = clean.copy()
    moved[:, 2] += 5
    np.testing.assert_array_equal(movement("x", clean, moved).dimensions > 0, [False, False, True])
    with pytest.raises(ValueError, match="shapes"):
        movement("x", clean[:1], clean[:1])


def test_level_moves_the_means_of_log_mel_and_not_their_deviations(tmp_path: Path) -> None:
    """A gain adds the same to every log-mel value that is well above the offset."""
    encoder = load_encoder("logmel_statistics")
    generator = np.random.default_rng(0)
    paths = []
    for number in range(4):
        noise = generator.standard_normal(8000) * 0.03 * (number + 1)
        paths.append(tmp_path / f"{number}.wav")
        write_wav(paths[-1], Clip(noise[None].astype(np.float32), RATE_HZ))
    clean, louder = (
        perturbed_embeddings(
            paths, encoder, perturb, name=name, unit_s=0.5, cache=tmp_path / "cache"
        )
        for name, perturb in (("", None), ("+6 dB", PERTURBATIONS["+6 dB"]))
    )
    np.testing.assert_allclose(louder[:, :64] - clean[:, :64], np.log(10**0.3), atol=0.02)
    np.testing.assert_allclose(louder[:, 64:], clean[:, 64:], atol=0.02)
