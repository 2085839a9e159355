"""What every registered data set of sound events must keep."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from event_layouts import EVENT_LAYOUTS, EVENT_TABLES, write_rows, write_sound
from kikimimi.datasets.event_records import EventDataset, labels_of
from kikimimi.datasets.event_registry import (
    event_dataset_names,
    find_event_dataset,
    load_event_dataset,
)
from kikimimi.errors import ConfigError, DatasetError

NAMES = event_dataset_names()


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def root(name: str, tmp_path: Path) -> Path:
    """A tiny valid copy of the data set."""
    EVENT_LAYOUTS[name](tmp_path)
    return tmp_path


def refused(root: Path, name: str, message: str = "") -> str:
    with pytest.raises(DatasetError, match=message) as caught:
        load_event_dataset(root, name).validate()
    assert "\n" not in str(caught.value)
    assert ";" in str(caught.value)  # what was wrong; what to do
    return str(caught.value)


def every_clip(dataset: EventDataset):
    return [clip for split in dataset.splits for clip in dataset.clips(split)]


def test_every_data_set_has_a_layout_to_test() -> None:
    assert set(NAMES) == set(EVENT_LAYOUTS)


def test_the_module_says_what_it_is(name: str) -> None:
    module = find_event_dataset(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", module.NAME)
    assert module.LICENCE.strip()
    assert module.CITATION.strip()


def test_it_is_recognised_by_what_stands_in_the_folder(name: str, root: Path) -> None:
    assert load_event_dataset(root).name == name
    assert load_event_dataset(str(root), name).name == name


def test_records_are_complete_and_agree_with_the_lists(name: str, root: Path) -> None:
    dataset = load_event_dataset(root)
    assert dataset.splits
    assert len(set(dataset.classes)) == len(dataset.classes)
    assert dataset.classes or dataset.scenes
    for split in dataset.splits:
        clips = dataset.clips(split)
        assert len({clip.path for clip in clips}) == len(clips) > 0
        for clip in clips:
            assert clip.path.is_file()
            assert clip.path.is_relative_to(root)
            assert clip.split == split
            assert clip.source_id
            assert clip.scene is None or clip.scene in dataset.scenes
            assert set(clip.labels or ()) <= set(dataset.classes)
            if clip.events is not None:
                assert clip.labels == labels_of(clip.events)
                assert all(0 <= event.onset_s < event.offset_s for event in clip.events)


def test_the_order_is_always_the_same(name: str, root: Path) -> None:
    first, second = load_event_dataset(root), load_event_dataset(root)
    assert first.splits == second.splits
    assert every_clip(first) == every_clip(second)


def test_a_whole_copy_is_accepted(name: str, root: Path) -> None:
    load_event_dataset(root).validate()


def test_sources_are_never_on_both_sides_of_a_split(name: str, root: Path) -> None:
    dataset = load_event_dataset(root)
    sides = defaultdict(set)
    for split in dataset.splits:
        for clip in dataset.clips(split):
            sides[clip.source_id].add(split)
    for splits in sides.values():
        assert len({split for split in splits if re.search("train|valid|test", split)}) <= 1


def test_any_audio_extension_will_do(name: str, root: Path) -> None:
    before = every_clip(load_event_dataset(root))
    for path in {clip.path for clip in before}:
        path.rename(path.with_suffix(".OGG"))
    after = every_clip(load_event_dataset(root))
    assert [clip.path for clip in after] == [clip.path.with_suffix(".OGG") for clip in before]


def test_missing_audio_is_named(name: str, root: Path) -> None:
    dataset = load_event_dataset(root)
    split = dataset.splits[0]
    clip = dataset.clips(split)[0]
    clip.path.unlink()
    with pytest.raises(
        DatasetError, match=f"1 audio file of the table not found.*{clip.path.stem}"
    ):
        load_event_dataset(root).clips(split)


def test_audio_that_cannot_be_read_is_counted_and_named(name: str, root: Path) -> None:
    clip = every_clip(load_event_dataset(root))[0]
    clip.path.write_bytes(b"this is no sound")
    message = refused(root, name, "1 clip of .* cannot be used: ")
    assert clip.path.name in message


def test_an_unknown_split_is_answered_with_the_nearest(name: str, root: Path) -> None:
    dataset = load_event_dataset(root)
    split = dataset.splits[0]
    with pytest.raises(ConfigError, match=f"no split '{split}s' here; did you mean '{split}'"):
        dataset.clips(f"{split}s")


@pytest.mark.parametrize("kind", ["nowhere", "empty", "file"])
def test_what_holds_no_data_set_is_refused(name: str, kind: str, tmp_path: Path) -> None:
    place = tmp_path / kind
    if kind == "empty":
        place.mkdir()
    if kind == "file":
        place.write_bytes(b"\x00\x01")
    refused(place, name, kind)
    with pytest.raises(DatasetError, match="no data set of sound events"):
        load_event_dataset(place)


@pytest.mark.parametrize("name", EVENT_TABLES)
def test_an_offset_before_its_onset_is_named_with_file_and_line(name: str, root: Path) -> None:
    table, row = EVENT_TABLES[name]
    text = (root / table).read_text(encoding="utf-8")
    (root / table).write_text(f"{text}{row}\n", encoding="utf-8")
    line = len(text.splitlines()) + 1
    refused(root, name, f"{Path(table).name}: line {line}: the offset 1 s is before the onset 2 s")


@pytest.mark.parametrize("name", sorted(set(EVENT_TABLES) & {"desed", "urbansound-sed"}))
def test_an_unknown_class_is_answered_with_the_nearest(name: str, root: Path) -> None:
    table, _ = EVENT_TABLES[name]
    path = root / table
    known = {"desed": "Speech", "urbansound-sed": "siren"}[name]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(known, f"{known}s"), encoding="utf-8")
    refused(root, name, rf"line \d: there is no class '{known}s'; did you mean '{known}'")


@pytest.mark.parametrize("name", EVENT_TABLES)
def test_an_event_behind_the_end_of_its_recording_is_refused(name: str, root: Path) -> None:
    dataset = load_event_dataset(root)
    clip = next(clip for clip in every_clip(dataset) if clip.events)
    write_sound(clip.path, duration_s=0.2)
    refused(root, name, r"lasts 0.20 s, but an event ends at")


def test_soft_labels_are_scores(tmp_path: Path) -> None:
    EVENT_LAYOUTS["maestro-real"](tmp_path)
    clip = load_event_dataset(tmp_path).clips("all")[0]
    assert [event.score for event in clip.events or ()] == [0.2, 1.0, 0.7]


def test_desed_has_strong_weak_and_no_labels(tmp_path: Path) -> None:
    EVENT_LAYOUTS["desed"](tmp_path)
    dataset = load_event_dataset(tmp_path)
    assert set(dataset.splits) == {
        *("train", "train_real", "synthetic_validation", "validation", "test"),
        *("weak", "unlabelled"),
    }
    assert all(clip.events is not None for clip in dataset.clips("train"))
    weak = dataset.clips("weak")
    assert [(clip.events, clip.labels) for clip in weak] == [
        (None, ("Speech", "Dog")),
        (None, ("Cat",)),
    ]
    assert [clip.source_id for clip in weak] == ["Yabc", "Yx_y"]
    assert all((clip.events, clip.labels) == (None, None) for clip in dataset.clips("unlabelled"))


def test_tut_folds_join_the_scenes(tmp_path: Path) -> None:
    EVENT_LAYOUTS["tut-sound-events"](tmp_path)
    dataset = load_event_dataset(tmp_path)
    assert dataset.splits == ("all", "fold1_test", "fold1_train")
    assert [clip.path.stem for clip in dataset.clips("fold1_train")] == ["h001", "s001"]
    assert [clip.path.stem for clip in dataset.clips("fold1_test")] == ["h002", "s002"]
    assert len(dataset.clips("all")) == 4


@pytest.mark.parametrize("name", ["tut-sound-events", "tut-acoustic-scenes"])
def test_lists_of_unknown_recordings_are_refused(name: str, root: Path) -> None:
    (place,) = (
        (root / "evaluation_setup").glob("*fold1_train.txt")
        if (name == "tut-acoustic-scenes")
        else (root / "evaluation_setup/home_fold1_train.txt",)
    )
    write_rows(place, [("audio/nowhere.wav", "home")])
    refused(root, name, "fold1_train.txt: .*nowhere")


def test_unknown_data_sets_are_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'desed'"):
        load_event_dataset(tmp_path, "dsed")
