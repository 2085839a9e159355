"""`kikimimi listen` on real sounds: a pipe, files, rules, and calls that are wrong."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from kikimimi.audio.reading import read_clip
from kikimimi.audio.writing import write_wav
from kikimimi.cli.app import app
from kikimimi.cli.listening import running
from kikimimi.cli.listening.telling import WhileHeard
from kikimimi.errors import ListeningError
from kikimimi.listening.assembly import ListenSettings, assembled
from kikimimi.listening.rules.config import parse_rules
from kikimimi.listening.sensors.levels import LevelSensor
from kikimimi.listening.sources.recorded import RecordedSource
from kikimimi.listening.storage import snippets
from kikimimi.tasks.anomaly.detectors.registry import create_detector
from kikimimi.tasks.anomaly.features.registry import create_features
from kikimimi.tasks.anomaly.fitting import fit_model
from kikimimi.tasks.anomaly.storage import save_model
from kikimimi.types import Clip

RATE_HZ = 16000
RULES = """
actions:
  log: {{kind: json_lines, path: {folder}/alerts.jsonl}}
  keep: {{kind: snippet, folder: {folder}/kept, pre_roll_s: 1, post_roll_s: 1, least_free_mb: 0}}
  hook: {{kind: webhook, url: "http://127.0.0.1:9/"}}
rules:
  - {{name: bark, event: [犬], score: 0.3, hold_off_s: 60}}
"""


@pytest.fixture(scope="module")
def recording(shared_data, tmp_path_factory) -> Path:
    """Eight seconds of faint noise in which a dog barks from about the fourth second on."""
    clip = read_clip(
        shared_data / "esc50" / "audio" / "1-100032-A-0.ogg", sample_rate_hz=RATE_HZ, mono=True
    )
    samples = 0.002 * np.random.default_rng(0).standard_normal(8 * RATE_HZ).astype(np.float32)
    samples[2 * RATE_HZ : 2 * RATE_HZ + clip.samples.shape[1]] += clip.samples[0]
    path = tmp_path_factory.mktemp("street") / "street.wav"
    write_wav(path, Clip(samples[None], RATE_HZ), subtype="PCM_16")
    return path


def listen(*arguments: object, expect: int = 0, given: bytes | None = None) -> Result:
    done = CliRunner().invoke(app(), ["listen", *map(str, arguments)], input=given)
    assert done.exit_code == expect, (done.output, done.exception)
    return done


def messages(done: Result, kind: str) -> list[dict]:
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line for line in lines if line["type"] == kind]


def test_a_pipe_of_raw_samples_is_heard_and_alerts_are_kept(recording, tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES.format(folder=tmp_path), encoding="utf-8")
    pcm = (read_clip(recording).samples[0] * 32768).round().astype("<i2").tobytes()
    call = ["-", "--rate", RATE_HZ, "--rules", rules, "--state", tmp_path / "state", "--json"]
    done = listen(*call, "--detector", "kikimimi", given=pcm)
    (alert,) = messages(done, "alert")
    assert alert["rule"] == "bark" and 3.5 < alert["onset_s"] < 5.0
    assert alert["told_s"] - alert["onset_s"] <= 1.5
    levels = messages(done, "level")
    assert len(levels) == 8 and levels[4]["LAFmax"] > levels[1]["LAFmax"] + 20
    (logged,) = (tmp_path / "alerts.jsonl").read_text("utf-8").splitlines()
    assert json.loads(logged)["id"] == alert["id"]
    (snippet,) = snippets(tmp_path / "kept")
    assert read_clip(snippet).duration_s == pytest.approx(2 + alert["told_s"] - alert["onset_s"])
    (waiting,) = (tmp_path / "state" / "queues" / "hook").glob("*.json")
    assert json.loads(waiting.read_text("utf-8"))["id"] == alert["id"]


def test_levels_alone_need_no_detector(recording, monkeypatch):
    monkeypatch.setattr(running, "load_detector", None)
    done = listen(recording, "--no-events", "--calibration", 100, "--begins-at",
                  "2026-11-22T18:30:00+09:00", "--json")  # fmt: skip
    first = messages(done, "level")[0]
    assert first["time"].startswith("2026-11-22T") and 30 < first["LAeq"] < 60
    assert messages(done, "ended")[0]["heard_s"] == pytest.approx(8.0)


def test_a_file_that_cannot_be_read_does_not_stop_the_others(recording, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    done = listen(bad, recording, "--no-events", "--json", expect=1)
    assert len(messages(done, "ended")) == 1
    assert str(bad) in done.stderr


def test_following_a_file_ends_when_it_is_idle(recording):
    done = listen(recording, "--follow", "--idle", 0, "--no-events", "--json")
    assert messages(done, "ended")[0]["heard_s"] == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["-", "--encoding", "s16be"], "no encoding of samples 's16be'; did you mean 's16le'"),
        (["-", "--rules", "stret"], "no file of rules 'stret'; did you mean 'street'"),
        (["-", "--tell", "alerts"], "--tell: there is no 'alerts'; did you mean 'alert'"),
        (["-", "--begins-at", "noon"], "--begins-at 'noon' is no time"),
        (["no.wav", "--no-events"], "no.wav: cannot be opened"),
        (["-", "--detector", "kikimim"], "there is no detector 'kikimim'"),
        (["-", "--no-events", "--rules", "street"], "nothing listens for its kind (event)"),
    ],
)
def test_wrong_calls_are_one_line(arguments, complaint, monkeypatch):
    done = CliRunner().invoke(app(), ["listen", *arguments], input=b"")
    assert done.exit_code != 0
    assert complaint in str(done.exception) and "\n" not in str(done.exception)


def test_without_audio_no_action_gets_any(tmp_path):
    rules = parse_rules(RULES.format(folder=tmp_path).replace("event: [犬], score: 0.3",
                        "level: LAF, above_db: -60"), where="x")  # fmt: skip
    settings = ListenSettings(rules=rules, keeps_audio=False, state=tmp_path / "state")
    with assembled(settings, publish=lambda kind, data: None) as listener:
        assert "keep" not in listener._couriers and "log" in listener._couriers


def test_without_audio_a_spectrogram_is_too_coarse_to_make_sound_of(recording):
    fine, coarse = ([], [])
    for rows, keeps_audio in ((fine, True), (coarse, False)):
        settings = ListenSettings(keeps_audio=keeps_audio, spectrum=True)

        def publish(kind, data, rows=rows):
            if kind == "spectrum":
                rows.append(len(data["levels"]))

        with assembled(settings, publish=publish) as listener:
            listener.run(RecordedSource(recording))
    assert fine == [96] * 80 and coarse == [27] * 8


def test_two_listeners_cannot_share_their_queues(tmp_path):
    rules = parse_rules(RULES.format(folder=tmp_path).replace("event: [犬], score: 0.3",
                        "level: LAF, above_db: -60"), where="x")  # fmt: skip
    settings = ListenSettings(rules=rules, state=tmp_path / "state")
    with (
        assembled(settings, publish=lambda kind, data: None),
        pytest.raises(ListeningError, match="another listener"),
        assembled(settings, publish=lambda kind, data: None),
    ):
        raise AssertionError


def test_a_fitted_model_tells_what_is_not_normal(tmp_path):
    generator = np.random.default_rng(0)
    normal = []
    for number in range(4):
        samples = 0.1 * generator.standard_normal((1, 2 * RATE_HZ)).astype(np.float32)
        normal.append(tmp_path / f"normal_{number}.wav")
        write_wav(normal[-1], Clip(samples, RATE_HZ))
    model = fit_model(
        normal, features=create_features("log_mel_frames", hop=20), detector=create_detector("knn")
    )
    save_model(model, tmp_path / "fan")
    day = 0.1 * generator.standard_normal(7 * RATE_HZ)
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    day[4 * RATE_HZ :] += 0.3 * np.sin(2 * np.pi * 440 * time_s)
    write_wav(tmp_path / "day.wav", Clip(day[None].astype(np.float32), RATE_HZ))
    rules = tmp_path / "rules.yaml"
    rules.write_text(f"rules: [{{name: machine, anomaly: true, score: {1.2 * model.threshold}}}]")
    done = listen(
        *(tmp_path / "day.wav", "--no-events", "--anomaly", tmp_path / "fan"),
        *("--rules", rules, "--json"),
    )
    (alert,) = messages(done, "alert")
    assert alert["kind"] == "anomaly" and alert["label"] == "fan"
    assert 4 <= alert["onset_s"] <= 5 and alert["score"] > 1.2 * model.threshold


def test_a_closed_pipe_is_no_more_written_to_and_told_of_once():
    calls, lost = [], []

    def broken(kind, data):
        calls.append(kind)
        raise BrokenPipeError

    printer = WhileHeard(broken, on_lost=lambda: lost.append(1))
    printer("level", {})
    printer("level", {})
    assert calls == ["level"] and lost == [1]


def test_a_listener_that_is_asked_to_stop_ends_in_order(recording):
    stopping, told = running.Stopping(), []
    source = RecordedSource(recording)
    with assembled(ListenSettings(), publish=lambda kind, data: told.append(kind)) as listener:

        class Asking(LevelSensor):
            def push(self, samples, mono):
                stopping.ask()
                return super().push(samples, mono)

        listener._hearing.sensors = (Asking(),)
        assert running._hear_all(listener, [source, source], stopping)
    assert told.count("started") == 1 and told[-1] == "ended"
