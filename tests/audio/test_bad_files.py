"""What is no sound, or half of one: one line that names the file and the reason."""

import errno
import os
import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from kikimimi.audio.probing import probe
from kikimimi.audio.reading import read_clip
from kikimimi.audio.streaming import stream_blocks
from kikimimi.audio.windows import stream_windows
from kikimimi.errors import AudioError

RULE = {"sample_rate_hz": 16000, "window_s": 2.0, "hop_s": 1.0, "min_s": 1.0, "quantum_s": 0.5}


def reason(reader, path) -> str:
    """The one line that a reader refuses a file with, less the name of the file."""
    with pytest.raises(AudioError) as caught:
        reader(path)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert Path(os.fsdecode(path)).suffix in message
    return message.split(": ", 1)[1]


def read_all(path):
    return list(stream_windows(path, **RULE))


READERS = [probe, read_clip, read_all, lambda path: list(stream_blocks(path))]


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).uniform(-0.5, 0.5, (48000 * 2, 2)).astype(np.float32)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ["x.wav", "x.mp3", "x.flac", "x.ogg", "x.aiff", "x.m4a", "x.raw"])
class TestNoSound:
    def test_empty(self, tmp_path, name, reader):
        (tmp_path / name).touch()
        assert reason(reader, tmp_path / name) == "the file is empty (0 bytes)"

    def test_random_bytes(self, tmp_path, name, reader):
        (tmp_path / name).write_bytes(np.random.default_rng(3).bytes(5000))
        assert "not audio" in reason(reader, tmp_path / name) or name == "x.raw"

    def test_text(self, tmp_path, name, reader):
        (tmp_path / name).write_text("These are the notes on the recordings.\n" * 100)
        assert "not audio" in reason(reader, tmp_path / name) or name == "x.raw"

    def test_folder(self, tmp_path, name, reader):
        (tmp_path / name).mkdir()
        assert "is a folder" in reason(reader, tmp_path / name)

    def test_missing(self, tmp_path, name, reader):
        assert os.strerror(errno.ENOENT) in reason(reader, tmp_path / name)


@pytest.mark.parametrize("reader", READERS)
def test_a_pipe_is_not_waited_for(tmp_path, reader):
    os.mkfifo(tmp_path / "x.wav")
    assert "not a regular file" in reason(reader, tmp_path / "x.wav")


def test_a_loop_of_links(tmp_path):
    (tmp_path / "a.wav").symlink_to(tmp_path / "b.wav")
    (tmp_path / "b.wav").symlink_to(tmp_path / "a.wav")
    assert os.strerror(errno.ELOOP) in reason(probe, tmp_path / "a.wav")


def test_impossible_names(tmp_path):
    assert os.strerror(errno.ENAMETOOLONG) in reason(probe, tmp_path / f"{'x' * 300}.wav")
    assert "not a possible file name" in reason(probe, tmp_path / "a\0b.wav")


@pytest.mark.parametrize("name", ["x.wav", "x.m4a"])
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
def test_unreadable(noise, name):
    # Not tmp_path, whose parents are closed to others.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / name
        soundfile.write(path, noise, 48000, format="WAV")
        path.chmod(0o000)
        was_root = os.geteuid() == 0
        try:
            if was_root:
                os.seteuid(65534)
            assert os.strerror(errno.EACCES) in reason(probe, path)
        finally:
            if was_root:
                os.seteuid(0)


def test_a_header_without_samples(tmp_path):
    soundfile.write(tmp_path / "none.wav", np.zeros((0, 2)), 48000)
    for reader in READERS:
        assert "0 samples" in reason(reader, tmp_path / "none.wav")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("reader", READERS[1:])
def test_samples_that_are_no_numbers(tmp_path, value, reader):
    frames = np.zeros((48000 * 3, 2))
    frames[60000, 1] = value
    frames[70000, 0] = value
    path = tmp_path / "bad.wav"
    soundfile.write(path, frames, 48000, subtype="DOUBLE")
    assert reason(reader, path) == "holds NaN or infinite samples, the first at 1.250 s"
    assert probe(path).frames == 48000 * 3


UNCOMPRESSED = [
    ("WAV", "PCM_16"),
    ("WAV", "IMA_ADPCM"),
    ("WAVEX", "PCM_24"),
    ("RF64", "PCM_16"),
    ("W64", "PCM_16"),
    ("AIFF", "PCM_16"),
    ("AU", "PCM_16"),
]


def truncate(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


@pytest.mark.parametrize(("kind", "subtype"), UNCOMPRESSED)
@pytest.mark.parametrize("endian", ["FILE", "BIG"])
def test_truncated_uncompressed(tmp_path, noise, kind, subtype, endian):
    if endian == "BIG" and (kind, subtype) != ("WAV", "PCM_16"):
        pytest.skip("only RIFX is another byte order of a format")
    path = tmp_path / f"x.{kind.lower()}"
    soundfile.write(path, noise, 48000, format=kind, subtype=subtype, endian=endian)
    truncate(path, 0.5)
    for reader in READERS:
        message = reason(reader, path)
        assert "truncated: header promises 2.0" in message
        assert message.endswith(("holds 1.00 s", "holds 1.02 s"))


@pytest.mark.parametrize(("kind", "subtype"), UNCOMPRESSED)
def test_a_missing_tail_of_a_thousandth_is_forgiven(tmp_path, noise, kind, subtype):
    path = tmp_path / f"x.{kind.lower()}"
    soundfile.write(path, noise, 48000, format=kind, subtype=subtype)
    truncate(path, 0.999)
    assert read_clip(path).duration_s == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("reader", READERS[1:])
def test_truncated_flac(tmp_path, noise, reader):
    path = tmp_path / "x.flac"
    soundfile.write(path, noise, 48000)
    truncate(path, 0.5)
    message = reason(reader, path)
    assert message.startswith("damaged: cannot be decoded after 0.9")


@pytest.mark.parametrize("reader", READERS[1:])
def test_truncated_mp3_with_a_length_header(tmp_path, noise, reader):
    path = tmp_path / "x.mp3"
    soundfile.write(path, noise, 48000)
    truncate(path, 0.5)
    assert "truncated: header promises 2.00 s, file holds 0.9" in reason(reader, path)


def test_mp3_without_a_length_header_is_read_for_what_it_holds(tmp_path, noise):
    path = tmp_path / "x.mp3"
    soundfile.write(path, noise, 48000)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Xing", b"none").replace(b"Info", b"none")[:-5000])
    held = read_clip(path)
    assert 1.5 < held.duration_s < 2.1
    [*_, (window, _)] = read_all(path)
    assert window.end_s == pytest.approx(held.duration_s)


@pytest.mark.parametrize("extension", ["ogg", "opus"])
def test_truncated_ogg_is_read_for_what_it_holds(tmp_path, noise, extension):
    path = tmp_path / f"x.{extension}"
    subtype = {"ogg": "VORBIS", "opus": "OPUS"}[extension]
    soundfile.write(path, noise, 48000, format="OGG", subtype=subtype)
    truncate(path, 0.6)
    assert 0.3 < read_clip(path).duration_s < 1.7
    truncate(path, 0.05)
    assert "damaged" in reason(read_clip, path)


@pytest.mark.parametrize("share", [0.5, 0.02])
def test_truncated_caf(tmp_path, noise, share):
    path = tmp_path / "x.caf"
    soundfile.write(path, noise, 48000)
    truncate(path, share)
    assert "damaged" in reason(probe, path)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_wav_that_was_written_to_a_pipe_is_whole(tmp_path, noise, size):
    path = tmp_path / "x.wav"
    soundfile.write(path, noise, 48000, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = struct.pack("<I", size)
    path.write_bytes(content)
    assert read_clip(path).samples.shape == noise.T.shape


def test_flac_that_was_written_to_a_pipe_is_whole(tmp_path, noise):
    path = tmp_path / "x.flac"
    soundfile.write(path, noise, 48000)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0  # the 36-bit count of samples in STREAMINFO
    content[22:26] = bytes(4)
    path.write_bytes(content)
    assert probe(path).frames == len(noise)
    assert read_clip(path).samples.shape == noise.T.shape


def test_a_boundless_promise_takes_no_memory(tmp_path, noise):
    path = tmp_path / "x.flac"
    soundfile.write(path, noise, 48000)
    content = bytearray(path.read_bytes())
    content[21] |= 0x0F
    content[22:26] = b"\xff" * 4
    path.write_bytes(content)
    assert "truncated" in reason(read_clip, path)


def test_damage_in_the_middle_of_flac(tmp_path, noise):
    path = tmp_path / "x.flac"
    soundfile.write(path, noise, 48000)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20000] = bytes(20000)
    path.write_bytes(content)
    with pytest.raises(AudioError, match="damaged"):
        read_clip(path)


def test_random_damage_never_escapes(tmp_path, noise):
    """Whatever a flipped byte does: samples come, or an AudioError."""
    generator = np.random.default_rng(1)
    short = noise[:4800]
    for kind, subtype in [*UNCOMPRESSED, ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("CAF", "PCM_16")]:
        path = tmp_path / f"x.{kind.lower()}"
        soundfile.write(path, short, 48000, format=kind, subtype=subtype)
        content = path.read_bytes()
        for _ in range(25):
            damaged = bytearray(content)
            for position in generator.integers(0, min(len(content), 200), 3):
                damaged[position] = generator.integers(0, 256)
            path.write_bytes(damaged)
            try:
                assert np.isfinite(read_clip(path, mono=True).samples).all()
            except AudioError as error:
                assert len(str(error).splitlines()) == 1


NAMES = [
    "雨と風.wav",
    "two words  (1) [x].wav",
    "line\nbreak\r.wav",
    "é" * 125 + ".wav",
    "'\"%s{}.wav",
]


@pytest.mark.parametrize("name", NAMES)
def test_names(tmp_path, noise, name):
    path = tmp_path / name
    with path.open("wb") as file:
        soundfile.write(file, noise[:4800], 48000, format="WAV")
    assert probe(path).frames == 4800
    assert read_clip(str(path)).samples.shape == (2, 4800)
    path.write_bytes(b"no sound")
    reason(probe, path)


def test_names_that_are_not_utf8(tmp_path, noise):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe\x8f.wav"))
    try:
        with path.open("wb") as file:
            soundfile.write(file, noise[:4800], 48000, format="WAV")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert probe(path).frames == 4800
    assert read_clip(path).samples.shape == (2, 4800)
    path.write_bytes(b"no sound")
    with pytest.raises(AudioError) as caught:
        probe(path)
    str(caught.value).encode("utf-8")
