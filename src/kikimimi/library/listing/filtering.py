"""Filters as masks over the columns of all sounds; the same answers as `library.conditions`.

Axis n: sounds.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.library.conditions import folder_test
from kikimimi.library.listing.columns import FileKind, Mask, SoundColumns
from kikimimi.library.query import Filters

T = TypeVar("T")


def column_mask(columns: SoundColumns, filters: Filters) -> Mask:
    """The sounds (n,) that pass the filters on facts, not those on tags; missing or not."""
    mask = np.ones(len(columns), dtype=np.bool_)
    for low, high, values in (
        (filters.min_duration_s, filters.max_duration_s, columns.durations_s),
        (filters.min_loudness_lufs, filters.max_loudness_lufs, columns.loudness_lufs),
    ):
        if low is not None:
            mask &= values >= low
        if high is not None:
            mask &= values <= high
    if filters.sample_rates_hz:
        mask &= np.isin(columns.sample_rates_hz, filters.sample_rates_hz)
    if filters.channels:
        mask &= np.isin(columns.channels, filters.channels)
    if filters.formats:
        tests = [_format_test(name) for name in filters.formats]
        mask &= _any_test(columns.kinds, tests)[columns.kind_codes]
    if filters.folders:
        mask &= _any_test(columns.folders, [*map(folder_test, filters.folders)])[
            columns.folder_codes
        ]
    return mask


def _format_test(name: str) -> Callable[[FileKind], bool]:
    plain = name.lower().removeprefix(".")
    return lambda kind: plain in kind


def _any_test(values: Sequence[T], tests: Iterable[Callable[[T], bool]]) -> NDArray[np.bool_]:
    return np.array([any(test(value) for test in tests) for value in values], dtype=np.bool_)
