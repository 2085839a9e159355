"""Means of losses over an epoch, and the alarm when one is no number any more."""

import torch
from torch import Tensor, nn

from kikimimi.errors import KikimimiError


class LossMeter:
    """Collects the losses of one epoch.

    Values are read from the device every `check_every` steps only, since reading waits for it.
    """

    def __init__(self, *, where: str, check_every: int) -> None:
        self._where = where
        self._check_every = check_every
        self._pending: list[Tensor] = []
        self._names: list[str] = []
        self._sums = torch.zeros(0, dtype=torch.float64)
        self._read = 0
        self.steps = 0
        """Steps taken."""
        self.last_loss = float("nan")
        """The newest loss that has been read."""

    def add(self, losses: dict[str, Tensor]) -> None:
        """Take the losses of a step; before the optimiser's step, so that weights stay good.

        Raises:
            KikimimiError: "loss" is missing, or is NaN or infinite.
        """
        if not self._names:
            if "loss" not in losses:
                raise KikimimiError(f"{self._where}: the losses have no 'loss' to minimise")
            self._names = list(losses)
            self._sums = torch.zeros(len(losses), dtype=torch.float64)
        self._pending.append(torch.stack([losses[name].detach().float() for name in self._names]))
        if len(self._pending) >= self._check_every:
            self.read()
        self.steps += 1

    def read(self) -> None:
        """Read what is pending.

        Raises:
            KikimimiError: as `add`.
        """
        if not self._pending:
            return
        values = torch.stack(self._pending).cpu().double()
        self._pending.clear()
        finite = torch.isfinite(values)
        bad = (~finite[:, self._names.index("loss")]).nonzero()
        if len(bad):
            row = int(bad[0])
            names = [name for i, name in enumerate(self._names) if not finite[row, i]]
            parts = [f"{name} = {float(values[row, self._names.index(name)])}" for name in names]
            raise diverged(f"{self._where}, step {self._read + row + 1}: {', '.join(parts)}")
        self._sums += values.sum(dim=0)
        self._read += len(values)
        self.last_loss = float(values[-1, self._names.index("loss")])

    def means(self) -> dict[str, float]:
        """Mean of each loss over the steps."""
        self.read()
        return dict(zip(self._names, (self._sums / max(1, self._read)).tolist(), strict=True))


def check_weights(network: nn.Module, *, where: str) -> None:
    """Refuse weights that are no numbers, which a finite loss can hide until the next step.

    Raises:
        KikimimiError: a parameter holds NaN or infinity.
    """
    for name, values in network.named_parameters():
        if not bool(torch.isfinite(values).all()):
            raise diverged(f"{where}: the weights {name} became NaN or infinite")


def diverged(what: str) -> KikimimiError:
    """The error of a training that came to nothing, with what can be done."""
    return KikimimiError(
        f"{what}; the last good checkpoint is kept; train in a new run folder with a lower "
        "optimiser.lr, a longer warm-up or a gradient_clip, or look for bad values in the data"
    )
