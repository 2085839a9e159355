"""What the page of one sound gets over HTTP."""

from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from web_helpers import write_tone

from kikimimi.web.sound_detail.kept import Kept
from kikimimi.web.state import ServerState


def test_the_spectrogram_says_what_it_shows(client: TestClient, sound_ids: dict[str, int]) -> None:
    address = f"/api/sounds/{sound_ids['long tone.wav']}/spectrogram"
    params = {"start_s": 1, "end_s": 2, "columns": 64, "rows": 32, "scale": "linear"}
    answer = client.get(address, params=params)
    assert answer.status_code == 200
    facts = {name: float(answer.headers[f"X-{name}"]) for name in ("Rows", "Columns", "F-Max")}
    assert facts == {"Rows": 32, "Columns": 64, "F-Max": 8000}
    assert (answer.headers["X-Start-S"], answer.headers["X-End-S"]) == ("1", "2")
    image = np.frombuffer(answer.content, np.uint8).reshape(32, 64)
    assert (image.argmax(axis=0) == 30).all()  # 440 Hz lies in the second of 32 rows of 250 Hz
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(address, params=params, headers=known).status_code == 304


def test_overviews_have_any_number_of_points(client: TestClient, sound_ids: dict[str, int]) -> None:
    address = f"/api/sounds/{sound_ids['knock.wav']}/overview"
    for points in (1, 128, 1000):
        answer = client.get(address, params={"points": points})
        pairs = np.frombuffer(answer.content, np.int8).reshape(points, 2)
        assert (pairs[:, 0] <= pairs[:, 1]).all()
        assert pairs.max() > 45


def test_tags_over_time_have_a_score_for_each_time(
    client: TestClient, sound_ids: dict[str, int]
) -> None:
    found = client.get(f"/api/sounds/{sound_ids['long tone.wav']}/tags_over_time").json()
    times = found["times_s"]
    assert times == sorted(times) and 0 < times[0] < 1 and 4 < times[-1] < 5
    for tag in found["tags"]:
        assert len(tag["scores"]) == len(times)
        assert tag["label_en"] and tag["label_ja"]


def test_tags_over_time_come_from_the_detector(
    client: TestClient, state: ServerState, shared_data: Path
) -> None:
    """A dog barks 2.3 s into the clip, and at no other time."""
    clip = shared_data / "esc50" / "audio" / "1-100032-A-0.ogg"
    state.library().index([clip], workers=1)
    sound = state.library().sound(clip).id
    found = client.get(f"/api/sounds/{sound}/tags_over_time").json()
    (dog,) = [tag for tag in found["tags"] if tag["label_ja"] == "犬"]
    best = max(range(len(dog["scores"])), key=dog["scores"].__getitem__)
    assert dog["name"] == "audioset/Dog"
    assert 1.5 < found["times_s"][best] < 3.2
    assert dog["scores"][-1] < 0.2


def test_the_nearest_are_rows_with_distances(
    client: TestClient, state: ServerState, sound_ids: dict[str, int]
) -> None:
    sound = sound_ids["knock.wav"]
    rows = client.get(f"/api/sounds/{sound}/nearest", params={"limit": 3}).json()["rows"]
    expected = [hit.sound_id for hit in state.library().search(like=sound, limit=3)]
    assert [row["id"] for row in rows] == expected
    assert rows[0]["distance"] <= rows[1]["distance"] <= rows[2]["distance"]


def test_metadata_has_the_fields_of_the_name(
    client: TestClient, state: ServerState, tmp_path: Path
) -> None:
    path = write_tone(tmp_path / "DOORWood_Slow <b>_ABC_LIB.wav", 300)
    state.library().index([path], workers=1)
    sound = state.library().sound(path).id
    found = client.get(f"/api/sounds/{sound}/metadata").json()
    assert found["ucs"]["fx_name"] == "Slow <b>"


@pytest.mark.parametrize("what", ["metadata", "spectrogram", "tags_over_time", "overview?points=9"])
def test_a_file_that_is_gone_is_said_to_be_missing(
    client: TestClient, state: ServerState, tmp_path: Path, what: str
) -> None:
    path = write_tone(tmp_path / "gone.wav", 300)
    state.library().index([path], workers=1)
    sound = state.library().sound(path).id
    path.unlink()
    answer = client.get(f"/api/sounds/{sound}/{what}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "missing")


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("spectrogram?columns=0", 422),
        ("spectrogram?rows=99999", 422),
        ("spectrogram?scale=bark", 422),
        ("spectrogram?start_s=nan", 422),
        ("spectrogram?start_s=4&end_s=3", 415),
        ("overview?points=0", 422),
        ("nearest?limit=0", 422),
    ],
)
def test_wrong_calls_are_refused(
    client: TestClient, sound_ids: dict[str, int], what: str, status: int
) -> None:
    answer = client.get(f"/api/sounds/{sound_ids['knock.wav']}/{what}")
    assert answer.status_code == status
    assert client.get(f"/api/sounds/999999/{what}").status_code in (404, 422)


def test_what_is_kept_stays_within_its_size() -> None:
    made: list[int] = []

    def make(number: int) -> bytes:
        made.append(number)
        return bytes(40)

    kept: Kept[bytes] = Kept(100, len)
    for number in (1, 2, 1, 3, 1, 2):
        kept.get(number, lambda number=number: make(number))
    assert made == [1, 2, 3, 2]
