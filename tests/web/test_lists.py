"""Queries, pages of rows, counts and suggestions over HTTP."""

import struct

import pytest
from fastapi.testclient import TestClient


def found(client: TestClient, **query: object) -> dict:
    answer = client.post("/api/results", json=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(client: TestClient, **query: object) -> list[dict]:
    key = found(client, **query)["result"]
    return client.get(f"/api/results/{key}/rows").json()["rows"]


def names(client: TestClient, **query: object) -> list[str]:
    return [row["name"] for row in rows(client, **query)]


EVERYTHING = [
    *("chirp.wav", "knock.wav", "long tone.wav", "rain <b>&.wav", "slam.wav", "さえずり.wav")
]


def test_the_first_rows_come_with_the_answer_that_names_the_list(client: TestClient) -> None:
    answer = client.post("/api/results", params={"rows": 2}, json={}).json()
    assert [row["name"] for row in answer["rows"]] == EVERYTHING[:2]
    assert answer["total"] == len(EVERYTHING)
    later = client.get(f"/api/results/{answer['result']}/rows", params={"limit": 2}).json()
    assert later["rows"] == answer["rows"]
    assert found(client)["rows"] == []
    assert client.post("/api/results", params={"rows": 501}, json={}).status_code == 422


def test_a_row_has_all_that_the_list_shows(client: TestClient) -> None:
    assert names(client) == EVERYTHING
    row = rows(client, text="long")[0]
    assert row["folder"].endswith("sounds")
    assert (row["duration_s"], row["channels"], row["format"]) == (5.0, 1, "WAV")
    assert (row["playable"], row["missing"]) == (True, False)
    assert {"name", "label_en", "label_ja", "score", "source"} == set(row["tags"][0])
    assert -20 < row["loudness_lufs"] < 0
    assert row["gain_db"] == pytest.approx(-23 - row["loudness_lufs"])
    assert isinstance(row["overview"], str)


def test_pages_ids_and_places(client: TestClient, sound_ids: dict[str, int]) -> None:
    result = found(client, sort="duration_s", descending=True)
    assert result["total"] == 6
    address = f"/api/results/{result['result']}"
    page = client.get(f"{address}/rows?offset=4&limit=100").json()
    assert (len(page["rows"]), page["total"]) == (2, 6)
    answer = client.get(f"{address}/ids")
    ids = struct.unpack("<6I", answer.content)
    assert ids[0] == sound_ids["long tone.wav"]
    assert client.get(f"{address}/place?id={ids[3]}").json() == {"offset": 3}
    assert client.get(f"{address}/place?id=999").json() == {"offset": None}
    assert client.get(f"{address}/rows?limit=501").status_code == 422


def test_the_same_query_has_the_same_key_until_something_changes(client: TestClient) -> None:
    before = found(client, text="wav")
    assert found(client, text="wav")["result"] == before["result"]
    client.post("/api/tags/add", json={"sounds": [1], "name": "x"})
    assert found(client, text="wav")["result"] != before["result"]
    assert client.get(f"/api/results/{before['result']}/rows").status_code == 200


def test_the_box_and_the_members_are_joined(client: TestClient) -> None:
    assert names(client, text="folder:bird", max_duration_s=2) == ["chirp.wav", "さえずり.wav"]
    assert names(client, text="フォルダ：bird -chirp") == ["さえずり.wav"]
    assert names(client, text="dur:>2") == ["long tone.wav"]
    assert names(client, min_loudness_lufs=0) == []
    refused = client.post("/api/results", json={"text": "dur:long"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "query")


def test_an_example_a_stretch_and_a_sum(client: TestClient, sound_ids: dict[str, int]) -> None:
    chirp, knock = sound_ids["chirp.wav"], sound_ids["knock.wav"]
    like = rows(client, like=[{"sound": chirp}])
    assert like[0]["name"] == "さえずり.wav"
    assert like[0]["distance"] < like[-1]["distance"]
    assert like[0]["end_s"] > like[0]["start_s"]
    stretch = [{"sound": sound_ids["long tone.wav"], "start_s": 1.0, "end_s": 2.0}]
    assert found(client, like=stretch)["total"] == 5
    both = [{"sound": chirp}, {"sound": knock}]
    assert set(names(client, like=both)[:2]) <= {"さえずり.wav", "slam.wav", "rain <b>&.wav"}
    without = [{"sound": chirp}, {"sound": knock, "weight": -1}]
    far = {row["name"]: row["distance"] for row in rows(client, like=[{"sound": chirp}])}
    further = {row["name"]: row["distance"] for row in rows(client, like=without)}
    assert further["slam.wav"] > far["slam.wav"]
    assert all(further[name] >= far[name] for name in further)
    assert found(client, text=f"like:#{chirp} -like:#{knock}")["total"] == 4
    assert client.post("/api/results", json={"like": [{"weight": 1}]}).status_code == 422
    alone = client.post("/api/results", json={"like": [{"sound": chirp, "weight": -1}]})
    assert alone.status_code == 400
    unknown = client.post("/api/results", json={"like": [{"sound": 999}]})
    assert unknown.status_code == 404


def test_counts_and_suggestions(client: TestClient) -> None:
    key = found(client, text="folder:bird")["result"]
    facets = client.get(f"/api/results/{key}/facets").json()
    assert [each["count"] for each in facets["folders"]] == [2]
    assert facets["formats"] == [{"value": "wav", "count": 2}]
    assert {"from", "to", "count"} == set(facets["duration"][0])
    assert sum(each["count"] for each in facets["loudness"]) == 2
    folders = client.get("/api/suggest", params={"text": "rain bir"}).json()["folders"]
    assert folders[0]["path"].endswith("bird")
    assert client.get("/api/suggest").json()["tags"]


def test_unknown_keys_and_members_are_refused(client: TestClient) -> None:
    assert client.get(f"/api/results/{'0' * 24}/rows").status_code == 404
    assert client.get("/api/results/..%2f..%2fetc/rows").status_code in (404, 422)
    assert client.post("/api/results", json={"sorted": "name"}).status_code == 422
    assert client.post("/api/results", json={"text": "x" * 3000}).status_code == 422
