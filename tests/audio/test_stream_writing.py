import resource
import struct

import numpy as np
import pytest
import soundfile

from kikimimi.audio.reading import read_clip
from kikimimi.audio.riff import read_chunks
from kikimimi.audio.writing import stream_wav, write_wav
from kikimimi.errors import AudioError
from kikimimi.types import Clip

FORMAT = {"sample_rate_hz": 44100, "channels": 2}
SUBTYPES = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"]


def payload(path) -> bytes:
    (data,) = (chunk for chunk in read_chunks(path) if chunk.identifier == b"data")
    return path.read_bytes()[data.offset : data.offset + data.size]


def write_in_pieces(stream, samples) -> None:
    for piece in np.array_split(samples, [1, 1, 70000, 70001], axis=1):
        stream.write(piece)


@pytest.mark.parametrize("subtype", SUBTYPES)
@pytest.mark.parametrize("frames", [None, 132300])
def test_blocks_give_the_samples_that_a_clip_gives(tmp_path, sweep, subtype, frames):
    whole, pieces = tmp_path / "whole.wav", tmp_path / "pieces.wav"
    write_wav(whole, Clip(sweep, 44100), subtype=subtype)
    with stream_wav(pieces, **FORMAT, subtype=subtype, frames=frames) as stream:
        write_in_pieces(stream, sweep)
    assert payload(pieces) == payload(whole)
    info = soundfile.info(pieces)
    assert (info.frames, info.channels, info.samplerate) == (132300, 2, 44100)
    riff_size = int.from_bytes(pieces.read_bytes()[4:8], "little")
    assert riff_size == pieces.stat().st_size - 8


def test_a_known_length_gives_the_bytes_that_a_clip_gives(tmp_path, sweep):
    write_wav(tmp_path / "whole.wav", Clip(sweep, 44100))
    with stream_wav(tmp_path / "pieces.wav", **FORMAT, frames=132300) as stream:
        write_in_pieces(stream, sweep)
    assert (tmp_path / "pieces.wav").read_bytes() == (tmp_path / "whole.wav").read_bytes()


@pytest.mark.parametrize("most_frames", [0, 10**6])
def test_what_grows_over_the_limit_becomes_rf64(tmp_path, sweep, monkeypatch, most_frames):
    monkeypatch.setattr("kikimimi.audio.writing._LARGEST_RIFF", 400_000)
    source, target = tmp_path / "source.wav", tmp_path / "target.wav"
    write_wav(source, Clip(np.zeros((1, 10), np.float32), 44100))
    content = source.read_bytes() + b"LIST" + struct.pack("<I", 7) + b"INFOodd\0"
    source.write_bytes(content[:4] + struct.pack("<I", len(content) - 8) + content[8:])
    with stream_wav(target, **FORMAT, metadata_from=source, most_frames=most_frames) as stream:
        write_in_pieces(stream, sweep)
    assert soundfile.info(target).format == "RF64"
    riff_size, data_size, frames = struct.unpack("<QQQ", target.read_bytes()[20:44])
    assert riff_size == target.stat().st_size - 8
    assert (data_size, frames) == (sweep.size * 3, sweep.shape[1])
    np.testing.assert_allclose(read_clip(target).samples, sweep, atol=1e-7)
    assert [chunk.identifier for chunk in read_chunks(target)] == [
        *(b"ds64", b"fmt ", b"data", b"LIST")
    ]


def test_metadata_may_come_from_the_file_that_is_replaced(tmp_path, sweep):
    path = tmp_path / "x.wav"
    write_wav(path, Clip(sweep, 44100))
    path.write_bytes(path.read_bytes() + b"cue " + struct.pack("<I", 4) + b"abcd")
    content = path.read_bytes()
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8) + content[8:])
    with stream_wav(path, **FORMAT, metadata_from=path) as stream:
        stream.write(-sweep)
    assert read_chunks(path)[-1].identifier == b"cue "
    np.testing.assert_allclose(read_clip(path).samples, -sweep, atol=1e-7)


def test_an_error_on_the_way_leaves_nothing(tmp_path, sweep):
    with (
        pytest.raises(AudioError, match="elsewhere"),
        stream_wav(tmp_path / "x.wav", **FORMAT) as stream,
    ):
        stream.write(sweep)
        raise AudioError("elsewhere")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_half_way_leaves_the_old_file(tmp_path, sweep):
    path = tmp_path / "x.wav"
    path.write_bytes(b"what was there")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, limits[1]))
    try:
        with (
            pytest.raises(AudioError, match=r"x\.wav: cannot be written"),
            stream_wav(path, **FORMAT) as stream,
        ):
            write_in_pieces(stream, sweep)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"what was there"
    assert [path.name for path in tmp_path.iterdir()] == ["x.wav"]


@pytest.mark.parametrize(
    ("blocks", "frames", "message"),
    [
        ([], None, "0 frames were written"),
        ([np.zeros((2, 0))], None, "0 frames were written"),
        ([np.zeros((2, 5))], 6, "5 frames were written"),
        ([np.zeros((1, 5))], None, "shape"),
        ([np.zeros(5)], None, "shape"),
        ([np.full((2, 5), np.inf)], None, "NaN or infinite"),
    ],
)
def test_what_is_not_a_sound_is_refused(tmp_path, blocks, frames, message):
    with (
        pytest.raises(AudioError, match=message),
        stream_wav(tmp_path / "x.wav", **FORMAT, frames=frames) as stream,
    ):
        for block in blocks:
            stream.write(block.astype(np.float32))
    assert not list(tmp_path.iterdir())


def test_a_file_is_not_replaced_unless_that_is_meant(tmp_path, sweep):
    path = tmp_path / "x.wav"
    path.write_bytes(b"what was there")
    with (
        pytest.raises(AudioError, match="exists already"),
        stream_wav(path, **FORMAT, replace=False) as stream,
    ):
        stream.write(sweep)
    assert path.read_bytes() == b"what was there"
