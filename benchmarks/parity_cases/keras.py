"""Keras as an oracle: on torch, and with the files that earlier versions wrote."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from parity_cases.registry import MissingOracle


def keras() -> Any:
    """The library, which asks for its backend at import.

    Raises:
        MissingOracle: it, or something that it needs, is not installed.
    """
    os.environ.setdefault("KERAS_BACKEND", "torch")
    try:
        return import_module("keras")
    except ImportError as error:
        raise MissingOracle(f"keras needs {error.name} (--oracles)") from None


def randomise_keras(model: Any, seed: int = 0) -> Any:
    """Weights that keep the size of signals, and batch normalisation that does something."""
    generator = np.random.default_rng(seed)
    for weight in model.weights:
        if weight.name in ("count", "mean", "variance"):
            continue
        shape = tuple(weight.shape)
        if weight.name in ("gamma", "moving_variance"):
            values = generator.uniform(0.5, 1.5, shape)
        elif len(shape) > 1:
            # a depthwise kernel (height, width, channels, 1) sees one channel alone
            fan_in = (
                np.prod(shape[:2]) if weight.name == "depthwise_kernel" else np.prod(shape[:-1])
            )
            values = generator.normal(0, (2 / fan_in) ** 0.5, shape)
        else:
            values = generator.normal(0, 0.1, shape)
        weight.assign(values.astype(np.float32))
    return model


def save_legacy_h5(model: Any, path: Path) -> None:
    """A weights file as Keras 1 and 2 write it.

    Raises:
        MissingOracle: h5py is not installed.
    """
    try:
        import h5py
    except ImportError:
        raise MissingOracle("h5py is not installed") from None
    saving = import_module("keras.src.legacy.saving.legacy_h5_format")
    with h5py.File(path, "w") as file:
        saving.save_weights_to_hdf5_group(file, model)
