"""Undo, redo, the search box and sums of sounds on the command line."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_changes_are_taken_back_and_made_again(run: Run, sounds: Path) -> None:
    run("index", sounds)
    assert run("undo").returncode == 2
    run("tag", sounds / "low.wav", "--add", "rumble")
    run("playlist", "create", "scene")
    assert "scene" in run("undo").stderr
    assert run("playlist", "list").stdout.strip() == ""
    listed = [json.loads(line) for line in run("undo", "--list", "--json").stdout.splitlines()]
    assert [each["kind"] for each in listed] == ["playlist_created", "tag_added"]
    assert "scene" in run("redo").stderr
    assert "scene" in run("playlist", "list").stdout


def test_the_search_box_and_sums_of_sounds(run: Run, sounds: Path) -> None:
    run("index", sounds)

    def names(*arguments: object) -> list[str]:
        done = run("search", *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return [Path(json.loads(line)["path"]).name for line in done.stdout.splitlines()]

    assert names('"tone" dur:<3 rate:16k') == ["middle tone.wav"]
    assert names("フォルダ:ドア") == ["高い.wav"]
    low = sounds / "low.wav"
    assert names(low, "--plus", sounds / "middle tone.wav")[-1] == "高い.wav"
    assert run("search", "dur:soon").returncode == 2
    assert run("search", "--minus", low).returncode == 2
