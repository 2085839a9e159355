"""What the training loop asks of the thing that is trained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from torch import Tensor, nn

S = TypeVar("S", bound=Sequence[Any])


@dataclass(frozen=True, slots=True)
class Shard:
    """The part of the data that one process trains on."""

    rank: int = 0
    world_size: int = 1

    def take(self, items: S) -> S:
        """Every `world_size`-th item from `rank` on; all shards are equally long.

        The last `len(items) % world_size` items are left out, since ranks that made unequal
        numbers of steps would wait for each other for ever.
        """
        even = len(items) // self.world_size * self.world_size
        return items[self.rank : even : self.world_size]  # type: ignore[return-value]


class Trainable(Protocol):
    """A network with its data and its losses.

    `fit` moves `network` to the device, and every batch: tensors, and mappings, tuples, lists and
    dataclasses of them. All state that changes in training and is not a weight must be a buffer
    of `network`; then a resumed training goes on with it.
    """

    @property
    def network(self) -> nn.Module:
        """Everything with weights, heads included."""

    def batches(self, epoch: int, shard: Shard) -> Iterable[Any]:
        """The batches of an epoch (counted from 0), a function of seed, epoch and shard only."""

    def steps_per_epoch(self, world_size: int) -> int:
        """How many batches `batches` gives to each of `world_size` processes."""

    def losses(self, batch: Any) -> dict[str, Tensor]:
        """Scalars by name: "loss" is minimised, the others are logged."""

    def figures(self, network: nn.Module) -> dict[str, float]:
        """Figures of merit of `network` on an inner split; may be empty.

        `network` is `self.network` or its moving average, in evaluation mode on its device.
        """
