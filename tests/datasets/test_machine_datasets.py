"""Data sets of machine sounds in their published layouts."""

from pathlib import Path

import pytest

from dataset_layouts import copies_of_one_sound, write_sound, write_table
from kikimimi.datasets.machine_records import MachineDataset, sections_of
from kikimimi.datasets.machine_registry import (
    find_machine_dataset,
    load_machine_dataset,
    machine_dataset_names,
)
from kikimimi.errors import ConfigError, DatasetError


def make_2020(root: Path) -> None:
    names = ["train/normal_id_00_00000000.wav", "train/normal_id_02_00000001.wav"]
    names += ["test/normal_id_00_00000000.wav", "test/anomaly_id_00_00000000.wav"]
    names += ["test/id_01_00000000.wav"]
    copies_of_one_sound(
        root, [root / machine / name for machine in ("fan", "pump") for name in names]
    )


def make_2021(root: Path) -> None:
    names = ["train/section_00_source_train_normal_0000_strength_1_ambient.wav"]
    names += ["train/section_00_target_train_normal_0001_strength_2_ambient.wav"]
    names += ["source_test/section_00_source_test_normal_0000.wav"]
    names += ["target_test/section_00_target_test_anomaly_0000.wav"]
    names += ["target_test/section_03_target_test_0000.wav"]
    copies_of_one_sound(root, [root / "gearbox" / name for name in names])


def make_2023(root: Path) -> None:
    names = ["train/section_00_source_train_normal_0000_vel_6.wav"]
    names += ["train/section_00_target_train_normal_0990_vel_8.wav"]
    names += ["test/section_00_source_test_normal_0000_vel_6.wav"]
    names += ["test/section_00_target_test_anomaly_0000_vel_8.wav"]
    names += ["test/section_00_0199.wav"]
    copies_of_one_sound(root, [root / "bearing" / name for name in names])
    rows = [(f"bearing/{name}", "vel", name[-5], "loc", "") for name in names[:4]]
    write_table(
        root / "bearing/attributes_00.csv", [("file_name", "d1p", "d1v", "d2p", "d2v"), *rows]
    )


def make_mimii(root: Path) -> None:
    for machine in ("0_dB_fan/fan", "6_dB_fan/fan"):
        place = root / machine / "id_00"
        sounds = [place / f"normal/{n:08}.wav" for n in range(9)]
        copies_of_one_sound(root, sounds + [place / f"abnormal/{n:08}.wav" for n in range(3)])


def make_toyadmos(root: Path) -> None:
    case = root / "ToyCar/case2"
    kinds = {"NormalSound_IND/{:04}_ToyCar_case2_normal_IND_ch{}_0001.wav": 6}
    kinds["AnomalousSound_IND/{:04}_ToyCar_case2_ab01_IND_ch{}_0001.wav"] = 2
    sounds = [
        case / k.format(n, ch) for k, count in kinds.items() for n in range(count) for ch in (1, 2)
    ]
    copies_of_one_sound(root, sounds)


LAYOUTS = {
    "2020": ("dcase-task2", make_2020),
    "2021": ("dcase-task2", make_2021),
    "2023": ("dcase-task2", make_2023),
    "MIMII": ("mimii", make_mimii),
    "ToyADMOS": ("toyadmos", make_toyadmos),
}


@pytest.fixture(params=LAYOUTS)
def dataset(request, tmp_path: Path) -> MachineDataset:
    name, make = LAYOUTS[request.param]
    make(tmp_path)
    dataset = load_machine_dataset(tmp_path)
    assert dataset.name == name
    return dataset


def test_clips_are_complete_and_training_clips_normal(dataset: MachineDataset) -> None:
    dataset.validate()
    for machine in dataset.machines:
        train, test = dataset.clips(machine, "train"), dataset.clips(machine, "test")
        assert {clip.anomalous for clip in train} == {False}
        assert {clip.anomalous for clip in test} >= {True, False}
        assert not {clip.path for clip in train} & {clip.path for clip in test}
        for clip in (*train, *test):
            assert clip.path.is_file()
            assert clip.machine == machine
        assert dataset.clips(machine, "test") == test


def test_modules_say_what_they_are() -> None:
    for name in machine_dataset_names():
        module = find_machine_dataset(name)
        assert name == module.NAME
        assert module.LICENCE
        assert module.CITATION


def test_2020_has_ids_for_sections_and_no_domains(tmp_path: Path) -> None:
    make_2020(tmp_path)
    dataset = load_machine_dataset(tmp_path)
    assert dataset.machines == ("fan", "pump")
    test = dataset.clips("fan", "test")
    assert sections_of(test) == ("00", "01")
    assert {clip.domain for clip in test} == {"source"}
    assert [clip.anomalous for clip in test if clip.section == "01"] == [None]


def test_2021_has_a_folder_for_each_domain(tmp_path: Path) -> None:
    make_2021(tmp_path)
    test = load_machine_dataset(tmp_path).clips("gearbox", "test")
    told = {(clip.section, clip.domain, clip.anomalous) for clip in test}
    assert told == {("00", "source", False), ("00", "target", True), ("03", "target", None)}


def test_2023_has_domains_in_names_and_attributes_in_tables(tmp_path: Path) -> None:
    make_2023(tmp_path)
    dataset = load_machine_dataset(tmp_path)
    train = dataset.clips("bearing", "train")
    assert [clip.domain for clip in train] == ["source", "target"]
    assert [dict(clip.attributes) for clip in train] == [
        {"vel": "6", "loc": ""},
        {"vel": "8", "loc": ""},
    ]
    unknown = [clip for clip in dataset.clips("bearing", "test") if clip.anomalous is None]
    assert [clip.path.name for clip in unknown] == ["section_00_0199.wav"]


def test_the_folder_of_one_machine_will_do(tmp_path: Path) -> None:
    make_2023(tmp_path)
    assert load_machine_dataset(tmp_path / "bearing").machines == ("bearing",)


def test_real_propellers_are_read(shared_data: Path) -> None:
    dataset = load_machine_dataset(shared_data / "machines")
    assert dataset.machines == ("propeller",)
    assert len(dataset.clips("propeller", "train")) == 27
    truth = [clip.anomalous for clip in dataset.clips("propeller", "test")]
    assert (truth.count(False), truth.count(True)) == (13, 60)


def test_mimii_keeps_noises_apart_and_tests_as_many_normal_clips_as_abnormal(tmp_path) -> None:
    make_mimii(tmp_path)
    dataset = load_machine_dataset(tmp_path)
    assert dataset.machines == ("fan_0dB", "fan_6dB")
    test = dataset.clips("fan_6dB", "test")
    assert [clip.anomalous for clip in test] == [False] * 3 + [True] * 3
    assert len(dataset.clips("fan_6dB", "train")) == 6


def test_toyadmos_gives_one_channel(tmp_path: Path) -> None:
    make_toyadmos(tmp_path)
    dataset = load_machine_dataset(tmp_path)
    clips = dataset.clips("ToyCar", "train") + dataset.clips("ToyCar", "test")
    assert len(clips) == 8
    assert all("_ch1_" in clip.path.name for clip in clips)
    assert sections_of(clips) == ("02",)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("train/section_00_source_train_anomaly_0001.wav", "anomaly among the training clips"),
        ("test/section_00_source_train_normal_0001.wav", "named as a train clip"),
        ("train/recording 1.wav", "none of DCASE task 2"),
    ],
)
def test_names_that_contradict_their_place_are_told(tmp_path: Path, name, told) -> None:
    make_2023(tmp_path)
    write_sound(tmp_path / "bearing" / name)
    with pytest.raises(DatasetError, match=told) as caught:
        load_machine_dataset(tmp_path).clips("bearing", "train")
    assert Path(name).name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damaged_clips_are_found_before_an_evaluation(tmp_path: Path) -> None:
    make_2023(tmp_path)
    (tmp_path / "bearing/test/section_00_source_test_normal_0007.wav").write_bytes(b"no sound")
    with pytest.raises(DatasetError, match="1 clip of 6 cannot be used"):
        load_machine_dataset(tmp_path).validate()


def test_folders_and_names_that_are_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="known by its layout"):
        load_machine_dataset(tmp_path)
    with pytest.raises(ConfigError, match="did you mean 'mimii'"):
        load_machine_dataset(tmp_path, "mimi")
    for name in machine_dataset_names():
        with pytest.raises(DatasetError, match="holds no machine"):
            load_machine_dataset(tmp_path, name)
    make_2020(tmp_path)
    with pytest.raises(ConfigError, match="did you mean 'fan'"):
        load_machine_dataset(tmp_path).clips("fans", "test")
