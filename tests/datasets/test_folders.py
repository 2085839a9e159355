"""A folder of folders: labels, sources, folds, and what is refused."""

import os
import unicodedata
from pathlib import Path

import pytest

from dataset_layouts import write_sound, write_table
from kikimimi.datasets import folders
from kikimimi.errors import DatasetError


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_the_first_folder_is_the_label_at_any_depth(tmp_path: Path) -> None:
    touch(tmp_path, "rain/a.wav", "rain/deep/er/b.FLAC", "犬/わん.mp3", "door slam/c.ogg")
    clips = folders.clips(tmp_path)
    assert folders.categories(tmp_path) == ("door slam", "rain", "犬")
    assert [(c.label, c.target, c.path.name) for c in clips] == [
        ("door slam", 0, "c.ogg"),
        ("rain", 1, "a.wav"),
        ("rain", 1, "b.FLAC"),
        ("犬", 2, "わん.mp3"),
    ]
    assert [c.source_id for c in clips[1:3]] == ["rain/a.wav", "rain/deep/er"]


def test_labels_do_not_depend_on_how_a_system_stores_accents(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "ドア")
    assert name != "ドア"
    touch(tmp_path, f"{name}/a.wav", "b/b.wav")
    assert folders.categories(tmp_path) == ("b", "ドア")
    assert folders.clips(tmp_path)[1].path.is_file()


def test_hidden_files_other_files_and_linked_folders_are_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, "a/x.wav", "a/._x.wav", ".trash/y.wav", "a/notes.txt", "docs/readme.md")
    (tmp_path / "a/loop").symlink_to(tmp_path, target_is_directory=True)
    assert [clip.path.name for clip in folders.clips(tmp_path)] == ["x.wav"]


def test_folds_are_balanced_keep_sources_and_do_not_depend_on_the_place(tmp_path: Path) -> None:
    names = [f"{label}/{n:03}.wav" for label in ("a", "b") for n in range(50)]
    names += [f"c/session{n % 10}/{n:03}.wav" for n in range(50)]
    clips = folders.clips(touch(tmp_path / "here", *names))
    elsewhere = folders.clips(touch(tmp_path / "there", *reversed(names)))
    assert [c.fold for c in clips] == [c.fold for c in elsewhere]
    for label in "abc":
        found = [clip.fold for clip in clips if clip.label == label]
        assert [found.count(fold) for fold in range(1, 6)] == [10] * 5
    sessions = {(clip.source_id, clip.fold) for clip in clips if clip.label == "c"}
    assert len(sessions) == 10


def test_a_table_of_folds_is_followed(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav", "a/2.wav", "b/1.wav", "b/2.wav")
    rows = [("filename", "fold"), ("a/1.wav", 3), ("a/2.wav", 1), ("b/1.wav", 1), ("b/2.wav", 7)]
    write_table(tmp_path / "folds.csv", rows)
    assert [clip.fold for clip in folders.clips(tmp_path)] == [3, 1, 1, 7]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a/1.wav", 1)], "1 audio file without a fold: 'b/1.wav'"),
        ([("a/1.wav", 1), ("b/1.wav", 0)], "line 3: fold is '0', expected 1"),
        ([("a/1.wav", 1), ("b/1.wav", "one")], "line 3: fold is 'one'"),
        ([("a/1.wav", 1), ("b/1.wav", 2), ("a/1.wav", 2)], "stands in line 2 already"),
        (
            [("a/1.wav", 1), ("b/1.wav", 2), ("c.wav", 1)],
            "1 audio file of the table not found.*: 'c.wav'",
        ),
        ([("a/1.wav", 1), ("b/1.wav", 2), ("", 1)], "line 4: filename is empty"),
    ],
)
def test_a_wrong_table_of_folds_is_refused(tmp_path: Path, rows, message: str) -> None:
    touch(tmp_path, "a/1.wav", "b/1.wav")
    write_table(tmp_path / "folds.csv", [("filename", "fold"), *rows])
    with pytest.raises(DatasetError, match=message) as caught:
        folders.clips(tmp_path)
    assert "folds.csv" in str(caught.value)


def test_files_without_a_label_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav", "x.wav", "y.wav")
    with pytest.raises(DatasetError, match=r"2 audio files without a label: 'x\.wav', 'y\.wav'"):
        folders.clips(tmp_path)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a/1.wav", "a/2.wav", "b/1.wav"], "there is only one clip of 'b'"),
        (["a/1.wav", "a/2.wav"], "classes with clips: 1; give two"),
        (["a/1.wav", "a/2.wav", "b/x/1.wav", "b/x/2.wav"], "all clips of 'b' lie in one fold"),
    ],
)
def test_classes_that_cannot_be_split_are_refused(tmp_path: Path, names, message: str) -> None:
    for name in names:
        write_sound(tmp_path / name)
    with pytest.raises(DatasetError, match=message):
        folders.validate(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_text_are_refused_in_one_line(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav")
    place = os.fsencode(tmp_path) + b"/a/\xff\n.wav"
    try:
        os.close(os.open(place, os.O_CREAT | os.O_WRONLY))
    except OSError:
        pytest.skip("this file system takes no such name")
    with pytest.raises(DatasetError, match="1 name of files or folders not in UTF-8") as caught:
        folders.clips(tmp_path)
    assert "\n" not in str(caught.value)
    str(caught.value).encode("utf-8")
