"""The training loop, on Lightning Fabric: the same on a CPU, one GPU, several, several nodes."""

import time
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass

import torch
from safetensors.torch import save as safetensors_bytes
from torch import nn

from kikimimi.errors import KikimimiError
from kikimimi.files import draft_of
from kikimimi.training.checkpoint import save_checkpoint
from kikimimi.training.devices import (
    DeviceSettings,
    deterministic_kernels,
    launch_fabric,
    to_device,
)
from kikimimi.training.losses import LossMeter, check_weights
from kikimimi.training.metrics_log import Row
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.progress import TrainingProgress, training_progress
from kikimimi.training.records import Records
from kikimimi.training.run_folder import RunFolder
from kikimimi.training.schedules import ScheduleSettings
from kikimimi.training.seeds import seed_libraries
from kikimimi.training.state import LoopSettings, TrainingState
from kikimimi.training.trainable import Shard, Trainable

__all__ = ["LoopSettings", "Shard", "Trainable", "Trained", "fit"]

_GPU_STEPS_BETWEEN_CHECKS = 16


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training gave, in evaluation mode on the device it was trained on."""

    network: nn.Module
    """With the weights after the last epoch: the trainable's own network."""
    ema: nn.Module | None
    """A copy with the moving average; None if the settings want none."""


def fit(
    trainable: Trainable,
    settings: LoopSettings,
    run: RunFolder,
    *,
    optimiser: OptimiserSettings | None = None,
    schedule: ScheduleSettings | None = None,
    devices: DeviceSettings | None = None,
    progress: bool = True,
) -> Trained:
    """Train `trainable.network` for a fixed number of epochs.

    If `run` has a checkpoint, the training goes on from it, with the same result as one that was
    never stopped: each epoch draws its random numbers from (seed, epoch, rank) alone. Figures are
    taken of the moving average if there is one, else of the network itself.

    Args:
        trainable: network, data and losses.
        settings: length, precision, averaging, seed.
        run: where checkpoint, metrics, curves and weights go; with several nodes, a folder that
            all of them see.
        optimiser: default AdamW at 1e-3.
        schedule: default cosine.
        devices: default one process on the best device.
        progress: whether to tell the progress on standard error.

    Raises:
        ConfigError: settings are impossible, the run folder belongs to another recipe or is in
            use, or its checkpoint does not fit the network.
        KikimimiError: the loss or the weights became NaN or infinite, or the run folder cannot
            be written (a full disk); the last checkpoint stays whole.
    """
    fabric = launch_fabric(devices or DeviceSettings(), settings.precision)
    holding = run.opened() if fabric.is_global_zero else nullcontext()
    with holding, deterministic_kernels(wanted=settings.deterministic):
        fabric.barrier()
        state = TrainingState(
            fabric,
            trainable,
            settings,
            optimiser or OptimiserSettings(),
            schedule or ScheduleSettings(),
        )
        state.load(run.checkpoint)
        if state.epochs_done < settings.epochs:
            _train(state, run, show=progress and fabric.is_global_zero)
        if fabric.is_global_zero:
            _write_weights(state, run)
        fabric.barrier()
    return Trained(state.network.eval(), state.ema.network if state.ema else None)


def _train(state: TrainingState, run: RunFolder, *, show: bool) -> None:
    """Run the epochs that are left."""
    with ExitStack() as stack:
        records = None
        if state.fabric.is_global_zero:
            records = stack.enter_context(Records(run, epochs_done=state.epochs_done))
        progress = training_progress(
            label=run.path.name,
            epochs=state.settings.epochs,
            steps_per_epoch=state.steps_per_epoch,
            epochs_done=state.epochs_done,
            show=show,
        )
        shown = stack.enter_context(progress)
        for epoch in range(state.epochs_done, state.settings.epochs):
            began = time.monotonic()
            where = f"{run.path}: epoch {epoch + 1}"
            losses = _epoch(state, epoch, where, shown)
            check_weights(state.network, where=where)
            state.epochs_done = epoch + 1
            if records is not None:
                row = _row(state, losses, seconds=time.monotonic() - began)
                _record(state, run, records, row)
                shown.epoch(row)
            state.fabric.barrier()


def _epoch(
    state: TrainingState, epoch: int, where: str, shown: TrainingProgress
) -> dict[str, float]:
    """One pass over the data; means of the losses over steps and processes."""
    device = state.fabric.device
    check_every = 1 if device.type == "cpu" else _GPU_STEPS_BETWEEN_CHECKS
    meter = LossMeter(where=where, check_every=check_every)
    seed_libraries(state.settings.seed, epoch, rank=state.shard.rank)
    state.model.train()
    count = 0
    for count, batch in enumerate(state.trainable.batches(epoch, state.shard), start=1):
        if count > state.steps_per_epoch:
            break
        state.step(to_device(batch, device), meter)
        shown.step(meter.last_loss)
    if count != state.steps_per_epoch:
        raise KikimimiError(
            f"{where}: the data gave {'fewer' if count < state.steps_per_epoch else 'more'} than "
            f"the {state.steps_per_epoch} batches promised; make steps_per_epoch agree with batches"
        )
    state.synchronise_buffers()
    return state.mean_over_processes(meter.means())


def _row(state: TrainingState, losses: dict[str, float], *, seconds: float) -> Row:
    """What the table says of the epoch just finished; its seconds are those of training alone."""
    return {
        "epoch": state.epochs_done,
        "step": state.steps_done,
        "lr": state.last_lr,
        **{f"train_{name}": value for name, value in losses.items()},
        **_figures(state),
        "seconds": seconds,
    }


def _figures(state: TrainingState) -> dict[str, float]:
    """Figures of the averaged network, in the epochs that have any."""
    every, done = state.settings.figures_every, state.epochs_done
    if done != state.settings.epochs and (every == 0 or done % every):
        return {}
    network = state.ema.network if state.ema else state.network
    with torch.no_grad():
        return dict(state.trainable.figures(network.eval()))


def _record(state: TrainingState, run: RunFolder, records: Records, row: Row) -> None:
    """Write the row first: after a kill in between, the resumed training takes it back."""
    last = state.epochs_done == state.settings.epochs
    records.add(row, last=last)
    if last or state.epochs_done % state.settings.checkpoint_every == 0:
        with run.writing(run.checkpoint):
            save_checkpoint(run.checkpoint, state.as_dict())


def _write_weights(state: TrainingState, run: RunFolder) -> None:
    networks = {run.last_weights: state.network}
    if state.ema is not None:
        networks[run.ema_weights] = state.ema.network
    for path, network in networks.items():
        # clones, since the format refuses tensors that share memory, as tied weights do
        tensors = {
            name: values.detach().cpu().contiguous().clone()
            for name, values in network.state_dict().items()
        }
        with run.writing(path), draft_of(path) as draft:
            draft.write_bytes(safetensors_bytes(tensors))
