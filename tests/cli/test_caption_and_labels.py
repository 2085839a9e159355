"""`kikimimi caption` and `kikimimi tag --labels`."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from kikimimi.cli.labelling import Label, label_shares, parse_labels
from kikimimi.encoders.contract import Encoding
from kikimimi.encoders.file_embedding import EmbeddedFile
from kikimimi.encoders.placeholder import PlaceholderEncoder
from kikimimi.errors import QueryError
from kikimimi.types import FloatArray, Recording, Window

Run = Callable[..., CompletedProcess[str]]


def test_captions_of_a_folder_name_bad_files(run: Run, sounds: Path) -> None:
    done = run("caption", sounds, "--json", "--language", "ja")
    assert done.returncode == 1
    assert "text.wav" in done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == 3
    for record in records:
        assert record["caption"].endswith("。")
        assert record["language"] == "ja"
        assert record["facts"]["duration_s"] == 1.0


def test_caption_in_english(run: Run, sounds: Path) -> None:
    done = run("caption", sounds / "low.wav", "--language", "en")
    assert done.returncode == 0
    assert done.stdout.strip().endswith(".")


def test_wrong_model_folder_is_a_wrong_call(run: Run, sounds: Path, tmp_path: Path) -> None:
    done = run("caption", sounds / "low.wav", "--model", tmp_path / "nothing")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_labels_of_an_encoder_that_knows_no_words(run: Run, sounds: Path) -> None:
    done = run("tag", sounds / "low.wav", "--labels", "dog, cat", "--encoder", "placeholder")
    assert done.returncode == 2
    assert "knows no words" in done.stderr


def test_labels_and_edits_exclude_each_other(run: Run, sounds: Path) -> None:
    done = run("tag", sounds / "low.wav", "--labels", "dog, cat", "--add", "dog")
    assert done.returncode == 2


def test_labels_in_both_languages() -> None:
    assert parse_labels("electric car、 バイク,雨, 雨") == [
        Label("electric car", "electric car"),
        Label("バイク", "motorbike"),
        Label("雨", "rain"),
    ]


@pytest.mark.parametrize("text", ["", "dog", "dog,,", "dog, ゴジラ"])
def test_labels_that_cannot_be_told_apart_or_understood(text: str) -> None:
    with pytest.raises(QueryError):
        parse_labels(text)


def test_a_partly_understood_label_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_labels("ゴジラの足音, 犬")[0] == Label("ゴジラの足音", "footsteps")
    assert "ゴジラ" in capsys.readouterr().err


class Knowing(PlaceholderEncoder):
    """Hears the first label in the second window."""

    def label_logits(self, texts: Sequence[str], encoding: Encoding) -> FloatArray:
        assert list(texts) == ["dog", "rain"]
        assert len(encoding.tag_scores) == len(encoding.embeddings) == 2
        return np.array([[-1.0, 0.0], [2.0, -3.0]], np.float32)


def test_shares_are_those_of_the_best_window_and_sum_to_one(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.wav", 16000, 1, 16000, "WAV", "PCM_16")
    windows = (Window(0, 5), Window(2.5, 7.5))
    vectors, scores = np.zeros((2, 4), np.float32), np.zeros(3, np.float32)
    embedded = EmbeddedFile(recording, 7.5, windows, vectors, scores)
    shares = label_shares(embedded, [Label("犬", "dog"), Label("雨", "rain")], Knowing())
    np.testing.assert_allclose(shares, np.exp([2, 0]) / np.exp([2, 0]).sum(), rtol=1e-6)
