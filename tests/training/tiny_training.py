"""A training that takes milliseconds, for the tests; as a script, one run of it.

python tiny_training.py FOLDER [--kill-at EPOCH STEP] [--devices N]
"""

import argparse
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from kikimimi.training.devices import DeviceSettings
from kikimimi.training.loop import LoopSettings, Shard, Trained, fit
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.run_folder import RunFolder
from kikimimi.training.seeds import epoch_generator, seed_libraries

ITEMS, BATCH = 48, 8
SETTINGS = LoopSettings(epochs=4, ema_decay=0.9, gradient_clip=1.0, seed=5)
OPTIMISER = OptimiserSettings("adamw", lr=1e-2, weight_decay=1e-2)


class TinyTrainable:
    """Tells which of three numbers is the largest, with dropout and batch normalisation."""

    def __init__(self, *, stochastic: bool = True, batch_size: int = BATCH) -> None:
        seed_libraries(0)
        middle = [nn.BatchNorm1d(12), nn.Dropout(0.3)] if stochastic else []
        self.network = nn.Sequential(nn.Linear(6, 12), *middle, nn.ReLU(), nn.Linear(12, 3))
        self._batch_size, self._stochastic = batch_size, stochastic
        values = np.random.default_rng(0).normal(size=(ITEMS, 6)).astype(np.float32)
        self.inputs = torch.from_numpy(values)
        self.targets = self.inputs[:, :3].argmax(dim=1)
        self.kill_at: tuple[int, int] | None = None

    def batches(self, epoch: int, shard: Shard) -> Iterator[dict[str, Tensor]]:
        order = shard.take(epoch_generator(0, epoch).permutation(ITEMS))
        noise = epoch_generator(0, epoch, rank=shard.rank, stream=7)
        size = self._batch_size // shard.world_size
        for step in range(self.steps_per_epoch(shard.world_size)):
            if self.kill_at == (epoch, step):
                os.kill(os.getpid(), signal.SIGKILL)
            rows = order[step * size :][:size]
            gain = 1 + 0.1 * noise.normal() if self._stochastic else 1.0
            yield {"x": self.inputs[rows] * np.float32(gain), "y": self.targets[rows]}

    def steps_per_epoch(self, world_size: int) -> int:
        return ITEMS // world_size // (self._batch_size // world_size)

    def losses(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        logits = self.network(batch["x"])
        loss = nn.functional.cross_entropy(logits, batch["y"])
        hits = (logits.argmax(dim=1) == batch["y"]).float().mean()
        return {"loss": loss, "accuracy": hits}

    def figures(self, network: nn.Module) -> dict[str, float]:
        torch.rand(3)  # draws that must not disturb the training
        hits = network(self.inputs).argmax(dim=1) == self.targets
        return {"accuracy": float(hits.float().mean())}


def train(
    folder: Path,
    trainable: TinyTrainable | None = None,
    settings: LoopSettings = SETTINGS,
    *,
    devices: int = 1,
) -> Trained:
    return fit(
        trainable or TinyTrainable(),
        settings,
        RunFolder(folder, settings),
        optimiser=OPTIMISER,
        devices=DeviceSettings("cpu", devices),
        progress=False,
    )


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kill-at", type=int, nargs=2)
    parser.add_argument("--devices", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.kill_at:
        trainable = TinyTrainable()
        trainable.kill_at = tuple(options.kill_at)
        train(options.folder, trainable)
        return
    trained = train(options.folder, TinyTrainable(stochastic=False), devices=options.devices)
    rank = os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0"))
    torch.save(trained.network.state_dict(), options.folder / f"rank{rank}.pt")


if __name__ == "__main__":
    _main()
