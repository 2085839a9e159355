"""Sounds that the page sends: taken in, refused with a reason, kept for a while, deleted."""

import asyncio
import base64
import io
import os
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
import soundfile
from web_helpers import open_client

from kikimimi.library.example import Example
from kikimimi.web.errors import NotFoundError, UnreadableError
from kikimimi.web.uploads.store import UploadStore, shown_name

OCTETS = {"Content-Type": "application/octet-stream"}


def sound_bytes(seconds: float = 0.5, rate_hz: int = 16000, channels: int = 1, **options) -> bytes:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (round(seconds * rate_hz), channels))
    target = io.BytesIO()
    soundfile.write(target, noise, rate_hz, **{"format": "WAV", **options})
    return target.getvalue()


def send(client, content, name: str = "", **headers: str):
    given = OCTETS | ({"X-File-Name": name} if name else {}) | headers
    return client.post("/api/uploads", content=content, headers=given)


def folders() -> set[Path]:
    return set(Path(os.environ.get("TMPDIR", "/tmp")).glob("kikimimi-uploads-*"))


def test_a_sound_is_taken_in_heard_and_used_as_an_example(client, state) -> None:
    answer = send(client, sound_bytes(channels=2), quote("ドア <b>.wav"))
    assert answer.status_code == 200
    told = answer.json()
    assert told["name"] == "ドア <b>.wav"
    assert (told["duration_s"], told["sample_rate_hz"], told["channels"]) == (0.5, 16000, 2)
    assert len(base64.b64decode(told["overview"])) == 256
    played = client.get(f"/media/upload/{told['upload']}", headers={"Range": "bytes=0-43"})
    assert (played.status_code, played.content[:4]) == (206, b"RIFF")
    hits = state.library().search(like=Example(state.uploads.path(told["upload"])))
    assert hits


def test_a_sent_sound_is_nearest_to_itself_in_the_library(client, state, made_library) -> None:
    path = made_library / "sounds" / "bird" / "chirp.wav"
    key = send(client, path.read_bytes()).json()["upload"]
    hit = state.library().search(like=Example(state.uploads.path(key)), limit=1)[0]
    assert hit.path == path
    assert hit.distance == 0.0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\sounds\\door.wav", "door.wav"),
        ("a\0b\r\n.wav", "a b  .wav"),
        ("雨\u202e", "雨"),
        ("/", "sound"),
        ("", "sound"),
        ("x" * 4000, "x" * 200),
    ],
)
def test_names_are_for_people_only(name, shown) -> None:
    assert shown_name(name) == shown


def test_names_never_reach_the_disk(client, state) -> None:
    told = send(client, sound_bytes(0.1), "..%2F%FF%FE.wav").json()
    assert told["name"] == "\ufffd\ufffd.wav"
    assert state.uploads.path(told["upload"]).name == told["upload"] + ".wav"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"no sound at all", "not audio"),
        (sound_bytes()[:40], ""),
        (b"RIFF" + bytes(1000), ""),
        (b"\x00" * 5000, ""),
        (sound_bytes(format="FLAC", subtype="PCM_16")[:200], ""),
    ],
)
def test_what_cannot_be_decoded_is_refused_with_a_reason(client, content, reason) -> None:
    answer = send(client, content)
    assert answer.status_code == 415
    error = answer.json()["error"]
    assert error["code"] == "unreadable"
    assert reason in error["message"]
    assert "/tmp" not in error["message"] and ".part" not in error["message"]


def test_nan_is_refused(client) -> None:
    wild = io.BytesIO()
    soundfile.write(wild, np.full(1000, np.nan), 16000, format="WAV", subtype="FLOAT")
    answer = send(client, wild.getvalue())
    assert answer.status_code == 415
    assert "NaN" in answer.json()["error"]["message"]


def test_too_many_bytes_are_refused_as_they_arrive(settings) -> None:
    with open_client(replace(settings, upload_limit_bytes=100_000)) as client:
        parts = (bytes(10_000) for _ in range(20))
        answer = send(client, parts)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
        assert send(client, bytes(200_000)).status_code == 413
        assert not list(client.app.state.kikimimi.uploads._place("x").parent.iterdir())


def test_too_many_seconds_are_refused(settings) -> None:
    with open_client(replace(settings, upload_limit_s=1.0)) as client:
        assert send(client, sound_bytes(1.0)).status_code == 200
        answer = send(client, sound_bytes(1.1))
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_long")


def test_decoding_that_takes_too_long_is_killed(settings) -> None:
    with open_client(replace(settings, upload_timeout_s=0.01)) as client:
        answer = send(client, sound_bytes())
        assert answer.status_code == 415
        assert "too long" in answer.json()["error"]["message"]


@pytest.mark.skipif(os.name == "nt", reason="no limits of address space there")
def test_decoding_that_takes_too_much_memory_ends(settings) -> None:
    with open_client(replace(settings, upload_memory_bytes=64 << 20)) as client:
        answer = send(client, sound_bytes(20.0, 48000))
        assert answer.status_code == 415
        assert "memory" in answer.json()["error"]["message"]


def test_a_bounded_number_is_kept(settings) -> None:
    with open_client(replace(settings, uploads_kept=2)) as client:
        keys = [send(client, sound_bytes(0.1)).json()["upload"] for _ in range(3)]
        found = [client.get(f"/media/upload/{key}").status_code for key in keys]
        assert found == [404, 200, 200]


def test_a_bounded_size_is_kept(settings) -> None:
    with open_client(replace(settings, uploads_kept_bytes=20_000)) as client:
        first, second = (send(client, sound_bytes(0.2)).json()["upload"] for _ in range(2))
        assert client.get(f"/media/upload/{first}").status_code == 404
        assert client.get(f"/media/upload/{second}").status_code == 200


def test_sounds_are_kept_for_a_while_and_deleted_at_the_end(settings) -> None:
    before = folders()
    with open_client(replace(settings, upload_lifetime_s=0.0)) as client:
        key = send(client, sound_bytes(0.1)).json()["upload"]
        time.sleep(0.01)
        answer = client.get(f"/media/upload/{key}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
        assert folders() > before
    assert folders() == before


def test_what_breaks_off_leaves_nothing_behind(settings) -> None:
    async def broken():
        yield b"RIFF"
        raise ConnectionError

    async def run(store: UploadStore) -> list[Path]:
        with pytest.raises(ConnectionError):
            await store.receive(broken(), "x")
        return list(store._place("x").parent.iterdir())

    store = UploadStore(settings)
    try:
        assert asyncio.run(run(store)) == []
        with pytest.raises(NotFoundError):
            store.get("x" * 22)
    finally:
        store.close()


def test_a_closed_store_decodes_nothing(settings, tmp_path) -> None:
    store = UploadStore(settings)
    store.close()
    with pytest.raises(UnreadableError):
        store._decoder.decode(tmp_path / "a", tmp_path / "b")
