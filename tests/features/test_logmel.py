from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logmel_oracles import kaldi_fbank, librosa_logmel, share_beyond, worst_error

from kikimimi.errors import AudioError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import AST, PRESETS, YAMNET

TOLERANCE = 1e-4
BY_LIBROSA = {name: config for name, config in PRESETS.items() if not config.preemphasis}
FLOORED = [name for name, config in BY_LIBROSA.items() if config.floor > 1e-15]
"""Those whose floor hides at least some of the rounding noise."""
SMALL = LogMelConfig(
    sample_rate_hz=8000,
    n_fft=64,
    win_length=50,
    hop_length=20,
    n_mels=8,
    f_min_hz=100.0,
    f_max_hz=4000.0,
    mel_scale="htk",
    mel_norm=None,
    center=False,
)


def synthetic_clips() -> dict[str, np.ndarray]:
    time = np.arange(20000)
    noise = np.random.default_rng(0).standard_normal(20000)
    return {
        "silence": np.zeros(20000, np.float32),
        "one sample": np.ones(1, np.float32),
        "DC": np.full(20000, 0.5, np.float32),
        "full-scale tone": np.sin(0.3 * time).astype(np.float32),
        "full-scale square": np.sign(np.sin(0.05 * time)).astype(np.float32),
        "faint noise": (1e-4 * noise).astype(np.float32),
    }


@pytest.mark.parametrize("name", BY_LIBROSA)
def test_equals_librosa_on_real_clips(name, real_clips) -> None:
    config = BY_LIBROSA[name]
    logmel = LogMel(config)
    for clip in real_clips:
        assert worst_error(logmel(clip), librosa_logmel(clip, config), clip, config) <= TOLERANCE


@pytest.mark.parametrize("name", BY_LIBROSA)
@pytest.mark.parametrize("kind", synthetic_clips())
def test_equals_librosa_on_synthetic_clips(name, kind) -> None:
    config, clip = BY_LIBROSA[name], synthetic_clips()[kind]
    assert (
        worst_error(LogMel(config)(clip), librosa_logmel(clip, config), clip, config) <= TOLERANCE
    )


@pytest.mark.parametrize("name", FLOORED)
def test_nearly_all_values_equal_librosas_without_allowance(name, real_clips) -> None:
    """Files with an empty treble (lossy, resampled) hold the values that are rounding noise."""
    config = BY_LIBROSA[name]
    pairs = [(LogMel(config)(clip), librosa_logmel(clip, config)) for clip in real_clips]
    shares = [share_beyond(levels, expected, config, TOLERANCE) for levels, expected in pairs]
    assert np.median(shares) < 1e-3
    assert np.mean(shares) < 0.05


@pytest.mark.parametrize("window", ["hann_symmetric", "povey"])
def test_ast_equals_kaldi(window, real_clips) -> None:
    config = replace(AST, window=window)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 399)
    shape = hann**0.85 if window == "povey" else hann
    for clip in [*real_clips, *synthetic_clips().values()]:
        expected = kaldi_fbank(clip, config, shape)
        assert worst_error(LogMel(config)(clip), expected, clip, config) <= TOLERANCE


def test_yamnet_has_98_frames_of_64_bands_in_a_second() -> None:
    levels = LogMel(YAMNET)(np.zeros(16000, np.float32))
    assert levels.shape == (64, 98)
    assert levels.dtype == np.float32
    np.testing.assert_allclose(levels, np.log(0.001), rtol=1e-6)


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS.keys())
def test_short_clip_is_padded_to_one_window(config) -> None:
    clip = np.random.default_rng(1).standard_normal(3).astype(np.float32)
    padded = np.pad(clip, (0, config.win_length - 3))
    np.testing.assert_array_equal(LogMel(config)(clip), LogMel(config)(padded))


def test_result_is_the_same_bits_alone_and_in_any_batch() -> None:
    clips = np.random.default_rng(2).standard_normal((2, 3, 9000)).astype(np.float32)
    logmel = LogMel(YAMNET)
    together = logmel(clips)
    assert together.shape == (2, 3, 64, YAMNET.frame_count(9000))
    for index in np.ndindex(2, 3):
        np.testing.assert_array_equal(together[index], logmel(clips[index]))


def test_strided_input_is_read_right() -> None:
    stereo = np.random.default_rng(3).standard_normal((9000, 2)).astype(np.float32)
    logmel = LogMel(YAMNET)
    np.testing.assert_array_equal(logmel(stereo[:, 1]), logmel(stereo[:, 1].copy()))


def test_input_is_not_changed() -> None:
    clip = np.random.default_rng(4).standard_normal(9000).astype(np.float32)
    before = clip.copy()
    for config in PRESETS.values():
        LogMel(config)(clip)
    np.testing.assert_array_equal(clip, before)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0)])
def test_no_samples_is_refused(shape) -> None:
    with pytest.raises(AudioError, match="T >= 1"):
        LogMel(YAMNET)(np.zeros(shape, np.float32))


@settings(max_examples=40, deadline=None)
@given(
    length=st.integers(1, 2000),
    hop=st.integers(1, 120),
    center=st.booleans(),
    pad_mode=st.sampled_from(["constant", "reflect"]),
)
def test_shape_is_as_the_configuration_says(length, hop, center, pad_mode) -> None:
    config = replace(SMALL, hop_length=hop, center=center, pad_mode=pad_mode)
    levels = LogMel(config)(np.ones(length, np.float32))
    assert levels.shape == (8, config.frame_count(length))
    assert np.isfinite(levels).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), hops=st.integers(1, 5))
def test_shift_by_hops_shifts_frames(seed, hops) -> None:
    clip = np.random.default_rng(seed).standard_normal(1500).astype(np.float32)
    levels = LogMel(SMALL)(clip)
    shifted = LogMel(SMALL)(clip[hops * SMALL.hop_length :])
    np.testing.assert_allclose(shifted, levels[:, hops:], rtol=0, atol=1e-3)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), gain_db=st.floats(-40, 40))
def test_gain_is_added_to_the_level(seed, gain_db) -> None:
    clip = np.random.default_rng(seed).standard_normal(1500).astype(np.float32)
    logmel = LogMel(replace(SMALL, compression="db", floor=1e-20))
    louder = logmel(clip * np.float32(10 ** (gain_db / 20)))
    np.testing.assert_allclose(louder, logmel(clip) + gain_db, rtol=0, atol=1e-3)
