"""The weights in an HDF5 file of Keras, as versions 1 and 2 (and TensorFlow) write it.

Needs `h5py`. Nothing but the arrays is read, and nothing outside the file: links to other files are
refused.
"""

import gzip
import io
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kikimimi.errors import EncoderError
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from torch import Tensor

_MODEL_GROUP = "model_weights"


def read_keras_h5(path: Path) -> dict[str, "Tensor"]:
    """The arrays of a file `.h5` or `.h5.gz` by `<layer>/<weight>`, in the order of the layers.

    Raises:
        EncoderError: the package is missing, or the file is missing, damaged, no file of Keras
            weights, or points to other files.
    """
    try:
        h5py = import_module("h5py")
    except ImportError:
        raise EncoderError(
            f"{display_path(path)}: reading it needs h5py; install it with pip install h5py"
        ) from None
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        with h5py.File(io.BytesIO(content), "r") as file:
            return _tensors(file.get(_MODEL_GROUP, file), h5py)
    except (OSError, EOFError, KeyError, RuntimeError, _Refused) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0].strip("'\"")
        raise EncoderError(
            f"{display_path(path)}: is no file of Keras weights, cut short or damaged ({reason}); "
            "get it again"
        ) from None


class _Refused(Exception):  # noqa: N818 -- becomes an EncoderError that names the file
    """Why a file is not read."""


def _tensors(group: Any, h5py: Any) -> dict[str, "Tensor"]:
    import torch

    found: dict[str, Tensor] = {}
    for layer in map(_text, group.attrs["layer_names"]):
        for name in map(_text, group[layer].attrs["weight_names"]):
            dataset = _dataset(group[layer], name, h5py)
            *_, owner, weight = (layer, *name.split("/"))
            found[f"{owner}/{weight.partition(':')[0]}"] = torch.from_numpy(np.array(dataset))
    return found


def _dataset(group: Any, name: str, h5py: Any) -> Any:
    """The array called `name`, which lies in this file."""
    *parents, last = name.split("/")
    for part in (*parents, last):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise _Refused(f"{name} is not in the file")
        group = group[part]
    if not isinstance(group, h5py.Dataset) or group.external:
        raise _Refused(f"{name} is not in the file")
    return group


def _text(name: bytes | str) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
