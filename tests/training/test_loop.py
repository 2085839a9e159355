import csv
import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_training
import torch
from safetensors.torch import load_file
from tiny_training import SETTINGS, TinyTrainable, train
from torch import Tensor

from kikimimi.errors import ConfigError, KikimimiError
from kikimimi.training import loop
from kikimimi.training.checkpoint import load_checkpoint
from kikimimi.training.loop import LoopSettings, Shard
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.run_folder import RunFolder


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    """Before the first training: sums over another number of threads have other bits."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of a training that nothing stopped."""
    folder = tmp_path_factory.mktemp("undisturbed")
    train(folder)
    return folder


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        del row["seconds"]
    return rows


def assert_same_result(folder: Path, other: Path) -> None:
    for name in ("last.safetensors", "ema.safetensors"):
        first, second = load_file(folder / name), load_file(other / name)
        assert first.keys() == second.keys()
        assert all(torch.equal(first[key], second[key]) for key in first)
    assert _rows(folder) == _rows(other)


def run_script(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, tiny_training.__file__, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=300,
    )


def test_a_training_learns_and_leaves_a_full_run_folder(undisturbed: Path) -> None:
    rows = _rows(undisturbed)
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    assert float(rows[-1]["train_loss"]) < float(rows[0]["train_loss"])
    assert 0 <= float(rows[-1]["accuracy"]) <= 1
    names = {path.name for path in undisturbed.iterdir()}
    assert names >= {"config.yaml", "revision.json", "curves.png", "tensorboard", "checkpoint.pt"}


def test_killed_in_an_epoch_it_goes_on_to_the_same_bits(undisturbed: Path, tmp_path: Path) -> None:
    killed = run_script(tmp_path, "--kill-at", "2", "3")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    checkpoint = load_checkpoint(tmp_path / "checkpoint.pt")
    assert checkpoint is not None
    assert checkpoint["epochs_done"] == 2
    train(tmp_path)
    assert_same_result(tmp_path, undisturbed)


def test_rows_after_the_last_checkpoint_are_made_again(undisturbed: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, checkpoint_every=2)
    trainable = TinyTrainable()
    trainable.losses = _interrupt_after(steps=21, losses=trainable.losses)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, trainable, settings)
    assert len(_rows(tmp_path)) == 3
    train(tmp_path, settings=settings)
    assert_same_result(tmp_path, undisturbed)


def test_a_finished_training_is_not_trained_again(undisturbed: Path, tmp_path: Path) -> None:
    train(tmp_path)
    trainable = TinyTrainable()
    trainable.kill_at = (0, 0)
    trained = train(tmp_path, trainable)
    assert trained.ema is not None
    averaged = load_file(undisturbed / "ema.safetensors")
    assert all(torch.equal(v, averaged[k]) for k, v in trained.ema.state_dict().items())
    assert not trained.network.training
    assert not trained.ema.training


def test_two_processes_share_the_gradient(tmp_path: Path) -> None:
    done = run_script(tmp_path / "two", "--devices", "2")
    assert done.returncode == 0, done.stderr
    first, second = (torch.load(tmp_path / "two" / f"rank{r}.pt") for r in (0, 1))
    assert all(torch.equal(first[name], second[name]) for name in first)
    alone = train(tmp_path / "one", TinyTrainable(stochastic=False)).network.state_dict()
    for name, values in alone.items():
        torch.testing.assert_close(first[name], values, rtol=1e-4, atol=1e-5)
    for row, other in zip(_rows(tmp_path / "one"), _rows(tmp_path / "two"), strict=True):
        assert float(row["train_loss"]) == pytest.approx(float(other["train_loss"]), rel=1e-4)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_named(tmp_path: Path, bad: float) -> None:
    trainable = TinyTrainable()
    good = trainable.losses
    seen = []

    def losses(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        seen.append(batch)
        values = good(batch)
        if len(seen) < 10:
            return {**values, "sparsity": values["loss"]}
        return {**values, "loss": values["loss"] * bad, "sparsity": values["loss"] * bad}

    trainable.losses = losses  # type: ignore[method-assign]
    with pytest.raises(KikimimiError, match=r"epoch 2, step 4: loss = \S+, sparsity = ") as caught:
        train(tmp_path, trainable)
    assert "lower optimiser.lr" in str(caught.value)
    assert "\n" not in str(caught.value)
    checkpoint = load_checkpoint(tmp_path / "checkpoint.pt")
    assert checkpoint is not None
    assert checkpoint["epochs_done"] == 1
    assert all(torch.isfinite(p).all() for p in trainable.network.parameters())


def test_weights_that_blew_up_behind_a_finite_loss_are_not_kept(tmp_path: Path) -> None:
    trainable = TinyTrainable(batch_size=48)  # one step an epoch: the next loss comes too late
    good = trainable.losses

    def losses(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        weight = trainable.network[0].weight
        return {"loss": good(batch)["loss"] + (weight - weight.detach()).abs().sqrt().sum()}

    trainable.losses = losses  # type: ignore[method-assign]
    with pytest.raises(KikimimiError, match=r"epoch 1: the weights \S+ became NaN"):
        train(tmp_path, trainable)
    assert not (tmp_path / "checkpoint.pt").exists()


def test_a_full_disk_leaves_the_checkpoint_before(
    undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = []

    def save(path: Path, state: dict) -> None:
        saved.append(path)
        if len(saved) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        real(path, state)

    real = loop.save_checkpoint
    with monkeypatch.context() as patch:
        patch.setattr(loop, "save_checkpoint", save)
        with pytest.raises(KikimimiError, match=r"checkpoint\.pt: .*No space left.* MB free"):
            train(tmp_path)
    checkpoint = load_checkpoint(tmp_path / "checkpoint.pt")
    assert checkpoint is not None
    assert checkpoint["epochs_done"] == 2
    train(tmp_path)
    assert_same_result(tmp_path, undisturbed)


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    train(tmp_path)
    trainable = TinyTrainable()
    trainable.network = torch.nn.Linear(6, 3)  # type: ignore[assignment]
    with pytest.raises(ConfigError, match=r"checkpoint\.pt: does not fit this network"):
        train(tmp_path, trainable)


def test_figures_come_when_they_are_wanted_and_at_the_end(tmp_path: Path) -> None:
    train(tmp_path, settings=replace(SETTINGS, epochs=5, figures_every=2))
    assert [bool(row["accuracy"]) for row in _rows(tmp_path)] == [False, True, False, True, True]


def test_without_an_average_there_is_none(tmp_path: Path) -> None:
    trained = train(tmp_path, settings=replace(SETTINGS, epochs=1, ema_decay=None))
    assert trained.ema is None
    assert not (tmp_path / "ema.safetensors").exists()


def test_bfloat16_keeps_the_weights_in_float32(tmp_path: Path) -> None:
    seen = []
    trainable = TinyTrainable()
    trainable.network[0].register_forward_hook(lambda *call: seen.append(call[2].dtype))
    train(tmp_path, trainable, replace(SETTINGS, epochs=1, precision="bf16-mixed"))
    assert torch.bfloat16 in seen
    assert {values.dtype for values in trainable.network.parameters()} == {torch.float32}


def test_a_small_clip_bounds_the_step(tmp_path: Path) -> None:
    trainable = TinyTrainable(stochastic=False)
    before = [p.detach().clone() for p in trainable.network.parameters()]
    loop.fit(
        trainable,
        LoopSettings(epochs=1, gradient_clip=1e-3, ema_decay=None),
        RunFolder(tmp_path),
        optimiser=OptimiserSettings("sgd", lr=1.0, momentum=0.0),
        progress=False,
    )
    moved = torch.cat(
        [
            (p.detach() - q).flatten()
            for p, q in zip(trainable.network.parameters(), before, strict=True)
        ]
    )
    steps = trainable.steps_per_epoch(1)
    assert 0 < float(moved.norm()) <= steps * 1e-3 * 1.001


@pytest.mark.parametrize(("promised", "word"), [(5, "more"), (7, "fewer")])
def test_a_wrong_number_of_batches_is_told(tmp_path: Path, promised: int, word: str) -> None:
    trainable = TinyTrainable()
    batches = list(trainable.batches(0, Shard()))
    trainable.batches = lambda epoch, shard: iter(batches)  # type: ignore[method-assign]
    trainable.steps_per_epoch = lambda world_size: promised  # type: ignore[method-assign]
    with pytest.raises(KikimimiError, match=f"{word} than the {promised} batches promised"):
        train(tmp_path, trainable)


def test_too_little_data_for_a_batch_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="too little data"):
        train(tmp_path, TinyTrainable(batch_size=64))


@pytest.mark.parametrize(
    "values",
    [
        {"epochs": 0},
        {"checkpoint_every": 0},
        {"figures_every": -1},
        {"seed": -1},
        {"gradient_clip": 0.0},
        {"ema_decay": 1.0},
    ],
)
def test_impossible_settings_are_refused(values: dict) -> None:
    with pytest.raises(ConfigError, match=next(iter(values))):
        LoopSettings(**values)


def _interrupt_after(*, steps: int, losses):
    made = []

    def counted(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        made.append(batch)
        if len(made) > steps:
            raise KeyboardInterrupt
        return losses(batch)

    return counted
