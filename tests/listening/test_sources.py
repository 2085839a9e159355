"""Sources: pipes, files, files that grow, and devices that come and go."""

import io
import os
import struct
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.audio.writing import write_wav
from kikimimi.errors import AudioError, ListeningError
from kikimimi.listening.ring import RingBuffer
from kikimimi.listening.sources.followed import FollowedSource
from kikimimi.listening.sources.microphone import MicrophoneSource, input_devices
from kikimimi.listening.sources.pacing import Clock
from kikimimi.listening.sources.pcm import ENCODINGS, PcmFormat
from kikimimi.listening.sources.raw import RawSource
from kikimimi.listening.sources.recorded import RecordedSource
from kikimimi.types import Clip

SUBTYPES = {"u8": "PCM_U8", "s16le": "PCM_16", "s24le": "PCM_24", "s32le": "PCM_32"}
SUBTYPES |= {"f32le": "FLOAT", "f64le": "DOUBLE"}
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def noise(frames: int, channels: int = 1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (channels, frames)).astype(np.float32)


class FakeClock(Clock):
    """Waits by setting itself on; `on_wait` may do something meanwhile."""

    def __init__(self, on_wait=lambda: None) -> None:
        object.__setattr__(self, "now", [0.0])
        object.__setattr__(self, "monotonic", lambda: self.now[0])
        object.__setattr__(self, "sleep", self._sleep)
        object.__setattr__(self, "on_wait", on_wait)

    def _sleep(self, seconds: float) -> None:
        self.now[0] += seconds
        self.on_wait()


def joined(blocks) -> np.ndarray:
    return np.concatenate([block.samples for block in blocks], axis=1)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_is_decoded_as_libsndfile_does(encoding, tmp_path):
    samples = noise(500, channels=2)
    subtype = SUBTYPES[encoding]
    path = tmp_path / "a.wav"
    soundfile.write(path, samples.T, 8000, subtype=subtype)
    expected = soundfile.read(path, dtype="float32")[0].T
    source = FollowedSource(path, raw=PcmFormat(1), idle_s=0.0, clock=FakeClock())
    with source:
        assert source.open().channels == 2
        np.testing.assert_allclose(joined(source.blocks()), expected, atol=1e-7)


@pytest.mark.parametrize("wrong", [{"encoding": "s16"}, {"channels": 0}, {"sample_rate_hz": 0}])
def test_impossible_samples_are_refused(wrong):
    with pytest.raises(AudioError):
        PcmFormat(**{"sample_rate_hz": 8000, **wrong})


def test_a_pipe_gives_what_comes_however_it_is_cut():
    samples = (noise(3001, channels=2) * 32767).astype("<i2")
    data = samples.T.tobytes() + b"\x01\x02"
    reading, writing = os.pipe()

    def feed() -> None:
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            for start in range(0, len(data), 777):
                pipe.write(data[start : start + 777])

    thread = threading.Thread(target=feed)
    thread.start()
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        blocks = list(RawSource(pipe, PcmFormat(8000, 2)).blocks())
    thread.join()
    np.testing.assert_array_equal(joined(blocks), samples / np.float32(32768))
    assert "2 bytes left out" in blocks[-1].complaint


@pytest.mark.skipif(os.name == "nt", reason="a pipe cannot tell there whether something comes")
def test_a_pipe_that_gives_nothing_is_away_until_it_does():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as pipe, os.fdopen(writing, "wb", 0) as feed:
        blocks = RawSource(pipe, PcmFormat(8000), stalled_s=0.1).blocks()
        first = next(blocks)
        feed.write(b"\0\0" * 80)
        second = next(blocks)
    assert first.is_away and first.complaint == "nothing came for 0.1 s"
    assert not second.is_away and second.samples.shape == (1, 80)


def test_samples_in_memory_are_heard_too():
    source = RawSource(io.BytesIO(b"\0\0" * 5000), PcmFormat(16000))
    assert joined(source.blocks()).shape == (1, 5000)


def test_a_file_with_a_header_is_no_raw_stream():
    source = RawSource(io.BytesIO(b"RIFF" + bytes(100)), PcmFormat(16000))
    with pytest.raises(AudioError, match="is a WAV file, not raw samples"):
        next(source.blocks())


@pytest.mark.parametrize(("speed", "waited_s"), [(1.0, 2.0), (4.0, 0.5), (0.0, 0.0)])
def test_a_recording_is_paced(tmp_path, speed, waited_s):
    samples = noise(16000)
    write_wav(tmp_path / "a.wav", Clip(samples, 8000), subtype="FLOAT")
    clock = FakeClock()
    with RecordedSource(tmp_path / "a.wav", speed=speed, begins_at=NOON, clock=clock) as source:
        source.open()
        blocks = list(source.blocks())
    np.testing.assert_array_equal(joined(blocks), samples)
    assert clock.now[0] == pytest.approx(waited_s)
    assert blocks[-1].heard_at == NOON + timedelta(seconds=2)


def test_a_recording_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AudioError, match="cannot be opened"):
        RecordedSource(tmp_path / "no.wav").open()


def grown(path, chunks):
    """What is heard of a file to which `chunks` of bytes are written while it is followed."""
    waiting = list(chunks)

    def write() -> None:
        if waiting:
            action = waiting.pop(0)
            if callable(action):
                action()
            else:
                with path.open("ab") as file:
                    file.write(action)

    source = FollowedSource(path, raw=PcmFormat(8000), idle_s=1.0, clock=FakeClock(write))
    with source:
        sound = source.open()
        return sound, list(source.blocks())


def header(declared: int) -> bytes:
    described = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    fmt = b"fmt " + struct.pack("<I", 16) + described
    return b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + fmt + b"data" + struct.pack(
        "<I", declared
    )  # fmt: skip


@pytest.mark.parametrize("declared", [0, 0xFFFFFFFF, 0x7FFFF000])
def test_a_growing_wav_is_heard_as_it_grows(tmp_path, declared):
    samples = (noise(4000) * 32767).astype("<i2")
    data, path = samples.tobytes(), tmp_path / "a.wav"
    path.write_bytes(header(declared) + data[:1001])
    sound, blocks = grown(path, [data[1001:5000], data[5000:]])
    assert sound.sample_rate_hz == 8000
    np.testing.assert_array_equal(joined(blocks), samples / np.float32(32768))


def test_chunks_behind_the_samples_are_not_heard(tmp_path):
    data, path = bytes(4000), tmp_path / "a.wav"
    path.write_bytes(header(0))

    def finish() -> None:
        path.write_bytes(
            header(len(data)) + data + b"LIST" + struct.pack("<I", 400) + b"\x55" * 400
        )

    _, blocks = grown(path, [finish])
    assert joined(blocks).shape == (1, 2000) and not joined(blocks).any()


def rotated(path, first: bytes, steps) -> list:
    """What is heard of a file that is renamed when it was heard, as `steps` come after that."""
    path.write_bytes(first)
    return grown(path, [lambda: path.rename(path.with_suffix(".1")), *steps])[1]


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be renamed there")
def test_a_file_that_is_rotated_is_heard_to_its_end_and_then_the_new_one(tmp_path):
    samples = (noise(6000) * 32767).astype("<i2")
    data, path = samples.tobytes(), tmp_path / "a.raw"

    def late() -> None:
        with path.with_suffix(".1").open("ab") as file:
            file.write(data[4000:8000])

    steps = [lambda: path.write_bytes(b""), late, data[8000:]]
    blocks = rotated(path, data[:4000], steps)
    np.testing.assert_array_equal(joined(blocks), samples / np.float32(32768))
    assert [block.complaint for block in blocks if block.complaint] == [
        "was replaced by a new file; heard from its beginning"
    ]


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be renamed there")
def test_the_header_of_a_new_file_is_waited_for_and_not_heard(tmp_path):
    first, second = (bytes([value]) * 2000 for value in (1, 2))
    whole = header(0) + second
    steps = [lambda: (tmp_path / "a.wav").write_bytes(whole[:2]), whole[2:30], whole[30:]]
    blocks = rotated(tmp_path / "a.wav", header(0) + first, steps)
    expected = np.frombuffer(first + second, "<i2") / np.float32(32768)
    np.testing.assert_array_equal(joined(blocks)[0], expected)


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be renamed there")
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (header(0).replace(struct.pack("<I", 8000), struct.pack("<I", 9000)) + b"\0\0",
         "the new file has other samples"),
        (bytes(100), "the new file has other samples"),
        (header(0)[:20], "header is not whole"),
    ],
)  # fmt: skip
def test_a_new_file_that_cannot_be_followed_is_told(tmp_path, content, told):
    path = tmp_path / "a.wav"
    path.write_bytes(header(0) + bytes(100))
    steps = [lambda: path.rename(tmp_path / "a.1"), lambda: path.write_bytes(content)]

    def write() -> None:
        if steps:
            steps.pop(0)()

    source = FollowedSource(path, raw=PcmFormat(8000), clock=FakeClock(write))
    with source, pytest.raises(AudioError, match=told):
        source.open()
        list(source.blocks())


def test_a_file_that_is_begun_anew_is_heard_from_its_beginning(tmp_path):
    path = tmp_path / "a.raw"
    path.write_bytes(b"\x00\x10" * 3000)

    def anew() -> None:
        path.write_bytes(b"\x00\x20" * 100)

    _, blocks = grown(path, [anew])
    assert any("begun anew" in block.complaint for block in blocks)
    assert np.unique(joined(blocks)).tolist() == [0.125, 0.25]


@given(
    size=st.integers(1, 20),
    blocks=st.lists(st.integers(0, 45), max_size=8),
    start=st.integers(-5, 200),
    length=st.integers(0, 60),
)
def test_a_ring_keeps_the_last_samples(size, blocks, start, length):
    ring = RingBuffer(channels=2, size=size)
    everything = np.arange(2 * sum(blocks), dtype=np.float32).reshape(2, -1)
    for block in np.split(everything, np.cumsum(blocks)[:-1], axis=1) if blocks else []:
        ring.push(block)
    total = everything.shape[1]
    first, last = max(start, 0, total - size), min(start + length, total)
    expected = everything[:, first : max(first, last)]
    np.testing.assert_array_equal(ring.read(start, start + length), expected)


class PortAudioError(Exception):
    pass


class FakeDriver:
    """Devices as sounddevice gives them; `script` says what each stream does."""

    PortAudioError = PortAudioError

    def __init__(self, script) -> None:
        self.script = list(script)
        self.opened = 0
        self.looked = 0

    def InputStream(self, *, callback, blocksize, channels, **options):  # noqa: N802
        action = self.script.pop(0)
        if action is None:
            raise PortAudioError("no such device")
        self.opened += 1

        def start() -> None:
            for value in action:
                callback(np.full((blocksize, channels), value, np.float32), blocksize, None, None)

        return SimpleNamespace(start=start, close=lambda: None)

    def _terminate(self) -> None:
        self.looked += 1

    def _initialize(self) -> None:
        self.looked += 1

    def query_devices(self):
        return [
            {"name": "out", "max_input_channels": 0, "default_samplerate": 48000.0},
            {"name": "mic", "max_input_channels": 2, "default_samplerate": 44100.0},
        ]


def microphone(driver, ticks_s: float = 1.0) -> MicrophoneSource:
    """With a clock that goes on by `ticks_s` whenever it is read, and waits for nothing."""
    now = iter(np.arange(0, 1e6, ticks_s).tolist())
    source = MicrophoneSource("USB", sample_rate_hz=8000, driver=driver, monotonic=now.__next__)
    source._stopped.wait = lambda seconds: False
    return source


def test_a_device_that_is_unplugged_is_waited_for():
    driver = FakeDriver([[0.1, 0.2], None, None, [0.3]])
    source, found = microphone(driver), []
    with source:
        source.open()
        for block in source.blocks():
            found.append(block)
            if block.samples.any() and block.samples.max() > 0.25:
                source.close()
    values = [round(float(block.samples.max()), 1) for block in found if block.samples.size]
    assert values == [0.1, 0.2, 0.3]
    told = [(block.complaint, block.lost_s > 0) for block in found if block.complaint]
    assert told[0] == ("nothing comes from it; waiting for it to come back", False)
    assert told[1] == ("is back", True)
    assert [block.is_away for block in found if block.complaint] == [True, False]
    assert driver.looked == 6 and driver.opened == 2


def test_a_listener_that_is_too_slow_is_told_what_it_lost():
    driver = FakeDriver([[0.5] * 230])
    source = microphone(driver)
    with source:
        source.open()
        first = next(iter(source.blocks()))
        source._heard(np.zeros((800, 1), np.float32), 800, None, None)
        rest, blocks = [], source.blocks()
        for _ in range(200):
            rest.append(next(blocks))
    assert first.lost_s == 0
    assert sum(block.lost_s for block in rest) == pytest.approx(3.0)
    assert rest[-1].lost_s == pytest.approx(3.0)  # where it was lost, not before


def test_a_device_that_is_not_there_at_the_start_is_named():
    with pytest.raises(ListeningError, match=r"microphone USB: cannot be opened \(no such device"):
        microphone(FakeDriver([None])).open()


def test_microphones_are_those_with_inputs():
    assert input_devices(FakeDriver([])) == [(1, "mic", 2, 44100.0)]
