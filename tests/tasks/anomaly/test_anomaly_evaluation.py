"""A machine of a data set from its training clips to the official files."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from kikimimi.datasets.machine_registry import load_machine_dataset
from kikimimi.errors import DatasetError
from kikimimi.metrics.anomaly import score_files
from kikimimi.metrics.anomaly.score_files import SectionName
from kikimimi.metrics.anomaly.sections import section_figures
from kikimimi.tasks.anomaly.detectors.registry import create_detector
from kikimimi.tasks.anomaly.evaluation import fit_machine, score_machine, write_results
from kikimimi.tasks.anomaly.features.registry import create_features


def write(folder: Path, name: str, seed: int, *, fault: float = 0.0, speed: float = 1.0) -> None:
    generator = np.random.default_rng(seed)
    times = np.arange(16000) / 16000
    samples = 0.1 * np.sin(2 * np.pi * 200 * speed * times)
    samples += 0.02 * generator.standard_normal(16000)
    samples += fault * np.sin(2 * np.pi * 2500 * times)
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / f"{name}.flac", samples, 16000)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    fan = tmp_path_factory.mktemp("data") / "fan"
    for seed in range(12):
        domain, speed = ("source", 1.0) if seed < 9 else ("target", 3.0)
        name = f"section_00_{domain}_train_normal_{seed:04}"
        write(fan / "train", name, seed, speed=speed)
        for condition, fault in (("normal", 0.0), ("anomaly", 0.02)):
            name = f"section_00_{domain}_test_{condition}_{seed:04}"
            write(fan / "test", name, 100 + seed, fault=fault, speed=speed)
    write(fan / "test", "section_01_0000", 300)
    return fan.parent


@pytest.mark.parametrize("detector", ["knn", "mem_mixup"])
def test_a_machine_goes_from_clips_to_official_files(root: Path, tmp_path: Path, detector) -> None:
    dataset = load_machine_dataset(root)
    features = create_features(encoder="logmel_statistics", layer="log_mel")
    model = fit_machine(dataset, "fan", features=features, detector=create_detector(detector))
    told = []
    known, unknown = score_machine(
        dataset, "fan", model, progress=lambda number, total, _: told.append((number, total))
    )
    assert told[-1] == (25, 25)
    assert section_figures(known.section_scores()).auc_source == 1.0
    assert not unknown.truth_is_known
    with pytest.raises(DatasetError, match=r"fan section 01.*give the ground truth"):
        unknown.section_scores()
    written = write_results(tmp_path, [known, unknown])
    assert [path.name for path in written[:2]] == [
        "anomaly_score_fan_section_00_test.csv",
        "decision_result_fan_section_00_test.csv",
    ]
    files = score_files.files_of_kind(tmp_path, score_files.SCORES)
    scores = score_files.read_scores(files[SectionName("fan", "00")])
    assert list(scores.values()) == list(known.scores)
    assert all(name.endswith(".flac") for name in scores)
    first_year = write_results(tmp_path / "2020", [known], unit="id")
    assert first_year[1].name == "decision_result_fan_id_00.csv"
    decisions = score_files.read_flags(written[1])
    assert decisions == {name: score > model.threshold for name, score in scores.items()}


def test_domains_are_told_to_the_detector(root: Path) -> None:
    features = create_features(encoder="logmel_statistics", layer="log_mel")
    dataset = load_machine_dataset(root)
    model = fit_machine(dataset, "fan", features=features, detector=create_detector("smote"))
    assert (len(model.detector.source_), len(model.detector.target_)) == (9, 3)
