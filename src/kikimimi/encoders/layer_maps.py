"""Maps of convolutional layers as rows over time.

Axes: B clips, C_l channels, N_l times and F_l bands of a layer.
"""

from collections.abc import Collection, Iterable, Iterator

from torch import Tensor

from kikimimi.types import FloatArray


def stacked(maps: Tensor) -> Tensor:
    """(B, C_l, N_l, F_l) -> (B, N_l, C_l * F_l): channels and frequency stacked at each time."""
    return maps.transpose(1, 2).flatten(2)


def wanted_rows(
    layers: Iterable[tuple[str, Tensor]], names: Collection[str]
) -> Iterator[tuple[str, FloatArray]]:
    """Of layers with their maps those in `names`, as rows; no layer behind the last is computed."""
    missing = set(names)
    for name, maps in layers:
        if name in missing:
            missing.remove(name)
            yield name, stacked(maps).numpy()
        if not missing:
            return
