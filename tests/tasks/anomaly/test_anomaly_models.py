"""Models of normal sound: fitted on files, kept in a folder, refused where they do not fit."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from kikimimi.errors import AnomalyError, AudioError, ConfigError, EncoderError, KikimimiError
from kikimimi.metrics.anomaly.ranking import auc
from kikimimi.tasks.anomaly.contract import AnomalyModel
from kikimimi.tasks.anomaly.detectors.registry import create_detector
from kikimimi.tasks.anomaly.features.registry import create_features, feature_kinds
from kikimimi.tasks.anomaly.fitting import fit_model
from kikimimi.tasks.anomaly.model import FittedModel
from kikimimi.tasks.anomaly.storage import is_model, load_model, save_model

RATE_HZ = 16000
STATISTICS = {"encoder": "logmel_statistics", "layer": "log_mel"}


def hum(seed: int, *, duration_s: float = 2.0, rate_hz: int = RATE_HZ) -> np.ndarray:
    """A machine: three harmonics of about 100 Hz, and noise."""
    generator = np.random.default_rng(seed)
    times = np.arange(round(duration_s * rate_hz)) / rate_hz
    pitch_hz = generator.uniform(98, 102)
    tones = sum(np.sin(2 * np.pi * n * pitch_hz * times) / n for n in (1, 2, 3))
    return 0.1 * tones + 0.02 * generator.standard_normal(len(times))


def whistling(seed: int) -> np.ndarray:
    """The machine with a leak: a faint tone at 3 kHz in the middle second."""
    samples = hum(seed)
    times = np.arange(len(samples)) / RATE_HZ
    return samples + 0.05 * np.sin(2 * np.pi * 3000 * times) * ((times > 0.5) & (times < 1.5))


def write(path: Path, samples: np.ndarray, rate_hz: int = RATE_HZ) -> Path:
    soundfile.write(path, samples, rate_hz, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("machine")
    for seed in range(12):
        write(root / f"train_{seed:02}.wav", hum(seed))
    for seed in range(100, 106):
        write(root / f"normal_{seed}.wav", hum(seed))
        write(root / f"leak_{seed}.wav", whistling(seed))
    write(root / "narrow.wav", hum(1, rate_hz=8000), 8000)
    write(root / "silent.wav", np.zeros(RATE_HZ))
    write(root / "long.wav", np.concatenate([hum(200), whistling(201), hum(202)[:8000]]))
    (root / "broken.wav").write_bytes(b"RIFF")
    return root


def fitted(folder: Path, *, features=STATISTICS, detector="knn", **options) -> FittedModel:
    return fit_model(
        sorted(folder.glob("train_*.wav")),
        features=create_features(**features),
        detector=create_detector(detector),
        **options,
    )


@pytest.fixture(scope="module")
def model(folder: Path) -> FittedModel:
    return fitted(folder)


@pytest.fixture
def saved(model: FittedModel, tmp_path: Path) -> Path:
    save_model(model, tmp_path / "model")
    return tmp_path / "model"


def scores(model: FittedModel, folder: Path, pattern: str) -> np.ndarray:
    return np.array([model.score_file(path).score for path in sorted(folder.glob(pattern))])


@pytest.mark.parametrize(
    "features",
    [
        STATISTICS,
        STATISTICS | {"pooling": "weighted_rank", "decay": 0.9},
        STATISTICS | {"pooling": "mean_and_deviation"},
        {"encoder": "placeholder", "layer": "bands"},
        {"encoder": "placeholder"},
        {"kind": "log_mel_frames", "hop": 20},
    ],
)
def test_a_leak_scores_above_normal_clips(folder: Path, features) -> None:
    model: AnomalyModel = fitted(folder, features=features, detector="ldn")
    clips = [model.score_file(path) for path in sorted(folder.glob("leak_*.wav"))]
    assert all(each.anomalous for each in clips)
    assert auc(scores(model, folder, "normal_*.wav"), [each.score for each in clips]) == 1


def test_a_file_and_its_samples_have_the_same_score(model: FittedModel, folder: Path) -> None:
    path = folder / "leak_100.wav"
    samples = soundfile.read(path, dtype="float32")[0]
    found = model.score_clips(samples[None], sample_rate_hz=RATE_HZ)
    assert found.scores[0] == pytest.approx(model.score_file(path).score, rel=1e-6)
    assert found.anomalous.tolist() == [True]
    assert found.threshold == model.threshold


def test_model_tells_what_it_was_fitted_on(model: FittedModel) -> None:
    assert model.sample_rate_hz == RATE_HZ
    assert model.clip_s == pytest.approx(2.0)
    assert model.training_scores.shape == (12,)
    assert model.identity.startswith("knn@")


def test_a_long_file_is_scored_clip_by_clip(folder: Path) -> None:
    model = fitted(folder, clip_s=1.0)
    found = model.score_file(folder / "long.wav")
    assert model.clip_s == 1.0
    assert found.anomalous
    assert found.windows[0].start_s == 0
    assert found.windows[-1].end_s == pytest.approx(4.5)
    worst = found.windows[int(found.clips.scores.argmax())]
    assert 2 <= worst.start_s <= 3
    assert not found.clips.anomalous[:2].any()


def test_one_long_recording_is_enough_where_it_is_cut(folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "hour.wav", np.concatenate([hum(seed) for seed in range(8)]))
    model = fit_model(
        [path],
        features=create_features(**STATISTICS),
        detector=create_detector("knn"),
        clip_s=2.0,
    )
    assert len(model.training_scores) == 8
    assert model.score_file(folder / "leak_100.wav").anomalous


def test_other_false_alarm_rates_need_no_fit(model: FittedModel) -> None:
    assert model.at_rate(0.01).threshold > model.threshold > model.at_rate(0.5).threshold
    with pytest.raises(AnomalyError, match="false-alarm rate"):
        model.at_rate(1.5)


def test_domains_are_those_of_the_files(folder: Path) -> None:
    model = fitted(folder, detector="smote", domains=[0] * 8 + [1] * 4)
    assert len(model.detector.target_) == 4
    with pytest.raises(AnomalyError, match="1 domains for 12 files"):
        fitted(folder, domains=[0])


def test_progress_is_told_for_each_file(folder: Path) -> None:
    told = []
    fitted(folder, progress=lambda number, total, path: told.append((number, total, path.name)))
    assert told[0] == (1, 12, "train_00.wav")
    assert told[-1] == (12, 12, "train_11.wav")


def test_the_map_shows_where_the_leak_is(model: FittedModel) -> None:
    found = model.where(whistling(300).astype(np.float32))
    band, frame = np.unravel_index(found.deviations.argmax(), found.deviations.shape)
    assert found.frequencies_hz[band] == pytest.approx(3000, rel=0.05)
    assert 0.4 < found.times_s[frame] < 1.6
    assert found.deviations.shape == (len(found.frequencies_hz), len(found.times_s))
    assert np.abs(model.where(hum(301).astype(np.float32)).deviations).mean() < 1.5


def test_a_saved_model_is_the_same(model: FittedModel, saved: Path, folder: Path) -> None:
    again = load_model(saved)
    assert is_model(saved)
    assert again.identity == model.identity
    assert again.threshold == model.threshold
    path = folder / "leak_100.wav"
    np.testing.assert_array_equal(again.score_file(path).clips.scores, model.score_file(path).score)
    samples = whistling(300).astype(np.float32)
    np.testing.assert_array_equal(again.where(samples).deviations, model.where(samples).deviations)
    assert "| encoder | logmel_statistics@" in (saved / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("detector", ["autoencoder", "sub_bands", "mem_mixup", "gaussian"])
def test_every_kind_of_state_survives_a_folder(folder: Path, tmp_path: Path, detector) -> None:
    settings = {"autoencoder": {"epochs": 1, "folds": 0}, "sub_bands": {"bands": 4}}
    model = fit_model(
        sorted(folder.glob("train_*.wav")),
        features=create_features(**STATISTICS),
        detector=create_detector(detector, **settings.get(detector, {})),
        domains=[0] * 8 + [1] * 4,
    )
    save_model(model, tmp_path)
    samples = whistling(9).astype(np.float32)[None]
    expected = model.score_clips(samples).scores
    np.testing.assert_array_equal(load_model(tmp_path).score_clips(samples).scores, expected)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        (
            "encoder_identity",
            "logmel_statistics@0",
            "was fitted on the encoder logmel_statistics@0",
        ),
        ("sample_rate_hz", 8000, "was fitted at 8000 Hz"),
        ("weights_sha256", "0", "SHA-256 differs"),
        ("architecture", "transformer", "is not the configuration of an anomaly model"),
        ("clip_s", None, "damaged or of another version"),
    ],
)
def test_a_model_that_does_not_fit_is_refused_in_a_line(saved: Path, key, value, told) -> None:
    config = json.loads((saved / "config.json").read_text(encoding="utf-8"))
    config = {k: v for k, v in config.items() if k != key} | ({key: value} if value else {})
    (saved / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(AnomalyError, match=told) as caught:
        load_model(saved)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]"])
def test_a_folder_that_is_no_model_is_told(tmp_path: Path, content) -> None:
    with pytest.raises(AnomalyError, match="cannot be read"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_bytes(content)
    assert not is_model(tmp_path)
    with pytest.raises(AnomalyError, match=r"JSON|configuration"):
        load_model(tmp_path)


@pytest.mark.parametrize(
    ("name", "error", "told"),
    [
        ("narrow.wav", AnomalyError, "recorded at 8000 Hz, but the model was fitted on"),
        ("silent.wav", AnomalyError, "silent"),
        ("broken.wav", AudioError, "broken.wav"),
        ("missing.wav", AudioError, "missing.wav"),
    ],
)
def test_files_that_cannot_be_scored_are_told(model, folder: Path, name, error, told) -> None:
    with pytest.raises(error, match=told) as caught:
        model.score_file(folder / name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        (np.zeros((1, 100)), "clip 1 of 1: is silent"),
        (np.ones((2, 100)), "silent"),
        (np.full((1, 100), np.nan), "NaN"),
        (np.ones(100), "a model takes clips of shape"),
    ],
)
def test_samples_that_cannot_be_scored_are_told(model, samples, told) -> None:
    with pytest.raises(AnomalyError, match=told):
        model.score_clips(samples)


def test_samples_at_another_rate_are_refused(model) -> None:
    with pytest.raises(AnomalyError, match="at 16000 Hz, but got 44100"):
        model.score_clips(np.ones((1, 100), np.float32), sample_rate_hz=44100)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((), "no recordings"),
        (("train_00.wav", "train_01.wav"), "minimum of 3"),
        (("train_00.wav", "train_01.wav", "narrow.wav"), "narrow.wav: was recorded at 8000 Hz"),
        (("train_00.wav", "silent.wav", "train_01.wav"), "silent.wav: is silent"),
        (("train_00.wav",) * 4, "the same"),
    ],
)
def test_recordings_that_teach_nothing_are_told(folder: Path, names, told) -> None:
    with pytest.raises(AnomalyError, match=told):
        fit_model(
            [folder / name for name in names],
            features=create_features(**STATISTICS),
            detector=create_detector("knn"),
        )


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"kind": "encoders"}, ConfigError, "did you mean 'encoder'"),
        ({"pooling": "means"}, ConfigError, "did you mean 'mean'"),
        ({"poolling": "mean"}, ConfigError, "did you mean 'pooling'"),
        ({"decay": 2}, ConfigError, "from 0 to 1"),
        ({"layer": "layer99"}, EncoderError, "has no layer 'layer99'"),
        ({"encoder": "kikimim"}, EncoderError, "kikimim"),
        ({"kind": "log_mel_frames", "frames": 0}, ConfigError, "frames is 0"),
    ],
)
def test_unknown_features_are_told(settings, error, told) -> None:
    with pytest.raises(error, match=told):
        create_features(**settings)


def test_every_recording_is_tried_before_faults_are_told(folder: Path) -> None:
    names = ("silent.wav", "train_00.wav", "silent.wav", "train_01.wav", "train_02.wav")
    told = []
    with pytest.raises(AnomalyError, match="2 of 5 recordings cannot be learned from"):
        fit_model(
            [folder / name for name in names],
            features=create_features(**STATISTICS),
            detector=create_detector("knn"),
            progress=lambda number, total, path: told.append(number),
        )
    assert told == [1, 2, 3, 4, 5]


def test_kinds_of_features_are_known() -> None:
    assert feature_kinds() == ("encoder", "log_mel_frames")
    assert issubclass(AnomalyError, KikimimiError)
