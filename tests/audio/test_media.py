import struct
import sys

import numpy as np
import pytest

from kikimimi.audio.probing import probe
from kikimimi.audio.reading import read_clip
from kikimimi.audio.streaming import stream_blocks
from kikimimi.audio.windows import stream_windows
from kikimimi.errors import AudioError

RATE = 48000
# Extension, codec, options of the container, samples that the codec may add at the ends.
CONTAINERS = [
    ("m4a", "aac", {}, 2048),
    ("m4a", "alac", {}, 0),
    ("mp4", "aac", {"movflags": "faststart"}, 2048),
    ("mov", "pcm_s16le", {}, 0),
    ("mkv", "flac", {}, 0),
    ("webm", "libopus", {}, 0),
    ("aac", "aac", {}, 2048),
    ("avi", "pcm_s16le", {}, 0),
]


@pytest.fixture(scope="module")
def tone():
    """A stereo tone (2, 96000), louder on the left."""
    time_s = np.arange(2 * RATE) / RATE
    left = 0.5 * np.sin(2 * np.pi * 440 * time_s)
    return np.stack([left, left / 2]).astype(np.float32)


def write(path, tone, codec, options) -> None:
    av = pytest.importorskip("av")
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.layout = "stereo"
        packed = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=RATE)
        for start in range(0, tone.shape[1], 960):
            block = np.ascontiguousarray(tone[:, start : start + 960])
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.rate, frame.pts = RATE, start
            for part in packed.resample(frame):
                container.mux(stream.encode(part))
        container.mux(stream.encode(None))


@pytest.mark.parametrize(("extension", "codec", "options", "extra"), CONTAINERS)
def test_the_sound_of_a_container(tmp_path, tone, extension, codec, options, extra):
    path = tmp_path / f"音 {extension}.{extension}"
    write(path, tone, codec, options)
    recording = probe(path)
    clip = read_clip(path)
    assert (recording.sample_rate_hz, recording.channels) == (RATE, 2)
    assert recording.duration_s == pytest.approx(2, abs=0.15)
    assert 0 <= clip.samples.shape[1] - tone.shape[1] <= extra
    spectrum = np.abs(np.fft.rfft(clip.samples[0, :RATE]))
    assert np.argmax(spectrum) == 440
    levels = clip.samples[:, 4800:-4800].std(axis=1)
    assert levels[0] / levels[1] == pytest.approx(2, rel=0.01)
    blocks = [block.samples for block in stream_blocks(path, block_s=0.3)]
    assert np.array_equal(np.concatenate(blocks, axis=1), clip.samples)
    part = read_clip(path, start_s=0.5, end_s=1.25).samples
    assert np.array_equal(part, clip.samples[:, 24000:60000])


def test_lossless_samples_are_exact(tmp_path, tone):
    write(tmp_path / "x.m4a", tone, "alac", {})
    difference = np.abs(read_clip(tmp_path / "x.m4a").samples - tone)
    assert difference.max() < 1 / 32000


def test_a_recording_of_unknown_length(tmp_path, tone):
    """As browsers write it: nothing in the header tells the length."""
    write(tmp_path / "take.webm", tone, "libopus", {"live": "1"})
    assert (
        probe(tmp_path / "take.webm").frames == read_clip(tmp_path / "take.webm").samples.shape[1]
    )


def test_windows_of_a_container(tmp_path, tone):
    write(tmp_path / "x.m4a", tone, "aac", {})
    rule = {"sample_rate_hz": 16000, "window_s": 1.0, "hop_s": 0.5, "min_s": 1.0, "quantum_s": 0.5}
    found = list(stream_windows(tmp_path / "x.m4a", **rule))
    assert [window.start_s for window, _ in found] == [0, 0.5, 1.0]
    assert all(samples.shape == (16000,) for _, samples in found)


# Not AVI: FFmpeg mends the length of a truncated one, which then promises no more than it holds.
@pytest.mark.parametrize(("extension", "codec", "options", "extra"), CONTAINERS[:-1])
@pytest.mark.parametrize("share", [0.02, 0.5])
def test_truncated_containers(tmp_path, tone, extension, codec, options, extra, share):
    path = tmp_path / f"x.{extension}"
    write(path, tone, codec, options)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(AudioError, match=r"damaged|truncated|no sound") as caught:
        read_clip(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_video_without_sound(tmp_path):
    av = pytest.importorskip("av")
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(AudioError, match="holds no sound track"):
        probe(path)


def test_a_playlist_dressed_as_a_film_is_not_followed(tmp_path, tone):
    write(tmp_path / "secret.m4a", tone, "aac", {})
    playlist = f"#EXTM3U\n#EXTINF:2\n{tmp_path}/secret.m4a\n#EXT-X-ENDLIST\n"
    (tmp_path / "list.mp4").write_text(playlist)
    with pytest.raises(AudioError, match="not audio"):
        read_clip(tmp_path / "list.mp4")


def test_random_damage_never_escapes(tmp_path, tone):
    path = tmp_path / "x.m4a"
    write(path, tone[:, :9600], "aac", {})
    content = path.read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(content)
        for position in generator.integers(0, len(content), 4):
            damaged[position] = generator.integers(0, 256)
        path.write_bytes(damaged)
        try:
            assert np.isfinite(read_clip(path).samples).all()
        except AudioError as error:
            assert len(str(error).splitlines()) == 1


def test_without_pyav_the_error_says_what_to_install(tmp_path, tone, monkeypatch):
    write(tmp_path / "x.m4a", tone, "aac", {})
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(AudioError, match=r'pip install "kikimimi\[media\]"'):
        probe(tmp_path / "x.m4a")


@pytest.mark.parametrize("form", [b"RF64", b"BW64"])
@pytest.mark.parametrize("metadata", [b"", b"iXML\3\0\0\0abc\0"])
def test_broadcast_wave_of_every_kind(tmp_path, form, metadata):
    """BW64, and RF64 with an odd chunk before the samples, are beyond libsndfile."""
    pytest.importorskip("av")
    samples = np.arange(-500, 500, dtype="<i2") * 60
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, 0, 2000, 1000, 0)
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    head = form + b"\xff\xff\xff\xffWAVE" + sizes + fmt + metadata + b"data\xff\xff\xff\xff"
    (tmp_path / "x.wav").write_bytes(head + samples.tobytes())
    assert probe(tmp_path / "x.wav").frames == 1000
    assert np.array_equal(read_clip(tmp_path / "x.wav").samples[0] * 32768, samples)
