"""Each verb on small real files: what it prints, writes and returns."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

VERBS = (
    *("demo", "index", "search", "tag", "teach", "embed", "playlist", "models", "export"),
    *("distances", "train", "evaluate"),
)


def _lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_an_example(run, verb: str) -> None:
    done = run(verb, "--help", COLUMNS="200")
    assert done.returncode == 0
    shown = done.stdout if verb != "playlist" else run(verb, "add", "--help", COLUMNS="200").stdout
    assert f"kikimimi {verb}" in shown
    assert "Example" in shown


def test_index_names_the_bad_file_and_takes_the_others(run, sounds: Path) -> None:
    done = run("index", sounds)
    assert done.returncode == 1
    faults = [line for line in done.stderr.splitlines() if "text.wav" in line]
    assert len(faults) == 1
    assert "3 added" in done.stderr
    assert "Traceback" not in done.stderr


def test_index_again_decodes_nothing(run, sounds: Path) -> None:
    run("index", sounds)
    done = run("index", sounds, "--json")
    summary = _lines(done.stdout)[-1]
    assert summary["unchanged"] == 3
    assert summary["added"] == 0
    assert summary["failed"] == 1
    assert done.returncode == 1


def test_search_by_file_has_the_promised_fields(run, sounds: Path) -> None:
    run("index", sounds)
    done = run("search", sounds / "low.wav", "--json")
    assert done.returncode == 0
    hits = _lines(done.stdout)
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert hits[0]["path"] == str(sounds / "low.wav")
    assert hits[0]["distance"] == 0
    assert set(hits[0]) == {"rank", "path", "start", "end", "distance", "found_by", "tags"}
    distances = [hit["distance"] for hit in hits]
    assert distances == sorted(distances)


def test_search_by_words_in_japanese(run, sounds: Path) -> None:
    run("index", sounds, "--encoder", "placeholder")  # its tags have no Japanese names
    for words in ("高", "ドア", "高い"):
        hits = _lines(run("search", words, "--json").stdout)
        assert [Path(hit["path"]).name for hit in hits] == ["高い.wav"]


def test_example_words_and_filters_together(run, sounds: Path) -> None:
    run("index", sounds)
    found = run(
        "search", sounds / "low.wav", "middle", "--duration", "<3", "--rate", "16k", "--json"
    )
    assert [Path(hit["path"]).name for hit in _lines(found.stdout)] == ["middle tone.wav"]
    none = run("search", sounds / "low.wav", "--duration", ">3")
    assert none.returncode == 0
    assert "nothing found" in none.stderr


def test_a_sound_of_the_library_is_not_its_own_neighbour(run, sounds: Path) -> None:
    run("index", sounds)
    hits = _lines(run("search", "--id", 1, "--json").stdout)
    assert len(hits) == 2


def test_a_stretch_of_a_file(run, sounds: Path) -> None:
    run("index", sounds)
    done = run("search", sounds / "low.wav", "--start", 0.2, "--end", 0.7, "--json")
    assert Path(_lines(done.stdout)[0]["path"]).name == "low.wav"
    wrong = run("search", sounds / "low.wav", "--start", 0.7, "--end", 0.2)
    assert wrong.returncode == 2


def test_embed_writes_the_vectors_in_the_order_given(run, sounds: Path, tmp_path: Path) -> None:
    files = [sounds / "middle tone.wav", sounds / "low.wav"]
    done = run("embed", *files, "-o", tmp_path / "out.npz")
    assert done.returncode == 0, done.stderr
    written = np.load(tmp_path / "out.npz")
    assert written["embeddings"].shape == (2, 128)
    assert written["paths"].tolist() == [str(path) for path in files]


def test_embed_leaves_bad_files_out(run, sounds: Path, tmp_path: Path) -> None:
    files = [sounds / "text.wav", sounds / "low.wav"]
    done = run("embed", *files, "-o", tmp_path / "out.npz")
    assert done.returncode == 1
    assert np.load(tmp_path / "out.npz")["paths"].tolist() == [str(files[1])]
    assert len([line for line in done.stderr.splitlines() if "text.wav" in line]) == 1


def test_tag_tells_name_and_score(run, sounds: Path) -> None:
    done = run("tag", sounds / "low.wav", "--json")
    record = _lines(done.stdout)[0]
    assert record["path"] == str(sounds / "low.wav")
    for tag in record["tags"]:
        assert 0 <= tag["score"] <= 1
        assert "/" in tag["name"]
    assert run("tag", sounds / "text.wav").returncode == 1


def test_user_tags_are_searched(run, sounds: Path) -> None:
    run("index", sounds)
    assert run("tag", sounds / "low.wav", "--add", "低い音").returncode == 0
    hits = _lines(run("search", "--tag", "低い音", "--json").stdout)
    assert [Path(hit["path"]).name for hit in hits] == ["low.wav"]
    assert {"name": "低い音", "score": 1.0, "source": "user"} in hits[0]["tags"]
    run("tag", sounds / "low.wav", "--remove", "低い音")
    assert run("search", "--tag", "低い音", "--json").stdout == ""


def test_playlists_from_making_to_export(run, sounds: Path, tmp_path: Path) -> None:
    run("index", sounds)
    assert run("playlist", "create", "夜").returncode == 0
    assert run("playlist", "create", "夜").returncode == 2
    run("playlist", "add", "夜", sounds / "low.wav", sounds / "middle tone.wav")
    run("playlist", "move", "夜", 2, 1)
    shown = _lines(run("playlist", "show", "夜", "--json").stdout)
    assert [Path(item["path"]).name for item in shown] == ["middle tone.wav", "low.wav"]
    for output in ("list.m3u8", "list.csv", "copies"):
        assert run("playlist", "export", "夜", "-o", tmp_path / output).returncode == 0
    assert str(sounds / "low.wav") in (tmp_path / "list.m3u8").read_text(encoding="utf-8")
    rows = list(csv.DictReader((tmp_path / "list.csv").open(encoding="utf-8")))
    assert rows[0]["path"] == str(sounds / "middle tone.wav")
    copies = sorted(path.name for path in (tmp_path / "copies").iterdir())
    assert copies == ["001 middle tone.wav", "002 low.wav"]
    run("playlist", "remove", "夜", 1)
    assert _lines(run("playlist", "list", "--json").stdout) == [{"name": "夜", "sounds": 1}]


def test_models_lists_licences(run) -> None:
    cards = {card["name"]: card for card in _lines(run("models", "--json").stdout)}
    assert "NC" in cards["kikimimi"]["licence"]
    assert cards["kikimimi"]["embedding_size"] == 128
    assert run("models", "kikimimi").returncode == 0
    wrong = run("models", "kikimim")
    assert wrong.returncode == 2
    assert "did you mean 'kikimimi'" in wrong.stderr


def test_models_lists_networks(run) -> None:
    listed = {
        entry["name"]: entry for entry in _lines(run("models", "--networks", "--json").stdout)
    }
    assert listed["acdnet"]["hears"] == "waveform"
    assert listed["multiscale_cnn"]["options"]["kernels"] == [8, 16, 32, 64]


def test_export_writes_tables_and_vectors(run, sounds: Path, tmp_path: Path) -> None:
    run("index", sounds)
    for suffix in ("csv", "jsonl", "npz"):
        assert run("export", "-o", tmp_path / f"all.{suffix}").returncode == 0
    rows = list(csv.DictReader((tmp_path / "all.csv").open(encoding="utf-8")))
    assert {Path(row["path"]).name for row in rows} == {"low.wav", "高い.wav", "middle tone.wav"}
    records = _lines((tmp_path / "all.jsonl").read_text(encoding="utf-8"))
    assert records[0]["sample_rate"] == 16000
    assert np.load(tmp_path / "all.npz")["embeddings"].shape == (3, 128)


def test_near_duplicates(run, sounds: Path) -> None:
    copy = sounds / "copy of low.wav"
    copy.write_bytes((sounds / "low.wav").read_bytes())
    run("index", sounds)
    groups = _lines(run("search", "--duplicates", "--json").stdout)
    assert groups[0]["exact"] is True
    assert {Path(path).name for path in groups[0]["paths"]} == {"low.wav", "copy of low.wav"}


def test_demo_ends_with_what_to_type_next(run, tmp_path: Path) -> None:
    done = run("demo", "-o", tmp_path / "demo")
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert "knock on wood" in first
    assert "kikimimi search" in done.stderr
