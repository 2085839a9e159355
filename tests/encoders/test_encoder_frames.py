"""Frames of an encoder that a network goes on from: how many, and when."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.encoders.encoder_frames import EncoderFrames, resampled_rows
from kikimimi.encoders.registry import load_encoder
from kikimimi.errors import EncoderError

RATE = 16000


def frames(*layers: str) -> EncoderFrames:
    return EncoderFrames(load_encoder("kikimimi"), layers)


@pytest.mark.parametrize(
    ("layers", "hop_s", "size"),
    [((), 0.32, 128), (("layer12",), 0.16, 2048), (("layer14", "layer7"), 0.16, 4096)],
)
def test_as_many_frames_as_fill_the_clip(layers, hop_s, size) -> None:
    heard = frames(*layers)
    assert heard.hop_s == pytest.approx(hop_s)
    assert heard.size == size
    for seconds in (0.1, 1.0, 10.0):
        found = heard.hear(np.zeros((2, round(seconds * RATE)), np.float32))
        assert found.shape == (2, np.ceil(seconds / hop_s), size)


@pytest.mark.parametrize("layers", [("layer7",), ("layer12", "layer14"), ()])
def test_a_burst_is_heard_where_it_is(layers) -> None:
    """Early and late in a clip alike: frames do not drift although clips are padded."""
    heard = frames(*layers)
    shifts = [_middle_s(heard, onset_s) - (onset_s + 0.25) for onset_s in (1.6, 9.28)]
    assert shifts[0] == pytest.approx(shifts[1], abs=0.04)
    assert shifts[0] == pytest.approx(0, abs=0.2)


def _middle_s(heard: EncoderFrames, onset_s: float) -> float:
    """The centre of what half a second of noise changes."""
    samples = np.zeros((1, 11 * RATE), np.float32)
    begin = round(onset_s * RATE)
    samples[0, begin : begin + RATE // 2] = np.random.default_rng(0).standard_normal(RATE // 2)
    change = np.abs(heard.hear(samples * 0.3) - heard.hear(samples * 0))[0].sum(axis=1)
    centres = (np.arange(len(change)) + 0.5) * heard.hop_s
    return float((change * centres).sum() / change.sum())


def test_an_unknown_layer_is_named() -> None:
    with pytest.raises(EncoderError, match="layer99"):
        frames("layer99").hear(np.zeros((1, RATE), np.float32))


@given(
    rows=st.integers(1, 40),
    count=st.integers(1, 80),
    step=st.floats(0.25, 8.0, allow_nan=False),
)
def test_rows_that_tell_their_time_tell_it_at_other_places(rows, count, step) -> None:
    centres = ((np.arange(rows) + 0.5) * step).astype(np.float32)
    moved = resampled_rows(centres[None, :, None], count, step=step)[0, :, 0]
    wanted = np.interp(np.arange(count) + 0.5, centres, centres)
    np.testing.assert_allclose(moved, wanted, rtol=1e-5)
