"""The values of a space as bytes: a line of JSON, ids, then 16 bits for each sound and axis.

The header is `{"count", "revision", "axes": [{"key", "scale", "min", "max", "missing"}]}`, filled
up with spaces so that it ends, with its newline, at a multiple of 4 bytes. Then follow n uint32 ids
and for each axis n uint16, all little-endian: 0 to 65534 from min to max, in equal steps of the
value, or of its logarithm where the scale is "log"; 65535 where a sound has no value.

Axes: n sounds.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

NO_VALUE = 65535
HIGHEST_STEP = 65534

_LEAST_ON_LOG = 1e-3
"""Times of zero are shown as a millisecond."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values (n,) of one axis, NaN for none."""

    key: str
    scale: Literal["linear", "log"]
    values: NDArray[np.float32]


def pack_values(
    ids: NDArray[np.int64],
    columns: Sequence[Column],
    *,
    revision: int,
    chosen: NDArray[np.bool_] | None = None,
) -> bytes:
    """The bytes of the values of sounds with ascending ids (n,).

    Args:
        ids: of all sounds.
        columns: the axes; their ranges are those of all sounds.
        revision: of the library.
        chosen: (n,) the sounds to send; all if None.
    """
    axes, parts = [], []
    for column in columns:
        facts, steps = _quantised(column)
        axes.append(facts)
        parts.append(steps if chosen is None else steps[chosen])
    sent = ids if chosen is None else ids[chosen]
    header = json.dumps({"count": len(sent), "revision": revision, "axes": axes}).encode()
    filled = header + b" " * (-(len(header) + 1) % 4) + b"\n"
    return b"".join([filled, sent.astype("<u4").tobytes(), *(part.tobytes() for part in parts)])


def _quantised(column: Column) -> tuple[dict[str, str | float], NDArray[np.uint16]]:
    """What the header says of an axis, and its steps (n,)."""
    is_log = column.scale == "log"
    values = np.maximum(column.values, _LEAST_ON_LOG) if is_log else column.values
    known = np.isfinite(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (1, 1)
    facts: dict[str, str | float] = {
        "key": column.key,
        "scale": column.scale,
        "min": low,
        "max": high,
        "missing": int((~known).sum()),
    }
    if is_log:
        values, low, high = np.log(values), float(np.log(low)), float(np.log(high))
    span = high - low if high > low else 1.0
    scaled = np.rint((values - low) * (HIGHEST_STEP / span))
    steps = np.where(known, np.clip(np.nan_to_num(scaled), 0, HIGHEST_STEP), NO_VALUE)
    return facts, steps.astype("<u2")
