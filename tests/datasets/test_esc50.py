"""The ESC-50 loader reads the official layout and refuses anything else clearly."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from kikimimi.datasets import esc50
from kikimimi.encoders.vocabulary import vocabulary
from kikimimi.errors import DatasetError

HEADER = "filename,fold,target,category,esc10,src_file,take\n"
ROW = "1-100032-A-0.wav,1,0,dog,True,100032,A\n"


def make_copy(root: Path, table: str = HEADER + ROW, extension: str = ".wav") -> Path:
    (root / "meta").mkdir(parents=True)
    (root / "audio").mkdir()
    (root / "meta/esc50.csv").write_text(table, encoding="utf-8")
    (root / f"audio/1-100032-A-0{extension}").touch()
    return root


@pytest.mark.parametrize("extension", [".wav", ".ogg", ".flac", ".WAV"])
def test_a_clip_is_found_by_its_stem(tmp_path: Path, extension: str) -> None:
    (clip,) = esc50.clips(make_copy(tmp_path, extension=extension))
    assert clip.path == tmp_path / f"audio/1-100032-A-0{extension}"
    assert (clip.label, clip.target, clip.fold) == ("dog", 0, 1)
    assert (clip.source_id, clip.take) == ("100032", "A")


def test_the_whole_data_set(shared_data: Path) -> None:
    clips = esc50.clips(shared_data / "esc50")
    esc50.validate(shared_data / "esc50")
    assert len(clips) == 2000
    assert set(Counter(clip.label for clip in clips).values()) == {40}
    assert all(clip.path.is_file() for clip in clips)
    # Four recordings gave clips of two categories in different folds; none of one category did.
    folds: dict[tuple[str, str], set[int]] = {}
    for clip in clips:
        folds.setdefault((clip.source_id, clip.label), set()).add(clip.fold)
    assert all(len(found) == 1 for found in folds.values())


def test_targets_follow_the_table(shared_data: Path) -> None:
    with (shared_data / "esc50/meta/esc50.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert esc50.CATEGORIES[int(row["target"])] == row["category"]


def test_five_major_categories_of_ten() -> None:
    assert [len(members) for members in esc50.MAJOR_CATEGORIES.values()] == [10] * 5
    assert len(set(esc50.CATEGORIES)) == 50
    assert [e.tag for e in vocabulary("esc50")] == [f"esc50/{c}" for c in esc50.CATEGORIES]


def test_major_category() -> None:
    assert esc50.major_category("dog") == "animals"
    assert esc50.major_category("esc50/siren") == "exterior/urban noises"
    with pytest.raises(DatasetError, match="no category 'doge'"):
        esc50.major_category("doge")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (HEADER + ROW.replace(",1,0,", ",6,0,"), "line 2: fold is '6'"),
        (HEADER + ROW.replace(",1,0,", ",1,50,"), "line 2: target is '50'"),
        (HEADER + ROW.replace(",1,0,", ",1,x,"), "line 2: target is 'x'"),
        (HEADER + ROW.replace("dog", "cat"), "target 0 is 'dog', not 'cat'"),
        (
            HEADER + ROW.replace("100032-A-0.wav", "1-B-0.wav"),
            "1 audio file .*: '1-1-B-0'; get",
        ),
        (HEADER + "1-100032-A-0.wav\n", "line 2: fold is 'None'"),
        (HEADER.replace("fold,", ""), "no column fold"),
        ("", "no column"),
        (HEADER + ROW + '"', "is not a CSV table"),
    ],
)
def test_a_malformed_table_is_named(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message) as caught:
        esc50.clips(make_copy(tmp_path, table))
    assert "esc50.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    make_copy(tmp_path)
    (tmp_path / "meta/esc50.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match="is not a CSV table in UTF-8"):
        esc50.clips(tmp_path)


def test_a_folder_that_is_no_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="give the folder that holds meta/ and audio/"):
        esc50.clips(tmp_path)
    (tmp_path / "audio").mkdir()
    with pytest.raises(DatasetError, match=r"esc50\.csv: cannot be read"):
        esc50.clips(tmp_path)


def test_an_incomplete_copy_does_not_validate(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="fold 1 has 1 clips of 'dog', expected 8"):
        esc50.validate(make_copy(tmp_path))
