"""How well generators reconstruct held-out clips: error of min-max scaled spectrograms.

    kikimimi train generate_vae --data ../shared/data/esc50 --run runs/vae --set held_out_fold=5
    python benchmarks/generation_reconstruction.py --data ../shared/data/esc50 --fold 5 \\
        --generator vae=runs/vae/generator --generator better=runs/autoencoder/generator \\
        -o runs/reconstruction.json

Each clip of the fold is encoded and decoded; log-mel spectrograms are compared before any vocoder.
They are scaled once by the least and greatest value of all reference clips together, and once by
those of each reference clip itself (the stricter way for quiet clips). The file has every class;
the table the class that the source work tells of, and the mean over all.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from kikimimi.audio.reading import read_clip
from kikimimi.files import draft_of
from kikimimi.generation.contract import Generator
from kikimimi.generation.data import DataSettings, load_generation_data
from kikimimi.generation.folder import open_generator
from kikimimi.generation.mel import GENERATION_MEL, GenerationMel
from kikimimi.metrics.generation.spectrograms import Limits, limits_of, min_max_mse

SOURCE_MSE = 0.0038
"""The source work, for roosters."""
SILENT = Limits(0.0, 1.0)


def main() -> None:
    """Reconstruct the clips and print the table."""
    options = _options()
    torch.set_num_threads(1)
    data = load_generation_data(options.data, DataSettings(), held_out_fold=options.fold)
    samples = [_samples(path) for path in data.held_out]
    labels = [data.classes[number] for number in data.held_out_labels]
    front_end = GenerationMel()
    references = [front_end(each) for each in samples]
    limits = limits_of(references)
    result = {
        "fold": options.fold,
        "clips": len(samples),
        "limits": [limits.lowest, limits.highest],
        "generators": {
            name: _figures(open_generator(folder).load(), samples, references, labels, limits)
            for name, folder in options.generator
        },
    }
    if options.output:
        with draft_of(options.output) as draft:
            draft.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    _print_table(result, options.label)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fold", type=int, default=5)
    parser.add_argument("--generator", type=_named, action="append", required=True)
    parser.add_argument("--label", default="rooster", help="the class told of beside all")
    parser.add_argument("-o", "--output", type=Path)
    return parser.parse_args()


def _named(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise argparse.ArgumentTypeError(f"'{text}': write NAME=FOLDER")
    return name, Path(folder)


def _samples(path: Path) -> np.ndarray:
    rate_hz = GENERATION_MEL.sample_rate_hz
    return read_clip(path, sample_rate_hz=rate_hz, mono=True).samples[0]


def _figures(
    generator: Generator,
    samples: list[np.ndarray],
    references: list[np.ndarray],
    labels: list[str],
    limits: Limits,
) -> dict[str, object]:
    of_set, of_clip = [], []
    for clip, reference in zip(samples, references, strict=True):
        made = generator.decode(generator.encode(clip))
        own = Limits(float(reference.min()), float(reference.max()))
        of_set.append(min_max_mse(reference, made, limits))
        of_clip.append(min_max_mse(reference, made, own if own.lowest < own.highest else SILENT))
    return {
        "identity": generator.identity,
        "title": generator.card.title,
        "parameters": generator.card.parameters,
        "latent": [generator.card.latent_channels, generator.card.latent_hop_s],
        "set_limits": _by_class(of_set, labels),
        "clip_limits": _by_class(of_clip, labels),
    }


def _by_class(values: list[float], labels: list[str]) -> dict[str, float]:
    """Means of each class, and of all clips under "all"."""
    means = {
        label: float(np.mean([v for v, each in zip(values, labels, strict=True) if each == label]))
        for label in sorted(set(labels))
    }
    return {"all": float(np.mean(values)), **means}


def _print_table(result: Mapping[str, object], label: str) -> None:
    print(f"fold {result['fold']}, {result['clips']} clips; the source has {SOURCE_MSE} ({label})")
    print(f"\n| generator | {label}, limits of the set | {label}, of the clip | all, set | clip |")
    print("|---|---|---|---|---|")
    generators = result["generators"]
    assert isinstance(generators, dict)
    for name, figures in generators.items():
        cells = [
            f"{figures[kind].get(row, float('nan')):.5f}"
            for row in (label, "all")
            for kind in ("set_limits", "clip_limits")
        ]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
