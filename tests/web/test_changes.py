"""Tags, taught tags, playlists, the journal and missing files over HTTP."""

import csv
import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kikimimi.web import file_manager
from kikimimi.web.state import ServerState


def post(client: TestClient, path: str, /, **body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def tags(client: TestClient, sound: int) -> dict[str, str]:
    key = post(client, "/api/results")["result"]
    rows = client.get(f"/api/results/{key}/rows").json()["rows"]
    row = next(row for row in rows if row["id"] == sound)
    return {tag["name"]: tag["source"] for tag in row["tags"]}


def test_a_tag_is_given_taken_undone_and_done_again(client: TestClient) -> None:
    changed = post(client, "/api/tags/add", sounds=[1, 2], name="犬")
    assert changed["changed"] == 2
    assert changed["undo"] == {"kind": "tag_added", "params": {"tag": "犬", "count": 2}}
    assert tags(client, 1)["犬"] == "user"
    undone = post(client, "/api/undo")
    assert undone["undone"]["kind"] == "tag_added"
    assert undone["revision"] > changed["revision"]
    assert "犬" not in tags(client, 1)
    assert post(client, "/api/redo")["redone"]["params"]["count"] == 2
    assert "犬" in tags(client, 2)
    again = post(client, "/api/tags/add", sounds=[1], name="犬")
    assert (again["changed"], again["undo"]) == (0, None)


def test_automatic_tags_are_accepted_and_rejected(client: TestClient) -> None:
    post(client, "/api/tags/accept", sounds=[1], name="placeholder/low")
    assert tags(client, 1)["placeholder/low"] == "user"
    post(client, "/api/tags/reject", sounds=[2], name="placeholder/low")
    assert "placeholder/low" not in tags(client, 2)


def test_a_whole_list_is_tagged_at_once(client: TestClient) -> None:
    key = post(client, "/api/results", text="folder:bird")["result"]
    assert post(client, "/api/tags/add", result=key, name="bird")["changed"] == 2
    assert post(client, "/api/results", tags=["bird"])["total"] == 2
    neither = client.post("/api/tags/add", json={"name": "bird"})
    assert neither.status_code == 422
    bad = client.post("/api/tags/add", json={"name": "two\nlines", "sounds": [1]})
    assert bad.status_code == 400
    assert client.post("/api/tags/remove", json={"name": "?", "sounds": [1]}).status_code == 404


def test_a_tag_is_taught_and_unlearned(client: TestClient, sound_ids: dict[str, int]) -> None:
    report = post(client, "/api/taught", name="chirping", wanted=[sound_ids["chirp.wav"]])
    assert report["added"] >= 1
    assert report["best"][0]["id"] in sound_ids.values()
    assert client.get("/api/taught").json()[0]["name"] == "chirping"
    assert client.delete("/api/taught/chirping").status_code == 200
    assert client.get("/api/taught").json() == []
    post(client, "/api/undo")
    assert client.get("/api/taught").json()[0]["examples"] == 1
    assert client.delete("/api/taught/nothing").status_code == 404


@pytest.fixture
def playlist(client: TestClient) -> int:
    return int(post(client, "/api/playlists", name='場面 "1"', sounds=[1, 2, 1])["id"])


def test_playlists_are_made_ordered_and_deleted(client: TestClient, playlist: int) -> None:
    address = f"/api/playlists/{playlist}"
    listed = client.get("/api/playlists").json()[0]
    assert (listed["name"], listed["count"]) == ('場面 "1"', 3)
    revision = client.get(address).json()["revision"]
    order = {"sounds": [2, 1], "expected_revision": revision}
    assert client.put(f"{address}/items", json=order).json()["count"] == 2
    late = client.put(f"{address}/items", json=order)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "conflict")
    post(client, f"{address}/items", sounds=[3], at=1)
    assert [row["id"] for row in client.get(address).json()["rows"]] == [2, 3, 1]
    assert client.patch(address, json={"name": "opening"}).status_code == 200
    assert post(client, "/api/results", playlist=playlist)["total"] == 3
    assert client.delete(address).status_code == 200
    assert client.get(address).status_code == 404
    for _ in range(5):
        post(client, "/api/undo")
    assert client.get("/api/playlists").json() == []


def test_playlists_are_exported(client: TestClient, playlist: int, state: ServerState) -> None:
    address = f"/api/playlists/{playlist}/export"
    m3u8 = client.get(address, params={"kind": "m3u8"})
    assert m3u8.text.startswith("#EXTM3U\n")
    assert "attachment" in m3u8.headers["content-disposition"]
    table = list(csv.reader(io.StringIO(client.get(address, params={"kind": "csv"}).text)))
    assert [row[0] for row in table] == ["position", "1", "2", "3"]
    archive = zipfile.ZipFile(io.BytesIO(client.get(address, params={"kind": "zip"}).content))
    assert archive.testzip() is None
    first = state.library().sound(1)
    assert archive.read(f"001 {first.name}") == first.path.read_bytes()
    assert len(archive.namelist()) == 3
    assert client.get(address, params={"kind": "exe"}).status_code == 422


def test_the_journal_lists_changes_and_undoes_one_of_them(client: TestClient) -> None:
    first = post(client, "/api/tags/add", sounds=[1], name="a")["change"]
    second = post(client, "/api/tags/add", sounds=[1], name="b")["change"]
    post(client, "/api/undo", change=first)
    journal = client.get("/api/journal").json()
    assert [(each["id"], each["undone"]) for each in journal] == [(second, False), (first, True)]
    assert client.get("/api/status").json()["can_redo"]["params"]["tag"] == "a"
    post(client, "/api/tags/remove", sounds=[1], name="b")
    conflict = client.post("/api/undo", json={"change": second})
    assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "conflict")


def test_nothing_to_undo_is_no_defect(client: TestClient) -> None:
    assert client.post("/api/undo").status_code == 400
    assert client.post("/api/redo", json={}).status_code == 400


def test_missing_sounds_are_located_or_forgotten(
    client: TestClient, state: ServerState, tmp_path: Path
) -> None:
    library = state.library()
    place = tmp_path / "moved.wav"
    shutil.copyfile(library.sound(1).path, place)
    with library.database.writing() as connection:
        connection.exec_driver_sql("UPDATE sounds SET missing = 1 WHERE id IN (1, 2)")
    wrong = client.post("/api/sounds/1/locate", json={"path": "/etc/hostname"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "query")
    assert client.post("/api/sounds/1/locate", json={"path": "moved.wav"}).status_code == 400
    post(client, "/api/sounds/1/locate", path=str(place))
    assert library.sound(1).path == place
    assert post(client, "/api/results", missing=True)["total"] == 1
    assert post(client, "/api/sounds/forget", sounds=[2])["changed"] == 1
    assert client.post("/api/sounds/forget", json={"sounds": [3]}).status_code == 400
    post(client, "/api/undo")
    assert library.sound(2).missing


def test_a_file_is_shown_by_a_list_of_arguments(
    client: TestClient, state: ServerState, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(file_manager.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(
        file_manager.subprocess, "Popen", lambda command, **_options: called.append(command)
    )
    assert client.post("/api/sounds/1/reveal").status_code == 204
    assert len(called) == 1
    assert str(state.library().sound(1).path.parent) in called[0][-1]
    assert client.post("/api/sounds/999/reveal").status_code == 404
