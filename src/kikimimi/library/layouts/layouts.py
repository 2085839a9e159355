"""The layouts of a library: fitted once, then every sound has its place in them for good.

Principal and independent components are formulas, so that places follow from vectors. UMAP lays out
the sounds that it is fitted on; one that comes later is put among its nearest neighbours, without
moving any other, and stays there. A layout is fitted anew only on demand, or when the library moved
to another encoder.

Axes: V sounds, D size of a vector, C axes.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kikimimi.errors import QueryError
from kikimimi.library.database import Database
from kikimimi.library.encoder_setting import read_encoder_identity
from kikimimi.library.layouts import rows
from kikimimi.library.layouts.linear import LinearLayout, fit_ica, fit_pca
from kikimimi.library.layouts.neighbourhood import fit_umap, place_beside
from kikimimi.library.layouts.records import (
    LEAST_FITTED,
    MOST_FITTED,
    AxisDescription,
    Describe,
    LaidOut,
    LayoutInfo,
    LayoutKind,
)
from kikimimi.library.vector_index import VectorIndex
from kikimimi.library.vector_rows import VectorRows
from kikimimi.types import FloatArray

_LINEAR: dict[LayoutKind, Callable[[FloatArray], LinearLayout]] = {"pca": fit_pca, "ica": fit_ica}
_LEAST_FOR_UMAP = 5


class Layouts:
    """The layouts of one library.

    Args:
        database: the library.
        vector_index: gives its vectors.
    """

    def __init__(self, database: Database, vector_index: Callable[[], VectorIndex]) -> None:
        self._database = database
        self._vector_index = vector_index

    def info(self, kind: LayoutKind) -> LayoutInfo | None:
        """A layout that fits the library's encoder; None before `fit`."""
        with self._database.reading() as connection:
            stored = self._stored(connection, kind)
        return None if stored is None else stored[0]

    def fit(self, kind: LayoutKind, *, describe: Describe | None = None) -> LayoutInfo:
        """Lay the sounds out, in place of the last layout of this kind.

        Args:
            kind: of the layout.
            describe: says what its axes stand for.

        Raises:
            QueryError: there are too few sounds.
            ConfigError: a package that it needs is not installed.
            LibraryError: the library cannot be written.
        """
        with self._database.reading() as connection:
            identity = read_encoder_identity(connection)
            ids, vectors = sound_means(self._rows(connection))
        least = LEAST_FITTED if kind in _LINEAR else _LEAST_FOR_UMAP
        if len(ids) < least:
            raise QueryError(
                f"a layout '{kind}' needs {least} sounds or more, but the library has {len(ids)}; "
                "index more"
            )
        chosen = np.unique(np.linspace(0, len(ids) - 1, min(len(ids), MOST_FITTED)).astype(int))
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        info = LayoutInfo(kind, identity, made_at, len(chosen), ())
        if kind in _LINEAR:
            return self._keep_linear(info, ids[chosen], vectors[chosen], describe)
        return self._keep_umap(info, ids[chosen], vectors[chosen], describe)

    def points(self, kind: LayoutKind) -> LaidOut | None:
        """Where every sound with vectors lies, missing ones too; None before `fit`.

        Raises:
            LibraryError: the library is damaged.
        """
        with self._database.reading() as connection:
            stored = self._stored(connection, kind)
            if stored is None:
                return None
            ids, vectors = sound_means(self._rows(connection))
            if kind in _LINEAR:
                return LaidOut(ids, LinearLayout.unpack(stored[1]).place(vectors))
            known, by_fit = rows.read_points(connection, kind)
        return self._with_new(kind, known, by_fit, ids, vectors)

    def _keep_linear(
        self,
        info: LayoutInfo,
        ids: NDArray[np.int64],
        vectors: FloatArray,
        describe: Describe | None,
    ) -> LayoutInfo:
        layout = _LINEAR[info.kind](vectors)
        info = replace(info, axes=_described(ids, layout.place(vectors), describe, layout.shares))
        with self._database.writing() as connection:
            rows.write_layout(connection, info, layout.pack())
        return info

    def _keep_umap(
        self,
        info: LayoutInfo,
        ids: NDArray[np.int64],
        vectors: FloatArray,
        describe: Describe | None,
    ) -> LayoutInfo:
        points = fit_umap(vectors)
        info = replace(info, axes=_described(ids, points, describe, np.zeros(0)))
        with self._database.writing() as connection:
            rows.write_layout(connection, info, b"")
            rows.write_points(connection, info.kind, ids, points, laid_out=True)
        return info

    def _with_new(
        self,
        kind: LayoutKind,
        known: LaidOut,
        by_fit: NDArray[np.bool_],
        ids: NDArray[np.int64],
        vectors: FloatArray,
    ) -> LaidOut:
        """Places of all sounds; those of new ones are kept where the library can be written."""
        there = np.isin(known.ids, ids)
        known, by_fit = LaidOut(known.ids[there], known.points[there]), by_fit[there]
        new = ~np.isin(ids, known.ids)
        anchors = np.isin(ids, known.ids[by_fit])
        if not new.any() or not anchors.any():
            return known
        rows_of_anchors = np.searchsorted(known.ids, ids[anchors])
        placed = place_beside(
            vectors[new], among=vectors[anchors], points=known.points[rows_of_anchors]
        )
        if not self._database.read_only:
            with self._database.writing() as connection:
                rows.write_points(connection, kind, ids[new], placed, laid_out=False)
        all_ids = np.concatenate([known.ids, ids[new]])
        order = np.argsort(all_ids, kind="stable")
        return LaidOut(all_ids[order], np.concatenate([known.points, placed])[order])

    def _stored(self, connection: Connection, kind: LayoutKind) -> tuple[LayoutInfo, bytes] | None:
        stored = rows.read_layout(connection, kind)
        if stored is None or stored[0].encoder_identity != read_encoder_identity(connection):
            return None
        return stored

    def _rows(self, connection: Connection) -> VectorRows:
        index = self._vector_index()
        index.refresh(connection)
        return index.rows


def sound_means(vectors: VectorRows) -> tuple[NDArray[np.int64], FloatArray]:
    """The ids (V,) of all sounds with vectors, ascending, and the means (V, D) of their windows."""
    if not len(vectors):
        return np.zeros(0, np.int64), np.zeros((0, 1), np.float32)
    order = np.argsort(vectors.sound_ids, kind="stable")
    ids, starts, counts = np.unique(vectors.sound_ids[order], return_index=True, return_counts=True)
    sums = np.add.reduceat(vectors.vectors[order], starts, axis=0)
    return ids, np.asarray(sums / counts[:, None], dtype=np.float32)


def _described(
    ids: NDArray[np.int64],
    points: FloatArray,
    describe: Describe | None,
    shares: NDArray[np.float64],
) -> tuple[AxisDescription, ...]:
    count = points.shape[1]
    found = (AxisDescription(),) * count if describe is None else tuple(describe(ids, points))
    if not len(shares):
        return found
    return tuple(
        replace(axis, share=float(share)) for axis, share in zip(found, shares, strict=True)
    )
