"""A tflite file whose int8 constants are replaced by the floats that they stand for.

TensorFlow Lite's runtime rounds the *inputs* of layers with int8 weights to 8 bits as it goes. To
compare a network of the same weights with the runtime's own arithmetic, that has to be switched
off; making the weights floats does it. The file is changed in place: float data are appended, and
tables are made to point there. Only what the schema of tflite says is used.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MODEL_SUBGRAPHS, _MODEL_BUFFERS = 2, 4
_SUBGRAPH_TENSORS = 0
_TENSOR_SHAPE, _TENSOR_TYPE, _TENSOR_BUFFER, _TENSOR_QUANTISATION = 0, 1, 2, 4
_QUANTISATION_SCALE, _QUANTISATION_ZERO, _QUANTISATION_AXIS = 2, 3, 6
_BUFFER_DATA = 0
_FLOAT32, _INT8 = 0, 9
_ALIGNMENT = 16


def with_float_weights(content: bytes) -> bytes:
    """The file's bytes with every quantised int8 constant as float32."""
    file = _File(bytearray(content))
    buffers = file.tables(file.root, _MODEL_BUFFERS)
    for graph in file.tables(file.root, _MODEL_SUBGRAPHS):
        for tensor in file.tables(graph, _SUBGRAPH_TENSORS):
            _make_float(file, tensor, buffers)
    return bytes(file.data)


@dataclass
class _File:
    """A FlatBuffers file: positions of tables, fields, and vectors."""

    data: bytearray

    @property
    def root(self) -> int:
        return self.number("<I", 0)

    def number(self, kind: str, position: int) -> int:
        (value,) = struct.unpack_from(kind, self.data, position)
        return int(value)

    def field(self, table: int, index: int) -> int | None:
        """Position of a field's value, None if the table leaves it out."""
        vtable = table - self.number("<i", table)
        if 4 + 2 * index >= self.number("<H", vtable):
            return None
        offset = self.number("<H", vtable + 4 + 2 * index)
        return table + offset if offset else None

    def follow(self, table: int, index: int) -> int | None:
        """Position that a field points to."""
        place = self.field(table, index)
        return None if place is None else place + self.number("<I", place)

    def tables(self, table: int, index: int) -> list[int]:
        start = self.follow(table, index)
        if start is None:
            return []
        places = range(start + 4, start + 4 + 4 * self.number("<I", start), 4)
        return [place + self.number("<I", place) for place in places]

    def vector(self, table: int, index: int, dtype: str) -> NDArray[np.generic]:
        start = self.follow(table, index)
        count = 0 if start is None else self.number("<I", start)
        return np.frombuffer(self.data, dtype, count, (start or 0) + 4).copy()

    def empty_vector(self, table: int, index: int) -> None:
        start = self.follow(table, index)
        if start is not None:
            struct.pack_into("<I", self.data, start, 0)

    def append_vector(self, field: int, content: bytes) -> None:
        """Put bytes at the end of the file and make the field at `field` point to them."""
        self.data.extend(bytes(-(len(self.data) + 4) % _ALIGNMENT))
        struct.pack_into("<I", self.data, field, len(self.data) - field)
        self.data.extend(struct.pack("<I", len(content)) + content)


def _make_float(file: _File, tensor: int, buffers: list[int]) -> None:
    kind = file.field(tensor, _TENSOR_TYPE)
    number = file.field(tensor, _TENSOR_BUFFER)
    quantisation = file.follow(tensor, _TENSOR_QUANTISATION)
    if kind is None or number is None or quantisation is None or file.data[kind] != _INT8:
        return
    buffer = buffers[file.number("<I", number)]
    field = file.field(buffer, _BUFFER_DATA)
    values = file.vector(buffer, _BUFFER_DATA, "<i1").astype(np.float32)
    scales = file.vector(quantisation, _QUANTISATION_SCALE, "<f4").astype(np.float32)
    if field is None or values.size == 0 or scales.size == 0:
        return
    zeros = file.vector(quantisation, _QUANTISATION_ZERO, "<i8").astype(np.float32)
    axis = file.field(quantisation, _QUANTISATION_AXIS)
    shape = tuple(file.vector(tensor, _TENSOR_SHAPE, "<i4").astype(int))
    along = [1] * len(shape)
    along[file.number("<i", axis) if axis is not None else 0] = scales.size
    floats = (values.reshape(shape) - zeros.reshape(along)) * scales.reshape(along)
    file.append_vector(field, floats.astype("<f4").tobytes())
    file.data[kind] = _FLOAT32
    file.empty_vector(quantisation, _QUANTISATION_SCALE)
    file.empty_vector(quantisation, _QUANTISATION_ZERO)
