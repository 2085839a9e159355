"""Cases by name: each compares what an encoder gives with what an oracle gives for the same input.

A module of this package registers a function with `@case`; putting the file there is enough. The
function gets the `Setting`, yields `Comparison`s, and raises `MissingOracle` where the oracle (or
the data that it needs) is not at hand.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 1e-4


class MissingOracle(Exception):  # noqa: N818 -- not an error: the case is skipped
    """Why a case cannot be run here."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a case may use: a folder for the weights that it writes, and the shared data."""

    folder: Path
    shared: Path | None = None

    def shared_file(self, name: str) -> Path:
        """A file below the shared folder.

        Raises:
            MissingOracle: it is not there.
        """
        if self.shared is None or not (self.shared / name).exists():
            raise MissingOracle(f"needs {name} of the shared folder (--shared)")
        return self.shared / name


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """One quantity from both sides, rows (n, D), and how near they must be.

    `least_top1` is the share of rows whose largest value must stand at the same place; None where
    that means nothing.
    """

    quantity: str
    ours: NDArray[np.float32]
    theirs: NDArray[np.float32]
    tolerance: float | None = TOLERANCE
    least_cosine: float | None = None
    least_top1: float | None = None

    @property
    def difference(self) -> float:
        """Largest difference, in units of the largest value, if that is above 1."""
        scale = max(1.0, float(np.abs(self.theirs).max()))
        return float(np.abs(self.ours - self.theirs).max()) / scale

    @property
    def cosine(self) -> float:
        """The lowest cosine of a row with its counterpart."""
        a, b = (np.asarray(x, np.float64).reshape(len(x), -1) for x in (self.ours, self.theirs))
        norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
        return float(((a * b).sum(axis=1) / np.maximum(norms, 1e-30)).min())

    @property
    def top1(self) -> float:
        """Share of rows whose largest value stands at the same place."""
        return float((self.ours.argmax(axis=-1) == self.theirs.argmax(axis=-1)).mean())

    @property
    def holds(self) -> bool:
        """Whether everything that is asked for is kept."""
        return (
            self.ours.shape == self.theirs.shape
            and (self.tolerance is None or self.difference <= self.tolerance)
            and (self.least_cosine is None or self.cosine >= self.least_cosine)
            and (self.least_top1 is None or self.top1 >= self.least_top1)
        )


Compare = Callable[[Setting], Iterator[Comparison]]


@dataclass(frozen=True, slots=True)
class Case:
    """A named comparison with an oracle, which says whose implementation it is."""

    name: str
    oracle: str
    compare: Compare


_CASES: dict[str, Case] = {}


def case(name: str, *, oracle: str) -> Callable[[Compare], Compare]:
    """Function decorator: make a comparison known under `name`."""

    def add(compare: Compare) -> Compare:
        _CASES[name] = Case(name, oracle, compare)
        return compare

    return add


def cases() -> list[Case]:
    """All cases in alphabetical order."""
    for module in iter_modules([str(Path(__file__).parent)]):
        import_module(f"{__package__}.{module.name}")
    return [_CASES[name] for name in sorted(_CASES)]
