"""The table, the picture, the events and the progress of a training."""

import io
from pathlib import Path

import pytest
from matplotlib.image import imread
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from kikimimi.errors import ConfigError
from kikimimi.training.curves import draw_curves
from kikimimi.training.metrics_log import MetricsLog, Row
from kikimimi.training.progress import training_progress
from kikimimi.training.records import Records
from kikimimi.training.run_folder import RunFolder


def _row(epoch: int, **figures: float) -> Row:
    loss = 1 / epoch
    return {
        "epoch": epoch,
        "step": 3 * epoch,
        "lr": 0.1,
        "train_loss": loss,
        **figures,
        "seconds": 2.0,
    }


def test_columns_may_come_later(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "metrics.csv")
    log.add({"epoch": 1, "loss": 0.5})
    log.add({"epoch": 2, "loss": 0.25, "accuracy": 1.0})
    assert log.path.read_text() == "epoch,loss,accuracy\n1,0.5,\n2,0.25,1\n"


def test_a_resume_never_doubles_rows(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    first = MetricsLog(path)
    for epoch in (1, 2, 3):
        first.add({"epoch": epoch, "loss": 1 / 3})
    whole = path.read_text()
    again = MetricsLog(path)
    again.resume(epochs_done=1)
    for epoch in (2, 3):
        again.add({"epoch": epoch, "loss": 1 / 3})
    assert path.read_text() == whole


def test_a_new_training_begins_an_empty_table(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "metrics.csv")
    log.add({"epoch": 1})
    fresh = MetricsLog(log.path)
    fresh.resume(epochs_done=0)
    assert fresh.rows == []


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "epoch,loss\n1,much\n", "epoch\n1,2,3\n", "\x00"])
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text(text)
    log = MetricsLog(path)
    if text == "\x00":
        log.resume(epochs_done=1)
        assert log.rows == []
        return
    with pytest.raises(ConfigError, match=r"metrics\.csv: not a table of epochs"):
        log.resume(epochs_done=1)


@pytest.mark.parametrize("epochs", [1, 3, 60])
def test_curves_are_a_readable_picture(tmp_path: Path, epochs: int) -> None:
    rows = [
        _row(epoch, **({"accuracy": 0.5} if epoch % 2 else {})) for epoch in range(1, epochs + 1)
    ]
    draw_curves(tmp_path / "curves.png", rows, title="a run")
    picture = imread(tmp_path / "curves.png")
    assert picture.shape[:2] == (720, 900)
    assert picture[..., :3].std() > 0.05
    assert (tmp_path / "curves.png").stat().st_size < 200_000


def test_events_of_epochs_made_twice_count_once(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    with Records(run, epochs_done=0) as records:
        for epoch in (1, 2, 3):
            records.add(_row(epoch, accuracy=0.1), last=False)
    with Records(run, epochs_done=1) as records:
        for epoch in (2, 3):
            records.add(_row(epoch, accuracy=0.2), last=epoch == 3)
    events = EventAccumulator(str(run.events))
    events.Reload()
    seen = [(event.step, round(event.value, 3)) for event in events.Scalars("accuracy")]
    assert seen == [(1, 0.1), (2, 0.2), (3, 0.2)]
    assert run.curves.exists()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _show(file: io.StringIO, *, show: bool = True) -> str:
    with training_progress(
        label="fold1", epochs=2, steps_per_epoch=3, epochs_done=0, show=show, file=file
    ) as shown:
        for epoch in (1, 2):
            for _ in range(3):
                shown.step(0.25)
            shown.epoch(_row(epoch, accuracy=0.5))
    return file.getvalue()


def test_a_log_gets_a_line_an_epoch() -> None:
    lines = _show(io.StringIO()).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(
        "fold1: epoch 2/2  lr 0.1  train_loss 0.5  accuracy 0.5  1.5 steps/s"
    )
    assert lines[1].endswith("left 0:00:00")


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    text = _show(_Terminal())
    assert "epoch 2/2" in text
    assert "loss 0.2500" in text
    assert "\x1b[" in text


def test_nothing_is_shown_when_nothing_shall_be() -> None:
    assert _show(io.StringIO(), show=False) == ""
