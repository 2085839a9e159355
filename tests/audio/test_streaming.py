import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.audio.reading import read_clip
from kikimimi.audio.streaming import stream_blocks
from kikimimi.errors import AudioError


@settings(max_examples=40, deadline=None)
@given(
    length=st.integers(1, 4000),
    channels=st.integers(1, 3),
    rate=st.sampled_from([8000, 16000, 44100]),
    block_s=st.floats(0.001, 0.3),
    target=st.sampled_from([None, 8000, 16000]),
    mono=st.booleans(),
)
def test_blocks_join_to_the_clip(tmp_path_factory, length, channels, rate, block_s, target, mono):
    path = tmp_path_factory.mktemp("stream") / "x.wav"
    frames = np.random.default_rng(length).uniform(-1, 1, (length, channels))
    soundfile.write(path, frames, rate, subtype="FLOAT")
    options = {"sample_rate_hz": target, "mono": mono}
    blocks = list(stream_blocks(path, block_s=block_s, **options))
    whole = read_clip(path, **options)
    assert {block.sample_rate_hz for block in blocks} <= {whole.sample_rate_hz}
    joined = np.concatenate(
        [np.zeros((whole.samples.shape[0], 0)), *(block.samples for block in blocks)], axis=1
    )
    assert np.array_equal(joined, whole.samples)
    size = max(1, round(block_s * whole.sample_rate_hz))
    assert all(block.samples.shape[1] == size for block in blocks[:-1])


def test_the_file_is_closed_when_the_reader_stops_early(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.zeros(100_000), 8000)
    stream = stream_blocks(tmp_path / "x.wav", block_s=0.1)
    next(stream)
    stream.close()
    with pytest.raises(StopIteration):
        next(stream)


@pytest.mark.parametrize("block_s", [0, -1, float("nan")])
def test_an_impossible_block_is_refused(tmp_path, block_s):
    soundfile.write(tmp_path / "x.wav", np.zeros(100), 8000)
    with pytest.raises(AudioError, match="longer than 0 s"):
        next(stream_blocks(tmp_path / "x.wav", block_s=block_s))


@pytest.mark.parametrize("rate", [0, -16000])
def test_an_impossible_rate_is_refused(tmp_path, rate):
    soundfile.write(tmp_path / "x.wav", np.zeros(100), 8000)
    with pytest.raises(AudioError, match="positive"):
        next(stream_blocks(tmp_path / "x.wav", sample_rate_hz=rate))
