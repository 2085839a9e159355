"""What a training writes down after each epoch: table, TensorBoard events, learning curves."""

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kikimimi.errors import ConfigError
from kikimimi.training.curves import draw_curves
from kikimimi.training.metrics_log import MetricsLog, Row
from kikimimi.training.run_folder import RunFolder

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

_SECONDS_BETWEEN_PICTURES = 20.0


class Records:
    """The records of one training, to be used as a context.

    Raises:
        ConfigError: TensorBoard is not installed, or the table of a resumed training is damaged.
        KikimimiError: a record cannot be written.
    """

    def __init__(self, run: RunFolder, *, epochs_done: int) -> None:
        self._run = run
        self._log = MetricsLog(run.metrics)
        self._log.resume(epochs_done=epochs_done)
        self._epochs_done = epochs_done
        self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        with self._run.writing(self._run.events):
            self._events = _event_writer(self._run, self._epochs_done)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._run.writing(self._run.events):
            self._events.close()

    def add(self, row: Row, *, last: bool) -> None:
        """Record an epoch; the picture follows when some time has passed, and at the end."""
        with self._run.writing(self._run.metrics):
            self._log.add(row)
        with self._run.writing(self._run.events):
            for name in row.keys() - {"epoch"}:
                self._events.add_scalar(name, row[name], int(row["epoch"]))
            self._events.flush()
        if last or time.monotonic() - self._drawn > _SECONDS_BETWEEN_PICTURES:
            with self._run.writing(self._run.curves):
                draw_curves(self._run.curves, self._log.rows, title=self._run.path.name)
            self._drawn = time.monotonic()


def _event_writer(run: RunFolder, epochs_done: int) -> "SummaryWriter":
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise ConfigError(
            'training needs tensorboard; install it with pip install "kikimimi[train]"'
        ) from None
    # events of epochs that a kill made void are hidden by the later ones
    return SummaryWriter(str(run.events), purge_step=epochs_done + 1)
