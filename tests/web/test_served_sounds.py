"""The sounds themselves: whole, in ranges, as previews; gone, changed, damaged, of odd formats."""

import io
import os
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import soundfile
from sqlalchemy import update
from web_helpers import write_tone

from kikimimi.library.schema import sounds
from kikimimi.web.sound_files.answer import attachment
from kikimimi.web.sound_files.formats import content_type, is_playable
from kikimimi.web.sound_files.preview import PreviewSource, preview_rate_hz

NAME = "さえずり.wav"


@pytest.fixture
def sound(sound_ids) -> int:
    return sound_ids[NAME]


@pytest.fixture
def sound_file(made_library) -> bytes:
    return (made_library / "sounds" / "bird" / NAME).read_bytes()


def point_at(state, sound: int, path: Path) -> None:
    """Let the library know a sound by another path, as if its file had changed."""
    with state.library().database.writing() as connection:
        changed = update(sounds).where(sounds.c.id == sound)
        connection.execute(changed.values(path_key=os.fsencode(path), path=str(path)))


def write_float(path: Path, frames: np.ndarray, rate_hz: int, **options: str) -> Path:
    soundfile.write(path, frames, rate_hz, **{"subtype": "FLOAT", **options})
    return path


def test_a_file_is_served_byte_for_byte(client, sound, sound_file) -> None:
    answer = client.get(f"/media/{sound}")
    assert (answer.status_code, answer.content) == (200, sound_file)
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in answer.headers


def test_ranges_are_served(client, sound, sound_file) -> None:
    size = len(sound_file)
    answer = client.get(f"/media/{sound}", headers={"Range": "bytes=100-199"})
    assert (answer.status_code, answer.content) == (206, sound_file[100:200])
    assert answer.headers["content-range"] == f"bytes 100-199/{size}"
    answer = client.get(f"/media/{sound}", headers={"Range": "bytes=-50"})
    assert answer.content == sound_file[-50:]
    answer = client.get(f"/media/{sound}", headers={"Range": f"bytes={size}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{size}"
    answer = client.get(f"/media/{sound}", headers={"Range": "bytes=0-1,4-5"})
    assert (answer.status_code, answer.content) == (200, sound_file)


def test_versions_are_compared(client, sound, sound_file) -> None:
    etag = client.head(f"/media/{sound}").headers["etag"]
    assert client.get(f"/media/{sound}", headers={"If-None-Match": etag}).status_code == 304
    part = {"Range": "bytes=0-9", "If-Range": etag}
    assert client.get(f"/media/{sound}", headers=part).status_code == 206
    part["If-Range"] = '"older"'
    assert client.get(f"/media/{sound}", headers=part).content == sound_file


def test_head_tells_the_size_and_sends_nothing(client, sound, sound_file) -> None:
    for path in (f"/media/{sound}", f"/media/{sound}/preview.wav", f"/media/{sound}/file/x.wav"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) == len(client.get(path).content)


def test_files_are_saved_under_their_own_name(client, sound, sound_file) -> None:
    answer = client.get(f"/media/{sound}/file/anything%20else.wav")
    assert answer.content == sound_file
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert unquote(disposition.rpartition("UTF-8''")[2]) == NAME


@pytest.mark.parametrize(
    "name",
    [
        'a"b.wav',
        "a\r\nSet-Cookie: x.wav",
        "50%.wav",
        "a/../b",
        "\\\\host\\share",
        "雨\u202e.wav",
        "\udcff",
    ],
)
def test_no_name_breaks_out_of_its_header(name) -> None:
    header = attachment(name)
    assert header.isascii() and header.isprintable()
    assert header.count('"') == 2 and "/" not in header.replace("UTF-8", "") and "\\" not in header


def test_unknown_ids_are_404(client) -> None:
    for path in ("/media/4711", "/media/4711/preview.wav", "/media/4711/file/x.wav"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown")


@pytest.mark.parametrize("place", ["gone.wav", ".", "no\0name"])
def test_a_file_that_is_gone_is_said_to_be_missing(client, state, sound, tmp_path, place) -> None:
    point_at(state, sound, tmp_path / place)
    for path in (f"/media/{sound}", f"/media/{sound}/preview.wav"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "missing")


def test_a_pipe_in_the_place_of_a_file_blocks_nobody(client, state, sound, tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    point_at(state, sound, tmp_path / "pipe.wav")
    assert client.get(f"/media/{sound}").status_code == 404
    assert client.get(f"/media/{sound}/preview.wav").status_code == 404


def test_a_file_that_changed_since_is_served_as_it_is_now(client, state, sound, tmp_path) -> None:
    path = write_tone(tmp_path / "new.wav", 500.0, seconds=0.3)
    point_at(state, sound, path)
    assert client.get(f"/media/{sound}").content == path.read_bytes()
    old = client.head(f"/media/{sound}").headers["etag"]
    write_tone(path, 600.0, seconds=0.4)
    assert client.head(f"/media/{sound}").headers["etag"] != old


def test_a_file_that_is_no_sound_has_no_preview(client, state, sound, tmp_path) -> None:
    (tmp_path / "page.wav").write_text("<script>alert(1)</script>")
    point_at(state, sound, tmp_path / "page.wav")
    answer = client.get(f"/media/{sound}/preview.wav")
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "unreadable")
    assert client.get(f"/media/{sound}").headers["content-type"] == "audio/wav"


def decoded(data: bytes) -> tuple[np.ndarray, int]:
    return soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)


def whole(source: PreviewSource) -> bytes:
    return b"".join(source.chunks(0, source.size))


def test_a_preview_of_16_bits_has_the_samples_of_the_file(client, sound, sound_file) -> None:
    data = client.get(f"/media/{sound}/preview.wav").content
    np.testing.assert_array_equal(decoded(data)[0], decoded(sound_file)[0])
    assert decoded(data)[1] == decoded(sound_file)[1]


@pytest.mark.parametrize(
    ("rate_hz", "channels", "expected_hz"),
    [
        *((48000, 2, 48000), (44100, 1, 44100), (96000, 1, 48000), (88200, 2, 44100)),
        *((192000, 1, 48000), (50000, 1, 48000), (4000, 1, 8000), (48000, 6, 48000)),
    ],
)
def test_any_part_of_a_preview_equals_that_part_of_the_whole(
    tmp_path, rate_hz, channels, expected_hz
) -> None:
    generator = np.random.default_rng(0)
    frames = generator.uniform(-0.9, 0.9, (round(rate_hz * 2.3), channels)).astype(np.float32)
    source = PreviewSource(write_float(tmp_path / "noise.wav", frames, rate_hz))
    data = whole(source)
    assert len(data) == source.size
    samples, found_hz = decoded(data)
    assert found_hz == expected_hz == preview_rate_hz(rate_hz)
    assert abs(len(samples) / found_hz - 2.3) < 2 / found_hz
    assert samples.shape[1] == (1 if channels > 2 else channels)
    for start, stop in [(0, 44), (10, 50), (43, 47), (45, 46), (source.size - 3, source.size)]:
        assert b"".join(source.chunks(start, stop)) == data[start:stop]
    middle = source.size // 4 * 2 + 1  # in the middle of a sample
    stop = min(source.size, middle + 20001)
    part = b"".join(source.chunks(middle, stop))
    assert len(part) == stop - middle
    values = [np.frombuffer(each[1:], "<i2") for each in (data[middle:stop], part)]
    # A resampler that starts elsewhere rounds elsewhere: one step of 16 bits at most.
    assert np.abs(np.subtract(*values, dtype=np.int32)).max() <= (rate_hz != found_hz)


def test_resampling_keeps_the_sound(tmp_path) -> None:
    time_s = np.arange(96000) / 96000
    tone = 0.5 * np.sin(2 * np.pi * 1000 * time_s)
    samples, rate_hz = decoded(whole(PreviewSource(write_float(tmp_path / "a.wav", tone, 96000))))
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(len(samples)) / rate_hz)
    np.testing.assert_allclose(samples[2000:-2000, 0], expected[2000:-2000], atol=1e-4)


def test_overs_are_clipped_and_nan_is_silence(tmp_path) -> None:
    wild = np.array([0.5, 2.0, -3.0, np.nan, np.inf, -np.inf, 0.25], np.float32)
    samples, _ = decoded(whole(PreviewSource(write_float(tmp_path / "wild.wav", wild, 16000))))
    top = 32767 / 32768
    np.testing.assert_array_equal(samples[:, 0], [0.5, top, -1, 0, top, -1, 0.25])


def test_behind_damage_a_preview_is_silent_and_as_long_as_promised(tmp_path, monkeypatch) -> None:
    path = write_tone(tmp_path / "tone.wav", 440.0)
    source = PreviewSource(path)
    path.write_bytes(b"damaged meanwhile")
    data = whole(source)
    assert len(data) == source.size
    assert not any(data[44:])


def test_formats_that_browsers_cannot_play_have_previews(tmp_path) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 8000).astype(np.float32)
    for name, subtype in (("a.aiff", "PCM_24"), ("a.w64", "PCM_16"), ("a.flac", "PCM_24")):
        path = write_float(tmp_path / name, noise, 16000, subtype=subtype)
        samples, _ = decoded(whole(PreviewSource(path)))
        np.testing.assert_allclose(samples[:, 0], noise, atol=1 / 32768)


def test_types_are_those_of_sounds_or_nothing_that_a_browser_runs() -> None:
    assert content_type("FLAC") == "audio/flac"
    assert content_type("HTML") == content_type("") == "application/octet-stream"
    assert is_playable("WAV", "PCM_16", channels=2, sample_rate_hz=48000)
    assert not is_playable("AIFF", "PCM_16", channels=1, sample_rate_hz=48000)
    assert not is_playable("WAV", "DOUBLE", channels=1, sample_rate_hz=48000)
    assert not is_playable("WAV", "PCM_16", channels=6, sample_rate_hz=48000)
    assert not is_playable("WAV", "PCM_16", channels=1, sample_rate_hz=96000)
