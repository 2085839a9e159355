"""`kikimimi detect` on real sounds: what it prints, writes and returns."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from kikimimi.audio.reading import read_clip
from kikimimi.audio.resampling import resample
from kikimimi.audio.writing import write_wav
from kikimimi.cli.app import app
from kikimimi.cli.detecting.timelines import Timelines
from kikimimi.datasets.annotations.registry import read_annotations
from kikimimi.encoders.detection.registry import default_detector
from kikimimi.errors import AudioError, QueryError
from kikimimi.library.library import Library
from kikimimi.types import Clip

RATE_HZ = 16000
BARK_S = (4.2, 4.6)
"""Where the dog barks in the recording, to a tenth of a second."""


@pytest.fixture(scope="module")
def recording(shared_data, tmp_path_factory) -> Path:
    """Eight seconds of faint noise in which a dog barks once."""
    clip = read_clip(shared_data / "esc50" / "audio" / "1-100032-A-0.ogg")
    bark = resample(clip.samples.mean(axis=0), clip.sample_rate_hz, RATE_HZ)
    samples = 0.002 * np.random.default_rng(0).standard_normal(8 * RATE_HZ).astype(np.float32)
    samples[2 * RATE_HZ : 2 * RATE_HZ + len(bark)] += bark
    path = tmp_path_factory.mktemp("recordings") / "庭 garden.wav"
    write_wav(path, Clip(samples[None], RATE_HZ))
    return path


@pytest.fixture
def folder(recording, tmp_path) -> Path:
    """The recording in a sub-folder, a short silence, and a text file named .wav."""
    place = tmp_path / "field"
    (place / "day 1").mkdir(parents=True)
    (place / "day 1" / "garden.wav").write_bytes(recording.read_bytes())
    write_wav(place / "pause.wav", Clip(np.zeros((1, 400), np.float32), RATE_HZ))
    (place / "text.wav").write_text("no sound")
    return place


def detect(*arguments: object, expect: int = 0) -> Result:
    """With the tags of the default encoder unless another detector is named."""
    given = list(map(str, arguments))
    named = [] if "--detector" in given else ["--detector", "kikimimi"]
    done = CliRunner().invoke(app(), ["detect", *given, *named])
    assert done.exit_code == expect, done.output
    return done


def overlaps_bark(onset_s: float, offset_s: float) -> bool:
    return onset_s < BARK_S[1] and offset_s > BARK_S[0]


@pytest.mark.parametrize("name", sorted({default_detector(), "kikimimi"}))
def test_the_dog_is_heard_where_it_barks(recording, name) -> None:
    done = detect(recording, "--classes", "dog", "--json", "--detector", name)
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert found["path"] == str(recording)
    assert found["duration"] == 8
    assert all(set(e) == {"onset", "offset", "event_label", "score"} for e in found["events"])
    best = max(found["events"], key=lambda event: event["score"])
    assert overlaps_bark(best["onset"], best["offset"])
    assert best["offset"] - best["onset"] < 3
    assert 0.3 < best["score"] <= 1


def test_table_is_in_the_language_of_the_user(recording) -> None:
    rows = detect(recording, "--classes", "犬", "--language", "ja").stdout.splitlines()
    assert any(row.split("\t")[-1] == "犬" for row in rows)


@pytest.mark.parametrize("name", ["dcase", "csv", "jsonl", "jams", "audacity", "raven"])
def test_what_is_written_reads_back_the_same(recording, tmp_path, name) -> None:
    place = tmp_path / "events.out"
    detect(recording, "--classes", "dog", "--format", name, "-o", place)
    (events,) = read_annotations(place, format=name).values()
    assert all(overlaps_bark(event.onset_s, event.offset_s) for event in events)
    assert len(events) >= 1


def test_raven_selections_end_at_the_nyquist_frequency(recording) -> None:
    printed = detect(recording, "--classes", "dog", "--format", "raven").stdout
    head, row, *_ = csv.reader(printed.splitlines(), delimiter="\t")
    assert float(dict(zip(head, row, strict=True))["High Freq (Hz)"]) == RATE_HZ / 2


def test_a_folder_gives_a_file_for_each_recording_and_names_the_bad_one(folder, tmp_path) -> None:
    out, pictures = tmp_path / "out", tmp_path / "pictures"
    done = detect(folder, "--format", "audacity", "-o", out, "--picture", pictures, expect=1)
    assert [line for line in done.stderr.splitlines() if "text.wav" in line]
    assert "Traceback" not in done.stderr
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*"))
    assert written == ["day 1/garden.txt", "pause.txt"]
    assert (out / "pause.txt").read_text() == ""
    drawn = (pictures / "day 1" / "garden.png").read_bytes()
    assert drawn.startswith(b"\x89PNG")


def test_names_in_one_file_are_paths_below_the_folder(folder) -> None:
    rows = detect(folder, "--format", "dcase", "--classes", "dog", expect=1).stdout.splitlines()
    assert {row.split("\t")[0] for row in rows[1:]} == {"day 1/garden.wav"}


def test_scores_of_frames_are_a_table_for_each_recording(recording, tmp_path) -> None:
    out = tmp_path / "scores"
    detect(recording, "--classes", "dog,rain", "--format", "scores", "-o", out)
    with (out / f"{recording.stem}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    dog = next(name for name in rows[0] if name.lower() == "dog")
    assert list(rows[0])[:2] == ["onset", "offset"]
    assert float(rows[0]["onset"]) == 0
    assert float(rows[-1]["offset"]) >= 8
    best = max(rows, key=lambda row: float(row[dog]))
    assert overlaps_bark(float(best["onset"]), float(best["offset"]))


@pytest.mark.parametrize("option", [("--threshold", 1), ("--min-duration", 30)])
def test_thresholds_and_durations_leave_events_out(recording, option) -> None:
    assert json.loads(detect(recording, "--json", *option).stdout)["events"] == []


def test_events_are_kept_in_the_library(folder, tmp_path) -> None:
    place = tmp_path / "l.kikimimi"
    with Library(place, encoder="placeholder") as library:
        library.index([folder], workers=1)
    kept = ("--keep", "--library", place, "--detector", "placeholder")
    detect(folder / "day 1" / "garden.wav", *kept)
    counts = json.loads(detect(*kept, "--json").stdout)
    assert (counts["detected"], counts["failed"]) == (1, 0)
    with Library(place) as library:
        assert all(library.detections.of(sound.id) for sound in library.sounds())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--format", "xml"), "no format 'xml'"),
        (("--format", "scores"), "give a folder"),
        (("--json", "-o", "x.txt"), "--json prints"),
        (("--classes", "dgo"), "did you mean"),
        (("--detector", "kikimim"), "did you mean 'kikimimi'"),
        (("--format", "csv", "-o", "nowhere/x.csv"), "its folder does not exist"),
        (("--keep", "--classes", "dog"), "--keep takes all events"),
    ],
)
def test_wrong_calls_are_told_before_any_work(recording, arguments, told) -> None:
    done = CliRunner().invoke(app(), ["detect", str(recording), *arguments])
    assert told in str(done.exception)
    assert "\n" not in str(done.exception)


def test_two_recordings_of_one_name_are_not_mixed_up(recording, tmp_path) -> None:
    places = [tmp_path / "a" / "x.wav", tmp_path / "b" / "x.wav"]
    for place in places:
        place.parent.mkdir()
        place.write_bytes(recording.read_bytes())
    done = CliRunner().invoke(app(), ["detect", *map(str, places)])
    assert isinstance(done.exception, QueryError)
    assert "both be called" in str(done.exception)


def test_the_detectors_are_listed_the_default_one_first() -> None:
    done = CliRunner().invoke(app(), ["models", "--detectors", "--json"])
    listed = [json.loads(line) for line in done.stdout.splitlines()]
    assert listed[0]["name"] == default_detector()
    assert all(each["classes"] and each["frame_hop_s"] > 0 for each in listed)


def test_a_picture_that_cannot_be_drawn_does_not_end_the_batch(
    recording, tmp_path, monkeypatch
) -> None:
    def fail(self, name, path, found) -> None:
        raise AudioError("damaged since")

    monkeypatch.setattr(Timelines, "draw", fail)
    arguments = ("--detector", "placeholder", "--picture", tmp_path / "pictures")
    done = detect(recording, *arguments, expect=1)
    assert "damaged since" in done.stderr


def test_help_has_an_example(run) -> None:
    done = run("detect", "--help", COLUMNS="200")
    assert done.returncode == 0
    assert "kikimimi detect" in done.stdout
    assert "Example" in done.stdout
