"""Messages between the indexing process and its workers: a JSON header, then raw bytes.

A message is the lengths of both parts (two big-endian 32-bit numbers), the header in UTF-8, and
the bytes. Nothing that arrives is ever executed.
"""

import json
import os
import struct
from dataclasses import asdict
from typing import IO, Any

import numpy as np

from kikimimi.audio.measures.values import OVERVIEW_POINTS, Measures
from kikimimi.library.file_outcomes import Content, FileTask, Known, Measured, Outcome, Unreadable
from kikimimi.library.scanning import FileState
from kikimimi.types import Tag, Window

_LENGTHS = struct.Struct(">II")

Header = dict[str, Any]


def send(stream: IO[bytes], header: Header, body: bytes = b"") -> None:
    """Write one message.

    Raises:
        OSError: the other side has ended.
    """
    text = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(text), len(body)) + text + body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Header, bytes] | None:
    """Read one message; None when the other side has ended."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header_size, body_size = _LENGTHS.unpack(lengths)
    message = stream.read(header_size + body_size)
    if len(message) < header_size + body_size:
        return None
    return json.loads(message[:header_size]), message[header_size:]


def task_header(task: FileTask) -> Header:
    """A task as a header; undecodable bytes of the path travel as escaped surrogates."""
    return {
        "path": os.fsdecode(task.path_key),
        "state": task.state,
        "decode": task.decode,
        "measure": task.measure,
    }


def task_from(header: Header) -> FileTask:
    """The task in a header."""
    return FileTask(
        os.fsencode(header["path"]),
        FileState(*header["state"]),
        decode=header["decode"],
        measure=header["measure"],
    )


def outcome_message(outcome: Outcome) -> tuple[Header, bytes]:
    """An outcome as header and body; the body holds the vectors, then the overview."""
    if isinstance(outcome, Content):
        values = {name: getattr(outcome, name) for name in _SCALARS}
        values["windows"] = [(window.start_s, window.end_s) for window in outcome.windows]
        values["tags"] = [(tag.name, tag.score) for tag in outcome.tags]
        values["measures"], overview = _measures_parts(outcome.measures)
        return {"content": values}, outcome.vectors.tobytes() + overview
    if isinstance(outcome, Measured):
        figures, overview = _measures_parts(outcome.measures)
        return {"measured": {"measures": figures, "duration_s": outcome.duration_s}}, overview
    kind = "known" if isinstance(outcome, Known) else "unreadable"
    return {kind: asdict(outcome)}, b""


def outcome_from(header: Header, body: bytes) -> Outcome:
    """The outcome in a message."""
    ((kind, values),) = header.items()
    return _READERS[kind](values, body)


_OVERVIEW_BYTES = 2 * OVERVIEW_POINTS
_SCALARS = ("content_hash", "format", "subtype", "sample_rate_hz", "channels", "duration_s")


def _content(values: Header, body: bytes) -> Outcome:
    windows = tuple(Window(start_s, end_s) for start_s, end_s in values.pop("windows"))
    tags = tuple(Tag(name, score) for name, score in values.pop("tags"))
    measures, body = _measures(values.pop("measures"), body)
    vectors = np.frombuffer(body, dtype="<f4").reshape(len(windows), -1)
    return Content(**values, windows=windows, tags=tags, vectors=vectors, measures=measures)


def _measured(values: Header, body: bytes) -> Outcome:
    measures, _ = _measures(values["measures"], body)
    assert measures is not None
    return Measured(measures, values["duration_s"])


def _measures_parts(measures: Measures | None) -> tuple[Header | None, bytes]:
    """Figures for the header, and the overview for the end of the body."""
    if measures is None:
        return None, b""
    figures = asdict(measures)
    overview: bytes = figures.pop("overview")
    return figures, overview


def _measures(figures: Header | None, body: bytes) -> tuple[Measures | None, bytes]:
    """Undo `_measures_parts`; the rest of the body as well."""
    if figures is None:
        return None, body
    return Measures(**figures, overview=body[-_OVERVIEW_BYTES:]), body[:-_OVERVIEW_BYTES]


_READERS = {
    "content": _content,
    "measured": _measured,
    "known": lambda values, _: Known(**values),
    "unreadable": lambda values, _: Unreadable(**values),
}
