"""YAMNet against the tflite file's own runtime on real clips, and against the torch port."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kikimimi.audio.reading import read_clip
from kikimimi.encoders.published.yamnet import YamnetEncoder
from parity_cases.float_tflite import with_float_weights
from parity_cases.oracles import import_oracle, randomise, some_sounds
from parity_cases.registry import Comparison, MissingOracle, Setting, case

_FILE = "weights/yamnet/yamnet.tflite"
_CLIPS = "data/esc50/audio"
_CLIP_COUNT = 40
_RATE_HZ = 16000
_PATCH, _HOP = 15600, 7680
_LOG_MEL_SHAPE = (1, 96, 64, 1)
_SCORE_TOLERANCE = 0.03
"""What rounding the mel matrix to int8 does to a score (ours is exact)."""


@dataclass(slots=True)
class _Sides:
    """Rows for each patch from one side."""

    log_mel: list[NDArray[np.float32]] = field(default_factory=list)
    embedding: list[NDArray[np.float32]] = field(default_factory=list)
    scores: list[NDArray[np.float32]] = field(default_factory=list)


@case("yamnet", oracle="ai-edge-litert, the tflite file, its int8 weights as floats, real clips")
def compare_float(setting: Setting) -> Iterator[Comparison]:
    """The same weights in float arithmetic on both sides: that the network is the same."""
    content = setting.shared_file(_FILE).read_bytes()
    path = setting.folder / "float.tflite"
    path.write_bytes(with_float_weights(content))
    encoder, ours, theirs = _both(setting, path)
    asked = partial(Comparison, tolerance=None, least_cosine=0.999)
    yield asked("patch embeddings", np.array(ours.embedding), np.array(theirs.embedding))
    yield Comparison(
        "patch scores",
        np.array(ours.scores),
        np.array(theirs.scores),
        tolerance=_SCORE_TOLERANCE,
        least_top1=0.99,
    )
    with torch.inference_mode():
        embeddings, scores = encoder.embed_patches(torch.from_numpy(np.array(theirs.log_mel)))
    yield Comparison("embeddings of its log-mel", embeddings.numpy(), np.array(theirs.embedding))
    yield Comparison(
        "scores of its log-mel", scores.numpy(), np.array(theirs.scores), least_top1=0.99
    )


@case("yamnet_int8", oracle="ai-edge-litert, the tflite file as it is, real clips; no bar")
def compare_int8(setting: Setting) -> Iterator[Comparison]:
    """What the runtime loses by rounding the inputs of layers to 8 bits, for the record."""
    _, ours, theirs = _both(setting, setting.shared_file(_FILE))
    record = partial(Comparison, tolerance=None)
    yield record("patch embeddings", np.array(ours.embedding), np.array(theirs.embedding))
    yield record("patch scores", np.array(ours.scores), np.array(theirs.scores))


@case("yamnet_torch", oracle="torch_vggish_yamnet 0.2.1 (PyPI), random weights")
def compare_torch(setting: Setting) -> Iterator[Comparison]:
    """The layout of the torch port's checkpoint."""
    port = import_oracle("torch_vggish_yamnet.yamnet.model", stubs=("torchaudio",))
    network = randomise(port.YAMNet())
    path = setting.folder / "yamnet.pth"
    torch.save(network.state_dict(), path)
    encoder = YamnetEncoder(path).load()
    patches = encoder.patches(some_sounds(2, 2 * _RATE_HZ)).flatten(0, 1)
    with torch.inference_mode():
        ours = encoder.embed_patches(patches)
        embeddings, scores = network(patches[:, None], to_prob=True)
    yield Comparison("embeddings", ours[0].numpy(), embeddings.flatten(1).numpy())
    yield Comparison("scores", ours[1].numpy(), scores.numpy())


def _both(setting: Setting, path: Path) -> tuple[YamnetEncoder, _Sides, _Sides]:
    """Our encoder with the weights of the file, and both sides for the patches of the clips."""
    encoder = YamnetEncoder(setting.shared_file(_FILE)).load()
    oracle = _Oracle(path)
    ours, theirs = _Sides(), _Sides()
    for clip in _clips(setting.shared_file(_CLIPS)):
        patches = encoder.patches(clip[None])[0]
        with torch.inference_mode():
            embeddings, scores = encoder.embed_patches(patches)
        ours.embedding.extend(embeddings.numpy())
        ours.scores.extend(scores.numpy())
        oracle.run(clip, len(patches), theirs)
    return encoder, ours, theirs


def _clips(folder: Path) -> Iterator[NDArray[np.float32]]:
    paths = sorted(folder.iterdir())
    for path in paths[:: max(1, len(paths) // _CLIP_COUNT)]:
        yield read_clip(path, sample_rate_hz=_RATE_HZ, mono=True).samples[0]


class _Oracle:
    """TensorFlow Lite's runtime, which also tells what stands between its layers."""

    def __init__(self, path: Path) -> None:
        try:
            litert = import_module("ai_edge_litert.interpreter")
        except ImportError:
            raise MissingOracle("needs ai-edge-litert") from None
        self._runtime: Any = litert.Interpreter(
            str(path), num_threads=1, experimental_preserve_all_tensors=True
        )
        self._runtime.allocate_tensors()
        details = self._runtime.get_tensor_details()
        self._scores = self._runtime.get_output_details()[0]["index"]
        self._log_mel, self._embedding = (
            next(d["index"] for d in details if word in d["name"] and tuple(d["shape"]) == shape)
            for word, shape in (
                ("reshape/Reshape", _LOG_MEL_SHAPE),
                ("global_average_pooling2d/Mean;", (1, 1024)),
            )
        )

    def run(self, clip: NDArray[np.float32], count: int, rows: _Sides) -> None:
        filled = np.zeros(_PATCH + (count - 1) * _HOP, np.float32)
        filled[: len(clip)] = clip[: len(filled)]
        for number in range(count):
            self._runtime.set_tensor(0, filled[number * _HOP :][:_PATCH])
            self._runtime.invoke()
            read = self._runtime.get_tensor
            rows.log_mel.append(read(self._log_mel)[0, :, :, 0].copy())
            rows.embedding.append(read(self._embedding)[0].copy())
            rows.scores.append(read(self._scores)[0].copy())
