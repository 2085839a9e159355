"""Retrieval inside each ESC-50 test fold by other embeddings, for comparison with the default one.

    python benchmarks/esc50_retrieval.py --shared ../shared

The protocol is that of `kikimimi.pretraining.default_encoder`: five nearest neighbours by Euclidean
distance in the test fold, clips of the query's own source left out, mean and standard deviation
over the five folds. None of these was trained on ESC-50.

* MFCC: mean and standard deviation over time of 20 coefficients (librosa), standardised.
* YAMNet: its 1024-d features, mean over time, scaled to length 1.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import librosa
import numpy as np
import torch

from kikimimi.audio.reading import read_clip
from kikimimi.datasets import esc50
from kikimimi.encoders.mobilenet import MobileNet
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import YAMNET
from kikimimi.metrics.retrieval import precision_at_k
from kikimimi.pretraining.yamnet_teacher import copy_layers
from kikimimi.types import FloatArray

_RATE_HZ = 16000
_PADDED = 511 * YAMNET.hop_length + YAMNET.win_length


def main() -> None:
    """Score each embedding and print one JSON line for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    clips = esc50.clips(options.shared / "data" / "esc50")
    waveforms = [read_clip(c.path, sample_rate_hz=_RATE_HZ, mono=True).samples[0] for c in clips]
    yamnet = _yamnet(options.shared / "weights" / "yamnet" / "yamnet.tflite")
    for name, embed in (("MFCC", _mfcc), ("YAMNet", yamnet)):
        vectors = np.stack([embed(samples) for samples in waveforms])
        print(json.dumps({"embedding": name, **_scores(vectors, clips, name == "MFCC")}))


def _scores(
    vectors: FloatArray, clips: tuple[esc50.LabelledClip, ...], standardise: bool
) -> dict[str, str]:
    found: dict[str, list[float]] = {"class": [], "major": []}
    for fold in esc50.FOLDS:
        rows = [number for number, clip in enumerate(clips) if clip.fold == fold]
        chosen = vectors[rows]
        if standardise:
            chosen = (chosen - chosen.mean(axis=0)) / chosen.std(axis=0)
        labels = [clips[row].label for row in rows]
        sources = [clips[row].source_id for row in rows]
        majors = [esc50.major_category(label) for label in labels]
        for name, wanted in (("class", labels), ("major", majors)):
            found[name].append(100 * precision_at_k(chosen, wanted, k=5, sources=sources))
    return {
        f"precision@5 by {name}": f"{np.mean(values):.1f} +- {np.std(values, ddof=1):.1f}"
        for name, values in found.items()
    }


def _mfcc(samples: FloatArray) -> FloatArray:
    coefficients = librosa.feature.mfcc(y=samples, sr=_RATE_HZ, n_mfcc=20)
    return np.concatenate([coefficients.mean(axis=1), coefficients.std(axis=1)])


def _yamnet(path: Path) -> Callable[[FloatArray], FloatArray]:
    network = MobileNet().eval()
    copy_layers(path, network)
    front_end = LogMel(YAMNET)

    def embed(samples: FloatArray) -> FloatArray:
        padded = np.pad(samples, (0, max(0, _PADDED - len(samples))))[:_PADDED]
        with torch.inference_mode():
            features = network.frame_features(torch.from_numpy(front_end(padded).T.copy())[None])
        mean = features[0].mean(dim=0).numpy()
        return mean / np.linalg.norm(mean)

    return embed


if __name__ == "__main__":
    main()
