"""The timbre space over HTTP: axes, packed values, neighbours, layouts."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from web_helpers import write_tone

from kikimimi.web.space.packing import HIGHEST_STEP, NO_VALUE, Column, pack_values
from kikimimi.web.space.values import axis_keys
from kikimimi.web.state import ServerState

Unpacked = tuple[dict[str, Any], np.ndarray, list[np.ndarray]]


def unpack(body: bytes) -> Unpacked:
    """Header, ids, and the values of each axis, NaN for none."""
    end = body.index(b"\n") + 1
    assert end % 4 == 0
    header = json.loads(body[:end])
    count = header["count"]
    ids = np.frombuffer(body, "<u4", count, end)
    axes = []
    for number, axis in enumerate(header["axes"]):
        steps = np.frombuffer(body, "<u2", count, end + 4 * count + 2 * count * number)
        low, high = axis["min"], axis["max"]
        if axis["scale"] == "log":
            low, high = np.log(low), np.log(high)
        values = low + (high - low) * steps.astype(np.float64) / HIGHEST_STEP
        values = np.exp(values) if axis["scale"] == "log" else values
        axes.append(np.where(steps == NO_VALUE, np.nan, values))
    assert len(body) == end + 4 * count + 2 * count * len(axes)
    return header, ids, axes


def values(client: TestClient, axes: str, **more: str) -> Unpacked:
    answer = client.get("/api/space/values", params={"axes": axes, **more})
    assert answer.status_code == 200, answer.text
    return unpack(answer.content)


def test_packed_values_come_back_within_a_step() -> None:
    generator = np.random.default_rng(0)
    linear = generator.normal(size=1000).astype(np.float32)
    linear[7] = np.nan
    log = np.exp(generator.normal(size=1000)).astype(np.float32)
    body = pack_values(
        np.arange(1, 1001), [Column("a", "linear", linear), Column("b", "log", log)], revision=3
    )
    header, ids, (first, second) = unpack(body)
    assert header["revision"] == 3 and header["axes"][0]["missing"] == 1
    assert ids.tolist() == list(range(1, 1001))
    np.testing.assert_allclose(first, linear, atol=np.nanmax(abs(linear)) / 30000)
    np.testing.assert_allclose(second, log, rtol=1e-3)


def test_an_axis_without_any_value_or_with_one_is_packed_too() -> None:
    columns = [
        Column("none", "linear", np.full(3, np.nan, np.float32)),
        Column("same", "log", np.full(3, 5.0, np.float32)),
        Column("zero", "log", np.zeros(3, np.float32)),
    ]
    _, _, (none, same, zero) = unpack(pack_values(np.arange(3), columns, revision=0))
    assert np.isnan(none).all()
    assert same.tolist() == pytest.approx([5.0] * 3)
    assert zero.tolist() == pytest.approx([0.001] * 3)


def test_names_of_tags_may_hold_commas() -> None:
    text = "pca.1,tag:audioset/Walk, footsteps,duration_s,tag:a,b,ica.20"
    found = axis_keys(text)
    assert found == ["pca.1", "tag:audioset/Walk, footsteps", "duration_s", "tag:a,b", "ica.20"]


def test_axes_are_named_in_both_languages(client: TestClient) -> None:
    axes = client.get("/api/space/axes").json()
    by_key = {axis["key"]: axis for axis in axes}
    assert {"loudness_lufs", "brightness_hz", "pitch_hz", "duration_s", "pca.1", "ica.1"} <= set(
        by_key
    )
    assert by_key["brightness_hz"]["label_ja"] == "明るさ"
    assert all(a["label_en"] and a["label_ja"] and a["description_en"] for a in axes)
    assert by_key["pca.1"]["available"] and "variance" in by_key["pca.1"]["description_en"]
    assert not by_key["umap.1"]["available"]
    assert any(axis["kind"] == "tag" for axis in axes) == any(k.startswith("tag:") for k in by_key)


def test_measures_are_those_of_the_sounds(client: TestClient, sound_ids: dict[str, int]) -> None:
    header, ids, (pitch, duration) = values(client, "pitch_hz,duration_s")
    assert ids.tolist() == sorted(sound_ids.values())
    by_id = dict(zip(ids.tolist(), zip(pitch, duration, strict=True), strict=True))
    assert by_id[sound_ids["long tone.wav"]] == pytest.approx((440, 5.0), rel=0.02)
    assert by_id[sound_ids["knock.wav"]][0] == pytest.approx(120, rel=0.02)
    assert header["axes"][0]["scale"] == "log"


def test_a_result_chooses_sounds_and_leaves_the_ranges(client: TestClient) -> None:
    key = client.post("/api/results", json={"text": "knock"}).json()["result"]
    whole, _, _ = values(client, "duration_s")
    part, ids, _ = values(client, "duration_s", result=key)
    assert len(ids) == 1
    assert part["axes"] == whole["axes"]


def test_an_unchanged_answer_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/api/space/values", params={"axes": "pca.1"})
    again = client.get(
        "/api/space/values",
        params={"axes": "pca.1"},
        headers={"If-None-Match": first.headers["etag"]},
    )
    assert again.status_code == 304 and not again.content


def test_nothing_moves_when_sounds_come(
    client: TestClient, state: ServerState, tmp_path: Path
) -> None:
    axes = "pca.1,pca.2,ica.1"
    _, before_ids, before = values(client, axes)
    for number in range(3):
        write_tone(tmp_path / f"new {number}.wav", 500 + 100 * number)
    state.library().index([tmp_path], workers=1)
    _, ids, after = values(client, axes)
    assert len(ids) == len(before_ids) + 3
    old = np.isin(ids, before_ids)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(other[old], one, atol=1e-3)
        assert np.isfinite(other).all()


def test_scores_of_a_tag_follow_the_tag(
    client: TestClient, state: ServerState, sound_ids: dict[str, int]
) -> None:
    _, _, (before,) = values(client, "tag:wooden, old")
    assert not before.any()
    state.library().add_tag([sound_ids["knock.wav"]], "wooden, old")
    _, ids, (after,) = values(client, "tag:wooden, old")
    assert dict(zip(ids.tolist(), after.tolist(), strict=True))[sound_ids["knock.wav"]] == 1
    assert after.sum() == 1


def test_near_gives_the_nearest_without_the_sound(
    client: TestClient, state: ServerState, sound_ids: dict[str, int]
) -> None:
    sound = sound_ids["chirp.wav"]
    found = client.get("/api/space/near", params={"id": sound, "limit": 3}).json()
    expected = state.library().search(like=sound, limit=3)
    assert [(each["id"], each["distance"]) for each in found] == [
        (hit.sound_id, hit.distance) for hit in expected
    ]
    assert sound not in [each["id"] for each in found]
    assert client.get("/api/space/near", params={"id": 999}).status_code == 404


def test_a_layout_is_fitted_by_a_job(client: TestClient) -> None:
    answer = client.post("/api/space/layout", json={"kind": "pca"})
    assert answer.status_code == 202
    job = answer.json()["job"]
    end = time.monotonic() + 30
    while time.monotonic() < end:
        state = next(each for each in client.get("/api/jobs").json() if each["id"] == job)
        if state["state"] not in ("running", "stopping"):
            break
        time.sleep(0.05)
    assert (state["state"], state["report"]["sounds"]) == ("done", 6)


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"axes": "nonsense"}, 400),
        ({"axes": "pca.11"}, 400),
        ({"axes": "umap.1"}, 400),
        ({"axes": "pca.1", "result": "../../etc/passwd"}, 422),
        ({"axes": "pca.1", "result": "0" * 24}, 404),
        ({"axes": ""}, 422),
        ({}, 422),
    ],
)
def test_wrong_calls_are_refused(client: TestClient, params: dict[str, str], status: int) -> None:
    answer = client.get("/api/space/values", params=params)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
