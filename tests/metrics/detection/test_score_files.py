from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.errors import DatasetError
from kikimimi.metrics.detection.score_files import (
    by_recording,
    read_scores,
    read_scores_folder,
    write_scores,
)
from kikimimi.metrics.detection.scores import DetectionScores

CLASSES = ("犬 dog", "rain")
HEAD = "onset\toffset\tdog\train\n"


def scores(frames: int = 3) -> DetectionScores:
    values = np.random.default_rng(frames).random((frames, 2))
    return DetectionScores.on_grid(values, CLASSES, hop_s=0.02)


@given(st.integers(1, 20), st.sampled_from([np.float32, np.float64]))
def test_scores_come_back_exactly(tmp_path_factory, frames: int, kind: type) -> None:
    path = tmp_path_factory.mktemp("scores") / "a.tsv"
    original = scores(frames)
    original = original.with_scores(original.scores.astype(kind))
    write_scores(path, original)
    found = read_scores(path)
    assert found.classes == CLASSES
    assert (found.scores.astype(kind) == original.scores).all()
    assert (found.timestamps == original.timestamps).all()


def test_a_table_without_frames_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(HEAD)
    assert read_scores(tmp_path / "a.tsv").scores.shape == (0, 2)


def test_classes_are_put_into_the_order_asked_for(tmp_path: Path) -> None:
    write_scores(tmp_path / "a.tsv", scores())
    found = read_scores(tmp_path / "a.tsv", classes=CLASSES[::-1])
    assert found.classes == CLASSES[::-1]
    assert (found.scores == scores().scores[:, ::-1]).all()
    with pytest.raises(DatasetError, match=r"line 1: the class 'siren' is missing"):
        read_scores(tmp_path / "a.tsv", classes=(*CLASSES, "siren"))
    with pytest.raises(DatasetError, match=r"unexpected class 'rain'; did you mean 'rains'"):
        read_scores(tmp_path / "a.tsv", classes=(CLASSES[0], "rains"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("begin\tend\tdog\n", "line 1: a table of scores begins with onset, offset"),
        ("onset\toffset\n", "line 1: a table of scores begins with"),
        ("onset\toffset\tdog\tdog\n", "line 1: the column 'dog' occurs twice"),
        (HEAD + "0\t1\t0.5\n", "line 2: 3 columns instead of 4"),
        (HEAD + "0\t1\t0.5\t0.5\n1\t2\thigh\t0.5\n", "line 3: 'high' is no number"),
        (HEAD + "0\t1\t0.5\tnan\n", "line 2: the score of 'rain' is missing or NaN"),
        (HEAD + "0\t1\t\t0.5\n", "line 2: the score of 'dog' is missing or NaN"),
        (HEAD + "0\t1\t0.5\t0.5\n1\t1\t0.5\t0.5\n", "line 3: frames must end after"),
        (HEAD + "0\t1\t0.5\t0.5\n2\t3\t0.5\t0.5\n", "line 3: frames must end after"),
        (HEAD + "nan\t1\t0.5\t0.5\n", "line 2: frames must end after"),
    ],
)
def test_faults_are_named_by_file_and_line(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "bad.tsv").write_text(text)
    with pytest.raises(DatasetError, match=rf"bad\.tsv.*{reason}") as caught:
        read_scores(tmp_path / "bad.tsv")
    assert "\n" not in str(caught.value)


def test_files_that_are_no_text_or_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match=r"bad\.tsv: is not UTF-8"):
        read_scores(tmp_path / "bad.tsv")
    with pytest.raises(DatasetError, match=r"none\.tsv: cannot be read"):
        read_scores(tmp_path / "none.tsv")
    with pytest.raises(DatasetError, match="has no score tables"):
        read_scores_folder(tmp_path / "none")


def test_a_folder_is_read_by_the_names_of_its_recordings(tmp_path: Path) -> None:
    for name in ("b.tsv", "a.tsv"):
        write_scores(tmp_path / name, scores())
    (tmp_path / "notes.txt").write_text("not a table")
    found = read_scores_folder(tmp_path)
    assert list(found) == ["a", "b"]
    assert list(by_recording(found, ["sounds/b.flac", "a.wav"])) == ["sounds/b.flac", "a.wav"]
    with pytest.raises(DatasetError, match=r"no recording for the scores 'b\.tsv'"):
        by_recording(found, ["a.wav"])
    with pytest.raises(DatasetError, match=r"no scores for the recording 'c\.wav'; add c\.tsv"):
        by_recording(found, ["a.wav", "b.wav", "c.wav"])
