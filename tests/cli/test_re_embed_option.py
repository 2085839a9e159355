"""`kikimimi index --re-embed`."""

import json
from pathlib import Path

import pytest


def test_from_one_encoder_to_another(run, sounds: Path) -> None:
    (sounds / "text.wav").unlink()
    run("index", sounds, "--encoder", "placeholder", "--hash", 32)
    run("tag", sounds / "low.wav", "--add", "zzz mine")
    (sounds / "middle tone.wav").write_text("no sound")
    done = run("index", "--re-embed", "--encoder", "kikimimi", "--json")
    assert done.returncode == 1, done.stderr
    failure, summary = map(json.loads, done.stdout.splitlines())
    assert Path(failure["path"]).name == "middle tone.wav" and failure["error"]
    assert (summary["updated"], summary["missing"], summary["failed"]) == (2, 0, 1)
    hits = [json.loads(line) for line in run("search", '"zzz"', "--json").stdout.splitlines()]
    assert [Path(hit["path"]).name for hit in hits] == ["low.wav"]
    again = run("index", "--re-embed", "--encoder", "placeholder")
    assert again.returncode == 1
    assert "2 updated" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--re-embed",), "there is no library"),
        (("--re-embed", "."), "alone"),
        (("--re-embed", "--purge"), "alone"),
        (("--re-embed", "--retry-failed"), "alone"),
        (("--re-embed", "--hash", "64"), "alone"),
    ],
)
def test_wrong_calls(run, arguments: tuple[str, ...], message: str) -> None:
    done = run("index", *arguments)
    assert done.returncode == 2
    assert message in done.stderr and len(done.stderr.splitlines()) == 1


def test_an_unknown_encoder_leaves_the_library(run, sounds: Path) -> None:
    run("index", sounds, "--encoder", "placeholder")
    done = run("index", "--re-embed", "--encoder", "placeholde")
    assert done.returncode == 2
    assert "did you mean" in done.stderr
    assert "3 unchanged" in run("index", sounds).stderr
