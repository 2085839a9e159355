"""The constants of YAMNet's tflite file, dequantised.

Needs `ai-edge-litert` (`pip install "kikimimi[train]"`). In the file batch normalisation is folded
into the convolutions; kernels may be int8 with one scale a channel.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kikimimi.errors import EncoderError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor

EVENT_COUNT = 521

_EPSILON = 1e-4
_KERNEL_SIZES = ((3, 3), (1, 1))


def open_tflite(path: Path) -> Any:
    """The interpreter of a tflite file, one thread.

    Raises:
        EncoderError: there is no such file, it is no tflite file, or the package is missing.
    """
    try:
        litert = import_module("ai_edge_litert.interpreter")
    except ImportError:
        raise EncoderError(
            f"{display_path(path)}: reading it needs ai-edge-litert; install it with "
            'pip install "kikimimi[train]"'
        ) from None
    if not path.is_file():
        raise EncoderError(f"{display_path(path)}: is not there; give the path of yamnet.tflite")
    try:
        interpreter = litert.Interpreter(str(path), num_threads=1)
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        reason = (str(error).splitlines() or ["unreadable"])[0]
        raise EncoderError(
            f"{display_path(path)}: is no tflite file, or damaged ({reason}); get it again"
        ) from None
    return interpreter


def tflite_constants(path: Path) -> dict[str, FloatArray]:
    """Kernels and biases as float32 by `<layer>/kernel` and `<layer>/bias`, axes as in the file.

    tflite keeps depthwise kernels as (1, height, width, C), others as (out, height, width, in).
    Layers are `layer1/conv`, `layer<N>/depthwise_conv`, `layer<N>/pointwise_conv` and `dense`.

    Raises:
        EncoderError: as `open_tflite` does.
    """
    interpreter = open_tflite(path)
    found: dict[str, FloatArray] = {}
    for detail in interpreter.get_tensor_details():
        layer = _layer_of(detail)
        if layer is None or not _is_constant(detail):
            continue
        values = interpreter.get_tensor(detail["index"])
        kind = "bias" if values.ndim == 1 else "kernel"
        found[f"{layer}/{kind}"] = _dequantise(values, detail["quantization_parameters"])
    return found


def read_tflite(path: Path) -> "dict[str, Tensor]":
    """The file as a checkpoint in the names of the torch port.

    Batch normalisation becomes the addition of the bias: its running variance plus epsilon is 1.

    Raises:
        EncoderError: as `open_tflite` does.
    """
    state: dict[str, Tensor] = {}
    for name, values in tflite_constants(path).items():
        layer, _, kind = name.rpartition("/")
        part = "classifier" if layer == "dense" else layer.replace("/", ".")
        convert = _KINDS["dense" if layer == "dense" else kind]
        state |= convert(part, kind, values)
    return state


def _kernel(part: str, kind: str, kernel: FloatArray) -> "dict[str, Tensor]":
    import torch

    depthwise = kernel.shape[0] == 1 and part.endswith("depthwise_conv")
    order = (3, 0, 1, 2) if depthwise else (0, 3, 1, 2)
    weight = np.ascontiguousarray(kernel.transpose(order))
    return {f"{_conv_name(part)}.conv.weight": torch.from_numpy(weight)}


def _folded_norm(part: str, kind: str, bias: FloatArray) -> "dict[str, Tensor]":
    import torch

    values = torch.from_numpy(bias.copy())
    norm = {
        "weight": torch.ones_like(values),
        "bias": values,
        "running_mean": torch.zeros_like(values),
        "running_var": torch.full_like(values, 1 - _EPSILON),
        "num_batches_tracked": torch.tensor(0),
    }
    return {f"{_conv_name(part)}.bn.{name}": value for name, value in norm.items()}


def _dense(part: str, kind: str, values: FloatArray) -> "dict[str, Tensor]":
    import torch

    name = "bias" if kind == "bias" else "weight"
    return {f"{part}.{name}": torch.from_numpy(values.copy())}


_KINDS = {"kernel": _kernel, "bias": _folded_norm, "dense": _dense}


def _conv_name(part: str) -> str:
    """The torch port calls the first convolution, which stands alone, "fused"."""
    layer, _, kind = part.partition(".")
    return f"{layer}.fused" if kind == "conv" else part


def _layer_of(detail: dict[str, Any]) -> str | None:
    parts = detail["name"].split(";")[0].split("/")
    if "dense" in parts or tuple(detail["shape"]) == (EVENT_COUNT,):
        return "dense"
    if len(parts) > 2 and parts[1].startswith("layer"):
        return f"{parts[1]}/{parts[2]}"
    return None


def _is_constant(detail: dict[str, Any]) -> bool:
    shape = tuple(int(size) for size in detail["shape"])
    if len(shape) == 4:
        return shape[1:3] in _KERNEL_SIZES
    return len(shape) == 1 or shape[:1] == (EVENT_COUNT,)


def _dequantise(values: Any, parameters: dict[str, Any]) -> FloatArray:
    scales = parameters["scales"]
    if scales.size == 0:
        return values.astype(np.float32)
    shape = [1] * values.ndim
    shape[parameters["quantized_dimension"]] = scales.size
    zero_points = np.broadcast_to(parameters["zero_points"], scales.shape).reshape(shape)
    return ((values.astype(np.float32) - zero_points) * scales.reshape(shape)).astype(np.float32)
