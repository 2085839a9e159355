"""What every registered data set must keep."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from dataset_layouts import LAYOUTS, TABLES
from kikimimi.datasets import folders, random_split
from kikimimi.datasets.registry import Dataset, dataset_names, find_dataset
from kikimimi.errors import ConfigError, DatasetError

NAMES = dataset_names()


@pytest.fixture(params=NAMES)
def dataset(request) -> Dataset:
    return find_dataset(request.param)


@pytest.fixture
def root(dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny valid copy of the data set."""
    LAYOUTS[dataset.NAME](tmp_path, monkeypatch)
    return tmp_path


def refused(dataset: Dataset, root: Path, message: str = "") -> str:
    with pytest.raises(DatasetError, match=message) as caught:
        dataset.validate(root)
    assert "\n" not in str(caught.value)
    assert ";" in str(caught.value)  # what was wrong; what to do
    return str(caught.value)


def test_every_data_set_has_a_layout_to_test() -> None:
    assert set(NAMES) == set(LAYOUTS)
    assert {*NAMES} >= {"esc50", "urbansound8k", "fsd50k", "folders", "table"}


def test_the_module_says_what_it_is(dataset: Dataset) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", dataset.NAME)
    assert dataset.LICENCE.strip()
    assert dataset.CITATION.strip()
    assert list(dataset.FOLDS) == sorted(set(dataset.FOLDS))
    if dataset.SPLITS:
        assert sorted(dataset.SPLITS.values()) == list(dataset.FOLDS)
        assert {"train", "test"} <= set(dataset.SPLITS)


def test_records_are_complete_and_agree_with_the_categories(dataset: Dataset, root: Path) -> None:
    categories, clips = dataset.categories(root), dataset.clips(root)
    assert len(set(categories)) == len(categories) >= 2
    assert len({clip.path for clip in clips}) == len(clips) > 0
    for clip in clips:
        assert clip.path.is_file()
        assert clip.path.is_relative_to(root)
        assert clip.labels
        assert tuple(categories[target] for target in clip.targets) == clip.labels
        assert clip.fold in dataset.FOLDS or (not dataset.FOLDS and clip.fold >= 1)
        assert clip.source_id


def test_the_order_is_always_the_same(dataset: Dataset, root: Path) -> None:
    assert dataset.clips(root) == dataset.clips(str(root))


def test_a_whole_copy_is_accepted(dataset: Dataset, root: Path) -> None:
    dataset.validate(root)


def test_clips_of_one_recording_and_label_stay_in_one_fold(dataset: Dataset, root: Path) -> None:
    folds = defaultdict(set)
    for clip in dataset.clips(root):
        folds[clip.source_id, clip.labels].add(clip.fold)
    assert dataset is random_split or all(len(found) == 1 for found in folds.values())


def test_any_audio_extension_will_do(dataset: Dataset, root: Path) -> None:
    before = dataset.clips(root)
    for clip in before:
        clip.path.rename(clip.path.with_suffix(".FLAC"))
    after = dataset.clips(root)
    assert [clip.path for clip in after] == [c.path.with_suffix(".FLAC") for c in before]


@pytest.mark.parametrize("content", [b"", b"this is no sound", b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_files_that_cannot_be_read_are_counted_and_named(
    dataset: Dataset, root: Path, content: bytes
) -> None:
    clips = dataset.clips(root)
    for clip in clips[:4]:
        clip.path.unlink()
        clip.path.write_bytes(content)
    message = refused(dataset, root, f"4 of {len(clips)} audio files cannot be used: '")
    assert all(str(clip.path) in message for clip in clips[:3])
    assert "and 1 more" in message


@pytest.mark.parametrize("name", TABLES)
def test_missing_files_are_counted_and_named(name: str, tmp_path: Path, monkeypatch) -> None:
    LAYOUTS[name](tmp_path, monkeypatch)
    dataset = find_dataset(name)
    clips = dataset.clips(tmp_path)[:4]
    for clip in clips:
        clip.path.unlink()
    message = refused(dataset, tmp_path, "4 audio files of the table not found, with any extension")
    assert all(f"{clip.path.stem}'" in message for clip in clips[:3])
    assert "and 1 more; " in message


@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_stands_twice_is_named(name: str, tmp_path: Path, monkeypatch) -> None:
    LAYOUTS[name](tmp_path, monkeypatch)
    table = tmp_path / TABLES[name]
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines, lines[2], ""]), encoding="utf-8")
    refused(find_dataset(name), tmp_path, f"line {len(lines) + 1}: .* stands in line 3 already")


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b'"'])
def test_a_broken_table_is_named(name: str, content: bytes, tmp_path: Path, monkeypatch) -> None:
    LAYOUTS[name](tmp_path, monkeypatch)
    (tmp_path / TABLES[name]).write_bytes(content)
    refused(find_dataset(name), tmp_path, re.escape(Path(TABLES[name]).name))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_rows_is_named(name: str, tmp_path: Path, monkeypatch) -> None:
    LAYOUTS[name](tmp_path, monkeypatch)
    table = tmp_path / TABLES[name]
    table.write_text(table.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    refused(find_dataset(name), tmp_path, "holds no rows")


@pytest.mark.parametrize("kind", ["nowhere", "empty", "file"])
def test_what_holds_no_data_set_is_refused(dataset: Dataset, kind: str, tmp_path: Path) -> None:
    place = tmp_path / kind
    if kind == "empty":
        place.mkdir()
    if kind == "file":
        place.write_bytes(b"\x00\x01")
    refused(dataset, place, kind)
    with pytest.raises(DatasetError):
        dataset.clips(place)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="no data set 'urbansound8'; did you mean 'urbansound8k'"):
        find_dataset("urbansound8")
    with pytest.raises(ConfigError, match="known: esc50"):
        find_dataset("???")
    assert find_dataset("folders") is folders
