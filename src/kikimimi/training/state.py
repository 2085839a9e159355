"""A training under way: network, optimiser, averages, and how far it is."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.training.checkpoint import load_checkpoint
from kikimimi.training.devices import Precision
from kikimimi.training.ema import EmaWeights
from kikimimi.training.losses import LossMeter
from kikimimi.training.optimisers import OptimiserSettings, create_optimiser
from kikimimi.training.schedules import ScheduleSettings, create_schedule
from kikimimi.training.trainable import Shard, Trainable

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How long and how a network is trained; the number of epochs is always fixed."""

    epochs: int = 100
    precision: Precision = "32-true"
    gradient_clip: float | None = None
    """Largest Euclidean norm of the whole gradient; null for no limit."""
    ema_decay: float | None = 0.999
    """Of the moving average of the weights; null for none."""
    checkpoint_every: int = 1
    """Epochs between checkpoints; the last epoch always has one."""
    figures_every: int = 1
    """Epochs between figures on the inner split; 0: after the last epoch only."""
    seed: int = 0
    deterministic: bool = False
    """Choose kernels that give the same bits each time; on a CPU they do so anyway."""

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.checkpoint_every < 1:
            raise ConfigError("epochs and checkpoint_every must be 1 or more")
        if self.figures_every < 0 or self.seed < 0:
            raise ConfigError("figures_every and seed must be 0 or more")
        if self.gradient_clip is not None and not self.gradient_clip > 0:
            raise ConfigError("gradient_clip must be above 0, or null")
        if self.ema_decay is not None and not 0 <= self.ema_decay < 1:
            raise ConfigError("ema_decay must be 0 or more and below 1, or null")


class _Sealed:
    """Carries a batch through wrappers that would look into it."""

    def __init__(self, batch: Any) -> None:
        self.batch = batch


class _LossModule(nn.Module):
    """The losses as a forward pass, so that what wraps it sees every use of the network."""

    def __init__(self, trainable: Trainable) -> None:
        super().__init__()
        self.network = trainable.network
        self._losses = trainable.losses

    def forward(self, sealed: _Sealed) -> dict[str, Tensor]:
        return self._losses(sealed.batch)


class TrainingState:
    """What changes in a training, and the step that changes it."""

    def __init__(
        self,
        fabric: "Fabric",
        trainable: Trainable,
        settings: LoopSettings,
        optimiser: OptimiserSettings,
        schedule: ScheduleSettings,
    ) -> None:
        self.fabric, self.trainable, self.settings = fabric, trainable, settings
        self.network = trainable.network
        self.shard = Shard(fabric.global_rank, fabric.world_size)
        self.steps_per_epoch = trainable.steps_per_epoch(fabric.world_size)
        if self.steps_per_epoch < 1:
            raise ConfigError("there is too little data for one batch; lower the batch size")
        self._factor = create_schedule(
            schedule, epochs=settings.epochs, steps_per_epoch=self.steps_per_epoch
        )
        self._lr = optimiser.lr
        self._optimiser = create_optimiser(self.network, optimiser)
        self.model, self._stepper = fabric.setup(_LossModule(trainable), self._optimiser)
        self.ema: EmaWeights[nn.Module] | None = None
        if settings.ema_decay is not None:
            self.ema = EmaWeights(self.network, decay=settings.ema_decay)
        self.epochs_done = 0

    @property
    def steps_done(self) -> int:
        """Steps of all finished epochs."""
        return self.epochs_done * self.steps_per_epoch

    @property
    def last_lr(self) -> float:
        """Learning rate of the last step, without multipliers."""
        return self._lr * self._factor(self.steps_done - 1)

    def step(self, batch: Any, meter: LossMeter) -> None:
        """Make one step down the gradient.

        Raises:
            KikimimiError: the loss is NaN or infinite; the weights stay as they were.
        """
        factor = self._factor(self.steps_done + meter.steps)
        for group in self._optimiser.param_groups:
            group["lr"] = group["initial_lr"] * factor
        self._stepper.zero_grad(set_to_none=True)
        losses = self.model(_Sealed(batch))
        meter.add(losses)
        self.fabric.backward(losses["loss"])
        if self.settings.gradient_clip is not None:
            self.fabric.clip_gradients(
                self.model,
                self._stepper,
                max_norm=self.settings.gradient_clip,
                error_if_nonfinite=False,
            )
        self._stepper.step()
        if self.ema is not None:
            self.ema.update(self.network)

    def mean_over_processes(self, values: dict[str, float]) -> dict[str, float]:
        """The mean of each value over all processes, which must give the same names."""
        packed = torch.tensor(list(values.values()), dtype=torch.float64)
        if self.shard.world_size > 1:
            packed = packed.to(self.fabric.device)
            torch.distributed.all_reduce(packed)
        return dict(zip(values, (packed / self.shard.world_size).tolist(), strict=True))

    def synchronise_buffers(self) -> None:
        """Give all processes the buffers of the first, as each step begins with anyway."""
        if self.shard.world_size > 1:
            for network in (self.network, *([self.ema.network] if self.ema else [])):
                for buffer in network.buffers():
                    torch.distributed.broadcast(buffer, 0)

    def as_dict(self) -> dict[str, Any]:
        """All that `load` needs."""
        return {
            "epochs_done": self.epochs_done,
            "network": self.network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "ema": self.ema.state_dict() if self.ema else None,
        }

    def load(self, path: Path) -> None:
        """Take up a checkpoint, if there is one.

        Raises:
            ConfigError: it is damaged, or of another network.
        """
        state = load_checkpoint(path)
        if state is None:
            return
        try:
            self.network.load_state_dict(state["network"])
            self._optimiser.load_state_dict(state["optimiser"])
            if self.ema is not None:
                self.ema.load_state_dict(state["ema"])
            self.epochs_done = int(state["epochs_done"])
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ConfigError(
                f"{path}: does not fit this network ({reason}); give another run folder"
            ) from None
