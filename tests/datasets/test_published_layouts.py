"""UrbanSound8K, FSD50K, tables of labels and the random split of ESC-50, beyond the contract."""

from pathlib import Path

import pytest

from dataset_layouts import (
    FSD50K_LABELS,
    make_fsd50k,
    make_urbansound8k,
    write_sound,
    write_table,
)
from kikimimi.datasets import esc50, fsd50k, label_table, random_split, urbansound8k
from kikimimi.errors import DatasetError

US8K_TABLE = "metadata/UrbanSound8K.csv"


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_urbansound8k_has_8732_slices() -> None:
    assert sum(urbansound8k.CLIPS_PER_FOLD) == 8732
    assert len(urbansound8k.CATEGORIES) == len(urbansound8k.FOLDS) == 10


def test_a_slice_of_urbansound8k(tmp_path: Path, monkeypatch) -> None:
    make_urbansound8k(tmp_path, monkeypatch)
    clip = urbansound8k.clips(tmp_path)[7]
    assert clip.path == tmp_path / "audio/fold1/103-3-0-1.wav"
    assert (clip.label, clip.target, clip.fold) == ("dog_bark", 3, 1)
    assert (clip.source_id, clip.take) == ("103", "3-0-1")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",1,0,air_conditioner", ",11,0,air_conditioner", "line 2: fold is '11', expected 1 to 10"),
        (",1,0,air_conditioner", ",1,3,air_conditioner", "classID 3 is 'dog_bark', not 'air_c"),
        (",1,0,air_conditioner", ",1,x,air_conditioner", "line 2: classID is 'x'"),
        (",1,0,air_conditioner", ",2,0,air_conditioner", "not found.*: 'fold2/100-0-0-0'"),
        ("100-0-0-0.wav", "../../../etc/passwd", "not found.*: 'fold1/passwd'"),
        ("100-0-0-0.wav,100,", "100-0-0-0.wav,,", "line 2: fsID is empty"),
    ],
)
def test_a_wrong_row_of_urbansound8k(tmp_path, monkeypatch, old, new, message) -> None:
    make_urbansound8k(tmp_path, monkeypatch)
    replace_in(tmp_path / US8K_TABLE, old, new)
    with pytest.raises(DatasetError, match=message):
        urbansound8k.clips(tmp_path)


def test_an_incomplete_urbansound8k_does_not_validate(tmp_path: Path, monkeypatch) -> None:
    make_urbansound8k(tmp_path, monkeypatch)
    monkeypatch.undo()
    with pytest.raises(DatasetError, match="fold 1 has 20 clips, expected 873"):
        urbansound8k.validate(tmp_path)


def test_clips_of_fsd50k_have_many_labels_a_split_and_a_licence(tmp_path, monkeypatch) -> None:
    make_fsd50k(tmp_path, monkeypatch)
    clips = fsd50k.clips(tmp_path)
    assert fsd50k.categories(tmp_path) == FSD50K_LABELS
    assert (clips[0].labels, clips[0].targets) == (("Bark", "Dog"), (0, 1))
    assert clips[0].path == tmp_path / "FSD50K.dev_audio/10.wav"
    assert clips[-1].path == tmp_path / "FSD50K.eval_audio/91.wav"
    assert [clip.fold for clip in clips] == [1, 1, 1, 1, 2, 2, 3, 3]
    assert {clip.licence for clip in clips} == {"http://creativecommons.org/licenses/by/3.0/"}
    assert clips[0].source_id == "10"


def test_the_licences_of_fsd50k_may_be_left_out(tmp_path, monkeypatch) -> None:
    make_fsd50k(tmp_path, monkeypatch)
    place = tmp_path / "FSD50K.metadata/dev_clips_info_FSD50K.json"
    place.write_text('{"10": "cc"}', encoding="utf-8")
    with pytest.raises(DatasetError, match="is not the official description of clips"):
        fsd50k.clips(tmp_path)
    place.unlink()
    assert fsd50k.clips(tmp_path)[0].licence == ""


def test_fsd50k_has_51197_clips() -> None:
    assert sum(fsd50k.CLIPS_PER_SPLIT.values()) == 51_197


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("dev.csv", '"Bark,Dog"', '"Bark,Dgo"', "line 2: label 'Dgo' is not in the vocabulary"),
        ("dev.csv", "/m/0,val", "/m/0,test", "split is 'test', expected train or val"),
        ("dev.csv", '"Bark,Dog"', "", "line 2: labels is empty"),
        ("eval.csv", "91,Dog", "91,", "line 3: labels is empty"),
        ("vocabulary.csv", "1,Dog", "1,Bark", "'Bark' stands in line 1 already"),
        ("vocabulary.csv", "1,Dog", "1,", "line 2: label is empty"),
    ],
)
def test_a_wrong_row_of_fsd50k(tmp_path, monkeypatch, name, old, new, message) -> None:
    make_fsd50k(tmp_path, monkeypatch)
    replace_in(tmp_path / "FSD50K.ground_truth" / name, old, new)
    with pytest.raises(DatasetError, match=message):
        fsd50k.clips(tmp_path)


def test_an_incomplete_fsd50k_does_not_validate(tmp_path: Path, monkeypatch) -> None:
    make_fsd50k(tmp_path, monkeypatch)
    monkeypatch.setattr(fsd50k, "CLIPS_PER_SPLIT", {"train": 4, "val": 3, "test": 2})
    with pytest.raises(DatasetError, match="split 'val' has 2 clips, expected 3"):
        fsd50k.validate(tmp_path)
    monkeypatch.setattr(fsd50k, "CATEGORY_COUNT", 200)
    with pytest.raises(DatasetError, match="3 classes, expected 200"):
        fsd50k.validate(tmp_path)


def test_a_table_may_have_tabs_folds_a_mark_and_names_without_extension(tmp_path: Path) -> None:
    text = "\ufefffilename\tlabel\tfold\n./音/a.v2\t公園\t2\nb.wav\tstreet\t1\n"
    (tmp_path / "labels.tsv").write_text(text, encoding="utf-8")
    write_sound(tmp_path / "音/a.v2.wav")
    write_sound(tmp_path / "b.flac")
    clips = label_table.clips(tmp_path / "labels.tsv")
    assert [(c.label, c.target, c.fold) for c in clips] == [("公園", 1, 2), ("street", 0, 1)]
    assert [c.path.name for c in clips] == ["a.v2.wav", "b.flac"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a.wav", ""), ("b.wav", "y")], "line 2: label is empty"),
        ([("a.wav", "x"), ("../b.wav", "y")], r"not found.*: '\.\./b'"),
        ([("a.wav", "x"), ("/etc/passwd", "y")], "not found.*: '/etc/passwd'"),
        ([("a.wav", "x"), ("b.wav", "y")], "only one clip of 'x', 'y'"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, rows, message: str) -> None:
    write_table(tmp_path / "meta.csv", [("filename", "label"), *rows])
    for name in ("a.wav", "b.wav"):
        write_sound(tmp_path / name)
    with pytest.raises(DatasetError, match=message):
        label_table.validate(tmp_path)


def test_a_wrong_fold_in_a_table_is_refused(tmp_path: Path) -> None:
    write_table(tmp_path / "meta.csv", [("filename", "label", "fold"), ("a.wav", "x", "test")])
    write_sound(tmp_path / "a.wav")
    with pytest.raises(DatasetError, match="line 2: fold is 'test', expected 1"):
        label_table.clips(tmp_path)


def test_the_random_split_leaks_and_keeps_its_seed(shared_data: Path) -> None:
    root = shared_data / "esc50"
    clips = random_split.clips(root)
    assert [sum(c.fold == fold for c in clips) for fold in (1, 2)] == [1600, 400]
    assert [c.path for c in clips] == [c.path for c in esc50.clips(root)]
    assert clips == random_split.clips(root, seed=0)
    assert clips != random_split.clips(root, seed=1)
    sources = [{(c.source_id, c.label) for c in clips if c.fold == fold} for fold in (1, 2)]
    assert len(sources[0] & sources[1]) > 100
    assert "seed0" in random_split.NAME
