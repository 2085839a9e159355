import io
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.audio.riff import MAX_CHUNKS, Chunk, iterate_chunks, read_chunks
from kikimimi.errors import AudioError

IDENTIFIERS = st.text("abcdefgh XYZ", min_size=4, max_size=4).map(str.encode)


def riff(chunks, form=b"RIFF", size=None) -> bytes:
    body = b"WAVE"
    for identifier, payload in chunks:
        body += identifier + struct.pack("<I", len(payload)) + payload
        body += b"\0" * (len(payload) % 2)
    return form + struct.pack("<I", len(body) if size is None else size) + body


def chunks_of(content: bytes) -> list[Chunk]:
    return list(iterate_chunks(io.BytesIO(content)))


@given(st.lists(st.tuples(IDENTIFIERS, st.binary(max_size=40)), max_size=20))
def test_chunks_come_back_with_their_payloads(chunks):
    content = riff(chunks)
    found = chunks_of(content)
    assert [chunk.identifier for chunk in found] == [identifier for identifier, _ in chunks]
    for chunk, (_, payload) in zip(found, chunks, strict=True):
        assert chunk.size == chunk.held == len(payload)
        assert content[chunk.offset : chunk.offset + chunk.held] == payload


@settings(max_examples=300)
@given(st.binary(max_size=300), st.sampled_from([b"RIFF", b"RF64", b"BW64", b"RIFX", b"FORM"]))
def test_any_bytes_end_in_chunks_inside_the_file(noise, form):
    content = form + b"\xff\xff\xff\xff" + (b"AIFF" if form == b"FORM" else b"WAVE") + noise
    for big_endian in (False, True):
        found = list(iterate_chunks(io.BytesIO(content), big_endian=big_endian))
        for chunk in found:
            assert 0 <= chunk.held <= chunk.size
            assert chunk.offset + chunk.held <= len(content)
        assert [chunk.offset for chunk in found] == sorted({chunk.offset for chunk in found})


@settings(max_examples=200)
@given(
    st.lists(st.tuples(IDENTIFIERS, st.integers(0, 2**32 - 1)), max_size=10),
    st.binary(max_size=64),
    st.integers(0, 2**64 - 1),
)
def test_lying_sizes_end_the_list(headers, rest, big):
    sizes = struct.pack("<4sIQQQI4sQ", b"ds64", 40, big, big, big, 1, b"abcd", big)
    body = b"".join(name + struct.pack("<I", size) for name, size in headers)
    for form in (b"RF64", b"RIFF"):
        content = form + struct.pack("<I", 2**32 - 1) + b"WAVE" + sizes + body + rest
        for chunk in chunks_of(content):
            assert chunk.offset + chunk.held <= len(content)


def test_zero_sizes_and_missing_padding():
    content = riff([(b"aaaa", b""), (b"bbbb", b""), (b"cccc", b"x\0")])
    assert [chunk.size for chunk in chunks_of(content)] == [0, 0, 2]
    unpadded = b"RIFF\0\0\0\0WAVE" + b"aaaa\3\0\0\0abc" + b"data\2\0\0\0\1\2"
    assert [chunk.identifier for chunk in chunks_of(unpadded)] == [b"aaaa", b"data"]


def test_rf64_sizes_stand_in_ds64():
    table = struct.pack("<4sQ", b"big ", 6)
    sizes = struct.pack("<4sIQQQI", b"ds64", 28 + len(table), 0, 10, 5, 1) + table
    body = b"big \xff\xff\xff\xffpaylod" + b"data\xff\xff\xff\xff" + bytes(10)
    found = chunks_of(b"BW64\xff\xff\xff\xffWAVE" + sizes + body)
    assert [(chunk.identifier, chunk.size) for chunk in found[1:]] == [(b"big ", 6), (b"data", 10)]


def test_millions_of_chunks_are_refused_quickly(tmp_path):
    path = tmp_path / "many.wav"
    path.write_bytes(riff([]) + b"tiny\0\0\0\0" * 1_000_000)
    start = time.monotonic()
    with pytest.raises(AudioError, match=f"more than {MAX_CHUNKS}"):
        read_chunks(path)
    assert time.monotonic() - start < 5


def test_what_is_no_wav_is_refused(tmp_path):
    (tmp_path / "x.wav").write_bytes(b"RIFF\0\0\0\0AVI LIST")
    with pytest.raises(AudioError, match="not a WAV file"):
        read_chunks(tmp_path / "x.wav")
    with pytest.raises(AudioError, match="cannot be opened"):
        read_chunks(tmp_path / "none.wav")


def test_real_effects_have_their_chunks(shared_data):
    files = sorted((shared_data / "sfx").rglob("*.wav"))
    files = [path for path in files if path.read_bytes()[:4] == b"RIFF"]
    assert len(files) > 100
    for path in files:
        names = [chunk.identifier for chunk in read_chunks(path)]
        assert b"fmt " in names
        assert b"data" in names
