"""`kikimimi evaluate events`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from typer.testing import CliRunner

from kikimimi.cli.app import app
from kikimimi.errors import KikimimiError
from kikimimi.metrics.detection.score_files import write_scores
from kikimimi.metrics.detection.scores import DetectionScores

HEAD = "filename\tonset\toffset\tevent_label\n"


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Run in a folder with a reference, estimated events and scores."""
    monkeypatch.chdir(tmp_path)
    Path("ref.tsv").write_text(HEAD + "a.wav\t0.5\t1.5\tdog\na.wav\t2\t3\train\nb.wav\t\t\t\n")
    Path("est.tsv").write_text(HEAD + "a.wav\t0.55\t1.4\tdog\na.wav\t2\t3\tdog\n")
    Path("scores").mkdir()
    for name, level in (("a", 0.9), ("b", 0.1)):
        values = np.full((40, 2), 0.1)
        values[5:15, 0] = values[20:30, 1] = level
        scores = DetectionScores.on_grid(values, ("dog", "rain"), hop_s=0.1)
        write_scores(f"scores/{name}.tsv", scores)
    command = app()

    def run(*arguments: str) -> Done:
        result = CliRunner().invoke(command, ["evaluate", "events", *arguments])
        if isinstance(result.exception, KikimimiError):
            return Done(2, result.stdout, f"kikimimi: {result.exception}\n")
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


def test_events_are_compared_by_every_figure(call: Callable[..., Done]) -> None:
    done = call("--reference", "ref.tsv", "--estimated", "est.tsv")
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["all together", "mean of classes", "dog", "rain"]
    assert rows[0][1:] == ["2", "0.667", "0.333", "0.500", "0.500", "0.500"]


def test_scores_add_psds_and_auc_and_stand_in_for_events(call: Callable[..., Done]) -> None:
    done = call("-r", "ref.tsv", "--scores", "scores", "--json", "--out", "all.json")
    assert done.returncode == 0, done.stderr
    overall, dog, rain = map(json.loads, done.stdout.splitlines())
    for name in ("psds1", "psds2", "micro_auc", "macro_auc"):
        assert overall[name] == pytest.approx(1)
    assert overall["event"]["micro_f1"] == 1
    assert overall["frame"]["error_rate"] == 0
    assert (dog["event_label"], dog["reference_events"], dog["psds1"]) == ("dog", 1, 1)
    written = json.loads(Path("all.json").read_text(encoding="utf-8"))
    assert written == {"overall": overall, "classes": [dog, rain]}
    quiet = call("-r", "ref.tsv", "--scores", "scores", "--threshold", "0.95", "--json")
    assert json.loads(quiet.stdout.splitlines()[0])["event"]["recall"] == 0


def test_names_may_differ_in_folder_and_extension(call: Callable[..., Done]) -> None:
    Path("est.tsv").write_text(HEAD + "out/a.flac\t0.5\t1.5\tdog\n")
    done = call("-r", "ref.tsv", "-e", "est.tsv", "--json")
    assert json.loads(done.stdout.splitlines()[0])["event"]["precision"] == 1


def test_folders_of_annotations_are_read_whole(call: Callable[..., Done]) -> None:
    Path("labels").mkdir()
    Path("labels/a.txt").write_text("0.5\t1.5\tdog\n2\t3\train\n")
    Path("labels/b.txt").write_text("")
    done = call("-r", "labels", "-e", "est.tsv", "--format", "audacity", "--json")
    assert done.returncode == 2  # est.tsv has names in its first column
    Path("found").mkdir()
    Path("found/a.txt").write_text("0.5\t1.5\tdog\n2\t3\train\n")
    done = call("-r", "labels", "-e", "found", "--format", "audacity", "--json")
    assert json.loads(done.stdout.splitlines()[0])["event"]["micro_f1"] == 1


def test_a_class_without_reference_is_named(call: Callable[..., Done]) -> None:
    Path("est.tsv").write_text(HEAD + "a.wav\t0.5\t1.5\tcat\n")
    done = call("-r", "ref.tsv", "-e", "est.tsv")
    assert "not in the reference, and in no mean: cat" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-r", "ref.tsv"), "nothing to compare"),
        (("-r", "none.tsv", "-e", "est.tsv"), "none.tsv"),
        (("-r", "ref.tsv", "-e", "est.tsv", "--classes", "dog"), "no class 'rain'"),
        (("-r", "ref.tsv", "-e", "est.tsv", "--classes", "dog,dog"), "is no list of labels"),
        (("-r", "ref.tsv", "-e", "est.tsv", "--collar-s", "-1"), "0 or more seconds"),
        (("-r", "ref.tsv", "-e", "est.tsv", "--segment-s", "0"), "positive number of seconds"),
        (("-r", "ref.tsv", "-e", "est.tsv", "--matching", "best"), "neither optimal nor greedy"),
        (("-r", "ref.tsv", "-e", "est.tsv", "--format", "xml"), "'xml' is unknown"),
        (("-r", "ref.tsv", "-e", "strange.tsv"), "'c.wav' is not in the reference"),
        (("-r", "ref.tsv", "-e", "early.tsv"), "line 2"),
        (("-r", "ref.tsv", "--scores", "nan"), "a.tsv, line 4: the score of 'rain'"),
        (("-r", "ref.tsv", "--scores", "few"), "no scores for the recording 'b.wav'"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_line(
    call: Callable[..., Done], arguments: tuple[str, ...], reason: str
) -> None:
    Path("strange.tsv").write_text(HEAD + "c.wav\t0\t1\tdog\n")
    Path("early.tsv").write_text(HEAD + "a.wav\t1\t0.5\tdog\n")
    lines = Path("scores/a.tsv").read_text().splitlines()
    for folder in ("nan", "few"):
        Path(folder).mkdir()
        Path(folder, "a.tsv").write_text("\n".join(lines) + "\n")
    lines[3] = lines[3].rpartition("\t")[0] + "\tnan"
    Path("nan/a.tsv").write_text("\n".join(lines) + "\n")
    done = call(*arguments)
    assert done.returncode == 2
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
