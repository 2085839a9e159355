"""`kikimimi index --hash`."""

import json
from pathlib import Path


def test_searches_go_through_codes(run, sounds: Path) -> None:
    done = run("index", sounds, "--encoder", "placeholder", "--hash", 64)
    assert done.returncode == 1  # one of the files is no sound
    assert "codes of 64 bits" in done.stderr
    found = run("search", sounds / "low.wav", "--json").stdout.splitlines()
    assert Path(json.loads(found[0])["path"]).name == "low.wav"
    # the length alone is changed without looking at the sounds
    assert json.loads(run("index", "--hash", 16, "--json").stdout) == {"hash_bits": 16}


def test_wrong_lengths_and_nothing_to_index(run, sounds: Path, tmp_path: Path) -> None:
    for arguments, message in (
        ((sounds, "--encoder", "placeholder", "--hash", 20), "16, 32, 48, 64, 128"),
        ((), "nothing to index"),
    ):
        done = run("index", *arguments)
        assert done.returncode == 2
        assert message in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "test.kikimimi").exists()
