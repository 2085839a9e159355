"""What the server says of one sound."""

from fastapi.testclient import TestClient

from kikimimi.web.state import ServerState


def test_a_sound_has_its_row_its_path_and_its_measures(
    client: TestClient, sound_ids: dict[str, int]
) -> None:
    answer = client.get(f"/api/sounds/{sound_ids['さえずり.wav']}").json()
    assert answer["name"] == "さえずり.wav"
    assert answer["path"].endswith("bird/さえずり.wav")
    assert answer["size_bytes"] > 1000
    assert answer["playable"] is True
    assert abs(answer["measures"]["pitch_hz"] - 3200) < 50 or answer["measures"]["pitch_hz"] is None
    assert -60 < answer["measures"]["loudness_lufs"] < 0
    assert answer["added_at"].startswith("20")
    assert answer["playlists"] == []


def test_a_sound_names_each_playlist_that_it_is_in_once(
    client: TestClient, state: ServerState, sound_ids: dict[str, int]
) -> None:
    sound = sound_ids["knock.wav"]
    client.post("/api/playlists", json={"name": "扉", "sounds": [sound, sound]})
    client.post("/api/playlists", json={"name": "Another", "sounds": [sound_ids["slam.wav"]]})
    answer = client.get(f"/api/sounds/{sound}").json()
    assert [playlist["name"] for playlist in answer["playlists"]] == ["扉"]


def test_all_tags_are_there_and_the_users_come_first(
    client: TestClient, sound_ids: dict[str, int]
) -> None:
    sound = sound_ids["knock.wav"]
    for number in range(12):
        client.post("/api/tags/add", json={"sounds": [sound], "name": f"mine {number:02d}"})
    tags = client.get(f"/api/sounds/{sound}").json()["tags"]
    assert len(tags) >= 12
    assert {tag["source"] for tag in tags[:12]} == {"user"}


def test_an_unknown_sound_is_not_found(client: TestClient) -> None:
    answer = client.get("/api/sounds/999999")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"]
