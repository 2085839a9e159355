"""The log-mel spectrogram of generation."""

import numpy as np
import pytest
import torch

from kikimimi.errors import AudioError
from kikimimi.features.torch_logmel import TorchLogMel
from kikimimi.generation.mel import (
    GENERATION_MEL,
    HIGHEST,
    LOWEST,
    GenerationMel,
    frame_count,
    from_unit_scale,
    sample_count,
    unit_scaled,
)


@pytest.mark.parametrize("samples", [1, 255, 1024, 1025, 8000, 79872, 80000])
def test_frames_are_as_promised_and_stand_for_all_samples(samples) -> None:
    log_mel = GenerationMel()(np.zeros(samples, np.float32))
    assert log_mel.shape == (80, frame_count(samples))
    assert 0 <= sample_count(frame_count(samples)) - samples < max(256, 1025 - samples)


def test_torch_module_agrees_on_whole_hops() -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, (2, 16 * 256)).astype(np.float32)
    ours = TorchLogMel(GENERATION_MEL)(torch.from_numpy(samples)).numpy()
    np.testing.assert_allclose(GenerationMel()(samples), ours, atol=2e-4)


def test_silence_and_a_full_scale_sine_lie_at_the_ends_of_the_unit_scale() -> None:
    sine = np.sin(2 * np.pi * 500 / 16000 * np.arange(16000)).astype(np.float32)
    assert GenerationMel()(np.zeros(4000, np.float32)).max() == pytest.approx(LOWEST)
    assert 0.95 < unit_scaled(GenerationMel()(sine)).max() < 1.0


def test_every_band_hears_something() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 16000).astype(np.float32)
    assert (GenerationMel()(noise).mean(axis=1) > LOWEST + 4).all()


@pytest.mark.parametrize("kind", [np.asarray, torch.as_tensor])
def test_unit_scale_has_an_inverse_in_both_libraries(kind) -> None:
    values = kind(np.linspace(LOWEST, HIGHEST, 50, dtype=np.float32))
    scaled = unit_scaled(values)
    assert float(scaled.min()) == 0.0
    assert float(scaled.max()) == pytest.approx(1.0)
    np.testing.assert_allclose(np.asarray(from_unit_scale(scaled)), np.asarray(values), atol=1e-5)
    assert float(from_unit_scale(scaled - 0.5).min()) == pytest.approx(LOWEST)


@pytest.mark.parametrize("bad", [np.zeros(0), np.array([0.0, np.nan]), np.array([np.inf])])
def test_what_is_no_sound_is_refused(bad) -> None:
    with pytest.raises(AudioError):
        GenerationMel()(bad)
