"""YAMNet as a teacher: its scores on patches, and its layers to start a student from.

Plakal and Ellis, "YAMNet", 2020, Apache-2.0: MobileNet v1 on 0.975-s patches, trained on AudioSet.
The file is a tflite graph whose batch normalisation is folded into the convolutions and whose
weights are int8 with one scale a channel. Needs `ai-edge-litert` (`pip install "kikimimi[train]"`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kikimimi.encoders.mobilenet import MobileNet
from kikimimi.encoders.published.yamnet_tflite import open_tflite, tflite_constants
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

SAMPLE_RATE_HZ = 16000
PATCH_SAMPLES = 15600
PATCH_HOP_S = 0.48

_PATCH_HOP = int(PATCH_HOP_S * SAMPLE_RATE_HZ)


class YamnetTeacher:
    """Scores and features of YAMNet on patches of 0.975 s, one thread."""

    def __init__(self, path: Path) -> None:
        self._interpreter = open_tflite(path)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._scores = self._interpreter.get_output_details()[0]["index"]

    def patch_scores(self, samples: FloatArray) -> FloatArray:
        """(T,) at 16 kHz -> (P, 521) scores in [0, 1], one patch every 0.48 s."""
        return np.stack([self._score(patch) for patch in _patches(samples)])

    def _score(self, patch: FloatArray) -> FloatArray:
        self._interpreter.set_tensor(self._input, patch)
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._scores)[0].copy()


def copy_layers(path: Path, network: MobileNet) -> None:
    """Start `network` from the teacher's layers: all convolutions and the 521 event outputs.

    Raises:
        EncoderError: the file is not the expected graph.
    """
    constants = tflite_constants(path)
    _assign(network.stem, constants, "layer1/conv")
    for number, block in enumerate(network.blocks, start=2):
        _assign(block.depthwise, constants, f"layer{number}/depthwise_conv")
        _assign(block.pointwise, constants, f"layer{number}/pointwise_conv")
    _assign(network.events, constants, "dense")


def _assign(layer: Any, constants: dict[str, FloatArray], name: str) -> None:
    try:
        kernel = _torch_kernel(constants[f"{name}/kernel"])
        bias = constants[f"{name}/bias"]
        if kernel.shape != layer.weight.shape or bias.shape != layer.bias.shape:
            raise EncoderError(f"the teacher's {name} has shape {kernel.shape}; is it YAMNet?")
    except KeyError as error:
        raise EncoderError(f"the teacher's file has no constant {error}; is it YAMNet?") from None
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(kernel.copy()))
        layer.bias.copy_(torch.from_numpy(bias))


def _torch_kernel(kernel: FloatArray) -> FloatArray:
    """Reorder axes for `MobileNet`; reverse 3 x 3 kernels in time and frequency."""
    if kernel.ndim == 2:
        return kernel
    if kernel.shape[1:3] == (1, 1):
        return kernel[:, 0, 0, :].T
    depthwise = kernel.shape[0] == 1
    return kernel.transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2))[:, :, ::-1, ::-1]


def _patches(samples: FloatArray) -> Iterator[FloatArray]:
    count = max(1, 1 + -(-(len(samples) - PATCH_SAMPLES) // _PATCH_HOP))
    padded = np.zeros(PATCH_SAMPLES + (count - 1) * _PATCH_HOP, np.float32)
    padded[: len(samples)] = samples
    for index in range(count):
        yield padded[index * _PATCH_HOP :][:PATCH_SAMPLES]
