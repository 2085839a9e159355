"""Speech Commands, CREMA-D, GTZAN, NSynth, VoxForge and VoxCeleb1, beyond the contract."""

from collections import defaultdict
from pathlib import Path

import pytest

from dataset_layouts import LAYOUTS, write_lines
from kikimimi.datasets import (
    crema_d,
    gtzan,
    nsynth,
    speech_commands,
    voxceleb1,
    voxforge,
)
from kikimimi.datasets.detection import detect_dataset
from kikimimi.datasets.registry import dataset_names
from kikimimi.errors import DatasetError


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def made(name: str) -> Path:
        LAYOUTS[name](tmp_path, monkeypatch)
        return tmp_path

    return made


def test_published_sizes() -> None:
    assert sum(speech_commands.CLIPS_PER_SPLIT.values()) == 105_829
    assert len(speech_commands.CATEGORIES) == 35
    assert sum(nsynth.CLIPS_PER_SPLIT.values()) == 305_979
    assert sum(voxceleb1.CLIPS_PER_SPLIT.values()) == 153_516
    assert (len(crema_d.CATEGORIES), crema_d.CLIP_COUNT) == (6, 7442)
    assert (len(gtzan.CATEGORIES), len(nsynth.CATEGORIES), len(voxforge.CATEGORIES)) == (10, 11, 6)


@pytest.mark.parametrize("name", [n for n in dataset_names() if "random" not in n])
def test_a_folder_is_taken_for_what_it_holds(name: str, make) -> None:
    assert detect_dataset(make(name)) == name


@pytest.mark.parametrize("module", [crema_d, gtzan, voxforge])
def test_made_splits_have_all_classes_in_all_parts_in_the_published_shares(module, make) -> None:
    clips = module.clips(make(module.NAME))
    folds = defaultdict(set)
    for clip in clips:
        folds[clip.label].add(clip.fold)
    assert all(found == {1, 2, 3} for found in folds.values())
    share = sum(clip.fold == 1 for clip in clips) / len(clips)
    assert 0.6 <= share <= 0.8
    sources = defaultdict(set)
    for clip in clips:
        sources[clip.source_id].add(clip.fold)
    assert all(len(found) == 1 for found in sources.values())


def test_words_of_speech_commands(make) -> None:
    root = make(speech_commands.NAME)
    clips = speech_commands.clips(root)
    assert len(clips) == 105
    clip = clips[-1]
    assert (clip.label, clip.target, clip.fold) == ("zero", 34, 3)
    assert (clip.source_id, clip.take) == ("2aca1e72", "0")
    write_lines(root / "testing_list.txt", ["zero/2aca1e72_nohash_0.wav", "zero/x_nohash_1.wav"])
    with pytest.raises(DatasetError, match=r"1 audio file of the table not found.*zero/x_nohash_1"):
        speech_commands.clips(root)
    write_lines(root / "testing_list.txt", ["zero/2aca1e72_nohash_0.wav"] * 2)
    with pytest.raises(DatasetError, match=r"line 2: .* stands in line 1 already"):
        speech_commands.clips(root)
    (root / "testing_list.txt").unlink()
    with pytest.raises(DatasetError, match="testing_list"):
        speech_commands.clips(root)


@pytest.mark.parametrize("module", [speech_commands, crema_d, gtzan, nsynth, voxceleb1])
def test_an_incomplete_copy_does_not_validate(module, make, monkeypatch) -> None:
    root = make(module.NAME)
    monkeypatch.undo()
    with pytest.raises(DatasetError, match="expected") as caught:
        module.validate(root)
    assert "complete copy" in str(caught.value)


def test_names_of_crema_d(make) -> None:
    root = make(crema_d.NAME)
    clip = crema_d.clips(root)[0]
    assert (clip.label, clip.source_id, clip.take) == ("anger", "1001", "IEO_ANG_XX")
    (root / "AudioWAV/1001_IEO_JOY_XX.wav").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"1 have no name.*1001_IEO_JOY_XX"):
        crema_d.clips(root)


def test_filtered_lists_of_gtzan_decide_where_they_are_given(make) -> None:
    root = make(gtzan.NAME)
    assert not any("00054" in clip.path.name for clip in gtzan.clips(root))
    write_lines(root / "train_filtered.txt", ["blues/blues.00001.wav", "rock/rock.00001.wav"])
    write_lines(root / "valid_filtered.txt", ["blues/blues.00002.wav"])
    with pytest.raises(DatasetError, match=r"test_filtered.*all three lists"):
        gtzan.clips(root)
    write_lines(root / "test_filtered.txt", ["blues/blues.00003.wav"])
    found = {clip.source_id: clip.fold for clip in gtzan.clips(root)}
    assert found == {
        "blues/blues.00001": 1,
        "rock/rock.00001": 1,
        "blues/blues.00002": 2,
        "blues/blues.00003": 3,
    }
    write_lines(root / "test_filtered.txt", ["blues/blues.00002.wav"])
    with pytest.raises(DatasetError, match="in another list"):
        gtzan.clips(root)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "describes no notes"),
        ('{"a": {"instrument_family": 11}}', "'11', expected 0 to 10"),
        ('{"a": 3}', "'None', expected 0 to 10"),
        ('{"b": {"instrument_family": 0}}', "1 audio file of the table not found.*'b'"),
    ],
)
def test_wrong_descriptions_of_nsynth(make, content: str, message: str) -> None:
    root = make(nsynth.NAME)
    folder = root / "nsynth-valid"
    (folder / "examples.json").write_text(content, encoding="utf-8")
    (folder / "audio/a.wav").write_bytes(b"x")
    with pytest.raises(DatasetError, match=message):
        nsynth.clips(root)


def test_speakers_of_voxforge(make) -> None:
    root = make(voxforge.NAME)
    sources = {clip.source_id for clip in voxforge.clips(root)}
    assert "de/speaker0" in sources
    assert "ru/anonymous-20080101-abc" in sources
    assert len(sources) == 6 * 11


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("4 id10001/video1/00001.wav", "split is '4', expected 1 to 3"),
        ("1 id10001/00001.wav", "not found|not of the form"),
        ("1 id10001/video1/00009.wav", "not found.*00009"),
        ("1", "filename is empty"),
    ],
)
def test_wrong_lines_of_voxceleb(make, line: str, message: str) -> None:
    root = make(voxceleb1.NAME)
    assert voxceleb1.clips(root)[0].source_id == "id10001/video1"
    write_lines(root / voxceleb1.TABLE, [line, "2 id10002/video2/00001.wav"])
    with pytest.raises(DatasetError, match=message):
        voxceleb1.clips(root)
