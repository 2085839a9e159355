"""The official files of DCASE task 2, and figures from them that equal the public evaluator's."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.errors import DatasetError
from kikimimi.metrics.anomaly import score_files
from kikimimi.metrics.anomaly.score_files import SectionName
from kikimimi.metrics.anomaly.sections import decision_figures, section_figures
from kikimimi.metrics.anomaly.summary import arithmetic_mean, mean_figures, official_score

MACHINES = ("bandsaw", "grinder", "shaker", "ToyDrone", "ToyNscale", "ToyTank", "Vacuum")

# What dcase2023_task2_evaluator (commit 3aa8a9f, scikit-learn 1.9.1) prints for the files that
# `make_submission` writes: AUC of all, source, target; pAUC; then precision, recall and F1, each of
# source and target.
EXPECTED = {
    "ToyDrone": (
        *(0.6448958333333333, 0.6909188034188034, 0.6011178861788617, 0.5789473684210527),
        *(0.7857142857142857, 0.6060606060606061, 0.55, 0.3333333333333333),
        *(0.6470588235294117, 0.4301075268817204),
    ),
    "ToyTank": (
        *(0.6115104166666667, 0.5798076923076924, 0.6416666666666666, 0.5663377192982456),
        *(0.6756756756756757, 0.7083333333333334, 0.4166666666666667, 0.5666666666666667),
        *(0.5154639175257731, 0.6296296296296297),
    ),
    "bandsaw": (
        *(0.61171875, 0.5881249999999999, 0.6353125000000001, 0.5679824561403509),
        *(0.425, 0.5517241379310345, 0.4146341463414634, 0.41025641025641024),
        *(0.41975308641975306, 0.47058823529411764),
    ),
    "shaker": (
        *(0.60984375, 0.6529166666666667, 0.5667708333333333, 0.5597587719298246),
        *(0.55, 0.3, 0.5365853658536586, 0.3076923076923077),
        *(0.54320987654321, 0.3037974683544304),
    ),
}
OFFICIAL_SCORE = 0.5999415952440952
HARMONIC = {"auc": 0.6171452873113323, "pauc": 0.5682597039243847}
DOMAIN_HARMONIC = {"auc_source": 0.626504858026775, "auc_target": 0.608061251945935}
ARITHMETIC = {"auc": 0.6195900292965841, "pauc": 0.5683153195488722}


def make_submission(root: Path) -> None:
    for k, machine in enumerate(MACHINES):
        name = SectionName(machine, "00")
        anomalous, target, scores = {}, {}, {}
        for i in range(200):
            file = f"section_00_{i:04}.wav"
            anomalous[file] = (i * 7 + i // 5 + k) % 2 == 1
            target[file] = (i // 3 + k) % 2 == 1
            fault, shift = 1.3 * anomalous[file], 0.4 * target[file] * (k % 3)
            scores[file] = round(((i * 37 + k * 11) % 101) / 10 + fault + shift, 4)
        for folder, kind, rows in (
            ("ground_truth_data", score_files.TRUTH, anomalous),
            ("ground_truth_domain", score_files.TRUTH, target),
            ("team", score_files.DECISIONS, {file: score > 7 for file, score in scores.items()}),
        ):
            (root / folder).mkdir(exist_ok=True)
            place = root / folder / score_files.score_file_name(kind, name)
            score_files.write_decisions(place, rows)
        place = root / "team" / score_files.score_file_name(score_files.SCORES, name)
        score_files.write_scores(place, scores)


@pytest.fixture(scope="module")
def submission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("submission")
    make_submission(root)
    return root


@pytest.fixture(scope="module")
def sections(submission: Path):
    truths = score_files.read_ground_truth(
        submission / "ground_truth_data", submission / "ground_truth_domain"
    )
    files = score_files.files_of_kind(submission / "team", score_files.SCORES)
    return {
        name.machine: score_files.section_scores(
            name, score_files.read_scores(path), truths[name], where=path
        )
        for name, path in files.items()
    }


@pytest.mark.parametrize("machine", EXPECTED)
def test_figures_of_a_section_equal_the_public_evaluators(submission, sections, machine) -> None:
    section = sections[machine]
    figures = section_figures(section)
    path = submission / "team" / f"decision_result_{machine}_section_00_test.csv"
    called = np.array(list(score_files.read_flags(path).values()))
    found = [figures.auc, figures.auc_source, figures.auc_target, figures.pauc]
    domains = [
        decision_figures(section.anomalous[section.target == t], called[section.target == t])
        for t in (False, True)
    ]
    for kind in ("precision", "recall", "f1"):
        found += [getattr(domain, kind) for domain in domains]
    np.testing.assert_allclose(found, EXPECTED[machine], rtol=0, atol=1e-12)


def test_means_and_the_official_score_equal_the_public_evaluators(sections) -> None:
    figures = [section_figures(section) for section in sections.values()]
    assert official_score(figures) == pytest.approx(OFFICIAL_SCORE, abs=1e-12)
    harmonic = mean_figures(figures)
    arithmetic = mean_figures(figures, mean=arithmetic_mean)
    for name, value in (HARMONIC | DOMAIN_HARMONIC).items():
        assert getattr(harmonic, name) == pytest.approx(value, abs=1e-12)
    for name, value in ARITHMETIC.items():
        assert getattr(arithmetic, name) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("anomaly_score_ToyCar_section_03_test.csv", ("anomaly_score", "ToyCar", "03")),
        ("anomaly_score_ToyCar_id_01.csv", ("anomaly_score", "ToyCar", "01")),
        ("decision_result_fan_section_00_source_test.csv", ("decision_result", "fan", "00")),
        (
            "anomaly_score_DCASE2023T2bandsaw_section_00_test_seed13711_id(0_)_Eval.csv",
            ("anomaly_score", "bandsaw", "00"),
        ),
        ("ground_truth_slide_rail_section_01_test.csv", ("ground_truth", "slide_rail", "01")),
        ("anomaly_score.csv", None),
        ("scores_fan_section_00_test.csv", None),
    ],
)
def test_official_names_are_understood(filename, expected) -> None:
    found = score_files.parse_score_file_name(filename)
    assert found == (expected and (expected[0], SectionName(*expected[1:])))


def test_official_names_are_written() -> None:
    name = SectionName("fan", "02")
    later = score_files.score_file_name(score_files.SCORES, name)
    assert later == "anomaly_score_fan_section_02_test.csv"
    first = score_files.score_file_name(score_files.SCORES, name, unit="id")
    assert first == "anomaly_score_fan_id_02.csv"
    assert all(
        score_files.parse_score_file_name(n) == ("anomaly_score", name) for n in (later, first)
    )


@settings(max_examples=20)
@given(
    scores=st.dictionaries(
        st.from_regex(r"section_00_[0-9]{4}\.wav", fullmatch=True),
        st.floats(allow_nan=False, allow_infinity=False),
        min_size=1,
    )
)
def test_scores_come_back_as_they_were_written(tmp_path_factory, scores) -> None:
    path = tmp_path_factory.getbasetemp() / "anomaly_score_fan_section_00_test.csv"
    score_files.write_scores(path, scores)
    assert score_files.read_scores(path) == scores


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a.wav,0.5\na.wav,0.6\n", "line 2: 'a.wav' occurs twice"),
        ("a.wav,0.5\nb.wav\n", "line 2: has 1 cells"),
        ("a.wav,high\n", "line 1: 'high' is not a finite score"),
        ("a.wav,nan\n", "not a finite score"),
        ("\n", "holds no rows"),
        ("\udce9,1\n", "UTF-8"),
    ],
)
def test_faulty_score_files_are_told_with_their_line(tmp_path: Path, content, told) -> None:
    path = tmp_path / "anomaly_score_fan_section_00_test.csv"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(DatasetError, match=told) as caught:
        score_files.read_scores(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_decisions_are_zero_or_one(tmp_path: Path) -> None:
    path = tmp_path / "decision_result_fan_section_00_test.csv"
    path.write_text("a.wav,2\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="'2' is not 0 or 1"):
        score_files.read_flags(path)


def test_scores_and_truth_must_be_of_the_same_files(submission: Path) -> None:
    truths = score_files.read_ground_truth(submission / "ground_truth_data")
    name = SectionName("shaker", "00")
    assert not any(each.target for each in truths[name].values())
    scores = dict.fromkeys(truths[name], 0.0)
    for change, told in (({"other.wav": 1.0}, "no clip of the section"), ({}, "lacks")):
        changed = {**dict(list(scores.items())[bool(not change) :]), **change}
        with pytest.raises(DatasetError, match=told):
            score_files.section_scores(name, changed, truths[name], where=Path("scores.csv"))


def test_folders_without_the_files_are_told(tmp_path: Path, submission: Path) -> None:
    with pytest.raises(DatasetError, match="no files named anomaly_score_"):
        score_files.files_of_kind(tmp_path, score_files.SCORES)
    for name in ("anomaly_score_fan_section_00_test.csv", "anomaly_score_fan_id_00.csv"):
        score_files.write_scores(tmp_path / name, {"a.wav": 1.0})
    with pytest.raises(DatasetError, match="same machine and section"):
        score_files.files_of_kind(tmp_path, score_files.SCORES)
