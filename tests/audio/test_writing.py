import os
import resource
import struct
from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.audio.metadata.reading import read_metadata
from kikimimi.audio.reading import read_clip
from kikimimi.audio.riff import read_chunks
from kikimimi.audio.writing import write_wav
from kikimimi.errors import AudioError
from kikimimi.types import Clip

SUBTYPES = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"]


@pytest.fixture
def clip(sweep) -> Clip:
    return Clip(sweep, 44100)


def metadata_of(path) -> list[tuple[bytes, bytes]]:
    content = Path(path).read_bytes()
    own = (b"fmt ", b"data", b"fact", b"ds64")
    return [
        (chunk.identifier, content[chunk.offset : chunk.offset + chunk.size])
        for chunk in read_chunks(path)
        if chunk.identifier not in own
    ]


def source_with(path, before, behind, form=b"RIFF") -> None:
    """A small WAV file with chunks before and behind its samples."""

    def pack(chunks):
        return b"".join(
            name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)
            for name, payload in chunks
        )

    samples = bytes(range(8))
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, 0, len(samples), 4, 0) if form != b"RIFF" else b""
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    data_size = 0xFFFFFFFF if sizes else len(samples)
    data = struct.pack("<4sI", b"data", data_size) + samples
    body = b"WAVE" + sizes + fmt + pack(before) + data + pack(behind)
    path.write_bytes(form + struct.pack("<I", len(body)) + body)


@pytest.mark.parametrize("subtype", SUBTYPES)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_soundfile_reads_what_was_written(tmp_path, sweep, subtype, channels):
    samples = np.resize(sweep, (channels, sweep.shape[1]))
    write_wav(tmp_path / "x.wav", Clip(samples, 44100), subtype=subtype)
    info = soundfile.info(tmp_path / "x.wav")
    assert (info.samplerate, info.channels, info.subtype) == (44100, channels, subtype)
    assert info.format == ("WAVEX" if channels > 2 else "WAV")
    frames, _ = soundfile.read(tmp_path / "x.wav", dtype="float32", always_2d=True)
    step = {"PCM_U8": 2**-7, "PCM_16": 2**-15, "PCM_24": 2**-23}.get(subtype, 0)
    assert np.abs(frames.T - samples).max() <= step / 2 + 1e-9


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_32", "FLOAT", "DOUBLE"])
def test_scipy_reads_what_was_written(tmp_path, clip, subtype):
    write_wav(tmp_path / "x.wav", clip, subtype=subtype)
    rate, frames = scipy.io.wavfile.read(tmp_path / "x.wav")
    assert (rate, frames.shape) == (44100, clip.samples.T.shape)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24"])
def test_reading_and_writing_again_changes_no_byte(tmp_path, subtype):
    width = {"PCM_U8": 1, "PCM_16": 2, "PCM_24": 3}[subtype]
    samples = np.random.default_rng(0).bytes(width * 2000)
    first, second = tmp_path / "1.wav", tmp_path / "2.wav"
    write_wav(first, Clip(np.zeros((1, 2000), np.float32), 48000), subtype=subtype)
    head = first.read_bytes()[: -len(samples)]
    first.write_bytes(head + samples)
    write_wav(second, read_clip(first), subtype=subtype)
    assert second.read_bytes() == first.read_bytes()


def test_loud_samples_are_limited(tmp_path):
    loud = Clip(np.array([[2.0, 1.0, -1.0, -3.0]], np.float32), 8000)
    write_wav(tmp_path / "x.wav", loud, subtype="PCM_16")
    frames, _ = soundfile.read(tmp_path / "x.wav", dtype="int16")
    assert frames.tolist() == [32767, 32767, -32768, -32768]


@pytest.mark.parametrize("form", [b"RIFF", b"RF64", b"BW64"])
def test_metadata_is_kept_byte_for_byte(tmp_path, clip, form):
    before = [
        (b"bext", os.urandom(603)),
        (b"iXML", b"<BWFXML/>"),
        (b"LIST", b"INFOINAM\2\0\0\0a\0"),
    ]
    behind = [
        (b"cue ", os.urandom(28)),
        (b"smpl", os.urandom(36)),
        (b"LIST", b"adtl"),
        (b"xYz1", b""),
    ]
    source, target = tmp_path / "source.wav", tmp_path / "target.wav"
    source_with(source, before, behind, form)
    write_wav(target, clip, metadata_from=source)
    names = [chunk.identifier for chunk in read_chunks(target)]
    assert metadata_of(target) == before + behind
    assert names.index(b"LIST") < names.index(b"data") < names.index(b"cue ")
    assert soundfile.info(target).frames == clip.samples.shape[1]


CHUNKS = st.lists(
    st.tuples(
        st.sampled_from([b"bext", b"iXML", b"LIST", b"cue ", b"abcd"]), st.binary(max_size=50)
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(CHUNKS, CHUNKS, st.integers(1, 5))
def test_any_metadata_survives_writing_twice(tmp_path_factory, before, behind, frames):
    folder = tmp_path_factory.mktemp("wav")
    source, target = folder / "source.wav", folder / "target.wav"
    source_with(source, before, behind)
    clip = Clip(np.full((1, frames), 0.5, np.float32), 8000)
    write_wav(target, clip, subtype="PCM_U8", metadata_from=source)
    write_wav(target, clip, subtype="PCM_U8", metadata_from=target)
    assert metadata_of(target) == before + behind
    assert read_clip(target).samples.tolist() == clip.samples.tolist()


def test_stale_descriptions_of_the_samples_are_left_out(tmp_path, clip):
    source_with(
        tmp_path / "s.wav", [(b"JUNK", bytes(28)), (b"fact", bytes(4))], [(b"PEAK", b"1234")]
    )
    write_wav(tmp_path / "t.wav", clip, metadata_from=tmp_path / "s.wav")
    assert metadata_of(tmp_path / "t.wav") == []


def test_a_chunk_cut_short_is_left_out(tmp_path, clip):
    source_with(tmp_path / "s.wav", [(b"bext", b"whole!")], [(b"iXML", b"cut short!")])
    content = (tmp_path / "s.wav").read_bytes()
    (tmp_path / "s.wav").write_bytes(content[:-4])
    write_wav(tmp_path / "t.wav", clip, metadata_from=tmp_path / "s.wav")
    assert metadata_of(tmp_path / "t.wav") == [(b"bext", b"whole!")]


def test_other_formats_have_no_metadata(tmp_path, clip):
    soundfile.write(tmp_path / "s.aiff", clip.samples.T, 44100)
    write_wav(tmp_path / "t.wav", clip, metadata_from=tmp_path / "s.aiff")
    assert metadata_of(tmp_path / "t.wav") == []


def test_a_file_over_the_limit_becomes_rf64(tmp_path, clip, monkeypatch):
    monkeypatch.setattr("kikimimi.audio.writing._LARGEST_RIFF", 1000)
    source_with(tmp_path / "s.wav", [(b"bext", bytes(603))], [(b"iXML", b"even")])
    write_wav(tmp_path / "t.wav", clip, metadata_from=tmp_path / "s.wav")
    assert soundfile.info(tmp_path / "t.wav").format == "RF64"
    assert sorted(metadata_of(tmp_path / "t.wav")) == [(b"bext", bytes(603)), (b"iXML", b"even")]
    np.testing.assert_allclose(read_clip(tmp_path / "t.wav").samples, clip.samples, atol=1e-7)
    content = (tmp_path / "t.wav").read_bytes()
    riff_size, data_size, frames = struct.unpack("<QQQ", content[20:44])
    assert riff_size == len(content) - 8
    assert (data_size, frames) == (clip.samples.size * 3, clip.samples.shape[1])


def test_replacing_keeps_permissions_and_links(tmp_path, clip):
    real, link = tmp_path / "real.wav", tmp_path / "link.wav"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_wav(link, clip)
    assert link.is_symlink()
    assert soundfile.info(real).frames == clip.samples.shape[1]
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path, clip):
    (tmp_path / "usual").touch()
    write_wav(tmp_path / "x.wav", clip)
    assert (tmp_path / "x.wav").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_full_disk_leaves_the_old_file(tmp_path, clip):
    path = tmp_path / "x.wav"
    path.write_bytes(b"what was there")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(AudioError, match=r"x\.wav: cannot be written"):
            write_wav(path, clip)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"what was there"
    assert [path.name for path in tmp_path.iterdir()] == ["x.wav"]


def test_an_interrupted_write_leaves_nothing(tmp_path, clip, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("kikimimi.audio.wav_format.WavFormat.encode", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_wav(tmp_path / "x.wav", clip)
    assert not list(tmp_path.iterdir())


def test_a_long_name_can_be_written(tmp_path, clip):
    name = "é" * 125 + ".wav"
    write_wav(tmp_path / name, clip)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("samples", "options", "message"),
    [
        (np.zeros((1, 0)), {}, "shape"),
        (np.zeros(5), {}, "shape"),
        (np.array([[np.nan]]), {}, "NaN"),
        (np.zeros((1, 5)), {"subtype": "MP3"}, "known: PCM_U8"),
        (np.zeros((30000, 1)), {}, "cannot hold 30000 channels"),
        (np.zeros((1, 5)), {"metadata_from": "/none/x.wav"}, "cannot be opened"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, samples, options, message):
    with pytest.raises(AudioError, match=message):
        write_wav(tmp_path / "x.wav", Clip(samples.astype(np.float32), 8000), **options)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_named(tmp_path, clip):
    with pytest.raises(AudioError, match="cannot be written"):
        write_wav(tmp_path / "none" / "x.wav", clip)


def test_info_is_read_by_us_and_by_libsndfile(tmp_path, clip) -> None:
    texts = {"title": "雨 rain", "software": "Kikimimi", "comment": '{"seed": 3, "odd": "é"}'}
    path = tmp_path / "x.wav"
    write_wav(path, clip, subtype="PCM_16", info=texts)
    assert read_metadata(path)["info"] == texts
    with soundfile.SoundFile(path) as file:
        assert file.copy_metadata() == texts
    assert np.array_equal(read_clip(path).samples, np.round(clip.samples * 32768) / 32768)
    with pytest.raises(AudioError, match="did you mean 'comment'"):
        write_wav(path, clip, info={"coment": "x"})
    with pytest.raises(AudioError, match="not both"):
        write_wav(path, clip, info=texts, metadata_from=path)
    with pytest.raises(AudioError, match="exists already"):
        write_wav(path, clip, info=texts, replace=False)
    assert read_metadata(path)["info"] == texts
