"""Sounds that the page has made: of sounds, between sounds, of a class; listened to and kept."""

import io
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile
from web_helpers import open_client

from kikimimi.generation.making.files import read_parameters
from kikimimi.web.settings import ServerSettings

LIMIT_S = 120


@pytest.fixture
def settings(settings: ServerSettings, toy_generators: dict[str, Path]) -> ServerSettings:
    return replace(settings, generator=str(toy_generators["vae"]))


def job_of(client, answer) -> dict[str, Any]:
    """The job that an answer began, when it has ended."""
    assert answer.status_code in (200, 202), answer.text
    number = answer.json()["job"]["id"]
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        job = next(each for each in client.get("/api/jobs").json() if each["id"] == number)
        if job["state"] not in ("running", "stopping"):
            return job
        time.sleep(0.02)
    raise AssertionError("the job did not end")


def make(client, **wanted: Any) -> list[dict[str, Any]]:
    job = job_of(client, client.post("/api/make", json=wanted))
    assert job["state"] == "done", job
    return [client.get(f"/api/made/{key}").json() for key in job["report"]["made"]]


def send(client, path: Path) -> str:
    headers = {"Content-Type": "application/octet-stream", "X-File-Name": "sent%20%E9%9B%A8.wav"}
    return client.post("/api/uploads", content=path.read_bytes(), headers=headers).json()["upload"]


def test_the_page_is_told_what_sounds_are_made_with(client) -> None:
    told = client.get("/api/generator").json()
    assert told["available"] and told["samples"] and not told["knows_text"]
    assert [each["name"] for each in told["classes"]] == ["hiss", "tone"]
    assert told["licence"]


def test_without_a_generator_the_page_is_told_how_to_train_one(
    settings, monkeypatch, tmp_path
) -> None:
    monkeypatch.setattr("kikimimi.generation.registry._SHIPPED", tmp_path)
    with open_client(replace(settings, generator=None)) as client:
        told = client.get("/api/generator").json()
        assert not told["available"] and "kikimimi train generate_vae" in told["message"]
        answer = client.post("/api/make", json={"method": "sample"})
        assert answer.status_code == 400
        assert "kikimimi train" in answer.json()["error"]["message"]


def test_sounds_are_varied_listened_to_and_saved(client, sound_ids) -> None:
    source = {"sound": sound_ids["chirp.wav"]}
    made = make(client, method="vary", source=source, amount=0.3, count=2, seed=5)
    assert [each["name"] for each in made] == ["chirp_vary_5.wav", "chirp_vary_6.wav"]
    assert made[0]["duration_s"] == pytest.approx(1.0)
    assert made[0]["parameters"]["amount"] == 0.3
    key = made[0]["made"]
    played = client.get(f"/media/made/{key}", headers={"Range": "bytes=0-43"})
    assert (played.status_code, played.content[:4]) == (206, b"RIFF")
    saved = client.get(f"/media/made/{key}/file/{made[0]['name']}")
    assert "chirp_vary_5.wav" in saved.headers["Content-Disposition"]
    assert soundfile.info(io.BytesIO(saved.content)).subtype == "PCM_24"
    # the same wish gives the same sound
    again = make(client, method="vary", source=source, amount=0.3, count=1, seed=5)
    same = client.get(f"/media/made/{again[0]['made']}/file/x.wav").content
    assert same == saved.content


def test_a_sound_of_the_library_is_blended_with_one_that_was_sent(
    client, sound_ids, made_library
) -> None:
    sent = send(client, made_library / "sounds" / "long tone.wav")
    made = make(
        client,
        method="blend",
        first={"sound": sound_ids["knock.wav"]},
        second={"upload": sent},
        shares=[0, 0.25, 1],
    )
    assert [round(each["duration_s"], 1) for each in made] == [1.0, 2.0, 5.0]
    assert made[1]["name"] == "knock_sent_雨_blend_25.wav"
    assert made[1]["parameters"]["second"] == "sent 雨.wav"


def test_sounds_are_sampled_and_reconstructed(client, sound_ids) -> None:
    made = make(client, method="sample", label="tone", seconds=0.5, count=2, loop=True)
    assert [each["name"] for each in made] == ["tone_0.wav", "tone_1.wav"]
    kept = make(client, method="reconstruct", source={"sound": sound_ids["slam.wav"]})
    assert kept[0]["name"] == "slam_reconstructed.wav"


def test_a_kept_sound_is_found_in_the_library(client, state, library_path) -> None:
    made = make(client, method="sample", label="tone", seconds=0.5, count=1)
    places = []
    for _ in range(2):
        answer = client.post(f"/api/made/{made[0]['made']}/keep")
        assert job_of(client, answer)["state"] == "done"
        places.append(Path(answer.json()["path"]))
    folder = library_path.with_name("library-made")
    assert places == [folder / "tone_0.wav", folder / "tone_0 2.wav"]
    parameters = read_parameters(places[0])
    assert parameters is not None and parameters["class"] == "tone"
    assert {sound.name for sound in state.library().sounds()} >= {"tone_0.wav", "tone_0 2.wav"}


def test_what_cannot_be_made_is_told(client, sound_ids) -> None:
    wrong = client.post("/api/make", json={"method": "sample", "label": "tome", "count": 1})
    job = job_of(client, wrong)
    assert job["state"] == "failed" and "did you mean 'tone'" in job["message"]
    gone = client.post("/api/make", json={"method": "vary", "source": {"sound": 999}})
    assert gone.status_code == 404
    unsent = {"method": "vary", "source": {"upload": "A" * 22}}
    assert client.post("/api/make", json=unsent).status_code == 404
    for wanted in (
        {"method": "sample", "seconds": 0.4},
        {"method": "sample", "count": 1000},
        {"method": "vary", "source": {}},
        {"method": "blend", "first": {"sound": 1}},
        {"method": "shout"},
        {},
    ):
        assert client.post("/api/make", json=wanted).status_code == 422
    assert client.get(f"/media/made/{'A' * 22}").status_code == 404
    assert client.post(f"/api/made/{'A' * 22}/keep").status_code == 404


def test_what_was_made_is_deleted_with_the_server(settings) -> None:
    with open_client(settings) as client:
        make(client, method="sample", seconds=0.5, count=1)
        store = client.app.state.kikimimi.made
        (folder,) = {file.path.parent.parent for file in store._files.values()}
        assert folder.is_dir()
    assert not folder.exists()
