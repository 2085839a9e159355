"""`kikimimi anomaly` on a machine made here: what it prints, writes and returns."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import Result
from typer.testing import CliRunner

from kikimimi.cli.app import app
from kikimimi.errors import AnomalyError, ConfigError, KikimimiError, QueryError
from kikimimi.tasks.anomaly.storage import load_model

RATE_HZ = 16000
STATISTICS = ("--encoder", "logmel_statistics", "--layer", "log_mel")


def hum(seed: int, duration_s: float = 2.0) -> np.ndarray:
    """A machine: a tone of about 100 Hz, and noise."""
    generator = np.random.default_rng(seed)
    times = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    tone = np.sin(2 * np.pi * generator.uniform(98, 102) * times)
    return 0.1 * tone + 0.02 * generator.standard_normal(len(times))


def whistle(seed: int) -> np.ndarray:
    """Twelve seconds of the machine, with a faint tone at 3 kHz from 9 to 10 s."""
    samples = hum(seed, 12.0)
    times = np.arange(len(samples)) / RATE_HZ
    return samples + 0.05 * np.sin(2 * np.pi * 3000 * times) * ((times > 9) & (times < 10))


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pump")
    (root / "normal").mkdir()
    for seed in range(6):
        soundfile.write(root / "normal" / f"{seed}.wav", hum(seed, 12.0), RATE_HZ)
    (root / "new").mkdir()
    soundfile.write(root / "new" / "正常.wav", hum(50, 12.0), RATE_HZ)
    soundfile.write(root / "new" / "leak.wav", whistle(51), RATE_HZ)
    return root


@pytest.fixture(scope="module")
def model(sounds: Path) -> Path:
    folder = sounds / "pump.model"
    anomaly("fit", sounds / "normal", "-o", folder, "--clip", 2, "--false-alarm-rate", 0.01)
    return folder


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app(only="anomaly"), ["anomaly", *map(str, arguments)])


def anomaly(*arguments: object, expect: int = 0) -> Result:
    """With the statistics of a log-mel spectrogram when something is fitted."""
    fits = arguments[0] in ("fit", "evaluate") and "--encoder" not in arguments
    done = call(*arguments, *(STATISTICS if fits else ()))
    assert done.exit_code == expect, done.output
    return done


def lines(done: Result) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def fault(*arguments: object) -> KikimimiError:
    """The error that a wrong call ends with: it is told in one line, and the status is 2."""
    done = call(*arguments)
    assert isinstance(done.exception, KikimimiError), done.output
    assert "\n" not in str(done.exception)
    return done.exception


def test_a_fault_is_told_with_its_time(sounds: Path, model: Path) -> None:
    done = anomaly("score", sounds / "new", "--model", model, "--json")
    leak, normal = lines(done)
    assert Path(leak["path"]).name == "leak.wav"
    assert leak["anomalous"] and leak["score"] > leak["threshold"]
    assert not normal["anomalous"] and normal["score"] <= normal["threshold"]
    assert [clip["start"] for clip in leak["clips"] if clip["anomalous"]] == [8.0]
    assert leak["model"] == normal["model"] == load_model(model).identity
    assert "1 of 2 recordings anomalous" in done.stderr


def test_an_anomaly_is_no_failure_unless_asked(sounds: Path, model: Path) -> None:
    leak, normal = sounds / "new" / "leak.wav", sounds / "new" / "正常.wav"
    shown = anomaly("score", leak, "-m", model).stdout
    assert shown.split("\t")[3:] == ["anomalous", "8.0-10.0 s\n"]
    anomaly("score", leak, "-m", model, "--fail-on-anomaly", expect=1)
    anomaly("score", normal, "-m", model, "--fail-on-anomaly")


def test_the_threshold_moves_with_the_rate(sounds: Path, model: Path) -> None:
    path = sounds / "new" / "正常.wav"
    own, wide = (
        lines(anomaly("score", path, "-m", model, "--json", *more))[0]
        for more in ((), ("--false-alarm-rate", 0.4))
    )
    assert wide["score"] == own["score"]
    assert wide["threshold"] < own["threshold"]


def test_bad_recordings_are_named_and_the_others_scored(
    sounds: Path, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    soundfile.write(tmp_path / "narrow.wav", hum(0)[::2], RATE_HZ // 2)
    soundfile.write(tmp_path / "silent.wav", np.zeros(RATE_HZ), RATE_HZ)
    files = [*sorted(tmp_path.iterdir()), sounds / "new" / "leak.wav"]
    done = anomaly("score", *files, "-m", model, "--json", expect=1)
    assert len(lines(done)) == 1
    told = done.stderr.splitlines()
    assert "broken.wav" in told[0] and "narrow.wav" in told[1] and "silent.wav" in told[2]
    assert "8000 Hz" in told[1]
    assert "3 could not be scored" in told[3]


def test_a_silent_stretch_is_named_and_the_rest_scored(model: Path, tmp_path: Path) -> None:
    samples = whistle(51)
    samples[2 * RATE_HZ : 7 * RATE_HZ] = 0
    soundfile.write(tmp_path / "loose.wav", samples, RATE_HZ)
    pictures = tmp_path / "where"
    call = ("score", tmp_path / "loose.wav", "-m", model, "--json", "--picture", pictures)
    done = anomaly(*call, expect=1)
    (scores,) = lines(done)
    assert [clip["start"] for clip in scores["clips"]] == [0, 6, 8, 10]
    assert scores["silent"] == [{"start": 2, "end": 4}, {"start": 4, "end": 6}]
    assert scores["anomalous"] and (pictures / "loose.png").is_file()
    told = done.stderr.splitlines()
    assert "loose.wav: 2 to 4 s and 1 more: silent, not scored" in told[0]
    assert "1 only in part" in told[1]


def test_fit_tells_what_it_learned_and_warns_of_few_clips(sounds: Path, tmp_path: Path) -> None:
    files = ("--clip", 0, "--target", sounds / "new", "--detector", "mem_mixup")
    done = anomaly("fit", sounds / "normal", "-o", tmp_path / "m", *files, "--json")
    record = lines(done)[0]
    assert (record["files"], record["clips"], record["clip_s"]) == (8, 8, 12.0)
    assert record["threshold"] == load_model(tmp_path / "m").threshold
    assert "warning: 8 clips are few" in done.stderr


def test_settings_reach_the_detector(sounds: Path, tmp_path: Path) -> None:
    settings = ("--set", "n_neighbors=3", "--set", "metric=euclidean")
    anomaly("fit", sounds / "normal", "-o", tmp_path / "m", *settings)
    detector = load_model(tmp_path / "m").detector
    assert detector.get_params() == {
        "n_neighbors": 3, "metric": "euclidean", "false_alarm_rate": 0.1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("--detector", "kn"), ConfigError, "did you mean 'knn'"),
        (("--set", "neighbours=2"), ConfigError, "n_neighbors"),
        (("--set", "n_neighbors"), ConfigError, "name=value"),
        (("--false-alarm-rate", 2), AnomalyError, "between 0 and 1"),
        (("--features", "log_mel_frame"), ConfigError, "log_mel_frames"),
    ],
)
def test_wrong_choices(sounds: Path, tmp_path: Path, arguments, kind, message) -> None:
    error = fault("fit", sounds / "normal", "-o", tmp_path / "m", *STATISTICS, *arguments)
    assert isinstance(error, kind)
    assert message in str(error)
    assert not (tmp_path / "m").exists()


def test_wrong_places(sounds: Path, model: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear diary")
    full = fault("fit", sounds / "normal", "-o", tmp_path / "mine", *STATISTICS)
    assert isinstance(full, QueryError) and "holds other things" in str(full)
    assert "no sound files" in str(fault("fit", tmp_path / "mine", "-o", tmp_path / "m"))
    assert "no sound files" in str(fault("score", tmp_path / "mine", "-m", model))
    assert "kikimimi anomaly fit" in str(fault("score", sounds / "new", "-m", tmp_path / "none"))


def test_a_picture_shows_where(sounds: Path, model: Path, tmp_path: Path) -> None:
    anomaly("score", sounds / "new", "-m", model, "--picture", tmp_path / "pictures")
    drawn = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert drawn == ["leak.png", "正常.png"]
    assert (tmp_path / "pictures" / "leak.png").read_bytes().startswith(b"\x89PNG")
    (tmp_path / "file").write_text("no folder")
    error = fault("score", sounds / "new", "-m", model, "--picture", tmp_path / "file")
    assert "cannot be written" in str(error)
