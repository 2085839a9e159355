"""Layouts as rows of a library; the caller holds the transaction.

Axes: V sounds, C axes.
"""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, delete, insert, select

from kikimimi.library.layouts.records import AxisDescription, LaidOut, LayoutInfo
from kikimimi.library.schema import layout_points, layouts
from kikimimi.types import FloatArray

_POINT = np.dtype("<f4")


def read_layout(connection: Connection, kind: str) -> tuple[LayoutInfo, bytes] | None:
    """A stored layout and its packed model."""
    row = connection.execute(select(layouts).where(layouts.c.kind == kind)).first()
    return None if row is None else (_info(row), row.model)


def write_layout(connection: Connection, info: LayoutInfo, model: bytes) -> None:
    """Store a layout in place of the last one of its kind, whose points are forgotten."""
    connection.execute(delete(layouts).where(layouts.c.kind == info.kind))
    values: dict[str, Any] = asdict(info)
    values["axes"] = json.dumps(values["axes"])
    connection.execute(insert(layouts), values | {"model": model})


def read_points(connection: Connection, kind: str) -> tuple[LaidOut, NDArray[np.bool_]]:
    """The stored points, and which of them (V,) the fit laid out."""
    query = select(layout_points.c.sound_id, layout_points.c.point, layout_points.c.laid_out)
    rows = connection.execute(
        query.where(layout_points.c.kind == kind).order_by(layout_points.c.sound_id)
    ).all()
    ids = np.array([row.sound_id for row in rows], dtype=np.int64)
    laid_out = np.array([row.laid_out for row in rows], dtype=np.bool_)
    if not rows:
        return LaidOut(ids, np.zeros((0, 0), np.float32)), laid_out
    points = np.frombuffer(b"".join(row.point for row in rows), dtype=_POINT)
    return LaidOut(ids, points.reshape(len(rows), -1)), laid_out


def write_points(
    connection: Connection,
    kind: str,
    ids: NDArray[np.int64],
    points: FloatArray,
    *,
    laid_out: bool,
) -> None:
    """Store points (V, C) of sounds that have none."""
    rows = [
        {
            "kind": kind,
            "sound_id": sound_id,
            "laid_out": int(laid_out),
            "point": point.astype(_POINT).tobytes(),
        }
        for sound_id, point in zip(ids.tolist(), points, strict=True)
    ]
    if rows:
        connection.execute(insert(layout_points).prefix_with("OR IGNORE"), rows)


def _info(row: Row[Any]) -> LayoutInfo:
    axes = tuple(
        AxisDescription(
            tags=tuple((name, loading) for name, loading in axis["tags"]),
            opposite_tags=tuple((name, loading) for name, loading in axis["opposite_tags"]),
            sounds=tuple(axis["sounds"]),
            share=axis["share"],
        )
        for axis in json.loads(row.axes)
    )
    return LayoutInfo(row.kind, row.encoder_identity, row.made_at, row.sounds, axes)
