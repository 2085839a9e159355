from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.audio.resampling import StreamResampler, resample
from kikimimi.errors import AudioError

RATES = st.sampled_from([8000, 11025, 16000, 17990, 22050, 44100, 48000, 96000, 384000])


@pytest.mark.parametrize(("from_hz", "to_hz"), [(44100, 16000), (8000, 16000), (96000, 44100)])
def test_a_tone_stays_the_same_tone(from_hz, to_hz):
    tone = np.sin(2 * np.pi * 440 * np.arange(2 * from_hz) / from_hz).astype(np.float32)
    expected = np.sin(2 * np.pi * 440 * np.arange(2 * to_hz) / to_hz)
    middle = slice(to_hz // 4, -to_hz // 4)
    np.testing.assert_allclose(resample(tone, from_hz, to_hz)[middle], expected[middle], atol=1e-4)


def test_what_the_new_rate_cannot_hold_is_removed():
    tone = np.sin(2 * np.pi * 12000 * np.arange(48000) / 48000).astype(np.float32)
    assert np.abs(resample(tone, 48000, 16000)[1000:-1000]).max() < 1e-4


def test_equal_rates_change_nothing():
    samples = np.ones((2, 10), dtype=np.float32)
    assert resample(samples, 16000, 16000) is samples


def test_channels_do_not_mix():
    samples = np.random.default_rng(0).standard_normal((3, 4000)).astype(np.float32)
    together = resample(samples, 44100, 16000)
    alone = [resample(channel, 44100, 16000) for channel in samples]
    assert np.array_equal(together, np.stack(alone))


@settings(max_examples=60, deadline=None)
@given(RATES, RATES, st.lists(st.integers(0, 3000), min_size=1, max_size=8), st.integers(1, 3))
def test_blocks_join_to_the_one_shot_result(from_hz, to_hz, lengths, channels):
    generator = np.random.default_rng(len(lengths))
    samples = generator.standard_normal((channels, sum(lengths) + 1)).astype(np.float32)
    stream = StreamResampler(channels, from_hz, to_hz)
    edges = np.cumsum([0, *lengths])
    parts = [stream.push(samples[:, a:b]) for a, b in pairwise(edges)]
    parts.append(stream.push(samples[:, edges[-1] :], last=True))
    assert np.array_equal(np.concatenate(parts, axis=1), resample(samples, from_hz, to_hz))


@pytest.mark.parametrize(("from_hz", "to_hz"), [(0, 16000), (16000, -1)])
def test_impossible_rates_are_refused(from_hz, to_hz):
    with pytest.raises(AudioError, match="positive"):
        resample(np.zeros(10, np.float32), from_hz, to_hz)
    with pytest.raises(AudioError, match="positive"):
        StreamResampler(1, from_hz, to_hz)


def test_another_number_of_axes_is_refused():
    with pytest.raises(AudioError, match="shape"):
        resample(np.zeros((1, 2, 3), np.float32), 8000, 16000)
